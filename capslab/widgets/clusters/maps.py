"""The maps of the cluster view: PCA at once, t-SNE and UMAP when somebody first asks for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from capslab.clustering import layouts
from capslab.clustering.bundled_layouts import find_bundled
from capslab.errors import unknown_name
from capslab.widgets.shared import projection

TITLES = {"pca": "PCA", "tsne": "t-SNE", "umap": "UMAP"}
#: what a map of neighbours cannot tell; the browser writes the same
CAUTION = (
    "On this {title} map neighbours stay together, but distances between clusters and the size of a cluster "
    "mean little."
)
NO_UMAP = (
    "UMAP is not installed here: run `pip install umap-learn`, restart the kernel and run the cells again."
)


class Stopped(Exception):
    """Nobody waits for this map any more."""


class Maps:
    """Coordinates of the drawn images by each method; each is computed once.

    Parameters
    ----------
    vectors : of the drawn images, `(m, d)`.
    """

    def __init__(self, vectors: Any, seed: int) -> None:
        self.vectors, self.seed = vectors, seed
        self.dimension = vectors.shape[1]
        pca, note = projection.project_to_plane(vectors, "pca", seed)
        self.points = {"pca": pca}
        self.notes = {"pca": note}

    @property
    def methods(self) -> list[str]:
        """What there is to choose from; vectors of one or two dimensions are their own map."""
        return list(TITLES) if self.dimension > 2 else ["pca"]

    def instant(self) -> list[str]:
        """The methods whose map comes with the package."""
        few = len(self.vectors) <= layouts.MOST
        return [m for m in self.methods[1:] if few and self.seed == 0 and _is_bundled(self.vectors, m)]

    def about(self) -> dict[str, Any]:
        """Their names, what to keep in mind with each, and why UMAP cannot be chosen, if it cannot."""
        return {
            "methods": {name: TITLES[name] for name in self.methods},
            "cautions": {name: caution(name, self.dimension) for name in TITLES},
            "no_umap": "" if layouts.has_umap() or "umap" in self.instant() else NO_UMAP,
        }

    def traits(self) -> dict[str, Any]:
        """The maps that the browser has from the start, and the words below each."""
        return {**{name: self.get(name) for name in ("pca", *self.instant())}, "maps_notes": dict(self.notes)}

    def get(self, method: str, progress: Callable[[float], None] = lambda share: None) -> np.ndarray:
        """The map of a method, float32 `(m, 2)`, centred, its larger extent ±1.

        Raises
        ------
        ArgumentError : for an unknown method, and for UMAP where it is not installed.
        """
        if method not in TITLES:
            names = [name for name in TITLES if name != "umap" or layouts.has_umap()]
            raise unknown_name("method", method, names)
        if method not in self.points:
            if self.dimension <= 2:
                self.points[method], self.notes[method] = self.points["pca"], self.notes["pca"]
                return self.points[method]
            flat = projection.framed(layouts.lay_out(self.vectors, method, self.seed, progress))
            turned = projection.aligned(np.stack([self.points["pca"], flat]))[1]
            self.points[method], self.notes[method] = projection.framed(turned), self._note(method)
        return self.points[method]

    def _note(self, method: str) -> str:
        n, title = len(self.vectors), TITLES[method]
        if n <= layouts.MOST:
            return f"{title}: neighbours stay together; distances and sizes mean little."
        return (
            f"{title} of {layouts.MOST:,} images, a random sample; each other image was put beside the ones "
            "that it is nearest to. Neighbours stay together; distances and sizes mean little."
        )


def caution(method: str, dimension: int) -> str:
    """What to keep in mind when looking at this map; empty for PCA.

    >>> caution("pca", 9)
    ''
    """
    return CAUTION.format(title=TITLES[method]) if method != "pca" and dimension > 2 else ""


def _is_bundled(vectors: Any, method: str) -> bool:
    return find_bundled(vectors, method) is not None
