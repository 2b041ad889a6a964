"""Exercises of 16_other_ways_to_route: attention among votes, and capsules that die."""

from __future__ import annotations

import numpy as np

from capslab.exercises.exercise import Case, Exercise, Mistake

NOTEBOOK = "16_other_ways_to_route"


def attention_couplings(votes):
    """The softmax over the parents of ⟨û_ij, Σ_k û_kj⟩ / √D."""
    total = votes.sum(axis=0)  # (parent, D)
    scores = (votes * total).sum(axis=2) / np.sqrt(votes.shape[2])  # (child, parent)
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def _attention_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)

    def random_case(children: int, parents: int, size: int, scale: float = 1.0) -> tuple[np.ndarray]:
        return (scale * rng.normal(size=(children, parents, size)),)

    agree = np.zeros((3, 2, 2))
    agree[:, 0] = [1.0, 0.0]  # all agree on the first parent
    agree[:, 1] = [[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0]]  # and contradict each other on the second
    long_votes = rng.normal(size=(4, 3, 2))
    long_votes[0, :2] += [[60.0, 45.0], [50.0, -50.0]]  # only the first child is sure, and of two parents
    cases = [
        Case("three children that agree on the first of two parents", (agree,)),
        Case("5 children, 3 parents and votes of 4 numbers", random_case(5, 3, 4)),
        Case("as many children as parents as numbers", random_case(4, 4, 4)),
        Case("one child", random_case(1, 3, 2)),
        Case("votes so long that the scores pass 1,000", (long_votes,)),
    ]
    if hard:
        cases.append(Case("many children", random_case(40, 10, 8, 0.3)))
    return cases


def _wrong_attention(votes, *, axis=1, root=True, to_all=True, safe=True, squared=False):
    """Attention with one thing wrong."""
    total = votes.sum(axis=0) if to_all else votes.mean(axis=0)
    size = votes.shape[2]
    scores = (votes * total).sum(axis=2) / (size if squared else np.sqrt(size) if root else 1)
    powers = np.exp(scores - (scores.max(axis=axis, keepdims=True) if safe else 0))
    return powers / powers.sum(axis=axis, keepdims=True)


def dead_capsules(lengths, threshold):
    """Which capsules are shorter than the threshold on every image."""
    return lengths.max(axis=0) < threshold


def _dead_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)
    rare = np.full((6, 4), 0.02)
    rare[3, 1] = 0.9  # asleep on average, and awake once
    rare[:, 2] = 0.5
    mixed = rng.uniform(0, 0.2, (8, 5)) * np.array([0.2, 1.0, 0.4, 5.0, 0.1])
    cases = [
        Case("a capsule that wakes up for a single image", (rare, 0.1)),
        Case("capsules of many lengths", (mixed, 0.05)),
        Case("a largest length that is exactly the threshold", (np.array([[0.1, 0.0], [0.05, 0.09]]), 0.1)),
        Case("as many images as capsules", (rng.uniform(0, 0.3, (4, 4)) ** 2, 0.05)),
        Case("one image", (np.array([[0.3, 0.01, 0.2]]), 0.25)),
    ]
    if hard:
        cases.append(Case("many images", (rng.uniform(0, 1, (50, 12)) ** 4 * rng.uniform(0, 1, 12), 0.5)))
    return cases


EXERCISES = (
    Exercise(
        name="attention_couplings",
        notebook=NOTEBOOK,
        title="Attention among votes",
        task=(
            "Write attention_couplings(votes). From votes (child, parent, D) it computes the scores "
            "⟨û_ij, Σ_k û_kj⟩ / √D and returns their softmax over the parents, (child, parent). Scores can "
            "pass 1,000."
        ),
        points=3,
        hints=(
            "Three steps: add up the votes of all children for each parent; take the inner product of "
            "each vote with its parent's sum; then the softmax of the scores.",
            "total = votes.sum(axis=0) has the shape (parent, D). In votes * total, NumPy repeats it for "
            "every child, and summing over the last axis makes the inner products.",
            "Divide the scores by np.sqrt(votes.shape[2]). For the softmax subtract each row's largest "
            "score, take np.exp, and divide by the row's sum (axis=1, keepdims=True).",
        ),
        cases=_attention_cases,
        reference=attention_couplings,
        mistakes=(
            Mistake(
                "softmax over children",
                "Your softmax runs over the children. Each child has 1 to give away, so its row adds up to "
                "1: sum over the parents.",
                lambda votes: _wrong_attention(votes, axis=0),
            ),
            Mistake(
                "no root",
                "The scores are not divided by √D.",
                lambda votes: _wrong_attention(votes, root=False),
            ),
            Mistake(
                "divided by D",
                "You divide by D. It is the square root of D, so that scores of random votes have about the "
                "same size whatever D is.",
                lambda votes: _wrong_attention(votes, squared=True),
            ),
            Mistake(
                "mean of the votes",
                "You compare each vote with the mean of the votes. Attention adds up over all children: "
                "it is the sum.",
                lambda votes: _wrong_attention(votes, to_all=False),
            ),
            Mistake(
                "overflow",
                "The formula is right, but large scores give NaN, because np.exp(1000) is infinite. Subtract "
                "the largest score of each row first.",
                lambda votes: _wrong_attention(votes, safe=False),
            ),
        ),
    ),
    Exercise(
        name="dead_capsules",
        notebook=NOTEBOOK,
        title="Which capsules have died?",
        task=(
            "Write dead_capsules(lengths, threshold). From lengths (images, capsules) it returns a mask "
            "(capsules,): True for each capsule that stays below the threshold on every image."
        ),
        points=2,
        hints=(
            "Below the threshold on every image means: even its largest length is below it.",
            "lengths.max(axis=0) is the largest length of each capsule, over the images.",
            "Compare these with the threshold: return lengths.max(axis=0) < threshold",
        ),
        cases=_dead_cases,
        reference=dead_capsules,
        mistakes=(
            Mistake(
                "on average",
                "You look at the mean length. A capsule that wakes up for a single image is alive.",
                lambda lengths, threshold: lengths.mean(axis=0) < threshold,
            ),
            Mistake(
                "on some image",
                "You look for capsules that are short on *some* image. Dead ones are short on all of them.",
                lambda lengths, threshold: lengths.min(axis=0) < threshold,
            ),
            Mistake(
                "images instead of capsules",
                "Your mask has one entry per image. Take the largest over the images, axis 0.",
                lambda lengths, threshold: lengths.max(axis=1) < threshold,
            ),
            Mistake(
                "the living",
                "True and False are exchanged: these are the capsules that live.",
                lambda lengths, threshold: lengths.max(axis=0) >= threshold,
            ),
        ),
    ),
)
