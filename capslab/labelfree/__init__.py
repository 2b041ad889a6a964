"""Cluster images without labels: `LabelFree`, and the self-training that it uses."""

from capslab.labelfree.estimator import LabelFree

__all__ = ["LabelFree"]
