"""One source, four editions: the learner's with gaps, the solved one, the assignment, and one for tests.

In a source, the code that the learner has to write is between two marker lines:

    def squash(s):
        ### BEGIN SOLUTION
        length = ...
        ### END SOLUTION

The learner's edition has a single line instead, `...  # your code here`, indented like the first
marker. The solved edition has the code without the markers. The assignment keeps the markers, which
nbgrader knows, and gets nbgrader's metadata in `capslab.course.make_assignment`.

What a lesson's prose says about its data set is held by cells with the tag `holds`, right below it:

    # %% tags=["holds"]
    assert fooled > 0.7  # "four out of five"

They are in the `story` edition only, which is the solved one with them; tests run it on the data set that
the lesson is written for.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import nbformat

from capslab._version import EDITION
from capslab.course.lesson_length import measured, with_time, without_time
from capslab.errors import ArgumentError, Verbatim

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
COMMENT = "# your code here"
STUB = f"...  {COMMENT}"
EDITIONS = ("learner", "solved", "assignment", "story")
HOLDS = "holds"  # the tag of a cell that asserts what the prose says
LESSON = re.compile(r"\d\d_")
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def edition(path: Path, which: str = "learner") -> nbformat.NotebookNode:
    """A notebook without outputs, made from the source at `path`.

    A cell's id is made from its content, so changing one cell changes one id. The notebook's
    metadata contains the hash of the source, for `capslab.course.build_notebooks.check`. The first cell of a
    lesson says how many minutes it takes, computed by `capslab.course.lesson_length`.
    """
    if which not in EDITIONS:
        raise ArgumentError("which", f"one of {EDITIONS}", which, "Try 'learner'.")
    if not path.is_file():
        raise ArgumentError("path", "a notebook's source", str(path), "Sources are in notebooks/src.")
    import jupytext

    source = jupytext.reads(path.read_text("utf-8"), fmt="py:percent")
    seen: Counter[str] = Counter()
    cells = []
    for number, cell in enumerate(source.cells, start=1):
        kind, text = cell.cell_type, cell.source
        if HOLDS in cell.metadata.get("tags", []) and which != "story":
            continue
        if kind == "code":
            solved = which in ("solved", "story")
            unmarked = without_markers(text, f"{path.name}, cell {number}", keep=solved)
            text = text if which == "assignment" else unmarked
        name = cell_id(kind, text)
        seen[name] += 1
        identity = name if seen[name] == 1 else f"{name}-{seen[name]}"
        if number == 1 and kind == "markdown" and LESSON.match(path.stem) and text.startswith("# "):
            text = with_time(text, measured(source.cells).minutes)
        new = nbformat.v4.new_code_cell if kind == "code" else nbformat.v4.new_markdown_cell
        cells.append(new(text, id=identity, metadata=dict(cell.metadata)))
    book = nbformat.v4.new_notebook(cells=cells)
    book.metadata = nbformat.from_dict(
        {
            "capslab": {"edition": which, "source": source_hash(source), "version": EDITION},
            "kernelspec": KERNEL,
            "language_info": {"name": "python"},
        }
    )
    return book


def without_markers(text: str, where: str, keep: bool) -> str:
    """The code of a cell, with each solution kept or replaced by one stub line.

    >>> print(without_markers("a = 1\\n  ### BEGIN SOLUTION\\n  b = 2\\n  ### END SOLUTION", "x", keep=False))
    a = 1
      ...  # your code here
    """
    lines: list[str] = []
    opened = 0  # line number of the BEGIN marker that is still open
    for number, line in enumerate(text.split("\n"), start=1):
        marker = line.strip()
        if marker == BEGIN and not opened:
            opened = number
            if not keep:
                indent = line[: line.index(BEGIN)]
                # A function needs a body; a bare `...` at the end of a cell would be shown as its value.
                lines.append(indent + (STUB if indent else COMMENT))
        elif marker == END and opened:
            opened = 0
        elif marker in (BEGIN, END):
            raise _unbalanced(where, number, marker)
        elif keep or not opened:
            lines.append(line)
    if opened:
        raise _unbalanced(where, opened, BEGIN)
    return "\n".join(lines)


def _unbalanced(where: str, line: int, marker: str) -> ArgumentError:
    return ArgumentError(
        "source",
        f"{BEGIN!r} and {END!r} in pairs",
        Verbatim(f"a lone {marker!r} in line {line} of {where}"),
        "Add the other marker or remove this one.",
    )


def cell_id(kind: str, text: str) -> str:
    """The id of a cell with this text. (A repeated cell also gets a number, to keep ids unique.)

    The minutes of a lesson are no part of it: they change whenever any cell changes.
    """
    return _hash(kind, without_time(text) if kind == "markdown" else text)[:8]


def source_hash(source: Any) -> str:
    """A hash of the cells of a source: their types, text and metadata."""
    return _hash(*[[c.cell_type, c.source, dict(c.metadata)] for c in source.cells])


def _hash(*parts: Any) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
