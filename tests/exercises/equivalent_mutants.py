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
    "mean_image": {
        "images.shape[1:] → images.shape[1 + 1:]": "zeros of the shape of one row are added to a whole image",
        "images.shape[1:] → images.shape[-1:]": "zeros of the shape of one row are added to a whole image",
        "1 → 2": "zeros of the shape of one row are added to a whole image",
    },
    "kmeans_step": {
        "return (labels, new_centers) → return (labels.T, new_centers)": "a vector is not changed when it is transposed",
        "return (np.array(labels), np.array(moved)) → return (np.array(labels).T, np.array(moved))": "a vector is not changed when it is transposed",
        "((points[:, None] - centers[None]) ** 2).sum(axis=-1) → ((points[:, None] - centers[None]) ** 2).mean(axis=-1)": "the nearest centre is the same for the mean of the squares",
        "centers[None] → centers": "NumPy adds the axis by itself",
        "np.sqrt(((point - center) ** 2).sum()) → ((point - center) ** 2).sum()": "the order of distances is that of their squares",
    },
    "silhouette_of": {
        "distances[i, own] → distances[own, i]": "distances are symmetric",
        "distances[i, labels == c] → distances[labels == c, i]": "distances are symmetric",
        "distances[i, j] → distances[j, i]": "distances are symmetric",
        "a < b → a <= b": "for a = b both are 0",
        "means → labels": "every label is a cluster",
    },
    "matched_accuracy": {
        "clusters.max() → clusters.sum()": "the table only gets empty rows or columns",
        "labels.max() → labels.sum()": "the table only gets empty rows or columns",
        "1 → 2": "the table only gets empty rows or columns",
        "zip(rows, columns, strict=True) → zip(rows, columns)": "both are equally long",
        "True → False": "both are equally long",
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
    },
    "softmax": {
        "np.zeros(logits.shape) → np.ones(logits.shape)": "each entry is written afterwards",
        "max(logits[i]) → min(logits[i])": "any number may be subtracted that keeps exp finite",
    },
    "cross_entropy": {"p < 1e-07 → p <= 1e-07": "1e-7 becomes 1e-7"},
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
    "squash": {
        "np.maximum(length, 1e-12) → np.add(length, 1e-12)": "smaller than the tolerance",
        "1e-12 → 2e-12": "smaller than the tolerance",
        "1e-12 → 5e-13": "smaller than the tolerance",
        "1e-12 → 1e-11": "smaller than the tolerance",
        "1e-12 → 1e-13": "smaller than the tolerance",
    },
    "votes": {"np.zeros(weights.shape[:3]) → np.ones(weights.shape[:3])": "each entry is written afterwards"},
    "suppress": {
        "return both / (sum(areas) - both) → return (both / (sum(areas) - both))[None]": "an array of one number is compared like the number",
        "max(height, 0) → height": "an area below 0 is no overlap either",
        "max(width, 0) → width": "an area below 0 is no overlap either",
        "0 → -1": "an area below 0 is no overlap either",
        "iou(boxes[i], boxes[j]) → iou(boxes[j], boxes[i])": "the IoU is symmetric",
    },
}


def reason(exercise: str, change: str) -> str:
    """Why a near miss of an exercise is right; "" if nobody has said so."""
    change = re.sub(r" #\d+$", "", change)
    found = PARTICULAR.get(exercise, {}).get(change, "")
    return found or next((why for pattern, why in GENERAL.items() if re.search(pattern, change)), "")
