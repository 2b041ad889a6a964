"""Verdicts survive the kernel, and no file can stop one."""

import json

import pytest

import capslab as cl
from capslab.lessons import verdict_record
from capslab.lessons.verdict_record import Kept, kept, path

pytestmark = pytest.mark.usefixtures("learner")


@pytest.fixture(autouse=True)
def _fresh(monkeypatch):
    monkeypatch.setattr(verdict_record, "_memory", {})


def judge(fact=False):
    return cl.verdict("vae-is-gan", fact=fact, evidence="no discriminator")


def test_a_verdict_is_kept_beside_the_progress():
    judge()
    content = json.loads(path().read_text("utf-8"))
    assert content["verdicts"] == {
        "vae-is-gan": {"outcome": "refuted", "number": "", "evidence": "no discriminator"}
    }
    assert path().name == "verdicts.json"
    assert kept() == {"vae-is-gan": Kept("refuted", "", "no discriminator")}
    judge(fact=True)
    assert kept()["vae-is-gan"].outcome == "holds"


def test_another_file_for_progress_has_another_file_for_verdicts(monkeypatch, tmp_path):
    monkeypatch.setenv("CAPSLAB_PROGRESS", str(tmp_path / "mine.json"))
    assert path() == tmp_path / "mine-verdicts.json"


def test_what_another_kernel_wrote_stays():
    judge()
    content = json.loads(path().read_text("utf-8"))
    content["verdicts"]["vae-clusters"] = {"outcome": "holds", "number": "+1", "evidence": ""}
    content["verdicts"]["of-tomorrow"] = {"result": "fine"}
    path().write_text(json.dumps(content), "utf-8")
    judge(fact=True)
    assert kept().keys() == {"vae-is-gan", "vae-clusters"}
    assert "of-tomorrow" in json.loads(path().read_text("utf-8"))["verdicts"]


@pytest.mark.parametrize("text", ["", "[]", "{", '{"version": 1}', '{"version": "x", "verdicts": 3}'])
def test_a_damaged_file_is_written_anew(text):
    path().parent.mkdir(parents=True, exist_ok=True)
    path().write_text(text, "utf-8")
    assert kept() == {}
    judge()
    assert kept()["vae-is-gan"].outcome == "refuted"


def test_the_file_of_a_newer_capslab_is_left_alone():
    path().parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"version": 99, "verdicts": {}})
    path().write_text(text, "utf-8")
    judge()
    assert path().read_text("utf-8") == text
    assert kept()["vae-is-gan"].outcome == "refuted"


def test_where_nothing_can_be_written_the_kernel_keeps_it(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CAPSLAB_PROGRESS", str(tmp_path / "file" / "progress.json"))
    judge()
    assert kept()["vae-is-gan"].outcome == "refuted"
