"""Where training shows itself: the view that was registered, or a line."""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import capslab
from capslab.training import live_curve

TITLE = "CapsNet on CPU"


class View:
    pictured = False

    def __init__(self, **arguments: Any) -> None:
        self.arguments = arguments


@pytest.fixture
def notebook(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """As if in Jupyter; gives what was put on the page."""
    shown: list[Any] = []
    monkeypatch.setattr(live_curve, "in_notebook", lambda: True)
    monkeypatch.setattr("IPython.display.display", shown.append)
    monkeypatch.setattr(live_curve, "_notebook_display", live_curve._notebook_display)
    return shown


@pytest.mark.parametrize("factory", [View, "some_views:View"])
def test_a_notebook_shows_the_view_that_was_registered(
    notebook: list[Any], factory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "some_views", SimpleNamespace(View=View))  # type: ignore[misc]
    live_curve.register_display(factory)
    view = live_curve.display(TITLE, 3, ["loss"], None)
    assert type(view).__name__ == "View"
    assert notebook == [view]
    assert notebook[0].arguments == {"title": TITLE, "epochs": 3, "metrics": ["loss"]}


def test_without_a_view_there_is_a_line_and_without_show_nothing(notebook: list[Any]) -> None:
    live_curve.register_display(None)
    assert isinstance(live_curve.display(TITLE, 3, ["loss"], True), live_curve.Line)
    assert live_curve.display(TITLE, 3, ["loss"], False) is None
    assert notebook == []


def test_the_package_registers_its_view(notebook: list[Any]) -> None:
    from capslab.widgets import TrainingView

    view = live_curve.display(TITLE, 3, ["loss"], None)
    assert isinstance(view, TrainingView)


def test_training_imports_no_widget() -> None:
    for file in (Path(capslab.__file__).parent / "training").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += (
                [alias.name for alias in node.names] if isinstance(node, (ast.Import, ast.ImportFrom)) else []
            )
            assert not any("widget" in name for name in names), file.name
