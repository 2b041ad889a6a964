"""The samples of a verdict as dots, and the interval that decides, in a small SVG.

Lines and letters take the colour of the text around them, so the picture can be read on a light and on a dark
page. Our side has filled dots and the baseline hollow ones; nothing depends on a colour.
"""

from __future__ import annotations

from html import escape
from typing import Protocol

import numpy as np

from capslab.lessons.claims_list import Claim
from capslab.lessons.interval import Interval
from capslab.lessons.verdict_rule import COLOURS, amount

WIDTH, MARGIN, ROW = 380, 14, 40
LONGEST = 54  # letters that fit on a line
LETTERS = 'font-family="system-ui,sans-serif" font-size="12" fill="currentColor"'


class Judged(Protocol):
    """What the picture needs of a `capslab.lessons.verdict.Verdict`; see there."""

    @property
    def claim(self) -> Claim: ...
    @property
    def outcome(self) -> str: ...
    @property
    def interval(self) -> Interval | None: ...
    @property
    def ours(self) -> tuple[float, ...]: ...
    @property
    def baseline(self) -> tuple[float, ...]: ...
    @property
    def number(self) -> str: ...


def picture(verdict: Judged) -> str:
    """The dots of both sides on one scale, and below them the interval on a scale of its own."""
    claim = verdict.claim
    assert verdict.interval is not None
    samples = [(claim.ours, verdict.ours, True)]
    if verdict.baseline:
        samples.append((claim.baseline, verdict.baseline, False))
    values = [value for _, sample, _ in samples for value in sample]
    if claim.threshold is not None:
        values.append(claim.threshold)
    across = _scale(values)
    parts = [_dots(*sample, claim.units, across, i * ROW) for i, sample in enumerate(samples)]
    height = len(samples) * ROW
    if claim.threshold is not None:
        parts.append(_upright(across(claim.threshold), 16, height - 6, amount(claim.threshold, claim.units)))
        height += 12
    parts.append(_interval(verdict, height + 6))
    height += 6 + ROW + 16
    return (
        f'<svg role="img" aria-label="{escape(alternative_text(verdict))}" width="{WIDTH}" '
        f'viewBox="0 0 {WIDTH} {height}" style="flex:0 1 {WIDTH}px;max-width:100%;height:auto">'
        f"{''.join(parts)}</svg>"
    )


def alternative_text(verdict: Judged) -> str:
    """What the picture shows, in words."""
    claim, interval = verdict.claim, verdict.interval
    assert interval is not None
    sides = []
    for name, sample in ((claim.ours, verdict.ours), (claim.baseline, verdict.baseline)):
        if sample:
            low, high, mean = (amount(float(f(sample)), claim.units) for f in (np.min, np.max, np.mean))
            sides.append(f"{len(sample)} dots for {name}, from {low} to {high}, with the mean {mean}")
    if claim.threshold is not None:
        sides.append(f"a line at {amount(claim.threshold, claim.units)}")
    where = {
        "holds": "right of 0",
        "holds partly": "right of 0",
        "refuted": "left of 0",
        "undecided": "across 0",
    }[verdict.outcome]
    return f"{'; '.join(sides)}. Below, the interval of the difference lies {where}: {verdict.number}."


class _scale:
    """From values to x: the values, and a little room on both sides, fill the width."""

    def __init__(self, values: list[float]) -> None:
        low, high = min(values), max(values)
        room = 0.06 * (high - low) or 1.0
        self.low, self.high = low - room, high + room

    def __call__(self, value: float) -> float:
        return MARGIN + (WIDTH - 2 * MARGIN) * (value - self.low) / (self.high - self.low)


def _dots(name: str, sample: tuple[float, ...], filled: bool, units: str, across: _scale, top: float) -> str:
    """A row: the side's name, its dots, and its mean as an upright line."""
    mean, y = float(np.mean(sample)), top + 26
    low, middle, high = (amount(value, units) for value in (min(sample), mean, max(sample)))
    labels = (f"{name}, mean {middle} ({low} to {high})", f"{name}, mean {middle}", name)
    label = next((one for one in labels if len(one) <= LONGEST), name)
    circles = "".join(
        f'<circle cx="{across(value):.1f}" cy="{y}" r="4.5" stroke="currentColor" stroke-width="1.5" '
        f'fill="{"currentColor" if filled else "none"}" fill-opacity="0.55"/>'
        for value in sample
    )
    return (
        f'<text x="{MARGIN}" y="{top + 12}" {LETTERS}>{escape(label)}</text>'
        f'<path d="M{across(mean):.1f} {y - 9}v18" stroke="currentColor" stroke-width="2"/>{circles}'
    )


def _upright(x: float, top: float, bottom: float, label: str, dashes: str = "") -> str:
    """An upright line with its number below; at the borders the number ends or begins at the line."""
    anchor = "start" if x < 40 else "end" if x > WIDTH - 40 else "middle"
    return (
        f'<path d="M{x:.1f} {top:.0f}V{bottom:.0f}" stroke="currentColor" {dashes}/>'
        f'<text x="{x:.1f}" y="{bottom + 13:.0f}" text-anchor="{anchor}" {LETTERS}>{escape(label)}</text>'
    )


def _interval(verdict: Judged, top: float) -> str:
    """The interval as a bar with its estimate, on a scale that has 0 and the smallest that would matter."""
    claim, interval = verdict.claim, verdict.interval
    assert interval is not None
    across = _scale([0.0, claim.at_least, interval.low, interval.high])
    y, middle = top + 26, across(interval.estimate)
    marks = _upright(across(0), top + 16, top + 40, "0")
    apart = across(claim.at_least) - across(0)
    if claim.at_least:
        label = amount(claim.at_least, claim.units) if apart > 46 else ""
        dashes = 'stroke-dasharray="3 3"'
        marks += _upright(across(claim.at_least), top + 16, top + 40, label, dashes)
    return (
        f'<text x="{MARGIN}" y="{top + 12}" {LETTERS}>difference, 95 % interval</text>{marks}'
        f'<path d="M{across(interval.low):.1f} {y}H{across(interval.high):.1f}" '
        f'stroke="{COLOURS[verdict.outcome]}" stroke-width="5" stroke-linecap="round"/>'
        f'<path d="M{middle:.1f} {y - 7}v14" stroke="currentColor" stroke-width="2.5"/>'
    )
