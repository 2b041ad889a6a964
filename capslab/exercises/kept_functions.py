"""The functions that a learner has written, as source in one file that later lessons read.

The file is the learner's own and stands beside the record of their progress. It can be carried to another
machine. Sources are loaded from nowhere else.
"""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import Any

from capslab.exercises.function_source import Source
from capslab.exercises.progress_record import Record, locked, write_whole

VERSION = 1


class KeptFunctions:
    """The kept functions, read again before every use and written after every change.

    If the folder cannot be written, they last as long as the kernel does, and `note` says so. What the file
    holds about exercises that we do not know stays in it.

    Attributes
    ----------
    memory : what this kernel has kept or read.
    note : what the learner should know about the file; "" if nothing.
    """

    def __init__(self) -> None:
        self.memory: dict[str, Source] = {}
        self.note = ""

    @staticmethod
    def path() -> Path:
        """`my_functions.json` beside the file with the progress."""
        progress = Record.path()
        same = progress.stem == "progress"
        return progress.with_name("my_functions.json" if same else f"{progress.stem}-my_functions.json")

    def find(self, name: str) -> Source | None:
        """The function that was kept for an exercise; None if there is none."""
        self.note = ""
        self.memory.update(self._read()[0])
        return self.memory.get(name)

    def keep(self, name: str, source: Source) -> None:
        """Keeps a function, without losing what other kernels have written in the meantime."""
        self.note = ""
        path = self.path()
        with locked(path):
            found, content = self._read()
            self.memory = {**self.memory, **found, name: source}
            if content is None:
                return  # we must not write this file
            content |= {one: vars(kept) for one, kept in self.memory.items()}
            try:
                write_whole(path, {"version": VERSION, "functions": content})
            except OSError as error:
                self.note = (
                    f"It lasts until the kernel stops, because {path.parent} cannot be written "
                    f"({error.strerror}). To keep it, set CAPSLAB_HOME to a folder of your own."
                )

    def _read(self) -> tuple[dict[str, Source], dict[str, Any] | None]:
        """The functions in the file, and all that it holds; None in its place if we must not write it."""
        path = self.path()
        try:
            content = json.loads(path.read_text("utf-8"))
            if content["version"] != VERSION:
                self.note = (
                    f"Your kept functions in {path} are in the form of another version of capslab, so they "
                    "are left as they are. Update capslab, or move that file to another folder."
                )
                return {}, None
            named = dict(content["functions"])
        except (FileNotFoundError, NotADirectoryError):
            return {}, {}
        except OSError as error:
            self.note = (
                f"Your kept functions in {path} cannot be read ({error.strerror}). What you keep now lasts "
                "until the kernel stops."
            )
            return {}, None
        except (ValueError, KeyError, TypeError, RecursionError):
            return {}, self._put_aside(path)
        sources = {}
        for name, values in named.items():
            source = _source(values)
            if source is not None:
                sources[name] = source
        return sources, named

    def _put_aside(self, path: Path) -> dict[str, Any] | None:
        """Renames a damaged file, and never over an earlier one; None if that cannot be done."""
        aside = path.with_suffix(".damaged")
        number = 1
        while aside.exists():
            number += 1
            aside = path.with_suffix(f".damaged{number}")
        with contextlib.suppress(OSError):
            os.rename(path, aside)
            self.note = f"The file with your kept functions was damaged. It is now {aside}."
            return {}
        self.note = f"The file with your kept functions, {path}, is damaged."
        return None


def _source(values: Any) -> Source | None:
    """An entry of the file; None if it is of another form than ours."""
    if not isinstance(values, dict):
        return None
    text, function = values.get("text"), values.get("function")
    return Source(text, function) if isinstance(text, str) and isinstance(function, str) else None


#: the functions of this kernel
kept = KeptFunctions()
