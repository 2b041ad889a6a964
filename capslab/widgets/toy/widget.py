"""The turning toy: turn a toy with the mouse, and see from which sides a network knows it.

The browser renders the toy, so a drag needs no running Python. Python asks the network once for each toy,
elevation and light.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import traitlets as t

from capslab.data.render_toys import SIDE, check_number, render_toy
from capslab.data.toy_kinds import INSTANCES, KINDS, make_toy
from capslab.errors import ArgumentError, Verbatim, is_whole, unknown_name
from capslab.widgets.base import Array, View, fill, module, shown, style
from capslab.widgets.toy import figure as toy_figure
from capslab.widgets.toy.ring import Ring, ask_ring, check_model, known_kinds, seen_azimuths
from capslab.widgets.traits import Int

LIMITS = {"azimuth": (0, 359), "elevation": (0, 90), "light": (-90, 90)}
LARGE = 112  # pixels of the picture that one turns

RECIPE = """\
from capslab import data, plots

picture = data.render_toy("⟨kind⟩", ⟨instance⟩, azimuth=⟨azimuth⟩, elevation=⟨elevation⟩, light=⟨light⟩)
plots.image_grid(picture[None] / 255)
"""


class ToyView(View):
    """A toy that one turns, and a network's answers from all sides.

    Attributes
    ----------
    kind : "car", "truck", "plane", "animal" or "person".
    azimuth : whole degrees that the toy is turned, 0…359.
    elevation : whole degrees that one looks down on it, 0…90.
    light : whole degrees from which the lamp shines, −90 (left) to 90 (right).
    answers : with a network, a `Ring`: its score of the true kind and its answer for each degree; else None.
    """

    _esm = module("toy")
    _css = style("toy")
    STATE = ("kind", "azimuth", "elevation", "light")
    CONTROLS = ("azimuth", "elevation", "light", "kind", "code", "screen")

    kind = t.Unicode("car").tag(sync=True)
    azimuth = Int(30).tag(sync=True)
    elevation = Int(30).tag(sync=True)
    light = Int(30).tag(sync=True)
    instance = t.Int(0).tag(sync=True)
    side = t.Int(SIDE).tag(sync=True)
    kinds: t.List[Any] = t.List(t.Unicode()).tag(sync=True)
    starts: t.Dict[str, Any] = t.Dict().tag(sync=True)  # kind → first slab of each solid, then the end
    slabs = Array()  # (slabs of all kinds, 6)
    classes: t.List[Any] = t.List(t.Unicode()).tag(sync=True)
    measure = t.Unicode("").tag(sync=True)
    seen: t.List[Any] = t.List(t.Float()).tag(sync=True)
    score = Array()  # (360,)
    answer = Array()  # (360,)
    asked: t.List[Any] = t.List().tag(sync=True)  # the kind, elevation and light that `score` belongs to
    recipe = t.Unicode(RECIPE).tag(sync=True)

    def __init__(self, instance: Any, model: Any, seen: Any, kind: Any, **options: Any) -> None:
        if not is_whole(instance) or not 0 <= instance < INSTANCES:
            raise ArgumentError("instance", f"a whole number from 0 to {INSTANCES - 1}", instance, "Try 0.")
        if model is None and seen is not None:
            step = "Give the network too, as `model`, or leave `seen` out."
            raise ArgumentError("seen", "given together with a model", Verbatim("no model"), step)
        self._model = model
        about: dict[str, Any] = {"kinds": list(KINDS), "seen": seen_azimuths(seen)}
        if model is not None:
            about |= {"measure": check_model(model), "classes": [str(name) for name in model.classes]}
            about |= {"kinds": known_kinds(model), "side": model.image_shape[0]}
        self._allowed = about["kinds"]
        kind = self._allowed[0] if kind is None else kind
        starts, slabs, end = {}, [], 0
        for each in self._allowed:
            toy = make_toy(each, int(instance))
            starts[each] = [end + start for start in (*toy.starts, len(toy.slabs))]
            slabs.append(toy.slabs)
            end += len(toy.slabs)
        about |= {"starts": starts, "slabs": np.concatenate(slabs).astype(np.float32)}
        super().__init__(instance=int(instance), kind=self._known(kind), **about, **options)
        self._ask()

    def _known(self, kind: Any) -> str:
        if not isinstance(kind, str) or kind not in self._allowed:
            raise unknown_name("kind", kind, self._allowed)
        return kind

    @t.validate("kind")
    def _valid_kind(self, proposal: Any) -> str:
        return self._known(proposal["value"])

    @t.validate("azimuth", "elevation", "light")
    def _within(self, proposal: Any) -> int:
        name = proposal["trait"].name
        return int(check_number(name, proposal["value"], *LIMITS[name]))

    @property
    def answers(self) -> Ring | None:
        if self.score is None or self.answer is None:
            return None
        return Ring(self.score, self.answer)

    @t.observe("azimuth")
    def _turned(self, change: Any) -> None:
        self._follow()

    @t.observe("kind", "elevation", "light")
    @shown
    def _posed(self, change: Any) -> None:
        if self.slabs is not None:  # otherwise the view is being made
            self._ask()

    def _ask(self) -> None:
        """Asks the network about the toy from all sides, at this elevation and in this light."""
        if self._model is not None:
            ring = ask_ring(self._model, self.kind, self.instance, self.elevation, self.light)
            with self.hold_sync():
                self.score, self.answer = ring.score, ring.answer
                self.asked = [self.kind, self.elevation, self.light]
        self._follow()

    def _follow(self) -> None:
        pose = {"azimuth": self.azimuth, "elevation": self.elevation, "light": self.light}
        self.words = toy_figure.words(self.kind, **pose, **self._said())
        self.code = fill(self.recipe, kind=self.kind, instance=self.instance, **pose)

    def _said(self) -> dict[str, Any]:
        return {"ring": self.answers, "classes": list(self.classes), "measure": self.measure}

    def _picture(self, size: int) -> np.ndarray:
        pose = (self.azimuth, self.elevation, self.light)
        return render_toy(self.kind, self.instance, *pose, size=size)[..., 0]

    def figure(self) -> Any:
        """The toy, its pixels and the network's scores over azimuth as a still matplotlib figure."""
        pictures = self._picture(LARGE), self._picture(self.side)
        drawn = toy_figure.draw(*pictures, self.kind, self.azimuth, **self._said(), seen=list(self.seen))
        return self._in_words(drawn)


def turn_toy(
    kind: str | None = None,
    model: Any = None,
    *,
    instance: int = 0,
    azimuth: int = 30,
    elevation: int = 30,
    light: int = 30,
    seen: Any = None,
    state: str | None = None,
    hide: tuple[str, ...] = (),
) -> ToyView:
    """Turn a toy with the mouse, and see from which sides a network knows it.

    Parameters
    ----------
    kind : "car", "truck", "plane", "animal" or "person"; None takes the first one that the network knows.
    model : a network for toys, such as a `CapsNet` trained on `cl.load("toys")`, or None. It is asked about
        the toy from 360 sides, and its score of the true kind is drawn over the azimuth: a probability, or
        the length of the capsule.
    instance : which toy of that kind, 0…9; 6 to 9 are the toys of the test.
    azimuth, elevation, light : the pose to start with, in whole degrees: 0…359, 0…90 and −90…90.
    seen : the azimuths that the network was trained on, which are shaded: `Images` with poses, or numbers.
    state : a string from `view.state`, to show the same again.
    hide : controls to hide: "azimuth", "elevation", "light", "kind", "code", "screen".

    Returns
    -------
    ToyView : you can read, set and observe `view.kind`, `view.azimuth`, `view.elevation` and `view.light`;
        `view.answers` has the network's scores and answers.

    Raises
    ------
    ArgumentError : if the kind is unknown, a number is out of its range, the model does not classify toys,
        `seen` holds no azimuths, or the state is of another view.
    """
    view = ToyView(
        instance, model, seen, kind, azimuth=azimuth, elevation=elevation, light=light, hide=list(hide)
    )
    if state is not None:
        view.state = state
    return view
