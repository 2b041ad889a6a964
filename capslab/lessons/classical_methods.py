"""Four classical methods, timed and scored as the number of images grows.

Articles say of these four that they are slow on large data and get stuck in local optima: k-means,
a support vector machine, a random forest and gradient boosting. Each is scikit-learn's, with its usual
settings, in one thread. We count CPU-seconds, so a busy machine gives the same numbers as an idle one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from capslab.clustering.matched_accuracy import match_labels, matched_accuracy
from capslab.errors import ArgumentError, unknown_name

#: number of principal components that the support vector machine and gradient boosting receive
COMPONENTS = 50


def _with_pca(method: Any, seed: int) -> Any:
    from sklearn.decomposition import PCA
    from sklearn.pipeline import make_pipeline

    return make_pipeline(PCA(COMPONENTS, svd_solver="covariance_eigh", random_state=seed), method)


def k_means(k: int, seed: int) -> Any:
    """k-means (Lloyd's algorithm) on pixels, from one random start."""
    from sklearn.cluster import KMeans

    return KMeans(k, init="random", n_init=1, random_state=seed)


def support_vectors(k: int, seed: int) -> Any:
    """A support vector machine with a radial basis function kernel."""
    from sklearn.svm import SVC

    return _with_pca(SVC(C=5, gamma="scale", cache_size=500), seed)


def random_forest(k: int, seed: int) -> Any:
    """A hundred trees, each grown on its own random sample of images and pixels."""
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(100, random_state=seed)


def boosting(k: int, seed: int) -> Any:
    """A hundred rounds of histogram-based gradient boosting, one small tree per class and round."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    return _with_pca(
        HistGradientBoostingClassifier(max_iter=100, early_stopping=False, random_state=seed), seed
    )


METHODS: dict[str, Callable[[int, int], Any]] = {
    "k-means": k_means,
    "support vector machine": support_vectors,
    "random forest": random_forest,
    "gradient boosting": boosting,
}


def run(name: str, train: Any, test: Any, seed: int = 0) -> dict[str, Any]:
    """Fit one method and score it on test images.

    Parameters
    ----------
    name : one of `METHODS`.
    train, test : `Images` with labels. k-means does not see the labels; its clusters of the test images
        are scored by matched accuracy.
    seed : of the method's random choices, and of the order of the training images.

    Returns
    -------
    dict : `method`, `n`, `seed`; CPU-seconds `fit_s` and `predict_s`; `accuracy` in 0…1; and
        `predictions`, the class of each test image, int64 `(m,)`. For k-means each cluster is given
        the number of the class that matches it best.

    Examples
    --------
    >>> import capslab as cl
    >>> images = cl.load("digits")
    >>> run("support vector machine", images.train, images.test)["accuracy"] > 0.95
    True
    """
    from threadpoolctl import threadpool_limits

    if name not in METHODS:
        raise unknown_name("name", name, METHODS)
    if train.labels is None or test.labels is None:
        raise ArgumentError(
            "train", "Images with labels", train, "Take cl.load(): these methods are scored by labels."
        )
    order = np.random.default_rng(seed).permutation(len(train))
    X, X_test = _flat(train.images[order]), _flat(test.images)  # (n, h·w·c), (m, h·w·c)
    y = train.labels[order]
    method = METHODS[name](len(train.classes), seed)
    with threadpool_limits(1):
        start = time.process_time()
        method.fit(X) if name == "k-means" else method.fit(X, y)
        fitted = time.process_time()
        predictions = np.asarray(method.predict(X_test), np.int64)
        end = time.process_time()
    if name == "k-means":
        predictions = match_labels(test.labels, predictions)
        accuracy = matched_accuracy(predictions, test.labels)
    else:
        accuracy = float((predictions == test.labels).mean())
    return {
        "method": name,
        "n": len(train),
        "seed": seed,
        "fit_s": fitted - start,
        "predict_s": end - fitted,
        "accuracy": accuracy,
        "predictions": predictions,
    }


@dataclass(frozen=True)
class Predictions:
    """The labels that a classifier predicted, `(m,)`, and the CPU-seconds it took to fit and predict."""

    labels: np.ndarray
    seconds: float


def linear_classifier(train: np.ndarray, labels: np.ndarray, test: np.ndarray) -> Predictions:
    """Logistic regression on standardised features: how easily can the classes be read off vectors?

    Parameters
    ----------
    train, test : feature vectors, one row per image, `(n, d)` and `(m, d)`.
    labels : classes of the training rows, `(n,)`.

    Examples
    --------
    >>> X, y = np.array([[0.0], [1.0], [8.0], [9.0]]), np.array([0, 0, 5, 5])
    >>> linear_classifier(X, y, np.array([[7.0]])).labels
    array([5])
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    classifier = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, tol=0.01, max_iter=1000))
    start = time.process_time()
    predicted = classifier.fit(train, labels).predict(test)
    return Predictions(predicted, time.process_time() - start)


def measure(
    images: Any,
    sizes: Sequence[int],
    methods: Sequence[str] = tuple(METHODS),
    seeds: int = 1,
    most_test: int = 2000,
) -> list[dict[str, Any]]:
    """Run every method on samples of `images.train`; return what `run` returned, one dict per run.

    Parameters
    ----------
    images : `Images` with labels.
    sizes : numbers of training images. A size larger than the training set means the whole of it.
    methods : names from `METHODS`.
    seeds : number of random samples for each size.
    most_test : at most this many test images are scored.
    """
    test = images.test.sample(min(most_test, len(images.test)), seed=0)
    rows = []
    for n in sorted({min(int(n), len(images.train)) for n in sizes}):
        for seed in range(seeds):
            part = images.train.sample(n, seed=seed)
            rows += [run(name, part, test, seed) for name in methods]
    return rows


def agreement(predictions: Sequence[np.ndarray]) -> float:
    """The share of images on which two runs agree, averaged over all pairs of runs.

    Labels are matched first, so it does not matter if clusters are numbered differently in each run.

    >>> agreement([np.array([0, 0, 1, 1]), np.array([1, 1, 0, 0]), np.array([0, 1, 0, 1])])
    0.6666666666666666
    """
    pairs = list(combinations(predictions, 2))
    if not pairs:
        raise ArgumentError(
            "predictions",
            "those of at least two runs",
            predictions,
            "Run it again with another seed, and give both.",
        )
    return float(np.mean([matched_accuracy(one, other) for one, other in pairs]))


def growth_exponent(n: Any, seconds: Any) -> float:
    """The power p of the law seconds ≈ c·nᵖ that fits best on logarithmic axes.

    p is the slope of the least-squares line through the points (log n, log seconds). At p = 1 twice
    as many images take twice as long, at p = 2 four times as long.

    Parameters
    ----------
    n, seconds : `(m,)` each, above 0, with at least two different values of n.

    Examples
    --------
    >>> round(growth_exponent([10, 20, 40], [0.5, 2.0, 8.0]), 3)
    2.0
    """
    ns, times = np.asarray(n, float), np.asarray(seconds, float)
    if ns.shape != times.shape or ns.ndim != 1 or len(set(ns.tolist())) < 2:
        raise ArgumentError(
            "n",
            "at least two different numbers, one for each of `seconds`",
            n,
            "Time a second size, and give both.",
        )
    if not (ns > 0).all() or not (times > 0).all():
        raise ArgumentError("seconds", "above 0, like n", seconds, "Measure something that takes longer.")
    return float(np.polyfit(np.log(ns), np.log(times), 1)[0])


def growth_exponents(
    rows: Sequence[Mapping[str, Any]], method: str, above: int = 0, column: str = "fit_s"
) -> np.ndarray:
    """The power p of seconds ≈ c·nᵖ, once for each repetition, so that it gets an interval.

    Parameters
    ----------
    rows : what `run` returned, several sizes for each seed.
    method : one of `METHODS`.
    above : sizes below this one are left out, because there most of the time is overhead.
    column : "fit_s" for the time to fit, "predict_s" for the time to answer.

    Returns
    -------
    array `(seeds,)`, in the order of the seeds.

    Raises
    ------
    ArgumentError : for a method without rows, or a repetition with fewer than two sizes.

    Examples
    --------
    >>> rows = [{"method": "k-means", "seed": 0, "n": n, "fit_s": n / 1000} for n in (1000, 2000)]
    >>> growth_exponents(rows, "k-means")
    array([1.])
    """
    own = [row for row in rows if row["method"] == method and row["n"] >= above]
    if not own:
        raise unknown_name("method", method, sorted({row["method"] for row in rows}))
    repetitions = [
        [row for row in own if row["seed"] == seed] for seed in sorted({row["seed"] for row in own})
    ]
    return np.array(
        [growth_exponent([row["n"] for row in one], [row[column] for row in one]) for one in repetitions]
    )


@dataclass(frozen=True, eq=False)
class GrowthCurve:
    """Time and accuracy of one method as the number of images grows; medians over the repetitions.

    Attributes
    ----------
    method : its name.
    n : numbers of training images, int64 `(m,)`, ascending.
    fit_seconds, predict_seconds : CPU-seconds, float64 `(m,)`.
    accuracy : float64 `(m,)`, in 0…1.
    exponent : p in fit_seconds ≈ c·nᵖ; NaN if there are not two sizes to fit it to.
    fitted_n : the sizes that the exponent was fitted to.
    """

    method: str
    n: np.ndarray
    fit_seconds: np.ndarray
    predict_seconds: np.ndarray
    accuracy: np.ndarray
    exponent: float
    fitted_n: np.ndarray

    @property
    def power_law(self) -> np.ndarray:
        """c·nᵖ at `fitted_n`: the fitted line, through the middle of the points."""
        logs = np.log(self.fit_seconds[np.isin(self.n, self.fitted_n)])
        return np.exp(logs.mean() + self.exponent * (np.log(self.fitted_n) - np.log(self.fitted_n).mean()))


def growth_curve(rows: Sequence[Mapping[str, Any]], method: str, above: int = 0) -> GrowthCurve:
    """The curve of one method, from the rows of `run`; the exponent is fitted to sizes from `above` on.

    With small sizes most of the time is overhead, so any method would look as if it hardly grew.
    """
    own = [row for row in rows if row["method"] == method]
    if not own:
        raise unknown_name("method", method, sorted({row["method"] for row in rows}))
    ns = np.array(sorted({row["n"] for row in own}))

    def median(column: str) -> np.ndarray:
        return np.array([np.median([row[column] for row in own if row["n"] == n]) for n in ns])

    seconds = median("fit_s")
    large = ns >= above
    exponent = growth_exponent(ns[large], seconds[large]) if large.sum() > 1 else float("nan")
    return GrowthCurve(method, ns, seconds, median("predict_s"), median("accuracy"), exponent, ns[large])


def _flat(pixels: np.ndarray) -> np.ndarray:
    return pixels.reshape(len(pixels), -1) / np.float32(255)
