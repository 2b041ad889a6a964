"""What a network says of one toy from 360 sides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from capslab.data.poses import Poses
from capslab.data.render_toys import render_toys
from capslab.data.toy_kinds import KINDS
from capslab.errors import ArgumentError, Verbatim, instance_of

TURNS = 360  # one picture per degree
TRAIN = "Try model=cl.CapsNet.for_images(cl.load('toys')). Train it first."
WIDEST = 9.0  # degrees to each side of a known azimuth that are shaded, at most


@dataclass(frozen=True)
class Ring:
    """The answers of a network, one per degree of azimuth.

    Attributes
    ----------
    score : of the true kind, float32 `(360,)`: its probability, or the length of its capsule.
    answer : position among the network's classes, int32 `(360,)`.
    """

    score: np.ndarray
    answer: np.ndarray


def check_model(model: Any) -> str:
    """What the network's scores are, in words; raises an `ArgumentError` for what cannot classify toys."""
    scores = "probabilities" if hasattr(model, "probabilities") else "lengths"
    if not all(hasattr(model, name) for name in (scores, "classes", "image_shape")):
        raise ArgumentError("model", "a classifier: a network with classes", instance_of(model), TRAIN)
    height, width, channels = model.image_shape
    if channels != 1 or height != width or not 8 <= height <= 512:
        raise ArgumentError(
            "model", "a network for square grey images", Verbatim(f"one for {model.image_shape}"), TRAIN
        )
    if not known_kinds(model):
        names = ", ".join(map(str, model.classes[:5]))
        raise ArgumentError(
            "model",
            f"a network whose classes are toys ({', '.join(KINDS)})",
            Verbatim(f"one of {names}"),
            TRAIN,
        )
    return "probability" if scores == "probabilities" else "capsule length"


def known_kinds(model: Any) -> list[str]:
    """The kinds of toys among a network's classes."""
    return [kind for kind in KINDS if kind in tuple(model.classes)]


def ask_ring(model: Any, kind: str, instance: int, elevation: float, light: float) -> Ring:
    """The network's answers for one toy, turned degree by degree.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> unsure = lambda pictures: np.full((len(pictures), 2), 0.5)
    >>> blind = SimpleNamespace(image_shape=(28, 28, 1), classes=("car", "truck"), probabilities=unsure)
    >>> ask_ring(blind, "car", 0, 30, 0).score[:2].tolist()
    [0.5, 0.5]
    """
    poses = np.empty((TURNS, 4))
    poses[:, 0] = np.arange(TURNS)
    poses[:, 1:] = elevation, light, 1.0
    pictures = render_toys(kind, np.full(TURNS, instance), poses, model.image_shape[0])
    ask = model.probabilities if hasattr(model, "probabilities") else model.lengths
    scores = np.asarray(ask(pictures), np.float32)  # (360, classes)
    own = list(model.classes).index(kind)
    return Ring(np.ascontiguousarray(scores[:, own]), scores.argmax(axis=1).astype(np.int32))


def seen_azimuths(seen: Any) -> list[float]:
    """Azimuths that a network was trained on, in rising order, from `Images` with poses or from numbers."""
    if seen is None:
        return []
    if hasattr(seen, "images"):
        if not isinstance(seen.poses, Poses):
            received = Verbatim("images without poses")
            raise ArgumentError(
                "seen", "images with poses, or azimuths", received, "Try cl.load('toys').train."
            )
        seen = seen.poses.azimuth
    try:
        angles = np.asarray(seen, float)
    except (TypeError, ValueError):
        angles = np.array([np.nan])
    if angles.ndim != 1 or not np.isfinite(angles).all():
        raise ArgumentError("seen", "azimuths in degrees, a list of numbers", seen, "Try seen=[0, 18, 36].")
    return [float(angle) for angle in np.unique(angles % 360)]


def shaded(seen: list[float]) -> list[tuple[float, float]]:
    """From and to which degree each known azimuth is shaded: half-way to its neighbour, 9° at most.

    `shaded` in js/src/toy/ring.js does the same.

    >>> shaded([0.0, 18.0])
    [(-9.0, 9.0), (9.0, 27.0)]
    """
    gaps = [(later - angle) % 360 for angle, later in zip(seen, [*seen[1:], *seen[:1]], strict=True)]
    half = min([WIDEST, *(gap / 2 for gap in gaps if gap)])
    return [(angle - half, angle + half) for angle in seen]
