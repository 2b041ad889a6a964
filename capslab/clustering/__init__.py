"""k-means for every k at once, spectral clustering, scores, matching of labels, and a plane to draw in.

>>> import capslab as cl
>>> path = cl.cluster(cl.embed(cl.load("digits")), n_clusters=range(2, 31))
>>> path.at(10).labels.shape
(1797,)
"""

from capslab.clustering.deskew import deskew
from capslab.clustering.gaussian_mixture import gaussian_mixture
from capslab.clustering.kmeans_path import Clustering, KMeansPath, cluster
from capslab.clustering.kmeans_steps import Step, kmeans_steps
from capslab.clustering.matching import contingency, match_labels, matched_accuracy
from capslab.clustering.neighbours import nearest_neighbours
from capslab.clustering.pca import principal_components
from capslab.clustering.projection import project
from capslab.clustering.score_pitfalls import score, traps
from capslab.clustering.scores import (
    Curves,
    Scores,
    adjusted_rand,
    normalized_mutual_information,
    silhouette,
)
from capslab.clustering.spectral import Cut, SpectralPath
from capslab.clustering.stability import Repeats, repeat_kmeans

__all__ = [
    "Clustering",
    "Curves",
    "Cut",
    "KMeansPath",
    "Repeats",
    "Scores",
    "SpectralPath",
    "Step",
    "adjusted_rand",
    "cluster",
    "contingency",
    "deskew",
    "gaussian_mixture",
    "kmeans_steps",
    "match_labels",
    "matched_accuracy",
    "nearest_neighbours",
    "normalized_mutual_information",
    "principal_components",
    "project",
    "repeat_kmeans",
    "score",
    "silhouette",
    "traps",
]
