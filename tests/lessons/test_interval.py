"""Intervals against SciPy's, and how often they contain the truth."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from capslab.lessons.interval import difference_interval, mean_interval

values = arrays(float, st.integers(3, 12), elements=st.integers(-1000, 1000).map(float))


@settings(deadline=None)
@given(values, values)
def test_two_samples_have_welchs_interval(ours, baseline):
    if np.ptp(ours) + np.ptp(baseline) == 0:
        return
    found = difference_interval(ours, baseline)
    expected = stats.ttest_ind(ours, baseline, equal_var=False).confidence_interval(0.95)
    assert found.estimate == pytest.approx(ours.mean() - baseline.mean(), abs=1e-9)
    np.testing.assert_allclose((found.low, found.high), expected, rtol=1e-6, atol=1e-6)


@settings(deadline=None)
@given(values, st.integers(0, 10_000))
def test_pairs_have_students_interval_of_their_differences(ours, seed):
    baseline = ours + np.random.default_rng(seed).normal(size=len(ours))
    found = difference_interval(ours, baseline, paired=True)
    expected = stats.ttest_rel(ours, baseline).confidence_interval(0.95)
    np.testing.assert_allclose((found.low, found.high), expected, rtol=1e-5, atol=1e-6)


@settings(deadline=None)
@given(values)
def test_one_sample_has_students_interval(ours):
    if np.ptp(ours) == 0:
        assert mean_interval(ours).low == mean_interval(ours).high == ours.mean()
        return
    found = mean_interval(ours, 0.9)
    expected = stats.ttest_1samp(ours, 0).confidence_interval(0.9)
    np.testing.assert_allclose((found.low, found.high), expected, rtol=1e-6, atol=1e-6)


def test_the_bootstrap_agrees_where_there_are_many():
    rng = np.random.default_rng(0)
    ours, baseline = rng.normal(0.6, 0.1, 60), rng.normal(0.5, 0.2, 80)
    found = difference_interval(ours, baseline)
    expected = stats.bootstrap(
        (ours, baseline), lambda a, b, axis: a.mean(axis) - b.mean(axis), rng=rng
    ).confidence_interval
    np.testing.assert_allclose((found.low, found.high), expected, atol=0.006)


def test_images_common_to_both_sides_widen_the_interval_by_hand():
    ours = np.array([[1.0, 0, 1, 1], [1, 1, 0, 1], [0, 1, 1, 1]])
    baseline = np.array([[0.0, 0, 1, 0], [1, 0, 0, 0], [0, 0, 1, 1]])
    found = difference_interval(ours, baseline)
    images = ours.mean(axis=0) - baseline.mean(axis=0)
    terms = [
        (ours.mean(axis=1).var(ddof=1) / 3, 2),
        (baseline.mean(axis=1).var(ddof=1) / 3, 2),
        (images.var(ddof=1) / 4, 3),
    ]
    variance = sum(v for v, _ in terms)
    freedom = variance**2 / sum(v**2 / f for v, f in terms)
    half = stats.t.ppf(0.975, freedom) * variance**0.5
    assert (found.low, found.high) == pytest.approx((images.mean() - half, images.mean() + half))


@pytest.mark.parametrize(("spread", "rows"), [((1, 1), (5, 5)), ((1, 4), (5, 7)), ((3, 0.1), (3, 12))])
def test_about_95_of_100_intervals_contain_the_truth(spread, rows):
    rng = np.random.default_rng(1)
    inside = 0
    for _ in range(2000):
        found = difference_interval(rng.normal(0.3, spread[0], rows[0]), rng.normal(0, spread[1], rows[1]))
        inside += found.low <= 0.3 <= found.high
    assert 0.93 < inside / 2000 < 0.985


@pytest.mark.parametrize("paired", [False, True])
def test_intervals_contain_the_truth_when_networks_and_images_vary(paired):
    """An image is hard for every network, a network is good on every image, and chance is left over."""
    rng = np.random.default_rng(2)
    truth, inside, without = 0.3, 0, 0
    for _ in range(800):
        networks = rng.normal(0, 0.5, (2, 5, 1))
        if paired:
            networks[1] = networks[0] + rng.normal(0, 0.1, (5, 1))
        images = rng.normal(0, 1, (2, 1, 40)) + rng.normal(0, 1, (1, 1, 40))
        ours, baseline = (
            np.array([truth, 0])[:, None, None] + networks + images + rng.normal(0, 1, (2, 5, 40))
        )
        found = difference_interval(ours, baseline, paired)
        inside += found.low <= truth <= found.high
        rows = difference_interval(ours.mean(axis=1), baseline.mean(axis=1), paired)
        without += rows.low <= truth <= rows.high
    assert 0.93 < inside / 800 < 0.99
    assert without < inside, "without the images the intervals are too narrow"
