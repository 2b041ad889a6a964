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
# You have three ways to turn an image into a vector, the hidden layer of a **dense** network, the poses of a
# **capsule** network, the latent means of a **variational autoencoder**; and the **pixels** themselves. Same images,
# same k, same algorithm. Two articles promise that capsules and VAEs make clustering images easy. Do they?

# %%
import numpy as np

import capslab as cl
from capslab import clustering, plots
from capslab.routing import ablation

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
some = images.test.sample(min(1200, len(images.test)), seed=0)
pixels = cl.embed(some)
hidden = cl.embed(dense, some)
poses = cl.embed(caps, some)
lengths = cl.embed(caps, some, "lengths")
means = cl.embed(vae, some)
for z in (pixels, hidden, poses, lengths, means):
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
# A cluster has a number, not a name: cluster 3 is not "class 3". **Matched accuracy**, which you wrote in [01](01_clustering_pixels.ipynb), gives each cluster the class that makes
# the total largest, no class twice, and counts what is then right.
#
# ## Same images, same k
#
# **Predict the order** of the four by matched accuracy, with as many clusters as classes. Which will be last?
#
# Then drag k. Circle some points in one picture (draw around them) and see where the same images are in the others.

# %%
k = len(images.classes)
cl.compare(pixels, hidden, poses, means, k=k)

# %% [markdown]
# One start of k-means is one draw of luck. **Which differences are larger than that luck?** Five seeds each:

# %%
spread = {}
for z in (pixels, hidden, poses, lengths, means):
    name = f"{z.source} (labels)" if z.supervised else z.source
    spread[name] = [cl.cluster(z, n_clusters=k, seed=seed).at(k).scores.matched_accuracy for seed in range(5)]
plots.scores_with_spread(spread, f"matched accuracy, k = {k}")

# %%
for name, scores in spread.items():
    print(
        f"{name:28} median {np.median(scores):.3f}   smallest {min(scores):.3f}   largest {max(scores):.3f}"
    )

# %% [markdown]
# (A capsule's **length** says whether its class is there, its **pose** also how it looks. Do the lengths alone cluster better or worse than the poses?)
#
# Two averages always differ. **Exercise.** Write `clearly_ahead`: `True` where *every* run of one scores higher than every run of the other.


# %%
def clearly_ahead(one, other):
    ### BEGIN SOLUTION
    return bool(min(one) > max(other))
    ### END SOLUTION


# %%
cl.check("clearly_ahead", clearly_ahead)

# %%
for one in spread:
    behind = [other for other in spread if min(spread[one]) > max(spread[other])]
    print(f"{one}: clearly ahead of {', '.join(behind) or 'none'}")

# %% [markdown]
# Where something made with labels is ahead, that is no surprise: it was taught the very classes we score it by.
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
clusterings = {z.source: cl.cluster(z, n_clusters=k).at(k) for z in (pixels, hidden, poses, means)}
for name, found in clusterings.items():
    table = clustering.contingency(some.labels, found.labels)  # (classes, clusters)
    worst = np.sort(table, axis=0)[-2].argmax()
    first, other = np.argsort(-table[:, worst])[:2]
    print(
        f"{name:20} cluster {worst}: {table[first, worst]} of {images.classes[first]} "
        f"with {table[other, worst]} of {images.classes[other]}"
    )

# %% [markdown]
# **Exercise.** Write `wrong_everywhere`: from clusterings `(m, n)` whose clusters are already named after classes, and labels `(n,)`, a mask of the images that *every* clustering has wrong.


# %%
def wrong_everywhere(named, labels):
    ### BEGIN SOLUTION
    return (named != labels).all(axis=0)
    ### END SOLUTION


# %%
cl.check("wrong_everywhere", wrong_everywhere)

# %% [markdown]
# **Which images does every representation put in a wrong cluster?** Match each clustering's numbers to classes, and keep the
# images that are wrong in all four. Would you have known?

# %%
named = np.stack([clustering.match_labels(some.labels, found.labels) for found in clusterings.values()])
wrong = (named != some.labels).all(axis=0)
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
# ## The same test with three classes hidden
#
# A fair question to ask features made with labels is about classes that were **not** among the labels. Three classes are kept out of training altogether; then every test image is embedded, those of the hidden classes too.
#
# **Exercise.** Write `hide_classes`: labels `(n,)` and the hidden class numbers in; a mask of the images that stay, and *their* classes numbered from 0 without gaps, out.


# %%
def hide_classes(labels, hidden):
    ### BEGIN SOLUTION
    keep = ~np.isin(labels, hidden)
    return keep, np.unique(labels[keep], return_inverse=True)[1]
    ### END SOLUTION


# %%
cl.check("hide_classes", hide_classes)

# %% [markdown]
# Both networks are trained from scratch on what is left, for a moment only; the VAE needs no labels, so it may as well see everything. **Predict the order** by matched accuracy on the three classes that no label named.
#
# Watch the picture beside the curves while the dense network trains: its scatter is what k-means would see, **epoch by epoch**.

# %%
away = [4, 7, 9] if k > 9 else [0]
known = np.setdiff1d(np.arange(k), away)
pool = images[np.asarray(images.parts) < 2]
pool = pool[~np.isin(pool.labels, away)].sample(min(8000, len(pool) // 2), seed=0)
names = [images.classes[c] for c in known]
seen = cl.Images(pool.images, np.searchsorted(known, pool.labels), names, images.name, parts=pool.parts)


def look(model, epoch):
    clusters = cl.cluster(cl.embed(model, some[:800]), n_clusters=k).at(k).labels
    over_time.append(clustering.matched_accuracy(clusters, some.labels[:800]))


over_time, partly = [], cl.DenseBaseline(images.image_shape, seen.classes)
history = cl.fit(partly, seen, epochs=4, after_epoch=look)

# %% [markdown]
# After each epoch k-means was run on what the hidden layer made of the same 800 images, all ten classes among them. **Does clustering improve while the network learns about seven of them?**

# %%
plots.lines(
    np.arange(1, len(over_time) + 1), {"k-means": over_time}, "epoch", "matched accuracy, all classes"
)

# %%
capsules_partly = cl.CapsNet(images.image_shape, seen.classes)
cl.fit(capsules_partly, seen, epochs=2, show=False)
taught_without = {
    "dense, three hidden": cl.embed(partly, some),
    "capsule poses, three hidden": cl.embed(capsules_partly, some),
}

# %%
new, told = np.isin(some.labels, away), {}
for name, z in ({"pixels": pixels, "VAE means": means} | taught_without).items():
    found = [cl.cluster(z, n_clusters=k, seed=seed).at(k).labels for seed in range(3)]
    right = [clustering.match_labels(some.labels, clusters) == some.labels for clusters in found]
    told[name] = [one[new].mean() for one in right]
plots.scores_with_spread(told, "right among the three hidden classes, three seeds")

# %%
blind = max(np.median(told["pixels"]), np.median(told["VAE means"]))
taught = max(np.median(told["dense, three hidden"]), np.median(told["capsule poses, three hidden"]))
cl.verdict(
    "features learned with labels also cluster classes that had none",
    f"among the hidden classes: the better of the two taught {taught:.3f}, the better of pixels and VAE {blind:.3f}",
    holds=taught > blind + 0.05,
    holds_partly=taught > blind - 0.05,
    refuted=True,
)

# %% [markdown]
# ## The claims

# %%
middle = {name: np.median(scores) for name, scores in spread.items()}
by_itself, vae_score, pixel_score = middle["capsule poses (labels)"], middle["VAE means"], middle["pixels"]
cl.verdict(
    "capsule networks cluster images by themselves",
    f"k-means on their poses matches {by_itself:.3f}, but the network was trained with the labels, and it is k-means "
    "that clusters: capsules give vectors, not groups",
    refuted=poses.supervised,
)

# %%
luck = max(max(s) - min(s) for s in (spread["VAE means"], spread["pixels"]))
cl.verdict(
    "a VAE gives efficient clustering",
    f"without labels its codes match {vae_score:.3f} where pixels match {pixel_score:.3f}; runs of one representation "
    f"differ by up to {luck:.3f}; {means.dimension} numbers per image instead of {pixels.dimension}",
    holds=vae_score > 0.9,
    holds_partly=vae_score > pixel_score + 0.02,
    refuted=vae_score <= pixel_score + 0.02,
)

# %% [markdown]
# For the third claim, routing itself is what must differ, and nothing else: the poses of **one** network after one iteration, which is routing nothing, and after the three that it was trained
# with. **Predict** which clusters better.

# %%
parts, learned = caps.primary(some), caps.routing_weights()
routed = {}
for iterations in (1, 3):
    vectors = ablation.route_all(parts, learned, iterations).outputs.reshape(len(some), -1)
    z = cl.Embedding(vectors, some.labels, some, f"{iterations} iterations", True)
    routed[z.source] = [cl.cluster(z, n_clusters=k, seed=s).at(k).scores.matched_accuracy for s in range(5)]
plots.scores_with_spread(routed, f"matched accuracy of capsule poses, k = {k}")

# %%
one, three = (np.median(routed[f"{i} iterations"]) for i in (1, 3))
plain = middle["dense hidden layer (labels)"]
either = max(np.ptp(scores) for scores in routed.values())
cl.verdict(
    "dynamic routing makes clustering more accurate",
    f"poses after one iteration {one:.3f}, after three {three:.3f}, runs differ by up to {either:.3f}; the dense hidden layer, without any capsule, {plain:.3f}. All were made with labels",
    holds=three > one + max(either, 0.005),
    refuted=True,
)

# %% [markdown]
# ## Answer
#
# **Which one clusters best?** Of the two that were told the classes, a clustering's score says little: it measures how
# well the teaching worked. Among those made without labels, read the spread above before you name a winner. **"Best" has no meaning
# until you say what the groups are for**: k-means rewards round clouds of equal size, ARI and matched accuracy reward agreement with
# labels that clustering is supposed to do without. Look at what moves between clusters before you believe a number.
# How well images can be grouped when *nobody* is told anything is the question of [08](08_clustering_without_labels.ipynb).

# %%
cl.progress("07_three_representations")
