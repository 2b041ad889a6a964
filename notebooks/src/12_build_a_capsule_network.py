# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 12 · Build a capsule network
#
# > **Do your pieces add up to a network that reads?**
#
# You have a squash, you have votes, and you have a loop that routes them.
# So far they have worked on strokes and arrows that somebody made up.
# Today they become layers of a network, and nobody tells it what a stroke is: it gets images and labels, and nothing else.
#
# **After this lesson you can** build a capsule network from your own functions, write its loss and the mask in front of its decoder, train it, and say what it costs.
#
# **You need** [03](03_a_layer_that_learns.ipynb) and [04](04_backpropagation.ipynb) for training, [09](09_convolution.ipynb) for convolutions, [10](10_parts_with_a_pose.ipynb) for squash and [11](11_routing_by_agreement.ipynb) for votes and routing.
#
# **Time:** …

# %%
import math

import numpy as np
from IPython.display import display

import capslab as cl
from capslab import ops, plots
from capslab.lessons import results
from capslab.models import ConvNet, answering_times, keras

images = cl.load("digits")

cl.recall("12")

# %% [markdown]
# ## Your pieces come back
#
# From an 8×8 digit to an answer there are four stations.
#
# 1. Two convolutions turn the 64 pixels into 32 maps of 4×4.
# 2. At each of the 16 places, the 32 numbers are cut into four vectors of eight. That makes 64 **primary capsules**; your `squash` gives them lengths below 1.
# 3. Each of them casts a vote for each of the ten **digit capsules**, and your loop routes the votes.
# 4. The longest digit capsule is the answer.
#
# `in_network=True` says that a function also has to work on tensors and let its gradient through.
# If yours does not, the line below says why, and the course's version takes its place.

# %%
squash = cl.mine("squash", in_network=True)
votes = cl.mine("votes", in_network=True)
routing_loop = cl.mine("routing_loop", in_network=True)

# %% [markdown]
# A Keras **layer** is a class with two methods: `build` makes its weights, and `call` computes.
# This one has a matrix for each pair of child and parent, so its weights have the shape `(children, parents, D, P)`, where `P` numbers make a child's pose and `D` a parent's.
# Your functions treat one image; `vectorized_map` applies `route` to every image of a batch.


# %%
class Capsules(keras.layers.Layer):
    def __init__(self, parents, size):
        super().__init__()
        self.parents, self.size = parents, size

    def build(self, shape):  # (images, children, P)
        start = keras.initializers.RandomNormal(stddev=0.2, seed=0)
        self.W = self.add_weight(shape=(shape[1], self.parents, self.size, shape[2]), initializer=start)

    def route(self, poses):  # of one image: (children, P)
        return routing_loop(votes(poses, self.W), 3)[1]  # the outputs: (parents, D)

    def call(self, poses):
        return keras.ops.vectorized_map(self.route, poses)


# %% [markdown]
# The rest is a list of what happens to an image.
# `Reshape` cuts the maps into capsules, and a `Lambda` layer wraps a function, here your `squash` and the length of a vector.


# %%
def length(poses):
    return ops.sqrt(ops.sum(poses**2, axis=-1) + 1e-9)  # 1e-9, because the slope of a root at 0 is infinite


def capsule_network(image_shape, classes, strides=1):
    image = keras.Input(image_shape)
    maps = keras.layers.Conv2D(32, 3, strides, activation="relu")(image)
    maps = keras.layers.Conv2D(32, 3, strides)(maps)
    parts = keras.layers.Lambda(squash, name="squash")(keras.layers.Reshape((-1, 8))(maps))
    poses = Capsules(classes, 8)(parts)
    lengths = keras.layers.Lambda(length, name="length")(poses)
    return keras.Model(image, [lengths, poses], name="your_capsule_network")


# %%
keras.utils.set_random_seed(0)
network = capsule_network((8, 8, 1), 10)
plots.architecture(network)

# %% [markdown]
# Follow the shapes from the image to ten numbers.
# Of about 50,000 weights, the two convolutions have fewer than 10,000.
# More than 40,000 are the matrices behind the votes: 64 children × 10 parents × 8 × 8.

# %% tags=["holds"]
assert network.output_shape == [(None, 10), (None, 10, 8)]
assert 50_000 < network.count_params() < 51_000
assert network.layers[-2].W.shape == (64, 10, 8, 8)

# %% [markdown]
# ## A loss on lengths
#
# Ten lengths are not probabilities: they need not add up to 1, and that is on purpose.
# If an image shows a 3 *and* a 7, both capsules may be long ([lesson 17](17_two_digits.ipynb) does that).
# So the loss looks at each capsule separately.
# The capsule of the true class should be longer than 0.9, and each of the others shorter than 0.1; beyond these margins there is nothing to gain.
# With $T_j = 1$ for the true class and 0 for the others, the **margin loss** of an image is
#
# $$L = \sum_j T_j \max(0,\,0.9-\lVert v_j\rVert)^2 + 0.5\,(1-T_j)\max(0,\,\lVert v_j\rVert-0.1)^2$$
#
# The 0.5 holds back the nine wrong classes; otherwise, early in training, they would shrink every capsule to nothing.
#
# **Your turn.** Write `margin_loss(lengths, labels)`.
# It takes lengths `(n, classes)` and labels `(n,)`, and returns one number: the mean of $L$ over the images.
# It will run inside the network, so use `ops` where you would use `np`.
# `labels[:, None] == np.arange(classes)` is True for the true capsule, and `ops.where(is_true, a, b)` takes a where it is True and b elsewhere: that is $T_j$.


# %%
def margin_loss(lengths, labels):
    ### BEGIN SOLUTION
    is_label = labels[:, None] == np.arange(lengths.shape[1])  # (n, classes)
    too_short = ops.maximum(0.0, 0.9 - lengths) ** 2
    too_long = 0.5 * ops.maximum(0.0, lengths - 0.1) ** 2
    return ops.mean(ops.sum(ops.where(is_label, too_short, too_long), axis=1))
    ### END SOLUTION


# %%
cl.check("margin_loss", margin_loss)

# %%
margin_loss = cl.mine("margin_loss", margin_loss, in_network=True)

# %% [markdown]
# Here is your loss for two capsules: first the true one grows while the other is silent, then the wrong one grows beside a true one of length 1.

# %%
grow, label = np.linspace(0, 1, 51), np.array([0])
true_grows = [margin_loss(np.array([[one, 0.0]]), label) for one in grow]
wrong_grows = [margin_loss(np.array([[1.0, one]]), label) for one in grow]
curves = {"of the true class": true_grows, "of a wrong class": wrong_grows}
plots.lines(grow, curves, "length of the capsule", "margin loss")

# %% [markdown]
# Both curves are flat where the network is right, and become steeper the further off it is.
# A network that says nothing at all, with every length at 0, has a loss of 0.81.

# %% tags=["holds"]
assert abs(margin_loss(np.zeros((1, 10)), label) - 0.81) < 1e-6
assert true_grows[-5:] == [0] * 5
assert wrong_grows[:5] == [0] * 5

# %% [markdown]
# ## A mask, and a decoder behind it
#
# A length says *what* is there. The direction should say *how* it looks, but so far nothing asks for that.
# So we add a **decoder**: a small network that gets the pose of *one* capsule and has to reconstruct the image from it (a sigmoid keeps its pixels between 0 and 1).
# What it needs to know, such as slant or thickness, the pose then has to contain.
#
# Which capsule? While the network learns, the one of the true class.
# All poses lie end to end, ten times eight numbers, and all but the chosen one are set to 0.
# The place of the eight numbers tells the decoder which digit to draw, and their values how.
#
# **Your turn.** Write `mask_poses(poses, labels)`.
# It takes poses `(n, classes, D)` and labels `(n,)`, and returns `(n, classes · D)`, with zeros everywhere but in the place of the label's pose.
# `ops.where` and `ops.reshape` are enough; reshape to `(-1, classes · D)`, because a network does not know n beforehand.


# %%
def mask_poses(poses, labels):
    ### BEGIN SOLUTION
    is_label = labels[:, None] == np.arange(poses.shape[1])  # (n, classes)
    kept = ops.where(is_label[:, :, None], poses, 0.0)
    return ops.reshape(kept, (-1, poses.shape[1] * poses.shape[2]))
    ### END SOLUTION


# %%
cl.check("mask_poses", mask_poses)

# %%
mask_poses = cl.mine("mask_poses", mask_poses, in_network=True)

# %% [markdown]
# Now put everything together.
# The network that trains has two inputs, image and label, because the mask needs the label, and two outputs: the lengths for your margin loss, and the reconstruction for the mean squared error.
# The second counts 0.392 times, so that the decoder does not push the classes aside.
# That is the paper's 0.0005 per pixel, times 784 because we average over pixels where it sums; we keep it for 64 pixels, too.


# %%
def add_decoder(network, image_shape, classes):
    label = keras.Input((), dtype="int32")
    masked = keras.layers.Lambda(lambda both: mask_poses(*both), name="mask")([network.outputs[1], label])
    layers = [keras.layers.Dense(128, "relu"), keras.layers.Dense(math.prod(image_shape), "sigmoid")]
    decoder = keras.Sequential([keras.Input((classes * 8,)), *layers, keras.layers.Reshape(image_shape)])
    return decoder, keras.Model([network.input, label], [network.outputs[0], decoder(masked)])


def train(both, X, labels, epochs):
    rate = keras.optimizers.schedules.CosineDecay(4e-3, epochs * (len(X) // 64 + 1))  # falls to 0
    losses = [lambda labels, lengths: margin_loss(lengths, labels), "mse"]
    both.compile(keras.optimizers.Adam(rate), losses, loss_weights=[1, 0.392])
    return both.fit([X, labels], [labels, X], batch_size=64, epochs=epochs, verbose=0).history["loss"]


# %% [markdown]
# About thirty lines in all, and the ones that make it a *capsule* network are yours.
# Twenty epochs on 1,258 images take some ten seconds.

# %%
cl.guess("your_capsule_network", "How many of 100 test images will it read correctly?", between=(0, 100))

# %%
X, X_test = (np.float32(part.images / 255) for part in (images.train, images.test))
labels, test_labels = images.train.labels, images.test.labels
decoder, both = add_decoder(network, (8, 8, 1), 10)
losses = train(both, X, labels, epochs=20)
lengths, poses = network.predict(X_test, verbose=0)
right = (lengths.argmax(axis=1) == test_labels).mean()
cl.reveal(
    "your_capsule_network",
    100 * right,
    f"It has learned to read, and nobody named a part. Its loss fell from {losses[0]:.2f} to {losses[-1]:.2f}. "
    "The single layer that you built in lesson 03 read about 95 in 100 of these 359 images.",
)

# %% tags=["holds"]
assert right >= 0.97
assert len(X) == 1258
assert len(X_test) == 359

# %% [markdown]
# ## What does a pose know?
#
# Let the decoder draw eight test images.
# Here is a trap: the test label must not go into the mask, or the answer would leak into the picture.
# So the mask gets the *longest* capsule. And then, on purpose, a *wrong* one: that of the 0, for every image.

# %%
cl.guess(
    "wrong_capsule",
    "What will the decoder draw from the pose of the 0, if the image is not a 0?",
    choices=["the digit of the image", "a clear 0", "a grey blur"],
)

# %%
one_each = [int(np.flatnonzero(test_labels == digit)[0]) for digit in range(1, 9)]
some, zeros = poses[one_each], np.zeros(8, int)
long_zeros = some * (0.9 / lengths[one_each])[:, :, None]  # every pose as long as 0.9
rows = [
    mask_poses(some, lengths[one_each].argmax(axis=1)),
    mask_poses(some, zeros),
    mask_poses(long_zeros, zeros),
]
drawn = [decoder.predict(row, verbose=0) for row in rows]

# %%
means = np.stack([X[labels == digit].mean(axis=0) for digit in range(10)] + [X.mean(axis=0)])  # 0 … 9, all
nearest = [((row[:, None] - means) ** 2).sum(axis=(2, 3, 4)).argmin(axis=1) for row in drawn]
blurs = (nearest[1] == 10).sum()
most_are_0 = (nearest[1] == 0).sum() > 4
truth = cl.reveal(
    "wrong_capsule",
    "a grey blur" if blurs > 4 else "a clear 0" if most_are_0 else "the digit of the image",
    f"{blurs} of 8 are nearest to the average of all images. Capsule 0 is {lengths[one_each, 0].mean():.2f} long here, so the decoder gets next to nothing, and draws what digits have in common.",
)
display(truth)
words = np.repeat(["image", "longest", "pose of 0", "… stretched"], 8)
plots.image_grid(np.concatenate([X_test[one_each], *drawn]), list(words), columns=8)

# %% [markdown]
# In the second row you recognise nearly every digit, drawn from eight numbers, and smoother than the original.
# The third row is mostly grey, because capsule 0 is short where there is no 0; only for the 5, where it is a little longer, a faint ring shows.
# In the last row we stretched its pose to the length 0.9, and now five pictures show a ring.
# So the length says *whether* something is drawn, and the capsule and its direction say *what*.
# For the 1, the 2 and the 3, though, there is ink where a 0 has its hole: their dot product with the mean pose of real 0s is negative.
# A length cannot tell a pose from its opposite, and [lesson 14](14_what_couplings_tell.ipynb) comes back to that.

# %% tags=["holds"]
assert (nearest[0] == np.arange(1, 9)).all()
assert blurs >= 6
assert (nearest[2] == 0).sum() == 5
middles = drawn[2][:, 3:5, 3:5].mean(axis=(1, 2, 3))
assert middles[:3].min() > 0.5
assert middles[3:].max() < 0.4
assert lengths[one_each, 0].max() < 0.3
assert lengths[one_each, 0].argmax() == 4  # the 5
to_real_zeros = some[:, 0] @ poses[test_labels == 0, 0].mean(axis=0)
assert to_real_zeros[:3].max() < 0 < to_real_zeros[3:].min()

# %% [markdown]
# ## The same thing, tuned
#
# From here on we use `cl.CapsNet`, a tuned version of what you have built.
# From the primary capsules on, it should compute the same. Give its weights to *your* functions, and compare.
# (Its routing also has a small bias, which your loop does not have, so it is set to 0 first.)

# %%
tuned = cl.CapsNet.for_images(images)
tuned.digit_capsules.bias.assign(0 * tuned.digit_capsules.bias)
few, W = images.test[:20], tuned.routing_weights().weights
by_yours = np.stack([routing_loop(votes(parts, W), 3)[1] for parts in tuned.primary(few)])
print(
    f"largest difference between your digit capsules and its own: {np.abs(by_yours - tuned.poses(few)).max():.0e}"
)

# %% tags=["holds"]
assert np.abs(by_yours - tuned.poses(few)).max() < 1e-5

# %% [markdown]
# They agree, up to the rounding of single precision.
#
# ## Is it small, fast and good?
#
# Article A says that capsule networks are *small and computationally efficient*, and that they *suit classification*.
# Compared with what? The strongest simple baseline is the same network *with the capsules taken out*: the same convolutions, and dense layers in place of squash, votes and routing, about equal in size by design.

# %%
cl.guess(
    "time_of_capsules",
    "Capsules take how many times as long as the convolutional network?",
    between=(0.5, 10),
)

# %%
rivals = {"capsules": tuned, "convolutional": ConvNet.for_images(images)}
size = {name: one.count_params() for name, one in rivals.items()}
size["capsules"] -= tuned.decoder.count_params()  # no decoder is needed to answer
seconds = {name: np.array(s) / len(images) for name, s in answering_times(rivals, images).items()}
ratio = np.median(seconds["capsules"]) / np.median(seconds["convolutional"])
cl.reveal(
    "time_of_capsules",
    round(ratio, 1),
    "Capsules cast a vote for each pair of child and parent, then weight and compare all of them in three iterations.",
)

# %%
cl.verdict(
    "capsules-efficient",
    seconds["capsules"],
    seconds["convolutional"],
    evidence=f"Weights: {size['capsules']:,} against {size['convolutional']:,}.",
)

# %% [markdown]
# Each dot is one of five timings, in processor time, so a busy machine does not matter much.
# *Efficient* is refuted, for these networks. *Small* is not tested here, since we made both equal ([lesson 10](10_parts_with_a_pose.ipynb) counts what saves weights).
#
# And the accuracy? Five networks of each kind were trained beforehand on each of two data sets, these digits and the 28×28 digits of MNIST (for two epochs), with the same images in the same order and the same recipe.

# %%
table = results.load("capsules")
kinds = {"capsules": "capsules, 3 iterations", "convolutional": "convolutional"}
share = {
    (data, name): table.grouped("accuracy", "kind", data=data, change="shift", amount=0)[kind]
    for data in ("digits", "mnist")
    for name, kind in kinds.items()
}
bars = {f"{data}, {name}": one for (data, name), one in share.items()}
plots.scores_with_spread(bars, "test accuracy", limits=(0.95, 1))

# %% [markdown]
# In the mean, capsules are ahead on the small digits, by nine images in a thousand, and behind on MNIST, by three.
# These are opposite effects, so each data set gets a verdict of its own, in pairs of the same seed.

# %% tags=["holds"]
ahead = {
    data: np.mean(share[data, "capsules"]) - np.mean(share[data, "convolutional"])
    for data in ("digits", "mnist")
}
assert round(1000 * ahead["digits"]) == 9
assert round(1000 * ahead["mnist"]) == -3

# %%
mnist, digits = ([share[data, name] for name in kinds] for data in ("mnist", "digits"))
display(cl.verdict("capsules-classify", mnist[0], mnist[1], paired=True))
cl.verdict("capsules-classify-small", digits[0], digits[1], paired=True)

# %% [markdown]
# On MNIST, after two epochs, the whole interval is below 0: capsules are a little behind. On the digits it just reaches 0, so five networks do not quite decide.
# Capsules *can* classify, about 99 of 100 images. But a plain network of the same size can, too.
#
# ## Now with other images
#
# Nothing in your code knows about digits. Here it gets 2,000 pictures of clothes, shoes and bags for four epochs.
# They have 28×28 pixels, so the convolutions take strides of 2.

# %%
other = cl.load_other(images)
X, X_test = (np.float32(part.images / 255) for part in (other.train[:2000], other.test[:1000]))
other_network = capsule_network(other.image_shape, len(other.classes), strides=2 if X.shape[1] > 12 else 1)
both = add_decoder(other_network, other.image_shape, len(other.classes))[1]
train(both, X, other.train.labels[:2000], epochs=4)
says = other_network.predict(X_test, verbose=0)[0].argmax(axis=1)
print(
    f"{other.name}: {100 * (says == other.test.labels[:1000]).mean():.0f} of 100 right, where chance would be 10"
)

# %% [markdown]
# It reads these, too, after a few seconds of training.
#
# ## Look back
#
# If your guess about the pose of the 0 was wrong, you may have thought of a pose as a small copy of the image; but a capsule describes it in its own terms only, and as loudly as it believes in its digit.

# %%
cl.guesses("12")

# %% [markdown]
# ## Answer
#
# **Do your pieces add up to a network that reads?**
# Yes: squash, votes, a routing loop, a margin loss and a mask, in about thirty lines, read 97 of 100 digits or more.
# Nobody named a part: the loss on the lengths asks for the right capsule, and the decoder for a pose that can be drawn.
# At the same size it answers more slowly than a plain convolutional network; on MNIST it reads a little worse, and on the small digits perhaps better.
# So the reason to build one is not speed or accuracy. Perhaps it is that one can look inside.
#
# **Sources.** Sabour, Frosst & Hinton 2017, *Dynamic routing between capsules* ([arXiv 1710.09829](https://arxiv.org/abs/1710.09829)), equation 4 and section 4.1.
#
# Next: [13 · Look inside](13_look_inside.ipynb).
