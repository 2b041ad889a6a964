"""Self-attention and EM routing on tensors: what `capslab.routing.variants` computes, so that it trains.

Gradients flow through every step of both, as in their papers. At zeros they are finite.
"""

from __future__ import annotations

from typing import Any

import capslab.models.backend  # noqa: F401  # first: it imports TensorFlow without its messages

from keras import ops  # isort: skip

from capslab.routing import EPSILON
from capslab.routing.variants.em import VARIANCE, inverse_temperature


def cast_votes(u: Any, kernel: Any) -> Any:
    """û_ij = W_ij u_i for a batch of images.

    Parameters
    ----------
    u : `(batch, I, P)`.
    kernel : `(J, I · P, D)`, one matrix per digit capsule with the primary capsules end to end.

    Returns
    -------
    `(batch, I, J, D)`.
    """
    primary, size = u.shape[1:]
    digits, _, dimension = kernel.shape
    split = ops.reshape(kernel, (digits, primary, size, dimension))
    split = ops.reshape(ops.transpose(split, (1, 2, 0, 3)), (primary, size, digits * dimension))
    votes = ops.matmul(ops.transpose(u, (1, 0, 2)), split)  # (I, batch, J · D)
    return ops.reshape(ops.transpose(votes, (1, 0, 2)), (-1, primary, digits, dimension))


def attention_sum(votes: Any, prior: Any) -> Any:
    """Σ_i C_ij û_ij with C = softmax(⟨û_ij, Σ_k û_kj⟩ / √D) + B, `(batch, J, D)`.

    Parameters
    ----------
    votes : `(batch, I, J, D)`.
    prior : B `(I, J)`.
    """
    total = ops.sum(votes, axis=1, keepdims=True)  # (batch, 1, J, D)
    logits = ops.sum(votes * total, axis=-1) / votes.shape[-1] ** 0.5  # (batch, I, J)
    couplings = ops.softmax(logits, axis=-1) + prior
    return ops.sum(ops.expand_dims(couplings, -1) * votes, axis=1)


def em_outputs(votes: Any, activations: Any, beta_a: Any, beta_u: Any, iterations: int) -> Any:
    """The outputs of EM routing, a_j μ_j / ‖μ_j‖, `(batch, J, D)`; see `capslab.routing.variants.em`.

    Parameters
    ----------
    votes : `(batch, I, J, D)`.
    activations : `(batch, I)`, 0…1.
    beta_a, beta_u : `(J,)`.
    iterations : T ≥ 1.
    """
    dimension = votes.shape[-1]
    a = ops.expand_dims(activations, -1)  # (batch, I, 1)
    couplings = 1 / votes.shape[2]
    for t in range(1, iterations + 1):
        share = couplings * a  # (batch, I, J), at first (batch, I, 1)
        amount = ops.sum(share, axis=1)  # (batch, J)
        weights = ops.expand_dims(share / (ops.expand_dims(amount, 1) + EPSILON), -1)
        mean = ops.sum(weights * votes, axis=1)  # (batch, J, D)
        apart = votes - ops.expand_dims(mean, 1)  # (batch, I, J, D)
        variance = ops.sum(weights * ops.square(apart), axis=1) + VARIANCE  # (batch, J, D)
        log_sigma = 0.5 * ops.sum(ops.log(variance), axis=-1)  # (batch, J), summed over the dimensions
        cost = (beta_u * dimension + log_sigma) * amount
        evidence = inverse_temperature(t, tuple(votes.shape[1:])) * (beta_a - cost)  # (batch, J)
        if t < iterations:
            density = -ops.sum(ops.square(apart) / (2 * ops.expand_dims(variance, 1)), axis=-1)
            scores = ops.expand_dims(-ops.softplus(-evidence) - log_sigma, 1) + density  # log (a_j p_ij)
            couplings = ops.softmax(scores, axis=-1)  # (batch, I, J)
    squared = ops.sum(ops.square(mean), axis=-1, keepdims=True)
    return ops.expand_dims(ops.sigmoid(evidence), -1) * mean / ops.sqrt(squared + EPSILON)
