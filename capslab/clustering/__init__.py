"""k-means for every k at once, spectral clustering, scores, matching of labels, and projections to plot.

>>> import capslab as cl
>>> path = cl.cluster(cl.embed(cl.load("digits")), n_clusters=range(2, 31))
>>> path.at(10).labels.shape
(1797,)
"""

from capslab.clustering.cluster_names import cluster_name
from capslab.clustering.deskew import deskew
from capslab.clustering.eigen import cluster_eigenvectors, leading_eigenvectors
from capslab.clustering.gaussian_mixture import gaussian_mixture
from capslab.clustering.kmeans_every_k import Clustering, KMeansPath, cluster
from capslab.clustering.kmeans_steps import KMeansStep, kmeans_steps
from capslab.clustering.matched_accuracy import contingency, match_labels, matched_accuracy
from capslab.clustering.neighbour_graph import self_tuning_weights
from capslab.clustering.projection import project
from capslab.clustering.score_pitfalls import ScorePitfall, score, score_pitfalls
from capslab.clustering.scores import (
    ScoreCurves,
    Scores,
    adjusted_rand,
    normalized_mutual_information,
    silhouette,
)
from capslab.clustering.spectral import SpectralClusters, SpectralPath
from capslab.clustering.stability import KMeansRuns, repeat_kmeans
from capslab.data.neighbours import nearest_neighbours
from capslab.data.pca import principal_components

__all__ = [
    "Clustering",
    "KMeansPath",
    "KMeansRuns",
    "KMeansStep",
    "ScoreCurves",
    "ScorePitfall",
    "Scores",
    "SpectralClusters",
    "SpectralPath",
    "adjusted_rand",
    "cluster",
    "cluster_eigenvectors",
    "cluster_name",
    "contingency",
    "deskew",
    "gaussian_mixture",
    "kmeans_steps",
    "leading_eigenvectors",
    "match_labels",
    "matched_accuracy",
    "nearest_neighbours",
    "normalized_mutual_information",
    "principal_components",
    "project",
    "repeat_kmeans",
    "score",
    "score_pitfalls",
    "self_tuning_weights",
    "silhouette",
]
