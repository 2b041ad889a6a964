"""One line of what `capslab doctor` reports."""

from __future__ import annotations

from dataclasses import dataclass

MARKS = {"ok": "✓", "warning": "!", "failed": "✗"}


@dataclass(frozen=True)
class Diagnosis:
    """One line of the doctor's report.

    Attributes
    ----------
    subject : what was examined.
    state : "ok", "warning" (the course runs, with restrictions) or "failed" (it cannot run).
    message : what was found.
    advice : what to do; empty where there is nothing to do.
    """

    subject: str
    state: str
    message: str
    advice: str = ""

    def __str__(self) -> str:
        line = f"{MARKS[self.state]} {self.subject:12}{self.message}"
        return f"{line}\n  {'':12}→ {self.advice}" if self.advice else line
