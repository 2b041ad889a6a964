"""What every live view has: words, code, state, a static picture, errors that show.

A view is an anywidget. Python holds validated state in traits; a JavaScript module draws
it on a canvas. The modules are written in `js/src`, one folder per view, and built into one
file per view in `static/` (`make js`); the built files are committed, so that installing
capslab needs no Node.

Arrays go to the browser once, as bytes: `Array` here, `unpack` in `js/src/shared/arrays.js`.
"""

from __future__ import annotations

import functools
import io
import json
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import traitlets as t

from capslab.errors import ArgumentError, Verbatim

STATIC = Path(__file__).parent / "static"


def module(view: str) -> str:
    """The JavaScript module of a view, as `make js` built it from `js/src/<view>`."""
    return (STATIC / f"{view}.js").read_text("utf-8")


def style(view: str) -> str:
    """The style sheet of a view: what all views share, then its own below `.caps-of-<view>`.

    All views of a notebook share one page; the nesting keeps one view's rules from another's parts.
    """
    return (STATIC / f"{view}.css").read_text("utf-8")


def fill(template: str, **values: Any) -> str:
    """Puts values where `⟨name⟩` stands; `fill` in js/src/shared/format_text.js does the same.

    >>> fill("path.at(⟨k⟩)", k=10)
    'path.at(10)'
    """
    for name, value in values.items():
        template = template.replace(f"⟨{name}⟩", str(value))
    return template


class Array(t.Instance):
    """A trait that holds a NumPy array and sends it to the browser as bytes, once.

    In JavaScript: `unpack(model.get("name"))` gives `{data, shape}` with a typed array.
    Only uint8, int32 and float32 travel; anything else is a programming error.
    """

    KINDS = frozenset({"uint8", "int32", "float32"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(np.ndarray, allow_none=True, default_value=None, **kwargs)
        self.tag(sync=True, to_json=self._pack, from_json=self._refuse)

    def _pack(self, value: np.ndarray | None, widget: Any) -> dict[str, Any] | None:
        if value is None:
            return None
        kind = str(value.dtype)
        if kind not in self.KINDS:
            raise TypeError(f"{self.name}: arrays travel as {sorted(self.KINDS)}, not {kind}")
        return {"dtype": kind, "shape": list(value.shape), "data": np.ascontiguousarray(value).data}

    def _refuse(self, value: Any, widget: Any) -> np.ndarray | None:
        return getattr(widget, str(self.name))  # arrays go one way; what the browser echoes is ignored


class Positions(t.Instance):
    """A trait that holds positions as an int64 array and travels both ways as int32 bytes.

    In JavaScript: `positions(model.get("name"))` reads it; set it to an `Int32Array`.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(np.ndarray, args=(0, np.int64), **kwargs)
        self.tag(sync=True, to_json=self._pack, from_json=self._unpack)

    def validate(self, obj: Any, value: Any) -> np.ndarray:
        received = value
        value = np.asarray(value)
        if value.dtype == bool:
            value = np.flatnonzero(value)
        if value.ndim != 1 or (value.size and value.dtype.kind not in "iu"):
            name = str(self.name)
            raise ArgumentError(name, "a list of positions or a mask", received, f"Try {name}=[0, 1, 2].")
        return value.astype(np.int64)

    @staticmethod
    def _pack(value: np.ndarray, widget: Any) -> memoryview:
        return memoryview(value.astype("<i4").tobytes())

    @staticmethod
    def _unpack(value: Any, widget: Any) -> np.ndarray:
        return np.frombuffer(bytes(value), "<i4").astype(np.int64) if value is not None else np.array([], int)


def shown(callback: Callable[..., Any]) -> Callable[..., Any]:
    """A callback whose exception appears under the view, in words, instead of nowhere."""

    @functools.wraps(callback)
    def guarded(self: View, *args: Any, **kwargs: Any) -> Any:
        try:
            result = callback(self, *args, **kwargs)
        except Exception as error:  # whatever it is, the learner must see it
            self.error = f"{type(error).__name__}: {error}"
            self.log.debug("".join(traceback.format_exception(error)))
            return None
        self.error = ""
        return result

    return guarded


class View(anywidget.AnyWidget):
    """Base of every live view.

    Attributes
    ----------
    words : one line that says what the view shows now. It is the screen reader's view,
        the caption of the static picture, and what tests read.
    code : the lines of Python behind "Show the code"; they reproduce what is on screen.
    error : what went wrong in a callback, in words; empty when nothing did.
    hide : names of controls that are not shown (a teacher's choice).
    """

    words = t.Unicode("").tag(sync=True)
    code = t.Unicode("").tag(sync=True)
    error = t.Unicode("").tag(sync=True)
    hide = t.List(t.Unicode()).tag(sync=True)

    #: names of the traits that make up `state`; a subclass lists its own
    STATE: tuple[str, ...] = ()
    #: names of controls that `hide` accepts
    CONTROLS: tuple[str, ...] = ()
    #: raised when old state strings no longer fit
    STATE_VERSION = 2

    @t.validate("hide")
    def _known_controls(self, proposal: Any) -> list[str]:
        for name in proposal["value"]:
            if name not in self.CONTROLS:
                raise ArgumentError("hide", f"names among {list(self.CONTROLS)}", name, "Leave it out.")
        return list(proposal["value"])

    @property
    def state(self) -> str:
        """What is on screen as a short string; pass it back as `state=` to get it again."""
        now = {name: getattr(self, name) for name in self.STATE}
        return json.dumps({"view": type(self).__name__, "v": self.STATE_VERSION, **now})

    @state.setter
    def state(self, text: str) -> None:
        name = type(self).__name__
        again = f"Take view.state of another {name}, or leave it out."
        try:
            told = json.loads(text)
        except (TypeError, ValueError):
            raise ArgumentError("state", f"a state string of a {name}", text, again) from None
        if not isinstance(told, dict) or told.get("view") != name:
            other = told.get("view") if isinstance(told, dict) else text
            raise ArgumentError("state", f"the state of a {name}", Verbatim(f"that of {other!r}"), again)
        if told.get("v") != self.STATE_VERSION:
            raise ArgumentError(
                "state", f"version {self.STATE_VERSION}", Verbatim(f"version {told.get('v')!r}"), again
            )
        for key in self.STATE:
            if key in told:
                try:
                    setattr(self, key, told[key])
                except t.TraitError as error:
                    raise ArgumentError("state", f"a valid {key!r}", told[key], again) from error

    @property
    def still_words(self) -> str:
        """What the still picture shows, in one line; `words`, where the two show the same."""
        return str(self.words)

    def figure(self) -> Any:
        """The view as a still matplotlib figure: what is seen where no kernel runs."""
        raise NotImplementedError(f"{type(self).__name__} must draw its own figure")

    def _in_words(self, figure: Any) -> Any:
        """A still figure whose alternative text says what it shows."""
        figure.words = self.still_words
        return figure

    def picture(self, dpi: int = 90) -> bytes:
        """The still figure as PNG bytes."""
        figure = self.figure()
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=dpi, bbox_inches="tight")
        return buffer.getvalue()

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = super()._repr_mimebundle_(**kwargs)
        data, meta = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
        # A page without a kernel (GitHub, nbviewer, print) shows the picture and the words.
        data = {**data, "image/png": self.picture(), "text/plain": self.still_words}
        return data, {**meta, "image/png": {"alt": self.still_words}}
