"""Consoles that lack some of our characters."""

from __future__ import annotations

import io
import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capslab.machine.console import missing_characters, print_readably, readable, twin

ENCODINGS = ["cp1252", "cp936", "cp437", "ascii", "latin-1", "utf-16", "utf-8"]


def printed(text: str, encoding: str, errors: str = "strict") -> str:
    """What a console of this encoding shows of a text."""
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding, errors=errors)
    print_readably(stream)
    stream.write(text)
    stream.flush()
    return raw.getvalue().decode(encoding)


@pytest.mark.parametrize(
    ("character", "plain"),
    [
        *[("✓", "ok"), ("×", "x"), ("…", "..."), ("–", "-"), ("−", "-"), ("→", "->"), ("é", "e"), ("û", "u")],
        *[
            ("½", "1/2"),
            ("²", "^2"),
            ("⁻", "^-"),
            ("₂", "2"),
            ("σ", "sigma"),
            ("Δ", "Delta"),
            ("λ", "lambda"),
        ],
    ],
)
def test_a_twin_is_what_one_would_type(character: str, plain: str) -> None:
    assert twin(character) == plain


def test_names_in_another_script_stay_apart() -> None:
    assert readable("猫", io.TextIOWrapper(io.BytesIO(), encoding="cp1252")) == r"\u732b"
    assert printed("猫", "cp437") != printed("狗", "cp437")


@given(st.text(), st.sampled_from(ENCODINGS))
def test_any_text_is_printed_on_any_console(text: str, encoding: str) -> None:
    text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    shown = printed(text, encoding)
    kept = [c for c in text if not missing_characters(io.TextIOWrapper(io.BytesIO(), encoding=encoding), c)]
    assert [c for c in kept if c in "\r\n" or c in shown] == kept
    assert "?" not in shown or "?" in "".join(map(twin, text)) or "?" in text


def test_a_lone_surrogate_and_the_bytes_of_an_undecodable_name() -> None:
    assert printed("\ud83d", "utf-8") == r"\ud83d"
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii", errors="surrogateescape")
    print_readably(stream)
    stream.write("\udcff ✓")
    stream.flush()
    assert raw.getvalue() == b"\xff ok"


def test_an_owners_choice_and_other_streams_are_left_alone() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="ignore")
    print_readably(stream, io.StringIO(), None, object())
    assert stream.errors == "ignore"


PROGRAM = """
import capslab as cl
from capslab.cli.diagnosis import Diagnosis
from capslab.training.history import History
from capslab.training.live_curve import Line
digits = cl.load("digits")
print(digits)
print(digits.report())
print(Diagnosis("a", "ok", "b", "c"), Diagnosis("a", "failed", "b"))
print(cl.check("squash", lambda s: s), cl.progress("10"))
line = Line("CapsNet on CPU", 2)
line.update({"loss": [1.0], "validation loss": [1.5]}, 1.0, 2.0, "loss 1.2")
line.finish(str(History({"loss": (1.0,)}, 1.0, "CPU")))
try:
    cl.load("mnits")
except Exception as error:
    print(error)
print("✓ × … – 猫")
"""


@pytest.mark.parametrize(("encoding", "last"), [("cp936", "ok × … – 猫"), ("ascii", r"ok x ... - \u732b")])
def test_every_line_of_a_script_is_printed(encoding: str, last: str) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, env=environment, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode(encoding).splitlines()[-1] == last
    assert "images of 8" in done.stdout.decode(encoding)
