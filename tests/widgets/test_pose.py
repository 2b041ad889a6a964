"""The pose view without a browser: poses, order, words, code, state, bad input."""

from __future__ import annotations

import json

import numpy as np
import pytest
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
    assert view.words.endswith("every pose dimension as read from the image.")


def test_image_is_what_the_model_decodes(view, model):
    for capsule in range(5):
        view.capsule = capsule
        poses = np.zeros((1, 5, 6), np.float32)
        poses[0, capsule] = view.pose
        np.testing.assert_allclose(view.image, model.decode(poses, [capsule])[0], atol=1e-5)


def test_moving_one_dimension(view):
    pose, before = list(view.pose), view.image
    pose[3] += 0.3
    view.pose = pose
    assert view.moved == 3
    assert f"pose[3] at {pose[3]:+.2f}".replace("-", "−") in view.words
    assert "moved by +0.30; the rest as read." in view.words
    assert view.change == pytest.approx(np.abs(view.image - before).mean(), abs=1e-6)
    assert f"differs by {100 * view.change:.1f} %" in view.words
    pose[1] -= 0.1
    view.pose = pose
    assert view.moved == 1
    assert "1 other moved too." in view.words
    view.reset()
    assert view.words.endswith("every pose dimension as read from the image.")
    assert view.moved is None


def test_a_length_that_no_image_can_give(view):
    view.pose = [0.9] * 6
    assert "6 pose dimensions moved." in view.words
    assert view.words.endswith("Length now 2.20, which no image can give: squash keeps it below 1.")
    view.pose = [0.2] * 6
    assert view.words.endswith("Length now 0.49.")


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
    assert "pose[2] at +0.10" in view.words


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
    ("name", "value", "message"),
    [
        ("pose", [1, 2], "6 numbers"),
        ("pose", [np.nan] * 6, "finite"),
        ("capsule", 5, "from 0 to 4"),
        ("moved", 6, "from 0 to 5"),
    ],
)
def test_bad_values_are_refused_in_words(view, name, value, message):
    before = view.pose
    with pytest.raises(ArgumentError, match=message):
        setattr(view, name, value)
    assert view.pose == before


def test_bad_arguments_are_refused_in_words(model, images):
    with pytest.raises(ArgumentError, match="routing"):
        explore_pose(FakeVAE(), images[7])
    with pytest.raises(ArgumentError, match="dense decoder"):
        explore_pose(FakeCapsNet(), images[7])
    with pytest.raises(ArgumentError, match="one image"):
        explore_pose(model, images[:3])
    with pytest.raises(ArgumentError, match=r"model's size \(8, 8, 1\)"):
        explore_pose(model, some_images(side=10)[0])
    with pytest.raises(ArgumentError, match="uint8"):
        explore_pose(model, images.images[0] / 255)
    with pytest.raises(ArgumentError, match="one of 'a'"):
        explore_pose(model, images[7], "z")
    with pytest.raises(ArgumentError, match="from 0 to 4"):
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
