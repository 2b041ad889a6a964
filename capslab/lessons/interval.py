"""The interval of a mean or of a difference of two means, where several things vary.

Rows are what is repeated: networks, starts of k-means, timings. If there are columns, they are the test
images that every row was scored on, and other test images would have given other scores too. So both are in
the interval: for scores y_ri of row r on image i

    variance of the mean = variance of the rows' means / rows + variance of the images' means / images.

The part of y that belongs to one row *and* one image is in both terms, so the interval is a little too
wide rather than too narrow. Degrees of freedom: Satterthwaite 1946; for two samples of rows alone this is
Welch's interval (Welch 1947).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Interval:
    """A number that was estimated from samples, and between which values it lies.

    Attributes
    ----------
    estimate : a mean, or a difference of two means.
    low, high : the ends of the interval.
    confidence : how often such intervals contain the true value, 0…1.
    """

    estimate: float
    low: float
    high: float
    confidence: float = 0.95


def mean_interval(values: np.ndarray, confidence: float = 0.95) -> Interval:
    """Student's interval of a mean: of `(rows,)`, or of `(rows, images)`.

    Examples
    --------
    >>> one = mean_interval(np.array([1.0, 2.0, 3.0]))
    >>> one.estimate, round(one.low, 3), round(one.high, 3)
    (2.0, -0.484, 4.484)
    """
    values = np.asarray(values, float)
    return _interval(float(values.mean()), _terms(values), confidence)


def difference_interval(
    ours: np.ndarray, baseline: np.ndarray, paired: bool = False, confidence: float = 0.95
) -> Interval:
    """The interval of mean(ours) − mean(baseline).

    Parameters
    ----------
    ours, baseline : `(rows,)` each, or `(rows, images)` each with the same images in the columns.
    paired : whether row r of one belongs to row r of the other, as when both were made from the same
        network. What such a pair has in common then cancels out.

    Examples
    --------
    >>> one = difference_interval(np.array([3.0, 4.0, 5.0]), np.array([1.0, 2.0, 3.0]))
    >>> round(one.estimate, 3), round(one.low, 3), round(one.high, 3)
    (2.0, -0.267, 4.267)
    """
    ours, baseline = np.asarray(ours, float), np.asarray(baseline, float)
    if paired:
        return mean_interval(ours - baseline, confidence)
    estimate = float(ours.mean() - baseline.mean())
    rows = [_rows_term(ours), _rows_term(baseline)]
    if ours.ndim == 2:  # the images are common to both sides
        rows.append(_term(ours.mean(axis=0) - baseline.mean(axis=0)))
    return _interval(estimate, rows, confidence)


def _terms(values: np.ndarray) -> list[tuple[float, int]]:
    """The variances that add up to that of the mean of all values, each with its degrees of freedom."""
    terms = [_rows_term(values)]
    return [*terms, _term(values.mean(axis=0))] if values.ndim == 2 else terms


def _rows_term(values: np.ndarray) -> tuple[float, int]:
    return _term(values.reshape(len(values), -1).mean(axis=1))


def _term(values: np.ndarray) -> tuple[float, int]:
    """The variance of the mean of independent values `(n,)`, and its degrees of freedom."""
    return float(values.var(ddof=1)) / len(values), len(values) - 1


def _interval(estimate: float, terms: list[tuple[float, int]], confidence: float) -> Interval:
    from scipy.stats import t

    variance = sum(v for v, _ in terms)
    if not variance:
        return Interval(estimate, estimate, estimate, confidence)
    freedom = variance**2 / sum(v**2 / df for v, df in terms)
    half = float(t.ppf((1 + confidence) / 2, freedom)) * variance**0.5
    return Interval(estimate, estimate - half, estimate + half, confidence)
