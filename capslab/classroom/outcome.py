"""The outcome of a submission, under one of a few names."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

GRADED, ABSENT, MISNAMED, UNREADABLE = "graded", "not submitted", "wrong file name", "not a notebook"
TIME, MEMORY, DIED, OUTPUT = "time limit", "memory limit", "kernel died", "output too large"
TAMPERED, PERSON = "test cells tampered with", "needs a person"
EDITION = "another edition"

#: All names, the most important first: where several apply, the first one is the outcome.
OUTCOMES = (ABSENT, UNREADABLE, EDITION, MEMORY, TIME, DIED, TAMPERED, PERSON, OUTPUT, MISNAMED, GRADED)


@dataclass(frozen=True)
class Outcome:
    """The outcome of one student's submission of one assignment.

    Attributes
    ----------
    student, assignment : whose submission it is, and of what.
    name : one of `OUTCOMES`.
    points : points of the exercises that were checked; None where none could be checked.
    max_points : points that can be reached.
    notes : what a teacher should know, one sentence each.
    points_by_exercise : (name of an exercise, its points) pairs.
    cpu_seconds : computing time of the submission's process.
    """

    student: str
    assignment: str
    name: str
    points: float | None = None
    max_points: float = 0
    notes: tuple[str, ...] = ()
    points_by_exercise: tuple[tuple[str, float], ...] = ()
    cpu_seconds: float = 0.0

    def line(self) -> str:
        """The outcome as one line of text."""
        score = "" if self.points is None else f"{self.points:g}/{self.max_points:g}"
        label = f"{self.name} {score}".strip() if self.name == GRADED else self.name
        column = "" if self.name == GRADED else score
        line = f"{self.student:24} {label:26}{column:>8}  {' '.join(self.notes)}".rstrip()
        return "".join(letter if letter.isprintable() else "�" for letter in line)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, record: dict[str, Any]) -> Outcome:
        notes = tuple(record["notes"])
        pairs = tuple((name, points) for name, points in record["points_by_exercise"])
        return cls(**{**record, "notes": notes, "points_by_exercise": pairs})


def main_outcome(remarks: list[tuple[str, str]]) -> tuple[str, tuple[str, ...]]:
    """The most important name among (name of an outcome, note) pairs, and all the notes, once each."""
    names = {name for name, _ in remarks}
    name = next((name for name in OUTCOMES if name in names), GRADED)
    return name, tuple(dict.fromkeys(note for _, note in remarks if note))
