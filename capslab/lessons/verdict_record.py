"""The verdicts that were reached so far, in a small file beside the one with the progress."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from capslab.exercises.progress_record import Record, locked, write_whole
from capslab.lessons.verdict_rule import SIGNS

VERSION = 1


@dataclass(frozen=True)
class Kept:
    """What is kept of a verdict.

    Attributes
    ----------
    outcome : "holds", "holds partly", "refuted" or "undecided".
    number : the number that decided, with its interval; "" for a fact.
    evidence : what decided a fact, or what was said beside the number.
    """

    outcome: str
    number: str
    evidence: str


#: verdicts that could not be written; they last as long as the kernel does
_memory: dict[str, Kept] = {}


def path() -> Path:
    """`verdicts.json` beside the file with the progress."""
    progress = Record.path()
    same = progress.stem == "progress"
    return progress.with_name("verdicts.json" if same else f"{progress.stem}-verdicts.json")


def keep(name: str, one: Kept) -> None:
    """Keep the verdict on the claim of that id; the last one counts.

    Where it cannot be written, it lasts as long as the kernel does.
    """
    file = path()
    with locked(file):
        content = _content(file)
        if content is None:
            _memory[name] = one
            return
        try:
            write_whole(file, {"version": VERSION, "verdicts": {**content, name: vars(one)}})
            _memory.pop(name, None)
        except OSError:
            _memory[name] = one


def kept() -> dict[str, Kept]:
    """All verdicts so far, by the claim's id: those in the file, and those that could not be written."""
    verdicts = {}
    for name, values in (_content(path()) or {}).items():
        try:
            one = Kept(str(values["outcome"]), str(values["number"]), str(values["evidence"]))
        except (KeyError, TypeError):
            continue
        if one.outcome in SIGNS:
            verdicts[name] = one
    return {**verdicts, **_memory}


def _content(file: Path) -> dict[str, Any] | None:
    """The entries of the file: none if it is missing or damaged, None if it is a newer capslab's."""
    try:
        content = json.loads(file.read_text("utf-8"))
        if content["version"] > VERSION:
            return None
        return dict(content["verdicts"])
    except (OSError, ValueError, KeyError, TypeError):
        return {}
