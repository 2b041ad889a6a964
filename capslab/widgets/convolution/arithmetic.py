"""A convolution as networks compute it, and the kernels that the view offers."""

from __future__ import annotations

import numpy as np

#: name → kernel; a learner recognises each by what it leaves of an image
KERNELS: dict[str, list[list[float]]] = {
    "horizontal edges": [[1, 1, 1], [0, 0, 0], [-1, -1, -1]],
    "vertical edges": [[1, 0, -1], [1, 0, -1], [1, 0, -1]],
    "diagonal strokes": [[-1, -1, 2], [-1, 2, -1], [2, -1, -1]],
    "blur": [[round(1 / 9, 4)] * 3] * 3,
    "sharpen": [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
    "copy": [[0, 0, 0], [0, 1, 0], [0, 0, 0]],
}


def feature_map(levels: np.ndarray, kernel: np.ndarray, stride: int = 1) -> np.ndarray:
    """Slide a kernel over an image: at each place, multiply what lies under it and add up.

    map[i, j] = Σ_ab levels[i·stride + a, j·stride + b] · kernel[a, b]

    This is what deep learning calls a convolution, without a bias; in mathematics it is a
    cross-correlation, as the kernel is not flipped. Only places where the whole kernel lies inside the image
    count ("valid").

    Parameters
    ----------
    levels : (height, width), grey levels.
    kernel : (rows, columns), no larger than the image.
    stride : pixels from one place to the next, ≥ 1.

    Returns
    -------
    (⌊(height − rows) / stride⌋ + 1, ⌊(width − columns) / stride⌋ + 1)

    Examples
    --------
    >>> stripe = np.array([[0, 0, 0], [1, 1, 1], [0, 0, 0]])
    >>> feature_map(stripe, np.array([[1], [-1]]))
    array([[-1, -1, -1],
           [ 1,  1,  1]])
    """
    windows = np.lib.stride_tricks.sliding_window_view(levels, np.shape(kernel))
    windows = windows[::stride, ::stride]  # (map rows, map columns, rows, columns)
    return np.einsum("ijab,ab->ij", windows, kernel)


def side_of_map(side: int, kernel: int, stride: int) -> int:
    """The number of places along one side of an image.

    >>> side_of_map(28, 3, 1), side_of_map(28, 5, 2)
    (26, 12)
    """
    return (side - kernel) // stride + 1
