"""Bundled measurements that would take too long in a lesson.

The programs in `benchmarks/` and `tools/remeasure.py` make them; lessons show them beside live ones.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from capslab.errors import unknown_name

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Measurements:
    """A table of measurements.

    Attributes
    ----------
    date : the day it was measured, "2026-01-31".
    machine : the machine, in words.
    command : the command that measures it again.
    rows : one dict per measurement.
    """

    date: str
    machine: str
    command: str
    rows: list[dict[str, Any]]

    def where(self, **values: Any) -> list[dict[str, Any]]:
        """The rows that have all of these values, for example `where(run="a", seed=0)`."""
        return [row for row in self.rows if all(row.get(name) == value for name, value in values.items())]

    def grouped(self, column: str, *by: str, **values: Any) -> dict[Any, list[Any]]:
        """The values in one column: a list for each value of `by` (a tuple, if `by` names several).

        Groups and values keep the order of the table. `values` selects rows as in `where`. Rows without
        this column are skipped.
        """
        groups: dict[Any, list[Any]] = {}
        for row in self.where(**values):
            key = tuple(row[name] for name in by)
            if column in row:
                groups.setdefault(key[0] if len(by) == 1 else key, []).append(row[column])
        return groups

    def __str__(self) -> str:
        return (
            f"{len(self.rows)} measurements of {self.date} on {self.machine}; "
            f"measure again with `{self.command}`"
        )


def load(name: str) -> Measurements:
    """Load the bundled measurements of that name, for example `load("capsules")`."""
    path = FOLDER / f"{name}.json"
    if not path.exists():
        raise unknown_name("name", name, sorted(file.stem for file in FOLDER.glob("*.json")))
    return Measurements(**json.loads(path.read_text("utf-8")))


def save(name: str, command: str, rows: Sequence[Mapping[str, Any]]) -> Path:
    """Write measurements that were made today on this machine into the package."""
    table = {
        "date": date.today().isoformat(),
        "machine": machine(),
        "command": command,
        "rows": [dict(row) for row in rows],
    }
    path = FOLDER / f"{name}.json"
    path.write_text(json.dumps(table, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return path


def machine() -> str:
    """This machine in words, but not its name."""
    cores = os.cpu_count() or 1
    return f"{cores} {platform.machine()} core{'s' if cores > 1 else ''}, {platform.system()}"
