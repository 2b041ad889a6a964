"""The latent view: a slider per dimension, decoded in the browser if the decoder is dense.

A dense decoder's weights and the codes of the images in the strip are sent once; from then on
the browser decodes (`js/src/shared/dense_decoder.js`) and a drag needs no kernel. A small encoder is sent
too, and encodes drawings. A convolutional decoder stays here: the browser asks for the newest
point, one question at a time.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import traitlets as t

from capslab.data.strokes_to_image import filling
from capslab.errors import ArgumentError, instance_of
from capslab.widgets.base import Array, View, fill, module, style
from capslab.widgets.latent import figure as latent_figure
from capslab.widgets.latent import plane
from capslab.widgets.shared import browser_decoder, browser_network, image_strip
from capslab.widgets.shared.drawing_pad import Drawable, for_one
from capslab.widgets.traits import Float, Int, Vector

ORIGINS = ("centre", "image", "random", "between", "drawing", "set")
KL_IMAGES = 1000  # the KL of each dimension is measured on at most this many images

RECIPE = """\
import matplotlib.pyplot as plt
import numpy as np

z = np.array([⟨z⟩])  # from ⟨origin⟩
picture = vae.decode(z[None])[0]  # (height, width, channels), 0…1
plt.imshow(picture.squeeze(), cmap="gray", vmin=0, vmax=1)
plt.title(f"distance from the prior's centre {np.linalg.norm(z):.2f}")
"""


class LatentView(Drawable, View):
    """A point of a VAE's latent space and the image it decodes to.

    Attributes
    ----------
    z : the point, a tuple of one number per dimension, in standard deviations of the prior; four decimals.
    image : what it decodes to, `(h, w, c)` in 0…1.
    index, other : positions in `images` of the images picked as A and B, or None.
    mix : how far from A to B the interpolation is, 0…1.
    moved : the dimension that was moved last, or None.
    start : where the last button or pick put z.
    origin : which one it was: "centre", "image", "random", "between", "drawing" or "set" (from Python).
    strokes, pen, drawing : of the view's own drawing pad, as in `capslab.draw_digit`.
    order : the dimensions, most active first.
    color : what the colours in the plane of codes mean (for d = 2), "label" or "cluster".
    """

    _esm = module("latent")
    _css = style("latent")
    STATE = ("pen", "strokes", "index", "other", "mix", "z", "start", "origin", "moved", "color")
    CONTROLS = (
        "images",
        "sliders",
        "pad",
        "color",
        "reset",
        "random",
        "draw",
        "interpolate",
        "code",
        "screen",
    )

    order = t.List(t.Int()).tag(sync=True)
    z = Vector()
    start = Vector()
    index = Int(None, allow_none=True).tag(sync=True)
    other = Int(None, allow_none=True).tag(sync=True)
    mix = Float(0.0).tag(sync=True)
    moved = Int(None, allow_none=True).tag(sync=True)
    origin = t.Enum(ORIGINS, "centre").tag(sync=True)
    color = t.Unicode("label").tag(sync=True)

    shape = t.List(t.Int()).tag(sync=True)
    classes = t.List(t.Unicode()).tag(sync=True)
    recipe = t.Unicode(RECIPE).tag(sync=True)
    #: [inputs, outputs, activation] of each layer; empty if Python decodes
    layers: t.List[Any] = t.List().tag(sync=True)
    kernels = Array()  # all kernels and biases in one flat array
    kl = Array()  # (d,) nats
    codes = Array()  # (shown, d)
    thumbs = Array()  # (shown, h, w, c)
    labels = Array()  # (shown,)
    positions = Array()  # (shown,)
    plane = Array()  # (n, 2), if d = 2
    plane_labels = Array()  # (n,), −1 for none
    plane_clusters = Array()  # (n,)
    decoded = Array()  # (h, w, c), if Python decodes
    share = Float().tag(sync=True)  # the share of the image's side that a drawing fills
    #: the encoder as steps that the browser runs, with its weights; empty if Python encodes
    steps: t.List[Any] = t.List().tag(sync=True)
    step_weights = Array()

    def __init__(
        self, vae: Any, images: Any = None, index: int | None = None, color: str | None = None, **options: Any
    ) -> None:
        if not (hasattr(vae, "decode") and hasattr(vae, "encode") and hasattr(vae, "latent_dim")):
            raise ArgumentError(
                "vae",
                "a VAE (a model with a latent space)",
                instance_of(vae),
                'Try cl.pretrained("vae-digits").',
            )
        self._vae = vae
        self._images: Any = None if images is None else image_strip.check_images(images, vae.image_shape)
        self._codes: dict[int, np.ndarray] = {}
        self._encoded = b""  # the last drawing that was encoded
        d = int(vae.latent_dim)
        traits: dict[str, Any] = {"shape": [int(n) for n in vae.image_shape], "order": list(range(d))}
        layers = browser_decoder.dense(vae, d, int(np.prod(vae.image_shape)))
        traits["kernels"], traits["layers"] = browser_decoder.packed(layers)
        encoder = [*vae.encoder.layers, vae.mean] if _in_keras(vae) else None
        traits["step_weights"], traits["steps"] = browser_network.packed(encoder, tuple(vae.image_shape))
        traits |= {**self._blank(vae.image_shape), "share": filling(vae.image_shape)}
        if self._images is not None:
            index = image_strip.check_position("index", 0 if index is None else index, len(self._images))
            traits |= self._image_traits(index)
        elif index is not None:
            raise ArgumentError(
                "index", "left out without images", index, "Write cl.explore_latent(vae, images)."
            )
        start = np.zeros(d) if index is None else self._code(index)
        origin = "centre" if index is None else "image"
        traits["color"] = plane.first_color(color, self._images, traits.get("plane_clusters"))
        super().__init__(**traits, z=start, start=start, index=index, origin=origin, **options)
        self._quiet = False
        if not self.layers:
            self.decoded = self.image
        self._update_words()

    def _image_traits(self, index: int) -> dict[str, Any]:
        """Everything about the images: the strip, the KL of each dimension, the plane of codes."""
        images, vae = self._images, self._vae
        chosen = image_strip.with_position(image_strip.balanced_sample(images.labels, len(images)), index)
        traits = {
            **self._strip_traits(chosen),
            "classes": image_strip.class_names(images.classes, images.labels),
        }
        if hasattr(vae, "kl_per_dimension"):  # the codes of a plain autoencoder cost nothing
            sample = image_strip.balanced_sample(images.labels, len(images), KL_IMAGES)
            kl = np.asarray(vae.kl_per_dimension(images.images[sample]), np.float32)
            traits |= {"kl": kl, "order": [int(k) for k in np.argsort(-kl, kind="stable")]}
        if vae.latent_dim == 2:
            traits |= plane.plane_traits(vae, images)
        return traits

    def _strip_traits(self, positions: np.ndarray) -> dict[str, np.ndarray]:
        """The traits of a strip of these images, with their codes."""
        return {
            "codes": np.stack([self._code(int(p), positions) for p in positions]),
            **image_strip.strip_arrays(self._images, positions),
        }

    def _code(self, position: int, strip: np.ndarray | None = None) -> np.ndarray:
        """The code of an image; all images of `strip` are encoded in one call and remembered."""
        if position not in self._codes:
            positions = np.array([position] if strip is None else strip)
            new = np.array([p for p in positions.tolist() if p not in self._codes], int)
            codes = np.asarray(self._vae.encode(self._images.images[new]), np.float32)
            self._codes.update(zip(new.tolist(), codes, strict=True))
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
        before, self._quiet = self._quiet, True  # z and the traits that explain it change together
        try:
            with self.hold_sync():
                self.start = z
                self.origin, self.moved = origin, None
                self.z = z
        finally:
            self._quiet = before
        self._update_words()

    @cached_property
    def _encode_one(self) -> Any:
        """One image to its code, compiled when the first drawing comes."""
        vae = self._vae
        piece = (lambda x: vae.mean(vae.encoder(x))) if _in_keras(vae) else None
        return for_one(piece, vae.encode, tuple(vae.image_shape))

    def _look(self, question: int | None = None) -> None:
        """Go to the code of a new drawing, unless the browser did; decode z if the browser cannot."""
        drawing = self.drawing.tobytes()
        new, self._encoded = drawing != self._encoded, drawing
        if new and self.drawing.any() and not (self.steps and question is not None):
            self._go(self._encode_one(self.drawing), "drawing")
        if question is not None:
            if not self.layers:
                self.decoded = self.image
            self.answered = question

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take what the browser sends; it has already worked out everything that belongs together."""
        super().set_state(sync_data)
        self._update_words()

    @t.validate("index", "other")
    def _valid_image(self, proposal: Any) -> int | None:
        name, value = proposal["trait"].name, proposal["value"]
        if value is None:
            return None
        if self._images is None:
            raise ArgumentError(name, "None without images", value, "Write cl.explore_latent(vae, images).")
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
        clustered = self.plane_clusters is not None
        return plane.check_color(proposal["value"], clustered, clustered and self._images.labels is not None)

    @t.observe("index", "other")
    def _bring_into_strip(self, change: Any) -> None:
        position = change["new"]
        if position is not None and position not in self.positions:
            with self.hold_sync():
                for name, value in self._strip_traits(
                    image_strip.with_position(self.positions, position)
                ).items():
                    setattr(self, name, value)

    @t.observe("index")
    def _encode_picked(self, change: Any) -> None:
        if not self._quiet and self.index is not None:
            self._go(self._code(self.index), "image")

    @t.observe("other", "mix")
    def _interpolate(self, change: Any) -> None:
        if not self._quiet and self.index is not None and self.other is not None:
            a, b = self._code(self.index), self._code(self.other)
            self._go((1 - self.mix) * a + self.mix * b, "between")

    @t.observe("z")
    def _on_z(self, change: Any) -> None:
        if self._quiet:
            return
        old, new = np.array(change["old"]), np.array(self.z)
        different = np.flatnonzero(old != new)
        if len(different) == 1:  # one slider moved
            self.moved = int(different[0])
        else:
            self._go(self.z, "set")

    @t.observe(*STATE)
    def _refresh(self, change: Any) -> None:  # observers run in the order of their names: this is last
        if not self._quiet:
            self._update_words()

    def _update_words(self) -> None:
        """Words and code for what is on screen now."""
        now = self._snapshot()
        self.words = latent_figure.words(now)
        self.code = fill(self.recipe, z=", ".join(f"{v:g}" for v in self.z), origin=now.source)

    def name(self, position: int) -> str:
        """An image in words, with its class if it has one: "image 7 (4)"."""
        labels = self._images.labels
        return f"image {position}" + ("" if labels is None else f" ({self.classes[labels[position]]})")

    def figure(self) -> Any:
        """What is on screen as a still matplotlib figure."""
        picked = None if self.index is None else self._images.images[self.index]
        plane_of_codes = None
        if self.plane is not None:
            groups = self.plane_clusters if self.color == "cluster" else self.plane_labels
            plane_of_codes = latent_figure.Plane(self.plane, groups, self.color, self.classes)
        return self._in_words(latent_figure.draw(self._snapshot(), self.image, picked, plane_of_codes))

    def _snapshot(self) -> latent_figure.LatentSnapshot:
        return latent_figure.LatentSnapshot(
            z=np.array(self.z),
            start=np.array(self.start),
            moved=self.moved,
            origin=self.origin,
            image=None if self.index is None else self.name(self.index),
            other=None if self.other is None else self.name(self.other),
            mix=self.mix,
            order=self.order,
            kl=self.kl,
            in_browser=bool(self.layers),
        )


def _in_keras(vae: Any) -> bool:
    """Whether the VAE's encoder consists of Keras layers."""
    return hasattr(vae, "encoder") and hasattr(vae, "mean")


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
    vae : a `VAE`, or a plain autoencoder (`AutoEncoder`, `OwnAutoencoder`), whose dimensions have no KL.
        A dense decoder runs in the browser, a convolutional one in the kernel.
    images : `Images` to pick from and encode, and to measure the KL of each dimension on;
        without them z starts at the prior's centre.
    index : position in `images` of the image to start with; None for the first.
    state : a string from `view.state`, to show the same again.
    hide : controls to hide: "images", "sliders", "pad", "color", "reset", "random",
        "draw", "interpolate", "code", "screen".
    color : for a latent space of two dimensions, what the colours of the codes mean: "label", or
        "cluster" (k-means on the codes with as many clusters as classes, or 10). None means
        "label" if there are labels.

    Returns
    -------
    LatentView : you can read, set and observe `view.z`, `view.index`, `view.other` and `view.mix`;
        `view.image` is what z decodes to.

    Raises
    ------
    ArgumentError : if the model has no latent space, the images have another size, the index is out
        of range, the codes cannot be coloured so, or the state is of another view.
    """
    view = LatentView(vae, images, index, color, hide=list(hide))
    if state is not None:
        view.state = state
    return view
