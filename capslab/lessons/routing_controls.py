"""Capsule networks with and without iterations, trained side by side, and what the couplings of each tell.

One trained network shows what one training gave. `tools/train_routing_controls.py` trains five of each kind,
which takes half an hour; what they said about each test image is bundled.
"""

from __future__ import annotations

import base64
from collections import Counter
from typing import Any

import numpy as np

from capslab.errors import unknown_name
from capslab.lessons import results
from capslab.lessons.check_samples import FEWEST
from capslab.routing import ablation

#: what is trained: the same images in the same order, the same recipe
KINDS = ("three iterations", "one iteration", "one iteration, matched length")
COMMAND = "python tools/train_routing_controls.py"
#: a pixel counts as ink from here, of 255
INK = 128


def pack(right: np.ndarray) -> str:
    """Booleans `(n,)` as text, eight of them to a byte.

    >>> unpack(pack(np.array([True, False, True])), 3)
    array([ True, False,  True])
    """
    return base64.b64encode(np.packbits(right).tobytes()).decode("ascii")


def unpack(text: str, n: int) -> np.ndarray:
    """What `pack` was given: booleans `(n,)`."""
    return np.unpackbits(np.frombuffer(base64.b64decode(text), np.uint8), count=n).astype(bool)


class RoutingControls:
    """What the networks that were trained for one data set answered.

    Attributes
    ----------
    data : "digits" or "mnist".
    rows : one dict per network, with "kind", "seed", "epochs", "cpu_s", "accuracy" and, for three iterations,
        what `measures` says.
    """

    def __init__(self, data: str) -> None:
        table = results.load("routing")
        self.data, self.date, self.command = data, table.date, table.command
        self.rows = table.where(data=data)
        if not self.rows:
            raise unknown_name("data", data, sorted({row["data"] for row in table.rows}))

    def right(self, kind: str) -> np.ndarray:
        """For each network of that kind, which test images it names correctly, `(networks, images)`."""
        return np.stack([unpack(row["right"], row["images"]) for row in self._of(kind)])

    def accuracy(self, kind: str) -> np.ndarray:
        """The share of test images that each network of that kind names correctly, `(networks,)`."""
        return np.array([row["accuracy"] for row in self._of(kind)])

    def measured(self, name: str) -> np.ndarray:
        """One of `measures`, for each network with three iterations, `(networks,)`."""
        rows = self._of("three iterations")
        if name not in rows[0]:
            raise unknown_name("name", name, sorted(measures_in(rows[0])))
        return np.array([row[name] for row in rows])

    def _of(self, kind: str) -> list[dict[str, Any]]:
        if kind not in KINDS:
            raise unknown_name("kind", kind, KINDS)
        return [row for row in self.rows if row["kind"] == kind]


def measures_in(row: dict[str, Any]) -> list[str]:
    """The names of what `measures` says in a row."""
    others = ("data", "kind", "seed", "epochs", "cpu_s", "images", "accuracy", "right", "factor")
    return [name for name in row if name not in others]


def load(images: Any) -> RoutingControls:
    """The networks for these images; those for the digits where none were trained.

    >>> import capslab as cl
    >>> load(cl.load("digits")).right("three iterations").shape
    (5, 359)
    """
    done = Counter((row["data"], row["kind"]) for row in results.load("routing").rows)
    enough = all(done[images.name, kind] >= FEWEST for kind in KINDS[::2])
    return RoutingControls(images.name if enough else "digits")


def ink_at_each_place(caps: Any, images: Any) -> np.ndarray:
    """Whether there is ink in the middle of what each primary capsule sees: booleans `(n, primary)`.

    The middle is as many pixels wide as there are from one place of the grid to the next.

    >>> import capslab as cl
    >>> images = cl.load("digits")
    >>> ink_at_each_place(cl.CapsNet.for_images(images), images.test[:3]).shape
    (3, 64)
    """
    ink = (images.images >= INK).any(axis=-1)  # (n, height, width)
    rows, columns, types = caps.grid
    half = max(1, round(images.image_shape[0] / rows / 2))
    places = []
    for place in range(rows * columns):
        top, left, bottom, right = caps.receptive_field(place * types)
        y, x = (top + bottom) // 2, (left + right) // 2
        middle = ink[:, max(y - half, 0) : y + half, max(x - half, 0) : x + half]  # (n, 2 half, 2 half)
        places.append(middle.any(axis=(1, 2)))
    return np.repeat(np.stack(places, axis=1), types, axis=1)


def presence_auc(lengths: np.ndarray, ink: np.ndarray) -> float:
    """How often a capsule with ink before it is longer than one with none: the area under the ROC curve.

    Parameters
    ----------
    lengths, ink : `(n, primary)`.

    Returns
    -------
    From 0 to 1; 0.5 if lengths have nothing to do with ink. NaN where every place has ink, or none.

    Examples
    --------
    >>> presence_auc(np.array([[0.9, 0.2], [0.8, 0.1]]), np.array([[True, False], [True, False]]))
    1.0
    """
    from sklearn.metrics import roc_auc_score

    if ink.all() or not ink.any():
        return float("nan")
    return float(roc_auc_score(np.ravel(ink), np.ravel(lengths)))


def measures(caps: Any, test: Any, known: Any, share: float = 0.1) -> dict[str, float]:
    """What lesson 14 asks of one network's routing, in numbers.

    Parameters
    ----------
    caps : a trained `CapsNet`.
    test : the images to ask about.
    known : labelled training images, for the nearest class mean.
    share : of the primary capsules that are removed.

    Returns
    -------
    "entropy" : of the last couplings over ln J, mean over primary capsules and images.
    "strongest" : an image's largest coupling, median over images.
    "lean" : the share of primary capsules that give the winner more than 0.2.
    "couplings", "primary" : accuracy of the nearest class mean on couplings alone, and on primary capsules.
    "highest", "random", "lowest" : accuracy with a share of the capsules removed.
    "against" : the share of primary capsules whose vote points away from the winner.
    "flipped" : accuracy with every primary capsule turned into its opposite.
    "presence" : `presence_auc`.
    """
    parts, learned, labels = caps.primary(test), caps.routing_weights(), test.labels
    known_parts = caps.primary(known)
    routed, known_routed = ablation.route_all(parts, learned), ablation.route_all(known_parts, learned)
    removed = ablation.removal_test(parts, labels, learned, (share,))

    def by_mean(a: np.ndarray, b: np.ndarray) -> float:
        return float((ablation.nearest_mean(a, known.labels, b) == labels).mean())

    return {
        "entropy": float(routed.entropy[-1].mean()),
        "strongest": float(np.median(routed.couplings.max(axis=(1, 2)))),
        "lean": float((routed.to_winner(routed.couplings) > 0.2).mean()),
        "couplings": by_mean(known_routed.couplings, routed.couplings),
        "primary": by_mean(known_parts, parts),
        **{name: accuracies[0] for name, accuracies in removed.items()},
        "against": float((routed.to_winner(routed.agreement) < 0).mean()),
        "flipped": float(ablation.route_all(-parts, learned).accuracy(labels)[-1]),
        "presence": presence_auc(np.linalg.norm(parts, axis=-1), ink_at_each_place(caps, test)),
    }
