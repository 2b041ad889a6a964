# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 26 · Does it work on mine?
#
# Everything so far ran on images that others had cleaned, cropped and labelled. Yours are in a folder, of five sizes, some of them twice, one
# of them a text file. This notebook takes a folder from there to the end of the course: **load, look, mend, train, route, slide, cluster, export.**
#
# Change one cell, the next one, and it is about your images. Leave it, and it makes a folder of pictures to practise on, spoilt on purpose.

# %%
import dataclasses
import tempfile
from pathlib import Path

import numpy as np
from IPython.display import display

import capslab as cl
from capslab import plots
from capslab.data import make_practice_folder

MINE = None  # "my pictures", "pictures.zip", "list.csv", "data.npy", …

# %% [markdown]
# | what you have | what `cl.load` makes of it |
# |---|---|
# | a **folder** of pictures | one class for each sub-folder; without sub-folders, no labels |
# | a **zip** of such a folder | the same, and nothing is unpacked to your disk |
# | a **CSV** that names files, such as `path,label` | the pictures in the CSV's folder; the printed line says which columns were used |
# | a **CSV** of pixels, such as `label,pixel0,…` | one image per row |
# | `data.npy` or `data.npz` | arrays of pixels; see the end of this notebook |
#
# Pictures of any size are fitted into 32 pixels (`size=` asks for another number), because that is what the course's networks are made for.
#
# **Predict:** in a folder of about fifteen hundred handwritten digits that somebody has had on a disk for years, what could be wrong? Write down three things.

# %%
pictures = MINE or make_practice_folder(cl.load())
mine = cl.load(pictures)
mine

# %% [markdown]
# ## Look before you train
#
# A network trains on anything. It will not say that a picture is blank, that a third of them are there twice, or that somebody mistook the folder.
# **How many of your three are in this list?** And which of the others would you never have thought of?

# %%
found = mine.report()
found

# %% [markdown]
# ### Sometimes the same, seldom equal
#
# Exact copies are easy: same pixels. But a photo that was sent and saved again has other pixels everywhere and shows the same. Brightness and contrast may
# differ too, so compare two images $a$ and $b$ by their correlation, the cosine between them once each has lost its mean:
#
# $$r = \frac{(a - \bar a)\cdot(b - \bar b)}{\lVert a - \bar a\rVert\,\lVert b - \bar b\rVert}$$
#
# **Exercise.** Write `near_copies` for images `(n, …)` and the least correlation. (`cl.hint("near_copies")`)


# %%
def near_copies(images, min_correlation):
    ### BEGIN SOLUTION
    flat = images.reshape(len(images), -1).astype(float)
    flat = flat - flat.mean(axis=1, keepdims=True)
    flat = flat / np.linalg.norm(flat, axis=1, keepdims=True)
    i, j = np.nonzero(np.triu(flat @ flat.T >= min_correlation, k=1))
    return np.stack([i, j], axis=1)
    ### END SOLUTION


# %%
cl.check("near_copies", near_copies)

# %% [markdown]
# **Would you have seen these pairs?** Above one image, below its near copy.

# %%
pairs = found.near_copies[:10]
if len(pairs):
    display(plots.image_grid(mine.images[pairs.T.ravel()], columns=len(pairs)))

# %% [markdown]
# ### Why a copy is worse than a waste
#
# Images are split into those to train on and those to test on. If one copy falls here and the other there, the test asks what was taught.
#
# **An experiment.** Take two hundred images, each of them three times with a little noise, and give each of the two hundred a **random label**. There is nothing
# to learn. Split at random, and let the nearest neighbour answer. **Predict its test accuracy**, with copies on both sides of the split, and with copies kept together.


# %%
def random_labels(together, seed):
    chance = np.random.default_rng(seed)
    some = mine.images[chance.choice(len(mine), 200)].reshape(200, -1).astype(np.float32)
    of = np.tile(np.arange(200), 3)  # which image is it a copy of?
    noisy, labels = some[of] + chance.normal(0, 5, some[of].shape), chance.integers(0, 10, 200)[of]
    test = chance.random(200)[of] < 0.3 if together else chance.random(600) < 0.3
    apart = ((noisy[test, None] - noisy[None, ~test]) ** 2).sum(axis=2)
    return (labels[~test][apart.argmin(axis=1)] == labels[test]).mean()


# %%
honest = [random_labels(True, seed) for seed in range(3)]
leaking = [random_labels(False, seed) for seed in range(3)]
plots.scores_with_spread(
    {"copies on both sides": leaking, "copies kept together": honest},
    "test accuracy on random labels",
    (0, 1.2),
)

# %% [markdown]
# The first bar is an *excellent* test score for knowing nothing. In published data sets, too, some test images have near copies among those to train on (Barz & Denzler 2020
# counted them in CIFAR).
#
# **Exercise.** Write `hold_out`: `groups` says for each image which copies belong together; hold out whole groups, the lowest number first, until `share` is reached.


# %%
def hold_out(groups, share):
    ### BEGIN SOLUTION
    held_out = np.zeros(len(groups), bool)
    for group in np.unique(groups):
        if held_out.mean() >= share:
            break
        held_out[groups == group] = True
    return held_out
    ### END SOLUTION


# %%
cl.check("hold_out", hold_out)

# %% [markdown]
# ### Labels that nobody shares
#
# An image whose ten nearest neighbours nearly all have another label is either a rare one of its kind, or in the wrong folder. No program can say which; a person can, in a second.
#
# **Exercise.** Write `agreement`: the share of each image's neighbours that have its label. (`cl.hint("agreement")`)


# %%
def agreement(labels, neighbours):
    ### BEGIN SOLUTION
    return (labels[neighbours] == labels[:, None]).mean(axis=1)
    ### END SOLUTION


# %%
cl.check("agreement", agreement)

# %% [markdown]
# **Which of these labels would you change?** Each with its label, and with what its neighbours say.

# %%
doubted = found.suspicious[:20]
if len(doubted):
    words = [
        f"{mine.classes[mine.labels[i]]}?\n{mine.classes[s]}"
        for i, s in zip(doubted, found.suggested, strict=False)
    ]
    display(plots.image_grid(mine.images[doubted], words, columns=7))

# %% [markdown]
# ## Mend
#
# `cleaned()` drops blank images and copies (all of them where their labels contradict each other), keeps near copies on one side of the split, and draws the split anew. With
# `relabel=True` it would believe the neighbours in every case. **Would you, after the figure above?** It is left out here, because neighbours err too: thin strokes sit near every 1. What is light on dark among dark on light we turn over ourselves, so that you see how an image is changed:

# %%
better = found.cleaned()
pixels = better.images.copy()
odd = better.report().inverted
pixels[odd] = 255 - pixels[odd]
clean = dataclasses.replace(better, images=pixels)
clean.report()

# %% [markdown]
# ### The rare class
#
# What is still marked is not damage. One class may have a tenth of the images of the others. A network that never says its name is still right nearly always. Either find more of
# it, or give each of its images more weight, $w_c = n / (K n_c)$ with $K$ the number of classes that occur.
#
# **Exercise.** Write `class_weights`. (`cl.hint("class_weights")`)


# %%
def class_weights(labels, classes):
    ### BEGIN SOLUTION
    counts = np.bincount(labels, minlength=classes)
    present = (counts > 0).sum()
    return np.where(counts > 0, len(labels) / (present * np.maximum(counts, 1)), 0.0)
    ### END SOLUTION


# %%
cl.check("class_weights", class_weights)

# %% [markdown]
# ## Train
#
# The three networks of the course, on your images. Without labels only the third can be trained, and the notebook goes on with that one. **Predict which of the first two is ahead on so
# few images.**

# %%
labelled = clean.labels is not None and len(np.unique(clean.labels)) > 1
networks = {"dense": cl.DenseBaseline(clean.image_shape, clean.classes), "capsules": cl.CapsNet(clean.image_shape, clean.classes)} if labelled else {}  # fmt: skip
for name, network in networks.items():
    print(f"{name}: {cl.fit(network, clean, epochs=5, show=False)}")

# %%
vae = cl.VAE(clean.image_shape, latent_dim=8)
history = cl.fit(vae, clean, epochs=8)

# %% [markdown]
# **Is the rare class known?** Recall is the share of a class that is recognised. Read the numbers of test images beside it before you believe a bar.

# %%
if labelled:
    truth, answers = clean.test.labels, networks["capsules"].classify(clean.test)
    there = [c for c in range(len(clean.classes)) if (truth == c).any()]
    recall = {
        f"{clean.classes[c]} ({(truth == c).sum()} images)": float((answers[truth == c] == c).mean())
        for c in there
    }
    display(plots.bars(recall, "recall on test images", (0, 1.2)))

# %% [markdown]
# **Do your weights help it?** The dense network once more, with the same steps on the same images; only now each class pulls equally hard, because `cl.fit` takes your numbers as
# `class_weight`. Whatever the rare class gains, the others may lose, so look at both columns. (As long as `class_weights` is not written, all images count alike.)

# %%
if labelled:
    weights = class_weights(clean.train.labels, len(clean.classes))
    weighted = cl.DenseBaseline.for_images(clean)
    by_class = None if weights is None else dict(enumerate(weights))
    cl.fit(weighted, clean, epochs=5, show=False, class_weight=by_class)
    rare = min(there, key=lambda c: (truth == c).sum())
    for name, network in {"all alike": networks["dense"], "class weights": weighted}.items():
        answers = network.classify(clean.test)
        found = np.mean(answers[truth == rare] == rare)
        print(f"{name}: {np.mean(answers == truth):.3f} right; recall of the rarest class {found:.3f}")

# %%
if labelled:
    for name, network in networks.items():
        right = (network.classify(clean.test) == truth).mean()
        print(f"{name}: {right:.3f} of {len(truth)} test images, give or take {2 * (right * (1 - right) / len(truth)) ** 0.5:.3f}")  # fmt: skip

# %% [markdown]
# ## Route, slide
#
# **What do the capsules agree on in a picture of yours?** (13 explains what you see, and what you do not.)

# %%
if labelled:
    display(cl.show_routing(networks["capsules"], clean.test))

# %% [markdown]
# **What varies in your images?** Move one slider at a time and name what changes. (20 explains the rest.)

# %%
cl.explore_latent(vae, clean)

# %% [markdown]
# ## Cluster
#
# **Do the groups that a network sees agree with your folders?** One k for all representations. Remember from 24 that the first two were taught your labels; pixels and the autoencoder were not.

# %%
views = [cl.embed(network, clean) for network in networks.values()] + [cl.embed(vae, clean), cl.embed(clean)]
k = len(np.unique(clean.labels)) if labelled else 8
cl.compare(*views[:3], k=k, seeds=1)

# %%
if labelled:
    scores = {z.source: cl.cluster(z, n_clusters=k).at(k).scores for z in views}
    told = [
        {"representation": name, "matched": f"{s.matched_accuracy:.3f}", "silhouette": f"{s.silhouette:.2f}"}
        for name, s in scores.items()
    ]
    display(plots.table(told))

# %% [markdown]
# ## Take the groups home
#
# As folders of pictures, or as a table for a spreadsheet. Nothing is ever overwritten: try the cell twice. (`originals=True` copies your own files instead of what the networks saw.)

# %%
clustering = cl.cluster(views[len(networks)], n_clusters=k).at(k)
target = Path(tempfile.mkdtemp()) / "clusters"  # or "my clusters", beside the notebook
cl.export_clusters(clustering, clean, target)
cl.export_clusters(clustering, clean, target.with_suffix(".csv"))
for folder in sorted(target.iterdir())[:4]:
    print(f"{folder.name}: {len(list(folder.iterdir()))} pictures")
print(*target.with_suffix(".csv").read_text("utf-8").splitlines()[:3], sep="\n")

# %% [markdown]
# ## `data.npy`
#
# The tutorials that this course grew from load `data.npy` and `test_data.npy`, and neither comes with them. Here they are, from your images. **What must be in such a file so that it can be read in
# one way only?** Whole numbers from 0 to 255, or fractions from 0 to 1; one axis for the images, then height and width.

# %%
place = Path(tempfile.mkdtemp())
np.save(place / "data.npy", clean.train.images / 255)  # as many tutorials have it: fractions
np.savez(place / "test_data.npz", images=clean.test.images, labels=clean.test.labels if labelled else np.zeros(len(clean.test), int))  # fmt: skip
cl.load(place / "data.npy"), cl.load(place / "test_data.npz")

# %% [markdown]
# A scanner gives 16 bits, a mask is true or false. Divide by the wrong white and everything is black, or worse: everything is a little too dark and nobody notices.
#
# **Exercise.** Write `to_bytes`: uint8 from any of four types. (`cl.hint("to_bytes")`)


# %%
def to_bytes(pixels):
    ### BEGIN SOLUTION
    if pixels.dtype == bool:
        return pixels.astype(np.uint8) * np.uint8(255)
    if pixels.dtype == np.uint16:
        return np.rint(pixels / 257).astype(np.uint8)
    if pixels.dtype.kind == "f":
        return np.rint(pixels * 255).astype(np.uint8)
    return pixels
    ### END SOLUTION


# %%
cl.check("to_bytes", to_bytes)

# %% [markdown]
# One kind of file is refused. A `.npy` may hold Python objects instead of numbers, and opening those **runs whatever code is in them**. So `cl.load` never does:

# %% tags=["raises-exception"]
np.save(place / "from a stranger.npy", np.array([{"any": "object"}], dtype=object), allow_pickle=True)
cl.load(place / "from a stranger.npy")

# %% [markdown]
# ## Three challenges, measured
#
# Articles on image clustering end with the same three: the **quality** of data, the **scale** of data, and the **limits of compute**. How much does each matter here?
#
# **Quality.** Spoil a share of the labels to train on, and test on good ones. **Predict** the accuracy with three of ten labels wrong: seven of ten?

# %%
from sklearn.neighbors import KNeighborsClassifier


def taught_with(wrong, seed, neighbours):
    chance = np.random.default_rng(seed)
    labels = clean.train.labels.copy()
    spoilt = chance.random(len(labels)) < wrong
    labels[spoilt] = chance.choice(np.unique(labels), spoilt.sum())
    flat = [part.images.reshape(len(part), -1) for part in (clean.train, clean.test)]
    return KNeighborsClassifier(neighbours).fit(flat[0], labels).score(flat[1], clean.test.labels)


# %%
shares = [0, 0.1, 0.3, 0.5]
if labelled:
    curves = {
        f"{m} neighbour{'s' if m > 1 else ''} asked": [
            np.mean([taught_with(w, s, m) for s in range(3)]) for w in shares
        ]
        for m in (1, 10)
    }
    display(plots.lines(shares, curves, "share of labels replaced at random", "test accuracy"))

# %%
if labelled:
    one, ten = curves.values()
    told = cl.lessons.judged_in_words(
        "data-quality",
        f"with {shares[2]:.0%} of labels replaced at random, asking one neighbour falls from {one[0]:.2f} to {one[2]:.2f}, asking ten from {ten[0]:.2f} to {ten[2]:.2f}",
        holds=ten[2] < ten[0] - shares[2] / 2,
        holds_partly=one[2] < one[0] - shares[2] / 2,
        refuted=True,
    )
    display(told)

# %% [markdown]
# Who believes every label learns every mistake; who asks around averages mistakes out, *if they are random*. Mistakes that follow a rule (every blurred 4 filed as a 9) no average removes.
# Even well-known test sets have wrong labels, a few in a hundred (Northcutt, Athalye & Mueller 2021).
#
# **Scale and compute.** A uint8 image takes as many bytes as it has pixels. **How many fit into your memory? And if there are four times as many codes to cluster, how much longer does it take?**
# (The codes are yours and more around them, made by chance: time does not care.)

# %%
import time

import psutil

each = int(np.prod(clean.image_shape))
print(
    f"{each:,} bytes per image, so {psutil.virtual_memory().available / each / 1e6:,.0f} million fit into memory"
)

# %%
codes, chance = views[len(networks)].vectors, np.random.default_rng(0)
sizes, seconds = [4000, 16000, 64000], []
for n in sizes:
    more = codes[chance.integers(0, len(codes), n)] + chance.normal(0, 0.3, (n, codes.shape[1]))
    began = time.process_time()
    cl.cluster(more, n_clusters=k)
    seconds.append(time.process_time() - began)

# %%
growth = np.log(seconds[-1] / seconds[0]) / np.log(sizes[-1] / sizes[0])
print(
    f"k-means on {sizes[0]:,} codes took {seconds[0]:.1f} CPU-s, on {sizes[-1]:,} {seconds[-1]:.1f}: time grows as n to the power {growth:.1f}"
)

# %% [markdown]
# (Whether k-means is slow on large data is judged in [01](01_kmeans_by_hand.ipynb).)
#
# ### More images than memory
#
# Networks and k-means want fractions, float32, and those take four bytes per pixel. **Predict:** here is a file of 100 MB, your images over and over. How much more memory does Python hold once it is loaded
# and its pixels are embedded as fractions?

# %%
n = 100_000_000 // each
file = np.lib.format.open_memmap(place / "many.npy", "w+", np.uint8, (n, *clean.image_shape))
for start in range(0, n, 10_000):
    file[start : start + 10_000] = clean.images[chance.integers(0, len(clean), min(10_000, n - start))]
del file  # it is on the disk now

before = psutil.Process().memory_info().rss
many = cl.load(place / "many.npy")
fractions = cl.embed(many).vectors
print(f"{many.images.nbytes / 1e6:.0f} MB on the disk, {fractions.nbytes / 1e6:.0f} MB as fractions:")
print(f"Python holds {max(psutil.Process().memory_info().rss - before, 0) / 1e6:.0f} MB more.")
many.train.images

# %% [markdown]
# No array came back but a promise of one: rows are read, and divided by 255, when somebody asks for them. A selection (`many.train`) is a list of positions. `cl.fit` asks for a batch, `cl.cluster` for a block of rows at a
# time: mini-batches find a thousand small clusters (Sculley 2010), those are grouped for every k, and each pass over the file then moves the centres of *all* k at once. **How far does that go?** Up to a million images made
# from MNIST by turning and moving them, measured on one core: each run a process of its own, its peak everything that it ever held.

# %%
from capslab.lessons import results

scale = results.load("scale")
print(scale)
work = {"pixels": "pixels, k = 2 … 30", "network": "an autoencoder, one epoch, then k = 10", "report": "images.report()"}  # fmt: skip

# %%
stages, told = ("load", "fit", "embed", "cluster", "report"), []
for row in (row for run in work for row in scale.where(run=run)):
    size, spent = row["images"] * 784 * 4 / 1e6, sum(row.get(f"{stage}_cpu_s", 0) for stage in stages)
    what = {"what": work[row["run"]], "images": f"{row['images']:,}", "as fractions": f"{size:,.0f} MB"}
    told.append(what | {"CPU-s": f"{spent:.0f}", "peak": f"{row['peak_mb']:,} MB"})
plots.table(told)

# %%
small, large = scale.where(run="pixels")[0], scale.where(run="pixels")[-1]
times = large["images"] / small["images"]
more = {what: large[what] / small[what] for what in ("peak_mb", "cluster_cpu_s")}
cl.lessons.judged_in_words(
    "memory-grows",
    f"for {times:.0f} times as many images k-means took {more['peak_mb']:.1f} times the memory and {more['cluster_cpu_s']:.0f} times the CPU-seconds",
    holds=more["peak_mb"] > times / 2 or more["cluster_cpu_s"] > 2 * times,
    holds_partly=more["cluster_cpu_s"] > times / 2,
    refuted=True,
)

# %% [markdown]
# What to do when it gets too much, in this order:
# - **take fewer:** a chance sample of ten thousand finds the same groups; cluster the sample, and assign the rest to its centres (`path.predict`);
# - **leave them on the disk:** as above, one large `.npy`, or `.npz` with labels from `np.savez`; it may be larger than memory;
# - **make them smaller:** `size=16` has a quarter of the pixels;
# - **get a faster machine:** the same notebooks use a GPU where there is one (`capslab doctor` says).

# %% [markdown]
# A training that takes a night must survive it. With `checkpoint=`, each finished epoch is safe on the disk, and the same cell goes on from there after a kernel was killed. With `devices="all"`, several GPUs share every
# batch and reach what one would (both, and several machines: `docs/scaling.md`). **Predict:** below, the same training is asked for twice. What does the second one do?

# %%
for _ in range(2):
    vae = cl.VAE(clean.image_shape, latent_dim=2)
    print(cl.fit(vae, clean, epochs=1, devices="all", checkpoint=place / "checkpoints", show=False))

# %%
cl.progress("26")

# %% [markdown]
# ## Answer
#
# **Does it work on yours?** The code does not care whose images they are. Whether the *result* means anything was decided before training: by copies on both sides of the split, by wrong labels, by a class too rare to be
# tested. Look first; label a hundred by hand; keep what you test on out of sight until the end.
#
# **Go on.** *Data:* Northcutt, Athalye & Mueller 2021, *Pervasive label errors in test sets* (arXiv 2103.14749); Barz & Denzler 2020, *Do we train on test data?* (arXiv 1902.00423); King & Zeng 2001, *Logistic regression in rare
# events data*. *Scale:* Sculley 2010, *Web-scale k-means clustering* (mini-batches); Johnson, Douze & Jégou 2017, *Billion-scale similarity search with GPUs* (arXiv 1702.08734). *Networks:* Sabour, Frosst & Hinton 2017
# (arXiv 1710.09829); Kingma & Welling 2013 (arXiv 1312.6114). *Better features for photographs than any here:* Caron et al. 2021, *Emerging properties in self-supervised vision transformers* (arXiv 2104.14294).
