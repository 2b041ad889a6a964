"""Toys as pictures: parallel projection, one depth per pixel, flat faces under one lamp.

A line of sight is inside of a solid once it has crossed the near planes of all its slabs, and outside again
at the first far plane. So the depth of a solid is a minimum over its slabs, and the picture is the maximum
over solids: no polygons, no sorting. Depth is a whole number whose lowest eight bits carry the grey level of
its face, so that one maximum chooses both.

After the sines and cosines, which are rounded to 1/16384, everything is correctly rounded arithmetic in a
fixed order, and the picture is the same to the byte everywhere. `js/src/toy/render.js` does the same.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from capslab.data.toy_kinds import INSTANCES, KINDS, make_toy
from capslab.errors import ArgumentError, is_whole, unknown_name

SIDE = 28  # pixels, as MNIST has them
EXTENT = 1.12  # the picture shows −1.12…1.12 of a toy that reaches about 1
FINE = 2  # each pixel is the mean of 2×2
DEPTHS = 4096  # steps of depth in one unit
FLATTEST = 1 / 64  # a face seen edge-on is taken for one that leans by this much
EMPTY = -(1 << 30)  # depth where nothing is; its grey level is 0
AMBIENT = 0.3  # share of the light that comes from everywhere
LAMP = 45.0  # degrees that the lamp stands above the line of sight
BATCH = 16  # pictures at a time: their depths fit into a core's cache


def render_toy(
    kind: str,
    instance: int = 0,
    azimuth: float = 30.0,
    elevation: float = 30.0,
    light: float = 30.0,
    *,
    strength: float = 1.0,
    size: int = SIDE,
) -> np.ndarray:
    """One toy as a grey picture, in any pose, the same on every machine.

    Parameters
    ----------
    kind : "car", "truck", "plane", "animal" or "person".
    instance : which toy of that kind, 0…9; each has proportions of its own.
    azimuth : degrees that the toy is turned counter-clockwise, seen from above; any number. At 0 it is
        seen from the side and faces right, at 270 it faces whoever looks, and at 90 it is seen from behind.
    elevation : degrees that one looks down on it, 0 (from the side) to 90 (from above).
    light : degrees from which the lamp shines, −90 (from the left) to 90 (from the right).
    strength : of the lamp, 0.2…1.
    size : pixels of a side, 8…512.

    Returns
    -------
    np.ndarray : uint8 `(size, size, 1)`, light on black.

    Raises
    ------
    ArgumentError : if the kind is unknown or a number is out of its range or not finite.

    Source
    ------
    The poses are as in small NORB: LeCun, Huang, Bottou, CVPR 2004. The toys are this package's own.

    Examples
    --------
    >>> picture = render_toy("plane", 3, azimuth=45, elevation=40)
    >>> picture.shape, picture.dtype, int(picture.max()) > 150
    ((28, 28, 1), dtype('uint8'), True)
    """
    if not isinstance(kind, str) or kind not in KINDS:
        raise unknown_name("kind", kind, KINDS)
    if not is_whole(instance) or not 0 <= instance < INSTANCES:
        raise ArgumentError("instance", f"a whole number from 0 to {INSTANCES - 1}", instance, "Try 0.")
    if not is_whole(size) or not 8 <= size <= 512:
        raise ArgumentError("size", "a whole number of pixels from 8 to 512", size, f"Try {SIDE}.")
    pose = np.array(
        [[
            check_angle("azimuth", azimuth),
            check_number("elevation", elevation, 0, 90),
            check_number("light", light, -90, 90),
            check_number("strength", strength, 0.2, 1),
        ]]
    )  # fmt: skip
    return render_toys(kind, np.array([instance]), pose, int(size))[0]


def check_number(name: str, value: Any, low: float, high: float) -> float:
    """A number in a range; raises an `ArgumentError` for anything else."""
    real = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
    if not real or not low <= value <= high:
        step = f"Try {name}={min(max(1, low), high):g}."
        raise ArgumentError(name, f"a number from {low:g} to {high:g}", value, step)
    return float(value)


def check_angle(name: str, value: Any) -> float:
    """Degrees 0 ≤ angle < 360, from any finite number."""
    real = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
    if not real or not math.isfinite(value):
        raise ArgumentError(name, "an angle in degrees", value, f"Try {name}=30.")
    return float(value) % 360


def render_toys(kind: str, instances: np.ndarray, poses: np.ndarray, size: int = SIDE) -> np.ndarray:
    """Many toys of one kind.

    Parameters
    ----------
    kind : one of `KINDS`.
    instances : whole numbers `(n,)`.
    poses : float64 `(n, 4)`: azimuth, elevation and light in degrees, strength.
    size : pixels of a side.

    Returns
    -------
    np.ndarray : uint8 `(n, size, size, 1)`.
    """
    toys = [make_toy(kind, instance) for instance in range(INSTANCES)]
    slabs = np.stack([toy.slabs for toy in toys])  # (instances, slabs, 6)
    pictures = np.empty((len(poses), size, size, 1), np.uint8)
    step = max(1, BATCH * SIDE**2 // size**2)
    for start in range(0, len(poses), step):
        part = slice(start, start + step)
        pictures[part, ..., 0] = _pictures(slabs[instances[part]], toys[0].starts, poses[part], size)
    return pictures


def _pictures(slabs: np.ndarray, starts: tuple[int, ...], poses: np.ndarray, size: int) -> np.ndarray:
    """Grey levels `(batch, size, size)` of toys `(batch, slabs, 6)`."""
    side = FINE * size
    across, near, far = _planes(slabs, poses, side)  # each (batch, slabs, side)
    nearest = np.full((len(poses), side, side), EMPTY, np.int32)
    enter, leave, plane = (np.empty_like(nearest) for _ in range(3))
    ends = (*starts[1:], slabs.shape[1])
    for start, end in zip(starts, ends, strict=True):
        for k in range(start, end):
            column = across[:, k, None, :]  # (batch, 1, side)
            if k == start:
                np.add(near[:, k, :, None], column, out=enter)
                np.add(far[:, k, :, None], column, out=leave)
            else:
                np.minimum(enter, np.add(near[:, k, :, None], column, out=plane), out=enter)
                np.maximum(leave, np.add(far[:, k, :, None], column, out=plane), out=leave)
        enter[enter < leave] = EMPTY  # here one looks past the solid
        np.maximum(nearest, enter, out=nearest)
    grey = nearest & 255  # (batch, side, side)
    sums = grey[:, ::2, ::2] + grey[:, 1::2, ::2] + grey[:, ::2, 1::2] + grey[:, 1::2, 1::2]
    return ((sums + 2) >> 2).astype(np.uint8)


def _planes(slabs: np.ndarray, poses: np.ndarray, side: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The planes of all slabs as depths, int32 `(batch, slabs, side)` each.

    Returns
    -------
    across : what is added to a depth in each column.
    near : the depth of the near plane in each row, with its grey level in the lowest eight bits.
    far : likewise of the far plane, without a grey level.
    """
    sin, cos = _sines(poses[:, :3])  # (batch, 3)
    (sa, se, sl), (ca, ce, cl) = (each.T[:, :, None] for each in (sin, cos))  # (batch, 1) each
    nx, ny, nz, low, high, paint = np.moveaxis(slabs, -1, 0)  # (batch, slabs) each
    right = nx * ca - ny * sa
    back = nx * sa + ny * ca
    up = nz * ce + back * se
    toward = nz * se - back * ce
    flip = np.where(toward < 0, -1.0, 1.0)  # then the far side of the slab faces us
    right, up, toward = right * flip, up * flip, np.maximum(toward * flip, FLATTEST)
    near, far = np.where(flip < 0, -low, high), np.where(flip < 0, -high, low)

    height, level = _sines(np.array([LAMP]))
    lit = right * (sl * level) + up * height + toward * (cl * level)
    brightness = paint * poses[:, 3:4] * (AMBIENT + (1 - AMBIENT) * np.maximum(lit, 0.0))
    grey = np.minimum(255.0, _round(brightness * 255))

    place = (2 * np.arange(side) + 1 - side) * (EXTENT / side)  # (side,), from left to right
    across = 256 * _round(DEPTHS * (place * (-right / toward)[..., None]))
    down = 256 * _round(DEPTHS * (place * (up / toward)[..., None]))  # rows run downwards
    fronts = 256 * _round(DEPTHS * (near / toward)) + grey
    ends = 256 * _round(DEPTHS * (far / toward))
    rows = (down + fronts[..., None], down + ends[..., None])
    return across.astype(np.int32), rows[0].astype(np.int32), rows[1].astype(np.int32)


def _round(values: np.ndarray) -> np.ndarray:
    """To whole numbers, halves upwards, as JavaScript's Math.round does."""
    return np.floor(values + 0.5)


def _sines(degrees: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sine and cosine, rounded: the last bit of a sine differs between machines."""
    radians = degrees * (math.pi / 180)
    return _round(np.sin(radians) * 16384) / 16384, _round(np.cos(radians) * 16384) / 16384
