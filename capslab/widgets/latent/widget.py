"""The latent view: a slider per dimension, decoded in the browser where the decoder is dense.

A dense decoder's weights and the codes of the images in the strip go over once; from then on
the browser decodes (`latent_arithmetic.js`) and a drag needs no kernel; a small encoder goes over
too and encodes what is drawn. A convolutional decoder stays here: the browser asks for the newest
point, one question at a time.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import traitlets as t

from capslab.data.strokes import filling
from capslab.errors import ArgumentError, Verbatim
from capslab.widgets.base import Array, View, fill, module, style
from capslab.widgets.latent import figure as latent_figure
from capslab.widgets.latent import plane
from capslab.widgets.shared import browser_decoder, browser_network, image_strip
from capslab.widgets.shared.drawing_input import Drawable, for_one

ORIGINS = ("centre", "image", "random", "between", "drawing", "set")
MEASURED = 1000  # images that the KL of each dimension is measured on

RECIPE = """\
import matplotlib.pyplot as plt
import numpy as np

z = np.array([⟨z⟩])  # from ⟨origin⟩
picture = vae.decode(z[None])[0]  # (height, width, channels), 0…1
plt.imshow(picture.squeeze(), cmap="gray", vmin=0, vmax=1)
plt.title(f"distance from the prior's centre {np.linalg.norm(z):.2f}")
"""


class Code(t.TraitType):
    """A point of the latent space: a tuple of finite numbers, travelling both ways as a list."""

    default_value = ()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.tag(sync=True, to_json=lambda value, widget: list(value))

    def validate(self, obj: Any, value: Any) -> tuple[float, ...]:
        name, size = str(self.name), len(obj.order)
        try:
            numbers = np.asarray(value, float)
        except (TypeError, ValueError):
            numbers = np.empty((0, 0))
        if numbers.shape != (size,):
            raise ArgumentError(name, f"{size} numbers, one a dimension", value, f"Try np.zeros({size}).")
        if not np.isfinite(numbers).all():
            raise ArgumentError(
                name, "finite numbers", Verbatim("NaN or infinity"), "Look at where they come from."
            )
        return tuple(round(number, 4) for number in numbers.tolist())


class LatentView(Drawable, View):
    """A point of a VAE's latent space and the image it decodes to.

    Attributes
    ----------
    z : the point, a tuple of one number a dimension, in units of the prior's σ; four decimals.
    image : what it decodes to, `(h, w, c)` in 0…1.
    index, other : the images picked as A and B, positions in `images`, or None.
    mix : how far from A to B, 0…1, after interpolating.
    moved : the dimension that was moved last, or None.
    start : where the last button or pick put z.
    origin : what that was: "centre", "image", "random", "between", "drawing" or "set" (from Python).
    strokes, pen, drawing : what is drawn on the view's own pad, as in `capslab.draw_digit`.
    order : the dimensions, most active first.
    color : what the colours of the codes on the plane of d = 2 mean, "label" or "cluster".
    """

    _esm = module(
        "strip", "latent_arithmetic", "latent_draw", "network_arithmetic", "drawing_arithmetic",
        "drawing_pad", "own_pad", "latent",
    )  # fmt: skip
    _css = style("strip", "drawing", "latent")
    STATE = ("pen", "strokes", "index", "other", "mix", "z", "start", "origin", "moved", "color")
    CONTROLS = ("images", "sliders", "pad", "color", "reset", "random", "draw", "interpolate", "code")

    order = t.List(t.Int()).tag(sync=True)
    z = Code()
    start = Code()
    index = t.Int(None, allow_none=True).tag(sync=True)
    other = t.Int(None, allow_none=True).tag(sync=True)
    mix = t.Float(0.0).tag(sync=True)
    moved = t.Int(None, allow_none=True).tag(sync=True)
    origin = t.Enum(ORIGINS, "centre").tag(sync=True)
    color = t.Unicode("label").tag(sync=True)

    shape = t.List(t.Int()).tag(sync=True)
    classes = t.List(t.Unicode()).tag(sync=True)
    recipe = t.Unicode(RECIPE).tag(sync=True)
    #: [inputs, outputs, activation] of each layer; empty where Python decodes
    layers: t.List[Any] = t.List().tag(sync=True)
    kernels = Array()  # their kernels and biases, flat, one after the other
    kl = Array()  # (d,) nats
    codes = Array()  # (shown, d)
    thumbs = Array()  # (shown, h, w, c)
    labels = Array()  # (shown,)
    positions = Array()  # (shown,)
    plane = Array()  # (n, 2), where d = 2
    plane_labels = Array()  # (n,), −1 for none
    plane_clusters = Array()  # (n,)
    decoded = Array()  # (h, w, c), where Python decodes
    share = t.Float().tag(sync=True)  # of the image's side that a drawing fills
    #: the encoder as steps that the browser runs, with its weights; empty where Python encodes
    steps: t.List[Any] = t.List().tag(sync=True)
    step_weights = Array()

    def __init__(
        self, vae: Any, images: Any = None, index: int | None = None, color: str | None = None, **options: Any
    ) -> None:
        if not (hasattr(vae, "decode") and hasattr(vae, "encode") and hasattr(vae, "latent_dim")):
            raise ArgumentError(
                "vae",
                "a VAE (it has a latent space to move in)",
                Verbatim(f"a {type(vae).__name__}"),
                'Try capslab.pretrained("vae-digits").',
            )
        self._vae = vae
        self._images: Any = None if images is None else image_strip.check_images(images, vae.image_shape)
        self._codes: dict[int, np.ndarray] = {}
        self._encoded = b""  # the drawing that z was last put to
        d = int(vae.latent_dim)
        traits: dict[str, Any] = {"shape": [int(n) for n in vae.image_shape], "order": list(range(d))}
        layers = browser_decoder.dense(vae, d, int(np.prod(vae.image_shape)))
        traits["kernels"], traits["layers"] = browser_decoder.packed(layers)
        inside = [*vae.encoder.layers, vae.mean] if hasattr(vae, "encoder") and hasattr(vae, "mean") else None
        traits["step_weights"], traits["steps"] = browser_network.packed(inside, tuple(vae.image_shape))
        traits |= {**self._blank(vae.image_shape), "share": filling(vae.image_shape)}
        if self._images is not None:
            index = image_strip.check_position("index", 0 if index is None else index, len(self._images))
            traits |= self._about_images(index)
        elif index is not None:
            raise ArgumentError(
                "index", "left out without images", index, "Write explore_latent(vae, images)."
            )
        start = np.zeros(d) if index is None else self._code(index)
        origin = "centre" if index is None else "image"
        traits["color"] = plane.first_color(color, self._images, traits.get("plane_clusters"))
        super().__init__(**traits, z=start, start=start, index=index, origin=origin, **options)
        self._quiet = False
        if not self.layers:
            self.decoded = self.image
        self._follow()

    def _about_images(self, index: int) -> dict[str, Any]:
        """What the view knows of the images: the strip, the KL of each dimension, the plane."""
        images, vae = self._images, self._vae
        chosen = image_strip.with_position(image_strip.balanced_sample(images.labels, len(images)), index)
        many = image_strip.balanced_sample(images.labels, len(images), MEASURED)
        kl = np.asarray(vae.kl_per_dimension(images.images[many]), np.float32)
        told = {
            **self._shown(chosen),
            "kl": kl,
            "order": [int(k) for k in np.argsort(-kl, kind="stable")],
            "classes": image_strip.class_names(images.classes, images.labels),
        }
        if vae.latent_dim == 2:
            told |= plane.coded(vae, images)
        return told

    def _shown(self, positions: np.ndarray) -> dict[str, np.ndarray]:
        """The traits of a strip with these images, their codes included."""
        return {
            "codes": np.stack([self._code(int(p), positions) for p in positions]),
            **image_strip.strip_arrays(self._images, positions),
        }

    def _code(self, position: int, together: np.ndarray | None = None) -> np.ndarray:
        """The code of an image, encoded with the others of the strip and kept."""
        if position not in self._codes:
            wanted = np.array([position] if together is None else together)
            new = np.array([p for p in wanted.tolist() if p not in self._codes], int)
            found = np.asarray(self._vae.encode(self._images.images[new]), np.float32)
            self._codes.update(zip(new.tolist(), found, strict=True))
        return self._codes[position]

    @property
    def image(self) -> np.ndarray:
        """What z decodes to, `(h, w, c)` in 0…1."""
        return np.asarray(self._vae.decode(np.array([self.z], np.float32))[0])

    def reset(self) -> None:
        """Go to the prior's centre, z = 0."""
        self._go(np.zeros(len(self.order)), "centre")

    def draw(self, seed: int | None = None) -> None:
        """Go to a random draw from the prior N(0, 1)."""
        self._go(np.random.default_rng(seed).normal(size=len(self.order)), "random")

    def _go(self, z: Any, origin: str) -> None:
        before, self._quiet = self._quiet, True  # while z and what explains it change together
        try:
            with self.hold_sync():
                self.start = z
                self.origin, self.moved = origin, None
                self.z = z
        finally:
            self._quiet = before
        self._follow()

    @cached_property
    def _encode_one(self) -> Any:
        """One image to its code, compiled when the first drawing comes."""
        vae = self._vae
        keras = hasattr(vae, "encoder") and hasattr(vae, "mean")
        piece = (lambda x: vae.mean(vae.encoder(x))) if keras else None
        return for_one(piece, vae.encode, tuple(vae.image_shape))

    def _look(self, question: int | None = None) -> None:
        """Go to the code of a new drawing, unless the browser did; decode z where the browser cannot."""
        now = self.drawing.tobytes()
        new, self._encoded = now != self._encoded, now
        if new and self.drawing.any() and not (self.steps and question is not None):
            self._go(self._encode_one(self.drawing), "drawing")
        if question is not None:
            if not self.layers:
                self.decoded = self.image
            self.answered = question

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """What the browser sends: it has worked out everything that belongs together itself."""
        super().set_state(sync_data)
        self._follow()

    @t.validate("index", "other")
    def _valid_image(self, proposal: Any) -> int | None:
        name, value = proposal["trait"].name, proposal["value"]
        if value is None:
            return None
        if self._images is None:
            raise ArgumentError(name, "None without images", value, "Write explore_latent(vae, images).")
        return image_strip.check_position(name, value, len(self._images))

    @t.validate("mix")
    def _valid_mix(self, proposal: Any) -> float:
        if not 0 <= proposal["value"] <= 1:
            raise ArgumentError(
                "mix", "a number from 0 (image A) to 1 (image B)", proposal["value"], "Try 0.5."
            )
        return float(proposal["value"])

    @t.validate("moved")
    def _valid_dimension(self, proposal: Any) -> int | None:
        value = proposal["value"]
        return None if value is None else image_strip.check_position("moved", value, len(self.order))

    @t.validate("color")
    def _valid_color(self, proposal: Any) -> str:
        return plane.checked_color(self, proposal["value"])

    @t.observe("index", "other")
    def _bring_into_strip(self, change: Any) -> None:
        wanted = change["new"]
        if wanted is not None and wanted not in self.positions:
            with self.hold_sync():
                for name, value in self._shown(image_strip.with_position(self.positions, wanted)).items():
                    setattr(self, name, value)

    @t.observe("index")
    def _encode(self, change: Any) -> None:
        if not self._quiet and self.index is not None:
            self._go(self._code(self.index), "image")

    @t.observe("other", "mix")
    def _interpolate(self, change: Any) -> None:
        if not self._quiet and self.index is not None and self.other is not None:
            a, b = self._code(self.index), self._code(self.other)
            self._go((1 - self.mix) * a + self.mix * b, "between")

    @t.observe("z")
    def _set_by_hand(self, change: Any) -> None:
        if self._quiet:
            return
        old, new = np.array(change["old"]), np.array(self.z)
        different = np.flatnonzero(old != new)
        if len(different) == 1:  # one slider moved
            self.moved = int(different[0])
        else:
            self._go(self.z, "set")

    @t.observe(*STATE)
    def _retell(self, change: Any) -> None:
        if not self._quiet:
            self._follow()

    def _follow(self) -> None:
        """Words and code for what is shown now."""
        self.words = latent_figure.words(self)
        self.code = fill(
            self.recipe, z=", ".join(f"{v:g}" for v in self.z), origin=latent_figure.origin(self)
        )

    def name(self, position: int) -> str:
        """An image in words: "image 7 (4)", with its class where it has one."""
        labels = self._images.labels
        return f"image {position}" + ("" if labels is None else f" ({self.classes[labels[position]]})")

    def figure(self) -> Any:
        """What is on screen as a still matplotlib figure."""
        picked = None if self.index is None else self._images.images[self.index]
        return latent_figure.draw(self, picked)


def explore_latent(
    vae: Any,
    images: Any = None,
    index: int | None = None,
    state: str | None = None,
    hide: tuple[str, ...] = (),
    color: str | None = None,
) -> LatentView:
    """Move through a VAE's latent space and see what each point decodes to.

    Parameters
    ----------
    vae : a `VAE`. A dense decoder runs in the browser; a convolutional one in the kernel.
    images : `Images` to encode, to pick from and to measure the KL of each dimension with;
        without them z starts at the prior's centre.
    index : the image to begin with, a position in `images`; None for the first.
    state : what `view.state` of another latent view gave, to show the same.
    hide : controls to leave out: "images", "sliders", "pad", "color", "reset", "random",
        "draw", "interpolate", "code".
    color : for a latent space of two dimensions, what the colours of the images' codes mean:
        "label", or "cluster" (k-means on the codes, as many clusters as classes, or 10); None
        takes labels where there are any.

    Returns
    -------
    LatentView : `view.z`, `view.index`, `view.other` and `view.mix` can be read, set and
        observed; `view.image` is what z decodes to.

    Raises
    ------
    ArgumentError : for a model without a latent space, images of another size, an index out of
        range, a colour that there is nothing for, or a state of another view.
    """
    view = LatentView(vae, images, index, color, hide=list(hide))
    if state is not None:
        view.state = state
    return view
