"""How much each image counts in training: `class_weight` and `sample_weight` of `fit`."""

from __future__ import annotations

from typing import Any

import numpy as np

from capslab.data.splits import PARTS
from capslab.errors import ArgumentError, Verbatim


def training_weights(model: Any, images: Any, class_weight: Any, sample_weight: Any) -> np.ndarray:
    """One number for each of `images.train`, float32 `(n,)`: the product of both weights.

    Raises
    ------
    ArgumentError : where there are no classes, or the weights are not numbers from 0 that fit the images.
    """
    weights = np.ones(len(images.train), np.float32)
    if not model.classes:
        raise ArgumentError(
            "class_weight, sample_weight",
            f"left out: a {type(model).__name__} has no classes",
            Verbatim("weights"),
            "Leave `class_weight` and `sample_weight` out, and choose among the images instead.",
        )
    if sample_weight is not None:
        weights *= _of_samples(images, sample_weight)
    if class_weight is not None:
        weights *= _of_classes(model.classes, class_weight)[images.train.labels]
    return weights


def _of_samples(images: Any, sample_weight: Any) -> np.ndarray:
    train = np.asarray(images.parts) == PARTS["train"]
    try:
        weights = np.asarray(sample_weight, np.float32)
    except (TypeError, ValueError):
        weights = np.empty(0, np.float32)
    if weights.shape == (len(train),):
        weights = weights[train]
    if weights.shape != (train.sum(),) or not np.isfinite(weights).all() or weights.min() < 0:
        raise ArgumentError(
            "sample_weight",
            f"{len(train)} numbers from 0, one for each image, or {train.sum()} for those to train on",
            sample_weight,
            "Try sample_weight=np.ones(len(images)).",
        )
    return weights


def _of_classes(classes: tuple[str, ...], class_weight: Any) -> np.ndarray:
    example = f"Try class_weight={{{classes[0]!r}: 2.0}}."
    if not isinstance(class_weight, dict):
        raise ArgumentError(
            "class_weight", "a dict of a class's number or name to its weight", class_weight, example
        )
    weights = np.ones(len(classes), np.float32)
    for key, value in class_weight.items():
        by_number = isinstance(key, (int, np.integer)) and 0 <= key < len(classes)
        if not by_number and key not in classes:
            raise ArgumentError(
                "class_weight", f"of the classes {', '.join(classes)}", Verbatim(f"class {key!r}"), example
            )
        if (
            isinstance(value, bool)
            or not isinstance(value, (int, float, np.number))
            or not 0 <= value < np.inf
        ):
            raise ArgumentError("class_weight", "of numbers from 0", Verbatim(f"{key!r}: {value!r}"), example)
        weights[key if by_number else classes.index(key)] = value
    return weights
