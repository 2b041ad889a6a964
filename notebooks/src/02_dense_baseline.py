# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 02 · What does a plain dense network learn?
#
# Before capsules and latent spaces comes the network that everybody starts from: all pixels into one
# hidden layer, the hidden layer into one number a class. An article about *capsule networks for
# clustering images* prints exactly this network, 784 → 512 → 10, and calls it "a simple capsule
# network". Here you run it as it was meant, find out what breaks and what misleads, mend it, train it
# on real images, and then ask the question of this course: **what does its hidden layer group together?**

# %%
import numpy as np

import capslab as cl
from capslab import plots
from capslab.backend import keras

images = cl.load()

# %% [markdown]
# Everything below follows the data set. `images = cl.load("fashion-mnist")` is one changed word.

# %%
images

# %% [markdown]
# ## The printed network
#
# Its shapes are two dense layers, 512 units with ReLU and 10 with softmax. Its data are 100 vectors of
# 784 random numbers, and its targets a 100 × 10 table of random numbers. The loss it names is the one
# for *integer labels*.
#
# **Predict:** will it train, fail, or train and learn nothing? Decide before you run the cell.

# %%
chance = np.random.default_rng(0)
noise, targets = chance.random((100, 784)), chance.random((100, 10))
printed = keras.Sequential(
    [keras.layers.Dense(512, activation="relu"), keras.layers.Dense(10, activation="softmax")]
)
printed.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
try:
    printed.fit(noise, targets, epochs=10, verbose=0)
    printed_runs = True
except Exception as error:
    printed_runs = False
    print(f"{type(error).__name__}: {str(error).splitlines()[0][:150]}")

# %% [markdown]
# **The first thing that breaks: the loss.** A sparse loss wants one class number an image; it was given ten
# numbers. The dense cross-entropy takes ten, and with it the network runs. Does it learn?
#
# **Predict:** what accuracy will it reach on the noise it trained on, and on noise it has never seen?

# %%
keras.utils.set_random_seed(0)
printed = keras.Sequential(
    [keras.layers.Dense(512, activation="relu"), keras.layers.Dense(10, activation="softmax")]
)
printed.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
loss = printed.fit(noise, targets, epochs=10, verbose=0).history["loss"]
fresh_noise, fresh_targets = chance.random((1000, 784)), chance.random((1000, 10))
on_fresh = printed.evaluate(fresh_noise, fresh_targets, verbose=0, return_dict=True)["accuracy"]
print(
    f"loss from {loss[0]:.1f} to {loss[-1]:.1f}; accuracy on noise it never saw {on_fresh:.3f}, chance is 0.100"
)

# %% [markdown]
# **The second: the targets.** A row of targets should be probabilities, which sum to 1. What do these sum to,
# and how small can the loss get? The best any network could do is the entropy of such a row.

# %%
sums = targets.sum(axis=1)
share = targets / sums[:, None]
floor = -(targets * np.log(share)).sum(axis=1).mean()
print(
    f"rows sum to {sums.min():.1f} … {sums.max():.1f}, not 1; no network can get this loss below {floor:.1f}"
)

# %% [markdown]
# **The third: there is nothing to learn.** Pixels and targets are independent noise, no data is held back, and
# nothing in the code is a capsule (no pose vectors, no votes, no routing) or a cluster. What it claims can
# be judged already.

# %%
cl.verdict(
    "the printed code runs",
    "the loss for integer labels stops at ten-column targets" if not printed_runs else "it ran to its end",
    holds=printed_runs,
    refuted=not printed_runs,
)

# %%
capsule_layers = [layer for layer in printed.layers if "Capsule" in type(layer).__name__]
cl.verdict(
    "the printed network is a simple capsule network",
    f"{len(printed.layers)} dense layers and {len(capsule_layers)} capsule layers: nothing votes, nothing is routed",
    refuted=not capsule_layers,
)

# %% [markdown]
# ## Mend it, one piece at a time
#
# The last layer gives ten numbers of any size, the *logits*. **Softmax** makes them probabilities:
#
# $$p_j = \frac{e^{a_j}}{\sum_k e^{a_k}}$$
#
# A logit of 1,000 is no mistake, but $e^{1000}$ is more than a computer can hold. Subtracting the largest
# logit first changes nothing in the fraction and keeps every power at most 1.
#
# **Exercise.** Write `softmax` for logits of shape `(n, classes)`. Stuck? `cl.hint("softmax")` goes one step further each time.


# %%
def softmax(logits):
    ### BEGIN SOLUTION
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)
    ### END SOLUTION


# %%
cl.check("softmax", softmax)

# %% [markdown]
# **Cross-entropy** then asks one thing only: how surprised is the network by the true class? It is the mean of
# $-\log p_{\text{true class}}$, with labels as class numbers.
#
# **Exercise.** Write it for probabilities `(n, classes)` and labels `(n,)`. A probability may be exactly 0, and
# $\log 0$ is $-\infty$: count everything below 1e-7 as 1e-7.


# %%
def cross_entropy(probabilities, labels):
    ### BEGIN SOLUTION
    chosen = probabilities[np.arange(len(labels)), labels]
    return -np.log(np.maximum(chosen, 1e-7)).mean()
    ### END SOLUTION


# %%
cl.check("cross_entropy", cross_entropy)

# %% [markdown]
# ## Train it on real images, live
#
# The same two layers, now with images, their labels, and three parts that never mix: **train** to learn from,
# **validation** to watch, **test** to judge once, at the end. The ■ button stops training early and keeps the best
# weights so far.
#
# **Predict:** how many of a hundred test images will it get right? And chance?

# %%
dense = cl.DenseNet(images.shape, images.classes)
history = cl.fit(dense, images)

# %%
predicted = dense.classify(images.test)
accuracy = (predicted == images.test.labels).mean()
print(
    f"{history}\ntest accuracy {accuracy:.4f}; always naming one class would give "
    f"{np.bincount(images.test.labels).max() / len(images.test):.3f}"
)

# %% [markdown]
# Accuracy is one number for all classes. **Recall** asks class by class: of the images that *are* this class, how
# many were found? **Which class is hardest for this network?** Guess before you look.
#
# **Exercise.** Write `recall_per_class`: labels and predictions `(n,)` in, one number a class out (0 for
# a class that has no images).


# %%
def recall_per_class(labels, predicted, classes):
    ### BEGIN SOLUTION
    found = np.bincount(labels[labels == predicted], minlength=classes)
    there = np.bincount(labels, minlength=classes)
    return np.divide(found, there, out=np.zeros(classes), where=there > 0)
    ### END SOLUTION


# %%
cl.check("recall_per_class", recall_per_class)

# %% [markdown]
# **Which classes does it take for one another?** Rows are true classes, columns what the network says; each row
# sums to the images of that class, and its recall is the share on the diagonal.

# %%
table = np.zeros((len(images.classes), len(images.classes)), int)
np.add.at(table, (images.test.labels, predicted), 1)
recall = np.diag(table) / table.sum(axis=1)
plots.confusion(table, images.classes)

# %%
hardest, easiest = recall.argmin(), recall.argmax()
print(
    f"hardest: {images.classes[hardest]} (recall {recall[hardest]:.3f}); "
    f"easiest: {images.classes[easiest]} (recall {recall[easiest]:.3f})"
)

# %% [markdown]
# **What do its mistakes look like?** Many are images on which people disagree too.

# %%
wrong = np.flatnonzero(predicted != images.test.labels)[:20]
plots.image_grid(
    images.test[wrong].images,
    [
        f"{images.classes[t]} → {images.classes[p]}"
        for t, p in zip(images.test.labels[wrong], predicted[wrong], strict=True)
    ],
)

# %% [markdown]
# ## What does the hidden layer group together?
#
# Drop the last layer: each image is now a vector of 512 numbers, the *hidden features*. The network was never
# asked to group anything. But it **was given labels**, and the features say so: `supervised` is `True`. A
# clustering of them shows how well a classifier separates its own classes, not what can be found without labels.

# %%
sample = images.test.sample(min(2000, len(images.test)), seed=0)
hidden = cl.embed(dense, sample)
pixels = cl.embed(sample)
print(hidden, pixels, sep="\n")

# %% [markdown]
# **Predict:** with k = 10, will k-means find the ten classes in the hidden features? In the raw pixels? The score
# to watch is *matched accuracy*: give each cluster the class that fits best, no class twice, and count.

# %%
found = {"pixels": cl.cluster(pixels, k=10).at(10), "hidden": cl.cluster(hidden, k=10).at(10)}
for name, clustering in found.items():
    print(
        f"{name:7} matched accuracy {clustering.scores.matched_accuracy:.3f}   ARI {clustering.scores.ari:.3f}"
    )

# %% [markdown]
# **What is in a cluster?** Drag k and watch which images part first, and which stay together however many clusters
# there are.

# %%
cl.explore_clusters(hidden, k=10)

# %% [markdown]
# One run of k-means depends on its random start. **How much of the difference is luck?** The same scores over five
# seeds:

# %%
spread = {
    name: [cl.cluster(z, k=10, seed=s).at(10).scores.matched_accuracy for s in range(5)]
    for name, z in {"pixels": pixels, "hidden layer (made with labels)": hidden}.items()
}
plots.scores_with_spread(spread, "matched accuracy, k = 10")

# %%
gain = min(spread["hidden layer (made with labels)"]) - max(spread["pixels"])
cl.verdict(
    "a dense network's features cluster images better than pixels do",
    f"worst of five on hidden features minus best of five on pixels: {gain:+.3f}; but the features saw the labels",
    holds_partly=gain > 0,
    refuted=gain <= 0,
)

# %% [markdown]
# ## Answer
#
# **What does a plain dense network learn?** The class boundary, well: two layers are enough for most of these images
# once the data, the targets and the loss fit together. Its hidden layer groups images *by the classes it was taught*,
# which is why its clusters look so good, and why that score must carry the label "supervised". What it does not keep is
# *how* an image looks: where a stroke is, how it slants. That is what capsules promise. On to
# `04_capsule_network`.

# %%
cl.progress("02_dense_baseline")
