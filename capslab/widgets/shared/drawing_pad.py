"""A view to draw on: strokes, the image they make, and questions about the newest image.

In JavaScript, in `js/src/shared`: pad_with_python.js, drawing_pad.js, ask_python.js, and the arithmetic
in strokes.js.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import traitlets as t

from capslab.data.strokes_to_image import PEN, SMALL, centred, inked
from capslab.errors import ArgumentError
from capslab.widgets.base import Array, shown
from capslab.widgets.traits import Float, Int


class Strokes(t.TraitType):
    """Lines of points (x, y) in 0…1, three decimals, as tuples; they travel both ways as lists."""

    default_value = ()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.tag(sync=True, to_json=lambda value, widget: [[list(p) for p in line] for line in value])

    def validate(self, obj: Any, value: Any) -> tuple[tuple[tuple[float, float], ...], ...]:
        try:
            lines = [np.asarray(line, float) for line in value]
        except (TypeError, ValueError):
            lines = [np.empty(0)]
        fits = all(line.ndim == 2 and line.shape[1:] == (2,) and len(line) for line in lines)
        if not fits or not all(((line >= 0) & (line <= 1)).all() for line in lines):
            raise ArgumentError(
                str(self.name),
                "a list of strokes, each a list of points (x, y) in 0…1",
                value,
                f"Try {self.name}=[[(0.5, 0.2), (0.5, 0.8)]].",
            )
        return tuple(tuple((x, y) for x, y in line.round(3).tolist()) for line in lines)


class Picture(Array):
    """The image on the pad: an array that either side may make and send to the other."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.tag(from_json=self._take, echo_update=False)

    def _take(self, value: Any, widget: Any) -> np.ndarray:
        shape = getattr(widget, str(self.name)).shape
        return np.frombuffer(bytes(value), np.uint8).reshape(shape)


class Drawable(t.HasTraits):
    """The drawing pad of a view, which overrides `_look` to react to a drawing.

    Attributes
    ----------
    strokes : lines of points (x, y) in 0…1, x to the right and y down; set them to draw from Python.
    pen : width of the pen as a share of the pad.
    drawing : the image they make, as a network sees it, uint8 `(h, w, c)`.
    """

    strokes = Strokes()
    pen = Float(PEN).tag(sync=True)
    drawing = Picture()
    asked = Int(0).tag(sync=True, echo_update=False)
    answered = Int(0).tag(sync=True)
    _quiet = True  # during construction, and while changes from the browser arrive

    @staticmethod
    def _blank(shape: Any) -> dict[str, Any]:
        """The traits of an empty pad for images of this shape. Small images need a thick pen."""
        pen = PEN if min(shape[:2]) >= SMALL else 0.12
        return {"drawing": np.zeros(tuple(int(n) for n in shape), np.uint8), "pen": pen}

    def _look(self, question: int | None = None) -> None:
        """React to the drawing; if the browser asked a question, set `answered` to its number."""
        raise NotImplementedError

    def _on_browser_strokes(self) -> None:
        """Update words and code after the browser sent its strokes."""

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take what the browser sends; it has made the image of its strokes itself."""
        self._quiet = True
        try:
            super().set_state(sync_data)  # type: ignore[misc]  # the other base class, View, has it
        finally:
            self._quiet = False

    @t.validate("pen")
    def _valid_pen(self, proposal: Any) -> float:
        value = proposal["value"]
        if not 0.02 <= value <= 0.2:
            raise ArgumentError("pen", "a share of the pad from 0.02 to 0.2", value, f"Try pen={PEN}.")
        return float(value)

    @t.observe("strokes", "pen")
    def _drawn(self, change: Any) -> None:
        if self._quiet:
            self._on_browser_strokes()
            return
        self.drawing = centred(inked(self.strokes, self.pen), self.drawing.shape)
        self._look()

    @t.observe("asked")
    @shown
    def _answer(self, change: Any) -> None:
        self._look(self.asked)


def for_one(piece: Any, method: Any, shape: tuple[int, ...]) -> Callable[[np.ndarray], np.ndarray]:
    """A function of one image: the Keras model `piece`, compiled, or else `method`, which takes a batch."""
    if piece is None:
        return lambda image: np.asarray(method(image[None]))[0]
    from capslab.models import backend

    return backend.for_one(piece, shape)
