"""A known mistake is certain only if it gives the same as the answer in every case, right or wrong."""

from __future__ import annotations

import numpy as np
import pytest

from capslab.exercises.exercise import Case, Exercise, Mistake
from capslab.exercises.judge_answer import judge
from capslab.exercises.registry import find


def exercise(*mistakes):
    """f(x) = x² for 0 … 5, with the mistakes given."""
    cases = [Case(f"the number {x}", (x,)) for x in range(6)]
    named = tuple(Mistake(name, f"You {name}.", wrong) for name, wrong in mistakes)
    return Exercise("f", "00", "", "", 6, ("", "", ""), lambda *a: cases, lambda x: float(x**2), named)


DOUBLED = ("doubled", lambda x: 2.0 * x)  # right for 0 and 2


def test_a_mistake_that_explains_every_case_is_certain():
    verdict = judge(exercise(DOUBLED), lambda x: x + x)
    assert (verdict.mistake, verdict.message) == ("doubled", "You doubled.")
    assert verdict.passed == 2


def test_one_failure_that_it_does_not_explain_makes_it_a_suspicion():
    verdict = judge(exercise(DOUBLED), lambda x: 2.0 * x if x < 5 else 7.7)
    assert (verdict.mistake, verdict.diagnosis) == ("", "suspicion")
    assert '"You doubled."' in verdict.message
    assert "3 of the 4" in verdict.message
    assert "the number 5" in verdict.message  # the case that does not fit is the one shown
    assert "7.7" in verdict.message


def test_few_of_the_failures_are_no_suspicion():
    verdict = judge(exercise(DOUBLED), lambda x: 2.0 * x if x < 3 else 7.7 + x)
    assert verdict.mistake == ""
    assert "doubled" not in verdict.message


def test_an_answer_that_is_right_where_the_mistake_is_wrong_does_not_make_it():
    verdict = judge(exercise(DOUBLED), lambda x: 2.0 * x if x < 5 else 25.0)
    assert verdict.mistake == ""
    assert "doubled" not in verdict.message


def test_among_those_that_explain_the_failures_it_is_the_one_that_fits_elsewhere():
    like = ("like doubled", lambda x: 2.0 * x if x > 2 else 1.5)
    verdict = judge(exercise(like, DOUBLED), lambda x: 2 * x)
    assert verdict.mistake == "doubled"


def test_a_mistake_may_raise_as_the_answer_does():
    def short(x):
        return [1.0, 2.0, 4.0][x]

    assert judge(exercise(("ran out", short)), lambda x: [1.0, 2.0, 4.0][x]).mistake == "ran out"
    assert judge(exercise(("ran out", short)), lambda x: [1.0, 2.0, 4.0][x] if x < 3 else 1 / 0).mistake == ""


MISJUDGED = {
    "a small number added in the logarithm": (
        "cross_entropy",
        lambda p, y: -np.log(p[np.arange(len(y)), y] + 1e-7).mean(),
        ("log of zero", "sum", "sign", "mean over classes"),
    ),
    "one class against the rest": (
        "recall_per_class",
        lambda labels, p, classes: np.array([((labels == c) == (p == c)).mean() for c in range(classes)]),
        ("precision", "accuracy", "empty class"),
    ),
    "the root of log σ²": (
        "reparameterise",
        lambda mean, log_variance, noise: mean + np.sqrt(log_variance) * noise,
        ("logarithm as standard deviation", "variance as standard deviation", "no sample"),
    ),
}


@pytest.mark.parametrize("case", MISJUDGED)
def test_answers_that_were_taken_for_a_mistake_that_they_do_not_make(case):
    name, answer, not_these = MISJUDGED[case]
    messages = {mistake.name: mistake.message for mistake in find(name).mistakes}
    for seed in range(5):
        verdict = judge(find(name), answer, seed)
        assert seed or not verdict.complete  # with other seeds it may be near enough
        assert verdict.mistake not in not_these
        assert not any(messages[one] in verdict.message for one in not_these if one in messages), (
            verdict.message
        )
