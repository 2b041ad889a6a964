"""What several test modules need to know of the checkout."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]


def data_sets() -> list[str]:
    """The data sets that tests run on: the digits always, MNIST where CAPSLAB_DATA has it."""
    shared = os.environ.get("CAPSLAB_DATA")
    return ["digits", "mnist"] if shared and Path(shared, "mnist").is_dir() else ["digits"]


def numbers_in(words: str) -> list[str]:
    """The numbers of a sentence, as they are printed, so that their rounding is tested too.

    >>> numbers_in("z2 = +1.50σ, 25 % of 70,000; pose[1] at −0.5.")
    ['+1.50', '25', '70,000', '1', '−0.5']
    """
    return re.findall(r"(?<![\w.])[+−-]?\d[\d,]*(?:\.\d+)?(?<!,)", words)


@contextmanager
def full_disk(room: int = 0) -> Iterator[None]:
    """A disk on which no file can grow past `room` bytes (POSIX)."""
    import resource

    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
