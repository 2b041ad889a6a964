"""Lloyd's algorithm for several sets of centres at once: a set per k of a path, or per start of a search.

All centres are stacked, so that one matrix product compares a thousand points with every centre of
every set. ‖x − c‖² = ‖x‖² − 2 x·c + ‖c‖², and ‖x‖² is the same for every centre; what is left is the
product of [x, 1] and [−2c, ‖c‖²]. A second product, of the memberships (0 or 1) and [x, 1], gives the
sum and the number of the points of each cluster. One step for k = 2…30 on all points costs a fifth of
29 calls of scikit-learn's `KMeans`, each of which passes over the points twice and checks its arguments.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from capslab.data.lazy_rows import ROWS, blocks, parts

#: points, and centres, that are compared at once: few enough that their distances stay in the cache
POINTS, CENTERS = 1000, 512
#: below this share of Σ ‖x‖², an inertia is computed again from the differences
CANCELLED = 0.05


def moved(
    points: Any,
    sets: list[np.ndarray],
    weights: np.ndarray | None = None,
    steps: int = 1,
    stretch: float = 1.0,
) -> list[np.ndarray]:
    """Lloyd steps for each set: every centre moves to the mean of its points; one without points stays.

    Parameters
    ----------
    points : float32 `(n, d)`, an array or `LazyRows`.
    sets : float32 `(k, d)` each, k from 1 to 256.
    weights : `(n,)`, how often each point counts; None for once.
    steps : the number of steps.
    stretch : how far the centres move, as a multiple of the way to the mean. With 1 to 2, the inertia
        cannot rise: it is a parabola around the mean, as high at twice the way as at the start.

    Examples
    --------
    >>> points = np.array([[0], [1], [9], [10]], np.float32)
    >>> [centers.ravel().tolist() for centers in moved(points, [points[:1], points[:2]])]
    [[5.0], [0.0, 6.666666507720947]]
    """
    small = (
        [(rows, _weighted(rows, part, weights)) for part, rows in _with_ones(points)] if steps > 1 else None
    )
    for _ in range(steps):
        pieces = small or ((rows, _weighted(rows, part, weights)) for part, rows in _with_ones(points))
        means = _means(pieces, sets, points.shape[1])
        for mean, before in zip(means, sets, strict=True):
            np.copyto(mean, before, where=np.isnan(mean))
            if stretch != 1:
                mean += np.float32(stretch - 1) * (mean - before)
        sets = means
    return sets


def in_other_dimensions(points: Any, sets: list[np.ndarray], others: Any) -> list[np.ndarray]:
    """The means, `(k, e)`, of the clusters in other dimensions of the same points, `others` `(n, e)`.

    A cluster without points has its centre at zero.
    """
    pieces = ((rows, _with_one(others[part])) for part, rows in _with_ones(points))
    return [np.nan_to_num(mean) for mean in _means(pieces, sets, others.shape[1])]


def nearest(points: Any, sets: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """The number of the nearest centre to each point, the first of equally near ones; and the inertia.

    Returns
    -------
    labels : uint8 `(sets, n)`.
    inertia : Σᵢ ‖xᵢ − its centre‖² for each set, `(sets,)`.

    Examples
    --------
    >>> nearest(np.array([[0], [1], [9]], np.float32), [np.array([[1], [8]], np.float32)])
    (array([[0, 0, 1]], dtype=uint8), array([2.]))
    """
    labels, totals, spread = np.empty((len(sets), len(points)), np.uint8), np.zeros(len(sets)), 0.0
    groups = _grouped(sets)
    for part, rows in _with_ones(points):
        lengths = _lengths(rows)
        spread += float(lengths.sum(dtype=np.float64))
        for i, squares in enumerate(
            squares for group in groups for squares in group.compared(rows)
        ):  # (k, b)
            smallest = squares.min(axis=0)
            totals[i] += np.maximum(smallest + lengths, 0).sum(dtype=np.float64)
            # 255 where another centre is nearer, and otherwise the centre's own number; then the smallest.
            others = np.negative((squares != smallest).view(np.uint8))
            others |= np.arange(len(squares), dtype=np.uint8)[:, None]
            others.min(axis=0, out=labels[i, part])
    # Most of ‖x‖² has cancelled where clusters are small, and with it most digits of a float32.
    small = np.flatnonzero(totals < CANCELLED * spread)
    if len(small):
        totals[small] = inertias(points, [sets[i] for i in small], labels[small])
    return labels, totals


def inertias(points: Any, sets: list[np.ndarray], labels: np.ndarray) -> np.ndarray:
    """Σᵢ ‖xᵢ − its centre‖² for each set, `(sets,)`, from the differences; `labels` are `(sets, n)`.

    >>> points, sets = np.array([[0], [1], [9]], np.float32), [np.array([[1], [8]], np.float32)]
    >>> inertias(points, sets, np.array([[0, 0, 1]]))
    array([2.])
    """
    totals = np.zeros(len(sets))
    for part in parts(points, most=ROWS):
        rows = points[part]
        for i, centers in enumerate(sets):
            differences = rows - centers[labels[i, part]]  # (b, d)
            totals[i] += np.einsum("nd,nd->n", differences, differences).sum(dtype=np.float64)
    return totals


def rough_inertias(points: np.ndarray, sets: list[np.ndarray], weights: np.ndarray) -> np.ndarray:
    """Σᵢ wᵢ ‖xᵢ − nearest centre‖² for each set, `(sets,)`, as precise as ‖x‖² is in float32.

    >>> rough_inertias(np.array([[0], [1], [9]], np.float32), [np.array([[1], [8]], np.float32)], np.ones(3))
    array([2.])
    """
    totals = np.zeros(len(sets))
    groups = _grouped(sets)
    for part, rows in _with_ones(points):
        smallest = [squares.min(axis=0) for group in groups for squares in group.compared(rows)]
        totals += np.maximum(np.stack(smallest) + _lengths(rows), 0) @ weights[part]
    return totals


def _means(
    pieces: Iterable[tuple[np.ndarray, np.ndarray]], sets: list[np.ndarray], dimensions: int
) -> list[np.ndarray]:
    """The mean of the points of each centre, float32 `(k, e)`; NaN where there are none.

    A piece is some points to assign, [x, 1] `(b, d + 1)`, and to average, [y, 1] `(b, e + 1)`.
    """
    groups = _grouped(sets)
    sums = [np.zeros((len(group.stacked), dimensions + 1)) for group in groups]
    for assigned, averaged in pieces:
        for group, total in zip(groups, sums, strict=True):
            total += group.memberships(assigned) @ averaged  # (Σ k, b) @ (b, e + 1)
    with np.errstate(invalid="ignore"):
        means = [(total[:, :-1] / total[:, -1:]).astype(np.float32) for total in sums]
    return [mean[own] for mean, group in zip(means, groups, strict=True) for own in group.owns]


@dataclass(frozen=True, eq=False)
class _Group:
    """Some of the sets: [−2c, ‖c‖²] of every centre, `(Σ k, d + 1)`, and which rows are whose."""

    stacked: np.ndarray
    owns: list[slice]

    def compared(self, rows: np.ndarray) -> Iterator[np.ndarray]:
        """‖x − c‖² − ‖x‖² for the centres of each set, `(k, b)`; `rows` are [x, 1], `(b, d + 1)`."""
        squares = self.stacked @ rows.T
        return (squares[own] for own in self.owns)

    def memberships(self, rows: np.ndarray) -> np.ndarray:
        """1 where a centre is the nearest one of its set to a point, and 0 elsewhere, `(Σ k, b)`."""
        squares = self.stacked @ rows.T
        for own in self.owns:
            squares[own] = squares[own] == squares[own].min(axis=0)
        return squares


def _grouped(sets: list[np.ndarray]) -> list[_Group]:
    """The sets in groups of about `CENTERS` centres."""
    groups: list[list[np.ndarray]] = []
    total = CENTERS
    for one in sets:
        if total + len(one) > CENTERS:
            groups.append([])
            total = 0
        groups[-1].append(one)
        total += len(one)
    result = []
    for group in groups:
        centers = np.concatenate(group)
        ends = np.cumsum([len(one) for one in group])
        owns = [slice(end - len(one), end) for one, end in zip(group, ends, strict=True)]
        squares = np.einsum("cd,cd->c", centers, centers)[:, None]
        result.append(_Group(np.concatenate([-2 * centers, squares], axis=1), owns))
    return result


def _with_ones(points: Any) -> Iterator[tuple[slice, np.ndarray]]:
    """A few hundred points at a time as [x, 1], float32 `(b, d + 1)`, and which points they are."""
    for part in parts(points, most=ROWS):  # what lies in a file is read in larger pieces than are compared
        rows = points[part]
        for piece in blocks(len(rows), POINTS):
            yield slice(part.start + piece.start, part.start + piece.stop), _with_one(rows[piece])


def _with_one(rows: np.ndarray) -> np.ndarray:
    wider = np.ones((len(rows), rows.shape[1] + 1), np.float32)
    wider[:, :-1] = rows
    return wider


def _weighted(rows: np.ndarray, part: slice, weights: np.ndarray | None) -> np.ndarray:
    return rows if weights is None else rows * weights[part, None]


def _lengths(rows: np.ndarray) -> np.ndarray:
    """‖x‖² of points [x, 1], `(b,)`."""
    return np.einsum("nd,nd->n", rows[:, :-1], rows[:, :-1])
