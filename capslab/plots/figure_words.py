"""Words for whoever does not see a figure: lists, numbers, and what any figure can say about itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np


def listed(names: Iterable[Any], most: int = 8) -> str:
    """Names as one reads them out, the first of them if there are many.

    >>> listed("abc"), listed(range(20), most=3)
    ('a, b and c', '0, 1, 2 and 17 more')
    """
    texts = [str(name) for name in names]
    if len(texts) > most:
        texts = [*texts[:most], f"{len(texts) - most:,} more"]
    return texts[0] if len(texts) == 1 else " and ".join(filter(None, [", ".join(texts[:-1]), *texts[-1:]]))


def number(value: float) -> str:
    """A number with three digits and a proper minus.

    >>> number(-0.12345), number(12345)
    ('−0.123', '12,345')
    """
    text = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    return text.replace("-", "−")


def plural(count: int, thing: str, several: str = "") -> str:
    """`1 image`, `12,000 images`, `2 boxes`.

    >>> plural(1, "image"), plural(2, "box", "boxes")
    ('1 image', '2 boxes')
    """
    return f"{count:,} {thing if count == 1 else several or thing + 's'}"


def any_figure(figure: Any) -> str:
    """What a figure says by its titles, axis labels and lines, if nobody wrote it down."""
    parts = [figure.get_suptitle(), *(_any_axes(axes) for axes in figure.axes if axes.get_visible())]
    text = "; ".join(filter(None, dict.fromkeys(parts)))
    return text or f"A picture of {plural(len(figure.axes), 'part')} without titles"


def _any_axes(axes: Any) -> str:
    """Title, labels, and the range of each line or bar."""
    labels = " against ".join(filter(None, [axes.get_ylabel(), axes.get_xlabel()]))
    parts = [axes.get_title(), labels]
    for line in axes.lines:
        y = np.asarray(line.get_ydata(), dtype=float)
        name = str(line.get_label())
        name = "a line" if name.startswith("_") else name
        if len(y) > 1 and np.isfinite(y).any():
            parts.append(f"{name} from {number(y[0])} to {number(y[-1])}")
    if axes.containers:
        widths = [patch.get_width() for bars in axes.containers for patch in bars]
        names = [tick.get_text() for tick in axes.get_yticklabels()]
        if len(names) == len(widths) and all(names):
            pairs = (f"{name} {number(width)}" for name, width in zip(names, widths, strict=True))
            parts.append(listed(pairs, 12))
    return ": ".join(filter(None, [", ".join(filter(None, parts[:2])), ", ".join(parts[2:])]))
