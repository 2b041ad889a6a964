"""Labels never lie on each other: with two names or a hundred, short ones or long ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from capslab import plots
from capslab.clustering import cluster, project
from capslab.plots.fitted_text import apart, in_lines, inches, shortened
from capslab.plots.style import new_figure
from capslab.routing import routing_by_agreement

LONG = "a class of things with a long name, number {}"
SHORT = "{}"
COUNTS = (2, 10, 30, 100)


def overlapping(figure) -> list[tuple[str, str]]:
    """Pairs of visible texts whose boxes share more than a pixel each way; ("", text) beyond the edge."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    boxes = []
    unseen = set()  # ticks beyond the ends of their axis are there and are not drawn
    for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)):
        low, high = sorted(axis.get_view_interval())
        for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
            if not low - 1e-9 <= tick.get_loc() <= high + 1e-9:
                unseen |= {tick.label1, tick.label2}
    for text in figure.findobj(Text):
        words = text.get_text().strip()
        hidden = text in unseen or (
            text.axes is not None and not (text.axes.get_visible() and text.axes.axison)
        )
        if words and text.get_visible() and not hidden:
            boxes.append((words, text.get_window_extent(renderer)))
    width, height = figure.get_size_inches() * figure.dpi
    found = [("", w) for w, b in boxes if b.x0 < -1 or b.y0 < -1 or b.x1 > width + 1 or b.y1 > height + 1]
    for i, (words, a) in enumerate(boxes):
        for other, b in boxes[:i]:
            across, down = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
            if across > 1 and down > 1 and (words, tuple(a.extents)) != (other, tuple(b.extents)):
                found.append((other, words))
    return found


def names(count: int, pattern: str) -> list[str]:
    return [pattern.format(i) for i in range(count)]


def test_overlapping_finds_what_overlaps():
    figure = new_figure(3, 3)
    axes = figure.subplots()
    axes.text(0.5, 0.5, "one")
    axes.text(0.5, 0.52, "two")
    assert ("one", "two") in overlapping(figure)


@pytest.mark.parametrize("pattern", [SHORT, LONG])
@pytest.mark.parametrize("count", COUNTS)
def test_confusion(count, pattern):
    matrix = np.random.default_rng(0).integers(0, 20000, (count, count))
    figure = plots.confusion(matrix, names(count, pattern))
    assert not overlapping(figure)
    width, height = figure.axes[0].get_window_extent().size / figure.dpi
    assert min(width, height) > 0.5  # the names leave room for the matrix


@pytest.mark.parametrize("count", COUNTS)
def test_classes_in_clusters(count):
    counts = np.ones((10, count), int)
    assert not overlapping(plots.confusion(counts, columns="cluster", row_names=names(10, LONG)))


@pytest.mark.parametrize("pattern", [SHORT, LONG])
@pytest.mark.parametrize("count", [2, 10, 30])
def test_names_in_a_scatter(count, pattern):
    rng = np.random.default_rng(1)
    labels = np.arange(300) % count
    points = rng.normal(size=(300, 2)) + rng.normal(size=(count, 2))[labels] * 0.2  # on top of each other
    figure = plots.scatter(
        points, labels, names(count, pattern if count < 30 else "class {}"), LONG.format("of all")
    )
    assert not overlapping(figure)


@pytest.mark.parametrize("k", [2, 12, 30, 60])
def test_cluster_overview(k):
    points = np.random.default_rng(0).normal(size=(2000, 2))
    path = cluster(points, n_clusters=[k])
    figure = plots.cluster_overview(path, k, points)
    legend = {
        text.get_text() for axes in figure.axes if axes.get_legend() for text in axes.get_legend().get_texts()
    }
    assert not [pair for pair in overlapping(figure) if not legend & set(pair)]


@pytest.mark.parametrize("k", [12, 60])
def test_mean_images_with_their_letters(k):
    from capslab.data import Images
    from capslab.embedding import embed

    pixels = np.random.default_rng(0).integers(0, 255, (400, 8, 8, 1)).astype(np.uint8)
    embedding = embed(Images(pixels, None, (), "noise"))
    path = cluster(embedding, n_clusters=[k])
    figure = plots.cluster_overview(path, k, project(embedding))
    legend = {
        text.get_text() for axes in figure.axes if axes.get_legend() for text in axes.get_legend().get_texts()
    }
    assert not [pair for pair in overlapping(figure) if not legend & set(pair)]
    assert sum(bool(axes.images) for axes in figure.axes) == min(k, 40)


@pytest.mark.parametrize("pattern", [SHORT, LONG, "averyveryverylongwordwithoutanyblank{}"])
@pytest.mark.parametrize("count", [2, 10, 35])
def test_titles_of_images(count, pattern):
    figure = plots.image_grid(
        np.zeros((count, 8, 8)), names(count, pattern), title=LONG.format(1), marked=[True] * count
    )
    assert not overlapping(figure)


@pytest.mark.parametrize("count", [2, 9])
def test_titles_of_panels(count):
    panels = {LONG.format(i): (np.eye(4)[:, :2], [0, 1, 2, 3]) for i in range(count)}
    assert not overlapping(plots.scatter_panels(panels, title=LONG.format("of all") * 3))


@pytest.mark.parametrize("pattern", [SHORT, LONG])
@pytest.mark.parametrize("parents", [2, 10, 40])
def test_routing_maps(parents, pattern):
    votes = np.random.default_rng(0).normal(size=(24, parents, 4))
    routed = replace(
        routing_by_agreement(votes, 3),
        grid=(3, 4, 2),
        classes=tuple(names(parents, pattern)),
        image=np.zeros((8, 8, 1), np.uint8),
        label=0,
    )
    assert not overlapping(plots.routing_maps(routed))


@pytest.mark.parametrize("count", [3, 11, 25])
def test_values_under_a_row_of_images(count):
    assert not overlapping(plots.latent_traversal(np.zeros((count, 8, 8)), np.linspace(-12, 12, count)))


def test_segmentations_with_long_names():
    figure = plots.segmentation_grid(
        np.zeros((3, 8, 8)),
        np.zeros((3, 2, 8, 8)),
        np.zeros((3, 8, 8), int),
        np.zeros((3, 2, 8, 8), bool),
        names(3, LONG),
        [names(2, LONG)] * 3,
    )
    assert not overlapping(figure)


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 25), st.integers(0, 1000))
def test_boxes_with_room_enough_are_moved_apart(count, seed):
    rng = np.random.default_rng(seed)
    sizes = rng.uniform(0.1, 0.5, (count, 2))
    wanted = rng.uniform(0, 1, (count, 2)) * [5, 5] * rng.uniform(0, 1)
    at = apart(wanted, sizes, (5, 5))
    assert (at - sizes / 2 >= -1e-9).all()
    assert (at + sizes / 2 <= 5 + 1e-9).all()
    gap = np.abs(at[:, None] - at[None]) - (sizes[:, None] + sizes[None]) / 2
    gap[np.arange(count), np.arange(count)] = 1
    assert (gap.max(axis=2) > -0.03).all()


def test_boxes_that_touch_nothing_stay():
    wanted = np.array([[1.0, 1], [3, 3]])
    np.testing.assert_allclose(apart(wanted, np.full((2, 2), 0.5), (5, 5)), wanted, atol=1e-3)


@given(st.text(st.characters(codec="latin-1", exclude_categories=["C", "Z"]), min_size=1, max_size=60))
def test_a_text_is_shortened_to_its_room(text):
    short = shortened(text, 1.0, 9)
    assert short == text or (short.endswith("…") and text.startswith(short[:-1]))
    assert inches(short, 9) <= 1.0 or len(short) <= 2


def test_lines_are_filled_and_the_rest_is_three_dots():
    text = in_lines("one two three four five six", 0.6, 10, most=2)
    assert text.count("\n") == 1
    assert text.endswith("…")
    assert in_lines("short", 2, 10) == "short"
    assert in_lines("", 2, 10) == ""
