"""What the arrays in an `.npz` are, by their names."""

from __future__ import annotations

import pytest

from capslab.data.npz_names import sort_arrays
from capslab.errors import ArgumentError

X, Y, T = (9, 8, 8), (9,), (3, 8, 8)


@pytest.mark.parametrize(
    ("shapes", "images", "labels"),
    [
        ({"images": X, "labels": Y}, {"": "images"}, {"": "labels"}),
        ({"X": X, "y": Y}, {"": "X"}, {"": "y"}),
        ({"data": (9, 64), "target": Y}, {"": "data"}, {"": "target"}),
        (
            {"x_train": X, "y_train": Y, "x_test": T, "y_test": (3,)},
            {"train": "x_train", "test": "x_test"},
            {"train": "y_train", "test": "y_test"},
        ),
        (
            {f"{part}_images": X for part in ("train", "val", "test")}
            | {f"{part}_labels": (9, 1) for part in ("train", "val", "test")},
            {"train": "train_images", "validation": "val_images", "test": "test_images"},
            {"train": "train_labels", "validation": "val_labels", "test": "test_labels"},
        ),
        (
            {"XTrain": X, "YTrain": Y, "XTest": T, "YTest": (3,)},
            {"train": "XTrain", "test": "XTest"},
            {"train": "YTrain", "test": "YTest"},
        ),
        ({"train": X, "test": T}, {"train": "train", "test": "test"}, {}),
        (
            {"images": X, "labels": Y, "test_images": T, "test_labels": (3,)},
            {"train": "images", "test": "test_images"},
            {"train": "labels", "test": "test_labels"},
        ),
        ({"arr_0": X, "arr_1": Y}, {"": "arr_0"}, {"": "arr_1"}),
        (
            {"arr_0": X, "arr_1": Y, "arr_2": T, "arr_3": (3,)},
            {"train": "arr_0", "test": "arr_2"},
            {"train": "arr_1", "test": "arr_3"},
        ),
        (
            {"arr_0": X, "arr_1": T, "arr_2": Y, "arr_3": (3,)},
            {"train": "arr_0", "test": "arr_1"},
            {"train": "arr_2", "test": "arr_3"},
        ),
        ({"faces": X}, {"": "faces"}, {}),
        ({"images": Y, "labels": Y}, {"": "images"}, {"": "labels"}),
        ({"images": X, "classes": Y}, {"": "images"}, {"": "classes"}),
    ],
)
def test_the_usual_names_are_understood(shapes, images, labels):
    found = sort_arrays(shapes)
    assert found.images == images
    assert found.labels == labels


def test_what_is_not_used_is_listed_and_classes_are_found():
    digits = {"data": (9, 64), "target": Y, "images": X, "target_names": (10,), "DESCR": ()}
    found = sort_arrays(digits)
    assert found.images == {"": "images"}
    assert found.classes == "target_names"
    assert found.unused == ["data", "DESCR"]


@pytest.mark.parametrize("shapes", [{}, {"a": Y}, {"cats": X, "dogs": X}])
def test_names_that_say_nothing_are_refused_with_what_there_is(shapes):
    with pytest.raises(ArgumentError, match=f"one with {', '.join(shapes) or 'nothing'}.*savez"):
        sort_arrays(shapes)
