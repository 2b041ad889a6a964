"""The three losses of the course, each per image: margin, reconstruction, KL.

All are written with `keras.ops`, so they run under any Keras backend, and all return one
number per image, so that a mean over a batch does not depend on its size.
"""

from __future__ import annotations

from typing import Any

import capslab.models.backend  # noqa: F401  # first: it imports TensorFlow without its messages

from keras import ops  # isort: skip


def margin(labels: Any, lengths: Any, present: float = 0.9, absent: float = 0.1, weight: float = 0.5) -> Any:
    """How far the digit capsules' lengths are from where they should be.

    L = Σ_j  T_j max(0, 0.9 − ‖v_j‖)² + 0.5 (1 − T_j) max(0, ‖v_j‖ − 0.1)²

    Each capsule answers on its own, so two digits may be present at once; a softmax could not
    say that. Source: Sabour et al. 2017, equation 4.

    Parameters
    ----------
    labels : integers `(batch,)`, or 0/1 presence `(batch, digit)` for more than one digit.
    lengths : `(batch, digit)` in [0, 1).

    Returns
    -------
    `(batch,)`, ≥ 0.
    """
    digits = lengths.shape[-1]
    truth = (
        ops.one_hot(labels, digits, dtype=lengths.dtype)
        if len(labels.shape) == 1
        else ops.cast(labels, lengths.dtype)
    )
    too_short = truth * ops.square(ops.maximum(0.0, present - lengths))
    too_long = (1 - truth) * ops.square(ops.maximum(0.0, lengths - absent))
    return ops.sum(too_short + weight * too_long, axis=-1)


def presence(present: Any, lengths: Any, edge: float = 1e-4) -> Any:
    """Cross-entropy of the lengths, each read as the probability that its digit is there.

    L = Σ_j  −T_j log(‖v_j‖ + ε) − (1 − T_j) log(1 + ε − ‖v_j‖)

    Unlike the margin loss it never reaches 0: a length that is almost right still gives a gradient.

    Parameters
    ----------
    present : 0/1 `(batch, digit)`.
    lengths : `(batch, digit)` in [0, 1).
    edge : ε, which keeps the logarithms finite.

    Returns
    -------
    `(batch,)`, above −2 ε J.
    """
    if_present = present * ops.log(lengths + edge)
    if_absent = (1 - present) * ops.log(1 + edge - lengths)
    return -ops.sum(if_present + if_absent, axis=-1)


def squared_error(images: Any, decoded: Any) -> Any:
    """Σ over pixels of (x − x̂)², `(batch,)`. Images in 0…1, any shape after the batch."""
    return ops.sum(ops.square(flat(images) - flat(decoded)), axis=-1)


def gaussian(images: Any, decoded: Any, std: float) -> Any:
    """−log N(x; x̂, σ²) summed over pixels, in nats: the squared error in the units of a likelihood."""
    pixels = flat(images).shape[-1]
    constant = 0.5 * pixels * ops.log(2 * 3.141592653589793 * std**2)
    return squared_error(images, decoded) / (2 * std**2) + constant


def bernoulli(images: Any, logits: Any) -> Any:
    """−Σ x log p + (1 − x) log(1 − p) over pixels, in nats, from logits (p = sigmoid).

    In logits a it is log(1 + eᵃ) − a x, with a softplus that is finite for any a. It is **summed** over
    pixels: a mean would weigh as little as one pixel against the whole KL, and all latents collapse.
    """
    x, a = flat(images), flat(logits)
    return ops.sum(ops.softplus(a) - a * x, axis=-1)


def kl_to_prior(mean: Any, log_variance: Any) -> Any:
    """KL(N(μ, σ²) ‖ N(0, 1)) of each latent dimension, in nats, `(batch, latent)`, ≥ 0.

    ½ (μ² + σ² − log σ² − 1). The sum over the last axis is the KL of an image. Source: Kingma &
    Welling 2013, arXiv 1312.6114, appendix B.
    """
    return 0.5 * (ops.square(mean) + ops.expm1(log_variance) - log_variance)


def flat(images: Any) -> Any:
    """`(batch, …)` to `(batch, pixels)`."""
    return ops.reshape(images, (ops.shape(images)[0], -1))
