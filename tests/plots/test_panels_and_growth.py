"""Small scatters and growth curves: what is drawn is what was given."""

import numpy as np
import pytest

from capslab import plots
from capslab.errors import ArgumentError
from capslab.lessons import classical_methods

POINTS = np.array([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]])


def test_a_panel_draws_its_points_and_centres():
    panels = {"one": (POINTS, [0, 0, 2]), "two": (POINTS, [1, 1, 1], [[9.0, 9.0]])}
    figure = plots.scatter_panels(panels, columns=2)
    first, second = figure.axes
    (cloud,) = first.collections
    assert cloud.get_offsets().tolist() == POINTS.tolist()
    assert [tuple(colour[:3]) for colour in cloud.get_facecolors()] == [plots.palette(i) for i in (0, 0, 2)]
    assert second.lines[0].get_xydata().tolist() == [[9.0, 9.0]]
    assert figure.alt_text == "2 scatter plots: one (3 points, 2 groups) and two (3 points, 1 group)."


@pytest.mark.parametrize("panels", [{}, {"a": (POINTS[:, :1], [0, 0, 0])}, {"a": (POINTS, [0])}])
def test_panels_without_points_are_refused_in_words(panels):
    with pytest.raises(ArgumentError, match="panels"):
        plots.scatter_panels(panels)


def test_growth_is_drawn_with_its_law():
    rows = [
        {"method": "m", "n": n, "fit_s": 1e-4 * n**1.5, "predict_s": 1.0, "accuracy": 0.9} for n in (10, 100)
    ]
    one = classical_methods.growth_curve(rows, "m")
    figure = plots.growth_curves([one], [one])
    left, right = figure.axes
    np.testing.assert_allclose(left.lines[0].get_ydata(), one.fit_seconds)
    np.testing.assert_allclose(left.lines[1].get_ydata(), one.power_law)
    assert "n^1.50" in figure.legends[0].get_texts()[0].get_text()
    assert right.get_ylim() == (0, 1)
    with pytest.raises(ArgumentError, match="GrowthCurve"):
        plots.growth_curves([])


def test_reliability_shows_accuracy_against_confidence():
    confidence, right = np.array([0.55, 0.57, 0.95, 0.97, 1.0]), np.array([True, False, True, True, False])
    above, below = plots.reliability_diagram(confidence, right).axes
    np.testing.assert_allclose(above.lines[1].get_xydata(), [[0.56, 0.5], [2.92 / 3, 2 / 3]])
    assert [bar.get_height() for bar in below.patches] == [0, 0, 0, 0, 0, 2, 0, 0, 0, 3]
    with pytest.raises(ArgumentError, match="confidence"):
        plots.reliability_diagram([1.5], [True])
