"""What a learner reads after a wrong answer, held word for word in `golden/messages.json`.

After improving a sentence, write the file again: `GOLDEN=write pytest tests/exercises/test_wording.py`.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from capslab.exercises import case, check, hint, progress, solution
from capslab.exercises.registry import find

pytestmark = pytest.mark.usefixtures("learner")

GOLDEN = Path(__file__).parent / "golden" / "messages.json"


def stopped(s):
    raise KeyboardInterrupt


def changes_its_input(s):
    squared = (s**2).sum(axis=-1, keepdims=True)
    s *= np.sqrt(squared) / (1 + squared)
    return s


def changed(name, change):
    """The right answer of an exercise, changed."""
    return name, lambda *args: change(find(name).reference(*args))


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
    "a factor": changed("softmax", lambda p: p / 3),
    "a logarithm of another base": changed("growth_exponent", lambda p: p / np.log(10)),
    "the opposite sign": changed("squash", lambda s: -s),
    "transposed": changed("votes", lambda v: v.transpose(1, 0, 2)),
    "an axis too many": changed("kl_divergence", lambda kl: kl[:, None]),
    "a mean too many": changed("kl_divergence", lambda kl: kl.mean()),
    "a percentage": changed("both_right", lambda share: 100 * share),
    "a sum for a mean": ("both_right", lambda a, b: len(a) * find("both_right").reference(a, b)),
    "rounded": changed("softmax", lambda p: np.round(p, 2)),
    "a mask, inverted": changed("withhold_classes", lambda made: (~made[0], made[1])),
    "always the same": ("choose_k", lambda eigenvalues: 2),
    "an argument unchanged": ("normalise", lambda weights: weights),
    "arguments exchanged": ("elbo", lambda x, d, m, v: find("elbo").reference(d, x, m, v)),
    "rows of zeros": ("squash", lambda s: np.where(s.any(-1, keepdims=True), find("squash").reference(s), 1)),
    "one value of two with a sign": (
        "routing_step",
        lambda b, v: (find("routing_step").reference(b, v)[0], -find("routing_step").reference(b, v)[1]),
    ),
    "close": changed("cross_entropy", lambda loss: loss * (1 + 5e-5)),
    "a known mistake in some of the cases": (
        "squash",
        lambda s: s / np.linalg.norm(s, axis=-1, keepdims=True),
    ),
    "a list for a dictionary": ("diagnosis", [True]),
    "a function for a value": ("diagnosis", lambda: 1),
    "a missing key": ("diagnosis", {"a": True}),
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
    words["a case"] = repr(case("squash", 2))
    words["a case that is a picture in text"] = mask_case()
    words |= {f"no case: {name}": answer for name, answer in cases_that_cannot_be_opened()}
    words["an unknown hint"] = repr(hint("sqaush")).splitlines()[0]
    words["no solution yet"] = repr(solution("votes"))
    words["a last hint"] = [repr(hint("squash")) for _ in range(2)][-1]
    words["an unknown notebook"] = repr(progress("99")).splitlines()[0]
    return words


def mask_case() -> str:
    check("mask_iou", lambda a, b: 0.5)
    return repr(case("mask_iou", 2))


def cases_that_cannot_be_opened() -> Iterator[tuple[str, str]]:
    yield "not checked", repr(case("margin_loss"))
    check("margin_loss", None)
    yield "not attempted", repr(case("margin_loss"))
    check("margin_loss", find("margin_loss").reference)
    yield "right", repr(case("margin_loss"))
    check("margin_loss", 5)
    yield "no function", repr(case("margin_loss"))
    check("margin_loss", lambda lengths, labels: 0.5, hard=True)
    yield "a grader's", repr(case("margin_loss"))
    check("margin_loss", lambda lengths, labels: 0.5)
    yield "no such number", repr(case("margin_loss", 9))
    check("diagnosis", dict.fromkeys(find("diagnosis").reference, find("diagnosis").reference["A"]))
    yield "a value", repr(case("diagnosis"))


def test_messages_read_as_they_should() -> None:
    now = messages()
    if os.environ.get("GOLDEN") == "write":
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(json.dumps(now, indent=1, ensure_ascii=False) + "\n", "utf-8")
    assert now == json.loads(GOLDEN.read_text("utf-8"))
