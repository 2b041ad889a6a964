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
# Describe a handwritten digit over the phone with two numbers, so that somebody can draw it.
# Two networks can agree on such a code by themselves: one writes it, the other reads it.
# You build both, and let the second draw from numbers that no image ever had.
#
# **After this lesson you can** build and train an autoencoder, say what a linear one finds, explain how a decoder makes an image larger again, and measure how much of a plane of codes was never asked about.
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
# The narrow place in the middle is the **bottleneck**.
#
# The simplest one has two matrices and no bend in between:
#
# $$Z = X A, \qquad \hat X = Z B, \qquad X: (n, \text{pixels}), \quad A: (\text{pixels}, 2), \quad B: (2, \text{pixels})$$
#
# The loss adds up $(\hat X - X)^2$ over the pixels and takes the mean over the $n$ images.
#
# **Your turn.** Write `autoencoder_slopes(X, encoder, decoder)`, the slopes of this loss for $A$ and for $B$.
# It is lesson 04's backward pass without a ReLU. The error at the output is $\tfrac{2}{n}(\hat X - X)$.


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
# Train it with your slopes, in steps that become smaller, on images minus the average image: so the two numbers only have to say how an image *differs* from it.

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
# The **principal components** (PCA) of lesson 07 reach the same end without any training: they span the plane that lies closest to the images, found by algebra.
# Your decoder also draws in a plane, that of its two rows.
# Compare the errors, and the largest angle between the two planes.

# %%
pca = PCA(2).fit(X)


def error(rebuilt, true=X_test):
    return float(((rebuilt - true) ** 2).sum(axis=1).mean())


linear = average + (X_test - average) @ A @ B
by_pca = pca.inverse_transform(pca.transform(X_test))
apart = np.degrees(subspace_angles(B.T, pca.components_.T)).max()
keeps = {"linear": 1 - error(linear) / error(average)}
print(f"largest angle between the planes: {apart:.1f}°")
print(
    f"squared error of a test image: yours {error(linear):.3f}, PCA {error(by_pca):.3f}, the average image {error(average):.3f}"
)
print(f"kept by two numbers and a plane: {keeps['linear']:.0%}")

# %% tags=["holds"]
assert apart < 3
assert abs(error(linear) / error(by_pca) - 1) < 0.002
assert error(linear) < error(by_pca)
assert error(average + (X - average) @ A @ B, X) > error(pca.inverse_transform(pca.transform(X)), X)

# %% [markdown]
# Up to what the random batches leave open, a linear autoencoder finds PCA's plane, though not its axes.
# (PCA's plane is the closest to the *training* images; on test images another can be a hair better.)
# Without a code, one could only draw the average image.
# The share of *that* error which a code saves is the share of the variance it **keeps**.
#
# ## Let it bend
#
# Now put hidden layers with ReLU on both sides of the same two numbers, so that the flat plane can become a curved sheet.
# The last layer ends in a **sigmoid**, $1 / (1 + e^{-s})$, which squeezes any number $s$ between 0 and 1, as pixels are.
# Keras's `"mse"` averages your squared error over the pixels instead of adding it up; Adam divides such a factor out again ([06](06_printed_network.ipynb)).

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
# The plane draws blurs, and one can tell little more than a 0 from a 1. The bent one draws strokes, and some digits well, but each 4 becomes something like a 9.
#
# ## Walk over the plane of codes
#
# `OwnAutoencoder` wraps your two networks for the course's views, and measures codes in standard deviations.
# **Drag the point.** First go from one colour to the next, and then to places where no code lies. (Lesson 19 explains the view's *prior*.)

# %%
own = OwnAutoencoder(encoder, decoder, known)
cl.explore_latent(own, unseen)

# %% [markdown]
# The 1s lie far out to the upper right, along an arm of their own.
# The 7s spread upwards from the middle.
# The other classes are crowded together left of it: 4s and 9s in one clump, and 2s, 3s, 5s and 8s in another below that.
# Where no code lies, the decoder draws something too: it must answer any two numbers.

# %% tags=["holds"]
codes, labels = own.encode(unseen), unseen.labels
middle = np.array([np.median(codes[labels == k], axis=0) for k in range(10)])
assert np.linalg.norm(middle, axis=1).argmax() == 1
assert middle[1].min() > 1.5
assert (middle[[0, 2, 3, 4, 5, 6, 8, 9], 0] < 0).all()
assert middle[7, 1] > 1
assert np.ptp(np.quantile(codes[labels == 7, 1], [0.25, 0.75])) > 1.2
assert np.ptp(middle[[4, 9]], axis=0).max() < 0.3
assert (middle[[4, 9], 1] > 0).all()
assert (middle[[2, 3, 5, 8], 1] < -0.5).all()
assert np.ptp(middle[[2, 3, 5, 8]], axis=0).max() < 0.3

# %% [markdown]
# ## How a decoder makes things larger
#
# A convolution saves weights ([09](09_convolution.ipynb)), but it can only keep the size of a map or make it *smaller*.
# A **transposed convolution** goes the other way: each number of a small map **paints** the kernel, multiplied by that number, into a larger image.
# With a stride of 2, neighbouring numbers paint two pixels apart, and where kernels overlap, the paint adds up.
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

# %% [markdown]
# Paint a row of six ones, with kernels of ones, three and four wide. And is Keras's layer really your `paint`?
# To find out, build a decoder with two of them, four wide; it need not be trained.
# From 14×14, yours paints 30×30 ($13 \cdot 2 + 4$). `padding="same"` then cuts one pixel off each side.

# %%
rows = [paint(np.ones((1, 6)), np.ones((1, width)), 2)[0].astype(int) for width in (3, 4)]
print("kernels three wide:", *rows[0], "\nkernels four wide: ", *rows[1])
small, L, how = images.image_shape[0] // 4, keras.layers, {"strides": 2, "padding": "same"}
first = [L.Dense(32, "relu"), L.Dense(16 * small**2, "relu"), L.Reshape((small, small, 16))]
larger = [L.Conv2DTranspose(8, 4, activation="relu", **how), L.Conv2DTranspose(1, 4, **how)]
painter = keras.Sequential([keras.Input((2,)), *first, *larger])
codes, before = own.encode(unseen), keras.Sequential([painter.inputs[0], *first, larger[0]])
maps, drawn = before(codes[:1]).numpy()[0], painter(codes[:1]).numpy()[0, ..., 0]
kernels, bias = larger[1].get_weights()  # (4, 4, 1, 8): one kernel for each of eight maps
by_yours = sum(paint(maps[..., k], kernels[:, :, 0, k], 2) for k in range(8))[1:-1, 1:-1] + bias
print(f"{maps.shape} → {by_yours.shape}, at most {np.abs(by_yours - drawn).max():.0e} from Keras")

# %% tags=["holds"]
assert maps.shape == (14, 14, 8)
assert by_yours.shape == (28, 28)
assert np.abs(by_yours - drawn).max() < 1e-5
assert np.abs(drawn).max() > 1e-3
assert list(rows[0][1:-1]) == [1, 2] * 5 + [1]
assert set(rows[1][2:-2]) == {2}
assert larger[1].count_params() == 4 * 4 * 8 + 1 == 129
assert decoder.layers[-1].count_params() == 129 * 784

# %% [markdown]
# Here is a trap: kernels three wide paint some pixels twice and their neighbours once, which can leave a checkerboard.
# If the stride divides the width, as with four, equally many kernels paint every pixel away from the border.
#
# Keras's layer does what yours does, with few weights, as a kernel is the same at every place: the last one has $4 \cdot 4 \cdot 8 + 1 = 129$ in all, your last dense layer 129 *per pixel*. (But another dense layer must fill the first maps.)
#
# ## How much of the plane was never asked about?
#
# To draw *new* images, decode random points from a round cloud as wide as the codes (a standard normal).
# Measure for each training code how far its nearest neighbour is: 99 of 100 of these distances lie below some limit.
# Call a place a **hole** if the nearest training code is farther away than this limit.

# %%
cl.guess("in_a_hole", "Of 1,000 such points, what share lies in a hole?", between=(0, 100), unit="%")


# %%
def in_holes(codes, points):
    near = NearestNeighbors(n_neighbors=2).fit(codes)
    usual = np.quantile(near.kneighbors(codes)[0][:, 1], 0.99)  # [:, 0] is the code itself
    away = near.kneighbors(points)[0][:, 0]
    return away, float((away > usual).mean())


asked, points = own.encode(known), rng.normal(size=(1000, 2))
fitted = rng.multivariate_normal(asked.mean(axis=0), np.cov(asked.T), 1000)  # as stretched as the codes
(away, holes), (_, slanted), (_, usual) = (in_holes(asked, some) for some in (points, fitted, codes))
told = f"Of the codes of test images it is {usual:.1%}. The codes are no round cloud but a stretched one. Yet points from a cloud stretched likewise still lie in holes in {slanted:.0%} of the cases. So stretching explains less than half of the holes. The rest comes from the shape of the codes: an arm, clumps, and room between them."
cl.reveal("in_a_hole", 100 * holes, told)

# %%
order, inside = np.argsort(away), round(1000 * (1 - holes))
ranks = [np.linspace(0, inside - 1, 10), np.linspace(inside, 989, 10), np.arange(990, 1000)]
drawn = own.decode(points[order[np.concatenate(ranks).astype(int)]])
plots.image_grid(drawn, title="first row: near a code · second: in holes · third: the farthest ten of all")

# %% tags=["holds"]
from scipy import ndimage

pieces = [[ndimage.label(one > 0.5)[1] for one in drawn[a : a + 10, ..., 0]] for a in (0, 10, 20)]
near, between, far = (np.array(row) for row in pieces)
assert near.max() <= 2
assert between[:6].max() <= 2
assert between[-2:].min() >= 3
assert list(far >= 4) == [True, True, True, False, True, False, True, False, False, False]
assert np.sum(far <= 2) == 5
grey = ((drawn > 0.1) & (drawn < 0.9)).reshape(3, 10, -1).sum(axis=(1, 2))
assert grey[0] > 1.5 * grey[1] > 1.5 * 1.2 * grey[2]
before_sigmoid = np.abs(np.log(drawn / (1 - drawn + 1e-9) + 1e-9)).reshape(3, -1)
assert (np.diff(np.median(before_sigmoid, axis=1)) > 2).all()
neighbours = NearestNeighbors(n_neighbors=30).fit(asked).kneighbors(points[order[:inside:20]])[1]
guessed = own.decode(points[order[:inside:20]]).reshape(len(neighbours), -1)
pairs = zip(X[neighbours].var(axis=1), guessed * (1 - guessed), strict=True)
assert np.mean([np.corrcoef(*pair)[0, 1] for pair in pairs]) > 0.8  # grey where the neighbours differ
assert 0.2 < holes < 0.4
assert 0.55 * holes < slanted < 0.8 * holes
assert usual < 0.02

# %% [markdown]
# The first row, near the codes, shows mostly digits, many of them blurred.
# Most holes of the second row still give a digit, even a crisp one, and only its last two, far out, break up.
# Of the farthest ten, two are rubble and three 2s are torn to pieces; three more 2s, a 6 and a thick 0 can still be read.
# So a hole is not always a place that means nothing. It is one that nobody asked about.
#
# Why are the holes crisper? Near the codes the decoder draws grey where similar images differ.
# Far out, the numbers before the sigmoid become larger, so more pixels are nearly 0 or 1.
#
# ## And between two codes?
#
# Take the straight line from the code of a 1 to that of a 0. Below it, one image fades into the other.

# %%
one, zero = (unseen[unseen.labels == k][0] for k in (1, 0))
t = np.linspace(0, 1, 10)[:, None]
line = (1 - t) * own.encode(one) + t * own.encode(zero)
pixels = ((1 - t) * one.images.reshape(1, -1) + t * zero.images.reshape(1, -1)) / 255
faded = pixels.reshape(-1, *images.image_shape)
plots.image_grid(np.concatenate([own.decode(line), faded]), ["1", *[""] * 8, "0"] * 2)

# %% tags=["holds"]
from sklearn.neighbors import KNeighborsClassifier

along = own.decode(line).reshape(10, -1)
alike = np.array([[np.corrcoef(one_step, end)[0, 1] for end in along[[0, 9]]] for one_step in along])
assert alike[:4, 0].min() > 0.85
read = KNeighborsClassifier(5).fit(X, known.labels).predict(along)
assert list(read) == [1] * 6 + [5, 5, 8, 0]

# %% [markdown]
# Fading shows both images on top of each other. The decoder mostly shows one figure at a time: first the 1, then, after two unclear steps, something like a 5 and an 8, which nobody asked for, and the 0 at the end.
#
# ## Now with other images
#
# The same network, for clothes:

# %%
other = cl.load_other(images)
parts, size = other.train[:6000], other.image_shape[0] * other.image_shape[1]
encoder, decoder, both = autoencoder(size)
Y = parts.images.reshape(-1, size) / np.float32(255)
both.fit(Y, Y, batch_size=128, epochs=700 * 128 // len(Y) + 1, verbose=0)
theirs = OwnAutoencoder(encoder, decoder, parts)
Y_test, pca = other.test.images[:1500].reshape(-1, size) / 255, PCA(2).fit(Y)
rebuilt = both.predict(Y_test, verbose=0), pca.inverse_transform(pca.transform(Y_test))
curved, flat = (1 - error(some, Y_test) / error(pca.mean_, Y_test) for some in rebuilt)
holes_here = in_holes(theirs.encode(parts), points)[1]
print(f"{other.name}: the code keeps {curved:.0%}, PCA {flat:.0%}, {holes_here:.0%} of points are in holes")

# %% tags=["holds"]
assert curved > keeps["bent"] + 0.1
assert flat > keeps["bent"]
assert flat < curved - 0.1
assert holes_here > 0.3

# %% [markdown]
# Two numbers keep more of clothes, because these vary mostly along a few directions: even PCA's flat plane keeps more than the curved sheet kept of the digits. The holes are there again.
#
# ## Look back
#
# Whoever expected few holes took the codes for a *round* cloud without gaps. Nobody asked them to be one.

# %%
cl.guesses("18")

# %% [markdown]
# ## Answer
#
# **If two numbers can stand for an image, can any two numbers become one?**
# Not reliably. An autoencoder is only asked about the codes of its images, and they lie where they like. Many other places are holes. A hole near the codes mostly still gives a digit; farther out the drawing often falls apart.
# A linear autoencoder finds PCA's plane, and bends let it keep more.
#
# **Sources.** Hinton & Salakhutdinov 2006, *Reducing the dimensionality of data with neural networks*; Baldi & Hornik 1989, *Neural networks and principal component analysis*; Odena, Dumoulin & Olah 2016, *Deconvolution and checkerboard artifacts* (Distill).
#
# To do better, say beforehand how codes are drawn, and what a surprise costs: [19 · Surprise](19_surprise.ipynb).
