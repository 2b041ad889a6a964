"""All claims of the course, in one list: what is claimed, by whom, and how it is going to be judged.

The list is `claims.json` beside this file. It is written before anything is measured, so that nobody chooses
a threshold after seeing the numbers. Each claim is judged in one lesson, once.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from capslab.errors import ArgumentError, spelling_hint

FILE = Path(__file__).with_name("claims.json")
KINDS = ("comparison", "threshold", "fact")
SOURCES = {
    "article A": "article A, on capsule networks",
    "article B": "article B, on variational autoencoders",
    "literature": "the literature",
    "course": "this course",
}


@dataclass(frozen=True)
class Claim:
    """A claim, and how it is judged.

    Attributes
    ----------
    id : its short name, such as "vae-clusters".
    sentence : the claim in our own words.
    source : "article A", "article B", "literature" or "course".
    lesson : the number of the lesson that judges it, such as "24".
    course_lesson : the number of that lesson in the course as it is going to be.
    kind : "comparison" (of two samples), "threshold" (one sample and a number stated beforehand) or "fact"
        (decided by what was run or written down, without an interval).
    measure : what is measured, in words; "" for a fact.
    units : the units of the measure: "share" for 0…1, "seconds", "nats", …; "" for a fact.
    ours, baseline : the names of the two sides.
    varies : what differs from one sample to the next: "independently trained networks", …
    better : whether "higher" or "lower" values speak for the claim.
    threshold : for the kind "threshold", the number that the mean has to reach.
    at_least : the smallest difference that would matter, 0 or more, in these units.
    """

    id: str
    sentence: str
    source: str
    lesson: str
    course_lesson: str
    kind: str
    measure: str = ""
    units: str = ""
    ours: str = ""
    baseline: str = ""
    varies: str = ""
    better: str = "higher"
    threshold: float | None = None
    at_least: float = 0.0

    def __str__(self) -> str:
        return f"“{self.sentence}” ({SOURCES[self.source]}; judged in lesson {self.lesson})"


@cache
def all_claims() -> dict[str, Claim]:
    """All claims by their id, in the order of the list."""
    entries: list[dict[str, Any]] = json.loads(FILE.read_text("utf-8"))
    return {entry["id"]: Claim(**entry) for entry in entries}


def find_claim(claim_id: Any) -> Claim:
    """The claim of that id.

    Raises
    ------
    ArgumentError : if it is not in the list; a similar id is named.

    Examples
    --------
    >>> find_claim("vae-clusters").lesson
    '24'
    """
    claims = all_claims()
    if not isinstance(claim_id, str) or claim_id not in claims:
        names = {claim.sentence: f"Try {claim.id!r}." for claim in claims.values()}  # who wrote the sentence
        step = names.get(claim_id) if isinstance(claim_id, str) else None
        step = step or spelling_hint(claim_id, claims) or "Write cl.claims() to see the list."
        raise ArgumentError("claim_id", "the name of a claim in the course's list", claim_id, step)
    return claims[claim_id]
