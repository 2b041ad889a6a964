"""The drawing pad: what a network makes of your drawing while you draw.

The browser turns strokes into the network's image, and runs small networks itself: convolutions
(convolutional_network.js in `js/src/shared`), routing (routing.js), dense decoders (dense_decoder.js).
Then drawing needs no kernel, and Python follows at its own pace. If a network is too large for the
browser, it asks the kernel, and only about the newest drawing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import traitlets as t

from capslab.data.strokes_to_image import filling
from capslab.errors import ArgumentError, Verbatim, instance_of
from capslab.routing import RoutingTrace, routing_by_agreement, softmax
from capslab.routing.variants import check_agreement
from capslab.widgets.base import Array, View, fill, module, style
from capslab.widgets.draw import figure as drawing_figure
from capslab.widgets.shared import browser_decoder, browser_network, image_strip
from capslab.widgets.shared.drawing_pad import Drawable, for_one
from capslab.widgets.traits import Float, Int

RECIPE = """\
import capslab as cl
from capslab.data.strokes_to_image import centred, inked

strokes = ⟨strokes⟩
image = centred(inked(strokes, pen=⟨pen⟩), model.image_shape)  # as the network sees it
print("predicted", model.classes[model.classify(image[None])[0]])
"""
ROUTES = """\
trace = cl.route(model, image)
print("lengths", trace.lengths[-1].round(2), "entropy", trace.entropy.round(3))
"""
DECODES = "reconstruction = model.decode(trace.outputs[-1:])[0]  # (height, width, channels), 0…1\n"
ENCODES = "z = vae.encode(image[None])[0]\nagain = vae.decode(z[None])[0]\n"


class DrawingView(Drawable, View):
    """A pad to draw on, and what a network makes of the drawing.

    Attributes
    ----------
    strokes : lines of points (x, y) in 0…1, x to the right and y down; set them to draw from Python.
    pen : width of the pen, as a share of the pad's width.
    image : the drawing as the network sees it, uint8 `(h, w, c)`.
    lengths : of the digit capsules, `(J,)`; None without capsules, or if nothing is drawn.
    probabilities : of the classes, `(J,)`, for a network without capsules; otherwise None.
    predicted : position of the predicted class, or None if nothing is drawn.
    trace : the `RoutingTrace` of the drawing, or None.
    reconstruction : decoded from the predicted capsule's pose, `(h, w, c)` in 0…1, or None.
    z : the latent code of the drawing, `(d,)`, or None without a VAE.
    """

    _esm = module("draw")
    _css = style("draw")
    STATE = ("pen", "strokes")
    CONTROLS = ("undo", "clear", "pen", "routing", "reconstruction", "latent", "code", "screen")

    lengths = t.Instance(np.ndarray, allow_none=True)
    predicted = Int(None, allow_none=True)

    classes = t.List(t.Unicode()).tag(sync=True)
    shape = t.List(t.Int()).tag(sync=True)
    share = Float().tag(sync=True)  # the share of the image's side that a drawing fills
    grid = t.List(t.Int()).tag(sync=True)  # of the primary capsules; [] without capsules
    iterations = Int(1).tag(sync=True)
    weights = Array()  # (I, J, D, P)
    bias = Array()  # (J, D)
    layers: t.List[Any] = t.List().tag(sync=True)  # of the pose decoder; [] for none
    kernels = Array()
    latent_dim = Int(0).tag(sync=True)
    axes = t.List(t.Int()).tag(sync=True)  # the one or two latent dimensions that change the picture most
    vae_layers: t.List[Any] = t.List().tag(sync=True)
    vae_kernels = Array()
    #: what the browser runs: the steps to "primary", "logits" and "z"; {} if it cannot
    steps: t.Dict[str, Any] = t.Dict().tag(sync=True)
    step_weights = Array()
    missing = t.Unicode().tag(sync=True)  # what this network cannot show, in words
    recipe = t.Unicode().tag(sync=True)
    primary = Array()  # (I, P)
    probabilities = Array()  # (J,)
    z = Array()  # (d,)
    decoded = Array()  # (h, w, c), if Python decodes for the VAE

    def __init__(self, model: Any, vae: Any = None, **options: Any) -> None:
        capsules = hasattr(model, "primary") and hasattr(model, "routing_weights")
        if not capsules and not hasattr(model, "probabilities"):
            hint = "Write cl.draw_digit(model, vae=vae)." if hasattr(model, "latent_dim") else ""
            raise ArgumentError(
                "model",
                "a classifier (a CapsNet or a DenseBaseline)",
                instance_of(model),
                hint or 'Try cl.pretrained("capsnet-digits").',
            )
        if vae is not None:
            _check_vae(vae, model.image_shape)
        self._model, self._vae = model, vae
        self._trace: RoutingTrace | None = None
        self._layers: list[Any] = []
        shape = tuple(int(n) for n in model.image_shape)
        traits: dict[str, Any] = {
            "shape": list(shape),
            "classes": image_strip.class_names(model.classes, None),
        }
        traits |= self._capsule_traits(shape) if capsules else self._classifier_traits(shape)
        if vae is not None:
            traits |= self._vae_traits(shape)
            traits["recipe"] += ENCODES
        traits |= self._browser_traits(traits, shape)
        super().__init__(**traits, **self._blank(shape), share=filling(shape), **options)
        self._quiet = False
        self._look()

    def _capsule_traits(self, shape: tuple[int, ...]) -> dict[str, Any]:
        """The routing weights and the decoder of a capsule network."""
        model, learned = self._model, self._model.routing_weights()
        check_agreement(learned)
        self._learned = learned
        self._primary = for_one(getattr(model, "trunk", None), model.primary, shape)
        _, digits, pose, _ = learned.weights.shape
        self._layers = browser_decoder.dense(model, digits * pose, int(np.prod(shape)))
        kernels, layers = browser_decoder.packed(self._layers)
        missing = "" if layers else "This network has no dense decoder, so there is no reconstruction."
        return {
            "weights": np.asarray(learned.weights, np.float32),
            "bias": np.asarray(learned.bias, np.float32),
            "iterations": int(learned.iterations),
            "grid": [int(n) for n in model.grid],
            "kernels": kernels,
            "layers": layers,
            "missing": missing,
            "recipe": RECIPE + ROUTES + (DECODES if layers else ""),
        }

    def _classifier_traits(self, shape: tuple[int, ...]) -> dict[str, Any]:
        """A network without capsules has probabilities only."""
        model = self._model
        keras = hasattr(model, "logits") and callable(model)
        logits = for_one(model, None, shape) if keras else None
        self._probabilities = (
            (lambda image: softmax(logits(image))) if logits else for_one(None, model.probabilities, shape)
        )
        name = type(model).__name__
        missing = f"A {name} has no capsules, so there is no routing and no reconstruction to show."
        return {"missing": missing, "recipe": RECIPE}

    def _vae_traits(self, shape: tuple[int, ...]) -> dict[str, Any]:
        """The VAE's decoder, and the latent dimensions that change the picture most."""
        vae, d = self._vae, int(self._vae.latent_dim)
        keras = hasattr(vae, "encoder") and hasattr(vae, "mean")
        piece = (lambda x: vae.mean(vae.encoder(x))) if keras else None
        self._encode = for_one(piece, vae.encode, shape)
        kernels, layers = browser_decoder.packed(browser_decoder.dense(vae, d, int(np.prod(shape))))
        effects = browser_decoder.effects(vae.decode, np.zeros(d, np.float32), 1.5)
        axes = np.arange(d) if d <= 2 else np.argsort(-effects, kind="stable")[:2]
        return {"latent_dim": d, "axes": axes.tolist(), "vae_kernels": kernels, "vae_layers": layers}

    def _browser_traits(self, traits: dict[str, Any], shape: tuple[int, ...]) -> dict[str, Any]:
        """All networks that a drawing goes through, if the browser can run every one of them."""
        model, vae = self._model, self._vae
        layers: dict[str, Any] = {}
        if "grid" in traits:
            layers["primary"] = getattr(getattr(model, "trunk", None), "layers", None)
        elif hasattr(model, "hidden") and hasattr(model, "logits"):
            layers["logits"] = [*model.hidden.layers, model.logits]
        else:
            return {}
        if vae is not None:
            if not traits["vae_layers"]:
                return {}
            layers["z"] = [*vae.encoder.layers, vae.mean] if hasattr(vae, "encoder") else None
        networks, weights = {}, []
        for name, stack in layers.items():
            flat, steps = browser_network.packed(stack, shape)
            if flat is None:
                return {}
            networks[name] = {"size": flat.size, "steps": steps}
            weights.append(flat)
        return {"steps": networks, "step_weights": np.concatenate(weights)}

    @property
    def image(self) -> np.ndarray:
        """The drawing as the network sees it, uint8 `(h, w, c)`."""
        return self.drawing

    @property
    def trace(self) -> RoutingTrace | None:
        """Every routing iteration of the drawing; None without capsules, or if nothing is drawn."""
        if self._trace is None and self.primary is not None:
            self._trace = routing_by_agreement(
                self._learned.votes(self.primary),
                self.iterations,
                self._learned.bias,
                grid=tuple(self.grid),
                classes=tuple(self.classes),
                image=self.image,
            )
        return self._trace

    @property
    def scores(self) -> np.ndarray | None:
        """Lengths or probabilities, whichever the network has."""
        return self.lengths if self.probabilities is None else self.probabilities

    @property
    def reconstruction(self) -> np.ndarray | None:
        """The image decoded from the predicted capsule's pose, `(h, w, c)` in 0…1."""
        if self.trace is None or not self._layers:
            return None
        masked = np.zeros_like(self.trace.outputs[-1])  # (J, D)
        masked[self.trace.predicted] = self.trace.outputs[-1, self.trace.predicted]
        return browser_decoder.decoded(self._layers, masked.reshape(1, -1)).reshape(self.image.shape)

    def clear(self) -> None:
        """Wipe the pad."""
        self.strokes = ()

    def _look(self, question: int | None = None) -> None:
        """Show the image to the networks and send everything that follows in one message."""
        blank = not self.image.any()
        self._trace = None
        with self.hold_sync():
            if self.grid:
                self.primary = None if blank else self._primary(self.image).astype(np.float32)
            else:
                self.probabilities = None if blank else self._probabilities(self.image).astype(np.float32)
            if self._vae is not None:
                self.z = None if blank else self._encode(self.image).astype(np.float32)
                if not self.vae_layers:
                    self.decoded = None if blank else self._vae.decode(self.z[None])[0].astype(np.float32)
            self.lengths = None if self.trace is None else self.trace.lengths[-1]
            self.predicted = None if self.scores is None else int(self.scores.argmax())
            self._update_words()
            if question is not None:
                self.answered = question

    def _on_browser_strokes(self) -> None:
        self._update_words()

    def _update_words(self) -> None:
        """Words and code for what is on screen now."""
        strokes = [[list(point) for point in line] for line in self.strokes]
        self.words = drawing_figure.words(self._snapshot())
        self.code = fill(self.recipe, strokes=strokes, pen=self.pen)

    def figure(self) -> Any:
        """What is on screen as a still matplotlib figure."""
        return self._in_words(
            drawing_figure.draw(self._snapshot(), self.image, self.reconstruction, bool(self.grid))
        )

    def _snapshot(self) -> drawing_figure.DrawingSnapshot:
        return drawing_figure.DrawingSnapshot(
            self.classes, self.scores, self.trace, self.z, self.axes, self.missing
        )


def _check_vae(vae: Any, shape: Any) -> None:
    if not (hasattr(vae, "decode") and hasattr(vae, "encode") and hasattr(vae, "latent_dim")):
        raise ArgumentError(
            "vae",
            "a VAE (a model with a latent space)",
            instance_of(vae),
            'Try cl.pretrained("vae-digits").',
        )
    if tuple(vae.image_shape) != tuple(shape):
        raise ArgumentError(
            "vae",
            f"one for images of the model's size {tuple(shape)}",
            Verbatim(f"one for {tuple(vae.image_shape)}"),
            "Take two models of the same data set, or leave it out.",
        )


def draw_digit(
    model: Any, vae: Any = None, state: str | None = None, hide: tuple[str, ...] = ()
) -> DrawingView:
    """Draw, and watch what a network makes of it: prediction, routing, reconstruction, latent code.

    The drawing is first centred and scaled like the digits of MNIST, and shown as the network sees it.

    Parameters
    ----------
    model : a `CapsNet`, or a `DenseBaseline` (it has a prediction only).
    vae : a `VAE` for images of the same size, to see the latent code of the drawing and what it
        decodes to.
    state : a string from `view.state`, to show the same again.
    hide : controls and panels to hide: "undo", "clear", "pen", "routing",
        "reconstruction", "latent", "code", "screen".

    Returns
    -------
    DrawingView : read the drawing and what the networks make of it from `view.image`, `view.lengths`,
        `view.predicted`, `view.trace` and `view.z`; set `view.strokes` and `view.pen` to draw from Python.

    Raises
    ------
    ArgumentError : if the model does not classify, the VAE is for images of another size, or the state
        is of another view.
    """
    view = DrawingView(model, vae, hide=list(hide))
    if state is not None:
        view.state = state
    return view
