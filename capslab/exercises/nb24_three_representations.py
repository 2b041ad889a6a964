"""Exercises of 24_three_representations: what every clustering gets wrong, and what a layer reads."""

from __future__ import annotations

import numpy as np

from capslab.exercises.exercise import Case, Exercise, Mistake

NOTEBOOK = "24_three_representations"


def wrong_everywhere(named, labels):
    """Which images are wrong in every clustering."""
    return (named != labels).all(axis=0)


def _wrong_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)

    def random_case(m: int, n: int, noise: float) -> tuple[np.ndarray, np.ndarray]:
        labels = np.arange(n) % 4
        hard_ones = rng.permutation(n) < n // 5
        wrong = (rng.random((m, n)) < noise) | hard_ones
        return np.where(wrong, (labels + rng.integers(1, 4, (m, n))) % 4, labels), labels

    # image 0 is wrong nowhere, 1 to 3 in one, 4 to 6 in two, 7 and 8 in all: once alike and once not
    truth = np.array([2, 0, 1, 3, 2, 0, 1, 3, 2])
    told = np.array([[2, 1, 1, 3, 3, 1, 1, 0, 1], [2, 0, 3, 3, 1, 0, 2, 0, 3], [2, 0, 1, 0, 2, 2, 0, 0, 0]])
    order = rng.permutation(9)
    cases = [
        Case("images that are wrong in none, one, two or all of three", (told[:, order], truth[order])),
        Case("images of which none is wrong in all", (told[:, :7], truth[:7])),
        Case("four clusterings", random_case(4, 30, 0.3)),
        Case("two clusterings", random_case(2, 20, 0.4)),
        Case("three clusterings, rarely wrong", random_case(3, 40, 0.1)),
    ]
    if hard:
        cases.append(Case("one clustering", random_case(1, 20, 0.3)))
        cases.append(Case("many clusterings", random_case(8, 100, 0.5)))
    return cases


def split_features(features, weights):
    """The part of each row in the span of the columns of weights, and what is at right angles to it."""
    Q, _ = np.linalg.qr(weights)  # (d, classes), orthonormal
    read = features @ Q @ Q.T  # (n, d)
    return read, features - read


def _split_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)

    def random_case(n: int, d: int, classes: int) -> tuple[np.ndarray, np.ndarray]:
        return rng.normal(size=(n, d)), rng.normal(size=(d, classes))

    features = rng.normal(size=(5, 4)) + 1  # with a mean, which must stay
    axes = np.eye(4)[:, [2, 0]]
    cases = [
        Case("columns along two axes, of length 1", (features, axes)),
        Case("columns at right angles, of lengths 3 and ½", (features, axes * [3, 0.5])),
        Case(
            "columns that are not at right angles", (features, np.array([[1.0, 1], [0, 1], [0, 0], [2, 0]]))
        ),
        Case("one column", random_case(3, 2, 1)),
        Case("more images than dimensions", random_case(7, 5, 3)),
        Case("fewer images than dimensions", random_case(2, 6, 4)),
    ]
    if hard:
        cases.append(Case("as many columns as dimensions", random_case(4, 3, 3)))
        cases.append(Case("the size of a hidden layer", random_case(20, 64, 10)))
    return cases


def _split_size() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.normal(size=(1200, 512)), rng.normal(size=(512, 10))


EXERCISES = (
    Exercise(
        name="wrong_everywhere",
        notebook=NOTEBOOK,
        title="Which images does no clustering get right?",
        task=(
            "Write wrong_everywhere(named, labels). It returns a mask (n,) of the images that are wrong "
            "in every clustering. named (m, n) holds m clusterings whose clusters are already named after "
            "classes; labels is (n,)."
        ),
        points=1,
        hints=(
            "Compare all of named with labels at once: the result has one row per clustering.",
            "named != labels is (m, n). You want one boolean per column: is it True in every row?",
            "return (named != labels).all(axis=0). It is axis 0, because that is the axis of the "
            "clusterings.",
        ),
        cases=_wrong_cases,
        reference=wrong_everywhere,
        mistakes=(
            Mistake(
                "wrong somewhere",
                "These are the images that *some* clustering gets wrong. The exercise asks for those that "
                "all of them get wrong.",
                lambda named, labels: (named != labels).any(axis=0),
            ),
            Mistake(
                "right everywhere",
                "These are the images that every clustering gets right.",
                lambda named, labels: (named == labels).all(axis=0),
            ),
            Mistake(
                "wrong in the first",
                "You looked at the first clustering only.",
                lambda named, labels: named[0] != labels,
            ),
        ),
    ),
    Exercise(
        name="split_features",
        notebook=NOTEBOOK,
        title="What the last layer reads",
        task=(
            "Write split_features(features, weights). features is (n, d), weights is (d, classes), and none "
            "of its columns is a combination of the others. It returns two arrays (n, d): read, the part of "
            "each row of features in the span of the columns of weights, and rest, the part at right angles "
            "to all of them. Their sum is features."
        ),
        points=2,
        hints=(
            "Think of one column in a plane. read is the shadow of a feature vector on the line along the "
            "column, and rest is what is missing. How long the column is must make no difference.",
            "Q, _ = np.linalg.qr(weights) gives columns with the same span that have length 1 and are at "
            "right angles. The lengths of the shadows on them are features @ Q, of shape (n, classes). Which "
            "product turns these into vectors of d numbers again?",
            "read = features @ Q @ Q.T, and rest = features - read.",
        ),
        cases=_split_cases,
        reference=split_features,
        mistakes=(
            Mistake(
                "columns as they are",
                "You took weights where Q belongs. Their columns are neither of length 1 nor at right "
                "angles, so long columns count more, and what two have in common counts twice.",
                lambda features, weights: (
                    (read := features @ weights @ weights.T),
                    features - read,
                ),
            ),
            Mistake(
                "columns of length 1",
                "Your columns have length 1, but they are not at right angles, so what two of them have in "
                "common counts twice. np.linalg.qr makes them so.",
                lambda features, weights: (
                    (unit := weights / np.linalg.norm(weights, axis=0)),
                    (read := features @ unit @ unit.T),
                    features - read,
                )[1:],
            ),
            Mistake(
                "exchanged",
                "The two are exchanged: what the layer reads comes first, the rest second.",
                lambda features, weights: split_features(features, weights)[::-1],
            ),
            Mistake(
                "without their mean",
                "You subtracted the mean of the features first. The two parts have to add up to features.",
                lambda features, weights: split_features(features - features.mean(axis=0), weights),
            ),
        ),
        real_size=_split_size,
    ),
)
