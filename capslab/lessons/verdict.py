"""`verdict` judges one claim of the course's list, by samples and their interval or by a plain fact."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

from capslab.errors import ArgumentError, Verbatim
from capslab.exercises.asked_where import current_lesson
from capslab.lessons import verdict_record
from capslab.lessons.check_samples import check_pair, check_sample, check_units, check_variation
from capslab.lessons.claims_list import Claim, find_claim
from capslab.lessons.interval import Interval, difference_interval, mean_interval
from capslab.lessons.verdict_picture import picture
from capslab.lessons.verdict_rule import COLOURS, SIGNS, amount, decide, rule_in_words


@dataclass(frozen=True)
class Verdict:
    """A claim, what was measured, and what follows.

    Attributes
    ----------
    claim : the claim of the list.
    outcome : "holds", "holds partly", "refuted" or "undecided".
    rule : how it was judged, in words.
    evidence : what the lesson says besides, or what decided a plain fact.
    interval : by how much the claim is right, with its 95 % interval; None for a fact. Positive values speak
        for the claim, whether higher or lower measures are better.
    ours, baseline : the mean of each repetition, on both sides; `()` for what a claim does not have.
    """

    claim: Claim
    outcome: str
    rule: str
    evidence: str = ""
    interval: Interval | None = None
    ours: tuple[float, ...] = ()
    baseline: tuple[float, ...] = ()

    @property
    def number(self) -> str:
        """The number that decides, with its interval, in a few words; "" for a fact.

        With "+0.050 (+0.020 to +0.080)" the claim is ahead by 0.05.
        """
        if self.interval is None:
            return ""
        units = self.claim.units
        low, mid, high = (
            _signed(value, units) for value in (self.interval.low, self.interval.estimate, self.interval.high)
        )
        return f"{mid} ({low} to {high})"

    @property
    def measured(self) -> str:
        """What was measured on both sides, in one sentence; for a fact, the evidence."""
        if self.interval is None:
            return self.evidence
        claim = self.claim
        sides = f"{claim.ours} {_mean(self.ours, claim.units)} (mean of {len(self.ours)})"
        if self.baseline:
            sides += f", {claim.baseline} {_mean(self.baseline, claim.units)} (mean of {len(self.baseline)})"
        else:
            sides += f", stated beforehand {amount(claim.threshold or 0, claim.units)}"
        return f"{claim.measure}: {sides}; difference in the claim's favour {self.number}"

    @property
    def why(self) -> str:
        """Why this outcome, in one sentence."""
        if self.interval is None:
            return self.rule
        least = amount(self.claim.at_least, self.claim.units)
        if self.outcome == "undecided":
            small = self.interval.high < self.claim.at_least
            return "The interval contains 0, so these samples do not decide." + (
                f" If the claim is right at all, then by less than {least}, the smallest that would matter."
                if small
                else ""
            )
        if self.outcome == "refuted":
            if self.claim.kind == "threshold":  # short of a limit is not yet the opposite
                limit = amount(self.claim.threshold or 0, self.claim.units)
                return f"The whole interval is below 0, so the claim misses the {limit} stated beforehand."
            return "The whole interval is below 0, so the opposite is true."
        if self.outcome == "holds partly":
            return f"The whole interval is above 0, but not above {least}, the smallest that would matter."
        return f"The whole interval is above {least if self.claim.at_least else 0}."

    def __str__(self) -> str:
        lines = [f"{SIGNS[self.outcome]} {self.outcome}: “{self.claim.sentence}”", self.measured]
        if self.interval is not None:
            lines.append(self.why)
            lines.append(self.evidence)
        lines.append(self.rule)
        return "\n  ".join(line for line in lines if line)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        # A border, a sign and a word, because the outcome must not depend on colour alone.
        said = [self.measured, self.why, self.evidence] if self.interval is not None else [self.evidence]
        words = "<br>".join(escape(line) for line in said if line)
        drawn = picture(self) if self.interval is not None else ""
        return (
            f'<div style="border-left:4px solid {COLOURS[self.outcome]};padding:2px 12px;margin:4px 0;'
            f'display:flex;flex-wrap:wrap;gap:4px 24px;align-items:center"><div style="flex:1 1 22em">'
            f"<strong>{SIGNS[self.outcome]} {self.outcome}</strong>: “{escape(self.claim.sentence)}”<br>"
            f"{words}"
            f"<br><small>{escape(self.rule)}</small></div>{drawn}</div>"
        )


def verdict(
    claim_id: str,
    ours: Any = None,
    baseline: Any = None,
    *,
    paired: bool = False,
    units: Any = None,
    fact: bool | None = None,
    evidence: str = "",
    **conditions: Any,
) -> Verdict:
    """Judge a claim of the course's list.

    The list (`claims()`) says beforehand how a claim is judged: by comparing two samples, by comparing one
    sample with a threshold, or as a plain fact. From samples, `verdict` computes by how much the claim is
    right, with a 95 % interval. The claim *holds* if the whole interval is above the smallest difference that
    would matter, *holds partly* if it is only above 0, and is *refuted* if it is below 0. If the interval
    contains 0, it is *undecided*.

    Parameters
    ----------
    claim_id : the claim's name in the list, such as "vae-clusters".
    ours, baseline : at least three numbers each, one per thing that varies (trained networks, timings); or
        arrays `(rows, images)` with a score for every test image, the same images on both sides. Then the
        choice of test images is in the interval too. A claim about a threshold has no baseline.
    paired : whether value r of one side belongs to value r of the other, as when both come from the same
        network.
    units : the units of the samples, "share" for instance, or one for each side. They must be the claim's.
        Without it, shares outside 0…1 are refused, and seconds that are not above 0.
    fact : for a plain fact, whether it is so. It was run or written down, so there is no interval.
    evidence : what decided the fact; or what should be said beside the numbers.

    Raises
    ------
    ArgumentError : for a claim that is not in the list or that another lesson judges, fewer than three
        samples, samples of unequal meaning or with NaN, what the kind of claim does not need, …

    Examples
    --------
    >>> verdict("vae-is-gan", fact=False, evidence="There is no discriminator, and no game.")
    ✗ refuted: “a VAE is a variant of a GAN”
      There is no discriminator, and no game.
      Rule: a plain fact, decided by what was run or written down.
    >>> verdict("vae-clusters", [0.66, 0.58, 0.71], [0.57, 0.56, 0.58]).outcome
    'undecided'
    """
    for name, value in conditions.items():  # the first edition's holds=, holds_partly=, refuted=, outcome=
        step = 'Write cl.verdict("vae-is-gan", fact=False, evidence="…") or give the samples of both sides.'
        raise ArgumentError(name, "left out, as the outcome is computed", value, step)
    claim = find_claim(claim_id)
    _check_lesson(claim)
    if not isinstance(evidence, str):
        step = 'Put them in quotation marks: evidence="…".'
        raise ArgumentError("evidence", "words", evidence, step)
    if claim.kind == "fact":
        judged = _judge_fact(claim, ours, baseline, fact, evidence)
    else:
        judged = _judge_samples(claim, ours, baseline, paired, units, fact, evidence)
    verdict_record.keep(claim.id, verdict_record.Kept(judged.outcome, judged.number, judged.evidence))
    return judged


def _judge_fact(claim: Claim, ours: Any, baseline: Any, fact: Any, evidence: str) -> Verdict:
    if ours is not None or baseline is not None:
        step = f'If it is so, write cl.verdict("{claim.id}", fact=True, evidence="…").'
        raise ArgumentError("ours", "left out, as this claim is a plain fact", Verbatim("samples"), step)
    if not isinstance(fact, (bool, np.bool_)):
        step = "Try fact=False, if it is not so."
        raise ArgumentError("fact", "True or False", fact, step)
    if not evidence.strip():
        step = 'Say in one sentence what decided it: evidence="…".'
        raise ArgumentError("evidence", "what decided the fact, in words", evidence, step)
    rule = "Rule: a plain fact, decided by what was run or written down."
    return Verdict(claim, "holds" if fact else "refuted", rule, evidence)


def _judge_samples(
    claim: Claim, ours: Any, baseline: Any, paired: bool, units: Any, fact: Any, evidence: str
) -> Verdict:
    _check_sides(claim, ours, baseline, paired, fact)
    if units is not None:
        check_units(units, claim)
    mine = check_sample("ours", ours, claim)
    if claim.kind == "threshold":
        interval = mean_interval(mine - (claim.threshold or 0.0))
        theirs = None
    else:
        theirs = check_sample("baseline", baseline, claim)
        check_pair(mine, theirs, paired)
        interval = difference_interval(mine, theirs, paired)
    largest = max(abs(mine).max(), 0.0 if theirs is None else abs(theirs).max())
    check_variation(interval.high - interval.low > 1e-9 * largest)  # more than rounding
    if claim.better == "lower":
        interval = Interval(-interval.estimate, -interval.high, -interval.low, interval.confidence)
    return Verdict(
        claim,
        decide(interval, claim.at_least),
        rule_in_words(claim, paired, mine.ndim == 2),
        evidence,
        interval,
        _means(mine),
        () if theirs is None else _means(theirs),
    )


def _check_lesson(claim: Claim) -> None:
    """Refuses to judge in a notebook of the course what another one judges."""
    here = current_lesson()
    if here and here != claim.lesson:
        step = f"Link to lesson {claim.lesson} instead, or give this claim a name of its own in the list."
        expected = f"a claim that lesson {here} judges"
        received = Verbatim(f"{claim.id!r}, which lesson {claim.lesson} judges")
        raise ArgumentError("claim_id", expected, received, step)


def _check_sides(claim: Claim, ours: Any, baseline: Any, paired: bool, fact: Any) -> None:
    """Refuses what this kind of claim does not need, and asks for what it needs."""
    call = f'cl.verdict("{claim.id}", ours, baseline)'
    if claim.kind == "threshold":
        call = f'cl.verdict("{claim.id}", ours)'
    if fact is not None:
        step = f"Write {call}."
        raise ArgumentError("fact", "left out, as this claim is judged by samples", fact, step)
    if ours is None:
        step = f"Write {call} with {claim.measure} of {claim.ours}."
        raise ArgumentError("ours", f"at least three numbers ({claim.varies})", ours, step)
    if claim.kind == "threshold" and (baseline is not None or paired):
        limit = amount(claim.threshold or 0, claim.units)
        step = f"Write {call}: it is compared with {limit}, which the list stated beforehand."
        name = "baseline" if baseline is not None else "paired"
        raise ArgumentError(
            name, "left out for this claim", baseline if baseline is not None else paired, step
        )
    if claim.kind == "comparison" and baseline is None:
        step = f"Write {call} with {claim.measure} of {claim.baseline}."
        raise ArgumentError("baseline", "the sample to compare with", baseline, step)


def _means(values: np.ndarray) -> tuple[float, ...]:
    """One number per row."""
    return tuple(float(one) for one in values.reshape(len(values), -1).mean(axis=1))


def _mean(values: tuple[float, ...], units: str) -> str:
    return amount(float(np.mean(values)), units)


def _signed(value: float, units: str) -> str:
    return ("−" if value < 0 else "+") + amount(abs(value), units)
