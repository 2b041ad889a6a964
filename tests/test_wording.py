"""The golden files: what changed is noticed, writing again mends it, and no sentence outlives its test."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from common import ROOT
from wording import Fails, Wording

from capslab.errors import ArgumentError


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A test of another module, with a golden file that is written by `toy(kind)(…)` under GOLDEN=write."""
    monkeypatch.delenv("GOLDEN", raising=False)
    request: Any = SimpleNamespace(path=tmp_path / "test_toy.py", node=SimpleNamespace(name="test_a[1]"))
    return lambda kind: kind(request, tmp_path)


def written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOLDEN", "write")
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)


def test_a_sentence_is_compared_and_written_again(
    toy: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(AssertionError):
        toy(Wording)("Never seen.")
    with monkeypatch.context() as patch:
        written(patch)
        first = toy(Wording)
        first(f"Nothing in {tmp_path}.")
        first("And a second one.")
    held = json.loads((tmp_path / "golden/test_toy.json").read_text("utf-8"))
    assert held == {"test_a[1]": "Nothing in TMP.", "test_a[1], 2": "And a second one."}
    again = toy(Wording)
    again(f"Nothing in {tmp_path}.")
    with pytest.raises(AssertionError):
        again("And another second one.")


def test_several_processes_do_not_write_one_file(toy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOLDEN", "write")
    monkeypatch.setenv("PYTEST_XDIST_WORKER", "gw0")
    with pytest.raises(AssertionError, match="-n 0"):
        toy(Wording)("Never seen.")


@pytest.mark.parametrize(
    "expected",
    [
        {"kind": TypeError},
        {"argument": "n"},
        {"argument": "k", "received": 1},
        {"argument": "k", "names": "k=11"},
        {"argument": "k", "names": ("k=10", "digits")},
    ],
)
def test_another_error_argument_value_or_name_is_noticed(
    toy: Any, monkeypatch: pytest.MonkeyPatch, expected: dict[str, Any]
) -> None:
    def block(kind: Any = ArgumentError, **more: Any) -> None:
        with toy(Fails)(kind, **more):
            raise ArgumentError("k", "a whole number from 1", 0, "Try k=10.")

    with monkeypatch.context() as patch:
        written(patch)
        block(argument="k", received=0, names=("k=10", "whole"))
    block(argument="k", received=0, names="k=10")
    with pytest.raises((AssertionError, ArgumentError)):
        block(**expected)


def test_a_block_that_does_not_fail_is_noticed(toy: Any) -> None:
    with pytest.raises(pytest.fail.Exception), toy(Fails)(ArgumentError):
        pass


@pytest.mark.parametrize(
    "golden", sorted(ROOT.glob("tests/**/golden/test_*.json")), ids=lambda path: path.stem
)
def test_every_sentence_belongs_to_a_test(golden: Path) -> None:
    module = golden.parents[1] / f"{golden.stem}.py"
    tests = {
        one.name for one in ast.parse(module.read_text("utf-8")).body if isinstance(one, ast.FunctionDef)
    }
    named = {key.split("[")[0].split(",")[0] for key in json.loads(golden.read_text("utf-8"))}
    assert named <= tests
