"""How long a function takes, and an end to one that would take for ever."""

from __future__ import annotations

import contextlib
import ctypes
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np

#: the clock that limits are measured with, in seconds; tests put one of their own here
clock: Callable[[], float] = time.perf_counter

REPEAT, TRIES = 0.2, 25  # a function is asked to stop every 0.2 s, and left behind after 5 s


class TooSlow(BaseException):
    """Raised inside a function that has used up its time. No `except Exception` of a learner's catches it.

    Its argument says whether the function is still running, left behind.
    """


def seconds(function: Callable[..., Any], args: tuple[Any, ...], limit: float | None = None) -> float:
    """How many seconds one call takes.

    With a limit, the function runs in a thread of its own, where Python code is stopped when its time is
    over. A call of NumPy cannot be stopped; a long one is left behind.

    Raises
    ------
    TooSlow : if it takes longer than `limit`.

    Examples
    --------
    >>> seconds(sum, ([1, 2],), limit=10.0) < 10
    True
    """
    call = _Call(function, args)
    if limit is None or not _finished_in_a_thread(call, limit):
        call()
    if isinstance(call.error, TooSlow) or (limit is not None and call.seconds > limit):
        raise TooSlow(call.seconds == float("inf"))
    if call.error is not None:
        raise call.error
    return call.seconds


class _Call:
    """One call of a function, with what came of it."""

    def __init__(self, function: Callable[..., Any], args: tuple[Any, ...]) -> None:
        self.function, self.args = function, args
        self.seconds = float("inf")
        self.error: BaseException | None = None

    def __call__(self) -> None:
        with contextlib.suppress(TooSlow):  # it may come when the function has just returned
            start = clock()
            try:
                with np.errstate(all="ignore"):  # a thread has settings of its own
                    self.function(*self.args)
            except BaseException as error:
                self.error = error
            self.seconds = clock() - start


def _finished_in_a_thread(call: _Call, limit: float) -> bool:
    """Runs a call for about as long as it may take; False where there are no threads.

    What stops it is raised in its own thread, so that it can hit nothing else.
    """
    thread = threading.Thread(target=call, daemon=True)
    try:
        thread.start()
    except RuntimeError:  # Python in a browser; there it runs as long as it takes
        return False
    try:
        thread.join(limit)
    finally:  # an interrupt of the learner's stops it, too
        for _ in range(TRIES):
            if not thread.is_alive():
                break
            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(thread.ident or 0), ctypes.py_object(TooSlow)
            )
            thread.join(REPEAT)
    return True
