"""References, cases and wrong variants of the exercises on routing (lessons 10 and 11)."""

from __future__ import annotations

import numpy as np

from capslab.exercises.exercise import Case


def squash(s):
    """v = ‖s‖² / (1 + ‖s‖²) · s / ‖s‖, along the last axis (equation 1)."""
    squared = (s**2).sum(axis=-1, keepdims=True)  # (…, 1)
    return s * np.sqrt(squared) / (1 + squared)  # ‖s‖²/‖s‖ = ‖s‖: no division by zero


def vector_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)
    some = rng.normal(size=(3, 4))
    with_zero = rng.normal(size=(3, 4))
    with_zero[1] = 0
    cases = [
        Case("one vector of length 5", (np.array([3.0, 4.0]),)),
        Case("several vectors at once", (some,)),
        Case("short and long vectors", (some * np.array([[0.01], [1.0], [100.0]]),)),
        Case("a vector of zeros among others", (with_zero,)),
        Case("the capsules of a batch (images, capsules, pose)", (rng.normal(size=(2, 5, 8)),)),
    ]
    if hard:
        cases.append(Case("very long vectors", (rng.normal(size=(2, 3)) * 1e4,)))
    return cases


def votes(poses, weights):
    """û_ij = W_ij u_i: what child i predicts for the pose of parent j (equation 2)."""
    return np.einsum("ijdp,ip->ijd", weights, poses)  # (child, parent, D)


def vote_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)

    def random_case(children: int, parents: int, pose: int, out_size: int) -> tuple[np.ndarray, np.ndarray]:
        return rng.normal(size=(children, pose)), rng.normal(size=(children, parents, out_size, pose))

    cases = [
        Case("3 children, 2 parents and poses of the same size", random_case(3, 2, 4, 4)),
        Case("poses that grow from 3 to 5 numbers", random_case(4, 2, 3, 5)),
        Case("one child", random_case(1, 3, 2, 2)),
        Case("sizes that are all the same", random_case(4, 4, 4, 4)),
    ]
    if hard:
        cases.append(Case("many children", random_case(30, 10, 8, 16)))
    return cases


def routing_step(logits, votes):
    """One iteration of routing (procedure 1): couplings, outputs, agreement."""
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    couplings = exponentials / exponentials.sum(
        axis=1, keepdims=True
    )  # (child, parent), each row adds up to 1
    s = (couplings[:, :, None] * votes).sum(axis=0)  # (parent, D)
    squared = (s**2).sum(axis=-1, keepdims=True)
    outputs = s * np.sqrt(squared) / (1 + squared)  # squash
    agreement = (votes * outputs).sum(axis=-1)  # (child, parent)
    return logits + agreement, outputs


def step_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)

    def random_case(
        children: int, parents: int, out_size: int, spread: float
    ) -> tuple[np.ndarray, np.ndarray]:
        return rng.normal(size=(children, parents)) * spread, rng.normal(size=(children, parents, out_size))

    cases = [
        Case("the first iteration, where all logits are 0", random_case(5, 3, 4, 0.0)),
        Case("a later iteration", random_case(5, 3, 4, 1.0)),
        Case("one child", random_case(1, 4, 3, 1.0)),
        Case("as many children as parents", random_case(4, 4, 4, 1.5)),
        Case(
            "logits near 1,000, 0 and −1,000",
            ((steep := random_case(3, 2, 4, 1.0))[0] + np.array([[1000.0], [0.0], [-1000.0]]), steep[1]),
        ),
    ]
    if hard:
        cases.append(Case("one parent", random_case(6, 1, 3, 1.0)))
    return cases


def wrong_step(logits, votes, *, axis=1, with_squash=True, keep=True, agree=True, safe=True):
    """A routing step with one thing wrong."""
    exponentials = np.exp(logits - (logits.max(axis=axis, keepdims=True) if safe else 0))
    couplings = exponentials / exponentials.sum(axis=axis, keepdims=True)
    outputs = (couplings[:, :, None] * votes).sum(axis=0)
    outputs = squash(outputs) if with_squash else outputs
    agreement = (votes * outputs).sum(axis=-1) if agree else np.zeros_like(logits)
    return (logits + agreement if keep else agreement), outputs


def squash_slope(length):
    """The derivative of n² / (1 + n²): how fast the squashed length grows with n."""
    return 2 * length / (1 + length**2) ** 2


def slope_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)
    cases = [
        Case("lengths from 0 to 3", (np.linspace(0, 3, 7) + rng.uniform(0, 0.1),)),
        Case("a single length, which is 0", (np.zeros(1),)),
        Case("the lengths of some capsules", (rng.uniform(0.1, 5, 20),)),
        Case("lengths (images, capsules)", (rng.uniform(0, 3, (4, 5)),)),
    ]
    if hard:
        cases.append(Case("long vectors", (rng.uniform(5, 9, 3),)))
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
    rng = np.random.default_rng(seed)

    def random_case(children: int, parents: int, out_size: int, iterations: int) -> tuple[np.ndarray, int]:
        return rng.normal(size=(children, parents, out_size)), iterations

    long_votes = rng.normal(size=(3, 2, 4)) + 1
    long_votes[:2] *= 400  # two children whose logits grow by hundreds, and one that hardly moves
    cases = [
        Case("one iteration, where every coupling is still even", random_case(5, 3, 4, 1)),
        Case("three iterations, as in the paper", random_case(5, 3, 4, 3)),
        Case("four iterations and two parents", random_case(4, 2, 2, 4)),
        Case("as many children as parents", random_case(4, 4, 4, 3)),
        Case("votes so long that the logits grow past 1,000", (long_votes, 5)),
    ]
    if hard:
        cases.append(Case("ten iterations", random_case(6, 3, 4, 10)))
    return cases


def wrong_loop(votes, iterations, *, axis=1, keep=True, with_squash=True, late=False, extra=0, safe=True):
    """The routing loop with one thing wrong."""
    logits = np.zeros(votes.shape[:2])
    for _ in range(iterations + extra):
        exponentials = np.exp(logits - (logits.max(axis=axis, keepdims=True) if safe else 0))
        couplings = exponentials / exponentials.sum(axis=axis, keepdims=True)
        outputs = (couplings[:, :, None] * votes).sum(axis=0)
        outputs = squash(outputs) if with_squash else outputs
        agreement = (votes * outputs).sum(axis=-1)
        logits = logits + agreement if keep else agreement
    if late:
        exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
        couplings = exponentials / exponentials.sum(axis=1, keepdims=True)
    return couplings, outputs
