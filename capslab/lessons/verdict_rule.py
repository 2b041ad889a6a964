"""From an interval to a verdict, and the rule in words.

The axis has three regions: below 0 the claim is wrong, from 0 to `at_least` it is right by less than would
matter, and above that it is right. Where the interval contains 0 nothing has been decided.
"""

from __future__ import annotations

from capslab.lessons.claims_list import Claim
from capslab.lessons.interval import Interval

SIGNS = {"holds": "✓", "holds partly": "≈", "refuted": "✗", "undecided": "?"}
#: of the border beside a verdict; its sign and its word say the same
COLOURS = {"holds": "#009e73", "holds partly": "#e69f00", "refuted": "#d55e00", "undecided": "#777777"}


def decide(interval: Interval, at_least: float = 0.0) -> str:
    """The outcome for a lead, of which positive values speak for the claim.

    >>> [decide(Interval(0, *ends), at_least=2) for ends in [(3, 4), (1, 4), (-1, 4), (-4, -1)]]
    ['holds', 'holds partly', 'undecided', 'refuted']
    """
    if interval.high < 0:
        return "refuted"
    if interval.low <= 0:
        return "undecided"
    return "holds" if interval.low >= at_least else "holds partly"


def rule_in_words(claim: Claim, paired: bool, images: bool) -> str:
    """How this claim is judged, in words; it was known before anything was measured.

    Parameters
    ----------
    paired : whether the repetitions of both sides belong together in pairs.
    images : whether there is a score for each test image, so that their choice is in the interval too.
    """
    larger = "minus" if claim.better == "higher" else "below"
    if claim.kind == "threshold":
        lead = f"{claim.measure} {larger} {amount(claim.threshold or 0, claim.units)}"
    else:
        lead = f"{claim.measure}, {claim.ours} {larger} {claim.baseline}"
    method = "Student's" if claim.kind == "threshold" else "the pairs'" if paired else "Welch's"
    varies = f"{claim.varies} and test images vary" if images else f"{claim.varies} vary"
    words = f"Rule: {lead}, with {method} 95 % interval, as {varies}. "
    if not claim.at_least:
        return words + "Holds if the interval is above 0, refuted if it is below, undecided if it contains 0."
    return words + (
        f"Holds if the interval is above {amount(claim.at_least, claim.units)}, the smallest difference that "
        "would matter; holds partly if it is only above 0; refuted if it is below 0; undecided if it "
        "contains 0."
    )


def amount(value: float, units: str) -> str:
    """A number with as many digits as one wants to read, and its units: 0.715, 12.3 s, 102.4 nats."""
    if units == "share":
        return f"{value:.3f}"
    text = f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"
    return text + {"seconds": " s", "nats": " nats"}.get(units, "")
