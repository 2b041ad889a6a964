"""The file with a learner's functions: nothing lost, nothing overwritten that somebody else wrote."""

from __future__ import annotations

import json

import pytest

from capslab.exercises.function_source import Source
from capslab.exercises.kept_functions import VERSION, KeptFunctions
from capslab.exercises.progress_record import Record

pytestmark = pytest.mark.usefixtures("learner")

ONE, OTHER = Source("def f(x):\n    return x\n", "f"), Source("def g(x):\n    return −x\n", "g")


def written(content):
    path = KeptFunctions.path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return path


def test_it_stands_beside_the_progress(monkeypatch, tmp_path):
    assert KeptFunctions.path().parent == Record.path().parent
    assert KeptFunctions.path().name == "my_functions.json"
    monkeypatch.setenv("CAPSLAB_PROGRESS", str(tmp_path / "ada.json"))
    assert KeptFunctions.path() == tmp_path / "ada-my_functions.json"


def test_another_kernel_finds_what_was_kept():
    KeptFunctions().keep("squash", ONE)
    assert KeptFunctions().find("squash") == ONE
    assert KeptFunctions().find("votes") is None


def test_two_kernels_do_not_forget_each_other():
    one, other = KeptFunctions(), KeptFunctions()
    one.find("squash")
    other.find("squash")
    one.keep("squash", ONE)
    other.keep("votes", OTHER)
    one.keep("softmax", ONE)
    found = [KeptFunctions().find(name) for name in ("squash", "votes", "softmax")]
    assert found == [ONE, OTHER, ONE]


def test_the_newest_text_of_another_kernel_wins_over_memory():
    one, other = KeptFunctions(), KeptFunctions()
    one.keep("squash", ONE)
    other.keep("squash", OTHER)
    one.keep("votes", ONE)
    assert KeptFunctions().find("squash") == OTHER
    assert one.find("squash") == OTHER


def test_entries_that_we_do_not_know_stay():
    strange = {"of later": {"text": "x", "function": "f", "more": 1}, "broken": 3, "half": {"text": 1}}
    path = written({"version": VERSION, "functions": strange})
    kept = KeptFunctions()
    assert kept.find("broken") is None
    assert kept.find("half") is None
    kept.keep("squash", ONE)
    functions = json.loads(path.read_text())["functions"]
    assert functions.keys() == {*strange, "squash"}
    assert functions["broken"] == 3


DAMAGED = ["{", "[]", "3", '{"version": 1}', '{"version": 1, "functions": 3}', "\udcff", "[" * 100_000]


@pytest.mark.parametrize("content", DAMAGED, ids=range(len(DAMAGED)))
def test_a_damaged_file_is_put_aside_and_said(content):
    path = written("")
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
    kept = KeptFunctions()
    assert kept.find("squash") is None
    assert "my_functions.damaged" in kept.note
    written("{ once more")
    kept.keep("squash", ONE)
    assert KeptFunctions().find("squash") == ONE
    aside = sorted(one.name for one in path.parent.glob("*.damaged*"))
    assert aside == ["my_functions.damaged", "my_functions.damaged2"]
    assert path.with_suffix(".damaged").read_bytes() == content.encode("utf-8", "surrogateescape")


@pytest.mark.parametrize("version", [0, 2, "1", None])
def test_a_file_of_another_version_is_left_as_it_is(version, wording):
    path = written({"version": version, "functions": {"squash": "in some other form"}})
    before = path.read_text()
    kept = KeptFunctions()
    assert kept.find("squash") is None
    wording(kept.note)
    kept.keep("squash", ONE)
    assert kept.note
    assert path.read_text() == before
    assert kept.find("squash") == ONE  # as long as this kernel runs


def test_a_folder_that_cannot_be_written_is_said(monkeypatch, tmp_path, wording):
    (tmp_path / "a file").write_text("in the way")
    monkeypatch.setenv("CAPSLAB_HOME", str(tmp_path / "a file"))
    kept = KeptFunctions()
    kept.keep("squash", ONE)
    assert "CAPSLAB_HOME" in kept.note
    assert kept.find("squash") == ONE


def test_a_folder_in_the_place_of_the_file_is_said():
    KeptFunctions.path().mkdir(parents=True)
    kept = KeptFunctions()
    assert kept.find("squash") is None
    assert kept.note
    kept.keep("squash", ONE)
    assert kept.find("squash") == ONE
