"""`claims()`: every claim of the course, with the verdict that was reached on it so far."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from capslab.errors import ArgumentError
from capslab.lessons import verdict_record
from capslab.lessons.claims_list import SOURCES, Claim, all_claims
from capslab.lessons.verdict_record import Kept
from capslab.lessons.verdict_rule import SIGNS

OPEN = "not judged yet"


@dataclass(frozen=True)
class ClaimsTable:
    """Claims, each with what is kept of its verdict.

    Attributes
    ----------
    rows : a claim and its verdict, or None where it has not been judged.
    """

    rows: tuple[tuple[Claim, Kept | None], ...]

    @property
    def summary(self) -> str:
        """How many claims were judged, and what to expect of so many intervals."""
        judged = [kept for _, kept in self.rows if kept is not None]
        with_interval = sum(bool(kept.number) for kept in judged)
        counts = [(outcome, sum(kept.outcome == outcome for kept in judged)) for outcome in SIGNS]
        found = ", ".join(f"{count} {outcome}" for outcome, count in counts if count)
        line = f"{len(judged)} of {len(self.rows)} claims judged" + (f": {found}." if found else ".")
        if with_interval >= 10:
            line += (
                f" Of {with_interval} intervals at 95 %, about {0.05 * with_interval:.1f} miss the true "
                "value by bad luck."
            )
        return line

    def __str__(self) -> str:
        lines = [self.summary]
        for claim, kept in self.rows:
            sign = SIGNS[kept.outcome] if kept else "·"
            state = (f"{kept.outcome} {kept.number}" if kept else OPEN).strip()
            lines.append(f"{sign} {claim.lesson}  {claim.id}: {claim.sentence} | {state}")
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        names = ("lesson", "claim", "who says so", "number and 95 % interval", "verdict")
        heads = "".join(f"<th scope='col' style='text-align:left'>{name}</th>" for name in names)
        body = "".join(f"<tr>{self._cells(claim, kept)}</tr>" for claim, kept in self.rows)
        return (
            f"<p>{escape(self.summary)}</p>"
            f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"
        )

    @staticmethod
    def _cells(claim: Claim, kept: Kept | None) -> str:
        verdict = f"<strong>{SIGNS[kept.outcome]} {kept.outcome}</strong>" if kept else OPEN
        number = (kept.number or kept.evidence) if kept else ""
        cells = (claim.lesson, escape(claim.sentence), escape(SOURCES[claim.source]), escape(number), verdict)
        return "".join(f"<td style='text-align:left;vertical-align:top'>{cell}</td>" for cell in cells)


def claims(lesson: str | int | None = None) -> ClaimsTable:
    """The list of claims, with the verdicts that you have reached so far.

    Parameters
    ----------
    lesson : the number of a lesson, "24" or 24, for its claims only; None shows all.

    Raises
    ------
    ArgumentError : for a lesson that judges no claim.

    Examples
    --------
    >>> len(claims("24").rows)
    4
    """
    rows = [(claim, verdict_record.kept().get(claim.id)) for claim in all_claims().values()]
    if lesson is not None:
        number = f"{lesson:02d}" if type(lesson) is int else str(lesson)
        lessons = sorted({claim.lesson for claim, _ in rows})
        number = number.zfill(2) if number.isdecimal() else number
        rows = [(claim, kept) for claim, kept in rows if claim.lesson == number[:2]]
        if not rows:
            expected = "the number of a lesson that judges a claim: " + ", ".join(lessons)
            raise ArgumentError("lesson", expected, lesson, f'Write cl.claims("{lessons[0]}").')
    return ClaimsTable(tuple(rows))
