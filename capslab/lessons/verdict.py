"""`verdict`: a claim, what was measured, and whether the claim holds."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from capslab.errors import unknown_name

OUTCOMES = {"holds": "✓", "holds partly": "≈", "refuted": "✗", "cannot be told here": "?"}


@dataclass(frozen=True)
class Verdict:
    """What became of a claim.

    Attributes
    ----------
    claim : the claim, in our own words.
    outcome : "holds", "holds partly", "refuted" or "cannot be told here".
    evidence : the numbers it rests on, computed by the notebook that shows it.
    """

    claim: str
    outcome: str
    evidence: str

    def __str__(self) -> str:
        return f"{OUTCOMES[self.outcome]} {self.outcome}: “{self.claim}”\n  {self.evidence}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        # A rule, a sign and a word: the outcome is never told by colour alone.
        edge = {"✓": "#009e73", "≈": "#e69f00", "✗": "#d55e00", "?": "#777777"}[OUTCOMES[self.outcome]]
        return (
            f'<div style="border-left:4px solid {edge};padding:2px 12px;margin:4px 0">'
            f"<strong>{OUTCOMES[self.outcome]} {self.outcome}</strong>: “{escape(self.claim)}”<br>"
            f"{escape(self.evidence)}</div>"
        )


def verdict(claim: str, evidence: str, outcome: str | None = None, **when: bool) -> Verdict:
    """Judge a claim by conditions that were computed.

    Parameters
    ----------
    claim, evidence : in words; the evidence with its numbers.
    outcome : the outcome itself, where no number decides.
    when : conditions in order, `holds=`, `holds_partly=`, `refuted=`; the first that is true
        decides, and "cannot be told here" is left when none is.

    Examples
    --------
    >>> verdict("water boils at 90 °C", "measured 100 °C", holds=100 <= 90, refuted=100 > 90)
    ✗ refuted: “water boils at 90 °C”
      measured 100 °C
    """
    if outcome is None:
        found = (name.replace("_", " ") for name, true in when.items() if true)
        outcome = next(found, "cannot be told here")
    if outcome not in OUTCOMES:
        raise unknown_name("outcome", outcome, OUTCOMES)
    return Verdict(claim, outcome, evidence)


@dataclass(frozen=True)
class Finding:
    """One line of a closing table: a verdict, the number behind it, and what others found.

    Attributes
    ----------
    verdict : what `verdict` gave.
    number : the number that decides, in a few words.
    literature : who agrees and who does not, with the reference.
    """

    verdict: Verdict
    number: str
    literature: str


@dataclass(frozen=True)
class Closing:
    """The closing table of a notebook: each claim, its number, the verdict, the literature."""

    findings: tuple[Finding, ...]

    def __str__(self) -> str:
        first = (str(f.verdict).splitlines()[0] for f in self.findings)
        return "\n".join(
            f"{told} | {f.number} | {f.literature}" for told, f in zip(first, self.findings, strict=True)
        )

    __repr__ = __str__

    def _repr_html_(self) -> str:
        heads = "".join(
            f"<th scope='col' style='text-align:left'>{name}</th>"
            for name in ("claim", "what was measured here", "verdict", "the literature")
        )
        rows = "".join(
            "<tr>"
            + "".join(
                f"<td style='text-align:left;vertical-align:top'>{cell}</td>"
                for cell in (
                    escape(f.verdict.claim),
                    escape(f.number),
                    f"<strong>{OUTCOMES[f.verdict.outcome]} {f.verdict.outcome}</strong>",
                    escape(f.literature),
                )
            )
            + "</tr>"
            for f in self.findings
        )
        return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def closing(*findings: tuple[Verdict, str, str]) -> Closing:
    """A table of verdicts, each with its number and what the literature says.

    Examples
    --------
    >>> boils = verdict("water boils at 90 °C", "measured 100 °C", refuted=True)
    >>> closing((boils, "100 °C at sea level", "Celsius 1742 agrees"))
    ✗ refuted: “water boils at 90 °C” | 100 °C at sea level | Celsius 1742 agrees
    """
    return Closing(tuple(Finding(*each) for each in findings))
