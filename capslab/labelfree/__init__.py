"""Clustering images without labels: `LabelFree`, and the self-training that it ends with."""

from capslab.labelfree.estimator import LabelFree

__all__ = ["LabelFree"]
