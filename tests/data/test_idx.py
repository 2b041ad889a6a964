"""IDX files, and folders that hold a data set already (CAPSLAB_DATA), with a small set of our own."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from idx_files import SMALL, encoded, lay_out, stand_in

import capslab as cl
from capslab.data import datasets, idx, local_source, read_own_images
from capslab.errors import ArgumentError, DataUnavailable


@pytest.fixture(autouse=True)
def alone(monkeypatch, tmp_path):
    stand_in(monkeypatch, tmp_path / "home")


# --- the format


@given(hnp.arrays(st.sampled_from([np.dtype(k) for k in idx.TYPES.values()]), hnp.array_shapes(max_dims=4)))
def test_every_idx_array_comes_back(array):
    back = idx.parse(encoded(array))
    assert back.shape == array.shape
    assert back.dtype == array.dtype.newbyteorder("=")
    assert back.tobytes() == array.astype(array.dtype.newbyteorder("=")).tobytes()


@given(st.data())
def test_a_cut_idx_file_is_never_read(data):
    content = encoded(np.arange(60, dtype=np.uint8).reshape(3, 4, 5))
    cut = data.draw(st.integers(0, len(content) - 1))
    with pytest.raises(idx.DamagedFile):
        idx.parse(content[:cut])


@given(st.binary(max_size=40))
def test_noise_is_refused_in_words_or_fits_its_header(content):
    try:
        array = idx.parse(content)
    except idx.DamagedFile:
        return
    assert len(encoded(array)) == len(content)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", r"too short to be an IDX file \(0 bytes\)"),
        (b"<html>not found</html>", "not an IDX file: it starts with 3c 68 74 6d"),
        (b"\0\0\x08\x03\0\0", "its header should name 3 axes"),
        (b"\0\0\x08\x00", "its header should name 0 axes"),
        (b"\0\0\x08\x01\0\0\0\x09ab", "truncated: it has 10 bytes instead of 17"),
        (b"\0\0\x08\x01\0\0\0\x01ab", "longer than its header says"),
        (b"\0\0\x08\x03" + b"\xff" * 12, "truncated"),
    ],
)
def test_what_is_wrong_with_an_idx_file_is_said(content, message):
    with pytest.raises(idx.DamagedFile, match=message):
        idx.parse(content)


def test_a_damaged_file_is_said(tmp_path):
    path = tmp_path / "train-labels-idx1-ubyte.gz"
    content = SMALL["train-labels-idx1-ubyte"]
    path.write_bytes(gzip.compress(content)[:-20])
    with pytest.raises(idx.DamagedFile, match="cannot be decompressed"):
        idx.read(path)
    path.write_bytes(b"no gzip at all")
    with pytest.raises(idx.DamagedFile, match="cannot be decompressed"):
        idx.read(path)
    path.write_bytes(gzip.compress(content[:-5]))
    with pytest.raises(idx.DamagedFile, match=r"truncated.*checksum is wrong too"):
        idx.read(path, "0" * 64)
    path.write_bytes(gzip.compress(content[:-1] + b"\x08"))
    with pytest.raises(idx.DamagedFile, match="not the published file: its SHA-256 starts with"):
        idx.read(path, hashlib.sha256(content).hexdigest())
    with pytest.raises(DataUnavailable, match="cannot be read"):
        idx.read(tmp_path)


# --- your own array, there and back


@given(
    hnp.arrays(
        np.uint8,
        st.tuples(st.integers(1, 6), st.integers(4, 9), st.integers(4, 9), st.integers(1, 4)),
    )
)
def test_every_own_uint8_array_comes_back(tmp_path_factory, pixels):
    pixels[0, 0, 0] = 200  # so that nothing reads as black and white, nor as an opaque picture
    path = tmp_path_factory.mktemp("own") / "data.npy"
    np.save(path, pixels)
    images = read_own_images.load_own_images(path)
    assert (images.images == pixels).all()
    assert sorted(np.concatenate([np.flatnonzero(images.parts == p) for p in range(3)])) == list(
        range(len(pixels))
    )


# --- folders that hold the data already


@pytest.mark.parametrize("compressed", [True, False])
@pytest.mark.parametrize("how", ["folder", "environment"])
def test_a_folder_that_holds_the_data(tmp_path, monkeypatch, capsys, how, compressed):
    lay_out(tmp_path, compressed=compressed)
    if how == "environment":
        monkeypatch.setenv("CAPSLAB_DATA", str(tmp_path))
        assert local_source("mnist") == "found in CAPSLAB_DATA"
        images = cl.load("mnist")
    else:
        images = cl.load("mnist", folder=tmp_path)
    assert images.images.shape == (290, 28, 28, 1)
    assert images.images.dtype == np.uint8
    assert (images.test.images.tobytes()) == SMALL["t10k-images-idx3-ubyte"][16:]
    assert images.counts == {"train": 220, "validation": 20, "test": 50}
    assert np.bincount(images.validation.labels).tolist() == [2] * 10
    assert not capsys.readouterr().out


def test_the_official_test_set_stays_whatever_the_seed(tmp_path):
    lay_out(tmp_path)
    one, other = (cl.load("mnist", folder=tmp_path, seed=seed) for seed in (0, 1))
    assert (one.test.images == other.test.images).all()
    assert (one.validation.images != other.validation.images).any()


def test_fashion_has_its_own_names(tmp_path):
    images = cl.load("fashion-mnist", folder=lay_out(tmp_path, "fashion-mnist"))
    assert images.classes[0] == "T-shirt/top"
    assert images.classes[9] == "Ankle boot"
    assert images.name == "fashion-mnist"


def test_real_checksums_and_counts_where_the_real_data_is(monkeypatch, tmp_path):
    """The published table is well formed; each digest belongs to one file."""
    monkeypatch.undo()
    for found in datasets.PUBLISHED.values():
        assert len(found.classes) == 10
        assert len(found.mirrors) >= 2
        assert all(len(sha) == 64 and set(sha) <= set("0123456789abcdef") for sha in found.sha256)
    for name in datasets.PUBLISHED:
        if local_source(name):
            images = cl.load(name)
            assert images.counts == {"train": 55_000, "validation": 5_000, "test": 10_000}
            assert images.labels[:3].tolist() == {"mnist": [5, 0, 4], "fashion-mnist": [9, 0, 0]}[name]


def test_a_folder_without_the_data_is_said(tmp_path):
    with pytest.raises(ArgumentError, match=r"a folder that holds mnist/train-images.*has no folder 'mnist'"):
        cl.load("mnist", folder=tmp_path)
    lay_out(tmp_path)
    (tmp_path / "mnist" / "t10k-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(DataUnavailable, match="lacks t10k-labels-idx1-ubyte"):
        cl.load("mnist", folder=tmp_path)


def test_a_damaged_file_in_a_given_folder_is_said_and_left_alone(tmp_path):
    path = lay_out(tmp_path) / "mnist" / "train-images-idx3-ubyte.gz"
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(DataUnavailable, match=r"train-images-idx3-ubyte\.gz is truncated or corrupt"):
        cl.load("mnist", folder=tmp_path)
    assert path.exists()


def test_files_that_do_not_fit_together_are_said(tmp_path, monkeypatch):
    short = encoded(np.zeros(7, np.uint8))
    sha = list(datasets.PUBLISHED["mnist"].sha256)
    sha[1] = hashlib.sha256(short).hexdigest()
    wrong = replace(datasets.PUBLISHED["mnist"], sha256=tuple(sha))
    monkeypatch.setitem(datasets.PUBLISHED, "mnist", wrong)
    lay_out(tmp_path)
    (tmp_path / "mnist" / f"{datasets.FILES[1]}.gz").write_bytes(gzip.compress(short))
    with pytest.raises(DataUnavailable, match=r"240 images come with labels of shape \(7,\)"):
        cl.load("mnist", folder=tmp_path)
