"""The objects that cases speak of, made when a case first needs them: what a learner has in a notebook."""

from __future__ import annotations

import ast
import contextlib
import copy
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import Mock, patch

import numpy as np
import requests

import capslab as cl


def _images() -> Any:
    return cl.load("digits")[:300]


def _few() -> Any:
    return cl.load("digits").sample(60)


MAKERS: dict[str, Any] = {
    "images": _images,
    "few": _few,
    "plain": lambda: cl.Images(_few().images),  # without labels
    "model": lambda: cl.pretrained("capsnet-digits"),
    "vae": lambda: cl.pretrained("vae-digits"),
    "dense": lambda: cl.pretrained("dense-digits"),
    "overlap_net": lambda: cl.pretrained("capsnet-overlap"),
    "toy_net": lambda: cl.CapsNet.for_images(cl.load("toys")),
    "embedding": lambda: cl.embed(_few()),
    "X": lambda: cl.embed(_few()).vectors,
    "path": lambda: cl.cluster(cl.embed(_few()), n_clusters=range(2, 6)),
    "votes": lambda: np.random.default_rng(0).normal(size=(12, 3, 4)).astype(np.float32),
}


@cache
def _made(name: str) -> Any:
    return MAKERS[name]()


def _pictures(folder: Path) -> Path:
    """A folder of picture files, one sub-folder per class; made once in each temporary folder."""
    place = folder / "pictures"
    if not place.exists():
        few = _made("few")
        cl.export_clusters(few.labels, few, place)
    return place


@contextlib.contextmanager
def no_download(
    offline: bool = False, broken: bool = False, full: bool = False, home: str = "no cache"
) -> Iterator[None]:
    """No data set is in the cache; no server answers, or they send nonsense, or the disk is full."""
    problem = OSError(28, "No space left on device") if full else requests.HTTPError()
    answer = Mock(status_code=200) if broken or full else None
    with (
        patch.dict(os.environ, CAPSLAB_HOME=home, CAPSLAB_DATA="", CAPSLAB_OFFLINE="1" if offline else "0"),
        patch.dict("capslab.data.datasets._failed"),
        patch("requests.head", return_value=answer, side_effect=None if answer else requests.ConnectionError),
        patch("pooch.HTTPDownloader", return_value=Mock(side_effect=problem)),
    ):
        yield


def names_for(source: str, **others: Any) -> dict[str, Any]:
    """What a notebook that begins `import capslab as cl` knows, and the objects that the source names."""
    wanted = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
    objects = {name: _made(name) for name in MAKERS if name in wanted and name not in others}
    for name in ("embedding", "X", "votes"):
        if name in objects:
            objects[name] = copy.deepcopy(objects[name])
    if "pictures" in wanted:
        objects["pictures"] = _pictures(others["folder"])
    helpers = {"patch": patch, "no_download": no_download}
    return {"cl": cl, "np": np, **helpers, **objects, **others}
