"""Training under JAX: the same networks, pairs made on the device as in NumPy, a loss that falls."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import capslab as cl
from capslab.errors import DataUnavailable
from tools import pretrain

UNDER_JAX = """
import json, sys
import jax, numpy as np
import capslab as cl
from tools import train_jax
from capslab.models import OverlapNet, VAE

digits = cl.load("digits")
make = jax.jit(train_jax.pairs_of(digits, 2000, shift=2))
x, y = (jax.tree.map(np.asarray, part) for part in make(jax.random.key(0)))
np.savez(sys.argv[1] + "/pairs.npz", x=x, **y)

np.savez(sys.argv[1] + "/said.npz",
         lengths=cl.pretrained("capsnet-digits").lengths(digits.test),
         logits=cl.pretrained("vae-digits").decode(np.linspace(-1, 1, 12).reshape(3, 4)))

vae = VAE(digits.image_shape, latent_dim=4)
before = float(-vae.elbo(digits.test).elbo.mean())
train_jax.CHAIN = 50
done = train_jax.fit_fused(vae, digits, batch_size=64, steps=300, learning_rate=3e-3)
net = OverlapNet((12, 12, 1), digits.classes)
train_jax.CHAIN = 1
train_jax.fit_fused(net, digits, batch_size=8, steps=2, stages=((0.0, {"trains_decoder": False}),))
averages = [np.asarray(w.value) for w in net.non_trainable_variables if "moving_mean" in w.path]
poses = net.poses(x[:4])
train_jax.fit_fused(net, digits, batch_size=8, steps=2, 
    stages=((0.0, {"trains_decoder": True, "trains_capsules": False}),))
after = float(-vae.elbo(digits.test).elbo.mean())
print(json.dumps({"before": before, "after": after, "steps": done.steps, "examples": done.examples,
                  "normalised": min(float(np.abs(a).max()) for a in averages),
                  "moved": float(np.abs(net.poses(x[:4]) - poses).max())}))
"""


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict]:
    folder = tmp_path_factory.mktemp("jax")
    run = subprocess.run(
        [sys.executable, "-c", UNDER_JAX, str(folder)],
        env={**os.environ, "KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr[-3000:]
    return folder, json.loads(run.stdout.splitlines()[-1])


@pytest.mark.slow
def test_pairs_made_on_the_device_are_two_digits_of_different_classes(ran) -> None:
    digits = cl.load("digits")
    pairs = np.load(ran[0] / "pairs.npz")
    assert pairs["x"].shape == (2000, 12, 12, 1)
    assert (pairs["labels"][:, 0] != pairs["labels"][:, 1]).all()
    assert len(np.unique(pairs["labels"][:, 0] * 10 + pairs["labels"][:, 1])) == 90  # every pair of classes
    np.testing.assert_array_equal(
        pairs["x"], np.minimum(pairs["digits"].astype(int).sum(axis=1), 255).astype(np.uint8)
    )
    # Each digit is an image of that class, somewhere on the canvas.
    known = {(image.tobytes(), label) for image, label in zip(digits.images, digits.labels, strict=True)}
    for drawn, label in zip(
        pairs["digits"][:50].reshape(-1, 12, 12, 1), pairs["labels"][:50].ravel(), strict=True
    ):
        windows = [drawn[i : i + 8, j : j + 8] for i in range(5) for j in range(5)]
        whole = [window for window in windows if window.sum(dtype=int) == drawn.sum(dtype=int)]
        assert any((window.tobytes(), label) in known for window in whole)


@pytest.mark.slow
def test_the_networks_say_the_same_under_both_backends(ran) -> None:
    digits = cl.load("digits")
    said = np.load(ran[0] / "said.npz")
    np.testing.assert_allclose(
        said["lengths"], cl.pretrained("capsnet-digits").lengths(digits.test), atol=1e-5
    )
    decoded = cl.pretrained("vae-digits").decode(np.linspace(-1, 1, 12).reshape(3, 4))
    np.testing.assert_allclose(said["logits"], decoded, atol=1e-5)


@pytest.mark.slow
def test_training_learns_in_as_many_steps_as_asked(ran) -> None:
    told = ran[1]
    assert (told["steps"], told["examples"]) == (300, 300 * 64)
    assert told["after"] < 0.7 * told["before"]
    assert told["normalised"] > 0  # BatchNorm was told that this is training
    assert told["moved"] == 0.0  # while only the decoder learns, what the capsules say stays


def test_without_jax_the_command_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DataUnavailable, match="KERAS_BACKEND=jax"):
        pretrain.pretrain(["vae-mnist-best"], folder=tmp_path, say=lambda line: None)
