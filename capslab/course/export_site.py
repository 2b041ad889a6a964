"""The executed course as a folder of web pages whose views work without a kernel and without a network.

Each page contains everything it needs and forbids the browser to load anything else (by a
Content-Security-Policy). So it works from a file server, from a disk or as an attachment.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from capslab.course import addresses, paths
from capslab.course.chart_on_page import as_script, plotly_packed
from capslab.course.cover_picture import choose, thumbnail
from capslab.course.execute import Run, execute, opened
from capslab.course.html_page import Page, page
from capslab.errors import ArgumentError, Verbatim

SITE = Path(__file__).parent / "site"
MANIFEST = "capslab-site.json"  # lists what an export wrote, so that the next export can replace it
TITLE = "What do networks learn about images?"


def checked(folder: Path) -> Path:
    """Returns the folder to export to, if no other files would be in the way."""
    if folder.exists() and not folder.is_dir():
        step = f"Give another name, for example {paths.unused('site')}."
        raise ArgumentError("DIR", "a folder", Verbatim(f"the file {folder}"), step)
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MANIFEST).is_file():
        raise ArgumentError(
            "DIR",
            "a new or empty folder, or one that an export made",
            Verbatim(f"{folder}, which holds other files"),
            f"Give another name, for example {paths.unused('site')}.",
        )
    return folder


def export(
    notebooks: list[Path],
    folder: Path,
    *,
    edition: str = "learner",
    dataset: str | None = None,
    timeout: int = 600,
    progress: Callable[[str], Callable[[int, int], None]] = lambda name: lambda now, of: None,
    report: Callable[[Run, list[str]], None] = lambda run, warnings: None,
) -> list[Run]:
    """Executes notebooks and writes one page per notebook that ran, and an index with a map of the course.

    An earlier export in the folder is replaced. If a notebook fails, the other pages are still written.

    Parameters
    ----------
    notebooks : sources of the course, or any `.ipynb`.
    folder : created if it does not exist; see `checked`.
    progress : given the name of a notebook, returns the function that `execute` calls for each cell.
    report : called after each notebook with the run and with what a reader will not see.
    """
    checked(folder)
    runs, pages = [], []
    for path in notebooks:
        own = None if path in paths.notebooks() else path.parent
        book = opened(path, edition)
        run = execute(
            book, path.stem, folder=own, dataset=dataset, timeout=timeout, progress=progress(path.stem)
        )
        runs.append(run)
        if run.ok:
            pages.append(page(run.notebook, path.stem))
            pages[-1].links = addresses.links(path.stem) if own is None else {}
        report(run, pages[-1].warnings if run.ok else [])
        if run.interrupted:
            break
    if pages:
        write(pages, folder)
    return runs


def write(pages: list[Page], folder: Path) -> None:
    """Writes the pages and their index, and removes what an earlier export wrote."""
    folder.mkdir(parents=True, exist_ok=True)
    _clear(folder)
    covers = [thumbnail(picture) for picture in choose([made.covers for made in pages])]
    cards = list(zip(pages, covers, strict=True))
    written = {"index.html": _filled("index.html.j2", cards=cards, title=TITLE)}
    for number, made in enumerate(pages):
        written[f"{made.name}.html"] = _filled(
            "page.html.j2",
            page=made,
            body=linked(made.body, {other.name for other in pages}),
            sources=as_script(made.sources),
            plotly=plotly_packed() if made.charts else "",
            before=pages[number - 1] if number else None,
            after=pages[number + 1] if number + 1 < len(pages) else None,
            site=TITLE,
        )
    for name, text in written.items():
        (folder / name).write_text(text, "utf-8")
    (folder / MANIFEST).write_text(json.dumps({"files": sorted(written)}, indent=1) + "\n", "utf-8")


def linked(body: str, names: set[str]) -> str:
    """Turns links between notebooks into links between pages; a notebook without a page is only named.

    >>> linked('<a href="04_x.ipynb#maps">04</a> and <a href="05_y.ipynb">05</a>', {"04_x"})
    '<a href="04_x.html#maps">04</a> and <span>05</span>'
    """

    def replaced(match: re.Match[str]) -> str:
        name, anchor, text = match.groups()
        return f'<a href="{name}.html{anchor}">{text}</a>' if name in names else f"<span>{text}</span>"

    return re.sub(r'<a href="([\w.-]+)\.ipynb(#[^"]*)?">(.*?)</a>', replaced, body, flags=re.S)


def _clear(folder: Path) -> None:
    """Removes the pages that an earlier export listed, and nothing else, wherever the list may point."""
    manifest = folder / MANIFEST
    if not manifest.is_file():
        return
    try:
        files = json.loads(manifest.read_text("utf-8"))["files"]
    except (ValueError, KeyError, TypeError):
        return
    for name in files:
        if isinstance(name, str) and re.fullmatch(r"[\w.-]+\.html", name):
            (folder / name).unlink(missing_ok=True)


def _filled(template: str, **values: Any) -> str:
    return str(_environment().get_template(template).render(**values))


@cache
def _environment() -> Any:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(SITE), autoescape=True, undefined=jinja2.StrictUndefined
    )
    environment.globals["file"] = lambda name: (SITE / name).read_text("utf-8")
    return environment
