"""A second right answer to every exercise, as a learner might write it: loops, other functions.

A check must take these as well, and refuse what is one change away from them.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.signal import convolve2d


def count_per_class(labels, classes):
    counts = np.zeros(classes)
    for label in labels:
        counts[label] += 1
    return counts


def mean_image(images, labels, label):
    total, n = np.zeros(images.shape[1:]), 0
    for i in range(len(images)):
        if labels[i] == label:
            total = total + images[i]
            n += 1
    return total / n


def kmeans_step(points, centers):
    labels = []
    for point in points:
        lengths = [np.sqrt(((point - center) ** 2).sum()) for center in centers]
        labels.append(lengths.index(min(lengths)))
    moved = []
    for c in range(len(centers)):
        own = [points[i] for i in range(len(points)) if labels[i] == c]
        moved.append(sum(own) / len(own) if own else centers[c])
    return np.array(labels), np.array(moved)


def silhouette_of(i, distances, clusters):
    means = {}
    for c in np.unique(clusters):
        group = [distances[i, j] for j in range(len(clusters)) if clusters[j] == c and j != i]
        means[c] = sum(group) / len(group) if group else None
    a = means[clusters[i]]
    if a is None:
        return 0
    b = min([means[c] for c in means if c != clusters[i]])
    return 1 - a / b if a < b else b / a - 1


def matched_accuracy(clusters, labels):
    size = max(clusters.max(), labels.max()) + 1
    table = np.array([[((clusters == c) & (labels == j)).sum() for j in range(size)] for c in range(size)])
    rows, columns = linear_sum_assignment(-table)
    right = 0
    for c, j in zip(rows, columns, strict=True):
        right += table[c, j]
    return right / len(labels)


def growth_exponent(n, seconds):
    x, y = np.log10(n), np.log10(seconds)
    dx, dy = x - x.mean(), y - y.mean()
    return (dx * dy).sum() / (dx**2).sum()


def step(X, P, labels, W, b, learning_rate):
    slope_W, slope_b = np.zeros(W.shape), np.zeros(b.shape)
    for i in range(len(X)):
        error = P[i].copy()
        error[labels[i]] -= 1
        slope_W += np.outer(X[i], error)
        slope_b += error
    return W - learning_rate * slope_W / len(X), b - learning_rate * slope_b / len(X)


def backward(X, H, P, labels, W2):
    error = P.copy()
    error[np.arange(len(labels)), labels] -= 1
    hidden = np.where(H == 0, 0, np.einsum("nc,hc->nh", error, W2))
    slopes = [np.einsum("ni,nh->ih", X, hidden), hidden.sum(axis=0)]
    slopes += [np.einsum("nh,nc->hc", H, error), error.sum(axis=0)]
    return tuple([slope / len(X) for slope in slopes])


def train_epoch(X, labels, weights, update, order, batch_size):
    start = 0
    while start < len(order):
        stop = min(start + batch_size, len(order))
        rows = [order[i] for i in range(start, stop)]
        weights = update(X[rows], labels[rows], weights)
        start = stop
    return weights


def softmax(logits):
    out = np.zeros(logits.shape)
    for i in range(len(logits)):
        row = logits[i] - max(logits[i])
        out[i] = np.exp(row) / np.exp(row).sum()
    return out


def cross_entropy(probabilities, labels):
    loss = 0
    for i in range(len(labels)):
        p = probabilities[i, labels[i]]
        if p < 1e-7:
            p = 1e-7
        loss -= math.log(p)
    return loss / len(labels)


def recall_per_class(labels, predicted, classes):
    found = np.bincount(labels[labels == predicted], minlength=classes)
    there = np.bincount(labels, minlength=classes)
    return np.where(there > 0, found / np.maximum(there, 1), 0)


def calibration_error(confidence, right, bins):
    total = 0
    for b in range(bins):
        inside = (confidence >= b / bins) & (confidence < (b + 1) / bins)
        if b == bins - 1:
            inside = inside | (confidence == 1)
        if inside.sum() > 0:
            total += abs(right[inside].sum() - confidence[inside].sum())
    return total / len(confidence)


def score_slope(probabilities, targets):
    rows = []
    for p, t in zip(probabilities, targets, strict=True):
        slope = np.zeros(len(p))
        for k in range(len(t)):
            slope += t[k] * (p - np.eye(len(p))[k])
        rows.append(slope / len(targets))
    return np.array(rows)


def convolution(image, kernel):
    a, b = kernel.shape
    out = np.zeros((image.shape[0] - a + 1, image.shape[1] - b + 1))
    for i in range(a):
        for j in range(b):
            out = out + kernel[i, j] * image[i : i + out.shape[0], j : j + out.shape[1]]
    return out


def squash(s):
    length = np.linalg.norm(s, axis=-1, keepdims=True)
    return length**2 / (1 + length**2) * s / np.maximum(length, 1e-12)


def squash_slope(length):
    square = 1 + length**2
    return (2 * length * square - length**2 * 2 * length) / square**2


def votes(poses, weights):
    out = np.zeros(weights.shape[:3])
    for i in range(weights.shape[0]):
        for j in range(weights.shape[1]):
            out[i, j] = weights[i, j] @ poses[i]
    return out


def routing_step(logits, votes):
    powers = np.exp((logits.T - logits.max(axis=1)).T)
    couplings = (powers.T / powers.sum(axis=1)).T
    outputs, new = [], logits.copy()
    for j in range(logits.shape[1]):
        s = couplings[:, j] @ votes[:, j]
        length = np.linalg.norm(s)
        outputs.append(length * s / (1 + length**2))
        new[:, j] = logits[:, j] + votes[:, j] @ outputs[j]
    return new, np.array(outputs)


def routing_loop(votes, iterations):
    logits = np.zeros((votes.shape[0], votes.shape[1]))
    for i in range(iterations):
        shifted = logits - logits.max(axis=1)[:, None]
        c = np.exp(shifted) / np.exp(shifted).sum(axis=1)[:, None]
        s = (c[:, :, None] * votes).sum(axis=0)
        length = np.linalg.norm(s, axis=1)[:, None]
        v = length * s / (1 + length**2)
        if i < iterations - 1:
            logits = logits + (votes * v).sum(axis=2)
    return c, v


def count_weights(side_in, channels, side_out, filters, kernel):
    one_filter = kernel * kernel * channels
    places = side_out * side_out
    inputs = side_in * side_in * channels
    return one_filter * filters, one_filter * filters * places, inputs * places * filters


def margin_loss(lengths, labels):
    total = 0
    for i in range(len(labels)):
        for j in range(lengths.shape[1]):
            if labels[i] == j:
                total += max(0, 0.9 - lengths[i, j]) ** 2
            else:
                total += 0.5 * max(0, lengths[i, j] - 0.1) ** 2
    return total / len(labels)


def mask_poses(poses, labels):
    one_hot = np.eye(poses.shape[1])[labels]  # (n, classes)
    return np.concatenate([one_hot[:, [j]] * poses[:, j] for j in range(poses.shape[1])], axis=1)


def coupling_map(couplings, grid, digit):
    rows, columns, types = grid
    out = np.zeros((rows, columns))
    for r in range(rows):
        for c in range(columns):
            first = (r * columns + c) * types
            out[r, c] = couplings[first : first + types, digit].sum() / types - 1 / couplings.shape[1]
    return out


def coupling_entropy(couplings):
    total = 0
    for row in couplings:
        for c in row:
            if c > 0:
                total -= c * math.log(c)
    return total / len(couplings) / math.log(len(couplings[0]))


def removal_mask(scores, m):
    keep = np.full(scores.shape, True)
    for i in range(len(scores)):
        order = np.argsort(-scores[i])
        keep[i, order[:m]] = False
    return keep


def attention_couplings(votes):
    out = []
    for child in votes:
        scores = []
        for j in range(len(child)):
            agreements = [np.inner(child[j], other[j]) for other in votes]
            scores.append(sum(agreements) / math.sqrt(len(child[j])))
        powers = [math.exp(score - max(scores)) for score in scores]
        out.append([power / sum(powers) for power in powers])
    return np.array(out)


def dead_capsules(lengths, threshold):
    dead = []
    for capsule in lengths.T:
        dead.append(all(length < threshold for length in capsule))
    return np.array(dead)


def both_right(labels, predictions):
    straight = (labels == predictions).all(axis=1)
    crossed = (labels == predictions[:, ::-1]).all(axis=1)
    return (straight | crossed).sum() / len(labels)


def mask_iou(truth, predicted):
    both = np.logical_and(truth, predicted).sum()
    return both / (truth.sum() + predicted.sum() - both)


def suppress(boxes, scores, max_iou):
    order = list(np.argsort(scores)[::-1])
    keep = []
    while order:
        best = order.pop(0)
        keep.append(best)
        left = []
        for i in order:
            top, start = max(boxes[i][0], boxes[best][0]), max(boxes[i][1], boxes[best][1])
            bottom, end = min(boxes[i][2], boxes[best][2]), min(boxes[i][3], boxes[best][3])
            both = (bottom - top) * (end - start) if bottom > top and end > start else 0
            one = (boxes[i][2] - boxes[i][0]) * (boxes[i][3] - boxes[i][1])
            other = (boxes[best][2] - boxes[best][0]) * (boxes[best][3] - boxes[best][1])
            if both <= max_iou * (one + other - both):
                left.append(i)
        order = left
    return keep


def autoencoder_slopes(X, encoder, decoder):
    both = np.zeros_like(encoder), np.zeros_like(decoder)
    for x in X:
        z = encoder.T @ x
        missed = decoder.T @ z - x
        both[0][...] += np.outer(x, decoder @ missed)
        both[1][...] += np.outer(z, missed)
    return tuple(slope * 2 / len(X) for slope in both)


def paint(numbers, kernel, stride):
    spread = np.zeros([(n - 1) * stride + 1 for n in numbers.shape])
    spread[::stride, ::stride] = numbers
    return convolve2d(spread, kernel)


def reparameterise(mean, log_variance, noise):
    sigma = np.sqrt(np.exp(log_variance))
    return sigma * noise + mean


def vae_loss(images, encode, decode, noise, elbo):
    cloud = encode(images)
    sigma = np.sqrt(np.exp(cloud[1]))
    worth = elbo(images, decode(cloud[0] + sigma * noise), *cloud)
    return np.sum(-worth) / len(noise)


def kl_divergence(mean, log_variance):
    sigma = np.exp(log_variance / 2)
    return np.sum((mean**2 + sigma**2 - 1) / 2 - np.log(sigma), axis=-1)


def elbo(images, decoded, mean, log_variance):
    out = np.zeros(len(images))
    for i in range(len(images)):
        x, y = images[i], decoded[i]
        likelihood = (x * np.log(y)).sum() + ((1 - x) * np.log(1 - y)).sum()
        cost = 0.5 * (mean[i] ** 2).sum() + 0.5 * np.exp(log_variance[i]).sum()
        cost = cost - 0.5 * len(mean[i]) - 0.5 * log_variance[i].sum()
        out[i] = likelihood - cost
    return out


def tighter_bound(log_weights):
    out = []
    for column in log_weights.T:
        top = max(column)
        out.append(top + math.log(sum(math.exp(w - top) for w in column)) - math.log(len(column)))
    return np.array(out)


def interpolate(first, second, steps):
    walk = []
    for i in range(steps):
        walk.append(first + (second - first) * i / (steps - 1))
    return np.array(walk)


def variance_kept(images, rebuilt):
    mean = np.mean(images, axis=0)
    lost, there = 0.0, 0.0
    for i in range(len(images)):
        lost += np.sum((rebuilt[i] - images[i]) ** 2)
        there += np.sum((images[i] - mean) ** 2)
    return (there - lost) / there


def active_units(means):
    spreads = np.std(means, axis=0)
    return int(np.count_nonzero(np.square(spreads) > 0.01))


def chance_higher(usual, odd):
    total = 0.0
    for a in odd:
        for b in usual:
            total += 1.0 if a > b else 0.5 if a == b else 0.0
    return total / (len(usual) * len(odd))


def binarise(images, chance):
    out = np.zeros(images.shape)
    out[images > chance] = 1
    return out


def local_exponents(n, seconds):
    x, y = np.log(n), np.log(seconds)
    return np.array([(y[i + 1] - y[i]) / (x[i + 1] - x[i]) for i in range(len(n) - 1)])


def hidden_features(X, W, b):
    sums = np.einsum("nd,du->nu", X, W) + b
    sums[sums < 0] = 0
    return sums


def withhold_classes(labels, hidden):
    keep = np.array([label not in hidden for label in labels])
    left = [c for c in range(max(labels) + 1) if c not in hidden]
    return keep, np.array([left.index(label) for label in labels[keep]])


def angle_error(predicted, true):
    difference = np.abs(predicted - true) % 360
    return np.where(difference > 180, 360 - difference, difference)


def split_views(turned, toy, widest, held_out):
    learn, familiar, new = (np.zeros(len(toy), bool) for _ in range(3))
    for i in range(len(toy)):
        if toy[i] not in held_out:
            learn[i] = turned[i] <= widest
        elif turned[i] <= widest:
            familiar[i] = True
        else:
            new[i] = True
    return learn, familiar, new


def wrong_everywhere(named, labels):
    return (named == labels).sum(axis=0) == 0


def split_features(features, weights):
    coordinates = np.linalg.solve(weights.T @ weights, weights.T @ features.T)  # least squares
    read = (weights @ coordinates).T
    return read, features - read


def normalise(weights):
    root = np.diag(weights.sum(axis=1) ** -0.5)
    return root @ weights @ root


def choose_k(eigenvalues):
    best, k = -1, 0
    for j in range(1, len(eigenvalues) - 1):
        fall = eigenvalues[j] - eigenvalues[j + 1]
        if fall > best:
            best, k = fall, j + 1
    return k


def near_copies(images, min_correlation):
    pairs = []
    for i in range(len(images)):
        for j in range(i + 1, len(images)):
            if np.corrcoef(images[i].ravel(), images[j].ravel())[0, 1] >= min_correlation:
                pairs.append([i, j])
    return np.array(pairs).reshape(-1, 2)


def class_weights(labels, classes):
    present = len(set(labels.tolist()))
    weights = np.zeros(classes)
    for c in range(classes):
        if c in labels:
            weights[c] = len(labels) / (present * (labels == c).sum())
    return weights
