"""Lesson 25: how many groups, and are they the classes? Three criteria that need no label, on several sets.

A criterion that always said 10 would look good on ten classes, so there are also sets with three and five of
the classes. For each set, several samples of images are cut into groups. From each sample two parts are
drawn and cut separately; on the images in both, one sees whether the parts agree. The numbers are made by
`python tools/remeasure.py choosing_k` and kept in `results/choosing_k.json`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from capslab.errors import unknown_name
from capslab.lessons import results

NAME, COMMAND = "choosing_k", "python tools/remeasure.py choosing_k"
#: the sets: of which data, and with which classes (None: all)
SETS: dict[str, tuple[str, tuple[int, ...] | None]] = {
    "MNIST": ("mnist", None),
    "MNIST, only 0 to 4": ("mnist", (0, 1, 2, 3, 4)),
    "MNIST, only 0, 1 and 2": ("mnist", (0, 1, 2)),
    "MNIST, only 5 to 9": ("mnist", (5, 6, 7, 8, 9)),
    "8×8 digits": ("digits", None),
    "Fashion-MNIST": ("fashion-mnist", None),
    "Fashion-MNIST, only 0 to 4": ("fashion-mnist", (0, 1, 2, 3, 4)),
}
SAMPLES, SIZE = 5, 5000  # samples of each set, and the images in one
PART = 0.8  # of a sample, drawn twice
LARGEST_K = 16
Row = dict[str, Any]


def disjoint_samples(images: Any, samples: int = SAMPLES, size: int = SIZE) -> list[Any]:
    """Samples of the training images: without a common image where there are enough, else drawn anew.

    Examples
    --------
    >>> import capslab as cl
    >>> [len(one) for one in disjoint_samples(cl.load("digits"), 3, 400)]
    [400, 400, 400]
    """
    train = images.train
    if samples * size <= len(train):
        order = np.random.default_rng(0).permutation(len(train))
        return [train[order[s * size : (s + 1) * size]] for s in range(samples)]
    return [train.sample(min(size, round(PART * len(train))), seed=s) for s in range(samples)]


def measure(sample: Any, seed: int, **settings: Any) -> Row:
    """What needs no label (eigenvalues, silhouettes, agreement for each k), and then accuracies.

    Parameters
    ----------
    sample : `Images` with labels; they are read only for the accuracies.
    seed : of the two parts, and of k-means.
    settings : of `SpectralPath`, such as `features="gradients"`.

    Returns
    -------
    dict : "eigenvalues", a list of 20, largest first; "silhouette" and "agreement" (adjusted Rand index of
        the two parts on the images in both), lists for k = 2…16; "accuracy", the matched accuracy of the
        whole sample; and, with as many clusters as classes, "agreed", the share of images on which the parts
        agree, with "right_where_agreed" and "right_elsewhere", shares of those images that the first part
        puts into the group of their class.
    """
    from threadpoolctl import threadpool_limits

    from capslab.clustering import SpectralPath, adjusted_rand, contingency, matched_accuracy

    n, k, ks = len(sample), len(np.unique(sample.labels)), range(2, LARGEST_K + 1)
    rng = np.random.default_rng(seed)
    places = [rng.permutation(n)[: round(PART * n)] for _ in range(2)]
    _, in_first, in_second = np.intersect1d(places[0], places[1], return_indices=True)
    with threadpool_limits(1):
        whole = SpectralPath(k, seed=seed, **settings).fit(sample)
        first, second = (SpectralPath(k, n_init=5, seed=seed, **settings).fit(sample[p]) for p in places)
        pairs = {c: (first.at(c).labels[in_first], second.at(c).labels[in_second]) for c in ks}
        silhouettes = _silhouettes(sample, ks, seed)
    agreement = [adjusted_rand(contingency(*pairs[c])) for c in ks]
    labels = sample.labels[places[0]][in_first]
    agreed, right = agree_and_right(first.at(k).labels[in_first], second.at(k).labels[in_second], labels)
    row = {
        "eigenvalues": whole.eigenvalues_[:20].round(5).tolist(),
        "silhouette": np.round(silhouettes, 4).tolist(),
        "agreement": np.round(agreement, 4).tolist(),
    }
    shares = {
        "accuracy": matched_accuracy(whole.labels_, sample.labels),
        "agreed": agreed.mean(),
        "right_where_agreed": right[agreed].mean() if agreed.any() else np.nan,
        "right_elsewhere": right[~agreed].mean() if not agreed.all() else np.nan,
    }
    return {**row, **{name: round(float(value), 4) for name, value in shares.items()}}


def by_eigenvectors(sample: Any, counts: Sequence[int], seed: int = 0) -> dict[str, list[float]]:
    """How the cut depends on the number of eigenvectors that k-means uses, with as many clusters as classes.

    Parameters
    ----------
    sample : `Images` with labels, as they should be compared: they are not straightened.
    counts : numbers of eigenvectors, up to 20.
    seed : of the two parts, and of k-means.

    Returns
    -------
    dict : "matched accuracy" of the whole sample, and the "agreement of two parts" (adjusted Rand index) on
        the images in both, one number for each count.

    Examples
    --------
    >>> import capslab as cl
    >>> found = by_eigenvectors(cl.load("digits").test, [10, 13])
    >>> [len(numbers) for numbers in found.values()]
    [2, 2]
    """
    from capslab.clustering import SpectralPath, adjusted_rand, contingency, matched_accuracy

    n, k = len(sample), len(sample.classes)
    rng = np.random.default_rng(seed)
    places = [rng.permutation(n)[: round(PART * n)] for _ in range(2)]
    common = np.intersect1d(places[0], places[1], return_indices=True)[1:]
    whole = SpectralPath(k, n_init=10, straighten=False, seed=seed).fit(sample)
    parts = [SpectralPath(k, n_init=5, straighten=False, seed=seed).fit(sample[where]) for where in places]
    accuracy, agreement = [], []
    for count in counts:
        for graph in [whole, *parts]:
            graph.n_eigenvectors = int(count)  # only k-means runs again
        accuracy.append(matched_accuracy(whole.at(k).labels, sample.labels))
        pair = [graph.at(k).labels[where] for graph, where in zip(parts, common, strict=True)]
        agreement.append(adjusted_rand(contingency(*pair)))
    return {"matched accuracy": accuracy, "agreement of two parts": agreement}


def agree_and_right(one: np.ndarray, other: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """On which images two clusterings agree, and which images the first one groups with their class.

    Clusters of the two are paired so that they agree on as many images as possible; clusters of the first
    are paired with the classes in the same way.

    Returns
    -------
    tuple : two boolean arrays `(n,)`.

    Examples
    --------
    >>> one, other = np.array([0, 0, 1, 1]), np.array([1, 1, 0, 1])
    >>> agreed, right = agree_and_right(one, other, np.array([5, 5, 7, 5]))
    >>> agreed.tolist(), right.tolist()
    ([True, True, True, False], [True, True, True, False])
    """
    from capslab.clustering.matched_accuracy import match_labels

    return match_labels(one, other) == one, match_labels(labels, one) == labels


def _silhouettes(sample: Any, ks: range, seed: int) -> list[float]:
    """Of k-means on the pixels' principal components, as `SpectralPath` takes them."""
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score

    from capslab.data.pca import principal_components
    from capslab.lessons.same_images import COMPONENTS, straightened

    X = principal_components(straightened(sample).images, COMPONENTS)
    found = {k: KMeans(k, n_init=3, random_state=seed).fit_predict(X) for k in ks}
    size = min(2000, len(X))
    return [float(silhouette_score(X, found[k], sample_size=size, random_state=seed)) for k in ks]


def rows_of(name: str) -> list[Row]:
    """The rows of one of the `SETS`, one per sample, each with its number of classes as "classes".

    Raises
    ------
    ArgumentError : for a set that was not measured.

    Examples
    --------
    >>> [row["classes"] for row in rows_of("MNIST, only 0 to 4")]
    [5, 5, 5, 5, 5]
    """
    table = results.load(NAME)
    rows = table.where(set=name)
    if not rows:
        raise unknown_name("name", name, sorted({row["set"] for row in table.rows}))
    return rows


def shares_of(name: str) -> dict[str, np.ndarray]:
    """What the first of two parts got right, cut into as many clusters as classes, `(samples,)` each.

    All shares are of the images in both parts, except the last: of the first part's mistakes among them, it
    is the share on which the parts disagree, so that one is warned.

    Examples
    --------
    >>> list(shares_of("MNIST"))
    ['right', 'parts agree', 'right where they agree', 'right elsewhere', 'mistakes warned of']
    """
    rows = rows_of(name)
    agreed, there, elsewhere = (
        np.array([row[column] for row in rows], float)
        for column in ("agreed", "right_where_agreed", "right_elsewhere")
    )
    warned = np.where(agreed < 1, (1 - agreed) * (1 - elsewhere), 0)
    missed = np.where(agreed > 0, agreed * (1 - there), 0)
    wrong = warned + missed
    return {
        "right": 1 - wrong,
        "parts agree": agreed,
        "right where they agree": there,
        "right elsewhere": elsewhere,
        "mistakes warned of": np.divide(warned, wrong, out=np.full(len(wrong), np.nan), where=wrong > 0),
    }


def found_in_words(ks: Sequence[int], classes: int) -> str:
    """What a criterion found in several samples, and how far off it is on average.

    Examples
    --------
    >>> found_in_words([8, 11], 10)
    '8, 11 (off by 1.5)'
    """
    off = np.abs(np.asarray(ks) - classes).mean()
    return f"{', '.join(str(k) for k in ks)} (off by {off:.1f})"
