# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 09 · Convolution
#
# > **How can a network know that two pixels are neighbours?**
#
# Take all your images and shuffle their pixels, in the same way for each.
# You could no longer read a single digit.
# The dense network of lesson 04 would not even notice: its 784 inputs come in some order, and any other order would do.
# In this lesson you build a layer that does look at neighbours.
#
# **After this lesson you can** compute a convolution, say what sharing its weights saves, train a convolutional network, and show by an experiment what it relies on.
#
# **You need** [04](04_backpropagation.ipynb) for ReLU and Keras, and [07](07_hidden_layer.ipynb) for control experiments. The text describes the results on MNIST.
#
# **Time:** …

# %%
import numpy as np

import capslab as cl
from capslab import plots
from capslab.data import shifted
from capslab.lessons import repeated_networks
from capslab.models import keras

cl.recall("09")

# %% [markdown]
# ## One window, nine weights
#
# The orange window covers nine pixels. Each is multiplied by the weight at its place, and the nine products are added: one number.
# Then the window moves one pixel on, *with the same nine weights*.

# %%
plots.drawing("convolution")

# %% [markdown]
# The weights are called a **kernel** or filter, the sliding is a **convolution**, and the sums make a **feature map**.
# It says *where* in the image there is what the kernel looks for; here, where it gets brighter to the right.
# For an image $x$ and a kernel $k$ with $r$ rows and $c$ columns:
#
# $$\text{map}_{ij} = \sum_{a=0}^{r-1} \sum_{b=0}^{c-1} x_{i+a,\,j+b}\; k_{ab}, \qquad x: (h, w), \quad \text{map}: (h-r+1,\; w-c+1)$$
#
# The map is a little smaller than the image, because the whole window has to lie inside.
# (Deep learning does not flip the kernel; elsewhere this is called a cross-correlation.)
#
# **Your turn.** Write `convolution(image, kernel)`.
# Take two loops over the places, and a slice for the pixels under the window; looping over the window's pixels too would be slow later.
# Or get all windows at once: `np.lib.stride_tricks.sliding_window_view(image, kernel.shape)` has the shape (map rows, map columns, $r$, $c$). (Stuck? `cl.hint("convolution")`)


# %%
def convolution(image, kernel):
    ### BEGIN SOLUTION
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return (windows * kernel).sum(axis=(2, 3))
    ### END SOLUTION


# %%
cl.check("convolution", convolution)

# %%
convolution = cl.mine("convolution", convolution)

# %% [markdown]
# Four kernels made by hand, and what your function finds with them in a 7:

# %%
images = cl.load()
one = images.test[images.test.labels == 7][:1]
picture = one.images[0, :, :, 0] / 255  # (28, 28), 0 is paper and 1 is ink
upper_edge, left_edge = np.array([[-1, -1, -1], [0, 0, 0], [1, 1, 1]]), np.array([[-1, 0, 1]] * 3)
diagonal, blur = np.array([[-1, -1, 2], [-1, 2, -1], [2, -1, -1]]), np.ones((3, 3)) / 9
kernels = {"upper edge": upper_edge, "left edge": left_edge, "diagonal": diagonal, "blur": 5 * blur}
maps = {name: convolution(picture, kernel) for name, kernel in kernels.items()}
plots.weight_maps([picture[1:-1, 1:-1], *maps.values()], ["the image", *maps], label="number")

# %% [markdown]
# "Upper edge" answers with orange along the top of the 7's bar, where paper turns into ink, and with blue along its underside.
# "Left edge" does the same on the two sides of the stem, "diagonal" answers along its middle, and "blur" is the average of nine pixels (here times five, so that you see it).

# %% tags=["holds"]
bar, stem = np.s_[3:9, 4:20], np.s_[12:24, 8:20]
assert maps["upper edge"][bar].max() > 2.5
assert maps["upper edge"][bar].min() < -1.5
assert np.abs(maps["upper edge"][stem]).mean() < 0.6 * np.abs(maps["upper edge"][bar]).mean()
assert maps["left edge"][stem].max() > 2 > maps["left edge"][stem].min() + 4
assert maps["diagonal"][stem].max() > maps["diagonal"][bar].max()

# %% [markdown]
# **Drag the window yourself,** and change its weights.
# Find a kernel whose positive answers are *lower* edges, and one whose map is the same as the image.
# Then choose a stride of 2, so that the window jumps two pixels at a time: how large is the map?

# %%
cl.explore_convolution(images.test, left_edge)

# %% [markdown]
# "Upper edge" with its signs exchanged finds lower edges; a single 1 in the middle, and 0 around it, copies the image without its border.
# A **stride** of 2 visits only every second place in each direction, so the map has a quarter of the numbers.
#
# ## The same weights everywhere
#
# A layer has several kernels, say 16 of 3×3, and so gives 16 maps.
# That is $9 \cdot 16 = 144$ weights.
# If its input has several maps already (*channels*), a window has a weight for each of its pixels *in each map*: kernel² · channels for each filter.
#
# **Your turn.** Write `count_weights(side_in, channels, side_out, filters, kernel)`.
# The input has `side_in`² places with `channels` numbers each, and the output has `side_out`² places and `filters` maps; the window is `kernel`×`kernel`.
# Return three numbers, without biases: the weights of a convolution, of windows with weights *of their own* at each place, and of a dense layer.


# %%
def count_weights(side_in, channels, side_out, filters, kernel):
    ### BEGIN SOLUTION
    window = kernel**2 * channels * filters
    return window, window * side_out**2, side_in**2 * channels * side_out**2 * filters
    ### END SOLUTION


# %%
cl.check("count_weights", count_weights)

# %%
count_weights = cl.mine("count_weights", count_weights)

# %%
side = picture.shape[0]
shared, own, dense = count_weights(side, 1, side - 2, 16, 3)
print(f"dense {dense:,} weights, windows of their own {own:,}, convolution {shared}")
print(f"A dense layer would have {dense / shared:,.0f} times as many weights as the convolution.")

# %% [markdown]
# Looking only at neighbours saves most of them, and using the same window everywhere does the rest.
# Sharing says: what is worth finding here is worth finding there.
#
# ## When the image moves, the map moves along
#
# Sharing has a consequence. Shift the 7 to the right and convolve again (`shifted` moves images right, down, left and up in turn):

# %%
p = side // 7
moved = convolution(shifted(one, p).images[0, :, :, 0] / 255, upper_edge)
apart = np.abs(moved[:, p:] - maps["upper edge"][:, :-p]).max()
print(f"image shifted by {p} pixels: its map is the old one, shifted by {p}; largest difference {apart:.1f}")

# %% tags=["holds"]
assert apart == 0

# %% [markdown]
# This is called **equivariance**: what happens to the input happens to the output as well. (With a stride of 2, exactly only for shifts by 2, 4, 6 …)
# For a dense layer, a shifted 7 is another pattern that it has to learn anew.
#
# Often one does not want to know *exactly* where something is.
# **Max-pooling** keeps only the largest number of every 2×2 in a map.
# Then the map is half as wide and half as high, and a shift by one pixel changes it less:


# %%
def pool(feature_map):
    half = feature_map.shape[0] // 2
    return feature_map[: 2 * half, : 2 * half].reshape(half, 2, half, 2).max(axis=(1, 3))


few, by_one = images.test[:100], shifted(images.test[:100], 1)
before, after = ([convolution(x[..., 0], upper_edge) for x in part.images / 255] for part in (few, by_one))
alike = [np.corrcoef(np.ravel(a), np.ravel(b))[0, 1] for a, b in zip(before, after, strict=True)]
pooled = [np.corrcoef(np.ravel(pool(a)), np.ravel(pool(b)))[0, 1] for a, b in zip(before, after, strict=True)]
print(
    f"correlation of maps before and after a shift by 1: {np.mean(alike):.2f}; pooled {np.mean(pooled):.2f}"
)

# %% tags=["holds"]
assert np.mean(pooled) > np.mean(alike) + 0.05

# %% [markdown]
# The price is that the exact place is gone, which is what the inventors of capsules objected to (lesson 10).
#
# ## A convolutional network
#
# Nobody makes kernels by hand. They are weights, so start at random and let the gradient change them.
# Here is a whole network: 16 kernels, ReLU, pooling, 32 kernels that go through all 16 maps with stride 2, and a dense layer for the ten scores.
# Beside it stands a dense network as in lesson 04.

# %%
L = keras.layers
kinds = {
    "dense": lambda: [L.Flatten(), L.Dense(128, activation="relu")],
    "convolutional": lambda: [
        L.Conv2D(16, 3, activation="relu"),
        L.MaxPooling2D(2),
        L.Conv2D(32, 3, strides=2, activation="relu"),
        L.Flatten(),
    ],
}
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
train, test = images.train.sample(min(8000, len(images.train)), seed=0), images.test


# %%
def trained(kind, pixels, labels):
    keras.utils.set_random_seed(0)
    network = keras.Sequential([L.Rescaling(1 / 255), *kinds[kind](), L.Dense(10)])
    network.compile(keras.optimizers.Adam(0.002), loss, metrics=["accuracy"])
    network.fit(pixels, labels, batch_size=32, epochs=3, verbose=0)
    return network


def right(network, pixels, labels):
    return 100 * network.evaluate(pixels, labels, verbose=0)[1]


networks = {name: trained(name, train.images, train.labels) for name in kinds}
plain = {name: right(network, test.images, test.labels) for name, network in networks.items()}
for name, network in networks.items():
    print(f"{name}: {plain[name]:.1f} of 100 right, with {network.count_params():,} weights and biases")

# %% tags=["holds"]
assert plain["convolutional"] > plain["dense"] + 1
assert 5 < networks["dense"].count_params() / networks["convolutional"].count_params() < 7

# %% [markdown]
# The convolutional network is better, with a sixth of the weights.
# What has it found? Here are its 16 kernels.

# %%
first = networks["convolutional"].layers[1]  # layers[0] is Rescaling
weights, bias = first.get_weights()  # (3, 3, 1, 16), (16,)
ours = [np.maximum(convolution(picture, weights[:, :, 0, f]) + bias[f], 0) for f in range(16)]
keras_maps = np.array(first(picture[None, :, :, None])[0])  # (26, 26, 16)
print(f"yours and Keras's maps differ by at most {np.abs(np.moveaxis(ours, 0, -1) - keras_maps).max():.0e}")
plots.weight_maps(np.moveaxis(weights[:, :, 0], -1, 0), columns=8)

# %% tags=["holds"]
assert np.abs(np.moveaxis(ours, 0, -1) - keras_maps).max() < 1e-5
assert np.corrcoef(weights[:, :, 0, 0].ravel(), upper_edge.ravel())[0, 1] > 0.7
assert np.corrcoef(weights[:, :, 0, 6].ravel(), upper_edge.ravel())[0, 1] < -0.7

# %% [markdown]
# Some look like edges: the first is close to your "upper edge", the seventh to its opposite.
#
# ## What does it rely on?
#
# Now the experiment from the top of this page.
# New networks are trained and tested on images that are all shuffled in the same way:

# %%
order = np.random.default_rng(0).permutation(side * side)


def shuffled(pixels):
    return pixels.reshape(len(pixels), side * side, -1)[:, order].reshape(pixels.shape)


plots.image_grid(np.concatenate([test.images[:6], shuffled(test.images[:6])]), columns=6)

# %%
cl.guess(
    "shuffled_pixels",
    "How many of 100 shuffled test images does the convolutional network get right?",
    between=(0, 100),
)

# %%
mixed = {}
for name in kinds:
    network = trained(name, shuffled(train.images), train.labels)
    mixed[name] = right(network, shuffled(test.images), test.labels)
cl.reveal(
    "shuffled_pixels",
    mixed["convolutional"],
    f"Unshuffled it got {plain['convolutional']:.1f}. The dense network gets {mixed['dense']:.1f}, and got {plain['dense']:.1f}: "
    "it really does not care. The convolutional network loses its lead and more, because neighbours no longer mean "
    "anything. That it still reads most images is probably the work of its last layer, which is dense.",
)

# %% tags=["holds"]
assert abs(mixed["dense"] - plain["dense"]) < 1.5
assert mixed["convolutional"] < plain["convolutional"] - 3
assert mixed["convolutional"] < mixed["dense"] - 1

# %% [markdown]
# So a convolutional network is not better because it is larger or cleverer, but because it is built on an assumption that holds for images: things that belong together are close together, and look the same everywhere.
# This is called its **inductive bias**.
#
# Does it help with digits that have moved? Now the networks that were trained on digits in the middle get test images shifted by a seventh of their width.

# %%
cl.guess(
    "moved_digits",
    "How many of 100 shifted digits does the convolutional network get right?",
    between=(0, 100),
)

# %%
away = shifted(test, p)
far = {name: right(network, away.images, away.labels) for name, network in networks.items()}
cl.reveal(
    "moved_digits",
    far["convolutional"],
    f"The dense network gets {far['dense']:.0f}. So convolution helps, but is far from enough: the maps move along "
    "with the digit, but the dense layer at the end has a weight for each place in them, and learned "
    "those weights for digits in the middle.",
)

# %% tags=["holds"]
assert far["dense"] + 5 < far["convolutional"] < 45

# %% [markdown]
# Recognising what has moved or turned is what capsules were invented for, and lesson 15 tests whether they do it better.
#
# ## The network to compare with
#
# In later lessons, capsules are compared with a convolutional network of the same size, trained by the same recipe.
# It is `cl.models.ConvNet`, with a few layers more. Five of them, trained on 10,000 images each, come with the course, and five dense networks trained on the same images:

# %%
five = repeated_networks.load(images)
scores = {name: 100 * five.accuracies(name) for name in ("dense", "convolutional")}
plots.scores_with_spread(scores, "of 100 test images, right; one dot per network", (90, 100))

# %% tags=["holds"]
assert scores["convolutional"].min() > scores["dense"].max() + 1

# %% [markdown]
# The worst of the five convolutional networks is ahead of the best dense one. (The axis starts at 90.)
#
# ## Now with other images
#
# Do neighbours matter for clothes, too?

# %%
other = cl.load_other(images)
side = other.image_shape[0]
order = np.random.default_rng(0).permutation(side * side)
some, new = other.train.sample(min(4000, len(other.train)), seed=0), other.test[:3000]
as_they_are = right(trained("convolutional", some.images, some.labels), new.images, new.labels)
mixed_up = right(
    trained("convolutional", shuffled(some.images), some.labels), shuffled(new.images), new.labels
)
print(f"{other.name}: {as_they_are:.0f} of 100 right, and {mixed_up:.0f} with shuffled pixels")

# %% tags=["holds"]
assert abs(mixed_up - as_they_are) < 2.5 < plain["convolutional"] - mixed["convolutional"]

# %% [markdown]
# Hardly here: the two results are no further apart than those of two seeds might be.
#
# ## Look back
#
# If you expected the shuffled network to fail completely, remember that its dense layer is still there. If you expected shifts to do no harm, you took equivariance for **invariance**: the map moves along, so it does change.

# %%
cl.guesses("09")

# %% [markdown]
# ## Answer
#
# **How can a network know that two pixels are neighbours?**
# It is built that way: each number in a feature map comes from a small window, and all places share the window's weights.
# That needs few weights and lets a map move along with the image.
# Shuffle the pixels, and its advantage is gone.
#
# **Sources.** LeCun et al. 1989, *Backpropagation applied to handwritten zip code recognition*; LeCun et al. 1998, *Gradient-based learning applied to document recognition*.
#
# A feature map says how much of something is at a place. What if it also said how it lies? [10 · Parts with a pose](10_parts_with_a_pose.ipynb).
