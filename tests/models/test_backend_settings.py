"""Networks whatever Keras is set to: one process for many settings, as each process costs seconds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import capslab

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

PROGRAM = """
import os, sys, tempfile
import numpy as np
import capslab as cl

os.environ["KERAS_BACKEND"] = "tensorflw"
for name in ("CapsNet", "fit"):
    try:
        getattr(cl, name)
    except ImportError as error:
        print("refused", type(error).__name__, "Did you mean 'tensorflow'?" in str(error))
os.environ["KERAS_BACKEND"] = "tensorflow"  # the advice, followed

import capslab.models.backend
import keras
from capslab.models import ConvNet, OverlapNet, SceneNet
from capslab.models.layers import PrimaryCapsules, RoutedCapsules, length, squash
from capslab.training import training_plan

print("keras.json", keras.config.image_data_format(), keras.config.floatx())
training_plan.STEPS_AN_EPOCH = 2
digits = cl.load("digits").sample(80, seed=0)
colour = cl.Images(np.repeat(digits.images, 3, axis=-1), digits.labels, digits.classes)
make = {
    "CapsNet": lambda: cl.CapsNet.for_images(colour),
    "DenseBaseline": lambda: cl.DenseBaseline.for_images(colour, hidden=16),
    "ConvNet": lambda: ConvNet.for_images(colour),
    "AutoEncoder": lambda: cl.AutoEncoder.for_images(colour, latent_dim=2, architecture="convolutional"),
    "VAE": lambda: cl.VAE.for_images(colour, latent_dim=2, architecture="convolutional"),
    "OverlapNet": lambda: OverlapNet((12, 12, 1), digits.classes),
    "SceneNet": lambda: SceneNet((12, 12, 1), digits.classes),
}

def outputs(model):
    pixels = np.arange(3 * np.prod(model.image_shape)) % 251
    out = model.predict(pixels.reshape(3, *model.image_shape).astype(np.uint8), verbose=0)
    if not isinstance(out, dict):
        return out.ravel()
    random = ("z", "logits") if "mean" in out else ()  # of a VAE
    return np.concatenate([np.ravel(out[name]) for name in sorted(set(out) - set(random))])

def stepped(name):
    model = make[name]()
    model.compile("adam", run_eagerly=True)
    batch = next(model.stream(digits, 8, 0)) if hasattr(model, "stream") else (colour[:8],)
    loss = np.ravel(model.train_on_batch(*batch))[0]
    assert np.isfinite(loss), (name, loss)
    out = outputs(model)
    assert out.dtype == np.float32, (name, out.dtype)
    assert {str(w.dtype) for w in model.weights} <= {"float32", "uint32", "int32", "int64"}, name
    with tempfile.TemporaryDirectory() as folder:
        model.save(folder + "/model.keras")
        assert np.abs(outputs(keras.models.load_model(folder + "/model.keras")) - out).max() < 1e-6, name
    return out

def trained():
    model = cl.CapsNet.for_images(colour)
    history = cl.fit(model, colour, epochs=1, batch_size=16, show=False)
    return np.array([history.curves["loss"][0], *outputs(model)])

def plain():
    keras.config.set_image_data_format("channels_last")
    keras.config.set_floatx("float32")
    keras.config.set_dtype_policy("float32")

def half():
    keras.config.set_floatx("float16")
    keras.config.set_dtype_policy("float16")
    keras.config.set_epsilon(1e-3)

settings = {
    "keras.json": lambda: None,
    "half": half,
    "mixed_float16": lambda: keras.config.set_dtype_policy("mixed_float16"),
    "mixed_bfloat16": lambda: keras.config.set_dtype_policy("mixed_bfloat16"),
}
of_each = {}
for setting, change in settings.items():
    change()
    policy = keras.config.dtype_policy().name, keras.config.floatx(), keras.config.image_data_format()
    names = list(make) if setting == "keras.json" else ["CapsNet", "VAE"]
    of_each[setting] = {name: stepped(name) for name in names}
    if setting == "half":
        of_each[setting]["fit"] = trained()
    after = keras.config.dtype_policy().name, keras.config.floatx(), keras.config.image_data_format()
    print(setting, "as it was", policy == after)
    plain()
expected = {name: stepped(name) for name in make}
expected["fit"] = trained()
for setting, results in of_each.items():
    apart = {name: float(np.abs(result - expected[name]).max()) for name, result in results.items()}
    print(setting, "differs in", [name for name, most in apart.items() if not most < 1e-3], flush=True)

keras.config.set_dtype_policy("mixed_float16")
large = np.full((2, 3, 4), 300.0, np.float16)  # its squared length is not a float16
for function in (squash, length):
    result = function(keras.ops.convert_to_tensor(large))
    print(function.__name__, keras.backend.standardize_dtype(result.dtype), bool(np.isfinite(result).all()))
own = [keras.Input((6, 6, 4)), keras.layers.Conv2D(8, 3), PrimaryCapsules(2, 4), RoutedCapsules(3)]
own = keras.Sequential(own)
print("own model", own.layers[0].compute_dtype, own(np.ones((2, 6, 6, 4), np.float16)).dtype.name)
"""


def process(code: str, **variables: str) -> subprocess.CompletedProcess[str]:
    here = str(Path(capslab.__file__).parents[1])
    path = os.pathsep.join(filter(None, [variables.pop("first", ""), here]))
    environment = {**os.environ, "PYTHONPATH": path, **variables}
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, timeout=800
    )


def test_every_network_computes_the_same_whatever_keras_is_set_to(tmp_path: Path) -> None:
    settings = {"floatx": "float64", "epsilon": 0.01, "backend": "jax", "image_data_format": "channels_first"}
    (tmp_path / "keras.json").write_text(json.dumps(settings))
    done = process(PROGRAM, KERAS_HOME=str(tmp_path), KERAS_BACKEND="", MPLBACKEND="nonsense")
    assert done.returncode == 0, done.stderr[-3000:]
    lines = done.stdout.splitlines()
    assert lines[:3] == ["refused KerasUnavailable True"] * 2 + ["keras.json channels_first float64"]
    names = ("keras.json", "half", "mixed_float16", "mixed_bfloat16")
    assert lines[3:7] == [f"{name} as it was True" for name in names]
    assert lines[7:11] == [f"{name} differs in []" for name in names]
    assert lines[11:] == ["squash float32 True", "length float32 True", "own model float16 float32"]
    assert "MPLBACKEND is 'nonsense'" in done.stderr


def test_a_tensorflow_that_cannot_be_imported_is_an_error_in_words(tmp_path: Path) -> None:
    (tmp_path / "tensorflow.py").write_text('raise ImportError("DLL load failed")')
    code = "import capslab as cl\ntry:\n    cl.CapsNet\nexcept ImportError as error:\n    print(error)"
    done = process(code, first=str(tmp_path), KERAS_BACKEND="tensorflow")
    assert "DLL load failed" in done.stdout, done.stderr[-2000:]
    assert "capslab doctor" in done.stdout
    (tmp_path / "keras.json").write_text('{"floatx": "float8"}')
    done = process(code, KERAS_HOME=str(tmp_path), KERAS_BACKEND="tensorflow")
    assert f"{tmp_path}/keras.json" in done.stdout.replace("\\", "/"), done.stderr[-2000:]
    done = process(code, KERAS_BACKEND="torch" if not _has("torch") else "numpy")
    assert "KERAS_BACKEND is" in done.stdout, done.stderr[-2000:]


def _has(module: str) -> bool:
    from capslab.machine.keras_settings import is_installed

    return is_installed(module)
