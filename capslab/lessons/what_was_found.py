"""Every claim of the course beside what was measured for it, by us and by you, and the literature."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from capslab.errors import ArgumentError, is_whole
from capslab.lessons import results, verdict_record
from capslab.lessons.claims_list import SOURCES, Claim, all_claims
from capslab.lessons.verdict_record import Kept
from capslab.lessons.verdict_rule import SIGNS

NAME, COMMAND = "verdicts", "python tools/remeasure.py verdicts"
LITERATURE = Path(__file__).with_name("literature.json")
MISSED = 0.05  # the share of 95 % intervals that miss the true value
TITLES = ("lesson", "claim", "who says so", "what was measured here", "verdict", "what others found")


@dataclass(frozen=True)
class Finding:
    """One claim, and what came of it.

    Attributes
    ----------
    claim : the claim of the course's list.
    lesson : the name of the lesson that judges it, such as "14_what_couplings_tell".
    outcome : the verdict when the lessons were built.
    measured : what was measured on both sides, in words; for a fact, what decided it.
    number : the difference in the claim's favour, with its 95 % interval; "" for a fact.
    interval : `(low, estimate, high)` of the same; None for a fact.
    literature : what others found, with references; "" where the course knows of nobody.
    yours : the verdict that you reached; None if you have not.
    """

    claim: Claim
    lesson: str
    outcome: str
    measured: str
    number: str
    interval: tuple[float, float, float] | None
    literature: str
    yours: Kept | None

    @property
    def margin(self) -> float:
        """How near the interval comes to another verdict, in lengths of the interval; ∞ for a fact.

        0 means that one of its ends lies on 0, or on the smallest difference that would matter.
        """
        if self.interval is None:
            return float("inf")
        low, _, high = self.interval
        limits = {0.0, self.claim.at_least}
        nearest = min(abs(end - limit) for end in (low, high) for limit in limits)
        return nearest / (high - low) if high > low else float("inf")


@dataclass(frozen=True)
class Findings:
    """All claims, in the order of the lessons that judge them.

    In a notebook it is a table; each row links to its lesson.
    """

    findings: tuple[Finding, ...]

    @property
    def with_interval(self) -> int:
        """How many verdicts were reached from samples, and so with an interval."""
        return sum(one.interval is not None for one in self.findings)

    @property
    def summary(self) -> str:
        """How many claims there are, what came of them, and how many verdicts of yours differ."""
        counts = [(outcome, sum(one.outcome == outcome for one in self.findings)) for outcome in SIGNS]
        words = [(n, outcome if n == 1 else outcome.replace("holds", "hold")) for outcome, n in counts if n]
        found = ", ".join(f"{n} {word}" for n, word in words)
        line = f"{len(self.findings)} claims: {found}."
        yours = [one for one in self.findings if one.yours is not None]
        if yours:
            other = sum(one.yours is not None and one.yours.outcome != one.outcome for one in yours)
            line += f" You have judged {len(yours)} of them, {other} with another outcome."
        return line

    def count(self, outcome: str, *sources: str) -> int:
        """How many claims have this outcome, of those sources only ("article A", …) if any are named.

        Raises
        ------
        ArgumentError : for an outcome or a source that does not exist.
        """
        if outcome not in SIGNS:
            raise ArgumentError("outcome", f"one of {', '.join(SIGNS)}", outcome, 'Try "holds".')
        for source in sources:
            if source not in SOURCES:
                raise ArgumentError("sources", f"one of {', '.join(SOURCES)}", source, 'Try "article A".')
        return sum(
            one.outcome == outcome and (not sources or one.claim.source in sources) for one in self.findings
        )

    def by_source(self) -> list[dict[str, Any]]:
        """One row per source of claims: how many there are, and how many have which outcome."""
        rows = []
        for source, words in SOURCES.items():
            counts = {f"{sign} {outcome}": self.count(outcome, source) for outcome, sign in SIGNS.items()}
            rows.append({"who says so": words, "claims": sum(counts.values()), **counts})
        return rows

    def closest(self, n: int = 5) -> list[dict[str, Any]]:
        """The n verdicts that came nearest to another one, the nearest first.

        Raises
        ------
        ArgumentError : if n is not a whole number from 1.
        """
        if not is_whole(n) or n < 1:
            raise ArgumentError("n", "a whole number from 1", n, "Try 5.")
        nearest = sorted(self.findings, key=lambda one: one.margin)[:n]
        return [
            {
                "claim": one.claim.sentence,
                "verdict": f"{SIGNS[one.outcome]} {one.outcome}",
                "number and interval": one.number,
                "smallest that matters": f"{one.claim.at_least:g}",
            }
            for one in nearest
            if one.interval is not None
        ]

    def __str__(self) -> str:
        lines = [self.summary]
        for one in self.findings:
            said = one.number or one.measured
            yours = f" | yours: {one.yours.outcome}" if one.yours else ""
            lines.append(
                f"{SIGNS[one.outcome]} {one.lesson[:2]}  {one.claim.sentence} | {one.outcome} | {said}{yours}"
            )
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        heads = "".join(f"<th scope='col' style='text-align:left'>{name}</th>" for name in TITLES)
        body = "".join(f"<tr>{_cells(one)}</tr>" for one in self.findings)
        table = f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"
        return f"<p>{escape(self.summary)}</p>{table}"


def _cells(one: Finding) -> str:
    number = f"{escape(one.measured)}<br><strong>{escape(one.number)}</strong>" if one.number else ""
    verdict = f"<strong>{SIGNS[one.outcome]} {one.outcome}</strong>"
    if one.yours is not None:
        other = f"yours: {SIGNS[one.yours.outcome]} {one.yours.outcome} {one.yours.number}".strip()
        verdict += f"<br>{'yours too' if one.yours.outcome == one.outcome else escape(other)}"
    cells = (
        f'<a href="{one.lesson}.ipynb">{one.lesson[:2]}</a>',  # as the exporter of pages expects
        escape(one.claim.sentence),
        escape(SOURCES[one.claim.source]),
        number or escape(one.measured),
        verdict,
        escape(one.literature) or "–",
    )
    return "".join(f"<td style='text-align:left;vertical-align:top'>{cell}</td>" for cell in cells)


@cache
def literature() -> dict[str, str]:
    """What others found on a claim, by its id; claims of which the course knows nobody else are missing."""
    return dict(json.loads(LITERATURE.read_text("utf-8")))


def findings(rows: Iterable[dict[str, Any]] | None = None) -> Findings:
    """Every claim of the course, with what was measured when the lessons were built.

    Parameters
    ----------
    rows : by default those that are bundled; `capslab.course.collect_verdicts.collect` makes them.

    Examples
    --------
    >>> findings().count("refuted", "article A") > findings().count("holds", "article A")
    True
    """
    claims, yours, others = all_claims(), verdict_record.kept(), literature()
    made = []
    for row in results.load(NAME).rows if rows is None else rows:
        name = row["claim"]
        ends = (row["low"], row["estimate"], row["high"]) if "low" in row else None
        made.append(
            Finding(
                claims[name],
                row["lesson"],
                row["outcome"],
                row["measured"],
                row["number"],
                ends,
                others.get(name, ""),
                yours.get(name),
            )
        )
    return Findings(tuple(made))
