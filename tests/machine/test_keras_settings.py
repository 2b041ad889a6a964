"""KERAS_BACKEND and keras.json, read without Keras."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from capslab.machine import keras_settings as ks


def test_a_backend_that_is_there_is_no_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ks, "is_installed", lambda module: True)
    for name in ("", " ", "tensorflow", "jax", "torch"):
        assert ks.backend_problem({"KERAS_BACKEND": name}) == ("", "")
    assert ks.backend_problem({}) == ("", "")


def test_a_backend_that_is_missing_or_unknown_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ks, "is_installed", lambda module: module == "tensorflow")
    problem, advice = ks.backend_problem({"KERAS_BACKEND": "torch"})
    assert problem == "KERAS_BACKEND is torch, and PyTorch is not installed"
    assert "unset KERAS_BACKEND" in advice
    assert "pip install torch" in advice
    problem, advice = ks.backend_problem({"KERAS_BACKEND": "Tensorflow"})
    assert "'Tensorflow'" in problem
    assert "'tensorflow'" in advice
    assert "cannot" not in ks.backend_problem({"KERAS_BACKEND": "numpy"})[1]
    assert ks.backend_problem({"KERAS_BACKEND": "numpy"})[0]


def test_advice_for_tensorflow_is_only_given_for_tensorflow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ks, "is_installed", lambda module: False)
    assert ks.backend_problem({})[1] == "Install it: pip install tensorflow"
    for name in ("jax", "torch", "numpy", "nonsense"):
        assert "pip install tensorflow" not in ks.backend_problem({"KERAS_BACKEND": name})[1]


def test_keras_json_is_found_and_read(tmp_path: Path) -> None:
    file = ks.settings_file({"KERAS_HOME": str(tmp_path)})
    assert file == tmp_path / "keras.json"
    assert ks.read_settings(file) == {}
    for text in ("{", "[]", "\xff"):
        file.write_bytes(text.encode("latin-1"))
        assert ks.read_settings(file) == {}
    file.write_text(json.dumps({"floatx": "float64", "epsilon": 1e-7, "image_data_format": "channels_first"}))
    settings = ks.read_settings(file)
    assert ks.unusual_settings(settings) == {"image_data_format": "channels_first", "floatx": "float64"}
    assert ks.refused_settings(settings) == {}
    assert ks.refused_settings({"epsilon": "small", "image_data_format": "hwc"}) == {
        "image_data_format": "hwc",
        "epsilon": "small",
    }


def test_why_keras_could_not_be_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    (tmp_path / "keras.json").write_text("{}")
    error: Exception = ValueError("Invalid `floatx` configuration.")
    assert str(tmp_path / "keras.json") in ks.import_problem(error)[1]
    error = ImportError("DLL load failed")
    assert "keras.json" not in ks.import_problem(error)[1]
    assert "DLL load failed" in ks.import_problem(error)[0]
    missing = ModuleNotFoundError("No module named 'keras'", name="keras")
    assert ks.import_problem(missing)[1] == "Install it: pip install keras"
