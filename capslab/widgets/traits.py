"""Traits that accept what NumPy gives, and points that travel to the browser and back."""

from __future__ import annotations

from typing import Any

import numpy as np
import traitlets as t

from capslab.errors import ArgumentError, Verbatim


class Int(t.Int):
    """A whole number; NumPy's integers count as whole numbers too."""

    def validate(self, obj: Any, value: Any) -> Any:
        return super().validate(obj, int(value) if isinstance(value, np.integer) else value)


class Float(t.Float):
    """A number; NumPy's numbers count too."""

    def validate(self, obj: Any, value: Any) -> Any:
        return super().validate(obj, float(value) if isinstance(value, (np.floating, np.integer)) else value)


class Bool(t.Bool):
    """True or False; NumPy's count too."""

    def validate(self, obj: Any, value: Any) -> Any:
        return super().validate(obj, bool(value) if isinstance(value, np.bool_) else value)


class Vector(t.TraitType):
    """A tuple of finite numbers, one for each dimension in the view's `order`, rounded to four decimals.

    It travels to the browser and back as a list.
    """

    default_value = ()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.tag(sync=True, to_json=lambda value, widget: list(value))

    def validate(self, obj: Any, value: Any) -> tuple[float, ...]:
        name, size = str(self.name), len(obj.order)
        try:
            numbers = np.asarray(value, float)
        except (TypeError, ValueError):
            numbers = np.empty((0, 0))
        if numbers.shape != (size,):
            raise ArgumentError(name, f"{size} numbers, one per dimension", value, f"Try np.zeros({size}).")
        if not np.isfinite(numbers).all():
            raise ArgumentError(name, "finite numbers", Verbatim("NaN or infinity"), f"Try np.zeros({size}).")
        return tuple(round(number, 4) for number in numbers.tolist())
