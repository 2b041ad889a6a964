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
# Now you put a second layer between the inputs and the answer.
# But who tells its weights which way to go?
# You will write the rule that does, check it, and read handwritten digits with it.
#
# **After this lesson you can** say what a hidden layer adds and what the ReLU has to do with it, carry the error back through a layer, check a gradient by nudging, and train the articles' network in NumPy and in Keras.
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
# Here are the functions of the last lesson, yours or the course's.
#
# Take 400 points of a plane, each with two inputs, left–right and down–up.
# A point belongs to class 1 if *exactly one* of its two inputs is negative, otherwise to class 0.
# This is called **XOR**, "one or the other, not both".
# Train a single layer on it: 500 steps.

# %%
softmax, cross_entropy, step = cl.mine("softmax"), cl.mine("cross_entropy"), cl.mine("step")


def dense(X, W, b):
    return X @ W + b  # (n, inputs) @ (inputs, neurons) + (neurons,)


points = np.random.default_rng(0).uniform(-1, 1, (400, 2))
side = (points[:, 0] * points[:, 1] < 0).astype(int)

# %%
cl.guess("xor_by_one_layer", "Of 100 such points, how many will one layer get right?", between=(0, 100))

# %%
W, b = np.zeros((2, 2)), np.zeros(2)
for _ in range(500):
    W, b = step(points, softmax(dense(points, W, b)), side, W, b, 0.5)
by_one_layer, best = dense(points, W, b).argmax(axis=1), 0
for angle in np.linspace(0, 2 * np.pi, 90):  # straight lines in all directions, through every point
    along = points @ [np.cos(angle), np.sin(angle)]
    best = max(best, *(((along > cut) == side).mean() for cut in along))
told = f"""Where two weighted sums are equal there is a straight line, and even the best straight line gets only
{100 * best:.0f} of 100. Training does not find that one, because the four quarters pull the line in four directions
and the pulls nearly cancel."""
cl.reveal("xor_by_one_layer", 100 * (by_one_layer == side).mean(), told)

# %% tags=["holds"]
assert 0.45 < (by_one_layer == side).mean() < 0.6
assert 0.65 < best < 0.75

# %% [markdown]
# ## A hidden layer, and a bend
#
# So let a first layer compute some values, and a second layer read those instead of the inputs.
# The first is called **hidden**, because its values are neither inputs nor answers.
#
# There is a trap: two matrix products in a row are one, $(X W_1) W_2 = X (W_1 W_2)$.
# Nothing is gained unless something bends in between.
# The usual bend is the **ReLU**, $\max(0, s)$: a negative sum becomes 0, a positive one stays.
# So each hidden neuron is silent on one side of a line and speaks up on the other, and from enough bends one can piece together any shape.


# %%
def forward(X, weights):
    W1, b1, W2, b2 = weights
    H = np.maximum(0, dense(X, W1, b1))  # (n, hidden): the ReLU
    return H, softmax(dense(H, W2, b2))  # (n, hidden) and (n, classes)


def start(inputs, hidden, classes, seed=0):
    rng = np.random.default_rng(seed)
    W1 = rng.normal(0, np.sqrt(2 / inputs), (inputs, hidden))
    W2 = rng.normal(0, np.sqrt(2 / hidden), (hidden, classes))
    return [W1, np.zeros(hidden), W2, np.zeros(classes)]


# %% [markdown]
# This is the **forward pass**.
# One layer could start from zeros, but here the weights have to be random: hidden neurons that start alike get the same slopes and stay alike for ever.
# `start` draws them at a size that keeps the sums neither tiny nor huge.
#
# ## The error travels back
#
# The second layer learns as in lesson 03, with $H$ as its inputs.
# But what is the slope of a weight in the first layer?
# Follow one nudge.
# The weight moves the sum of a hidden neuron, that moves a score, and that moves the loss; along the way, slopes *multiply*.
# This is the **chain rule**. Here it is with numbers.

# %%
plots.drawing("backpropagation")

# %% [markdown]
# Read the lower row from the right.
# Per unit of the score, the loss rises by 0.3, the error.
# The hidden value enters the score with the weight 2, so per unit of the hidden value the loss rises by $0.3 \cdot 2 = 0.6$.
# The ReLU passes a positive sum as it is, so its slope is 1; for a negative sum its slope is 0, and nothing goes further back.
# The weight multiplies an input of 0.5, so its own slope is $0.6 \cdot 0.5 = 0.3$.
#
# A hidden value enters *all* scores, so we add up what comes back from each, which is again a matrix product:
#
# $$E = \tfrac{1}{n}(P - T): (n, \text{classes}), \qquad E_H = (E\, W_2^\top) \odot [H > 0]: (n, \text{hidden})$$
#
# ($\odot$ multiplies number by number, and $[H > 0]$ is 1 or 0.)
# From each layer's error, the slopes follow as in lesson 03: those of its weights are its inputs, transposed, times the error, and those of its biases are the error summed over the images ($E$ already contains the $\tfrac{1}{n}$).
# Because the error goes from the last layer to the first, this is called **backpropagation**.
#
# **Your turn.** Write `backward(X, H, P, labels, W2)`. Begin with the slopes of W2 and b2, which are those of lesson 03 with `H` for `X`; then carry the error back for W1 and b1.
# Return all four, in the order W1, b1, W2, b2.


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
# A gradient is easily wrong, but nudging a weight up and down shows the truth.
# This is the check by **finite differences**, here for the weight with the largest slope in each array.

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
# They agree to the last digit shown, in both layers.
# Backpropagation gave all of these slopes in one pass, where nudging needs two passes *per weight*.
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
# The epoch is missing.
#
# **Your turn.** Write `train_epoch(X, labels, weights, update, order, batch_size)`.
# `order` holds row numbers, already shuffled; take them `batch_size` at a time, the last batch may be smaller.
# For each batch call `weights = update(...)` with its images, their labels and the weights so far, and return the last weights.
# `train_epoch(X, labels, weights, update, np.arange(len(X)), 50)` would go through all images, 50 at a time.
# (`update` is an argument because the same loop will train in two other ways, too.)


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
# Back to the 400 points, now with a hidden layer.
# How many neurons does it need? Train ten starts of each size; "solved" means more than 95 of 100 points right.

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
# Two bends are too few; with four it depends on where the start happens to put them, and eight are enough every time.
#
# Watch such a network in your browser: what has each hidden neuron come to say about the plane?
# The view calls a neuron a *unit* and the classes A and B; *held out* are points that it does not learn from.
# Set the units to 2, and press play.

# %%
cl.network_sandbox(data="xor", hidden=4, epochs=60)

# %% [markdown]
# ## A backward pass with a mistake
#
# Suppose your `backward` had forgotten the ReLU, and let the error pass every hidden neuron.
# (`np.ones_like(H)`, ones in place of `H`, has that effect.)
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
    f"Of 100 new digits it reads {wrong:.0f}, and the right version {right:.0f}. A wrong gradient often points "
    "downhill too. The falling loss and the accuracy did not show the mistake; the nudges would. Do not count on "
    "such luck: this is one start, and in a deeper network the wrong slopes pass through layer after layer.",
)

# %% tags=["holds"]
assert right > 93
assert wrong > right - 3

# %% [markdown]
# ## The articles' network, on real images
#
# Both articles behind this course begin with the same network: 28×28 = 784 pixels, 512 hidden neurons, 10 classes.
# That is 407,050 numbers to learn, with the very functions that you have read or written.
# It gets two epochs over 20,000 images.

# %%
cl.guess("articles_network", "How many of 100 new images will it get right?", between=(0, 100))

# %%
images = cl.load()
size = images.image_shape[0] * images.image_shape[1]
many = images.train[:20_000]
X_real, X_new = (part.images.reshape(-1, size) / np.float32(255) for part in (many, images.test))
weights = train(X_real, many.labels, start(size, 512, 10), epochs=2, batch_size=32)
right = 100 * (forward(X_new, weights)[1].argmax(axis=1) == images.test.labels).mean()
cl.reveal("articles_network", right, "It read them in NumPy alone, and you can name what every line does.")

# %% [markdown]
# What did the hidden layer gain? Read the same images by the ten averages of lesson 00, and by one layer trained with the same loop, steps and learning rate.


# %%
def one_layer(X, labels, weights):
    return step(X, softmax(dense(X, *weights)), labels, *weights, 0.2)


alone = train(X_real, many.labels, (np.zeros((size, 10)), np.zeros(10)), 2, 32, one_layer)
averages = [X_real[many.labels == digit].mean(axis=0) for digit in range(10)]
nearest = np.argmin([((X_new - average) ** 2).sum(axis=1) for average in averages], axis=0)
said = {"ten averages": nearest, "one layer": dense(X_new, *alone).argmax(axis=1)}
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
# Learned weights halve the mistakes of the averages, and the hidden layer nearly halves them again.

# %% [markdown]
# ## The same in Keras, in five lines
#
# Nobody writes a backward pass for every new network.
# A library like **Keras** (here on TensorFlow) records the forward pass and applies the chain rule to each of its operations, which is called **automatic differentiation**.
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
# In this one step both did the same. The difference is that of rounding: Keras computes with fewer digits.
# (Keras treats softmax and cross-entropy as one operation with the slope $p - t$; lesson 06 comes back to that.)
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
# Which of your guesses was furthest off, and what did the network do that you had not expected?

# %%
cl.guesses("04")

# %%
cl.progress("04")

# %% [markdown]
# ## Answer
#
# **How does a weight that never touches the answer learn what it did wrong?**
# The error at the answer is passed back through the same weights that carried the values forward, times the slope of every bend on the way; each weight's slope is then its input times the error that arrives at its neuron.
# With a bend in between, a network of two layers can draw borders that no single layer can.
#
# **Sources.** Rumelhart, Hinton & Williams 1986, *Learning representations by back-propagating errors*; Nielsen 2015, *Neural Networks and Deep Learning*, chapter 2; Smilkov et al. 2017, *Direct-Manipulation Visualization of Deep Networks* (TensorFlow Playground).
#
# Your network reads more than nineteen of twenty digits. Whether you should *believe* such a number is the question of [05 · Can you trust it?](05_can_you_trust_it.ipynb)
