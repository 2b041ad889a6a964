"""Experiments on the routing of a trained capsule network: many images at once, in NumPy.

`routing.routing_by_agreement` records every step for one image. Here many images are routed with the
same arithmetic, the primary capsules can be changed before they are routed, and only what an
experiment needs is recorded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from capslab.errors import ArgumentError, whole_number
from capslab.routing import RoutingWeights, softmax, squash
from capslab.routing.variants import check_agreement

BLOCK = 250  # images whose votes are in memory at once


@dataclass(frozen=True)
class Routed:
    """The routing of many images after T iterations, from I primary to J digit capsules.

    Attributes
    ----------
    couplings : `(n, I, J)`, c of the last iteration; each row of J sums to 1.
    agreement : `(n, I, J)`, ⟨û_ij, v_j⟩ with the last outputs, signed.
    outputs : `(n, J, D)`, v, the digit capsules' poses after the last iteration.
    lengths : `(T, n, J)`, ‖v_j‖ after each iteration.
    entropy : `(T, n)`, entropy of the couplings over ln J, mean over primary capsules: 1 is uniform.
    """

    couplings: np.ndarray
    agreement: np.ndarray
    outputs: np.ndarray
    lengths: np.ndarray
    entropy: np.ndarray

    @property
    def predicted(self) -> np.ndarray:
        """The longest digit capsule after the last iteration, `(n,)`."""
        return self.lengths[-1].argmax(axis=-1)

    def accuracy(self, labels: np.ndarray) -> np.ndarray:
        """Share of images whose longest capsule is the labelled one, after each iteration `(T,)`."""
        return (self.lengths.argmax(axis=-1) == np.asarray(labels)).mean(axis=-1)

    def to_winner(self, values: np.ndarray) -> np.ndarray:
        """The column of `values (n, I, J)` that belongs to the predicted capsule, `(n, I)`."""
        return values[np.arange(len(values)), :, self.predicted]


def route_all(parts: np.ndarray, learned: RoutingWeights, iterations: int | None = None) -> Routed:
    """Route the primary capsules of many images.

    Parameters
    ----------
    parts : `(n, I, P)`, as `model.primary(images)` gives them. A capsule of zeros casts no vote.
    learned : `model.routing_weights()`.
    iterations : None for as many as the network was trained with.

    Raises
    ------
    ArgumentError : for parts of another shape, fewer than one iteration, or the weights of a network that
        does not route by agreement.
    """
    check_agreement(learned, "learned")
    parts = np.asarray(parts)
    primary, size = learned.weights.shape[0], learned.weights.shape[-1]
    if parts.ndim != 3 or parts.shape[1:] != (primary, size) or not len(parts):
        expected = f"of shape (n, {primary}, {size})"
        raise ArgumentError("parts", expected, parts, "Take model.primary(images).")
    T = learned.iterations if iterations is None else iterations
    T = whole_number("iterations", T, next_step="Try iterations=3, as the paper.")
    blocks = [_route(parts[i : i + BLOCK], learned, T) for i in range(0, len(parts), BLOCK)]
    couplings, agreement, outputs, lengths, entropy = zip(*blocks, strict=True)
    return Routed(
        np.concatenate(couplings),
        np.concatenate(agreement),
        np.concatenate(outputs),
        np.concatenate(lengths, axis=1),
        np.concatenate(entropy, axis=1),
    )


def _route(parts: np.ndarray, learned: RoutingWeights, iterations: int) -> tuple[np.ndarray, ...]:
    n = len(parts)
    primary, digits, pose, size = learned.weights.shape
    # One matrix product per primary capsule: (I, n, P) · (I, P, J·D)
    kernels = learned.weights.reshape(primary, digits * pose, size).transpose(0, 2, 1)
    votes = (parts.transpose(1, 0, 2) @ kernels).reshape(primary, n, digits, pose)
    votes = np.ascontiguousarray(votes.transpose(1, 2, 0, 3))  # (n, J, I, D)
    b = np.zeros(votes.shape[:3], votes.dtype)
    lengths, entropy = [], []
    for _ in range(iterations):
        c = softmax(b, axis=1)  # (n, J, I), over the digit capsules
        v = squash((c[:, :, None] @ votes)[:, :, 0] + learned.bias)  # (n, J, D)
        agreement = (votes @ v[..., None])[..., 0]  # (n, J, I)
        lengths.append(np.linalg.norm(v, axis=-1))
        entropy.append(-(c * np.log(np.maximum(c, 1e-30))).sum(axis=1).mean(axis=1) / np.log(digits))
        b = b + agreement
    return c.transpose(0, 2, 1), agreement.transpose(0, 2, 1), v, np.stack(lengths), np.stack(entropy)


def removal_mask(scores: np.ndarray, m: int) -> np.ndarray:
    """Which capsules remain when the m with the highest scores are removed.

    Parameters
    ----------
    scores : `(n, I)`, one per image and capsule.
    m : number of capsules to remove, 0 to I.

    Returns
    -------
    Booleans `(n, I)`, False for m capsules in each row.

    Examples
    --------
    >>> removal_mask(np.array([[0.2, 0.9, 0.4]]), 1)
    array([[ True, False,  True]])
    """
    scores = np.asarray(scores)
    order = np.argsort(-scores, axis=1, kind="stable")  # (n, I)
    keep = np.ones(scores.shape, bool)
    np.put_along_axis(keep, order[:, :m], False, axis=1)
    return keep


def removal_test(
    parts: np.ndarray,
    labels: np.ndarray,
    learned: RoutingWeights,
    shares: Sequence[float] = (0.1,),
    seed: int = 0,
) -> dict[str, list[float]]:
    """Accuracy after a share of each image's primary capsules is set to 0 and the rest is routed again.

    The capsules to remove are chosen by their coupling to the predicted digit capsule: the highest, the
    lowest, or as many at random.

    Parameters
    ----------
    parts, learned : as for `route_all`.
    labels : `(n,)`.
    shares : 0 to 1; any share above 0 removes at least one capsule.

    Returns
    -------
    For "highest", "random" and "lowest" one accuracy per share.
    """
    routed = route_all(parts, learned)
    coupled = routed.to_winner(routed.couplings)  # (n, I)
    random = np.random.default_rng(seed).random(coupled.shape)
    orders = {"highest": coupled, "random": random, "lowest": -coupled}
    accuracies: dict[str, list[float]] = {name: [] for name in orders}
    for name, scores in orders.items():
        for share in shares:
            m = min(coupled.shape[1], max(round(share * coupled.shape[1]), int(share > 0)))
            keep = removal_mask(scores, m)
            rerouted = route_all(parts * keep[..., None], learned)
            accuracies[name].append(float(rerouted.accuracy(labels)[-1]))
    return accuracies


def nearest_mean(train: np.ndarray, labels: np.ndarray, test: np.ndarray) -> np.ndarray:
    """The class with the nearest mean: the simplest classifier, to measure what vectors tell about classes.

    Parameters
    ----------
    train, test : one row per image; further axes are laid end to end.
    labels : `(n,)`, the classes of `train`.

    Examples
    --------
    >>> nearest_mean(np.array([[0.0], [1.0], [9.0]]), np.array([0, 0, 4]), np.array([[2.0], [7.0]]))
    array([0, 4])
    """
    train, test = train.reshape(len(train), -1), test.reshape(len(test), -1)  # (n, d)
    classes = np.unique(labels)
    means = np.stack([train[labels == label].mean(axis=0) for label in classes])  # (classes, d)
    # ‖x − m‖² without ‖x‖², which is the same for every mean
    return classes[((means**2).sum(axis=1) - 2 * test @ means.T).argmin(axis=1)]
