"""The axes of an array of images: every usual order is read, and what has two readings names both."""

from __future__ import annotations

import numpy as np
import pytest

import capslab as cl
from capslab.data.image_axes import as_nhwc
from capslab.errors import ArgumentError

GREY = cl.load("digits").images[:60]  # (n, 8, 8, 1)
COLOUR = np.concatenate([GREY, GREY // 2, 255 - GREY], axis=-1)  # (n, 8, 8, 3)


@pytest.mark.parametrize(
    ("array", "expected", "note"),
    [
        (GREY, GREY, ""),
        (GREY[..., 0], GREY, ""),
        (GREY.reshape(60, 64), GREY, "8×8"),
        (np.moveaxis(GREY, -1, 1), GREY, "channels first"),
        (np.moveaxis(COLOUR, -1, 1), COLOUR, "channels first"),
        (COLOUR, COLOUR, ""),
        (COLOUR.reshape(60, -1), COLOUR, "red, green and blue of each pixel"),
        (np.moveaxis(COLOUR, -1, 1).reshape(60, -1), COLOUR, "red, then green, then blue"),
        (np.moveaxis(GREY[..., 0], 0, -1), GREY, "the images on the last axis"),
        (np.moveaxis(COLOUR, 0, -1), COLOUR, "the images on the last axis"),
        (np.zeros((20, 30, 900)), np.zeros((900, 20, 30, 1)), "the images on the last axis"),
        (np.zeros((28, 28)), np.zeros((1, 28, 28, 1)), "one picture"),
        (np.zeros((48, 62)), np.zeros((1, 48, 62, 1)), "one picture"),
        (np.zeros((9, 1, 4, 4)), np.zeros((9, 4, 4, 1)), "channels first"),
        (np.zeros((9, 1, 30, 1)), np.zeros((9, 1, 30, 1)), ""),
        (np.zeros((9, 8, 8, 4)), np.zeros((9, 8, 8, 4)), ""),
        (np.zeros((3, 28, 28)), np.zeros((3, 28, 28, 1)), "3 grey images"),
    ],
)
def test_every_usual_order_of_axes_is_read(array, expected, note):
    images, said = as_nhwc(array)
    assert images.shape == expected.shape
    assert (images == expected).all()
    assert note in said
    assert bool(said) == bool(note)


@pytest.mark.parametrize("shape", [(64, 64), (28, 28, 12), (100, 100)])
def test_both_readings_are_named_and_both_lines_of_code_work(shape):
    array = np.zeros(shape)
    with pytest.raises(ArgumentError, match="may be") as caught:
        as_nhwc(array)
    advice = str(caught.value).partition("Choose: ")[2].rstrip(".")
    codes = [code.partition(" for ")[0] for code in advice.replace("), array", ")|array").split("|")]
    codes = [part.strip() for code in codes for part in code.split(", np.")]
    shapes = set()
    for code in codes:
        code = code if code.startswith(("array", "np.")) else f"np.{code}"
        images, _ = as_nhwc(eval(code, {"np": np, "array": array}))
        shapes.add(images.shape)
    assert len(shapes) >= 1


def test_a_column_of_labels_among_the_pixels_is_suspected():
    with pytest.raises(ArgumentError, match=r"images=array\[:, 1:\], labels=array\[:, 0\].*array\[None\]"):
        as_nhwc(np.zeros((500, 785)))


def test_what_lies_in_a_file_stays_there(tmp_path):
    from capslab.data import lazy_rows

    np.save(tmp_path / "x.npy", np.moveaxis(COLOUR, -1, 1))
    images, _ = as_nhwc(np.load(tmp_path / "x.npy", mmap_mode="r"))
    assert lazy_rows.is_mapped(images)
