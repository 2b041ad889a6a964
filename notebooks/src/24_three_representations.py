# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 24 · Which representation clusters best, and what is "best"?
#
# You have three ways to turn an image into a vector, the hidden layer of a **dense** network, the poses of a
# **capsule** network, the latent means of a **variational autoencoder**; and the **pixels** themselves. Same images,
# same k, same algorithm. Two articles promise that capsules and VAEs make clustering images easy. Do they?

# %%
import numpy as np

import capslab as cl
from capslab import clustering, plots
from capslab.lessons import cluster_samples, interval, repeated_networks

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
# A cluster has a number, not a name: cluster 3 is not "class 3". **Matched accuracy**, which you wrote in [01](01_kmeans_by_hand.ipynb), gives each cluster the class that makes
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
# One start of k-means is one draw of luck. **Which differences are larger than that luck?** Five starts each, on the
# same vectors:

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
# Two averages always differ. **Exercise.** A first idea: write `clearly_ahead`. It is `True` where *every* run of one scores higher than every run of the other.


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
    print(f"{one}: ahead in every run of {', '.join(behind) or 'none'}")

# %% [markdown]
# ## Would another training say the same?
#
# Be careful with that list. All the runs above start k-means anew, but on the vectors of **one** network. They tell you how
# lucky k-means was. They cannot tell you how lucky the *training* was. If you trained again, from other weights and on other
# images, would the same representation still be ahead?
#
# So here are five networks of each kind. Each began with its own random weights and learned from its own sample of the
# training images. Training all of them takes half an hour, so their vectors for the same test images come with the course.
#
# **Predict:** will the five dots of a network lie as close together as the five starts of k-means did?

# %%
networks = repeated_networks.load(images if repeated_networks.is_bundled(images) else cl.load("digits"))
print(networks)
kinds = ["dense", "convolutional", "capsule", "capsule lengths", "autoencoder", "VAE"]
right = {kind: cluster_samples.kmeans_right(networks.embeddings(kind)) for kind in kinds}
same_pixels = [cl.embed(networks.images)] * 5  # nothing to train: five starts of k-means
right["pixels"] = cluster_samples.kmeans_right(same_pixels)  # which images are right: (5, images)
accuracy = {kind: rows.mean(axis=1) for kind, rows in right.items()}
plots.scores_with_spread(accuracy, "matched accuracy, five networks each")

# %%
for kind in ("dense", "VAE"):
    one_network = [networks.embeddings(kind)[0]] * 5
    starts = cluster_samples.kmeans_right(one_network).mean(axis=1)
    print(
        f"{kind}: five networks {np.ptp(accuracy[kind]):.3f} apart, five starts on one of them {np.ptp(starts):.3f}"
    )

# %% [markdown]
# The difference of two means has luck in it from two sides: other networks would have given other means, and so would other
# test images. A **95 % interval** says how much. Of a hundred such intervals, about ninety-five contain the true difference.
# So if an interval lies on one side of 0, we know who is ahead. If it contains 0, we do not, however clearly the dots seem to
# say it.

# %%
pairs = [("VAE", "pixels"), ("VAE", "autoencoder"), ("capsule", "convolutional"), ("dense", "pixels")]
for one, other in pairs:
    lead = interval.difference_interval(right[one], right[other])
    ahead = "undecided" if lead.low <= 0 <= lead.high else f"{one if lead.low > 0 else other} is ahead"
    print(f"{one} minus {other}: {lead.estimate:+.3f} ({lead.low:+.3f} to {lead.high:+.3f}), {ahead}")

# %% [markdown]
# Where something made with labels is ahead, that is no surprise: it was taught the very classes we score it by.
# **How good is their own answer, without any clustering?** A fair reading compares the two.

# %%
for kind in ("dense", "convolutional", "capsule"):
    classified, clustered = networks.accuracies(kind).mean(), right[kind].mean()
    print(
        f"{kind:14} classifies {classified:.3f} of these images correctly, k-means on its vectors gets {clustered:.3f} right"
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
# You wrote `withhold_classes` in [07](07_hidden_layer.ipynb); here it is again.

# %%
withhold_classes = cl.mine("withhold_classes")

# %% [markdown]
# First watch one network. It is trained from scratch on what is left, for a moment only. The picture beside the curves shows its
# scatter **epoch by epoch**: that is what k-means would see.

# %%
away = [4, 7, 9] if k > 9 else [0]
known = np.setdiff1d(np.arange(k), away)
pool = images[np.asarray(images.parts) < 2]
keep, labels = withhold_classes(pool.labels, away)
names = [images.classes[c] for c in known]
seen = cl.Images(pool.images[keep], labels, names, images.name, parts=pool.parts[keep])
seen = seen.sample(min(8000, len(seen) // 2), seed=0)


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

# %% [markdown]
# One network and one choice of three classes prove little. So the same was done five times: five choices of three classes, and
# for each of them a dense network, a capsule network and a VAE that all learned from the same images of the other seven. For a
# fair comparison the VAE never saw the hidden classes either. **Predict the order** of the four among the hidden classes.

# %%
kinds = {kind: f"{kind}, three classes hidden" for kind in ("dense", "capsule", "VAE")}
print("hidden:", ", ".join(str(away) for away in networks.hidden_classes(kinds["dense"])))
new = {kind: cluster_samples.right_among_hidden(networks, name) for kind, name in kinds.items()}
new["pixels"] = cluster_samples.right_among_hidden(networks, kinds["dense"], same_pixels)
plots.scores_with_spread(new, "right among three classes that no label named")

# %% [markdown]
# Three classes can be easy or hard to tell apart, for every method. That is why we compare **in pairs**: for each choice, the
# dense network with the better of pixels and VAE. What the choice does to both cancels out.

# %%
cl.verdict("hidden-classes", new["dense"], np.maximum(new["pixels"], new["VAE"]), paired=True)

# %% [markdown]
# ## The claims
#
# Three claims of the articles are about clustering. How each would be judged was written down before anything was measured
# (`cl.claims("24")` shows the list), and the interval counts other networks and other test images.
#
# **"Capsule networks cluster images by themselves."** The capsules above were trained with labels, so they do not count: k-means
# only finds again what they were taught. By themselves means without labels, so take five networks that nobody trained.

# %%
untrained = [cl.CapsNet.for_images(networks.images, seed=seed) for seed in range(5)]
by_themselves = cluster_samples.kmeans_right([cl.embed(model, networks.images) for model in untrained])
cl.verdict(
    "capsules-cluster",
    by_themselves,
    right["pixels"],
    evidence="And it is k-means that clusters: capsules give vectors, not groups.",
)

# %% [markdown]
# **"A VAE gives efficient clustering."** Five VAEs, whose codes were made without labels, and the pixels that they were made from.

# %%
cl.verdict("vae-clusters", right["VAE"], right["pixels"])

# %% [markdown]
# **"Dynamic routing makes clustering more accurate."** Here routing must differ, and nothing else: the poses of the *same* five
# networks after one iteration, which is routing nothing, and after the three that they were trained with. **Predict** which
# clusters better. As both come from the same network, we compare in pairs again.

# %%
right["one iteration"] = cluster_samples.kmeans_right(networks.embeddings("capsule, one iteration"))
cl.verdict("routing-clusters-better", right["capsule"], right["one iteration"], paired=True)

# %% [markdown]
# ## Answer
#
# **Which one clusters best?** Of those that were told the classes, a clustering's score says how well k-means finds again what the
# network was taught. It does not find all of it: compare what a network classifies correctly with what k-means gets right on the
# very same vectors. Among those made without labels, look at the interval before you name a winner: one training of a VAE can
# differ from the next by more than two methods differ. **"Best" has no meaning until you say what the groups are for.** k-means rewards round clouds of equal size,
# and matched accuracy rewards agreement with labels that clustering is supposed to do without.
# How well images can be grouped when *nobody* is told anything is the question of [25](25_clusters_without_labels.ipynb).

# %%
cl.claims("24")

# %%
cl.progress("24_three_representations")
