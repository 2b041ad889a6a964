"""`judged_in_words`: the first edition's verdict, by a condition that the notebook writes down itself.

It knows no interval. Lessons that have not been rewritten still use it; `tests/lessons/test_claims_list.py`
names them, and no other may. New verdicts are `capslab.lessons.verdict`.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from capslab.errors import unknown_name
from capslab.lessons.claims_list import Claim, find_claim

OUTCOMES = {"holds": "✓", "holds partly": "≈", "refuted": "✗", "cannot be told here": "?"}
COLOURS = {"✓": "#009e73", "≈": "#e69f00", "✗": "#d55e00", "?": "#777777"}


@dataclass(frozen=True)
class JudgedInWords:
    """A claim and whether it holds.

    Attributes
    ----------
    claim : the claim of the list.
    outcome : "holds", "holds partly", "refuted" or "cannot be told here".
    evidence : the numbers that decide, computed by the notebook that shows it.
    """

    claim: Claim
    outcome: str
    evidence: str

    def __str__(self) -> str:
        return f"{OUTCOMES[self.outcome]} {self.outcome}: “{self.claim.sentence}”\n  {self.evidence}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        # A border, a sign and a word, because the outcome must not depend on colour alone.
        return (
            f'<div style="border-left:4px solid {COLOURS[OUTCOMES[self.outcome]]};padding:2px 12px;'
            f'margin:4px 0"><strong>{OUTCOMES[self.outcome]} {self.outcome}</strong>: '
            f"“{escape(self.claim.sentence)}”<br>{escape(self.evidence)}</div>"
        )


def judged_in_words(
    claim_id: str, evidence: str, outcome: str | None = None, **conditions: bool
) -> JudgedInWords:
    """Judge a claim by computed conditions, without an interval.

    Parameters
    ----------
    claim_id : the claim's name in the list.
    evidence : in words, with its numbers.
    outcome : the outcome itself, when no number decides.
    conditions : in this order, `holds=`, `holds_partly=`, `refuted=`. The first that is true decides;
        if none is true, the outcome is "cannot be told here".

    Raises
    ------
    ArgumentError : for a claim that is not in the list, or an unknown outcome.

    Examples
    --------
    >>> judged_in_words("pixels-find-classes", "matched accuracy 0.53", holds=False, holds_partly=True)
    ≈ holds partly: “k-means on raw pixels finds the classes”
      matched accuracy 0.53
    """
    claim = find_claim(claim_id)
    if outcome is None:
        outcomes = (name.replace("_", " ") for name, true in conditions.items() if true)
        outcome = next(outcomes, "cannot be told here")
    if outcome not in OUTCOMES:
        raise unknown_name("outcome", outcome, OUTCOMES)
    return JudgedInWords(claim, outcome, evidence)
