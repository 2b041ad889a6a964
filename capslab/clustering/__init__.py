"""k-means for every k at once, scores, matching of labels, and a plane to draw in.

>>> import capslab as cl
>>> path = cl.cluster(cl.embed(cl.load("digits")), k=range(2, 31))
>>> path.at(10).labels.shape
(1797,)
"""

from capslab.clustering.kmeans_path import Clustering, KMeansPath, cluster
from capslab.clustering.matching import contingency, match_labels, matched_accuracy
from capslab.clustering.projection import project
from capslab.clustering.scores import (
    Curves,
    Scores,
    adjusted_rand,
    normalized_mutual_information,
    silhouette,
)

__all__ = [
    "Clustering",
    "Curves",
    "KMeansPath",
    "Scores",
    "adjusted_rand",
    "cluster",
    "contingency",
    "match_labels",
    "matched_accuracy",
    "normalized_mutual_information",
    "project",
    "silhouette",
]
