"""Why k-means misses what a dense network's own last layer reads off the same features, and what mends it.

The last layer reads an image off its features h by weighted sums h·W. Whatever is at right angles to all
columns of W changes no sum, so the features have a part that is read and one that is not. k-means counts
both alike. `python tools/remeasure.py dense_mends` trains five dense networks and, to compare them with,
five convolutional ones, in the way of `repeated_networks`, and bundles the numbers.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from capslab.errors import unknown_name
from capslab.lessons import results
from capslab.lessons.interval import difference_interval

NAME = "dense_mends"
COMMAND = "python tools/remeasure.py dense_mends"
MANY = 30  # clusters, where there are more of them than classes
DIMENSIONS = 16  # of the whitened principal components
NETWORKS = ("dense", "convolutional")
#: the rows of `gains`, in their order
WAYS = (
    "as they are",
    "unit length",
    "scaled",
    "whitened",
    "few clusters",
    "many clusters",
    "what is read",
    "the rest",
)


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


def between_classes(vectors: np.ndarray, labels: np.ndarray) -> float:
    """The share of the variance of vectors `(n, d)` that lies between the means of the classes, 0…1.

    1 if all images of a class have the same vector, 0 if all classes have the same mean.

    >>> between_classes(np.array([[0.0], [0.0], [2.0], [2.0]]), np.array([3, 3, 7, 7]))
    1.0
    """
    classes, each = np.unique(labels, return_inverse=True)
    means = np.stack([vectors[labels == one].mean(axis=0) for one in classes])
    return float(means[each].var(axis=0).sum() / vectors.var(axis=0).sum())


def slant_explained(vectors: np.ndarray, images: Any, dimensions: int | None = None) -> float:
    """How well the slant of images can be told from their vectors `(n, d)`: a share of its variance.

    The slant is cov(x, y) / var(y), with the grey levels as weights. A weighted sum of the vectors' numbers
    (ridge regression) is fitted on four fifths of the images and scored on the others, five times. With
    `dimensions`, the sum is of as many principal components, so that vectors of more numbers than others
    have no advantage by that.
    """
    from sklearn.decomposition import PCA
    from sklearn.linear_model import RidgeCV
    from sklearn.model_selection import cross_val_predict

    ink = images.images.sum(axis=-1).astype(float)  # (n, h, w)
    y, x = np.indices(ink.shape[1:])
    total = ink.sum(axis=(1, 2))
    middle_x, middle_y = ((ink * at).sum(axis=(1, 2)) / total for at in (x, y))
    dx, dy = x - middle_x[:, None, None], y - middle_y[:, None, None]
    slant = (ink * dx * dy).sum(axis=(1, 2)) / (ink * dy**2).sum(axis=(1, 2))
    if dimensions is not None:
        vectors = PCA(dimensions, random_state=0).fit_transform(vectors)
    predicted = cross_val_predict(RidgeCV(np.logspace(-1, 4, 6)), vectors, slant, cv=5)
    return float(1 - ((slant - predicted) ** 2).mean() / slant.var())


def measure(model: Any, images: Any, seed: int = 0) -> dict[str, float]:
    """The numbers of one dense or convolutional network on test images: a dict of shares, one for each of
    `ways`.

    Besides, "own answer" is the share that the network names correctly, "many clusters" the share of images
    that have the most frequent class of their cluster with `MANY` clusters ("few clusters": with as many as
    there are classes), "share read" the share of the variance that the last layer reads, and "between
    classes" the share of it that lies between the classes' means.
    """
    from capslab.clustering import cluster, contingency, matched_accuracy

    features, weights = features_and_weights(model, images)
    different = ways(features, weights)
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
    found["between classes"] = between_classes(features, truth)
    return found


def features_and_weights(model: Any, images: Any) -> tuple[np.ndarray, np.ndarray]:
    """The output of the last hidden layer `(n, d)`, and the weights `(d, classes)` that read it."""
    if hasattr(model, "logits"):
        return model.features(images).vectors, model.logits.get_weights()[0]
    *before, last = model.network.layers  # a ConvNet has no `features`

    def hidden(x: Any) -> Any:
        for layer in before:
            x = layer(x)
        return x

    return model.in_batches(hidden, model.pixels(images)), last.get_weights()[0]


def measured(data: str, network: str = "dense") -> dict[str, np.ndarray]:
    """What `measure` said about each of five networks: one array `(networks,)` for each of its names.

    Parameters
    ----------
    data : the name of the data set.
    network : "dense" or "convolutional".

    Raises
    ------
    ArgumentError : for a data set or a kind of network that was not measured.

    Examples
    --------
    >>> measured("digits")["own answer"].shape
    (5,)
    """
    if network not in NETWORKS:
        raise unknown_name("network", network, list(NETWORKS))
    table = results.load(NAME)
    rows = table.where(data=data, network=network)
    if not rows:
        raise unknown_name("data", data, sorted({row["data"] for row in table.rows}))
    names = [name for name in rows[0] if name not in ("data", "network", "seed")]
    return {name: np.array([row[name] for row in rows]) for name in names}


def gains(data: str) -> list[dict[str, str]]:
    """One row of words per way: "features", "right, of 100" (the mean of five networks), and its "gain".

    The gain is over the features as they are, each network compared with itself, as a 95 % interval in
    points; "many clusters" is compared with "few clusters".

    >>> gains("digits")[0]["features"]
    'as they are'
    """
    found = measured(data)
    rows = []
    for way in (*WAYS, "own answer"):
        base = found["few clusters" if way == "many clusters" else "as they are"]
        told = ""
        if way not in ("as they are", "few clusters", "own answer"):
            gain = difference_interval(found[way], base, paired=True)
            told = f"{100 * gain.low:+.0f} to {100 * gain.high:+.0f}"
        rows.append({"features": way, "right, of 100": f"{100 * found[way].mean():.0f}", "gain": told})
    return rows


def compared(data: str) -> list[dict[str, str]]:
    """One row of words per kind of network: what is read, what lies between classes, k-means on the rest."""
    columns = {"share read": "variance read", "between classes": "variance between digits"}
    columns["the rest"] = "k-means right on the rest"
    return [
        {"network": network}
        | {column: f"{measured(data, network)[name].mean():.0%}" for name, column in columns.items()}
        for network in NETWORKS
    ]


def part_in_words(part: np.ndarray, features: np.ndarray, images: Any) -> dict[str, str]:
    """What a part `(n, d)` of the features has of their variance, and what this variance is about.

    The slant is told from as many principal components as there are classes, as a layer reads no more.
    """
    shares = {
        "share of the variance": part.var(axis=0).sum() / features.var(axis=0).sum(),
        "of this, between digits": between_classes(part, images.labels),
        "slant explained": slant_explained(part, images, dimensions=len(images.classes)),
    }
    return {name: f"{share:.0%}" for name, share in shares.items()}
