"""What the cluster view says and shows at every k, made before anything moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from capslab.widgets.shared import cluster_captions, cluster_images

if TYPE_CHECKING:
    from capslab.clustering import KMeansPath
    from capslab.embedding import Embedding

SCORES = {
    "matched_accuracy": "matched accuracy",
    "silhouette": "silhouette",
    "ari": "adjusted Rand",
    "nmi": "mutual information",
    "inertia": "inertia",
}


def path_code(path: KMeansPath, seed: int) -> str:
    """The line of code that computes the path again."""
    first, last = int(path.ks_[0]), int(path.ks_[-1])
    whole = len(path.ks_) == last - first + 1
    ks = f"range({first}, {last + 1})" if whole else str([int(k) for k in path.ks_])
    seed = getattr(path, "seed", seed)
    return f"path = cl.cluster(embedding, n_clusters={ks}, seed={seed})\n"


def curves(path: KMeansPath) -> list[dict[str, Any]]:
    """The scores over all k, as the browser draws them; None if a score is not defined."""
    scores = path.curves()
    lines = []
    for name, title in SCORES.items():
        values = getattr(scores, name)
        if values is not None:
            numbers = [float(v) if np.isfinite(v) else None for v in values]
            lines.append(
                {"name": title, "values": numbers, "labelled": name in ("ari", "nmi", "matched_accuracy")}
            )
    return lines


def sentences(
    embedding: Embedding, path: KMeansPath, numbers: np.ndarray | None, classes: list[str], drawn: int
) -> dict[str, list[str]]:
    """What the view says at every k, and what it says about the images that move to the next k."""
    ks, labels = [int(k) for k in path.ks_], path.path_labels_
    moves = [cluster_captions.moves(labels[i], labels[i + 1], ks[i], ks[i + 1]) for i in range(len(ks) - 1)]
    return {
        "phrases": [describe(embedding, path, i, numbers, classes, drawn) for i in range(len(ks))],
        "moves": [*moves, f"k = {ks[-1]} is the last of the path."],
    }


def describe(
    embedding: Embedding, path: KMeansPath, i: int, numbers: np.ndarray | None, classes: list[str], drawn: int
) -> str:
    """What the view says at the k at position `i` of the path.

    Parameters
    ----------
    numbers, classes : what `named_classes` returned.
    drawn : how many of the images are drawn.
    """
    from capslab.clustering import contingency

    k, labels = int(path.ks_[i]), path.path_labels_[i]
    scores = path.curves().at(k)
    parts = [f"matched accuracy {scores.matched_accuracy:.2f}"] if scores.matched_accuracy is not None else []
    parts += [f"silhouette {scores.silhouette:.2f}"] if scores.silhouette is not None else []
    if numbers is None:
        contents = cluster_captions.largest_and_smallest(np.bincount(labels, minlength=k))
    else:
        contents = cluster_captions.composition(contingency(labels, numbers), classes)
    some = f" ({drawn:,} of {len(embedding):,} images drawn)" if drawn < len(embedding) else ""
    source = cluster_captions.origin(embedding.source, embedding.supervised)
    return f"k = {k} on {source}{some}: {', '.join(parts)}{'; ' if parts else ''}{contents}."


def cluster_pictures(
    embedding: Embedding, path: KMeansPath, drawn: np.ndarray, seed: int
) -> tuple[dict[str, Any], str]:
    """Thumbnails, centres and members for every k, as traits, and a note on what was left out."""
    if embedding.images is None:
        return {}, "There are no images to show."
    ks = tuple(int(k) for k in path.ks_)
    small = cluster_images.thumbnails(embedding.images.images[drawn], seed=seed)
    with_picture = drawn[small.positions]
    labels = path.path_labels_[:, with_picture]
    if embedding.decode:
        factor = max(1, round(max(embedding.images.image_shape[:2]) / max(small.pixels.shape[1:3])))
        centers = cluster_images.decoded_centers(embedding, path.path_centers_, factor)
    else:
        centers = cluster_images.mean_images(small.pixels, labels, ks)
    traits = {
        "thumbnails": small.pixels,
        "thumbnail_of": small.rows(len(drawn)),
        "centers": centers,
        "members": cluster_images.member_rows(embedding.vectors[with_picture], labels, path.path_centers_),
    }
    return traits, small.note
