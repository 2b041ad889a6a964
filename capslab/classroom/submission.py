"""Reading what a student handed in, whatever it is."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat

from capslab._version import EDITION, FIRST_EDITION
from capslab.classroom.needed_cells import LONGEST
from capslab.classroom.outcome import MISNAMED, OUTPUT, PERSON, TAMPERED, UNREADABLE
from capslab.course.assignment import checks

MEGABYTE = 2**20
LARGE_MB, LARGEST_MB = 10, 100  # of a file: said; not read
LONGEST_CELL, MOST_CELLS = 500_000, 2000


class NotANotebook(ValueError):
    """A file that cannot be read as a notebook, in words."""


class OtherEdition(ValueError):
    """A notebook of another edition of the course than the one that grades, in words."""


@dataclass
class Submission:
    """A notebook as it was handed in, without its outputs.

    Attributes
    ----------
    book : its cells, with the metadata that can be relied on.
    found : (name of an outcome, words) pairs, of what was noticed.
    places : for each graded exercise, the number of the cell before which its answer is asked for.
    """

    book: nbformat.NotebookNode
    found: list[tuple[str, str]] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)


def chosen(folder: Path, assignment: str) -> tuple[Path | None, list[tuple[str, str]]]:
    """The file to grade in a student's folder: the right name, or the only notebook there."""
    if folder.is_symlink() or folder.parent.is_symlink():  # to the solutions, or to another's work
        return None, [(UNREADABLE, "Its folder is a link to another one.")]
    right = folder / f"{assignment}.ipynb"
    if right.is_file():
        return right, []
    others = sorted(
        p for p in folder.rglob("*") if p.is_file() and p.suffix == ".ipynb" and ".ipynb_" not in str(p)
    )
    if len(others) == 1:
        return others[0], [(MISNAMED, f"Graded from {others[0].name!r}.")]
    files = [p for p in sorted(folder.rglob("*")) if p.is_file() and p.name != "timestamp.txt"]
    if others:
        return None, [(MISNAMED, f"None of {len(others)} notebooks is called {right.name}.")]
    if len(files) == 1:  # a notebook under another suffix, or something else entirely
        return files[0], [(MISNAMED, f"Graded from {files[0].name!r}.")]
    return None, [(MISNAMED, f"There is no {right.name} among {len(files)} files.")] if files else []


def read(path: Path) -> Submission:
    """A submission from its file.

    Raises
    ------
    NotANotebook : for anything that is none.
    """
    if path.is_symlink():
        raise NotANotebook("It is a link to another file.")
    size = path.stat().st_size / MEGABYTE
    if size > LARGEST_MB:
        raise NotANotebook(f"It has {size:,.0f} MB; more than {LARGEST_MB} are not read.")
    try:
        told = json.loads(path.read_bytes())
        if isinstance(told, dict) and "cells" not in told and "worksheets" in told:
            told = nbformat.convert(nbformat.from_dict(told), 4)
        cells = told["cells"]
        if not isinstance(cells, list):
            raise NotANotebook("Its cells are no list.")
        if len(cells) > MOST_CELLS:
            raise NotANotebook(f"It has {len(cells):,} cells.")
        book = nbformat.v4.new_notebook(cells=[_cell(cell, i) for i, cell in enumerate(cells)])
        metadata = told.get("metadata")
        about = metadata.get("capslab") if isinstance(metadata, dict) else None
        book.metadata["capslab"] = about if isinstance(about, dict) else {}
    except NotANotebook:
        raise
    except ValueError:
        raise NotANotebook("It is not JSON text, as notebooks are; Jupyter cannot open it either.") from None
    except (KeyError, TypeError, AttributeError, RecursionError, OSError) as error:
        raise NotANotebook(f"It cannot be read as a notebook ({type(error).__name__}).") from None
    found = [(OUTPUT, f"The file has {size:,.0f} MB.")] if size > LARGE_MB else []
    return Submission(book, found)


def _cell(told: Any, number: int) -> Any:
    """A clean cell: source, attachments of prose, nbgrader's id, and nothing else."""
    source = told.get("source", "")
    source = "".join(source) if isinstance(source, list) else source
    if not isinstance(source, str):
        raise NotANotebook(f"Cell {number + 1} has no text.")
    source = source.encode("utf-8", "replace").decode()
    if len(source) > LONGEST_CELL:
        raise NotANotebook(f"Cell {number + 1} has {len(source):,} letters.")
    made: Any = (
        nbformat.v4.new_code_cell(source, id=f"cell-{number}")
        if told.get("cell_type") == "code"
        else nbformat.v4.new_markdown_cell(source, id=f"cell-{number}")
    )
    attached = told.get("attachments")
    if made.cell_type == "markdown" and isinstance(attached, dict):
        made["attachments"] = nbformat.from_dict(attached)
    metadata = told.get("metadata")
    about = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    if isinstance(about, dict) and isinstance(about.get("grade_id"), str):
        made.metadata["nbgrader"] = {"grade_id": about["grade_id"]}
    return made


def restored(submission: Submission, released: nbformat.NotebookNode) -> None:
    """Puts locked cells back as they were released, and finds where each exercise is answered.

    A cell that was deleted comes back where it belongs. Metadata come from the release alone.
    """
    ours = {c.metadata["nbgrader"]["grade_id"]: c for c in released.cells if "nbgrader" in c.metadata}
    cells: list[Any] = []
    seen: set[str] = set()
    changed, twice = [], []
    for cell in submission.book.cells:
        about = cell.metadata.pop("nbgrader", None)
        name = about["grade_id"] if about else _by_content(cell, ours, seen)
        if name in ours and name in seen:
            twice.append(name)
        elif name in ours and ours[name].cell_type == cell.cell_type:
            seen.add(name)
            cell.metadata["nbgrader"] = nbformat.from_dict(dict(ours[name].metadata["nbgrader"]))
            if cell.metadata["nbgrader"]["locked"] and cell.source.strip() != ours[name].source.strip():
                changed.append(name)
            if cell.metadata["nbgrader"]["locked"]:
                cell.source = ours[name].source
        cells.append(cell)
    missing = [name for name in ours if name not in seen]
    for name in missing:
        _insert(cells, ours, name)
    submission.book.cells = cells
    told = [f"{name[6:]} edited" for name in changed if name.startswith("check-")]
    told += [f"{name[6:]} deleted" for name in missing if name.startswith("check-")]
    about_release = submission.book.metadata["capslab"].get("source")
    older = about_release is not None and about_release != released.metadata["capslab"]["source"]
    if older:
        submission.found.append((PERSON, "Made from another release of this notebook."))
    elif told:
        submission.found.append((TAMPERED, f"Restored from the release: {', '.join(told)}."))
    if twice:
        submission.found.append(("graded", f"Cells there twice: {', '.join(sorted(set(twice)))}."))
    submission.book.metadata["kernelspec"] = released.metadata["kernelspec"]
    submission.book.metadata["language_info"] = {"name": "python"}
    for number, cell in enumerate(cells):
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if name.startswith("check-"):
            submission.places[name.removeprefix("check-")] = number


def edition_of(book: nbformat.NotebookNode) -> str | None:
    """The edition of the course that a notebook was built from, such as "0.2".

    Notebooks of the first edition do not say it; they are recognised by that. None where the notebook's
    metadata were lost, as some editors do: then nothing can be said.
    """
    about = book.metadata.get("capslab")
    if not isinstance(about, dict) or "source" not in about:
        return None
    version = str(about.get("version", FIRST_EDITION))
    return version if re.fullmatch(r"\d{1,4}\.\d{1,4}", version) else "unknown"


def check_edition(book: nbformat.NotebookNode) -> None:
    """Refuses a submission of another edition: its exercises and checks may mean something else there.

    Raises
    ------
    OtherEdition : with what the student and the teacher can do.
    """
    edition = edition_of(book)
    if edition in (None, EDITION):
        return
    which = "the first edition" if edition == FIRST_EDITION else "another edition"
    raise OtherEdition(
        f"This notebook comes from {which} of the course ({edition}), but this class uses {EDITION}. Copy your "
        "answers into the notebook that your class was given and hand that in, or ask your teacher to grade "
        f"this one with capslab {edition}."
    )


def _by_content(cell: Any, ours: dict[str, Any], seen: set[str]) -> str:
    """The id of a check cell whose metadata were lost, as some editors do; else nothing."""
    if cell.cell_type == "code" and "check" in cell.source and len(cell.source) <= LONGEST:
        for check in checks(cell.source):
            name = f"check-{check.exercise}"
            if name in ours and name not in seen:
                return name
    return ""


def _insert(cells: list[Any], ours: dict[str, Any], name: str) -> None:
    """Puts a released cell back after the one that stood before it."""
    order = list(ours)
    before = order[: order.index(name)]
    places = [i for i, c in enumerate(cells) if c.metadata.get("nbgrader", {}).get("grade_id") in before]
    made = nbformat.from_dict(
        {
            **ours[name],
            "id": f"back-{len(cells)}",
            "metadata": {"nbgrader": dict(ours[name].metadata["nbgrader"])},
        }
    )
    after_all = (
        name.startswith("check-")
        and f"write-{name[6:]}" in order
        and not any(c.metadata.get("nbgrader", {}).get("grade_id") == f"write-{name[6:]}" for c in cells)
    )  # the answer stands in a cell of the student's own, anywhere
    cells.insert(len(cells) if after_all or not places else places[-1] + 1, made)
