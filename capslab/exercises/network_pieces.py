"""The pieces of a capsule network, written with `ops`: what `mine` puts into a network for who has none yet.

Beside each stand small arguments to try it on, and for each exercise arguments as large as the lesson's own.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from capslab import ops
from capslab.exercises.exercise import InNetwork

#: under a root, whose slope at 0 is infinite
TINY = 1e-9
NEARLY_ZERO = 1e-30


def squash(s: Any) -> Any:
    """‖s‖² / (1 + ‖s‖²) · s / ‖s‖ along the last axis, with a gradient at 0."""
    squared = ops.sum(s**2, axis=-1, keepdims=True)  # (…, 1)
    return s * ops.sqrt(squared + TINY) / (1 + squared)


def votes(poses: Any, weights: Any) -> Any:
    """û_ij = W_ij u_i, of shape (child, parent, D)."""
    return ops.einsum("ijdp,ip->ijd", weights, poses)


def _couplings(logits: Any) -> Any:
    powers = ops.exp(logits - ops.max(logits, axis=1, keepdims=True))  # (child, parent)
    return powers / ops.sum(powers, axis=1, keepdims=True)


def routing_step(logits: Any, votes: Any) -> Any:
    """One iteration: the new logits (child, parent), and the outputs (parent, D)."""
    couplings = _couplings(logits)
    outputs = squash(ops.einsum("ij,ijd->jd", couplings, votes))  # (parent, D)
    return logits + ops.einsum("ijd,jd->ij", votes, outputs), outputs


def routing_loop(votes: Any, iterations: int) -> Any:
    """The couplings (child, parent) that the last iteration used, and its outputs (parent, D)."""
    logits = ops.zeros_like(votes[..., 0])  # (child, parent)
    for _ in range(iterations):
        couplings = _couplings(logits)
        logits, outputs = routing_step(logits, votes)
    return couplings, outputs


def margin_loss(lengths: Any, labels: Any) -> Any:
    """Σ_j T_j max(0, .9 − L_j)² + .5 (1 − T_j) max(0, L_j − .1)², averaged over images."""
    is_label = labels[:, None] == np.arange(lengths.shape[1])  # (n, classes)
    present = ops.maximum(0.0, 0.9 - lengths) ** 2
    absent = 0.5 * ops.maximum(0.0, lengths - 0.1) ** 2
    return ops.mean(ops.sum(ops.where(is_label, present, absent), axis=1))


def mask_poses(poses: Any, labels: Any) -> Any:
    """Zeros but for the labelled pose, (n, classes · D)."""
    is_label = labels[:, None] == np.arange(poses.shape[1])  # (n, classes)
    masked = ops.where(is_label[:, :, None], poses, 0.0)
    return ops.reshape(masked, (-1, poses.shape[1] * poses.shape[2]))


def _normal(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


def _with_zeros(array: np.ndarray) -> np.ndarray:
    """With zeros in the first place, and in the second with numbers whose squares are 0 in float32.

    At 0 itself TensorFlow takes 0 for the root's gradient where XLA, on a GPU, has NaN. Beside it both fail.
    """
    array[0], array[1:2] = 0, NEARLY_ZERO
    return array


IN_NETWORK = {
    "squash": InNetwork(squash, lambda: [(_with_zeros(_normal(3, 4)),)]),
    "votes": InNetwork(
        votes,
        lambda: [(_with_zeros(_normal(3, 2)), _normal(3, 2, 4, 2)), (_normal(1, 3), _normal(1, 2, 2, 3))],
    ),
    "routing_step": InNetwork(
        routing_step,
        lambda: [
            (np.zeros((3, 2)), _with_zeros(_normal(3, 2, 4))),
            (_normal(2, 3), np.full((2, 3, 2), NEARLY_ZERO)),
        ],
    ),
    "routing_loop": InNetwork(
        routing_loop, lambda: [(_with_zeros(_normal(3, 2, 4)), 3), (np.full((2, 3, 2), NEARLY_ZERO), 2)]
    ),
    "margin_loss": InNetwork(
        margin_loss, lambda: [(np.array([[0.5, 0.0, 0.3], [0.97, 0.05, 0.7]]), np.array([0, 2]))]
    ),
    "mask_poses": InNetwork(mask_poses, lambda: [(_with_zeros(_normal(3, 4, 2)), np.array([3, 0, 1]))]),
}

#: arguments as large as the lesson's own: a capsule network for MNIST has 1,152 children and 10 parents
REAL_SIZE = {
    "squash": lambda: (_normal(200, 10, 16),),
    "squash_slope": lambda: (np.linspace(0, 5, 2000),),
    "votes": lambda: (_normal(1152, 8), _normal(1152, 10, 16, 8)),
    "routing_step": lambda: (_normal(1152, 10), _normal(1152, 10, 16)),
    "routing_loop": lambda: (0.1 * _normal(1152, 10, 16), 3),
    "margin_loss": lambda: (np.full((2000, 10), 0.5), np.arange(2000) % 10),
    "mask_poses": lambda: (_normal(2000, 10, 16), np.arange(2000) % 10),
}
