"""Exercises of lesson 02: scores that reward different things."""

from __future__ import annotations

import numpy as np

from capslab.exercises.exercise import Case, Exercise, Mistake
from capslab.exercises.matched_accuracy_exercise import PAIRING

NOTEBOOK = "02_which_score"


def silhouette_of(i, distances, clusters):
    """(b − a) / max(a, b) of image i; 0 if it is alone in its cluster."""
    own = clusters == clusters[i]
    if own.sum() == 1:
        return 0.0
    a = distances[i, own].sum() / (own.sum() - 1)  # its distance to itself is 0 and does not count
    b = min(distances[i, clusters == c].mean() for c in np.unique(clusters) if c != clusters[i])
    return (b - a) / max(a, b)


def _silhouette_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)

    def random_case(n: int, k: int, i: int, spread: float) -> tuple[int, np.ndarray, np.ndarray]:
        clusters = np.arange(n) % k
        points = 4.0 * np.stack([clusters, clusters**2], axis=1) + spread * rng.normal(size=(n, 2))
        return i, np.linalg.norm(points[:, None] - points[None], axis=-1), clusters

    def on_a_line(i: int, where: list[float], clusters: list[int]) -> tuple[int, np.ndarray, np.ndarray]:
        x = np.array(where) + rng.normal(0, 0.02, len(where))
        return i, abs(x[:, None] - x), np.array(clusters)

    i, distances, clusters = random_case(12, 3, 5, 1.0)
    single = clusters.copy()
    single[i] = 3
    # the nearest image of all belongs to cluster 4; the nearest cluster is 9, the last one
    inside = on_a_line(2, [0.0, 1.0, 2.5, 3.2, 90.0, 15.0, 16.0, 14.0, 30.0], [2, 2, 2, 4, 4, 9, 9, 9, 7])
    astray = on_a_line(4, [20.0, 21.0, 25.0, 1.0, 4.0, 0.0, 2.0, 40.0], [5, 5, 5, 1, 5, 1, 1, 8])
    between = on_a_line(3, [-1.5, -2.5, 2.2, 0.0, 2.6, 30.0], [6, 6, 3, 6, 3, 0])
    beyond = on_a_line(3, [-1.7, -3.1, 1.8, 0.0, 2.2, 30.0], [6, 6, 3, 6, 3, 0])
    cases = [
        Case("an image well inside its cluster", inside),
        Case("an image nearer to another cluster than to its own", astray),
        Case("an image a little nearer to its own cluster than to the next", between),
        Case("an image a little farther from its own cluster than from the next", beyond),
        Case("an image in the last of several clusters", random_case(14, 4, 3, 0.5)),
        Case("clusters that overlap", random_case(20, 3, 7, 5.0)),
        Case("an image alone in its cluster", (i, distances, single)),
    ]
    if hard:
        cases.append(Case("two clusters", random_case(10, 2, 3, 2.0)))
        cases.append(Case("many clusters", random_case(40, 8, 11, 6.0)))
    return cases


def _ab(i, distances, clusters, itself=False):
    own = clusters == clusters[i]
    a = distances[i, own].sum() / max(own.sum() - (not itself), 1)
    others = [distances[i, clusters == c].mean() for c in np.unique(clusters) if c != clusters[i]]
    return a, others, own.sum() == 1


def _with_itself(i, distances, clusters):
    a, others, single = _ab(i, distances, clusters, itself=True)
    return 0.0 if single else (min(others) - a) / max(a, min(others))


def _all_others(i, distances, clusters):
    a, _, single = _ab(i, distances, clusters)
    b = distances[i, clusters != clusters[i]].mean()
    return 0.0 if single else (b - a) / max(a, b)


def _turned(i, distances, clusters):
    a, others, _ = _ab(i, distances, clusters)
    return (a - min(others)) / max(a, min(others))


def _not_divided(i, distances, clusters):
    a, others, single = _ab(i, distances, clusters)
    return 0.0 if single else min(others) - a


def _lonely(i, distances, clusters):
    a, others, _ = _ab(i, distances, clusters)
    return (min(others) - a) / max(a, min(others))


EXERCISES = (
    Exercise(
        name="silhouette_of",
        notebook=NOTEBOOK,
        title="How well does one image fit its cluster?",
        task=(
            "Write silhouette_of(i, distances, clusters). It returns (b − a) / max(a, b) for image i, where "
            "a is the mean distance to the other images of its cluster, and b the mean distance to the "
            "images of another cluster, the one for which this mean is smallest. It returns 0 if the image "
            "is alone in its cluster."
        ),
        points=2,
        hints=(
            "Row i of distances holds all you need: distances[i, mask] are the distances from image i to "
            "the images in the mask.",
            "For a, add up distances[i, clusters == clusters[i]] and divide by one less than their number, "
            "because image i itself is among them. For b, take the mean distance to each other cluster, "
            "and then the smallest of these means.",
            "b = min(distances[i, clusters == c].mean() for c in np.unique(clusters) if c != clusters[i]). "
            "If (clusters == clusters[i]).sum() is 1, return 0.0.",
        ),
        cases=_silhouette_cases,
        reference=silhouette_of,
        mistakes=(
            Mistake(
                "counts itself",
                "Your a is a little too small. Image i is one of the images of its own cluster, at "
                "distance 0, so divide by one less.",
                _with_itself,
            ),
            Mistake(
                "all others",
                "Your b is the mean over all images of the other clusters. Compute one mean "
                "per other cluster instead, then take the smallest.",
                _all_others,
            ),
            Mistake(
                "flipped sign",
                "The sign is flipped: an image that is closer to its own cluster should have a silhouette "
                "above 0.",
                _turned,
            ),
            Mistake(
                "not divided",
                "This is b − a. Divide it by the larger of the two, and it lies between −1 and 1 in any "
                "unit.",
                _not_divided,
            ),
            Mistake(
                "alone",
                "An image alone in its cluster has no other image to be close to. By convention its "
                "silhouette is then 0, not 1.",
                _lonely,
            ),
        ),
    ),
    PAIRING,
)
