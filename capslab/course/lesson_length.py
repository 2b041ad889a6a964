"""How long a lesson takes: the measure of length, computed from its source.

    minutes = words / 130 + 0.75 · code cells + 6 · exercises + 4 · live views + 0.5 · figures

An exercise whose solution has a loop, or that is a bug hunt (a cell with the tag `bug-hunt`), counts
10. A guess counts 1, and so do the three recall questions. A cell that only checks, adopts, reveals or
looks back does not count. `edition` prints the minutes at the top of each lesson, and `capslab build
--length` shows what they are made of.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

#: the longest that a lesson may take, in minutes
LIMIT = 45
WORDS_PER_MINUTE = 130
BUG_HUNT = "bug-hunt"  # the tag of a cell
_BEGIN, _END = "### BEGIN SOLUTION", "### END SOLUTION"
#: functions of `cl` that look at what is there already: a cell with nothing else takes no time of its own
CHECKING = ("check", "guesses", "hint", "mine", "progress", "reveal", "solution")
#: functions of `capslab.plots` that draw no figure
NO_FIGURES = ("ink_on", "palette", "table")
TIME = re.compile(r"\*\*Time:\*\*[^\n]*?(?:minutes?\b\.?|…\.?|(?=\n)|$)")


@dataclass(frozen=True)
class Length:
    """What a lesson consists of, counted.

    Attributes
    ----------
    words : of prose, without addresses of links.
    cells : code cells that count, exercises included, guesses not.
    exercises : those that count 6; `long_exercises` are loops and bug hunts, which count 10.
    views, figures, guesses : calls of functions that show one.
    recalls : calls of `cl.recall`, which asks three quick questions.

    Examples
    --------
    >>> Length(words=1400, cells=16, exercises=2, views=1, figures=6, guesses=3).minutes
    45
    """

    words: int = 0
    cells: int = 0
    exercises: int = 0
    long_exercises: int = 0
    views: int = 0
    figures: int = 0
    guesses: int = 0
    recalls: int = 0

    @property
    def parts(self) -> dict[str, float]:
        """The minutes of each part, by its name."""
        return {
            "words": self.words / WORDS_PER_MINUTE,
            "code cells": 0.75 * self.cells,
            "exercises": 6.0 * self.exercises,
            "loops and bug hunts": 10.0 * self.long_exercises,
            "live views": 4.0 * self.views,
            "figures": 0.5 * self.figures,
            "guesses": 1.0 * self.guesses,
            "recall questions": 1.0 * self.recalls,
        }

    @property
    def minutes(self) -> int:
        """The whole lesson, in minutes."""
        return round(sum(self.parts.values()))

    def line(self) -> str:
        """The minutes and what they are made of, in one line."""
        counts = zip(astuple(self), self.parts.items(), strict=True)
        parts = ", ".join(f"{name}: {n:,} → {minutes:.1f}" for n, (name, minutes) in counts if n)
        over = f", {self.minutes - LIMIT} too many" if self.minutes > LIMIT else ""
        return f"about {self.minutes} minutes{over} ({parts})"


def length_of(source: Path) -> Length:
    """The length of a lesson's source, `notebooks/src/NN_name.py`."""
    import jupytext

    return measured(jupytext.reads(source.read_text("utf-8"), fmt="py:percent").cells)


def measured(cells: list[Any]) -> Length:
    """The length of the cells of a source, with its solutions and their markers.

    Examples
    --------
    >>> from nbformat.v4 import new_code_cell
    >>> measured([new_code_cell("plots.bars(values)")])
    Length(words=0, cells=1, exercises=0, long_exercises=0, views=0, figures=1, guesses=0, recalls=0)
    """
    count = dict.fromkeys(Length.__dataclass_fields__, 0)
    for cell in cells:
        if "holds" in cell.metadata.get("tags", []):
            continue  # only tests run it
        if cell.cell_type == "markdown":
            count["words"] += _words(cell.source)
        elif cell.cell_type == "code" and cell.source.strip():
            _count_code(cell, count)
    return Length(**count)


def with_time(text: str, minutes: int) -> str:
    """The first cell of a lesson with its time: in place of "**Time:** …" if that is there, else at its end.

    >>> print(with_time("# 03 · Why?\\n\\nYou need 02. **Time:** …", 40))
    # 03 · Why?
    <BLANKLINE>
    You need 02. **Time:** about 40 minutes.
    """
    line = f"**Time:** about {minutes} minute{'' if minutes == 1 else 's'}."
    return TIME.sub(line, text, count=1) if TIME.search(text) else f"{text.rstrip()}\n\n{line}"


def without_time(text: str) -> str:
    """A lesson's first cell as it is in its source.

    >>> without_time(with_time("# 03 · Why?", 40))
    '# 03 · Why?'
    """
    return re.sub(rf"\s*{TIME.pattern}", "", text)


def _words(text: str) -> int:
    text = TIME.sub(" ", text)
    text = re.sub(r"\]\([^)]*\)|<[^>]+>", " ", text)
    return sum(bool(re.search(r"\w", word)) for word in text.split())


def _count_code(cell: Any, count: dict[str, int]) -> None:
    learners = re.sub(rf"{_BEGIN}.*?{_END}", "pass", cell.source, flags=re.S)
    calls = list(_calls(_tree(learners)))
    guesses = calls.count("cl.guess")
    count["guesses"] += guesses
    count["recalls"] += calls.count("cl.recall")
    count["views"] += sum(name.removeprefix("cl.") in views() for name in calls if name.startswith("cl."))
    count["figures"] += sum(map(_is_figure, calls))
    if _BEGIN in cell.source:
        is_long = BUG_HUNT in cell.metadata.get("tags", []) or _has_loop(cell.source)
        count["long_exercises" if is_long else "exercises"] += 1
    count["cells"] += not _only_checks(_tree(learners))


def _is_figure(name: str) -> bool:
    place, _, function = name.rpartition(".")
    return function == "plot" or (place in ("plots", "cl.plots") and function not in NO_FIGURES)


def _has_loop(source: str) -> bool:
    """Whether the solution in a cell repeats something statement by statement."""
    tree = _tree(source.replace(_BEGIN, "").replace(_END, ""))
    before, _, rest = source.partition(_BEGIN)
    first, last = before.count("\n") + 1, (before + rest.partition(_END)[0]).count("\n") + 1
    loops = (node.lineno for node in ast.walk(tree) if isinstance(node, ast.For | ast.While))
    return any(first <= line <= last for line in loops)


def _only_checks(tree: ast.Module) -> bool:
    """Whether every statement checks, adopts, reveals, or asks a question, imports aside."""
    steps = [one for one in tree.body if not isinstance(one, ast.Import | ast.ImportFrom)]
    if not steps:
        return not tree.body
    for statement in steps:
        value = getattr(statement, "value", None)
        if not isinstance(value, ast.Call) or not isinstance(statement, ast.Expr | ast.Assign):
            return False
        if _dotted(value.func) not in {f"cl.{name}" for name in (*CHECKING, "guess", "recall")}:
            return False
    return True


def _tree(code: str) -> ast.Module:
    """The code of a cell without what only IPython understands; empty if it is no Python at all."""
    plain = re.sub(r"^(\s*)[%!].*$", r"\1pass", code, flags=re.M)
    try:
        return ast.parse(plain)
    except SyntaxError:  # a cell that is meant to fail
        return ast.Module([ast.Pass()], [])


def _calls(tree: ast.Module) -> Iterator[str]:
    """The dotted names of all functions that are called: `cl.guess`, `plots.lines`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (name := _dotted(node.func)):
            yield name


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return {"capslab": "cl"}.get(node.id, node.id)
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return ""


def views() -> set[str]:
    """The names of `cl` that show a live view of the lesson; a guess is counted for itself."""
    import capslab

    homes = vars(capslab)["_HOME"]
    return {name for name, home in homes.items() if home.startswith("capslab.widgets")} - {
        "guess",
        "guesses",
        "reveal",
    }
