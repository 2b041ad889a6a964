"""Exercises of 09_your_own_images: grey levels, near copies, doubtful labels, class weights, a split.

Sources: King & Zeng 2001 (weights for rare events); Northcutt, Athalye & Mueller 2021 (wrong labels in
test sets); Barz & Denzler 2020 (near copies across the split of CIFAR).
"""

from __future__ import annotations

import numpy as np

from capslab.exercises.core import Case, Exercise, Mistake

NOTEBOOK = "09_your_own_images"


def to_bytes(pixels):
    """uint8 from whatever type an image was saved in."""
    if pixels.dtype == bool:
        return pixels.astype(np.uint8) * np.uint8(255)
    if pixels.dtype == np.uint16:
        return np.rint(pixels / 257).astype(np.uint8)
    if pixels.dtype.kind == "f":
        return np.rint(pixels * 255).astype(np.uint8)
    return pixels


def _bytes_cases(seed: int, hard: bool) -> list[Case]:
    chance = np.random.default_rng(seed)
    shape = (3, 4, 4)
    deep = chance.integers(0, 65536, shape, dtype=np.uint16)
    deep[0, 0] = 0, 65535, 257, 40000
    fractions = chance.random(shape, dtype=np.float32)
    fractions[0, 0] = 0, 1, 0.999, 0.5 / 255
    cases = [
        Case("16-bit pixels", (deep,)),
        Case("dark 16-bit pixels", (chance.integers(0, 30_000, shape, dtype=np.uint16),)),
        Case("fractions from 0 to 1", (fractions,)),
        Case("true and false", (chance.random(shape) < 0.5,)),
        Case("bytes", (chance.integers(0, 256, shape, dtype=np.uint8),)),
    ]
    if hard:
        cases.append(Case("fractions of float64", (chance.random((2, 5, 3)),)))
        cases.append(Case("dark bytes", (chance.integers(0, 2, shape, dtype=np.uint8),)))
    return cases


def _bytes_by_maximum(pixels):
    return np.rint(pixels / (pixels.max() or 1) * 255).astype(np.uint8)


def _cut_off(pixels):
    scale = {"b": 255, "u": 1 / 257 if pixels.dtype == np.uint16 else 1, "f": 255}[pixels.dtype.kind]
    return (pixels * scale + 1e-9).astype(np.uint8) if scale != 1 else pixels


def near_copies(images, least):
    """Pairs (i, j), i < j, whose pixels correlate with at least `least`."""
    flat = images.reshape(len(images), -1).astype(float)  # (n, d)
    flat = flat - flat.mean(axis=1, keepdims=True)
    flat = flat / np.linalg.norm(flat, axis=1, keepdims=True)
    i, j = np.nonzero(np.triu(flat @ flat.T >= least, k=1))
    return np.stack([i, j], axis=1)  # (pairs, 2)


def _apart(images: np.ndarray, least: float) -> bool:
    """Whether no correlation lies so near the limit that rounding decides."""
    flat = images.reshape(len(images), -1)
    return bool((abs(np.corrcoef(flat) - least) > 1e-6).all())


def _twins(seed: int, n: int, least: float, pairs: int, shape: tuple[int, ...] = (5, 5)) -> Case:
    for attempt in range(100):
        chance = np.random.default_rng(seed + 1000 * attempt)
        images = chance.integers(20, 200, (n, *shape)).astype(float)
        for pair in range(pairs):
            images[2 * pair + 1] = images[2 * pair] * chance.uniform(0.5, 1.2) + chance.uniform(5, 20)
            images[2 * pair + 1] += chance.normal(0, 3, shape)
        images = images[chance.permutation(n)]
        if _apart(images, least):
            break
    return Case(f"{n} images, {pairs} of them once more, brighter or darker", (images, least))


def _near_cases(seed: int, hard: bool) -> list[Case]:
    chance = np.random.default_rng(seed)
    bright = chance.integers(0, 9, (4, 3, 3)).astype(float)
    cases = [
        _twins(seed, 6, 0.95, 2),
        _twins(seed + 1, 5, 0.9, 1),
        Case("bright images that differ", (chance.integers(200, 256, (4, 6, 6)).astype(float), 0.95)),
        Case("images of which each has its negative", (np.concatenate([bright, 9 - bright]), 0.999)),
    ]
    if hard:
        cases.append(_twins(seed + 2, 30, 0.95, 10, (4, 4, 3)))
    return cases


def _near_reference_without(centred: bool, scaled: bool, both: bool):
    def wrong(images, least):
        flat = images.reshape(len(images), -1).astype(float)
        flat = flat - flat.mean(axis=1, keepdims=True) if centred else flat
        flat = flat / np.linalg.norm(flat, axis=1, keepdims=True) if scaled else flat
        table = flat @ flat.T >= least
        i, j = np.nonzero(table if both else np.triu(table, k=1))
        return np.stack([i, j], axis=1)

    return wrong


def _of_either_sign(images, least):
    """The mistake of taking negatives for copies."""
    flat = images.reshape(len(images), -1).astype(float)
    i, j = np.nonzero(np.triu(abs(np.corrcoef(flat)) >= least, k=1))
    return np.stack([i, j], axis=1)


def agreement(labels, neighbours):
    """For each image the share of its neighbours that have its label."""
    return (labels[neighbours] == labels[:, None]).mean(axis=1)  # (n,)


def _agreement_cases(seed: int, hard: bool) -> list[Case]:
    chance = np.random.default_rng(seed)

    def case(says: str, n: int, m: int, classes: int) -> Case:
        near = np.stack([chance.permutation(np.delete(np.arange(n), i))[:m] for i in range(n)])
        return Case(says, (chance.integers(0, classes, n), near))

    cases = [
        case("two classes", 8, 3, 2),
        case("five classes", 12, 4, 5),
        Case("one class", (np.zeros(4, int), np.array([[1, 2], [2, 3], [3, 0], [0, 1]]))),
    ]
    return [*cases, case("a single neighbour each", 7, 1, 3), case("many", 60, 10, 10)] if hard else cases


def class_weights(labels, classes):
    """A weight for each class, so that all classes weigh the same together and a mean image weighs 1."""
    counts = np.bincount(labels, minlength=classes)  # (classes,)
    present = (counts > 0).sum()
    return np.where(counts > 0, len(labels) / (present * np.maximum(counts, 1)), 0.0)


def _weight_cases(seed: int, hard: bool) -> list[Case]:
    chance = np.random.default_rng(seed)
    uneven = np.repeat([0, 1, 2], [2, 9, int(chance.integers(20, 30))])
    cases = [
        Case("three classes of different size", (chance.permutation(uneven), 3)),
        Case("classes of one size", (np.tile(np.arange(4), 5), 4)),
        Case("a class of which there is no image", (chance.permutation(np.repeat([0, 2], [3, 6])), 3)),
    ]
    if hard:
        cases.append(Case("the last class missing", (np.repeat([0, 1], [1, 7]), 3)))
        cases.append(Case("many classes", (chance.integers(0, 10, 300), 10)))
    return cases


def _counted(labels: np.ndarray, classes: int) -> np.ndarray:
    return np.maximum(np.bincount(labels, minlength=classes), 1).astype(float)


def hold_out(groups, share):
    """True for whole groups, in order of their number, until at least this share is held out."""
    held = np.zeros(len(groups), bool)
    for group in np.unique(groups):
        if held.mean() >= share:
            break
        held[groups == group] = True
    return held


def _split_cases(seed: int, hard: bool) -> list[Case]:
    chance = np.random.default_rng(seed)
    large = np.concatenate([np.repeat(0, 5), np.arange(1, 8)])
    cases = [
        Case("pairs of copies", (chance.permutation(np.repeat(np.arange(8), 2)), 0.3)),
        Case("one group much larger", (chance.permutation(large), 0.25)),
        Case("no copies at all", (chance.permutation(10), 0.2)),
    ]
    if hard:
        cases.append(Case("numbers with gaps", (chance.permutation(np.repeat([3, 7, 40], [2, 3, 5])), 0.5)))
        cases.append(Case("nothing to hold out", (np.repeat([0, 1], 3), 0.0)))
    return cases


def _cut_anywhere(groups, share):
    order = np.argsort(groups, kind="stable")
    held = np.zeros(len(groups), bool)
    held[order[: int(np.ceil(share * len(groups) - 1e-9))]] = True
    return held


def _groups_counted(groups, share):
    numbers = np.unique(groups)
    return np.isin(groups, numbers[: int(np.ceil(share * len(numbers) - 1e-9))])


EXERCISES = (
    Exercise(
        name="to_bytes",
        notebook=NOTEBOOK,
        title="What is white?",
        task=(
            "Write to_bytes(pixels): the same images as uint8, where white is 255. White is 1.0 in floats, "
            "65,535 in uint16, True in bool, and 255 already in uint8."
        ),
        points=2,
        hints=(
            "The type says what white is: pixels.dtype. The brightest pixel does not, for an image may be "
            "dark. Which four types are there?",
            "Divide by white, multiply by 255: floats × 255, uint16 ÷ 257 (65,535 = 255 · 257). bool and "
            "uint8 need no rounding, the others np.rint before .astype(np.uint8).",
            "if pixels.dtype == np.uint16: return np.rint(pixels / 257).astype(np.uint8); floats by "
            "pixels.dtype.kind == 'f'; bool by pixels.dtype == bool; uint8 is returned as it is.",
        ),
        cases=_bytes_cases,
        reference=to_bytes,
        mistakes=(
            Mistake(
                "divided by the maximum",
                "Each set is scaled by its own brightest pixel, so that a dark image becomes as bright as a "
                "light one. White is told by the type, not by the maximum.",
                _bytes_by_maximum,
            ),
            Mistake(
                "astype alone",
                "The numbers are only cast. From 256 on, a uint8 starts again at 0, and fractions below 1 "
                "all become 0: scale first.",
                lambda pixels: pixels.astype(np.uint8),
            ),
            Mistake(
                "cut off",
                "Right up to the rounding: astype cuts fractions off. np.rint first.",
                _cut_off,
            ),
        ),
    ),
    Exercise(
        name="near_copies",
        notebook=NOTEBOOK,
        title="The same picture twice?",
        task=(
            "Write near_copies(images, least): all pairs `(pairs, 2)` of positions i < j of images `(n, …)` "
            "whose pixels correlate with at least `least`, in order."
        ),
        points=3,
        hints=(
            "Correlation ignores brightness and contrast. What must be taken from each image, and what must "
            "it be divided by, so that a plain product of two is their correlation?",
            "Flatten to (n, d); take away each row's mean, divide by its length (np.linalg.norm). Then "
            "flat @ flat.T is the table of all correlations.",
            "np.triu(table >= least, k=1) keeps each pair once; np.nonzero gives the i and the j; np.stack("
            "[i, j], axis=1) puts them side by side.",
        ),
        cases=_near_cases,
        reference=near_copies,
        mistakes=(
            Mistake(
                "mean not taken away",
                "The mean grey level is still there, and it makes all bright images look alike. Take away "
                "each image's own mean first.",
                _near_reference_without(centred=False, scaled=True, both=False),
            ),
            Mistake(
                "not divided by the length",
                "The products grow with the contrast of the images. Divide each by its length; then a "
                "product is at most 1.",
                _near_reference_without(centred=True, scaled=False, both=False),
            ),
            Mistake(
                "every pair twice",
                "Each pair comes twice, and every image with itself. Keep i < j: np.triu(table, k=1).",
                _near_reference_without(centred=True, scaled=True, both=True),
            ),
            Mistake(
                "negatives counted",
                "An image and its negative correlate with −1. They are no copies: no absolute value here.",
                _of_either_sign,
            ),
        ),
    ),
    Exercise(
        name="agreement",
        notebook=NOTEBOOK,
        title="What do the neighbours say?",
        task=(
            "Write agreement(labels, neighbours): for each image the share `(n,)` of its neighbours, given "
            "as positions `(n, m)`, that have the same label as itself. Labels are `(n,)`."
        ),
        points=1,
        hints=(
            "First: which labels do the neighbours have? An array can be indexed with an array of positions.",
            "labels[neighbours] is (n, m). Compare it with each image's own label: labels[:, None].",
            "The comparison is an array of true and false; its mean over axis=1 is the share.",
        ),
        cases=_agreement_cases,
        reference=agreement,
        mistakes=(
            Mistake(
                "positions instead of labels",
                "You compare the neighbours' positions with labels. Look their labels up first: "
                "labels[neighbours].",
                lambda labels, neighbours: (neighbours == labels[:, None]).mean(axis=1),
            ),
            Mistake(
                "a count",
                "That is the number of neighbours that agree. Their share is asked for, from 0 to 1.",
                lambda labels, neighbours: (labels[neighbours] == labels[:, None]).sum(axis=1),
            ),
            Mistake(
                "disagreement",
                "That is the share that disagrees.",
                lambda labels, neighbours: (labels[neighbours] != labels[:, None]).mean(axis=1),
            ),
        ),
    ),
    Exercise(
        name="class_weights",
        notebook=NOTEBOOK,
        title="A voice for the rare",
        task=(
            "Write class_weights(labels, classes): a weight for each class `(classes,)`, n / (present · "
            "images of the class), `present` being the number of classes that occur; 0 for one that does not."
        ),
        points=2,
        hints=(
            "np.bincount(labels, minlength=classes) counts the images of each class. A rare one shall weigh "
            "more: is its count multiplied or divided by?",
            "present = (counts > 0).sum(). The weight is len(labels) / (present * counts); where counts is 0 "
            "it must be 0, not infinite.",
            "np.where(counts > 0, len(labels) / (present * np.maximum(counts, 1)), 0.0)",
        ),
        cases=_weight_cases,
        reference=class_weights,
        mistakes=(
            Mistake(
                "upside down",
                "The more images, the more weight: the rare class is heard even less. Divide by the count.",
                lambda labels, classes: (
                    np.bincount(labels, minlength=classes) * (np.bincount(labels) > 0).sum() / len(labels)
                ),
            ),
            Mistake(
                "absent classes counted",
                "You divide by the number of all classes. One without images shares in nothing: count those "
                "that occur.",
                lambda labels, classes: np.where(
                    np.bincount(labels, minlength=classes) > 0,
                    len(labels) / (classes * _counted(labels, classes)),
                    0.0,
                ),
            ),
            Mistake(
                "mean weight not one",
                "The proportions are right, but the weights of all images together are not n, so the loss "
                "would change its size: multiply by len(labels) / present.",
                lambda labels, classes: np.where(
                    np.bincount(labels, minlength=classes) > 0, 1 / _counted(labels, classes), 0.0
                ),
            ),
        ),
    ),
    Exercise(
        name="hold_out",
        notebook=NOTEBOOK,
        title="A split that does not leak",
        task=(
            "Write hold_out(groups, share): true for the images to hold out, `(n,)`. Images with the same "
            "number in `groups` are copies and stay together; take whole groups, the lowest number first, "
            "until at least `share` of all images is held out."
        ),
        points=2,
        hints=(
            "Deal out groups, not images. In which order, and when do you stop?",
            "Start with np.zeros(len(groups), bool). For each group of np.unique(groups): stop if "
            "held.mean() >= share, else mark its images.",
            "held[groups == group] = True marks a whole group; the test for the share comes before it.",
        ),
        cases=_split_cases,
        reference=hold_out,
        mistakes=(
            Mistake(
                "groups cut",
                "The count of images is exact, but a group was cut in two: one copy is trained on, the other "
                "tested. Whole groups, even if it gets a little more than asked.",
                _cut_anywhere,
            ),
            Mistake(
                "the first images",
                "You took the first images in their order. Their copies may stand anywhere behind them.",
                lambda groups, share: np.arange(len(groups)) < np.ceil(share * len(groups) - 1e-9),
            ),
            Mistake(
                "share of groups",
                "You held out a share of the groups. Groups differ in size; the share of images counts.",
                _groups_counted,
            ),
        ),
    ),
)
