"""The sweep over β: what is bundled, what is trained, and what its measures mean."""

import numpy as np
import pytest
from common import numbers_in

import capslab as cl
from capslab.errors import ArgumentError
from capslab.lessons.beta_sweep import BETAS, FOLDER, NearestDistance, beta_sweep, mean_step, read


@pytest.mark.parametrize("name", [path.stem.removeprefix("betas-") for path in FOLDER.glob("betas-*.npz")])
def test_bundled_sweeps_show_the_trade(name):
    path = FOLDER / f"betas-{name}.npz"
    assert path.stat().st_size < 1_000_000
    sweep = read(path)
    assert sweep.betas.tolist() == list(BETAS)
    assert sweep.reconstructions.shape == sweep.samples.shape == (len(BETAS), *sweep.originals.shape)
    np.testing.assert_allclose(sweep.kl_per_dimension.sum(axis=1), sweep.kl, rtol=1e-3, atol=1e-3)
    assert (np.diff(sweep.kl_per_dimension, axis=1) <= 0).all()
    one, last = sweep.nearest(1), sweep.nearest(8)
    assert (np.diff(sweep.kl) < 0.05).all()  # where the code costs more, it says less
    assert sweep.reconstruction[last] > sweep.reconstruction[one]
    assert sweep.sharpness[last] < sweep.sharpness[one] < 1.2
    assert sweep.sample_distance[0] > sweep.sample_distance[one]  # holes
    assert sweep.active_units[last] < sweep.active_units[one]
    bound = sweep.reconstruction + sweep.kl
    assert bound.argmin() in (one - 1, one, one + 1)  # the ELBO is what β = 1 is trained for


def test_bundled_ones_are_used_for_the_courses_images():
    images = cl.load("digits")
    np.testing.assert_array_equal(beta_sweep(images).kl, read(FOLDER / "betas-digits.npz").kl)


@pytest.mark.slow
def test_other_betas_are_trained():
    images = cl.load("digits")
    sweep = beta_sweep(images, [4, 0], size=200, epochs=1)
    assert sweep.betas.tolist() == [0, 4]
    assert sweep.kl[0] > sweep.kl[1] >= 0
    assert numbers_in(sweep.about)[0] == "200"
    assert "digits" in sweep.about
    assert sweep.samples.shape == (2, 10, 8, 8, 1)


def test_bad_betas_are_refused():
    for wrong in ([], [-1, 2], [float("nan")]):
        with pytest.raises(ArgumentError, match="`betas`"):
            beta_sweep(cl.load("digits"), wrong)


def test_nearest_distance_and_mean_step_against_loops():
    rng = np.random.default_rng(0)
    known = rng.integers(0, 256, (30, 4, 5, 1), np.uint8)
    x = rng.random((6, 4, 5, 1)).astype("f4")
    expected = np.mean([min(((a - b / 255) ** 2).sum() for b in known) for a in x])
    assert NearestDistance(known)(x) == pytest.approx(expected, rel=1e-4)
    assert NearestDistance(known)(known / np.float32(255)) == pytest.approx(0, abs=1e-5)
    assert mean_step(np.float32([[[[0], [1], [1]]]])) == 0.5
