"""Decides by their names what the arrays in an `.npz` are: images, labels, class names, of which part."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from capslab.errors import ArgumentError, Verbatim

#: in the order of preference, if a file has several: scikit-learn's digits come as `images` and as `data`
IMAGES = (
    "images", "image", "imgs", "img", "x", "pixels", "pictures", "data", "features", "inputs", "samples", "",
)  # fmt: skip
LABELS = ("labels", "label", "y", "targets", "target", "class")
CLASSES = ("classes", "class_names", "label_names", "target_names", "names", "categories")
PARTS = {
    **dict.fromkeys(("train", "training", "tr"), "train"),
    **dict.fromkeys(("validation", "valid", "val", "dev"), "validation"),
    **dict.fromkeys(("testing", "test", "te"), "test"),
}
_AFFIX = "|".join(sorted(PARTS, key=len, reverse=True))
_PREFIX = re.compile(rf"(?:({_AFFIX})(?:[_\-. ]+|$))(.*)")  # train_images, train
_SUFFIX = re.compile(rf"(.*?)[_\-. ]+({_AFFIX})")  # x_train
_JOINED = re.compile(rf"(x|y)({_AFFIX})|({_AFFIX})(x|y)")  # xtrain, TrainX


@dataclass
class SortedArrays:
    """The arrays of a file by what they are.

    Attributes
    ----------
    images, labels : name of the array by part: "train", "validation", "test", or "" for all.
    classes : name of the array with the names of the classes; "" if there is none.
    unused : names of the other arrays.
    notes : what was assumed.
    """

    images: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    classes: str = ""
    unused: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def part_and_stem(name: str) -> tuple[str, str]:
    """The part that a name speaks of, and the rest of the name.

    >>> part_and_stem("x_train"), part_and_stem("test_labels"), part_and_stem("X"), part_and_stem("yTest")
    (('train', 'x'), ('test', 'labels'), ('', 'x'), ('test', 'y'))
    """
    name = name.lower().strip().rsplit("/", 1)[-1]
    if match := _PREFIX.fullmatch(name):
        return PARTS[match[1]], match[2]
    if match := _SUFFIX.fullmatch(name):
        return PARTS[match[2]], match[1]
    if match := _JOINED.fullmatch(name):
        return PARTS[match[2] or match[3]], match[1] or match[4]
    return "", name


def sort_arrays(shapes: dict[str, tuple[int, ...]]) -> SortedArrays:
    """Sort the arrays of a file by their names, and by their shapes where names say nothing.

    Parameters
    ----------
    shapes : the shape of each array by its name.

    Raises
    ------
    ArgumentError : no array is called as images are, and more than one could be them.

    Examples
    --------
    >>> arrays = {"x_train": (9, 8, 8), "y_train": (9,), "x_test": (3, 8, 8), "y_test": (3,)}
    >>> sort_arrays(arrays).images, sort_arrays(arrays).labels
    ({'train': 'x_train', 'test': 'x_test'}, {'train': 'y_train', 'test': 'y_test'})
    """
    found = SortedArrays()
    names = {name: part_and_stem(name) for name in shapes}
    for stem in IMAGES:
        for name, (part, stem_of_name) in names.items():
            if stem_of_name == stem and (part or stem) and len(shapes[name]) >= 2:
                found.images.setdefault(part, name)
    for stem in LABELS:
        for name, (part, stem_of_name) in names.items():
            if stem_of_name == stem and len(shapes[name]) in (1, 2) and name not in found.images.values():
                found.labels.setdefault(part, name)
    for stem in CLASSES:
        found.classes = found.classes or next((name for name in names if name.lower() == stem), "")
    if not found.images and "images" in shapes:
        found.images[""] = "images"  # whatever is wrong with it will be said of its shape
    if not found.images:
        _without_names(shapes, found)
    if "" in found.images and len(found.images) > 1:  # images and test_images: the former are to train on
        for of_part in (found.images, found.labels):
            if "" in of_part and "train" not in of_part:
                of_part["train"] = of_part.pop("")
            of_part.pop("", None)
    if "" in found.labels and "train" in found.images:
        found.labels.setdefault("train", found.labels.pop(""))
    if found.classes and "" in found.images and not found.labels:
        n = shapes[found.images[""]][0]
        if shapes[found.classes] == (n,) and n > 1:  # one per image: not the names of the classes
            found.labels[""], found.classes = found.classes, ""
    found.labels = {part: name for part, name in found.labels.items() if part in found.images}
    used = {*found.images.values(), *found.labels.values(), found.classes}
    found.unused = [name for name in shapes if name not in used]
    return found


def _without_names(shapes: dict[str, tuple[int, ...]], found: SortedArrays) -> None:
    """Images and labels among `arr_0`, `arr_1`, … or under any other names, by their shapes."""
    pictures = [name for name, shape in shapes.items() if len(shape) >= 3]
    pictures = pictures or [name for name, shape in shapes.items() if len(shape) == 2 and shape[1] >= 16]
    lists = [name for name in shapes if name not in pictures and re.fullmatch(r"arr_\d+", name)]
    if len(pictures) == 1 or (pictures and pictures[0] == "arr_0" and len(pictures) != 2):
        parts = [""]
    elif len(pictures) == 2 and all(re.fullmatch(r"arr_\d+", name) for name in pictures):
        parts = ["train", "test"]
    else:
        received = Verbatim(f"one with {', '.join(sorted(shapes)) or 'nothing'}")
        step = "Save it again: np.savez('data.npz', images=…, labels=…)."
        raise ArgumentError("name", "an .npz file with an array `images`", received, step)
    for part, name in zip(parts, pictures, strict=False):
        found.images[part] = name
        lengths = (shapes[name][0], shapes[name][-1])  # the images may be on the last axis
        fitting = [other for other in lists if shapes[other] and shapes[other][0] in lengths]
        words = f"{name!r} taken as the {part + ' ' if part else ''}images"
        if fitting:
            found.labels[part] = fitting[0]
            lists.remove(fitting[0])
            words += f", {fitting[0]!r} as their labels"
        found.notes.append(words)
