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
# **After this lesson you can** take the features of a hidden layer out of a network, cluster them, show by a control experiment where the groups come from, and test features on classes that the network was never taught.
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

cl.recall("07")

# %% [markdown]
# ## Take out what the hidden layer says
#
# `cl.DenseBaseline` is the network of lesson 04 in Keras: 784 pixels, 512 hidden units (neurons) with ReLU, ten scores.
# It learns from 12,000 images for five epochs.
# We will train several such networks, so this goes into a function.


# %%
def learned(pictures, labels, names, seed=0):
    network = cl.DenseBaseline(pictures.shape[1:], names, seed=seed)
    cl.fit(network, cl.Images(pictures, labels, names), epochs=5, show=False)
    return network


network = learned(few.images, few.labels, images.classes)
accuracy = (network.classify(some) == some.labels).mean()
print(f"It names {accuracy:.1%} of {len(some):,} test images correctly.")

# %% [markdown]
# The first layer turns the 784 pixels of an image into 512 numbers, and the second reads the digit off them.
# These 512 numbers are called the **features** of the image; they are its *representation* in this network.
# With the weights $W$ of shape `(784, 512)` and the biases $b$ of shape `(512,)`, the features of $n$ images are
#
# $$H=\mathrm{relu}(XW+b),\qquad X:(n,784),\quad H:(n,512).$$
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
# Do two images of the same digit activate the same units?
# The correlation of their features says so: 1 if they rise and fall together from unit to unit, 0 if they have nothing to do with each other.
# For comparison, the same for their pixels.

# %%
same = some.labels[:, None] == some.labels
np.fill_diagonal(same, False)  # an image is no pair
other_digit = some.labels[:, None] != some.labels
four_nine = np.ix_(some.labels == 4, some.labels == 9)
alike = {name: np.corrcoef(vectors) for name, vectors in {"pixels": X, "features": features}.items()}
pairs = {"two of one digit": same, "two digits": other_digit, "a 4 and a 9": four_nine}
plots.table(
    [{"": name, **{pair: r[where].mean() for pair, where in pairs.items()}} for name, r in alike.items()]
)

# %% tags=["holds"]
means = {name: [r[where].mean() for where in pairs.values()] for name, r in alike.items()}
assert means["features"][0] - means["features"][1] > means["pixels"][0] - means["pixels"][1] + 0.1
assert means["features"][2] > 0.45

# %% [markdown]
# In the features, two images of one digit have more in common than in the pixels, and images of two digits have less.
# A 4 and a 9 are still nearly as alike as two images of one digit.
#
# ## Give the features to k-means
#
# Where do the images lie?
# Both maps below show the same 1,500, flattened by **principal component analysis** (PCA): it looks for the direction in which the points spread most, then for the one at right angles to it with the next largest spread, and draws each image at its two coordinates.
# Each colour and shape is one digit.

# %%
k = len(images.classes)


def score(embedding, start=0):
    return cl.cluster(embedding, n_clusters=k, seed=start).at(k).scores.matched_accuracy


pixels, hidden = cl.embed(some), cl.embed(network, some)
on_pixels, on_hidden = ([score(each, start) for start in range(3)] for each in (pixels, hidden))
flat = {name: clustering.project(z.vectors) for name, z in {"pixels": pixels, "hidden layer": hidden}.items()}
plots.scatter_panels({name: (points, some.labels) for name, points in flat.items()}, columns=2)

# %% [markdown]
# In both maps digits overlap in the middle, but what lies on top of each other in a plane may be apart in another direction.
#
# Matched accuracy (lesson 02) names each cluster after one digit and counts what is then right: a little above one half on raw pixels.
# The network itself names about 94 of 100 correctly, and it reads them off these very features.
# So, with ten clusters, how many of 100 will k-means get right on the features?

# %%
cl.guess(
    "kmeans_on_features", "Matched accuracy of k-means on the features?", between=(0, 100), unit="of 100"
)

# %%
cl.reveal(
    "kmeans_on_features",
    100 * np.mean(on_hidden),
    f"On pixels it gets {100 * np.mean(on_pixels):.0f} right (three starts each), the network's own last layer {100 * accuracy:.0f}. "
    "k-means looks for round clouds of similar size; why it misses so much that is there is a question for lesson 24.",
)

# %% tags=["holds"]
assert 0.4 < np.mean(on_pixels) < 0.65
assert np.mean(on_hidden) > np.mean(on_pixels) + 0.1
assert 0.93 < accuracy < 0.95
assert np.mean(on_hidden) < accuracy - 0.1

# %% [markdown]
# **Drag k.** Start at 10 and look into the clusters: which digits do not have one of their own?

# %%
cl.explore_clusters(hidden, k=k)

# %% [markdown]
# At k = 10, the 4s and the 9s share cluster A, while the 1s fill two clusters, C and J.
#
# ## Who sorted them?
#
# It is tempting to say that the network has *discovered* the digits.
# But for each of its training images it was told which digit it is.
# Did the labels do the work, or would any network have sorted the images?
#
# A **control experiment** can tell: change one thing, leave everything else as it is.
# We take networks of the same size that are *not trained at all*, and networks that are trained for just as long on the same images, but with *shuffled labels*: each image gets the label of some other image.
# These have seen every image as often as ours did.
# While the next cell trains them, think: how well will k-means do on their features?

# %%
rng = np.random.default_rng(0)
scores = {"pixels": on_pixels, "not trained": [], "shuffled labels": [], "true labels": []}
for seed in range(2):  # two networks of each kind
    untrained = cl.DenseBaseline(images.image_shape, images.classes, seed=seed)
    shuffled = learned(few.images, rng.permutation(few.labels), images.classes, seed)
    taught = network if seed == 0 else learned(few.images, few.labels, images.classes, seed)
    for name, model in {"not trained": untrained, "shuffled labels": shuffled, "true labels": taught}.items():
        scores[name].append(score(cl.embed(model, some), seed))
mean = {name: np.mean(values) for name, values in scores.items()}
is_worse = mean["shuffled labels"] < mean["pixels"] - 0.05
is_near = mean["shuffled labels"] > mean["true labels"] - 0.05
answers = ["nearly as well as with true labels", "about as well as on pixels", "worse than on pixels"]

# %%
cl.guess("who_sorted", "How well does k-means do on features learned with shuffled labels?", choices=answers)

# %%
cl.reveal(
    "who_sorted",
    answers[2 if is_worse else 0 if is_near else 1],
    f"True labels give {mean['true labels']:.2f}, shuffled ones {mean['shuffled labels']:.2f}, no training "
    f"{mean['not trained']:.2f}, and pixels {mean['pixels']:.2f}. These networks have seen each image as often as ours. "
    "But looking, and learning something about every image, has sorted nothing that the pixels had not sorted already.",
)

# %% tags=["holds"]
assert not is_worse
assert not is_near
assert max(scores["shuffled labels"]) < min(scores["true labels"]) - 0.1
assert max(scores["not trained"]) < min(scores["true labels"]) - 0.05

# %%
plots.scores_with_spread(scores, f"matched accuracy, k = {k}; two networks each, or three starts on pixels")

# %% [markdown]
# So the labels did it: what the features have *beyond* the pixels, the labels put there.
# That is why a view of such features says "made with labels".
# They do not show what could be found without them.
# Whenever somebody shows you wonderful clusters of a network's features, ask first whether labels went into them.
#
# Two networks are too few for a verdict.
# Five more were trained beforehand, each on its own 10,000 images of all digits, and what they make of 1,200 test images comes with the course.
# The claim is that *a dense network's features cluster images better than pixels do*.

# %%
networks = repeated_networks.load(images)
on_features = cluster_samples.kmeans_right(networks.embeddings("dense"))
on_pixels = cluster_samples.kmeans_right([cl.embed(networks.images)] * 5)  # five starts
cl.verdict("features-cluster-better", on_features, on_pixels, evidence="The features were made with labels.")

# %% [markdown]
# ## Classes that it was never taught
#
# Here is a fairer question.
# Suppose a network has learned to tell *seven* digits apart, and now meets the three others for the first time.
# Has it learned something about strokes in general that helps with new digits, too?
#
# We need training images without the three withheld classes, and labels that are numbered from 0 without gaps, because the network has only seven outputs.
# For example, with class 1 withheld the labels `[3, 1, 0, 2]` become `[2, 0, 1]` for the three images that stay.
#
# **Your turn.** Write `withhold_classes(labels, withheld)`.
# It takes labels `(n,)` and the class numbers to withhold.
# It returns a mask `(n,)`, `True` for images that stay, and the labels of those that stay, renumbered in the old order.


# %%
def withhold_classes(labels, withheld):
    ### BEGIN SOLUTION
    keep = ~np.isin(labels, withheld)
    return keep, np.unique(labels[keep], return_inverse=True)[1]
    ### END SOLUTION


# %%
cl.check("withhold_classes", withhold_classes)

# %%
withhold_classes = cl.mine("withhold_classes", withhold_classes)

# %% [markdown]
# First we withhold 4, 7 and 9, which pixels mix up most.
# The network learns the other seven.
# Then k-means gets the test images of 4, 7 and 9 alone, to find three groups in them: once as pixels, once as features of the network that never saw such a digit, once as features of the one that was taught all ten.


# %%
def compare(withheld):
    keep, labels = withhold_classes(few.labels, withheld)
    names = [name for c, name in enumerate(images.classes) if c not in withheld]
    never = learned(few.images[keep], labels, names)
    new = some[np.isin(some.labels, withheld)]
    seen_by = {"pixels": cl.embed(new), "never taught": cl.embed(never, new)}
    seen_by["taught"] = cl.embed(network, new)
    found = {name: cl.cluster(z, n_clusters=3).at(3) for name, z in seen_by.items()}
    return {name: 100 * one.scores.matched_accuracy for name, one in found.items()}


first = compare([4, 7, 9])

# %%
cl.guess(
    "never_taught",
    "Of 100 images of 4, 7 and 9, how many are right on features of the network that never saw one?",
    between=(0, 100),
)

# %%
cl.reveal(
    "never_taught",
    first["never taught"],
    f"On pixels it is {first['pixels']:.0f}, and on features that were taught all ten digits {first['taught']:.0f}. So what "
    f"this network learned about seven digits {'helps' if first['never taught'] > first['pixels'] + 3 else 'does not help'} "
    "with three others.",
)

# %% [markdown]
# Would you conclude that learned features help with new classes?
# That would be hasty: it was one choice of three digits. Here are two more.

# %%
rows = {"4, 7, 9": first, "0, 1, 6": compare([0, 1, 6]), "2, 3, 5": compare([2, 3, 5])}
plots.table([{"withheld": name, **row} for name, row in rows.items()])

# %% tags=["holds"]
assert rows["4, 7, 9"]["never taught"] > rows["4, 7, 9"]["pixels"] + 10
assert rows["2, 3, 5"]["never taught"] < rows["2, 3, 5"]["pixels"] - 10
assert abs(rows["0, 1, 6"]["never taught"] - rows["0, 1, 6"]["pixels"]) < 6

# %% [markdown]
# Once the features are well ahead of the pixels, once about equal, and once far behind.
# It differs from choice to choice, so a single example proves nothing, whichever way it points.
# Lesson [24](24_three_representations.ipynb) repeats this with more choices and gives a verdict.
#
# ## Now with other images
#
# Does a hidden layer group other images as well?

# %%
other = cl.load_other(images)
train, look = (part.sample(min(8000, len(part)), seed=0) for part in (other.train, other.test[:1500]))
trained = learned(train.images, train.labels, other.classes)
k_other = len(other.classes)
for name, z in {"pixels": cl.embed(look), "hidden layer": cl.embed(trained, look)}.items():
    score = cl.cluster(z, n_clusters=k_other).at(k_other).scores.matched_accuracy
    print(f"{other.name}, {name}: {score:.2f} in the right cluster")
print(f"and its own last layer: {(trained.classify(look) == look.labels).mean():.2f} right")

# %% [markdown]
# The same three levels appear: pixels, features above them, and the network's own answer higher still.
#
# ## Look back
#
# If your guess about shuffled labels was wrong, you are in good company: it is easy to believe that looking at images is enough to learn something about them.

# %%
cl.guesses("07")

# %% [markdown]
# ## Answer
#
# **Why do its hidden units sort the images as well, when a network was only asked to name digits?**
# Because the labels pull them apart: the control with shuffled labels shows that neither the network nor looking at the images does it.
# A likely reason is that the last layer can only weigh the features and add them up, so the hidden layer has to prepare the separation for it.
# k-means finds part of these groups.
# Whether such features also help with classes that had no label depends on the classes.
#
# A dense network does not know which pixels are neighbours. Layers that do come in part 3.
#
# **Sources.** Bengio, Courville & Vincent 2013, *Representation learning: a review and new perspectives* (arXiv 1206.5538); Zhang et al. 2017, *Understanding deep learning requires rethinking generalization* (arXiv 1611.03530), for training on shuffled labels.
#
# Next, if you like, [08 ★ · When the data grow](08_when_data_grow.ipynb), which nothing later depends on; or go straight on to part 3: [09 · Convolution](09_convolution.ipynb).
