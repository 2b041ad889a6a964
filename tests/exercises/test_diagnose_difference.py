"""A diagnosis is named when its relation holds in every case that fails, and never when it does not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from capslab.exercises.diagnose_difference import Answered, diagnose
from capslab.exercises.judge_answer import judge
from capslab.exercises.registry import find


def answered(rights, change, passed=()):
    """Cases with these right answers, and wrong ones that a change makes of them; and some that passed."""
    wrong = [Answered((), change(right), right, False, f"case {i}") for i, right in enumerate(rights)]
    return [*(Answered((), right, right, True, "right") for right in passed), *wrong]


def arrays(seed, *shapes, scale=1.0):
    rng = np.random.default_rng(seed)
    return [scale * rng.normal(size=shape) for shape in shapes]


SLOW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
SEEDS = st.integers(0, 10_000)
SHAPES = st.lists(st.tuples(st.integers(2, 6), st.integers(2, 6)), min_size=1, max_size=4)

#: name of the diagnosis → what makes an answer of a right one
RELATIONS = {
    "sign": lambda x: -x,
    "absolute": np.abs,
    "no negatives": lambda x: np.maximum(x, 0),
    "exponential": np.exp,
    "square": np.square,
    "reciprocal": lambda x: 1 / x,
    "minus reciprocal": lambda x: -1 / x,
    "complement": lambda x: 1 - x,
    "transposed": lambda x: x.T,
    "offset": lambda x: x + 0.75,
    "rounded": lambda x: np.round(x, 2),
    "close": lambda x: x * (1 + 1e-4 * np.sin(7 * x)),
    "shape": lambda x: x[..., None],
    "reduced": lambda x: x.mean(axis=0),
    "order": lambda x: x[::-1],
    "too few": lambda x: x[:-1],
    "too many": lambda x: np.concatenate([x, x[:1] + 1]),
    "normalised": lambda x: x / x.sum(),
    "nan": lambda x: np.where(x == x.max(), np.nan, x),
    "repeated": lambda x: np.stack([x, x]),
}
#: relations of arrays whose numbers are all above 0
OF_POSITIVE = {
    "logarithm": np.log,
    "root": np.sqrt,
    "percentage": lambda x: 100 * x,
}


@settings(SLOW, max_examples=15)
@given(SEEDS, SHAPES)
@pytest.mark.parametrize("name", RELATIONS)
def test_a_relation_is_named_where_it_holds(name, seed, shapes):
    rights = arrays(seed, *shapes)
    assume(all((x < 0).any() and (x > 0).any() and (x[0] != x[-1]).any() for x in rights))
    found = diagnose(answered(rights, RELATIONS[name]), None)
    assert found is not None
    assert found.name == name or (name == "normalised" and len(shapes) == 1 and found.name == "factor")


@settings(SLOW, max_examples=15)
@given(SEEDS, SHAPES)
@pytest.mark.parametrize("name", OF_POSITIVE)
def test_a_relation_of_shares_is_named_where_it_holds(name, seed, shapes):
    rights = [np.clip(np.abs(np.sin(x)), 0.01, 0.99) for x in arrays(seed, *shapes)]
    assert diagnose(answered(rights, OF_POSITIVE[name]), None).name == name


@settings(SLOW, max_examples=60)
@given(
    SEEDS,
    SHAPES,
    st.sampled_from([1 / 3, 6, 0.5, 2, 255, 1 / 255, 1 / np.log(2), np.log(10), 0.731, -2, 3 / 7]),
)
def test_a_factor_is_named_with_its_value(seed, shapes, factor):
    rights = arrays(seed, *shapes)
    found = diagnose(answered(rights, lambda x: factor * x), None)
    assert found.name == "factor"
    assert found.factor == pytest.approx(factor)


@settings(SLOW, max_examples=60)
@given(SEEDS, st.permutations(range(3)), st.tuples(*[st.integers(2, 4)] * 3))
def test_axes_in_another_order_are_named(seed, order, shape):
    assume(tuple(order) != (0, 1, 2))
    found = diagnose(answered(arrays(seed, shape, shape), lambda x: x.transpose(order)), None)
    assert found.name == "axes"
    assert "{}, {} and {}".format(*order) in found.words


@settings(SLOW, max_examples=15)
@given(SEEDS, SHAPES)
@pytest.mark.parametrize("name", RELATIONS)
def test_a_relation_that_fails_in_one_case_is_not_claimed(name, seed, shapes):
    """Most failures fit, and one is something else: then the relation is not what is wrong."""
    rights = arrays(seed, *shapes, (4, 4))
    cases = answered(rights, RELATIONS[name])
    odd = rights[-1] + np.random.default_rng(seed + 1).normal(size=(4, 4))
    cases[-1] = Answered((), odd, rights[-1], False, "another")
    found = diagnose(cases, None)
    assert found is None or found.name != name


@settings(SLOW, max_examples=60)
@given(SEEDS, SHAPES)
def test_nothing_is_claimed_of_unrelated_numbers(seed, shapes):
    rng = np.random.default_rng(seed)
    found = diagnose(answered(arrays(seed + 1, *shapes), lambda x: rng.normal(size=x.shape)), None)
    assert found is None


def test_the_cases_in_which_it_holds_are_said():
    rights = arrays(0, (3, 4), (2, 5))
    everywhere = diagnose(answered(rights, lambda x: -x), None).words
    also_right = diagnose(answered(rights, lambda x: -x, passed=arrays(1, (3, 3))), None).words
    of_zeros = diagnose(answered(rights, lambda x: -x, passed=[np.zeros((2, 2))]), None).words
    only_one = diagnose(answered(rights[:1], lambda x: -x, passed=arrays(1, (3, 3))), None).words
    assert everywhere == of_zeros
    assert len({everywhere, also_right, only_one}) == 3


def test_a_factor_that_is_the_size_of_an_argument():
    rng = np.random.default_rng(0)

    def reference(values):
        return values.mean(axis=0)

    given_ = [rng.normal(size=(n, 3)) for n in (4, 5, 7)]
    cases = [Answered((x,), x.sum(axis=0), x.mean(axis=0), False) for x in given_]
    found = diagnose(cases, reference)
    assert found.name == "factor of size"
    assert "rows of `values` (4, 5 and 7)" in found.words


def test_one_number_alone_proves_little():
    assert diagnose([Answered((), 4, 2, False)], None) is None  # 2 · 2, 2², 2 + 2
    assert diagnose([Answered((), 0.25, 0.5, False)], None) is None
    assert diagnose([Answered((), -2, 2, False)], None).name == "sign"
    assert diagnose([Answered((), True, False, False)], None) is None


def test_values_in_the_wrong_order():
    rng = np.random.default_rng(0)
    rights = [(rng.normal(size=3), rng.normal(size=(2, 2)), i) for i in range(3)]
    cases = [Answered((), (b, c, a), (a, b, c), False) for a, b, c in rights]
    found = diagnose(cases, None)
    assert found.name == "order of values"
    assert "second, third, first" in found.words


def test_one_value_of_two_is_wrong_in_a_way_that_has_a_name():
    rights = [(np.arange(3.0) + 0.3, x) for x in arrays(0, (3, 4), (2, 5))]
    cases = [Answered((), (a, -b), (a, b), False) for a, b in rights]
    found = diagnose(cases, None)
    assert found.name == "sign"
    assert "second of your 2 values" in found.words


@pytest.mark.parametrize("change", ["2 · `b`", "exchanged", "unchanged"])
def test_answers_that_are_right_for_other_arguments(change):
    rng = np.random.default_rng(0)

    def reference(a, b):
        return a**2 + np.sin(b)

    wrong = {
        "2 · `b`": lambda a, b: reference(a, 2 * b),
        "exchanged": lambda a, b: reference(b, a),
        "unchanged": lambda a, b: b,
    }[change]
    given_ = [(rng.normal(size=(3, 2)), rng.normal(size=(3, 2))) for _ in range(3)]
    found = diagnose([Answered(x, wrong(*x), reference(*x), False) for x in given_], reference)
    assert found.name == ("unchanged" if change == "unchanged" else "other arguments")
    assert change in found.words


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (lambda x: ~x, "flipped"),
        (lambda x: x | (np.arange(len(x)) == 4), "too many true"),
        (lambda x: x & (np.arange(len(x)) != 3), "too few true"),
        (lambda x: np.flatnonzero(x), "positions"),
    ],
)
def test_masks(change, name):
    rights = [np.array([1, 0, 1, 1, 0, 0], bool), np.array([0, 1, 1, 1, 0], bool)]
    assert diagnose(answered(rights, change), None).name == name


def test_what_is_right_and_what_is_not_is_counted():
    right = np.arange(12.0).reshape(4, 3) + 0.5
    got = right.copy()
    got[[0, 2]] *= [[0.3, 0.7, 2.2]]
    found = diagnose([Answered((), got, right, False, "a table")], None)
    assert found.name == "in part"
    assert "2 of 4 rows are right" in found.words
    assert "rows 0 and 2" in found.words


def test_zeros_and_rows_of_zeros():
    right = np.array([0.0, 2.3, 0.0, 1.1])
    assert diagnose([Answered((), np.where(right == 0, 1.7, right), right, False)], None).name == "zero"
    s = np.array([[1.0, 2.0], [0.0, 0.0], [3.0, 1.0]])
    got = np.where(s.any(axis=1, keepdims=True), s + 1, 5.5)
    assert diagnose([Answered((s,), got, s + 1, False)], lambda s: s + 1).name == "zero rows"


def test_nan_is_not_taken_for_the_logarithm_of_a_negative_number():
    rights = [-np.abs(x) - 1 for x in arrays(0, (3, 4), (2, 2))]
    assert diagnose(answered(rights, lambda x: x * np.nan), None) is None


def test_a_constant_that_differs_from_case_to_case_or_from_row_to_row():
    rights = arrays(0, (3, 4), (2, 5))
    assert diagnose(answered(rights, lambda x: x + len(x)), None).name == "offset by case"
    each = diagnose(answered(rights, lambda x: x + np.arange(1.0, 1 + len(x))[:, None] ** 2), None)
    assert each.name == "offset by row"


def test_true_and_the_one_of_several_values_that_is_meant():
    rights = [(np.array([1.5, 2.5]), x) for x in arrays(0, (3, 4), (2, 5))]
    found = diagnose([Answered((), (a + np.array([0.3, 0.7]), -b), (a, b), False) for a, b in rights], None)
    assert (found.name, found.part) == ("sign", 1)


def test_numbers_of_another_kind():
    counts = [np.array([3, 1, 4]), np.array([2, 7])]
    shares = diagnose(answered(counts, lambda x: x + np.sin(x)), None)
    assert shares.name == "fractions"
    masks = [np.array([True, False, True]), np.array([False, True])]
    assert diagnose(answered(masks, lambda x: 2.5 + np.arange(len(x))), None).name == "no truth"


@pytest.mark.parametrize("empty", [np.zeros(0), np.zeros((0, 2)), np.zeros((2, 0))])
def test_empty_answers_break_nothing(empty):
    diagnose(answered(arrays(0, (3, 2), (2, 2)), lambda x: empty), None)
    diagnose(answered([empty], lambda x: np.ones((2, 2))), None)


#: exercise, a wrong answer made with the reference, and what has to be recognised
WRONG = [
    ("softmax", lambda f: lambda z: f(z) / 3, "factor"),
    ("squash", lambda f: lambda s: 6 * f(s), "factor"),
    ("votes", lambda f: lambda u, w: f(u, w).transpose(1, 0, 2), "axes"),
    ("kl_divergence", lambda f: lambda m, v: f(m, v)[:, None], "shape"),
    ("kl_divergence", lambda f: lambda m, v: f(m.T, v.T), "wrong axis"),
    ("cross_entropy", lambda f: lambda p, y: f(p, y) / np.log(2), "factor"),
    ("growth_exponent", lambda f: lambda n, s: f(n, s) / np.log(10), "factor"),
    ("count_weights", lambda f: lambda *a: f(*a)[::-1], "order of values"),
    ("routing_loop", lambda f: lambda v, n: (f(v, n)[0].T, f(v, n)[1]), "transposed"),
    ("matched_accuracy", lambda f: lambda c, y: 100 * f(c, y), "percentage"),
    ("both_right", lambda f: lambda a, b: len(a) * f(a, b), "factor of size"),
    ("suppress", lambda f: lambda b, s, m: sorted(f(b, s, m)), "sorted"),
    ("removal_mask", lambda f: lambda s, m: f(s, m + 1), "other arguments"),
    ("elbo", lambda f: lambda x, d, m, v: f(d, x, m, v), "other arguments"),
    ("normalise", lambda f: lambda w: w, "unchanged"),
    ("choose_k", lambda f: lambda e: 2, "constant"),
    ("withhold_classes", lambda f: lambda y, c: (~f(y, c)[0], f(y, c)[1]), "flipped"),
    ("coupling_entropy", lambda f: lambda c: 1 - f(c), "complement"),
]


@pytest.mark.parametrize(("name", "made", "diagnosis"), WRONG, ids=[f"{a}, {c}" for a, _, c in WRONG])
def test_wrong_answers_to_exercises_of_the_course(name, made, diagnosis):
    exercise = find(name)
    for seed in range(5):
        verdict = judge(exercise, made(exercise.reference), seed, hard=True)
        assert not verdict.complete
        assert (verdict.diagnosis, verdict.mistake) == (diagnosis, ""), verdict.message
