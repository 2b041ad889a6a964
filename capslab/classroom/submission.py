"""Reading what a student handed in, whatever it is."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat

from capslab import _version
from capslab.classroom.needed_cells import MAX_PARSED
from capslab.classroom.outcome import GRADED, MISNAMED, OUTPUT, PERSON, TAMPERED, UNREADABLE
from capslab.course.make_assignment import checks

MEGABYTE = 2**20
LARGE_MB, MAX_MB = 10, 100  # a file over the first is remarked on; one over the second is not read
MAX_CELL, MAX_CELLS = 500_000, 2000


class NotANotebook(ValueError):
    """A file that cannot be read as a notebook; the message says why."""


class OtherEdition(ValueError):
    """A notebook of another edition of the course than the one that grades; the message says what to do."""


@dataclass
class Submission:
    """A notebook as it was handed in, without its outputs.

    Attributes
    ----------
    book : its cells, with the metadata that can be relied on.
    remarks : (name of an outcome, note) pairs: what was noticed while reading it.
    check_positions : for each graded exercise, the number of its check cell: its answer is asked for there.
    """

    book: nbformat.NotebookNode
    remarks: list[tuple[str, str]] = field(default_factory=list)
    check_positions: dict[str, int] = field(default_factory=dict)


def choose_file(folder: Path, assignment: str) -> tuple[Path | None, list[tuple[str, str]]]:
    """The file to grade in a student's folder, and remarks: the right name, or else the only notebook."""
    if folder.is_symlink() or folder.parent.is_symlink():  # to the solutions, or to somebody else's work
        return None, [(UNREADABLE, "Its folder is a link to another folder.")]
    expected = folder / f"{assignment}.ipynb"
    if expected.is_file():
        return expected, []
    notebooks = sorted(
        p for p in folder.rglob("*") if p.is_file() and p.suffix == ".ipynb" and ".ipynb_" not in str(p)
    )
    if len(notebooks) == 1:
        return notebooks[0], [(MISNAMED, f"Graded from {notebooks[0].name!r}.")]
    if notebooks:
        return None, [(MISNAMED, f"None of the {len(notebooks)} notebooks is named {expected.name}.")]
    files = [p for p in sorted(folder.rglob("*")) if p.is_file() and p.name != "timestamp.txt"]
    if len(files) == 1:  # a notebook under another suffix, or something else entirely
        return files[0], [(MISNAMED, f"Graded from {files[0].name!r}.")]
    if files:
        return None, [(MISNAMED, f"None of the {len(files)} files is named {expected.name}.")]
    return None, []


def read_submission(path: Path) -> Submission:
    """A submission, read from its file.

    Raises
    ------
    NotANotebook : the file is no notebook.
    """
    if path.is_symlink():
        raise NotANotebook("It is a link to another file.")
    size = path.stat().st_size / MEGABYTE
    if size > MAX_MB:
        raise NotANotebook(f"The file has {size:,.0f} MB, and at most {MAX_MB} MB are read.")
    try:
        data = json.loads(path.read_bytes())
        if isinstance(data, dict) and "cells" not in data and "worksheets" in data:
            data = nbformat.convert(nbformat.from_dict(data), 4)
        cells = data["cells"]
        if not isinstance(cells, list):
            raise NotANotebook("Its `cells` are not a list.")
        if len(cells) > MAX_CELLS:
            raise NotANotebook(f"It has {len(cells):,} cells, and at most {MAX_CELLS:,} are read.")
        book = nbformat.v4.new_notebook(cells=[_clean_cell(cell, i) for i, cell in enumerate(cells)])
        metadata = data.get("metadata")
        ours = metadata.get("capslab") if isinstance(metadata, dict) else None
        book.metadata["capslab"] = ours if isinstance(ours, dict) else {}
    except NotANotebook:
        raise
    except ValueError:
        raise NotANotebook(
            "The file is not JSON text, as a notebook is; Jupyter cannot open it either."
        ) from None
    except (KeyError, TypeError, AttributeError, RecursionError, OSError) as error:
        raise NotANotebook(f"It cannot be read as a notebook ({type(error).__name__}).") from None
    remarks = [(OUTPUT, f"The file has {size:,.0f} MB.")] if size > LARGE_MB else []
    return Submission(book, remarks)


def _clean_cell(data: Any, number: int) -> Any:
    """A cell with its source, attachments of prose and nbgrader's id, and nothing else."""
    source = data.get("source", "")
    source = "".join(source) if isinstance(source, list) else source
    if not isinstance(source, str):
        raise NotANotebook(f"Cell {number + 1} has no text.")
    source = source.encode("utf-8", "replace").decode()
    if len(source) > MAX_CELL:
        raise NotANotebook(
            f"Cell {number + 1} has {len(source):,} characters; at most {MAX_CELL:,} are read."
        )
    cell: Any = (
        nbformat.v4.new_code_cell(source, id=f"cell-{number}")
        if data.get("cell_type") == "code"
        else nbformat.v4.new_markdown_cell(source, id=f"cell-{number}")
    )
    attachments = data.get("attachments")
    if cell.cell_type == "markdown" and isinstance(attachments, dict):
        cell["attachments"] = nbformat.from_dict(attachments)
    metadata = data.get("metadata")
    ours = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    if isinstance(ours, dict) and isinstance(ours.get("grade_id"), str):
        cell.metadata["nbgrader"] = {"grade_id": ours["grade_id"]}
    return cell


def edition_of(book: nbformat.NotebookNode) -> str | None:
    """The edition of the course that a notebook was built from, such as "0.2".

    Notebooks of the first edition do not say it, and are recognised by that. None means that the
    notebook's metadata were lost, as some editors do; then nothing can be said.
    """
    metadata = book.metadata.get("capslab")
    if not isinstance(metadata, dict) or "source" not in metadata:
        return None
    version = str(metadata.get("version", _version.FIRST_EDITION))
    return version if re.fullmatch(r"\d{1,4}\.\d{1,4}", version) else "unknown"


def check_edition(book: nbformat.NotebookNode) -> None:
    """Refuses a submission of another edition, because its exercises and checks may mean something else.

    Raises
    ------
    OtherEdition : with what the student and the teacher can do.
    """
    edition = edition_of(book)
    if edition in (None, _version.EDITION):
        return
    which = "the first edition" if edition == _version.FIRST_EDITION else "another edition"
    raise OtherEdition(
        f"This notebook comes from {which} of the course ({edition}), but this class uses {_version.EDITION}."
        " Copy your answers into the notebook that your class was given and hand that in, or ask your teacher"
        f" to grade this one with capslab {edition}."
    )


def restore_locked_cells(submission: Submission, released: nbformat.NotebookNode) -> None:
    """Puts locked cells back as they were released, and notes where each exercise is asked for.

    A cell that was deleted comes back where it belongs. All metadata come from the release.
    """
    ours = {c.metadata["nbgrader"]["grade_id"]: c for c in released.cells if "nbgrader" in c.metadata}
    cells: list[Any] = []
    present: set[str] = set()
    edited, duplicated = [], []
    for cell in submission.book.cells:
        metadata = cell.metadata.pop("nbgrader", None)
        name = metadata["grade_id"] if metadata else _id_by_content(cell, ours, present)
        if name in ours and name in present:
            duplicated.append(name)
        elif name in ours and ours[name].cell_type == cell.cell_type:
            present.add(name)
            cell.metadata["nbgrader"] = nbformat.from_dict(dict(ours[name].metadata["nbgrader"]))
            if cell.metadata["nbgrader"]["locked"] and cell.source.strip() != ours[name].source.strip():
                edited.append(name)
            if cell.metadata["nbgrader"]["locked"]:
                cell.source = ours[name].source
        cells.append(cell)
    deleted = [name for name in ours if name not in present]
    for name in deleted:
        _put_back(cells, ours, name)
    submission.book.cells = cells
    submission.remarks += _changes(submission.book, released, edited, deleted, duplicated)
    submission.book.metadata["kernelspec"] = released.metadata["kernelspec"]
    submission.book.metadata["language_info"] = {"name": "python"}
    for number, cell in enumerate(cells):
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if name.startswith("check-"):
            submission.check_positions[name.removeprefix("check-")] = number


def _changes(
    book: Any, released: Any, edited: list[str], deleted: list[str], duplicated: list[str]
) -> list[tuple[str, str]]:
    """Remarks about how a submission differs from its release."""
    remarks = []
    restored = [f"{name[6:]} edited" for name in edited if name.startswith("check-")]
    restored += [f"{name[6:]} deleted" for name in deleted if name.startswith("check-")]
    source = book.metadata["capslab"].get("source")
    if source is not None and source != released.metadata["capslab"]["source"]:
        remarks.append((PERSON, "It was made from another release of this notebook."))
    elif restored:
        remarks.append((TAMPERED, f"Checks restored from the release: {', '.join(restored)}."))
    if duplicated:
        remarks.append((GRADED, f"Cells that are there twice: {', '.join(sorted(set(duplicated)))}."))
    return remarks


def _id_by_content(cell: Any, ours: dict[str, Any], present: set[str]) -> str:
    """The id of a check cell whose metadata were lost, as some editors do; otherwise an empty string."""
    if cell.cell_type == "code" and "check" in cell.source and len(cell.source) <= MAX_PARSED:
        for check in checks(cell.source):
            name = f"check-{check.exercise}"
            if name in ours and name not in present:
                return name
    return ""


def _put_back(cells: list[Any], ours: dict[str, Any], name: str) -> None:
    """Puts a released cell back, after the one that preceded it."""
    order = list(ours)
    before = order[: order.index(name)]
    positions = [i for i, c in enumerate(cells) if c.metadata.get("nbgrader", {}).get("grade_id") in before]
    cell = nbformat.from_dict(
        {
            **ours[name],
            "id": f"back-{len(cells)}",
            "metadata": {"nbgrader": dict(ours[name].metadata["nbgrader"])},
        }
    )
    at_the_end = (
        name.startswith("check-")
        and f"write-{name[6:]}" in order
        and not any(c.metadata.get("nbgrader", {}).get("grade_id") == f"write-{name[6:]}" for c in cells)
    )  # the answer may stand in any cell that the student added
    cells.insert(len(cells) if at_the_end or not positions else positions[-1] + 1, cell)
