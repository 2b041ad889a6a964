"""Match the clusters of one labelling with those of another.

Cluster numbers mean nothing by themselves: cluster 3 of one run may be cluster 7 of the
next. Everything here starts from the contingency table, which counts how many images each
pair of clusters shares, and pairs the clusters so that the sum of these counts is largest
(the assignment problem; Kuhn 1955, "The Hungarian method").
"""

from __future__ import annotations

from typing import Any

import numpy as np

from capslab.errors import ArgumentError, Verbatim


def contingency(labels: Any, truth: Any) -> np.ndarray:
    """How many images are in cluster a and class b: the table that all scores start from.

    Parameters
    ----------
    labels : whole numbers ≥ 0, `(n,)`.
    truth : whole numbers ≥ 0, `(n,)`, for the same images in the same order.

    Returns
    -------
    array : int64 `(max(labels) + 1, max(truth) + 1)`; its sum is n.

    Raises
    ------
    ArgumentError : unless both are whole numbers ≥ 0 and equally many.

    Examples
    --------
    >>> contingency([0, 0, 1, 1, 1], [2, 2, 0, 0, 2])
    array([[0, 0, 2],
           [2, 0, 1]])
    """
    labels, truth = _checked("labels", labels), _checked("truth", truth)
    if len(labels) != len(truth):
        raise ArgumentError(
            "truth",
            f"as long as the labels ({len(labels)})",
            Verbatim(f"{len(truth)} of them"),
            "Take both from the same images: images.labels has one per image.",
        )
    rows, columns = int(labels.max()) + 1, int(truth.max()) + 1
    return np.bincount(labels * columns + truth, minlength=rows * columns).reshape(rows, columns)


def best_pairs(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pair rows and columns one to one so that the sum of their counts is largest."""
    from scipy.optimize import linear_sum_assignment

    return linear_sum_assignment(table, maximize=True)


def matched_accuracy(labels: Any, truth: Any) -> float:
    """The share of correct images once each cluster is named after one class.

    max over one-to-one pairings π of Σ_a table[a, π(a)] / n. Each class names only one
    cluster, so with more clusters than classes the remaining clusters count as wrong.

    Parameters
    ----------
    labels, truth : whole numbers ≥ 0, `(n,)` each.

    Returns
    -------
    float : 0…1.

    Examples
    --------
    >>> matched_accuracy([1, 1, 0, 0], [0, 0, 1, 1])
    1.0
    """
    return accuracy_from_table(contingency(labels, truth))


def accuracy_from_table(table: np.ndarray) -> float:
    """`matched_accuracy` from a contingency table."""
    rows, columns = best_pairs(table)
    return float(table[rows, columns].sum() / table.sum())


def match_labels(reference: Any, labels: Any) -> np.ndarray:
    """Renumber clusters so that they agree with a reference on as many images as possible.

    Parameters
    ----------
    reference : whole numbers ≥ 0, `(n,)`, whose numbers stay.
    labels : whole numbers ≥ 0, `(n,)`, the clustering to renumber.

    Returns
    -------
    array : int64 `(n,)`. Clusters without a partner get the lowest unused numbers.

    Examples
    --------
    >>> match_labels([0, 0, 1, 1, 1], [2, 2, 0, 0, 1])
    array([0, 0, 1, 1, 2])
    """
    return matching_names(contingency(reference, labels))[_checked("labels", labels)]


def matching_names(table: np.ndarray) -> np.ndarray:
    """For each column of a contingency table, the number of its partner among the rows.

    A column without a partner gets the lowest number that no other column has.
    """
    rows, columns = best_pairs(table)
    names = np.full(table.shape[1], -1)
    names[columns] = rows
    unused = (name for name in range(sum(table.shape)) if name not in set(rows.tolist()))
    for column in np.flatnonzero(names < 0):
        names[column] = next(unused)
    return names


def _to_numbers(argument: str, array: np.ndarray) -> str:
    """What to type in order to have one number per image."""
    if not array.size:
        return "Give at least one."
    if array.ndim == 2:
        return f"{argument}.argmax(axis=1) gives the number of the largest in each row."
    if array.ndim == 1:
        return f"np.unique({argument}, return_inverse=True)[1] numbers any names from 0."
    return "Give one number per image."


def _checked(argument: str, values: Any) -> np.ndarray:
    array = np.asarray(values)
    whole = array.ndim == 1 and len(array) and np.issubdtype(array.dtype, np.integer)
    if not whole or array.min() < 0:
        raise ArgumentError(
            argument,
            "whole numbers ≥ 0 of shape (n,), one per image",
            array if array.ndim != 1 or len(array) > 10 else values,
            _to_numbers(argument, array),
        )
    return array.astype(np.int64)
