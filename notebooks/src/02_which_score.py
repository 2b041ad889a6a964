# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 02 · Which score can you believe?
#
# > **You have twenty clusterings of the same images. Which one is best, and how sure can you be?**
#
# In [lesson 01](01_kmeans_by_hand.ipynb) every start of k-means gave you another clustering.
# To choose, people compute a **score**, one number that should say how good a clustering is.
# You will write two of the best known, apply them to twenty clusterings, and see how each can be fooled.
#
# **After this lesson you can** compute and explain a silhouette and a matched accuracy, say what misleads each of five scores, and put an interval around a result.
#
# **You need** [lesson 01](01_kmeans_by_hand.ipynb).
#
# **Time:** …

# %%
import numpy as np
from ipywidgets import interact
from scipy.spatial.distance import cdist

import capslab as cl
from capslab import clustering, plots

images = cl.load()
some = images.test.sample(min(1500, len(images.test)), seed=0)
pixels = cl.embed(some)
runs = clustering.repeat_kmeans(pixels, 10, runs=20)
chosen = runs.labels[runs.best]

# %% [markdown]
# Of the twenty runs of lesson 01, `chosen` has the lowest inertia: without labels you would choose this one.
#
# ## A score that needs no labels
#
# A good cluster keeps to itself.
# For each image, the **silhouette** takes its mean distance $a$ to the others in its cluster, and its mean distance $b$ to the images of another cluster, the one where it is smallest:
#
# $$s=\frac{b-a}{\max(a,b)}$$
#
# An image well inside its cluster has a small $a$ and gets nearly 1; one that would fit better next door gets less than 0.
# The mean over all images is the score of the clustering.
#
# **Your turn.** Write `silhouette_of(i, distances, clusters)` for image number `i`.
# `distances` holds the distance between every two images, `(n, n)`, and `clusters` the number of each image's cluster, `(n,)`.
# Leave image `i` itself out of $a$, although its distance to itself, 0, is in the table.
# An image alone in its cluster gets 0.


# %%
def silhouette_of(i, distances, clusters):
    ### BEGIN SOLUTION
    own = clusters == clusters[i]
    if own.sum() == 1:
        return 0.0
    a = distances[i, own].sum() / (own.sum() - 1)
    b = min(distances[i, clusters == c].mean() for c in np.unique(clusters) if c != clusters[i])
    return (b - a) / max(a, b)
    ### END SOLUTION


# %%
cl.check("silhouette_of", silhouette_of)

# %%
silhouette_of = cl.mine("silhouette_of", silhouette_of)

# %% [markdown]
# Which images get a high silhouette, which a low one?

# %%
distances = cdist(pixels.vectors, pixels.vectors)
silhouettes = np.array([silhouette_of(i, distances, chosen) for i in range(len(some))])
# clustering.silhouette is the mean of yours, computed faster
run_silhouettes = np.array([clustering.silhouette(distances, labels) for labels in runs.labels])
digit_silhouette = clustering.silhouette(distances, some.labels)
better = int((run_silhouettes > digit_silhouette).sum())
ends = np.concatenate([silhouettes.argsort()[::-1][:10], silhouettes.argsort()[:10]])
plots.image_grid(
    some[ends],
    [f"{silhouettes[i]:+.2f}" for i in ends],
    title=f"Highest and lowest; mean {silhouettes.mean():+.2f}; {(silhouettes < 0).mean():.0%} are below 0",
)

# %% [markdown]
# The highest are all upright 1s, which differ in few pixels.
# Even they get no more than 0.35: images of one digit differ nearly as much as images of two, so $b$ is never many times $a$.
# The mean is close to 0: seen through pixels, the clusters hardly keep to themselves.
#
# The true digits are a clustering too, the one you would like to find.

# %% tags=["holds"]
assert (some.labels[ends[:10]] == 1).all()
assert silhouettes.max() < 0.35
between = distances[np.triu_indices(len(some), 1)]
assert np.percentile(between, 95) < 1.65 * np.percentile(between, 5)  # "everybody is far from everybody"
assert 0 < silhouettes.mean() < 0.1
assert abs(clustering.silhouette(distances, chosen) - silhouettes.mean()) < 1e-6
assert (
    distances[np.ix_(some.labels == 7, some.labels == 7)].max() > distances.mean()
)  # "two 7s can be far apart"

# %%
cl.guess(
    "better_than_truth",
    "How many of the twenty runs get a higher silhouette than the true digits?",
    between=(0, 20),
)

# %%
cl.reveal(
    "better_than_truth",
    better,
    f"The true digits get {digit_silhouette:.3f}, the runs {run_silhouettes.min():.3f} to {run_silhouettes.max():.3f}. "
    "The silhouette rewards compact groups, and two 7s can be far apart. So a high silhouette says that groups are "
    "compact, and not that they mean anything.",
)

# %% [markdown]
# ## A score that needs labels
#
# A cluster has no digit, so which images in it are "right"?
# **Matched accuracy** gives each cluster a digit of its own, in the way that makes the most images right, and says what share that is.
# Count the images of each class in each cluster, for example:
#
# | |class 0|class 1|class 2|
# |---|---|---|---|
# |cluster A|6|**5**|0|
# |cluster B|**7**|0|0|
# |cluster C|0|1|**9**|
#
# Here is a trap.
# If each cluster took its largest entry, A and B would both take class 0; if A chose first, nothing would be left for B.
# The best pairing *as a whole*, in bold, makes 21 of 28 right, and SciPy finds it: `scipy.optimize.linear_sum_assignment(table, maximize=True)` returns the rows and columns of the entries, at most one in each row and column, whose sum is largest.
# With more clusters than classes, those left over count as wrong.
#
# **Your turn.** Write `matched_accuracy(clusters, labels)`.
# It takes two arrays of whole numbers, both `(n,)`, and returns a share between 0 and 1.


# %%
def matched_accuracy(clusters, labels):
    ### BEGIN SOLUTION
    from scipy.optimize import linear_sum_assignment

    table = np.zeros((clusters.max() + 1, labels.max() + 1), int)
    np.add.at(table, (clusters, labels), 1)
    rows, columns = linear_sum_assignment(table, maximize=True)
    return table[rows, columns].sum() / len(labels)
    ### END SOLUTION


# %%
cl.check("matched_accuracy", matched_accuracy)

# %%
matched_accuracy = cl.mine("matched_accuracy", matched_accuracy)

# %%
accuracy = np.array([matched_accuracy(labels, some.labels) for labels in runs.labels])
shuffled = np.random.default_rng(0).permutation(chosen)
picks = {
    "lowest inertia": accuracy[runs.inertia.argmin()],
    "highest silhouette": accuracy[run_silhouettes.argmax()],
    "mean of all": accuracy.mean(),
    "best run": accuracy.max(),
    "worst run": accuracy.min(),
    "shuffled": matched_accuracy(shuffled, some.labels),
}
plots.bars(picks, "matched accuracy", (0, 1))

# %% [markdown]
# Clusters shuffled at random get 0.13, more than 0.10, because the matching picks their luckiest pairing.
# Every run is far above that, but the best and the worst are 18 points apart, and nobody without labels knows which is which.
# Both label-free scores choose a run that is better than the mean, and neither finds the best one.

# %% tags=["holds"]
assert 0.175 <= np.ptp(accuracy) < 0.19
assert accuracy.mean() < min(picks["lowest inertia"], picks["highest silhouette"]) < accuracy.max()
assert max(picks["lowest inertia"], picks["highest silhouette"]) < accuracy.max()
assert 0.125 < picks["shuffled"] < 0.135
example = np.repeat(np.indices((3, 3)).reshape(2, -1), [6, 5, 0, 7, 0, 0, 0, 1, 9], axis=1)
assert matched_accuracy(*example) == 21 / 28

# %% [markdown]
# ## Fool a score
#
# Now play the adversary: **make a clustering that the silhouette loves and matched accuracy hates.**
# The points below form two long stripes, the true classes.
# Your knife cuts them in two: turn it with the slider.


# %%
stripes = clustering.score_pitfalls()["two stripes"]
apart = cdist(stripes.points, stripes.points)


def cut(angle=0):
    across = np.array([np.sin(np.radians(angle)), np.cos(np.radians(angle))])
    side = ((stripes.points - stripes.points.mean(axis=0)) @ across > 0).astype(int)
    love = np.mean([silhouette_of(i, apart, side) for i in range(len(side))])
    right = matched_accuracy(side, stripes.truth)
    return plots.scatter_panels({f"silhouette {love:.2f}, accuracy {right:.2f}": (stripes.points, side)})


knife = interact(cut, angle=(0, 180, 10))

# %% [markdown]
# At 0° the knife runs between the stripes.
# At 90° it cuts straight across both: the silhouette rises from 0.22 to 0.52, and the accuracy falls from 1.00 to 0.51, no better than a coin's.
# The ends of a long stripe are far from each other, and the silhouette minds.
#
# ## Which score is never fooled?
#
# Two more scores need labels.
# **ARI**, the adjusted Rand index, goes through all *pairs* of images and asks whether a pair is together, or apart, in both groupings; it is adjusted so that random labels get 0 on average.
# **NMI**, normalised mutual information, says how much the cluster tells about the class: 0 means nothing, and 1 that each determines the other.
#
# **Drag k**, and look for the k that each score likes best.

# %%
path = cl.cluster(pixels, n_clusters=range(2, 31))
cl.explore_clusters(pixels, k=10, path=path)

# %% [markdown]
# The silhouette likes 2 best, matched accuracy 9, ARI 7, 9 and 11 about equally, and NMI nearly 30.
# To see why, take five small cases: on top the true classes, below them two clusterings, the middle one better.
# Yet each time at least one score prefers the bottom one.

# %% tags=["holds"]
curves = [path.at(k).scores for k in range(2, 31)]
likes = {
    name: 2 + int(np.argmax([getattr(one, name) for one in curves]))
    for name in ("silhouette", "matched_accuracy", "nmi")
}
assert (likes["silhouette"], likes["matched_accuracy"]) == (2, 9)
best = max(one.ari for one in curves)
assert [k for k, one in enumerate(curves, 2) if one.ari > best - 0.005] == [7, 9, 11]
assert likes["nmi"] > 25
assert "silhouette 0.22, accuracy 1.00" in cut(0).words
assert "silhouette 0.52, accuracy 0.51" in cut(90).words

# %%
cases = clustering.score_pitfalls()
rows = {"true classes": "truth", "better": "better", "worse": "worse"}
panels = {
    f"{name}: {row}": (case.points, getattr(case, which))
    for row, which in rows.items()
    for name, case in cases.items()
}
scores = ["inertia", "silhouette", "ARI", "NMI", "matched accuracy"]
fooled = {name: case.misled_scores for name, case in cases.items()}
unfooled = [score for score in scores if not any(score in misled for misled in fooled.values())]
who = "; ".join(f"{name}: {', '.join(misled)}" for name, misled in fooled.items())
plots.scatter_panels(panels, columns=5)

# %% [markdown]
# The bottom row, from left to right: a cut across both stripes; every group cut into four; points in wrong groups (the middle row cuts each class into two clean halves); a hundred random clusters; a rare class swallowed by its neighbour (the middle row keeps it, but mixes up twelve points of the others).

# %%
cl.guess(
    "never_fooled", "Which score is fooled in none of the five cases?", choices=[*scores, "all are fooled"]
)

# %%
cl.reveal(
    "never_fooled",
    unfooled[0] if unfooled else "all are fooled",
    f"The worse one is preferred by these. {who}.",
)

# %% [markdown]
# Each has its own weakness:
#
# * **Inertia** gets smaller with every cluster you add, needed or not.
# * The **silhouette** prefers round clusters and cuts a long one in two.
# * **NMI** is far above 0 even for random labels, if there are many clusters.
# * **Matched accuracy** counts half of a class as wrong when the class is two clean clusters.
# * **ARI** counts pairs, so a class of a tenth of the size weighs a hundredth.
#
# The rare class fools four of them at once: six points of 146 hardly count, and twelve mixed-up ones do.
# That is a fault if you are looking for the rare class: **a score answers its own question, so ask whether it is yours.**

# %% tags=["holds"]
assert not unfooled
assert "silhouette" in fooled["two stripes"]
assert fooled["split groups"] == ["inertia"]
assert "NMI" in fooled["random labels"]
assert fooled["clean halves"] == ["matched accuracy"]
assert len(fooled["rare class"]) == 4
assert (np.bincount(cases["rare class"].truth)[2], len(cases["rare class"].truth)) == (6, 146)
assert (cases["rare class"].better != cases["rare class"].truth).sum() == 12

# %% [markdown]
# ## Firm and fickle images
#
# Another way to judge without labels: do the runs agree?
# Images that share a cluster in *all* twenty runs form a **firm group**.
# Below are ten images from each of the three largest, and then the ten most fickle ones.

# %%
firm = [np.flatnonzero(runs.groups == group) for group in range(3)]
for group, members in enumerate(firm):
    amounts = np.bincount(some.labels[members], minlength=len(images.classes))
    named = [f"{n} × {images.classes[c]}" for c, n in enumerate(amounts) if n]
    print(f"group {group + 1}, {len(members)} images:", ", ".join(named))
rows = np.concatenate([*(members[:10] for members in firm), np.argsort(runs.stability)[:10]])
plots.image_grid(some[rows], [images.classes[label] for label in some.labels[rows]])

# %% [markdown]
# The first group is mostly 1s, but the second mixes 3s and 5s, and the third 9s, 4s and some 7s.
# Firm groups would probably come back in another run, but they need not mean what you hope.

# %% tags=["holds"]
counts = [np.bincount(some.labels[runs.groups == group], minlength=10) for group in range(3)]
assert counts[0][1] > 0.8 * counts[0].sum()
assert counts[1][[3, 5]].sum() > 0.85 * counts[1].sum()
assert min(counts[1][[3, 5]]) > 20
assert counts[2].argsort()[:-4:-1].tolist() == [9, 4, 7]
assert counts[2][7] >= 10

# %% [markdown]
# ## How sure is a mean of twenty?
#
# Your twenty runs have a mean accuracy of 0.54; another twenty would have given another mean, by luck.
# Where might the mean of very many runs lie?
#
# You can find out without running anything again: draw twenty of your twenty numbers at random, where the same one may come more than once, and take the mean.
# Do this 5,000 times: the middle 95 % of these means are an **interval**, and finding it this way is the **bootstrap**.

# %%
cl.guess("interval_width", "How wide is that interval, in percentage points?", between=(0, 20))

# %%
draws = np.random.default_rng(0).choice(accuracy, (5000, len(accuracy)))  # one row per pretended repetition
low, high = np.percentile(draws.mean(axis=1), [2.5, 97.5])
cl.reveal(
    "interval_width",
    100 * (high - low),
    f"It goes from {low:.3f} to {high:.3f}, although single runs spread over {100 * np.ptp(accuracy):.0f} points: "
    "in a mean of twenty, high and low runs mostly cancel.",
)

# %% [markdown]
# Whenever this course judges a claim, it prints such an interval.
# What is claimed, and which difference would matter, was written down beforehand.
# Then `cl.verdict` looks where the interval lies: the claim **holds** if all of it is beyond what would matter, **holds partly** if it is only on the right side, and is **refuted** or **undecided** otherwise (the small print says how).
#
# Our claim has 0.20 as its border, half as much again as shuffled clusters get, and "finds" would mean 0.95.

# %%
cl.verdict("pixels-find-classes", accuracy)

# %% [markdown]
# So k-means on pixels finds *part* of the classes: far more than guessing, and far from all.
# (Add 0.20 to both ends of the interval, made with Student's formula, and you get nearly yours.)
# Only the starts varied here, so of other images the interval knows nothing.

# %% tags=["holds"]
from capslab.lessons.interval import mean_interval

student = mean_interval(accuracy)
assert max(abs(student.low - low), abs(student.high - high)) < 0.004
assert 0.535 < accuracy.mean() < 0.545

# %% [markdown]
# ## Now with other images
#
# Does the silhouette choose well elsewhere, too?

# %%
other = cl.load_other(images)
part = other.test.sample(min(1500, len(other.test)), seed=0)
again = clustering.repeat_kmeans(cl.embed(part), len(other.classes), runs=20)
apart = cdist(cl.embed(part).vectors, cl.embed(part).vectors)
run_silhouettes = np.array([clustering.silhouette(apart, labels) for labels in again.labels])
accuracy = np.array([matched_accuracy(labels, part.labels) for labels in again.labels])
picked = accuracy[run_silhouettes.argmax()]
print(f"{other.name}: the silhouette picks a run with accuracy {picked:.2f}.")
print(f"{(accuracy > picked).sum()} of the other 19 are better; their mean is {accuracy.mean():.2f}.")

# %% [markdown]
# On the digits the silhouette picked well, and on clothes it picks one of the worst.
# Whether compact groups are right depends on the images.
#
# ## Look back
#
# If you expected the true digits to win, you trusted the word "score" more than its formula.

# %% tags=["holds"]
assert other.name != "fashion-mnist" or (accuracy > picked).sum() > 14

# %%
cl.guesses("02")

# %% [markdown]
# ## Answer
#
# **Which of twenty clusterings is best, and how sure can you be?**
# It depends on the question you ask.
# Inertia and silhouette need no labels, but they reward compact groups, whatever these mean.
# Matched accuracy, ARI and NMI need labels, and each has its own weakness.
# So look at several scores, and at pictures; and report a mean with its interval rather than your best run.
#
# **Sources.** Rousseeuw 1987, *Silhouettes*; Hubert & Arabie 1985, *Comparing partitions* (ARI); Strehl & Ghosh 2002, *Cluster ensembles* (NMI); Kuhn 1955, *The Hungarian method* (the pairing); Efron 1979, *Bootstrap methods*.
#
# Next comes something that learns which pixels matter, a neural network: [03 · From one neuron to a layer that learns](03_a_layer_that_learns.ipynb).
