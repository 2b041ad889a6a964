"""Exercises of 12_build_a_capsule_network: a loss on lengths, and the mask before the decoder.

The loss is equation 4 of Sabour, Frosst, Hinton 2017 (arXiv 1710.09829).
"""

from __future__ import annotations

import numpy as np

from capslab.exercises.exercise import Case, Exercise, Mistake
from capslab.exercises.network_pieces import IN_NETWORK, REAL_SIZE

NOTEBOOK = "12_build_a_capsule_network"


def margin_loss(lengths, labels):
    """Σ_j T_j max(0, .9 − L_j)² + .5 (1 − T_j) max(0, L_j − .1)², averaged over images (equation 4)."""
    truth = np.eye(lengths.shape[1])[labels]  # (n, classes)
    present = truth * np.maximum(0, 0.9 - lengths) ** 2
    absent = 0.5 * (1 - truth) * np.maximum(0, lengths - 0.1) ** 2
    return (present + absent).sum(axis=1).mean()


def _margin_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)

    def random_case(n: int, classes: int) -> tuple[np.ndarray, np.ndarray]:
        return rng.random((n, classes)), rng.integers(0, classes, n)

    right = np.array([[0.95, 0.05, 0.02], [0.01, 0.97, 0.03]])
    cases = [
        Case("a few images", random_case(6, 4)),
        Case("one image", random_case(1, 10)),
        Case("a network that is confident and right, whose loss is 0", (right, np.array([0, 1]))),
        Case("a network that is confident and wrong", (right, np.array([2, 0]))),
        Case("as many images as classes", random_case(5, 5)),
    ]
    if hard:
        cases.append(Case("many images", random_case(50, 10)))
    return cases


def _margin(lengths, labels, *, down=0.5, power=2, floor=True, over=np.sum):
    truth = np.eye(lengths.shape[1])[labels]
    clip = (lambda x: np.maximum(0, x)) if floor else (lambda x: x)
    terms = truth * clip(0.9 - lengths) ** power + down * (1 - truth) * clip(lengths - 0.1) ** power
    return over(terms, axis=1).mean()


def mask_poses(poses, labels):
    """Zero but for the pose of one capsule per image, laid end to end: `(n, classes · D)`."""
    masked = np.zeros_like(poses)  # (n, classes, D)
    for i in range(len(poses)):
        masked[i, labels[i]] = poses[i, labels[i]]
    return masked.reshape(len(poses), -1)


def _pose_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)

    def random_case(n: int, classes: int, size: int) -> tuple[np.ndarray, np.ndarray]:
        return rng.normal(size=(n, classes, size)), rng.integers(0, classes, n)

    cases = [
        Case("a few images", (rng.normal(size=(5, 4, 3)), np.array([2, 0, 3, 3, 1]))),
        Case("one image", random_case(1, 10, 8)),
        Case(
            "labels that are not the longest capsules", (np.arange(24.0).reshape(2, 3, 4), np.array([0, 1]))
        ),
        Case("as many images as classes, and numbers in a pose", random_case(4, 4, 4)),
    ]
    if hard:
        cases.append(Case("many images", random_case(40, 10, 16)))
    return cases


def _masked(poses, labels, *, flat=True, keep=True):
    is_label = labels[:, None] == np.arange(poses.shape[1])  # (n, classes)
    masked = poses * (is_label if keep else ~is_label)[:, :, None]
    return masked.reshape(len(poses), -1) if flat else masked


EXERCISES = (
    Exercise(
        name="margin_loss",
        notebook=NOTEBOOK,
        title="A loss on lengths",
        task=(
            "Write margin_loss(lengths, labels). It takes lengths (n, classes) and labels (n,) and "
            "returns one number, with m⁺ = 0.9, m⁻ = 0.1 and λ = 0.5: the sum over classes, averaged over "
            "images."
        ),
        points=3,
        hints=(
            "There are two terms: the true class is too short, or another class is too long. Each counts "
            "only as far as it is past its margin.",
            "labels[:, None] == np.arange(lengths.shape[1]) is True at the true class of each row, (n, "
            "classes). max(0, x) is written ops.maximum(0.0, x).",
            "ops.where(is_label, a, b) takes a where is_label is True, and b elsewhere: the first term for "
            "the true class, the second for the others. Then ops.sum(…, axis=1), and ops.mean of that.",
        ),
        cases=_margin_cases,
        reference=margin_loss,
        real_size=REAL_SIZE["margin_loss"],
        in_network=IN_NETWORK["margin_loss"],
        mistakes=(
            Mistake(
                "mean over classes",
                "You take the mean over the classes. The loss of an image is the sum over its classes; "
                "only the images are averaged.",
                lambda lengths, labels: _margin(lengths, labels, over=np.mean),
            ),
            Mistake(
                "no λ",
                "The absent classes count in full. There are many of them, and early in training they "
                "would shrink all lengths. λ = 0.5 halves their weight.",
                lambda lengths, labels: _margin(lengths, labels, down=1.0),
            ),
            Mistake(
                "not squared",
                "The distances to the margins are not squared.",
                lambda lengths, labels: _margin(lengths, labels, power=1),
            ),
            Mistake(
                "no max",
                "A class that is safely past its margin still adds to the loss. max(0, …) makes that part 0.",
                lambda lengths, labels: _margin(lengths, labels, floor=False),
            ),
        ),
    ),
    Exercise(
        name="mask_poses",
        notebook=NOTEBOOK,
        title="One pose for the decoder",
        task=(
            "Write mask_poses(poses, labels). It takes poses (n, classes, D) and labels (n,), and returns "
            "(n, classes · D): the poses laid end to end, with zeros in place of every pose but that of the "
            "label."
        ),
        points=2,
        hints=(
            "There are two steps: set to 0 what does not belong to the label, and reshape the rest.",
            "is_label = labels[:, None] == np.arange(poses.shape[1]) has the shape (n, classes). "
            "is_label[:, :, None] fits beside the poses.",
            "ops.where(is_label[:, :, None], poses, 0.0), then ops.reshape(…, (-1, poses.shape[1] * "
            "poses.shape[2])).",
        ),
        cases=_pose_cases,
        reference=mask_poses,
        real_size=REAL_SIZE["mask_poses"],
        in_network=IN_NETWORK["mask_poses"],
        mistakes=(
            Mistake(
                "not laid end to end",
                "The masked poses are right, but they still have three axes. A dense layer takes one row per "
                "image: (n, classes · D).",
                lambda poses, labels: _masked(poses, labels, flat=False),
            ),
            Mistake(
                "everything else",
                "You set the labelled pose to 0 and keep all others. It should be the other way round.",
                lambda poses, labels: _masked(poses, labels, keep=False),
            ),
            Mistake(
                "cut out instead of masked",
                "You return the labelled pose alone, so the decoder cannot tell whose pose it is: a 3's and "
                "a 7's would arrive at the same inputs. Keep its place, with zeros in all other places.",
                lambda poses, labels: poses[np.arange(len(poses)), labels],
            ),
            Mistake(
                "longest capsule",
                "You keep the longest capsule's pose. While it learns, the decoder gets that of the label.",
                lambda poses, labels: _masked(poses, (poses**2).sum(axis=2).argmax(axis=1)),
            ),
        ),
    ),
)
