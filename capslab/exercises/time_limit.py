"""How long a function takes, and an end to one that would take for ever."""

from __future__ import annotations

import contextlib
import ctypes
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

#: the clock that limits are measured with, in seconds; tests put one of their own here
clock: Callable[[], float] = time.perf_counter


class TooSlow(BaseException):
    """Raised inside a function that has used up its time. No `except Exception` of a learner's catches it."""


def seconds(function: Callable[..., Any], args: tuple[Any, ...], limit: float | None = None) -> float:
    """How many seconds one call takes.

    A call of Python code is stopped when it has taken longer than the limit. A single call of NumPy
    cannot be stopped, so after a longer one the limit is noticed when it returns.

    Raises
    ------
    TooSlow : if it takes longer than `limit`.
    """
    start = clock()
    with contextlib.nullcontext() if limit is None else _stopped_after(limit):
        function(*args)
    taken = clock() - start
    if limit is not None and taken > limit:
        raise TooSlow
    return taken


@contextlib.contextmanager
def _stopped_after(limit: float) -> Iterator[None]:
    """Raises TooSlow in the block once it has run for `limit` seconds, and again if something caught it."""
    thread = threading.get_ident()
    over, lock = threading.Event(), threading.RLock()
    raised = False

    def watch() -> None:
        nonlocal raised
        wait = limit
        while not over.wait(wait):
            with lock:  # after the block has ended, it would hit whatever runs then
                if not over.is_set():
                    raised = True
                    ctypes.pythonapi.PyThreadState_SetAsyncExc(
                        ctypes.c_ulong(thread), ctypes.py_object(TooSlow)
                    )
            wait = 0.2

    watcher = threading.Thread(target=watch, daemon=True)
    try:
        watcher.start()
    except RuntimeError:  # Python in a browser has no threads; there it runs as long as it takes
        yield
        return
    try:
        yield
    finally:
        while not over.is_set():
            with contextlib.suppress(TooSlow), lock:  # it may hit here, too
                over.set()
                if raised:  # one that is still on its way must not arrive later
                    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), None)
