"""Networks computed in Chromium against Keras: convolutions, dense layers, encoders."""

from __future__ import annotations

import numpy as np
import pytest

pytestmark = pytest.mark.browser

NETWORK = """async ([flat, steps, images]) => {
  const { makeNetwork } = await import("/js/shared/convolutional_network.js");
  const run = makeNetwork(Float32Array.from(flat), steps);
  return images.map((pixels) => Array.from(run(Uint8Array.from(pixels))));
}"""


@pytest.mark.slow
@pytest.mark.parametrize("preset", ["digits", "small", "visible", "accurate"])
def test_convolutions_are_keras(modules, preset):
    from capslab.models import CapsNet
    from capslab.widgets.shared.browser_network import packed

    shape = (9, 8, 1) if preset == "digits" else (28, 30, 1)
    model = CapsNet(shape, 10, preset=preset, seed=3)
    rng = np.random.default_rng(0)
    for layer in model.trunk.layers:  # statistics and biases as training leaves them
        layer.set_weights(
            [w + rng.uniform(0.1, 0.3, w.shape) if w.ndim == 1 else w for w in layer.get_weights()]
        )
    same_as_keras(modules, packed(model.trunk.layers, shape), model.primary, shape)


@pytest.mark.slow
def test_dense_and_encoders_are_keras(modules):
    from capslab.models import VAE, DenseBaseline
    from capslab.widgets.shared.browser_network import packed

    shape = (12, 12, 1)
    dense = DenseBaseline(shape, 5)
    same_as_keras(
        modules,
        packed([*dense.hidden.layers, dense.logits], shape),
        lambda images: dense.features(images, "logits").vectors,
        shape,
    )
    for architecture in ("dense", "convolutional"):
        vae = VAE(shape, 3, architecture=architecture)
        same_as_keras(modules, packed([*vae.encoder.layers, vae.mean], shape), vae.encode, shape)


def same_as_keras(modules, told, python, shape):
    weights, steps = told
    images = np.random.default_rng(1).integers(0, 255, (3, *shape), dtype=np.uint8)
    pixels = images.reshape(3, -1).tolist()
    found = modules.evaluate(NETWORK, [weights.tolist(), steps, pixels])
    np.testing.assert_allclose(found, python(images).reshape(3, -1), atol=1e-5)
