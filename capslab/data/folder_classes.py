"""Reads the class and the part of the split of each file from the folders that it lies in."""

from __future__ import annotations

from dataclasses import dataclass

from capslab.data.class_names import shape_key
from capslab.data.split_names import split_part

NO_CLASS = "no class, although other files have one"
BESIDE_SPLIT = "beside the folders of the split"


@dataclass(frozen=True)
class Assignment:
    """What the folders say about one file.

    Attributes
    ----------
    part : "train", "validation", "test", or "" if no folder says so.
    label : the name of its class, as its folder spells it, or "".
    problem : why the file cannot be used; "" if it can.
    """

    part: str = ""
    label: str = ""
    problem: str = ""


def name_parts(name: str) -> tuple[str, ...]:
    r"""The folders and the file of a relative path. A backslash separates too, as Windows writes it.

    >>> name_parts(r"pets\cat/1.png"), name_parts("./cat//1.png")
    (('pets', 'cat', '1.png'), ('cat', '1.png'))
    """
    return tuple(part for part in name.replace("\\", "/").split("/") if part not in ("", "."))


def by_folder(names: list[str]) -> list[Assignment]:
    """Part and class of each file: `[all/][train/]class/…/picture.png` or `class/train/picture.png`.

    Names of parts count in any case ("Train", "TEST ", "valid"). A file beside the folders of a split
    belongs to no part, so it has a problem.
    """
    folders = _without_common([name_parts(name)[:-1] for name in names])
    parts = [split_part(folder[0]) if folder else "" for folder in folders]
    deep = any(part and len(folder) > 1 for part, folder in zip(parts, folders, strict=True))
    ordinary = any(folder and not part for part, folder in zip(parts, folders, strict=True))
    if len(set(parts) - {""}) > 1 and (deep or not ordinary):
        within = [_without_parts(folder) for folder in folders]
        return [
            Assignment(part, folder[0] if folder else "", "" if part else BESIDE_SPLIT)
            for part, folder in zip(parts, within, strict=True)
        ]
    seconds = [split_part(folder[1]) if len(folder) > 1 else "" for folder in folders]
    if all(seconds) and len(set(seconds)) > 1:
        return [Assignment(part, folder[0]) for part, folder in zip(seconds, folders, strict=True)]
    return [Assignment("", folder[0] if folder else "") for folder in folders]


def _without_common(folders: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The folders without those around everything, as zips have them.

    A single folder that has no sub-folder stays: it is a class, though the only one. Pictures beside the
    folder around everything, such as a title page, do not make it a class.
    """
    while True:
        inner = {shape_key(folder[1]) for folder in folders if len(folder) > 1}
        firsts = {shape_key(folder[0]) for folder in folders if folder}
        beside = not all(folders)
        if len(firsts) != 1 or not inner or (beside and len(inner) == 1):
            return folders
        folders = [folder[1:] for folder in folders]


def _without_parts(folder: tuple[str, ...]) -> tuple[str, ...]:
    """The folders after those that name a part; some data sets repeat it, as train/train/cat."""
    while folder and split_part(folder[0]):
        folder = folder[1:]
    return folder
