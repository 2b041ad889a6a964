"""Data in, matplotlib `Figure` out: the still figures of the course.

Figures are made without pyplot, so no figure is kept alive or shown twice, and a
notebook shows the one that is the cell's value. Nothing is computed here.
"""

from capslab.plots.architecture import gradient_paths
from capslab.plots.charts import bars, confusion, curves, lines, scores_with_spread, table
from capslab.plots.clouds import clouds
from capslab.plots.clusters import cluster_overview, scatter, score_curves
from capslab.plots.detections import boxed, taken_apart
from capslab.plots.growth import against_n
from capslab.plots.images import image_grid, latent_row, manifold
from capslab.plots.reliability import reliability
from capslab.plots.routing import routing_maps
from capslab.plots.style import BASE_COLOURS, DIVERGING, ink_on, palette

__all__ = [
    "BASE_COLOURS",
    "DIVERGING",
    "against_n",
    "bars",
    "boxed",
    "clouds",
    "cluster_overview",
    "confusion",
    "curves",
    "gradient_paths",
    "image_grid",
    "ink_on",
    "latent_row",
    "lines",
    "manifold",
    "palette",
    "reliability",
    "routing_maps",
    "scatter",
    "score_curves",
    "scores_with_spread",
    "table",
    "taken_apart",
]
