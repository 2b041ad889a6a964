"""What several test modules need to know of the checkout."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).parents[1]


def data_sets() -> list[str]:
    """The data sets that tests run on: the digits always, MNIST where CAPSLAB_DATA has it."""
    shared = os.environ.get("CAPSLAB_DATA")
    return ["digits", "mnist"] if shared and Path(shared, "mnist").is_dir() else ["digits"]
