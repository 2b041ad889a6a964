"""What `capslab doctor` says of unusual settings, and whether following it helps."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from capslab import _home
from capslab.cli import doctor, examine_settings
from capslab.cli.diagnosis import Diagnosis
from capslab.machine import keras_settings

Examination = Callable[[], Iterator[Diagnosis]]


def only(examination: Examination) -> Diagnosis:
    (finding,) = examination()
    return finding


@pytest.fixture(autouse=True)
def _usual(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine with nothing unusual, in an empty folder."""
    for name in ("KERAS_BACKEND", "KERAS_MAX_EPOCHS", "MPLBACKEND", "OMP_NUM_THREADS", "PYTHONIOENCODING"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("PYTHONPATH", "")
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="utf-8"))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")


SILENT = (
    "keras_backend",
    "keras_json",
    "training_limits",
    "console",
    "figures",
    "threads",
    "hidden_packages",
)


@pytest.mark.parametrize("name", SILENT)
def test_nothing_unusual_has_no_line(name: str) -> None:
    assert list(getattr(examine_settings, name)()) == []


def test_a_backend_that_is_missing_and_one_that_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    monkeypatch.setattr(keras_settings, "is_installed", lambda module: False)
    missing = only(examine_settings.keras_backend)
    assert missing.state == "failed"
    assert "KERAS_BACKEND is torch" in missing.message
    assert "pip install tensorflow" not in missing.advice
    monkeypatch.setattr(keras_settings, "is_installed", lambda module: True)
    there = only(examine_settings.keras_backend)
    assert (there.state, "PyTorch" in there.message) == ("warning", True)
    for step in (missing.advice, there.advice):
        assert "unset KERAS_BACKEND" in step
    monkeypatch.delenv("KERAS_BACKEND")  # the advice, followed
    assert list(examine_settings.keras_backend()) == []


def test_keras_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "keras").mkdir()
    file = tmp_path / "keras/keras.json"
    file.write_text(json.dumps({"floatx": "float8", "image_data_format": "channels_first"}))
    refused = only(examine_settings.keras_json)
    assert (refused.state, str(file) in refused.message, "float8" in refused.message) == (
        "failed",
        True,
        True,
    )
    file.write_text(json.dumps({"floatx": "float64", "image_data_format": "channels_first"}))
    unusual = only(examine_settings.keras_json)
    assert (unusual.state, "channels_first" in unusual.message) == ("warning", True)
    file.write_text(json.dumps({"backend": "jax"}))
    assert "KERAS_BACKEND=jax" in only(examine_settings.keras_json).advice
    monkeypatch.setenv("KERAS_BACKEND", "jax")  # the advice, followed
    assert list(examine_settings.keras_json()) == []
    file.unlink()
    monkeypatch.delenv("KERAS_BACKEND")
    assert list(examine_settings.keras_json()) == []


def test_variables_that_cut_trainings_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_MAX_EPOCHS", "1")
    assert "unset KERAS_MAX_EPOCHS" in only(examine_settings.training_limits).advice


def test_a_console_without_our_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="cp1252"))
    finding = only(examine_settings.console)
    assert ("cp1252" in finding.message, "PYTHONUTF8=1" in finding.advice) == (True, True)
    monkeypatch.setenv("PYTHONIOENCODING", "cp1252")
    assert "unset PYTHONIOENCODING" in only(examine_settings.console).advice


@pytest.mark.parametrize("name", ["foo", "module://nowhere_to_be_found.backend"])
def test_an_mplbackend_that_is_not_there(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MPLBACKEND", name)
    assert "unset MPLBACKEND" in only(examine_settings.figures).advice
    monkeypatch.setenv("MPLBACKEND", "agg")
    assert list(examine_settings.figures()) == []


def test_fonts_are_named_where_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("capslab.machine.fonts.families_for", lambda text: ([], text))
    finding = only(examine_settings.fonts)
    assert ("Chinese" in finding.message, "fonts-noto-cjk" in finding.advice) == (True, True)
    monkeypatch.setattr("capslab.machine.fonts.families_for", lambda text: (["Noto Sans CJK SC"], ""))
    assert list(examine_settings.fonts()) == []


@pytest.mark.parametrize("value", ["abc", "0", "-1", "2,x"])
def test_a_number_of_threads_that_is_none(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", value)
    assert repr(value) in only(examine_settings.threads).message
    monkeypatch.setenv("OMP_NUM_THREADS", "4,2")
    assert list(examine_settings.threads()) == []


def test_files_that_hide_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("keras.py").touch()
    Path("numpy").mkdir()
    Path("numpy/__init__.py").touch()
    Path("scipy").mkdir()  # holds no package
    Path("mine.py").touch()
    (tmp_path / "more").mkdir()
    (tmp_path / "more/random.py").touch()
    (tmp_path / "more/sklearn.py").touch()
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "more"))
    monkeypatch.syspath_prepend(str(tmp_path / "more"))  # as Python itself does
    found = {
        Path(finding.message.split(" is imported")[0]).name: finding
        for finding in examine_settings.hidden_packages()
    }
    assert set(found) == {"keras.py", "numpy", "random.py", "sklearn.py"}
    Path("keras.py").rename("keras_mine.py")  # the advice, followed
    assert "keras_mine.py" in found["keras.py"].advice
    assert Path("keras.py").absolute() not in examine_settings.shadowing_files()
    monkeypatch.setenv("PYTHONPATH", str(Path(doctor.__file__).parents[2]))  # a checkout hides nothing
    assert [path.name for path in examine_settings.shadowing_files()] == ["numpy"]


def test_a_home_that_stands_in_for_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_home, "borrowed", None)
    monkeypatch.setenv("HOME", "~")
    monkeypatch.setattr(_home.tempfile, "tempdir", str(tmp_path))
    _home.use_temporary_home()
    finding = only(doctor._home)
    assert ("has none" in finding.message, "CAPSLAB_HOME" in finding.advice) == (True, True)


def test_data_sets_that_may_not_or_can_be_downloaded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("CAPSLAB_DATA", raising=False)
    monkeypatch.setenv("CAPSLAB_HOME", str(tmp_path))
    monkeypatch.setenv("CAPSLAB_OFFLINE", "1")
    assert "unset CAPSLAB_OFFLINE" in only(doctor._data_sets).advice
    monkeypatch.delenv("CAPSLAB_OFFLINE")
    monkeypatch.setenv("https_proxy", "http://name:secret@proxy.example:3128")
    advice = only(doctor._data_sets).advice
    assert ("proxy.example:3128" in advice, "secret" in advice) == (True, False)


@pytest.mark.parametrize(
    ("script", "advice"),
    [
        ("raise ModuleNotFoundError(\"No module named 'tensorflow'\")", "pip install tensorflow"),
        ("raise ModuleNotFoundError(\"No module named 'keras.src'\")", "pip install keras"),
        ('raise ImportError("DLL load failed")', "pip install --force-reinstall tensorflow"),
        ("import os; os.kill(os.getpid(), 4)", "AVX"),
    ],
)
def test_a_tensorflow_that_cannot_be_imported(
    script: str, advice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "TENSORFLOW_SCRIPT", script)
    finding = only(doctor._tensorflow)
    assert (finding.state, advice in finding.advice) == ("failed", True)
    Path("keras.py").touch()  # then that is the more likely cause
    assert str(Path("keras.py").absolute()) in only(doctor._tensorflow).advice


def test_a_policy_of_half_precision_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = '{"tensorflow": "2", "keras": "3", "gpus": [], "ok": true, "policy": "mixed_float16"}'
    monkeypatch.setattr(doctor, "TENSORFLOW_SCRIPT", f"print('{answer}')")
    findings = {finding.subject: finding for finding in doctor._tensorflow()}
    assert "mixed_float16" in findings["precision"].message


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_on_a_console_without_our_characters_it_reports_all_the_same(encoding: str, tmp_path: Path) -> None:
    program = (
        "from capslab.cli import doctor, main\n"
        "from capslab.cli.diagnosis import Diagnosis\n"
        "doctor.EXAMINATIONS = (lambda: [Diagnosis('this', 'failed', 'α × 2', 'do …')],)\n"
        "main.main(['doctor'])\n"
    )
    environment = {
        **os.environ,
        "PYTHONIOENCODING": encoding,
        "PYTHONPATH": str(Path(doctor.__file__).parents[2]),
    }
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, env=environment, timeout=120)
    assert done.returncode == 1, done.stderr
    lines = done.stdout.decode(encoding).splitlines()
    assert lines[0].split() == ["x", "this", "alpha", "×" if encoding == "cp1252" else "x", "2"]
    assert lines[-1].endswith("the lines with x.")
    assert done.stderr == b""
