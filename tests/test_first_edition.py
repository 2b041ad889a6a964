"""Files of the first edition open, and give what they gave: `tests/first_edition/make.py` made both."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import capslab as cl
from capslab.models.pretrained import manifest

FOLDER = Path(__file__).parent / "first_edition"
#: bundled networks that are other ones than in the first edition: 4 latent dimensions for the digits, not 16
TRAINED_ANEW = {"vae-digits"}
FILES = sorted(path.stem for path in FOLDER.glob("*.keras"))

OPEN = """
import sys
import capslab, keras
import numpy as np
sys.path.insert(0, {tests!r})
from test_first_edition import FOLDER, FILES, inputs, outputs
given = {{}}
for name in FILES:
    model = keras.models.load_model(FOLDER / f"{{name}}.keras")
    given |= {{f"{{name}}/{{method}}": value for method, value in outputs(model, inputs(model)).items()}}
np.savez({path!r}, **given)
"""


def outputs(model, images):
    """What a model gives for uint8 images, by the name of the method."""
    kind = type(model).__name__
    if kind in ("CapsNet", "OverlapNet", "SceneNet"):
        return {"lengths": np.asarray(model(images)["lengths"])}
    if kind in ("VAE", "AutoEncoder"):
        return {"reconstruct": model.reconstruct(images), "encode": model.encode(images)}
    classes = {"classify": model.classify(images)}
    return classes if kind == "ConvNet" else {**classes, "features": model.features(images).vectors}


def noise(shape):
    return np.random.default_rng(0).integers(0, 256, (4, *shape), dtype=np.uint8)


def inputs(model):
    """Eight digits, or noise for a model of another size."""
    return cl.load("digits").test.images[:8] if model.image_shape == (8, 8, 1) else noise(model.image_shape)


@pytest.fixture(scope="module")
def expected():
    with np.load(FOLDER / "outputs.npz") as arrays:
        return dict(arrays)


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """The outputs of all files, opened in a process that imported capslab and Keras and nothing else."""
    path = tmp_path_factory.mktemp("opened") / "outputs.npz"
    lines = OPEN.format(tests=str(FOLDER.parent), path=str(path))
    done = subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-3000:]
    with np.load(path) as arrays:
        return dict(arrays)


@pytest.mark.parametrize("name", FILES)
def test_a_saved_model_opens_and_gives_what_it_gave(name, opened, expected):
    methods = [key for key in expected if key.startswith(f"{name}/")]
    assert methods
    for key in methods:
        np.testing.assert_allclose(opened[key], expected[key], atol=1e-5, err_msg=key)


@pytest.mark.parametrize("name", [name for name in manifest() if name not in TRAINED_ANEW])
def test_bundled_weights_give_what_they_gave(name, expected):
    model = cl.pretrained(name)
    for method, value in outputs(model, noise(model.image_shape)).items():
        np.testing.assert_allclose(value, expected[f"pretrained/{name}/{method}"], atol=1e-5, rtol=1e-5)
