"""How the result of a check, a hint, a solution and the progress look in Jupyter and in plain text."""

from __future__ import annotations

import html
from dataclasses import dataclass

from capslab.errors import as_imported
from capslab.exercises.numbers_in_words import counted, number

SIGNS = {"done": "✔", "in progress": "◐", "not attempted": "○", "unknown": "?"}
COLOURS = {"done": "#0072b2", "in progress": "#e69f00", "not attempted": "#888888", "unknown": "#888888"}


class Panel:
    """Text in a terminal, a framed paragraph in Jupyter."""

    state = "unknown"

    def lines(self) -> list[str]:
        raise NotImplementedError(f"{type(self).__name__} must implement lines()")

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
class CheckResult(Panel):
    """What `check` returns to a learner.

    Attributes
    ----------
    name : name of the exercise.
    state : "not attempted", "in progress", "done", or "unknown" if there is no exercise of this name.
    passed, total : number of visible checks.
    points, max_points : earned, and at most.
    message : what to look at next.
    note : anything else, for example that progress cannot be saved.
    mistake : name of the known mistake that was recognised, or "".
    """

    name: str
    state: str
    passed: int = 0
    total: int = 0
    points: float = 0.0
    max_points: int = 0
    message: str = ""
    note: str = ""
    mistake: str = ""

    @property
    def done(self) -> bool:
        return self.state == "done"

    def lines(self) -> list[str]:
        if self.state == "done":
            every = f"All {self.total} visible checks" if self.total > 1 else "The visible check"
            head = f"{self.name}: done. {every} passed, {counted(self.max_points, 'point')}."
        elif self.state == "in progress":
            head = f"{self.name}: {self.passed} of {counted(self.total, 'visible check')} passed."
        elif self.state == "not attempted":
            head = f"{self.name}: not attempted yet."
        else:
            head = "There is nothing to check under this name."
        next_step = as_imported(f'Stuck? Call cl.hint("{self.name}").') if self.state == "in progress" else ""
        return [head, *(line for line in (self.message, next_step, self.note) if line)]


@dataclass(frozen=True, repr=False)
class Message(Panel):
    """A short message: a hint, or the reason why there is no solution yet."""

    head: str
    body: str = ""
    state: str = "in progress"

    def lines(self) -> list[str]:
        return [self.head, self.body] if self.body else [self.head]


@dataclass(frozen=True, repr=False)
class Solution(Panel):
    """The reference answer, as source text."""

    name: str
    source: str
    state: str = "done"

    def lines(self) -> list[str]:
        return [f"One solution of {self.name}. Compare it with yours.", self.source]

    def _repr_html_(self) -> str:
        head, source = (html.escape(line) for line in self.lines())
        return (
            f"<div role='status' style='border-left:5px solid {COLOURS['done']};padding:6px 12px'>"
            f"<b>{head}</b><pre style='margin:6px 0 0'>{source}</pre></div>"
        )


@dataclass(frozen=True)
class ProgressRow:
    """One exercise in the table of progress."""

    notebook: str
    name: str
    title: str
    state: str
    points: float
    max_points: int


@dataclass(frozen=True, repr=False)
class Progress(Panel):
    """What has been done, exercise by exercise.

    Attributes
    ----------
    rows : one `ProgressRow` per exercise, in the order of the course.
    note : says if progress cannot be saved.
    """

    rows: tuple[ProgressRow, ...]
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
    def max_points(self) -> int:
        return sum(row.max_points for row in self.rows)

    def head(self) -> str:
        plural = "exercise" if len(self.rows) == 1 else "exercises"
        points = f"{number(self.points)} of {counted(self.max_points, 'point')}"
        return f"{self.done} of {len(self.rows)} {plural} done, {points}."

    def lines(self) -> list[str]:
        table, notebook = [], ""
        for row in self.rows:
            if row.notebook != notebook:
                table.append(row.notebook)
                notebook = row.notebook
            points = f"{row.points:g} of {row.max_points}"
            table.append(f"  {SIGNS[row.state]} {row.name:24}{row.state:15}{points}  {row.title}")
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
                    f"{row.points:g} of {row.max_points}",
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
