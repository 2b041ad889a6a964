"""The capsule networks of the course in numbers, by name.

A preset has the same convolutions whatever the images are, so it is meant for one size and promises
what it promises there. "any-size" is the exception: `capslab.models.capsnet_for_size` works out its
convolutions from the size of the images.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Pair = tuple[int, int]


@dataclass(frozen=True)
class Convolution:
    """One convolution: filters, window, stride, padding; a window or stride of one number is square."""

    filters: int
    kernel: int | Pair
    strides: int | Pair = 1
    padding: str = "valid"


@dataclass(frozen=True)
class Preset:
    """A capsule network in numbers; counts of parameters are without the decoder.

    `about` promises what holds for the size of images that it names. Other images that are large enough
    are taken too: larger ones have more primary capsules.

    Attributes
    ----------
    about : what it is for, in one line.
    trunk : the convolutions before the primary capsules.
    types, kernel, strides, depthwise, padding, primary_dim : of the primary capsules.
    dimension : length of a digit capsule's pose vector.
    normalise : whether BatchNorm follows each convolution.
    momentum : of the running averages in BatchNorm.
    decoder : units of the decoder's hidden layers.
    normalise_decoder : whether BatchNorm follows each of them.
    pull : how many times more strongly the reconstruction's gradient reaches the capsules than its weight in
        the loss says. At 1 they learn to tell the classes first, and what an image looks like late.
    recipe : where training differs from `CapsNet.recipe`.
    """

    about: str
    trunk: tuple[Convolution, ...]
    types: int
    kernel: int
    strides: int = 1
    depthwise: bool = False
    padding: str = "valid"
    primary_dim: int = 8
    dimension: int = 16
    normalise: bool = True
    momentum: float = 0.9
    decoder: tuple[int, ...] = (128, 256)
    normalise_decoder: bool = False
    pull: float = 1.0
    recipe: dict[str, Any] = field(default_factory=dict)


PRESETS = {
    "any-size": Preset(
        "for images of any size, grey or in colour: at most 72 primary capsules on at most 6×6",
        # The filters of its convolutions; how many there are and which of them halve depends on the size.
        (
            Convolution(16, 5, 2, "same"),
            Convolution(32, 3, padding="same"),
            Convolution(32, 3, 2, "same"),
            Convolution(48, 3, 2, "same"),
            Convolution(64, 3, 2, "same"),
        ),
        types=2,
        kernel=3,
        padding="same",
        decoder=(256, 512),
        normalise_decoder=True,
        pull=30.0,
        # Of 20×24 pixels on coloured grounds it leaves .09 of the variance. Where a shift brings in black,
        # the poses have to carry a bar that no image has, and .22 are left in place of .13; without BatchNorm
        # in the decoder .14; and without shifts it learns the training images by heart.
        recipe={"steps": 2400, "batch_size": 64, "shift": 4, "border": "edge"},
    ),
    "digits": Preset(
        "for grey images of about 8×8: 55 k parameters and 64 primary capsules on 4×4 there",
        (Convolution(16, 3, padding="same"), Convolution(32, 3)),
        types=4,
        kernel=3,
        dimension=8,
        # Few images: more, smaller steps; and at 8×8 a shift of one pixel cuts digits off.
        recipe={"epochs": 1, "batch_size": 64, "shift": 0},
    ),
    "small": Preset(
        "the fastest for 28×28: 36 k parameters and 8 primary capsules that each see the whole image there",
        (Convolution(16, 5, 2), Convolution(32, 3), Convolution(64, 3, 2, "same")),
        types=8,
        kernel=5,
        depthwise=True,
        recipe={"epochs": 3},
    ),
    "visible": Preset(
        "to look at: 111 k parameters and 72 primary capsules on 6×6 for images of 28×28",
        (Convolution(16, 5, 2, "same"), Convolution(32, 3), Convolution(32, 3, 2, "same")),
        types=2,
        kernel=3,
        padding="same",
        recipe={"epochs": 2},
    ),
    "accurate": Preset(
        "the most accurate of the quick ones: 117 k parameters and 72 primary capsules on 3×3 for 28×28",
        (Convolution(16, 5, 2), Convolution(32, 3), Convolution(64, 3, 2, "same")),
        types=8,
        kernel=3,
        depthwise=True,
    ),
    "overlap": Preset(
        "for two overlapping digits on 36×36: 108 primary capsules on 3×3",
        (
            Convolution(24, 5, 2, "same"),
            Convolution(48, 3, 2, "same"),
            Convolution(64, 3, padding="same"),
            Convolution(96, 3),
            Convolution(96, 3),
        ),
        types=12,
        kernel=3,
        depthwise=True,
        momentum=0.95,
    ),
    "overlap-quick": Preset(
        "the same in half the time per image, for a lesson: 72 primary capsules on 3×3",
        (
            Convolution(24, 5, 2, "same"),
            Convolution(32, 3, 2, "same"),
            Convolution(48, 3, padding="same"),
            Convolution(64, 3),
            Convolution(64, 3),
        ),
        types=8,
        kernel=3,
        depthwise=True,
        momentum=0.95,
    ),
    "overlap-digits": Preset(
        "for two overlapping digits on 12×12: 128 primary capsules on 4×4",
        (
            Convolution(24, 3, padding="same"),
            Convolution(48, 3, 2, "same"),
            Convolution(64, 3, padding="same"),
        ),
        types=8,
        kernel=3,
        depthwise=True,
        momentum=0.95,
    ),
    "scene": Preset(
        "for scenes, windows of 28×28 every 4 pixels: 8 primary capsules that each see the whole window",
        (Convolution(16, 5, 2), Convolution(32, 3), Convolution(64, 3, 2)),
        types=8,
        kernel=4,
        depthwise=True,
        momentum=0.95,
    ),
    "scene-digits": Preset(
        "for scenes, windows of 12×12 every 2 pixels: 8 primary capsules that each see the whole window",
        (Convolution(32, 3), Convolution(64, 3, 2)),
        types=8,
        kernel=4,
        depthwise=True,
        momentum=0.95,
    ),
    "any-window": Preset(
        "for scenes, square windows of any size: 8 primary capsules that each see the whole window",
        (Convolution(16, 5, 2), Convolution(32, 3, 2)),
        types=8,
        kernel=4,
        depthwise=True,
        momentum=0.95,
    ),
    "paper": Preset(
        "the network of Sabour et al. 2017 for 28×28: 8.2 M parameters with its decoder, hours on a CPU",
        (Convolution(256, 9),),
        types=32,
        kernel=9,
        strides=2,
        normalise=False,
        decoder=(512, 1024),
    ),
}
