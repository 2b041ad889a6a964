"""The objects that cases speak of, made when a case first needs them: what a learner has in a notebook."""

from __future__ import annotations

import ast
import copy
from functools import cache
from typing import Any

import numpy as np

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
    "embedding": lambda: cl.embed(_few()),
    "X": lambda: cl.embed(_few()).vectors,
    "path": lambda: cl.cluster(cl.embed(_few()), n_clusters=range(2, 6)),
    "votes": lambda: np.random.default_rng(0).normal(size=(12, 3, 4)).astype(np.float32),
}


@cache
def _made(name: str) -> Any:
    return MAKERS[name]()


def names_for(source: str, **others: Any) -> dict[str, Any]:
    """What a notebook that begins `import capslab as cl` knows, and the objects that the source names."""
    wanted = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
    objects = {name: _made(name) for name in MAKERS if name in wanted and name not in others}
    for name in ("embedding", "X", "votes"):
        if name in objects:
            objects[name] = copy.deepcopy(objects[name])
    return {"cl": cl, "np": np, **objects, **others}
