"""The routing view on the Python side: words, code, state, and what is refused."""

from __future__ import annotations

import json

import numpy as np
import pytest
from common import numbers_in
from fakes import FakeCapsNet, some_images

import capslab as cl
from capslab.errors import ArgumentError
from capslab.routing.variants import ROUTINGS
from capslab.widgets.routing.widget import show_routing
from capslab.widgets.shared import image_strip


@pytest.fixture
def model():
    return FakeCapsNet()


@pytest.fixture
def images():
    return some_images()


def test_trace_is_what_route_gives(model, images):
    view = show_routing(model, images, index=7, iterations=5)
    expected = cl.route(model, images[7], iterations=5)
    for name in ("votes", "logits", "couplings", "outputs", "agreement"):
        np.testing.assert_allclose(getattr(view.trace, name), getattr(expected, name), rtol=1e-5, atol=1e-6)
    assert view.trace.label == images.labels[7]
    view.index = 8
    np.testing.assert_allclose(view.trace.couplings, cl.route(model, images[8], 5).couplings, atol=1e-6)


def test_words_name_prediction_truth_entropy_and_strongest_pull(model, images):
    view = show_routing(model, images, index=7)
    trace = view.trace
    winner = trace.predicted
    i, j = np.unravel_index(trace.couplings[2].argmax(), trace.couplings[2].shape)
    row, column, kind = i // 8 + 1, i // 2 % 4 + 1, i % 2 + 1
    numbers = numbers_in(view.words)
    assert numbers[:3] == ["3", "3", f"{trace.lengths[2, winner]:.2f}"]
    assert f"{model.classes[winner]} (" in view.words
    pull = [str(row), str(column), str(kind), f"{trace.couplings[2, i, j]:.2f}", "0.20"]
    assert numbers[-7:] == [f"{trace.entropy[2]:.3f}", "1", *pull]
    assert f"→ {model.classes[j]} (" in view.words


def test_words_of_the_first_iteration_say_that_nothing_is_routed_yet(model, images):
    view = show_routing(model, images)
    view.iteration = 1
    assert numbers_in(view.words)[-4:] == ["1.000", "1", "5", "0.20"]  # entropy, parents, the share of each
    assert "uniform" in view.words
    assert "→" not in view.words  # nobody pulls


def test_words_say_when_the_prediction_is_wrong_and_nothing_of_truth_without_labels(model, images):
    view = show_routing(model, images)
    for view.index in range(len(images)):
        label, predicted = view.trace.label, int(view.trace.lengths[-1].argmax())
        warned = f", but true {model.classes[label]}" in view.words
        assert warned == (label != predicted)
    assert "true" not in show_routing(model, some_images(labelled=False)).words


def test_chosen_capsule_is_text_with_its_numbers(model, images):
    view = show_routing(model, images)
    view.capsule, view.digit = 5, 2
    c, a = view.trace.couplings[2, 5, 2], view.trace.agreement[2, 5, 2]
    sign = "−" if a < 0 else "+"
    assert numbers_in(view.words)[-2:] == [f"{c:.3f}", f"{sign}{abs(a):.3f}"]
    assert view.words[: view.words.rindex(f"{c:.3f}")].rstrip().endswith("→ c: c =")


@pytest.mark.parametrize("grid", [(1, 1, 8), (6, 6, 1), (4, 4, 4)])
def test_any_grid_has_words_and_a_picture(grid, images):
    view = show_routing(FakeCapsNet(grid=grid), images)
    assert "of type" in view.words if grid[:2] == (1, 1) else "at row" in view.words
    assert ("type" in view.words) == (grid[2] > 1)
    assert view.picture(dpi=40).startswith(b"\x89PNG")


def test_types_are_cells_of_their_place():
    from capslab.widgets.routing.figure import capsule_map

    cells = capsule_map(np.arange(2 * 2 * 4), (2, 2, 4))
    assert cells.tolist() == [[0, 1, 4, 5], [2, 3, 6, 7], [8, 9, 12, 13], [10, 11, 14, 15]]
    assert capsule_map(np.arange(8), (1, 1, 8)).shape == (2, 4)


def test_grid_lies_in_the_middle_of_what_its_capsules_see():
    from capslab.widgets.routing.grid_on_image import grid_on_image

    # 28 pixels, fields of 21 at every fourth, the first from -5 on: those at the border are cut off.
    edges = [(max(0, 4 * k - 5), min(28, 4 * k + 16)) for k in range(6)]
    fields = np.array(
        [(top, left, bottom, right) for top, bottom in edges for left, right in edges for _ in "ab"]
    )
    assert grid_on_image(fields, (6, 6, 2), (28, 28, 1)) == (3.5, 3.5, 27.5, 27.5)
    assert grid_on_image(np.array([[2, 0, 6, 8]] * 4), (1, 1, 4), (8, 8, 1)) == (
        2,
        0,
        6,
        8,
    )  # one place: its field


def test_still_shows_the_maps_over_the_image_or_alone(model, images):
    view = show_routing(model, images, index=7)
    maps = view.figure().subfigs[1].axes[: len(model.classes)]
    top, left, bottom, right = view.box
    for axis in maps:
        image, map_ = axis.get_images()
        np.testing.assert_array_equal(image.get_array(), images.images[7, ..., 0])
        assert map_.get_extent() == [left - 0.5, right - 0.5, bottom - 0.5, top - 0.5]
    view.on_image = False
    maps = view.figure().subfigs[1].axes[: len(model.classes)]
    assert [len(axis.get_images()) for axis in maps] == [1] * len(model.classes)
    assert show_routing(model, images, state=view.state).on_image is False


def test_colour_images_lie_grey_under_the_maps(images):
    from capslab.data import Images

    model = FakeCapsNet()
    coloured = Images(np.repeat(images.images, 3, -1), images.labels, images.classes)
    model.image_shape, primary = (8, 8, 3), model.primary
    model.primary = lambda pixels: primary(np.asarray(pixels)[..., :1])
    view = show_routing(model, coloured, index=7)
    below = view.figure().subfigs[1].axes[0].get_images()[0].get_array()
    np.testing.assert_allclose(below, images.images[7, ..., 0])


def test_code_runs_and_gives_the_numbers_on_screen(model, images, capsys):
    view = show_routing(model, images, index=4)
    view.iteration, view.capsule, view.digit = 2, 3, 1
    scope = {"model": model, "images": images}
    exec(view.code, scope)
    assert scope["step"] == 1
    np.testing.assert_allclose(scope["trace"].couplings, view.trace.couplings, atol=1e-6)
    assert str(scope["trace"].couplings[1, 3, 1]) in capsys.readouterr().out


def test_state_shows_the_same_again(model, images):
    view = show_routing(model, images, iterations=6)
    view.iteration, view.index, view.capsule, view.quantity = 4, 11, 9, "agreement"
    again = show_routing(model, images, state=view.state)
    assert again.words == view.words
    assert again.state == view.state


def test_strip_mixes_the_classes_and_takes_in_what_python_asks_for(model):
    images = some_images(n=400)
    view = show_routing(model, images, index=333)
    assert len(view.positions) <= 25
    assert 333 in view.positions
    assert set(view.labels.tolist()) == {0, 1, 2, 3, 4}
    outside = next(i for i in range(400) if i not in view.positions)
    view.index = outside
    assert view.positions[0] == outside
    np.testing.assert_array_equal(view.thumbs[0], images.images[outside])
    np.testing.assert_allclose(view.primary[0], model.primary(images.images[[outside]])[0], atol=1e-6)


def test_moving_about_never_asks_the_model(model, images):
    view = show_routing(model, images[:20])
    asked = model.asked
    for view.index in range(20):
        for view.iteration in (1, 2, 3):
            pass
    assert model.asked == asked


def test_fewer_iterations_pull_the_iteration_back(model, images):
    view = show_routing(model, images, iterations=8)
    view.iterations = 2
    assert view.iteration == 2
    assert numbers_in(view.words)[:2] == ["2", "2"]


def test_hidden_controls_are_checked(model, images):
    assert show_routing(model, images, hide=("play",)).hide == ["play"]
    with pytest.raises(ArgumentError, match="arithmetic"):
        show_routing(model, images, hide=("speed",))


def wrong(view, name, value):
    setattr(view, name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("index", 40),
        ("iteration", 4),
        ("iteration", 0),
        ("iterations", 11),
        ("capsule", 24),
        ("digit", 5),
        ("quantity", "agrement"),
    ],
)
def test_bad_values_are_refused_in_words(model, images, name, value, fails):
    view = show_routing(model, images)
    before = view.words
    with fails(ArgumentError, name):
        wrong(view, name, value)
    assert view.words == before


def test_bad_arguments_are_refused_in_words(model, images, fails):
    with fails(ArgumentError, "model"):
        show_routing(object(), images)
    with fails(ArgumentError, "images", names=("(8, 8, 1)", "(10, 10, 1)")):
        show_routing(model, some_images(side=10))
    with fails(ArgumentError, "images"):
        show_routing(model, images.images)
    with fails(ArgumentError, "iterations", names="1 to 10"):
        show_routing(model, images, iterations=0)


@pytest.mark.parametrize("state", ["", "3", "{}", json.dumps({"view": "LatentView", "v": 2})])
def test_state_of_something_else_is_refused(model, images, state):
    with pytest.raises(ArgumentError, match="state"):
        show_routing(model, images, state=state)
    with pytest.raises(ArgumentError, match="version"):
        show_routing(model, images, state=json.dumps({"view": "RoutingView", "v": 99}))


def test_static_page_has_picture_and_words(model, images):
    data, meta = show_routing(model, images)._repr_mimebundle_()
    assert data["image/png"].startswith(b"\x89PNG")
    assert meta["image/png"]["alt"] == data["text/plain"]
    assert "predicted" in data["text/plain"]


def test_mixture_is_even_seeded_and_in_order():
    labels = np.random.default_rng(0).integers(0, 3, 300)
    first = image_strip.balanced_sample(labels, 300, size=9)
    assert np.bincount(labels[first]).tolist() == [3, 3, 3]
    assert (np.diff(labels[first]) >= 0).all()
    assert first.tolist() == image_strip.balanced_sample(labels, 300, size=9).tolist()
    assert first.tolist() != image_strip.balanced_sample(labels, 300, size=9, seed=1).tolist()


def test_a_drawing_is_routed_like_an_image(model, images, fails):
    from capslab.routing import route

    view = show_routing(model, images, index=7)
    with fails(ArgumentError, "index", names="0 to 39"):
        view.index = 40  # nothing is drawn yet
    view.strokes = [[(0.2, 0.2), (0.7, 0.2), (0.4, 0.9)]]
    assert view.index == 40
    expected = route(model, view.drawing)
    np.testing.assert_allclose(view.trace.couplings, expected.couplings, atol=1e-6)
    assert view.trace.label is None
    scope = {"model": model, "images": images}
    exec(view.code, scope)
    np.testing.assert_array_equal(scope["drawing"], view.drawing)
    np.testing.assert_allclose(scope["trace"].couplings, view.trace.couplings, atol=1e-6)
    again = show_routing(model, images, state=view.state)
    assert again.words == view.words
    assert again.state == view.state
    view.index = 3
    assert "images[3]" in view.code
    view.index = 40
    view.strokes = ()
    assert view.index == view.positions[0]


@pytest.mark.parametrize("routing", ROUTINGS)
def test_another_way_to_route_changes_trace_words_and_code(model, images, routing):
    view = show_routing(model, images, index=7, routing=routing)
    expected = cl.route(model, images[7], routing=routing)
    np.testing.assert_allclose(view.trace.couplings, expected.couplings, rtol=1e-5, atol=1e-6)
    assert numbers_in(view.words)[:2] == [str(expected.iterations)] * 2
    assert ("Routed by" in view.words) == (routing != "dynamic")
    assert f'routing="{routing}"' in view.code
    names = {"cl": cl, "model": model, "images": images}
    exec(view.code, names)
    np.testing.assert_allclose(names["trace"].lengths, view.trace.lengths, atol=1e-5)
    view.figure()


def test_the_way_to_route_is_part_of_the_state(model, images):
    view = show_routing(model, images)
    assert view.routing == "dynamic"
    view.routing = "em"
    again = show_routing(model, images, state=view.state)
    assert again.routing == "em"
    assert again.words == view.words


def test_iterations_come_back_after_a_way_that_has_one(model, images):
    view = show_routing(model, images, iterations=5)
    view.iteration = 4
    before = view.words
    view.routing = "attention"
    assert numbers_in(view.words)[:2] == ["1", "1"]
    view.routing = "dynamic"
    assert view.words == before


@pytest.mark.parametrize("routing", ["EM", "agreement", 3, ""])
def test_an_unknown_way_to_route_is_refused(model, images, routing, fails):
    with fails(ArgumentError, "routing"):
        show_routing(model, images, routing=routing)
