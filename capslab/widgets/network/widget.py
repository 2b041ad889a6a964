"""The network view: a whole capsule network on one image, from pixels to its reconstruction.

The routing weights go over once, with what each image leaves in the network: its feature maps, its primary
capsules and what the digit capsules decode to. The browser casts the votes, routes, and works out every
number that one clicks for.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import traitlets as t

from capslab.errors import ArgumentError, instance_of
from capslab.routing import RoutingTrace
from capslab.widgets.base import Array, View, fill, module, style
from capslab.widgets.network import content as made
from capslab.widgets.network import figure as network_figure
from capslab.widgets.network.parts import check_part
from capslab.widgets.network.recipes import RECIPES
from capslab.widgets.shared import image_strip
from capslab.widgets.shared.one_image import check_image
from capslab.widgets.traits import Int

MOST_ITERATIONS = 10
MOST_IMAGES = 12  # to choose from
BUDGET = 4_000_000  # bytes of all images together


class Part(t.TraitType):
    """A tuple as `parts.check_part` makes it; it travels to the browser and back as a list."""

    default_value = ()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.tag(sync=True, to_json=lambda value, widget: list(value))

    def validate(self, obj: Any, value: Any) -> tuple:
        if obj.weights is None:  # the view is being made
            return self.default_value
        capsules, digits = obj.weights.shape[:2]
        winner = int(obj.trace.lengths[obj.iteration - 1].argmax())
        return check_part(value, obj.layers, capsules, digits, winner)


class NetworkView(View):
    """A capsule network and what one image does in it.

    Attributes
    ----------
    index : position of the image that is shown; 0 where there is one image only.
    iteration : the routing iteration on screen, from 1.
    part : what is chosen, for example `("primary", 17, 3)`; `()` for nothing. `capslab.widgets.network.parts`
        lists the kinds.
    trace : the `RoutingTrace` of the image on screen.
    """

    _esm = module("network")
    _css = style("network")
    STATE = ("index", "iteration", "part")
    CONTROLS = ("image", "iteration", "play", "arithmetic", "code", "screen")

    index = Int(0).tag(sync=True)
    iteration = Int(1).tag(sync=True)
    part = Part()

    iterations = Int(1).tag(sync=True)
    classes = t.List(t.Unicode()).tag(sync=True)
    grid = t.List(t.Int()).tag(sync=True)
    layers: t.List[Any] = t.List().tag(sync=True)
    decoder = t.List(t.Int()).tag(sync=True)  # units of the decoder's layers
    most_edges = Int(made.EDGES).tag(sync=True)
    recipes: t.Dict[str, Any] = t.Dict(RECIPES).tag(sync=True)
    single = t.Bool(False).tag(sync=True)
    weights = Array()  # (I, J, D, P)
    bias = Array()  # (J, D)
    fields = Array()  # (I, 4): top, left, bottom, right
    kernels = Array()  # flat: see `described` in content.py
    thumbs = Array()  # (m, h, w, c)
    labels = Array()  # (m,)
    positions = Array()  # (m,)
    primary = Array()  # (m, I, P)
    maps = Array()  # (m, numbers of all feature maps)
    rows = Array()  # (m, drawn digit capsules)
    decoded = Array()  # (m, T, drawn digit capsules, h · w · c)

    def __init__(self, model: Any, image: Any, index: int, iterations: int | None, **options: Any) -> None:
        made.check_model(model)
        self._images, single = _as_images(image, model)
        self._model, self._learned = model, model.routing_weights()
        self._contents: dict[int, made.Content] = {}
        self._count = _check_iterations(self._learned.iterations if iterations is None else iterations)
        index = image_strip.check_position("index", index, len(self._images))
        room = int(np.clip(BUDGET // self._content(index).size, 1, MOST_IMAGES))
        chosen = image_strip.balanced_sample(self._images.labels, len(self._images), room)
        chosen = chosen if index in chosen else np.concatenate(([index], chosen[1:]))
        convolutions = model.convolutions()
        stages = made.drawn_stages(len(convolutions) - 1)
        some = [self._content(int(position)).maps for position in chosen]
        filters = made.drawn_filters([np.stack(one) for one in zip(*some, strict=True)])
        layers = made.described(convolutions, stages, filters)
        capsules = len(self._learned.weights)
        super().__init__(
            classes=[str(name) for name in model.classes],
            grid=[int(n) for n in model.grid],
            layers=layers,
            decoder=_decoder_sizes(model),
            weights=np.asarray(self._learned.weights, np.float32),
            bias=np.asarray(self._learned.bias, np.float32),
            fields=np.array([model.receptive_field(i) for i in range(capsules)], np.int32),
            kernels=made.packed_kernels(convolutions, layers),
            single=single,
            iterations=self._count,
            iteration=self._count,
            index=index,
            **self._strip_traits(chosen),
            **options,
        )
        self._update_words()

    def _content(self, position: int) -> made.Content:
        """What an image leaves in the network; kept for the images that one chooses from."""
        if position not in self._contents:
            labels = self._images.labels
            label = None if labels is None else int(labels[position])
            pixels = np.asarray(self._images.images[position])
            self._contents[position] = made.read(self._model, self._learned, pixels, label, self._count)
        return self._contents[position]

    def _strip_traits(self, positions: np.ndarray) -> dict[str, np.ndarray]:
        """The traits of the images to choose from."""
        contents = [self._content(int(position)) for position in positions]
        self._contents = dict(zip(map(int, positions), contents, strict=True))
        return {
            "primary": np.stack([one.primary for one in contents]),
            "maps": np.stack([np.concatenate([maps.ravel() for maps in one.maps]) for one in contents]),
            "rows": np.stack([one.rows for one in contents]).astype(np.int32),
            "decoded": np.stack([one.decoded.reshape(*one.decoded.shape[:2], -1) for one in contents]),
            **image_strip.strip_arrays(self._images, positions),
        }

    @property
    def trace(self) -> RoutingTrace:
        """The `RoutingTrace` of the image on screen, with double precision."""
        return self._content(self.index).trace

    @t.validate("index")
    def _valid_index(self, proposal: Any) -> int:
        return image_strip.check_position("index", proposal["value"], len(self._images))

    @t.validate("iteration")
    def _valid_iteration(self, proposal: Any) -> int:
        if not 1 <= proposal["value"] <= self._count:
            expected = f"a whole number from 1 to {self._count}"
            raise ArgumentError("iteration", expected, proposal["value"], "Try 1.")
        return int(proposal["value"])

    @t.observe("index", "iteration", "part")
    def _moved(self, change: Any) -> None:
        if self.positions is None:
            return
        if self.index not in self.positions:  # it takes the place of the first
            positions = np.concatenate(([self.index], self.positions[1:]))
            with self.hold_sync():
                for name, value in self._strip_traits(positions).items():
                    setattr(self, name, value)
        self._update_words()

    def _update_words(self) -> None:
        """Words and code for what is on screen now."""
        content = self._content(self.index)
        self.words = network_figure.words(content, self.iteration, self.part, self.fields)
        kind, *numbers = self.part or ("",)
        names = ("a", "b", "c", "d")
        self.code = fill(
            self.recipes[""] + self.recipes.get(kind, ""),
            image="image" if self.single else f"images[{self.index}]",
            iterations=self._count,
            iteration=self.iteration,
            **dict(zip(names, numbers, strict=False)),
        )

    def figure(self) -> Any:
        """The whole network as a still matplotlib figure."""
        content = self._content(self.index)
        return self._in_words(
            network_figure.draw(content, self.iteration, self.layers, self.part, self.fields)
        )


def _as_images(image: Any, model: Any) -> tuple[Any, bool]:
    """`Images` to choose from, and whether there is only one that the learner passed as `image`."""
    from capslab.data import Images

    if hasattr(image, "images") and len(image) != 1:
        return image_strip.check_images(image, model.image_shape, "image"), False
    if image is None or isinstance(image, (str, bytes)):
        raise ArgumentError(
            "image", "one image, or Images to choose from", instance_of(image), "Try cl.load()[7]."
        )
    pixels, label = check_image(image, model)
    return Images(pixels[None], None if label is None else np.array([label])), True


def _check_iterations(count: Any) -> int:
    whole = isinstance(count, (int, np.integer)) and not isinstance(count, bool)
    if not whole or not 1 <= count <= MOST_ITERATIONS:
        expected = f"a whole number from 1 to {MOST_ITERATIONS}"
        raise ArgumentError("iterations", expected, count, "Try iterations=3.")
    return int(count)


def _decoder_sizes(model: Any) -> list[int]:
    """Units of the layers of a dense decoder; [] for another one."""
    try:
        return [int(np.shape(kernel)[1]) for kernel, _, _ in model.decoder_layers()]
    except (AttributeError, TypeError, ArgumentError):
        return []


def show_network(
    model: Any,
    image: Any,
    index: int = 0,
    iterations: int | None = None,
    state: str | None = None,
    hide: tuple[str, ...] = (),
) -> NetworkView:
    """See a whole capsule network at once, and click your way down to a single multiplication.

    Image → feature maps → primary capsules → digit capsules → reconstruction. The lines are the couplings,
    and a slider goes through the iterations of the routing. Point at a part to see what it sees of the
    image and what it votes for; click it for its arithmetic.

    Parameters
    ----------
    model : a `CapsNet`.
    image : `images[7]`, a uint8 array `(h, w)` or `(h, w, c)`, or `Images` to choose from: up to 12 of
        them, from all classes.
    index : position of the image to start with, where there are several.
    iterations : routing iterations, 1 to 10; None for as many as the network was trained with.
    state : a string from `view.state`, to show the same again.
    hide : controls to hide: "image", "iteration", "play", "arithmetic", "code", "screen".

    Returns
    -------
    NetworkView : you can read, set and observe `view.index`, `view.iteration` and `view.part`;
        `view.trace` is the `RoutingTrace` of the image on screen.

    Raises
    ------
    ArgumentError : if the model has no routing or weights that are not finite, an image has another size
        or type, a number is out of range, or the state is of another view.

    Examples
    --------
    >>> import capslab as cl
    >>> view = cl.show_network(cl.pretrained("capsnet-digits"), cl.load("digits")[7])
    >>> view.part = ("digit", 7)
    >>> view.words.split(":")[0]
    'Iteration 3 of 3'
    """
    view = NetworkView(model, image, index, iterations, hide=list(hide))
    if state is not None:
        view.state = state
    return view
