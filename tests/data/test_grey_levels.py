"""Every range of grey levels that people save gives the same pictures, or an error in words."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import capslab as cl
from capslab.data import Images, lazy_rows
from capslab.data.grey_levels import as_uint8, from_file_as_uint8, grey_scale
from capslab.data.lazy_rows import LazyRows
from capslab.errors import ArgumentError

DIGITS = cl.load("digits").images[:300]  # (n, 8, 8, 1), 17 levels from 0 to 255
UNIT = DIGITS / 255


def read(levels: np.ndarray) -> tuple[np.ndarray, str]:
    (pixels,), note = from_file_as_uint8([levels])
    return pixels, note


def off_by(pixels: np.ndarray) -> int:
    return int(abs(pixels.astype(int) - DIGITS).max())


SCALES = {
    "fractions": UNIT,
    "float32": UNIT.astype(np.float32),
    "float16": UNIT.astype(np.float16),
    "big-endian floats": UNIT.astype(">f4"),
    "a hair above 1": UNIT * 1.000001,
    "a hair below 0": UNIT - 1e-7,
    "0…16 as floats": UNIT * 16,
    "0…16 as integers": np.rint(UNIT * 16).astype(np.int64),
    "0…16 as bytes": np.rint(UNIT * 16).astype(np.uint8),
    "0…15": np.rint(UNIT * 15).astype(np.uint8),
    "percent": UNIT * 100,
    "0…255 as floats": UNIT * 255,
    "0…255 as float16": (UNIT * 255).astype(np.float16),
    "0…255 as int16": (UNIT * 255).astype(np.int16),
    "0…255 as uint16": (UNIT * 255).astype(">u2"),
    "10 bits": np.rint(UNIT * 1023).astype(np.uint16),
    "12 bits": np.rint(UNIT * 4095).astype(np.int16),
    "12 bits, big-endian": np.rint(UNIT * 4095).astype(">i2"),
    "14 bits": np.rint(UNIT * 16383).astype(np.uint16),
    "16 bits": np.rint(UNIT * 65535).astype(np.uint16),
    "16 bits as floats": UNIT * 65535,
    "16 bits as int64": np.rint(UNIT * 65535).astype(np.int64),
    "−1…1": UNIT * 2 - 1,
    "−0.5…0.5": UNIT - 0.5,
    "−128…127": DIGITS.astype(np.int16) - 128,
    "−128…127 as floats": DIGITS.astype(float) - 128,
    "−128…127 as int8": (DIGITS.astype(np.int16) - 128).astype(np.int8),
    "bytes read as signed": DIGITS.view(np.int8),
    "0…127 as int8": (DIGITS // 2).astype(np.int8),
    "signed 16 bits": (np.rint(UNIT * 65535) - 32768).astype(np.int16),
    "standardised": (UNIT - UNIT.mean()) / UNIT.std(),
    "standardised as for MNIST": (UNIT - 0.1307) / 0.3081,
    "less the mean": UNIT - UNIT.mean(),
    "divided by 255 twice": UNIT / 255,
    "0…3": UNIT * 3,
}


@pytest.mark.parametrize("name", SCALES)
def test_the_same_pictures_on_every_scale(name):
    pixels, note = read(SCALES[name])
    coarse = {"0…15": 9, "0…127 as int8": 2}.get(name, 1)
    assert pixels.dtype == np.uint8
    assert off_by(pixels) <= coarse
    assert note or name.startswith("0…255")


@pytest.mark.parametrize("name", SCALES)
def test_in_blocks_and_on_the_disk_the_rule_is_the_same(name, monkeypatch, tmp_path):
    expected, note = read(SCALES[name])
    monkeypatch.setattr(lazy_rows, "LARGE_FILE", 1000)
    monkeypatch.setattr(lazy_rows, "BLOCK_BYTES", 5000)
    np.save(tmp_path / "x.npy", SCALES[name])
    mapped, note_of_mapped = read(np.load(tmp_path / "x.npy", mmap_mode="r"))
    assert isinstance(mapped, LazyRows)
    assert (np.asarray(mapped) == expected).all()
    assert note_of_mapped == note


def test_overshoot_of_sharp_resizing_is_clipped_and_said():
    from scipy.ndimage import zoom

    for white in (1, 255):
        large = zoom(UNIT[..., 0], (1, 3, 3), order=3) * white
        assert large.min() < -0.02 * white
        assert large.max() > 1.02 * white
        pixels, note = read(large)
        assert (pixels == np.rint(np.clip(large / white, 0, 1) * 255)).all()
        assert f"grey levels 0…{white}" in note
        assert "clipped" in note


@pytest.mark.parametrize("wrapped", [False, True])
def test_signed_bytes_of_a_photograph_are_read_by_their_smoothness(wrapped):
    row, column = np.mgrid[:40, :40]
    photos = np.stack([128 + 90 * np.sin(row / 9 + i) * np.cos(column / 7 - i) for i in range(5)])
    photos = np.rint(photos).astype(np.uint8)
    levels = photos.view(np.int8) if wrapped else (photos.astype(np.int16) - 128).astype(np.int8)
    assert (read(levels)[0] == photos).all()


@pytest.mark.parametrize("outlier", [1.5, 12.0, 1e6, -3.0])
def test_one_outlier_does_not_decide_the_scale(outlier):
    levels = UNIT.copy()
    levels[7, 3, 3] = outlier
    pixels, note = read(levels)
    pixels[7, 3, 3] = DIGITS[7, 3, 3]
    assert off_by(pixels) <= 1
    assert "1 pixel beyond it" in note


def test_few_bright_pixels_on_black_are_no_outliers():
    stars = np.zeros((50, 20, 20))
    stars[:, 5, 5] = 255
    stars[0, 0, 0] = 0.5
    pixels, _ = read(stars)
    assert pixels.max() == pixels[3, 5, 5] == 255
    assert pixels[0, 0, 0] == 0


def test_training_and_test_images_get_one_scale():
    dark = UNIT * 0.2
    (first, second), _ = from_file_as_uint8([dark * 4095, UNIT * 4095])
    assert off_by(second) <= 1
    assert abs(first.astype(float) - DIGITS * 0.2).max() <= 1


@pytest.mark.parametrize(
    ("levels", "expected", "note"),
    [
        (np.array([False, True]), [0, 255], "true and false"),
        (np.array([0, 1], np.uint8), [0, 255], "0…1"),
        (np.array([0, 1]), [0, 255], "0…1"),
        (np.array([0.0, 100.4, 255.0]), [0, 100, 255], "rounded"),
        (np.array([0, 8, 160]), [0, 8, 160], ""),
        (np.array([0, 8, 40]), [0, 8, 40], "the brightest pixel is 40 of 255"),
        (np.array([0.0, 0.1]), [0, 26], "the brightest pixel is 26 of 255"),
        (np.zeros(3), [0, 0, 0], "every pixel is black"),
        (np.full(3, 0.5), [128] * 3, "0…1"),
        (np.full(3, -7.0), [0] * 3, "the lowest taken as black"),
        (np.array([0, 99.0, 100.0]), [0, 252, 255], "0…100"),
        (np.array([0, 100], np.uint8), [0, 100], ""),
    ],
)
def test_what_is_assumed_is_said(levels, expected, note):
    levels = np.resize(levels, (4, 9, 9, 1)) if len(levels) > 1 else levels
    pixels, said = read(levels)
    assert pixels.ravel()[: len(expected)].tolist() == expected
    assert note in said
    assert bool(said) == bool(note)


def test_bytes_in_memory_stay_as_they_are():
    dark = np.full((2, 8, 8, 1), 16, np.uint8)
    pixels, note = as_uint8(dark)
    assert pixels is dark
    assert note == ""
    assert (Images(DIGITS)[:1].images == DIGITS[:1]).all()


@pytest.mark.parametrize("white", [1, 16])
def test_dark_bytes_get_a_word_whose_advice_works_and_their_selections_none(capsys, white):
    images = np.rint(UNIT * white).astype(np.uint8)
    dark = Images(images)
    code = capsys.readouterr().out.partition("pass ")[2].rstrip(".\n")
    assert (Images(eval(code, {"images": images})).images == read(images)[0]).all()
    capsys.readouterr()
    assert len(dark[:3]) + len(dark.train) + len(dark.inverted()) > 3
    assert capsys.readouterr().out == ""


def test_images_say_what_they_assume_and_their_selections_say_nothing(capsys):
    images = Images(UNIT * 16, name="mine")
    assert off_by(images.images) <= 1
    assert capsys.readouterr().out == "mine: grey levels 0…16 taken as black…white.\n"
    assert len(images[:7].train) > 0
    images.sample(5).inverted()
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_none_are_refused_with_advice_that_works(wrong):
    levels = UNIT.copy()
    levels[[3, 9], 0, 0] = wrong
    with pytest.raises(
        ArgumentError, match=r"2 of 300 images with NaN.*nan_to_num\(array, posinf=0, neginf=0\)"
    ):
        grey_scale([levels])
    assert off_by(read(np.nan_to_num(levels, posinf=0, neginf=0))[0]) <= 1


@pytest.mark.parametrize("factor", [1e9, -1e9, 2**31])
def test_numbers_that_no_scale_fits_are_refused_with_advice_that_works(factor):
    array = UNIT * factor
    with pytest.raises(ArgumentError, match="values from") as caught:
        grey_scale([array])
    code = str(caught.value).rpartition("0…1: ")[2].rstrip(".")
    pixels, _ = read(eval(code, {"array": array}))
    assert min(off_by(pixels), off_by(255 - pixels)) <= 1


@pytest.mark.parametrize("array", [np.full(3, "x"), np.full(3, 1j), np.zeros(3, "V4")])
def test_what_are_no_numbers_is_refused(array):
    with pytest.raises(ArgumentError, match="numbers from 0 to 1 or from 0 to 255"):
        grey_scale([array])


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([1.0, 16.0, 100.0, 255.0, 1023.0, 4095.0, 16383.0, 65535.0]),
    st.sampled_from(["<f2", "<f4", ">f4", "<f8", "u1", "i1", "<i2", ">i2", "<u2", ">u2", "<i4", "<i8"]),
    st.sampled_from(["", "shifted", "centred"]),
    st.integers(0, 10**6),
)
def test_pictures_that_use_their_whole_range_come_back_on_every_scale(white, dtype, shift, seed):
    dtype = np.dtype(dtype)
    rng = np.random.default_rng(seed)
    pictures = rng.integers(0, 256, (20, 6, 6), dtype=np.uint8)
    pictures[0, 0, :2] = 0, 255
    levels = pictures / 255 * white
    if shift and dtype.kind == "f" and white == 1:
        levels = levels - 0.5 if shift == "shifted" else 2 * levels - 1
    if dtype.kind in "iu":
        levels = np.rint(levels)
        if levels.max() > np.iinfo(dtype).max or white == 1 or (dtype == np.uint8 and white == 100):
            return  # bytes are in 0…255 unless they use 16 levels at most
    if dtype == np.float16 and white > 4095:
        return  # float16 has 11 bits
    pixels, note = read(levels.astype(dtype))
    step = 255 / white if dtype.kind in "iu" else 0  # what rounding to whole numbers lost
    assert abs(pixels.astype(int) - pictures).max() <= 1 + step / 2
    assert note or white == 255
