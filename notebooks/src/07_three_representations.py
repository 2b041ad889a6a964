# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 07 · Which representation clusters best, and what is "best"?
#
# You have three ways to turn an image into a vector: the hidden layer of a **dense** network, the poses of a
# **capsule** network, the latent means of a **variational autoencoder**; and the **pixels** themselves. Same images,
# same k, same algorithm. Two articles promise that capsules and VAEs make clustering images easy. Do they?

# %%
import numpy as np

import capslab as cl
from capslab import clustering, plots

images = cl.load()

# %% [markdown]
# `images = cl.load("fashion-mnist")` is one changed word (its networks are then trained here, in a minute or two).
#
# ## Three networks, one set of images
#
# The networks come with bundled weights for MNIST and digits, so that nobody has to wait. They were trained on
# `images.train`; everything below looks at test images, which none of them has seen.

# %%
dense = cl.ready("dense", images)
caps = cl.ready("capsnet", images)
vae = cl.ready("vae", images)

# %%
some = images.test.sample(min(2000, len(images.test)), seed=0)
pixels = cl.embed(some)
hidden = cl.embed(dense, some)
poses = cl.embed(caps, some)
means = cl.embed(vae, some)
for z in (pixels, hidden, poses, means):
    print(z)

# %% [markdown]
# **One question before any score: which of these used labels to be made?** It decides what a score may be compared with.
#
# **Exercise.** A dictionary that says `True` for each representation whose making used labels, else `False`. Its keys:
# `"pixels"`, `"principal components of pixels"`, `"hidden layer of a trained classifier"`, `"poses of a trained capsule network"`,
# `"latent means of a VAE"`.

# %%
used_labels = ...
### BEGIN SOLUTION
used_labels = {
    "pixels": False,
    "principal components of pixels": False,
    "hidden layer of a trained classifier": True,
    "poses of a trained capsule network": True,
    "latent means of a VAE": False,
}
### END SOLUTION

# %%
cl.check("supervised_or_not", used_labels)

# %% [markdown]
# ## How is a clustering scored?
#
# Count how many images of each class are in each cluster: the **contingency table**. Everything else (ARI, NMI,
# matched accuracy) is computed from it.
#
# **Exercise.** Write `contingency`: cluster numbers and labels `(n,)` in, counts `(k, classes)` out.


# %%
def contingency(clusters, labels, k, classes):
    ### BEGIN SOLUTION
    table = np.zeros((k, classes), int)
    np.add.at(table, (clusters, labels), 1)
    return table
    ### END SOLUTION


# %%
cl.check("contingency", contingency)

# %% [markdown]
# A cluster has a number, not a name: cluster 3 is not "class 3". **Matched accuracy** gives each cluster the class that
# makes the total largest, no class twice (the Hungarian algorithm finds it), and counts what is then right.
#
# **Exercise.** Write it. `scipy.optimize.linear_sum_assignment(table, maximize=True)` solves the matching.


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

# %% [markdown]
# ## Same images, same k
#
# **Predict the order** of the four by matched accuracy at k = 10. Which will be last?
#
# Then drag k. Circle some points in one picture (draw around them) and see where the same images are in the others.

# %%
cl.compare(pixels, hidden, poses, means, k=10)

# %% [markdown]
# One start of k-means is one draw of luck. **Which differences are larger than that luck?** Five seeds each:

# %%
k = len(images.classes)
spread = {}
for z in (pixels, hidden, poses, means):
    name = f"{z.source} (labels)" if z.supervised else z.source
    spread[name] = [cl.cluster(z, k=k, seed=seed).at(k).scores.matched_accuracy for seed in range(5)]
plots.scores_with_spread(spread, f"matched accuracy, k = {k}")

# %%
for name, scores in spread.items():
    print(
        f"{name:28} median {np.median(scores):.3f}   smallest {min(scores):.3f}   largest {max(scores):.3f}"
    )

# %% [markdown]
# The two made with labels are far ahead, and that is no surprise: they were taught the very classes we score them by.
# **How good is their own answer, without any clustering?** A fair reading compares the two.

# %%
for name, model in {"dense": dense, "capsules": caps}.items():
    print(
        f"{name:9} classifies {(model.classify(some) == some.labels).mean():.3f} of these images correctly by itself"
    )

# %% [markdown]
# ## Which images move?
#
# **Which pairs of classes does each representation keep together?** For each, the largest wrong entry of its contingency table:

# %%
clusterings = {z.source: cl.cluster(z, k=k).at(k) for z in (pixels, hidden, poses, means)}
for name, found in clusterings.items():
    table = clustering.contingency(some.labels, found.labels)  # (classes, clusters)
    worst = np.sort(table, axis=0)[-2].argmax()
    first, other = np.argsort(-table[:, worst])[:2]
    print(
        f"{name:20} cluster {worst}: {table[first, worst]} of {images.classes[first]} "
        f"with {table[other, worst]} of {images.classes[other]}"
    )

# %% [markdown]
# **Which images does every representation put in a wrong cluster?** Match each clustering's numbers to classes, and keep the
# images that are wrong in all four. Would you have known?

# %%
wrong = np.ones(len(some), bool)
for found in clusterings.values():
    named = clustering.match_labels(some.labels, found.labels)
    wrong &= named != some.labels
hard = np.flatnonzero(wrong)[:20]
print(f"{wrong.sum()} of {len(some)} images are in a wrong cluster in all four")
plots.image_grid(some.images[hard], [images.classes[label] for label in some.labels[hard]]) if len(
    hard
) else None

# %% [markdown]
# ## What does a cluster's centre look like?
#
# A VAE decodes any point of its latent space, so a cluster's centre is an image too. **Is the centre of a cluster a typical image,
# or a blend of two classes?**

# %%
centres = clusterings["VAE means"].centers
plots.image_grid(vae.decode(centres), [f"cluster {i}" for i in range(k)], columns=k)

# %% [markdown]
# Now slide through k on the VAE's codes. **From which k on does each class have a cluster of its own?** Until then, which
# classes share one?

# %%
cl.explore_clusters(means, k=k)

# %% [markdown]
# ## The claims

# %%
middle = {name: np.median(scores) for name, scores in spread.items()}
by_itself, vae_score, pixel_score = middle["capsule poses (labels)"], middle["VAE means"], middle["pixels"]
cl.verdict(
    "capsule networks cluster images by themselves",
    f"k-means on their poses matches {by_itself:.3f}, but the network was trained with the labels, and it is k-means "
    "that clusters: capsules give vectors, not groups",
    outcome="refuted",
)

# %%
luck = max(max(s) - min(s) for s in (spread["VAE means"], spread["pixels"]))
cl.verdict(
    "a VAE gives efficient clustering",
    f"without labels its codes match {vae_score:.3f} where pixels match {pixel_score:.3f}; runs of one representation "
    f"differ by up to {luck:.3f}; {means.dimension} numbers an image instead of {pixels.dimension}",
    holds=vae_score > 0.9,
    holds_partly=vae_score > pixel_score + 0.02,
    refuted=vae_score <= pixel_score + 0.02,
)

# %%
capsules, plain = middle["capsule poses (labels)"], middle["dense hidden layer (labels)"]
either = max(max(s) - min(s) for n, s in spread.items() if "labels" in n)
cl.verdict(
    "dynamic routing makes clustering more accurate",
    f"both made with labels: capsule poses {capsules:.3f}, dense hidden layer {plain:.3f}, spread over seeds up to {either:.3f}",
    holds=capsules > plain + either,
    holds_partly=capsules > plain,
    refuted=capsules <= plain,
)

# %% [markdown]
# ## Answer
#
# **Which one clusters best?** The two that were told the classes, and of a clustering's score that says little: it measures how
# well the teaching worked. Among those made without labels, read the spread above before you name a winner. **"Best" has no meaning
# until you say what the groups are for**: k-means rewards round clouds of equal size, ARI and matched accuracy reward agreement with
# labels that clustering is supposed to do without. Look at what moves between clusters before you believe a number.

# %%
cl.progress("07_three_representations")
