"""Every kind of network trains, saves and loads on every Keras backend."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec

import pytest

PROGRAM = """
import json, sys, tempfile
from dataclasses import replace
import numpy as np
import keras
import capslab as cl
from capslab.models import ConvNet, OverlapNet, SceneNet, backend
from capslab.training import training_plan

digits = cl.load("digits").sample(150, seed=0)
training_plan.STEPS_AN_EPOCH = 12
make = {
    "CapsNet": lambda: cl.CapsNet.for_images(digits),
    "DenseBaseline": lambda: cl.DenseBaseline.for_images(digits, hidden=32),
    "ConvNet": lambda: ConvNet.for_images(digits),
    "AutoEncoder": lambda: cl.AutoEncoder.for_images(digits, latent_dim=2),
    "VAE": lambda: cl.VAE.for_images(digits, latent_dim=2),
    "OverlapNet": lambda: OverlapNet((12, 12, 1), digits.classes),
    "SceneNet": lambda: SceneNet((12, 12, 1), digits.classes),
}
told = {"backend": keras.backend.backend(), "device": backend.device()}
noise = np.random.default_rng(0).integers(0, 256, (4, 12, 12, 1), dtype=np.uint8)

def outputs(model):
    images = digits.test.images[:4] if model.image_shape == (8, 8, 1) else noise
    out = model.reconstruct(images) if hasattr(model, "encode") else model(images)
    out = [out[name] for name in sorted(out)] if isinstance(out, dict) else [out]
    return np.concatenate([np.asarray(keras.ops.convert_to_numpy(a)).ravel() for a in out])

def trained(name, **more):
    model = make[name]()
    if hasattr(model, "stream"):
        model.recipe = replace(model.recipe, steps=20)
    history = cl.fit(model, digits, epochs=2, batch_size=16, show=False, **more)
    return model, history

def stop(model, epoch):
    if epoch == 2:
        raise KeyboardInterrupt

for name in sys.argv[1:]:
    with tempfile.TemporaryDirectory() as folder:
        model, history = trained(name)
        told.setdefault("TensorFlow", "tensorflow" in sys.modules)  # saving imports it, in Keras itself
        model.save(f"{folder}/model.keras")
        loaded = keras.models.load_model(f"{folder}/model.keras")
        told[name] = {
            "epochs": history.epochs,
            "finite": bool(np.isfinite(history.curves["loss"]).all()),
            "falls": history.curves["loss"][-1] < history.curves["loss"][0],
            "loaded": float(np.abs(outputs(model) - outputs(loaded)).max()),
        }
        if name in ("VAE", "OverlapNet"):  # one with noise, one that makes its examples
            trained(name, checkpoint=folder, after_epoch=stop)
            again, went_on = trained(name, checkpoint=folder)
            pairs = zip(model.get_weights(), again.get_weights(), strict=True)
            told[name]["resumed"] = went_on.resumed
            told[name]["apart"] = max(float(np.abs(a - b).max()) for a, b in pairs)
print(json.dumps(told))
"""
NAMES = ["CapsNet", "DenseBaseline", "ConvNet", "AutoEncoder", "VAE", "OverlapNet", "SceneNet"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "names"),
    [
        pytest.param("jax", ["CapsNet", "VAE"], id="jax"),
        pytest.param("jax", NAMES, id="jax, all", marks=pytest.mark.rare),
        pytest.param("torch", NAMES, id="torch, all", marks=pytest.mark.rare),
    ],
)
def test_every_network_trains_goes_on_saves_and_loads(kind: str, names: list[str]) -> None:
    if find_spec(kind) is None:
        pytest.skip(f"{kind} is not installed")
    environment = {**os.environ, "KERAS_BACKEND": kind, "JAX_PLATFORMS": "cpu", "CUDA_VISIBLE_DEVICES": ""}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *names], capture_output=True, text=True, env=environment, timeout=900
    )
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert (told["backend"], told["device"]) == (kind, "CPU")
    assert not told["TensorFlow"]  # it costs seconds, and is not needed here
    for name in names:
        assert told[name]["epochs"] == 2
        assert told[name]["finite"]
        assert told[name]["falls"] or name == "OverlapNet"  # its second stage adds a loss
        assert told[name]["loaded"] < 1e-5
        if "resumed" in told[name]:
            assert (told[name]["resumed"], told[name]["apart"]) == (1, 0.0)
