"""Helpers that all figures share, and the scale of signed values; groups have theirs in `colours.py`."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from capslab.errors import ArgumentError
from capslab.plots.colours import ink_on, palette
from capslab.plots.fallback_fonts import fallback_fonts
from capslab.plots.figure_words import any_figure
from capslab.plots.fitted_text import apart, inches, shortened

_NEGATIVE, _POSITIVE, _MIDDLE = np.array([0, 92, 171]), np.array([194, 65, 0]), 247
INK = "#222222"


def _diverging() -> LinearSegmentedColormap:
    x = np.linspace(-1, 1, 255)[:, None]  # (255, 1)
    end = np.where(x < 0, _NEGATIVE, _POSITIVE)  # (255, 3)
    colours = _MIDDLE + (end - _MIDDLE) * np.sqrt(np.abs(x))
    return LinearSegmentedColormap.from_list("capslab", np.round(colours) / 255, N=255)


#: −1…1 to blue, white, vermilion: the hue shows the sign, the depth the size
DIVERGING = _diverging()


class NotebookFigure(Figure):
    """A figure that a notebook shows as a cell's value, whether or not pyplot was imported.

    Its texts may be in any script that some font of this machine has.

    Attributes
    ----------
    words : what the figure shows, in a sentence with its numbers; whoever draws it sets this.
    """

    words: str = ""

    def draw(self, renderer: Any) -> None:
        with fallback_fonts(self):
            super().draw(renderer)

    def _repr_png_(self) -> tuple[bytes, dict[str, Any]]:
        buffer = io.BytesIO()
        self.savefig(buffer, format="png", dpi=120)
        return buffer.getvalue(), {"width": round(80 * self.get_figwidth()), "alt": self.alt_text}

    @property
    def alt_text(self) -> str:
        """A text instead of the picture, at most 600 characters: `words`, or its titles and labels."""
        text = " ".join((self.words or any_figure(self)).split())
        return text if len(text) <= 600 else text[:599] + "…"


def new_figure(width: float, height: float) -> NotebookFigure:
    """An empty figure of a size in inches, whose parts do not overlap."""
    return NotebookFigure(figsize=(width, height), layout="constrained")


def plain(axes: Axes) -> Axes:
    """Axes without frame and ticks, for pictures."""
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_visible(False)
    return axes


def open_axes(axes: Axes, x: str, y: str) -> Axes:
    """Axes with labels and without a frame, for measurements."""
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.spines[["top", "right"]].set_visible(False)
    return axes


def badge(axes: Axes, position: Any, number: int, text: str, size: float = 9) -> None:
    """The name of group `number`, on its colour, at a position `(x, y)`."""
    box = {"boxstyle": "round,pad=0.25", "facecolor": palette(number), "edgecolor": "white"}
    axes.annotate(
        text,
        position,
        ha="center",
        va="center",
        fontsize=size,
        weight="bold",
        color=ink_on(palette(number)),
        bbox=box,
    )


def badges(axes: Axes, positions: Any, numbers: Any, texts: Sequence[str], size: float = 9) -> None:
    """The names of groups near their positions `(n, 2)`, moved apart where they would lie on each other.

    A thin line leads from a name that was moved to its place. Call it when all else is drawn: names are
    placed by the size that the axes have then, and their limits stay.
    """
    whole: Any = axes.get_figure()
    whole.figure.draw_without_rendering()  # only now the axes have their size and equal scales
    if axes.get_adjustable() == "datalim":
        axes.set_aspect("auto")  # the limits give equal scales already, and are kept from here on
    low, high = np.array([axes.get_xlim(), axes.get_ylim()]).T
    axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
    at = np.asarray(positions, float).reshape(-1, 2)
    texts = [shortened(text, 1.4, size, bold=True) for text in texts]
    widths = [inches(text, size, bold=True) + 0.11 for text in texts]
    boxes = np.stack([widths, np.full(len(texts), 1.9 * size / 72)], axis=1)
    room = np.asarray(axes.get_window_extent().size) / whole.figure.dpi
    scale = room / (high - low)
    moved = apart((at - low) * scale, boxes, room) / scale + low
    for start, end, box, number, text in zip(at, moved, boxes, numbers, texts, strict=True):
        if (np.abs(end - start) * scale > box / 2).any():
            axes.plot(*np.stack([start, end]).T, color=palette(int(number)), linewidth=0.8, zorder=2.5)
        badge(axes, end, int(number), text, size)


def cluster_names(numbers: int | Iterable[int]) -> list[str]:
    """Letters for clusters, given their numbers or how many there are.

    >>> cluster_names(3), cluster_names([1, 26])
    (['A', 'B', 'C'], ['B', 'AA'])
    """
    from capslab.clustering.cluster_names import cluster_name  # with it comes all of scikit-learn

    return [cluster_name(int(i)) for i in (range(numbers) if isinstance(numbers, int) else numbers)]


def pixels(images: Any, argument: str = "images") -> np.ndarray:
    """Images of any form as float32 `(n, h, w, c)` in 0…1, where c is 1 or 3.

    Takes `Images`, uint8 0…255 or floats 0…1, `(n, h, w)` or `(n, h, w, c)`.
    """
    array = np.asarray(getattr(images, "images", images))
    if array.ndim == 3:
        array = array[..., None]
    if array.ndim != 4 or array.shape[-1] not in (1, 3) or not array.size:
        raise ArgumentError(
            argument,
            "images of shape (n, h, w), (n, h, w, 1) or (n, h, w, 3)",
            images,
            f"{argument}[None] makes one image a set of one." if array.ndim == 2 else "Try cl.load()[:10].",
        )
    scaled = array.astype(np.float32) / (255 if array.dtype == np.uint8 else 1)
    return np.clip(scaled, 0, 1)


def draw_image(axes: Axes, image: np.ndarray) -> None:
    """Show one image `(h, w, c)` in 0…1; grey images are white on black, as in the data sets."""
    grey = image.shape[-1] == 1
    plain(axes).imshow(
        image[..., 0] if grey else image, cmap="gray", vmin=0, vmax=1, interpolation="nearest", aspect="equal"
    )


def mosaic(images: np.ndarray, columns: int, gap: int = 1) -> np.ndarray:
    """Images `(n, h, w, c)` in 0…1 side by side in one image, with white gaps of `gap` pixels."""
    n, h, w, c = images.shape
    rows = -(-n // columns)
    canvas = np.ones((rows * (h + gap) - gap, columns * (w + gap) - gap, c), dtype=np.float32)
    for i, image in enumerate(images):
        top, left = i // columns * (h + gap), i % columns * (w + gap)
        canvas[top : top + h, left : left + w] = image
    return canvas


def as_many(argument: str, values: Any, n: int) -> list[Any]:
    """The values as a list, if there are n of them; otherwise an error in words."""
    listed = list(values)
    if len(listed) != n:
        raise ArgumentError(argument, f"{n} of them", listed, f"Give one for each of the {n}.")
    return listed
