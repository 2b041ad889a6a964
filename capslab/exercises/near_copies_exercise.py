"""The exercise on near copies: the same picture twice, brighter or darker, found by correlation."""

from __future__ import annotations

import numpy as np

from capslab.exercises.exercise import Case, Exercise, Mistake


def near_copies(images, min_correlation):
    """Pairs (i, j) with i < j whose pixels have a correlation of at least `min_correlation`."""
    flat = images.reshape(len(images), -1).astype(float)  # (n, d)
    flat = flat - flat.mean(axis=1, keepdims=True)
    flat = flat / np.linalg.norm(flat, axis=1, keepdims=True)
    i, j = np.nonzero(np.triu(flat @ flat.T >= min_correlation, k=1))
    return np.stack([i, j], axis=1)  # (pairs, 2)


def _apart(images: np.ndarray, min_correlation: float) -> bool:
    """Whether no correlation is so close to the limit that rounding would decide."""
    flat = images.reshape(len(images), -1)
    return bool((abs(np.corrcoef(flat) - min_correlation) > 1e-6).all())


def _twins(seed: int, n: int, min_correlation: float, pairs: int, shape: tuple[int, ...] = (5, 5)) -> Case:
    for attempt in range(100):
        rng = np.random.default_rng(seed + 1000 * attempt)
        images = rng.integers(20, 200, (n, *shape)).astype(float)
        for pair in range(pairs):
            images[2 * pair + 1] = images[2 * pair] * rng.uniform(0.5, 1.2) + rng.uniform(5, 20)
            images[2 * pair + 1] += rng.normal(0, 3, shape)
        images = images[rng.permutation(n)]
        if _apart(images, min_correlation):
            break
    return Case(f"{n} images, {pairs} of them once more, brighter or darker", (images, min_correlation))


def _different(seed: int, n: int, min_correlation: float) -> Case:
    """Images that share their brightness only: unless the mean is taken out, all of them seem alike."""
    for attempt in range(100):
        images = np.random.default_rng(seed + 1000 * attempt).uniform(0.3, 0.7, (n, 9, 8))
        if (np.triu(np.corrcoef(images.reshape(n, -1)), k=1) < min_correlation - 0.05).all():
            break
    return Case("different images and a low limit, so that there are no pairs", (images, min_correlation))


def _around_the_limit(seed: int) -> Case:
    """Pairs of images whose correlation is known, because the second is made of the first and another one."""
    rng = np.random.default_rng(seed)
    wanted = np.array([0.93, 0.87, 0.96, 0.6, -0.95])
    noise = rng.normal(size=(2 * len(wanted), 30))
    basis = np.linalg.qr((noise - noise.mean(axis=1, keepdims=True)).T)[0].T  # (images, pixels), of mean 0
    first, other = basis[: len(wanted)], basis[len(wanted) :]
    second = wanted[:, None] * first + np.sqrt(1 - wanted**2)[:, None] * other
    images = np.concatenate([first, second])[rng.permutation(2 * len(wanted))]
    images = 0.5 + images * rng.uniform(0.5, 1, (len(images), 1)) + rng.uniform(-0.2, 0.2, (len(images), 1))
    return Case("pairs of images just above and just below the limit", (images.reshape(-1, 5, 6), 0.9))


def _near_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)
    bright = rng.integers(0, 9, (4, 3, 3)).astype(float)
    shared = rng.normal(0, 3, (6, 5)) + rng.normal(0, 0.3, (4, 6, 5))  # all alike, for all that is their own
    cases = [
        _twins(seed, 6, 0.95, 2),
        _twins(seed + 1, 5, 0.9, 1),
        Case("different bright images", (rng.integers(200, 256, (4, 6, 6)).astype(float), 0.95)),
        _twins(seed + 3, 7, 0.95, 3, (4, 3, 3)),
        _different(seed, 5, 0.45),
        _around_the_limit(seed),
        Case(
            "images that each come with their negative, and one that comes twice",
            (np.concatenate([bright, 9 - bright, bright[:1] / 2]), 0.999),
        ),
        Case("images that have nearly everything in common", (shared, 0.9)),
    ]
    if hard:
        cases.append(_twins(seed + 2, 30, 0.95, 10, (4, 4, 3)))
    return cases


def _near_reference_without(centred: bool, scaled: bool, both: bool):
    def wrong(images, min_correlation):
        flat = images.reshape(len(images), -1).astype(float)
        flat = flat - flat.mean(axis=1, keepdims=True) if centred else flat
        flat = flat / np.linalg.norm(flat, axis=1, keepdims=True) if scaled else flat
        table = flat @ flat.T >= min_correlation
        i, j = np.nonzero(table if both else np.triu(table, k=1))
        return np.stack([i, j], axis=1)

    return wrong


def _of_either_sign(images, min_correlation):
    """The mistake of counting negatives as copies."""
    flat = images.reshape(len(images), -1).astype(float)
    i, j = np.nonzero(np.triu(abs(np.corrcoef(flat)) >= min_correlation, k=1))
    return np.stack([i, j], axis=1)


NEAR_COPIES = Exercise(
    name="near_copies",
    notebook="26_your_own_images",
    title="The same picture twice?",
    task=(
        "Write near_copies(images, min_correlation). It returns all pairs `(pairs, 2)` of positions i "
        "< j, in order, for which the pixels of the two images `(n, …)` have a correlation of at "
        "least `min_correlation`."
    ),
    points=3,
    hints=(
        "Correlation ignores brightness and contrast. What do you have to subtract from each image, "
        "and what do you have to divide it by, so that the plain product of two images is their "
        "correlation?",
        "Flatten to (n, d), subtract each row's mean, and divide by the row's length "
        "(np.linalg.norm). Then flat @ flat.T is the table of all correlations.",
        "np.triu(table >= min_correlation, k=1) keeps each pair once. np.nonzero returns the i and "
        "the j, and np.stack([i, j], axis=1) puts them side by side.",
    ),
    cases=_near_cases,
    reference=near_copies,
    mistakes=(
        Mistake(
            "mean not subtracted",
            "The mean grey level is still there, and it makes all bright images look alike. Subtract "
            "each image's own mean first.",
            _near_reference_without(centred=False, scaled=True, both=False),
        ),
        Mistake(
            "not divided by the length",
            "Your products grow with the contrast of the images. Divide each image by its length; "
            "then a product is at most 1.",
            _near_reference_without(centred=True, scaled=False, both=False),
        ),
        Mistake(
            "every pair twice",
            "Each pair comes twice, and every image is paired with itself. Keep only i < j: "
            "np.triu(table, k=1).",
            _near_reference_without(centred=True, scaled=True, both=True),
        ),
        Mistake(
            "negatives counted",
            "An image and its negative have a correlation of −1. They are not copies, so take no "
            "absolute value here.",
            _of_either_sign,
        ),
    ),
)
