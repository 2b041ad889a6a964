"""A network as it travels between Python and the browser: for which settings, how trained, its weights."""

from __future__ import annotations

from typing import Any

import numpy as np

from capslab.errors import ArgumentError, is_whole


def fresh(settings: list[Any]) -> dict[str, Any]:
    """The network before training, whose weights and first loss the seed gives.

    Returns
    -------
    dict : `of`, the settings (data, hidden, layers, activation, seed); `trained`, pairs of epochs and
        learning rate; `weights`, all in one row, or None before training; `history`, rows of epoch, loss and
        held-out loss, or None before training; `failed`, the epoch in which training blew up, or 0.
    """
    return {"of": list(settings), "trained": [], "weights": None, "history": None, "failed": 0}


def epoch_of(network: dict[str, Any]) -> int:
    """How many epochs a network was trained for."""
    return int(sum(epochs for epochs, _ in network["trained"]))


def check_network(value: Any, settings: list[Any], count: int) -> dict[str, Any]:
    """The network, if it belongs to these settings and has so many finite weights."""

    def fail(expected: str) -> ArgumentError:
        step = "Leave it alone: it follows the other settings and the training."
        return ArgumentError("network", expected, value, step)

    keys = {"of", "trained", "weights", "history", "failed"}
    if not isinstance(value, dict) or set(value) != keys:
        raise fail(f"a dictionary with {', '.join(sorted(keys))}")
    if value["of"] != settings:
        raise fail(f"the network of the settings {settings}")
    if not _numbers(value["trained"], 2) or not all(is_whole(part[0]) for part in value["trained"]):
        raise fail("a list of [epochs, learning rate] as `trained`")
    history, weights = value["history"], value["weights"]
    if history is None and weights is None and not value["trained"]:
        return value
    if (
        not isinstance(history, list)
        or not history
        or not _numbers([row[:2] if isinstance(row, list) else row for row in history], 2)
    ):
        raise fail("rows of epoch, loss and held-out loss as `history`")
    if not isinstance(weights, list) or not _numbers([weights], count):
        raise fail(f"{count} finite numbers as `weights`")
    return value


def _numbers(rows: Any, columns: int) -> bool:
    """Whether these are rows of so many finite numbers."""
    if not isinstance(rows, list) or not all(isinstance(row, list) and len(row) == columns for row in rows):
        return False
    try:
        return bool(np.isfinite(np.asarray(rows, float)).all())
    except (TypeError, ValueError):
        return False
