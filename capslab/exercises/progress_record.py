"""A learner's progress, in a small file that survives the kernel."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

VERSION = 1
LOCK_SECONDS = 2


@dataclass
class Entry:
    """What is known about one exercise.

    Attributes
    ----------
    attempts : number of wrong answers that differed from the one before.
    hints : number of hints that were shown.
    passed, total : cases of the best answer so far.
    points : points of the best answer so far.
    done : whether any answer passed every case.
    last : hash of the last answer, so that running a cell again does not count as an attempt.
    """

    attempts: int = 0
    hints: int = 0
    passed: int = 0
    total: int = 0
    points: float = 0.0
    done: bool = False
    last: str = ""


class Record:
    """The entries of all exercises, read again before every use and written after every change.

    If the folder cannot be written, they last as long as the kernel does, and `note` says so.
    """

    def __init__(self) -> None:
        self.memory: dict[str, Entry] = {}
        self.note = ""

    @staticmethod
    def path() -> Path:
        """`$CAPSLAB_PROGRESS`, else progress.json in `$CAPSLAB_HOME` or the platform's folder for data."""
        if chosen := os.environ.get("CAPSLAB_PROGRESS"):
            return Path(chosen).expanduser()
        home = os.environ.get("CAPSLAB_HOME")
        if home:
            return Path(home).expanduser() / "progress.json"
        from platformdirs import user_data_dir

        return Path(user_data_dir("capslab", appauthor=False)) / "progress.json"

    def entry(self, name: str) -> Entry:
        """What is known about an exercise; a blank entry if nothing is."""
        self.memory = {**self.memory, **self._read()}
        return self.memory.get(name, Entry())

    def save(self, name: str, entry: Entry) -> None:
        """Saves an entry without losing what other kernels have written in the meantime."""
        with locked(self.path()):
            self.memory = {**self.memory, **self._read(), name: entry}
            self._write()

    def _read(self) -> dict[str, Entry]:
        path = self.path()
        try:
            content = json.loads(path.read_text("utf-8"))
            return {name: _entry(values) for name, values in content["exercises"].items()}
        except FileNotFoundError:
            return {}
        except OSError as error:
            self.note = f"Your progress in {path} cannot be read ({error.strerror})."
            return {}
        except (ValueError, KeyError, TypeError, AttributeError):
            with contextlib.suppress(OSError):
                os.replace(path, path.with_suffix(".damaged"))
            self.note = f"The file with your progress was damaged. It is kept as {path.stem}.damaged."
            return {}

    def _write(self) -> None:
        path = self.path()
        content = {"version": VERSION, "exercises": {name: asdict(one) for name, one in self.memory.items()}}
        try:
            write_whole(path, content)
        except OSError as error:
            self.note = (
                f"Your progress will be lost when the kernel stops, because {path.parent} cannot be written "
                f"({error.strerror}). To keep it, set CAPSLAB_HOME to a folder of your own."
            )


def write_whole(path: Path, content: Any) -> None:
    """Writes JSON so that the file is either the old one or the new one, whatever happens in between.

    Raises
    ------
    OSError : if the folder cannot be written; the old file is then still there.
    """
    part = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=path.parent, prefix=f"{path.stem}-")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(content, file, indent=1)
        os.replace(part, path)
    except OSError:
        with contextlib.suppress(OSError):
            Path(part).unlink()
        raise


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keeps other kernels from reading and writing the file in the meantime.

    If the system has no such lock, or it cannot be had within two seconds, we go on without it. Two
    kernels that write at the same moment may then lose one entry.
    """
    try:
        import fcntl

        path.parent.mkdir(parents=True, exist_ok=True)
        lock = path.with_suffix(".lock").open("a")
    except (ImportError, OSError):
        yield
        return
    with lock:
        end = time.monotonic() + LOCK_SECONDS
        while time.monotonic() < end:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                time.sleep(0.005)
            except OSError:  # a file system without locks
                break
        yield


def _entry(values: Any) -> Entry:
    """An entry read from a file, with each field converted to its type."""
    entry = Entry()
    for one in fields(Entry):
        default = getattr(entry, one.name)
        setattr(entry, one.name, type(default)(values.get(one.name, default)))
    return entry


def answer_hash(answer: Any) -> str:
    """A hash that is equal for equal answers.

    For a function it is made from the compiled code, so a changed comment changes nothing.
    """
    code = getattr(answer, "__code__", None)
    try:
        text = _code(code) if code is not None else repr(answer)
    except Exception:  # a learner's object may do anything when it is shown
        text = type(answer).__name__
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def _code(code: Any) -> str:
    inner = [_code(one) if hasattr(one, "co_code") else repr(one) for one in code.co_consts]
    return repr((code.co_code, code.co_names, code.co_varnames, inner))
