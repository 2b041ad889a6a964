"""Searches the colours of groups in `capslab/plots/colours.py`: `python tools/palette.py light --seed 1`.

Each ground has twelve wishes, such as "blue" and "orange". The search moves the colours by simulated
annealing: as near to the wishes as they can be while every two differ by `APART` for whoever tells them apart
worst, and each keeps its contrast with the ground. The further colours are then taken one by one, each the
one that is farthest from all before it: these need their shape and letter to be told apart. It takes a
minute. The colours there are those of `light --seed 1`, `dark --seed 2` and `both --seed 1`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
from tools.colour_vision import VISIONS, contrast, difference, linear, seen

CONTRAST = 3.1
GROUNDS = {"light": ["ffffff"], "dark": ["212121", "111111"], "both": ["ffffff", "212121"]}
#: how far apart the colours of each ground can be
APART = {"light": 15.25, "dark": 15.4, "both": 12.0}
WISHES = {
    # blue, orange, green, dark red, sky, pink, olive, grey, violet, brown, teal, ink
    "light": "005fb9 f06414 00825a 8c1414 3296f0 cd69aa 8c9614 646464 6e32dc 5a2800 003c3c 140a32",
    # blue, orange, green, vermilion, pale blue, pink, yellow, grey, violet, brown, mint, white
    "dark": "5a96fa e69600 00966e e15014 b9cdff dc87b4 ffe81e a0a0a0 8c4bd7 966e5f 8cffb9 ebebf0",
    # blue, orange, green, red, violet, slate, olive, pink
    "both": "287dd7 c87800 008c64 cd4628 a55fc8 737d8c 7d7d1e c85a96",
}
MOST_WANTED = 5  # the first colours are met most often: their wishes count more
STEPS = 90_000
COUNT = 32
_TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_OKLAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def from_hex(written: str) -> np.ndarray:
    """Colours 0…1, `(n, 3)`, from "005fb9 f06414"."""
    return np.array([[int(one[c : c + 2], 16) / 255 for c in (0, 2, 4)] for one in written.split()])


def oklab(colours: np.ndarray) -> np.ndarray:
    """Oklab (Ottosson 2020), in which a blue that is made lighter stays as blue."""
    return np.cbrt(linear(colours) @ _TO_CONES.T) @ _TO_OKLAB.T


def views(colours: np.ndarray) -> np.ndarray:
    """What everybody sees, `(visions, ..., 3)`."""
    return np.stack([seen(colours, vision) for vision in VISIONS])


def lowest_contrast(colours: np.ndarray, ground: str) -> np.ndarray:
    return np.min([contrast(colours, paper) for paper in from_hex(" ".join(GROUNDS[ground]))], axis=0)


def search(ground: str, seed: int) -> np.ndarray:
    """The first colours of a ground, `(n, 3)`."""
    rng = np.random.default_rng(seed)
    colours = from_hex(WISHES[ground])
    n = len(colours)
    wanted = oklab(colours)
    weights = np.where(np.arange(n) < MOST_WANTED, 2.5, 1.0)

    def far_from_wish(k: int, colour: np.ndarray) -> float:
        away = oklab(colour) - wanted[k]
        too_faint = max(0.0, CONTRAST - float(lowest_contrast(colour, ground)))
        return 4000 * weights[k] * float((away**2) @ [0.35, 1, 1]) + 4000 * too_faint**2

    def too_near(k: int, looks: np.ndarray) -> float:
        apart = difference(looks[:, None], all_looks)  # (visions, n)
        apart[:, k] = np.inf
        return float((np.clip(APART[ground] - apart, 0, None) ** 2).sum())

    all_looks = views(colours)
    costs = [far_from_wish(k, colours[k]) for k in range(n)]
    for step in range(STEPS):
        done = step / STEPS
        k = int(rng.integers(n))
        tried = np.clip(colours[k] + rng.normal(size=3) * (0.12 * (1 - done) + 0.006), 0, 1)
        if done > 0.9:
            tried = np.round(255 * tried) / 255
        looks, cost = views(tried), far_from_wish(k, tried)
        worse = cost - costs[k] + (1 + 30 * done) * (too_near(k, looks) - too_near(k, all_looks[:, k]))
        if worse < 0 or rng.random() < np.exp(-worse / (40 * (1 - done) ** 2 + 1e-3)):
            colours[k], all_looks[:, k], costs[k] = tried, looks, cost
    return np.round(255 * colours) / 255


def extended(colours: np.ndarray, ground: str) -> np.ndarray:
    """More colours, up to 32: each is the one of a coarse grid that is farthest from all before it."""
    steps = np.arange(0, 256, 15) / 255
    grid = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(-1, 3)
    grid = grid[lowest_contrast(grid, ground) >= CONTRAST]
    looks = views(grid)
    nearest = np.min(
        [_apart(looks, colour) for colour in colours], axis=0
    )  # how far the next one before it is
    while len(colours) < COUNT:
        colours = np.vstack([colours, grid[nearest.argmax()]])
        nearest = np.minimum(nearest, _apart(looks, colours[-1]))
    return colours


def _apart(looks: np.ndarray, colour: np.ndarray) -> np.ndarray:
    return difference(looks, views(colour)[:, None]).min(axis=0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("ground", choices=GROUNDS)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    colours = extended(search(arguments.ground, arguments.seed), arguments.ground)
    print(" ".join("".join(f"{round(255 * part):02x}" for part in colour) for colour in colours))


if __name__ == "__main__":
    main()
