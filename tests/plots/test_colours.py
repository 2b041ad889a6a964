"""Colours and shapes of groups: told apart by everybody, seen on either ground, the same in the browser."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from capslab import plots
from capslab.errors import ArgumentError
from capslab.plots import colours
from capslab.plots.point_cloud import draw_points
from capslab.plots.style import new_figure

sys.path.insert(0, str(Path(__file__).parents[2]))
from tools.colour_vision import VISIONS, contrast, difference, least_differences, seen  # not installed

WHITE, LAB_DARK, BLACKER = (np.full(3, level / 255) for level in (255, 0x21, 0x11))
GROUNDS = {"light": [WHITE], "dark": [LAB_DARK, BLACKER], "both": [WHITE, LAB_DARK, BLACKER]}
REFERENCE = json.loads((Path(__file__).parents[2] / "js/test/reference.json").read_text("utf-8"))


def colours_on(ground: str, n: int = 32) -> np.ndarray:
    return np.array([plots.palette(i, ground) for i in range(n)])


@pytest.mark.parametrize("ground", ["light", "dark"])
@pytest.mark.parametrize("vision", VISIONS)
def test_the_first_twelve_can_be_told_apart_by_everybody(ground, vision):
    looks = seen(colours_on(ground, 12), vision)
    apart = difference(looks[:, None], looks[None])
    assert apart[~np.eye(12, dtype=bool)].min() >= 15


@pytest.mark.parametrize("ground", GROUNDS)
def test_every_colour_shows_on_its_ground(ground):
    for paper in GROUNDS[ground]:
        assert contrast(colours_on(ground), paper).min() >= 3


def test_colours_for_either_ground_differ_as_far_as_there_is_room():
    eight = least_differences(colours_on("both", 8))
    assert eight[~np.eye(8, dtype=bool)].min() >= 11


@pytest.mark.parametrize("ground", ["light", "dark"])
def test_what_looks_alike_has_another_shape(ground):
    """Past the first twelve, whoever cannot tell two colours apart sees two shapes."""
    apart = least_differences(colours_on(ground))
    for i, j in np.argwhere(np.triu(apart < 5, 1)):
        assert colours.sign(i) != colours.sign(j), (i, j)


def test_a_cluster_keeps_its_hue_when_the_page_turns_dark():
    """The first five, which are met most often: as near in hue as another colour of the ground could be."""
    light, dark = (seen(colours_on(ground, 12), "normal")[:, 1:] for ground in ("light", "dark"))
    hues = [np.degrees(np.arctan2(b, a)) for (a, b) in np.stack([light[:5], dark[:5]]).reshape(-1, 2)]
    turned = (np.subtract(hues[:5], hues[5:]) + 180) % 360 - 180
    assert np.abs(turned).max() < 40


@pytest.mark.parametrize("ground", ["light", "dark"])
def test_the_live_views_have_the_same_colours(ground):
    assert np.round(255 * colours_on(ground)).astype(int).tolist() == REFERENCE["palettes"][ground]
    assert len({plots.palette(i, ground) for i in range(32)}) == 32
    assert plots.palette(32, ground) == plots.palette(0, ground)


def test_a_ground_that_there_is_not_is_refused():
    with pytest.raises(ArgumentError) as caught:
        plots.palette(0, "grey")
    assert caught.value.argument == "ground"
    assert eval(caught.value.next_step.removeprefix("Write ").removesuffix("."), vars(plots))


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("i", range(32))
def test_words_can_be_read_on_every_colour(i, ground):
    """Contrast of at least 4.5 : 1 as WCAG 2.2 defines it."""
    ink = {"black": np.zeros(3), "white": np.ones(3)}[plots.ink_on(plots.palette(i, ground))]
    assert contrast(ink, np.array(plots.palette(i, ground))) >= 4.5


def test_points_have_the_colour_and_shape_of_their_group():
    rng = np.random.default_rng(0)
    points, groups = rng.normal(size=(60, 2)), rng.integers(-1, 14, 60)
    cloud = draw_points(new_figure(3, 3).subplots(), points, groups, 9)
    np.testing.assert_allclose(cloud.get_offsets(), points)
    expected = [plots.palette(i) if i >= 0 else (0.5, 0.5, 0.5) for i in groups]
    np.testing.assert_allclose(cloud.get_facecolors()[:, :3], expected)
    corners = {}
    for i, path in zip(groups, cloud.get_paths(), strict=True):
        corners.setdefault(colours.sign(max(0, i)), set()).add(len(path.vertices))
    assert set(corners) == set(colours.SIGNS)
    assert all(len(counts) == 1 for counts in corners.values())


def test_no_shape_looks_heavier_than_another():
    """Drawn one by one, large, every shape inks as much paper as the disc, within a tenth."""
    inked = []
    for group in range(7):
        figure = Figure(figsize=(2, 2))
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        draw_points(axes, [[0, 0]], [group], 1500)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        inked.append((np.asarray(canvas.buffer_rgba())[..., :3] < 250).any(axis=-1).sum())
    np.testing.assert_allclose(inked, inked[0], rtol=0.1)


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [  # Sharma, Wu and Dalal (2005), table 1
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, 0, 0), (50, -1, 2), 2.3669),
        ((50, 2.49, -0.001), (50, -2.49, 0.0009), 7.1792),
        ((50, 2.49, -0.001), (50, -2.49, 0.0011), 7.2195),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((22.7233, 20.0904, -46.694), (23.0331, 14.973, -42.5619), 2.0373),
        ((2.0776, 0.0795, -1.135), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_the_measure_of_differences_is_the_published_one(one, other, apart):
    assert difference(np.array(one), np.array(other)) == pytest.approx(apart, abs=1e-4)


def test_simulated_vision_by_hand():
    """White stays white; somebody without green-sensitive cones sees this red and this green nearly alike."""
    white, red, green = np.ones(3), np.array([0.8, 0.2, 0.2]), np.array([0.45, 0.5, 0.2])
    for vision in VISIONS:
        np.testing.assert_allclose(seen(white, vision), [100, 0, 0], atol=0.1)
    near = difference(seen(red, "deuteranopia"), seen(green, "deuteranopia"))
    assert near < difference(seen(red, "normal"), seen(green, "normal")) / 3
