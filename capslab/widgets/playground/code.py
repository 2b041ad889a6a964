"""The lines behind "Show the code": the whole training in NumPy, with the numbers that are on screen."""

from __future__ import annotations

from typing import Any

from capslab.widgets.base import fill

LOAD_PLANE = """\
from capslab.widgets.playground.points import plane_points

points = plane_points(⟨name⟩)"""

LOAD_DIGITS = """\
from capslab.widgets.playground.points import digit_points

points = digit_points()"""

LOAD_OWN = """\
from capslab.widgets.playground.learners_points import own_points

points = own_points(points, seed=⟨own_seed⟩)  # `points` is the pair (x, labels) that you handed in"""

RECIPE = """\
import numpy as np
from scipy.special import ⟨function⟩
⟨load⟩
x, labels = points.train, points.train_labels  # (n, ⟨inputs⟩), (n,)
targets = ⟨targets⟩
sizes = ⟨sizes⟩
rng = np.random.default_rng(⟨seed⟩)
layers = []
for n_in, n_out in zip(sizes, sizes[1:]):
    limit = np.sqrt(6 / (n_in + n_out))
    layers.append([rng.uniform(-limit, limit, (n_in, n_out)), np.zeros(n_out)])

epoch = 0
for epochs, learning_rate in ⟨schedule⟩:
    for epoch in range(epoch, epoch + epochs):
        order = np.random.default_rng([⟨seed⟩, epoch]).random(len(x)).argsort()
        for start in range(0, len(x), 10):
            batch = order[start : start + 10]
            values = [x[batch]]
            for W, b in layers[:-1]:  # forward
                s = values[-1] @ W + b
                values.append(⟨activate⟩)
            scores = values[-1] @ layers[-1][0] + layers[-1][1]
            delta = (⟨probabilities⟩ - targets[batch]) / len(batch)
            for (W, b), v in zip(layers[::-1], values[::-1]):  # backward
                slopes, bias_slopes = v.T @ delta, delta.sum(axis=0)
                delta = (delta @ W.T) * ⟨slope⟩
                W -= learning_rate * slopes
                b -= learning_rate * bias_slopes
    epoch += 1

for name, v, truth in [("training", x, labels), ("held out", points.held_out, points.held_out_labels)]:
    if not len(v):
        continue
    for W, b in layers[:-1]:
        s = v @ W + b
        v = ⟨activate⟩
    scores = v @ layers[-1][0] + layers[-1][1]
    print(name, np.mean(⟨predicted⟩ == truth))
"""

#: what stands in the recipe for each activation, and for two classes ("one" score) or more ("many")
EXPRESSIONS = {
    "activate": {"relu": "np.maximum(s, 0)", "tanh": "np.tanh(s)", "none": "s"},
    "slope": {"relu": "(v > 0)", "tanh": "(1 - v**2)", "none": "1"},
    "targets": {"one": "labels[:, None]", "many": "np.eye(⟨outputs⟩)[labels]"},
    "probabilities": {
        "one": "expit(scores)",
        "many": "softmax(scores, axis=1)",
    },
    "function": {"one": "expit", "many": "softmax"},
    "predicted": {"one": "(scores[:, 0] > 0)", "many": "scores.argmax(axis=1)"},
}


def filled(recipe: str, load: str, sizes: list[int], settings: list[Any], trained: list[Any]) -> str:
    """The recipe for what is on screen; `networkCode` in js/src/playground/code.js writes the same."""
    activation, seed = settings[3], settings[4]
    kind = "one" if sizes[-1] == 1 else "many"
    names = ("function", "targets", "probabilities", "predicted")
    values = {name: EXPRESSIONS[name][kind] for name in names}
    values |= {name: EXPRESSIONS[name][activation] for name in ("activate", "slope")}
    schedule = ", ".join(f"({epochs}, {rate:g})" for epochs, rate in trained)
    return fill(
        recipe,
        load=load,
        **values,
        inputs=sizes[0],
        outputs=sizes[-1],
        sizes=sizes,
        seed=seed,
        schedule=f"[{schedule}]",
    )
