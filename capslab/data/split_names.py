"""Tells names of the parts of a split (train, validation, test) from names of classes."""

from __future__ import annotations

import re
from functools import lru_cache

from capslab.data.class_names import shape_key

_PARTS = {
    **dict.fromkeys(("train", "training", "trn"), "train"),
    **dict.fromkeys(
        ("val", "valid", "validation", "validate", "dev", "development", "publictest"), "validation"
    ),
    **dict.fromkeys(("test", "testing", "tst", "eval", "evaluation", "holdout", "privatetest"), "test"),
}
_BESIDE = {"set", "data", "dataset", "images", "image", "imgs", "split", "part", "seg", "folder", "samples"}


@lru_cache(maxsize=10_000)
def split_part(name: str) -> str:
    """The part of a split that a folder or a table's cell names: "train", "validation", "test", or "".

    >>> split_part(" Training "), split_part("test_set"), split_part("VALID"), split_part("cat")
    ('train', 'test', 'validation', '')
    """
    words = [word for word in re.split(r"[\s_.\-]+", shape_key(name).lower()) if word]
    for whole in ("".join(words), *words):
        if whole in _PARTS and (whole == "".join(words) or set(words) - {whole} <= _BESIDE):
            return _PARTS[whole]
    return ""
