"""Labels in every form that people save."""

from __future__ import annotations

import numpy as np
import pytest

from capslab.data.number_labels import numbered
from capslab.errors import ArgumentError

CLASSES = np.array(["ant", "bee", "cat"])


@pytest.mark.parametrize(
    ("labels", "classes", "numbers", "names", "note"),
    [
        ([0, 2, 1], None, [0, 2, 1], (), ""),
        ([0, 2, 1], CLASSES, [0, 2, 1], ("ant", "bee", "cat"), ""),
        ([0.0, 2.0, 1.0], None, [0, 2, 1], (), ""),
        ([[0], [2], [1]], None, [0, 2, 1], (), ""),
        ([[0, 2, 1]], None, [0, 2, 1], (), ""),
        (np.eye(3)[[0, 2, 1]], CLASSES, [0, 2, 1], ("ant", "bee", "cat"), "one-hot"),
        ([1, 3, 2], None, [0, 2, 1], ("1", "2", "3"), "labels 1…3"),
        ([1, 3, 2], CLASSES, [0, 2, 1], ("ant", "bee", "cat"), "labels 1…3"),
        ([3, 3, 1], CLASSES, [2, 2, 0], ("ant", "bee", "cat"), "counted from 1"),
        ([-1, 1, -1], None, [0, 1, 0], ("-1", "1"), "−1 and 1"),
        (["cat ", "ant", "ca\u200bt"], CLASSES, [2, 0, 2], ("ant", "bee", "cat"), ""),
        (["cat", "ant", "cat"], CLASSES, [2, 0, 2], ("ant", "bee", "cat"), ""),
        ([b"caf\xc3\xa9", b"caf\xe9", b"ant"], None, [1, 1, 0], ("ant", "café"), ""),
        (["10", "9", "10"], None, [1, 0, 1], ("9", "10"), ""),
        ([7, 3, 7], None, [7, 3, 7], (), ""),
    ],
)
def test_labels_become_class_numbers(labels, classes, numbers, names, note):
    result = numbered(np.array(labels), classes, 3)
    assert result.numbers.tolist() == numbers
    assert result.names == names
    assert note in result.note
    assert bool(result.note) == bool(note)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([0, 1], "3 labels, one per image"),
        (np.ones((3, 3)), r"not one-hot.*argmax\(axis=1\)"),
        (np.full((3, 2), 0.5), "not one-hot"),
        (["cow", "ant", "ant"], "among the names in `classes`. Received: 'cow'"),
    ],
)
def test_what_is_not_one_class_per_image_is_refused(labels, message):
    with pytest.raises(ArgumentError, match=message):
        numbered(np.array(labels), CLASSES, 3)
