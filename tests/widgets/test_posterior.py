"""The posterior view on the Python side: its sums against closed forms, its words, what it refuses."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

import capslab as cl
from capslab.errors import ArgumentError
from capslab.widgets.posterior.arithmetic import DECODERS, GRID, NOISE, STEP, terms

MEANS = st.floats(-2, 2)
STDS = st.floats(0.1, 1.2)
SEEN = st.floats(-3, 4)


@given(x=SEEN, mean=MEANS, std=STDS)
def test_the_straight_world_has_closed_forms(x, mean, std):
    made = terms(x, mean, std, "straight")
    slope, noise = DECODERS["straight"][0], NOISE
    assert made.kl == pytest.approx(0.5 * (mean**2 + std**2 - 1) - np.log(std), abs=1e-6)
    spread = ((x - slope * mean) ** 2 + slope**2 * std**2) / noise**2
    assert made.reconstruction == pytest.approx(
        -0.5 * spread - np.log(noise * np.sqrt(2 * np.pi)), abs=1e-6, rel=1e-6
    )
    evidence = norm(0, np.sqrt(slope**2 + noise**2)).logpdf(x)
    assert made.log_evidence == pytest.approx(evidence, abs=1e-6)
    variance = 1 / (1 + slope**2 / noise**2)
    exact = norm(variance * slope * x / noise**2, np.sqrt(variance))
    np.testing.assert_allclose(made.posterior, exact.pdf(GRID), atol=1e-4)


@given(x=SEEN, mean=MEANS, std=STDS, decoder=st.sampled_from(sorted(DECODERS)))
def test_the_gap_is_the_divergence_to_the_posterior_and_never_negative(x, mean, std, decoder):
    made = terms(x, mean, std, decoder)
    here = made.q > 1e-30
    apart = np.log(made.q[here]) - np.log(np.maximum(made.posterior[here], 1e-300))
    divergence = np.sum(made.q[here] * apart) * STEP
    if made.posterior[here].min() > 1e-290:
        assert made.gap == pytest.approx(divergence, abs=1e-5, rel=1e-6)
    assert made.gap > -1e-6
    assert made.elbo + made.gap == pytest.approx(made.log_evidence)


def test_words_and_code_follow():
    view = cl.explore_posterior(x=1.0, mean=0.5, std=0.4, decoder="bent")
    made = view.terms
    assert f"{made.kl:.2f}" in view.words
    assert "N(+0.50, 0.40²)" in view.words
    said = []
    exec(view.code, {"print": lambda *parts: said.extend(parts)})
    assert said[0] == pytest.approx(made.elbo, abs=1e-4)
    assert said[2] == pytest.approx(made.gap, abs=1e-4)
    assert said[4] == pytest.approx(made.log_evidence, abs=1e-6)


def test_the_same_again_from_its_state():
    view = cl.explore_posterior(x=2.0, mean=-1.0, std=0.3, decoder="folded")
    assert cl.explore_posterior(state=view.state).words == view.words


@pytest.mark.parametrize(
    ("argument", "options"),
    [
        ("x", {"x": 7}),
        ("mean", {"mean": -3.1}),
        ("std", {"std": 0}),
        ("std", {"std": float("nan")}),
        ("decoder", {"decoder": "strait"}),
        ("hide", {"hide": ("everything",)}),
        ("state", {"state": "{}"}),
    ],
)
def test_bad_input_is_refused(argument, options):
    with pytest.raises(ArgumentError) as refused:
        cl.explore_posterior(**options)
    assert refused.value.argument == argument
