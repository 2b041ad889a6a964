"""Judge draws of a generative network: how many could be real, and how much of what is real do they cover?

A blurred draw lies close to some real image in pixels, and a fragment nearly as close. So a **judge
network**, a convolutional classifier that was trained for something else, first turns images into features:
for each of its feature maps the mean and the standard deviation in each quarter of the image. Whether a draw
is among real images is then asked in units of how far real ones there are from each other. These features
were chosen because they punish blurred images and fragments alike. (In pixels, or in the last hidden layer of
a dense classifier, blurred images count as real: of 2,000 of MNIST, blurred by 1.5 pixels, 98 % and more;
means and standard deviations over the whole image let a quarter of the fragments pass.)
Source: Kynkäänniemi et al. 2019, "Improved precision and recall metric for assessing generative models"
(arXiv 1904.06991).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from capslab.errors import ArgumentError, Verbatim, whole_number

NEIGHBOURS = 3  # as in the paper


BLUR = 1.5  # standard deviation in pixels, of images of 28×28; 0.8 for those of 8×8


@dataclass(frozen=True)
class Quality:
    """How good draws are.

    Attributes
    ----------
    precision : the share of draws that lie where real images are, 0…1.
    recall : the share of real images that lie where draws are, 0…1.
    """

    precision: float
    recall: float


def quality(real: np.ndarray, drawn: np.ndarray, neighbours: int = NEIGHBOURS) -> Quality:
    """Precision and recall of draws, from features.

    Around each real image lies a ball that reaches to its k-th nearest real neighbour. Precision is the
    share of draws that lie in at least one of these balls. Recall is the same with the parts exchanged: the
    share of real images in at least one of the balls around draws.

    Parameters
    ----------
    real, drawn : features, one row per image, `(n, d)` and `(m, d)`. Compare like with like: balls are
        smaller where there are more images, so take as many draws as real images, and the same number in all
        that is compared.
    neighbours : k.

    Raises
    ------
    ArgumentError : for features of different length, or too few of either for k neighbours.

    Examples
    --------
    >>> real = np.array([[0.0], [1.0], [2.0], [3.0]])
    >>> quality(real, np.array([[1.5], [1.6], [1.7], [4.5]]), neighbours=1)  # all but one are among real ones
    Quality(precision=0.75, recall=0.5)
    """
    neighbours = whole_number("neighbours", neighbours, next_step="Try neighbours=3, as in the paper.")
    real, drawn = _rows("real", real, neighbours), _rows("drawn", drawn, neighbours)
    if real.shape[1] != drawn.shape[1]:
        raise ArgumentError(
            "drawn",
            f"features of length {real.shape[1]}, as those of `real` are",
            Verbatim(f"shape {drawn.shape}"),
            "Let the same judge look at both.",
        )
    return Quality(_covered(drawn, real, neighbours), _covered(real, drawn, neighbours))


class Judge:
    """A convolutional network that looks at images, and features of them that are on one scale.

    Parameters
    ----------
    network : a trained `capslab.models.ConvNet`.
    usual : real images, uint8 `(n, h, w, c)`: each feature is measured in standard deviations over these.
    """

    def __init__(self, network: Any, usual: np.ndarray) -> None:
        self.network = network
        self.middle, self.scale = 0.0, 1.0
        features = self.features(usual)
        self.middle, self.scale = features.mean(axis=0), features.std(axis=0) + 1e-6

    def features(self, images: Any) -> np.ndarray:
        """Means and standard deviations of all feature maps in the four quarters, `(n, 8 · maps)`."""
        pixels = self.network.pixels(images)
        return (self.network.in_batches(self._summaries, pixels) - self.middle) / self.scale

    def _summaries(self, pixels: Any) -> Any:
        from keras import ops

        hidden, summaries = pixels, []
        for layer in self.network.network.layers:
            hidden = layer(hidden)
            if len(hidden.shape) != 4:
                break
            if type(layer).__name__ == "ReLU":
                for rows, columns in product(*map(_halves, hidden.shape[1:3])):
                    quarter = hidden[:, rows, columns]
                    summaries += [
                        ops.mean(quarter, axis=(1, 2)),
                        ops.std(quarter, axis=(1, 2)),
                    ]  # (batch, maps)
        return ops.concatenate(summaries, axis=-1)

    def quality(self, real: Any, drawn: Any, neighbours: int = NEIGHBOURS) -> Quality:
        """Precision and recall of drawn images, from as many real ones; both uint8 `(n, h, w, c)`."""
        return quality(self.features(real), self.features(drawn), neighbours)


def train_judge(images: Any, epochs: int | None = None, seed: int = 0) -> Judge:
    """A judge for images like these: a convolutional classifier, trained on their labels.

    For MNIST two epochs are enough (.98 of the test images), 20 CPU-s; others take the recipe's number.
    """
    from capslab.models import ConvNet
    from capslab.training.fit import fit

    network = ConvNet.for_images(images, seed=seed)
    fit(network, images, epochs or (2 if len(images.train) > 20_000 else None), seed=seed, show=False)
    return Judge(network, images.train.sample(min(2000, len(images.train)), seed=seed).images)


def blurred(images: np.ndarray) -> np.ndarray:
    """The images out of focus; uint8 `(n, h, w, c)`. A control that must have a low precision."""
    from scipy.ndimage import gaussian_filter

    width = BLUR * (images.shape[1] / 28) ** 0.5
    return gaussian_filter(images.astype(float), (0, width, width, 0)).round().astype(np.uint8)


def fragments(images: np.ndarray, seed: int = 0) -> np.ndarray:
    """What lies on one side of a random line through the middle; uint8. Must have a low precision, too."""
    n, height, width = images.shape[:3]
    angle = np.random.default_rng(seed).uniform(0, 2 * np.pi, size=(n, 1, 1))
    rows, columns = np.mgrid[:height, :width] - np.array([height - 1, width - 1])[:, None, None] / 2
    there = np.cos(angle) * rows + np.sin(angle) * columns > 0  # (n, h, w)
    return np.where(there[..., None], images, np.uint8(0))


def _halves(length: int) -> tuple[slice, slice]:
    """The first and the last half of an axis; an odd one's middle belongs to both."""
    half = -(-length // 2)
    return slice(0, half), slice(length - half, length)


def _rows(name: str, features: Any, neighbours: int) -> np.ndarray:
    rows = np.asarray(features, float)
    if rows.ndim != 2 or len(rows) <= neighbours:
        raise ArgumentError(
            name,
            f"more than {neighbours} rows of features, `(n, d)`",
            Verbatim(f"shape {rows.shape}"),
            "Give one row per image, and at least a few hundred images.",
        )
    return rows


def _covered(points: np.ndarray, balls: np.ndarray, neighbours: int) -> float:
    """The share of points inside at least one ball, 0…1; each reaches to its centre's k-th neighbour."""
    radii = np.sqrt(
        np.partition(_squares(balls, balls), neighbours, axis=1)[:, neighbours]
    )  # itself is the 0th
    inside = np.sqrt(_squares(points, balls)) <= radii * (1 + 1e-9)  # (points, balls)
    return float(inside.any(axis=1).mean())


def _squares(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Squared distances of all rows, `(n, m)`."""
    from scipy.spatial.distance import cdist

    return cdist(one, other, "sqeuclidean")
