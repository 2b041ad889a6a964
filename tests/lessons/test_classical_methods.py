"""Classical methods, timed and scored: what is measured is what it is called."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import capslab as cl
from capslab.errors import ArgumentError
from capslab.lessons import classical_methods, results


@pytest.fixture(scope="module")
def digits():
    return cl.load("digits")


@pytest.fixture(scope="module")
def rows(digits):
    return classical_methods.measure(
        digits, [300, 100, 99_999], ["k-means", "support vector machine"], most_test=200
    )


def test_a_linear_classifier_reads_classes_off_pixels_and_gives_their_own_numbers(digits):
    part, test = digits.train, digits.test
    rows = [x.images.reshape(len(x), -1) / 255 for x in (part, test)]
    predicted = classical_methods.linear_classifier(rows[0], part.labels + 3, rows[1])
    assert (predicted.labels == test.labels + 3).mean() > 0.92
    assert predicted.seconds > 0


def test_each_method_learns_the_digits(digits):
    part, test = digits.train.sample(300), digits.test.sample(150)
    accuracy = {
        name: classical_methods.run(name, part, test)["accuracy"] for name in classical_methods.METHODS
    }
    assert accuracy["support vector machine"] > 0.9
    assert accuracy["random forest"] > 0.85
    assert accuracy["gradient boosting"] > 0.75
    assert 0.5 < accuracy["k-means"] < accuracy["support vector machine"]


def test_k_means_is_given_no_labels(digits):
    part, test = digits.train.sample(200), digits.test.sample(100)
    mixed = cl.Images(
        part.images, np.random.default_rng(0).permutation(part.labels), part.classes, parts=part.parts
    )
    same = [classical_methods.run("k-means", one, test)["predictions"] for one in (part, mixed)]
    np.testing.assert_array_equal(*same)


def test_sizes_are_taken_from_what_there_is(rows, digits):
    assert [(row["n"], row["method"][0]) for row in rows] == [
        (n, m) for n in (100, 300, len(digits.train)) for m in "ks"
    ]
    assert all(row["fit_s"] > 0 and row["predict_s"] > 0 and 0 < row["accuracy"] <= 1 for row in rows)
    assert all(row["predictions"].shape == (200,) for row in rows)


def test_growth_takes_medians_and_fits_large_sizes_alone():
    law = [
        {"method": "a", "n": n, "fit_s": seconds, "predict_s": 0.1, "accuracy": 0.5 + n / 1000}
        for n, seconds in ((10, 7.0), (100, 1.0), (100, 50.0), (100, 1.0), (200, 4.0), (400, 16.0))
    ]
    curve = classical_methods.growth_curve(law, "a", above=100)
    assert curve.n.tolist() == [10, 100, 200, 400]
    assert curve.fit_seconds.tolist() == [7, 1, 4, 16]
    assert curve.exponent == pytest.approx(2)
    np.testing.assert_allclose(curve.power_law, [1, 4, 16])
    assert np.isnan(classical_methods.growth_curve(law, "a", above=400).exponent)
    with pytest.raises(ArgumentError, match="method"):
        classical_methods.growth_curve(law, "b")


@settings(deadline=None)
@given(st.floats(-1, 3), st.floats(1e-6, 1e3), st.lists(st.integers(1, 10**6), min_size=2, unique=True))
def test_the_exponent_of_a_power_law_is_its_power(power, factor, sizes):
    n = np.array(sizes, float)
    assert classical_methods.growth_exponent(n, factor * n**power) == pytest.approx(power, abs=1e-6)


@pytest.mark.parametrize(
    ("n", "seconds", "argument"),
    [([5], [1], "n"), ([5, 5], [1, 2], "n"), ([1, 2], [0, 1], "seconds")],
)
def test_what_has_no_exponent_is_refused_in_words(n, seconds, argument, fails):
    with fails(ArgumentError, argument):
        classical_methods.growth_exponent(n, seconds)


def test_agreement_ignores_the_names_of_clusters(fails):
    a = np.array([0, 0, 1, 1, 2])
    assert classical_methods.agreement([a, 2 - a]) == 1
    with fails(ArgumentError, "predictions"):
        classical_methods.agreement([a])


def test_a_convex_method_gives_the_same_predictions_from_any_order(digits):
    part, test = digits.train.sample(200), digits.test.sample(100)
    found = [
        classical_methods.run("support vector machine", part, test, seed)["predictions"] for seed in range(3)
    ]
    assert classical_methods.agreement(found) > 0.99


def test_bad_input_is_refused_in_words(digits, fails):
    with fails(ArgumentError, "name", names="'random forest'?"):
        classical_methods.run("random forrest", digits, digits)
    unlabelled = cl.Images(digits.images)
    with pytest.raises(ArgumentError, match="labels"):
        classical_methods.run("k-means", unlabelled, digits)


def test_the_bundled_measurements_reach_far_beyond_a_lesson():
    bundled = results.load("classical")
    for name in classical_methods.METHODS:
        curve = classical_methods.growth_curve(bundled.rows, name, above=5000)
        assert curve.n[-1] >= 40_000
        assert 0.3 < curve.exponent < 3
        assert curve.accuracy[-1] > (0.4 if name == "k-means" else 0.95)
