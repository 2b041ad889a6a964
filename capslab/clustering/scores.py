"""How good is a clustering? Scores from its own distances, and scores that compare with true labels.

Inertia and silhouette look at the vectors alone. The adjusted Rand index, normalised
mutual information and matched accuracy compare the clusters with labels that the clustering
never saw. All three come from the contingency table, so a whole path of clusterings is scored
in a fraction of a second. scikit-learn's own functions give the same numbers (a test
checks that) but count the table again for each score.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Scores:
    """The scores of one clustering.

    Attributes
    ----------
    inertia : Σᵢ ‖xᵢ − nearest centre‖², ≥ 0; it falls as k grows, so compare it at equal k.
    silhouette : mean of (b − a) / max(a, b), −1…1: b and a are an image's mean distances
        to the nearest other cluster and to its own; None for a single cluster.
    ari : adjusted Rand index: 1 for the same partition, 0 on average for a random one.
    nmi : normalised mutual information, 0…1.
    matched_accuracy : share of correct images once each cluster is named after one class.
    silhouette_images : how many images the silhouette was computed on.

    Without true labels, `ari`, `nmi` and `matched_accuracy` are None.
    """

    inertia: float
    silhouette: float | None
    ari: float | None
    nmi: float | None
    matched_accuracy: float | None
    silhouette_images: int

    def __str__(self) -> str:
        parts = [f"inertia {self.inertia:,.6g}"]
        if self.silhouette is not None:
            parts.append(f"silhouette {self.silhouette:.2f} (on {self.silhouette_images:,} images)")
        if self.matched_accuracy is not None:
            parts.append(f"ARI {self.ari:.2f}, NMI {self.nmi:.2f}")
            parts.append(f"matched accuracy {100 * self.matched_accuracy:.1f} %")
        return ", ".join(parts)


@dataclass(frozen=True, eq=False)
class ScoreCurves:
    """The scores for every k of a path, ready to plot; see `Scores` for what they mean.

    Attributes
    ----------
    ks : int64 `(K,)`.
    inertia, silhouette : float64 `(K,)`; the silhouette of k = 1 is NaN.
    ari, nmi, matched_accuracy : float64 `(K,)`, or None without labels.
    silhouette_images : how many images the silhouettes were computed on.
    """

    ks: np.ndarray
    inertia: np.ndarray
    silhouette: np.ndarray
    ari: np.ndarray | None
    nmi: np.ndarray | None
    matched_accuracy: np.ndarray | None
    silhouette_images: int

    def at(self, k: int) -> Scores:
        """The scores for one k."""
        (i,) = np.flatnonzero(self.ks == k)

        def pick(values: np.ndarray | None) -> float | None:
            return None if values is None or np.isnan(values[i]) else float(values[i])

        return Scores(
            inertia=float(self.inertia[i]),
            silhouette=pick(self.silhouette),
            ari=pick(self.ari),
            nmi=pick(self.nmi),
            matched_accuracy=pick(self.matched_accuracy),
            silhouette_images=self.silhouette_images,
        )


def silhouette(distances: np.ndarray, labels: np.ndarray) -> float:
    """The mean silhouette, from a matrix of distances that every k can share.

    sᵢ = (bᵢ − aᵢ) / max(aᵢ, bᵢ); an image that is alone in its cluster counts as 0
    (Rousseeuw 1987, "Silhouettes: a graphical aid").

    Parameters
    ----------
    distances : `(n, n)`, symmetric, 0 on the diagonal.
    labels : whole numbers ≥ 0, `(n,)`.

    Returns
    -------
    float : −1…1, or NaN if all images are in one cluster.

    Examples
    --------
    >>> x = np.array([0.0, 1.0, 10.0, 11.0])
    >>> round(silhouette(abs(x[:, None] - x), np.array([0, 0, 1, 1])), 4)
    0.8997
    """
    membership = np.eye(labels.max() + 1, dtype=distances.dtype)[labels]  # (n, k)
    membership = membership[:, membership.any(axis=0)]
    if membership.shape[1] < 2:
        return float("nan")
    size = membership.sum(axis=0)  # (k,)
    total = (distances @ membership).astype(np.float64)  # (n, k), summed distances to each cluster
    own = membership.astype(bool)
    own_size = membership @ size  # (n,)
    a = total[own] / np.maximum(own_size - 1, 1)  # an image has distance 0 to itself
    b = np.where(own, np.inf, total / size).min(axis=1)
    larger = np.maximum(a, b)
    s = np.divide(b - a, larger, out=np.zeros_like(a), where=larger > 0)
    return float(np.where(own_size == 1, 0, s).mean())


def adjusted_rand(table: np.ndarray) -> float:
    """The adjusted Rand index of a contingency table.

    (Σ C(n_ab, 2) − E) / (M − E), with E = Σ C(n_a, 2) Σ C(n_b, 2) / C(n, 2) expected by
    chance and M the mean of the two sums (Hubert & Arabie 1985, equation 5).

    >>> adjusted_rand(np.array([[2, 0], [0, 2]]))
    1.0
    """
    pairs = lambda count: float((count * (count - 1.0) / 2).sum())  # noqa: E731  reads like the formula
    both, rows, columns = pairs(table), pairs(table.sum(axis=1)), pairs(table.sum(axis=0))
    expected = rows * columns / max(pairs(table.sum(keepdims=True)), 1.0)
    maximum = (rows + columns) / 2
    return 1.0 if maximum == expected else (both - expected) / (maximum - expected)


def normalized_mutual_information(table: np.ndarray) -> float:
    """The mutual information of clusters and classes, divided by the mean of their entropies, 0…1.

    >>> normalized_mutual_information(np.array([[2, 0], [0, 2]]))
    1.0
    """
    p = table / table.sum()  # (k, classes)
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    mean = (_entropy(rows) + _entropy(columns)) / 2
    if mean == 0:
        return 1.0  # one cluster and one class are the same partition
    shared = _entropy(rows) + _entropy(columns) - _entropy(p.ravel())
    return float(np.clip(shared / mean, 0, 1))


def _entropy(p: np.ndarray) -> float:
    p = p[p > 0]
    return float(-(p * np.log(p)).sum())
