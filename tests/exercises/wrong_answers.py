"""What learners really write that is not what was asked, by exercise. Each must fail the visible check."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from capslab.exercises.registry import find


def right(name: str) -> Callable[..., Any]:
    return find(name).reference


def pick(p, y):
    return p[np.arange(len(y)), y]


def softmax_rows(z):
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def softmax_over_global_maximum(z):
    powers = np.exp(z - z.max())
    return powers / powers.sum(axis=1, keepdims=True)


def suppressed(iou: Callable[..., float]) -> Callable[..., list[int]]:
    """Suppression with another measure of overlap; it gets the common area and both areas."""

    def suppress(boxes, scores, max_iou):
        keep = list[int]()
        for i in np.argsort(-scores):
            overlaps = []
            for j in keep:
                a, b = boxes[i].astype(float), boxes[j].astype(float)
                sides = np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2])
                overlaps.append(
                    iou(np.maximum(sides, 0).prod(), (a[2:] - a[:2]).prod(), (b[2:] - b[:2]).prod())
                )
            if all(one <= max_iou for one in overlaps):
                keep.append(int(i))
        return keep

    return suppress


def greedy_by_largest_entry(clusters, labels):
    table = np.zeros((clusters.max() + 1, labels.max() + 1), int)
    np.add.at(table, (clusters, labels), 1)
    matched = 0
    for _ in range(min(table.shape)):
        c, j = np.unravel_index(table.argmax(), table.shape)
        matched += max(table[c, j], 0)
        table[c], table[:, j] = -1, -1
    return matched / len(labels)


def kmeans_by(norm: Any) -> Callable[..., Any]:
    def kmeans_step(points, centers):
        labels = np.linalg.norm(points[:, None] - centers[None], norm, axis=2).argmin(axis=1)
        own = [points[labels == c] for c in range(len(centers))]
        return labels, np.array([o.mean(axis=0) if len(o) else centers[c] for c, o in enumerate(own)])

    return kmeans_step


def one_vs_rest(labels, predicted, classes):
    return np.array([((predicted == c) == (labels == c)).mean() for c in range(classes)])


def f1(labels, predicted, classes):
    both = np.array([((labels == c) & (predicted == c)).sum() for c in range(classes)])
    sizes = np.array([(labels == c).sum() + (predicted == c).sum() for c in range(classes)])
    return 2 * both / np.maximum(sizes, 1)


def silhouette_by(reduce: Callable[..., Any]) -> Callable[..., Any]:
    def silhouette_of(i, distances, clusters):
        own = (clusters == clusters[i]) & (np.arange(len(clusters)) != i)
        if not own.any():
            return 0.0
        a = reduce(distances[i, own])
        b = min(reduce(distances[i, clusters == c]) for c in np.unique(clusters) if c != clusters[i])
        return (b - a) / max(a, b)

    return silhouette_of


def ranked(scores, m):
    keep = np.ones(scores.shape, bool)
    np.put_along_axis(keep, np.argsort(scores, axis=1)[:, -m:], False, axis=1)
    return keep


def falls_relative(eigenvalues):
    return 2 + int(np.argmax((eigenvalues[:-1] / eigenvalues[1:])[1:]))


WRONG: dict[str, dict[str, Callable[..., Any]]] = {
    "count_per_class": {
        "in the order of their appearance": lambda y, k: np.array(
            [(y == c).sum() for c in dict.fromkeys(y.tolist())] + [0] * (k - len(set(y.tolist())))
        ),
        "a histogram between the extremes": lambda y, k: np.histogram(y, bins=k)[0],
        "the last bin takes two classes": lambda y, k: np.histogram(y, bins=np.arange(k))[0],
        "whether it occurs": lambda y, k: np.bincount(y, minlength=k) > 0,
        "only as many as images": lambda y, k: np.bincount(y, minlength=k)[: len(y)] * (len(y) > k),
    },
    "mean_image": {
        "whole grey levels": lambda x, y, c: x[y == c].mean(axis=0).astype(np.uint8),
        "rounded": lambda x, y, c: np.round(x[y == c].mean(axis=0), 1),
        "median": lambda x, y, c: np.median(x[y == c], axis=0),
        "divided by all": lambda x, y, c: x[y == c].sum(axis=0) / len(x),
        "label as position": lambda x, y, c: x[c].astype(float),
        "scaled": lambda x, y, c: x[y == c].mean(axis=0) / 255,
    },
    "kmeans_step": {
        "sum of the steps": kmeans_by(1),
        "largest step": kmeans_by(np.inf),
        "half-way": lambda p, c: (right("kmeans_step")(p, c)[0], (right("kmeans_step")(p, c)[1] + c) / 2),
        "centres only": lambda p, c: right("kmeans_step")(p, c)[1],
        "turned round": lambda p, c: right("kmeans_step")(p, c)[::-1],
        "mean of all for an empty one": lambda p, c: (
            (answer := right("kmeans_step")(p, c))[0],
            np.array([m if (answer[0] == k).any() else p.mean(axis=0) for k, m in enumerate(answer[1])]),
        ),
        "empty ones left out": lambda p, c: (
            (answer := right("kmeans_step")(p, c))[0],
            answer[1][np.unique(answer[0])],
        ),
    },
    "silhouette_of": {
        "nearest image": silhouette_by(np.min),
        "farthest image": silhouette_by(np.max),
        "median": silhouette_by(np.median),
        "over a": lambda i, d, y: _ab(i, d, y, lambda a, b: (b - a) / a),
        "over b": lambda i, d, y: _ab(i, d, y, lambda a, b: (b - a) / b),
        "over the sum": lambda i, d, y: _ab(i, d, y, lambda a, b: (b - a) / (a + b)),
        "over the smaller": lambda i, d, y: _ab(i, d, y, lambda a, b: (b - a) / min(a, b)),
        "never negative": lambda i, d, y: max(0, right("silhouette_of")(i, d, y)),
        "without sign": lambda i, d, y: abs(right("silhouette_of")(i, d, y)),
    },
    "matched_accuracy": {
        "largest entry first": greedy_by_largest_entry,
        "classes choose": lambda c, y: greedy_columns(c, y),
        "classes may share": lambda c, y: sum(np.bincount(c[y == j]).max() for j in np.unique(y)) / len(y),
        "a count": lambda c, y: right("matched_accuracy")(c, y) * len(y),
        "errors": lambda c, y: 1 - right("matched_accuracy")(c, y),
    },
    "growth_exponent": {
        "first and last": lambda n, s: np.log(s[-1] / s[0]) / np.log(n[-1] / n[0]),
        "smallest and largest": lambda n, s: (
            np.log(s[n.argmax()] / s[n.argmin()]) / np.log(n.max() / n.min())
        ),
        "mean of the slopes": lambda n, s: (np.diff(np.log(s)) / np.diff(np.log(n))).mean(),
        "through the origin": lambda n, s: (np.log(n) * np.log(s)).sum() / (np.log(n) ** 2).sum(),
        "mixed logarithms": lambda n, s: np.polyfit(np.log2(n), np.log(s), 1)[0],
        "rounded": lambda n, s: np.round(np.polyfit(np.log(n), np.log(s), 1)[0], 1),
        "never negative": lambda n, s: abs(np.polyfit(np.log(n), np.log(s), 1)[0]),
        "correlation": lambda n, s: np.corrcoef(np.log(n), np.log(s))[0, 1],
    },
    "step": {
        "sum over images": lambda X, P, y, W, b, rate: tuple(
            w + len(X) * (new - w) for w, new in zip((W, b), right("step")(X, P, y, W, b, rate), strict=True)
        ),
        "the slopes, not the step": lambda X, P, y, W, b, rate: tuple(
            (w - new) / rate for w, new in zip((W, b), right("step")(X, P, y, W, b, rate), strict=True)
        ),
        "no rate": lambda X, P, y, W, b, rate: right("step")(X, P, y, W, b, 1.0),
        "mean over the pixels": lambda X, P, y, W, b, rate: (
            W + (right("step")(X, P, y, W, b, rate)[0] - W) * len(X) / X.shape[1],
            right("step")(X, P, y, W, b, rate)[1],
        ),
        "bias by the sum": lambda X, P, y, W, b, rate: (
            right("step")(X, P, y, W, b, rate)[0],
            right("step")(X, P, y, W, b, rate * len(X))[1],
        ),
        "the slope of the squared error": lambda X, P, y, W, b, rate: right("step")(
            X, np.eye(P.shape[1])[y] + (P - np.eye(P.shape[1])[y]) * P * (1 - P), y, W, b, rate
        ),
        "weights only": lambda X, P, y, W, b, rate: right("step")(X, P, y, W, b, rate)[0],
        "biases first": lambda X, P, y, W, b, rate: right("step")(X, P, y, W, b, rate)[::-1],
    },
    "backward": {
        "the first layer first": lambda X, H, P, y, W2: (
            (answer := right("backward")(X, H, P, y, W2))[2],
            answer[3],
            answer[0],
            answer[1],
        ),
        "without biases": lambda X, H, P, y, W2: right("backward")(X, H, P, y, W2)[::2],
        "means over units": lambda X, H, P, y, W2: tuple(
            slope / len(slope) for slope in right("backward")(X, H, P, y, W2)
        ),
        "probabilities as errors": lambda X, H, P, y, W2: right("backward")(
            X, H, P + np.eye(P.shape[1])[y], y, W2
        ),
        "the mask of the errors": lambda X, H, P, y, W2: right("backward")(
            X, np.ones(H.shape), P, y, np.maximum(W2, 0)
        ),
        "a slope of a half at 0": lambda X, H, P, y, W2: tuple(
            (one + other) / 2
            for one, other in zip(
                right("backward")(X, H, P, y, W2), right("backward")(X, H + 1e-30, P, y, W2), strict=True
            )
        ),
    },
    "train_epoch": {
        "one large batch": lambda X, y, w, update, order, size: update(X[order], y[order], w),
        "the first batch only": lambda X, y, w, update, order, size: update(
            X[order[:size]], y[order[:size]], w
        ),
        "backwards": lambda X, y, w, update, order, size: right("train_epoch")(
            X, y, w, update, order[::-1], size
        ),
        "all images, not those named": lambda X, y, w, update, order, size: right("train_epoch")(
            X, y, w, update, np.append(order, np.setdiff1d(np.arange(len(X)), order)), size
        ),
        "twice": lambda X, y, w, update, order, size: right("train_epoch")(
            X, y, right("train_epoch")(X, y, w, update, order, size), update, order, size
        ),
        "image by image": lambda X, y, w, update, order, size: right("train_epoch")(
            X, y, w, update, order, 1
        ),
    },
    "softmax": {
        "global maximum": softmax_over_global_maximum,
        "clipped": lambda z: right("softmax")(np.clip(z, -50, 50)),
        "squares": lambda z: z**2 / (z**2).sum(axis=1, keepdims=True),
        "base two": lambda z: right("softmax")(z * np.log(2)),
        "logarithms": lambda z: np.log(right("softmax")(z)),
        "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
        "the largest alone": lambda z: (z == z.max(axis=1, keepdims=True)).astype(float),
        "not divided": lambda z: np.exp(z - z.max(axis=1, keepdims=True)),
    },
    "cross_entropy": {
        "an epsilon added": lambda p, y: -np.log(pick(p, y) + 1e-7).mean(),
        "zeros only": lambda p, y: -np.log(np.where(pick(p, y) == 0, 1e-7, pick(p, y))).mean(),
        "another limit": lambda p, y: -np.log(np.maximum(pick(p, y), 1e-12)).mean(),
        "base two": lambda p, y: -np.log2(np.maximum(pick(p, y), 1e-7)).mean(),
        "log of the mean": lambda p, y: -np.log(np.maximum(pick(p, y).mean(), 1e-7)),
        "all classes": lambda p, y: -np.log(np.maximum(p, 1e-7)).mean(),
        "entropy": lambda p, y: -(p * np.log(np.maximum(p, 1e-7))).sum(axis=1).mean(),
        "predicted class": lambda p, y: -np.log(p.max(axis=1)).mean(),
        "per image": lambda p, y: -np.log(np.maximum(pick(p, y), 1e-7)),
    },
    "recall_per_class": {
        "one against the rest": one_vs_rest,
        "F1": f1,
        "share of all": lambda y, p, k: np.array([((y == c) & (p == c)).mean() for c in range(k)]),
        "counts": lambda y, p, k: np.array([((y == c) & (p == c)).sum() for c in range(k)]),
        "macro mean": lambda y, p, k: right("recall_per_class")(y, p, k).mean(),
        "how often predicted": lambda y, p, k: np.array([(p == c).mean() for c in range(k)]),
        "intersection over union": lambda y, p, k: np.array(
            [((y == c) & (p == c)).sum() / max(((y == c) | (p == c)).sum(), 1) for c in range(k)]
        ),
    },
    "calibration_error": {
        "largest gap": lambda c, r, b: max(_gaps(c, r, b)[0]),
        "root of squares": lambda c, r, b: np.sqrt(
            np.average(_gaps(c, r, b)[0] ** 2, weights=_gaps(c, r, b)[1])
        ),
        "no bins": lambda c, r, b: abs(r.mean() - c.mean()),
        "each image": lambda c, r, b: abs(r - c).mean(),
        "middle of the bin": lambda c, r, b: _by_middle(c, r, b),
        "a sum": lambda c, r, b: right("calibration_error")(c, r, b) * len(c),
    },
    "score_slope": {
        "times p": lambda p, t: p * (p * t.sum(axis=1, keepdims=True) - t) / len(t),
        "mean of the targets": lambda p, t: (p * t.mean(axis=1, keepdims=True) - t) / len(t),
        "divided by all": lambda p, t: (p * t.sum(axis=1, keepdims=True) - t) / t.size,
        "one row": lambda p, t: (p * t[0].sum() - t) / len(t),
        "for the probabilities": lambda p, t: -t / p / len(t),
    },
    "convolution": {
        "largest product": lambda x, k: (_windows(x, k) * k).max(axis=(2, 3)),
        "matrix product": lambda x, k: np.array([[(w.T @ k).sum() for w in row] for row in _windows(x, k)]),
        "upside down": lambda x, k: (_windows(x, k) * k[::-1]).sum(axis=(2, 3)),
        "of the transposed image": lambda x, k: (_windows(x, k) * k).sum(axis=(2, 3)).T,
        "without the signs": lambda x, k: abs((_windows(x, k) * k).sum(axis=(2, 3))),
        "relu": lambda x, k: np.maximum((_windows(x, k) * k).sum(axis=(2, 3)), 0),
        "every second place": lambda x, k: (_windows(x, k) * k).sum(axis=(2, 3))[::2, ::2],
        "one place less": lambda x, k: (_windows(x, k) * k).sum(axis=(2, 3))[:-1, :-1],
    },
    "squash": {
        "first axis": lambda s: s * (n := np.linalg.norm(s, axis=0, keepdims=True)) / (1 + n**2),
        "n over 1 + n": lambda s: s / (1 + np.linalg.norm(s, axis=-1, keepdims=True)),
        "tanh": lambda s: np.tanh(s),
        "each number": lambda s: s * abs(s) / (1 + s**2),
        "length only": lambda s: (n2 := (s**2).sum(axis=-1, keepdims=True)) / (1 + n2),
        "half": lambda s: s * (n := np.linalg.norm(s, axis=-1, keepdims=True)) / (0.5 + n**2),
    },
    "removal_mask": {
        "the last m": ranked,
        "over all images": lambda s, m: (s < np.sort(s.ravel())[-m]) if m else np.ones(s.shape, bool),
        "by column": lambda s, m: right("removal_mask")(s.T, min(m, len(s))).T,
        "at least one": lambda s, m: right("removal_mask")(s, max(m, 1)),
        "the first m": lambda s, m: np.arange(s.shape[1]) + 0 * s >= m,
        "above the mean": lambda s, m: s < s.mean(axis=1, keepdims=True),
    },
    "routing_step": {
        "global maximum": lambda b, v: _step(b, v, lambda z: np.exp(z - z.max())),
        "sigmoid": lambda b, v: _step(b, v, lambda z: 1 / (1 + np.exp(-z))),
        "mean of votes": lambda b, v: (
            b + (v * (o := right("squash")(v.mean(axis=0)))).sum(axis=-1),
            o,
        ),
        "outputs first": lambda b, v: right("routing_step")(b, v)[::-1],
    },
    "margin_loss": {
        "hinge of the best": lambda length, y: np.maximum(0, 0.9 - pick(length, y)).mean(),
        "present only": lambda length, y: (np.maximum(0, 0.9 - pick(length, y)) ** 2).mean(),
        "one margin": lambda length, y: right("margin_loss")(length + 0.4, y),
        "summed": lambda length, y: right("margin_loss")(length, y) * len(y),
        "halved": lambda length, y: right("margin_loss")(length, y) / 2,
    },
    "mask_poses": {
        "not masked": lambda v, y: v.reshape(len(v), -1),
        "number by number": lambda v, y: (
            right("mask_poses")(v, y).reshape(v.shape).swapaxes(1, 2).reshape(len(v), -1)
        ),
        "first image's label": lambda v, y: right("mask_poses")(v, np.full(len(y), y[0])),
        "up to the label": lambda v, y: (v * (np.arange(v.shape[1]) <= y[:, None])[..., None]).reshape(
            len(v), -1
        ),
    },
    "coupling_entropy": {
        "over the children": lambda c: right("coupling_entropy")(c.T / c.T.sum(axis=1, keepdims=True)),
        "of the mean": lambda c: right("coupling_entropy")(c.mean(axis=0, keepdims=True)),
        "base two without J": lambda c: -(c * np.log2(np.maximum(c, 1e-30))).sum(axis=1).mean(),
        "one minus": lambda c: 1 - right("coupling_entropy")(c),
        "per child": lambda c: -(c * np.log(np.maximum(c, 1e-30))).sum(axis=1) / np.log(c.shape[1]),
    },
    "attention_couplings": {
        "scores, no softmax": lambda v: (v * v.sum(axis=0)).sum(axis=2) / np.sqrt(v.shape[2]),
        "without itself": lambda v: softmax_rows((v * (v.sum(axis=0) - v)).sum(axis=2) / np.sqrt(v.shape[2])),
        "sum over the parents": lambda v: softmax_rows(
            (v * v.sum(axis=1, keepdims=True)).sum(axis=2) / np.sqrt(v.shape[2])
        ),
        "root of the children": lambda v: softmax_rows((v * v.sum(axis=0)).sum(axis=2) / np.sqrt(len(v))),
        "one global maximum": lambda v: softmax_over_global_maximum(
            1e3 * (v * v.sum(axis=0)).sum(axis=2) / np.sqrt(v.shape[2])
        ),
    },
    "dead_capsules": {
        "positions": lambda length, t: np.flatnonzero(length.max(axis=0) < t),
        "a count": lambda length, t: (length.max(axis=0) < t).sum(),
        "not below": lambda length, t: length.max(axis=0) <= t,
        "median": lambda length, t: np.median(length, axis=0) < t,
        "of every image": lambda length, t: length < t,
    },
    "both_right": {
        "same sum": lambda y, p: (y.sum(axis=1) == p.sum(axis=1)).mean(),
        "same product": lambda y, p: (y.prod(axis=1) == p.prod(axis=1)).mean(),
        "same extremes": lambda y, p: (y.max(axis=1) == p.max(axis=1)).mean(),
        "same smaller one": lambda y, p: (y.min(axis=1) == p.min(axis=1)).mean(),
        "anywhere in the batch": lambda y, p: np.isin(p, y).all(axis=1).mean(),
        "a count": lambda y, p: (np.sort(y) == np.sort(p)).all(axis=1).sum(),
        "sorted over the rows": lambda y, p: (np.sort(y, axis=0) == np.sort(p, axis=0)).all(axis=1).mean(),
    },
    "mask_iou": {
        "smaller area": lambda a, b: (a & b).sum() / min(a.sum(), b.sum()),
        "larger area": lambda a, b: (a & b).sum() / max(a.sum(), b.sum()),
        "over the predicted": lambda a, b: (a & b).sum() / b.sum(),
        "smoothed": lambda a, b: ((a & b).sum() + 1) / ((a | b).sum() + 1),
        "exclusive": lambda a, b: (a & b).sum() / (a ^ b).sum(),
        "not halved": lambda a, b: (a & b).sum() / (a.sum() + b.sum()),
    },
    "suppress": {
        "over the smaller area": suppressed(lambda both, a, b: both / min(a, b)),
        "over the larger area": suppressed(lambda both, a, b: both / max(a, b)),
        "over the first area": suppressed(lambda both, a, b: both / a),
        "Dice": suppressed(lambda both, a, b: 2 * both / (a + b)),
        "counted twice": suppressed(lambda both, a, b: both / (a + b)),
        "touching at all": suppressed(lambda both, a, b: float(both > 0)),
        "pixels counted": suppressed(lambda both, a, b: both / (a + b - both) + 1e-3),
        "sorted positions": lambda b, s, m: sorted(right("suppress")(b, s, m)),
        "the dropped ones": lambda b, s, m: [i for i in range(len(b)) if i not in right("suppress")(b, s, m)],
        "a mask": lambda b, s, m: np.isin(np.arange(len(b)), right("suppress")(b, s, m)),
        "the boxes": lambda b, s, m: b[right("suppress")(b, s, m)],
        "all of them": lambda b, s, m: np.argsort(-s),
        "the best alone": lambda b, s, m: np.argsort(-s)[:1],
    },
    "autoencoder_slopes": {
        "sign": lambda X, A, B: tuple(-one for one in right("autoencoder_slopes")(X, A, B)),
        "transposed": lambda X, A, B: tuple(one.T for one in right("autoencoder_slopes")(X, A, B)),
        "of the reconstruction": lambda X, A, B: (
            2 * X.T @ (X @ A @ B @ B.T) / len(X),
            2 * A.T @ X.T @ (X @ A @ B) / len(X),
        ),
        "without the decoder": lambda X, A, B: (
            2 * X.T @ (X @ A) / len(X),
            right("autoencoder_slopes")(X, A, B)[1],
        ),
    },
    "paint": {
        "transposed kernel": lambda m, k, s: right("paint")(m, k.T, s),
        "upside down": lambda m, k, s: right("paint")(m, k[::-1], s),
        "twice the stride": lambda m, k, s: right("paint")(m, k, 2 * s),
        "without the signs": lambda m, k, s: right("paint")(abs(m), k, s),
        "relu": lambda m, k, s: np.maximum(right("paint")(m, k, s), 0),
        "cut to the map": lambda m, k, s: right("paint")(m, k, s)[: m.shape[0] * s, : m.shape[1] * s],
    },
    "reparameterise": {
        "root of the logarithm": lambda m, v, e: m + np.sqrt(v) * e,
        "minus": lambda m, v, e: m - np.exp(0.5 * v) * e,
        "one over": lambda m, v, e: m + np.exp(-0.5 * v) * e,
        "twice": lambda m, v, e: m + np.exp(2 * v) * e,
        "times": lambda m, v, e: m * np.exp(0.5 * v) * e,
        "mean scaled": lambda m, v, e: (m + e) * np.exp(0.5 * v),
    },
    "vae_loss": {
        "one per image": lambda x, enc, dec, e, f: -f(x, dec(right("reparameterise")(*enc(x), e)), *enc(x)),
        "noise turned round": lambda x, enc, dec, e, f: right("vae_loss")(x, enc, dec, -e, f),
        "one noise for all": lambda x, enc, dec, e, f: right("vae_loss")(x, enc, dec, 0 * e + e[:1], f),
        "the heads exchanged": lambda x, enc, dec, e, f: right("vae_loss")(
            x, lambda i: enc(i)[::-1], dec, e, f
        ),
        "the noise decoded": lambda x, enc, dec, e, f: right("vae_loss")(x, enc, lambda z: dec(e), e, f),
        "per pixel": lambda x, enc, dec, e, f: right("vae_loss")(x, enc, dec, e, f) / x[0].size,
        "image and copy exchanged": lambda x, enc, dec, e, f: right("vae_loss")(
            x, enc, dec, e, lambda x, y, m, v: f(y, 0.01 + 0.98 * x, m, v)
        ),
    },
    "kl_divergence": {
        "log σ": lambda m, v: 0.5 * (m**2 + np.exp(2 * v) - 1 - 2 * v).sum(axis=1),
        "reverse": lambda m, v: 0.5 * ((m**2 + 1) * np.exp(-v) - 1 + v).sum(axis=1),
        "mean not squared": lambda m, v: 0.5 * (m + np.exp(v) - 1 - v).sum(axis=1),
        "no logarithm": lambda m, v: 0.5 * (m**2 + np.exp(v) - 1).sum(axis=1),
        "in bits": lambda m, v: right("kl_divergence")(m, v) / np.log(2),
        "other axis": lambda m, v: 0.5 * (m**2 + np.exp(v) - 1 - v).sum(axis=0),
    },
    "tighter_bound": {
        "global maximum": lambda w: w.max() + np.log(np.exp(w - w.max()).mean(axis=0)),
        "largest": lambda w: w.max(axis=0),
        "median": lambda w: np.median(w, axis=0),
        "one number": lambda w: (w.max(axis=0) + np.log(np.exp(w - w.max(axis=0)).mean(axis=0))).mean(),
        "clipped": lambda w: np.log(np.maximum(np.exp(w).mean(axis=0), 1e-300)),
    },
    "interpolate": {
        "geometric": lambda a, b, n: (s := np.linspace(0, 1, n)[:, None]) * b + np.sqrt(1 - s**2) * a,
        "as columns": lambda a, b, n: right("interpolate")(a, b, n).T,
        "one more": lambda a, b, n: right("interpolate")(a, b, n + 1),
        "the middle": lambda a, b, n: np.tile((a + b) / 2, (n, 1)),
        "eased": lambda a, b, n: a + (1 - np.cos(np.pi * np.linspace(0, 1, n)[:, None])) / 2 * (b - a),
    },
    "variance_kept": {
        "per image": lambda x, y: (1 - ((x - y) ** 2).sum(1) / ((x - x.mean(0)) ** 2).sum(1)).mean(),
        "per pixel": lambda x, y: (1 - ((x - y) ** 2).sum(0) / ((x - x.mean(0)) ** 2).sum(0)).mean(),
        "ratio of variances": lambda x, y: y.var(axis=0).sum() / x.var(axis=0).sum(),
        "correlation": lambda x, y: np.corrcoef(x.ravel(), y.ravel())[0, 1] ** 2,
        "root": lambda x, y: 1 - np.sqrt(1 - right("variance_kept")(x, y)),
        "clipped": lambda x, y: max(0.0, right("variance_kept")(x, y)),
    },
    "active_units": {
        "a tenth": lambda m: int((m.var(axis=0) > 0.1).sum()),
        "unbiased": lambda m: int((m.var(axis=0, ddof=1) > 0.01).sum()),
        "range": lambda m: int((np.ptp(m, axis=0) > 0.1).sum()),
        "all of them": lambda m: m.shape[1],
        "mask": lambda m: m.var(axis=0) > 0.01,
        "second moment": lambda m: int(((m**2).mean(axis=0) > 0.01).sum()),
    },
    "chance_higher": {
        "pairwise in order": lambda u, o: float((o[: len(u)] > u[: len(o)]).mean()),
        "medians": lambda u, o: float((o > np.median(u)).mean()),
        "accuracy": lambda u, o: float(np.r_[o > u.mean(), u <= u.mean()].mean()),
        "folded": lambda u, o: max(c := right("chance_higher")(u, o), 1 - c),
        "higher than all": lambda u, o: float((o > u.max()).mean()),
        "sum": lambda u, o: right("chance_higher")(u, o) * len(u) * len(o),
    },
    "binarise": {
        "threshold": lambda x, u: np.rint(x),
        "as likely as not": lambda x, u: (u < 0.5) * 1.0,
        "black and white exchanged": lambda x, u: (u >= x) * 1.0,
        "the same chance for all": lambda x, u: (u.ravel()[0] < x) * 1.0,
        "grey where white": lambda x, u: np.where(u < x, x, 0.0),
        "equal counts": lambda x, u: (u <= x) * 1.0,
    },
    "local_exponents": {
        "logarithms of the ratio to the base 2": lambda n, s: np.log2(s[1:] / s[:-1]),
        "ratios": lambda n, s: (s[1:] / s[:-1]) / (n[1:] / n[:-1]),
        "gradient": lambda n, s: np.gradient(np.log(s), np.log(n)),
        "one slope for all": lambda n, s: np.full(len(n) - 1, np.polyfit(np.log(n), np.log(s), 1)[0]),
        "backwards": lambda n, s: right("local_exponents")(n, s)[::-1],
        "ones": lambda n, s: np.ones(len(n) - 1),
    },
    "hidden_features": {
        "sigmoid": lambda X, W, b: 1 / (1 + np.exp(-(X @ W + b))),
        "tanh": lambda X, W, b: np.tanh(X @ W + b),
        "capped at 1": lambda X, W, b: np.clip(X @ W + b, 0, 1),
        "bias taken off": lambda X, W, b: np.maximum(X @ W - b, 0),
        "per unit, not per image": lambda X, W, b: np.maximum(X @ W + b, 0).T,
        "images only": lambda X, W, b: X,
        "zeros": lambda X, W, b: np.zeros((len(X), len(b))),
    },
    "withhold_classes": {
        "first come, first numbered": lambda y, h: (
            (k := ~np.isin(y, h)),
            np.array([list(dict.fromkeys(y[k].tolist())).index(c) for c in y[k].tolist()]),
        ),
        "minus the number hidden": lambda y, h: ((k := ~np.isin(y, h)), y[k] - len(h)),
        "for all images": lambda y, h: (~np.isin(y, h), np.unique(y, return_inverse=True)[1]),
        "positions": lambda y, h: (np.flatnonzero(~np.isin(y, h)), right("withhold_classes")(y, h)[1]),
        "from 1": lambda y, h: (right("withhold_classes")(y, h)[0], right("withhold_classes")(y, h)[1] + 1),
        "largest class hidden": lambda y, h: right("withhold_classes")(y, [max(h)]),
    },
    "angle_error": {
        "squared": lambda p, t: right("angle_error")(p, t) ** 2,
        "the mean of all": lambda p, t: right("angle_error")(p, t).mean(),
        "in radians": lambda p, t: np.deg2rad(right("angle_error")(p, t)),
        "the longer way": lambda p, t: 360 - right("angle_error")(p, t),
        "between unit vectors": lambda p, t: np.hypot(
            np.sin(np.deg2rad(p)) - np.sin(np.deg2rad(t)), np.cos(np.deg2rad(p)) - np.cos(np.deg2rad(t))
        ),
        "cut off at 180": lambda p, t: np.minimum(np.abs(p - t), 180),
    },
    "split_views": {
        "two masks": lambda f, t, w, h: right("split_views")(f, t, w, h)[:2],
        "positions": lambda f, t, w, h: tuple(map(np.flatnonzero, right("split_views")(f, t, w, h))),
        "another order": lambda f, t, w, h: right("split_views")(f, t, w, h)[::-1],
        "first toy only": lambda f, t, w, h: right("split_views")(f, t, w, h[:1]),
        "toys before the last held out": lambda f, t, w, h: right("split_views")(
            f, t, w, np.arange(max(h) + 1)
        ),
        "random pictures": lambda f, t, w, h: (f <= w, f <= w, f > w),
    },
    "wrong_everywhere": {
        "in most": lambda n, y: (n != y).mean(axis=0) > 0.5,
        "in the last": lambda n, y: n[-1] != y,
        "in all but one": lambda n, y: (n != y).sum(axis=0) >= len(n) - 1,
        "in two": lambda n, y: (n != y).sum(axis=0) >= 2,
        "wrong alike": lambda n, y: (n == n[0]).all(axis=0) & (n[0] != y),
        "positions": lambda n, y: np.flatnonzero((n != y).all(axis=0)),
        "per clustering": lambda n, y: (n != y).all(axis=1),
    },
    "split_features": {
        "by the weights": lambda f, w: (f @ w @ w.T, f - f @ w @ w.T),
        "coordinates": lambda f, w: (f @ np.linalg.qr(w)[0], f),
        "the first column": lambda f, w: right("split_features")(f, w[:, :1]),
        "the span without its mean": lambda f, w: right("split_features")(
            f, (w - w.mean(axis=1, keepdims=True))[:, : max(1, w.shape[1] - 1)]
        ),
        "without the mean": lambda f, w: right("split_features")(f - f.mean(axis=0), w),
        "twice the same": lambda f, w: (right("split_features")(f, w)[0],) * 2,
        "nothing is left": lambda f, w: (f, 0 * f),
    },
    "normalise": {
        "rows then columns": lambda w: (r := w / w.sum(axis=1, keepdims=True)) / r.sum(axis=0),
        "without itself": lambda w: right("normalise")(w - np.diag(np.diag(w))),
        "by the largest": lambda w: w / w.max(),
        "by all": lambda w: w / w.sum(),
        "columns": lambda w: w / w.sum(axis=0),
        "root of the rows": lambda w: w / np.sqrt(w.sum(axis=1, keepdims=True)),
        "length of the rows": lambda w: w / np.linalg.norm(w, axis=1, keepdims=True),
    },
    "choose_k": {
        "ratio": falls_relative,
        "relative": lambda e: 2 + int(np.argmax(((e[:-1] - e[1:]) / e[:-1])[1:])),
        "logarithm": lambda e: 2 + int(np.argmax(-np.diff(np.log(np.maximum(e, 1e-9)))[1:])),
        "second difference": lambda e: 2 + int(np.argmax(-np.diff(-np.diff(e))[1:])),
        "down to nothing": lambda e: 2 + int(np.argmax(-np.diff(np.append(e, 0))[1:])),
        "without the last": lambda e: 2 + int(np.argmax(-np.diff(e)[1:-1])),
        "half of the largest": lambda e: int((e > e[0] / 2).sum()),
        "above the mean": lambda e: int((e > e.mean()).sum()),
    },
    "near_copies": {
        "no limit": lambda x, c: right("near_copies")(x, -2.0),
        "pixels less their mean image": lambda x, c: right("near_copies")(x - x.mean(axis=0), c),
        "squared": lambda x, c: right("near_copies")(x, np.sqrt(c)),
        "larger first": lambda x, c: right("near_copies")(x, c)[:, ::-1],
        "cosine": lambda x, c: _cosine(x, c),
    },
    "class_weights": {
        "mean weight of the classes is 1": lambda y, k: (w := right("class_weights")(y, k)) / w.mean(),
        "sums to 1": lambda y, k: (w := right("class_weights")(y, k)) / w.sum(),
        "root": lambda y, k: np.sqrt(right("class_weights")(y, k)),
        "shares": lambda y, k: np.bincount(y, minlength=k) / len(y),
        "largest over each": lambda y, k: (
            (n := np.bincount(y, minlength=k)).max() / np.maximum(n, 1) * (n > 0)
        ),
        "at least two": lambda y, k: np.where(
            np.bincount(y, minlength=k) > 1, right("class_weights")(y, k), 0
        ),
        "one where absent": lambda y, k: np.where(
            np.bincount(y, minlength=k) > 0, right("class_weights")(y, k), 1
        ),
        "only as long as needed": lambda y, k: right("class_weights")(y, y.max() + 1),
    },
}


def greedy_columns(clusters, labels):
    return _greedy(labels, clusters)


def _greedy(clusters, labels):
    table = np.zeros((clusters.max() + 1, labels.max() + 1), int)
    np.add.at(table, (clusters, labels), 1)
    matched = 0
    for row in range(len(table)):
        if table.shape[1]:
            best = table[row].argmax()
            matched += table[row, best]
            table = np.delete(table, best, axis=1)
    return matched / len(labels)


def _ab(i, distances, labels, score):
    own = (labels == labels[i]) & (np.arange(len(labels)) != i)
    if not own.any():
        return 0.0
    a = distances[i, own].mean()
    b = min(distances[i, labels == c].mean() for c in np.unique(labels) if c != labels[i])
    return score(a, b)


def _gaps(confidence, right, bins):
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    full = [which == b for b in range(bins) if (which == b).any()]
    return np.array([abs(right[f].mean() - confidence[f].mean()) for f in full]), [f.sum() for f in full]


def _by_middle(confidence, right, bins):
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    full = [b for b in range(bins) if (which == b).any()]
    return sum((which == b).mean() * abs(right[which == b].mean() - (b + 0.5) / bins) for b in full)


def _windows(image, kernel):
    return np.lib.stride_tricks.sliding_window_view(image, kernel.shape)


def _step(logits, votes, positive):
    couplings = (powers := positive(logits)) / powers.sum(axis=1, keepdims=True)
    outputs = find("squash").reference((couplings[:, :, None] * votes).sum(axis=0))
    return logits + (votes * outputs).sum(axis=-1), outputs


def _cosine(images, limit):
    flat = images.reshape(len(images), -1)
    flat = flat / np.linalg.norm(flat, axis=1, keepdims=True)
    return np.argwhere(np.triu(flat @ flat.T >= limit, k=1))
