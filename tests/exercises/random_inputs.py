"""Any valid input of an exercise, drawn at random: far more kinds of it than the cases of a check hold.

A near miss that passes a check is forgiven only if it equals the reference on all of these. They include
what the cases are built for (m = 0, ties where a task settles them, empty results, sizes of 1) and leave
out what a task leaves open (equal scores of two boxes, a mask without pixels).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from capslab.exercises.nb04_backpropagation import fit_a_line
from capslab.exercises.nb19_surprise import elbo
from capslab.exercises.nb20_build_a_vae import decode, encode

Random = np.random.Generator


def size(r: Random, low: int = 1, high: int = 7) -> int:
    return int(r.integers(low, high))


def labels(r: Random, n: int, classes: int) -> np.ndarray:
    return r.integers(0, classes, n)


def probabilities(r: Random, n: int, classes: int) -> np.ndarray:
    made = r.dirichlet(np.full(classes, r.choice([0.3, 1.0, 5.0])), n)
    if r.random() < 0.3:
        made[0] = np.eye(classes)[r.integers(classes)]
    return made


def distances(points: np.ndarray) -> np.ndarray:
    return np.sqrt(((points[:, None] - points) ** 2).sum(axis=2))


def _count_per_class(r: Random) -> tuple:
    classes = size(r, 1, 8)
    return labels(r, size(r, 1, 20), size(r, 1, classes + 1)), classes


def _mean_image(r: Random) -> tuple:
    n = size(r, 1, 9)
    of = labels(r, n, 3)
    return r.integers(0, 256, (n, size(r), size(r)), dtype=np.uint8), of, int(r.choice(of))


def _kmeans_step(r: Random) -> tuple:
    n, k, d = size(r, 2, 12), size(r, 1, 6), size(r, 1, 5)
    return r.normal(r.choice([0, 5]), 3, (n, d)), r.normal(r.choice([0, 5, 20]), 3, (k, d))


def _silhouette_of(r: Random) -> tuple:
    n = size(r, 3, 14)
    of = labels(r, n, 4) * 2 + 1
    of[0], of[1] = 1, 7
    return int(r.integers(n)), distances(r.normal(size=(n, 2)) + r.choice([0, 1, 4]) * of[:, None]), of


def _matched_accuracy(r: Random) -> tuple:
    n = size(r, 2, 60)
    return labels(r, n, size(r, 1, 7)), labels(r, n, size(r, 1, 7))


def _growth_exponent(r: Random) -> tuple:
    n = r.permutation(2.0 ** np.arange(4, 16))[: size(r, 2, 7)]
    return n, 10 ** r.uniform(-5, -2) * n ** r.uniform(-0.5, 2) * np.exp(r.normal(0, 0.2, len(n)))


def _step(r: Random) -> tuple:
    n, inputs, classes = size(r), size(r), size(r, 2, 6)
    W, b = r.normal(size=(inputs, classes)), r.normal(size=classes)
    X = r.normal(size=(n, inputs))
    return X, probabilities(r, n, classes), labels(r, n, classes), W, b, float(r.choice([0.1, 0.5, 3.0]))


def _backward(r: Random) -> tuple:
    n, inputs, hidden, classes = size(r), size(r), size(r), size(r, 2, 6)
    H = np.maximum(0, r.normal(size=(n, hidden)))
    W2 = r.normal(size=(hidden, classes))
    return r.normal(size=(n, inputs)), H, probabilities(r, n, classes), labels(r, n, classes), W2


def _train_epoch(r: Random) -> tuple:
    n = size(r, 1, 12)
    order = r.permutation(n)[: size(r, 1, n + 1)]
    return r.normal(size=(n, 2)), labels(r, n, 4), r.normal(size=2), fit_a_line, order, size(r, 1, 6)


def _softmax(r: Random) -> tuple:
    n = size(r)
    rows = r.normal(r.choice([0, 0, 900, -900]), r.choice([0.5, 3, 40]), (n, size(r, 2, 7)))
    return (rows + r.choice([0, 1, 700]) * r.normal(size=(n, 1)),)


def _cross_entropy(r: Random) -> tuple:
    n, classes = size(r), size(r, 2, 7)
    p = probabilities(r, n, classes)
    if r.random() < 0.3:
        p[0, :2] = r.choice([1e-12, 5e-8, 1.5e-7, 9e-7], 2)
    return p, labels(r, n, classes)


def _recall_per_class(r: Random) -> tuple:
    n, classes = size(r, 1, 25), size(r, 1, 6)
    return labels(r, n, size(r, 1, classes + 1)), labels(r, n, classes), classes


def _calibration_error(r: Random) -> tuple:
    n = size(r, 1, 40)
    confidence = r.choice([1.0, *r.random(5)], n) if r.random() < 0.5 else r.random(n)
    return confidence, r.random(n) < r.random(), size(r, 1, 12)


def _score_slope(r: Random) -> tuple:
    n, classes = size(r), size(r, 2, 7)
    return probabilities(r, n, classes), r.choice([0, 1, 3], (n, 1)) * r.random((n, classes))


def _convolution(r: Random) -> tuple:
    rows, columns = size(r, 1, 5), size(r, 1, 5)
    return r.normal(size=(rows + size(r, 0, 5), columns + size(r, 0, 5))), r.normal(size=(rows, columns))


def _squash(r: Random) -> tuple:
    shape = tuple(r.integers(1, 5, r.integers(1, 4)))
    vectors = r.normal(size=shape) * 10.0 ** r.integers(-2, 3)
    return (vectors * (r.random((*shape[:-1], 1)) < 0.8),)


def _squash_slope(r: Random) -> tuple:
    return (r.uniform(0, r.choice([1, 5, 30]), tuple(r.integers(1, 5, r.integers(1, 3)))),)


def _votes(r: Random) -> tuple:
    i, j, d, p = r.integers(1, 5, 4)
    return r.normal(size=(i, p)), r.normal(size=(i, j, d, p))


def _routing_step(r: Random) -> tuple:
    i, j, d = r.integers(1, 6, 3)
    logits = r.normal(size=(i, j)) * r.choice([0, 1, 5]) + r.choice([0, 800]) * r.normal(size=(i, 1))
    return logits, r.normal(size=(i, j, d)) * r.choice([0.3, 1, 5])


def _routing_loop(r: Random) -> tuple:
    return r.normal(size=tuple(r.integers(1, 6, 3))) * r.choice([0.3, 1, 30]), size(r, 1, 7)


def _count_weights(r: Random) -> tuple:
    return tuple(int(one) for one in r.integers(1, 30, 5))


def _margin_loss(r: Random) -> tuple:
    n, classes = size(r), size(r, 2, 7)
    return r.uniform(0, 1, (n, classes)), labels(r, n, classes)


def _mask_poses(r: Random) -> tuple:
    n, classes = size(r), size(r, 2, 7)
    return r.normal(size=(n, classes, size(r))), labels(r, n, classes)


def _coupling_map(r: Random) -> tuple:
    grid = tuple(int(one) for one in r.integers(1, 5, 3))
    parents = size(r, 2, 7)
    return probabilities(r, int(np.prod(grid)), parents), grid, int(r.integers(parents))


def _coupling_entropy(r: Random) -> tuple:
    return (probabilities(r, size(r), size(r, 2, 8)),)


def _removal_mask(r: Random) -> tuple:
    n, capsules = size(r), size(r)
    return r.normal(size=(n, capsules)), int(r.integers(0, capsules + 1))


def _attention_couplings(r: Random) -> tuple:
    return (r.choice([0.3, 1.0, 20.0]) * r.normal(size=(size(r), size(r, 2, 6), size(r))),)


def _dead_capsules(r: Random) -> tuple:
    lengths = np.round(r.random((size(r, 1, 9), size(r))) ** r.choice([1, 3]), 2)
    return lengths, float(r.choice([0.05, 0.1, 0.5, lengths.max()]))


def _both_right(r: Random) -> tuple:
    n, classes = size(r, 1, 9), size(r, 2, 6)
    pairs = np.argsort(r.random((2, n, classes)), axis=2)[:, :, :2]
    return pairs[0], np.where(r.random((n, 1)) < 0.5, pairs[0][:, ::-1], pairs[1])


def _mask_iou(r: Random) -> tuple:
    masks = r.random((2, size(r), size(r))) < r.choice([0.2, 0.6, 0.9])
    masks[r.integers(2), -1, 0] = True
    return masks[0], masks[1]


def _suppress(r: Random) -> tuple:
    n = size(r, 1, 9)
    corner, sides = r.integers(0, 12, (n, 2)), r.integers(1, 10, (n, 2))
    scores = r.permutation(np.linspace(0.05, 0.95, n)) - r.choice([0.0, 2.0])
    return np.concatenate([corner, corner + sides], axis=1), scores, float(r.choice([0.0, 0.3, 0.5, 0.25]))


def _autoencoder_slopes(r: Random) -> tuple:
    n, pixels, d = size(r), size(r), size(r)
    return r.normal(size=(n, pixels)), r.normal(size=(pixels, d)), r.normal(size=(d, pixels))


def _paint(r: Random) -> tuple:
    return r.normal(size=(size(r), size(r))), r.normal(size=(size(r), size(r))), int(r.integers(1, 5))


def _reparameterise(r: Random) -> tuple:
    shape = (size(r), size(r))
    return r.normal(size=shape), r.normal(size=shape) * r.choice([0, 1, 4]), r.normal(size=shape)


def _vae_loss(r: Random) -> tuple:
    n, side = size(r), size(r)
    x = r.random((n, side, side))
    x = np.rint(x) if r.random() < 0.3 else x
    return x, encode, decode, r.choice([0, 1, 4]) * r.normal(size=(n, side)), elbo


def _kl_divergence(r: Random) -> tuple:
    shape = (size(r), size(r))
    return r.normal(size=shape) * r.choice([0, 1, 4]), r.normal(size=shape) * r.choice([0, 1, 4])


def _elbo(r: Random) -> tuple:
    n, h, w, d = r.integers(1, 6, 4)
    x = r.random((n, h, w))
    x = np.rint(x) if r.random() < 0.3 else x
    return x, r.uniform(0.01, 0.99, (n, h, w)), r.normal(size=(n, d)), r.normal(size=(n, d))


def _tighter_bound(r: Random) -> tuple:
    s, n = size(r), size(r)
    return (r.normal(r.choice([0, -100, -900, 900]), r.choice([1, 5]), (s, n)) + r.normal(0, 300, n),)


def _interpolate(r: Random) -> tuple:
    d = size(r)
    return r.normal(size=d) * r.choice([1, 9]), r.normal(size=d), size(r, 2, 9)


def _variance_kept(r: Random) -> tuple:
    images = r.random((size(r, 2, 8), size(r)))
    return images, images + r.choice([0.05, 0.5]) * r.normal(size=images.shape)


def _active_units(r: Random) -> tuple:
    spreads = r.choice([0.001, 0.05, 0.08, 0.12, 1.0], size(r))
    return (r.normal(size=(size(r, 2, 9), len(spreads))) * spreads + r.choice([0, 3]),)


def _chance_higher(r: Random) -> tuple:
    usual, odd = r.normal(size=size(r)), r.normal(r.choice([-1, 0, 1]), 1, size(r))
    return (np.rint(usual), np.rint(odd)) if r.random() < 0.5 else (usual, odd)


def _binarise(r: Random) -> tuple:
    shape = tuple(r.integers(1, 6, 3))
    images, chance = r.random(shape), r.random(shape)
    return r.choice([images, np.rint(images)]), r.choice([chance, np.zeros(shape)])


def _local_exponents(r: Random) -> tuple:
    m = size(r, 2, 6)
    return np.cumsum(r.integers(1, 50, m) + 1.0), r.uniform(0.1, 9, m)


def _hidden_features(r: Random) -> tuple:
    n, d, units = size(r), size(r), size(r)
    return r.normal(size=(n, d)), r.normal(size=(d, units)), r.normal(size=units)


def _withhold_classes(r: Random) -> tuple:
    classes = size(r, 2, 8)
    of = np.append(np.arange(classes), labels(r, size(r, 1, 15), classes))  # every class occurs
    return r.permutation(of), r.permutation(classes)[: size(r, 0, classes)]


def _angle_error(r: Random) -> tuple:
    n, widest = size(r), r.choice([180, 360, 1000])
    return r.choice([1, 45]) * np.round(r.uniform(-widest, widest, n), 1), r.uniform(-widest, widest, n)


def _split_views(r: Random) -> tuple:
    n, toys = size(r, 1, 20), size(r, 1, 7)
    held_out = r.permutation(toys)[: size(r, 0, toys + 1)]
    return r.integers(0, 11, n) * 18.0, labels(r, n, toys), int(r.choice([0, 18, 54, 100])), held_out


def _split_features(r: Random) -> tuple:
    classes = size(r, 1, 4)
    d = classes + size(r, 1, 4)
    return r.normal(size=(size(r, 1, 8), d)), r.normal(size=(d, classes))


def _wrong_everywhere(r: Random) -> tuple:
    m, n = size(r), size(r, 1, 12)
    return labels(r, (m, n), size(r, 2, 5)), labels(r, n, 3)


def _normalise(r: Random) -> tuple:
    n = size(r, 2, 8)
    half = np.triu(r.uniform(0.01, r.choice([1, 50]), (n, n)), 1)
    return (half + half.T + np.diag(r.random(n) * r.choice([0, 1])),)


def _choose_k(r: Random) -> tuple:
    return (np.sort(r.choice([1.0, 3.0, 0.5]) * r.random(size(r, 3, 12)) - r.choice([0.0, 0.4]))[::-1],)


def _near_copies(r: Random) -> tuple:
    n = size(r, 2, 8)
    images = r.normal(size=(n, size(r, 2, 5), size(r, 2, 5))) + r.choice([0, 20])
    for i in range(1, n):
        if r.random() < 0.5:
            images[i] = (
                images[i - 1] * r.choice([-1, 0.5, 2]) + r.normal() + r.normal(0, 0.2, images[i].shape)
            )
    return images, float(r.choice([0.5, 0.9]))


def _class_weights(r: Random) -> tuple:
    classes = size(r, 1, 7)
    return labels(r, size(r, 1, 30), size(r, 1, classes + 1)), classes


INPUTS: dict[str, Callable[[Random], tuple[Any, ...]]] = {
    name[1:]: made for name, made in list(globals().items()) if name.startswith("_") and name[1].islower()
}
