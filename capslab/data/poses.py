"""`Poses`: for each picture of a toy, which toy it is, how it is turned and how it is lit."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from capslab.errors import ArgumentError, Verbatim


@dataclass(frozen=True, eq=False, repr=False)
class Poses:
    """What is known of each picture of a toy, as arrays of equal length `(n,)`.

    Attributes
    ----------
    kind : class number of the kind of toy, int64; the same as the label.
    instance : which toy of that kind, int64, 0…9.
    azimuth : degrees that the toy is turned, float64, 0 ≤ azimuth < 360.
    elevation : degrees that one looks down on it, float64.
    light : degrees from which the lamp shines, float64; negative from the left.
    strength : of the lamp, float64, 0…1.

    Raises
    ------
    ArgumentError : if the arrays differ in length.

    Examples
    --------
    >>> import capslab as cl
    >>> toys = cl.load("toys")
    >>> from_the_side = toys[(toys.poses.azimuth == 0) & (toys.poses.elevation == 20)]
    >>> set(from_the_side.poses.azimuth.tolist()), len(from_the_side)
    ({0.0}, 100)
    """

    kind: np.ndarray
    instance: np.ndarray
    azimuth: np.ndarray
    elevation: np.ndarray
    light: np.ndarray
    strength: np.ndarray

    def __post_init__(self) -> None:
        lengths = {each.name: np.shape(getattr(self, each.name)) for each in fields(self)}
        for name, shape in lengths.items():
            if len(shape) != 1 or shape != lengths["kind"]:
                received = Verbatim(f"an array of shape {shape}")
                expected = f"one number per picture, as `kind` with shape {lengths['kind']}"
                raise ArgumentError(name, expected, received, "Take all six from the same pictures.")
            kind = np.int64 if name in ("kind", "instance") else np.float64
            array = np.asarray(getattr(self, name), kind).view()
            array.flags.writeable = False
            object.__setattr__(self, name, array)

    def __len__(self) -> int:
        return len(self.kind)

    def __getitem__(self, index: Any) -> Poses:
        """The poses of a selection: a slice, a mask or an array of positions."""
        return Poses(*(np.atleast_1d(getattr(self, each.name)[index]) for each in fields(self)))

    def __repr__(self) -> str:
        def span(name: str) -> str:
            values = getattr(self, name)
            return f"{name} {values.min():g}…{values.max():g}" if len(values) else f"no {name}"

        turned = ", ".join(map(span, ("azimuth", "elevation", "light"))).replace("-", "−")
        return f"{len(self):,} poses: {turned} (degrees)"
