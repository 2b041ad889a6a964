"""`verdict` judges a claim by what was measured; `closing` collects the verdicts of a notebook in a table."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from capslab.errors import unknown_name

OUTCOMES = {"holds": "✓", "holds partly": "≈", "refuted": "✗", "cannot be told here": "?"}


@dataclass(frozen=True)
class Verdict:
    """A claim and whether it holds.

    Attributes
    ----------
    claim : the claim, in our own words.
    outcome : "holds", "holds partly", "refuted" or "cannot be told here".
    evidence : the numbers that decide, computed by the notebook that shows it.
    """

    claim: str
    outcome: str
    evidence: str

    def __str__(self) -> str:
        return f"{OUTCOMES[self.outcome]} {self.outcome}: “{self.claim}”\n  {self.evidence}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        # A border, a sign and a word, because the outcome must not depend on colour alone.
        colour = {"✓": "#009e73", "≈": "#e69f00", "✗": "#d55e00", "?": "#777777"}[OUTCOMES[self.outcome]]
        return (
            f'<div style="border-left:4px solid {colour};padding:2px 12px;margin:4px 0">'
            f"<strong>{OUTCOMES[self.outcome]} {self.outcome}</strong>: “{escape(self.claim)}”<br>"
            f"{escape(self.evidence)}</div>"
        )


def verdict(claim: str, evidence: str, outcome: str | None = None, **conditions: bool) -> Verdict:
    """Judge a claim by computed conditions.

    Parameters
    ----------
    claim, evidence : in words; the evidence includes its numbers.
    outcome : the outcome itself, when no number decides.
    conditions : in this order, `holds=`, `holds_partly=`, `refuted=`. The first that is true decides;
        if none is true, the outcome is "cannot be told here".

    Examples
    --------
    >>> verdict("water boils at 90 °C", "measured 100 °C", holds=100 <= 90, refuted=100 > 90)
    ✗ refuted: “water boils at 90 °C”
      measured 100 °C
    """
    if outcome is None:
        outcomes = (name.replace("_", " ") for name, true in conditions.items() if true)
        outcome = next(outcomes, "cannot be told here")
    if outcome not in OUTCOMES:
        raise unknown_name("outcome", outcome, OUTCOMES)
    return Verdict(claim, outcome, evidence)


@dataclass(frozen=True)
class ClosingRow:
    """One row of a closing table: a verdict, the number behind it, and what the literature says.

    Attributes
    ----------
    verdict : what `verdict` returned.
    number : the number that decides, in a few words.
    literature : who agrees and who does not, with references.
    """

    verdict: Verdict
    number: str
    literature: str


@dataclass(frozen=True)
class ClosingTable:
    """The table at the end of a notebook: one row per claim, with its number, verdict and literature."""

    rows: tuple[ClosingRow, ...]

    def __str__(self) -> str:
        lines = (str(row.verdict).splitlines()[0] for row in self.rows)
        return "\n".join(
            f"{line} | {row.number} | {row.literature}" for line, row in zip(lines, self.rows, strict=True)
        )

    __repr__ = __str__

    def _repr_html_(self) -> str:
        heads = "".join(
            f"<th scope='col' style='text-align:left'>{name}</th>"
            for name in ("claim", "what was measured here", "verdict", "the literature")
        )
        body = "".join(
            "<tr>"
            + "".join(
                f"<td style='text-align:left;vertical-align:top'>{cell}</td>"
                for cell in (
                    escape(row.verdict.claim),
                    escape(row.number),
                    f"<strong>{OUTCOMES[row.verdict.outcome]} {row.verdict.outcome}</strong>",
                    escape(row.literature),
                )
            )
            + "</tr>"
            for row in self.rows
        )
        return f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"


def closing(*rows: tuple[Verdict, str, str]) -> ClosingTable:
    """A table of verdicts, each with its number and what the literature says about the claim.

    Examples
    --------
    >>> boils = verdict("water boils at 90 °C", "measured 100 °C", refuted=True)
    >>> closing((boils, "100 °C at sea level", "Celsius 1742 agrees"))
    ✗ refuted: “water boils at 90 °C” | 100 °C at sea level | Celsius 1742 agrees
    """
    return ClosingTable(tuple(ClosingRow(*row) for row in rows))
