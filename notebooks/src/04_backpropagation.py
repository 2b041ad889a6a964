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
# **How does a weight that never touches the answer learn what it did wrong?**
#
# Your layer from [03](03_a_layer_that_learns.ipynb) adds up evidence, and some questions cannot be answered that way.
# A second layer in between can.
# But who tells its weights which way to go?
# You will write the rule that does, check it, and read real handwritten digits with a network whose every line is yours.
#
# **After this lesson you can**
#
# - say why a hidden layer is needed, and what the ReLU has to do with it,
# - carry the error back through a layer, and check a gradient by nudging,
# - train the articles' network in NumPy, and get the same numbers from Keras in five lines.
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
# ## What one layer cannot do
#
# Here are your functions from the last lesson; where you have not written one, the course's runs.

# %%
dense, softmax = cl.mine("dense"), cl.mine("softmax")
cross_entropy, step = cl.mine("cross_entropy"), cl.mine("step")

# %% [markdown]
# Take 400 points of a plane, each with two inputs, left–right and down–up.
# A point belongs to class 1 if *exactly one* of its two inputs is negative, otherwise to class 0.
# This is called **XOR**, "one or the other, not both".
# Train your single layer on it: 500 steps.

# %%
cl.guess("xor_by_one_layer", "Of 100 such points, how many will one layer get right?", between=(0, 100))

# %%
points = np.random.default_rng(0).uniform(-1, 1, (400, 2))
side = (points[:, 0] * points[:, 1] < 0).astype(int)
W, b = np.zeros((2, 2)), np.zeros(2)
for _ in range(500):
    W, b = step(points, softmax(dense(points, W, b)), side, W, b, 0.5)
by_one_layer = dense(points, W, b).argmax(axis=1)
cl.reveal(
    "xor_by_one_layer",
    100 * (by_one_layer == side).mean(),
    "That is no better than tossing a coin. Where two weighted sums are equal there is a straight line, and no "
    "straight line has class 1 on one side and class 0 on the other.",
)

# %% tags=["holds"]
assert 0.45 < (by_one_layer == side).mean() < 0.6

# %% [markdown]
# ## A hidden layer, and a bend
#
# So let a first layer compute some values, and a second layer read those instead of the inputs.
# The layer in between is called **hidden**, because its values are neither inputs nor answers.
#
# There is a trap: two matrix products in a row are one matrix product, $(X W_1) W_2 = X (W_1 W_2)$.
# Nothing would be gained, unless something bends in between.
# The usual bend is the **ReLU**, $\max(0, s)$: a negative sum becomes 0, a positive one stays.
# So each hidden neuron is silent on one side of a line and speaks up on the other, and from a few such bends one can piece together any shape.


# %%
def forward(X, weights):
    W1, b1, W2, b2 = weights
    H = np.maximum(0, dense(X, W1, b1))  # (n, hidden): the ReLU
    return H, softmax(dense(H, W2, b2))  # (n, hidden) and (n, classes)


def start(inputs, hidden, classes, seed=0):
    random = np.random.default_rng(seed)
    W1 = random.normal(0, np.sqrt(2 / inputs), (inputs, hidden))
    W2 = random.normal(0, np.sqrt(2 / hidden), (hidden, classes))
    return [W1, np.zeros(hidden), W2, np.zeros(classes)]


# %% [markdown]
# This is the **forward pass**.
# One layer could start from zeros, but here the weights have to be random: hidden neurons that start alike would get the same slopes and stay alike for ever.
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
# From each layer's error, the slopes follow as in lesson 03: those of its weights are its inputs, transposed, times the error, and those of its biases are the error summed over the images.
# Because the error goes from the last layer to the first, this is called **backpropagation**.
#
# **Your turn.** Write `backward(X, H, P, labels, W2)`. It returns four slopes, of W1, b1, W2 and b2.


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
# A gradient is easily wrong, but it can be checked: nudge a weight up and down a little, and see how the loss changes.
# This is the check by **finite differences**, here for the weight with the largest slope in each array.

# %%
images = cl.load()
digits = cl.load("digits")
X, labels = digits.train.images.reshape(-1, 64) / 255, digits.train.labels
weights = start(64, 32, 10)
H, P = forward(X, weights)
slopes = backward(X, H, P, labels, weights[2])

# %%
for name, w, slope in zip(["W1", "b1", "W2", "b2"], weights, slopes, strict=True):
    at = np.unravel_index(np.abs(slope).argmax(), slope.shape)
    losses = []
    for nudge in (1e-4, -2e-4):  # up, then down to the other side
        w[at] += nudge
        losses.append(cross_entropy(forward(X, weights)[1], labels))
    w[at] += 1e-4
    by_nudging = (losses[0] - losses[1]) / 2e-4
    print(f"{name}: {slope[at]:+.5f} by backpropagation, {by_nudging:+.5f} by nudging")

# %% tags=["holds"]
assert f"{slope[at]:.5f}" == f"{by_nudging:.5f}"

# %% [markdown]
# They agree to the last digit shown, in both layers.
# Backpropagation gave all of these slopes in one pass, where nudging needs two passes *per weight*.
#
# ## The training loop
#
# An update is a forward pass, a backward pass and a step:


# %%
def update(X, labels, weights, learning_rate=0.2):
    H, P = forward(X, weights)
    slopes = backward(X, H, P, labels, weights[2])
    return [w - learning_rate * slope for w, slope in zip(weights, slopes, strict=True)]


# %% [markdown]
# An epoch does this batch by batch.
#
# **Your turn.** Write `train_epoch(X, labels, weights, update, order, batch_size)`.
# `order` holds row numbers, already shuffled; take them `batch_size` at a time, the last batch may be smaller.
# For each batch call `weights = update(...)` with its images, their labels and the weights so far.
# Return the last weights.


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
# Back to the points that defeated one layer. Now with eight hidden neurons:


# %%
def train(X, labels, weights, epochs, batch_size, update=update):
    random = np.random.default_rng(0)
    for _ in range(epochs):
        weights = train_epoch(X, labels, weights, update, random.permutation(len(X)), batch_size)
    return weights


_, P = forward(points, train(points, side, start(2, 8, 2), epochs=100, batch_size=20))
by_two = P.argmax(axis=1)
shown = {"the classes": side, "one layer": by_one_layer, "with a hidden layer": by_two}
panels = {f"{name}: {(said == side).mean():.0%}": (points, said) for name, said in shown.items()}
plots.scatter_panels(panels, title="XOR, and what two networks say")

# %% tags=["holds"]
assert (by_two == side).mean() > 0.95

# %% [markdown]
# Now nearly all points are right, because the border bends.
#
# ## Is a network that learns a network without a mistake?
#
# Suppose your `backward` had forgotten the ReLU, and let the error pass every hidden neuron.
# Train the right and the careless version on the digits, 20 epochs each.

# %%
cl.guess(
    "without_the_mask",
    "What kind of reader does the careless one become?",
    choices=["nothing at all", "a clearly worse one", "nearly as good a one"],
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
    "nothing at all"
    if wrong < 20
    else "nearly as good a one"
    if wrong > right - 3
    else "a clearly worse one",
    f"Of 100 new digits it reads {wrong:.0f}, and the right version {right:.0f}. A wrong gradient often points "
    "downhill too, so a falling loss proves little. Only the comparison with nudges shows the mistake.",
)

# %% tags=["holds"]
assert right > 93
assert wrong > right - 3


def solves(hidden, seed):
    P = forward(points, train(points, side, start(2, hidden, 2, seed), 100, 20))[1]
    return (P.argmax(axis=1) == side).mean() > 0.95


assert not any(solves(2, seed) for seed in range(5))
assert all(solves(4, seed) for seed in range(5))

# %% [markdown]
# ## Watch the hidden neurons
#
# Here is such a network in your browser, with the same arithmetic.
# Press play, and see what each hidden neuron comes to say about the plane.

# %%
cl.network_sandbox(data="xor", hidden=4)

# %% [markdown]
# With two hidden neurons XOR is rarely solved, because each gives one bend; with four it nearly always is.
#
# ## The articles' network, on real images
#
# Both articles behind this course begin with the same network: 28×28 = 784 pixels, 512 hidden neurons, 10 classes.
# That is 407,050 numbers to learn, with the very functions that you have just written.
# Two epochs over 20,000 images.

# %%
cl.guess("articles_network", "How many of 100 new images will it get right?", between=(0, 100))

# %%
size = images.image_shape[0] * images.image_shape[1]
many = images.train[:20_000]
X_real, X_new = (part.images.reshape(-1, size) / np.float32(255) for part in (many, images.test))
weights = train(X_real, many.labels, start(size, 512, 10), epochs=2, batch_size=32)
right = 100 * (forward(X_new, weights)[1].argmax(axis=1) == images.test.labels).mean()
cl.reveal("articles_network", right, "It read them in NumPy alone, and you can name what every line does.")

# %% tags=["holds"]
assert right > 95
assert 784 * 512 + 512 + 512 * 10 + 10 == 407_050

# %% [markdown]
# ## The same in Keras, in five lines
#
# Nobody writes a backward pass for every new network.
# A library like **Keras** (here on TensorFlow) records the forward pass and applies the chain rule to each of its operations, which is called **automatic differentiation**.
# Does it come to the same? Give it your weights, and let both take one step on the same batch.

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
# The difference is that of rounding: Keras computes with fewer digits.
# From here on the course uses Keras, and you know what it does.
#
# ## Now with clothes

# %%
other = cl.load_other(images)
size, few = other.image_shape[0] * other.image_shape[1], other.train[:10_000]
weights = train(few.images.reshape(-1, size) / np.float32(255), few.labels, start(size, 128, 10), 3, 32)
said = forward(other.test.images.reshape(-1, size) / np.float32(255), weights)[1].argmax(axis=1)
print(f"{other.name}: {100 * (said == other.test.labels).mean():.0f} of 100 right, and chance would be 10")

# %% [markdown]
# Not one line had to change. Clothes are harder than digits: at this size a shirt and a coat differ by little.

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
# Your network reads more than nineteen of twenty digits. Whether you should *believe* such a number is the question of [05 · Can you trust it?](05_can_you_trust_it.ipynb)
#
# **Sources.** Rumelhart, Hinton & Williams 1986, *Learning representations by back-propagating errors*; Nielsen 2015, *Neural Networks and Deep Learning*, chapter 2; Smilkov et al. 2017, *TensorFlow Playground*.
