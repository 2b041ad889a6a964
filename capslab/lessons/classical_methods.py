"""Four classical methods, timed and scored as the number of images grows.

They are what the articles call slow on large data and stuck in local optima: k-means, a support
vector machine, a random forest and gradient boosting. Each is taken as scikit-learn has it, with
its usual settings, in one thread; seconds are those of the processor, so a busy machine counts the same.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from capslab.clustering.matching import match_labels, matched_accuracy
from capslab.errors import ArgumentError, unknown_name

#: principal components that the support vector machine and gradient boosting see
COMPONENTS = 50
#: what `remeasure` measures: images, and the number of draws for each
SIZES = {1000: 3, 2000: 3, 5000: 3, 10_000: 3, 20_000: 3, 40_000: 1, 60_000: 1}
NAME = "classical"
COMMAND = 'python -c "from capslab.lessons import classical_methods; classical_methods.remeasure()"'


def _reduced(method: Any, seed: int) -> Any:
    from sklearn.decomposition import PCA
    from sklearn.pipeline import make_pipeline

    return make_pipeline(PCA(COMPONENTS, svd_solver="covariance_eigh", random_state=seed), method)


def k_means(k: int, seed: int) -> Any:
    """Lloyd's algorithm from one random start, on pixels."""
    from sklearn.cluster import KMeans

    return KMeans(k, init="random", n_init=1, random_state=seed)


def support_vectors(k: int, seed: int) -> Any:
    """A support vector machine with radial basis functions."""
    from sklearn.svm import SVC

    return _reduced(SVC(C=5, gamma="scale", cache_size=500), seed)


def random_forest(k: int, seed: int) -> Any:
    """A hundred trees, each on its own draw of images and pixels."""
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(100, random_state=seed)


def boosting(k: int, seed: int) -> Any:
    """A hundred rounds of gradient boosting on histograms, one small tree a class and round."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    return _reduced(
        HistGradientBoostingClassifier(max_iter=100, early_stopping=False, random_state=seed), seed
    )


METHODS: dict[str, Callable[[int, int], Any]] = {
    "k-means": k_means,
    "support vector machine": support_vectors,
    "random forest": random_forest,
    "gradient boosting": boosting,
}


def run(name: str, train: Any, test: Any, seed: int = 0) -> dict[str, Any]:
    """Fit one method and score it on images that it has not seen.

    Parameters
    ----------
    name : one of `METHODS`.
    train, test : `Images` with labels. k-means is not given them; its clusters of the test images are
        scored by matched accuracy.
    seed : the method's own chance, and the order in which it is given the images.

    Returns
    -------
    dict : method, n, seed; CPU-seconds `fit_s` and `predict_s`; `accuracy` in 0…1; `answers`, what it
        says of each test image (for k-means named after the classes that fit best), int64 `(m,)`.

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
        raise ArgumentError("train", "Images with labels", train, "These methods are scored by labels.")
    order = np.random.default_rng(seed).permutation(len(train))
    X, unseen = _rows(train.images[order]), _rows(test.images)  # (n, h·w·c), (m, h·w·c)
    y = train.labels[order]
    method = METHODS[name](len(train.classes), seed)
    with threadpool_limits(1):
        began = time.process_time()
        method.fit(X) if name == "k-means" else method.fit(X, y)
        fitted = time.process_time()
        answers = np.asarray(method.predict(unseen), np.int64)
        done = time.process_time()
    if name == "k-means":
        answers = match_labels(test.labels, answers)
    return {
        "method": name,
        "n": len(train),
        "seed": seed,
        "fit_s": fitted - began,
        "predict_s": done - fitted,
        "accuracy": matched_accuracy(answers, test.labels)
        if name == "k-means"
        else float((answers == test.labels).mean()),
        "answers": answers,
    }


@dataclass(frozen=True)
class Answered:
    """What a classifier said of the rows it was asked, `(m,)`, and the CPU-seconds to learn and answer."""

    labels: np.ndarray
    seconds: float


def linear_classifier(known: np.ndarray, labels: np.ndarray, asked: np.ndarray) -> Answered:
    """Logistic regression on standardised numbers: how easily can classes be read off vectors?

    Parameters
    ----------
    known, asked : one row an image, `(n, d)` and `(m, d)`.
    labels : classes of the known rows, `(n,)`.

    Examples
    --------
    >>> rows, labels = np.array([[0.0], [1.0], [8.0], [9.0]]), np.array([0, 0, 5, 5])
    >>> linear_classifier(rows, labels, np.array([[7.0]])).labels
    array([5])
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    classifier = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, tol=0.01, max_iter=1000))
    began = time.process_time()
    found = classifier.fit(known, labels).predict(asked)
    return Answered(found, time.process_time() - began)


def measure(
    images: Any,
    sizes: Sequence[int],
    methods: Sequence[str] = tuple(METHODS),
    seeds: int = 1,
    most_test: int = 2000,
) -> list[dict[str, Any]]:
    """Every method on samples of these sizes from `images.train`: the rows that `run` gives.

    Parameters
    ----------
    images : `Images` with labels; its test part scores (at most `most_test` images of it).
    sizes : numbers of training images; those that are not there are left out.
    methods : some of `METHODS`.
    seeds : draws for each size.
    """
    test = images.test.sample(min(most_test, len(images.test)), seed=0)
    rows = []
    for n in sorted({min(int(n), len(images.train)) for n in sizes}):
        for seed in range(seeds):
            part = images.train.sample(n, seed=seed)
            rows += [run(name, part, test, seed) for name in methods]
    return rows


def agreement(answers: Sequence[np.ndarray]) -> float:
    """Mean share of images for which two runs give the same answer, over all pairs of runs.

    Answers are matched first, so that clusters may change their names from run to run.

    >>> agreement([np.array([0, 0, 1, 1]), np.array([1, 1, 0, 0]), np.array([0, 1, 0, 1])])
    0.6666666666666666
    """
    pairs = list(combinations(answers, 2))
    if not pairs:
        raise ArgumentError(
            "answers", "those of two runs or more", answers, "Run it again with another seed."
        )
    return float(np.mean([matched_accuracy(one, other) for one, other in pairs]))


def growth_exponent(n: Any, seconds: Any) -> float:
    """The power p of the law seconds ≈ c·nᵖ that fits best in logarithms.

    p is the slope of the least-squares line through the points (log n, log seconds): 1 where twice
    the images take twice the time, 2 where they take four times.

    Parameters
    ----------
    n, seconds : `(m,)` each, above 0, with at least two different n.

    Examples
    --------
    >>> round(growth_exponent([10, 20, 40], [0.5, 2.0, 8.0]), 3)
    2.0
    """
    ns, times = np.asarray(n, float), np.asarray(seconds, float)
    if ns.shape != times.shape or ns.ndim != 1 or len(set(ns.tolist())) < 2:
        raise ArgumentError(
            "n", "one row of at least two different numbers, as many as seconds", n, "Time a second size."
        )
    if not (ns > 0).all() or not (times > 0).all():
        raise ArgumentError("seconds", "above 0, as n", seconds, "Measure something that takes longer.")
    return float(np.polyfit(np.log(ns), np.log(times), 1)[0])


@dataclass(frozen=True, eq=False)
class Growth:
    """One method as the number of images grows; medians over the draws.

    Attributes
    ----------
    method : its name.
    n : int64 `(m,)`, ascending.
    seconds, predicting, accuracy : float64 `(m,)`: CPU-seconds to fit and to predict, score in 0…1.
    exponent : the power of n that the seconds to fit grow with; NaN where it was not fitted.
    fitted : the n that the exponent was fitted on.
    """

    method: str
    n: np.ndarray
    seconds: np.ndarray
    predicting: np.ndarray
    accuracy: np.ndarray
    exponent: float
    fitted: np.ndarray

    @property
    def law(self) -> np.ndarray:
        """The fitted seconds at `fitted`, c·nᵖ through the middle of the points."""
        logs = np.log(self.seconds[np.isin(self.n, self.fitted)])
        return np.exp(logs.mean() + self.exponent * (np.log(self.fitted) - np.log(self.fitted).mean()))


def growth(rows: Sequence[Mapping[str, Any]], method: str, above: int = 0) -> Growth:
    """What the rows say of one method; the exponent is fitted on sizes from `above` on.

    Small sizes are mostly overhead, and would make any method look as if it hardly grew.
    """
    own = [row for row in rows if row["method"] == method]
    if not own:
        raise unknown_name("method", method, sorted({row["method"] for row in rows}))
    ns = np.array(sorted({row["n"] for row in own}))

    def median(what: str) -> np.ndarray:
        return np.array([np.median([row[what] for row in own if row["n"] == n]) for n in ns])

    seconds = median("fit_s")
    taken = ns >= above
    exponent = growth_exponent(ns[taken], seconds[taken]) if taken.sum() > 1 else float("nan")
    return Growth(method, ns, seconds, median("predict_s"), median("accuracy"), exponent, ns[taken])


def remeasure(
    dataset: str = "mnist", sizes: Mapping[int, int] = SIZES, keep: bool = True
) -> list[dict[str, Any]]:
    """Measure all four up to 60,000 images and write the table into the package.

    Ten minutes or so of one core. What is not held out for testing trains; the whole test part scores.
    `keep=False` writes nothing.
    """
    from capslab.data import load
    from capslab.lessons.results import save

    images = load(dataset)
    test = images.test
    pool = images[np.asarray(images.parts) != 2]
    rows = []
    for n, seeds in sizes.items():
        for seed in range(seeds):
            part = pool if n >= len(pool) else pool.sample(n, seed=seed)
            for name in METHODS:
                row = {"data": dataset, **run(name, part, test, seed)}
                del row["answers"]
                rows.append({key: round(v, 4) if isinstance(v, float) else v for key, v in row.items()})
    if keep:
        save(NAME, COMMAND, rows)
    return rows


def _rows(pixels: np.ndarray) -> np.ndarray:
    return pixels.reshape(len(pixels), -1) / np.float32(255)
