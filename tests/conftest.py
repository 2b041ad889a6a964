"""What all tests share: no network, a cache of their own, quiet TensorFlow."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

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


@pytest.fixture
def learner(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A learner alone, with a fresh record in a folder of their own."""
    from capslab import exercises
    from capslab.exercises.progress_record import Record

    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    monkeypatch.setenv("CAPSLAB_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(exercises, "_record", Record())


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out what needs the package index, unless it is asked for: `-m binder`."""
    if "binder" not in config.option.markexpr:
        config.hook.pytest_deselected(items=[one for one in items if one.get_closest_marker("binder")])
        items[:] = [one for one in items if not one.get_closest_marker("binder")]
