"""Lesson 22: VAEs that differ in β and in their seed, and how good their draws are.

`beta_sweep` holds the pictures of one network for each β. Whether a β makes draws look more like images needs
several networks, and a judge that punishes blur and fragments alike: `judge_draws`. Draws come from the
prior, as a VAE's should, and once more from a Gaussian that is fitted to the codes: with a small β nothing
asks the codes to lie where the prior is, so draws from the prior alone would not be a fair test. The numbers
are made by `python tools/remeasure.py beta_runs` and kept in `results/beta_runs.json`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from capslab.data.splits import PARTS
from capslab.errors import unknown_name
from capslab.lessons import results
from capslab.lessons.beta_sweep import mean_step, to_uint8

NAME, COMMAND = "beta_runs", "python tools/remeasure.py beta_runs"
BETAS = (0.0, 0.5, 1.0, 2.0, 4.0)
SEEDS = 5
SIZE, PASSES = 20_000, 10  # training images and passes, for MNIST; the digits take what `fit` takes
JUDGED = 1000  # draws, and real images that they are compared with
CODES = 5000  # training images whose codes the Gaussian is fitted to
FEWEST = 3  # networks that a mean needs
FITTED = ("fitted_precision", "fitted_recall")
MEASURED = ("sharpness", "precision", "recall", *FITTED, "active")


def measured(name: str) -> dict[str, dict[float, np.ndarray]]:
    """What was measured on networks trained with several seeds for each β.

    Parameters
    ----------
    name : of the data set, "mnist" or "digits".

    Returns
    -------
    dict : for each name in `MEASURED` a dict from each β to `(seeds,)`. Sharpness is that of `BetaSweep`,
        precision and recall are those of `judge_draws.quality` for draws from the prior, the fitted ones are
        for draws from a Gaussian with the mean and the covariance of codes, and active counts the dimensions
        in use. A β that was measured with fewer than three seeds is left out.

    Raises
    ------
    ArgumentError : for a data set that was not measured.

    Examples
    --------
    >>> runs = measured("mnist")
    >>> list(runs["sharpness"])
    [0.0, 0.5, 1.0, 2.0, 4.0]
    >>> runs["sharpness"][4.0].shape
    (5,)
    """
    table = results.load(NAME)
    known = sorted({row["data"] for row in table.rows})
    if name not in known:
        raise unknown_name("name", name, known)
    columns = {column: table.grouped(column, "beta", data=name) for column in MEASURED}
    return {
        column: {beta: np.array(groups[beta]) for beta in sorted(groups) if len(groups[beta]) >= FEWEST}
        for column, groups in columns.items()
    }


def train(images: Any, beta: float, seed: int, judge: Any, passes: int | None = PASSES) -> dict[str, Any]:
    """One row of the table: a VAE of 16 dimensions is trained on its own sample of images, and measured.

    Parameters
    ----------
    images : the data set, as `load` returned it.
    beta : the weight of the KL, from 0.
    seed : of the sample, the weights and the training.
    judge : of `judge_draws.train_judge`.
    passes : over the training images; None for as many as `fit` takes.
    """
    from capslab.models import VAE
    from capslab.training.fit import fit

    parts = np.asarray(images.parts)
    rng = np.random.default_rng([seed, 22])
    known = np.flatnonzero(parts == PARTS["train"])
    known = np.sort(rng.choice(known, min(SIZE, len(known)), replace=False))
    subset = images[np.concatenate([known, np.flatnonzero(parts == PARTS["validation"])[:1000]])]
    vae = VAE(images.image_shape, latent_dim=16, beta=beta, seed=seed)
    fit(vae, subset, passes, seed=seed, show=False)
    test = images.test.sample(min(JUDGED, len(images.test)), seed=seed)
    bound = vae.elbo(test)
    real = images.train.sample(len(test), seed=seed).images
    quality = judge.quality(real, to_uint8(vae.sample(len(test), seed=seed)))
    codes = fitted_codes(vae, subset.train.sample(min(CODES, len(known)), seed=seed), len(test), seed)
    fitted = judge.quality(real, to_uint8(vae.decode(codes)))
    row = {
        "sharpness": mean_step(vae.reconstruct(test)) / mean_step(test.images / np.float32(255)),
        "precision": quality.precision,
        "recall": quality.recall,
        "fitted_precision": fitted.precision,
        "fitted_recall": fitted.recall,
        "reconstruction": bound.reconstruction.mean(),
        "kl": bound.kl.mean(),
    }
    rounded = {column: round(float(value), 4) for column, value in row.items()}
    return {"data": images.name, "beta": beta, "seed": seed, **rounded, "active": vae.active_units(test)}


def fitted_codes(vae: Any, images: Any, count: int, seed: int) -> np.ndarray:
    """Draws from the Gaussian that has the mean and the covariance of codes, `(count, d)`.

    Parameters
    ----------
    vae : a trained `capslab.models.VAE`.
    images : images whose clouds it is fitted to, with one code drawn from the cloud of each.
    count : how many codes to draw.
    seed : of the codes and of the draws.
    """
    rng = np.random.default_rng([seed, 23])
    cloud = vae.posterior(images)
    codes = cloud.mean + np.exp(cloud.log_variance / 2) * rng.normal(size=cloud.mean.shape)
    return rng.multivariate_normal(codes.mean(axis=0), np.cov(codes.T), count).astype(np.float32)
