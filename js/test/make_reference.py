"""Writes reference.json: what Python computes, for the tests of the JavaScript that computes the same.

Run `python js/test/make_reference.py` when the arithmetic changes; tests/widgets/test_static.py notices
when it was not run.
"""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import expit, softmax

from capslab.data.render_toys import render_toy
from capslab.data.strokes_to_image import centred, inked
from capslab.data.toy_kinds import KINDS, make_toy
from capslab.exercises.ask_question import ask_question
from capslab.exercises.guess_question import GuessQuestion
from capslab.exercises.guess_record import Guess
from capslab.exercises.guess_words import guess_words, how_far, reveal_words, share_off
from capslab.exercises.look_back import LookBack
from capslab.plots.colours import palette, sign
from capslab.routing import routing_by_agreement, variants
from capslab.widgets.sandbox.votes import cluster_votes, route_votes
from capslab.widgets.toy.figure import words
from capslab.widgets.toy.ring import Ring, shaded

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


def routing_ways() -> dict[str, Any]:
    """The other ways to route, with what a network learned and without."""
    rng = np.random.default_rng(5)
    votes, activations = rng.normal(0, 0.6, (6, 3, 4)), rng.uniform(0.1, 1, 6)  # (I, J, D), (I,)
    bias, prior = rng.normal(0, 0.1, (3, 4)), rng.normal(0, 0.1, (6, 3))
    betas = rng.normal(0, 1, (2, 3))
    learned = {"prior": prior, "beta_a": betas[0], "beta_u": betas[1]}
    names = ("logits", "couplings", "outputs", "lengths", "agreement", "deviation", "entropy")
    cases = []
    for way in ("one", "uniform", "attention", "em", "dynamic"):
        for has_learned in (False, True):
            trace = variants.route_votes(votes, way, 3, bias, activations, learned if has_learned else None)
            expected = {name: rounded(getattr(trace, name)) for name in names}
            expected["contribution"] = rounded(trace.contributions)
            cases.append({"routing": way, "learned": has_learned, "expected": expected})
    given = {"votes": votes, "activations": activations, "bias": bias, "prior": prior, "betas": betas}
    return {**{name: rounded(value) for name, value in given.items()}, "cases": cases}


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


def guesses() -> list[dict[str, Any]]:
    """Questions with a guess and a truth, and all that is said about them."""
    k = list(range(1, 21))
    fall = {"curve": {"k": (1, 20), "inertia": (0, 100)}, "unit": "%"}
    order = ["c", "a", "d", "b"]
    cases = []
    for options, answer, truth in [
        ({"between": (0, 100), "unit": "of 100"}, 60, 93.04),
        ({"between": (0, 100), "unit": "%"}, 93.25, 93.249),
        ({"between": (-1, 1)}, -0.5, 1.25),
        ({"between": (0, 70000)}, 12000, 9999.4),
        ({"between": (0, 0.004)}, 0.0015, 0.00325),
        ({"choices": ["inertia", "silhouette"]}, "inertia", "silhouette"),
        ({"choices": [0, 1, 2]}, 2, 2),
        ({"order": order}, ["a", "c", "b", "d"], ["a", "b", "c", "d"]),
        ({"order": order}, ["b", "a", "d", "c"], ["a", "b", "c", "d"]),
        ({"order": order}, ["a", "b", "c", "d"], ["a", "b", "c", "d"]),
        (fall, [100, 60, 40, 30, 25], (k, [100 / x**0.5 for x in k])),
        (fall, [100, 0], ([-5, 40], [130, -10])),
        (fall, [50, 50], [50, 50]),
        (fall, [50, 20], [50.4, 20.1, 3]),
    ]:
        question = ask_question("name", "How many?", **options)
        said, came = question.answer(answer), question.truth(truth)
        cases.append(
            {
                "question": question.plain(),
                "answer": said,
                "truth": came,
                "guess": [guess_words(question, *state) for state in STATES],
                "kept": guess_words(question, said, False, False),
                "reveal": reveal_words(question, said, came, "Seen once."),
                "seen": reveal_words(question, None, came),
                "share": share_off(question, said, came),
                "far": how_far(question, said, came),
            }
        )
    return cases


STATES = ((None, False, False), (None, False, True), (None, True, False))


def networks() -> list[dict[str, Any]]:
    """Small dense networks trained for some epochs: written as the equations are, apart from the package."""
    rng = np.random.default_rng(5)
    points = np.round(rng.normal(size=(23, 2)), 3)
    cases = []
    for sizes, activation, rate in [
        ([2, 1], "relu", 0.3),
        ([2, 4, 1], "relu", 0.1),
        ([2, 3, 3, 1], "tanh", 0.3),
        ([2, 5, 3], "tanh", 1.0),
        ([2, 4, 4, 3], "none", 0.03),
    ]:
        many = sizes[-1] > 1
        labels = rng.integers(0, 3 if many else 2, len(points))
        start = np.random.default_rng(11)
        Ws = [
            start.uniform(-((6 / (m + n)) ** 0.5), (6 / (m + n)) ** 0.5, (m, n)) for m, n in pairwise(sizes)
        ]
        bs = [np.zeros(n) for n in sizes[1:]]
        first = flat(Ws, bs)
        for epoch in range(4):
            order = np.argsort(np.random.default_rng([11, epoch]).random(17))  # the last six are held out
            for i in range(0, 17, 10):
                sgd_step(Ws, bs, points[order[i : i + 10]], labels[order[i : i + 10]], activation, rate)
        p = answers(Ws, bs, points, activation)[-1]
        truth = p[np.arange(23), labels] if many else np.where(labels, p[:, 0], 1 - p[:, 0])
        right = (p.argmax(axis=1) if many else p[:, 0] > 0.5) == labels
        cases.append(
            {
                "sizes": sizes,
                "activation": activation,
                "rate": rate,
                "points": points.tolist(),
                "labels": labels.tolist(),
                "train": 17,
                "start": rounded(first),
                "weights": rounded(flat(Ws, bs)),
                "losses": rounded([-np.log(truth[:17]).mean(), -np.log(truth[17:]).mean()]),
                "accuracies": rounded([right[:17].mean(), right[17:].mean()]),
            }
        )
    return cases


def flat(Ws: list[Any], bs: list[Any]) -> Any:
    return np.concatenate([part.ravel() for pair in zip(Ws, bs, strict=True) for part in pair])


def answers(Ws: list[Any], bs: list[Any], x: Any, activation: str) -> list[Any]:
    """The values of all layers; the last are probabilities."""
    values = [x]
    for W, b in zip(Ws[:-1], bs[:-1], strict=True):
        s = values[-1] @ W + b
        values.append({"relu": np.where(s > 0, s, 0), "tanh": np.tanh(s), "none": s}[activation])
    s = values[-1] @ Ws[-1] + bs[-1]
    return [*values, softmax(s, axis=1) if s.shape[1] > 1 else expit(s)]


def sgd_step(Ws: list[Any], bs: list[Any], x: Any, labels: Any, activation: str, rate: float) -> None:
    """One step downhill, in place."""
    *values, p = answers(Ws, bs, x, activation)
    target = np.eye(p.shape[1])[labels] if p.shape[1] > 1 else labels[:, None]
    delta = (p - target) / len(x)
    steps = []
    for k in reversed(range(len(Ws))):
        steps.append((k, values[k].T @ delta, delta.sum(axis=0)))
        v = values[k]
        delta = delta @ Ws[k].T * {"relu": v > 0, "tanh": 1 - v * v, "none": np.ones(v.shape)}[activation]
    for k, dW, db in steps:
        Ws[k] -= rate * dW
        bs[k] -= rate * db


def random_numbers() -> list[dict[str, Any]]:
    """What NumPy's generator gives for a few seeds."""
    seeds: list[list[int]] = [[0], [1], [9999], [0, 0], [3, 7], [9999, 100_000]]
    return [
        {
            "seeds": some,
            "numbers": np.random.default_rng(some if len(some) > 1 else some[0]).random(5).tolist(),
            "order": np.random.default_rng(some if len(some) > 1 else some[0]).random(50).argsort().tolist(),
        }
        for some in seeds
    ]


def looked_back() -> dict[str, Any]:
    """The guesses above as a table, some of them not made or not revealed."""
    table = []
    for i, case in enumerate(guesses()):
        question = ask_question(f"q{i}", f"Question {i}?", choices=["a", "b"])
        fields = {name: value for name, value in case["question"].items() if name != "version"}
        fields |= {"text": question.text, "items": tuple(fields["items"]), "x": tuple(fields["x"])}
        answer = None if i % 5 == 3 else case["answer"]
        truth = None if i % 5 == 4 else case["truth"]
        table.append(Guess(GuessQuestion(**fields), "01", answer, i % 10 == 3, truth))
    back = LookBack(tuple(table))
    return {
        "guesses": [one.plain() for one in table],
        "head": back.head(),
        "rows": [list(row) for row in back.rows()],
        "heads": [LookBack(part).head() for part in ((), tuple(table[3:4]))],
    }


def toys() -> list[dict[str, Any]]:
    """One toy of each kind: its slabs, and pictures of it in several poses."""
    poses = [(0, 0, 0), (30, 30, 30), (123.4, 47.1, -60), (271, 90, 90), (359, 12, -90)]
    made = []
    for i, kind in enumerate(KINDS):
        toy = make_toy(kind, i)
        cases = []
        for azimuth, elevation, light in poses:
            pose = {"azimuth": azimuth, "elevation": elevation, "light": light, "strength": 0.9}
            cases.append({"pose": pose, "picture": render_toy(kind, i, **pose, size=14).ravel().tolist()})
        slabs, starts = toy.slabs.ravel().tolist(), [*toy.starts, len(toy.slabs)]
        made.append({"slabs": slabs, "starts": starts, "cases": cases})
    return made


def toy_words() -> list[dict[str, Any]]:
    """Lines of words of the turning toy, with a network and without."""
    answers = np.array([0, 1, 1, 2], np.int32)
    ring = Ring(np.array([0.125, 0.5, 0.999, 0.004], np.float32), answers)
    about = {"classes": ["car", "truck", "animal"], "measure": "capsule length"}
    cases = []
    for kind, azimuth, elevation, light in (("car", 0, 20, 0), ("animal", 2, 0, -9), ("animal", 3, 90, 90)):
        pose = {"kind": kind, "azimuth": azimuth, "elevation": elevation, "light": light}
        said = {"score": ring.score.tolist(), "answer": ring.answer.tolist(), **about}
        cases.append({"pose": pose, "ring": None, "words": words(**pose)})
        cases.append({"pose": pose, "ring": said, "words": words(**pose, ring=ring, **about)})
    return cases


def reference() -> dict[str, Any]:
    return {
        "routing": routing(),
        "routingWays": routing_ways(),
        "sandbox": sandbox(),
        "strokes": strokes(),
        "networks": networks(),
        "random": random_numbers(),
        "guesses": guesses(),
        "looked_back": looked_back(),
        "toys": toys(),
        "toy_words": toy_words(),
        "shaded": [
            {"seen": seen, "bands": [list(band) for band in shaded(seen)]}
            for seen in ([], [40.0], [0.0, 4.0, 18.0], [350.0, 355.0])
        ],
        "palettes": {
            ground: [[round(255 * part) for part in palette(i, ground)] for i in range(32)]
            for ground in ("light", "dark")
        },
        "signs": [sign(i) for i in range(32)],
    }


if __name__ == "__main__":
    (HERE / "reference.json").write_text(json.dumps(reference(), separators=(",", ":")) + "\n", "utf-8")
