"""The point sets of the network sandbox on their way to the browser."""

from __future__ import annotations

from typing import Any

import numpy as np

from capslab.widgets.base import fill
from capslab.widgets.playground.code import LOAD_DIGITS, LOAD_OWN, LOAD_PLANE
from capslab.widgets.playground.points import DIGITS, OWN, PointSet


def for_browser(sets: dict[str, PointSet], seed: int) -> dict[str, Any]:
    """The point sets as the browser gets them: bytes, and where each set lies in them."""
    rows, labels, about, start = [], [], {}, 0
    for name, points in sets.items():
        code = {DIGITS: LOAD_DIGITS, OWN: LOAD_OWN}.get(name, LOAD_PLANE)
        about[name] = {
            "start": 0 if name == DIGITS else start,
            "train": len(points.train),
            "heldOut": len(points.held_out),
            "classes": list(points.classes),
            "line": points.line,
            "note": points.note,
            "code": fill(code, name=repr(name).replace("'", '"'), own_seed=seed),
        }
        if name != DIGITS:
            rows += [points.train, points.held_out]
            labels += [points.train_labels, points.held_out_labels]
            start += len(points.train) + len(points.held_out)
    digits = sets[DIGITS]
    images = np.concatenate([digits.train, digits.held_out]) * 255
    kinds = np.concatenate([digits.train_labels, digits.held_out_labels])
    return {
        "sets": about,
        "rows": np.concatenate(rows).astype(np.float32),
        "row_labels": np.concatenate(labels).astype(np.uint8),
        "digits": np.round(images).astype(np.uint8),
        "digit_labels": kinds.astype(np.uint8),
    }
