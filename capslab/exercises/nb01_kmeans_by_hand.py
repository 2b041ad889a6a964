"""Exercises of lesson 01: one step of k-means."""

from __future__ import annotations

import numpy as np

from capslab.exercises.exercise import Case, Exercise, Mistake

NOTEBOOK = "01_kmeans_by_hand"


def kmeans_step(points, centers):
    """Assigns each point to its nearest centre, then moves each centre to the mean of its points."""
    distances = ((points[:, None] - centers[None]) ** 2).sum(axis=-1)  # (n, k)
    labels = distances.argmin(axis=1)
    new_centers = centers.copy()
    for c in range(len(centers)):
        if (labels == c).any():
            new_centers[c] = points[labels == c].mean(axis=0)
    return labels, new_centers


def _step_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)

    def random_case(n: int, k: int, d: int) -> tuple[np.ndarray, np.ndarray]:
        points = rng.normal(0, 3, (n, d))
        return points, points[rng.permutation(n)[:k]] + rng.normal(0, 0.1, (k, d))

    points, centers = random_case(12, 3, 2)
    far = np.array([[0.0], [1.0], [9.0], [10.0], [11.0]]) + rng.normal(0, 0.05, (5, 1))
    # From (0, 0), (3, 3) is nearer than (0, 5), but not by the sum of both steps. From (20, 20), (24.5, 20)
    # is nearer than (23.5, 23.5), but not by the larger of the two steps.
    rulers = np.array([[0.0, 0.0], [20.0, 20.0], [1.0, 0.5]]) + rng.normal(0, 0.01, (3, 2))
    corners = np.array([[3.0, 3.0], [0.0, 5.0], [24.5, 20.0], [23.5, 23.5]])
    nobody = np.array([[90.0, 80.0]])
    cases = [
        Case("both centres at the same end of a line", (far, far[:2] + 0.01)),
        Case("points in a plane", random_case(20, 3, 2)),
        Case("five dimensions", random_case(30, 4, 5)),
        Case("a centre that no point is near", (points, np.concatenate([centers, nobody]))),
        Case(
            "centres that no point is near, first and in between",
            (points, np.concatenate([nobody, centers[:2], -nobody, centers[2:]])),
        ),
        Case("centres that are nearest by some ways to measure only", (rulers, corners)),
        Case("fewer points than centres", (corners[:2] + 0.1, corners[[2, 1, 3, 0]])),
    ]
    if hard:
        cases.append(Case("one centre", random_case(10, 1, 3)))
        cases.append(Case("as many centres as dimensions", random_case(25, 4, 4)))
    return cases


def _stepped(points, centers, distances=None, center_of=None):
    distances = ((points[:, None] - centers[None]) ** 2).sum(axis=-1) if distances is None else distances
    labels = distances.argmin(axis=1)
    center_of = center_of or (lambda own: own.mean(axis=0))
    new_centers = [
        center_of(points[labels == c]) if (labels == c).any() else centers[c] for c in range(len(centers))
    ]
    return labels, np.stack(new_centers)


def _empty_nan(points, centers):
    labels, new_centers = _stepped(points, centers)
    new_centers[[c for c in range(len(centers)) if not (labels == c).any()]] = np.nan
    return labels, new_centers


def _empty_zero(points, centers):
    labels, new_centers = _stepped(points, centers)
    new_centers[[c for c in range(len(centers)) if not (labels == c).any()]] = 0
    return labels, new_centers


def _new_labels(points, centers):
    _, new_centers = _stepped(points, centers)
    return _stepped(points, new_centers)[0], new_centers


def _farthest(points, centers):
    return _stepped(points, centers, -((points[:, None] - centers[None]) ** 2).sum(axis=-1))


EXERCISES = (
    Exercise(
        name="kmeans_step",
        notebook=NOTEBOOK,
        title="One step of k-means",
        task=(
            "Write kmeans_step(points, centers). It returns the number of each point's nearest centre, "
            "(n,), and the centres moved to the mean of their points, (k, d). A centre without points "
            "stays where it is."
        ),
        points=3,
        hints=(
            "There are two questions, one after the other. Which centre is nearest to each point? And "
            "where is the middle of each group of points?",
            "points[:, None] - centers[None] has shape (n, k, d): all differences at once. Square them, "
            "sum over the last axis, and take argmin over the centres.",
            "Copy centers. Then, for each c with (labels == c).any(), set moved[c] = points[labels == "
            "c].mean(axis=0). Return labels, moved.",
        ),
        cases=_step_cases,
        reference=kmeans_step,
        mistakes=(
            Mistake(
                "empty cluster",
                "A centre without points became NaN, because the mean of nothing is 0 divided by 0. Such "
                "a centre should stay where it is.",
                _empty_nan,
            ),
            Mistake(
                "empty cluster at zero",
                "A centre without points jumped to the origin. It should stay where it is.",
                _empty_zero,
            ),
            Mistake(
                "labels after the move",
                "You looked for each point's nearest centre *after* the centres had moved. That is "
                "already the next step. Here we want the labels from which the means were computed.",
                _new_labels,
            ),
            Mistake(
                "median",
                "Your centres are medians. It is the mean that makes the sum of squared distances smallest.",
                lambda points, centers: _stepped(
                    points, centers, center_of=lambda own: np.median(own, axis=0)
                ),
            ),
            Mistake(
                "farthest",
                "Each point went to its farthest centre. Are you looking for the smallest distance?",
                _farthest,
            ),
            Mistake(
                "centres not moved",
                "The labels are right, but the centres have not moved. Move each one to the mean of its "
                "points.",
                lambda points, centers: (_stepped(points, centers)[0], centers),
            ),
        ),
    ),
)
