"""Near misses that are right after all, with the reason.

Each must also equal the reference on random inputs; a reason alone forgives nothing.
"""

# ruff: noqa: E501 (a change stands in one line, as `mutants` prints it)

from __future__ import annotations

import re

GENERAL = {
    r" → .*\.T\)*$": "a vector or a number is not changed when it is transposed",
    r" → (return .*)?.*\babs\(": "it is never negative, or its sign does not matter",
    r" → .*np\.(round|clip)\(": "it is a whole number, or in the range already",
    r" → .*\[::-1\]": "the order does not matter to a sum, a count, or two things turned round together",
    r" \+ 1e-07\)+$": "smaller than the tolerance",
    r"^for .* → for .*list\(.*\)\[::-1\]": "the turns of the loop may come in any order",
    r" → .*\(axis=0\)": "a vector has no other axis",
    r" → (return )?\(?.*\)\.(sum|mean|max)\(\)\)?$": "the sum or the mean of a single number",
    r"^1 → -1$": "the second axis of two is the last",
    r"^-1 → 1$": "the last axis of two is the second",
    r"^range\((\w+|len\(\w+\))\) → range\(\1 \+ 1\)$": "there is nothing to be found in one turn more",
    r" == .* → .* (<=|>=) ": "nothing lies beyond",
    r"^(int|bool|list)\(.*\) → ": "numbers are compared, not types",
    r"^.*\.astype\(.*\) → ": "numbers are compared, not types",
    r"→ .*keepdims=True\)": "the axis that is kept is of size 1, and fits",
    r"^(\w+) → -\1$": "its sign cancels: squared, in a quotient, or on both sides",
    r"^(\w+) → 2 \* \1$": "its size cancels, or only its order is read",
    r"^(\w+) → \1 \+ 1$": "the shift cancels, or only its order is read",
    r"^(.+) - (.+) → \2 - \1$": "the sign is lost under a square or an absolute value",
    r"^(\w+) \| (.+) → \1 \^ \2$": "the two never hold together",
}

PARTICULAR: dict[str, dict[str, str]] = {
    "active_units": {
        "np.square(spreads) > 0.01 → np.square(spreads) >= 0.01": "no variance is 0.01 to the last digit",
    },
    "attention_couplings": {
        "np.inner(child[j], other[j]) → np.inner(other[j], child[j])": "an inner product is symmetric",
    },
    "both_right": {
        "np.sort(labels, axis=1) → np.sort(labels)": "the last axis is sorted unless another is named",
        "np.sort(predictions, axis=1) → np.sort(predictions)": "the last axis is sorted unless another is named",
        "return np.mean((np.sort(labels, axis=1) == np.sort(predictions, axis=1)).all(axis=1)) → return np.mean((np.sort(labels, axis=1) == np.sort(predictions, axis=1)).all(axis=1)).sum…": "the sum or the mean of a single number",
        "return np.mean((np.sort(labels, axis=1) == np.sort(predictions, axis=1)).all(axis=1)) → return np.mean((np.sort(labels, axis=1) == np.sort(predictions, axis=1)).all(axis=1)).mea…": "the sum or the mean of a single number",
    },
    "calibration_error": {
        "return error → return error.sum()": "the sum of a single number",
        "return error → return error.mean()": "the mean of a single number",
        "inside.sum() > 0 → inside.sum() >= 0": "sums over nobody are 0",
        "0 → -1": "sums over nobody are 0",
        "inside → confidence": "sums over nobody are 0",
        "inside.sum() → inside.mean()": "above 0 together",
        "inside.sum() → inside.max()": "above 0 together",
        "confidence >= b / bins → confidence > b / bins": "the task leaves open to which bin an edge belongs",
        "confidence < (b + 1) / bins → confidence <= (b + 1) / bins": "the task leaves open to which bin an edge belongs",
    },
    "choose_k": {
        "0 → -1": "the start is replaced by the first fall, which is never below 0",
        "0 → 1": "the start is replaced by the first fall, which is never below 0",
        "0 → None": "the start is replaced by the first fall, which is never below 0",
        "1 → 0": "the start is replaced by the first fall, which is never below 0",
        "1 → 2": "the start is replaced by the first fall, which is never below 0",
        "fall > best → fall >= best": "no two falls are equal",
    },
    "class_weights": {
        "1 → 0": "a class without images gets 0 afterwards",
        "np.maximum(counts, 1) → counts": "a class without images gets 0 afterwards",
    },
    "convolution": {
        "np.zeros((down, across)) → np.ones((down, across))": "each entry is written afterwards",
    },
    "count_weights": {
        "shared → window": "both names mean the same number",
        "window → shared": "both names mean the same number",
    },
    "coupling_entropy": {
        "1e-30 → 1.0000000000000001e-29": "smaller than the tolerance",
        "1e-30 → 1e-31": "smaller than the tolerance",
        "1e-30 → 2e-30": "smaller than the tolerance",
        "1e-30 → 5e-31": "smaller than the tolerance",
        "np.maximum(couplings, 1e-30) → np.add(couplings, 1e-30)": "smaller than the tolerance",
        "0 → -1": "no coupling is below 0, and each child has as many parents",
    },
    "coupling_map": {
        "np.zeros((rows, columns)) → np.ones((rows, columns))": "each entry is written afterwards"
    },
    "cross_entropy": {"p < 1e-07 → p <= 1e-07": "1e-7 becomes 1e-7"},
    "elbo": {
        "mean → log_variance": "only the length is read",
        "np.zeros(len(images)) → np.ones(len(images))": "each entry is written afterwards",
    },
    "growth_exponent": {
        "y - y.mean() → y + y.mean()": "a constant in y has no influence: dx adds up to 0",
        "y - y.mean() → y": "a constant in y has no influence: dx adds up to 0",
        "y.mean() → y.sum()": "a constant in y has no influence: dx adds up to 0",
        "y.mean() → y.max()": "a constant in y has no influence: dx adds up to 0",
        "y.mean() → y.min()": "a constant in y has no influence: dx adds up to 0",
        "y.mean() → y.std()": "a constant in y has no influence: dx adds up to 0",
        "y → n": "a constant in y has no influence: dx adds up to 0",
        "y → seconds": "a constant in y has no influence: dx adds up to 0",
        "y → x": "a constant in y has no influence: dx adds up to 0",
        "dx → x": "a constant in one factor has no influence if the other adds up to 0",
        "dy → y": "a constant in one factor has no influence if the other adds up to 0",
        "return np.polyfit(np.log(n), np.log(seconds), 1)[0] → return np.polyfit(np.log(n), np.log(seconds), 1)[0].sum()": "the sum or the mean of a single number",
        "return np.polyfit(np.log(n), np.log(seconds), 1)[0] → return np.polyfit(np.log(n), np.log(seconds), 1)[0].mean()": "the sum or the mean of a single number",
    },
    "hidden_features": {"sums < 0 → sums <= 0": "a sum of exactly 0 stays 0"},
    "withhold_classes": {
        "return (keep, np.unique(labels[keep], return_inverse=True)[1]) → return (keep.T, np.unique(labels[keep], return_inverse=True)[1])": "a vector is not changed when it is transposed",
        "return (keep, np.array([left.index(label) for label in labels[keep]])) → return (keep.T, np.array([left.index(label) for label in labels[keep]]))": "a vector is not changed when it is transposed",
        "1 → 2": "classes beyond the last one only stand behind the others",
        "max(labels) → sum(labels)": "classes beyond the last one only stand behind the others",
        "range(max(labels) + 1) → range(max(labels) + 1 + 1)": "classes beyond the last one only stand behind the others",
    },
    "angle_error": {
        "predicted - true + 180 → predicted - true - 180": "half a turn either way leads to the same place",
        "predicted - true + 180 → 180 - (predicted - true)": "the distance is the same in both directions",
        "np.abs(predicted - true) → predicted - true": "% makes it positive, and the shorter way is taken anyhow",
        "difference > 180 → difference >= 180": "180 is the same both ways round",
    },
    "split_views": {
        "return (near & ~new_toy, near & new_toy, ~near & new_toy) → return ((near & ~new_toy).T, near & new_toy, ~near & new_toy)": "a vector is not changed when it is transposed",
        "return (near & ~new_toy, near & new_toy, ~near & new_toy) → return (near & ~new_toy, (near & new_toy).T, ~near & new_toy)": "a vector is not changed when it is transposed",
        "return (learn, familiar, new) → return (learn.T, familiar, new)": "a vector is not changed when it is transposed",
        "return (learn, familiar, new) → return (learn, familiar.T, new)": "a vector is not changed when it is transposed",
        "range(3) → range(1, 3 + 1)": "three masks are made either way",
    },
    "kmeans_step": {
        "return (labels, new_centers) → return (labels.T, new_centers)": "a vector is not changed when it is transposed",
        "return (np.array(labels), np.array(moved)) → return (np.array(labels).T, np.array(moved))": "a vector is not changed when it is transposed",
        "((points[:, None] - centers[None]) ** 2).sum(axis=-1) → ((points[:, None] - centers[None]) ** 2).mean(axis=-1)": "the nearest centre is the same for the mean of the squares",
        "centers[None] → centers": "NumPy adds the axis by itself",
        "np.sqrt(((point - center) ** 2).sum()) → ((point - center) ** 2).sum()": "the order of distances is that of their squares",
    },
    "matched_accuracy": {
        "clusters.max() → clusters.sum()": "the table only gets empty rows or columns",
        "labels.max() → labels.sum()": "the table only gets empty rows or columns",
        "1 → 2": "the table only gets empty rows or columns",
        "zip(rows, columns, strict=True) → zip(rows, columns)": "both are equally long",
        "True → False": "both are equally long",
    },
    "mean_image": {
        "images.shape[1:] → images.shape[1 + 1:]": "zeros of the shape of one row are added to a whole image",
        "images.shape[1:] → images.shape[-1:]": "zeros of the shape of one row are added to a whole image",
        "1 → 2": "zeros of the shape of one row are added to a whole image",
    },
    "near_copies": {
        "1 → 2": "NumPy takes any size below 0 as the one to work out",
        "flat @ flat.T >= min_correlation → flat @ flat.T > min_correlation": "no correlation equals the limit",
        "np.corrcoef(images[i].ravel(), images[j].ravel())[0, 1] >= min_correlation → np.corrcoef(images[i].ravel(), images[j].ravel())[0, 1] > min_correlation": "no correlation equals the limit",
        "range(len(images)) → range(len(images) - 1)": "no image comes after the last",
        "np.corrcoef(images[i].ravel(), images[j].ravel()) → np.corrcoef(images[j].ravel(), images[i].ravel())": "a correlation is symmetric",
        "np.corrcoef(images[i].ravel(), images[j].ravel())[0, 1] → np.corrcoef(images[i].ravel(), images[j].ravel())[1, 0]": "a correlation is symmetric",
        "for i in range(len(images)): for j in range(i + 1, len(images)): if np.corrcoef(images[i]… → for i in list(range(len(images)))[:-1]: for j in range(i + 1, len(images)): if np.corrcoe…": "no image comes after the last",
    },
    "normalise": {
        "1 → 0": "the weights are symmetric",
        "root @ weights → root.T @ weights": "the weights are symmetric",
    },
    "paint": {
        "convolve2d(spread, kernel) → convolve2d(kernel, spread)": "a convolution is the same with both exchanged",
    },
    "recall_per_class": {
        "np.where(there > 0, found / np.maximum(there, 1), 0) → found / np.maximum(there, 1)": "without images none is found: 0 / 1",
        "there > 0 → there >= 0": "without images none is found: 0 / 1",
        "labels → predicted": "only where both are equal",
        "there → classes": "0 is found, or the division is by the number that are there",
        "there → found": "none found is 0 either way",
        "0 → -1": "without images none is found: 0 / 1",
        "np.maximum(there, 1) → there": "what is 0 / 0 is replaced by 0",
        "1 → 0": "what is 0 / 0 is replaced by 0",
    },
    "score_slope": {
        "zip(probabilities, targets, strict=True) → zip(probabilities, targets)": "both have as many rows",
        "True → False": "both have as many rows",
    },
    "mask_poses": {"1 → 2": "NumPy takes any negative length for what is left over"},
    "removal_mask": {
        "np.argsort(scores, axis=1) → np.argsort(scores)": "the last axis is sorted unless another is named"
    },
    "routing_loop": {
        "np.zeros(votes.shape[:2]) → np.ones(votes.shape[:2])": "logits that are all the same are even couplings",
        "np.zeros((votes.shape[0], votes.shape[1])) → np.ones((votes.shape[0], votes.shape[1]))": "logits that are all the same are even couplings",
        "range(iterations) → range(1, iterations + 1)": "as many turns",
        "1 → 0": "the logits after the last turn are not read",
        "i < iterations - 1 → i <= iterations - 1": "the logits after the last turn are not read",
        "if i < iterations - 1: logits = logits + (votes * v).sum(axis=2) → if True: logits = logits + (votes * v).sum(axis=2)": "the logits after the last turn are not read",
        "iterations - 1 → iterations": "the logits after the last turn are not read",
        "iterations - 1 → iterations + 1": "the logits after the last turn are not read",
        "logits → shifted": "a shift of the logits does not change their softmax",
        "logits.max(axis=1, keepdims=True) → logits.mean(axis=1, keepdims=True)": "any number may be subtracted from a row that keeps exp finite",
        "logits.max(axis=1, keepdims=True) → logits.min(axis=1, keepdims=True)": "any number may be subtracted from a row that keeps exp finite",
        "logits.max(axis=1) → logits.mean(axis=1)": "any number may be subtracted from a row that keeps exp finite",
        "logits.max(axis=1) → logits.min(axis=1)": "any number may be subtracted from a row that keeps exp finite",
    },
    "routing_step": {
        "couplings[:, j] @ votes[:, j] → couplings[:, j].T @ votes[:, j]": "a vector is not changed when it is transposed",
        "logits → couplings": "only the shape is read, or the numbers are written afterwards",
        "logits → new": "only the shape is read, or the numbers are written afterwards",
        "logits → powers": "only the shape is read, or the numbers are written afterwards",
        "logits.max(axis=1) → logits.mean(axis=1)": "any number may be subtracted from a row that keeps exp finite",
        "logits.max(axis=1) → logits.min(axis=1)": "any number may be subtracted from a row that keeps exp finite",
        "logits.max(axis=1, keepdims=True) → logits.mean(axis=1, keepdims=True)": "any number may be subtracted from a row that keeps exp finite",
        "logits.max(axis=1, keepdims=True) → logits.min(axis=1, keepdims=True)": "any number may be subtracted from a row that keeps exp finite",
    },
    "silhouette_of": {
        "distances[i, own] → distances[own, i]": "distances are symmetric",
        "distances[i, clusters == c] → distances[clusters == c, i]": "distances are symmetric",
        "distances[i, j] → distances[j, i]": "distances are symmetric",
        "a < b → a <= b": "for a = b both are 0",
        "means → clusters": "every label is a cluster",
    },
    "softmax": {
        "np.zeros(logits.shape) → np.ones(logits.shape)": "each entry is written afterwards",
        "max(logits[i]) → min(logits[i])": "any number may be subtracted that keeps exp finite",
        "logits.max(axis=1, keepdims=True) → logits.mean(axis=1, keepdims=True)": "any number may be subtracted from a row that keeps exp finite",
        "logits.max(axis=1, keepdims=True) → logits.min(axis=1, keepdims=True)": "any number may be subtracted from a row that keeps exp finite",
        "logits.max(axis=1) → logits.mean(axis=1)": "any number may be subtracted from a row that keeps exp finite",
        "logits.max(axis=1) → logits.min(axis=1)": "any number may be subtracted from a row that keeps exp finite",
    },
    "squash": {
        "np.maximum(length, 1e-12) → np.add(length, 1e-12)": "smaller than the tolerance",
        "1e-12 → 2e-12": "smaller than the tolerance",
        "1e-12 → 5e-13": "smaller than the tolerance",
        "1e-12 → 1e-11": "smaller than the tolerance",
        "1e-12 → 1e-13": "smaller than the tolerance",
    },
    "suppress": {
        "return both / (sum(areas) - both) → return (both / (sum(areas) - both))[None]": "an array of one number is compared like the number",
        "max(height, 0) → height": "an area below 0 is no overlap either",
        "max(width, 0) → width": "an area below 0 is no overlap either",
        "0 → -1": "an area below 0 is no overlap either",
        "iou(boxes[i], boxes[j]) → iou(boxes[j], boxes[i])": "the IoU is symmetric",
        "list[int] → list": "numbers are compared, not types",
        "bottom > top and end > start → bottom > top": "an area that is not above 0 is no overlap either",
        "bottom > top and end > start → end > start": "an area that is not above 0 is no overlap either",
        "bottom > top and end > start → bottom > top or end > start": "an area that is not above 0 is no overlap either",
        "bottom > top → bottom >= top": "an area that is not above 0 is no overlap either",
        "end > start → end >= start": "an area that is not above 0 is no overlap either",
        "start → max_iou": "an area that is not above 0 is no overlap either",
        "top → max_iou": "an area that is not above 0 is no overlap either",
    },
    "tighter_bound": {"max(column) → min(column)": "any number may be subtracted that keeps exp finite"},
    "votes": {"np.zeros(weights.shape[:3]) → np.ones(weights.shape[:3])": "each entry is written afterwards"},
}


def reason(exercise: str, change: str) -> str:
    """Why a near miss of an exercise is right; "" if nobody has said so."""
    change = re.sub(r" #\d+$", "", change)
    found = PARTICULAR.get(exercise, {}).get(change, "")
    return found or next((why for pattern, why in GENERAL.items() if re.search(pattern, change)), "")
