"""Why k-means misses what a dense network's own last layer reads off the same features, and what mends it.

The last layer reads an image off its features h by weighted sums h·W. Whatever is at right angles to all
columns of W changes no sum, so the features have a part that is read and one that is not. k-means counts
both alike. `python tools/remeasure.py dense_mends` trains five networks and bundles the numbers.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from capslab.errors import unknown_name
from capslab.lessons import results

NAME = "dense_mends"
COMMAND = "python tools/remeasure.py dense_mends"
MANY = 30  # clusters, where there are more of them than classes
DIMENSIONS = 16  # of the whitened principal components


def read_and_rest(features: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Split features `(n, d)` into the part that weights `(d, classes)` read and the rest, `(n, d)` each.

    >>> read, rest = read_and_rest(np.array([[3.0, 4.0]]), np.array([[2.0], [0.0]]))
    >>> read.tolist(), rest.tolist()
    ([[3.0, 0.0]], [[0.0, 4.0]])
    """
    basis, _ = np.linalg.qr(weights)  # orthonormal, with the span of the columns
    read = features @ basis @ basis.T
    return read, features - read


def ways(features: np.ndarray, weights: np.ndarray) -> dict[str, np.ndarray]:
    """What is done to features `(n, d)` before k-means gets them, by names that the lesson uses."""
    from sklearn.decomposition import PCA
    from sklearn.preprocessing import StandardScaler, normalize

    read, rest = read_and_rest(features, weights)
    return {
        "as they are": features,
        "unit length": normalize(features),
        "scaled": StandardScaler().fit_transform(features),
        "whitened": PCA(DIMENSIONS, whiten=True, random_state=0).fit_transform(features),
        "what is read": read,
        "the rest": rest,
    }


def slant_explained(vectors: np.ndarray, images: Any) -> float:
    """How well the slant of images can be told from their vectors `(n, d)`: a share of its variance.

    The slant is cov(x, y) / var(y), with the grey levels as weights. A weighted sum of the vectors' numbers
    (ridge regression) is fitted on four fifths of the images and scored on the others, five times.
    """
    from sklearn.linear_model import RidgeCV
    from sklearn.model_selection import cross_val_predict

    ink = images.images.sum(axis=-1).astype(float)  # (n, h, w)
    y, x = np.indices(ink.shape[1:])
    total = ink.sum(axis=(1, 2))
    middle_x, middle_y = ((ink * at).sum(axis=(1, 2)) / total for at in (x, y))
    dx, dy = x - middle_x[:, None, None], y - middle_y[:, None, None]
    slant = (ink * dx * dy).sum(axis=(1, 2)) / (ink * dy**2).sum(axis=(1, 2))
    predicted = cross_val_predict(RidgeCV(np.logspace(-1, 4, 6)), vectors, slant, cv=5)
    return float(1 - ((slant - predicted) ** 2).mean() / slant.var())


def measure(model: Any, images: Any, seed: int = 0) -> dict[str, float]:
    """The numbers of one dense network on test images: a dict of shares, one for each of `ways`.

    Besides, "own answer" is the share that the network names correctly, "many clusters" the share of images
    that have the most frequent class of their cluster with `MANY` clusters, and "share read" the share of
    the variance that the last layer reads.
    """
    from capslab.clustering import cluster, contingency, matched_accuracy

    features = model.features(images).vectors
    different = ways(features, model.logits.get_weights()[0])
    k, truth = len(images.classes), images.labels
    found = {"own answer": float((model.classify(images) == truth).mean())}
    for name, vectors in different.items():
        labels = cluster(vectors, n_clusters=k, seed=seed).at(k).labels
        found[name] = matched_accuracy(labels, truth)
    many = contingency(cluster(features, n_clusters=MANY, seed=seed).at(MANY).labels, truth)
    few = contingency(cluster(features, n_clusters=k, seed=seed).at(k).labels, truth)
    for name, table in {"many clusters": many, "few clusters": few}.items():
        found[name] = float(table.max(axis=1).sum() / table.sum())
    found["share read"] = float(different["what is read"].var(axis=0).sum() / features.var(axis=0).sum())
    return found


def measured(data: str) -> dict[str, np.ndarray]:
    """What `measure` said about each of five networks: one array `(networks,)` for each of its names.

    Raises
    ------
    ArgumentError : for a data set of which no networks were measured.

    Examples
    --------
    >>> measured("digits")["own answer"].shape
    (5,)
    """
    table = results.load(NAME)
    rows = table.where(data=data)
    if not rows:
        raise unknown_name("data", data, sorted({row["data"] for row in table.rows}))
    return {name: np.array([row[name] for row in rows]) for name in rows[0] if name not in ("data", "seed")}
