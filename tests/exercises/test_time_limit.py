"""How long a function takes is read off a clock of ours here; only endless loops are really stopped."""

from __future__ import annotations

import contextlib
import threading

import numpy as np
import pytest

from capslab.exercises import time_limit
from capslab.exercises.time_limit import TooSlow, seconds


def test_it_takes_what_the_clock_says(monkeypatch):
    monkeypatch.setattr(time_limit, "_finished_in_a_thread", lambda call, limit: False)
    monkeypatch.setattr(time_limit, "clock", iter([3.0, 3.25]).__next__)
    assert seconds(np.add, (1, 2), limit=1.0) == 0.25


def test_a_call_that_came_back_too_late_is_too_slow(monkeypatch):
    monkeypatch.setattr(time_limit, "_finished_in_a_thread", lambda call, limit: False)
    monkeypatch.setattr(time_limit, "clock", iter([0.0, 1.5]).__next__)
    with pytest.raises(TooSlow):
        seconds(np.add, (1, 2), limit=1.0)


def endless():
    while True:
        pass


def endless_and_stubborn():
    tries = 0
    while True:
        try:
            endless()
        except BaseException:
            tries += 1
            if tries > 2:
                raise


@pytest.mark.parametrize("function", [endless, endless_and_stubborn])
def test_an_endless_loop_is_stopped(function):
    with pytest.raises(TooSlow):
        seconds(function, (), limit=0.05)


def test_nothing_is_stopped_afterwards():
    """Many short calls that end about when their time does: no exception may arrive after them."""
    for _ in range(200):
        with contextlib.suppress(TooSlow):
            seconds(np.linalg.inv, (np.eye(30),), 1e-4)
    assert sum(range(100_000)) == 4_999_950_000


def test_a_call_that_cannot_be_stopped_is_left_behind(monkeypatch):
    """As one long call of NumPy would be: what stops Python code waits until it returns."""
    ended = threading.Event()
    monkeypatch.setattr(time_limit, "TRIES", 2)
    with pytest.raises(TooSlow) as slow:
        seconds(ended.wait, (), limit=0.01)
    assert slow.value.args == (True,)
    ended.set()


def test_an_error_of_the_function_passes_through():
    with pytest.raises(ZeroDivisionError):
        seconds(lambda: 1 / 0, (), limit=10.0)
