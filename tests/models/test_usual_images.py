"""A bundled network says when images look unlike those it learned on, and is silent when they do not."""

import json

import numpy as np
import pytest
from scipy import ndimage

import capslab as cl
from capslab.models.pretrained import manifest
from capslab.models.usual_images import ground_and_ink, words_if_unlike

USUAL = {"ground": 0.0, "ink": 253.0}


@pytest.fixture(scope="module")
def digits():
    return cl.load("digits").test


def followed(words, images):
    """What the advice in a message gives, when it is typed as it stands."""
    code = words.split(" pass ")[1].removesuffix(" instead.")
    return eval(code, {"images": images, "pixels": np.asarray(images), "np": np})


def test_every_bundled_network_knows_its_images():
    for name, facts in manifest().items():
        assert facts["usual images"].keys() == {"ground", "ink"}, name
        assert facts["usual images"]["ground"] == 0
    assert json.dumps(cl.pretrained("vae-digits").usual_images)


@pytest.mark.parametrize("name", ["dense-digits", "capsnet-digits", "vae-digits", "autoencoder-digits"])
def test_dark_ink_on_a_light_ground_is_said_once_with_a_fix(name, digits, capsys):
    model = cl.pretrained(name)
    use = model.classify if hasattr(model, "classify") else model.encode
    expected = use(digits.images)
    assert capsys.readouterr().out == ""
    light = 255 - digits.images
    use(light)
    words = capsys.readouterr().out
    assert words.count("\n") == 1
    assert "light ground" in words
    use(light)
    assert capsys.readouterr().out == ""  # once is enough
    np.testing.assert_array_equal(use(followed(words.strip(), light)), expected)
    assert capsys.readouterr().out == ""


def test_images_are_told_of_their_own_method(digits, capsys):
    light = cl.Images(255 - digits.images, digits.labels, digits.classes)
    model = cl.pretrained("dense-digits")
    model.classify(light)
    words = capsys.readouterr().out.strip()
    assert "images.inverted()" in words
    if hasattr(light, "inverted"):
        turned = followed(words, light)
        assert (model.classify(turned) == digits.labels).mean() > 0.9
        assert capsys.readouterr().out == ""


@pytest.mark.parametrize(("low", "high"), [(0, 16), (0, 100), (90, 200), (30, 60)])
def test_other_grey_levels_are_said_with_a_fix(low, high, digits, capsys):
    model = cl.pretrained("dense-digits")
    odd = (low + digits.images / 255.0 * (high - low)).astype("uint8")
    model.classify(odd)
    words = capsys.readouterr().out.strip()
    assert "other grey levels" in words
    right = (model.classify(followed(words, odd)) == digits.labels).mean()
    assert right > 0.9
    assert capsys.readouterr().out == ""


def test_one_image_on_a_light_ground_is_enough(digits):
    for image in digits.images[:20]:
        assert words_if_unlike(image[None], image[None], USUAL) == ""
        assert "light ground" in words_if_unlike(255 - image[None], 255 - image[None], USUAL)


@pytest.mark.parametrize("name", ["digits", "mnist", "fashion-mnist"])
def test_the_data_sets_themselves_never_fire(name):
    try:
        pixels = cl.load(name).test.images[:2000]
    except OSError as error:  # not on this machine
        pytest.skip(str(error))
    pixels = np.asarray(pixels)
    assert words_if_unlike(pixels, pixels, USUAL) == ""
    moved = {
        "shifted": np.roll(pixels, (2, -2), axis=(1, 2)),
        "rotated": ndimage.rotate(pixels[:200], 25, axes=(1, 2), reshape=False, order=1),
        "flipped": pixels[:, ::-1],
    }
    for kind, each in moved.items():
        assert words_if_unlike(each, each, USUAL) == "", kind
    for i in range(300):
        few = pixels[i : i + 1 + i % 9]
        assert words_if_unlike(few, few, USUAL) == "", i


def test_blank_images_and_none_are_passed_over():
    for pixels in (np.zeros((3, 8, 8, 1), np.uint8), np.full((1, 8, 8, 1), 255, np.uint8)):
        assert words_if_unlike(pixels, pixels, USUAL) == ""
    assert words_if_unlike(pixels[:0], pixels[:0], USUAL) == ""


def test_ground_is_the_border_and_ink_the_distance_from_it():
    image = np.full((2, 10, 10, 1), 200, np.uint8)
    image[:, 3:7, 3:7] = 40
    assert ground_and_ink(image) == {"ground": 200.0, "ink": -160.0}


def test_a_network_that_one_trained_oneself_says_nothing(digits, capsys):
    cl.DenseBaseline((8, 8, 1), 10).classify(255 - digits.images)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (lambda x: x[0], r"pixels.reshape\(1, 8, 8, 1\)"),
        (lambda x: x[..., 0], r"pixels\[\.\.\., None\]"),
        (lambda x: x.repeat(3, axis=-1), "mean"),
        (lambda x: np.kron(x, np.ones((1, 2, 2, 1), np.uint8)), r"size=\(8, 8\)"),
    ],
)
def test_another_shape_is_refused_with_what_to_do(given, words, digits):
    with pytest.raises(cl.ArgumentError if hasattr(cl, "ArgumentError") else ValueError, match=words):
        cl.pretrained("dense-digits").classify(given(digits.images))
