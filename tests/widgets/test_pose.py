"""The pose view without a browser: poses, order, words, code, state, bad input."""

from __future__ import annotations

import json

import numpy as np
import pytest
from common import numbers_in
from fakes import FakeCapsNet, FakePoseNet, FakeVAE, some_images

from capslab.errors import ArgumentError
from capslab.routing import route
from capslab.widgets.pose.widget import explore_pose


@pytest.fixture
def model():
    return FakePoseNet()


@pytest.fixture
def images():
    return some_images()


@pytest.fixture
def view(model, images):
    return explore_pose(model, images[7])


def test_starts_with_the_predicted_capsule_as_read(view, model, images):
    trace = route(model, images[7])
    assert view.capsule == view.predicted == trace.predicted
    np.testing.assert_allclose(view.pose, trace.outputs[-1, trace.predicted], atol=6e-5)
    np.testing.assert_array_equal(view.original, images.images[7])
    assert view.words.startswith(f"Capsule {model.classes[trace.predicted]} (predicted")
    assert numbers_in(view.words) == [f"{trace.lengths[-1, trace.predicted]:.2f}"]  # nothing moved


def test_image_is_what_the_model_decodes(view, model):
    for capsule in range(5):
        view.capsule = capsule
        poses = np.zeros((1, 5, 6), np.float32)
        poses[0, capsule] = view.pose
        np.testing.assert_allclose(view.image, model.decode(poses, [capsule])[0], atol=1e-5)


def test_moving_one_dimension(view):
    pose, before, unmoved = list(view.pose), view.image, view.words
    pose[3] += 0.3
    view.pose = pose
    assert view.moved == 3
    at, length = f"{pose[3]:+.2f}".replace("-", "−"), f"{np.linalg.norm(pose):.2f}"
    assert "pose[3]" in view.words
    assert view.change == pytest.approx(np.abs(view.image - before).mean(), abs=1e-6)
    assert numbers_in(view.words)[1:] == ["3", at, "+0.30", f"{100 * view.change:.1f}", length]
    pose[1] -= 0.1
    view.pose = pose
    assert view.moved == 1
    assert "pose[1]" in view.words
    assert numbers_in(view.words)[3:5] == ["−0.10", "1"]  # one other moved too
    view.reset()
    assert view.words == unmoved
    assert view.moved is None


def test_a_length_that_no_image_can_give(view):
    view.pose = [0.9] * 6
    assert "pose[" not in view.words  # all of them moved, so none is named
    assert numbers_in(view.words)[1] == "6"
    assert numbers_in(view.words)[-2:] == ["2.20", "1"]  # the length, and the bound that it breaks
    assert "squash" in view.words
    view.pose = [0.2] * 6
    assert numbers_in(view.words)[-1] == "0.49"
    assert "squash" not in view.words


def test_order_is_how_much_a_dimension_changes_the_picture(view, model):
    j, moves = view.capsule, 0.25 * np.eye(6)
    poses = np.zeros((12, 5, 6), np.float32)
    poses[:6, j], poses[6:, j] = view.start + moves, view.start - moves
    pictures = model.decode(poses, np.full(12, j))
    effects = np.abs(pictures[:6] - pictures[6:]).mean(axis=(1, 2, 3))
    np.testing.assert_allclose(view.effects[j], effects, atol=1e-5)
    assert view.order == np.argsort(-effects).tolist()


def test_another_capsule_by_name_or_position(model, images):
    assert explore_pose(model, images[7], "d").capsule == 3
    view = explore_pose(model, images[7], 2)
    assert view.capsule == 2
    view.pose = [0.1] * 6
    view.capsule = 4
    np.testing.assert_allclose(view.pose, route(model, images[7]).outputs[-1, 4], atol=6e-5)


def test_label_is_named_where_there_is_one(model, images):
    label = int(images.labels[7])
    assert "true" in explore_pose(model, images[7], label).words
    assert "true" not in explore_pose(model, images.images[7], label).words
    assert explore_pose(model, images.images[7][..., 0], label).label == -1


def test_what_the_browser_sends_is_kept_as_it_is(view):
    view.set_state({"capsule": 1, "moved": 2, "pose": [0.1] * 6})
    assert view.pose == (0.1,) * 6
    assert view.moved == 2
    assert "pose[2]" in view.words
    assert numbers_in(view.words)[1:3] == ["2", "+0.10"]


def test_code_runs_and_decodes_what_is_on_screen(view, model, images):
    view.capsule = 2
    view.pose = [0.3, -0.2, 0.1, 0, 0, 0.5]
    scope = {"model": model, "image": images[7]}
    exec(view.code, scope)
    np.testing.assert_allclose(scope["picture"], view.image, atol=1e-5)


def test_state_shows_the_same_again(view, model, images):
    view.capsule = 3
    view.pose = [*view.pose[:5], 0.7]
    again = explore_pose(model, images[7], state=view.state)
    assert again.words == view.words
    assert again.state == view.state


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("pose", [1, 2]),
        ("pose", [np.nan] * 6),
        ("capsule", 5),
        ("moved", 6),
    ],
)
def test_bad_values_are_refused_in_words(view, name, value, fails):
    before = view.pose
    with fails(ArgumentError, name):
        setattr(view, name, value)
    assert view.pose == before


def test_bad_arguments_are_refused_in_words(model, images, fails):
    with pytest.raises(ArgumentError, match="routing"):
        explore_pose(FakeVAE(), images[7])
    with fails(ArgumentError, "model"):
        explore_pose(FakeCapsNet(), images[7])
    with fails(ArgumentError, "image"):
        explore_pose(model, images[:3])
    with fails(ArgumentError, "image", names="(8, 8, 1)"):
        explore_pose(model, some_images(side=10)[0])
    with pytest.raises(ArgumentError, match="uint8"):
        explore_pose(model, images.images[0] / 255)
    with fails(ArgumentError, "capsule", names="'a'"):
        explore_pose(model, images[7], "z")
    with fails(ArgumentError, "capsule", names="0 to 4"):
        explore_pose(model, images[7], 9)
    with pytest.raises(ArgumentError, match="knobs"):
        explore_pose(model, images[7], hide=("knobs",))
    with pytest.raises(ArgumentError, match="PoseView"):
        explore_pose(model, images[7], state=json.dumps({"view": "LatentView", "v": 2}))


def test_static_page_has_picture_and_words(view):
    data, meta = view._repr_mimebundle_()
    assert data["image/png"].startswith(b"\x89PNG")
    assert meta["image/png"]["alt"] == data["text/plain"] == view.words


@pytest.mark.slow
def test_a_real_network():
    import capslab as cl

    model, images = cl.pretrained("capsnet-digits"), cl.load("digits")
    view = explore_pose(model, images[7])
    expected = model.decode(model.poses(images[7]))[0]
    np.testing.assert_allclose(view.image, expected, atol=1e-3)
