"""The convolution view: drag a window over an image, edit the kernel, see the feature map.

The browser has the images and the kernel and computes everything else, so a drag needs no running
Python.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import traitlets as t

from capslab.errors import ArgumentError, Verbatim, instance_of, unknown_name
from capslab.widgets.base import Array, View, fill, module, style
from capslab.widgets.convolution import figure as convolution_figure
from capslab.widgets.convolution.arithmetic import KERNELS, feature_map, side_of_map
from capslab.widgets.shared import image_strip
from capslab.widgets.traits import Int

STRIP = 16  # images to pick from
LARGEST_KERNEL = 7
STRIDES = (1, 2, 3)

RECIPE = """\
import numpy as np
from capslab import plots

levels = images.images[⟨index⟩].mean(axis=-1) / 255  # (height, width), grey levels 0…1
kernel = np.array(⟨kernel⟩)
windows = np.lib.stride_tricks.sliding_window_view(levels, kernel.shape)[::⟨stride⟩, ::⟨stride⟩]
feature_map = np.einsum("ijab,ab->ij", windows, kernel)  # one sum of products per place
print(feature_map[⟨row⟩, ⟨column⟩])
plots.image_grid(feature_map[None, :, :, None] / np.abs(feature_map).max())
"""


class Kernel(t.TraitType):
    """Weights as a list of equally long lists of finite numbers, 1…7 on a side; four decimals."""

    default_value: Any = KERNELS["horizontal edges"]

    def validate(self, obj: Any, value: Any) -> list[list[float]]:
        try:
            weights = np.asarray(value, float)
        except (TypeError, ValueError):
            weights = np.empty(0)
        if weights.ndim != 2 or not 1 <= min(weights.shape) <= max(weights.shape) <= LARGEST_KERNEL:
            raise ArgumentError(
                str(self.name),
                f"weights in rows and columns, 1 to {LARGEST_KERNEL} of each",
                value,
                "Try [[1, 1, 1], [0, 0, 0], [-1, -1, -1]].",
            )
        if not np.isfinite(weights).all():
            received = Verbatim("NaN or infinity")
            raise ArgumentError(str(self.name), "finite numbers", received, "Put 0 in its place.")
        return [[round(weight, 4) for weight in row] for row in weights.tolist()]


class ConvolutionView(View):
    """A kernel that slides over an image, and the feature map that it leaves.

    Attributes
    ----------
    index : position in `images` of the image.
    kernel : the weights, a list of rows; four decimals.
    stride : pixels from one place of the window to the next, 1…3.
    row, column : the place in the feature map whose window is shown.
    feature_map : the map of the image, (rows, columns).
    """

    _esm = module("convolution")
    _css = style("convolution")
    STATE = ("index", "stride", "kernel", "row", "column")
    CONTROLS = ("images", "row", "column", "presets", "kernel", "stride", "products", "code", "screen")

    index = Int(0).tag(sync=True)
    stride = Int(1).tag(sync=True)
    kernel = Kernel().tag(sync=True)
    row = Int(0).tag(sync=True)
    column = Int(0).tag(sync=True)
    presets: t.Dict[str, Any] = t.Dict(KERNELS).tag(sync=True)
    classes = t.List(t.Unicode()).tag(sync=True)
    recipe = t.Unicode(RECIPE).tag(sync=True)
    thumbs = Array()  # (m, h, w, c), 0…255
    labels = Array()  # (m,), −1 without labels
    positions = Array()  # (m,)

    def __init__(self, images: Any, kernel: Any, index: int, stride: int, seed: int, **options: Any) -> None:
        if not (hasattr(images, "images") and hasattr(images, "labels")):
            raise ArgumentError("images", "the Images to look at", instance_of(images), "Try cl.load().test.")
        self._images = images
        index = image_strip.check_position("index", index, len(images))
        chosen = image_strip.balanced_sample(images.labels, len(images), STRIP, seed)
        chosen = image_strip.with_position(chosen, index)
        super().__init__(
            index=index,
            kernel=_weights(kernel),
            stride=stride,
            classes=image_strip.class_names(images.classes, images.labels),
            **image_strip.strip_arrays(images, chosen),
            **options,
        )
        rows, columns = self.feature_map.shape
        self.row, self.column = rows // 3, columns // 2  # somewhere inside, where there is something to see
        self._follow()

    @property
    def levels(self) -> np.ndarray:
        """Grey levels 0…1 of the image, (height, width)."""
        levels: np.ndarray = self._images.images[self.index].mean(axis=-1) / 255
        return levels

    @property
    def feature_map(self) -> np.ndarray:
        return feature_map(self.levels, np.array(self.kernel), self.stride)

    def _room(self, kernel: Any, stride: int) -> tuple[int, int]:
        height, width = self._images.images.shape[1:3]
        rows, columns = np.shape(kernel)
        return side_of_map(height, rows, stride), side_of_map(width, columns, stride)

    @t.validate("index")
    def _valid_index(self, proposal: Any) -> int:
        return image_strip.check_position("index", proposal["value"], len(self._images))

    @t.validate("stride")
    def _valid_stride(self, proposal: Any) -> int:
        if proposal["value"] not in STRIDES:
            raise ArgumentError("stride", "1, 2 or 3 pixels", proposal["value"], "Try stride=1.")
        return int(proposal["value"])

    @t.validate("kernel")
    def _valid_kernel(self, proposal: Any) -> Any:
        height, width = self._images.images.shape[1:3]
        rows, columns = np.shape(proposal["value"])
        if rows > height or columns > width:
            raise ArgumentError(
                "kernel",
                f"weights that fit into an image of {height} × {width}",
                Verbatim(f"{rows} × {columns} weights"),
                "Try [[1, -1]]." if width > 1 else "Try [[1]].",
            )
        return proposal["value"]

    @t.validate("row", "column")
    def _valid_place(self, proposal: Any) -> int:
        name = proposal["trait"].name
        places = self._room(self.kernel, self.stride)[name == "column"]
        if not 0 <= proposal["value"] < places:
            raise ArgumentError(name, f"a place from 0 to {places - 1}", proposal["value"], "Try 0.")
        return int(proposal["value"])

    @t.observe("index", "stride", "kernel", "row", "column")
    def _moved(self, change: Any) -> None:
        if self.recipe and self.thumbs is not None:
            rows, columns = self._room(self.kernel, self.stride)
            self.row, self.column = min(self.row, rows - 1), min(self.column, columns - 1)
            self._follow()

    def _follow(self) -> None:
        self.words = convolution_figure.words(*self._scene())
        self.code = fill(
            self.recipe,
            index=self.index,
            kernel=self.kernel,
            stride=self.stride,
            row=self.row,
            column=self.column,
        )

    def _scene(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, int, int, int]:
        return self.levels, np.array(self.kernel), self.feature_map, self.stride, self.row, self.column

    def figure(self) -> Any:
        """The image, the products under the window and the feature map as a still matplotlib figure."""
        return self._in_words(convolution_figure.draw(*self._scene()))


def _weights(kernel: Any) -> Any:
    """A kernel by its name, or as it is."""
    if not isinstance(kernel, str):
        return kernel
    if kernel not in KERNELS:
        raise unknown_name("kernel", kernel, KERNELS)
    return KERNELS[kernel]


def explore_convolution(
    images: Any,
    kernel: Any = "horizontal edges",
    index: int = 0,
    stride: int = 1,
    seed: int = 0,
    state: str | None = None,
    hide: tuple[str, ...] = (),
) -> ConvolutionView:
    """Drag a window over an image, edit the kernel under it, and watch the feature map.

    Colour images are shown, and filtered, as the mean of their channels.

    Parameters
    ----------
    images : `Images` to choose from.
    kernel : the weights, in rows and columns (1 to 7 of each), or a name: "horizontal edges",
        "vertical edges", "diagonal strokes", "blur", "sharpen", "copy".
    index : position of the image to start with.
    stride : pixels from one place of the window to the next, 1…3.
    seed : of the choice of images in the strip.
    state : a string from `view.state`, to show the same again.
    hide : controls to hide: "images", "row", "column", "presets", "kernel", "stride", "products", "code",
        "screen".

    Returns
    -------
    ConvolutionView : you can read, set and observe `view.kernel`, `view.row`, `view.column`,
        `view.stride` and `view.index`; `view.feature_map` is the map.

    Raises
    ------
    ArgumentError : if there are no `Images`, the kernel is unknown, empty, not finite or larger than an
        image, the index or the stride is out of range, or the state is of another view.
    """
    view = ConvolutionView(images, kernel, index, stride, seed, hide=list(hide))
    if state is not None:
        view.state = state
    return view
