"""Finds the files that a table of paths means, below the table's own folder and never outside of it."""

from __future__ import annotations

import os
import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from capslab.data.decode_image_file import SUFFIXES
from capslab.data.find_images import outside
from capslab.data.folder_classes import name_parts
from capslab.data.housekeeping_files import left_out

MOST_FILES = 300_000  # in a larger folder (somebody's home), only exact paths count
NO_FILE = "no such file"


@dataclass(frozen=True)
class PathMatch:
    """What a cell of a table stands for.

    Attributes
    ----------
    file : path of the file relative to the folder, with `/`; "" if there is none.
    exact : whether the cell is that path as it stands; otherwise it was found by its name.
    problem : why there is no file, in words; "" if there is one.
    several : the files that fit, if there is more than one.
    """

    file: str = ""
    exact: bool = True
    problem: str = ""
    several: tuple[str, ...] = ()

    def beside(self, *words: str) -> PathMatch:
        """Of several files that fit, the one whose folders are called like the most words of the row."""
        wanted = {_key(word) for word in words if word.strip()}
        shared = [len(wanted & {_key(part) for part in name_parts(file)[:-1]}) for file in self.several]
        if not max(shared, default=0) or shared.count(max(shared)) > 1:
            return self
        return PathMatch(self.several[shared.index(max(shared))], exact=False)


class FolderFiles:
    """The files below a folder, found by whole paths, by the end of a path, or by names without an ending.

    Parameters
    ----------
    root : the folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._known: dict[str, PathMatch] = {}

    def match(self, cell: str) -> PathMatch:
        """The file that a cell means: a path, a path on another machine, or a name without an ending.

        A path that exists outside of the folder is never replaced by a file inside.
        """
        if cell not in self._known:
            plain = cell.strip().strip("\"'").replace("\0", "")
            match = self._match(plain)
            if not match.file and unquote(plain) != plain:  # %20 for a blank, as in addresses
                match = next((other for other in [self._match(unquote(plain))] if other.file), match)
            self._known[cell] = match
        return self._known[cell]

    def _match(self, cell: str) -> PathMatch:
        if re.match(r"(https?|ftp|s3|gs)://", cell, re.IGNORECASE):
            return PathMatch(problem="an address on the web: download the picture first")
        cell = re.sub(r"^file://(localhost)?", "", cell)
        if not name_parts(cell):
            return PathMatch(problem="no path in this row")
        for spelled in (cell, "/".join(name_parts(cell))):
            if not outside(spelled) and self._is_file(self.root / spelled):
                return PathMatch(PurePosixPath(spelled).as_posix())
        if outside(cell):
            whole = Path(os.path.normpath(self.root.resolve() / cell.replace("\\", "/")))
            if self._is_file(whole):
                for root in (self.root.absolute(), self.root.resolve()):
                    if whole.is_relative_to(root):
                        return PathMatch(whole.relative_to(root).as_posix())
                return PathMatch(problem=outside(cell))
        found = self._below(tuple(part for part in name_parts(cell) if part != ".."))
        if len(found) == 1:
            return PathMatch(found[0], exact=False)
        if found:
            problem = f"it may be {found[0]} or {found[1]}: give the whole path"
            return PathMatch(problem=problem, several=tuple(found))
        return PathMatch(problem=outside(cell) or NO_FILE)

    def _is_file(self, path: Path) -> bool:
        try:
            return os.path.lexists(path) and not path.is_dir()
        except (OSError, ValueError):
            return False

    def _below(self, parts: tuple[str, ...]) -> list[str]:
        """The files that fit the end of a path best, or whose path ends as this one does."""
        folders = tuple(_key(part) for part in parts[:-1])
        leaf = _key(parts[-1])
        whole = leaf.endswith(SUFFIXES)
        stem = leaf.rpartition(".")[0] if whole else leaf
        number = re.fullmatch(r"0*(\d+)(\.0)?", stem)
        stems = [stem, *([f"#{number[1]}"] if number else [])]
        for name in [leaf, *stems] if whole else stems:
            best: list[str] = []
            longest = -1
            for file in self._named.get(name, ()):
                own = tuple(_key(part) for part in name_parts(file)[:-1])
                shared = min(len(own), len(folders))
                if own[len(own) - shared :] != folders[len(folders) - shared :]:
                    continue
                if shared > longest:
                    best, longest = [], shared
                if shared == longest:
                    best.append(file)
            if best:
                return best
        return []

    @cached_property
    def _named(self) -> dict[str, list[str]]:
        """The files of each name, of each name without its ending, and of each number (`#7` for 007.png)."""
        named: dict[str, list[str]] = defaultdict(list)
        count = 0
        for place, folders, files in os.walk(self.root):
            folders[:] = sorted(folder for folder in folders if not left_out((folder,))[0])
            for name in sorted(files):
                key = _key(name)
                if not key.endswith(SUFFIXES) or left_out((name,))[0]:
                    continue
                count += 1
                if count > MOST_FILES:
                    return {}
                file = Path(place, name).relative_to(self.root).as_posix()
                stem = key.rpartition(".")[0]
                named[key].append(file)
                named[stem].append(file)
                if stem.isascii() and stem.isdigit():
                    named[f"#{int(stem)}"].append(file)
        return dict(named)


def _key(name: str) -> str:
    """Equal for names that a file system may take for the same."""
    return unicodedata.normalize("NFC", name).casefold().strip()
