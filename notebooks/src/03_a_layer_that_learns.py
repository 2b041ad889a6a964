# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 03 · From one neuron to a layer that learns
#
# **How can a heap of multiplications recognise a digit?**
#
# For k-means every pixel counted the same, in the middle or in an empty corner.
# Now you build something that *learns how much each pixel should count*: ten lines of NumPy that read more than nine of ten digits.
#
# **After this lesson you can**
#
# - explain what a neuron and a layer compute,
# - turn scores into probabilities, and measure how wrong they are,
# - take a step downhill, and say what a batch and an epoch are.
#
# **You need** [01](01_kmeans_by_hand.ipynb) and the matrix product.
#
# **Time:** …

# %%
import capslab as cl

cl.recall("03")

# %% [markdown]
# ## One neuron weighs the evidence
#
# Does an image show a 0? Each of its pixels $x_1 \dots x_{64}$ is a piece of evidence.
# Ink on a ring speaks *for* a 0; ink in the middle speaks *against* it, because a 0 is hollow.
# So give every pixel a **weight** $w_i$, positive or negative, multiply, and add everything up.
# One more number, the **bias** $b$, says how much evidence is enough:
#
# $$s = w_1 x_1 + w_2 x_2 + \dots + w_{64} x_{64} + b$$
#
# If $s > 0$, say "0". That is a **neuron**. Here is one made by hand, with $b = -9.5$: for this image the products add up to more than 9.5, so it says "0".

# %%
import numpy as np

from capslab import plots

images = cl.load("digits")
X, labels = images.train.images.reshape(-1, 64) / 255, images.train.labels  # 0 is paper, 1 is ink
half = ["..++++..", ".++..++.", ".+....+.", ".+.--.+."]  # the upper half
ring = np.array([["-.+".index(sign) - 1 for sign in row] for row in half + half[::-1]])  # (8, 8): −1, 0 or 1
zero, b = X[labels == 0][4].reshape(8, 8), -9.5
plots.weight_maps(
    [zero, ring, zero * ring],
    ["an image x", "weights w", f"x · w, in all {(zero * ring).sum():.1f}"],
    label="number",
)

# %%
cl.guess("hand_made_zero", "Of 100 images, for how many is this neuron right: a 0 or not?", between=(0, 100))

# %%
X_test, test_labels = images.test.images.reshape(-1, 64) / 255, images.test.labels
says_zero, is_zero = X_test @ ring.ravel() + b > 0, test_labels == 0
cl.reveal(
    "hand_made_zero",
    100 * (says_zero == is_zero).mean(),
    f"That sounds better than it is: a machine that always says no gets {100 * (~is_zero).mean():.0f} of 100. "
    f"This neuron found {100 * says_zero[is_zero].mean():.0f} of 100 zeros, and it cried 0 at "
    f"{100 * says_zero[~is_zero].mean():.0f} of 100 other digits. So the ring knows something, but who would "
    "draw such maps for ten digits, or for cats? We want the weights to find themselves.",
)

# %% tags=["holds"]
assert b == -9.5
assert (zero * ring).sum() > 9.5
assert 0.9 < (says_zero == is_zero).mean() < 0.96
assert 0.5 < says_zero[is_zero].mean() < 0.9

# %% [markdown]
# ## A layer is many neurons at once
#
# Ten digits, ten neurons, each with 64 weights: one column of a matrix $W$.
# Then one product gives all scores of all $n$ images:
#
# $$S = X W + b, \qquad X: (n, 64), \quad W: (64, 10), \quad b: (10,), \quad S: (n, 10)$$
#
# Row $i$ belongs to image $i$, and column $j$ is the score for digit $j$.
#
# **Your turn.** Write `dense(X, W, b)`, which returns `S`. One line is enough. (Stuck? `cl.hint("dense")`)


# %%
def dense(X, W, b):
    ### BEGIN SOLUTION
    return X @ W + b
    ### END SOLUTION


# %%
cl.check("dense", dense)

# %%
dense = cl.mine("dense", dense)

# %% [markdown]
# ## From scores to probabilities
#
# Is a score of 12.7 much? We would rather hear "80 % a 7".
# The **softmax** makes every score positive with an exponential, then divides by the sum of its row:
#
# $$p_j = \frac{e^{s_j}}{\sum_k e^{s_k}}$$
#
# There is a trap: `np.exp(1000.0)` is `inf`, and `inf / inf` is `nan`.
# But subtracting a number $c$ from a whole row changes nothing, because $e^{-c}$ appears above and below the line.
# So subtract each row's largest score first.
#
# **Your turn.** Write `softmax(logits)` for scores `(n, classes)`, which are called **logits** here.


# %%
def softmax(logits):
    ### BEGIN SOLUTION
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
    ### END SOLUTION


# %%
cl.check("softmax", softmax)

# %%
softmax = cl.mine("softmax", softmax)

# %% [markdown]
# ## How wrong is it?
#
# To learn, we need one number that says how wrong the layer is: the **loss**.
# The **cross-entropy** is $-\log p_\text{true}$, averaged over the images: it says how surprised you are by the true class.
# Giving the truth a probability of 1 costs 0; 0.01 costs 4.6.
#
# **Your turn.** Write `cross_entropy(probabilities, labels)`.
# Since $\log 0$ is infinite, count a probability below 1e-7 as 1e-7.


# %%
def cross_entropy(probabilities, labels):
    ### BEGIN SOLUTION
    true = probabilities[np.arange(len(labels)), labels]
    return -np.log(np.maximum(true, 1e-7)).mean()
    ### END SOLUTION


# %%
cl.check("cross_entropy", cross_entropy)

# %%
cross_entropy = cl.mine("cross_entropy", cross_entropy)

# %% [markdown]
# ## What a slope says
#
# Start with small random weights, and take one of the 640: it leads from the middle (row 5, column 5) to the neuron for 0.
# Nudge it up by 0.01.

# %%
cl.guess("nudge_one_weight", "What happens to the loss?", choices=["a rise", "a fall", "no change"])

# %%
W, b = np.random.default_rng(0).normal(0, 0.1, (64, 10)), np.zeros(10)
nudged = W.copy()
middle = 4 * 8 + 4  # row 5, column 5, as rows of 8 are laid end to end
nudged[middle, 0] += 0.01
before, after = (cross_entropy(softmax(dense(X, w, b)), labels) for w in (W, nudged))
slope = (after - before) / 0.01
cl.reveal(
    "nudge_one_weight",
    "a rise" if slope > 0 else "a fall",
    f"The loss goes from {before:.4f} to {after:.4f}, because ink in the middle speaks against a 0. The change per "
    f"nudge, {slope:+.3f}, is the slope of the loss for this weight.",
)

# %% tags=["holds"]
assert slope > 0
assert images.image_shape[:2] == (8, 8)

# %% [markdown]
# Where the slope is positive, lower the weight, and the loss falls; where it is negative, raise it.
# All 650 slopes together are the **gradient**.
# A step against it is **gradient descent**, and the **learning rate** says how long the step is.
#
# ## All slopes at once
#
# We need not nudge 650 numbers one by one.
# For softmax and cross-entropy, the slope of the loss for a score is simply *what you said minus what you should have said*, the **error** $p_j - t_j$, where the target $t_j$ is 1 for the true class and 0 for the others.
# If you gave a wrong digit 0.3, its score should fall: its slope is 0.3.
# A weight multiplies a pixel, so its slope is pixel times error, averaged over the images; the slope of a bias is the mean error:
#
# $$\frac{1}{n} X^\top (P - T): (64, 10), \qquad \text{mean}(P - T): (10,)$$
#
# **Your turn.** Write `step(X, P, labels, W, b, learning_rate)`. It returns `W` and `b`, each minus learning rate times slope.


# %%
def step(X, P, labels, W, b, learning_rate):
    ### BEGIN SOLUTION
    error = P - np.eye(P.shape[1])[labels]
    return W - learning_rate * X.T @ error / len(X), b - learning_rate * error.mean(axis=0)
    ### END SOLUTION


# %%
cl.check("step", step)

# %%
step = cl.mine("step", step)

# %% [markdown]
# Does it agree with the nudge?

# %%
new_W, new_b = step(X, softmax(dense(X, W, b)), labels, W, b, 1.0)
print(f"slope of the nudged weight: {(W - new_W)[middle, 0]:+.4f} by your step, {slope:+.4f} by nudging")
print(f"one step: loss {before:.3f} → {cross_entropy(softmax(dense(X, new_W, new_b)), labels):.3f}")
plots.drawing("gradient step")

# %% tags=["holds"]
assert abs((W - new_W)[middle, 0] - slope) < 1e-3
assert cross_entropy(softmax(dense(X, new_W, new_b)), labels) < before

# %% [markdown]
# They agree, and the loss fell: the drawing shows such a step for one weight alone.
#
# ## Now let it learn
#
# For each step a few images are enough: a **batch**.
# When every image has been used once, an **epoch** is over; then we shuffle and begin the next.


# %%
def learn(X, labels, epochs, learning_rate, batch_size=50):
    random = np.random.default_rng(0)
    W, b, losses = np.zeros((X.shape[1], 10)), np.zeros(10), []
    for _ in range(epochs):
        order = random.permutation(len(X))
        for start in range(0, len(X), batch_size):
            now = order[start : start + batch_size]
            P = softmax(dense(X[now], W, b))  # (batch, 10)
            W, b = step(X[now], P, labels[now], W, b, learning_rate)
        losses.append(cross_entropy(softmax(dense(X, W, b)), labels))
    return W, b, losses


# %%
cl.guess("digits_by_one_layer", "After 20 epochs, how many of 100 new digits does it read?", between=(0, 100))

# %%
W, b, losses = learn(X, labels, epochs=20, learning_rate=0.5)
right = (dense(X_test, W, b).argmax(axis=1) == test_labels).mean()
cl.reveal(
    "digits_by_one_layer",
    100 * right,
    f"Chance would be 10. The loss fell from {losses[0]:.2f} after the first epoch to {losses[-1]:.2f}, all with "
    "functions that you can read in full. It saw none of these images before.",
)

# %% tags=["holds"]
assert right > 0.93
assert losses[-1] < 0.2 < 0.9 < losses[0]

# %% [markdown]
# What has it learned? Each column of `W` is a map over the pixels.

# %%
plots.weight_maps(W.T.reshape(-1, 8, 8), [f"for a {digit}" for digit in images.classes])

# %% [markdown]
# For a 0 the middle is blue, with orange around it: the layer found what was drawn by hand, from examples alone.
# At the left edge all maps are white, where there is hardly any ink.

# %% tags=["holds"]
zeros_map = W[:, 0].reshape(8, 8)
assert zeros_map[3:5, 3:5].max() < -1
assert zeros_map[ring > 0].mean() > 0.1
assert (zeros_map[2:7, [1, 2, 5, 6]].mean(axis=0) > 0).all()
assert np.abs(W.reshape(8, 8, 10)[:, 0]).max() < 0.1 * np.abs(W).max()
assert X.reshape(-1, 8, 8)[:, :, 0].mean() < 0.01

# %% [markdown]
# ## Now with clothes

# %%
other = cl.load_other(images)
few, size = other.train[:6000], other.image_shape[0] * other.image_shape[1]
W, b, losses = learn(few.images.reshape(-1, size) / 255, few.labels, epochs=5, learning_rate=0.1)
right = (dense(other.test.images.reshape(-1, size) / 255, W, b).argmax(axis=1) == other.test.labels).mean()
print(f"{other.name}: {100 * right:.0f} of 100 right after {len(losses)} epochs, and chance would be 10")
plots.weight_maps(W.T.reshape(-1, *other.image_shape[:2]), other.classes)

# %% [markdown]
# Nothing in your functions knows what a digit is, so they read clothes as well.

# %%
cl.guesses("03")

# %%
cl.progress("03")

# %% [markdown]
# ## Answer
#
# **How can a heap of multiplications recognise a digit?**
# Each pixel's ink, times a learned weight, is evidence for or against each digit, and the softmax turns the sums into probabilities.
# The weights come from examples: measure the loss, compute all slopes, step downhill, batch after batch.
#
# Where *adding up* evidence fails, a second layer helps: [04 · Hidden layers and backpropagation](04_backpropagation.ipynb).
#
# **Source.** Nielsen 2015, *Neural Networks and Deep Learning*, chapter 1.
