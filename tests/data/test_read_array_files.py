"""`.npy` and `.npz` files as people have them, and the same pictures however they were saved."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pictures import encoded, filled

import capslab as cl
from capslab.data import lazy_rows
from capslab.data.lazy_rows import LazyRows
from capslab.errors import ArgumentError, DataUnavailable

DIGITS = cl.load("digits")
PIXELS = DIGITS.images[:120, :, :, 0]  # (n, 8, 8)
LABELS = DIGITS.labels[:120]


def saved(tmp_path, **arrays):
    np.savez(tmp_path / "data.npz", **arrays)
    return tmp_path / "data.npz"


def test_mnist_as_keras_saves_it_is_split_as_published(tmp_path):
    x_train, x_test = PIXELS[:90], PIXELS[90:]
    path = saved(tmp_path, x_test=x_test, x_train=x_train, y_train=LABELS[:90], y_test=LABELS[90:])
    images = cl.load(path)
    assert (images.test.images[..., 0] == x_test).all()
    assert (images.test.labels == LABELS[90:]).all()
    assert images.counts["test"] == 30
    assert 5 <= images.counts["validation"] <= 10
    assert images.counts["train"] + images.counts["validation"] == 90
    assert (cl.load(path, seed=1).test.images == images.test.images).all()


def test_three_parts_as_medmnist_saves_them_stay_as_they_are(tmp_path):
    bounds = {"train": slice(0, 70), "val": slice(70, 90), "test": slice(90, 120)}
    arrays = {f"{part}_images": PIXELS[rows] for part, rows in bounds.items()}
    arrays |= {f"{part}_labels": LABELS[rows, None].astype(np.uint8) for part, rows in bounds.items()}
    images = cl.load(saved(tmp_path, **arrays))
    assert images.counts == {"train": 70, "validation": 20, "test": 30}
    assert (images.validation.images[..., 0] == PIXELS[70:90]).all()
    assert (images.validation.labels == LABELS[70:90]).all()


def test_unlabelled_test_images_are_left_out_and_that_is_said(tmp_path, capsys):
    images = cl.load(saved(tmp_path, x_train=PIXELS[:90], y_train=LABELS[:90], x_test=PIXELS[90:]))
    assert len(images) == 90
    assert "'x_test' has no labels and was left out" in capsys.readouterr().out


def test_one_line_says_everything(tmp_path, capsys):
    cl.load(saved(tmp_path, X=PIXELS / 255 * 16, y=LABELS + 1, weights=np.ones(120)))
    assert capsys.readouterr().out == (
        "data: 120 images of 8×8, grey; grey levels 0…16 taken as black…white; "
        "labels 1…10 became classes 0…9; not used: weights.\n"
    )
    np.save(tmp_path / "x.npy", PIXELS)
    cl.load(tmp_path / "x.npy")
    assert capsys.readouterr().out == "x: 120 images of 8×8, grey; no labels.\n"


def test_letters_count_from_one(tmp_path):
    labels = np.resize(np.arange(1, 27), 120)
    images = cl.load(saved(tmp_path, images=PIXELS, labels=labels))
    assert (images.labels == labels - 1).all()
    assert images.classes == tuple(str(i) for i in range(1, 27))


@pytest.mark.parametrize("channels", [2, 4])
def test_an_opaque_alpha_channel_goes_and_any_other_stays(tmp_path, capsys, channels):
    opaque = np.repeat(PIXELS[..., None], channels, axis=-1)
    opaque[..., -1] = 255
    np.save(tmp_path / "x.npy", opaque)
    assert (cl.load(tmp_path / "x.npy").images == opaque[..., :-1]).all()
    opaque[3, 3, 3, -1] = 7
    np.save(tmp_path / "x.npy", opaque)
    assert (cl.load(tmp_path / "x.npy").images == opaque).all()
    assert f"all {channels} channels kept" in capsys.readouterr().out


def test_parts_that_do_not_fit_together_are_refused(tmp_path):
    with pytest.raises(ArgumentError, match=r"`x_test` should be images of \(8, 8, 1\), as in `x_train`"):
        cl.load(saved(tmp_path, x_train=PIXELS, x_test=PIXELS[:, :7]))
    with pytest.raises(ArgumentError, match=r"`y_test` should be 30 labels"):
        cl.load(
            saved(tmp_path, x_train=PIXELS[:90], y_train=LABELS[:90], x_test=PIXELS[90:], y_test=LABELS[:7])
        )
    with pytest.raises(ArgumentError, match=r"120 labels, one per image"):
        cl.load(saved(tmp_path, images=PIXELS, labels=LABELS[:7]))


def test_large_parts_are_joined_in_blocks_with_one_scale(tmp_path, monkeypatch):
    monkeypatch.setattr(lazy_rows, "LARGE_FILE", 1000)
    monkeypatch.setattr(lazy_rows, "LARGE", 1000)
    monkeypatch.setattr(lazy_rows, "BLOCK_BYTES", 3000)
    x_train, x_test = PIXELS[:90] / 255 * 0.4, PIXELS[90:] / 255
    images = cl.load(saved(tmp_path, x_train=x_train, x_test=x_test))
    assert isinstance(images.images, LazyRows)
    assert (np.asarray(images)[90:, ..., 0] == PIXELS[90:]).all()
    assert abs(np.asarray(images)[:90, ..., 0] - PIXELS[:90] * 0.4).max() <= 1


def test_a_mangled_header_is_said_in_words(tmp_path):
    np.save(tmp_path / "x.npy", PIXELS)
    whole = (tmp_path / "x.npy").read_bytes()
    for old, new in (
        (b"'descr'", b"'des(r'"),
        (b"(120, 8, 8)", b"(120, 8, 8 "),
        (b"|u1", b"|q7"),
        (b"{", b"\xff"),
    ):
        (tmp_path / "bad.npy").write_bytes(whole.replace(old, new, 1))
        with pytest.raises(DataUnavailable, match=r"bad\.npy is truncated or not a NumPy file"):
            cl.load(tmp_path / "bad.npy")


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 127), st.integers(0, 255)), min_size=1, max_size=4))
def test_a_header_damaged_anywhere_is_said_or_read(tmp_path, damage):
    np.save(tmp_path / "x.npy", PIXELS)
    content = bytearray((tmp_path / "x.npy").read_bytes())
    for place, byte in damage:
        content[place] = byte
    (tmp_path / "bad.npy").write_bytes(content)
    with contextlib.suppress(DataUnavailable, ArgumentError):
        cl.load(tmp_path / "bad.npy")


def test_pickled_names_are_refused_with_advice_that_works(tmp_path):
    names = np.array(["ant", "bee"], dtype=object)
    path = saved(tmp_path, images=PIXELS, labels=LABELS % 2, classes=names)
    with pytest.raises(DataUnavailable, match=r"array 'classes'.*np\.array\(names, dtype=str\)"):
        cl.load(path)
    path = saved(tmp_path, images=PIXELS, labels=LABELS % 2, classes=np.array(names, dtype=str))
    assert cl.load(path).classes == ("ant", "bee")


# --- the same pictures, however saved


def as_array(pixels: np.ndarray, scale: str) -> np.ndarray:
    unit = pixels / 255
    return {
        "bytes": pixels,
        "fractions": unit.astype(np.float32),
        "big-endian": unit.astype(">f8"),
        "overshoot": unit * 1.000001,
        "float 255": pixels.astype(np.float64),
        "12 bits": np.rint(unit * 4095).astype(">u2"),
        "16 bits": np.rint(unit * 65535).astype(np.uint16),
        "−1…1": unit * 2 - 1,
        "signed": pixels.astype(np.int16) - 128,
    }[scale]


def in_axes(array: np.ndarray, axes: str) -> np.ndarray:
    return {
        "nhw": array,
        "nhwc": array[..., None],
        "nchw": array[:, None],
        "hwn": np.moveaxis(array, 0, -1),
        "flat": array.reshape(len(array), -1),
        "fortran": np.asfortranarray(array),
    }[axes]


SCALES = [
    "bytes",
    "fractions",
    "big-endian",
    "overshoot",
    "float 255",
    "12 bits",
    "16 bits",
    "−1…1",
    "signed",
]
LOSSLESS = [
    ("PNG", "png", {}),
    ("BMP", "bmp", {}),
    ("TIFF", "tif", {}),
    ("WEBP", "webp", {"lossless": True}),
    ("GIF", "gif", {}),
    ("PPM", "pgm", {}),
]
NAMES = [
    ("images", "labels"),
    ("X", "y"),
    ("data", "target"),
    ("arr_0", "arr_1"),
    ("x_train", "y_train"),
    ("train_images", "train_labels"),
]


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), seed=st.integers(0, 10**6), n=st.integers(12, 40), side=st.integers(4, 11))
def test_the_same_pictures_however_saved_give_the_same_images_or_a_message(tmp_path, data, seed, n, side):
    rng = np.random.default_rng(seed)
    tmp_path = Path(tempfile.mkdtemp(dir=tmp_path))  # each example its own folder
    pixels = np.zeros((n, side, side), np.uint8)
    pixels[:, 1:-1, 1:-1] = rng.integers(0, 256, (n, side - 2, side - 2))
    pixels[0, 1, 1:3] = 0, 255
    labels = rng.integers(0, 3, n)
    labels[:3] = 0, 1, 2
    how = data.draw(st.sampled_from(["npy", "npz", "csv", "folder"]), "how")
    has_labels = how != "npy"
    if how == "folder":
        kind, ending, options = data.draw(st.sampled_from(LOSSLESS), "kind")
        depth = (
            data.draw(st.sampled_from(["bytes", "12 bits", "16 bits"]), "depth") if kind == "PNG" else "bytes"
        )
        array = as_array(pixels, depth)
        array = array.astype(array.dtype.newbyteorder("="))
        files = {
            f"{label}/{i:03}.{ending}": encoded(array[i], kind, **options) for i, label in enumerate(labels)
        }
        path = filled(tmp_path, files)
        order = np.lexsort((np.arange(n), labels))
        pixels, labels = pixels[order], labels[order]
    elif how == "csv":
        path = tmp_path / "data.csv"
        scale = data.draw(st.sampled_from(["bytes", "fractions", "overshoot", "12 bits", "−1…1"]), "scale")
        flat = as_array(pixels, scale).reshape(n, -1)
        delimiter = data.draw(st.sampled_from([",", ";", "\t"]), "delimiter")
        at_end = data.draw(st.booleans(), "label last")
        lines = [
            [*cells, str(label)] if at_end else [str(label), *cells]
            for cells, label in zip(flat.astype(str).tolist(), labels, strict=True)
        ]
        if data.draw(st.booleans(), "header"):
            head = [f"pixel{i}" for i in range(flat.shape[1])]
            lines.insert(0, [*head, "label"] if at_end else ["label", *head])
        path.write_text("\n".join(delimiter.join(line) for line in lines))
    else:
        array = in_axes(
            as_array(pixels, data.draw(st.sampled_from(SCALES), "scale")),
            data.draw(st.sampled_from(["nhw", "nhwc", "nchw", "hwn", "flat", "fortran"]), "axes"),
        )
        path = tmp_path / f"data.{how}"
        if how == "npy":
            np.save(path, array)
        else:
            x, y = data.draw(st.sampled_from(NAMES), "names")
            form = data.draw(
                st.sampled_from(["numbers", "column", "one-hot", "text", "bytes", "float"]), "labels"
            )
            as_saved = {
                "numbers": labels,
                "column": labels[:, None],
                "one-hot": np.eye(3)[labels],
                "text": labels.astype(str),
                "bytes": labels.astype("S"),
                "float": labels.astype(float),
            }[form]
            np.savez(path, **{x: array, y: as_saved})
    try:
        images = cl.load(path)
    except ArgumentError as error:
        assume("may be" not in str(error))  # an array with two readings: a message is what it gets
        raise
    assert images.images.shape == (n, side, side, 1)
    assert abs(images.images[..., 0].astype(int) - pixels).max() <= 1
    if has_labels:
        assert (images.labels == labels).all()
