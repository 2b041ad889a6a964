"""`Embedding`: one vector per image, the single junction between models and clustering.

Whatever turns images into vectors (nothing at all, a dense network, capsules, a
variational autoencoder) ends here; whatever clusters or plots vectors starts here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from capslab.data import lazy_rows
from capslab.data.lazy_rows import LazyRows
from capslab.errors import ArgumentError, Verbatim, instance_of

if TYPE_CHECKING:
    from capslab.data import Images


@dataclass(frozen=True)
class Embedding:
    """One vector per image, and how it was made.

    Attributes
    ----------
    vectors : float32 array `(n, d)`; of more than 256 MB, `capslab.data.lazy_rows.LazyRows`.
    labels : integer array `(n,)`, or None where the images have none. They are never used to
        cluster, only to score a clustering afterwards.
    images : the `Images` that were embedded, in the same order.
    source : what made the vectors, in words ("capsule poses").
    supervised : whether labels were used to *make* the vectors. A clustering of supervised
        features shows how well a classifier separates the classes, not what can be found
        without labels.
    decode : optional function from vectors `(m, d)` to images `(m, h, w, c)` in 0…1,
        where the source can generate.
    """

    vectors: np.ndarray
    labels: np.ndarray | None
    images: Images
    source: str
    supervised: bool
    decode: Any = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        vectors: Any = self.vectors if isinstance(self.vectors, LazyRows) else np.asarray(self.vectors)
        if vectors.ndim != 2 or not len(vectors):
            raise ArgumentError(
                "vectors",
                "an array of shape (n, d) with n ≥ 1",
                self.vectors,
                "vectors.reshape(len(vectors), -1) makes one row per image."
                if vectors.ndim and len(vectors)
                else "Give one row per image.",
            )
        bad = 0 if vectors.dtype.kind in "iub" else _without_numbers(vectors)
        if bad:
            raise ArgumentError(
                "vectors",
                "finite numbers",
                Verbatim(f"{bad} of {len(vectors)} rows with NaN or infinity"),
                "Take the other rows: vectors[np.isfinite(vectors).all(axis=1)]. Or train the model again "
                "with a lower learning rate.",
            )
        for name, length in (("labels", self.labels), ("images", self.images)):
            if length is not None and len(length) != len(vectors):
                raise ArgumentError(
                    name,
                    f"as many as there are vectors ({len(vectors)})",
                    Verbatim(f"{len(length)} of them"),
                    "Take the vectors, the labels and the images from the same selection.",
                )
        object.__setattr__(self, "vectors", _as_float32(vectors))

    def __len__(self) -> int:
        return len(self.vectors)

    @property
    def dimension(self) -> int:
        """Number of coordinates d of a vector."""
        return self.vectors.shape[1]

    def __getitem__(self, index: Any) -> Embedding:
        """The embedding of a selection: a slice, a mask or an array of positions."""
        index = np.atleast_1d(np.arange(len(self))[index])
        labels = None if self.labels is None else self.labels[index]
        return Embedding(
            lazy_rows.select_rows(self.vectors, index),
            labels,
            self.images[index],
            self.source,
            self.supervised,
            self.decode,
        )

    def __str__(self) -> str:
        how = "made with labels" if self.supervised else "made without labels"
        return f"{self.source}: {len(self):,} × {self.dimension} ({how})"


def embed(model_or_images: Any, images: Images | None = None, what: str | None = None) -> Embedding:
    """The vectors in which a model sees images.

    Parameters
    ----------
    model_or_images : a trained model, or `Images` alone for raw pixels.
    images : the `Images` to embed (not needed for pixels).
    what : for a capsule network "poses" (default: every digit capsule's vector, end to
        end) or "lengths"; for a dense network "hidden" (default, the penultimate layer).
        A VAE gives the means μ, a capsule network's poses are not masked by any label.

    Returns
    -------
    Embedding : it says whether labels were used to make the model.

    Raises
    ------
    ArgumentError : for a model that cannot embed, or images of another size.

    Examples
    --------
    >>> import capslab as cl
    >>> print(cl.embed(cl.load("digits")))
    pixels: 1,797 × 64 (made without labels)
    """
    if images is None:
        images = model_or_images
        if not (hasattr(images, "images") and hasattr(images, "labels")):
            raise ArgumentError(
                "images",
                "the Images to embed (pixels need no model)",
                instance_of(images),
                "Write cl.embed(images), or cl.embed(model, images).",
            )
        pixels = images.images
        small = pixels.size * 4 <= lazy_rows.LARGE
        vectors: Any = _scaled(pixels[:]) if small else LazyRows(pixels, convert=_scaled)
        return Embedding(vectors, images.labels, images, "pixels", supervised=False)
    if not hasattr(model_or_images, "features"):
        raise ArgumentError(
            "model",
            "a capslab model (DenseBaseline, CapsNet, VAE)",
            instance_of(model_or_images),
            "Leave the first argument out to embed pixels: cl.embed(images).",
        )
    features = model_or_images.features(images, what)
    return Embedding(
        features.vectors, images.labels, images, features.source, features.supervised, features.decode
    )


@dataclass(frozen=True)
class Features:
    """What a model's `features` method returns: see `Embedding` for the fields."""

    vectors: np.ndarray
    source: str
    supervised: bool
    decode: Any = None


def _scaled(pixels: np.ndarray) -> np.ndarray:
    """Images `(n, h, w, c)` as rows of grey levels in 0…1, float32 `(n, h·w·c)`."""
    return pixels.reshape(len(pixels), -1) / np.float32(255)


def _without_numbers(vectors: Any) -> int:
    """Number of rows that contain NaN or infinity."""
    return sum(int((~np.isfinite(vectors[part])).any(axis=1).sum()) for part in lazy_rows.parts(vectors))


def _as_float32(vectors: Any) -> Any:
    """Vectors as float32: in memory up to `LARGE` bytes, otherwise left in their file."""
    if isinstance(vectors, LazyRows) or (lazy_rows.is_mapped(vectors) and vectors.size * 4 > lazy_rows.LARGE):
        return lazy_rows.float32(vectors)
    return np.ascontiguousarray(vectors, dtype=np.float32)
