# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 01 · k-means, by hand
#
# > **Can a computer sort images into groups when nobody tells it what the groups are?**
#
# In [lesson 00](00_start_here.ipynb) you averaged the images of each class, and ten averages could read.
# But somebody had to label every image first.
# Now the labels are gone: you hand over a heap of images and ask for ten piles.
# You write the best-known method for this yourself, watch it work, and find out what it means by "alike".
#
# **After this lesson you can** explain and write k-means, build a slider of your own, say why two runs give different groups, and say what k-means really looks for.
#
# **You need** [lesson 00](00_start_here.ipynb) and distances between points.
#
# **Time:** …

# %%
import numpy as np
from ipywidgets import interact
from scipy.spatial.distance import cdist
from sklearn.cluster import KMeans

import capslab as cl
from capslab import clustering, plots
from capslab.lessons import true_classes

images = cl.load()
mean_image = cl.mine("mean_image")
heaps = np.repeat([[0, 0], [7, 1], [4, 6]], 50, axis=0)
points = heaps + np.random.default_rng(0).normal(0, 1, heaps.shape)

# %% [markdown]
# ## Two moves, again and again
#
# Start with something you can draw: 150 points in a plane, in three heaps.
# How could a program find the heaps?
#
# **k-means** puts k **centres** among the points, anywhere, and repeats two moves.
#
# 1. *Assign:* each point joins the centre that is nearest to it.
# 2. *Move:* each centre goes to the mean of the points that joined it.
#
# When no centre moves any more, it stops.
# The points that share a centre are a **cluster**.
#
# **Your turn.** Write `kmeans_step(points, centers)`, which makes the two moves once.
# It takes points of shape `(n, d)` and centres of shape `(k, d)`, and returns two things: the number of each point's nearest centre, `(n,)`, and the moved centres, `(k, d)`.
# Beware of one trap: the mean of no points is not a number, so a centre that no point joined stays where it is.


# %%
def kmeans_step(points, centers):
    ### BEGIN SOLUTION
    distances = ((points[:, None] - centers[None]) ** 2).sum(axis=-1)  # (n, k)
    labels = distances.argmin(axis=1)
    moved = centers.copy()
    for c in range(len(centers)):
        if (labels == c).any():
            moved[c] = points[labels == c].mean(axis=0)
    return labels, moved
    ### END SOLUTION


# %%
cl.check("kmeans_step", kmeans_step)

# %%
kmeans_step = cl.mine("kmeans_step", kmeans_step)


# %% [markdown]
# Now let it run, from three centres that all start in the same heap.
# A cross is a centre; the points of a cluster share a colour and a shape.


# %%
def run(points, centers):
    history = []
    for _ in range(100):
        labels, moved = kmeans_step(points, centers)  # your two moves
        history.append((points, labels, centers))
        if np.array_equal(moved, centers):
            break
        centers = moved
    return history


history = run(points, points[8:11])
plots.scatter_panels({f"step {i}": step for i, step in enumerate(history)}, columns=4)

# %% [markdown]
# In step 0 all three crosses stand in the heap on the left.
# For every point far away, the nearest is one of two of these centres, so the means of these two lie far away as well, and they leave.
# Soon each heap has a centre of its own, and nothing moves any more.
# We told the function that there are three heaps, but not where they are.

# %% tags=["holds"]
assert 3 <= len(history) <= 4
assert clustering.matched_accuracy(history[-1][1], np.repeat([0, 1, 2], 50)) == 1
assert history[0][2].max() < 3  # the heap on the left
assert len(set(history[0][1][50:])) == 2

# %% [markdown]
# ## An image is a point, too
#
# A point in the plane is two numbers, and an image is 784 numbers: a point in a space of 784 dimensions.
# Nobody can picture that space, but distances work as before, so `kmeans_step` (yours, or the course's) can sort images.
# `cl.embed` lays the rows of each image end to end and scales the grey levels to 0…1.

# %%
some = images.test.sample(min(1500, len(images.test)), seed=0)
pixels = cl.embed(some)
vectors = pixels.vectors
start = vectors[:10]
yours = run(vectors, start)[-1][1]
theirs = KMeans(n_clusters=10, init=start, n_init=1, tol=0).fit_predict(vectors)
print(
    f"{pixels}. Your clusters and scikit-learn's agree on {100 * np.mean(yours == theirs):.1f} % of the images."
)

# %% [markdown]
# [`sklearn.cluster.KMeans`](https://scikit-learn.org/stable/modules/generated/sklearn.cluster.KMeans.html) is what you would use in your own work, and what we use from here on: from the same start it finds the same clusters, only faster.

# %% tags=["holds"]
assert np.mean(yours == theirs) > 0.995

# %% [markdown]
# ## A slider of your own
#
# How many clusters should there be?
# A slider lets you try.
# `interact` of the package **ipywidgets** takes a function and the range of its argument, draws a slider, and calls the function each time you move it.
#
# **Your turn.** Write `show(k)`: cluster `vectors` into k clusters with `KMeans(n_clusters=k, n_init=1, random_state=0).fit_predict(…)`, average the images of each cluster, and return `plots.image_grid(…)` of these averages, divided by 255 as in lesson 00.
# Use `mean_image(images, labels, label)` with clusters in place of classes; the images are `some.images[..., 0]`.
# (In the first cell, `cl.mine` brought it back from lesson 00.)
# There is no check here: when the pictures follow your slider, it works.
# To skip it, copy the folded version below the cell, else the slider shows nothing.


# %%
def show(k):
    ### BEGIN SOLUTION
    clusters = KMeans(n_clusters=k, n_init=1, random_state=0).fit_predict(vectors)
    means = [mean_image(some.images[..., 0], clusters, c) for c in range(k)]
    return plots.image_grid(np.array(means) / 255)
    ### END SOLUTION


slider = interact(show, k=(2, 20))

# %% [markdown]
# <details><summary>One way to write it</summary>
#
# ```python
# def show(k):
#     clusters = KMeans(n_clusters=k, n_init=1, random_state=0).fit_predict(vectors)
#     means = [mean_image(some.images[..., 0], clusters, c) for c in range(k)]
#     return plots.image_grid(np.array(means) / 255)
# ```
#
# </details>
#
# Many averages look like digits, although no label was used.
# But you wait after each move, and the clusters change places, because each k starts afresh.
# Our view, below, computes all k in advance, and each cluster keeps its letter.
#
# But first: does anything tell you the right k?
# There is one number that neither move can make larger, the **inertia**: the sum of the squared distances from each image to its centre.
# (Assigning picks the nearest centre, and no other point than the mean has so small a sum.)
# So k-means looks for a small inertia.
# Perhaps it falls fast until k = 10, and hardly at all after that?

# %%
cl.guess(
    "inertia_over_k",
    "With 2 clusters the inertia is 100 %. Draw how it goes on to 30 clusters.",
    curve={"k": (2, 30), "inertia": (0, 100)},
    unit="%",
)

# %%
path = cl.cluster(pixels, n_clusters=range(2, 31))
inertia = 100 * path.path_inertia_ / path.path_inertia_[0]
cl.reveal(
    "inertia_over_k",
    inertia,
    f"It falls to {inertia[8]:.0f} % at k = 10 and to {inertia[-1]:.0f} % at k = 30, with no bend at ten. "
    "A further centre always shortens some distances, needed or not, so the inertia does not tell k. "
    "No number in this lesson does; lesson 25 comes back to it.",
)

# %%
cl.explore_clusters(pixels, k=10, path=path, hide=["scores"])

# %% [markdown]
# Each dot is an image, in a plane that keeps as much of the spread of all 784 dimensions as a plane can ([lesson 07](07_hidden_layer.ipynb)).
# Drag k slowly and watch which clusters split.
# With k = 10 you might hope for the ten digits.
# But the 1s fill two clusters, upright in A and slanted in H, and the 0s fill F and J, while the 4, the 7 and the 9 share C and E.
# k-means splits what *looks* different and joins what looks alike.
# (Its scores come in the next lesson.)

# %% tags=["holds"]
table = clustering.contingency(path.at(10).labels, some.labels)
letters = {c: {clustering.cluster_name(i) for i in range(10) if table[i].argmax() == c} for c in (0, 1)}
assert letters == {0: {"F", "J"}, 1: {"A", "H"}}
many = table[:, [4, 7, 9]] > 0.15 * np.bincount(some.labels)[[4, 7, 9]]
assert {clustering.cluster_name(i) for i in np.flatnonzero(many.all(axis=1))} == {"C", "E"}

# %% [markdown]
# ## What is "near" for an image?
#
# Everything here rests on distance, so look at what it measures.
# Move an image to the right, by two pixels of 28: you see the same thing.
# But is the moved image nearer to its original, or to some image of *another* digit?

# %%
cl.guess("moved_images", "Of 100 moved images, how many are nearer to another digit?", between=(0, 100))

# %%
moved = np.roll(some.images, max(1, images.image_shape[1] // 14), axis=2)
distances = cdist(moved.reshape(len(some), -1) / 255, vectors)  # (moved image, image)
to_itself = distances.diagonal().copy()
distances[some.labels[:, None] == some.labels] = np.inf  # leaves only other digits
to_stranger, stranger = distances.min(axis=1), distances.argmin(axis=1)
fooled = np.mean(to_stranger < to_itself)
cl.reveal(
    "moved_images",
    100 * fooled,
    "Along every edge, ink now lies where there was none. You see the same thing, but the distance is large.",
)

# %%
worst = np.argsort(to_stranger - to_itself)[:8]
rows = [some.images[worst], moved[worst], some.images[stranger[worst]]]
texts = [f"{d:.1f} away" for d in to_itself[worst]] + [""] * 8 + [f"{d:.1f} away" for d in to_stranger[worst]]
plots.image_grid(np.concatenate(rows), texts, columns=8)

# %% [markdown]
# These eight are the most extreme, and each stranger is the nearest of about 1,350.
# The middle row is the top row, moved.
# The image below it shows another digit, and yet it is *nearer* to the middle one than the image above.
# Pixels know **where ink lies** and nothing else, so a clustering of pixels can find only structure of that kind.

# %% tags=["holds"]
assert 0.75 < fooled < 0.85
strangers = len(some) - np.bincount(some.labels)
assert strangers.min() > 1300
assert strangers.max() < 1375

# %% [markdown]
# ## Another start, another result
#
# k-means stops when neither move changes anything, although there may be something better elsewhere.
# Here are the three heaps again, and again three centres that start in the left heap, only at other points.

# %%
ends = {}
for start in (8, 0):
    _, labels, centers = run(points, points[start : start + 3])[-1]
    inertia = ((points - centers[labels]) ** 2).sum()
    ends[f"from points {start} to {start + 2}: inertia {inertia:.0f}"] = (points, labels, centers)
plots.scatter_panels(ends)

# %% [markdown]
# The second run has split one heap and joined the other two, and there it stays.
# Such a resting place is a **local optimum**: neither move improves it, although something better exists.
# One of the two articles says that k-means gets stuck in such places.
# So let it cluster the images twenty times, each time from ten randomly chosen images, until nothing moves.
# Then put the runs into ten pairs, each run used once, match the clusters of a pair as well as possible, and count the images on which both agree.

# %% tags=["holds"]
assert inertia > 2 * ((points - history[-1][2][history[-1][1]]) ** 2).sum()

# %%
cl.guess("two_starts", "On how many of 100 images do two runs agree?", between=(0, 100))

# %%
runs = clustering.repeat_kmeans(pixels, 10, runs=20)
spread = np.ptp(runs.inertia) / runs.inertia.min()
cl.reveal(
    "two_starts",
    100 * runs.pair_agreement.mean(),
    f"The pairs range from {100 * runs.pair_agreement.min():.0f} to {100 * runs.pair_agreement.max():.0f}. "
    f"Yet the worst run's inertia is only {100 * spread:.0f} % above the best one's: "
    "the optima differ in their groups, and hardly in how good they are.",
)

# %%
cl.verdict("k-means-local-optima", runs.pair_agreement)

# %% [markdown]
# That is a **verdict**, the first of many; for now, read its first line only.
# Two runs that end in the same optimum agree on all images; these do not, so the claim holds, although it costs hardly any inertia.
# Each dot is a pair of runs; [lesson 02](02_which_score.ipynb) explains the bar under them.
#
# ## Would a better search help?
#
# Would a cleverer search find the digits?
# Hand k-means the right answer: let it *start* at the true digits, with a centre at the mean of each, and see whether it stays.

# %% tags=["holds"]
assert runs.pair_agreement.max() < 0.95
assert spread < 0.02
for labels in runs.labels:  # nothing moves any more
    ends = np.stack([vectors[labels == c].mean(axis=0) for c in range(10)])
    assert np.array_equal(clustering.kmeans_steps(vectors, ends, max_steps=1)[0].labels, labels)

# %%
truth = [vectors[some.labels == c].mean(axis=0) for c in range(len(images.classes))]
steps = run(vectors, np.stack(truth))
for when, labels in {"the first step": steps[0][1], f"all {len(steps)} steps": steps[-1][1]}.items():
    print(f"After {when}, {100 * np.mean(labels != some.labels):.0f} % of the images have left their digit.")
ratio = true_classes.inertia_ratios(images).mean()
print(f"The inertia of the true digits is {100 * (ratio - 1):.0f} % above the best run's (five samples).")
cl.verdict("k-means-wrong-aim", true_classes.shares_that_leave(images))

# %% [markdown]
# In the first step, every image nearer to another digit's mean leaves; lesson 00 misread such images.
# This moves the centres, so more images leave, and the inertia falls all the way.
# (The verdict repeats this with five samples; its border is one image in ten.)
# So even a perfect search would miss the digits: on pixels, **k-means is minimising the wrong thing**.

# %% tags=["holds"]
assert ratio > 1.04
left = [np.mean(step[1] != some.labels) for step in steps]
assert 0.15 < left[0] < 0.22
assert left[-1] > left[0] + 0.1
inertias = [step.inertia for step in clustering.kmeans_steps(vectors, np.stack(truth))]
assert (np.diff(inertias) <= 0).all()
assert inertias[0] < clustering.score(pixels, some.labels).inertia

# %% [markdown]
# ## Now with other images
#
# Are these oddities of digits?

# %%
other = cl.load_other(images)
left = true_classes.shares_that_leave(other, samples=3).mean()
others = cl.embed(other.test.sample(min(1000, len(other.test))))
again = clustering.repeat_kmeans(others, len(other.classes), runs=10)
print(f"{other.name}: two runs agree on {100 * again.pair_agreement.mean():.0f} of 100 images,")
print(f"and k-means that starts at the true classes loses {100 * left:.0f} of 100.")

# %% [markdown]
# Both findings return.
#
# ## Look back
#
# If the guess about moved images was far off, you thought of the digit that you see, and k-means has only the pixels.

# %%
cl.guesses("01")

# %% [markdown]
# ## Answer
#
# **Can a computer sort images into groups when nobody tells it what the groups are?**
# Yes, given k: two moves, repeated until nothing changes.
# But on raw pixels a group is a set of images with ink in the same places, and that is not quite a digit.
# Another start gives other groups, and even the best start would miss the digits, because they are not what k-means looks for.
#
# **Sources.** Lloyd, *Least squares quantization in PCM* (written 1957, published 1982); Arthur & Vassilvitskii, *k-means++* (2007), on better starts.
#
# Which of twenty clusterings would you show to somebody, and how would you defend it?
# For that you need a score, and scores can mislead: [02 · Which score can you believe?](02_which_score.ipynb)
