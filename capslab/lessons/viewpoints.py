"""Lesson 15: toys and digits seen from another side, and how well a linear map reads a pose.

A network learns from the familiar views of some toys. It is then asked for other toys of the same kinds: from
familiar sides, from azimuths that it never learned, and from higher up. The same for digits: it learns from
digits that were only shifted, and is asked for digits that were turned, sheared and resized as well.
`tools/viewpoints.py` trains the networks and keeps what they say in `results/viewpoint.json`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from capslab.data.splits import PARTS
from capslab.errors import unknown_name
from capslab.lessons import results

NAME, COMMAND = "viewpoint", "python tools/viewpoints.py"

WIDEST = 54.0  # degrees to each side of azimuth 0, where a toy faces right, that are familiar
HIGHEST = 35.0  # degrees of elevation that are familiar
TOYS_TO_LEARN, TOYS_TO_CHOOSE = 5, 1  # of the ten of each kind; the others are for the test
#: kinds of networks: how each differs from the capsule network
KINDS = (
    "capsules",
    "convolutional",
    "capsules, 1 iteration",
    "capsules, no decoder",
    "convolutional, no last ReLU",
)
RATES = (0.002, 0.004, 0.008)  # learning rates that both sides may choose from
CHOOSING = 1  # the first seeds, which choose the rate
COMPARED = KINDS[:2]
#: what linear maps read angles off, and how many numbers of it they get
READ = (
    ("the right capsule", 16),
    ("all capsules", 80),
    ("convolutional, last layer", 80),
    ("pixels", 16),
    ("pixels", 784),
)


def turned_by(azimuth: np.ndarray) -> np.ndarray:
    """How many degrees each azimuth is from 0, 0…180.

    >>> turned_by(np.array([0.0, 342.0, 54.0, 180.0])).tolist()
    [0.0, 18.0, 54.0, 180.0]
    """
    return np.abs((np.asarray(azimuth) + 180) % 360 - 180)


def views(poses: Any) -> dict[str, np.ndarray]:
    """A mask for the familiar views, for new azimuths at familiar elevations, and for new elevations.

    Returns
    -------
    dict : "familiar", "azimuth" and "elevation", boolean `(n,)` each; no picture is in two of them, and those
        that are new in both ways are in none.
    """
    near, low = turned_by(poses.azimuth) <= WIDEST, poses.elevation <= HIGHEST
    return {"familiar": near & low, "azimuth": ~near & low, "elevation": near & ~low}


def choose_toys(toys: Any, seed: int) -> Any:
    """The same pictures, split anew by toys: which five of each kind are to learn from follows from the seed.

    Seed 0 leaves the split as it comes. All pictures of a toy are in the same part.
    """
    order = np.arange(10) if seed == 0 else np.random.default_rng([seed, 15]).permutation(10)
    part = np.full(10, PARTS["test"], np.uint8)
    part[order[:TOYS_TO_LEARN]] = PARTS["train"]
    part[order[TOYS_TO_LEARN : TOYS_TO_LEARN + TOYS_TO_CHOOSE]] = PARTS["validation"]
    return replace(toys, parts=part[toys.poses.instance])


def make(kind: str, images: Any, seed: int = 0, rate: float = 0.004) -> Any:
    """An untrained network of that kind; all get the same steps, batches of 64 and no shifts."""
    from capslab import models

    if kind.startswith("convolutional"):
        model: Any = models.ConvNet(images.image_shape, images.classes, preset="visible", seed=seed)
        if kind == "convolutional, no last ReLU":  # two dense layers, and nothing but sums between them
            model.network.layers[-2].activation = lambda x: x
    else:
        iterations = 1 if kind == "capsules, 1 iteration" else 3
        model = models.CapsNet(
            images.image_shape, images.classes, preset="visible", iterations=iterations, seed=seed
        )
    model.recipe = replace(model.recipe, learning_rate=rate, batch_size=64, shift=0, steps=0)
    return model


def vectors(model: Any, images: Any) -> dict[str, np.ndarray]:
    """What the network keeps of each image before it names it: a few numbers, `(n, …)`, by their names.

    Of capsules these are the pose of the right capsule, `(n, 16)`, and all poses; of a convolutional network
    its last hidden layer, as wide as all poses together.
    """
    if hasattr(model, "poses"):
        poses = model.poses(images)  # (n, classes, 16)
        own = poses[np.arange(len(images)), images.labels]
        return {"the right capsule": own, "all capsules": poses.reshape(len(poses), -1)}

    def hidden(x: Any) -> Any:
        for layer in model.network.layers[:-1]:
            x = layer(x)
        return x

    return {"convolutional, last layer": model.in_batches(hidden, model.pixels(images))}


def read_linearly(
    known: np.ndarray, targets: np.ndarray, asked: np.ndarray, width: int | None = None
) -> np.ndarray:
    """What a linear map says of new vectors: ridge regression, its penalty chosen on the known ones.

    Parameters
    ----------
    known : vectors `(n, d)` to fit the map to.
    targets : what it should say of them, `(n, t)`.
    asked : vectors `(m, d)` that it is then given.
    width : how many principal components of the vectors it gets; None gives it all d numbers.

    Returns
    -------
    array `(m, t)`.

    Examples
    --------
    >>> x = np.random.default_rng(0).normal(size=(50, 3))
    >>> np.round(read_linearly(x, x @ [[1.0], [2.0], [0.0]], np.eye(3)), 2).T.tolist()
    [[1.0, 2.0, 0.0]]
    """
    from sklearn.decomposition import PCA
    from sklearn.linear_model import RidgeCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    steps: list[Any] = [PCA(width, random_state=0)] if width else []
    fitted = make_pipeline(*steps, StandardScaler(), RidgeCV(np.logspace(-3, 5, 9)))
    fitted.fit(np.asarray(known, float), targets)
    return fitted.predict(np.asarray(asked, float)).reshape(len(asked), -1)


def read_azimuth(
    known: np.ndarray, known_poses: Any, asked: np.ndarray, asked_poses: Any, width: int | None = None
) -> np.ndarray:
    """The azimuth that a linear map reads off the vectors, in degrees, `(m,)`: one map for each kind of toy.

    The map gives two numbers, the sine and the cosine, because 359° and 0° are neighbours.
    """
    angle = np.deg2rad(known_poses.azimuth)
    pair = np.stack([np.sin(angle), np.cos(angle)], axis=1)  # (n, 2)
    said = _kind_by_kind(known, known_poses, pair, asked, asked_poses, width)
    return np.rad2deg(np.arctan2(said[:, 0], said[:, 1])) % 360


def read_elevation(
    known: np.ndarray, known_poses: Any, asked: np.ndarray, asked_poses: Any, width: int | None = None
) -> np.ndarray:
    """The elevation that a linear map reads off the vectors, in degrees, `(m,)`."""
    heights = known_poses.elevation[:, None]
    return _kind_by_kind(known, known_poses, heights, asked, asked_poses, width)[:, 0]


def _kind_by_kind(
    known: np.ndarray, known_poses: Any, targets: np.ndarray, asked: np.ndarray, asked_poses: Any, width: Any
) -> np.ndarray:
    said = np.empty((len(asked), targets.shape[1]))
    for kind in np.unique(asked_poses.kind):
        here, there = known_poses.kind == kind, asked_poses.kind == kind
        said[there] = read_linearly(known[here], targets[here], asked[there], width)
    return said


def matched(one: Sequence[Sequence[float]], other: Sequence[Sequence[float]]) -> tuple[list[float], ...]:
    """Two trainings compared where both know the familiar images equally well.

    Whichever ends ahead on familiar images goes back to the point between two epochs where it was as good as
    the other one is at its end.

    Parameters
    ----------
    one, other : for each epoch the accuracy on familiar images, followed by other accuracies.

    Returns
    -------
    two lists : what each says at that point; both begin with the same familiar accuracy.

    Examples
    --------
    >>> matched([[0.9, 0.5], [1.0, 0.7]], [[0.8, 0.5], [0.95, 0.7]])
    ([0.95, 0.6], [0.95, 0.7])
    """
    level = min(one[-1][0], other[-1][0])
    return _where(one, level), _where(other, level)


def _where(track: Sequence[Sequence[float]], level: float) -> list[float]:
    """The accuracies where the familiar one was last below the level and then reached it."""
    after = len(track) - 1
    while after > 0 and track[after - 1][0] >= level:
        after -= 1
    late = np.asarray(track[after], float)
    if after == 0 or late[0] <= level:
        return [round(float(value), 4) for value in late]
    early = np.asarray(track[after - 1], float)
    share = (level - early[0]) / (late[0] - early[0])
    return [round(float(value), 4) for value in early + share * (late - early)]


def best_rate(rows: Iterable[Mapping[str, Any]], experiment: str, kind: str) -> float:
    """The rate whose networks of the first seeds name most of the validation images, in the mean."""
    mine = [
        row for row in rows if row["experiment"] == experiment and row["kind"] == kind and "validation" in row
    ]
    mine = [row for row in mine if row["seed"] < CHOOSING]
    return max(RATES, key=lambda rate: np.mean([row["validation"] for row in mine if row["rate"] == rate]))


@dataclass(frozen=True)
class ManyPairs:
    """What `tools/viewpoints.py` measured: for each seed one network of each kind, which learned the same.

    Attributes
    ----------
    table : the measurements as they are in `results/viewpoint.json`.
    """

    table: results.Measurements

    def rate(self, experiment: str, kind: str) -> float:
        """The learning rate that this kind chose; a control takes that of the network it is made from."""
        return best_rate(self.table.rows, experiment, kind.split(",")[0])

    def accuracies(self, kind: str, views: str) -> np.ndarray:
        """One accuracy per seed, on toys that the network did not learn, `(seeds,)`.

        Parameters
        ----------
        kind : a name in `KINDS`.
        views : "familiar", "azimuth" or "elevation"; "new" for the mean of the last two.
        """
        if views == "new":
            return (self.accuracies(kind, "azimuth") + self.accuracies(kind, "elevation")) / 2
        return self._column("toys", kind, views)

    def reading(self, of: str, width: int, column: str) -> np.ndarray:
        """Median errors of linear maps in degrees, one per seed.

        Parameters
        ----------
        of : what is read: "the right capsule", "all capsules", "convolutional, last layer" or "pixels".
        width : how many numbers the map gets.
        column : for example "azimuth, taught"; see `tools/viewpoints.py`.
        """
        kind = "pixels" if of == "pixels" else "convolutional" if of.startswith("conv") else "capsules"
        return self._column("toys", kind, column, reading=of, width=width)

    def azimuth_table(self) -> list[dict[str, Any]]:
        """How far a linear map for the azimuth is off, in whole degrees: a row for each representation.

        The median over the seeds. "familiar sides" and "new sides" are of a map that was fitted to familiar
        sides only, "new sides, taught" of one that was fitted to all sides of the toys to learn from.
        """
        columns = {
            "familiar sides": "familiar",
            "new sides": "extrapolated",
            "new sides, taught": "taught",
        }
        return [
            {"read off": name, "numbers": width}
            | {
                words: round(float(np.median(self.reading(name, width, f"azimuth, {column}"))))
                for words, column in columns.items()
            }
            for name, width in READ
        ]

    def affine(self) -> dict[str, np.ndarray]:
        """For digits, both kinds where they know shifted digits equally well: arrays `(seeds,)`.

        Returns
        -------
        dict : "familiar", the accuracy on shifted digits that both have there; "capsules" and
            "convolutional", their accuracies on affine ones.
        """
        tracks = [self._column("digits", kind, "track") for kind in COMPARED]
        pairs = [matched(one, other) for one, other in zip(*tracks, strict=True)]
        level, mine, theirs = zip(*((one[0], one[1], other[1]) for one, other in pairs), strict=True)
        return {
            "familiar": np.array(level),
            **dict(zip(COMPARED, map(np.array, (mine, theirs)), strict=True)),
        }

    def at_the_end(self, kind: str) -> np.ndarray:
        """For digits, the accuracies on shifted and on affine ones after the last epoch, `(seeds, 2)`."""
        return np.array([track[-1] for track in self._column("digits", kind, "track")])

    def _seeds(self, experiment: str) -> set[int]:
        """The seeds of which both networks of a pair are there; an interrupted run leaves one without."""
        there = []
        for kind in COMPARED:
            rate = self.rate(experiment, kind)
            rows = self.table.where(experiment=experiment, kind=kind, rate=rate)
            there.append({row["seed"] for row in rows if "cpu_s" in row})
        return there[0] & there[1]

    def _column(self, experiment: str, kind: str, column: str, **more: Any) -> Any:
        if kind not in (*KINDS, "pixels"):
            raise unknown_name("kind", kind, KINDS)
        where = {"experiment": experiment, "kind": kind, **more}
        if kind != "pixels":
            where["rate"] = self.rate(experiment, kind)
        complete = self._seeds(experiment)
        rows = [row for row in self.table.where(**where) if column in row and row["seed"] in complete]
        rows.sort(key=lambda row: row["seed"])
        values = [row[column] for row in rows]
        return values if column == "track" else np.array(values)

    def __str__(self) -> str:
        count = sum("cpu_s" in row for row in self.table.rows)
        return f"{count} networks, measured {self.table.date}; again: {COMMAND}"

    __repr__ = __str__


def many_pairs() -> ManyPairs:
    """The bundled measurements.

    Examples
    --------
    >>> pairs = many_pairs()
    >>> len(pairs.accuracies("capsules", "new")) == len(pairs.accuracies("convolutional", "new"))
    True
    """
    return ManyPairs(results.load(NAME))


def earlier_leads() -> dict[str, float]:
    """How far capsules are ahead in `benchmarks/capsules.py`, for each shift and turn of MNIST digits.

    Five networks of each kind learned digits that were shifted by at most two pixels; the means are compared.
    """
    found = results.load("capsules").grouped("accuracy", "change", "amount", "kind", data="mnist")
    mean = {key: float(np.mean(values)) for key, values in found.items()}
    moves = dict.fromkeys((change, amount) for change, amount, _ in mean if amount)
    return {
        f"{change} by {amount}": mean[change, amount, "capsules, 3 iterations"]
        - mean[change, amount, "convolutional"]
        for change, amount in moves
    }
