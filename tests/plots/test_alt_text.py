"""Every figure says in words what it shows, with its numbers: for those who do not see it."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure
from sklearn.datasets import load_digits

from capslab import plots
from capslab.clustering import cluster, project
from capslab.data import Images
from capslab.embedding import embed
from capslab.lessons import classical_methods
from capslab.plots.style import new_figure
from capslab.routing import routing_by_agreement
from capslab.widgets.clusters import figure as clusters_figure

NAMES = tuple("0123456789")
#: public names that are no pictures
OTHER = {
    "DIVERGING",
    "DRAWINGS",
    "architecture",
    "drawing",
    "gradient_paths",
    "ink_on",
    "palette",
}


def _images():
    data = load_digits()
    return Images((data.images[:200] * 15.9).astype(np.uint8)[..., None], data.target[:200], NAMES, "digits")


def _path(**options):
    return cluster(embed(_images()), n_clusters=options.get("n_clusters", range(2, 8)))


def _trace():
    routed = routing_by_agreement(np.random.default_rng(0).normal(size=(24, 10, 4)) * 0.5, 3)
    return replace(routed, grid=(3, 4, 2), classes=NAMES, image=_images().images[0], label=0)


def _boxes():
    from capslab.models.detection import Boxes

    return Boxes(np.array([[1.0, 1, 6, 6]]), np.array([3]), np.array([0.875]))


def _growth():
    rows = [
        {"method": "SVM", "n": n, "fit_s": 1e-4 * n**1.5, "predict_s": 1.0, "accuracy": 0.9}
        for n in (10, 100)
    ]
    return [classical_methods.growth_curve(rows, "SVM")]


MADE = {
    "bars": lambda: plots.bars({"pixels": 0.5, "VAE": 0.75}, "ARI"),
    "cluster_flow": lambda: plots.cluster_flow(_path(), (2, 4, 7)),
    "cluster_overview": lambda: plots.cluster_overview(_path(), 5, project(embed(_images()))),
    "confusion": lambda: plots.confusion([[5, 2], [0, 3]], ["cat", "dog"]),
    "detection_grid": lambda: plots.detection_grid(
        _images().images[:2], [_boxes(), _boxes()], [[(1, 1, 6, 6)], [(0, 0, 5, 5)]], NAMES
    ),
    "growth_curves": lambda: plots.growth_curves(_growth()),
    "image_grid": lambda: plots.image_grid(_images()[:4], "abcd", marked=[False, True, False, False]),
    "latent_traversal": lambda: plots.latent_traversal(_images().images[:5], np.linspace(-2, 2, 5), "z₃"),
    "lines": lambda: plots.lines([1, 2, 3], {"up": [1, 2, 3.5]}, "n", "seconds"),
    "manifold": lambda: plots.manifold(_images().images[:16]),
    "reliability_diagram": lambda: plots.reliability_diagram([0.55, 0.95, 0.97], [False, True, True]),
    "routing_compared": lambda: plots.routing_compared({"once": _trace(), "again": _trace()}),
    "routing_maps": lambda: plots.routing_maps(_trace()),
    "scatter": lambda: plots.scatter(np.eye(4)[:, :2], [0, 1, 1, 1], title="four points"),
    "scatter_panels": lambda: plots.scatter_panels({"step 1": (np.eye(3)[:, :2], [0, 0, 1])}),
    "score_curves": lambda: plots.score_curves(_path().curves(), k=5),
    "scores_with_spread": lambda: plots.scores_with_spread({"pixels": [0.5, 0.6]}, "ARI"),
    "segmentation_grid": lambda: plots.segmentation_grid(
        _images().images[:2],
        np.zeros((2, 2, 8, 8, 1)),
        np.zeros((2, 8, 8), int),
        np.stack([np.tri(8, dtype=bool), ~np.tri(8, dtype=bool)])[None].repeat(2, 0),
        names=[("3", "5"), ("1", "7")],
    ),
    "training_curves": lambda: plots.training_curves({"loss": (2.0, 1.0), "validation loss": (2.5, 1.5)}),
    "value_graph": lambda: plots.value_graph(
        _images().images[:2], [[0, 1], [1, 0]], [[0, 0], [1, 0]], {"v": [1, -1]}
    ),
    "weight_maps": lambda: plots.weight_maps(np.linspace(-1, 2, 12).reshape(2, 2, 3), ["a 0", "a 1"]),
}
#: numbers that the words must say, worked out by hand
SAID = {
    "bars": ["pixels 0.5", "VAE 0.75"],
    "confusion": ["8 of 10", "80.0%", "cat taken for dog (2)"],
    "detection_grid": ["2 scenes", "3 0.88"],
    "image_grid": ["4 images of 8 × 8", "marked: b"],
    "latent_traversal": ["z₃", "−2", "5 images"],
    "manifold": ["4 rows of 4"],
    "reliability_diagram": ["3 predictions", "0.67", "0.55"],
    "routing_compared": ["2 ways", "once: longest", "again: longest"],
    "routing_maps": ["24 primary capsules", "3 iterations", "true 0"],
    "scatter": ["four points", "4 points in 2 clusters", "B has 3"],
    "segmentation_grid": ["2 pairs", "3 and 5", "56%"],
}


def test_every_figure_of_the_package_is_among_them():
    public = {name for name in plots.__all__ if name not in OTHER and name != "table"}
    assert public == set(MADE)


@pytest.mark.parametrize("name", MADE)
def test_a_figure_says_what_it_shows(name):
    made = MADE[name]()
    text = made.alt_text
    assert len(text) >= 15
    assert len(text) <= 600
    assert text.strip().lower() not in ("figure", "chart", "picture")
    assert re.search(r"\d", text), text
    for part in SAID.get(name, []):
        assert part in text


def test_a_figure_of_the_learners_own_says_its_titles_and_its_lines():
    figure = new_figure(3, 3)
    assert figure.alt_text == "A picture of 0 parts without titles"
    axes = figure.subplots()
    axes.plot([1, 2, 3], [4.0, 5.0, 0.5], label="loss")
    axes.set(xlabel="epoch", ylabel="nats", title="mine")
    assert figure.alt_text == "mine, nats against epoch: loss from 4 to 0.5"


def test_words_are_read_as_one_line_of_at_most_600_characters():
    figure = new_figure(3, 3)
    figure.words = "two\n  lines " + "and more " * 100
    assert figure.alt_text.startswith("two lines and more")
    assert len(figure.alt_text) == 600


def test_the_still_of_the_clusters_says_their_letters():
    path = _path()
    figure = clusters_figure.draw(path, 3, project(path.embedding_), None, "")
    assert isinstance(figure, Figure)
    sizes = ", ".join(f"{name} {size}" for name, size in zip("AB", path.at(3).sizes[:2], strict=True))
    assert sizes in figure.alt_text
