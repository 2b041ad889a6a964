"""Routing by agreement in plain NumPy, as the paper writes it, with every iteration recorded.

The layer that trains (`capslab.models.layers.RoutedCapsules`) computes the same result faster and
keeps none of the steps. Here every step is kept, because the course looks at them.

Source: Sabour, Frosst & Hinton, "Dynamic Routing Between Capsules" (2017), arXiv 1710.09829,
equations 1 to 3 and procedure 1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from capslab.errors import ArgumentError, Verbatim, whole_number

EPSILON = 1e-7  # under the square root of a length, so that its gradient is finite at 0


def squash(s: np.ndarray, axis: int = -1) -> np.ndarray:
    """Shrink a vector to a length below 1 and keep its direction (equation 1).

    v = ‖s‖² / (1 + ‖s‖²) · s / ‖s‖

    Short vectors shrink to almost nothing, long ones to a length just below 1, so that a capsule's
    length can be read as "how surely is the thing I stand for present".

    Parameters
    ----------
    s : array of any shape; the vectors lie along `axis`.

    Returns
    -------
    Array of the same shape, lengths in [0, 1).

    Examples
    --------
    >>> squash(np.array([3.0, 4.0])).round(4)  # length 5 becomes 25/26
    array([0.5769, 0.7692])
    >>> squash(np.zeros(2))
    array([0., 0.])
    """
    squared = np.sum(np.square(s), axis=axis, keepdims=True)
    return s * (squared / (1 + squared) / np.sqrt(squared + EPSILON))


@np.errstate(under="ignore")  # a coupling that is too small for its type is meant to become 0
def softmax(logits: np.ndarray, axis: int = -1) -> np.ndarray:
    """exp(b) / Σ exp(b) along `axis`, shifted by the largest b so that nothing overflows."""
    powers = np.exp(logits - logits.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


@dataclass(frozen=True)
class RoutingWeights:
    """The weights of a trained network's routing layer.

    Attributes
    ----------
    weights : float32 `(primary, digit, pose, primary_dim)`: one matrix W_ij per pair of capsules.
    bias : float32 `(digit, pose)`, added to the weighted sum of the votes.
    iterations : how many routing iterations the network was trained with.
    routing : the way of routing it was trained with, a name in `routing.variants.ROUTINGS`.
    learned : what this way of routing learns besides: {"prior": `(primary, digit)`} for "attention",
        {"beta_a": `(digit,)`, "beta_u": `(digit,)`} for "em".
    """

    weights: np.ndarray
    bias: np.ndarray
    iterations: int
    routing: str = "dynamic"
    learned: dict[str, np.ndarray] = field(default_factory=dict)

    def votes(self, primary: np.ndarray) -> np.ndarray:
        """û_ij = W_ij u_i (equation 2): `(…, primary, primary_dim)` to `(…, primary, digit, pose)`."""
        return np.einsum("ijdp,...ip->...ijd", self.weights, primary)


@dataclass(frozen=True)
class RoutingTrace:
    """Every iteration of the routing of one image, or of several.

    With I primary capsules, J digit capsules, D pose dimensions and T iterations (where n images were routed
    at once, an axis n stands before I and J in each of these shapes):

    Attributes
    ----------
    votes : `(I, J, D)`, each primary capsule's prediction of each digit capsule's pose.
    logits : `(T, I, J)`, b at the start of each iteration; zeros at the first, except in attention routing.
    couplings : `(T, I, J)`, c = softmax of b over the *digit* capsules (the parents); the J
        couplings of one primary capsule sum to 1, and each is 1/J at the first iteration. (In attention
        routing there is only one iteration, and a learned prior may be added to c.)
    outputs : `(T, J, D)`, v, the digit capsules' poses after each iteration.
    agreement : `(T, I, J)`, ⟨û_ij, v_j⟩, positive or negative; added to b for the next iteration.
    grid : `(rows, columns, types)` of the primary capsules, or None outside an image.
    classes : names of the digit capsules.
    image, label : the image that was routed, and its class, where there is one.
    routing : the way of routing, a name in `routing.variants.ROUTINGS`.
    """

    votes: np.ndarray
    logits: np.ndarray
    couplings: np.ndarray
    outputs: np.ndarray
    agreement: np.ndarray
    grid: tuple[int, int, int] | None = None
    classes: tuple[str, ...] = ()
    image: np.ndarray | None = field(default=None, repr=False)
    label: int | None = None
    routing: str = "dynamic"

    @property
    def iterations(self) -> int:
        """Number of iterations T."""
        return len(self.couplings)

    @property
    def lengths(self) -> np.ndarray:
        """‖v_j‖ after each iteration, `(T, J)`, in [0, 1)."""
        return np.linalg.norm(self.outputs, axis=-1)

    @property
    def predicted(self) -> Any:
        """The digit capsule that is longest after the last iteration: an integer, or `(n,)` of a batch."""
        longest = self.lengths[-1].argmax(axis=-1)
        return int(longest) if longest.ndim == 0 else longest

    @property
    def entropy(self) -> np.ndarray:
        """Entropy of a primary capsule's couplings over ln J, mean over capsules, `(T,)`.

        1 means uniform couplings (nothing was routed), 0 that each capsule chose a single parent.
        """
        c = self.couplings
        return -(c * np.log(np.maximum(c, 1e-30))).sum(-1).mean(-1) / np.log(c.shape[-1])

    @property
    def deviation(self) -> np.ndarray:
        """c − 1/J, `(T, I, J)`: what routing changed. Plot this rather than c itself."""
        return self.couplings - 1 / self.couplings.shape[-1]

    @property
    def contributions(self) -> np.ndarray:
        """How much each primary capsule adds to the length of s_j, `(T, I, J)`.

        c_ij ⟨û_ij, v_j⟩ / ‖v_j‖: the part of the weighted vote that points along v_j.
        """
        along = self.agreement / np.maximum(self.lengths[..., None, :], 1e-12)
        return self.couplings * along

    def __str__(self) -> str:
        primary, digit, _ = self.votes.shape[-3:]
        if self.votes.ndim == 4:
            return (
                f"{len(self.votes)} images: {primary} primary capsules routed to {digit} digit capsules in "
                f"{self.iterations} iterations; mean coupling entropy {self.entropy[-1].mean():.3f} of 1"
            )
        name = self.classes[self.predicted] if self.classes else str(self.predicted)
        return (
            f"{primary} primary capsules routed to {digit} digit capsules in {self.iterations} iterations; "
            f"longest: {name} ({self.lengths[-1].max():.2f}); coupling entropy {self.entropy[-1]:.3f} of 1"
        )


@np.errstate(under="ignore")
def routing_by_agreement(
    votes: np.ndarray, iterations: int = 3, bias: np.ndarray | None = None, **context: Any
) -> RoutingTrace:
    """Decide by the agreement of votes how much each vote counts (procedure 1).

    Repeat:  c = softmax(b) over parents;  s_j = Σ_i c_ij û_ij;  v_j = squash(s_j);
    b_ij ← b_ij + ⟨û_ij, v_j⟩.

    Parameters
    ----------
    votes : `(I, J, D)`, or `(n, I, J, D)` of n images, each of which is routed by itself; finite.
    iterations : T ≥ 1. With T = 1 every coupling is 1/J: a dense layer divided by J, squashed.
    bias : `(J, D)` added to s, or None.
    context : further fields of the RoutingTrace (grid, classes, image, label).

    Raises
    ------
    ArgumentError : for votes of another rank or not finite, or fewer than one iteration.

    Examples
    --------
    Two capsules agree on the first parent and contradict each other on the second:

    >>> votes = np.array([[[1.0, 0.0], [1.0, 0.0]], [[1.0, 0.0], [-1.0, 0.0]]])
    >>> trace = routing_by_agreement(votes, iterations=3)
    >>> trace.couplings[0, 0], trace.couplings[-1, 0].round(2)
    (array([0.5, 0.5]), array([0.75, 0.25]))
    """
    votes = check_votes(votes)
    iterations = whole_number("iterations", iterations, next_step="Try iterations=3, as the paper.")

    b = np.zeros(votes.shape[:-1], votes.dtype)  # (I, J), or (n, I, J) as below
    names = ("logits", "couplings", "outputs", "agreement")
    history: dict[str, list[np.ndarray]] = {name: [] for name in names}
    for _ in range(iterations):
        c = softmax(b, axis=-1)  # (I, J), each row sums to 1: over parents
        s = np.einsum("...ij,...ijd->...jd", c, votes)  # (J, D)
        v = squash(s if bias is None else s + bias)  # (J, D)
        agreement = np.einsum("...ijd,...jd->...ij", votes, v)  # (I, J)
        for name, value in zip(names, (b, c, v, agreement), strict=True):
            history[name].append(value)
        b = b + agreement
    steps: dict[str, Any] = {name: np.stack(values) for name, values in history.items()}
    return RoutingTrace(votes=votes, **steps, **context)


def check_votes(votes: Any) -> np.ndarray:
    """Votes `(I, J, D)` or `(n, I, J, D)` as an array.

    Raises
    ------
    ArgumentError : for another rank, an axis without entries, or numbers that are not finite.
    """
    votes = np.asarray(votes)
    if votes.ndim not in (3, 4) or 0 in votes.shape:
        expected = "an array of shape (primary, digit, pose), or (images, primary, digit, pose)"
        raise ArgumentError("votes", expected, votes, _to_votes(votes))
    if not np.isfinite(votes).all():
        raise ArgumentError(
            "votes",
            "finite numbers",
            Verbatim("NaN or infinity"),
            "Train the model again with a lower learning rate, or try votes=np.nan_to_num(votes).",
        )
    return votes


def _to_votes(votes: np.ndarray) -> str:
    """What to type in order to have the votes of all capsules for one image."""
    if votes.ndim == 2 and votes.size:
        return "Try votes[None], if these are the votes of a single primary capsule."
    return "Give one vector of the pose's size for each primary and each digit capsule."
