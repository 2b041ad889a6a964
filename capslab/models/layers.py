"""The layers the course is about, each a Keras 3 layer on `keras.ops` alone."""

from __future__ import annotations

from typing import Any

import capslab.models.backend  # noqa: F401  # first: it imports TensorFlow without its messages

import keras  # isort: skip
import numpy as np

from keras import ops  # isort: skip

from capslab.errors import ArgumentError, unknown_name, whole_number
from capslab.models.backend import register as register
from capslab.models.route_tensors import attention_sum, cast_votes, em_outputs
from capslab.routing import EPSILON
from capslab.routing.variants import check_routing

PADDINGS = ("valid", "same")
BETA_U = 2.3  # −log σ of random votes, whose standard deviation is about .1


def squash(s: Any, axis: int = -1) -> Any:
    """Shrink vectors to a length below 1 without turning them; see `capslab.routing.squash`."""
    s = _single(s)
    squared = ops.sum(ops.square(s), axis=axis, keepdims=True)
    return s * (squared / (1 + squared) / ops.sqrt(squared + EPSILON))


def length(vectors: Any, axis: int = -1) -> Any:
    """‖v‖ with a finite gradient at 0 (there it is less than 4e-4 too long, elsewhere exact)."""
    return ops.sqrt(ops.sum(ops.square(_single(vectors)), axis=axis) + EPSILON)


def _single(values: Any) -> Any:
    """Half precision becomes float32, in which ε is not 0 and a squared length does not overflow."""
    half = keras.backend.standardize_dtype(values.dtype) in ("float16", "bfloat16")
    return ops.cast(values, "float32") if half else values


@register
class PrimaryCapsules(keras.layers.Layer):
    """Cut feature maps into capsules: `types` short vectors at each place of the grid.

    A convolution gives `types · dimension` channels; at each place they are cut into vectors
    and squashed. There is no ReLU: a pose may be negative. Capsule i of the output belongs to
    row, column and type with i = (row · columns + column) · types + type.

    Parameters
    ----------
    types : number of capsules at each place.
    dimension : length P of each vector.
    kernel : side of the convolution's window in cells.
    strides : cells from one window to the next.
    depthwise : one filter per channel (needs types · dimension input channels) instead of a full
        convolution: hundreds of times fewer parameters (Mazzia et al. 2021, arXiv 2101.12491).
    padding : "valid" or "same".

    Input `(batch, height, width, channels)`, output `(batch, primary, dimension)`.

    Raises
    ------
    ArgumentError : for a size that is not a whole number from 1, or another padding; when it is built, for
        a depthwise layer on a different number of channels.
    """

    def __init__(
        self,
        types: int,
        dimension: int = 8,
        kernel: int = 3,
        strides: int = 1,
        depthwise: bool = False,
        padding: str = "valid",
        seed: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if padding not in PADDINGS:
            raise unknown_name("padding", padding, PADDINGS)
        if not isinstance(depthwise, (bool, np.bool_)):
            raise ArgumentError("depthwise", "True or False", depthwise, "Try depthwise=False.")
        self.types = types = whole_number("types", types, next_step="Try types=32, as in the paper.")
        self.dimension = dimension = whole_number(
            "dimension", dimension, next_step="Try dimension=8, as in the paper."
        )
        self.kernel = kernel = whole_number("kernel", kernel, next_step="Try kernel=9, as in the paper.")
        self.strides = strides = whole_number("strides", strides, next_step="Try strides=2, as in the paper.")
        self.seed = seed = whole_number("seed", seed, 0)
        self.depthwise, self.padding = bool(depthwise), padding
        start = keras.initializers.GlorotUniform(seed=seed)
        self.convolution = (
            keras.layers.DepthwiseConv2D(kernel, strides, padding, depthwise_initializer=start)
            if depthwise
            else keras.layers.Conv2D(types * dimension, kernel, strides, padding, kernel_initializer=start)
        )

    def build(self, input_shape: Any) -> None:
        channels = self.types * self.dimension
        if self.depthwise and input_shape[-1] != channels:
            raise ArgumentError(
                "input_shape",
                f"with types · dimension = {channels} channels, since the layer is depthwise",
                tuple(input_shape),
                f"Give the convolution before it {channels} filters, or leave `depthwise` out.",
            )
        self.convolution.build(input_shape)
        self.grid = (*self.convolution.compute_output_shape(input_shape)[1:3], self.types)
        super().build(input_shape)

    def call(self, features: Any) -> Any:
        maps = self.convolution(features)  # (batch, rows, columns, types · dimension)
        rows, columns, types = self.grid
        return squash(ops.reshape(maps, (-1, rows * columns * types, self.dimension)))

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, int, int]:
        rows, columns = self.convolution.compute_output_shape(input_shape)[1:3]
        return input_shape[0], rows * columns * self.types, self.dimension

    def get_config(self) -> dict[str, Any]:
        names = ("types", "dimension", "kernel", "strides", "depthwise", "padding", "seed")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


@register
class RoutedCapsules(keras.layers.Layer):
    """Digit capsules: every primary capsule votes for every pose, and agreement decides.

    û_ij = W_ij u_i,  c = softmax(b) over the digit capsules,  v_j = squash(Σ_i c_ij û_ij + β_j),
    b_ij ← b_ij + ⟨û_ij, v_j⟩. Source: Sabour et al. 2017, procedure 1.

    The votes û are never stored. At the first iteration every c is 1/J, so s is one dense product;
    later s_j = (c_j·u) W_j, and ⟨û_ij, v_j⟩ = ⟨W_ijᵀ v_j, u_i⟩ needs v_j only. The result is the
    same (a test compares it with `capslab.routing`), in .82 of the time that stored votes take.

    No gradient flows through the agreements, only through the last weighted sum: the network learns
    as well, and with those gradients a step would take 1.13 of the time.

    That is `routing="dynamic"`. The other ways to route (`capslab.routing.variants`) start from the same
    votes: "one" and "uniform" stop after the first iteration, since every c is 1/J; "attention" has no
    iterations and learns a prior B `(primary, digits)`; "em" fits a Gaussian per digit capsule, and learns
    two numbers for each, β_a and β_u, in place of β_j. Gradients flow through all of "attention" and "em".

    Parameters
    ----------
    digits : number J of capsules, one per class.
    dimension : length D of their pose vectors.
    iterations : T ≥ 1; only "dynamic" and "em" have more than one.
    routing : "dynamic", "one", "uniform", "attention" or "em".

    Input `(batch, primary, primary_dim)`, output `(batch, digits, dimension)`, lengths in [0, 1).

    Raises
    ------
    ArgumentError : for a number that is not a whole number from 1, or an unknown way of routing; when it is
        built, for an input of another rank.
    """

    def __init__(
        self,
        digits: int,
        dimension: int = 16,
        iterations: int = 3,
        seed: int = 0,
        routing: str = "dynamic",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.routing = check_routing(routing)
        self.digits = whole_number("digits", digits, next_step="Try digits=10: it is the number of classes.")
        self.dimension = whole_number("dimension", dimension, next_step="Try dimension=16, as in the paper.")
        self.iterations = whole_number(
            "iterations", iterations, next_step="Try iterations=3, as in the paper."
        )
        self.seed = whole_number("seed", seed, 0)

    def build(self, input_shape: Any) -> None:
        if len(input_shape) != 3 or None in input_shape[1:]:
            raise ArgumentError(
                "input_shape",
                "(batch, primary, primary_dim), the last two known",
                tuple(input_shape),
                "Take what PrimaryCapsules gives, or reshape: keras.layers.Reshape((primary, primary_dim)).",
            )
        _, self.primary, self.primary_dim = input_shape
        # One matrix per digit capsule, with the primary capsules end to end: (J, I · P, D)
        self.kernel = self.add_weight(
            name="kernel",
            shape=(self.digits, self.primary * self.primary_dim, self.dimension),
            # With much smaller or larger values the network silently fails to learn; a test holds this one.
            initializer=keras.initializers.TruncatedNormal(stddev=0.2, seed=self.seed),
        )
        self.bias = self.add_weight(
            name="bias",
            shape=(self.digits, self.dimension),
            initializer=keras.initializers.Constant(0.0 if self.routing == "em" else 0.1),
            trainable=self.routing != "em",  # which adds up no votes, and has no place for it
        )
        self.extra = {  # what this way of routing learns besides
            name: self.add_weight(name=name, shape=shape, initializer=keras.initializers.Constant(start))
            for name, shape, start in self._extra_weights()
        }
        super().build(input_shape)

    def _extra_weights(self) -> list[tuple[str, tuple[int, ...], float]]:
        """Name, shape and first value of the weights that only this way of routing has."""
        if self.routing == "attention":
            return [("prior", (self.primary, self.digits), 0.0)]
        if self.routing == "em":  # at this β_u random votes make capsules that are about half active
            return [("beta_a", (self.digits,), 0.0), ("beta_u", (self.digits,), BETA_U)]
        return []

    def call(self, u: Any) -> Any:
        if self.routing == "em":
            activations = ops.minimum(length(u), 1.0)
            return em_outputs(
                cast_votes(u, self.kernel), activations, **self.extra, iterations=self.iterations
            )
        if self.routing == "attention":
            return squash(attention_sum(cast_votes(u, self.kernel), **self.extra) + self.bias)
        return self._route_by_agreement(u, self.iterations if self.routing == "dynamic" else 1)

    def _route_by_agreement(self, u: Any, iterations: int) -> Any:
        primary, size = self.primary, self.primary_dim
        # Iteration 1: all couplings are 1/J, so the sum over votes is one dense product.
        kernel = ops.reshape(ops.transpose(self.kernel, (1, 0, 2)), (primary * size, -1))  # (I·P, J·D)
        s = ops.matmul(ops.reshape(u, (-1, primary * size)), kernel) / self.digits
        s = ops.reshape(s, (-1, self.digits, self.dimension))  # (batch, J, D)
        v = squash(s + self.bias)
        if iterations == 1:
            return v

        v = ops.transpose(v, (1, 0, 2))  # (J, batch, D), so that the products below are batched over J
        transposed = ops.transpose(self.kernel, (0, 2, 1))  # (J, D, I·P)
        b = 0.0
        for _ in range(iterations - 1):
            back = ops.matmul(
                ops.stop_gradient(v), ops.stop_gradient(transposed)
            )  # W_ijᵀ v_j, (J, batch, I·P)
            back = ops.reshape(back, (self.digits, -1, primary, size))
            b = b + ops.stop_gradient(ops.sum(back * u, axis=-1))  # ⟨W_ijᵀ v_j, u_i⟩, (J, batch, I)
            c = ops.softmax(b, axis=0)  # over the digit capsules: the parents
            weighted = ops.reshape(ops.expand_dims(c, -1) * u, (self.digits, -1, primary * size))
            s = ops.matmul(weighted, self.kernel)  # (J, batch, D)
            v = squash(s + ops.expand_dims(self.bias, 1))
        return ops.transpose(v, (1, 0, 2))  # (batch, J, D)

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, int, int]:
        return input_shape[0], self.digits, self.dimension

    def get_config(self) -> dict[str, Any]:
        names = ("digits", "dimension", "iterations", "seed", "routing")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


@register
class Mask(keras.layers.Layer):
    """Keep one digit capsule's pose, set the others to 0, and lay them end to end for the decoder.

    `mask(poses, labels)` keeps the capsule of each label (in training);
    `mask(poses)` keeps the longest capsule (when no label may be used).

    Input `(batch, digit, pose)` and optionally `(batch,)`, output `(batch, digit · pose)`.
    """

    def call(self, poses: Any, labels: Any = None) -> Any:
        if labels is None:
            labels = ops.argmax(length(poses), axis=-1)
        chosen = ops.one_hot(labels, poses.shape[1], dtype=poses.dtype)  # (batch, digit)
        masked = poses * ops.expand_dims(chosen, -1)  # (batch, digit, pose)
        return ops.reshape(masked, (-1, poses.shape[1] * poses.shape[2]))


@register
class GaussianSample(keras.layers.Layer):
    """z = μ + σ ε with ε ~ N(0, 1): a random sample that gradients pass through.

    The reparameterisation of Kingma & Welling 2013 (arXiv 1312.6114, section 2.4). Takes
    `(mean, log_variance)`, each `(batch, latent)`; σ = exp(½ log σ²) is always positive.
    """

    def __init__(self, seed: int = 0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.seed = whole_number("seed", seed, 0)
        self.generator = keras.random.SeedGenerator(self.seed)

    def call(self, mean: Any, log_variance: Any) -> Any:
        return mean + ops.exp(0.5 * log_variance) * self.noise(ops.shape(mean), mean.dtype)

    def noise(self, shape: Any, dtype: Any) -> Any:
        """ε, new at each call."""
        return keras.random.normal(shape, dtype=dtype, seed=self.generator)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "seed": self.seed}


@register
class Residual(keras.layers.Layer):
    """x + f(x), where f is two 3×3 convolutions, each after x sigmoid(x), and is 0 at first.

    f learns a correction to x, so such blocks can be stacked without the first ones losing their
    gradients. Source: He et al. 2016 (arXiv 1603.05027). Input and output `(batch, h, w, maps)`.
    """

    def __init__(self, maps: int, seed: int = 0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.maps = maps = whole_number("maps", maps)
        self.seed = seed = whole_number("seed", seed, 0)
        he = keras.initializers.HeNormal(seed)
        self.first = keras.layers.Conv2D(maps, 3, padding="same", kernel_initializer=he)
        self.second = keras.layers.Conv2D(maps, 3, padding="same", kernel_initializer="zeros")

    def build(self, input_shape: Any) -> None:
        self.first.build(input_shape)
        self.second.build(input_shape)

    def call(self, x: Any) -> Any:
        return x + self.second(ops.silu(self.first(ops.silu(x))))

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "maps": self.maps, "seed": self.seed}
