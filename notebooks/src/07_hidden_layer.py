# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 07 · What the hidden layer groups together
#
# > **A network was only asked to name digits. Why do its hidden units sort the images as well?**
#
# In lesson 01 you gave k-means raw pixels, and it mixed up 4s, 7s and 9s.
# Since then you have trained networks that tell them apart.
# Somewhere between the pixels and the answer, the digits must have been pulled away from each other.
# In this lesson you open the network in the middle, take out what it has made of each image, and hand that to k-means.
# Then you ask what decides how much the result is worth: who told the network what belongs together?
#
# **After this lesson you can** take the features of a hidden layer out of a network, cluster them, show by a control experiment where their order comes from, and test features on classes that the network was never taught.
#
# **You need** [02](02_which_score.ipynb) for matched accuracy, [04](04_backpropagation.ipynb) for hidden layers, and [05](05_can_you_trust_it.ipynb) for training and test images.
#
# **Time:** …

# %%
import numpy as np

import capslab as cl
from capslab import clustering, plots
from capslab.lessons import cluster_samples, repeated_networks

images = cl.load()
few = images.train.sample(min(12000, len(images.train)), seed=0)
some = images.test.sample(min(1500, len(images.test)), seed=0)

# %%
cl.recall("07")

# %% [markdown]
# ## Take out what the hidden layer says
#
# We train the network of lesson 04 once more, in Keras: 784 pixels, 512 hidden units with ReLU, ten scores.
# It learns from 12,000 images for five epochs, which is enough for what we want to see.
# We will train several such networks, so this goes into a function.


# %%
def learned(pictures, labels, names):
    """A dense network of 512 hidden units that was trained on these pictures and labels."""
    network = cl.DenseBaseline(pictures.shape[1:], names)
    cl.fit(network, cl.Images(pictures, labels, names), epochs=5, show=False)
    return network


network = learned(few.images, few.labels, images.classes)
accuracy = (network.classify(some) == some.labels).mean()
print(f"It names {accuracy:.1%} of {len(some):,} test images correctly.")

# %% [markdown]
# A network of two layers does its work in two steps.
# The first layer turns the 784 pixels of an image into 512 numbers; the second reads the digit off those 512 numbers.
# These 512 numbers are called the **features** of the image; they are its *representation* in this network.
# Nothing about them is hidden in the sense of secret.
# With the weights $W$ of shape `(784, 512)` and the biases $b$ of shape `(512,)`, the features of $n$ images are
#
# $$H = \mathrm{relu}(X W + b), \qquad X: (n, 784), \quad H: (n, 512).$$
#
# **Your turn.** Write `hidden_features(X, W, b)`.
# It takes images as rows, `(n, d)`, the weights `(d, units)` and the biases `(units,)`, and returns the features `(n, units)`.


# %%
def hidden_features(X, W, b):
    ### BEGIN SOLUTION
    return np.maximum(X @ W + b, 0)
    ### END SOLUTION


# %%
cl.check("hidden_features", hidden_features)

# %%
hidden_features = cl.mine("hidden_features", hidden_features)

# %% [markdown]
# Your function needs the weights that Keras has learned. Every Keras layer hands them out with `get_weights()`.

# %%
W, b = network.hidden.layers[-1].get_weights()
X = some.images.reshape(len(some), -1) / 255
features = hidden_features(X, W, b)
gap = np.abs(features - cl.embed(network, some).vectors).max()
print(f"features {features.shape}, {np.mean(features == 0):.0%} of them exactly 0")
print(f"Keras computes the same numbers: the largest difference is {gap:.5f}")

# %% [markdown]
# So the function that you wrote in one line is all that happens in there.
# ReLU has set many of the numbers to 0: for a given image, those units have nothing to say.
# Which units do speak is what tells the images apart.
# Do two images of the same digit wake the same units?
# The correlation of their features says so: 1 if the same units speak equally loud, about 0 if they have nothing in common.

# %%
alike = np.corrcoef(features)  # (n, n): how similar the features of two images are
same = some.labels[:, None] == some.labels
pair = np.ix_(some.labels == 4, some.labels == 9)
print(
    f"correlation of two images of one digit {alike[same].mean():.2f}, of two digits {alike[~same].mean():.2f}"
)
print(f"of a 4 and a 9 {alike[pair].mean():.2f}")

# %% tags=["holds"]
assert alike[same].mean() > alike[pair].mean() > alike[~same].mean()

# %% [markdown]
# Two images of one digit have the most in common, two images of different digits the least, and a 4 and a 9 are in between, because they look so similar.
# What does k-means make of all 1,500?
#
# ## Give the features to k-means
#
# Remember how we score this: matched accuracy names each cluster after one digit and counts what is then right (lesson 02).
# On raw pixels it is a little above one half.
# The network names about 95 of 100 test images correctly, and it reads them off these very features.
# So, with ten clusters, how many of 100 will k-means get right on the features?

# %%
cl.guess(
    "kmeans_on_features", "Matched accuracy of k-means on the features?", between=(0, 100), unit="of 100"
)

# %%
k = len(images.classes)


def scores_of(embedding):  # matched accuracy of k-means, for three random starts
    return [cl.cluster(embedding, n_clusters=k, seed=s).at(k).scores.matched_accuracy for s in range(3)]


pixels, hidden = cl.embed(some), cl.embed(network, some)
by_source = {"pixels": scores_of(pixels), "hidden layer": scores_of(hidden)}
mean = {name: np.mean(scores) for name, scores in by_source.items()}
cl.reveal(
    "kmeans_on_features",
    100 * mean["hidden layer"],
    f"That is far more than the {100 * mean['pixels']:.0f} that it gets right on pixels. It is also far less than "
    f"the {100 * accuracy:.0f} that the network's own last layer gets right on the same features. The order is there, "
    "but not as ten round clouds, which is all that k-means can find. Lesson 24 looks into that gap.",
)

# %% tags=["holds"]
assert 0.4 < mean["pixels"] < 0.65
assert mean["hidden layer"] > mean["pixels"] + 0.1
assert accuracy > 0.93
assert mean["hidden layer"] < accuracy - 0.1

# %% [markdown]
# Where do the groups lie?
# Both maps show the same images, flattened to the plane that keeps as much of their spread as possible (principal components, PCA).
# Each colour and shape is one digit.

# %%
flat = {name: clustering.project(z.vectors) for name, z in {"pixels": pixels, "hidden layer": hidden}.items()}
plots.scatter_panels({name: (points, some.labels) for name, points in flat.items()}, columns=2)

# %% [markdown]
# On the left the digits overlap like spilled paint.
# On the right, groups of one colour reach out from the middle: the training has pulled the digits apart.
# (A plane shows only two of 512 dimensions; what overlaps here may be apart in the others.)
#
# **Drag k.** Start at 10 and look into the clusters: which digits have a cluster of their own, and which two share one?
# Then go up. Which cluster splits first?

# %%
cl.explore_clusters(hidden, k=k)

# %% [markdown]
# ## Who sorted them?
#
# It is tempting to say that the network has *discovered* the digits.
# But for each of its training images it was told which digit it is.
# Did the labels do the work, or would any network have sorted the images?
#
# A **control experiment** can tell: change one thing, leave everything else as it is.
# We take two more networks of the same size.
# One is *not trained at all*; its weights are random numbers.
# The other is trained for just as long on the same images, but with *shuffled labels*: each image gets the label of some other image.
# The second network has seen every image as often as ours did. How well will k-means do on its features?

# %%
answers = ["nearly as well as with true labels", "about as well as on pixels", "no better than by chance"]
cl.guess("who_sorted", "How well does k-means do on features learned with shuffled labels?", choices=answers)

# %%
rng = np.random.default_rng(0)
shuffled = learned(few.images, rng.permutation(few.labels), images.classes)
untrained = cl.DenseBaseline(images.image_shape, images.classes)
by_source["shuffled labels"] = scores_of(cl.embed(shuffled, some))
by_source["not trained"] = scores_of(cl.embed(untrained, some))
by_source["true labels"] = by_source.pop("hidden layer")
mean = {name: np.mean(scores) for name, scores in by_source.items()}
near = np.abs(np.array([mean["true labels"], mean["pixels"], 1 / k]) - mean["shuffled labels"])
cl.reveal(
    "who_sorted",
    answers[near.argmin()],
    f"Only the true labels bring order: {mean['true labels']:.2f}, where shuffled labels give "
    f"{mean['shuffled labels']:.2f}, a layer that was never trained {mean['not trained']:.2f}, and pixels {mean['pixels']:.2f}.",
)

# %% tags=["holds"]
assert near.argmin() == 1
assert max(by_source["shuffled labels"]) < min(by_source["true labels"]) - 0.1
assert max(by_source["not trained"]) < min(by_source["true labels"]) - 0.1

# %%
plots.scores_with_spread(by_source, f"matched accuracy, k = {k}, three starts")

# %% [markdown]
# So it was the labels.
# That is why capslab writes `supervised` beside such features: **a clustering of them shows how well a classifier separates the classes that it was taught.**
# It does not show what could be found without labels.
# Whenever somebody shows you wonderful clusters of a network's features, ask first whether labels went into them.
#
# One more doubt remains: we trained one network, and another start might be luckier.
# So five were trained independently, on other images each, and what they make of 1,200 test images comes with the course.
# The claim is that *a dense network's features cluster images better than pixels do*.

# %%
networks = repeated_networks.load(images)
on_features = cluster_samples.kmeans_right(networks.embeddings("dense"))
on_pixels = cluster_samples.kmeans_right([cl.embed(networks.images)] * 5)
cl.verdict(
    "features-cluster-better",
    on_features,
    on_pixels,
    evidence="The features were made with labels, and the pixels were not.",
)

# %% [markdown]
# ## Classes that it was never taught
#
# Here is a fairer question.
# Suppose a network has learned to tell *seven* digits apart, and now meets the three others for the first time.
# Has it learned only those seven, or something about strokes in general, which helps with new digits too?
#
# We need training images without the three classes, and labels that are numbered from 0 without gaps, because the network has only seven outputs.
# For example, with class 1 hidden the labels `[0, 1, 2, 3]` become `[0, 1, 2]` for the three images that stay.
#
# **Your turn.** Write `hide_classes(labels, hidden)`.
# It takes labels `(n,)` and the numbers of the hidden classes.
# It returns a mask `(n,)`, `True` for images that stay, and the labels of those that stay, renumbered in the old order.


# %%
def hide_classes(labels, hidden):
    ### BEGIN SOLUTION
    keep = ~np.isin(labels, hidden)
    return keep, np.unique(labels[keep], return_inverse=True)[1]
    ### END SOLUTION


# %%
cl.check("hide_classes", hide_classes)

# %%
hide_classes = cl.mine("hide_classes", hide_classes)

# %% [markdown]
# We hide 4, 7 and 9, the three that pixels mix up most.
# The network learns the other seven, and its hidden layer then embeds all ten.

# %%
hidden_digits = [4, 7, 9]
keep, labels = hide_classes(few.labels, hidden_digits)
names = [name for c, name in enumerate(images.classes) if c not in hidden_digits]
unseen = cl.embed(learned(few.images[keep], labels, names), some)
print(f"taught {', '.join(names)}; never {', '.join(images.classes[c] for c in hidden_digits)}")

# %%
cl.guess(
    "never_taught",
    "Of 100 images of 4, 7 and 9, how many does k-means get right now?",
    between=(0, 100),
    unit="of 100",
)

# %%
new = np.isin(some.labels, hidden_digits)


def right_among_new(z):
    found = cl.cluster(z, n_clusters=k).at(k).labels
    right = clustering.match_labels(some.labels, found) == some.labels
    return 100 * right[new].mean()


among = {
    "pixels": right_among_new(pixels),
    "never taught": right_among_new(unseen),
    "taught": right_among_new(hidden),
}
cl.reveal(
    "never_taught",
    among["never taught"],
    f"Pixels get {among['pixels']:.0f} of these images right, and the network that was taught all ten digits "
    f"{among['taught']:.0f}. So whatever this network learned about the other seven is of little use for these three.",
)

# %% tags=["holds"]
assert abs(among["never taught"] - among["pixels"]) < among["taught"] - among["pixels"]

# %% [markdown]
# Where did the unknown digits go?
# Each row below is one of the three, each column a cluster.
# A digit with a cluster of its own has nearly all of its images in one column.

# %%
found = cl.cluster(unseen, n_clusters=k).at(k).labels
where = clustering.contingency(some.labels, found)[hidden_digits]
largest = where.max(axis=1) / where.sum(axis=1)
for c, share in zip(hidden_digits, largest, strict=True):
    print(f"{share:.0%} of the {images.classes[c]}s are in one cluster")
plots.confusion(where, range(k), "never taught", "cluster", [images.classes[c] for c in hidden_digits])

# %% [markdown]
# Most 4s and 9s lie in the same clusters, as they do on pixels.
# Nobody ever gave this network a reason to look at what separates them.
#
# Would you now conclude that features are useless for new classes?
# That would be hasty: it was *one* network and *one* choice of three digits.
# Here are five networks that come with the course, each with other digits hidden.

# %%
kind = "dense, three classes hidden"
on_new = cluster_samples.right_among_hidden(networks, kind)
on_pixels = cluster_samples.right_among_hidden(networks, kind, [cl.embed(networks.images)] * 5)
choices = [", ".join(images.classes[c] for c in away) for away in networks.hidden_classes(kind)]
rows = [
    {"hidden": away, "pixels": before, "features": after}
    for away, before, after in zip(choices, on_pixels, on_new, strict=True)
]
plots.table(rows, {"features": "high"})

# %% tags=["holds"]
assert (on_new > on_pixels).sum() == 4

# %% [markdown]
# The features are ahead of the pixels in four of five choices, in one of them by far, and behind in the fifth.
# Lesson [24](24_three_representations.ipynb) turns these numbers into a verdict.
#
# ## Now with other images
#
# Do true labels bring order to other images as well?

# %%
other = cl.load_other(images)
train, look = (part.sample(min(12000, len(part)), seed=0) for part in (other.train, other.test))
taught = learned(train.images, train.labels, other.classes)
k_other = len(other.classes)
for name, z in {"pixels": cl.embed(look), "hidden layer": cl.embed(taught, look)}.items():
    score = cl.cluster(z, n_clusters=k_other).at(k_other).scores.matched_accuracy
    print(f"{other.name}, {name}: {score:.2f} in the right cluster")
print(f"and its own last layer: {(taught.classify(look) == look.labels).mean():.2f} right")

# %% [markdown]
# The same three steps appear: pixels at the bottom, features clearly above them, and the network's own answer higher still.
# Before you go on, look back at what you guessed.

# %%
cl.guesses("07")

# %%
cl.progress("07")

# %% [markdown]
# ## Answer
#
# **Why do the hidden units sort the images, when the network was only asked to name digits?**
# Because its last layer is simple: it can only weigh the features and add them up.
# Training therefore pushes the first layer to put images with the same label on the same side.
# The order comes from the labels, as the control with shuffled labels shows, and it carries over in part to classes that had no label.
# It does not consist of ten round clouds, so k-means finds less of it than the last layer does.
#
# A dense network treats pixel 1 and pixel 2 as strangers: shuffle the pixels of every image in the same way, and it learns just as well.
# Layers that know what is *next to* what come in part 3.
#
# **Sources.** Bengio, Courville & Vincent 2013, *Representation learning: a review and new perspectives* (arXiv 1206.5538); Zhang et al. 2017, *Understanding deep learning requires rethinking generalization* (arXiv 1611.03530), for training on shuffled labels.
#
# On to [08 ★ · When the data grow](08_when_data_grow.ipynb).
