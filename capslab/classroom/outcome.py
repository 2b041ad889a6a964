"""What came of a submission, under one of a few names."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

GRADED, ABSENT, MISNAMED, UNREADABLE = "graded", "not submitted", "wrong file name", "not a notebook"
TIME, MEMORY, DIED, OUTPUT = "time limit", "memory limit", "kernel died", "output too large"
TAMPERED, PERSON = "test cells tampered with", "needs a person"
EDITION = "another edition"

#: All names, the one that says most first: where several hold, the first is the outcome.
NAMES = (ABSENT, UNREADABLE, EDITION, MEMORY, TIME, DIED, TAMPERED, PERSON, OUTPUT, MISNAMED, GRADED)


@dataclass(frozen=True)
class Outcome:
    """What came of one student's submission of one assignment.

    Attributes
    ----------
    student, assignment : whose, and of what.
    name : one of `NAMES`.
    points : of the exercises that were checked; None where nothing could be.
    most : how many there are.
    words : what a teacher should know, a sentence each.
    earned : the points of each exercise.
    seconds : of computing, in the submission's process.
    """

    student: str
    assignment: str
    name: str
    points: float | None = None
    most: float = 0
    words: tuple[str, ...] = ()
    earned: tuple[tuple[str, float], ...] = ()
    seconds: float = 0.0

    def line(self) -> str:
        """The outcome in one line."""
        score = "" if self.points is None else f"{self.points:g}/{self.most:g}"
        said = f"{self.name} {score}".strip() if self.name == GRADED else f"{self.name}"
        beside = "" if self.name == GRADED else score
        line = f"{self.student:24} {said:26}{beside:>8}  {' '.join(self.words)}".rstrip()
        return "".join(letter if letter.isprintable() else "�" for letter in line)

    def plain(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def read(cls, told: dict[str, Any]) -> Outcome:
        return cls(
            **{
                **told,
                "words": tuple(told["words"]),
                "earned": tuple((name, points) for name, points in told["earned"]),
            }
        )


def named(found: list[tuple[str, str]]) -> tuple[str, tuple[str, ...]]:
    """The name that says most among (name, words) pairs, and all the words, once each."""
    names = {name for name, _ in found}
    chosen = next((name for name in NAMES if name in names), GRADED)
    return chosen, tuple(dict.fromkeys(words for _, words in found if words))
