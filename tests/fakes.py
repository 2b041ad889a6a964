"""Small models of random numbers with the methods that the views use: quick, and no Keras."""

from __future__ import annotations

from itertools import pairwise
from types import SimpleNamespace

import numpy as np

from capslab.data import Images
from capslab.routing import RoutingWeights


def some_images(n: int = 40, side: int = 8, classes: int = 5, labelled: bool = True, seed: int = 3) -> Images:
    """Smooth random images, each class bright in a column of its own."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % classes
    pixels = rng.integers(0, 90, (n, side, side, 1))
    pixels[np.arange(n), :, labels, 0] += 120
    names = tuple("abcdefghijklmnop"[:classes])
    return Images(pixels.astype(np.uint8), labels if labelled else None, names if labelled else ())


class FakeCapsNet:
    """Primary capsules and routing weights from a seed; the larger `gain`, the more routing moves."""

    def __init__(self, grid=(3, 4, 2), classes=5, side=8, pose=6, inputs=4, gain=1.0, seed=0):
        rng = np.random.default_rng(seed)
        self.grid, self.image_shape, self.classes = grid, (side, side, 1), tuple("abcdefghijklmnop"[:classes])
        count = int(np.prod(grid))
        self.mix = rng.normal(size=(side * side, count * inputs)) / side
        self.weights = (gain * rng.normal(size=(count, classes, pose, inputs))).astype(np.float32)
        self.bias = rng.normal(0, 0.1, (classes, pose)).astype(np.float32)
        self.asked = 0

    def primary(self, images):
        self.asked += 1
        flat = np.asarray(images, np.float32).reshape(len(images), -1) / 255
        u = np.tanh(flat @ self.mix).reshape(len(images), int(np.prod(self.grid)), -1)
        return u.astype(np.float32)

    def routing_weights(self):
        return RoutingWeights(self.weights, self.bias, 3)

    def receptive_field(self, capsule):
        rows, columns, types = self.grid
        row, column = divmod(capsule // types, columns)
        side = self.image_shape[0]
        top, left = row * side // rows, column * side // columns
        return top, left, min(side, top + 4), min(side, left + 4)


class FakeVAE:
    """A random dense decoder and a linear encoder; `dense=False` hides the layers, as convolutions would."""

    def __init__(self, latent=4, side=8, dense=True, seed=1, hidden=(16, 32)):
        rng = np.random.default_rng(seed)
        self.latent_dim, self.image_shape, self.dense = latent, (side, side, 1), dense
        sizes = [latent, *hidden, side * side]
        self.layers = [
            (
                rng.normal(0, (2 / a) ** 0.5, (a, b)).astype(np.float32),
                rng.normal(0, 0.2, b).astype(np.float32),
            )
            for a, b in pairwise(sizes)
        ]
        self.down = rng.normal(size=(side * side, latent)) / side
        self.decoded = 0

    def decoder_layers(self):
        names = ["relu"] * (len(self.layers) - 1) + ["sigmoid"]
        return (
            [(*layer, name) for layer, name in zip(self.layers, names, strict=True)] if self.dense else None
        )

    def decode(self, z):
        self.decoded += 1
        x = np.asarray(z, np.float32)
        for kernel, bias in self.layers[:-1]:
            x = np.maximum(x @ kernel + bias, 0)
        kernel, bias = self.layers[-1]
        return (1 / (1 + np.exp(-(x @ kernel + bias)))).reshape(-1, *self.image_shape)

    def encode(self, images):
        flat = np.asarray(images, np.float32).reshape(len(images), -1) / 255
        return ((flat - 0.2) @ self.down).astype(np.float32)

    def kl_per_dimension(self, images):
        """Dimension 1 is the most active, the last one is not used."""
        kl = np.linspace(2, 0.5, self.latent_dim)
        kl[-1], kl[1] = 0.001, 3.0
        return kl


class FakePoseNet(FakeCapsNet):
    """The same with a random dense decoder of the poses."""

    def __init__(self, *args, hidden=(16, 32), **kwargs):
        super().__init__(*args, **kwargs)
        rng = np.random.default_rng(9)
        sizes = [self.bias.size, *hidden, int(np.prod(self.image_shape))]
        self.dense = [
            (
                rng.normal(0, (4 / a) ** 0.5, (a, b)).astype(np.float32),
                rng.normal(0, 0.2, b).astype(np.float32),
            )
            for a, b in pairwise(sizes)
        ]

    def decoder_layers(self):
        names = ["relu"] * (len(self.dense) - 1) + ["sigmoid"]
        return [(*layer, name) for layer, name in zip(self.dense, names, strict=True)]

    def decode(self, poses, labels=None):
        poses = np.asarray(poses, np.float32)
        labels = np.linalg.norm(poses, axis=-1).argmax(axis=1) if labels is None else labels
        x = (poses * np.eye(poses.shape[1], dtype=np.float32)[labels][..., None]).reshape(len(poses), -1)
        for kernel, bias in self.dense[:-1]:
            x = np.maximum(x @ kernel + bias, 0)
        kernel, bias = self.dense[-1]
        return (1 / (1 + np.exp(-(x @ kernel + bias)))).reshape(-1, *self.image_shape)

    def classify(self, images):
        from capslab.routing import route

        return np.array([route(self, image).predicted for image in images])


class FakeNetwork(FakePoseNet):
    """The same with two convolutions in NumPy: 3×3 with a border of zeros, then 3×3 with stride 2."""

    def __init__(self, *args, channels=1, **kwargs):
        super().__init__(*args, **kwargs)
        rng = np.random.default_rng(11)
        side = self.image_shape[0]
        after = (side - 3) // 2 + 1
        rows, columns, types = self.grid
        plain = {"depthwise": False, "relu": True, "normalised": True}
        self._convolutions = [
            SimpleNamespace(
                kernel=rng.normal(0, 0.5, (3, 3, inputs, filters)).astype(np.float32),
                scale=rng.uniform(0.5, 1.5, filters).astype(np.float32),
                shift=rng.normal(0, 0.2, filters).astype(np.float32),
                strides=(stride, stride),
                pad=(pad, pad),
                map_shape=(size, size, filters),
                **plain,
            )
            for inputs, filters, stride, pad, size in ((channels, 8, 1, 1, side), (8, 7, 2, 0, after))
        ]
        own = SimpleNamespace(
            kernel=rng.normal(0, 0.5, (2, 2, 7, types * 4)).astype(np.float32),
            scale=np.ones(types * 4, np.float32),
            shift=np.zeros(types * 4, np.float32),
            strides=(1, 1),
            pad=(0, 0),
            map_shape=(rows, columns, types * 4),
            **{**plain, "relu": False, "normalised": False},
        )
        self._convolutions.append(own)

    def convolutions(self):
        return self._convolutions

    def feature_maps(self, images):
        found, maps = [], np.asarray(images, np.float64) / 255
        for one in self._convolutions[:2]:
            pad = [(0, 0), (one.pad[0],) * 2, (one.pad[1],) * 2, (0, 0)]
            windows = np.lib.stride_tricks.sliding_window_view(np.pad(maps, pad), (3, 3), axis=(1, 2))
            windows = windows[:, :: one.strides[0], :: one.strides[1]]  # (n, rows, columns, inputs, 3, 3)
            maps = np.maximum(np.einsum("nrcikl,klif->nrcf", windows, one.kernel) * one.scale + one.shift, 0)
            found.append(maps.astype(np.float32))
        return found


class FakePairNet:
    """A network for two overlapping images: lengths, drawings and masks of random numbers and the image."""

    def __init__(self, classes=5, side=12, seed=4):
        self.image_shape, self.classes = (side, side, 1), tuple("abcdefghijklmnop"[:classes])
        self.mix = np.random.default_rng(seed).normal(size=(side * side, classes)) / side
        self.asked = 0

    def _pixels(self, images):
        return np.asarray(getattr(images, "images", images), np.float32) / 255

    def lengths(self, images):
        self.asked += 1
        pixels = self._pixels(images)
        return (1 / (1 + np.exp(-4 * pixels.reshape(len(pixels), -1) @ self.mix))).astype(np.float32)

    def detect(self, images, count=2):
        return np.argsort(-self.lengths(images), axis=1, kind="stable")[:, :count]

    def separate(self, images, labels=None):
        pixels = self._pixels(images)[:, None]  # (n, 1, h, w, c)
        weights = np.stack([np.linspace(1, 0, self.image_shape[1]), np.linspace(0, 1, self.image_shape[1])])
        halves = pixels * weights[None, :, None, :, None]  # the first has the left, the second the right
        return SimpleNamespace(reconstructions=halves.astype(np.float32), owner=halves[..., 0].argmax(axis=1))


class FakeClassifier:
    """Class probabilities from a seed, no capsules."""

    def __init__(self, classes=5, side=8, seed=0):
        self.image_shape, self.classes = (side, side, 1), tuple("abcdefghijklmnop"[:classes])
        self.mix = np.random.default_rng(seed).normal(size=(side * side, classes))

    def probabilities(self, images):
        from capslab.routing import softmax

        return softmax(np.asarray(images, float).reshape(len(images), -1) / 255 @ self.mix)

    def classify(self, images):
        return self.probabilities(images).argmax(axis=1)


class FakeToyNet(FakeClassifier):
    """Probabilities of three kinds of toys."""

    def __init__(self, side=28, seed=4):
        super().__init__(3, side, seed)
        self.classes = ("car", "truck", "plane")
        self.mix = self.mix / 3
