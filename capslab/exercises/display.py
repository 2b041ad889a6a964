"""How a check, a hint, a solution and the progress look: in Jupyter and in plain text."""

from __future__ import annotations

import html
from dataclasses import dataclass

SIGNS = {"done": "✔", "in progress": "◐", "not attempted": "○", "unknown": "?"}
COLOURS = {"done": "#0072b2", "in progress": "#e69f00", "not attempted": "#888888", "unknown": "#888888"}


class Shown:
    """Something that is text in a terminal and a framed paragraph in Jupyter."""

    state = "unknown"

    def lines(self) -> list[str]:
        raise NotImplementedError(f"{type(self).__name__} must say what it shows")

    def __repr__(self) -> str:
        head, *rest = self.lines()
        return "\n".join([f"{SIGNS[self.state]} {head}", *rest])

    def _repr_html_(self) -> str:
        head, *rest = (html.escape(line) for line in self.lines())
        body = "".join(f"<div style='margin-top:4px;white-space:pre-wrap'>{line}</div>" for line in rest)
        return (
            f"<div role='status' style='border-left:5px solid {COLOURS[self.state]};padding:6px 12px;"
            f"margin:4px 0;max-width:48em'><b>{SIGNS[self.state]} {head}</b>{body}</div>"
        )


@dataclass(frozen=True, repr=False)
class CheckResult(Shown):
    """What `check` gives a learner.

    Attributes
    ----------
    name : of the exercise.
    state : "not attempted", "in progress", "done", or "unknown" for a name that is not known.
    passed, total : visible checks.
    points, most : earned, and how many there are.
    message : what to look at next.
    note : a word about anything else, such as progress that cannot be saved.
    mistake : name of the known mistake, or "".
    """

    name: str
    state: str
    passed: int = 0
    total: int = 0
    points: float = 0.0
    most: int = 0
    message: str = ""
    note: str = ""
    mistake: str = ""

    @property
    def done(self) -> bool:
        return self.state == "done"

    def lines(self) -> list[str]:
        if self.state == "done":
            head = f"{self.name}: done. All {self.total} visible checks passed, {self.most} points."
        elif self.state == "in progress":
            head = f"{self.name}: {self.passed} of {self.total} visible checks passed."
        elif self.state == "not attempted":
            head = f"{self.name}: not attempted yet."
        else:
            head = "This cannot be checked."
        next_step = (
            f'Stuck? hint("{self.name}") goes one step further.' if self.state == "in progress" else ""
        )
        return [head, *(line for line in (self.message, next_step, self.note) if line)]


@dataclass(frozen=True, repr=False)
class Message(Shown):
    """A few words: a hint, or why there is no solution yet."""

    head: str
    body: str = ""
    state: str = "in progress"

    def lines(self) -> list[str]:
        return [self.head, self.body] if self.body else [self.head]


@dataclass(frozen=True, repr=False)
class Solution(Shown):
    """The reference answer, as source text."""

    name: str
    source: str
    state: str = "done"

    def lines(self) -> list[str]:
        return [f"One solution of {self.name}; compare it with yours.", self.source]

    def _repr_html_(self) -> str:
        head, source = (html.escape(line) for line in self.lines())
        return (
            f"<div role='status' style='border-left:5px solid {COLOURS['done']};padding:6px 12px'>"
            f"<b>{head}</b><pre style='margin:6px 0 0'>{source}</pre></div>"
        )


@dataclass(frozen=True)
class Row:
    """One exercise in the table of progress."""

    notebook: str
    name: str
    title: str
    state: str
    points: float
    most: int


@dataclass(frozen=True, repr=False)
class Progress(Shown):
    """What is done, exercise by exercise.

    Attributes
    ----------
    rows : a `Row` for each exercise, in the order of the course.
    note : a word about progress that cannot be saved.
    """

    rows: tuple[Row, ...]
    note: str = ""

    @property
    def state(self) -> str:  # type: ignore[override]
        if self.done == len(self.rows):
            return "done"
        return "in progress" if any(row.state != "not attempted" for row in self.rows) else "not attempted"

    @property
    def done(self) -> int:
        return sum(row.state == "done" for row in self.rows)

    @property
    def points(self) -> float:
        return sum(row.points for row in self.rows)

    @property
    def most(self) -> int:
        return sum(row.most for row in self.rows)

    def head(self) -> str:
        plural = "exercise" if len(self.rows) == 1 else "exercises"
        return f"{self.done} of {len(self.rows)} {plural} done, {self.points:g} of {self.most} points."

    def lines(self) -> list[str]:
        table, notebook = [], ""
        for row in self.rows:
            if row.notebook != notebook:
                table.append(row.notebook)
                notebook = row.notebook
            table.append(
                f"  {SIGNS[row.state]} {row.name:24}{row.state:15}{row.points:g} of {row.most}  {row.title}"
            )
        return [self.head(), *table, *([self.note] if self.note else [])]

    def _repr_html_(self) -> str:
        cells = "".join(
            "<tr>"
            + "".join(
                f"<td style='text-align:left'>{html.escape(cell)}</td>"
                for cell in (
                    row.notebook,
                    row.name,
                    row.title,
                    f"{SIGNS[row.state]} {row.state}",
                    f"{row.points:g} of {row.most}",
                )
            )
            + "</tr>"
            for row in self.rows
        )
        titles = "".join(
            f"<th scope='col' style='text-align:left'>{title}</th>"
            for title in ("Notebook", "Exercise", "About", "State", "Points")
        )
        note = f"<div>{html.escape(self.note)}</div>" if self.note else ""
        return (
            f"<div role='status'><b>{SIGNS[self.state]} {html.escape(self.head())}</b>"
            f"<table><thead><tr>{titles}</tr></thead><tbody>{cells}</tbody></table>{note}</div>"
        )
