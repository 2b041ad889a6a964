"""The pose view: a slider for each number of a capsule's pose, and the image it decodes to.

The poses of all digit capsules and the dense decoder's weights are sent once; from then on the
browser decodes (`js/src/pose/arithmetic.js`) and a drag needs no kernel.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import traitlets as t

from capslab.errors import ArgumentError, Verbatim, unknown_name
from capslab.routing import route
from capslab.widgets.base import Array, View, fill, module, style
from capslab.widgets.pose import figure as pose_figure
from capslab.widgets.shared import browser_decoder, image_strip
from capslab.widgets.shared.one_image import check_image
from capslab.widgets.traits import Int, Vector

SWEEP = 0.25  # in both directions, as in figure 4 of Sabour et al. 2017

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
    pose : the capsule's D numbers, a tuple, four decimals; set it to change all at once.
    capsule : position of the digit capsule; choosing another shows its pose as read from the image.
    moved : the dimension that was moved last, or None.
    start : the pose as read from the image.
    order : the dimensions, sorted by how much they change the picture, most first.
    image : what the pose decodes to, `(h, w, c)` in 0…1.
    original : the image that the poses were read from, uint8 `(h, w, c)`.
    """

    _esm = module("pose")
    _css = style("pose")
    STATE = ("capsule", "pose", "moved")
    CONTROLS = ("capsule", "sliders", "reset", "sweep", "code", "screen")

    capsule = Int(0).tag(sync=True)
    pose = Vector()
    moved = Int(None, allow_none=True).tag(sync=True)

    classes = t.List(t.Unicode()).tag(sync=True)
    predicted = Int(0).tag(sync=True)
    label = Int(-1).tag(sync=True)  # −1 for none
    recipe = t.Unicode(RECIPE).tag(sync=True)
    original = Array()  # (h, w, c)
    poses = Array()  # (J, D), four decimals
    effects = Array()  # (J, D): how much each dimension changes the picture
    layers: t.List[Any] = t.List().tag(sync=True)
    kernels = Array()

    def __init__(self, model: Any, image: Any, capsule: int | str | None = None, **options: Any) -> None:
        pixels, label = check_image(image, model)
        trace = route(model, pixels)
        poses = trace.outputs[-1].astype(np.float32).round(4)  # (J, D)
        self._layers = browser_decoder.dense(model, poses.size, pixels.size)
        if not self._layers:
            raise ArgumentError(
                "model",
                "a capsule network with a dense decoder (the browser runs it)",
                Verbatim(f"a model of the class {type(model).__name__} without one"),
                'Try cl.pretrained("capsnet-digits").',
            )
        names = [str(name) for name in model.classes]
        self._poses, self._quiet = poses, True
        chosen = trace.predicted if capsule is None else _find_capsule(capsule, names)
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
        self._update_words()

    def _decode(self, capsule: int, poses: np.ndarray) -> np.ndarray:
        """Decode poses of one capsule `(n, D)`, all other capsules being zero, to pixels `(n, h·w·c)`."""
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
        """The dimensions, sorted by how much they change the picture, most first."""
        if self.effects is None:
            return list(range(self._poses.shape[1]))
        return np.argsort(-self.effects[self.capsule], kind="stable").tolist()

    @property
    def image(self) -> np.ndarray:
        """What the pose decodes to, `(h, w, c)` in 0…1."""
        return self._decode(self.capsule, np.array([self.pose]))[0].reshape(self.original.shape)

    @property
    def change(self) -> float:
        """Mean absolute difference between the picture now and the picture as read, in 0…1."""
        now, before = self._decode(self.capsule, np.array([self.pose, self.start]))
        return float(np.abs(now - before).mean())

    def reset(self) -> None:
        """Go back to the pose as read from the image."""
        self._set_pose(self.start, None)

    def _set_pose(self, pose: Any, moved: int | None) -> None:
        """Change the pose together with the trait that explains it."""
        self._quiet = True
        try:
            self.pose, self.moved = pose, moved
        finally:
            self._quiet = False
        self._update_words()

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take what the browser sends; it has already worked out everything that belongs together."""
        self._quiet = True
        try:
            super().set_state(sync_data)
        finally:
            self._quiet = False
        self._update_words()

    @t.validate("capsule")
    def _valid_capsule(self, proposal: Any) -> int:
        return image_strip.check_position("capsule", proposal["value"], len(self._poses))

    @t.validate("moved")
    def _valid_dimension(self, proposal: Any) -> int | None:
        value = proposal["value"]
        return None if value is None else image_strip.check_position("moved", value, self._poses.shape[1])

    @t.observe("capsule")
    def _on_capsule(self, change: Any) -> None:
        if not self._quiet:
            self.reset()

    @t.observe("pose")
    def _on_pose(self, change: Any) -> None:
        if not self._quiet:
            different = np.flatnonzero(np.array(change["old"]) != np.array(self.pose))
            self._set_pose(self.pose, int(different[0]) if len(different) == 1 else None)

    @t.observe("moved")
    def _on_moved(self, change: Any) -> None:
        if not self._quiet:
            self._update_words()

    def _update_words(self) -> None:
        """Words and code for what is on screen now."""
        self.words = pose_figure.words(self._snapshot())
        numbers = ", ".join(f"{v:g}" for v in self.pose)
        self.code = fill(self.recipe, capsule=self.capsule, pose=numbers)

    def figure(self) -> Any:
        """What is on screen as a still matplotlib figure."""
        effects = self.effects[self.capsule]
        return self._in_words(
            pose_figure.draw(self._snapshot(), self.original, self.image, effects, self.order)
        )

    def _snapshot(self) -> pose_figure.PoseSnapshot:
        return pose_figure.PoseSnapshot(
            classes=self.classes,
            capsule=self.capsule,
            predicted=self.predicted,
            label=self.label,
            pose=np.array(self.pose),
            start=np.array(self.start),
            moved=self.moved,
            change=self.change,
        )


def _find_capsule(capsule: Any, names: list[str]) -> int:
    """The position of a digit capsule, given its position or the name of its class."""
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
    """Change the pose of a digit capsule and see how the decoded image changes.

    Parameters
    ----------
    model : a `CapsNet`; its dense decoder runs in the browser.
    image : `images[7]` (an `Images` of one), or a uint8 array `(h, w)` or `(h, w, c)`.
    capsule : the digit capsule, by position or by the name of its class; None for the predicted one.
    state : a string from `view.state`, to show the same again.
    hide : controls to hide: "capsule", "sliders", "reset", "sweep", "code", "screen".

    Returns
    -------
    PoseView : you can read, set and observe `view.pose` and `view.capsule`; `view.image` is what
        the pose decodes to.

    Raises
    ------
    ArgumentError : if the model has no routing or no dense decoder, the image has another size, the
        capsule is unknown, or the state is of another view.
    """
    view = PoseView(model, image, capsule, hide=list(hide))
    if state is not None:
        view.state = state
    return view
