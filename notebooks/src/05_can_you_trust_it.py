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
# hidden layer, the hidden layer into one number per class. An article about *capsule networks for
# clustering images* prints exactly this network, 784 → 512 → 10, and calls it "a simple capsule
# network". Here you run it as it was meant, find out what breaks and what misleads, mend it, train it
# on real images, and then ask the question of this course: **what does its hidden layer group together?**

# %%
import numpy as np

import capslab as cl
from capslab import clustering, plots
from capslab.models import keras

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
# **The first thing that breaks: the loss.** A sparse loss wants one class number per image; it was given ten
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
ended = "it ran to its end" if printed_runs else "the loss for integer labels stops at ten-column targets"
cl.verdict("printed-code-runs", fact=printed_runs, evidence=ended)

# %%
capsule_layers = [layer for layer in printed.layers if "Capsule" in type(layer).__name__]
cl.verdict(
    "printed-is-capsules",
    fact=bool(capsule_layers),
    evidence=f"{len(printed.layers)} dense layers and {len(capsule_layers)} capsule layers: nothing votes, nothing is routed",
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
dense = cl.DenseBaseline(images.image_shape, images.classes)
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
# **Exercise.** Write `recall_per_class`: labels and predictions `(n,)` in, one number per class out (0 for
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
# **Precision** turns the question round: of the images *called* this class, how many are it? **Predict:** can a class have high recall and low precision? What
# would the network have to do? **Which class is the most over-used here?**

# %%
table = np.zeros((len(images.classes), len(images.classes)), int)
np.add.at(table, (images.test.labels, predicted), 1)
recall = np.diag(table) / table.sum(axis=1)
precision = np.diag(table) / np.maximum(table.sum(axis=0), 1)
rows = [
    {"class": name, "images": int(table[c].sum()), "recall": recall[c], "precision": precision[c]}
    for c, name in enumerate(images.classes)
]
plots.table(rows, best={"recall": "low", "precision": "low"})

# %% [markdown]
# (★: the lowest.) **Which classes does it take for one another?** Rows are true classes, columns what the network says; each row
# sums to the images of that class, and its recall is the share on the diagonal.

# %%
plots.confusion(table, images.classes)

# %%
hardest, easiest = recall.argmin(), recall.argmax()
print(
    f"hardest: {images.classes[hardest]} (recall {recall[hardest]:.3f}); "
    f"easiest: {images.classes[easiest]} (recall {recall[easiest]:.3f})"
)

# %% [markdown]
# **What do its mistakes look like?** True class → what the network says. Would you have known?

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
# ## Does it know how sure to be?
#
# Each answer comes with a probability, its *confidence*. A network is **calibrated** if, of all answers given with 0.9, nine in ten are right. **Predict:** is this
# network too sure, not sure enough, or neither?

# %%
probabilities = dense.probabilities(images.test)
confidence, right = probabilities.max(axis=1), predicted == images.test.labels
plots.reliability_diagram(confidence, right)

# %% [markdown]
# Below the diagonal it is too sure, above not sure enough; where few images are, the line says little. One number sums it up, the *expected calibration error*: the mean gap between accuracy and confidence,
# each bin weighed by its images (Guo et al. 2017, arXiv 1706.04599). **Exercise.** Write `calibration_error` for confidences and truth values `(n,)` and a number of bins.


# %%
def calibration_error(confidence, right, bins):
    ### BEGIN SOLUTION
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    error = 0.0
    for b in range(bins):
        inside = which == b
        if inside.any():
            error += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
    return error
    ### END SOLUTION


# %%
cl.check("calibration_error", calibration_error)

# %%
sure = confidence > 0.99
print(f"mean confidence {confidence.mean():.4f}, accuracy {right.mean():.4f}")
print(
    f"more than 0.99 sure of {sure.mean():.0%} of the images, and wrong about {(~right[sure]).sum()} of those"
)
print(
    f"given pure noise instead of an image, its mean confidence is {dense.probabilities(chance.integers(0, 256, (200, *images.image_shape), np.uint8)).max(axis=1).mean():.2f}"
)

# %% [markdown]
# A probability is a statement about images *like those it was trained on*. Of anything else the network knows nothing; look at the last line for how clearly it says so.
#
# ## SGD against Adam, live
#
# **Gradient descent** walks downhill along the gradient of the loss over *all* images; both of these take the gradient of a small batch instead, hundreds of steps for the price of one. **SGD** takes a step of the same rate in every direction; **Adam** divides each weight's step by the size of its recent gradients (Kingma & Ba 2014). Same network,
# same start, same batches, the same number of steps. **Predict:** whose loss is lower after 100 steps at rate 0.001? And can a larger rate save SGD?

# %%
few = images.train.sample(min(6000, len(images.train)), seed=0)
held = images.validation.sample(min(1000, len(images.validation)), seed=0)
walks = {
    "Adam, rate 0.001": keras.optimizers.Adam(1e-3),
    "SGD, rate 0.001": keras.optimizers.SGD(1e-3),
    "SGD, rate 0.1": keras.optimizers.SGD(0.1),
    "SGD, rate 0.1, momentum": keras.optimizers.SGD(0.1, momentum=0.9),
}

# %%
losses, reached = {}, {}
for name, optimizer in walks.items():
    keras.utils.set_random_seed(0)
    walker = cl.DenseBaseline(images.image_shape, images.classes)
    walker.compile(optimizer=optimizer, jit_compile=False)
    order = np.random.default_rng(0).integers(0, len(few), (100, 128))
    losses[name] = [float(walker.train_on_batch(few.images[b], few.labels[b])[0]) for b in order]
    reached[name] = (walker.classify(held) == held.labels).mean()
    print(f"{name:26} validation accuracy after 100 steps {reached[name]:.3f}")

# %% [markdown]
# Keras reports the mean loss so far, so the lines are smooth. **Which rate would you have tried first?**

# %%
plots.lines(np.arange(1, 101), losses, "step", "loss, mean so far")

# %%
best_sgd = max(v for name, v in reached.items() if "SGD" in name)
same_rate, adam = reached["SGD, rate 0.001"], reached["Adam, rate 0.001"]
cl.lessons.judged_in_words(
    "adam-faster",
    f"after 100 steps: Adam {adam:.3f}, SGD at the same rate {same_rate:.3f}, SGD at the best rate tried {best_sgd:.3f}",
    holds=adam > best_sgd + 0.01,
    holds_partly=adam > same_rate,
    refuted=True,
)

# %% [markdown]
# A rate means something else to each of them, so "at the same rate" is no fair race. What Adam buys is that one rarely has to search for a learning rate: its usual one works.
#
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
# **Predict:** with as many clusters as classes, will k-means find the classes in the hidden features? In the raw pixels? The score
# to watch is *matched accuracy*: give each cluster the class that fits best, no class twice, and count.

# %%
k = len(images.classes)
found = {"pixels": cl.cluster(pixels, n_clusters=k).at(k), "hidden": cl.cluster(hidden, n_clusters=k).at(k)}
for name, one in found.items():
    print(f"{name:7} matched accuracy {one.scores.matched_accuracy:.3f}   ARI {one.scores.ari:.3f}")

# %% [markdown]
# **What is in a cluster?** Drag k and watch which images part first, and which stay together however many clusters
# there are.

# %%
cl.explore_clusters(hidden, k=k)

# %% [markdown]
# One run of k-means depends on its random start. **How much of the difference is luck?** The same scores over five
# seeds:

# %%
spread = {
    name: [cl.cluster(z, n_clusters=k, seed=s).at(k).scores.matched_accuracy for s in range(5)]
    for name, z in {"pixels": pixels, "hidden layer (made with labels)": hidden}.items()
}
plots.scores_with_spread(spread, f"matched accuracy, k = {k}")

# %%
gain = min(spread["hidden layer (made with labels)"]) - max(spread["pixels"])
cl.lessons.judged_in_words(
    "features-cluster-better",
    f"worst of five on hidden features minus best of five on pixels: {gain:+.3f}; but the features saw the labels",
    holds_partly=gain > 0,
    refuted=gain <= 0,
)

# %% [markdown]
# ## A class that it was never taught
#
# The same network once more, but three classes are kept out of its training altogether. Its hidden layer sees their images at the end for the first time. **Predict:** will k-means still find a
# cluster for each of the three? Or will they hide among the classes that look like them?

# %%
hidden_classes = [4, 7, 9] if len(images.classes) > 9 else [0]
known = np.setdiff1d(np.arange(len(images.classes)), hidden_classes)


def without(part):
    kept = part[~np.isin(part.labels, hidden_classes)]
    names = [images.classes[c] for c in known]
    return cl.Images(kept.images, np.searchsorted(known, kept.labels), names, images.name, parts=kept.parts)


seen = without(images[np.asarray(images.parts) < 2])
partial = cl.DenseBaseline(images.image_shape, seen.classes)
cl.fit(partial, seen, epochs=3, show=False)
print(f"taught {', '.join(seen.classes)}; never {', '.join(images.classes[c] for c in hidden_classes)}")

# %%
unseen = cl.embed(partial, sample)
views = {"taught all": hidden, "three never taught": unseen, "pixels": pixels}
clusterings = {name: cl.cluster(z, n_clusters=k).at(k).labels for name, z in views.items()}
new = np.isin(sample.labels, hidden_classes)
told = []
for name, clusters in clusterings.items():
    named = clustering.match_labels(sample.labels, clusters)
    hit = named == sample.labels
    told.append(
        {"features": name, "right among the others": hit[~new].mean(), "among the three": hit[new].mean()}
    )
plots.table(told)

# %% [markdown]
# **Where did the unknown images go?** Each row one of the three classes, each column a cluster; a class with a cluster of its own has nearly all its images in one column.

# %%
where = clustering.contingency(sample.labels, clusterings["three never taught"])[hidden_classes]
plots.confusion(
    where, range(where.shape[1]), "class never taught", "cluster", [images.classes[c] for c in hidden_classes]
)

# %%
by_name = {row["features"]: row["among the three"] for row in told}
print(
    f"right among the three: taught {by_name['taught all']:.3f}, never taught {by_name['three never taught']:.3f}, plain pixels {by_name['pixels']:.3f}"
)

# %% [markdown]
# This is one network and one choice of classes, so it decides nothing yet. Change `hidden_classes`, run again, and see how much the numbers move. In [07](24_three_representations.ipynb) five
# networks and five choices judge whether features learned with labels also cluster classes that had none.
#
# ## Answer
#
# **What does a plain dense network learn?** The class boundaries: two layers are enough for most of these images
# once the data, the targets and the loss fit together. Its hidden layer groups images *by the classes it was taught*,
# which is why its clusters look better than those of pixels, and why that score must carry the label "supervised". And the numbers of a
# first attempt mislead because nothing in them was held back, calibrated or checked class by class. What such a network is never asked to keep is
# *how* an image looks: where a stroke is, how it slants. That is what capsules promise. On to [03 · Routing by agreement](11_routing_by_agreement.ipynb).
#
# **Sources.** Kingma & Ba 2014, *Adam* (arXiv 1412.6980); Guo et al. 2017, *On Calibration of Modern Neural Networks* (arXiv 1706.04599).

# %%
cl.progress("05_can_you_trust_it")
