"""EM routing: each parent is a Gaussian cluster of votes, and the parts are shared out among the clusters.

The expectation-maximisation of a mixture of Gaussians, with one more thing: a parent is active where the
votes that it gets lie close together, so that describing them by its Gaussian costs little.

Source: Hinton, Sabour & Frosst, "Matrix capsules with EM routing" (2018), procedure 1. Their capsules have a
4×4 matrix as pose and an activation beside it. Ours carry one vector. So the pose is the vote, a vector of D
numbers; the activation of a part is its length ‖u_i‖; and the activation of a parent becomes the length of
its output, which points along the mean of its cluster.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from capslab.errors import ArgumentError, whole_number
from capslab.routing.dynamic_routing import EPSILON, RoutingTrace, check_votes, softmax

VARIANCE = 1e-4  # added to each variance: the votes of a single part have none, and a density needs one
TEMPERATURE = 0.5  # λ of the last iterations, times J/(I·D): see `inverse_temperature`


def inverse_temperature(iteration: int, shape: tuple[int, ...]) -> float:
    """λ at an iteration, from 1: how sharply a parent's activation depends on its cost.

    λ_t = TEMPERATURE · (1 − 0.95ᵗ) / (1 − 0.95) · J / (I·D)

    It grows with the iterations, as in the paper, which leaves its size open. A parent's cost is a sum over D
    dimensions and about I/J parts, so it is divided by both: then λ means the same for every network.

    Parameters
    ----------
    iteration : 1, 2, …
    shape : (…, I, J, D), of the votes.
    """
    primary, digit, pose = shape[-3:]
    return TEMPERATURE * (1 - 0.95**iteration) / 0.05 * digit / (primary * pose)


@np.errstate(under="ignore", over="ignore")
def em_routing(
    votes: np.ndarray,
    iterations: int = 3,
    activations: np.ndarray | None = None,
    beta_a: Any = 0.0,
    beta_u: Any = None,
    **context: Any,
) -> RoutingTrace:
    """Route by fitting one Gaussian per parent to the votes (procedure 1 of the paper).

    Start with R_ij = 1/J and repeat, with a_i the activation of part i:

    - M step: r_ij = R_ij a_i;  μ_jd = Σ_i r_ij û_ijd / Σ_i r_ij;  σ²_jd = Σ_i r_ij (û_ijd − μ_jd)² / Σ_i
    r_ij;
      cost_jd = (β_u + log σ_jd) Σ_i r_ij;  a_j = logistic(λ (β_a − Σ_d cost_jd));
    - E step: R_ij = a_j p_ij / Σ_k a_k p_ik, with the density p_ij = Π_d N(û_ijd; μ_jd, σ²_jd).

    In the trace, `couplings` are the R that made this iteration's means, `logits` their logarithms up to a
    constant for each part, and `outputs` are a_j μ_j / ‖μ_j‖: as long as the parent is active. `agreement` is
    the inner product of vote and output, as in every trace.

    Parameters
    ----------
    votes : `(I, J, D)`, or `(n, I, J, D)`; finite.
    iterations : T ≥ 1.
    activations : `(I,)`, or `(n, I)`, 0…1: the lengths of the primary capsules; None counts each as 1.
    beta_a, beta_u : a number, or one per parent `(J,)`. A trained network has learned both. Without training,
        `beta_u=None` takes the value at which an average parent of this image costs nothing: −log σ at the
        first iteration, averaged over parents and dimensions.
    context : further fields of the RoutingTrace (grid, classes, image, label).

    Raises
    ------
    ArgumentError : for votes of another rank or not finite, activations of another shape or outside 0…1, or
        fewer than one iteration.

    Examples
    --------
    Two parts agree on the first parent and contradict each other on the second:

    >>> votes = np.array([[[1.0, 0.0], [1.0, 0.0]], [[1.0, 0.0], [-1.0, 0.0]]])
    >>> trace = em_routing(votes, iterations=3)
    >>> trace.couplings[0, 0], trace.couplings[-1, 0].round(2)
    (array([0.5, 0.5]), array([1., 0.]))
    """
    votes = check_votes(votes)
    iterations = whole_number("iterations", iterations, next_step="Try iterations=3, as the paper.")
    a = _check_activations(activations, votes)[..., None]  # (I, 1)
    logits = np.zeros(votes.shape[:-1], votes.dtype)  # (I, J)
    names = ("logits", "couplings", "outputs", "agreement")
    history: dict[str, list[np.ndarray]] = {name: [] for name in names}
    for t in range(1, iterations + 1):
        couplings = softmax(logits, axis=-1)  # R, (I, J): over parents
        share = couplings * a  # r = R a, (I, J)
        amount = share.sum(axis=-2)  # (J,)
        weights = (share / (amount[..., None, :] + EPSILON))[..., None]  # (I, J, 1)
        mean = (weights * votes).sum(axis=-3)  # μ, (J, D)
        apart = votes - mean[..., None, :, :]  # (I, J, D)
        variance = (weights * apart**2).sum(axis=-3) + VARIANCE  # σ², (J, D)
        log_sigma = 0.5 * np.log(variance)
        if beta_u is None:
            beta_u = -log_sigma.mean(axis=(-2, -1), keepdims=True)[..., 0]  # (1,): one number per image
        cost = (np.asarray(beta_u) * votes.shape[-1] + log_sigma.sum(axis=-1)) * amount  # Σ over D, (J,)
        evidence = inverse_temperature(t, votes.shape) * (beta_a - cost)  # (J,)
        active = 1 / (1 + np.exp(-evidence))  # (J,), logistic
        direction = mean / np.sqrt((mean**2).sum(axis=-1, keepdims=True) + EPSILON)
        outputs = active[..., None] * direction  # (J, D)
        agreement = np.einsum("...ijd,...jd->...ij", votes, outputs)
        for name, value in zip(names, (logits, couplings, outputs, agreement), strict=True):
            history[name].append(value)
        log_active = -np.logaddexp(0, -evidence)  # log a_j, finite even where a_j is 0 in floating point
        density = -(apart**2 / (2 * variance[..., None, :, :])).sum(
            axis=-1
        )  # without the constant ½ D log 2π
        logits = log_active[..., None, :] + density - log_sigma.sum(axis=-1)[..., None, :]  # log (a_j p_ij)
    steps: dict[str, Any] = {name: np.stack(values) for name, values in history.items()}
    return RoutingTrace(votes=votes, routing="em", **steps, **context)


def _check_activations(activations: Any, votes: np.ndarray) -> np.ndarray:
    """One number in 0…1 for each part, `(I,)` or `(n, I)`."""
    shape = votes.shape[:-2]
    if activations is None:
        return np.ones(shape, votes.dtype)
    a = np.asarray(activations)
    step = "Give the lengths of the primary capsules: np.linalg.norm(primary, axis=-1)."
    if a.shape != shape:
        raise ArgumentError("activations", f"of shape {shape}, one per part", a, step)
    if not (np.isfinite(a).all() and (a >= 0).all() and (a <= 1).all()):
        raise ArgumentError("activations", "numbers from 0 to 1", a, step)
    return a
