"""What a learner reads after a wrong answer, held word for word in `golden/messages.json`.

After improving a sentence, write the file again: `GOLDEN=write pytest tests/exercises/test_wording.py`.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import numpy as np
import pytest

from capslab.exercises import check, hint, progress, solution
from capslab.exercises.registry import find

pytestmark = pytest.mark.usefixtures("learner")

GOLDEN = Path(__file__).parent / "golden" / "messages.json"


def stopped(s):
    raise KeyboardInterrupt


def changes_its_input(s):
    squared = (s**2).sum(axis=-1, keepdims=True)
    s *= np.sqrt(squared) / (1 + squared)
    return s


ANSWERS = {
    "a wrong number": ("squash", lambda s: s + 1.0),
    "a wrong shape": ("squash", lambda s: s[0]),
    "text": ("squash", lambda s: "long"),
    "a ragged list": ("squash", lambda s: [[1, 2], [3]]),
    "complex numbers": ("squash", lambda s: s + 1j),
    "infinity": ("squash", lambda s: s / 0),
    "NaN": ("squash", lambda s: s * np.nan),
    "an exception": ("squash", lambda s: s.no_such),
    "exit": ("squash", lambda s: exit()),
    "an interrupt": ("squash", stopped),
    "a changed input": ("squash", changes_its_input),
    "too many parameters": ("squash", lambda a, b: a),
    "no function": ("squash", 5),
    "not attempted": ("squash", None),
    "no return": ("squash", lambda s: None),
    "one value of two": ("routing_step", lambda b, v: find("routing_step").reference(b, v)[0]),
    "two values swapped": ("routing_step", lambda b, v: find("routing_step").reference(b, v)[::-1]),
    "a list for a dictionary": ("supervised_or_not", [True]),
    "a function for a value": ("supervised_or_not", lambda: 1),
    "a missing key": ("supervised_or_not", {"a": True}),
    "an unknown exercise": ("sqaush", len),
}


def messages() -> dict[str, str]:
    words = {
        name: re.sub(r"line \d+, `.*`", "line N, `…`", check(*answer).message)
        for name, answer in ANSWERS.items()
    }
    words["an unknown exercise"] = re.sub(
        r"one of .*?\. Received", "one of …. Received", words["an unknown exercise"]
    )
    words["a first hint"] = repr(hint("squash"))
    words["an unknown hint"] = repr(hint("sqaush")).splitlines()[0]
    words["no solution yet"] = repr(solution("votes"))
    words["a last hint"] = [repr(hint("squash")) for _ in range(2)][-1]
    words["an unknown notebook"] = repr(progress("99")).splitlines()[0]
    return words


def test_messages_read_as_they_should() -> None:
    now = messages()
    if os.environ.get("GOLDEN") == "write":
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(json.dumps(now, indent=1, ensure_ascii=False) + "\n", "utf-8")
    assert now == json.loads(GOLDEN.read_text("utf-8"))
