"""What a learner has done, kept in a small file from one kernel to the next."""

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
    """What is known of one exercise.

    Attributes
    ----------
    attempts : answers that were wrong and differed from the one before.
    hints : how many were shown.
    passed, total : of the best answer so far.
    points : of the best answer so far.
    last : fingerprint of the last answer, so that running a cell again is no new attempt.
    """

    attempts: int = 0
    hints: int = 0
    passed: int = 0
    total: int = 0
    points: float = 0.0
    done: bool = False
    last: str = ""


class Record:
    """The entries, read afresh and written at once with every change.

    Where the folder cannot be written, they last as long as the kernel, and `note` says so.
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
        """What is known of an exercise; a blank entry where nothing is."""
        self.memory = {**self.memory, **self._read()}
        return self.memory.get(name, Entry())

    def keep(self, name: str, entry: Entry) -> None:
        """Remember an entry, beside whatever other kernels wrote in the meantime."""
        with _alone(self.path()):
            self.memory = {**self.memory, **self._read(), name: entry}
            self._write()

    def _read(self) -> dict[str, Entry]:
        path = self.path()
        try:
            told = json.loads(path.read_text("utf-8"))
            return {name: _entry(values) for name, values in told["exercises"].items()}
        except FileNotFoundError:
            return {}
        except OSError as error:
            self.note = f"Your progress in {path} cannot be read ({error.strerror})."
            return {}
        except (ValueError, KeyError, TypeError, AttributeError):
            with contextlib.suppress(OSError):
                os.replace(path, path.with_suffix(".damaged"))
            self.note = f"The file of your progress was damaged; it is kept as {path.stem}.damaged."
            return {}

    def _write(self) -> None:
        path = self.path()
        told = {"version": VERSION, "exercises": {name: asdict(one) for name, one in self.memory.items()}}
        part = ""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, part = tempfile.mkstemp(dir=path.parent, prefix="progress-")
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(told, file, indent=1)
            os.replace(part, path)
        except OSError as error:
            with contextlib.suppress(OSError):
                Path(part).unlink()
            self.note = (
                f"Your progress lasts until the kernel stops: {path.parent} cannot be written "
                f"({error.strerror}). Set CAPSLAB_HOME to a folder of yours to keep it."
            )


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """No other kernel reads and writes the file meanwhile.

    Where the system has no such lock, or one is not had in two seconds, two that write in
    the same moment may forget one entry; neither waits longer for that.
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
    """An entry from a file, with every field of the type it should be."""
    entry = Entry()
    for one in fields(Entry):
        found = values.get(one.name, getattr(entry, one.name))
        setattr(entry, one.name, type(getattr(entry, one.name))(found))
    return entry


def fingerprint(answer: Any) -> str:
    """The same for the same answer, different for a different one.

    A function counts by its compiled code, so that a comment is no new attempt.
    """
    code = getattr(answer, "__code__", None)
    try:
        told = _code(code) if code is not None else repr(answer)
    except Exception:  # a learner's object may do anything when it is shown
        told = type(answer).__name__
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:16]


def _code(code: Any) -> str:
    inner = [_code(one) if hasattr(one, "co_code") else repr(one) for one in code.co_consts]
    return repr((code.co_code, code.co_names, code.co_varnames, inner))
