"""`shape` and `image_shape` of whatever holds images: `Images`, `Pairs` and `Scenes`."""

from __future__ import annotations

from typing import Any


class HasImageShape:
    """Something with an attribute `images`, an array `(n, height, width, channels)`."""

    images: Any

    @property
    def shape(self) -> tuple[int, ...]:
        """`(n, height, width, channels)`; like any array's shape, it starts with the length."""
        return tuple(self.images.shape)

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """`(height, width, channels)` of one image."""
        height, width, channels = self.images.shape[1:]
        return height, width, channels

    def __len__(self) -> int:
        return len(self.images)
