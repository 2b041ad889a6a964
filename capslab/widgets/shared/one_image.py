"""One image for a view that shows one: whatever the learner passes, or an error that says what to type."""

from __future__ import annotations

from typing import Any

import numpy as np

from capslab.errors import ArgumentError, Verbatim, instance_of


def check_image(image: Any, model: Any) -> tuple[np.ndarray, int | None]:
    """One image of the model's size as uint8 `(h, w, c)`, and its label if it has one.

    Parameters
    ----------
    image : an `Images` of one, or a uint8 array `(h, w)` or `(h, w, c)`.
    model : whatever the image is for; its `image_shape` counts.

    Raises
    ------
    ArgumentError : for several images, another size, or pixels that are not uint8.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> pixels, label = check_image(np.zeros((8, 8), np.uint8), SimpleNamespace(image_shape=(8, 8, 1)))
    >>> pixels.shape, label
    ((8, 8, 1), None)
    """
    label = None
    if hasattr(image, "images"):
        if len(image) != 1:
            raise ArgumentError("image", "one image", Verbatim(f"{len(image)} images"), "Try image[0].")
        label = None if image.labels is None else int(image.labels[0])
        image = image.images[0]
    try:
        pixels = np.asarray(image)
    except ValueError:  # rows of different lengths
        pixels = np.array(None)
    shape = tuple(getattr(model, "image_shape", pixels.shape))
    if pixels.ndim == 2 and shape[-1:] == (1,):
        pixels = pixels[..., None]
    if pixels.shape != shape or pixels.dtype != np.uint8:
        received = instance_of(image) if pixels.dtype == object else pixels
        raise ArgumentError(
            "image", f"uint8 pixels of the model's size {shape}", received, _to_image(pixels, shape)
        )
    return pixels, label


def _to_image(pixels: np.ndarray, shape: tuple[int, ...]) -> str:
    """What to type in order to have one image of the model's size."""
    if pixels.shape[1:] == shape or (shape[-1:] == (1,) and pixels.shape[1:] == shape[:2]):
        return "Try image[0]."
    if pixels.shape != shape or pixels.dtype.kind not in "fiub":
        return "Take one image of the data set that the model was trained on."
    if pixels.dtype.kind == "f" and np.isnan(pixels).any():
        return "Some are NaN. Take (255 * np.nan_to_num(image)).astype('uint8')."
    if pixels.max() <= 1:
        return "Take (255 * image).astype('uint8')."
    return "Take np.clip(image, 0, 255).astype('uint8')."
