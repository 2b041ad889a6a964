"""The table of VAEs with several β and seeds: whole, and made by a function that can be run again."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

import capslab as cl
from capslab.errors import ArgumentError
from capslab.lessons import beta_runs, judge_draws


@pytest.mark.parametrize("name", ["digits", "mnist"])
def test_each_beta_was_measured_with_every_seed(name: str) -> None:
    runs = beta_runs.measured(name)
    assert list(runs) == list(beta_runs.MEASURED)
    for what, by_beta in runs.items():
        assert list(by_beta) == list(beta_runs.BETAS)
        assert all(values.shape == (beta_runs.SEEDS,) for values in by_beta.values())
        top = 16 if what == "active" else 1
        assert all(((values >= 0) & (values <= top)).all() for values in by_beta.values())


@pytest.mark.parametrize("name", ["digits", "mnist"])
def test_seeds_differ_and_a_larger_beta_makes_blurrier_reconstructions(name: str) -> None:
    sharpness = beta_runs.measured(name)["sharpness"]
    assert all(len(set(values)) == beta_runs.SEEDS for values in sharpness.values())
    assert (np.diff([values.mean() for values in sharpness.values()]) < 0).all()


def test_fitted_codes_have_the_mean_and_covariance_of_the_clouds() -> None:
    class Stretched:
        """Clouds around the images' own two pixels, hardly wider than points."""

        def posterior(self, images: np.ndarray) -> SimpleNamespace:
            return SimpleNamespace(mean=images, log_variance=np.full(images.shape, -12.0))

    codes = np.random.default_rng(1).multivariate_normal([3, -1], [[4, 1.5], [1.5, 1]], 4000)
    drawn = beta_runs.fitted_codes(Stretched(), codes, 4000, seed=0)
    assert drawn.shape == (4000, 2)
    np.testing.assert_allclose(drawn.mean(axis=0), [3, -1], atol=0.15)
    np.testing.assert_allclose(np.cov(drawn.T), [[4, 1.5], [1.5, 1]], atol=0.35)


def test_a_data_set_that_was_not_measured_is_named_with_those_that_were() -> None:
    with pytest.raises(ArgumentError, match="mnist"):
        beta_runs.measured("toys")


@pytest.mark.slow
def test_one_network_gives_one_row_of_the_table() -> None:
    images = cl.load("digits").sample(400, seed=0)
    judge = judge_draws.train_judge(images, epochs=1)
    row = beta_runs.train(images, 8.0, 0, judge, passes=1)
    assert set(beta_runs.MEASURED) < set(row)
    assert (row["data"], row["beta"], row["seed"]) == ("digits", 8.0, 0)
    assert 0 <= row["precision"] <= 1
    assert row["kl"] >= 0
    assert row == beta_runs.train(images, 8.0, 0, judge, passes=1)
