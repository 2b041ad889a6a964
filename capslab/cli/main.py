"""The command `capslab`: lab, update, run, doctor, build, export, assignment, pretrain.

Each command imports what it needs only when it runs, so that `capslab --help` answers at once.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from capslab._version import __version__
from capslab.cli.assignment import assignment
from capslab.cli.echo import echo
from capslab.errors import ArgumentError, DataUnavailable, TrainingFailed
from capslab.machine.console import print_readably, readable
from capslab.machine.keras_settings import KerasUnavailable

DATA_SETS = click.Choice(["digits", "mnist", "fashion-mnist"])


class CourseGroup(click.Group):
    """A group of commands that shows the course's own errors in one line, without a traceback."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        print_readably()
        return super().main(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except click.ClickException as error:
            error.message = readable(error.message, sys.stderr)  # type: ignore[misc]
            raise
        except (ArgumentError, DataUnavailable, KerasUnavailable, TrainingFailed) as error:
            raise click.ClickException(readable(str(error), sys.stderr)) from None


@click.group(cls=CourseGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="capslab")
def main() -> None:
    """The course on what neural networks learn about images: open it, run it, check your machine."""


@main.command(context_settings={"ignore_unknown_options": True})
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path),
    help="Folder to copy the notebooks to and open (default: ./capslab-course, or the checkout's own).",
)
@click.option(
    "--class",
    "classroom",
    type=click.Path(path_type=Path, file_okay=False),
    help="Open a class's folder instead, for nbgrader's Formgrader (see capslab assignment).",
)
@click.argument("jupyter_options", nargs=-1, type=click.UNPROCESSED)
def lab(folder: Path | None, classroom: Path | None, jupyter_options: tuple[str, ...]) -> None:
    """Open the course in JupyterLab.

    The number or name of a notebook opens that one: capslab lab 04

    Options after -- are passed on to Jupyter: capslab lab -- --no-browser --port 8899
    """
    from capslab.cli import lab as opening
    from capslab.course import paths
    from capslab.course.learner_folder import folder_to_open

    if classroom is not None:
        from capslab.classroom.folder import Classroom

        place = Classroom.open(classroom).root
        echo(f"Opening the class in {place}. You find Formgrader in the Nbgrader menu. Press Ctrl-C to stop.")
        sys.exit(opening.start(place, jupyter_options, classroom=True))
    place, messages = folder_to_open(folder)
    for line in messages:
        echo(line)
    if jupyter_options and (first := paths.named(jupyter_options[0], paths.notebooks())):
        jupyter_options = (f"--LabApp.default_url=/lab/tree/{first.stem}.ipynb", *jupyter_options[1:])
    echo(f"Opening {place}. Press Ctrl-C to stop JupyterLab.")
    sys.exit(opening.start(place, jupyter_options))


@main.command()
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path),
    help="The folder that capslab lab copied the course to (default: this one, or ./capslab-course).",
)
def update(folder: Path | None) -> None:
    """Bring your folder of the course up to date.

    Notebooks that you did not change are replaced by those of the installed version. A notebook that you
    changed stays as it is; the newer version is written next to it, with your cells.
    """
    from capslab.course import learner_folder

    place = learner_folder.update(folder, lambda one: echo(str(one)))
    echo(f"{place} is at version {__version__} of the course.")


@main.command()
@click.argument("notebooks", nargs=-1)
@click.option(
    "--json",
    "report",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write a report to this file, too.",
)
@click.option("--data", type=DATA_SETS, help="What cl.load() returns (default: MNIST if available).")
@click.option("--edition", type=click.Choice(["learner", "solved"]), default="learner", show_default=True)
@click.option("--timeout", default=600, show_default=True, help="Seconds that one cell may take.")
def run(
    notebooks: tuple[str, ...], report: Path | None, data: str | None, edition: str, timeout: int
) -> None:
    """Execute notebooks without a browser.

    NOTEBOOKS are numbers, names or paths (04); without any, the whole course is executed. Nothing is saved
    except the report.
    """
    from capslab.course import paths
    from capslab.course.execute import execute, opened

    runs = []
    sources = paths.find(notebooks)
    for path in sources:
        own = None if path in paths.notebooks() else path.parent
        book = opened(path, edition)
        runs.append(
            execute(book, path.stem, folder=own, dataset=data, timeout=timeout, progress=_progress(path.stem))
        )
        echo(runs[-1].line())
        if report:
            report.write_text(json.dumps([r.plain() for r in runs], indent=1) + "\n", "utf-8")
        if runs[-1].interrupted:
            break
    failed = [r for r in runs if not r.ok]
    not_started = len(sources) - len(runs)
    total = sum(r.seconds for r in runs)
    echo(
        f"{len(runs) - len(failed)} of {len(sources)} ran in {total:.0f} s"
        + (f", {not_started} not started" if not_started else "")
    )
    sys.exit(1 if failed or not_started else 0)


@main.command()
def doctor() -> None:
    """Check whether this machine can run the course.

    Each problem comes with a line that says what to do.
    """
    from capslab.cli.doctor import examine

    states = set()
    for finding in examine():
        echo(str(finding))
        states.add(finding.state)
    if "failed" in states:
        echo("The course cannot run on this machine yet: see the lines with ✗.")
        sys.exit(1)
    echo("The course runs here.")


@main.command()
@click.argument("notebooks", nargs=-1)
@click.option(
    "--check", "only_check", is_flag=True, help="Only say which notebooks are out of date; execute nothing."
)
@click.option(
    "--length", "only_length", is_flag=True, help="Only say how many minutes each takes; execute nothing."
)
@click.option(
    "--data", type=DATA_SETS, help="What cl.load() returns (default: MNIST, as in the committed figures)."
)
def build(notebooks: tuple[str, ...], only_check: bool, only_length: bool, data: str | None) -> None:
    """Build the notebooks from their sources.

    Executes notebooks/src/*.py and writes notebooks/*.ipynb with their figures.
    """
    from capslab.course import build_notebooks as building
    from capslab.course.lesson_length import length_of
    from capslab.course.paths import checkout, find, sources

    folder = checkout()
    if folder is None:
        raise click.ClickException("building needs a checkout of capslab, with the sources of the notebooks.")
    chosen = find(notebooks, sources(folder)) if notebooks else sources(folder)
    if only_length:
        for source in chosen:
            echo(f"{source.stem}: {length_of(source).line()}")
        return
    if only_check:
        problems = building.check(folder, chosen if notebooks else None)
        for line in problems:
            echo(f"✗ {line}")
        if problems:
            sys.exit(1)
        echo(f"✓ {len(chosen)} notebooks match their sources.")
        return
    if data is None:
        from capslab.data.datasets import local_source

        if not local_source("mnist"):
            raise click.ClickException(
                "the committed figures show MNIST, which is not on this machine. Set CAPSLAB_DATA or run "
                "cl.load('mnist') once; --data digits builds with the digits."
            )
    failed = False
    for source in chosen:
        run, omitted = building.build(source, data, _progress(source.stem))
        echo(run.line())
        echo(f"        {length_of(source).line()}")
        for line in omitted:
            echo(f"        left out: {line}")
        failed |= not run.ok
        if run.interrupted:
            break
    sys.exit(1 if failed else 0)


@main.command()
@click.argument("notebooks", nargs=-1)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--data", type=DATA_SETS, help="What cl.load() returns (default: MNIST if available).")
@click.option("--edition", type=click.Choice(["learner", "solved"]), default="learner", show_default=True)
@click.option("--timeout", default=600, show_default=True, help="Seconds that one cell may take.")
def export(notebooks: tuple[str, ...], folder: Path, data: str | None, edition: str, timeout: int) -> None:
    """Write notebooks to DIR as web pages.

    They are executed first. The views on the pages work without a kernel and without a network.
    """
    from capslab.course import paths
    from capslab.course.execute import Run
    from capslab.course.export_site import checked, export

    def show(run: Run, messages: list[str]) -> None:
        echo(run.line())
        for line in messages:
            echo(f"        {line}")

    paths.destination(folder, "export", notebooks, "site")
    checked(folder)  # before a minute is spent
    sources = paths.find(notebooks)
    runs = export(
        sources, folder, edition=edition, dataset=data, timeout=timeout, progress=_progress, report=show
    )
    succeeded = sum(run.ok for run in runs)
    if succeeded:
        echo(f"Open {folder / 'index.html'}, or put the folder on any file server.")
    sys.exit(0 if succeeded == len(sources) else 1)


@main.command()
@click.argument("names", nargs=-1)
def pretrain(names: tuple[str, ...]) -> None:
    """Train the bundled networks again and write their weights (all of them, or those named)."""
    from importlib import import_module

    from capslab.course.paths import checkout

    folder = checkout()
    if folder is None:
        raise click.ClickException(
            "only a checkout of capslab has tools/pretrain.py, which trains the networks."
        )
    sys.path.insert(0, str(folder.parent))  # tools/ is not part of the package
    import_module("tools.pretrain").pretrain(list(names) or None)


main.add_command(assignment)


def _progress(name: str) -> Callable[[int, int], None]:
    """Shows which cell is running, on one line that is overwritten; nothing if there is no terminal."""
    is_terminal = sys.stderr.isatty() and "NO_COLOR" not in os.environ

    def show(cell: int, total: int) -> None:
        if is_terminal:
            echo(f"\r\x1b[K…       {name}: cell {cell} of {total}", nl=False, err=True)
            if cell == total:
                echo("\r\x1b[K", nl=False, err=True)

    return show


if __name__ == "__main__":
    main()
