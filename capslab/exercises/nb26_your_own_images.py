"""Exercises of 26_your_own_images: grey levels, near copies, doubtful labels, class weights, a split.

Sources: King & Zeng 2001 (weights for rare events); Northcutt, Athalye & Mueller 2021 (wrong labels in
test sets); Barz & Denzler 2020 (near copies across the split of CIFAR).
"""

from __future__ import annotations

import numpy as np

from capslab.exercises.exercise import Case, Exercise, Mistake
from capslab.exercises.near_copies_exercise import NEAR_COPIES

NOTEBOOK = "26_your_own_images"


def to_bytes(pixels):
    """The image as uint8, whatever type it was saved in."""
    if pixels.dtype == bool:
        return pixels.astype(np.uint8) * np.uint8(255)
    if pixels.dtype == np.uint16:
        return np.rint(pixels / 257).astype(np.uint8)
    if pixels.dtype.kind == "f":
        return np.rint(pixels * 255).astype(np.uint8)
    return pixels


def _bytes_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)
    shape = (3, 4, 4)
    deep = rng.integers(0, 65536, shape, dtype=np.uint16)
    deep[0, 0] = 0, 65535, 257, 40000
    # 257 grey levels of 16 bits round to the same byte; dividing by 256 or 65,536 shifts where they begin
    edges = 257 * rng.permutation(np.arange(150, 255))[:12].reshape(3, 1, 4) + np.array([[128], [129]])
    fractions = rng.random(shape, dtype=np.float32)
    fractions[0, 0] = 0, 1, 0.999, 0.6 / 255
    cases = [
        Case("16-bit pixels", (deep,)),
        Case("16-bit pixels half-way between two bytes", (edges.astype(np.uint16),)),
        Case("dark 16-bit pixels", (rng.integers(0, 30_000, shape, dtype=np.uint16),)),
        Case("fractions from 0 to 1", (fractions,)),
        Case("booleans", (rng.random(shape) < 0.5,)),
        Case("bytes", (rng.integers(0, 256, shape, dtype=np.uint8),)),
        Case("dark bytes", (rng.integers(0, 2, shape, dtype=np.uint8),)),
        Case("dark fractions of float64", (rng.uniform(0, 0.3, (2, 5, 3)),)),
    ]
    if hard:
        cases.append(
            Case("colour images of 16 bits", (rng.integers(0, 65536, (2, 3, 4, 3), dtype=np.uint16),))
        )
    return cases


def _bytes_by_maximum(pixels):
    return np.rint(pixels / (pixels.max() or 1) * 255).astype(np.uint8)


def _cut_off(pixels):
    scale = {"b": 255, "u": 1 / 257 if pixels.dtype == np.uint16 else 1, "f": 255}[pixels.dtype.kind]
    return (pixels * scale + 1e-9).astype(np.uint8) if scale != 1 else pixels


def agreement(labels, neighbours):
    """For each image, the share of its neighbours that have the same label."""
    return (labels[neighbours] == labels[:, None]).mean(axis=1)  # (n,)


def _agreement_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)

    def case(says: str, n: int, m: int, classes: int) -> Case:
        near = np.stack([rng.permutation(np.delete(np.arange(n), i))[:m] for i in range(n)])
        return Case(says, (rng.integers(0, classes, n), near))

    cases = [
        case("two classes", 8, 3, 2),
        case("five classes", 12, 4, 5),
        Case("one class", (np.zeros(4, int), np.array([[1, 2], [2, 3], [3, 0], [0, 1]]))),
        Case(
            "neighbours of other classes only",
            (np.array([0, 1, 0, 1, 0]), np.array([[1, 3], [0, 2], [3, 1], [4, 0], [1, 3]])),
        ),
    ]
    return (
        [*cases, case("one neighbour per image", 7, 1, 3), case("many images", 60, 10, 10)] if hard else cases
    )


def class_weights(labels, classes):
    """One weight per class, so that all classes have the same total weight and the mean weight is 1."""
    counts = np.bincount(labels, minlength=classes)  # (classes,)
    present = (counts > 0).sum()
    return np.where(counts > 0, len(labels) / (present * np.maximum(counts, 1)), 0.0)


def _weight_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)
    uneven = np.repeat([0, 1, 2], [2, 9, int(rng.integers(20, 30))])
    cases = [
        Case("three classes of different sizes", (rng.permutation(uneven), 3)),
        Case("classes of the same size", (np.tile(np.arange(4), 5), 4)),
        Case("a class without images", (rng.permutation(np.repeat([0, 2], [3, 6])), 3)),
        Case("the last class missing, and a class of one image", (np.repeat([0, 1, 2], [4, 1, 7]), 4)),
    ]
    if hard:
        cases.append(Case("many classes", (rng.integers(0, 10, 300), 10)))
    return cases


def _counted(labels: np.ndarray, classes: int) -> np.ndarray:
    return np.maximum(np.bincount(labels, minlength=classes), 1).astype(float)


def hold_out(groups, share):
    """True for whole groups, the lowest number first, until at least this share is held out."""
    held_out = np.zeros(len(groups), bool)
    for group in np.unique(groups):
        if held_out.mean() >= share:
            break
        held_out[groups == group] = True
    return held_out


def _split_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)
    large = np.concatenate([np.repeat(0, 5), np.arange(1, 8)])
    pairs = np.repeat(np.arange(8), 2)
    cases = [
        Case("pairs of copies", (rng.permutation(pairs), 0.3)),
        Case("one group much larger", (rng.permutation(large), 0.25)),
        Case("no copies at all", (rng.permutation(10), 0.2)),
        Case("a share that whole groups reach exactly", (rng.permutation(pairs), 0.25)),
        Case("group numbers with gaps", (rng.permutation(np.repeat([3, 7, 40, 41], [2, 3, 5, 4])), 0.3)),
        Case("nothing to hold out", (rng.permutation(np.repeat([4, 1], 3)), 0.0)),
        Case("everything to hold out", (rng.permutation(np.repeat([2, 5, 6], [1, 4, 2])), 1.0)),
    ]
    if hard:
        cases.append(Case("many groups", (rng.integers(0, 30, 80), 0.35)))
    return cases


def _cut_anywhere(groups, share):
    order = np.argsort(groups, kind="stable")
    held_out = np.zeros(len(groups), bool)
    held_out[order[: int(np.ceil(share * len(groups) - 1e-9))]] = True
    return held_out


def _groups_counted(groups, share):
    numbers = np.unique(groups)
    return np.isin(groups, numbers[: int(np.ceil(share * len(numbers) - 1e-9))])


EXERCISES = (
    Exercise(
        name="to_bytes",
        notebook=NOTEBOOK,
        title="What is white?",
        task=(
            "Write to_bytes(pixels). It returns the same images as uint8, where white is 255. In floats, "
            "white is 1.0; in uint16 it is 65,535; in bool it is True; in uint8 it already is 255."
        ),
        points=2,
        hints=(
            "The type tells you what white is: look at pixels.dtype. The brightest pixel does not, "
            "because an image may be dark. Which four types are there?",
            "Divide by white and multiply by 255: floats × 255, and uint16 ÷ 257 (because 65,535 = 255 · "
            "257). Use np.rint before .astype(np.uint8); bool and uint8 need no rounding.",
            "if pixels.dtype == np.uint16: return np.rint(pixels / 257).astype(np.uint8). Recognise "
            "floats by pixels.dtype.kind == 'f' and booleans by pixels.dtype == bool; return uint8 as it "
            "is.",
        ),
        cases=_bytes_cases,
        reference=to_bytes,
        mistakes=(
            Mistake(
                "divided by the maximum",
                "You scale each set of images by its own brightest pixel, so a dark image becomes as "
                "bright as a light one. The type tells you what white is; the maximum does not.",
                _bytes_by_maximum,
            ),
            Mistake(
                "astype alone",
                "You only cast the numbers. From 256 on, a uint8 starts again at 0, and fractions below 1 "
                "all become 0. Scale first.",
                lambda pixels: pixels.astype(np.uint8),
            ),
            Mistake(
                "truncated",
                "This is right except for the rounding: astype cuts fractions off. Use np.rint first.",
                _cut_off,
            ),
        ),
    ),
    NEAR_COPIES,
    Exercise(
        name="agreement",
        notebook=NOTEBOOK,
        title="What do the neighbours say?",
        task=(
            "Write agreement(labels, neighbours). For each image it returns the share `(n,)` of its "
            "neighbours that have the same label as the image. Labels are `(n,)`; neighbours are "
            "positions `(n, m)`."
        ),
        points=1,
        hints=(
            "First, which labels do the neighbours have? You can index an array with an array of positions.",
            "labels[neighbours] is (n, m). Compare it with each image's own label: labels[:, None].",
            "The comparison is an array of True and False. Its mean over axis=1 is the share.",
        ),
        cases=_agreement_cases,
        reference=agreement,
        mistakes=(
            Mistake(
                "positions instead of labels",
                "You compare the neighbours' positions with labels. Look up their labels first: "
                "labels[neighbours].",
                lambda labels, neighbours: (neighbours == labels[:, None]).mean(axis=1),
            ),
            Mistake(
                "a count",
                "This is the number of neighbours that agree. The exercise asks for their share, from 0 "
                "to 1.",
                lambda labels, neighbours: (labels[neighbours] == labels[:, None]).sum(axis=1),
            ),
            Mistake(
                "disagreement",
                "This is the share that disagrees.",
                lambda labels, neighbours: (labels[neighbours] != labels[:, None]).mean(axis=1),
            ),
        ),
    ),
    Exercise(
        name="class_weights",
        notebook=NOTEBOOK,
        title="A voice for the rare classes",
        task=(
            "Write class_weights(labels, classes). It returns one weight per class, `(classes,)`: n / "
            "(present · images of the class), where `present` is the number of classes that occur. A "
            "class that does not occur gets 0."
        ),
        points=2,
        hints=(
            "np.bincount(labels, minlength=classes) counts the images of each class. A rare class should "
            "weigh more: do you multiply by its count or divide by it?",
            "present = (counts > 0).sum(). The weight is len(labels) / (present * counts). If counts is "
            "0, the weight must be 0, not infinite.",
            "Use np.where(counts > 0, len(labels) / (present * np.maximum(counts, 1)), 0.0).",
        ),
        cases=_weight_cases,
        reference=class_weights,
        mistakes=(
            Mistake(
                "upside down",
                "The more images a class has, the more weight it gets, so the rare class counts even "
                "less. Divide by the count.",
                lambda labels, classes: (
                    np.bincount(labels, minlength=classes) * (np.bincount(labels) > 0).sum() / len(labels)
                ),
            ),
            Mistake(
                "absent classes counted",
                "You divide by the number of all classes. A class without images has no share, so count "
                "only the classes that occur.",
                lambda labels, classes: np.where(
                    np.bincount(labels, minlength=classes) > 0,
                    len(labels) / (classes * _counted(labels, classes)),
                    0.0,
                ),
            ),
            Mistake(
                "mean weight not one",
                "The proportions are right, but the weights of all images do not add up to n, so the loss "
                "would change its size. Multiply by len(labels) / present.",
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
            "Write hold_out(groups, share). It returns True for the images to hold out, `(n,)`. Images "
            "with the same number in `groups` are copies and stay together. Take whole groups, the lowest "
            "number first, until at least `share` of all images is held out."
        ),
        points=2,
        hints=(
            "Hold out groups, not single images. In which order do you take them, and when do you stop?",
            "Start with np.zeros(len(groups), bool). For each group in np.unique(groups), stop if "
            "held_out.mean() >= share; otherwise mark its images.",
            "held_out[groups == group] = True marks a whole group. Test the share before you mark it.",
        ),
        cases=_split_cases,
        reference=hold_out,
        mistakes=(
            Mistake(
                "group cut in two",
                "The number of images is exact, but a group was cut in two: one copy is in the training "
                "set and the other in the test set. Take whole groups, even if this gives a little more "
                "than you asked for.",
                _cut_anywhere,
            ),
            Mistake(
                "the first images",
                "You took the first images in their order. Their copies may be anywhere after them.",
                lambda groups, share: np.arange(len(groups)) < np.ceil(share * len(groups) - 1e-9),
            ),
            Mistake(
                "share of groups",
                "You held out a share of the groups. But groups differ in size, and it is the share of "
                "images that counts.",
                _groups_counted,
            ),
        ),
    ),
)
