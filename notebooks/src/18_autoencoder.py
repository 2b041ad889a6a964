# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 18 · An autoencoder, and the holes in it
#
# > **If two numbers can stand for an image, can any two numbers become one?**
#
# Describe a handwritten digit on the phone with two numbers, so that somebody can draw it.
# Two networks can agree on such a code by themselves: one writes it, the other reads it.
# You build both, and then you let the second draw from numbers that no image ever had.
#
# **After this lesson you can** build and train an autoencoder, say what a linear one finds, explain how a decoder makes an image larger again, and measure how much of a plane of codes means nothing.
#
# **You need** [04](04_backpropagation.ipynb) for backpropagation and [09](09_convolution.ipynb) for convolutions. The text describes the results on MNIST.
#
# **Time:** …

# %%
import numpy as np
from IPython.display import display
from scipy.linalg import subspace_angles
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors

import capslab as cl
from capslab import plots
from capslab.models import OwnAutoencoder, keras

images = cl.load()

cl.recall("18")

# %% [markdown]
# ## Through a bottleneck

# %%
plots.drawing("encoder and decoder")

# %% [markdown]
# The **encoder** turns an image into a few numbers, its **code**; the **decoder** makes an image of the code alone.
# Together they are an **autoencoder**: it learns to give back what went in, and needs no labels.
# What makes this hard is the narrow place in the middle, the **bottleneck**.
#
# Begin with the simplest one, two matrices $A$ and $B$ and no bend in between:
#
# $$Z = X A, \qquad \hat X = Z B, \qquad X: (n, \text{pixels}), \quad A: (\text{pixels}, 2), \quad B: (2, \text{pixels})$$
#
# The loss adds up $(\hat X - X)^2$ over the pixels and takes the mean over the $n$ images.
#
# **Your turn.** Write `autoencoder_slopes(X, encoder, decoder)`, the slopes of this loss for $A$ and for $B$.
# It is the backward pass of lesson 04, even without a ReLU; the error at the output is $\tfrac{2}{n}(\hat X - X)$.


# %%
def autoencoder_slopes(X, encoder, decoder):
    ### BEGIN SOLUTION
    Z = X @ encoder
    error = 2 * (Z @ decoder - X) / len(X)
    return X.T @ (error @ decoder.T), Z.T @ error
    ### END SOLUTION


# %%
cl.check("autoencoder_slopes", autoencoder_slopes)

# %%
autoencoder_slopes = cl.mine("autoencoder_slopes", autoencoder_slopes)

# %% [markdown]
# Train it with your slopes, in steps that become smaller.
# The average image is subtracted first, so that the two numbers only have to say how an image *differs* from it.

# %%
known, unseen = images.train[:10_000], images.test[:3000]
size = images.image_shape[0] * images.image_shape[1]
X, X_test = (part.images.reshape(-1, size) / np.float32(255) for part in (known, unseen))
average, rng = X.mean(axis=0), np.random.default_rng(0)
A, B = (rng.normal(0, 0.01, shape).astype(np.float32) for shape in ((size, 2), (2, size)))
for step in range(2000):
    batch = X[rng.integers(0, len(X), 100)] - average
    rate = np.float32(0.04 * (1 - step / 2000))
    A, B = (w - rate * slope for w, slope in zip((A, B), autoencoder_slopes(batch, A, B), strict=True))

# %% [markdown]
# There is another way to the same end, without any training: **principal components** (PCA).
# They span the plane that lies closest to the images, found by algebra.
# Your decoder can only draw images in a plane as well, that of its two rows.
# So compare the two planes, and the errors.

# %%
pca = PCA(2).fit(X)


def error(rebuilt, true=X_test):
    return float(((rebuilt - true) ** 2).sum(axis=1).mean())


linear = average + (X_test - average) @ A @ B
by_pca = pca.inverse_transform(pca.transform(X_test))
apart = np.degrees(subspace_angles(B.T, pca.components_.T)).max()
keeps = {"linear": 1 - error(linear) / error(average)}
print(f"the planes differ by at most {apart:.1f}°")
print(
    f"squared error of a test image: yours {error(linear):.3f}, PCA {error(by_pca):.3f}, the average image {error(average):.3f}"
)
print(f"kept by two numbers and a plane: {keeps['linear']:.0%}")

# %% tags=["holds"]
assert apart < 3
assert abs(error(linear) / error(by_pca) - 1) < 0.002

# %% [markdown]
# They are the same plane, up to what the random batches leave open: a linear autoencoder learns what PCA knows.
# Without any code, one could only draw the average image for everybody.
# The last line says which share of *that* error the code saves: so much of the variance it **keeps**.
# ## Let it bend
#
# Now put hidden layers with ReLU on both sides of the same two numbers, so that the flat plane can become a curved sheet.

# %%
cl.guess("bent_keeps", "What share of the variance will the code keep now?", between=(0, 100), unit="%")


# %%
def autoencoder(size, seed=0):
    keras.utils.set_random_seed(seed)
    Dense = keras.layers.Dense
    narrowing = [Dense(128, "relu"), Dense(32, "relu"), Dense(2)]
    widening = [Dense(32, "relu"), Dense(128, "relu"), Dense(size, "sigmoid")]
    encoder = keras.Sequential([keras.Input((size,)), *narrowing])
    decoder = keras.Sequential([keras.Input((2,)), *widening])
    both = keras.Sequential([encoder, decoder])
    both.compile(keras.optimizers.Adam(3e-3), "mse")
    return encoder, decoder, both


# %%
encoder, decoder, both = autoencoder(size)
epochs = 1500 * 128 // len(X) + 1  # about 1,500 steps
both.fit(X, X, batch_size=128, epochs=epochs, verbose=0)  # the target is the image itself
bent = both.predict(X_test, verbose=0)
keeps["bent"] = 1 - error(bent) / error(average)
told = (
    f"The plane kept {keeps['linear']:.0%}, with as many numbers. A curved sheet comes closer to the images."
)
display(cl.reveal("bent_keeps", 100 * keeps["bent"], told))
rows = [rebuilt[:10].reshape(-1, *images.image_shape[:2]) for rebuilt in (X_test, linear, bent)]
titles = np.repeat(["image", "linear", "bent"], 10)
plots.image_grid(np.concatenate(rows).clip(0, 1), list(titles))

# %% tags=["holds"]
assert 0.15 < keeps["linear"] < 0.2
assert keeps["bent"] > 1.6 * keeps["linear"]

# %% [markdown]
# The plane draws blurs, and one can tell little more than a 0 from a 1. The bent one draws strokes, and some digits well.
# But 784 pixels do not fit into two numbers: a 4 becomes something like a 9.
#
# ## Walk over the plane of codes
#
# `OwnAutoencoder` wraps your two networks for the course's views, and measures codes in standard deviations.
# **Drag the point.** First go from one colour to the next, and then to places where no code lies. (What the view calls the *prior* is explained in lesson 19.)

# %%
own = OwnAutoencoder(encoder, decoder, known)
cl.explore_latent(own, unseen)

# %% [markdown]
# Most classes are crowded together in one corner; the 1s lie far out, along an arm of their own.
# Nothing in the loss asks for more order than that.
# And where no code lies, the decoder draws something too, because it must answer any two numbers.

# %% tags=["holds"]
codes, labels = own.encode(unseen), unseen.labels
spread = [np.median(np.linalg.norm(codes[labels == k], axis=1)) for k in range(10)]
assert np.argmax(spread) == 1
assert spread[1] > 1.5 * np.sort(spread)[-2]

# %% [markdown]
# ## How a decoder makes things larger
#
# Your decoder has a weight for each pair of a hidden neuron and a pixel.
# A convolution saves weights ([09](09_convolution.ipynb)), but it makes maps *smaller*.
# A **transposed convolution** goes the other way: each number of a small map **paints** the kernel, multiplied by that number, into a larger image.
# With a stride of 2 neighbours paint two pixels apart, and where kernels overlap, the paint adds up.
#
# **Your turn.** Write `paint(numbers, kernel, stride)` for a map `(rows, columns)`.
# The number at $(i, j)$ puts the kernel's upper left corner at $(i \cdot \text{stride},\ j \cdot \text{stride})$, and the image is just large enough: $(\text{rows}-1) \cdot \text{stride}$ + the kernel's rows, and columns likewise.


# %%
def paint(numbers, kernel, stride):
    ### BEGIN SOLUTION
    rows, columns = (n - 1 for n in numbers.shape)
    down, across = kernel.shape
    image = np.zeros((rows * stride + down, columns * stride + across))
    for (i, j), number in np.ndenumerate(numbers):
        image[i * stride : i * stride + down, j * stride : j * stride + across] += number * kernel
    return image
    ### END SOLUTION


# %%
cl.check("paint", paint)

# %%
paint = cl.mine("paint", paint)

# %%
rows = [paint(np.ones((1, 6)), np.ones((1, width)), 2)[0].astype(int) for width in (3, 4)]
print("six numbers of 1, kernels three wide:", *rows[0], "\nsix numbers of 1, kernels four wide: ", *rows[1])

# %% [markdown]
# Here is a trap. With a stride of 2, kernels three wide paint some pixels twice and their neighbours once, which can leave a checkerboard in decoded images.
# If the stride divides the width, as with four, every pixel away from the border gets equally much.

# %% tags=["holds"]
assert list(rows[0][1:-1]) == [1, 2] * 5 + [1]
assert set(rows[1][2:-2]) == {2}

# %% [markdown]
# Now teach a decoder with two such layers to draw the images from *the same codes*.
# From a map of 6×6 they lead to 13×13 ($5 \cdot 2 + 3$) and to 28×28 ($12 \cdot 2 + 4$).

# %%
small, L = images.image_shape[0] // 4 - 1, keras.layers
first = [L.Dense(32, "relu"), L.Dense(16 * small**2, "relu"), L.Reshape((small, small, 16))]
larger = [L.Conv2DTranspose(8, 3, 2, activation="relu"), L.Conv2DTranspose(1, 4, 2)]  # kernel, stride
painter = keras.Sequential([keras.Input((2,)), *first, *larger])
painter.compile(keras.optimizers.Adam(3e-3), "mse")
target, epochs = X.reshape(-1, *images.image_shape), 400 * 100 // len(X) + 1  # about 400 steps
painter.fit(own.encode(known), target, epochs=epochs, batch_size=100, verbose=0)
print("sides:", *[layer.output.shape[1] for layer in painter.layers[2:]])

# %% [markdown]
# Is its last layer really your `paint`? It gets eight maps and has a kernel for each, so paint eight times and add up.

# %%
codes = own.encode(unseen)
before = keras.Sequential([painter.inputs[0], *painter.layers[:-1]])  # all but the last layer
maps, drawn = before(codes[:1]).numpy()[0], painter(codes).numpy()  # (13, 13, 8) and (n, 28, 28, 1)
kernels, bias = painter.layers[-1].get_weights()  # (4, 4, 1, 8)
by_yours = sum(paint(maps[..., k], kernels[:, :, 0, k], 2) for k in range(8)) + bias
print(f"painted by you: {by_yours.shape}, at most {np.abs(by_yours - drawn[0, ..., 0]).max():.0e} from Keras")
keeps["painter"] = 1 - error(drawn.reshape(len(drawn), -1)) / error(average)
for name, network in (("bent", decoder), ("painter", painter)):
    print(
        f"{name}: {network.count_params():,} weights in the decoder, {keeps[name]:.0%} of the variance kept"
    )

# %% tags=["holds"]
assert by_yours.shape == (28, 28)
assert np.abs(by_yours - drawn[0, ..., 0]).max() < 1e-5
assert painter.count_params() < 0.25 * decoder.count_params()
assert keeps["linear"] < keeps["painter"] < keeps["bent"]

# %% [markdown]
# It does what yours does. With a fifth of the weights, and fewer steps of training, it keeps less than the dense decoder, but more than the plane.
#
# ## How much of the plane means nothing?
#
# To draw *new* images, take points at random from a round cloud as wide as the codes, and decode them.
# How many of them land where no image has its code?
# Call a place a **hole** if it is farther from the nearest code than 99 of 100 codes are from theirs.

# %%
cl.guess("in_a_hole", "Of 1,000 such points, what share lies in a hole?", between=(0, 100), unit="%")


# %%
def in_holes(codes, points):
    near = NearestNeighbors(n_neighbors=2).fit(codes)
    usual = np.quantile(near.kneighbors(codes)[0][:, 1], 0.99)  # [:, 0] is the code itself
    away = near.kneighbors(points)[0][:, 0]
    return away, float((away > usual).mean())


half, points = len(codes) // 2, rng.normal(size=(1000, 2))  # half of the codes, to compare with the rest
(away, holes), usual = in_holes(codes[:half], points), in_holes(codes[:half], codes[half:])[1]
told = f"Of the codes of other test images it is {usual:.1%}. The codes fill a shape of their own, and it is no round cloud."
display(cl.reveal("in_a_hole", 100 * holes, told))
farthest = np.argsort(away)[np.linspace(0, 999, 30).astype(int)]
plots.image_grid(own.decode(points[farthest]), title="from near to a code to far from all of them")

# %% [markdown]
# The first row, near the codes, shows digits. In the last, strokes become thick and harsh, and break into fragments that nobody would write.
# The decoder was never asked about these places, so it learned nothing about them.

# %% tags=["holds"]
assert holes > 0.2
assert usual < 0.04
ends = [(own.decode(points[part]) > 0.95).mean() for part in (farthest[:10], farthest[-10:])]
assert ends[1] > 2 * ends[0]

# %% [markdown]
# ## And between two codes?
#
# Take the straight line from the code of a 1 to that of a 0, and below, for comparison, fade one image into the other.

# %%
one, zero = (unseen[unseen.labels == k][0] for k in (1, 0))
t = np.linspace(0, 1, 10)[:, None]
line = (1 - t) * own.encode(one) + t * own.encode(zero)
pixels = ((1 - t) * one.images.reshape(1, -1) + t * zero.images.reshape(1, -1)) / 255
faded = pixels.reshape(-1, *images.image_shape)
plots.image_grid(np.concatenate([own.decode(line), faded]), ["1", *[""] * 8, "0"] * 2)

# %% [markdown]
# Fading shows both images on top of each other. The decoder shows one figure at a time: the 1 lasts for half of the way, and then comes a smear that is no digit.
# A straight line knows nothing of where the codes lie.
#
# ## Now with other images
#
# The same network and the same question, for clothes:

# %%
other = cl.load_other(images)
parts, size = other.train[:6000], other.image_shape[0] * other.image_shape[1]
encoder, decoder, both = autoencoder(size)
rows = parts.images.reshape(-1, size) / np.float32(255)
both.fit(rows, rows, batch_size=128, epochs=700 * 128 // len(rows) + 1, verbose=0)
theirs = OwnAutoencoder(encoder, decoder, parts)
new = other.test[:1500]
true = new.images.reshape(-1, size) / 255
kept = 1 - error(theirs.reconstruct(new).reshape(-1, size), true) / error(rows.mean(axis=0), true)
holes_here = in_holes(theirs.encode(new), points)[1]
print(f"{other.name}: the code keeps {kept:.0%}, and {holes_here:.0%} of the points lie in holes")

# %% [markdown]
# It keeps more of clothes, and the holes are there again.
#
# ## Look back
#
# Whoever expected few holes thought of the codes as a cloud. Nobody asked them to be one.

# %%
cl.guesses("18")

# %% [markdown]
# ## Answer
#
# **If two numbers can stand for an image, can any two numbers become one?**
# No. An autoencoder is asked about the codes of its images and about nothing else, so they lie where they like. Many other places are holes, and far from the codes the decoder draws fragments.
# A linear autoencoder finds the plane of PCA; bends let it keep more with as many numbers, and a transposed convolution scales a small map up with few weights.
#
# **Sources.** Hinton & Salakhutdinov 2006, *Reducing the dimensionality of data with neural networks*; Baldi & Hornik 1989, *Neural networks and principal component analysis*; Odena, Dumoulin & Olah 2016, *Deconvolution and checkerboard artifacts* (Distill).
#
# What would make *every* place mean something? One has to say beforehand how codes are drawn, and what a surprise costs: [19 · Surprise](19_surprise.ipynb).
