"""The routing view: how a capsule network routes one image, computed in the browser.

The routing weights and the primary capsules of the images in the strip are sent once; the
browser casts the votes and runs every iteration itself (`js/src/shared/routing.js`). Python
computes the same with `capslab.routing.route`, for `view.trace`, the words and the picture.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import traitlets as t

from capslab.data.strokes_to_image import filling
from capslab.errors import ArgumentError, instance_of, unknown_name
from capslab.routing import RoutingTrace
from capslab.routing.variants import check_routing, route_votes
from capslab.widgets.base import Array, View, fill, module, style
from capslab.widgets.routing import figure as routing_figure
from capslab.widgets.routing.grid_on_image import grid_on_image
from capslab.widgets.shared import image_strip
from capslab.widgets.shared.drawing_pad import Drawable, for_one
from capslab.widgets.traits import Bool, Float, Int

MOST = 10  # iterations; after that nothing new happens

RECIPE = """\
import capslab as cl
⟨drawing⟩
trace = cl.route(model, ⟨image⟩, iterations=⟨iterations⟩, routing="⟨routing⟩")
step = ⟨iteration⟩ - 1  # iteration ⟨iteration⟩
i, j = ⟨capsule⟩, ⟨digit⟩  # a primary and a digit capsule
print("lengths", trace.lengths[step].round(2))
print("entropy of the couplings", trace.entropy.round(3))
print("c - 1/J", trace.deviation[step, i].round(3))
print("vote", trace.votes[i, j].round(2))
print("logit", trace.logits[step, i, j], "coupling", trace.couplings[step, i, j])
print("agreement", trace.agreement[step, i, j], "contribution", trace.contributions[step, i, j])
"""

DRAWING = """\
from capslab.data.strokes_to_image import centred, inked

drawing = centred(inked(⟨strokes⟩, pen=⟨pen⟩), model.image_shape)  # as the network sees it
"""


class RoutingView(Drawable, View):
    """Routing by agreement, step by step, on an image from a strip or on a drawing.

    Attributes
    ----------
    index : position of the image that is shown; one past the last is the drawing, once there is one.
    strokes : of the drawing, as lists of points (x, y) in 0…1; set them to draw from Python.
    iteration : the iteration on screen, from 1.
    iterations : number of iterations, 1 to 10; "one" and "attention" have a single one all the same.
    routing : the way the votes are routed: "dynamic", "one", "uniform", "attention" or "em".
    capsule : the primary capsule whose arithmetic is shown, or None.
    digit : the digit capsule that the arithmetic is for; None means the predicted one.
    quantity : what the maps show: "coupling" (c − 1/J), "agreement" or "contribution".
    on_image : whether the maps lie over the image, each cell on the middle of what its capsule sees;
        otherwise they are larger and alone.
    trace : the `RoutingTrace` of the image on screen.
    """

    _esm = module("routing")
    _css = style("routing")
    STATE = (
        "pen",
        "strokes",
        "iterations",
        "iteration",
        "index",
        "capsule",
        "digit",
        "quantity",
        "on_image",
        "routing",
    )
    CONTROLS = (
        "images",
        "draw",
        "iteration",
        "iterations",
        "play",
        "routing",
        "quantity",
        "on_image",
        "arithmetic",
        "code",
        "screen",
    )

    index = Int(0).tag(sync=True)
    iterations = Int(3).tag(sync=True)
    iteration = Int(3).tag(sync=True)
    capsule = Int(None, allow_none=True).tag(sync=True)
    digit = Int(None, allow_none=True).tag(sync=True)
    routing = t.Unicode("dynamic").tag(sync=True)
    quantity = t.Unicode("coupling").tag(sync=True)
    on_image = Bool(True).tag(sync=True)

    classes = t.List(t.Unicode()).tag(sync=True)
    grid = t.List(t.Int()).tag(sync=True)
    recipe = t.Unicode(RECIPE).tag(sync=True)
    recipe_drawing = t.Unicode(DRAWING).tag(sync=True)
    count = Int(0).tag(sync=True)  # number of images; also the position of the drawing
    share = Float().tag(sync=True)  # the share of the image's side that a drawing fills
    drawn = Array()  # (I, P), the drawing's primary capsules
    weights = Array()  # (I, J, D, P)
    bias = Array()  # (J, D)
    prior = Array()  # (I, J), what a network with attention learned besides
    betas = Array()  # (2, J), likewise with EM: β_a and β_u
    fields = Array()  # (I, 4): top, left, bottom, right
    box = t.List(t.Float()).tag(sync=True)  # where the grid lies in the image: top, left, bottom, right
    primary = Array()  # (shown, I, P)
    thumbs = Array()  # (shown, h, w, c)
    labels = Array()  # (shown,)
    positions = Array()  # (shown,)

    def __init__(
        self,
        model: Any,
        images: Any,
        index: int = 0,
        iterations: int | None = None,
        routing: str | None = None,
        **options: Any,
    ):
        if not all(
            hasattr(model, name) for name in ("primary", "routing_weights", "grid", "receptive_field")
        ):
            raise ArgumentError(
                "model",
                "a capsule network (a model with routing)",
                instance_of(model),
                'Try cl.pretrained("capsnet-digits").',
            )
        self._images = image_strip.check_images(images, model.image_shape)
        self._model, self._learned = model, model.routing_weights()
        self._traces: dict[tuple[int, int, str], RoutingTrace] = {}
        self._primary: dict[int, np.ndarray] = {}
        index = image_strip.check_position("index", index, len(images))
        chosen = image_strip.with_position(image_strip.balanced_sample(images.labels, len(images)), index)
        count = self._count(self._learned.iterations if iterations is None else iterations)
        fields = np.array([model.receptive_field(i) for i in range(len(self._learned.weights))], np.int32)
        super().__init__(
            classes=image_strip.class_names(model.classes, None),
            grid=[int(n) for n in model.grid],
            weights=np.asarray(self._learned.weights, np.float32),
            bias=np.asarray(self._learned.bias, np.float32),
            **self._learned_besides(),
            routing=check_routing(self._learned.routing if routing is None else routing),
            fields=fields,
            box=list(grid_on_image(fields, tuple(model.grid), tuple(model.image_shape))),
            **self._strip_traits(chosen),
            **self._blank(model.image_shape),
            count=len(images),
            share=filling(model.image_shape),
            index=index,
            iterations=count,
            iteration=count,
            **options,
        )
        self._quiet = False
        self._update_words()

    @cached_property
    def _primary_of_one(self) -> Any:
        """The primary capsules of one image, compiled when the first drawing comes."""
        return for_one(
            getattr(self._model, "trunk", None), self._model.primary, tuple(self._model.image_shape)
        )

    def _look(self, question: int | None = None) -> None:
        """Route the drawing and show it; if the pad was cleared, show an image again."""
        empty = not self.drawing.any()
        self._traces = {}
        with self.hold_sync():
            self.drawn = None if empty else self._primary_of_one(self.drawing).astype(np.float32)
            if not empty:
                self.index = self.count
            elif self.index == self.count:
                self.index = int(self.positions[0])
            if question is not None:
                self.answered = question
        self._update_words()

    def _on_browser_strokes(self) -> None:
        self._update_words()

    def _strip_traits(self, positions: np.ndarray) -> dict[str, np.ndarray]:
        """The traits of a strip of these images, with their primary capsules."""
        new = np.array([p for p in positions if p not in self._primary], int)
        if len(new):
            capsules = np.asarray(self._model.primary(self._images.images[new]), np.float32)
            self._primary.update(zip(new.tolist(), capsules, strict=True))
        primary = np.stack([self._primary[int(p)] for p in positions])  # (shown, I, P)
        return {"primary": primary, **image_strip.strip_arrays(self._images, positions)}

    def _learned_besides(self) -> dict[str, np.ndarray]:
        """The traits with what the network's own way of routing learned, where it learned anything."""
        extra = self._learned.learned
        traits = {"prior": extra["prior"]} if "prior" in extra else {}
        if "beta_a" in extra:
            traits["betas"] = np.stack([extra["beta_a"], extra["beta_u"]])
        return {name: np.asarray(value, np.float32) for name, value in traits.items()}

    @property
    def trace(self) -> RoutingTrace:
        """The `RoutingTrace` of the image on screen, with the current way of routing and its iterations."""
        key = (self.index, self.iterations, self.routing)
        if key not in self._traces:
            drawing = self.index == self.count
            image = None if drawing else self._images[self.index]
            parts = self.drawn if drawing else self._primary[self.index]  # (I, P)
            self._traces = {  # only the newest: the trace of a large network takes megabytes
                key: route_votes(
                    self._learned.votes(parts),
                    self.routing,
                    self.iterations,
                    self._learned.bias,
                    np.minimum(np.linalg.norm(parts, axis=-1), 1),
                    self._learned.learned,
                    grid=tuple(self.grid),
                    classes=tuple(self.classes),
                    image=self.drawing if image is None else image.images[0],
                    label=None if image is None or image.labels is None else int(image.labels[0]),
                )
            }
        return self._traces[key]

    @property
    def _shown(self) -> int:
        """The iteration on screen: "one" and "attention" have only the first."""
        return min(self.iteration, self.trace.iterations)

    @staticmethod
    def _count(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or not 1 <= value <= MOST:
            raise ArgumentError(
                "iterations", f"a whole number from 1 to {MOST}", value, "Try 3, as the paper."
            )
        return int(value)

    @t.validate("index")
    def _valid_index(self, proposal: Any) -> int:
        return image_strip.check_position("index", proposal["value"], self.count + (self.drawn is not None))

    @t.validate("iterations")
    def _valid_iterations(self, proposal: Any) -> int:
        return self._count(proposal["value"])

    @t.validate("iteration")
    def _valid_iteration(self, proposal: Any) -> int:
        value = proposal["value"]
        if not 1 <= value <= self.iterations:
            raise ArgumentError(
                "iteration",
                f"a whole number from 1 to {self.iterations}",
                value,
                "Try 1, or set view.iterations first to run more.",
            )
        return int(value)

    @t.validate("capsule", "digit")
    def _valid_capsule(self, proposal: Any) -> int | None:
        name, value = proposal["trait"].name, proposal["value"]
        count = self.weights.shape[0 if name == "capsule" else 1]
        return None if value is None else image_strip.check_position(name, value, count)

    @t.validate("quantity")
    def _valid_quantity(self, proposal: Any) -> str:
        if proposal["value"] not in routing_figure.QUANTITIES:
            raise unknown_name("quantity", proposal["value"], routing_figure.QUANTITIES)
        return str(proposal["value"])

    @t.validate("routing")
    def _valid_routing(self, proposal: Any) -> str:
        return check_routing(proposal["value"])

    @t.observe("index")
    def _bring_into_strip(self, change: Any) -> None:
        if self.positions is not None and self.index not in (*self.positions, self.count):
            positions = image_strip.with_position(self.positions, self.index)
            with self.hold_sync():
                for name, value in self._strip_traits(positions).items():
                    setattr(self, name, value)

    @t.observe("iterations", "iteration", "index", "capsule", "digit", "quantity", "routing")
    def _refresh(self, change: Any) -> None:
        if self.iteration > self.iterations:
            self.iteration = self.iterations  # this calls us again
        elif self.positions is not None:
            self._update_words()

    def _update_words(self) -> None:
        """Words and code for what is on screen now."""
        shown = self._shown
        step = self.trace.couplings[shown - 1]  # (I, J)
        strongest = int(step.argmax()) // step.shape[1]
        self.words = routing_figure.words(self.trace, shown, self.capsule, self.digit, self.quantity)
        drawing = self.index == self.count
        strokes = [[list(point) for point in line] for line in self.strokes]
        self.code = fill(
            self.recipe,
            drawing=fill(self.recipe_drawing, strokes=strokes, pen=self.pen) if drawing else "",
            image="drawing" if drawing else f"images[{self.index}]",
            iterations=self.iterations,
            iteration=shown,
            routing=self.routing,
            capsule=strongest if self.capsule is None else self.capsule,
            digit=routing_figure.followed(self.trace, shown, self.digit),
        )

    def figure(self) -> Any:
        """What is on screen as a still matplotlib figure."""
        box = self.box if self.on_image else None
        return self._in_words(routing_figure.draw(self.trace, self._shown, self.quantity, box))


def show_routing(
    model: Any,
    images: Any,
    index: int = 0,
    iterations: int | None = None,
    state: str | None = None,
    hide: tuple[str, ...] = (),
    routing: str | None = None,
) -> RoutingView:
    """See how a capsule network routes an image: step, play, pick a capsule, read its arithmetic.

    "Routed by" chooses another way to route the same votes. A network's votes are made for the way it was
    trained with, so expect little of the others.

    Parameters
    ----------
    model : a `CapsNet`.
    images : the `Images` to pick from; a strip shows up to 24 of them, from all classes. Or draw
        one: "Draw your own" opens a pad.
    index : position in `images` of the image to start with.
    iterations : routing iterations, 1 to 10; None for as many as the network was trained with.
    state : a string from `view.state`, to show the same again.
    hide : controls to hide: "images", "draw", "iteration", "iterations", "play", "routing", "quantity",
        "on_image", "arithmetic", "code", "screen".
    routing : the way to route: "dynamic", "one", "uniform", "attention" or "em"; None for the one that the
        network was trained with.

    Returns
    -------
    RoutingView : you can read, set and observe its `index`, `iteration`, `iterations`, `routing`, `capsule`,
        `digit`, `quantity` and `on_image`; `view.trace` is the `RoutingTrace` of the image on screen.

    Raises
    ------
    ArgumentError : if the model has no routing, the images have another size, the index is out of
        range, the way of routing is unknown, or the state is of another view.
    """
    view = RoutingView(model, images, index, iterations, routing, hide=list(hide))
    if state is not None:
        view.state = state
    return view
