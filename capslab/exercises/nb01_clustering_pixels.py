"""Exercises of 01_clustering_pixels: one step of k-means, and scores that reward different things."""

from __future__ import annotations

import numpy as np

from capslab.exercises.core import Case, Exercise, Mistake
from capslab.exercises.pairing import PAIRING

NOTEBOOK = "01_clustering_pixels"


def kmeans_step(points, centers):
    """Each point to its nearest centre, then each centre to the mean of its points."""
    apart = ((points[:, None] - centers[None]) ** 2).sum(axis=-1)  # (n, k)
    labels = apart.argmin(axis=1)
    moved = centers.copy()
    for c in range(len(centers)):
        if (labels == c).any():
            moved[c] = points[labels == c].mean(axis=0)
    return labels, moved


def _step_cases(seed: int, hard: bool) -> list[Case]:
    chance = np.random.default_rng(seed)

    def made(n: int, k: int, d: int) -> tuple[np.ndarray, np.ndarray]:
        points = chance.normal(0, 3, (n, d))
        return points, points[chance.permutation(n)[:k]] + chance.normal(0, 0.1, (k, d))

    points, centers = made(12, 3, 2)
    far = np.array([[0.0], [1.0], [9.0], [10.0], [11.0]]) + chance.normal(0, 0.05, (5, 1))
    cases = [
        Case("both centres at one end of a line", (far, far[:2] + 0.01)),
        Case("points in a plane", made(20, 3, 2)),
        Case("five dimensions", made(30, 4, 5)),
        Case("a centre that no point is near", (points, np.concatenate([centers, [[90.0, 90.0]]]))),
    ]
    if hard:
        cases.append(Case("one centre", made(10, 1, 3)))
        cases.append(Case("as many centres as dimensions", made(25, 4, 4)))
    return cases


def _stepped(points, centers, apart=None, middle=None):
    apart = ((points[:, None] - centers[None]) ** 2).sum(axis=-1) if apart is None else apart
    labels = apart.argmin(axis=1)
    middle = middle or (lambda own: own.mean(axis=0))
    moved = [middle(points[labels == c]) if (labels == c).any() else centers[c] for c in range(len(centers))]
    return labels, np.stack(moved)


def _empty_nan(points, centers):
    labels, moved = _stepped(points, centers)
    moved[[c for c in range(len(centers)) if not (labels == c).any()]] = np.nan
    return labels, moved


def _empty_zero(points, centers):
    labels, moved = _stepped(points, centers)
    moved[[c for c in range(len(centers)) if not (labels == c).any()]] = 0
    return labels, moved


def _new_labels(points, centers):
    _, moved = _stepped(points, centers)
    return _stepped(points, moved)[0], moved


def _farthest(points, centers):
    return _stepped(points, centers, -((points[:, None] - centers[None]) ** 2).sum(axis=-1))


def silhouette_of(i, distances, labels):
    """(b − a) / max(a, b) of image i; 0 where it is alone in its cluster."""
    own = labels == labels[i]
    if own.sum() == 1:
        return 0.0
    a = distances[i, own].sum() / (own.sum() - 1)  # its distance to itself is 0 and does not count
    b = min(distances[i, labels == c].mean() for c in np.unique(labels) if c != labels[i])
    return (b - a) / max(a, b)


def _silhouette_cases(seed: int, hard: bool) -> list[Case]:
    chance = np.random.default_rng(seed)

    def made(n: int, k: int, i: int, spread: float) -> tuple[int, np.ndarray, np.ndarray]:
        labels = np.arange(n) % k
        points = 4.0 * np.stack([labels, labels**2], axis=1) + spread * chance.normal(size=(n, 2))
        return i, np.linalg.norm(points[:, None] - points[None], axis=-1), labels

    i, distances, labels = made(12, 3, 5, 1.0)
    alone = labels.copy()
    alone[i] = 3
    cases = [
        Case("an image well inside its cluster", made(12, 3, 4, 0.5)),
        Case("clusters that overlap", made(20, 3, 7, 5.0)),
        Case("an image alone in its cluster", (i, distances, alone)),
    ]
    if hard:
        cases.append(Case("two clusters", made(10, 2, 3, 2.0)))
        cases.append(Case("many clusters", made(40, 8, 11, 6.0)))
    return cases


def _ab(i, distances, labels, itself=False):
    own = labels == labels[i]
    a = distances[i, own].sum() / max(own.sum() - (not itself), 1)
    others = [distances[i, labels == c].mean() for c in np.unique(labels) if c != labels[i]]
    return a, others, own.sum() == 1


def _with_itself(i, distances, labels):
    a, others, alone = _ab(i, distances, labels, itself=True)
    return 0.0 if alone else (min(others) - a) / max(a, min(others))


def _all_others(i, distances, labels):
    a, _, alone = _ab(i, distances, labels)
    b = distances[i, labels != labels[i]].mean()
    return 0.0 if alone else (b - a) / max(a, b)


def _turned(i, distances, labels):
    a, others, _ = _ab(i, distances, labels)
    return (a - min(others)) / max(a, min(others))


def _not_divided(i, distances, labels):
    a, others, alone = _ab(i, distances, labels)
    return 0.0 if alone else min(others) - a


def _lonely(i, distances, labels):
    a, others, _ = _ab(i, distances, labels)
    return (min(others) - a) / max(a, min(others))


LIES = {
    "falls with every cluster that is added, needed or not": "inertia",
    "likes round groups, and cuts a long one in two": "silhouette",
    "is far above 0 for names drawn by lot, if there are many names": "NMI",
    "calls half of a class wrong when the class is two clean clusters": "matched accuracy",
    "counts pairs, so a class of a tenth of the size weighs a hundredth": "ARI",
}


def _lie_cases(seed: int, hard: bool) -> list[Case]:
    return [Case(f"the key {name!r}", (name,)) for name in LIES]


def _lies(**changed: str) -> dict[str, str]:
    return {key: changed.get(value.replace(" ", "_"), value) for key, value in LIES.items()}


def growth_exponent(n, seconds):
    """The slope of log seconds over log n."""
    return np.polyfit(np.log(n), np.log(seconds), 1)[0]


def _growth_cases(seed: int, hard: bool) -> list[Case]:
    chance = np.random.default_rng(seed)

    def made(power: float, noise: float, sizes: list[int]) -> tuple[np.ndarray, np.ndarray]:
        n = np.array(sizes, float)
        return n, 3e-4 * n**power * np.exp(noise * chance.normal(size=len(n)))

    cases = [
        Case("times that double with n", made(1.0, 0.05, [100, 200, 400, 800])),
        Case("times that grow fourfold when n doubles", made(2.0, 0.05, [1000, 2000, 5000, 10_000])),
        Case("times that grow slower than n", made(0.6, 0.1, [500, 1000, 3000, 9000, 60_000])),
    ]
    if hard:
        cases.append(Case("two sizes", made(1.5, 0.2, [1000, 60_000])))
        cases.append(Case("sizes out of order", made(1.3, 0.1, [5000, 1000, 20_000, 2000])))
    return cases


EXERCISES = (
    Exercise(
        name="kmeans_step",
        notebook=NOTEBOOK,
        title="One step of k-means",
        task=(
            "Write kmeans_step(points, centers): give the number of each point's nearest centre, (n,), "
            "and the centres moved to the means of their points, (k, d); a centre without points stays."
        ),
        points=3,
        hints=(
            "Two questions, one after the other: who is nearest to whom, and where is the middle of each "
            "group?",
            "points[:, None] - centers[None] has shape (n, k, d): all differences at once. Square, sum "
            "over the last axis, and argmin over the centres.",
            "Copy centers; then for each c with (labels == c).any(): moved[c] = points[labels == "
            "c].mean(axis=0). Give labels, moved.",
        ),
        cases=_step_cases,
        reference=kmeans_step,
        mistakes=(
            Mistake(
                "empty cluster",
                "A centre without points has become NaN, since the mean of nothing is 0 divided by 0. Such a "
                "centre should stay where it is.",
                _empty_nan,
            ),
            Mistake(
                "empty cluster at zero",
                "A centre without points has jumped to the origin. It should stay where it is.",
                _empty_zero,
            ),
            Mistake(
                "labels after the move",
                "You gave each point its nearest centre *after* the centres have moved. That belongs to "
                "the next step: here the labels are those that the means were taken with.",
                _new_labels,
            ),
            Mistake(
                "median",
                "Your centres are medians. The mean is what makes the sum of squared distances smallest.",
                lambda points, centers: _stepped(points, centers, middle=lambda own: np.median(own, axis=0)),
            ),
            Mistake(
                "farthest",
                "Each point went to its farthest centre. Do you look for the smallest distance?",
                _farthest,
            ),
            Mistake(
                "centres not moved",
                "The labels are right, but the centres are where they were. Move each to the mean of its "
                "points.",
                lambda points, centers: (_stepped(points, centers)[0], centers),
            ),
        ),
    ),
    Exercise(
        name="silhouette_of",
        notebook=NOTEBOOK,
        title="How well does one image sit?",
        task=(
            "Write silhouette_of(i, distances, labels): (b − a) / max(a, b) of image i, where a is its "
            "mean distance to the others of its cluster and b to the nearest other cluster; 0 where it is "
            "alone."
        ),
        points=2,
        hints=(
            "Row i of distances holds all you need: distances[i, mask] are the distances to some of the "
            "images.",
            "a: add up distances[i, labels == labels[i]] and divide by one less than their number, for "
            "image i itself is among them. b: the mean for each other cluster, and of those the smallest.",
            "b = min(distances[i, labels == c].mean() for c in np.unique(labels) if c != labels[i]). If "
            "(labels == labels[i]).sum() is 1, give 0.0.",
        ),
        cases=_silhouette_cases,
        reference=silhouette_of,
        mistakes=(
            Mistake(
                "counts itself",
                "Your a is a little too small: image i is among the images of its own cluster, at "
                "distance 0. Divide by one less.",
                _with_itself,
            ),
            Mistake(
                "all others",
                "Your b is the mean over all images of other clusters. It should be that of the *nearest* "
                "other cluster: one mean a cluster, then the smallest.",
                _all_others,
            ),
            Mistake(
                "turned round",
                "The sign is turned round: an image that is closer to its own cluster should have a "
                "silhouette above 0.",
                _turned,
            ),
            Mistake(
                "not divided",
                "This is b − a. Divided by the larger of the two it lies between −1 and 1, whatever the "
                "unit.",
                _not_divided,
            ),
            Mistake(
                "alone",
                "An image alone in its cluster has no others to be near to; the silhouette is then 0 by "
                "agreement, not 1.",
                _lonely,
            ),
        ),
    ),
    PAIRING,
    Exercise(
        name="which_score_lies",
        notebook=NOTEBOOK,
        title="Which score would fool you?",
        task=(
            "Give which_score_lies, a dictionary that names for each weakness the score that has it: "
            "inertia, silhouette, ARI, NMI or matched accuracy, each once. Its keys: "
            + ", ".join(repr(name) for name in LIES)
            + "."
        ),
        points=2,
        hints=(
            "Each score fits one key. Look at the table of constructed cases: who was fooled where?",
            "Two of the five see no labels at all: they judge by distances. Of those, one is a sum that "
            "every added centre makes smaller.",
            "Of the three with labels, one pairs each class with one cluster only, one counts pairs of "
            "images and is 0 for chance, and the last is not corrected for chance.",
        ),
        cases=_lie_cases,
        reference=LIES,
        mistakes=(
            Mistake(
                "ARI and NMI exchanged",
                "One of the two is corrected for chance, and says so in its name: *adjusted*. Which of "
                "them is then fooled by names drawn by lot?",
                _lies(ARI="NMI", NMI="ARI"),
            ),
            Mistake(
                "inertia and silhouette exchanged",
                "Both look at distances alone. But the silhouette also asks how far the next cluster is, "
                "and that gets worse when a group is cut for no reason.",
                _lies(inertia="silhouette", silhouette="inertia"),
            ),
            Mistake(
                "accuracy and ARI exchanged",
                "One of the two pairs a class with a single cluster, the other never pairs anything: it "
                "asks of every two images whether they are together.",
                _lies(ARI="matched accuracy", matched_accuracy="ARI"),
            ),
        ),
        partial=False,
    ),
    Exercise(
        name="growth_exponent",
        notebook=NOTEBOOK,
        title="How fast does time grow?",
        task=(
            "Write growth_exponent(n, seconds): the power p for which seconds ≈ c·nᵖ fits best, as the "
            "slope of the line through the points (log n, log seconds)."
        ),
        points=2,
        hints=(
            "If seconds = c·nᵖ, what is log seconds? A straight line in log n, and p is its slope.",
            "np.polyfit(x, y, 1) fits a straight line and gives its slope first, then where it crosses "
            "the axis.",
            "np.polyfit(np.log(n), np.log(seconds), 1)[0]",
        ),
        cases=_growth_cases,
        reference=growth_exponent,
        mistakes=(
            Mistake(
                "no logarithms",
                "This is the slope of seconds over n: seconds for one more image. The power is the slope "
                "between their logarithms.",
                lambda n, seconds: np.polyfit(n, seconds, 1)[0],
            ),
            Mistake(
                "only one logarithm",
                "You took the logarithm of the seconds alone. A power law is a straight line when both "
                "are logarithms.",
                lambda n, seconds: np.polyfit(n, np.log(seconds), 1)[0],
            ),
            Mistake(
                "exchanged",
                "You fitted log n over log seconds, which gives 1/p. What is given, and what follows from "
                "it?",
                lambda n, seconds: np.polyfit(np.log(seconds), np.log(n), 1)[0],
            ),
            Mistake(
                "intercept",
                "np.polyfit gives the slope first and then the value at 0. You took the second.",
                lambda n, seconds: np.polyfit(np.log(n), np.log(seconds), 1)[1],
            ),
        ),
    ),
)
