"""Gaussian mixtures: clusters may be elongated, tilted and of different sizes."""

from __future__ import annotations

from typing import Any

import numpy as np

from capslab.clustering.check_arguments import checked_ks, checked_vectors


@np.errstate(under="ignore")  # the probability of a cluster far away is meant to become 0
def gaussian_mixture(embedding: Any, n_clusters: int, seed: int = 0) -> np.ndarray:
    """The most probable of k normal distributions for each vector, int64 `(n,)`.

    p(x) = Σⱼ πⱼ N(x; μⱼ, Σⱼ), fitted by expectation–maximisation from a k-means start
    (scikit-learn's `GaussianMixture`, full covariances plus 10⁻³ of the mean variance).

    Parameters
    ----------
    embedding : an `Embedding`, or vectors `(n, d)`.
    n_clusters : from 1 to the number of different vectors.
    seed : the same seed gives the same clusters.

    Examples
    --------
    >>> X = np.array([[0.0], [0.1], [0.2], [9.0], [9.1], [9.2]])
    >>> labels = gaussian_mixture(X, 2)
    >>> labels[:3].tolist() == [labels[0]] * 3, bool(labels[0] != labels[5])
    (True, True)
    """
    from sklearn.mixture import GaussianMixture
    from threadpoolctl import threadpool_limits

    X = checked_vectors(getattr(embedding, "vectors", embedding))
    (k,) = checked_ks(n_clusters, X)
    if k == 1:
        return np.zeros(len(X), np.int64)
    X = X.astype(np.float64) - X.mean(axis=0, dtype=np.float64)
    X /= X.std() or 1.0
    with threadpool_limits(1):  # more would only compete with TensorFlow's threads
        model = GaussianMixture(k, reg_covar=1e-3, max_iter=50, tol=1e-2, random_state=seed)
        return model.fit_predict(X).astype(np.int64)
