"""Still figures: what is drawn is what was given, labelled, and no figure stays behind."""

import io
import re
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.figure import Figure

from capslab import plots
from capslab.clustering import cluster, project
from capslab.data import Images
from capslab.embedding import embed
from capslab.errors import ArgumentError
from capslab.routing import routing_by_agreement


@pytest.fixture(scope="module")
def images():
    from sklearn.datasets import load_digits

    data = load_digits()
    pixels = (data.images[:400] * 15.9).astype(np.uint8)[..., None]
    return Images(pixels, data.target[:400], tuple("0123456789"), "digits")


@pytest.fixture(scope="module")
def path(images):
    return cluster(embed(images), n_clusters=range(2, 13))


@pytest.fixture(scope="module")
def trace(images):
    from dataclasses import replace

    votes = np.random.default_rng(0).normal(size=(24, 10, 4)) * 0.5
    routed = routing_by_agreement(votes, 3)
    return replace(routed, grid=(3, 4, 2), classes=tuple("0123456789"), image=images.images[0], label=0)


def words(figure: Figure) -> str:
    """Every text that a figure shows."""
    found = [
        text.get_text()
        for axes in figure.axes
        for text in axes.findobj(match=lambda a: hasattr(a, "get_text"))
    ]
    return "\n".join([*found, figure.get_suptitle()])


def drawn(figure: Figure) -> bytes:
    """The figure as PNG; a figure that cannot be drawn fails here."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=40)
    return buffer.getvalue()


def every_figure(images, path, trace):
    yield plots.image_grid(images[:7])
    yield plots.latent_traversal(images.images[:5], np.linspace(-2, 2, 5))
    yield plots.manifold(images.images[:16])
    yield plots.training_curves({"loss": (2.0, 1.0)})
    yield plots.bars({"a": 1.0}, "seconds")
    yield plots.scores_with_spread({"a": [1.0, 2.0]}, "score")
    yield plots.confusion(np.eye(3, dtype=int))
    yield plots.routing_maps(trace)
    yield plots.routing_compared({"once": trace})
    yield plots.scatter(np.zeros((3, 2)), [0, 1, 1])
    yield plots.score_curves(path.curves())
    yield plots.cluster_overview(path, 5, project(path.embedding_))


def test_every_figure_can_be_drawn_and_pyplot_never_knows(images, path, trace):
    def known_to_pyplot():
        return sys.modules["matplotlib.pyplot"].get_fignums() if "matplotlib.pyplot" in sys.modules else []

    before = known_to_pyplot()  # of other tests in this process
    for figure in every_figure(images, path, trace):
        assert isinstance(figure, Figure)
        assert drawn(figure).startswith(b"\x89PNG")
    assert known_to_pyplot() == before


def test_importing_the_figures_loads_neither_pyplot_nor_learning_libraries():
    code = "import sys, capslab.plots; print([m for m in %r if m in sys.modules])"
    heavy = ["matplotlib.pyplot", "tensorflow", "keras", "sklearn", "ipywidgets"]
    told = subprocess.run([sys.executable, "-c", code % heavy], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_measurements_have_labelled_axes(path, trace, images):
    figures = [
        plots.training_curves({"loss": (2.0, 1.0), "validation loss": (2.0, 1.5)}),
        plots.manifold(images.images[:9]),
        plots.confusion(np.eye(3, dtype=int)),
        plots.scatter(np.zeros((3, 2)), [0, 1, 1]),
    ]
    for figure in figures:
        for axes in figure.axes:
            assert axes.get_xlabel()
            assert axes.get_ylabel()


# colours


def test_the_diverging_scale_is_white_in_the_middle_and_signed_by_hue():
    blue, middle, red = (np.array(plots.DIVERGING(x)[:3]) for x in (0.0, 0.5, 1.0))
    np.testing.assert_allclose(255 * blue, [0, 92, 171], atol=1)
    np.testing.assert_allclose(255 * middle, [247] * 3, atol=1)
    np.testing.assert_allclose(255 * red, [194, 65, 0], atol=1)


# pictures


def test_a_grid_shows_each_image_with_its_title(images):
    figure = plots.image_grid(images[:5], titles="abcde", columns=3, title="five")
    shown = [axes for axes in figure.axes if axes.get_visible()]
    assert [axes.get_title() for axes in shown] == list("abcde")
    for axes, image in zip(shown, images.images[:5], strict=True):
        np.testing.assert_allclose(axes.images[0].get_array(), image[..., 0] / 255, atol=1e-6)
    assert figure.get_suptitle() == "five"


def test_marked_images_are_told_by_more_than_colour(images):
    figure = plots.image_grid(images[:2], titles=["a", "b"], marked=[False, True])
    plain, marked = figure.axes
    assert (plain.title.get_weight(), marked.title.get_weight()) == ("normal", "bold")
    assert marked.spines["left"].get_visible()
    assert not plain.spines["left"].get_visible()


def test_colour_images_stay_coloured():
    rgb = np.random.default_rng(0).random((2, 4, 4, 3))
    figure = plots.image_grid(rgb)
    np.testing.assert_allclose(figure.axes[1].images[0].get_array(), rgb[1], atol=1e-6)


def test_a_latent_row_tells_each_value(images):
    figure = plots.latent_traversal(images.images[:3], [-1.5, 0, 1.5], name="z₇")
    (axes,) = figure.axes
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["−1.5", "+0.0", "+1.5"]
    assert axes.get_xlabel().startswith("z₇")
    row = axes.images[0].get_array()
    np.testing.assert_allclose(row[:, 9:17], images.images[1, ..., 0] / 255, atol=1e-6)


def test_a_manifold_has_its_first_image_at_the_top_left_and_limits_at_centres(images):
    figure = plots.manifold(images.images[:12], columns=4, limits=(-3, 3))
    (picture,) = figure.axes[0].images
    assert picture.get_extent() == pytest.approx([-4, 4, -4.5, 4.5])
    np.testing.assert_allclose(picture.get_array()[:8, :8], images.images[0, ..., 0] / 255, atol=1e-6)
    np.testing.assert_allclose(picture.get_array()[-8:, -8:], images.images[11, ..., 0] / 255, atol=1e-6)


@pytest.mark.parametrize("bad", [np.ones((4, 4)), np.ones((2, 4, 4, 2)), np.ones((0, 4, 4)), "images"])
def test_what_are_no_images_is_refused(bad, fails):
    with fails(ArgumentError, "images", names="(n, h, w)"):
        plots.image_grid(bad)


def test_numbers_of_things_must_agree(images, fails):
    with fails(ArgumentError, "titles", names="3"):
        plots.image_grid(images[:3], titles=["a"])
    with fails(ArgumentError, "values", names="3"):
        plots.latent_traversal(images.images[:3], [1, 2])
    with fails(ArgumentError, "images", names="3"):
        plots.manifold(images.images[:10])
    with fails(ArgumentError, "columns", names="1"):
        plots.image_grid(images[:3], columns=0)


# routing


def test_routing_maps_show_the_mean_deviation_over_types(trace):
    figure = plots.routing_maps(trace, digits=[4, 7])
    maps = [
        axes.images[0].get_array()
        for axes in figure.axes
        if axes.images and axes.images[0].get_array().shape == (3, 4)
    ]
    assert len(maps) == 6
    np.testing.assert_allclose(maps[0], 0, atol=1e-12)
    by_hand = trace.couplings[2, :, 7].reshape(3, 4, 2).mean(axis=-1) - 0.1
    np.testing.assert_allclose(maps[5], by_hand)
    assert np.abs(by_hand).max() > 0.001


def test_routing_maps_have_one_symmetric_scale_lengths_and_a_fixed_entropy_axis(trace):
    figure = plots.routing_maps(trace)
    pictures = [
        axes.images[0] for axes in figure.axes if axes.images and axes.images[0].get_cmap().name == "capslab"
    ]
    limits = {picture.get_clim() for picture in pictures}
    assert len(limits) == 1
    low, high = limits.pop()
    assert low == -high
    bars = [axes for axes in figure.axes if axes.get_ylabel() == "length"]
    heights = [[bar.get_height() for bar in axes.patches] for axes in bars]
    np.testing.assert_allclose(heights, trace.lengths)
    (entropy,) = (axes for axes in figure.axes if axes.get_ylabel() == "entropy / ln J")
    assert entropy.get_ylim() == (0, 1)
    np.testing.assert_allclose(entropy.lines[0].get_ydata(), trace.entropy)
    assert re.search(rf"predicted {trace.predicted}\b.*true 0\b", words(figure))


def test_routing_without_an_image_or_a_grid_is_drawn():
    votes = np.random.default_rng(0).normal(size=(6, 3, 2))
    assert drawn(plots.routing_maps(routing_by_agreement(votes, 1)))


@pytest.mark.parametrize("digits", [[], [10], [-1]])
def test_digit_capsules_that_are_not_there_are_refused(trace, digits, fails):
    with fails(ArgumentError, "digits", names="0 to 9"):
        plots.routing_maps(trace, digits=digits)


# clusters


def test_an_overview_shows_points_mean_images_and_scores(path, images):
    points = project(path.embedding_)
    figure = plots.cluster_overview(path, 4, points)
    one = path.at(4)
    (cloud,) = (c for axes in figure.axes for c in axes.collections)
    np.testing.assert_allclose(cloud.get_offsets(), points)
    np.testing.assert_allclose(cloud.get_facecolors()[:, :3], [plots.palette(i) for i in one.labels])
    means = [axes.images[0].get_array() for axes in figure.axes if axes.images]
    by_hand = [images.images[one.labels == i, ..., 0].mean(axis=0) / 255 for i in range(4)]
    np.testing.assert_allclose(means, by_hand, atol=1e-5)
    assert str(one.scores) in figure.get_suptitle()


def test_every_cluster_has_its_letter_beside_its_colour(path):
    figure = plots.scatter(project(path.embedding_), path.at(6).labels)
    assert [text.get_text() for text in figure.axes[0].texts] == list("ABCDEF")
    overview = plots.cluster_overview(path, 3, project(path.embedding_))
    titles = [axes.get_title() for axes in overview.axes if axes.images]
    assert titles == [f"{name}: {size:,}" for name, size in zip("ABC", path.at(3).sizes, strict=True)]


def test_clusters_beyond_z_have_two_letters():
    labels = np.repeat(np.arange(28), 2)
    points = np.stack([labels, labels % 5], axis=1) + 0.0
    texts = [text.get_text() for text in plots.scatter(points, labels).axes[0].texts]
    assert texts == [*"ABCDEFGHIJKLMNOPQRSTUVWXYZ", "AA", "AB"]
    where = plots.confusion(np.ones((2, 28), int), columns="cluster").axes[0]
    assert [tick.get_text() for tick in where.get_xticklabels()][-2:] == ["AA", "AB"]


def test_classes_keep_their_names():
    figure = plots.scatter(np.eye(2), [0, 1], ["cat", "dog"])
    assert [text.get_text() for text in figure.axes[0].texts] == ["cat", "dog"]


def test_an_overview_without_images_is_drawn(images):
    path = cluster(embed(images).vectors, n_clusters=3)
    figure = plots.cluster_overview(path, 3, project(embed(images)))
    assert not any(axes.images for axes in figure.axes)
    assert "ARI" not in words(figure)


def test_score_curves_are_told_apart_by_line_style(path):
    figure = plots.score_curves(path.curves(), k=5)
    lines = [line for line in figure.axes[1].lines if not line.get_label().startswith("k =")]
    assert len({line.get_linestyle() for line in lines}) == len(lines) == 4
    np.testing.assert_allclose(lines[3].get_ydata(), path.curves().matched_accuracy)
    assert "k = 5" in words(figure)


def test_a_path_of_one_k_is_drawn(images):
    path = cluster(embed(images), n_clusters=1)
    assert drawn(plots.cluster_overview(path, 1, project(embed(images))))


def test_points_must_fit_the_labels(path, fails):
    with fails(ArgumentError, "points", names="(400, 2)"):
        plots.cluster_overview(path, 4, np.zeros((3, 2)))


# measures


def test_curves_put_training_and_validation_on_one_axis_a_quantity():
    told = {"loss": (3.0, 2.0), "validation loss": (3.5, 2.5), "accuracy": (0.5, 0.8)}
    for history in (told, SimpleNamespace(curves=told)):
        figure = plots.training_curves(history)
        assert [axes.get_ylabel() for axes in figure.axes] == ["loss", "accuracy"]
        training, validation = figure.axes[0].lines
        np.testing.assert_array_equal(training.get_xydata(), [[1, 3.0], [2, 2.0]])
        np.testing.assert_array_equal(validation.get_ydata(), [3.5, 2.5])
        assert training.get_linestyle() != validation.get_linestyle()


@pytest.mark.parametrize("history", [{}, None, [1, 2]])
def test_curves_of_nothing_are_refused(history, fails):
    with fails(ArgumentError, "history"):
        plots.training_curves(history)


def test_spread_shows_the_mean_and_every_seed():
    figure = plots.scores_with_spread({"pixels": [0.5, 0.6], "VAE": [0.8]}, "ARI", limits=(0, 1))
    (axes,) = figure.axes
    assert [bar.get_width() for bar in axes.patches] == pytest.approx([0.55, 0.8])
    assert "0.55 (0.5 to 0.6)" in words(figure)
    assert axes.get_xlim() == (0, 1)
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["pixels", "VAE"]


def test_bars_write_their_numbers():
    figure = plots.bars({"GPU": 2.0, "CPU": 12.5}, "seconds")
    assert {" 2", " 12.5"} <= set(words(figure).split("\n"))


@pytest.mark.parametrize("scores", [{}, {"a": []}])
def test_scores_of_nothing_are_refused(scores, fails):
    with fails(ArgumentError, "scores"):
        plots.scores_with_spread(scores, "ARI")


def test_lines_are_named_and_marked():
    figure = plots.lines([1, 2, 3], {"a": [1, 2, 3], "b": [3, 2, 1]}, "n", "seconds", mark=2.5, log=True)
    axes = figure.axes[0]
    assert [text.get_text() for text in axes.texts] == ["a", "b"]
    assert (axes.get_xlabel(), axes.get_ylabel(), axes.get_xscale()) == ("n", "seconds", "log")
    assert [list(line.get_ydata()) for line in axes.lines] == [[1, 2, 3], [3, 2, 1], [2.5, 2.5]]


def test_a_figure_is_shown_by_a_notebook_that_never_imported_pyplot():
    """In a fresh interpreter, because any other test may have turned pyplot's own display on."""
    code = (
        "import sys\n"
        "from IPython.core.formatters import DisplayFormatter\n"
        "from capslab import plots\n"
        "data, about = DisplayFormatter().format(plots.bars({'pixels': 0.5}, 'accuracy'))\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
        "print(data['image/svg+xml'][:4], about['image/svg+xml']['alt'])\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "<svg accuracy: pixels 0.5."


def test_the_drawing_of_gradients_names_both_derivatives():
    picture = plots.gradient_paths()
    assert picture == plots.drawing("reparameterisation")
    assert "∂z/∂μ = 1" in picture.svg
    assert "∂z/∂σ = ε" in picture.svg
    assert "no derivative" in picture.alt_text
