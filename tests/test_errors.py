"""Errors keep their parts, and arrive whole in another process."""

from __future__ import annotations

import pickle

import pytest

from capslab.errors import ArgumentError


@pytest.mark.parametrize("received", [0, "three", lambda: None, [1, 2]])
def test_an_error_arrives_whole_in_another_process(received: object) -> None:
    error = ArgumentError("k", "a whole number", received, "Try k=10.")
    arrived = pickle.loads(pickle.dumps(error))
    assert type(arrived) is ArgumentError
    assert str(arrived) == str(error)
    assert (arrived.argument, arrived.expected, arrived.next_step) == ("k", "a whole number", "Try k=10.")
