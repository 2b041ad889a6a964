"""An encoder and a decoder that a learner built, as one model with a latent space."""

from __future__ import annotations

from typing import Any

import capslab.models.backend  # noqa: F401  # first: it imports TensorFlow without its messages

import keras  # isort: skip
import numpy as np

from capslab.errors import ArgumentError, Verbatim


class OwnAutoencoder:
    """Two Keras networks as one model whose codes are measured in standard deviations.

    z = (encoder(x) − mean) / std, with the mean and the standard deviation of the codes of `images`. So these
    codes have mean 0 and width 1 in each dimension, as a plane to walk through needs it.

    Parameters
    ----------
    encoder : from pixels in 0…1, `(n, pixels)`, to codes `(n, d)`.
    decoder : from codes `(n, d)` to pixels in 0…1, `(n, pixels)` or `(n, h, w, c)`.
    images : `Images` whose codes give the mean and the standard deviation; their size is the model's.

    Raises
    ------
    ArgumentError : if the encoder does not take the images' pixels, or the decoder does not
        lead from the codes back to the pixels.

    Examples
    --------
    >>> import capslab as cl
    >>> images = cl.load("digits")
    >>> encoder = keras.Sequential([keras.Input((64,)), keras.layers.Dense(2)])
    >>> decoder = keras.Sequential([keras.Input((2,)), keras.layers.Dense(64, "sigmoid")])
    >>> own = OwnAutoencoder(encoder, decoder, images.test)
    >>> own.encode(images.test).std(axis=0).round(3).tolist(), own.decode([[0.0, 0.0]]).shape
    ([1.0, 1.0], (1, 8, 8, 1))
    """

    def __init__(self, encoder: keras.Sequential, decoder: keras.Sequential, images: Any) -> None:
        self.image_shape: tuple[int, int, int] = tuple(images.image_shape)
        pixels = int(np.prod(self.image_shape))
        if tuple(encoder.input_shape[1:]) != (pixels,):
            raise ArgumentError(
                "encoder",
                f"a network with {pixels} inputs, one for each pixel",
                Verbatim(f"inputs of shape {encoder.input_shape}"),
                f"Begin it with keras.Input(({pixels},)).",
            )
        self.latent_dim = int(encoder.output_shape[-1])
        if tuple(decoder.input_shape[1:]) != (self.latent_dim,):
            raise ArgumentError(
                "decoder",
                f"a network with {self.latent_dim} inputs, as many as the encoder's outputs",
                Verbatim(f"inputs of shape {decoder.input_shape}"),
                f"Begin it with keras.Input(({self.latent_dim},)).",
            )
        if int(np.prod(decoder.output_shape[1:])) != pixels:
            raise ArgumentError(
                "decoder",
                f"a network with {pixels} outputs, one for each pixel",
                Verbatim(f"outputs of shape {decoder.output_shape}"),
                f'End it with keras.layers.Dense({pixels}, "sigmoid").',
            )
        self._networks = encoder, decoder
        self._mean, self._std = np.zeros(self.latent_dim), np.ones(self.latent_dim)
        codes = self.encode(images)
        self._mean, self._std = codes.mean(axis=0), np.maximum(codes.std(axis=0), 1e-9)

    def encode(self, images: Any) -> np.ndarray:
        """The code of each image, `(n, d)`, in standard deviations."""
        pixels = np.asarray(getattr(images, "images", images))
        rows = pixels.reshape(len(pixels), -1).astype(np.float32) / 255
        return (_run(self._networks[0], rows) - self._mean) / self._std

    def decode(self, z: Any) -> np.ndarray:
        """Images in 0…1, `(n, h, w, c)`, from codes `(n, d)`."""
        codes = np.asarray(z, np.float64) * self._std + self._mean
        return _run(self._networks[1], codes.astype(np.float32)).reshape(-1, *self.image_shape)

    def reconstruct(self, images: Any) -> np.ndarray:
        """Each image encoded and decoded again, in 0…1."""
        return self.decode(self.encode(images))

    def decoder_layers(self) -> list[tuple[np.ndarray, np.ndarray, str]] | None:
        """A dense decoder as `(kernel, bias, activation)`, for the browser; None for any other."""
        dense = [layer for layer in self._networks[1].layers if isinstance(layer, keras.layers.Dense)]
        if not dense or len(dense) < len(self._networks[1].layers):
            return None
        layers = [(*layer.get_weights(), layer.activation.__name__) for layer in dense]
        kernel, bias, activation = layers[0]  # it takes z · std + mean
        layers[0] = kernel * self._std[:, None], bias + self._mean @ kernel, activation
        return layers


def _run(network: keras.Sequential, x: np.ndarray) -> np.ndarray:
    # called, not `predict`, which compiles anew for each network and says so
    parts = [keras.ops.convert_to_numpy(network(x[i : i + 1000])) for i in range(0, len(x), 1000)]
    return np.concatenate(parts) if parts else np.empty((0, *network.output_shape[1:]), np.float32)
