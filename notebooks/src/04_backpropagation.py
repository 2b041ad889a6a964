# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 04 · Hidden layers and backpropagation
#
# > **How does a weight that never touches the answer learn what it did wrong?**
#
# The layer from [03](03_a_layer_that_learns.ipynb) adds up evidence once.
# Now you put another layer in between. But who tells its weights which way to go?
# You will write that rule, check it, and read digits with it.
#
# **After this lesson you can** say what a hidden layer and its ReLU add, carry the error back through a layer, check a gradient by nudging, and train a network in NumPy and in Keras.
#
# **You need** [03](03_a_layer_that_learns.ipynb). Without a connection the last part shows the 8×8 digits, and its words describe MNIST.
#
# **Time:** …

# %%
import numpy as np

import capslab as cl
from capslab import plots

cl.recall("04")

# %% [markdown]
# ## One layer, and the four quarters of a plane
#
# The functions of lesson 03 are yours, or else the course's.
#
# Take 400 points of a plane, each with two inputs, left–right and down–up.
# A point belongs to class 1 if *exactly one* input is negative, otherwise to class 0: this is **XOR**, "one or the other, not both".
# Train a single layer on it, 500 steps.

# %%
softmax, cross_entropy, step = cl.mine("softmax"), cl.mine("cross_entropy"), cl.mine("step")

# %%
cl.guess("xor_by_one_layer", "Of 100 such points, how many will one layer get right?", between=(0, 100))

# %%
rng = np.random.default_rng(0)
points = rng.uniform(-1, 1, (400, 2))
side = (points[:, 0] * points[:, 1] < 0).astype(int)
W, b = np.zeros((2, 2)), np.zeros(2)
for _ in range(500):
    W, b = step(points, softmax(points @ W + b), side, W, b, 0.5)
by_one_layer = (points @ W + b).argmax(axis=1)
beyond = points @ rng.normal(size=(2, 2000)) > rng.uniform(-1, 1, 2000)  # (400, 2000): 2,000 random lines
best = 100 * (side == beyond.T).mean(axis=1).max()
told = f"""The layer changes its answer where its two scores are equal, which is a straight line, and the best of 2,000 lines gets only {best:.0f}.
Training does not find that one, because the pulls of the four quarters nearly cancel."""
cl.reveal("xor_by_one_layer", 100 * (by_one_layer == side).mean(), told)

# %% tags=["holds"]
assert 0.45 < (by_one_layer == side).mean() < 0.6
assert 65 < best < 75

# %% [markdown]
# ## A hidden layer, and a bend
#
# Let a first layer compute some values, and a second layer read those instead of the inputs.
# The first is called **hidden**, as its values are neither inputs nor answers.
#
# There is a trap: two matrix products in a row are one, $(X W_1) W_2 = X (W_1 W_2)$.
# Nothing is gained unless something bends in between.
# The usual bend is the **ReLU**, $\max(0, s)$: a negative sum becomes 0, a positive one stays.
# So each hidden neuron is silent on one side of a line and speaks up on the other, and from enough bends one can piece together almost any shape.


# %%
def forward(X, weights):
    W1, b1, W2, b2 = weights
    H = np.maximum(0, X @ W1 + b1)  # (n, hidden): the ReLU
    return H, softmax(H @ W2 + b2)  # (n, hidden) and (n, classes)


def start(inputs, hidden, classes, seed=0):
    rng = np.random.default_rng(seed)
    W1 = rng.normal(0, np.sqrt(2 / inputs), (inputs, hidden))
    W2 = rng.normal(0, np.sqrt(2 / hidden), (hidden, classes))
    return [W1, np.zeros(hidden), W2, np.zeros(classes)]


# %% [markdown]
# `forward` is the **forward pass**.
# Here the weights may not start from zeros: hidden neurons that start alike get the same slopes and stay alike for ever.
# `start` draws them at random, at a size that keeps the sums neither tiny nor huge.
#
# ## The error travels back
#
# The second layer learns as in lesson 03, with $H$ as its inputs. But the first?
# A weight there moves the sum of a hidden neuron, that moves a score, and that moves the loss; along the way, slopes *multiply*.
# This is the **chain rule**. With numbers:

# %%
plots.drawing("backpropagation")

# %% [markdown]
# Read the lower row from the right.
# Per unit of the score, the loss rises by the error, 0.3.
# The hidden value enters the score with the weight 2, so per unit of it the loss rises by $0.3 \cdot 2 = 0.6$.
# The slope of the ReLU is 1 for a positive sum; for a negative one it is 0, and nothing goes further back.
# The weight multiplies an input of 0.5, so its own slope is $0.6 \cdot 0.5 = 0.3$.
#
# A hidden value enters *all* scores, so we add up what comes back from each, with a matrix product:
#
# $$E = \tfrac{1}{n}(P - T): (n, \text{classes}), \qquad E_H = (E\, W_2^\top) \odot [H > 0]: (n, \text{hidden})$$
#
# ($\odot$ multiplies number by number, and $[H > 0]$ is 1 or 0.)
# Each layer's slopes follow as in lesson 03: for its weights, its inputs, transposed, times its error; for its biases, its error summed over the images ($E$ already contains the $\tfrac{1}{n}$).
# The error goes from the last layer to the first, hence **backpropagation**.
#
# **Your turn.** Write `backward(X, H, P, labels, W2)`. Begin with the slopes of W2 and b2, as in lesson 03 with `H` for `X`; then carry the error back for W1 and b1.
# Return the four slopes in the order W1, b1, W2, b2.


# %%
def backward(X, H, P, labels, W2):
    ### BEGIN SOLUTION
    error = (P - np.eye(P.shape[1])[labels]) / len(X)
    hidden_error = (error @ W2.T) * (H > 0)
    return X.T @ hidden_error, hidden_error.sum(axis=0), H.T @ error, error.sum(axis=0)
    ### END SOLUTION


# %%
cl.check("backward", backward)

# %%
backward = cl.mine("backward", backward)

# %% [markdown]
# ## Check it by nudging
#
# A gradient is easily wrong, so check it by **finite differences**: nudge up and down the weight with the largest slope in each array.

# %%
digits = cl.load("digits")
X, labels = digits.train.images.reshape(-1, 64) / 255, digits.train.labels
weights = start(64, 32, 10)
slopes = backward(X, *forward(X, weights), labels, weights[2])
for name, w, slope in zip(["W1", "b1", "W2", "b2"], weights, slopes, strict=True):
    at, losses = np.unravel_index(np.abs(slope).argmax(), slope.shape), []
    for nudge in (1e-4, -2e-4):  # up, then down to the other side
        w[at] += nudge
        losses.append(cross_entropy(forward(X, weights)[1], labels))
    w[at] += 1e-4
    print(f"{name}: {slope[at]:+.5f}, and {(losses[0] - losses[1]) / 2e-4:+.5f} by nudging")

# %% tags=["holds"]
assert f"{slope[at]:.5f}" == f"{(losses[0] - losses[1]) / 2e-4:.5f}"

# %% [markdown]
# They agree. Backpropagation gave all slopes in one pass, where nudging needs two *per weight*.
#
# ## The training loop
#
# An update is a forward pass, a backward pass and a step; training repeats it, epoch by epoch, in a new order each time:


# %%
def update(X, labels, weights, learning_rate=0.2):
    H, P = forward(X, weights)
    slopes = backward(X, H, P, labels, weights[2])
    return [w - learning_rate * slope for w, slope in zip(weights, slopes, strict=True)]


def train(X, labels, weights, epochs, batch_size, update=update):
    rng = np.random.default_rng(0)
    for _ in range(epochs):
        weights = train_epoch(X, labels, weights, update, rng.permutation(len(X)), batch_size)
    return weights


# %% [markdown]
# **Your turn.** Write the epoch, `train_epoch(X, labels, weights, update, order, batch_size)`.
# `order` holds row numbers, shuffled; take them `batch_size` at a time, the last batch may be smaller.
# For each batch call `weights = update(...)` with its images, their labels and the weights so far. Return the last weights.
# A call, 50 images at a time: `train_epoch(X, labels, weights, update, np.arange(len(X)), 50)`.
# (`update` is an argument so that the loop can train in other ways, too.)


# %%
def train_epoch(X, labels, weights, update, order, batch_size):
    ### BEGIN SOLUTION
    for start in range(0, len(order), batch_size):
        batch = order[start : start + batch_size]
        weights = update(X[batch], labels[batch], weights)
    return weights
    ### END SOLUTION


# %%
cl.check("train_epoch", train_epoch)

# %%
train_epoch = cl.mine("train_epoch", train_epoch)

# %% [markdown]
# How many hidden neurons do the 400 points need? Train ten starts of each size; "solved" means more than 95 of 100 right.

# %%
solved = {}
for hidden in (2, 4, 8):
    trained = [train(points, side, start(2, hidden, 2, seed), 100, 20) for seed in range(10)]
    right = np.array([(forward(points, w)[1].argmax(axis=1) == side).mean() for w in trained])
    solved[hidden] = (right > 0.95).sum()
    print(f"{hidden} hidden neurons: solved from {solved[hidden]} of 10 starts")
_, P = forward(points, trained[0])  # of the last size
shown = {"the classes": side, "one layer": by_one_layer, "8 hidden neurons": P.argmax(axis=1)}
panels = {f"{name}: {(said == side).mean():.0%}": (points, said) for name, said in shown.items()}
plots.scatter_panels(panels, title="XOR, and what two networks say")

# %% tags=["holds"]
assert (P.argmax(axis=1) == side).mean() > 0.95

assert solved[2] == 0
assert 5 <= solved[4] <= 9
assert solved[8] == 10

# %% [markdown]
# With two bends no start got there; with four it depends on where the start happens to put them, and eight are enough every time.
#
# Watch a network in your browser: each small map shows where a hidden neuron speaks up.
# The view says *unit* for neuron, A and B for the classes, and *held out* for points it does not learn from.
# Set the units to 2, and press play.

# %%
cl.network_sandbox(data="xor", hidden=4, epochs=60)

# %% [markdown]
# ## A backward pass with a mistake
#
# Suppose your `backward` had forgotten the ReLU, and let the error pass every hidden neuron (ones in place of `H`, `np.ones_like(H)`, have that effect).
# Train the right and the careless version on the digits, 20 epochs each.

# %%
cl.guess(
    "without_the_mask",
    "How well will the careless network read?",
    choices=["not at all", "clearly worse", "nearly as well"],
)


# %%
def careless(X, labels, weights, learning_rate=0.2):
    H, P = forward(X, weights)
    first = backward(X, np.ones_like(H), P, labels, weights[2])[:2]  # as if every neuron had spoken
    slopes = [*first, *backward(X, H, P, labels, weights[2])[2:]]
    return [w - learning_rate * slope for w, slope in zip(weights, slopes, strict=True)]


X_test, test_labels = digits.test.images.reshape(-1, 64) / 255, digits.test.labels
trained = [train(X, labels, start(64, 32, 10), 20, 50, way) for way in (update, careless)]
right, wrong = (100 * (forward(X_test, w)[1].argmax(axis=1) == test_labels).mean() for w in trained)

# %%
cl.reveal(
    "without_the_mask",
    "not at all" if wrong < 20 else "nearly as well" if wrong > right - 3 else "clearly worse",
    f"Of 100 new digits it reads {wrong:.0f}, and the right version {right:.0f}. A wrong gradient can point "
    "downhill too. The accuracy did not show the mistake; the nudges would. Do not count on "
    "such luck: this is one start, and in a deeper network the wrong slopes pass through layer after layer.",
)

# %% tags=["holds"]
assert right > 93
assert wrong > right - 3

# %% [markdown]
# ## The articles' network, on real images
#
# Both articles behind this course begin with the same network: 28×28 = 784 pixels, 512 hidden neurons, 10 classes.
# That is 407,050 numbers to learn, with functions that you have read or written, in two epochs over 20,000 images.

# %%
cl.guess("articles_network", "How many of 100 new images will it get right?", between=(0, 100))

# %%
images = cl.load()
size = images.image_shape[0] * images.image_shape[1]
many = images.train[:20_000]
X_real, X_new = (part.images.reshape(-1, size) / np.float32(255) for part in (many, images.test))
weights = start(size, 512, 10)
for _ in range(2):
    weights = train_epoch(X_real, many.labels, weights, update, rng.permutation(len(X_real)), 32)
right = 100 * (forward(X_new, weights)[1].argmax(axis=1) == images.test.labels).mean()
cl.reveal("articles_network", right, "It read them in NumPy alone, and you can name what every line does.")

# %% [markdown]
# What did the hidden layer gain? On the same images, here are the ten averages of lesson 00, and one layer trained with the same loop, steps and rate.


# %%
def one_layer(X, labels, weights):
    W, b = weights
    return step(X, softmax(X @ W + b), labels, W, b, 0.2)


alone = train(X_real, many.labels, (np.zeros((size, 10)), np.zeros(10)), 2, 32, one_layer)
averages = [X_real[many.labels == digit].mean(axis=0) for digit in range(10)]
nearest = np.argmin([((X_new - average) ** 2).sum(axis=1) for average in averages], axis=0)
said = {"ten averages": nearest, "one layer": (X_new @ alone[0] + alone[1]).argmax(axis=1)}
said["with a hidden layer"] = forward(X_new, weights)[1].argmax(axis=1)
rows = [{"": name, "right": f"{(its == images.test.labels).mean():.1%}"} for name, its in said.items()]
plots.table(rows)

# %% tags=["holds"]
assert right > 95
assert 784 * 512 + 512 + 512 * 10 + 10 == 407_050
wrong = [(its != images.test.labels).mean() for its in said.values()]
assert wrong[1] < 0.6 * wrong[0]
assert wrong[2] < 0.6 * wrong[1]

# %% [markdown]
# Learned weights halve the mistakes, and the hidden layer nearly halves them again.

# %% [markdown]
# ## The same in Keras, in five lines
#
# Nobody writes a backward pass for every network.
# A library like **Keras** (here on TensorFlow) records the forward pass and applies the chain rule to its operations: **automatic differentiation**.
# Give it your weights, and let both take one step on the same batch.

# %%
from capslab.models import keras

ours = start(64, 32, 10)
layers = [keras.layers.Dense(32, activation="relu"), keras.layers.Dense(10, activation="softmax")]
model = keras.Sequential([keras.Input((64,)), *layers])
model.set_weights(ours)
model.compile(keras.optimizers.SGD(0.2), "sparse_categorical_crossentropy")
model.train_on_batch(X, labels)
apart = [np.abs(a - b).max() for a, b in zip(update(X, labels, ours), model.get_weights(), strict=True)]
print(f"after one step, no weight differs by more than {max(apart):.0e}")

# %% tags=["holds"]
assert max(apart) < 1e-6

# %% [markdown]
# In this one step both did the same, except for rounding: Keras computes with fewer digits.
# (It treats softmax and cross-entropy as one operation with the slope $p - t$: see lesson 06.)
# From here on the course uses Keras, and you know what it does.
#
# ## Now with other images
#
# Clothes, shoes and bags: 10,000 images, 128 hidden neurons and three epochs.

# %%
other = cl.load_other(images)
size, few = other.image_shape[0] * other.image_shape[1], other.train[:10_000]
weights = train(few.images.reshape(-1, size) / np.float32(255), few.labels, start(size, 128, 10), 3, 32)
said = forward(other.test.images.reshape(-1, size) / np.float32(255), weights)[1].argmax(axis=1)
print(f"{other.name}: {100 * (said == other.test.labels).mean():.0f} of 100 right, and chance would be 10")

# %% [markdown]
# None of your functions had to change. Clothes are harder than digits: at this size a shirt and a coat differ by little.
#
# ## Look back
#
# Which guess was furthest off, and why?

# %%
cl.guesses("04")

# %% [markdown]
# ## Answer
#
# **How does a weight that never touches the answer learn what it did wrong?**
# The error at the answer goes back through the weights that carried the values forward, times the slope of every bend; a weight's slope is its input times the error that arrives at its neuron.
# With a bend in between, two layers can draw borders that no single layer can.
#
# **Sources.** Rumelhart, Hinton & Williams 1986, *Learning representations by back-propagating errors*; Nielsen 2015 (see 03), chapter 2; Smilkov et al. 2017, *Direct-Manipulation Visualization of Deep Networks* (TensorFlow Playground).
#
# Should you *believe* such numbers? [05 · Can you trust it?](05_can_you_trust_it.ipynb)
