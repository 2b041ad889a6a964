"""Exercises of 09_convolution: a convolution by hand, and what sharing its weights saves."""

from __future__ import annotations

import numpy as np

from capslab.exercises.exercise import Case, Exercise, Mistake

NOTEBOOK = "09_convolution"


def convolution(image, kernel):
    """map[i, j] = Σ_ab image[i + a, j + b] · kernel[a, b], wherever the whole window lies inside."""
    rows, columns = kernel.shape
    down, across = image.shape[0] - rows + 1, image.shape[1] - columns + 1
    result = np.zeros((down, across))
    for i in range(down):
        for j in range(across):
            result[i, j] = (image[i : i + rows, j : j + columns] * kernel).sum()
    return result


def _image_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)

    def random_case(height: int, width: int, rows: int, columns: int) -> tuple[np.ndarray, np.ndarray]:
        return rng.random((height, width)), rng.normal(size=(rows, columns))

    dot = np.zeros((5, 5))
    dot[2, 1] = 1
    cases = [
        Case("a single bright pixel and nine different weights", (dot, np.arange(1.0, 10).reshape(3, 3))),
        Case("an image that is wider than high", random_case(5, 8, 3, 3)),
        Case("a window that is higher than wide", random_case(7, 6, 3, 2)),
        Case("a window as large as the image", random_case(4, 3, 4, 3)),
        Case("a window of one pixel", random_case(3, 4, 1, 1)),
    ]
    if hard:
        cases.append(Case("a larger image", random_case(12, 9, 5, 4)))
        cases.append(Case("a window of one row", random_case(4, 7, 1, 3)))
    return cases


def _windows(image, kernel):
    return np.lib.stride_tricks.sliding_window_view(image, kernel.shape)  # (map rows, map columns, …)


def _padded(image, kernel):
    rows, columns = kernel.shape
    above, left = (rows - 1) // 2, (columns - 1) // 2
    return convolution(np.pad(image, ((above, rows - 1 - above), (left, columns - 1 - left))), kernel)


def _real_images() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.random((28, 28)), rng.normal(size=(3, 3))


def count_weights(side_in, channels, side_out, filters, kernel):
    """Weights between two grids: one window for all places, one per place, everything to everything."""
    window = kernel * kernel * channels * filters
    shared = window
    unshared = window * side_out**2
    dense = side_in**2 * channels * side_out**2 * filters
    return shared, unshared, dense


def weight_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)

    def random_case() -> tuple[int, ...]:
        side, kernel = int(rng.integers(8, 30)), int(rng.integers(2, 6))
        return side, int(rng.integers(2, 9)), side - kernel + 1, int(rng.integers(10, 33)), kernel

    cases = [
        Case("28×28 grey pixels, 16 filters of 5×5 with stride 2", (28, 1, 14, 16, 5)),
        Case("a few more channels", random_case()),
        Case("other sizes", random_case()),
        Case("a small layer", (int(rng.integers(4, 7)), 2, 3, 5, 2)),
        Case("a window of one cell", (6, 32, 6, 16, 1)),
    ]
    if hard:
        cases.append(Case("larger maps", random_case()))
    return cases


def wrong_weights(
    side_in, channels, side_out, filters, kernel, *, bias=0, with_depth=True, places=None, whole=True
):
    """The three counts with one thing wrong."""
    window = (kernel * kernel * (channels if with_depth else 1) + bias) * filters
    many = side_out**2 if places is None else places
    pixels = side_in**2 * channels if whole else side_in**2
    return window, window * many, (pixels + bias) * side_out**2 * filters


EXERCISES = (
    Exercise(
        name="convolution",
        notebook=NOTEBOOK,
        title="A window that slides over an image",
        task=(
            "Write convolution(image, kernel). It takes an image (height, width) and a kernel (rows, "
            "columns) of any size. It returns the map (height − rows + 1, width − columns + 1): at each "
            "place, the pixels under the window times the weights, added up."
        ),
        points=3,
        hints=(
            "How many places are there? In 28 pixels, a window of 3 can start at 0, 1, … 25. Make an array "
            "of zeros for the map, and go through its rows and columns with two loops.",
            "The pixels under the window at place (i, j) are a slice: image[i : i + rows, j : j + columns]. "
            "Do not loop over the pixels in it: NumPy multiplies the slice with the kernel at once, which is "
            "much faster.",
            "Inside both loops: result[i, j] = (image[i : i + rows, j : j + columns] * kernel).sum()",
        ),
        cases=_image_cases,
        reference=convolution,
        real_size=_real_images,
        mistakes=(
            Mistake(
                "flipped kernel",
                "You turned the kernel by 180° first. Mathematicians define a convolution that way, networks "
                "do not: the weight in the upper left corner meets the pixel in the upper left corner.",
                lambda image, kernel: convolution(image, kernel[::-1, ::-1]),
            ),
            Mistake(
                "border of zeros",
                "Your map is as large as the image, as if there were zeros around it. Here only those places "
                "count at which the whole window lies inside.",
                _padded,
            ),
            Mistake(
                "mean instead of sum",
                "You took the mean of the products. A convolution adds them up.",
                lambda image, kernel: convolution(image, kernel) / kernel.size,
            ),
            Mistake(
                "matrix product",
                "You multiplied the window and the kernel as matrices. Multiply them entry by entry.",
                lambda image, kernel: np.array(
                    [[(w @ kernel.T).sum() for w in row] for row in _windows(image, kernel)]
                ),
            ),
            Mistake(
                "transposed kernel",
                "Rows and columns of your kernel are exchanged.",
                lambda image, kernel: (
                    convolution(image, kernel.T)
                    if min(np.subtract(image.shape, kernel.shape[::-1])) >= 0
                    else np.zeros((0, 0))
                ),
            ),
        ),
    ),
    Exercise(
        name="count_weights",
        notebook=NOTEBOOK,
        title="What does weight sharing save?",
        task=(
            "Write count_weights(side_in, channels, side_out, filters, kernel). It returns three numbers "
            "of weights, without biases: (a convolution, the same with its own window at each place, a "
            "dense layer)."
        ),
        points=2,
        hints=(
            "A window covers kernel × kernel cells with all their channels, and each filter has its own "
            "weights for it.",
            "A convolution uses the same window at every place. Without sharing, there is one window for "
            "each of the side_out × side_out places.",
            "A dense layer connects each of the side_in² · channels inputs to each of the side_out² · "
            "filters outputs.",
        ),
        cases=weight_cases,
        reference=count_weights,
        mistakes=(
            Mistake(
                "with biases",
                "You count the biases too. They are few, and the question leaves them out.",
                lambda *sizes: wrong_weights(*sizes, bias=1),
            ),
            Mistake(
                "window without depth",
                "A window looks at all channels of a cell, so it has kernel × kernel × channels weights "
                "for each filter.",
                lambda *sizes: wrong_weights(*sizes, with_depth=False),
            ),
            Mistake(
                "dense layer without channels",
                "The dense layer sees every channel of every cell, so it has side_in² · channels inputs.",
                lambda *sizes: wrong_weights(*sizes, whole=False),
            ),
            Mistake(
                "places of the input",
                "The places are those of the output: side_out², one for each position of the window.",
                lambda *sizes: wrong_weights(*sizes, places=sizes[0] ** 2),
            ),
        ),
    ),
)
