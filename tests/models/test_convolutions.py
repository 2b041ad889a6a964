"""Convolutions as arrays, and feature maps: one recomputed from the other with SciPy."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from scipy.signal import correlate

import capslab as cl
from capslab.models import PRESETS
from capslab.models.convolutions import ConvolutionWeights

rng = np.random.default_rng(0)


def recomputed(inputs: np.ndarray, one: ConvolutionWeights) -> np.ndarray:
    """One convolution on maps `(rows, columns, inputs)`, whatever its stride and padding."""
    rows, columns, filters = one.map_shape
    below, right = (
        max(0, (count - 1) * stride + window - size - pad)
        for count, stride, window, size, pad in zip(
            one.map_shape, one.strides, one.kernel.shape, inputs.shape, one.pad, strict=False
        )
    )
    padded = np.pad(inputs, [(one.pad[0], below), (one.pad[1], right), (0, 0)])
    made = np.empty(one.map_shape)
    for k in range(filters):
        if one.depthwise:
            whole = correlate(padded[..., k], one.kernel[:, :, k, 0], "valid")
        else:
            whole = correlate(padded, one.kernel[..., k], "valid")[..., 0]
        made[..., k] = whole[:: one.strides[0], :: one.strides[1]][:rows, :columns]
    made = made * one.scale + one.shift
    return np.maximum(made, 0) if one.relu else made


def unlike_its_start(model: cl.CapsNet) -> None:
    """Gives BatchNorm and biases values of their own, as training would."""
    for layer in model.trunk.layers:
        inner = getattr(layer, "convolution", layer)
        if isinstance(layer, keras.layers.BatchNormalization) or inner is not layer:
            weights = inner.get_weights()
            inner.set_weights([w + rng.uniform(0.1, 0.5, w.shape) if w.ndim == 1 else w for w in weights])


CASES = [("digits", (8, 8, 1)), ("small", (28, 28, 1)), ("visible", (28, 28, 1)), ("any-size", (13, 31, 3))]


@pytest.mark.parametrize(("preset", "shape"), CASES)
def test_each_map_is_its_convolution_of_the_one_before(preset, shape):
    model = cl.CapsNet(shape, 10, preset=preset)
    unlike_its_start(model)
    images = rng.integers(0, 256, (2, *shape), np.uint8)
    convolutions, maps = model.convolutions(), model.feature_maps(images)
    assert len(convolutions) == len(maps) + 1 == len(model.design.trunk) + 1
    inputs = images[1] / 255
    for one, made in zip(convolutions, maps, strict=False):
        assert made.shape == (2, *one.map_shape)
        assert made.dtype == np.float32
        assert made.max() > 0
        np.testing.assert_allclose(made[1], recomputed(inputs, one), atol=2e-4)
        inputs = made[1]
    last = recomputed(inputs, convolutions[-1]).reshape(-1, PRESETS[preset].primary_dim)
    squared = np.sum(last**2, axis=1, keepdims=True)
    expected = squared / (1 + squared) * last / np.sqrt(squared + 1e-7)
    np.testing.assert_allclose(model.primary(images)[1], expected, atol=1e-4)


def test_the_papers_network_has_one_convolution_without_batchnorm():
    first, own = cl.CapsNet((28, 28, 1), 10, preset="paper").convolutions()
    assert (first.kernel.shape, first.map_shape, first.normalised) == ((9, 9, 1, 256), (20, 20, 256), False)
    np.testing.assert_array_equal(first.scale, 1)
    assert (own.map_shape, own.relu, own.strides) == ((6, 6, 256), False, (2, 2))


@pytest.mark.parametrize(("preset", "shape"), CASES)
def test_the_receptive_field_is_what_changes_a_capsule(preset, shape):
    """The network view draws these boxes: a pixel outside changes nothing, all of them together do."""
    model = cl.CapsNet(shape, 10, preset=preset)
    image = rng.integers(0, 256, (1, *shape), np.uint8)
    capsule = int(np.prod(model.grid)) // 2
    top, left, bottom, right = model.receptive_field(capsule)
    outside, inside = image.copy(), image.copy()
    inside[:, top:bottom, left:right] = 255 - inside[:, top:bottom, left:right]
    outside[:] = 255 - outside
    outside[:, top:bottom, left:right] = image[:, top:bottom, left:right]
    before = model.primary(image)[0, capsule]
    np.testing.assert_allclose(model.primary(outside)[0, capsule], before, atol=1e-6)
    assert np.abs(model.primary(inside)[0, capsule] - before).max() > 1e-4
