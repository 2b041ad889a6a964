# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 10 · Parts with a pose
#
# > **What can a vector say that a number cannot?**
#
# Suppose somebody tells you about a face: "There are two eyes, a nose and a mouth."
# Is it a face? That depends on how they are placed relative to each other, and you have not been told.
# A feature map is like that: it says how much of something there is, and pooling even forgets where.
# A **capsule** says more. In this lesson you build its first half: the vector, and the function that makes its length mean something.
#
# **After this lesson you can** say what a capsule's length and direction stand for, make primary capsules out of feature maps, write squash and its slope, explain how starting weights can keep a network from learning, and count what capsules share.
#
# **You need** [09](09_convolution.ipynb), and [03](03_a_layer_that_learns.ipynb) for slopes. The text describes the results on MNIST.
#
# **Time:** …

# %%
import numpy as np

import capslab as cl
from capslab import ops, plots
from capslab.data import rotated
from capslab.models import keras, weights_by_layer

images = cl.load()

cl.recall("10")

# %% [markdown]
# ## How much, or how it lies
#
# Take a 1 and turn it, in steps of 25 degrees.
# We measure two things in each image: the amount of ink, compared with the original, and the direction in which the ink extends furthest, where 90° is upright.
# (For the direction, `np.cov` says how the ink's rows and columns vary together, and the eigenvector with the largest eigenvalue points along the longest extent.)


# %%
def direction(picture):
    rows, columns = np.nonzero(picture[..., 0] > 100)
    _, axes = np.linalg.eigh(np.cov(columns, -rows))  # the last axis is the longest
    return np.degrees(np.arctan2(axes[1, 1], axes[0, 1])) % 180


# %%
one = images.test[images.test.labels == 1][:1]
turned = np.array([rotated(one, degrees).images[0] for degrees in (-50, -25, 0, 25, 50)])
ink, angle = [p.sum() / one.images.sum() for p in turned], [direction(p) for p in turned]
titles = [f"{degrees:.0f}°\nink {much:.0%}" for much, degrees in zip(ink, angle, strict=True)]
plots.image_grid(turned, titles)

# %% tags=["holds"]
assert max(ink) - min(ink) < 0.02
assert 95 < angle[-1] - angle[0] < 105

# %% [markdown]
# The ink stays the same, while the direction follows every turn.
# The amount of ink is blind to turning; the direction alone cannot tell how much ink there is.
# One wants to know both, and one arrow can say both: its direction says how the stroke lies, and its length how much of it there is.
# Capsules make one change: their length does not measure ink, but says *how sure* they are that the stroke is there.

# %%
plots.drawing("pose")

# %% [markdown]
# That is a capsule: a short vector whose **length** says whether its thing is there, and whose direction is the thing's **pose**: how it is tilted, how thick it is, where exactly it lies.
# The drawing has two numbers per capsule, and there the direction is an angle. Networks take 8 or 16, so that a pose can say more than one thing.
# Nobody tells them what these numbers should mean. They become whatever helps to name the digit, so do not expect one of them to be "the angle".
#
# ## Primary capsules are feature maps, read crosswise
#
# Where do the first capsules come from? From a convolution, as you wrote it in lesson 09.
# Take 16 kernels; random ones will do for now.
# They give 16 maps, so at every place there are 16 numbers.
# A convolutional network keeps them as 16 separate answers. We take them together instead, eight at a time: *two vectors of 8 numbers at each place*.

# %%
convolution = cl.mine("convolution")

picture, side = images.test.images[0, :, :, 0] / 255, images.image_shape[0]
kernels, stride = np.random.default_rng(0).normal(0, 0.2, (16, 5, 5)), side // 7
maps = np.array([convolution(picture, kernel)[::stride, ::stride] for kernel in kernels])
places = np.moveaxis(maps, 0, -1)  # (rows, columns, 16): the 16 numbers of each place
capsules = places.reshape(*places.shape[:2], 2, 8)  # (rows, columns, kinds, numbers)
lengths = np.linalg.norm(capsules, axis=-1)
print(f"{maps.shape[0]} maps of {maps.shape[1]} × {maps.shape[2]}: {maps.size} numbers")
print(
    f"{lengths.size} capsules of {capsules.shape[-1]}: {capsules.size} numbers; lengths {lengths.min():.1f} to {lengths.max():.1f}"
)

# %% tags=["holds"]
assert maps.shape == (16, 6, 6)
assert capsules.shape == (6, 6, 2, 8)
assert lengths.max() > 1.2

# %% [markdown]
# Nothing new was computed: these are the same 576 numbers, only grouped in another way, as 72 vectors.
# They are called **primary capsules**, because they come first.
# What makes them capsules is what happens to them from here on: they are treated as arrows, whose length and direction mean different things.
#
# But look at the lengths. If a length is to say how sure a capsule is, 0 has to mean "certainly not" and 1 "certainly". Some of these are longer than 1.
#
# ## Squash: a length between 0 and 1
#
# The function that mends this keeps the direction and changes only the length:
#
# $$v = \frac{\lVert s\rVert^2}{1 + \lVert s\rVert^2}\;\frac{s}{\lVert s\rVert}$$
#
# $s$ is the vector before and $v$ the vector after, both with as many numbers.
# $\lVert s \rVert$ is the length, the root of the sum of squares.
# The second factor is $s$ with length 1, so only the direction is left. The first factor is the new length: nearly 0 for a short vector, nearly 1 for a long one.
#
# There are two traps at length 0. Dividing by it gives `nan`; but one $\lVert s \rVert$ cancels, so you never need to divide by the length.
# And a root has an infinite slope at 0, which a network that learns would stumble over. Put `1e-9` under the root, and it does not.
#
# **Your turn.** Write `squash(s)` for vectors along the last axis.
# Use `ops` in place of `np`: it has NumPy's functions under NumPy's names, and they work inside a network as well. In lesson 12 it will be this function of yours that trains. (Stuck? `cl.hint("squash")`)


# %%
def squash(s):
    ### BEGIN SOLUTION
    squared = ops.sum(s**2, axis=-1, keepdims=True)  # (…, 1)
    return s * ops.sqrt(squared + 1e-9) / (1 + squared)
    ### END SOLUTION


# %%
cl.check("squash", squash)

# %%
squash = cl.mine("squash", squash)

# %%
squashed = np.linalg.norm(squash(capsules), axis=-1)  # (rows, columns, kinds)
print(
    f"the longest of {squashed.size} capsules: {lengths.max():.1f} before squash, {squashed.max():.2f} after"
)
plots.weight_maps(np.moveaxis(squashed, -1, 0), ["first kind", "second kind"], label="length")

# %% tags=["holds"]
blank = [[picture[4 * i : 4 * i + 5, 4 * j : 4 * j + 5].max() == 0 for j in range(6)] for i in range(6)]
assert np.sum(blank) >= 8
assert squashed[np.array(blank)].max() < 1e-6
assert squashed.max() < 1 < lengths.max()

# %% [markdown]
# These are the lengths at the 6×6 places. Where there is only paper they are 0; along the strokes of the digit they are long.
# Even with random kernels, then, a length says "there is something here". What it is, and how it lies, is left to the directions.
#
# How long does a vector have to be before squash makes it more than 0.5 long, so that the capsule says "rather yes than no"?

# %%
cl.guess("half_sure", "The length at which a capsule is half sure?", between=(0, 5))

# %% [markdown]
# ## Where squash learns
#
# Learning goes backwards through squash, so its *slope* matters as much as its values: where it is flat, a nudge of the weights changes nothing, and nothing is learned.
# With $n = \lVert s \rVert$, the new length is
#
# $$\frac{n^2}{1 + n^2}$$
#
# **Your turn.** Write its derivative, `squash_slope(length)`, for an array of lengths.
# (The quotient rule: $(u/w)' = (u'w - uw')/w^2$.)


# %%
def squash_slope(length):
    ### BEGIN SOLUTION
    return 2 * length / (1 + length**2) ** 2
    ### END SOLUTION


# %%
cl.check("squash_slope", squash_slope)

# %%
squash_slope = cl.mine("squash_slope", squash_slope)

# %%
before = np.linspace(0, 5, 501)
after = np.linalg.norm(squash(before[:, None]), axis=-1)  # 501 vectors of one number each
slope = squash_slope(before)
half, steepest = before[np.abs(after - 0.5).argmin()], before[slope.argmax()]
cl.reveal(
    "half_sure",
    half,
    f"Squash is steepest at {steepest:.2f}, where the result is {after[slope.argmax()]:.2f} long. At 5 it is {after[-1]:.2f} "
    f"long, and the slope is down to {slope[-1]:.3f}. At 0 the slope is exactly {slope[0]:.0f}.",
)

# %%
plots.lines(before, {"length": after, "its slope": slope}, "length before squash", "after squash", mark=0.5)

# %% tags=["holds"]
assert half == 1
assert 0.5 < steepest < 0.6
assert slope[0] == 0
assert np.abs(np.gradient(after, before) - slope).max() < 0.02

# %% [markdown]
# Your two functions drew these curves, and they say two things.
# A long vector sits where the slope is nearly 0: a capsule that is very sure changes its mind slowly, even if it is wrong.
# And at length 0 the slope *is* 0: such a capsule gets no gradient, however wrong it is, so it stays as it is.
#
# ## So the starting weights can decide whether anything is learned
#
# The curves make a prediction that we can test.
# Below, a small capsule network (you build one like it in lesson 12) learns the 8×8 digits four times, by plain gradient descent.
# Only one thing differs: the starting weights of its last layer are multiplied by 0, by 0.01, by 1 or by 100, so its vectors start out with length 0, very short, as usual, or very long.

# %%
cl.guess(
    "starting_weights",
    "Of the starts 0, 0.01, 1 and 100, how many end up above 80 % accuracy?",
    choices=["only 1", "1 and 0.01", "1 and 100", "all but 0"],
)

# %%
small = cl.load("digits")


def start(factor):
    caps = cl.CapsNet(small.image_shape, small.classes, seed=0)
    weights, bias = (w for w in caps.weights if "digit_capsules" in w.path)
    weights.assign(factor * weights)
    bias.assign(0 * bias)  # a bias would hide a length of 0
    return caps


def first_slope(caps):
    # the slope of squash at the length of s, with even couplings: each digit gets a tenth of every vote
    s = np.einsum("ijdp,nip->njd", caps.routing_weights().weights, caps.primary(small.train[:200]))
    return squash_slope(np.linalg.norm(s, axis=-1) / len(small.classes)).mean()


# %%
factors, slopes, right = (0, 0.01, 1, 100), [], []
for factor in factors:
    caps = start(factor)
    slopes.append(first_slope(caps))
    caps.compile(keras.optimizers.SGD(1.0))
    caps.fit(small.train.images, small.train.labels, epochs=8, batch_size=64, verbose=0)
    right.append((caps.classify(small.test) == small.test.labels).mean())
good = [factor for factor, share in zip(factors, right, strict=True) if share > 0.8]
named = {(1,): "only 1", (0.01, 1): "1 and 0.01", (1, 100): "1 and 100", (0.01, 1, 100): "all but 0"}
results = ", ".join(f"{100 * share:.0f} of 100 with × {f:g}" for f, share in zip(factors, right, strict=True))
cl.reveal("starting_weights", named[tuple(good)], f"Right after eight epochs: {results}. Chance would be 10.")

# %%
rows = zip(factors, slopes, right, strict=True)
plots.table([{"starting weights ×": f, "slope at the start": s, "accuracy": share} for f, s, share in rows])

# %% tags=["holds"]
assert good == [0.01, 1]
assert right[0] < 0.15 > right[3]
assert 0.05 > slopes[1] > slopes[3] > slopes[0] == 0
assert right[2] > right[1] + 0.02

# %% [markdown]
# A start at 0 learns nothing, as predicted, and neither does a start with very long vectors.
# But 0.01 surprises: its slope is small at the start, and still it learns, only more slowly.
# A small slope is not 0: for short vectors it is about $2n$, so each step lengthens them by a part of their length, and they grow nearly exponentially at first.
# For long vectors the slope falls as $2/n^3$. Their direction can still move (by a factor of $n/(1+n^2)$), but eight epochs at this rate are too few.
#
# ## What do capsules share?
#
# Article A says that capsule networks are small because they **share parameters**: one window of weights that is used at every place.
# Your `count_weights` from lesson 09 can tell where the network of lesson 13 does it.
# Its last layer has a matrix for each pair of a primary capsule and a digit; lesson 11 says what for.

# %%
cl.guess(
    "share_in_last_layer",
    "What share of the network's weights lies in that last layer?",
    between=(0, 100),
    unit="%",
)

# %%
count_weights = cl.mine("count_weights")
preset = "visible" if side >= 20 else "digits"  # the network of lesson 13
layers = weights_by_layer(cl.CapsNet(images.image_shape, images.classes, preset=preset), count_weights)
built, dense = (sum(row[name] for row in layers) for name in ("as built", "dense layer"))
last = layers[-1]
cl.reveal(
    "share_in_last_layer",
    100 * last["as built"] / built,
    f"It has {last['as built']:,} of {built:,} weights, exactly as many as a dense layer between the same numbers "
    f"({last['dense layer']:,}). The whole network would have {dense:,} if all its layers were dense, so article A is right about the whole, thanks to the convolutions.",
)

# %%
plots.table([{name: row[name] for name in ("layer", "as built", "dense layer")} for row in layers])

# %% tags=["holds"]
assert last["as built"] == last["dense layer"] == last["one per place"]
assert 0.7 < last["as built"] / built < 0.9
assert all(row["as built"] == row["shared over places"] for row in layers[:-1])

# %% [markdown]
# The convolutions and the primary capsules share their windows over all places, as convolutions have done since 1989, and save a lot.
# The layer that makes it a *capsule* network has as many weights as a dense one: in this design, of 2017, it shares nothing. (The one of Hinton, Sabour & Frosst, 2018, shares its matrices over places, too.)

# %%
cl.verdict(
    "sharing-makes-small",
    fact=last["as built"] < last["dense layer"],
    evidence=f"The capsules' own layer has {last['as built']:,} weights, as many as a dense layer: {last['as built'] / built:.0%} of "
    f"the network. The whole is small ({built:,} in place of {dense:,}), because its convolutions share.",
)

# %% [markdown]
# Whether it is also cheap is a question for lesson 12.
#
# ## Now with other images
#
# Do turned images of clothes keep their ink, too? Here are 200 of them, turned by 10 and by 25 degrees, with the ink and the direction of each compared with the original.

# %%
other = cl.load_other(images).test[:200]
for degrees in (10, 25):
    after = rotated(other, degrees).images
    ink = np.abs(after.sum(axis=(1, 2, 3)) / other.images.sum(axis=(1, 2, 3)) - 1)
    turn = [(direction(b) - direction(a) + 90) % 180 - 90 for a, b in zip(other.images, after, strict=True)]
    print(
        f"turned by {degrees}°: ink changes by {np.median(ink):.1%}, direction by {np.median(np.abs(turn)):.0f}° (medians)"
    )

# %% [markdown]
# The ink hardly notices, and the direction follows. (For shapes that are about as wide as high, "the longest direction" means little, so single images may differ.)
#
# ## Look back
#
# If you expected small starting weights to fail like those that are 0, you took "a small slope" for "no slope". The difference is whether there is a way out.

# %%
cl.guesses("10")

# %% [markdown]
# ## Answer
#
# **What can a vector say that a number cannot?**
# Two things at once: its length says whether something is there, its direction how it lies.
# A primary capsule is a group of numbers from a convolution, read as such a vector, and squash gives it a length between 0 and 1.
# Squash is flat at 0 and for long vectors, so the size of the starting weights can decide whether anything is learned.
# In the design of 2017 it is the convolutions that share weights; the capsules' own layer shares none.
#
# **Sources.** Hinton, Krizhevsky & Wang 2011, *Transforming auto-encoders*; Sabour, Frosst & Hinton 2017, *Dynamic routing between capsules* (arXiv 1710.09829), equation 1.
#
# What is a pose good for? With it, a part can predict the whole: [11 · Routing by agreement](11_routing_by_agreement.ipynb).
