"""The cell that makes the course run on Google Colab, and does nothing anywhere else."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from common import ROOT
from IPython.core.interactiveshell import InteractiveShell

from capslab.course.editions import edition


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """IPython's own files stay in the test's folder."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))


def the_cell() -> str:
    """The first code cell of 00."""
    book = edition(ROOT / "notebooks/src/00_start_here.py")
    return next(cell.source for cell in book.cells if cell.cell_type == "code")


def run(cell: str) -> list[str]:
    """Runs a cell as a kernel would; what it asked of pip."""
    asked: list[str] = []
    shell = InteractiveShell()
    shell.register_magic_function(asked.append, "line", "pip")
    shell.run_cell(cell).raise_error()
    return asked


def test_on_colab_it_installs_the_course_and_lets_views_show(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    output: Any = ModuleType("google.colab.output")
    output.enable_custom_widget_manager = lambda: calls.append("enabled")
    colab: Any = ModuleType("google.colab")
    colab.output = output
    monkeypatch.setitem(sys.modules, "google.colab", colab)
    monkeypatch.setitem(sys.modules, "google.colab.output", output)
    repository = re.search(r"git clone (\S+)", (ROOT / "README.md").read_text("utf-8"))
    assert repository
    assert run(the_cell()) == [f"install -q git+{repository[1]}"]
    assert calls == ["enabled"]


def test_anywhere_else_it_does_nothing() -> None:
    assert "google.colab" not in sys.modules
    assert run(the_cell()) == []


def test_the_readme_has_the_same_cell_and_a_badge_to_the_notebook_that_holds_it() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert f"```python\n{the_cell()}\n```" in readme
    (address,) = re.findall(r"\]\((https://colab\.research\.google\.com/github/[^)]+)\)", readme)
    assert (ROOT / Path(address.split("/blob/HEAD/")[1])).is_file()
