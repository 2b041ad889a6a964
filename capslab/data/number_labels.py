"""Turns labels as people save them (names, bytes, one-hot rows, 1…26) into class numbers from 0."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from capslab.data.class_names import clean_name
from capslab.errors import ArgumentError, Verbatim


@dataclass(frozen=True)
class NumberedLabels:
    """Class numbers, the names of the classes, and what was assumed.

    Attributes
    ----------
    numbers : class numbers `(n,)` from 0; what cannot be class numbers is left for `Images` to refuse.
    names : names of the classes; `()` if there are none.
    note : what was changed, in words; "" if nothing was.
    """

    numbers: np.ndarray
    names: tuple[str, ...]
    note: str = ""


def numbered(labels: Any, classes: Any, n: int, argument: str = "labels") -> NumberedLabels:
    """Number the classes of some labels.

    Parameters
    ----------
    labels : one per image: numbers, names, bytes; `(n,)`, a column `(n, 1)` or one-hot rows `(n, k)`.
    classes : the names of the classes in the order of their numbers; None if there are none.
    n : number of images.
    argument : the name to use in errors.

    Raises
    ------
    ArgumentError : there are not as many labels as images, an image has several classes, or a name
        is not among `classes`.

    Examples
    --------
    >>> numbered(np.array(["dog", "ant", "dog"]), None, 3)
    NumberedLabels(numbers=array([1, 0, 1]), names=('ant', 'dog'), note='')
    >>> numbered(np.array([1, 2, 3]), None, 3).note
    'labels 1…3 became classes 0…2'
    """
    names = () if classes is None else tuple(_words(np.ravel(classes)).tolist())
    labels = _one_axis(np.asarray(labels), n, argument)
    if labels.ndim == 2:
        return NumberedLabels(_from_one_hot(labels, argument), names, "one-hot labels became numbers")
    if labels.dtype.kind in "USO":
        return _from_words(_words(labels), names, argument)
    return _from_one(labels, names)


def _one_axis(labels: np.ndarray, n: int, argument: str) -> np.ndarray:
    """The labels `(n,)`, or `(n, k)` if an image has several numbers."""
    if labels.size == n and labels.ndim > 1:
        labels = labels.reshape(-1)  # a column (n, 1), or a row (1, n) from MATLAB
    if labels.ndim not in (1, 2) or len(labels) != n:
        step = "Save images and labels from the same selection."
        raise ArgumentError(argument, f"{n:,} labels, one per image", labels, step)
    return labels


def _words(labels: np.ndarray) -> np.ndarray:
    """Names as text, `(n,)`; `Images` makes one class of those that look the same."""
    unique, which = np.unique(labels, return_inverse=True)
    words = [_decoded(word) if isinstance(word, bytes) else str(word) for word in unique.tolist()]
    return np.array(words, dtype=object)[which.reshape(labels.shape)]


def _decoded(word: bytes) -> str:
    try:
        return word.decode("utf-8")
    except UnicodeDecodeError:
        return word.decode("latin-1")


def _from_one_hot(rows: np.ndarray, argument: str) -> np.ndarray:
    """Class numbers from one-hot rows `(n, k)`."""
    is_one_hot = rows.dtype.kind in "biuf" and bool(((rows == 0) | (rows == 1)).all())
    if not is_one_hot or bool((rows.sum(axis=1) != 1).any()):
        raise ArgumentError(
            argument,
            "one class per image, as a number, a name or a one-hot row",
            Verbatim(f"rows of {rows.shape[1]} numbers that are not one-hot"),
            "If the largest number of a row is its class: labels.argmax(axis=1).",
        )
    return rows.argmax(axis=1)


def _from_words(words: np.ndarray, names: Sequence[str], argument: str) -> NumberedLabels:
    unique, numbers = np.unique(words, return_inverse=True)
    if not names:
        if all(word.isascii() and word.isdigit() for word in unique):  # "10" does not come before "2"
            by_size = np.argsort(unique.astype(np.int64), kind="stable")
            return NumberedLabels(np.argsort(by_size)[numbers.reshape(-1)], tuple(unique[by_size].tolist()))
        return NumberedLabels(numbers.reshape(-1), tuple(unique.tolist()))
    cleaned = [clean_name(name) for name in names]
    unknown = [word for word in unique.tolist() if clean_name(word) not in cleaned]
    if unknown:
        step = "Correct the label, or add it to `classes`."
        raise ArgumentError(argument, "among the names in `classes`", unknown[0], step)
    position = np.array([cleaned.index(clean_name(word)) for word in unique.tolist()])
    return NumberedLabels(position[numbers.reshape(-1)], tuple(names))


def _from_one(labels: np.ndarray, names: tuple[str, ...]) -> NumberedLabels:
    """Class numbers that start at 0, from numbers that start at 1 or are −1 and 1."""
    present = np.unique(labels).tolist() if labels.dtype.kind in "iuf" else []
    top = len(present)
    if top > 1 and present == list(range(1, top + 1)) and len(names) in (0, top):
        numbers = labels.astype(np.int64) - 1
        names = names or tuple(str(number) for number in range(1, top + 1))
        return NumberedLabels(numbers, names, f"labels 1…{top} became classes 0…{top - 1}")
    if present == [-1, 1] and len(names) in (0, 2):
        return NumberedLabels(
            (labels == 1).astype(np.int64), names or ("-1", "1"), "labels −1 and 1 became 0 and 1"
        )
    if names and present and max(present) == len(names) and min(present) >= 1:
        return NumberedLabels(labels.astype(np.int64) - 1, names, f"labels counted from 1: 1 is {names[0]!r}")
    return NumberedLabels(labels, names)
