"""`LabelFree`: images in, groups out, as good as we know how without a single label."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils.validation import check_is_fitted

from capslab.clustering.deskew import LEAST_SIDE, deskew
from capslab.clustering.matching import match_labels
from capslab.clustering.spectral import SpectralPath
from capslab.clustering.validation import is_whole
from capslab.errors import ArgumentError, Verbatim

if TYPE_CHECKING:
    from capslab.labelfree.selftraining import SmallNet


class LabelFree(ClusterMixin, BaseEstimator):
    """Two graphs and two small networks, each teaching the next.

    1. `SpectralPath` on histograms of gradients of the straightened images.
    2. A small network is trained on those labels (`selftrain`).
    3. A second graph ties images that are near each other in what that network sees; the two
       graphs together are cut again.
    4. A wider network is trained from scratch on the new labels. It has the last word, and
       takes images that were never clustered.

    Fitting reads no label; choosing its numbers did. Neighbours, gradients, widths and steps were
    found on MNIST with labels in sight. How the networks' images are moved and straightened was
    chosen among three by the 5,000 validation images, the rest fitted on 20,000 others, never by
    the test images (`benchmarks/labelfree.py choice-mild choice-full choice-raw`). Matched
    accuracy there, for two samples: straightened, with `Jitter`'s own amounts .9862 and .9846;
    with about half of them .9852 and .9850; not straightened .9846 (one sample). These lie within
    each other's noise: the best mean was taken. Means over 4 or 8 jittered views gained nothing
    there, so `views` is 0. `capslab.lessons.results.load("labelfree")` has all figures.

    Parameters
    ----------
    n_clusters : k, at least 2.
    steps : training steps of the first and of the final network, 128 images each.
    jitter : how far each training image is moved, as for `SmallNet`; None takes `Jitter`'s own
        amounts.
    straighten : whether the networks see straightened images; None does so from 16 pixels a side.
    views : the final network looks at each image once (0) or takes the mean over so many
        jittered views.
    seed : the same seed gives the same clusters.

    Attributes
    ----------
    labels_ : int64 `(n,)`, what the final network says of the images it was fitted on.
    stages_ : labels after each step, by name, all matched to the first.
    graphs_ : the two fitted `SpectralPath`.
    network_ : the final `SmallNet`; it takes images straightened as `predict` does it.
    n_features_in_ : numbers in an image.

    Examples
    --------
    >>> import capslab as cl
    >>> images = cl.load("digits")
    >>> model = LabelFree(steps=(50, 50)).fit(images.train)
    >>> model.predict(images.test).shape
    (359,)
    """

    def __init__(
        self,
        n_clusters: int = 10,
        *,
        steps: tuple[int, int] = (900, 1400),
        jitter: dict[str, float] | None = None,
        straighten: bool | None = None,
        views: int = 0,
        seed: int = 0,
    ) -> None:
        self.n_clusters = n_clusters
        self.steps = steps
        self.jitter = jitter
        self.straighten = straighten
        self.views = views
        self.seed = seed

    def fit(self, X: Any, y: Any = None) -> LabelFree:
        """Cluster `Images`, or uint8 `(n, h, w, c)`; `y` is ignored."""
        from capslab.labelfree.selftraining import check_jitter, selftrain  # brings TensorFlow in

        pixels = _pixels(X)
        steps = self.steps if isinstance(self.steps, (tuple, list)) else ()
        if len(steps) != 2 or not all(is_whole(count) and count > 0 for count in steps):
            raise ArgumentError("steps", "two whole numbers from 1", self.steps, "Try steps=(900, 1400).")
        if not is_whole(self.views) or self.views < 0:
            raise ArgumentError("views", "a whole number from 0", self.views, "0 looks at each image once.")
        check_jitter(self.jitter)
        if self.n_clusters == 1:
            raise ArgumentError("n_clusters", "at least 2", 1, "One cluster needs no training.")
        first = SpectralPath(
            self.n_clusters, features="gradients", n_components=80, power=0.25, seed=self.seed
        ).fit(pixels)
        shown = self._shown(pixels)
        pupil = selftrain(
            shown, first.labels_, steps=steps[0], batch_size=128, jitter=self.jitter, seed=self.seed
        )
        seen = pupil.features(shown).vectors
        second = first.joined(seen)
        again = match_labels(first.labels_, second.labels_)
        self.network_: SmallNet = selftrain(
            shown,
            again,
            steps=steps[1],
            batch_size=128,
            widths=(32, 64, 128),
            jitter=self.jitter,
            seed=self.seed + 1,
        )
        self.n_features_in_ = int(np.prod(pixels.shape[1:]))
        self.graphs_ = (first, second)
        self.labels_ = self.network_.classify(shown, self.views)
        self.stages_ = {
            "graph of gradients": first.labels_,
            "first network": pupil.named(seen),
            "both graphs": again,
            "final network": self.labels_,
        }
        return self

    def predict(self, X: Any) -> np.ndarray:
        """The cluster of each image, seen before or not, int64 `(m,)`."""
        check_is_fitted(self)
        return self.network_.classify(self._shown(_pixels(X)), self.views)

    def _shown(self, pixels: np.ndarray) -> np.ndarray:
        """The images as the networks see them, `(n, h, w, c)`."""
        straighten = min(pixels.shape[1:3]) >= LEAST_SIDE if self.straighten is None else self.straighten
        return deskew(pixels) if straighten else pixels


def _pixels(X: Any) -> np.ndarray:
    pixels = getattr(X, "images", X)
    if getattr(pixels, "ndim", 0) != 4 or pixels.dtype != np.uint8 or not len(pixels):
        said = Verbatim("no images") if getattr(pixels, "size", 1) == 0 else X
        raise ArgumentError("X", "Images, or uint8 pixels (n, h, w, c)", said, "capslab.load() gives Images.")
    return pixels
