# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 24 · Three representations, one k
#
# > **The same images and the same k: why does one representation fall into the right groups, and another does not?**
#
# You have built a dense network, a capsule network and a VAE.
# Each turns an image into a list of numbers, its *representation*, and k-means takes any list. Today all get the same 1,200 test images, and the bare pixels are a fourth, to compare with.
# One network names 98 of 100 digits, yet k-means gets only 71 right on its hidden layer. You will find the other 27.
#
# **After this lesson you can** compare representations fairly, split features into what a layer reads and ignores, and tell a lead from luck.
#
# **You need** [02](02_which_score.ipynb) for matched accuracy, [07](07_hidden_layer.ipynb) for features, [12](12_build_a_capsule_network.ipynb) for capsules, and [20](20_build_a_vae.ipynb) for the VAE. The text describes MNIST.
#
# **Time:** …

# %%
import numpy as np
from IPython.display import display

import capslab as cl
from capslab import clustering, plots
from capslab.lessons import cluster_samples, dense_mends, interval, repeated_networks

images = cl.load()
some = images.test.sample(min(1200, len(images.test)), seed=0)

cl.recall("24")

# %% [markdown]
# ## Who has seen the labels?
#
# The three networks come trained, on other images than our 1,200.

# %%
dense, caps, vae = (cl.ready(name, images) for name in ("dense", "capsnet", "vae"))
pixels, hidden, poses, means = (cl.embed(some), *(cl.embed(net, some) for net in (dense, caps, vae)))
made = {True: "with labels", False: "without labels"}
rows = [(z.source, z.dimension, made[z.supervised]) for z in (pixels, hidden, poses, means)]
plots.table([dict(zip(("representation", "numbers per image", "made"), row, strict=True)) for row in rows])

# %% [markdown]
# The last column matters most: the dense and the capsule network were told the digit of every training image, so good groups there are no discovery.
# k-means itself never sees a label: labels only *score* its clusters.

# %%
cl.guess(
    "kmeans_on_poses",
    "The capsule network names 99 of 100 digits. Of 100, how many does k-means get right on its poses?",
    between=(0, 100),
)

# %%
k, paths = len(images.classes), {z.source: cl.cluster(z) for z in (pixels, hidden, poses, means)}
right = {name: 100 * path.at(k).scores.matched_accuracy for name, path in paths.items()}
own = {net: 100 * (net.classify(some) == some.labels).mean() for net in (dense, caps)}
display(
    cl.reveal(
        "kmeans_on_poses",
        right["capsule poses"],
        f"""As many as the network itself, which names {own[caps]:.0f}. The dense network names {own[dense]:.0f}, but on its hidden layer k-means gets {right["dense hidden layer"]:.0f}. On the VAE's means it gets {right["VAE means"]:.0f}, on pixels {right["pixels"]:.0f}.""",
    )
)
between = {z.source: dense_mends.between_classes(z.vectors, z.labels) for z in (pixels, means, hidden, poses)}
plots.table([{"vectors": name, "variance between digits": f"{each:.0%}"} for name, each in between.items()])

# %% tags=["holds"]
assert abs(right["capsule poses"] - own[caps]) < 1
assert 97.5 < own[dense] < 98.5 < own[caps]
assert 26 < own[dense] - right["dense hidden layer"] < 28
assert right["pixels"] < right["VAE means"] < right["dense hidden layer"]
assert sorted(between, key=between.get) == sorted(right, key=right.get)
assert between["capsule poses"] > 0.9
blocks = (poses.vectors.reshape(len(some), 10, -1) ** 2).sum(axis=2)
assert (blocks[np.arange(len(some)), some.labels] / blocks.sum(axis=1)).mean() > 0.9

# %% [markdown]
# The table says how much variance is left when every image is replaced by its digit's mean.
# The larger it is here, the more k-means gets right.
# In the poses it is nearly all: the margin loss makes the capsule of the right digit long and all others short.
# So most of a pose vector (by squared length) is in its digit's own block of 16 numbers, and two digits lie far apart.
#
# **Drag k, and draw around some points:** the same images light up in all four pictures.

# %%
cl.compare(pixels, hidden, poses, means, k=k, seeds=1)

# %% tags=["holds"]
tables = {name: clustering.contingency(path.at(k).labels, some.labels) for name, path in paths.items()}
assert set(tables["capsule poses"].argmax(axis=1)) == set(range(10))
for name in ("pixels", "dense hidden layer", "VAE means"):
    leaders = tables[name].argmax(axis=1).tolist()
    assert set(range(10)) - set(leaders) == {5}
    assert leaders.count(1) == 2 or name == "pixels"
assert tables["pixels"].argmax(axis=1).tolist().count(1) == 2

# %% [markdown]
# At k = 10 each digit has a cluster of its own in the poses.
# In the three others, two clusters are mostly 1s and none is mostly 5s.
#
# ## Which clusters split as k grows?
#
# Here is the hidden layer for several k, with letters of its own.
# Each bar is a cluster with its mean image, each stream the images that two clusters share.
# Point at a stream to count its digits and see three of its images drawn as dots.

# %%
plots.cluster_flow(paths["dense hidden layer"], (6, 8, 10, 12, 14))

# %% tags=["holds"]
path = paths["dense hidden layer"]
at = {n: clustering.contingency(path.at(n).labels, some.labels) for n in (8, 10, 12)}
assert at[10][[2, 9]][:, [4, 9]].min() > 40  # C and J
assert at[8][2][[4, 9]].min() > 90
assert at[10][[3, 8]].argmax(axis=1).tolist() == [1, 1]  # D and I
assert at[10][6].argmax() == 8  # G
assert at[10][6][5] > 50
assert at[12][11].argmax() == 5
assert ((path.at(10).labels == 6) & (path.at(12).labels == 11)).sum() > 50

# %% [markdown]
# From 8 to 10, cluster C with the 4s and 9s is cut in two, but *both* halves mix 4s and 9s. And D, the 1s, is cut into upright and slanted ones.
# Only at 12 do many 5s leave the 8s of cluster G for a cluster of their own, L.
# So something weighs more for k-means than the difference between a 4 and a 9.
#
# ## What does everybody get wrong?
#
# Name each cluster after a digit, as matched accuracy does, and every image has four answers.
#
# **Your turn.** Write `wrong_everywhere(named, labels)`.
# It takes the names `(m, n)` of n images in m clusterings and the labels `(n,)`, and returns a mask `(n,)`: `True` for images that are wrong in *every* clustering.


# %%
def wrong_everywhere(named, labels):
    ### BEGIN SOLUTION
    return (named != labels).all(axis=0)
    ### END SOLUTION


# %%
cl.check("wrong_everywhere", wrong_everywhere)

# %%
wrong_everywhere = cl.mine("wrong_everywhere", wrong_everywhere)

# %%
named = np.stack([clustering.match_labels(some.labels, path.at(k).labels) for path in paths.values()])
without_poses = named[[0, 1, 3]]
hard, hardest = (np.flatnonzero(wrong_everywhere(each, some.labels)) for each in (without_poses, named))
expected = len(some) * (without_poses != some.labels).mean(axis=1).prod()
fives = (some.labels[hard] == 5).mean()
print(f"wrong in pixels, hidden layer and means: {len(hard)} images, {fives:.0%} of them 5s")
print(f"if the three erred independently of each other, it would be about {expected:.0f}")
print(f"wrong in the poses as well: {len(hardest)}, shown first")
shown, centers = [*hardest, *np.setdiff1d(hard, hardest)][:20], paths["VAE means"].at(k).centers
names = [*some.labels[shown], *(f"cluster {clustering.cluster_name(i)}" for i in range(k))]
plots.image_grid(np.concatenate([some.images[shown] / 255, vae.decode(centers)]), names, columns=10)

# %% tags=["holds"]
assert len(hard) > 3 * expected
assert 0.45 < fives < 0.55
assert (some.labels[hard] == 5).sum() > 0.7 * (some.labels == 5).sum()
assert len(hardest) == 5
assert (dense.classify(some[hard]) == some.labels[hard]).mean() > 0.9
decoded = caps.classify(np.uint8(255 * vae.decode(centers)))
assert decoded.tolist() == tables["VAE means"].argmax(axis=1).tolist()
assert tables["VAE means"][1].argmax() == 3  # B
assert tables["VAE means"][1][5] > 30
assert tables["VAE means"].argmax(axis=1)[[3, 7]].tolist() == [1, 1]  # D and H

# %% [markdown]
# The errors go together, and half of them are 5s: without a cluster of their own, most 5s are wrong everywhere.
# Most can be read: the dense network itself names more than nine in ten. On the first five, the poses fail too.
#
# The last row shows the *centres* of the VAE's clusters, decoded (the letters are the VAE's own). Each can be read as a digit: two 1s of different slant, and no 5.
# But a readable centre says little about its cluster: more than 30 images of B are 5s.
#
# ## Where do the 27 go?
#
# From an image's 512 numbers $h$, the dense network's last layer computes ten weighted sums $hW$, with $W: (512, 10)$, and adds a bias; the largest names the digit.
# Now move $h$ at right angles to all ten columns of $W$: no sum changes, so the network cannot notice.
# So $h$ has two parts. One lies in the **span** of the ten columns (it is a combination of them), and this is *read*. The rest makes no difference to the answer.
# But k-means measures distances with all 512 numbers.
#
# **Your turn.** Write `split_features(features, weights)`, with features $(n, d)$ and weights $(d, 10)$.
# It returns two arrays $(n, d)$, what is read and the rest, whose sum is `features`.
# (`Q, _ = np.linalg.qr(weights)` gives columns of length 1 at right angles, with the same span.)


# %%
def split_features(features, weights):
    ### BEGIN SOLUTION
    Q, _ = np.linalg.qr(weights)
    read = features @ Q @ Q.T
    return read, features - read
    ### END SOLUTION


# %%
cl.check("split_features", split_features)

# %%
split_features = cl.mine("split_features", split_features)

# %%
cl.guess(
    "kmeans_on_what_is_read",
    "Of 100 images, how many does k-means get right on the part that is read?",
    between=(0, 100),
)

# %%
W = dense.logits.get_weights()[0]
read, rest = split_features(hidden.vectors, W)
score, rows = {}, []
for name, part in {"what is read": read, "the rest": rest}.items():
    score[name] = 100 * clustering.matched_accuracy(cl.cluster(part, n_clusters=k).at(k).labels, some.labels)
    rows.append({"part": name} | dense_mends.part_in_words(part, hidden.vectors, some))
words = f"On the rest it gets {score['the rest']:.0f}; on pixels it was {right['pixels']:.0f}."
display(cl.reveal("kmeans_on_what_is_read", score["what is read"], words))
plots.table(rows)

# %% tags=["holds"]
assert score["what is read"] > 90
assert own[dense] - score["what is read"] < 3
assert abs(score["the rest"] - right["pixels"]) < 6
assert rows[0]["share of the variance"] in ("18%", "19%", "20%")
assert int(rows[0]["of this, between digits"][:-1]) > 65 > 35 > int(rows[1]["of this, between digits"][:-1])
assert int(rows[1]["slant explained"][:-1]) > 75 > 25 > int(rows[0]["slant explained"][:-1])

# %% [markdown]
# Most of the 27 are back: the network and k-means look at different things.
# Training asked only that the right one of the ten sums be the largest. What else came through from the pixels, like the slant, probably did no harm and could stay.
# All that is not read makes four fifths of the variance, and so of the average squared distance. No wonder that k-means cuts the 1s by slant.
# (*Slant explained*: the share of the slant's variance that a weighted sum of ten principal components, fitted on some images, predicts on others.)
#
# ## What mends it?
#
# $W$ was learned with labels, so this explains, but mends nothing. Without $W$ there are four common ways:
#
# - **Unit length:** divide each image's features by their length, so that only the direction counts (the cosine).
# - **Scaled:** divide each feature by its standard deviation, so that none outweighs the others.
# - **Whitened:** do the same with the first 16 principal components.
# - **Many clusters:** 30, each named after its most frequent digit. Two may have the same name, so the gain is counted from *few clusters*: ten, named likewise.
#
# One network could be luck, so here are five, each trained on its own 10,000 images (`python tools/remeasure.py dense_mends`).
# The gain over the features as they are comes with its 95 % interval, each network compared with itself.

# %%
rows = dense_mends.gains(images.name)
tables = [clustering.contingency(paths["pixels"].at(n).labels, some.labels) for n in (k, 30)]
few, many = (100 * each.max(axis=1).sum() / len(some) for each in tables)
pixels_row = "pixels, many clusters", f"{many:.0f}", f"{many - few:+.0f}"
plots.table([*rows, dict(zip(rows[0], pixels_row, strict=True))])

# %% tags=["holds"]
gains = {row["features"]: row["gain"] for row in rows if row["gain"]}
runs = dense_mends.measured(images.name)
averages = {name: 100 * each.mean() for name, each in runs.items()}
for way in ("unit length", "scaled", "whitened"):
    low, high = gains[way].split(" to ")
    assert int(low) < 0 < int(high)
assert 3 < averages["own answer"] - averages["what is read"] < 4.5
assert many - few > averages["many clusters"] - averages["few clusters"]

# %% [markdown]
# On average, what is read comes within about four points of the network's own answer.
# Without $W$ little helps: unit length, scaling and whitening give no gain that can be told from 0. None can know *which* directions matter.
# Many clusters give most, but pixels gain even more, and somebody has to name 30 groups.
#
# ## Would another training say the same?
#
# Here are the same five dense networks and five of each other kind, trained on the same images; what they make of our test images is bundled (16 principal components of longer vectors).

# %%
networks = repeated_networks.load(images)
kinds = ["dense", "convolutional", "capsule", "capsule, one iteration", "VAE"]
correct = {kind: cluster_samples.kmeans_right(networks.embeddings(kind)) for kind in kinds}
five_starts = [cl.embed(networks.images)] * 5  # pixels need no training
correct["pixels"] = cluster_samples.kmeans_right(five_starts)  # which images are right: (5, images)
untrained = [cl.embed(cl.CapsNet.for_images(some, seed=seed), networks.images) for seed in range(5)]
correct["capsule, untrained"] = cluster_samples.kmeans_right(untrained)
accuracy = {kind: each.mean(axis=1) for kind, each in correct.items()}
display(plots.table(dense_mends.compared(images.name)))
plots.scores_with_spread(accuracy, "matched accuracy, k = 10")

# %% tags=["holds"]
low, high = accuracy["VAE"].min(), accuracy["VAE"].max()
assert low < accuracy["pixels"].max() < high
assert np.ptp(accuracy["dense"]) > 0.1
assert np.ptp(accuracy["capsule"]) < 0.01
assert accuracy["dense"].max() < 0.85 < 0.96 < accuracy["convolutional"].min()
assert 9 < right["VAE means"] - right["pixels"] < 10
assert len(images.train) == 55_000
assert accuracy["capsule, untrained"].max() < accuracy["pixels"].min() - 0.1
convolutional = dense_mends.measured(images.name, "convolutional")
assert convolutional["the rest"].min() > 0.9
assert (convolutional["share read"] < 0.55).all()
assert convolutional["between classes"].min() > 0.6 > 0.5 > runs["between classes"].max()
assert 0.5 < 100 * (accuracy["VAE"].mean() - accuracy["pixels"].mean()) < 1.5

# %% [markdown]
# One dot is one network. The capsule networks agree within a point, but the dense ones are more than ten points apart.
# On the last hidden layer of the convolutional networks, k-means comes close to the poses: it does not take capsules.
# The loss is not to blame: these networks have the same one. Nor is ignoring as such: they ignore half of their variance, and even this half groups by digit.
# What does differ is how much of the variance lies between the digits; why, we have not measured.
#
# Now three claims of the articles, printed below.
# "By themselves" means without labels. We have trained capsule networks with labels only; without them, ours stays untrained.
# For routing nothing else may differ: the *same* networks' poses after three iterations, and after one, where all couplings are even. (All were trained with three.)

# %%
display(cl.verdict("vae-clusters", correct["VAE"], correct["pixels"]))
told = "Even then the capsules only give the coordinates; the groups are made by k-means."
display(cl.verdict("capsules-cluster", correct["capsule, untrained"], correct["pixels"], evidence=told))
cl.verdict("routing-clusters-better", correct["capsule"], correct["capsule, one iteration"], paired=True)

# %% [markdown]
# - **VAE:** one point ahead of pixels on average, but five VAEs of 10,000 images each do not decide it. (The one above, of 55,000, is more than nine points ahead; but it is one.)
# - **Capsules:** untrained, their poses are far *worse* than the pixels that they are made from. The good clusters above came with the labels. This is a verdict on this network: other capsules do learn without labels (Kosiorek et al. 2019).
# - **Routing:** one iteration or three, k-means gets 98 of 100. If stopping after one loses anything, it is less than half a point; *training* with one is another question.
#
# ## Digits that no label named
#
# A fair test for features made with labels is digits that had none.
# In lesson 07 each choice of three digits gave another result, so here are five random choices. Each time a dense network, a capsule network and a VAE learned from the *same* images of the other seven.
# k-means makes ten clusters of all digits, and we count what is right among the three.

# %%
hidden_kinds = {kind: f"{kind}, three classes hidden" for kind in ("dense", "capsule", "VAE")}
new = {kind: cluster_samples.right_among_hidden(networks, name) for kind, name in hidden_kinds.items()}
new["pixels"] = cluster_samples.right_among_hidden(networks, hidden_kinds["dense"], five_starts)
leads = new["dense"] - (best := np.maximum(new["pixels"], new["VAE"]))
chosen, low, high = networks.hidden_classes(hidden_kinds["dense"]), 100 * leads.min(), 100 * leads.max()
rows = [{"without": str(away)} | {kind: v[i] for kind, v in new.items()} for i, away in enumerate(chosen)]
print("Compared with the better of pixels and VAE:")
print(f"dense is ahead in {(leads > 0).sum()} of 5; its lead: {low:+.0f} to {high:+.0f} points")
capsule = interval.difference_interval(new["capsule"], best, paired=True)
print(f"mean lead of the capsules: {100 * capsule.low:+.0f} to {100 * capsule.high:+.0f} (95 % interval)")
display(plots.table(rows))
cl.verdict("hidden-classes", new["dense"], best, paired=True)

# %% tags=["holds"]
assert ((new["capsule"] - best) > 0).sum() == 4
assert capsule.low < 0

# %% [markdown]
# On average the dense network is level with the better of pixels and VAE (a strict rule: the better each time). But the results differ so much, by the choice or by the training, that five choices do not decide.
# The capsule network is ahead in four of five, and yet its interval contains 0 as well.
#
# ## Now with other images
#
# Does a dense network for clothes bury its classes in the same way?

# %%
other = cl.load_other(images)
few, look = other.sample(min(10_000, len(other))), other.test[:1200]
clothes = cl.DenseBaseline.for_images(few)
cl.fit(clothes, few, epochs=4, show=False)
found = dense_mends.measure(clothes, look)
names = "own answer", "as they are", "what is read", "the rest"
answer, plain, mended = (round(100 * found[name]) for name in names[:3])
print(f"lost to k-means: {answer - plain} points; what is read gives back {mended - plain} of them")
plots.table([{"": name, f"{other.name}, right of 100": round(100 * found[name])} for name in names])

# %% tags=["holds"]
assert other.name != "fashion-mnist" or found["what is read"] > found["as they are"] + 0.02
assert other.name != "fashion-mnist" or answer - mended > 2 * (mended - plain) > 0

# %% [markdown]
# In this one network, the ignored directions explain only a small part of what is lost. What takes the rest we have not looked for.
#
# ## Look back
#
# Both guesses turn on which directions vary.

# %%
cl.guesses("24")

# %% [markdown]
# ## Answer
#
# **Why does one representation fall into the right groups, and another does not?**
# Because k-means takes all directions alike. In capsule poses the differences between digits are far larger than those within a digit. In a dense hidden layer most of what varies lies in directions that the last layer ignores; k-means cannot ignore them. The loss alone is not the reason: with the same one, convolutional networks group well.
# Whoever calls a representation the best has to add two things: whether it was made with labels, and over how many trainings. The good groups here were made with labels. Without them, a VAE is not shown to be ahead of pixels, and for digits that no label named five choices do not decide.
# How far does one get when *nobody* gives a label?
#
# **Sources.** Sabour et al. 2017 ([arXiv 1710.09829](https://arxiv.org/abs/1710.09829)) for the margin loss; Kosiorek et al. 2019 ([arXiv 1906.06818](https://arxiv.org/abs/1906.06818)) for capsules without labels; Kornblith et al. 2021 ([arXiv 2010.16402](https://arxiv.org/abs/2010.16402)): losses that pull classes apart gave features that help *less* with new ones.
#
# Next: [25 · Clusters without labels](25_clusters_without_labels.ipynb).
