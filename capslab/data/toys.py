"""The set of toys: 8,000 pictures of fifty toys from all sides, rendered here once and then kept.

Five kinds with ten instances each, seen from 20 azimuths and 4 elevations, twice each, with a lamp of its
own for each picture. As in small NORB, the toys of the test are other toys than those to learn from:
instances 0–4 are for training, 5 for validation and 6–9 for the test.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

import numpy as np

from capslab.data.images import Images
from capslab.data.poses import Poses
from capslab.data.render_toys import SIDE, render_toys
from capslab.data.splits import PARTS
from capslab.data.toy_kinds import INSTANCES, KINDS

AZIMUTHS = tuple(range(0, 360, 18))
ELEVATIONS = (20, 35, 50, 65)
LAMPS = 2  # pictures of each toy from each side, with a lamp drawn for each
LIGHTS = (-60, 60)  # degrees between which lamps are drawn
STRENGTHS = (70, 100)  # hundredths
SEED = 2004  # of the lamps
PART_OF_INSTANCE = ("train",) * 5 + ("validation",) + ("test",) * (INSTANCES - 6)
FILE = "toys-1.npy"  # the number changes with the pictures
SHA256 = "ab18181faa85e2ba86038496266b0d3b2330dff1d103e1d4e3196bd339968d89"


def toy_poses() -> Poses:
    """The poses of the set, kind by kind, toy by toy; the same every time.

    Examples
    --------
    >>> toy_poses()
    8,000 poses: azimuth 0…342, elevation 20…65, light −60…60 (degrees)
    """
    sides = (range(len(KINDS)), range(INSTANCES), AZIMUTHS, ELEVATIONS, range(LAMPS))
    grid = np.stack(np.meshgrid(*sides, indexing="ij")).reshape(len(sides), -1)  # (5, n)
    rng = np.random.default_rng(SEED)
    light = LIGHTS[0] + np.floor(rng.random(grid.shape[1]) * (LIGHTS[1] - LIGHTS[0] + 1))
    strength = STRENGTHS[0] + np.floor(rng.random(grid.shape[1]) * (STRENGTHS[1] - STRENGTHS[0] + 1))
    return Poses(grid[0], grid[1], grid[2], grid[3], light, strength / 100)


def make_toys(folder: Path, seed: int = 0) -> Images:
    """The set of toys, from a file in the folder or rendered and saved there.

    Parameters
    ----------
    folder : where the pictures are kept; where that fails, a line says so.
    seed : is kept as `images.seed`; which toys are for training and which for the test does not depend on it.

    Returns
    -------
    Images : uint8 `(8000, 28, 28, 1)` with labels, and `images.poses`.
    """
    poses = toy_poses()
    path = folder / FILE
    pixels = _kept(path)
    if pixels is None:
        pixels = _rendered(poses)
        _keep(path, pixels)
    parts = np.array([PARTS[part] for part in PART_OF_INSTANCE], np.uint8)[poses.instance]
    return Images(pixels, poses.kind, KINDS, "toys", seed, parts, poses=poses)


def _rendered(poses: Poses) -> np.ndarray:
    """All pictures, uint8 `(n, 28, 28, 1)`: a few seconds."""
    pixels = np.empty((len(poses), SIDE, SIDE, 1), np.uint8)
    turned = np.stack([poses.azimuth, poses.elevation, poses.light, poses.strength], axis=1)  # (n, 4)
    for number, kind in enumerate(KINDS):
        here = np.flatnonzero(poses.kind == number)
        pixels[here] = render_toys(kind, poses.instance[here], turned[here])
    return pixels


def _kept(path: Path) -> np.ndarray | None:
    """The pictures from the cache; None where there are none, or not these."""
    try:
        pixels = np.load(path, allow_pickle=False)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, EOFError):
        pixels = None
    if pixels is None or hashlib.sha256(pixels.tobytes()).hexdigest() != SHA256:
        print(f"{path} is damaged. The toys are rendered again.")
        return None
    kept: np.ndarray = pixels
    return kept


def _keep(path: Path, pixels: np.ndarray) -> None:
    """Save the pictures under another name first, so that no half-written file is ever read."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                np.save(file, pixels)
            os.replace(name, path)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        print(f"The toys cannot be kept in {path.parent} ({error.strerror}), so they are rendered each time.")
