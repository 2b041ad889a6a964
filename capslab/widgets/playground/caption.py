"""What the network sandbox says: how good the network is, and why it is no better."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from capslab.widgets.playground.arithmetic import NetworkOutcome
from capslab.widgets.playground.points import DIGITS, PointSet
from capslab.widgets.shared.format_text import plain

OVERFIT = 1.15  # times its lowest value: the held-out loss has risen
LATELY = 0.8  # of the epochs: what the loss has done since then is what it does now
MOVES = 0.03  # of the loss: less is hardly a change


def share(value: float) -> str:
    """A share as a whole percentage, halves upwards as JavaScript rounds; 100 % only where it is all.

    >>> share(0.665), share(0.999), share(1.0)
    ('67 %', '99 %', '100 %')
    """
    whole = math.floor(100 * value + 0.5)
    return f"{whole if value in (0, 1) else min(99, max(1, whole))} %"


def loss_text(loss: float) -> str:
    """A loss with three decimals, a huge one without.

    >>> loss_text(0.69315), loss_text(1234.5678)
    ('0.693', '1235')
    """
    return plain(loss, 3) if loss < 100 else str(math.floor(loss + 0.5))


def words(points: PointSet, network: dict[str, Any], now: NetworkOutcome, dead: int) -> str:
    """The line of words; `networkWords` in js/src/playground/caption.js writes the same.

    Parameters
    ----------
    points : what the network learns from.
    network : the trait of the view: what the network was trained for, its loss curve, whether it failed.
    now : loss and accuracy.
    dead : how many hidden units are 0 at every training point.
    """
    data = network["of"][0]
    noun = "images" if data == DIGITS else "points"
    epoch = sum(epochs for epochs, _ in network["trained"])
    loss, right = f"loss {loss_text(now.loss)}", share(now.accuracy)
    if now.held_out_loss is None or now.held_out_accuracy is None:
        measured = f"{loss}, {right} of the training {noun} right (too few to hold any out)."
    else:
        measured = (
            f"{loss} on the training {noun}, {loss_text(now.held_out_loss)} on the held-out {noun}; "
            f"{right} and {share(now.held_out_accuracy)} of them right."
        )
    note = f" {points.note}" if points.note else ""
    return f"Epoch {epoch}: {measured} {happened(points, network, now, dead)}{note}"


def happened(points: PointSet, network: dict[str, Any], now: NetworkOutcome, dead: int) -> str:
    """Why the numbers are what they are, in one or two sentences, each of them computed."""
    if network["failed"]:
        return (
            f"Training blew up in epoch {network['failed']}: the weights grew beyond all bounds. "
            "Reset, and take a smaller learning rate."
        )
    if not network["trained"]:
        return "The weights are random: nothing is learned yet."
    if now.loss > 1.02 * network["history"][0][1]:
        return "The training loss is higher than at the start: the learning rate is too large."
    return f"{_limit(points, network, now, dead)}{_trend(network, now)}"


def _limit(points: PointSet, network: dict[str, Any], now: NetworkOutcome, dead: int) -> str:
    """What keeps this network from being better, if something does."""
    data, hidden, layers, activation, _ = network["of"]
    if not hidden or activation == "none":
        why = "Without a hidden layer" if not hidden else "Without an activation, layers add up to one, so"
        if data == DIGITS:
            return f"{why} each digit's score is one weighted sum of the pixels. "
        if points.line is None:
            return f"{why} all its borders are straight lines. "
        return (
            f"{why} its border is a straight line, and the best of all straight lines gets "
            f"{share(points.line)} of the training points right. "
        )
    if dead:
        units = hidden * layers
        return (
            f"{dead} of {units} hidden units {'is' if dead == 1 else 'are'} 0 for all training data: dead. "
        )
    if now.held_out_loss is None:
        return ""
    best = min(network["history"], key=lambda row: row[2])
    if now.held_out_loss <= OVERFIT * best[2] or now.loss >= best[1]:
        return ""
    lowest = f"{loss_text(best[2])} in epoch {best[0]}"
    return f"The held-out loss was lowest, {lowest}, and has risen since: it overfits. "


def _trend(network: dict[str, Any], now: NetworkOutcome) -> str:
    epoch = sum(epochs for epochs, _ in network["trained"])
    before = [row[1] for row in network["history"] if row[0] <= LATELY * epoch][-1]
    if now.loss < (1 - MOVES) * before:
        return "The training loss is still falling."
    if now.loss > (1 + MOVES) * before:
        return "The training loss went up again lately."
    return "The training loss hardly changes any more."


def dead_units(values: list[np.ndarray], activation: str) -> int:
    """How many units of the hidden layers are 0 for all rows; only ReLU can be.

    >>> dead_units([np.ones((3, 2)), np.array([[0, 1], [0, 0], [0, 2]]), np.ones((3, 1))], "relu")
    1
    """
    if activation != "relu":
        return 0
    return int(sum((layer.max(axis=0) <= 0).sum() for layer in values[1:-1]))
