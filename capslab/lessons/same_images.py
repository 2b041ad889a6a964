"""Lesson 25: every clustering method on the same straightened images, as pixels and as VAE codes.

A comparison in which one side gets straightened images and the other does not says little about the methods.
So five VAEs are trained on straightened images. Then k-means, a Gaussian mixture and spectral clustering,
with k + 3 and with k eigenvectors, get the VAE's codes and the pixels of the same images. The numbers are
made by `python tools/remeasure.py straightened` and kept in `results/straightened.json`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from capslab.errors import unknown_name
from capslab.lessons import results

NAME, COMMAND = "straightened", "python tools/remeasure.py straightened"
SEEDS = 5
CLUSTERED = 10_000  # training images that are clustered, for each VAE another sample
COMPONENTS = 50  # principal components of the pixels
EPOCHS = {"digits": None, "mnist": 10}  # None: as the recipe has it
STARTS = 20  # of k-means
Row = dict[str, Any]


def straightened(images: Any) -> Any:
    """The same images without slant and in the middle; smaller than 16 pixels per side, as they are.

    Parameters
    ----------
    images : `Images`.

    Returns
    -------
    Images : uint8 `(n, h, w, c)`, with the same labels and parts.

    Examples
    --------
    >>> import capslab as cl
    >>> digits = cl.load("digits")
    >>> straightened(digits) is digits
    True
    """
    from capslab.clustering.deskew import LEAST_SIDE, deskew

    if min(images.image_shape[:2]) < LEAST_SIDE:
        return images
    return replace(images, images=deskew(images.images))


def _kmeans(X: np.ndarray, k: int, seed: int) -> np.ndarray:
    from sklearn.cluster import KMeans

    return KMeans(k, n_init=STARTS, random_state=seed).fit_predict(X).astype(np.int64)


def _mixture(X: np.ndarray, k: int, seed: int) -> np.ndarray:
    from capslab.clustering.gaussian_mixture import gaussian_mixture

    return gaussian_mixture(X, k, seed)


def _spectral(X: np.ndarray, k: int, seed: int) -> np.ndarray:
    from capslab.clustering.spectral import SpectralPath

    return SpectralPath(k, n_init=STARTS, seed=seed).fit_predict(X)


def _textbook(X: np.ndarray, k: int, seed: int) -> np.ndarray:
    """With k eigenvectors, as textbooks have it."""
    from capslab.clustering.spectral import SpectralPath

    return SpectralPath(k, n_eigenvectors=k, n_init=STARTS, seed=seed).fit_predict(X)


METHODS: dict[str, Callable[[np.ndarray, int, int], np.ndarray]] = {
    "k-means": _kmeans,
    "Gaussian mixture": _mixture,
    "spectral clustering": _spectral,
    "spectral clustering, only k eigenvectors": _textbook,
}


def score_methods(
    vectors: Any, labels: np.ndarray, k: int, seed: int = 0, methods: str | Sequence[str] = tuple(METHODS)
) -> dict[str, float]:
    """The matched accuracy of some of the `METHODS` on the same vectors, 0…1.

    Parameters
    ----------
    vectors : float `(n, d)`.
    labels : the classes, integers `(n,)`, which only score.
    k : number of clusters.
    seed : of k-means, the mixture and the eigenvectors.
    methods : which of the `METHODS`, one name or several; all, unless told otherwise.

    Raises
    ------
    ArgumentError : for a method that is not one of them.

    Examples
    --------
    >>> corners = np.repeat(np.array([[0.0, 0], [9, 0], [0, 9]]), 20, axis=0)
    >>> cloud = corners + np.random.default_rng(0).normal(size=(60, 2))
    >>> score_methods(cloud, np.repeat([0, 1, 2], 20), 3)["k-means"]
    1.0
    """
    from threadpoolctl import threadpool_limits

    from capslab.clustering.matched_accuracy import matched_accuracy

    methods = [methods] if isinstance(methods, str) else methods
    for name in methods:
        if name not in METHODS:
            raise unknown_name("methods", name, list(METHODS))
    X = np.asarray(vectors, np.float32)
    with threadpool_limits(1):
        found = {name: METHODS[name](X, k, seed) for name in methods}
    return {name: float(matched_accuracy(clusters, labels)) for name, clusters in found.items()}


def train(images: Any, seed: int, clustered: int = CLUSTERED, epochs: int | None = None) -> list[Row]:
    """The rows of one VAE: it learns from all straightened training images, then a sample is clustered.

    The VAE gets more images than the clusterings of pixels, so the comparison favours it.

    Parameters
    ----------
    images : the data set, as `load` returned it.
    seed : of the weights, the training, the sample and the clusterings.
    clustered : how many training images are clustered; all, if there are fewer.
    epochs : passes over the training images; None for as many as `EPOCHS` says.
    """
    from capslab.data.pca import principal_components
    from capslab.models import VAE
    from capslab.training.fit import fit

    upright = straightened(images)
    vae = VAE.for_images(upright, seed=seed)
    fit(vae, upright, epochs or EPOCHS.get(images.name), seed=seed, show=False)
    some = upright.train.sample(min(clustered, len(upright.train)), seed=seed)
    raw = images.train.sample(min(clustered, len(images.train)), seed=seed)
    vectors = {
        "VAE codes": vae.encode(some),
        "pixels": principal_components(some.images, COMPONENTS),
        "pixels as they are": principal_components(raw.images, COMPONENTS),
    }
    rows = []
    for source, X in vectors.items():
        for method, accuracy in score_methods(X, some.labels, len(images.classes), seed).items():
            row = {"data": images.name, "seed": seed, "images": len(some), "vectors": source}
            rows.append({**row, "method": method, "accuracy": round(accuracy, 4)})
    return rows


def measured(data: str) -> dict[str, dict[str, np.ndarray]]:
    """Matched accuracies on the same images: for each kind of vectors and each method `(VAEs,)`.

    The kinds are "VAE codes" and "pixels", both of straightened images, and "pixels as they are".

    Parameters
    ----------
    data : "mnist" or "digits", as `images.name` says.

    Raises
    ------
    ArgumentError : for a data set that was not measured.

    Examples
    --------
    >>> measured("mnist")["VAE codes"]["k-means"].shape
    (5,)
    """
    table = results.load(NAME)
    known = sorted({row["data"] for row in table.rows})
    if data not in known:
        raise unknown_name("data", data, known)
    groups = table.grouped("accuracy", "vectors", "method", data=data)
    together: dict[str, dict[str, np.ndarray]] = {}
    for (source, method), values in groups.items():
        together.setdefault(source, {})[method] = np.array(values)
    return together


def timed_in_words(timed: results.Measurements) -> list[Row]:
    """Spectral clustering by the number of images: from the least to the most of several runs, in words.

    Parameters
    ----------
    timed : `results.load("spectral_times")`.

    Examples
    --------
    >>> list(timed_in_words(results.load("spectral_times"))[0])
    ['images', 'CPU-seconds', 'accuracy with k', 'accuracy with k + 3']
    """
    columns = {
        "CPU-seconds": ("fit_s", ".1f"),
        "accuracy with k": ("textbook_accuracy", ".3f"),
        "accuracy with k + 3": ("accuracy", ".3f"),
    }
    rows = []
    for n in sorted({row["n"] for row in timed.rows}):
        row: Row = {"images": f"{n:,}"}
        for words, (column, form) in columns.items():
            values = timed.grouped(column, "n")[n]
            row[words] = f"{min(values):{form}} to {max(values):{form}}"
        rows.append(row)
    return rows
