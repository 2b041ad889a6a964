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
# > **How can a heap of multiplications recognise a digit?**
#
# For k-means every pixel counted the same, in the middle or in an empty corner.
# Now you build something that *learns how much each pixel should count*, from examples.
# It takes about twenty lines of NumPy, and you will know every one of them.
#
# **After this lesson you can** explain what a neuron and a layer compute, turn scores into probabilities and measure how wrong they are, take a step downhill, and say what a batch and an epoch are.
#
# **You need** [01](01_kmeans_by_hand.ipynb), the matrix product and the transpose, the sum sign $\sum$ and the natural logarithm.
#
# **Time:** …

# %%
import numpy as np

import capslab as cl
from capslab import plots

images = cl.load("digits")
X, labels = images.train.images.reshape(-1, 64) / 255, images.train.labels  # 0 is paper, 1 is ink
X_test, test_labels = images.test.images.reshape(-1, 64) / 255, images.test.labels

cl.recall("03")

# %% [markdown]
# ## One neuron weighs the evidence
#
# To keep every weight in sight we use smaller images: 8×8 digits, with 64 pixels.
# Does an image show a 0? Each of its pixels $x_1 \dots x_{64}$ is a piece of evidence.
# Ink on a ring speaks *for* a 0; ink in the middle speaks *against* it, because a 0 is hollow.
# So give every pixel a **weight** $w_i$, positive or negative, multiply, and add everything up.
# One more number, the **bias** $b$, says how much evidence is enough:
#
# $$s=w_1x_1+w_2x_2+\dots+w_{64}x_{64}+b$$
#
# If $s > 0$, say "0". That is a **neuron**.
# Here is one made by hand, with $b = -9.5$: the evidence has to exceed 9.5. For this image it does, so the neuron says "0".

# %%
half = ["..++++..", ".++..++.", ".+....+.", ".+.--.+."]  # the upper half
ring = np.array([["-.+".index(sign) - 1 for sign in row] for row in half + half[::-1]])  # (8, 8): −1, 0 or 1
zero, b = X[labels == 0][4].reshape(8, 8), -9.5
says_zero, is_zero = X_test @ ring.ravel() + b > 0, test_labels == 0
plots.weight_maps(
    [zero, ring, zero * ring],
    ["an image x", "weights w", f"x · w, in all {(zero * ring).sum():.1f}"],
    label="number",
)

# %%
cl.guess("hand_made_zero", "Of 100 images, for how many is this neuron right: a 0 or not?", between=(0, 100))

# %%
cl.reveal(
    "hand_made_zero",
    100 * (says_zero == is_zero).mean(),
    f"That sounds better than it is: a machine that always says no gets {100 * (~is_zero).mean():.0f} of 100. "
    f"This neuron found {100 * says_zero[is_zero].mean():.0f} of 100 zeros, and it called "
    f"{100 * says_zero[~is_zero].mean():.0f} of 100 other digits a 0. So the ring knows something, but who would "
    "draw such maps for ten digits, or for cats? We want the weights to be found from examples.",
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
# $$S=XW+b,\qquad X:(n,64),\quad W:(64,10),\quad b:(10,),\quad S:(n,10)$$
#
# In `X @ W`, row $i$ of $X$ meets column $j$ of $W$: the 64 pixels of image $i$ times the 64 weights of neuron $j$, added up.
# So row $i$ of $S$ belongs to image $i$, and column $j$ is the score for digit $j$.
# Adding `b`, of shape `(10,)`, adds it to every row; NumPy calls this **broadcasting**.
# That is a whole layer, in one line:


# %%
def dense(X, W, b):
    return X @ W + b  # (n, 64) @ (64, 10) + (10,): (n, 10)


# %% [markdown]
# ## From scores to probabilities
#
# Is a score of 12.7 much? We would rather hear "80 % a 7".
# The **softmax** makes every score positive with an exponential, which leaves the larger the larger, then divides by the sum of its row:
#
# $$p_j=\frac{e^{s_j}}{\sum_ke^{s_k}}$$
#
# There is a trap: `np.exp(1000.0)` is `inf`, and `inf / inf` is `nan`.
# But subtracting a number $c$ from a whole row changes nothing, because $e^{-c}$ appears above and below the line.
# So subtract each row's largest score first.
#
# **Your turn.** Write `softmax(logits)` for scores `(n, classes)`, which are also called **logits**. (Stuck? `cl.hint("softmax")`)


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
# The (natural) logarithm makes it expensive to be sure and wrong: giving the truth a probability of 1 costs 0, 0.1 costs 2.3, and 0.01 costs 4.6.
#
# To pick one number from each row, give NumPy the rows and the columns: `A[[0, 1, 2], [7, 2, 7]]` is the array of `A[0, 7]`, `A[1, 2]` and `A[2, 7]`, and `np.arange(n)` lists all rows.
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
# Nudge it up by 0.1.

# %%
cl.guess("nudge_one_weight", "What happens to the loss?", choices=["a rise", "a fall", "no change"])

# %%
W, b = np.random.default_rng(0).normal(0, 0.1, (64, 10)), np.zeros(10)
nudged = W.copy()
middle = 4 * 8 + 4  # row 5, column 5, as rows of 8 are laid end to end
nudged[middle, 0] += 0.1
before, after = (cross_entropy(softmax(dense(X, w, b)), labels) for w in (W, nudged))
slope = (after - before) / 0.1
cl.reveal(
    "nudge_one_weight",
    "a rise" if slope > 0 else "a fall",
    f"The loss goes from {before:.4f} to {after:.4f}, because ink in the middle speaks against a 0. The change "
    f"divided by the nudge, {slope:+.3f}, is about the slope of the loss for this weight.",
)

# %% tags=["holds"]
assert slope > 0
assert images.image_shape[:2] == (8, 8)

# %% [markdown]
# Where the slope is positive, lower the weight, and the loss falls; where it is negative, raise it.
# All slopes together, of 640 weights and 10 biases, are the **gradient**.
# A step against it is **gradient descent**, and the **learning rate** says how long the step is.
#
# ## All slopes at once
#
# We need not nudge 650 numbers one by one. Begin with the ten scores of a single image.
# The logarithm undoes the exponential, so its loss is $-s_\text{true} + \log \sum_k e^{s_k}$.
# When score $j$ rises, the second part rises by $e^{s_j} / \sum_k e^{s_k}$, and that is $p_j$; the first part falls by 1, but only for the true class.
# So the slope is *what the layer said minus what it should have said*, the **error** $p_j - t_j$, where the **target** $t_j$ is 1 for the true class and 0 for the others.
# Do not take our word for it: nudge each score of one image.

# %%
scores, label = dense(X[:1], W, b), labels[:1]  # (1, 10) and (1,)
p, t = softmax(scores)[0], (np.arange(10) == label).astype(float)
print(f"score for    p − t   by nudging   (the image shows a {label[0]})")
for digit in range(10):
    pushed = scores + 0.001 * (np.arange(10) == digit)
    change = cross_entropy(softmax(pushed), label) - cross_entropy(softmax(scores), label)
    print(f"{digit:9}   {p[digit] - t[digit]:+.3f}   {change / 0.001:+10.3f}")

# %% tags=["holds"]
assert label[0] == 1
assert abs(p[3] - t[3] - 0.10) < 0.005
assert abs(change / 0.001 - (p[9] - t[9])) < 2e-3

# %% [markdown]
# The two columns agree. The image shows a 1, so the score for 1 has a large negative slope and should rise; every other score should fall, the more the higher its probability is.
#
# Now the weights: a weight multiplies a pixel, so its slope is pixel times error, averaged over the images; the slope of a bias is the mean error:
#
# $$\frac{1}{n}X^\top(P-T):(64,10),\qquad\text{mean}(P-T):(10,)$$
#
# $T$ has one row of targets per image. `np.eye(10)` is a table with ones on its diagonal, so its row 3 is the target of a 3, and `np.eye(10)[labels]` picks the right row for every image.
#
# **Your turn.** Write `step(X, P, labels, W, b, learning_rate)`. It returns `W` and `b`, each minus learning rate times slope.
# Make new arrays: `W -= …` would change the very `W` that the next cell compares with.


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
assert 5e-4 < abs((W - new_W)[middle, 0] - slope) < 3e-3
assert cross_entropy(softmax(dense(X, new_W, new_b)), labels) < before

# %% [markdown]
# They nearly agree (a nudge of 0.1 is not tiny, and the slope changes a little on the way), and the loss fell. The drawing shows such a step for one weight alone.
#
# ## Now let it learn
#
# For each step a few images are enough: a **batch**.
# When every image has been used once, an **epoch** is over; then we shuffle and begin the next.
# A single layer may start from zeros, because its ten neurons have ten different targets and so get different slopes at once. Lesson 04 shows when that is not allowed.


# %%
def learn(X, labels, epochs, learning_rate, batch_size=50):
    rng = np.random.default_rng(0)
    W, b, losses = np.zeros((X.shape[1], 10)), np.zeros(10), []
    for _ in range(epochs):
        order = rng.permutation(len(X))
        for start in range(0, len(X), batch_size):
            now = order[start : start + batch_size]
            P = softmax(dense(X[now], W, b))  # (batch, 10)
            W, b = step(X[now], P, labels[now], W, b, learning_rate)
        losses.append(cross_entropy(softmax(dense(X, W, b)), labels))
    return W, b, losses


# %% [markdown]
# To have something to compare with, here is what you did in lesson 00: say the digit whose average image is nearest.
# Then the layer learns, for 20 epochs. Each column of its `W` is a map over the pixels.


# %%
def by_averages(X, labels, X_new):
    averages = [X[labels == label].mean(axis=0) for label in range(10)]
    distances = [((X_new - average) ** 2).sum(axis=1) for average in averages]  # 10 times (n,)
    return np.argmin(distances, axis=0)


W, b, losses = learn(X, labels, epochs=20, learning_rate=0.5)
right = (dense(X_test, W, b).argmax(axis=1) == test_labels).mean()
by_means = (by_averages(X, labels, X_test) == test_labels).mean()
plots.weight_maps(W.T.reshape(-1, 8, 8), [f"for a {digit}" for digit in images.classes])

# %% [markdown]
# For a 0 the middle is blue, with something like the ring around it in orange: the layer found from examples what somebody drew by hand.
# At the left edge all maps are nearly white: there is hardly any ink there, so there was nothing to learn.

# %% tags=["holds"]
zeros_map = W[:, 0].reshape(8, 8)
assert zeros_map[3:5, 3:5].max() < -1
assert zeros_map[ring > 0].mean() > 0.1
assert (zeros_map[2:7, [1, 2, 5, 6]].mean(axis=0) > 0).all()
assert np.abs(W.reshape(8, 8, 10)[:, 0]).max() < 0.1 * np.abs(W).max()
assert X.reshape(-1, 8, 8)[:, :, 0].mean() < 0.01

# %%
cl.guess("digits_by_one_layer", "After 20 epochs, how many of 100 new digits does it read?", between=(0, 100))

# %%
cl.reveal(
    "digits_by_one_layer",
    100 * right,
    f"It saw none of these images before. Ten averages get {100 * by_means:.0f} of them, so it helps that the "
    "layer learned how much each pixel counts. "
    f"Its loss on the training images fell from {losses[0]:.2f} after the first epoch to {losses[-1]:.2f}.",
)

# %% tags=["holds"]
assert right > 0.93
assert by_means < right - 0.02
assert losses[-1] < 0.2 < 0.9 < losses[0]

# %% [markdown]
# ## Now with other images
#
# The same functions on clothes, shoes and bags: 6,000 images, 5 epochs, and a learning rate of 0.1, because larger images add up to larger sums.

# %%
other = cl.load_other(images)
few, size = other.train[:6000], other.image_shape[0] * other.image_shape[1]
X, X_new = (part.images.reshape(-1, size) / 255 for part in (few, other.test))
W, b, losses = learn(X, few.labels, epochs=5, learning_rate=0.1)
said = {"the layer": dense(X_new, W, b).argmax(axis=1), "ten averages": by_averages(X, few.labels, X_new)}
for name, answers in said.items():
    print(f"{other.name}, {name}: {100 * (answers == other.test.labels).mean():.0f} of 100 right")
plots.weight_maps(W.T.reshape(-1, *other.image_shape[:2]), other.classes)

# %% tags=["holds"]
by_layer, by_means = ((answers == other.test.labels).mean() for answers in said.values())
assert by_layer > by_means + 0.02

# %% [markdown]
# Chance would be 10. Nothing in these functions knows what a digit is, and on clothes, too, the layer is better than the averages.
#
# ## Look back
#
# Where did a heap of multiplications do more than you thought, and where less?

# %%
cl.guesses("03")

# %% [markdown]
# ## Answer
#
# **How can a heap of multiplications recognise a digit?**
# Each pixel's ink, times a learned weight, is evidence for or against each digit, and the softmax turns the sums into probabilities.
# The weights come from examples: measure the loss, compute all slopes, step downhill, batch after batch.
#
# **Source.** Nielsen 2015, *Neural Networks and Deep Learning*, chapter 1.
#
# What a second layer adds, and how it learns: [04 · Hidden layers and backpropagation](04_backpropagation.ipynb).
