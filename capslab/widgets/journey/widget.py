"""`travel`: the same images as points that move from one representation to the next under one slider."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets as t

from capslab.errors import ArgumentError
from capslab.widgets.base import fill, module, shown, style
from capslab.widgets.comparison.widget import CompareView, compared
from capslab.widgets.journey import figure as journey_figure
from capslab.widgets.shared import cluster_captions, projection
from capslab.widgets.traits import Float

if TYPE_CHECKING:
    from capslab.embedding import Embedding

RECIPE = """import capslab as cl

for embedding in embeddings:
    print(embedding.source, cl.cluster(embedding, n_clusters=[⟨k⟩], seed=⟨seed⟩).at(⟨k⟩).scores)
view = cl.travel(
    *embeddings, k=⟨k⟩, color="⟨color⟩", differ=⟨differ⟩, position=⟨position⟩, method="⟨method⟩", seed=⟨seed⟩
)"""


class TravelView(CompareView):
    """One cloud of points that moves from representation to representation.

    Attributes
    ----------
    position : where the points are: 0 at the first representation, 1 at the second, and so on; between two
        of them each point is on the straight line between its two places.
    k : number of clusters in every representation.
    color : what the colours of the points mean, "cluster" or "label". Clusters are numbered like those of
        the first representation that they share most images with.
    selection : positions of the selected images, `(m,)`.
    """

    _esm = module("journey")
    _css = style("journey")
    STATE = ("k", "color", "differ", "position", "selected")
    CONTROLS = ("k", "position", "play", "color", "differ", "tools", "code", "screen")

    position = Float(0.0).tag(sync=True)

    @t.validate("position")
    def _on_the_way(self, proposal: Any) -> float:
        last = len(self.embeddings) - 1
        if not 0 <= proposal["value"] <= last:
            raise ArgumentError("position", f"a number from 0 to {last}", proposal["value"], "Try 0.")
        return round(float(proposal["value"]), 3)

    @t.observe("k", "color", "position", "selection", "about")
    @shown
    def _update_words(self, change: Any = None) -> None:
        if not self.about:
            return
        at = self.ks.index(self.k)
        sentence = journey_figure.words(self.about["stops"][at], self.about["legs"][at], self.position)
        self.words = cluster_captions.join([sentence, cluster_captions.selected(len(self.selection))])
        values = {"k": self.k, "color": self.color, "differ": self.differ, "position": f"{self.position:g}"}
        code = fill(self.about["recipe"], **values)
        self.code = code + (f"\nview.state = {self.state!r}" if self.selection.size else "")

    def figure(self) -> Any:
        """The points where they are now, as a still figure."""
        labels = self.labels[:, self.ks.index(self.k)]
        return self._in_words(
            journey_figure.draw(self.points, labels, self.k, self.about["names"], self.position)
        )


def travel(
    *embeddings: Embedding,
    k: int | None = None,
    color: str = "cluster",
    differ: bool = False,
    position: float = 0.0,
    method: str = "pca",
    state: str | None = None,
    hide: tuple[str, ...] = (),
    seed: int = 0,
) -> TravelView:
    """Watch the same images travel from one representation to the next.

    Every image is a point in a plane. One slider moves all of them from their places in the first
    representation to those in the second, the third, the fourth. Each plane is turned so that points move
    as little as possible; what is left of their way is how much the representations differ.

    Parameters
    ----------
    embeddings : two to four, of the same images in the same order.
    k : where the slider of k starts; 10 by default, or the largest k if that is smaller.
    color : "cluster" or "label".
    differ : highlight the images that change cluster on this part of the way.
    position : where the points start, from 0 to the number of embeddings less one.
    method : how to draw more than two dimensions in a plane: "pca", "tsne" or "umap" (if installed).
    state : a string from `view.state`, to show the same again.
    hide : controls to hide: "k", "position", "play", "color", "differ", "tools", "code",
        "screen".
    seed : of the clustering, of random samples, and of t-SNE and UMAP.

    Returns
    -------
    TravelView : `view.k`, `view.position` and `view.selection` follow what you do in the browser.

    Raises
    ------
    ArgumentError : if there are not two to four embeddings of the same images, if k is too large or the
        position is not on the way, or for the state of another view.
    """
    paths, matched, traits = compared(embeddings, k, 1, method, seed, "travel")
    about = traits["about"]
    scores = about["scores"].get("matched_accuracy")
    stops = [
        [
            journey_figure.stop_phrase(
                int(value), name, about["supervised"][e], None if scores is None else scores[e][0][i]
            )
            for e, name in enumerate(about["names"])
        ]
        for i, value in enumerate(paths[0].ks_)
    ]
    legs = [
        [
            journey_figure.leg_phrase(
                about["names"][e],
                about["names"][e + 1],
                int((matched[e, i] != matched[e + 1, i]).sum()),
                about["total"],
            )
            for e in range(len(embeddings) - 1)
        ]
        for i in range(len(paths[0].ks_))
    ]
    traits["about"] = {
        **about,
        "stops": stops,
        "legs": legs,
        "recipe": fill(RECIPE, method=method, seed=seed),
    }
    traits["points"] = projection.aligned(traits["points"])
    options = {"color": color, "differ": differ, "position": position, "hide": list(hide)}
    view = TravelView(embeddings, paths, matched, **options, **traits)
    if state is not None:
        view.state = state
    return view
