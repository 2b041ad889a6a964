"""Writes reference.json: what Python computes, for the tests of the JavaScript that computes the same.

Run `python js/test/make_reference.py` when the arithmetic changes; tests/widgets/test_static.py notices
when it was not run.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from capslab.data.strokes_to_image import centred, inked
from capslab.plots import palette
from capslab.routing import routing_by_agreement
from capslab.widgets.sandbox.votes import cluster_votes, route_votes

HERE = Path(__file__).parent


def rounded(values: Any) -> Any:
    """Lists of numbers with eight decimals."""
    return np.round(np.asarray(values, float), 8).tolist()


def routing() -> dict[str, Any]:
    rng = np.random.default_rng(0)
    weights, primary = rng.normal(0, 0.6, (6, 3, 4, 2)), rng.normal(0, 0.7, (6, 2))  # (I, J, D, P), (I, P)
    bias = rng.normal(0, 0.1, (3, 4))  # (J, D)
    trace = routing_by_agreement(np.einsum("ijdp,ip->ijd", weights, primary), 4, bias)
    names = ("votes", "logits", "couplings", "outputs", "lengths", "agreement", "deviation", "entropy")
    expected = {name: rounded(getattr(trace, name)) for name in names}
    return {
        "weights": rounded(weights),
        "primary": rounded(primary),
        "bias": rounded(bias),
        "iterations": 4,
        "expected": {**expected, "contribution": rounded(trace.contributions)},
    }


def sandbox() -> dict[str, Any]:
    votes = np.round(np.random.default_rng(1).uniform(-1.5, 1.5, (5, 3, 2)), 2)
    start = np.round(np.random.default_rng(2).normal(size=(5, 3)), 2)
    clusters = cluster_votes(votes, 6)
    cases = []
    for options in ({}, {"over_children": True}, {"squashed": False}, {"start": start}):
        steps = route_votes(votes, 6, **options)
        names = ("logits", "couplings", "outputs", "agreement", "lengths")
        browser = {
            "wrongAxis": bool(options.get("over_children")),
            "noSquash": not options.get("squashed", True),
            "start": start.tolist() if "start" in options else None,
        }
        cases.append({"options": browser, **{name: rounded(getattr(steps, name)) for name in names}})
    return {
        "votes": votes.tolist(),
        "routed": cases,
        "owners": np.asarray(clusters.owners).tolist(),
        "centres": rounded(clusters.centres),
    }


def strokes() -> list[dict[str, Any]]:
    seven = [[0.2, 0.2], [0.7, 0.2], [0.4, 0.9]]
    cases = []
    for lines, pen, size, shape in [
        ([seven], 0.1, 20, (8, 8)),
        ([[[0.5, 0.1]], [[0.1, 0.9], [0.9, 0.4]]], 0.15, 16, (6, 9)),
    ]:
        ink = inked(lines, pen, size)
        pixels = centred(ink, (*shape, 1))
        cases.append(
            {
                "strokes": lines,
                "pen": pen,
                "size": size,
                "shape": list(shape),
                "ink": rounded(ink.ravel()),
                "pixels": np.asarray(pixels).ravel().tolist(),
            }
        )
    return cases


def reference() -> dict[str, Any]:
    return {
        "routing": routing(),
        "sandbox": sandbox(),
        "strokes": strokes(),
        "palette": [[round(255 * part) for part in palette(i)] for i in range(32)],
    }


if __name__ == "__main__":
    (HERE / "reference.json").write_text(json.dumps(reference(), separators=(",", ":")) + "\n", "utf-8")
