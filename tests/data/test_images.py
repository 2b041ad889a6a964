"""`load` and `Images`: what they give, how they split, and how they refuse."""

from __future__ import annotations

import io
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import capslab as cl
from capslab.data import Images, datasets, read_own_images
from capslab.errors import ArgumentError, DataUnavailable


@pytest.fixture(autouse=True)
def no_network(monkeypatch, tmp_path):
    """No test downloads, and none touches the cache of whoever runs it."""
    monkeypatch.setenv("CAPSLAB_OFFLINE", "1")
    monkeypatch.setenv("CAPSLAB_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(datasets, "_failed", {})


def some(n=40, classes=4, **kwargs) -> Images:
    pixels = np.random.default_rng(0).integers(0, 256, (n, 8, 8, 1), dtype=np.uint8)
    return Images(pixels, np.arange(n) % classes, **kwargs)


# --- the digits, offline


def test_digits_are_whole_and_fill_the_range_of_uint8():
    images = cl.load("digits")
    assert images.images.shape == (1797, 8, 8, 1)
    assert images.images.dtype == np.uint8
    assert (images.images.min(), images.images.max()) == (0, 255)
    assert images.labels.dtype == np.int64
    assert images.classes == tuple("0123456789")
    assert images.image_shape == (8, 8, 1)
    assert (images.images[0, 0, :, 0] == [0, 0, 80, 207, 143, 16, 0, 0]).all()  # 0 0 5 13 9 1 0 0 of 16


def test_digits_split_is_stratified_seeded_and_complete():
    images = cl.load("digits")
    parts = [images.train, images.validation, images.test]
    assert sum(map(len, parts)) == 1797
    assert len(images.test) == pytest.approx(0.2 * 1797, abs=2)
    assert len(images.validation) == pytest.approx(0.1 * 1797, abs=2)
    whole = np.bincount(images.labels)
    for part, share in zip(parts, (0.7, 0.1, 0.2), strict=True):
        assert np.abs(np.bincount(part.labels) - share * whole).max() <= 3
    assert (cl.load("digits").parts == images.parts).all()
    assert (cl.load("digits", seed=1).parts != images.parts).any()


# --- Images: selections


def test_an_image_keeps_its_part_in_every_selection():
    images = some()
    assert images.train.counts == {"train": len(images.train), "validation": 0, "test": 0}
    half = images[::2]
    assert (half.parts == images.parts[::2]).all()
    with pytest.raises(ArgumentError, match=r"a set with test images.*28 train only.*take the part first"):
        _ = images.train.test


def test_indexing_by_position_slice_mask_and_array():
    images = some()
    assert len(images[7]) == 1
    assert (images[7].images[0] == images.images[7]).all()
    assert (images[-1].labels == images.labels[-1:]).all()
    assert len(images[:10]) == 10
    assert np.shares_memory(images[:10].images, images.images)
    assert set(images[images.labels == 3].labels) == {3}
    assert images[np.array([5, 5, 2])].labels.tolist() == [1, 1, 2]
    assert [len(one) for one in some(3, 2)] == [1, 1, 1]
    assert np.asarray(images).shape == (40, 8, 8, 1)


@pytest.mark.parametrize("labelled", [True, False])
def test_scikit_learn_splits_every_image(labelled):
    from sklearn.model_selection import KFold, train_test_split

    images = cl.load("digits") if labelled else Images(cl.load("digits").images)
    train, test = train_test_split(images, random_state=0)
    assert len(train) + len(test) == 1797
    assert isinstance(train, Images)
    assert sum(len(held_out) for _, held_out in KFold(5).split(images)) == 1797
    if labelled:
        train, test, train_labels, test_labels = train_test_split(images, images.labels, random_state=0)
        assert (train.labels == train_labels).all()
        assert (test.labels == test_labels).all()
        assert len(train) + len(test) == 1797


def test_as_an_array_images_are_their_pixels():
    images = some()
    assert np.shares_memory(np.asarray(images), images.images)
    assert np.asarray(images, dtype=np.float32).dtype == np.float32
    copied = np.array(images)
    assert copied.flags.writeable
    assert not np.shares_memory(copied, images.images)
    assert np.shape(images) == np.asarray(images).shape == images.shape == (40, 8, 8, 1)
    assert np.shares_memory(images.__array__(copy=False), images.images)
    with pytest.raises(ValueError, match="without a copy"):
        images.__array__(np.float32, copy=False)


def test_whole_numbers_of_numpy_are_whole_numbers():
    images = some()
    assert len(images.sample(np.int64(3))) == len(images.sample(per_class=np.uint8(2))) - 5 == 3
    assert len(images[np.int64(7)]) == 1


@pytest.mark.parametrize("index", [40, -41, "three", np.ones(7, bool), np.zeros((2, 2), int), 1.5])
def test_an_impossible_index_is_said(index):
    with pytest.raises(ArgumentError, match="`index` should be a position up to 39"):
        some()[index]


def test_an_empty_selection_is_said():
    images = some()
    with pytest.raises(ArgumentError, match=r"a selection of at least one image.*an empty one"):
        images[images.labels == 9]


def test_pixels_cannot_be_changed_by_accident():
    original = np.zeros((3, 8, 8), np.uint8)
    with pytest.raises(ValueError, match="read-only"):
        Images(original).images[0] = 1
    original[0] = 1  # the caller's own array stays the caller's


# --- Images: sample


def test_sample_draws_each_image_once_and_again_with_the_same_seed():
    images = cl.load("digits")
    drawn = images.sample(300, seed=3)
    assert len(drawn) == 300
    assert (drawn.images == images.sample(300, seed=3).images).all()
    assert (drawn.labels != images.sample(300, seed=4).labels).any()
    everyone = images.sample(1797)
    assert (np.bincount(everyone.labels) == np.bincount(images.labels)).all()


def test_sample_per_class_is_even():
    assert (np.bincount(cl.load("digits").sample(per_class=7).labels) == 7).all()


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({}, "one number.*neither"),
        ({"n": 3, "per_class": 3}, "one number.*both"),
        ({"n": 41}, "`n` should be a whole number from 1 to 40.*41"),
        ({"n": 0}, "Received: 0"),
        ({"n": 2.5}, "Received: 2.5"),
        ({"n": True}, "Received: True"),
        ({"per_class": 11}, "from 1 to 10, the number of images in the smallest class"),
    ],
)
def test_sample_refuses(kwargs, message):
    with pytest.raises(ArgumentError, match=message):
        some().sample(**kwargs)


def test_sample_per_class_needs_labels():
    with pytest.raises(ArgumentError, match="used with labelled images"):
        Images(np.zeros((9, 8, 8), np.uint8)).sample(per_class=1)


# --- Images: what they are shown as


def test_repr_in_words():
    assert repr(some(name="mine")) == (
        "mine: 40 images of 8×8, 4 classes (0, 1, 2, 3); 28 train, 4 validation, 8 test"
    )
    assert repr(Images(np.zeros((1, 8, 9, 3), np.uint8))) == "images: 1 image of 8×9×3, no labels; 1 train"


def test_strip_is_a_picture_of_the_images():
    images = cl.load("digits")
    data, meta = images._repr_png_()
    picture = Image.open(io.BytesIO(data))
    assert picture.format == "PNG"
    assert meta["alt"] == repr(images)
    assert meta["width"] == picture.width // 2
    for column, i in enumerate([int(np.flatnonzero(images.labels == c)[0]) for c in range(10)]):
        left, top = 12 + column * 140, 34 + 12
        thumbnail = np.asarray(picture.convert("L"))[top : top + 128, left : left + 128][8::16, 8::16]
        assert (thumbnail == images.images[i, :, :, 0]).all()


@pytest.mark.parametrize(
    "shape", [(3, 8, 8, 1), (2, 30, 12, 3), (1, 64, 64, 4), (4, 9, 9, 2), (2, 1, 500, 1)]
)
def test_strip_of_any_size(shape):
    images = Images(np.full(shape, 7, np.uint8), np.arange(shape[0]), ["a very long name of a class"] * 4)
    assert images._repr_png_()[0].startswith(b"\x89PNG")


# --- Images: inverted


def test_inverted_exchanges_black_and_white_and_nothing_else():
    images = some()
    assert (images.inverted().images == 255 - images.images).all()
    assert (images.inverted().labels == images.labels).all()
    assert (images.inverted().parts == images.parts).all()
    assert (images.inverted().inverted().images == images.images).all()
    see_through = Images(np.full((3, 8, 8, 4), 200, np.uint8))
    assert see_through.inverted().images[0, 0, 0].tolist() == [55, 55, 55, 200]


# --- Images: what cannot be images


@pytest.mark.parametrize(
    ("pixels", "message"),
    [
        (np.zeros(64), r"`images` should be images of shape.*image\[None\]"),
        (np.zeros((2, 2, 2, 2, 2)), "an array of shape"),
        (np.zeros((0, 8, 8)), "none of them empty"),
        (np.zeros((5, 63)), "63 is not a square.*reshape"),
        (np.zeros((28, 28, 3)), r"3 pixels wide.*image\[None\]"),
        (np.zeros((5, 7, 32, 32)), "1 to 4 channels"),
        (np.zeros((64, 64)), r"one picture or 64 images of 8×8.*array\[None\].*reshape\(64, 8, 8\)"),
        (np.full((4, 8, 8), np.nan), "finite pixels.*4 of 4 images"),
        (np.where(np.arange(256).reshape(4, 8, 8) == 3, np.inf, 1.0), "1 of 4 images with NaN or infinity"),
        (np.full((4, 8, 8), 1e9), r"Received: values from 1e\+09 to 1e\+09. Scale them to 0…1"),
        ([np.zeros((8, 8)), np.zeros((9, 9))], "images of different sizes"),
        (np.full((4, 8, 8), "x"), "numbers from 0 to 1 or from 0 to 255"),
        (np.full((4, 8, 8), None), "an array of numbers"),
    ],
)
def test_what_cannot_be_images_is_refused_in_words(pixels, message):
    with pytest.raises(ArgumentError, match=message):
        Images(pixels)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (np.arange(39), "40 class numbers, one per image.*same selection"),
        (np.eye(40), r"argmax\(axis=1\)"),
        (np.arange(40) - 3, "class numbers from 0. Received: 3 negative ones, the lowest -3"),
        (np.arange(40) + 0.5, "whole numbers from 0"),
        (np.full(40, np.nan), "whole numbers from 0"),
        (["cat"] * 40, "return_inverse"),
        (np.arange(40) * 1000, "up to 39,000"),
    ],
)
def test_labels_that_do_not_fit_are_refused_in_words(labels, message):
    with pytest.raises(ArgumentError, match=message):
        Images(np.zeros((40, 8, 8), np.uint8), labels)


def test_labels_are_taken_as_they_are_commonly_saved():
    pixels = np.zeros((4, 8, 8), np.uint8)
    for labels in ([[0], [1], [2], [1]], [0.0, 1.0, 2.0, 1.0], np.array([0, 1, 2, 1], np.uint8)):
        assert Images(pixels, labels).labels.tolist() == [0, 1, 2, 1]


def test_classes_need_a_name_each():
    with pytest.raises(ArgumentError, match=r"a name for each class up to number 3.*2 names"):
        Images(np.zeros((4, 8, 8), np.uint8), np.arange(4), ["a", "b"])


def test_one_class_only_is_refused_where_two_are_needed():
    some().require_classes()
    with pytest.raises(ArgumentError, match=r"two classes or more: a classifier.*class '3' alone"):
        some()[some().labels == 3].require_classes()
    with pytest.raises(ArgumentError, match="labelled: the capsule network learns from labels"):
        Images(np.zeros((4, 8, 8), np.uint8)).require_classes("the capsule network")


# --- names


@pytest.mark.parametrize(("name", "hint"), [("mnits", "mnist"), ("fashion_mnist", "fashion-mnist")])
def test_a_misspelt_name_gets_a_hint(name, hint):
    with pytest.raises(ArgumentError, match=f"Did you mean '{hint}'"):
        cl.load(name)


@pytest.mark.parametrize("name", [7, "no such thing", b"mnist", ["mnist"]])
def test_an_unknown_name_lists_what_there_is(name):
    with pytest.raises(ArgumentError, match=r"one of 'digits', 'toys', 'mnist', 'fashion-mnist'.*npy"):
        cl.load(name)


# --- your own file


def save(tmp_path: Path, array, name="data.npy") -> str:
    path = tmp_path / name
    np.save(path, array)
    return str(path)


@pytest.mark.parametrize("shape", [(12, 9, 7), (12, 9, 7, 3), (12, 9, 7, 1), (12, 49)])
def test_own_images_in_every_layout(tmp_path, shape):
    pixels = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    images = cl.load(save(tmp_path, pixels))
    assert images.images.size == pixels.size
    assert (images.images.ravel() == pixels.ravel()).all()
    assert images.name == "data"
    assert images.labels is None


def test_own_images_by_path_object(tmp_path):
    assert len(cl.load(Path(save(tmp_path, np.zeros((3, 8, 8), np.uint8))))) == 3


def test_npz_with_labels_and_names(tmp_path):
    path = tmp_path / "animals.npz"
    np.savez(path, images=np.zeros((4, 8, 8), np.uint8), labels=[0, 1, 1, 0], classes=["cat", "dog"])
    images = cl.load(str(path))
    assert images.classes == ("cat", "dog")
    assert images.labels.tolist() == [0, 1, 1, 0]
    np.savez(path, images=np.zeros((3, 8, 8), np.uint8), labels=["dog", "ant", "dog"])
    images = cl.load(str(path))
    assert (images.classes, images.labels.tolist()) == (("ant", "dog"), [1, 0, 1])
    np.savez(path, images=np.zeros((2, 8, 8), np.uint8), labels=["dog", "cow"], classes=["cat", "dog"])
    with pytest.raises(ArgumentError, match=r"among the names in `classes`. Received: 'cow'"):
        cl.load(str(path))


class Evil:
    def __reduce__(self):
        return os.mkdir, (str(Evil.target),)


@pytest.mark.parametrize("kind", ["npy", "npz", "pickle"])
def test_pickles_are_refused_and_never_run(tmp_path, kind):
    import pickle

    Evil.target = tmp_path / "it ran"
    content = np.array([Evil()], dtype=object)
    path = tmp_path / ("data.npz" if kind == "npz" else "data.npy")
    if kind == "npz":
        np.savez(path, images=content)
    elif kind == "npy":
        np.save(path, content, allow_pickle=True)
    else:
        path.write_bytes(pickle.dumps(Evil()))
    with pytest.raises(DataUnavailable, match=r"pickled Python objects.*refused.*np\.save"):
        cl.load(str(path))
    assert not Evil.target.exists()


def test_a_damaged_own_file_is_said(tmp_path):
    whole = Path(save(tmp_path, np.zeros((30, 8, 8), np.uint8))).read_bytes()
    for content in (whole[:200], whole[:20], b"", b"\x93NUMPY"):
        (tmp_path / "bad.npy").write_bytes(content)
        with pytest.raises(DataUnavailable, match=r"bad.npy is truncated or not a NumPy file"):
            cl.load(str(tmp_path / "bad.npy"))
    (tmp_path / "bad.npz").write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(DataUnavailable, match=r"bad.npz is truncated"):
        cl.load(str(tmp_path / "bad.npz"))


def test_a_missing_own_file_is_said(tmp_path):
    with pytest.raises(DataUnavailable, match=r"There is no file 'nowhere.npy' in.*next to the notebook"):
        cl.load(str(tmp_path / "nowhere.npy"))


def test_an_own_file_of_another_kind_is_refused(tmp_path):
    (tmp_path / "cat.jpg").write_bytes(b"...")
    with pytest.raises(ArgumentError, match=r"ends in \.npy, \.npz"):
        read_own_images.load_own_images(tmp_path / "cat.jpg")


def test_own_array_of_a_wrong_shape_is_refused(tmp_path):
    with pytest.raises(ArgumentError, match="rows of 63 numbers, and 63 is not a square"):
        cl.load(save(tmp_path, np.zeros((5, 63), np.uint8)))
