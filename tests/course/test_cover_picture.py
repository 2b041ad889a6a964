"""The pictures of the index: which figure of a lesson, and which part of it."""

from __future__ import annotations

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from capslab.course.cover_picture import HEIGHT, WIDTH, Cover, choose, fits, thumbnail


def picture(pixels: np.ndarray, width: int | None = None, alt: str = "a &amp; b") -> str:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    size = f' width="{width}"' if width else ""
    return f'<img src="data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}" alt="{alt}"{size}>'


def pixels_of(element: str) -> np.ndarray:
    data = re.search(r"base64,([^\"]+)", element)
    assert data is not None
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data[1]))))


def speckled(height: int, width: int, top: int, left: int) -> np.ndarray:
    """White, but for noise of 120 × 200 pixels at a place."""
    pixels = np.full((height, width, 3), 255, np.uint8)
    noise = np.random.default_rng(0).integers(0, 256, (120, 200, 1), np.uint8)
    pixels[top : top + 120, left : left + 200] = noise
    return pixels


@pytest.mark.parametrize(("top", "left"), [(0, 0), (300, 700), (150, 350)])
def test_the_part_with_something_to_see_is_cut_out_whole(top: int, left: int) -> None:
    element = thumbnail(picture(speckled(460, 910, top, left)))
    part = pixels_of(element)
    assert part.shape[:2] == (HEIGHT, WIDTH)
    assert (part < 255).any(2).sum() == (speckled(460, 910, top, left) < 255).any(2).sum()
    assert 'alt="a &amp; b"' in element


def test_a_figure_for_dense_screens_is_cut_at_the_size_that_it_is_shown() -> None:
    part = pixels_of(thumbnail(picture(speckled(800, 1820, 0, 0), width=910)))
    assert part.shape[:2] == (2 * HEIGHT, 2 * WIDTH)  # twice the pixels for the same part of the page


def test_what_is_small_or_no_bitmap_stays_as_it_is() -> None:
    small = picture(speckled(200, 300, 0, 0))
    assert thumbnail(small) == small
    drawing = '<div role="img" aria-label="x"><svg></svg></div>'
    assert thumbnail(drawing) == drawing
    broken = '<img src="data:image/png;base64,AAAA" alt="x">'
    assert thumbnail(broken) == broken
    assert thumbnail("") == ""


def test_strips_are_no_covers() -> None:
    assert fits(picture(speckled(300, 600, 0, 0)))
    assert not fits(picture(speckled(130, 1000, 0, 0)))
    assert not fits(picture(speckled(230, 1424, 0, 0), width=712))
    assert not fits("")


def test_two_lessons_do_not_show_the_same_kind_of_view_where_there_is_a_choice() -> None:
    clusters, figure, routing = Cover("c", "ClusterView"), Cover("f"), Cover("r", "RoutingView")
    assert choose([[figure, clusters], [clusters, figure], [clusters, routing]]) == ["c", "f", "r"]
    assert choose([[clusters], [clusters], []]) == ["c", "c", ""]


def test_a_cell_with_the_tag_cover_is_the_cover() -> None:
    wanted = Cover("w", "figure", wanted=True)
    assert choose([[Cover("c", "ClusterView"), wanted]]) == ["w"]
