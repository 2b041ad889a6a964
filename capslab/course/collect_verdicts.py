"""What the verdicts of the built lessons say, read from their outputs; lesson 27 shows them side by side."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from capslab.lessons.claims_list import all_claims
from capslab.lessons.verdict_rule import SIGNS

SHOWN = re.compile(rf"[{''.join(SIGNS.values())}] ({'|'.join(SIGNS)}): “(.+)”\n +(.*)")
LEAD = "; difference in the claim's favour "
NUMBER = re.compile(r"([+−][\d.,e-]+)[^(]*\(([+−][\d.,e-]+)\D*? to ([+−][\d.,e-]+)")


def collect(folder: Path) -> list[dict[str, Any]]:
    """One row per verdict in the built notebooks of a folder, in the order of the lessons.

    Each has the claim's id, the lesson, the outcome, what was measured (or what decided a fact), and for
    samples the number with its interval: as it was printed, and as `estimate`, `low` and `high`.
    """
    by_sentence = {claim.sentence: claim.id for claim in all_claims().values()}
    rows = []
    for path in sorted(folder.glob("[0-9][0-9]_*.ipynb")):
        for text in _texts(path):
            shown = SHOWN.match(text)
            if shown and shown[2] in by_sentence:
                rows.append({"claim": by_sentence[shown[2]], "lesson": path.stem, **_read(shown)})
    return rows


def _texts(path: Path) -> Iterator[str]:
    for cell in json.loads(path.read_text("utf-8"))["cells"]:
        for output in cell.get("outputs", []):
            yield "".join(output.get("data", {}).get("text/plain", []))


def _read(shown: re.Match[str]) -> dict[str, Any]:
    measured, _, number = shown[3].partition(LEAD)
    row: dict[str, Any] = {"outcome": shown[1], "measured": measured, "number": number}
    if ends := NUMBER.match(number):
        estimate, low, high = (float(one.replace("−", "-", 1).replace(",", "")) for one in ends.groups())
        row |= {"estimate": estimate, "low": low, "high": high}
    return row
