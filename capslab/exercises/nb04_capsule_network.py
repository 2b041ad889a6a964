"""Exercises of 04_capsule_network: the parts of routing by agreement, one by one.

Equations are those of Sabour, Frosst, Hinton 2017 (arXiv 1710.09829).
"""

from __future__ import annotations

import numpy as np

from capslab.exercises.core import Case, Exercise, Mistake

NOTEBOOK = "04_capsule_network"


def squash(s):
    """v = ‖s‖² / (1 + ‖s‖²) · s / ‖s‖, along the last axis (equation 1)."""
    squared = (s**2).sum(axis=-1, keepdims=True)  # (…, 1)
    return s * np.sqrt(squared) / (1 + squared)  # ‖s‖²/‖s‖ = ‖s‖: no division by zero


def _vector_cases(seed: int, hard: bool) -> list[Case]:
    chance = np.random.default_rng(seed)
    some = chance.normal(size=(3, 4))
    with_zero = chance.normal(size=(3, 4))
    with_zero[1] = 0
    cases = [
        Case("one vector of length 5", (np.array([3.0, 4.0]),)),
        Case("several vectors at once", (some,)),
        Case("short and long vectors", (some * np.array([[0.01], [1.0], [100.0]]),)),
        Case("a vector of zeros among others", (with_zero,)),
    ]
    if hard:
        cases.append(Case("capsules of a batch (images, capsules, pose)", (chance.normal(size=(2, 5, 8)),)))
        cases.append(Case("very long vectors", (chance.normal(size=(2, 3)) * 1e4,)))
    return cases


def votes(poses, weights):
    """û_ij = W_ij u_i: what child i predicts for the pose of parent j (equation 2)."""
    return np.einsum("ijdp,ip->ijd", weights, poses)  # (child, parent, D)


def _vote_cases(seed: int, hard: bool) -> list[Case]:
    chance = np.random.default_rng(seed)

    def made(children: int, parents: int, pose: int, deep: int) -> tuple[np.ndarray, np.ndarray]:
        return chance.normal(size=(children, pose)), chance.normal(size=(children, parents, deep, pose))

    cases = [
        Case("3 children, 2 parents and poses of the same size", made(3, 2, 4, 4)),
        Case("poses that grow from 3 to 5 numbers", made(4, 2, 3, 5)),
        Case("one child", made(1, 3, 2, 2)),
    ]
    if hard:
        cases.append(Case("sizes that are all alike", made(4, 4, 4, 4)))
        cases.append(Case("many children", made(30, 10, 8, 16)))
    return cases


def routing_step(logits, votes):
    """One iteration of routing (procedure 1): couplings, outputs, agreement."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    couplings = powers / powers.sum(axis=1, keepdims=True)  # (child, parent), each row adds up to 1
    s = (couplings[:, :, None] * votes).sum(axis=0)  # (parent, D)
    squared = (s**2).sum(axis=-1, keepdims=True)
    outputs = s * np.sqrt(squared) / (1 + squared)  # squash
    agreement = (votes * outputs).sum(axis=-1)  # (child, parent)
    return logits + agreement, outputs


def _step_cases(seed: int, hard: bool) -> list[Case]:
    chance = np.random.default_rng(seed)

    def made(children: int, parents: int, deep: int, spread: float) -> tuple[np.ndarray, np.ndarray]:
        return chance.normal(size=(children, parents)) * spread, chance.normal(size=(children, parents, deep))

    cases = [
        Case("the first iteration, where all logits are 0", made(5, 3, 4, 0.0)),
        Case("a later iteration", made(5, 3, 4, 1.0)),
        Case("one child", made(1, 4, 3, 1.0)),
    ]
    if hard:
        cases.append(Case("as many children as parents", made(4, 4, 4, 1.5)))
        cases.append(Case("one parent", made(6, 1, 3, 1.0)))
    return cases


def _step(logits, votes, *, axis=1, with_squash=True, keep=True, agree=True):
    """A routing step with something wrong in it."""
    powers = np.exp(logits - logits.max())
    couplings = powers / powers.sum(axis=axis, keepdims=True)
    outputs = (couplings[:, :, None] * votes).sum(axis=0)
    outputs = squash(outputs) if with_squash else outputs
    agreement = (votes * outputs).sum(axis=-1) if agree else np.zeros_like(logits)
    return (logits + agreement if keep else agreement), outputs


def margin_loss(lengths, labels):
    """Σ_j T_j max(0, .9 − L_j)² + .5 (1 − T_j) max(0, L_j − .1)², mean over images (equation 4)."""
    truth = np.eye(lengths.shape[1])[labels]  # (n, classes)
    present = truth * np.maximum(0, 0.9 - lengths) ** 2
    absent = 0.5 * (1 - truth) * np.maximum(0, lengths - 0.1) ** 2
    return (present + absent).sum(axis=1).mean()


def _margin_cases(seed: int, hard: bool) -> list[Case]:
    chance = np.random.default_rng(seed)

    def made(n: int, classes: int) -> tuple[np.ndarray, np.ndarray]:
        return chance.random((n, classes)), chance.integers(0, classes, n)

    right = np.array([[0.95, 0.05, 0.02], [0.01, 0.97, 0.03]])
    cases = [
        Case("a few images", made(6, 4)),
        Case("one image", made(1, 10)),
        Case("a network that is sure and right, whose loss is 0", (right, np.array([0, 1]))),
        Case("a network that is sure and wrong", (right, np.array([2, 0]))),
    ]
    if hard:
        cases.append(Case("many images", made(50, 10)))
        cases.append(Case("as many images as classes", made(5, 5)))
    return cases


def _margin(lengths, labels, *, down=0.5, power=2, floor=True, over=np.sum):
    truth = np.eye(lengths.shape[1])[labels]
    clip = (lambda x: np.maximum(0, x)) if floor else (lambda x: x)
    terms = truth * clip(0.9 - lengths) ** power + down * (1 - truth) * clip(lengths - 0.1) ** power
    return over(terms, axis=1).mean()


EXERCISES = (
    Exercise(
        name="squash",
        notebook=NOTEBOOK,
        title="A length that is a probability",
        task=(
            "Write squash(s): each vector along the last axis keeps its direction, and gets the length "
            "‖s‖²/(1 + ‖s‖²)."
        ),
        points=2,
        hints=(
            "The new length is ‖s‖²/(1 + ‖s‖²). The direction is the unit vector s/‖s‖. Multiply.",
            "(s**2).sum(axis=-1, keepdims=True) is ‖s‖² of every vector, ready to be multiplied with s.",
            "A vector of zeros divides by zero. ‖s‖²/‖s‖ is ‖s‖: write s · ‖s‖/(1 + ‖s‖²), which never does.",
        ),
        cases=_vector_cases,
        reference=squash,
        mistakes=(
            Mistake(
                "division by zero",
                "Right, but for a vector of zeros, which becomes NaN: 0 is divided by 0. One ‖s‖ of the "
                "formula can be cancelled.",
                lambda s: (n2 := (s**2).sum(axis=-1, keepdims=True)) / (1 + n2) * s / np.sqrt(n2),
            ),
            Mistake(
                "one norm for all",
                "All vectors are divided by one common length. Each vector has its own: sum along the last "
                "axis, with keepdims=True.",
                lambda s: s * np.sqrt((s**2).sum()) / (1 + (s**2).sum()),
            ),
            Mistake(
                "no unit vector",
                "Long vectors stay long: you multiply s itself by ‖s‖²/(1 + ‖s‖²). Multiply the unit vector "
                "s/‖s‖ instead.",
                lambda s: s * (n2 := (s**2).sum(axis=-1, keepdims=True)) / (1 + n2),
            ),
            Mistake(
                "unit length",
                "Every vector has length 1 now, so the length says nothing. It should be ‖s‖²/(1 + ‖s‖²).",
                lambda s: s / np.maximum(np.sqrt((s**2).sum(axis=-1, keepdims=True)), 1e-12),
            ),
        ),
    ),
    Exercise(
        name="votes",
        notebook=NOTEBOOK,
        title="What each capsule predicts",
        task=(
            "Write votes(poses, weights): poses (child, P) and weights (child, parent, D, P) give the votes "
            "û_ij = W_ij u_i of shape (child, parent, D)."
        ),
        points=2,
        hints=(
            "For one child i and one parent j, the vote is matrix times vector: weights[i, j] @ poses[i].",
            "Two loops, over i and j, are a fine first answer. Then look at np.einsum.",
            'In np.einsum name each axis once: weights are "ijdp", poses "ip", votes "ijd".',
        ),
        cases=_vote_cases,
        reference=votes,
        mistakes=(
            Mistake(
                "transposed",
                "The matrices are the wrong way round: this is W transposed times u. The last axis of the "
                "weights meets the pose of the child.",
                lambda poses, weights: np.einsum("ijpd,ip->ijd", weights, poses),
            ),
            Mistake(
                "summed over children",
                "You added up the votes of all children. At this point each child still has its own; routing "
                "decides later how much each counts.",
                lambda poses, weights: np.einsum("ijdp,ip->jd", weights, poses),
            ),
            Mistake(
                "shared weights",
                "Every child uses the matrices of the first one. Child i has its own: weights[i].",
                lambda poses, weights: np.einsum("jdp,ip->ijd", weights[0], poses),
            ),
        ),
    ),
    Exercise(
        name="routing_step",
        notebook=NOTEBOOK,
        title="One iteration of routing",
        task=(
            "Write routing_step(logits, votes): logits (child, parent) and votes (child, parent, D) give "
            "(new_logits, outputs), with outputs (parent, D)."
        ),
        points=4,
        hints=(
            "Four lines: couplings from the logits, the weighted sum of votes for each parent, squash, and "
            "the agreement that is added to the logits.",
            "Each child divides itself among the parents: its couplings, one row, add up to 1. So the "
            "softmax runs along axis 1.",
            "outputs = squash((couplings[:, :, None] * votes).sum(axis=0)); the agreement of child i with "
            "parent j is votes[i, j] · outputs[j]; return logits + agreement, outputs.",
        ),
        cases=_step_cases,
        reference=routing_step,
        mistakes=(
            Mistake(
                "softmax over children",
                "The softmax runs over the children: for each parent the couplings add up to 1. It is each "
                "child that divides itself among the parents, so sum over the other axis.",
                lambda logits, votes: _step(logits, votes, axis=0),
            ),
            Mistake(
                "no squash",
                "The outputs are not squashed: a parent's length can exceed 1, and agreement grows without "
                "bound.",
                lambda logits, votes: _step(logits, votes, with_squash=False),
            ),
            Mistake(
                "logits replaced",
                "You return the agreement alone. Routing *adds* it to the logits, so that agreement gathers "
                "over the iterations.",
                lambda logits, votes: _step(logits, votes, keep=False),
            ),
            Mistake(
                "no agreement",
                "The logits come back unchanged, so nothing is ever routed. Add the agreement û·v to them.",
                lambda logits, votes: _step(logits, votes, agree=False),
            ),
        ),
    ),
    Exercise(
        name="margin_loss",
        notebook=NOTEBOOK,
        title="A loss on lengths",
        task=(
            "Write margin_loss(lengths, labels): lengths (n, classes) and labels (n,) give one number, with "
            "m⁺ = 0.9, m⁻ = 0.1, λ = 0.5; summed over classes, mean over images."
        ),
        points=3,
        hints=(
            "Two terms: the true class is too short, or another class is too long. Each counts only as far "
            "as it passes its margin.",
            "np.eye(classes)[labels] has a 1 at the true class of each row and 0 elsewhere. "
            "np.maximum(0, x) is what max(0, x) is called for arrays.",
            "T * max(0, 0.9 − L)² + 0.5 * (1 − T) * max(0, L − 0.1)², then .sum(axis=1).mean().",
        ),
        cases=_margin_cases,
        reference=margin_loss,
        mistakes=(
            Mistake(
                "mean over classes",
                "You take the mean over the classes. The loss of an image is the sum over its classes; only "
                "the images are averaged.",
                lambda lengths, labels: _margin(lengths, labels, over=np.mean),
            ),
            Mistake(
                "no λ",
                "The classes that are absent count in full. They are many, and early in training they would "
                "shrink all lengths: λ = 0.5 halves them.",
                lambda lengths, labels: _margin(lengths, labels, down=1.0),
            ),
            Mistake(
                "not squared",
                "The distances to the margins are not squared.",
                lambda lengths, labels: _margin(lengths, labels, power=1),
            ),
            Mistake(
                "no max",
                "A class that is well beyond its margin still adds to the loss. max(0, …) makes that 0.",
                lambda lengths, labels: _margin(lengths, labels, floor=False),
            ),
        ),
    ),
)
