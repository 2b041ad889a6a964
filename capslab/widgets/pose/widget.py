"""The pose view: the numbers of one digit capsule under sliders, and the image they decode to.

The poses of all digit capsules and the dense decoder's weights go over once; from then on the
browser decodes (`latent_arithmetic.js`, `pose_arithmetic.js`) and a drag needs no kernel.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import traitlets as t

from capslab.errors import ArgumentError, Verbatim, unknown_name
from capslab.routing import route
from capslab.widgets.base import Array, View, fill, module, style
from capslab.widgets.latent.widget import Code
from capslab.widgets.pose import figure as pose_figure
from capslab.widgets.shared import browser_decoder, image_strip

SWEEP = 0.25  # each way, as in figure 4 of Sabour et al. 2017

RECIPE = """\
import capslab as cl
import matplotlib.pyplot as plt

poses = cl.route(model, image).outputs[-1:]  # (1, digit, pose), as read from the image
poses[0, ⟨capsule⟩] = [⟨pose⟩]
picture = model.decode(poses, [⟨capsule⟩])[0]  # (height, width, channels), 0…1
plt.imshow(picture.squeeze(), cmap="gray", vmin=0, vmax=1)
plt.title("capsule " + model.classes[⟨capsule⟩])
"""


class PoseView(View):
    """The pose of one digit capsule and the image it decodes to.

    Attributes
    ----------
    pose : the capsule's numbers, a tuple of D, four decimals; set it to move all at once.
    capsule : which digit capsule; choosing one takes its pose as read from the image.
    moved : the dimension that was moved last, or None.
    start : the pose as read from the image.
    order : the dimensions, those that change the picture most first.
    image : what the pose decodes to, `(h, w, c)` in 0…1.
    original : the image that the poses were read from, uint8 `(h, w, c)`.
    """

    _esm = module("strip", "latent_arithmetic", "latent_draw", "pose_arithmetic", "pose")
    _css = style("latent", "pose")
    STATE = ("capsule", "pose", "moved")
    CONTROLS = ("capsule", "sliders", "reset", "sweep", "code")

    capsule = t.Int(0).tag(sync=True)
    pose = Code()
    moved = t.Int(None, allow_none=True).tag(sync=True)

    classes = t.List(t.Unicode()).tag(sync=True)
    predicted = t.Int(0).tag(sync=True)
    label = t.Int(-1).tag(sync=True)  # −1 for none
    recipe = t.Unicode(RECIPE).tag(sync=True)
    original = Array()  # (h, w, c)
    poses = Array()  # (J, D), four decimals
    effects = Array()  # (J, D): how much each dimension changes the picture
    layers: t.List[Any] = t.List().tag(sync=True)
    kernels = Array()

    def __init__(self, model: Any, image: Any, capsule: int | str | None = None, **options: Any) -> None:
        pixels, label = _one(image, model)
        trace = route(model, pixels)
        poses = trace.outputs[-1].astype(np.float32).round(4)  # (J, D)
        self._layers = browser_decoder.dense(model, poses.size, pixels.size)
        if not self._layers:
            raise ArgumentError(
                "model",
                "a capsule network with a dense decoder (the browser runs it)",
                Verbatim(f"a {type(model).__name__} without one"),
                'Try capslab.pretrained("capsnet-digits").',
            )
        names = [str(name) for name in model.classes]
        self._poses, self._quiet = poses, True
        chosen = trace.predicted if capsule is None else _capsule(capsule, names)
        kernels, layers = browser_decoder.packed(self._layers)
        super().__init__(
            classes=names,
            predicted=trace.predicted,
            label=-1 if label is None else label,
            original=pixels,
            poses=poses,
            effects=np.stack([self._effects(j) for j in range(len(poses))]),
            kernels=kernels,
            layers=layers,
            capsule=chosen,
            pose=poses[chosen],
            **options,
        )
        self._quiet = False
        self._follow()

    def _decode(self, capsule: int, poses: np.ndarray) -> np.ndarray:
        """Poses of one capsule `(n, D)`, all other capsules at zero, to `(n, pixels)`."""
        masked = np.zeros((len(poses), *self._poses.shape), np.float32)  # (n, J, D)
        masked[:, capsule] = poses
        return browser_decoder.decoded(self._layers, masked.reshape(len(poses), -1))

    def _effects(self, capsule: int) -> np.ndarray:
        return browser_decoder.effects(
            lambda poses: self._decode(capsule, poses), self._poses[capsule], SWEEP
        )

    @property
    def start(self) -> tuple[float, ...]:
        """The capsule's pose as read from the image."""
        return tuple(round(v, 4) for v in self._poses[self.capsule].tolist())

    @property
    def order(self) -> list[int]:
        """The dimensions, those that change the picture most first."""
        if self.effects is None:
            return list(range(self._poses.shape[1]))
        return np.argsort(-self.effects[self.capsule], kind="stable").tolist()

    @property
    def image(self) -> np.ndarray:
        """What the pose decodes to, `(h, w, c)` in 0…1."""
        return self._decode(self.capsule, np.array([self.pose]))[0].reshape(self.original.shape)

    @property
    def change(self) -> float:
        """Mean |picture now − picture as read|, in 0…1."""
        now, then = self._decode(self.capsule, np.array([self.pose, self.start]))
        return float(np.abs(now - then).mean())

    def reset(self) -> None:
        """Take the pose as read from the image again."""
        self._take(self.start, None)

    def _take(self, pose: Any, moved: int | None) -> None:
        """The pose and what explains it, changed together."""
        self._quiet = True
        try:
            self.pose, self.moved = pose, moved
        finally:
            self._quiet = False
        self._follow()

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """What the browser sends: it has worked out everything that belongs together itself."""
        self._quiet = True
        try:
            super().set_state(sync_data)
        finally:
            self._quiet = False
        self._follow()

    @t.validate("capsule")
    def _valid_capsule(self, proposal: Any) -> int:
        return image_strip.check_position("capsule", proposal["value"], len(self._poses))

    @t.validate("moved")
    def _valid_dimension(self, proposal: Any) -> int | None:
        value = proposal["value"]
        return None if value is None else image_strip.check_position("moved", value, self._poses.shape[1])

    @t.observe("capsule")
    def _read_again(self, change: Any) -> None:
        if not self._quiet:
            self.reset()

    @t.observe("pose")
    def _set_by_hand(self, change: Any) -> None:
        if not self._quiet:
            different = np.flatnonzero(np.array(change["old"]) != np.array(self.pose))
            self._take(self.pose, int(different[0]) if len(different) == 1 else None)

    @t.observe("moved")
    def _retell(self, change: Any) -> None:
        if not self._quiet:
            self._follow()

    def _follow(self) -> None:
        """Words and code for what is shown now."""
        self.words = pose_figure.words(self)
        numbers = ", ".join(f"{v:g}" for v in self.pose)
        self.code = fill(self.recipe, capsule=self.capsule, pose=numbers)

    def figure(self) -> Any:
        """What is on screen as a still matplotlib figure."""
        return pose_figure.draw(self)


def _one(image: Any, model: Any) -> tuple[np.ndarray, int | None]:
    """One image of the model's size as uint8 `(h, w, c)`, and its label where it has one."""
    label = None
    if hasattr(image, "images"):
        if len(image) != 1:
            raise ArgumentError(
                "image", "one image", Verbatim(f"{len(image)} images"), "Write images[7], say."
            )
        label = None if image.labels is None else int(image.labels[0])
        image = image.images[0]
    pixels = np.asarray(image)
    pixels = pixels[..., None] if pixels.ndim == 2 else pixels
    shape = tuple(getattr(model, "image_shape", pixels.shape))
    if pixels.shape != shape or pixels.dtype != np.uint8:
        raise ArgumentError(
            "image", f"uint8 pixels of the model's size {shape}", pixels, "Write images[7], say."
        )
    return pixels, label


def _capsule(capsule: Any, names: list[str]) -> int:
    """A digit capsule by its class's name or its position."""
    if isinstance(capsule, str):
        if capsule not in names:
            raise unknown_name("capsule", capsule, names)
        return names.index(capsule)
    return image_strip.check_position("capsule", capsule, len(names))


def explore_pose(
    model: Any,
    image: Any,
    capsule: int | str | None = None,
    state: str | None = None,
    hide: tuple[str, ...] = (),
) -> PoseView:
    """Move the pose of a digit capsule and see how the decoded image changes.

    Parameters
    ----------
    model : a `CapsNet`; its dense decoder runs in the browser.
    image : `images[7]` (an `Images` of one), or a uint8 array `(h, w)` or `(h, w, c)`.
    capsule : the digit capsule, as a position or its class's name; None for the predicted one.
    state : what `view.state` of another pose view gave, to show the same.
    hide : controls to leave out: "capsule", "sliders", "reset", "sweep", "code".

    Returns
    -------
    PoseView : `view.pose` and `view.capsule` can be read, set and observed; `view.image` is what
        the pose decodes to.

    Raises
    ------
    ArgumentError : for a model without routing or without a dense decoder, an image of another
        size, an unknown capsule, or a state of another view.
    """
    view = PoseView(model, image, capsule, hide=list(hide))
    if state is not None:
        view.state = state
    return view
