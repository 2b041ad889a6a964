"""Texts that stay where there is room for them: broken into lines, shortened, or moved apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from capslab.plots.svg_canvas import text_width

ELLIPSIS = "…"


def inches(text: str, points: float, bold: bool = False) -> float:
    """How wide the widest line of a text is in matplotlib's own font."""
    return max(text_width(line, points, bold) for line in text.split("\n")) / 72


def shortened(text: str, room: float, points: float, bold: bool = False) -> str:
    """The text, or as much of it as fits `room` inches and three dots.

    >>> shortened("a long name", 0.5, 10), shortened("short", 2, 10)
    ('a lon…', 'short')
    """
    if inches(text, points, bold) <= room:
        return text
    kept = len(text) - 1
    while kept > 1 and inches(text[:kept].rstrip() + ELLIPSIS, points, bold) > room:
        kept -= 1
    return text[:kept].rstrip() + ELLIPSIS


def in_lines(text: str, room: float, points: float, most: int = 3, bold: bool = False) -> str:
    """The text in at most `most` lines of `room` inches; what has no room is left out, with three dots.

    >>> in_lines("one two three four", 0.6, 10, most=2)
    'one two\\nthree…'
    """
    lines: list[str] = []
    words = text.split()
    for i, word in enumerate(words):
        if lines and inches(f"{lines[-1]} {word}", points, bold) <= room:
            lines[-1] += f" {word}"
        elif len(lines) < most:
            lines.append(shortened(word, room, points, bold))
        else:
            lines[-1] = shortened(" ".join([lines[-1], *words[i:]]), room, points, bold)
            if not lines[-1].endswith(ELLIPSIS):
                lines[-1] += ELLIPSIS
            break
    return "\n".join(lines)


def apart(middles: Any, sizes: Any, room: Sequence[float], rounds: int = 400) -> np.ndarray:
    """Boxes moved as little as possible so that none lies on another.

    Parameters
    ----------
    middles : where the boxes would like to be, `(n, 2)`.
    sizes : their widths and heights, `(n, 2)`.
    room : width and height of the area from (0, 0) that they stay in, in the same unit. If it is too small
        for all of them, some still overlap.

    Returns
    -------
    The middles, `(n, 2)`.
    """
    at, size = np.array(middles, float), np.asarray(sizes, float)
    low, high = size / 2, np.maximum(np.asarray(room, float) - size / 2, size / 2)
    # Boxes in the very same place need a direction to part in; each gets one of its own.
    turns = 2.4 * np.arange(len(at))
    at = np.clip(at + 1e-3 * size * np.stack([np.cos(turns), np.sin(turns)], axis=1), low, high)
    for _ in range(rounds):
        difference = at[:, None] - at[None]  # (n, n, 2)
        overlap = (size[:, None] + size[None]) / 2 * 1.02 - np.abs(difference)
        overlap[np.arange(len(at)), np.arange(len(at))] = -1
        touching = (overlap > 0).all(axis=2)
        if not touching.any():
            break
        # Along the direction in which they overlap less, each gives way by half.
        along = np.where(overlap[..., 0] <= overlap[..., 1], 0, 1)
        push = np.zeros_like(difference)
        rows, columns = np.nonzero(touching)
        axis = along[rows, columns]
        sign = np.where(difference[rows, columns, axis] < 0, -1.0, 1.0)
        push[rows, columns, axis] = sign * overlap[rows, columns, axis] / 2
        at = np.clip(at + 0.6 * push.sum(axis=1), low, high)
    return at
