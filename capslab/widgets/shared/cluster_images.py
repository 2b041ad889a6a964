"""The pictures in the views of clusters: thumbnails, the centre of each cluster, some of its members.

They are made for every k at once and sent to the browser once, so that moving k needs no kernel.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from capslab.embedding import Embedding

#: bytes of thumbnails that travel to the browser
THUMBNAIL_BYTES = 16_000_000
#: members shown for each cluster
MEMBERS = 12


@dataclass(frozen=True)
class Thumbnails:
    """Small pictures of the images that are drawn as points, or of a sample of them.

    Attributes
    ----------
    pixels : uint8 `(m, h, w, c)`.
    positions : the position of each picture among the drawn images, ascending, `(m,)`.
    note : what was left out, in words; empty if nothing was.
    """

    pixels: np.ndarray
    positions: np.ndarray
    note: str

    def rows(self, drawn: int) -> np.ndarray | None:
        """The row in `pixels` of each drawn image, or −1, int32 `(drawn,)`; None if all have one."""
        if len(self.positions) == drawn:
            return None
        rows = np.full(drawn, -1, np.int32)
        rows[self.positions] = np.arange(len(self.positions))
        return rows


def thumbnails(images: np.ndarray, budget: int = THUMBNAIL_BYTES, seed: int = 0) -> Thumbnails:
    """Make pictures `(n, h, w, c)` fit into a number of bytes: first smaller ones, then fewer."""
    n, height, width, _ = images.shape
    factor = max(1, -(-max(height, width) // 64))
    while images[0, ::factor, ::factor].nbytes * n > budget and max(height, width) / (factor + 1) >= 12:
        factor += 1
    one = shrink(images[:1], factor)[0].nbytes
    chosen, note = np.arange(n), ""
    if factor > 1:
        note = f"Thumbnails are shown at 1/{factor} of their size."
    if one * n > budget:
        chosen = np.sort(np.random.default_rng(seed).choice(n, max(1, budget // one), replace=False))
        note = f"{note} {len(chosen):,} of the images have a thumbnail, a random sample.".strip()
    small = np.concatenate([shrink(images[part], factor) for part in np.array_split(chosen, n // 4096 + 1)])
    return Thumbnails(small, chosen, note)


def shrink(images: np.ndarray, factor: int) -> np.ndarray:
    """Shrink images `(n, h, w, c)` by a whole number in each direction, averaging over blocks."""
    if factor == 1:
        return images
    n, h, w, c = images.shape
    rows, columns = -(-h // factor), -(-w // factor)
    padded = np.zeros((n, rows * factor, columns * factor, c), images.dtype)
    padded[:, :h, :w] = images
    blocks = padded.reshape(n, rows, factor, columns, factor, c)
    return blocks.mean(axis=(2, 4), dtype=np.float32).round().astype(np.uint8)


def mean_images(pixels: np.ndarray, labels: np.ndarray, ks: tuple[int, ...]) -> np.ndarray:
    """The mean image of every cluster of every k, one after the other: uint8 `(Σ k, h, w, c)`.

    Parameters
    ----------
    pixels : uint8 `(m, h, w, c)`; labels : uint8 `(len(ks), m)`, for the same images.
    """
    from scipy.sparse import csr_array

    m, total = len(pixels), sum(ks)
    first = np.concatenate([[0], np.cumsum(ks)[:-1]])  # the row where each k begins
    rows = labels.astype(np.int64) + first[:, None]  # (K, m): the row that each image adds to, for each k
    sums = np.zeros((total, pixels[0].size), np.float32)
    for start in range(0, m, 8192):
        part = slice(start, min(start + 8192, m))
        flat = pixels[part].reshape(-1, pixels[0].size).astype(np.float32)
        which = rows[:, part].ravel()
        column = np.tile(np.arange(len(flat)), len(ks))
        sums += csr_array((np.ones(len(which), np.float32), (which, column)), (total, len(flat))) @ flat
    sizes = np.bincount(rows.ravel(), minlength=total)
    return (sums / np.maximum(sizes, 1)[:, None]).round().astype(np.uint8).reshape(total, *pixels.shape[1:])


def decoded_centers(embedding: Embedding, centers: list[np.ndarray], factor: int) -> np.ndarray:
    """Every centre of every k, decoded by the embedding's own decoder: uint8 `(Σ k, h, w, c)`."""
    decoded = np.asarray(embedding.decode(np.concatenate(centers)), np.float32)
    pixels = np.clip(decoded * 255, 0, 255).round().astype(np.uint8)
    return shrink(pixels.reshape(len(pixels), *embedding.images.image_shape), factor)


def member_rows(
    vectors: np.ndarray, labels: np.ndarray, centers: list[np.ndarray], count: int = MEMBERS, most: int = 6000
) -> np.ndarray:
    """Members of every cluster of every k, from the nearest to its centre to the farthest.

    Parameters
    ----------
    vectors : `(m, d)`; labels : uint8 `(K, m)`, for the same images.
    most : the members are taken from at most this many images, evenly spaced among the m.

    Returns
    -------
    array : int32 `(Σ k, count)`, row numbers of `vectors`; where there are fewer members, −1.
    """
    some = np.unique(np.linspace(0, len(vectors) - 1, min(most, len(vectors))).astype(int))
    x = vectors[some]
    rows = []
    for assigned, center in zip(labels[:, some], centers, strict=True):
        distances = np.linalg.norm(x - center[assigned], axis=1)
        for cluster in range(len(center)):
            inside = np.flatnonzero(assigned == cluster)
            inside = inside[np.argsort(distances[inside], kind="stable")]
            steps = np.unique(np.linspace(0, len(inside) - 1, min(count, len(inside))).astype(int))
            row = np.full(count, -1, np.int32)
            row[: len(steps)] = some[inside[steps]] if len(inside) else []
            rows.append(row)
    return np.stack(rows)
