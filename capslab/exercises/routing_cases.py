"""References, cases and mistaken variants of the exercises on routing (notebook 03)."""

from __future__ import annotations

import numpy as np

from capslab.exercises.core import Case


def squash(s):
    """v = ‖s‖² / (1 + ‖s‖²) · s / ‖s‖, along the last axis (equation 1)."""
    squared = (s**2).sum(axis=-1, keepdims=True)  # (…, 1)
    return s * np.sqrt(squared) / (1 + squared)  # ‖s‖²/‖s‖ = ‖s‖: no division by zero


def vector_cases(seed: int, hard: bool) -> list[Case]:
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


def vote_cases(seed: int, hard: bool) -> list[Case]:
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


def step_cases(seed: int, hard: bool) -> list[Case]:
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


def wrong_step(logits, votes, *, axis=1, with_squash=True, keep=True, agree=True):
    """A routing step with something wrong in it."""
    powers = np.exp(logits - logits.max())
    couplings = powers / powers.sum(axis=axis, keepdims=True)
    outputs = (couplings[:, :, None] * votes).sum(axis=0)
    outputs = squash(outputs) if with_squash else outputs
    agreement = (votes * outputs).sum(axis=-1) if agree else np.zeros_like(logits)
    return (logits + agreement if keep else agreement), outputs


def squash_slope(length):
    """The derivative of n² / (1 + n²): how much longer the outcome gets as n grows."""
    return 2 * length / (1 + length**2) ** 2


def slope_cases(seed: int, hard: bool) -> list[Case]:
    chance = np.random.default_rng(seed)
    cases = [
        Case("lengths from 0 to 3", (np.linspace(0, 3, 7) + chance.uniform(0, 0.1),)),
        Case("one length, which is 0", (np.zeros(1),)),
        Case("some lengths of capsules", (chance.uniform(0.1, 5, 20),)),
    ]
    if hard:
        cases.append(Case("lengths (images, capsules)", (chance.uniform(0, 3, (4, 5)),)))
        cases.append(Case("very long vectors", (chance.uniform(50, 100, 3),)))
    return cases


def routing_loop(votes, iterations):
    """Procedure 1: the couplings that the last iteration used, and its outputs."""
    logits = np.zeros(votes.shape[:2])  # (child, parent)
    for _ in range(iterations):
        couplings = np.exp(logits - logits.max(axis=1, keepdims=True))
        couplings = couplings / couplings.sum(axis=1, keepdims=True)  # each child shares out 1
        s = np.einsum("ij,ijd->jd", couplings, votes)  # (parent, D)
        squared = (s**2).sum(axis=-1, keepdims=True)
        outputs = s * np.sqrt(squared) / (1 + squared)
        logits = logits + np.einsum("ijd,jd->ij", votes, outputs)
    return couplings, outputs


def loop_cases(seed: int, hard: bool) -> list[Case]:
    chance = np.random.default_rng(seed)

    def made(children: int, parents: int, deep: int, iterations: int) -> tuple[np.ndarray, int]:
        return chance.normal(size=(children, parents, deep)), iterations

    cases = [
        Case("one iteration, where every coupling is still even", made(5, 3, 4, 1)),
        Case("three iterations, as in the paper", made(5, 3, 4, 3)),
        Case("four iterations and two parents", made(4, 2, 2, 4)),
    ]
    if hard:
        cases.append(Case("ten iterations", made(6, 3, 4, 10)))
        cases.append(Case("as many children as parents", made(4, 4, 4, 3)))
    return cases


def wrong_loop(votes, iterations, *, axis=1, keep=True, with_squash=True, late=False, extra=0):
    """The loop with something wrong in it."""
    logits = np.zeros(votes.shape[:2])
    for _ in range(iterations + extra):
        powers = np.exp(logits - logits.max())
        couplings = powers / powers.sum(axis=axis, keepdims=True)
        outputs = (couplings[:, :, None] * votes).sum(axis=0)
        outputs = squash(outputs) if with_squash else outputs
        agreement = (votes * outputs).sum(axis=-1)
        logits = logits + agreement if keep else agreement
    if late:
        powers = np.exp(logits - logits.max())
        couplings = powers / powers.sum(axis=1, keepdims=True)
    return couplings, outputs


def count_weights(side_in, channels, side_out, filters, kernel):
    """Weights between two grids: one window for all places, one a place, everything to everything."""
    window = kernel * kernel * channels * filters
    shared = window
    one_a_place = window * side_out**2
    dense = side_in**2 * channels * side_out**2 * filters
    return shared, one_a_place, dense


def weight_cases(seed: int, hard: bool) -> list[Case]:
    chance = np.random.default_rng(seed)

    def made() -> tuple[int, ...]:
        side, kernel = int(chance.integers(8, 30)), int(chance.integers(2, 6))
        return side, int(chance.integers(2, 9)), side - kernel + 1, int(chance.integers(10, 33)), kernel

    cases = [
        Case("28×28 grey pixels, 16 filters of 5×5 with stride 2", (28, 1, 14, 16, 5)),
        Case("some more channels", made()),
        Case("other sizes", made()),
    ]
    if hard:
        cases.append(Case("a window of one cell", (6, 32, 6, 16, 1)))
        cases.append(Case("larger maps", made()))
    return cases


def wrong_weights(
    side_in, channels, side_out, filters, kernel, *, bias=0, deep=True, places=None, whole=True
):
    """The three counts with something wrong in them."""
    window = (kernel * kernel * (channels if deep else 1) + bias) * filters
    many = side_out**2 if places is None else places
    pixels = side_in**2 * channels if whole else side_in**2
    return window, window * many, (pixels + bias) * side_out**2 * filters
