"""Exercises of 18_autoencoder: the slopes of a linear autoencoder, and a transposed convolution."""

from __future__ import annotations

import numpy as np

from capslab.exercises.exercise import Case, Exercise, Mistake

NOTEBOOK = "18_autoencoder"


def autoencoder_slopes(X, encoder, decoder):
    """The slopes of mean_n Σ_pixels (X A B − X)² for the encoder A and the decoder B."""
    Z = X @ encoder  # (n, d)
    error = 2 * (Z @ decoder - X) / len(X)  # (n, pixels)
    return X.T @ (error @ decoder.T), Z.T @ error


def _slope_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)

    def random_case(n: int, pixels: int, d: int) -> tuple[np.ndarray, ...]:
        return rng.normal(size=(n, pixels)), rng.normal(size=(pixels, d)), rng.normal(size=(d, pixels))

    cases = [
        Case("five images of four pixels, and two numbers between", random_case(5, 4, 2)),
        Case("one image", random_case(1, 3, 2)),
        Case("as many images, pixels and numbers", random_case(3, 3, 3)),
        Case("one number between", random_case(6, 5, 1)),
    ]
    if hard:
        cases.append(Case("more images", random_case(30, 16, 4)))
    return cases


def _slopes_size() -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(0)
    return rng.normal(size=(100, 784)), rng.normal(size=(784, 2)), rng.normal(size=(2, 784))


def _slopes(X, encoder, decoder, *, factor=2.0, over=None, back=None, first=None):
    """`autoencoder_slopes` with one thing changed."""
    Z = X @ encoder
    error = factor * (Z @ decoder - X) / (over(X) if over else len(X))
    carried = back(error, encoder, decoder) if back else error @ decoder.T
    return X.T @ carried, (first(X, Z) if first else Z).T @ error


def paint(numbers, kernel, stride):
    """image[i·stride + a, j·stride + b] += numbers[i, j] · kernel[a, b]: what overlaps adds up."""
    rows, columns = numbers.shape
    down, across = kernel.shape
    image = np.zeros(((rows - 1) * stride + down, (columns - 1) * stride + across))
    for i in range(rows):
        for j in range(columns):
            top, left = i * stride, j * stride
            image[top : top + down, left : left + across] += numbers[i, j] * kernel
    return image


def _paint_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)

    def random_case(rows: int, columns: int, down: int, across: int, stride: int) -> tuple[object, ...]:
        return rng.normal(size=(rows, columns)), rng.normal(size=(down, across)), stride

    dot = np.zeros((2, 3))
    dot[1, 0] = 2
    cases = [
        Case("a single number, and nine different weights", (dot, np.arange(1.0, 10).reshape(3, 3), 2)),
        Case("a stride of 2, where kernels overlap", random_case(3, 4, 4, 3, 2)),
        Case("a stride of 1", random_case(4, 2, 2, 3, 1)),
        Case("a stride as large as the kernel", random_case(2, 3, 3, 3, 3)),
        Case("a stride larger than the kernel", random_case(3, 2, 1, 2, 3)),
        Case("one number", random_case(1, 1, 3, 2, 2)),
    ]
    if hard:
        cases.append(Case("a larger map", random_case(6, 7, 4, 4, 2)))
    return cases


def _paint_size() -> tuple[object, ...]:
    rng = np.random.default_rng(0)
    return rng.normal(size=(13, 13)), rng.normal(size=(4, 4)), 2


def _painted(numbers, kernel, stride, *, add=True):
    """Without adding up where kernels overlap, if `add` is False."""
    rows, columns = numbers.shape
    down, across = kernel.shape
    image = np.zeros(((rows - 1) * stride + down, (columns - 1) * stride + across))
    for i, j in np.ndindex(rows, columns):
        place = np.s_[i * stride : i * stride + down, j * stride : j * stride + across]
        image[place] = numbers[i, j] * kernel + (image[place] if add else 0)
    return image


EXERCISES = (
    Exercise(
        name="autoencoder_slopes",
        notebook=NOTEBOOK,
        title="Backpropagation through a bottleneck",
        task=(
            "Write autoencoder_slopes(X, encoder, decoder). The loss is the squared error of X @ encoder @ "
            "decoder against X, summed over the pixels and averaged over the images. It returns its slopes "
            "for the encoder and for the decoder, each in the shape of its matrix."
        ),
        points=2,
        hints=(
            "It is the backward pass of lesson 04 without a ReLU. Compute the codes Z = X @ encoder, then "
            "the error at the output.",
            "The slope of a square is twice what is squared: error = 2 * (Z @ decoder - X) / len(X). A "
            "matrix's slopes are its inputs, transposed, times its error.",
            "The decoder's slopes are Z.T @ error. Carried back, the error is error @ decoder.T, so the "
            "encoder's slopes are X.T @ (error @ decoder.T).",
        ),
        cases=_slope_cases,
        reference=autoencoder_slopes,
        real_size=_slopes_size,
        mistakes=(
            Mistake(
                "no two",
                "The factor 2 is missing, which comes from the square.",
                lambda *given: _slopes(*given, factor=1.0),
            ),
            Mistake(
                "summed over images",
                "You add up over the images. The loss is their mean, so divide the error by len(X).",
                lambda *given: _slopes(*given, over=lambda X: 1),
            ),
            Mistake(
                "mean over pixels",
                "You also divide by the number of pixels. The loss adds them up.",
                lambda *given: _slopes(*given, over=lambda X: X.size),
            ),
            Mistake(
                "not carried back",
                "The error goes back through the encoder here. What lies between the encoder and the output "
                "is the decoder, so its transpose carries the error back.",
                lambda *given: _slopes(*given, back=lambda error, A, B: error @ A),
            ),
            Mistake(
                "the other order",
                "You return the decoder's slopes first. The order is that of the arguments.",
                lambda *given: autoencoder_slopes(*given)[::-1],
            ),
        ),
    ),
    Exercise(
        name="paint",
        notebook=NOTEBOOK,
        title="A convolution the other way round",
        task=(
            "Write paint(numbers, kernel, stride). Each number of the map (rows, columns) puts the kernel, "
            "times that number, on an empty image: the number at (i, j) with the kernel's upper left corner "
            "at (i · stride, j · stride). Where kernels overlap, add. The image is just large enough."
        ),
        points=3,
        hints=(
            "How large is the image? The last number of a column puts its kernel at (rows − 1) · stride, and "
            "the kernel has its own rows.",
            "Begin with np.zeros(((rows - 1) * stride + down, (columns - 1) * stride + across)), where "
            "(down, across) is the kernel's shape, and loop over the numbers.",
            "Inside both loops, with top = i * stride and left = j * stride: image[top : top + down, left : "
            "left + across] += numbers[i, j] * kernel",
        ),
        cases=_paint_cases,
        reference=paint,
        real_size=_paint_size,
        mistakes=(
            Mistake(
                "painted over",
                "Where kernels overlap, the later one covers the earlier. Add them: += in place of =.",
                lambda *given: _painted(*given, add=False),
            ),
            Mistake(
                "flipped kernel",
                "You turned the kernel by 180°. Here it is put down as it is.",
                lambda numbers, kernel, stride: paint(numbers, kernel[::-1, ::-1], stride),
            ),
            Mistake(
                "no stride",
                "You put the kernels one pixel apart. They should be stride pixels apart.",
                lambda numbers, kernel, stride: paint(numbers, kernel, 1),
            ),
            Mistake(
                "too large",
                "Your image has rows and columns at its end that no kernel reaches. The last one is put at "
                "(rows − 1) · stride.",
                lambda numbers, kernel, stride: np.pad(
                    paint(numbers, kernel, stride), ((0, stride), (0, stride))
                ),
            ),
        ),
    ),
)
