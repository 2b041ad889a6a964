"""Data in, matplotlib `Figure` out: the figures of the course that do not move.

Figures are made without pyplot, so none is kept alive or shown twice, and a notebook shows
the figure that is the cell's value. Nothing is computed here.
"""

import capslab.machine.usable_matplotlib  # noqa: F401  # first: it imports matplotlib whatever MPLBACKEND is
from capslab.plots.architecture import architecture
from capslab.plots.charts import bars, lines, scores_with_spread, training_curves
from capslab.plots.cluster_flow import cluster_flow
from capslab.plots.clusters import cluster_overview, scatter, score_curves
from capslab.plots.colours import ink_on, palette
from capslab.plots.confusion import confusion
from capslab.plots.detections import detection_grid, segmentation_grid
from capslab.plots.drawings import DRAWINGS, drawing, gradient_paths
from capslab.plots.growth import growth_curves
from capslab.plots.images import image_grid, latent_traversal, manifold
from capslab.plots.reliability import reliability_diagram
from capslab.plots.routing import routing_maps
from capslab.plots.routing_compared import routing_compared
from capslab.plots.scatter_panels import scatter_panels
from capslab.plots.style import DIVERGING
from capslab.plots.table import table
from capslab.plots.value_graph import value_graph
from capslab.plots.weight_maps import weight_maps

__all__ = [
    "DIVERGING",
    "DRAWINGS",
    "architecture",
    "bars",
    "cluster_flow",
    "cluster_overview",
    "confusion",
    "detection_grid",
    "drawing",
    "gradient_paths",
    "growth_curves",
    "image_grid",
    "ink_on",
    "latent_traversal",
    "lines",
    "manifold",
    "palette",
    "reliability_diagram",
    "routing_compared",
    "routing_maps",
    "scatter",
    "scatter_panels",
    "score_curves",
    "scores_with_spread",
    "segmentation_grid",
    "table",
    "training_curves",
    "value_graph",
    "weight_maps",
]
