"""What all tests share: no network, a cache of their own, quiet TensorFlow."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from wording import Fails, Wording

# Set before anything is imported, and inherited by every process a test starts.
os.environ["CAPSLAB_OFFLINE"] = "1"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
for name in ("CAPSLAB_DATASET", "NBGRADER_EXECUTION"):
    os.environ.pop(name, None)


@pytest.fixture(scope="session", autouse=True)
def _own_cache() -> Iterator[None]:
    """A cache of the tests' own, so that a developer's downloads neither help nor suffer."""
    with tempfile.TemporaryDirectory(prefix="capslab-test-") as folder:
        before = os.environ.get("CAPSLAB_HOME")
        os.environ["CAPSLAB_HOME"] = folder
        yield
        if before is None:
            del os.environ["CAPSLAB_HOME"]
        else:
            os.environ["CAPSLAB_HOME"] = before


@pytest.fixture(scope="session", autouse=True)
def _no_windows() -> None:
    """Figures are drawn without a display. Not through MPLBACKEND: kernels would inherit it."""
    import matplotlib

    matplotlib.use("Agg")


@pytest.fixture(autouse=True)
def _no_questions_asked_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test asks as in a fresh kernel: two tests may use one name for different questions."""
    if module := sys.modules.get("capslab.exercises.guess_record"):
        monkeypatch.setattr(module, "record", module.GuessRecord())


@pytest.fixture
def learner(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A learner alone, with a fresh record in a folder of their own."""
    from capslab import exercises
    from capslab.exercises import adopt_function, guess_record
    from capslab.exercises.kept_functions import KeptFunctions
    from capslab.exercises.progress_record import Record

    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    monkeypatch.setenv("CAPSLAB_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(exercises, "_record", Record())
    monkeypatch.setattr(guess_record, "record", guess_record.GuessRecord())
    monkeypatch.setattr(adopt_function, "kept", KeptFunctions())


@pytest.fixture
def wording(request: pytest.FixtureRequest, tmp_path: Path) -> Wording:
    """`wording(message)`: the message is what this test's golden file holds."""
    return Wording(request, tmp_path)


@pytest.fixture
def fails(request: pytest.FixtureRequest, tmp_path: Path) -> Fails:
    """`with fails(ArgumentError, "k"): …`: the block ends in this error, so worded."""
    return Fails(request, tmp_path)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out what needs the package index, unless it is asked for: `-m binder`."""
    if "binder" not in config.option.markexpr:
        config.hook.pytest_deselected(items=[one for one in items if one.get_closest_marker("binder")])
        items[:] = [one for one in items if not one.get_closest_marker("binder")]


#: seconds that each group of tests may take on a quiet core; printed beside the time taken, never asserted.
BUDGETS = {
    "browser": 600,
    "classroom": 120,
    "cli": 30,
    "clustering": 60,
    "course": 600,
    "data": 90,
    "exercises": 120,
    "labelfree": 60,
    "lessons": 90,
    "models": 150,
    "plots": 45,
    "routing": 30,
    "server": 40,
    "tools": 60,
    "training": 240,
    "widgets": 90,
    "": 240,  # the files beside this one
}
_seconds: dict[str, float] = {}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Adds up what each folder of tests takes, set-up and clean-up included."""
    parts = report.nodeid.split("::")[0].split("/")
    group = parts[1] if len(parts) > 2 else ""
    _seconds[group] = _seconds.get(group, 0.0) + report.duration


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line per group: what it took, and its budget."""
    if len(_seconds) < 3:
        return
    terminalreporter.section("seconds per group, and its budget")
    for group, seconds in sorted(_seconds.items(), key=lambda item: -item[1]):
        budget = BUDGETS.get(group)
        over = "  over its budget" if budget and seconds > budget else ""
        terminalreporter.write_line(f"{seconds:8.0f}  {budget or '-':>5}  tests/{group}{over}")
