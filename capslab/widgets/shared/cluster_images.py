"""What the views of clusters send to the browser, once: a plane, thumbnails, means, members.

Everything for every k is computed here, so that moving k is a lookup that needs no kernel.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from capslab.errors import ArgumentError, unknown_name

if TYPE_CHECKING:
    from capslab.embedding import Embedding

#: points that are drawn; more are sampled
MOST_POINTS = 70_000
#: points that t-SNE and UMAP are computed for: both take minutes beyond
MOST_NEIGHBOURS = 5_000
#: bytes of thumbnails that travel to the browser
THUMBNAIL_BYTES = 16_000_000
#: thumbnails shown for each cluster
MEMBERS = 12
METHODS = ("pca", "tsne", "umap")


def drawn_positions(n: int, method: str, dimension: int, seed: int) -> tuple[np.ndarray, str]:
    """Which of n points are drawn, ascending, and the sentence that says so where not all are."""
    neighbours = method != "pca" and dimension > 2
    most = MOST_NEIGHBOURS if neighbours else MOST_POINTS
    if n <= most:
        return np.arange(n), ""
    chosen = np.sort(np.random.default_rng(seed).choice(n, most, replace=False))
    why = f", because {method} would take minutes for all" if neighbours else ""
    return chosen, f"{most:,} of {n:,} images are drawn, a random sample{why}."


def plane(vectors: np.ndarray, method: str, seed: int) -> tuple[np.ndarray, str]:
    """Two coordinates `(n, 2)`, centred, the larger extent ±1, and what they are in words."""
    n, d = vectors.shape
    if method not in METHODS:
        raise unknown_name("method", method, METHODS)
    if d == 1:
        xy = np.stack([vectors[:, 0], np.zeros(n, np.float32)], axis=1)
        told = "One dimension: across is the value, the height is chance, to keep points apart."
    elif d == 2:
        xy, told = vectors, "The embedding's own two dimensions."
    elif method == "umap":
        xy, told = _umap(vectors, seed), "UMAP: neighbours stay together; distances and sizes mean little."
    else:
        from capslab.clustering import project

        xy = project(vectors, seed=seed, method=method)
        told = "t-SNE: neighbours stay together; distances and sizes mean little."
        if method == "pca":
            spread = vectors.var(axis=0, dtype=np.float64).sum()
            share = float(xy.var(axis=0, dtype=np.float64).sum() / spread) if spread > 0 else 1.0
            told = f"The plane of largest spread (PCA), which holds {round(100 * share)} % of it."
    middle = (xy.max(axis=0) + xy.min(axis=0)) / 2
    xy = (xy - middle) / max(float(np.abs(xy - middle).max()), 1e-12)
    if d == 1:
        xy[:, 1] = np.random.default_rng(seed).uniform(-0.35, 0.35, n)
    return np.ascontiguousarray(xy, np.float32), told


def _umap(vectors: np.ndarray, seed: int) -> np.ndarray:
    try:
        from umap import UMAP
    except ImportError:
        raise ArgumentError(
            "method", "'pca' or 'tsne', as UMAP is not installed here", "umap", "Run: pip install umap-learn."
        ) from None
    return np.asarray(UMAP(random_state=seed).fit_transform(vectors), np.float32)


@dataclass(frozen=True)
class Thumbnails:
    """Small pictures for some or all of the images drawn.

    Attributes
    ----------
    pixels : uint8 `(m, h, w, c)`.
    positions : which of the drawn images each picture shows, ascending, `(m,)`.
    note : what was left out, in words; empty where nothing was.
    """

    pixels: np.ndarray
    positions: np.ndarray
    note: str


def thumbnails(images: np.ndarray, budget: int = THUMBNAIL_BYTES, seed: int = 0) -> Thumbnails:
    """Pictures `(n, h, w, c)` made to fit a number of bytes: first smaller, then fewer."""
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
    """Images `(n, h, w, c)` with each side divided by a whole number: means over blocks."""
    if factor == 1:
        return images
    n, h, w, c = images.shape
    rows, columns = -(-h // factor), -(-w // factor)
    padded = np.zeros((n, rows * factor, columns * factor, c), images.dtype)
    padded[:, :h, :w] = images
    blocks = padded.reshape(n, rows, factor, columns, factor, c)
    return blocks.mean(axis=(2, 4), dtype=np.float32).round().astype(np.uint8)


def mean_images(pixels: np.ndarray, labels: np.ndarray, ks: tuple[int, ...]) -> np.ndarray:
    """The mean image of every cluster of every k, end to end: uint8 `(Σ k, h, w, c)`.

    Parameters
    ----------
    pixels : uint8 `(m, h, w, c)`; labels : uint8 `(len(ks), m)`, for the same images.
    """
    from scipy.sparse import csr_array

    m, total = len(pixels), sum(ks)
    first = np.concatenate([[0], np.cumsum(ks)[:-1]])  # where each k begins
    rows = labels.astype(np.int64) + first[:, None]  # (K, m) the row of each image for each k
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
    """What the embedding's decoder draws for every centre of every k: uint8 `(Σ k, h, w, c)`."""
    decoded = np.asarray(embedding.decode(np.concatenate(centers)), np.float32)
    pixels = np.clip(decoded * 255, 0, 255).round().astype(np.uint8)
    return shrink(pixels.reshape(len(pixels), *embedding.images.image_shape), factor)


def member_rows(
    vectors: np.ndarray, labels: np.ndarray, centers: list[np.ndarray], count: int = MEMBERS, most: int = 6000
) -> np.ndarray:
    """Members of every cluster of every k, from the nearest to its centre to the farthest.

    Parameters
    ----------
    vectors : `(m, d)`; labels : uint8 `(K, m)`, for the same images. At most `most` images are
        looked at, evenly over the m.

    Returns
    -------
    array : int32 `(Σ k, count)`, rows of `vectors`; −1 where a cluster has fewer.
    """
    some = np.unique(np.linspace(0, len(vectors) - 1, min(most, len(vectors))).astype(int))
    x = vectors[some]
    found = []
    for row, center in zip(labels[:, some], centers, strict=True):
        apart = np.linalg.norm(x - center[row], axis=1)
        for cluster in range(len(center)):
            inside = np.flatnonzero(row == cluster)
            inside = inside[np.argsort(apart[inside], kind="stable")]
            steps = np.unique(np.linspace(0, len(inside) - 1, min(count, len(inside))).astype(int))
            line = np.full(count, -1, np.int32)
            line[: len(steps)] = some[inside[steps]] if len(inside) else []
            found.append(line)
    return np.stack(found)


def named_classes(embedding: Any) -> tuple[np.ndarray | None, list[str]]:
    """Class numbers from 0 without gaps `(n,)` and the classes' names; (None, []) without labels."""
    if embedding.labels is None:
        return None, []
    present, numbers = np.unique(embedding.labels, return_inverse=True)
    names = tuple(getattr(embedding.images, "classes", ()) or ())
    return numbers, [str(names[label]) if 0 <= label < len(names) else str(label) for label in present]
