"""Measurements that take too long for a lesson, made by `benchmarks/` and shown beside live ones."""

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
class Measured:
    """A table of measurements.

    Attributes
    ----------
    date : "2026-01-31".
    machine : the machine, in words.
    command : what makes the table again.
    rows : one mapping a measurement.
    """

    date: str
    machine: str
    command: str
    rows: list[dict[str, Any]]

    def where(self, **wanted: Any) -> list[dict[str, Any]]:
        """The rows in which each of these names has this value."""
        return [row for row in self.rows if all(row.get(name) == value for name, value in wanted.items())]

    def grouped(self, what: str, *by: str, **wanted: Any) -> dict[Any, list[Any]]:
        """The values named `what`, one list for each value of `by` (a tuple where `by` is several names).

        Both in the order of the table; `wanted` chooses rows as in `where`. Rows without `what` are left out.
        """
        groups: dict[Any, list[Any]] = {}
        for row in self.where(**wanted):
            key = tuple(row[name] for name in by)
            if what in row:
                groups.setdefault(key[0] if len(by) == 1 else key, []).append(row[what])
        return groups

    def __str__(self) -> str:
        return f"{len(self.rows)} measurements of {self.date} on {self.machine}; again with `{self.command}`"


def measured(name: str) -> Measured:
    """The bundled measurements of that name."""
    path = FOLDER / f"{name}.json"
    if not path.exists():
        raise unknown_name("name", name, sorted(found.stem for found in FOLDER.glob("*.json")))
    return Measured(**json.loads(path.read_text("utf-8")))


def save(name: str, command: str, rows: Sequence[Mapping[str, Any]]) -> Path:
    """Write measurements made now, on this machine, into the package."""
    told = {
        "date": date.today().isoformat(),
        "machine": machine(),
        "command": command,
        "rows": [dict(row) for row in rows],
    }
    path = FOLDER / f"{name}.json"
    path.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return path


def machine() -> str:
    """This machine in words, without its name."""
    cores = os.cpu_count() or 1
    return f"{cores} {platform.machine()} core{'s' if cores > 1 else ''}, {platform.system()}"
