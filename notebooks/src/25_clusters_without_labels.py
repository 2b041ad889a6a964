# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 25 · How far can one get with no labels at all?
#
# [24](24_three_representations.ipynb) ended with an unfair race: what clustered well had been taught the classes. Here nobody is
# taught anything. You start from the pixels, ask of every image only *who is near you*, cut the web of neighbours where it hangs
# together least, and let a small network learn from the cut. **Predict before you go on:** what share of the images can be
# grouped rightly that way? Half? Four of five? More than a person would bet on?

# %%
import time

import numpy as np

import capslab as cl
from capslab import clustering, plots
from capslab.clustering import SpectralPath, matched_accuracy
from capslab.lessons import results

images = cl.load()
k = len(images.classes)
some = images.train.sample(min(20_000, len(images.train)))  # what we cluster
few = some[:5000]  # for everything that is tried several times
print(f"{len(some):,} images to cluster; labels are only read to score")

# %% [markdown]
# Another data set is one changed word: `cl.load("fashion-mnist")`. Clothes come at the end; they are the honest counter-example.
#
# ## The mark to beat
#
# k-means on pixels, k-means on the codes of a variational autoencoder, and a **Gaussian mixture** on those codes: clusters that may be long
# and tilted where k-means has balls only. **Which of the three is ahead, and by more than luck?** Three seeds each.

# %%
pixels, codes = cl.embed(few), cl.embed(cl.ready("vae", images), few)
marks = {}
for z in (pixels, codes):
    marks[f"k-means, {z.source}"] = [
        cl.cluster(z, n_clusters=k, seed=s).at(k).scores.matched_accuracy for s in range(3)
    ]
mixtures = [clustering.gaussian_mixture(codes, k, seed=s) for s in range(3)]
marks[f"mixture, {codes.source}"] = [matched_accuracy(labels, few.labels) for labels in mixtures]
plots.scores_with_spread(marks, f"matched accuracy, k = {k}", (0, 1.3))

# %% [markdown]
# All three look for *clouds around a centre*. But a 1 that leans left and a 1 that leans right are far apart, with all leanings in between:
# a class is less a cloud than a **chain of neighbours**.
#
# **Predict:** how often does an image's nearest neighbour, in plain pixels, belong to its own class?

# %%
from capslab.clustering import nearest_neighbours, principal_components


def neighbours_agree(pictures):
    near = nearest_neighbours(principal_components(pictures, 50), 10)
    return (few.labels[near.indices] == few.labels[:, None]).mean(axis=0)  # nearest first, (10,)


raw = neighbours_agree(few.images)
print(f"same class as the nearest neighbour {raw[0]:.1%}, as the tenth {raw[9]:.1%}")

# %% [markdown]
# Far more often than k-means is right. Who is near can mostly be trusted; the trouble is what is far.
#
# ## Step 1: straighten
#
# Part of what separates neighbours is no meaning at all: slant, and where the digit happens to stand. Both can be measured from the grey levels
# alone. The slant is the slope of the line through the ink, $\mathrm{cov}(x, y) / \mathrm{var}(y)$; shear it away, and move the centre of mass to the
# middle. **What does that do to a picture, and what to its neighbours?** (Above as it was, below straightened.)

# %%
from capslab.clustering import deskew

straight = deskew(few.images)
plots.image_grid(np.concatenate([few.images[:10], straight[:10]]))

# %%
agree = {"as they are": raw, "straightened": neighbours_agree(straight)}
plots.lines(np.arange(1, 11), agree, "neighbour, the nearest first", "share of the same class")

# %% [markdown]
# On images of 8×8 pixels a shear of a pixel or two blurs more than it helps; `SpectralPath` straightens from 16 pixels a side.
#
# ## Step 2: who is tied to whom
#
# Tie each image to its ten nearest. Being near is not mutual: the hermit's nearest is the village, the village's nearest is not the hermit. One of the two is enough for a tie.
#
# **Exercise.** Write `ties` for distances `(n, n)`: True where j is one of the m nearest of i, or i of j. Stuck? `cl.hint("ties")`


# %%
def ties(distances, m):
    ### BEGIN SOLUTION
    ranks = np.argsort(np.argsort(distances, axis=1), axis=1)  # 0 for oneself
    near = (ranks >= 1) & (ranks <= m)
    return near | near.T
    ### END SOLUTION


# %%
cl.check("ties", ties)

# %% [markdown]
# Then say **how strongly**: a weight near 1 for a close pair, near 0 for a far one. But what is close? In a crowd,
# a distance that would be close out in the open is far. So each image has its **own scale** $\sigma_i$, the distance to its 7th neighbour
# (Zelnik-Manor & Perona 2004):
#
# $$w_{ij} = \exp\left(-\frac{d_{ij}^2}{\sigma_i \sigma_j}\right)$$
#
# **Exercise.** Write `self_tuning` for distances `(n, n)` and scales `(n,)`. (`cl.hint("self_tuning")`)


# %%
def self_tuning(distances, scale):
    ### BEGIN SOLUTION
    return np.exp(-(distances**2) / np.outer(scale, scale))
    ### END SOLUTION


# %%
cl.check("self_tuning", self_tuning)

# %% [markdown]
# ## Step 3: no point may shout
#
# Now there is a web. Some images sit in the thick of it, with ten strong ties; others hang by a thread. If the strong ones set the tone, the cut
# goes around them instead of between groups. So divide each weight by the roots of both points' sums of weights, their *degrees*: $D^{-1/2} W D^{-1/2}$
# (Ng, Jordan & Weiss 2001).
#
# **Exercise.** Write `normalise` for symmetric weights `(n, n)`. (`cl.hint("normalise")`)


# %%
def normalise(weights):
    ### BEGIN SOLUTION
    degree = weights.sum(axis=1)
    return weights / np.sqrt(np.outer(degree, degree))
    ### END SOLUTION


# %%
cl.check("normalise", normalise)

# %% [markdown]
# **Why eigenvectors?** Take a web of six points in two halves, tied by a single weak thread. Find numbers $v$, one per point, that the normalised
# web leaves as they are except for a factor: $A v = \lambda v$. Neighbours must then have nearly the same number. **Predict** the signs of the second
# one's six numbers, and which of the three largest factors is far below the others.

# %%
web = np.zeros((6, 6))
web[:3, :3] = web[3:, 3:] = 1
web[2, 3] = web[3, 2] = 0.1
np.fill_diagonal(web, 0)
degree = web.sum(axis=1)
values, vectors = np.linalg.eigh(web / np.sqrt(np.outer(degree, degree)))
print("eigenvalues      ", values[::-1].round(2))
print("second of them   ", vectors[:, -2].round(2))

# %% [markdown]
# The number of eigenvalues near 1 is the number of parts, and the eigenvectors say who is in which. With images the parts are tied by more than one thread,
# but the picture is the same. **In the plane of eigenvectors 2 and 3, are there clouds again? Of one class each?** (Labels only colour the dots.)

# %%
began = time.process_time()
graph = SpectralPath(k).fit(some)
seconds = time.process_time() - began
plots.scatter(graph.eigenvectors_[:, 1:3], some.labels, images.classes, "second and third eigenvector")

# %% [markdown]
# Step 4 is what we had at the beginning: k-means. But not on pixels: on the rows of the eigenvectors, each brought to unit length, because the *direction* of
# a row says with whom an image goes and its length only how firmly. **Predict the matched accuracy**, then run.

# %%
spectral = matched_accuracy(graph.labels_, some.labels)
smaller = matched_accuracy(SpectralPath(k).fit_predict(few), few.labels)
print(f"{len(some):,} images, {seconds:.1f} CPU-seconds, matched accuracy {spectral:.3f}")
print(
    f"the {len(few):,} of the marks above: {smaller:.3f}, where the best mark is {max(map(max, marks.values())):.3f}"
)

# %% [markdown]
# **What does a cluster hold, and where does k matter?** Drag k: the coordinates are the rows that k-means has just seen.

# %%
rows = graph.eigenvectors_[:5000, : k + 3]
rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
cl.explore_clusters(cl.Embedding(rows, some.labels[:5000], some[:5000], "rows of eigenvectors", False), k=k)

# %% [markdown]
# **Which images end up in a wrong cluster?** Would you have known better? Each with its label, and with the class of most of its cluster.

# %%
named = clustering.match_labels(some.labels, graph.labels_)
wrong = np.flatnonzero(named != some.labels)[:20]
words = [f"{images.classes[some.labels[i]]}\nwith {images.classes[named[i]]}" for i in wrong]
plots.image_grid(some.images[wrong], words)

# %% [markdown]
# ## Take it apart
#
# Which of the steps carries the result? And how much of it is luck with settings that somebody chose? Leave out one thing at a time, or move one number;
# three samples each, and in the last row one sample with three seeds. **Predict which change costs most.**

# %%
upright = min(images.image_shape[:2]) >= 16  # straightened so far?
changes = {
    "as above": {},
    "not straightened" if upright else "straightened": {"straighten": not upright},
    "5 neighbours": {"n_neighbors": 5},
    "30 neighbours": {"n_neighbors": 30},
    f"{k} eigenvectors": {"n_eigenvectors": k},
    f"{2 * k + 5} eigenvectors": {"n_eigenvectors": 2 * k + 5},
}

# %%
samples = [some.sample(min(2000, 4 * len(some) // 5), seed=seed) for seed in range(3)]
apart = {
    name: [matched_accuracy(SpectralPath(k, n_init=10, **change).fit_predict(s), s.labels) for s in samples]
    for name, change in changes.items()
}
again = [SpectralPath(k, n_init=10, seed=seed).fit_predict(samples[0]) for seed in range(3)]
apart["one sample, other seeds"] = [matched_accuracy(labels, samples[0].labels) for labels in again]
plots.scores_with_spread(apart, f"matched accuracy, {len(samples[0]):,} images")

# %% [markdown]
# Here is the catch of every clustering paper, and of this notebook: **the settings were found with the labels in sight.** Without labels there would have been no way to
# tell a good row of this figure from a bad one. The number of images is a setting too: more images, more neighbours on the way from one leaning to the next.
#
# ## How many groups?
#
# We gave k away. Can it be *found*? Three ways that need no label:
# - **eigengap**: eigenvalues near 1 count the parts, so take the k after which they fall most;
# - **silhouette**: the k at which images are closest to their own cluster and farthest from the next;
# - **stability**: cluster two samples, and take the k at which they agree best on the images that are in both.
#
# **Exercise.** Write `choose_k` for eigenvalues `(m,)`, largest first: the $k \ge 2$ with the largest $\lambda_k - \lambda_{k+1}$.


# %%
def choose_k(eigenvalues):
    ### BEGIN SOLUTION
    gaps = eigenvalues[:-1] - eigenvalues[1:]
    return 2 + int(np.argmax(gaps[1:]))
    ### END SOLUTION


# %%
cl.check("choose_k", choose_k)

# %% [markdown]
# **Where do the eigenvalues fall?** Two webs: the one above, and one in which images are compared by the **directions of their edges** instead of their pixels
# (histograms of gradients, Dalal & Triggs 2005): strokes of different thickness have the same edges. Point at a line to read off its values.

# %%
edges = SpectralPath(k, features="gradients", n_components=80, power=0.25).fit(some)
falls = {"pixels": graph.eigenvalues_[:20], "edges": edges.eigenvalues_[:20]}
plots.lines(np.arange(1, 21), falls, "number of the eigenvalue", "eigenvalue")


# %%
def two_webs(pictures, **settings):
    n = len(pictures)
    places = [np.random.default_rng(seed).permutation(n)[: n * 4 // 5] for seed in (1, 2)]
    webs = [SpectralPath(k, n_init=5, **settings).fit(pictures[place]) for place in places]
    shared = np.intersect1d(*places, return_indices=True)[1:]  # the images in both: where in each
    return webs, shared, pictures[places[0]]


def agreement(webs, shared, tried):
    said = [web.at(tried).labels[where] for web, where in zip(webs, shared, strict=True)]
    return clustering.adjusted_rand(clustering.contingency(*said))


# %%
webs, shared, _ = two_webs(few)
stable = {tried: agreement(webs, shared, tried) for tried in range(2, 18)}
plots.lines(list(stable), {"stability": list(stable.values())}, "k", "ARI of two samples")

# %% [markdown]
# **How wrong is each?** There are as many classes as the first row says.

# %%
tried = cl.cluster(pixels, n_clusters=range(2, 21)).curves()
guesses = {
    "classes": k,
    "eigengap, pixels": graph.eigengap_,
    "eigengap, edges": edges.eigengap_,
    "silhouette, pixels": int(tried.ks[tried.silhouette.argmax()]),
    "stability": max(stable, key=stable.get),
}
plots.table([{"how": name, "k": guess, "wrong by": guess - k} for name, guess in guesses.items()])

# %% [markdown]
# A criterion finds the number of groups *in its own web*, and those are classes only if the web is good. Where two of them disagree, look at the images.
#
# ## Better neighbours, better groups
#
# You have seen which web counts better. **Which groups better?** Predict the edges' accuracy; then how many of the wrongly grouped images are left.

# %%
by_edges = matched_accuracy(edges.labels_, some.labels)
print(f"matched accuracy: pixels {spectral:.4f}, edges {by_edges:.4f}")
print(f"for each 100 images that pixels group wrongly, edges do {100 * (1 - by_edges) / (1 - spectral):.0f}")

# %% [markdown]
# ## Can a pupil be better than its teacher?
#
# Train a small convolutional network on the *cluster numbers* as if they were labels, some of them wrong. Each time it sees an image, the image is turned, scaled,
# sheared and shifted a little, so it cannot learn single images by heart; it has to learn what most of a cluster has in common.
#
# **Predict:** on images that nobody clustered, is it better or worse than the labels it was taught?

# %%
from capslab.labelfree import selftrain

began = time.process_time()
network = selftrain(some, edges.labels_, steps=320, batch_size=128)
unseen = matched_accuracy(network.classify(images.test), images.test.labels)
print(f"taught by {by_edges:.4f}; on {len(images.test):,} unseen images {unseen:.4f}")
print(f"({time.process_time() - began:.0f} CPU-seconds)")

# %% [markdown]
# The pupil has something to give back: **what it sees**. Tie images that are near each other in its last layer but one, add that web to the first, cut again, and let a
# wider network learn from the new cut. `cl.LabelFree` does all of it, in one line: `cl.LabelFree(10).fit(images).labels_`. On all 60,000 images that takes longer than a
# lesson, so here is what each step gave when it was measured: the median over the seeds, smallest and largest behind it.

# %%
runs = results.load("labelfree")
print(runs)


def spread(run, what):
    values = [row[what] for row in runs.where(run=run) if row[what] is not None]
    low, middle, high = np.quantile(values, [0, 0.5, 1]) if values else (0, 0, 0)
    return f"{middle:.4g} ({low:.4g} to {high:.4g})" if values else None


# %%
steps = {"spectral": "web of pixels", "selftrained": "web of pixels and a pupil",
         "edges": "web of edges", "full": "LabelFree"}  # fmt: skip
columns = {"accuracy": "clustered", "test_accuracy": "10,000 unseen",
           "cpu_s": "CPU-seconds", "peak_mb": "peak MB"}  # fmt: skip
rows = []
for run, words in steps.items():
    told = {heading: spread(run, what) for what, heading in columns.items()}
    rows.append({"MNIST, 60,000": words, "seeds": len(runs.where(run=run))} | told)
plots.table(rows)

# %% [markdown]
# ## Who chose the settings?
#
# How far should the last network's images be turned and sheared? Should it see them straightened? Somebody has to look at *some* score to decide. If that is the score on the test
# images, then "unseen" is no longer true of them. So how `LabelFree` moves and straightens its images was chosen on 5,000 **validation** images, neither clustered nor among the test images, with
# the rest of the recipe fitted on 20,000 others. **By how much do the candidates differ, and by how much the samples?**

# %%
candidates = {
    "choice-mild": "straightened, moved a little",
    "choice-full": "straightened, moved more",
    "choice-raw": "as they are, moved more",
}
judged = {
    words: [row["validation_accuracy"] for row in runs.where(run=run)] for run, words in candidates.items()
}
plots.scores_with_spread(judged, "matched accuracy on 5,000 validation images", (0.95, 1.005))

# %% [markdown]
# The best mean of the three was taken, however small its lead. **And if we had gone by the test score instead?**

# %%
print("10,000 test images: as chosen      ", spread("full", "test_accuracy"))
print("                    moved a little ", spread("full-mild", "test_accuracy"))

# %% [markdown]
# Taking the higher of these two lines, and still calling the images *unseen*, is how tables get their last tenth of a percent. The validation labels were read as well, and no reader
# of a table would see it; but their score is not the one reported. Everything else in the recipe (ten neighbours, the web of edges, the widths and steps of the networks) was found in
# experiments on MNIST with its labels in sight as well.
#
# ## Beside what has been published
#
# Matched accuracy on MNIST, as each paper reports it, mostly on all 70,000 images at once; ours is on the 60,000 that were clustered, or on the 10,000 unseen where there is a network to ask.
# **None of these methods read a label while it fitted. Who read them while choosing the settings?** For ours we know; for the others, ask the paper.

# %%
published = [
    ("VaDE", "Jiang et al. 2016, arXiv 1611.05148", 0.9446),
    ("N2D", "McConville et al. 2019, arXiv 1908.05968", 0.979),
    ("IMSAT", "Hu et al. 2017, arXiv 1702.08720", 0.984),
    ("stacked capsule autoencoder", "Kosiorek et al. 2019, arXiv 1906.06818", 0.987),
    ("SPC", "Mahon & Lukasiewicz 2021, arXiv 2107.10692", 0.992),
]
asked = "labels in sight when settings were chosen"
table = [
    {"method": m, "source": f"{s} (as quoted)", "accuracy": f"{a:.4f}", asked: "not checked here"}
    for m, s, a in published
]

# %%
for run, words in steps.items():
    on = "accuracy" if runs.where(run=run)[0]["test_accuracy"] is None else "test_accuracy"
    row = {"method": words, "source": f"capslab, {columns[on]}", "accuracy": spread(run, on).split()[0]}
    table.append(row | {asked: "yes, MNIST's; never the test score" if run == "full" else "yes, MNIST's"})
plots.table(sorted(table, key=lambda row: row["accuracy"]))

# %% [markdown]
# ## And where it fails
#
# Fashion-MNIST has the same size and the same number of classes. **Predict** the same methods' accuracy on pullovers, coats and shirts.

# %%
clothes = {"fashion-spectral": "web of pixels", "fashion-edges": "web of edges", "fashion-full": "LabelFree"}
told = {
    words + row.get("settings", ""): [row["accuracy"]]
    for run, words in clothes.items()
    for row in runs.where(run=run)[:1]
}
print(f"Fashion-MNIST, 60,000 images, measured {runs.date}; as quoted: N2D 0.672, SPC 0.679")
plots.scores_with_spread(told, "matched accuracy", (0, 1.2))

# %% [markdown]
# See for yourself on a part of it, where it is on this machine (if clothes are what you came with, the digits of MNIST are the other set). **Does straightening, right for handwriting, help here?
# And which classes share a cluster?**

# %%
from capslab.data import local_source

name = "mnist" if images.name == "fashion-mnist" else "fashion-mnist"
other = cl.load(name).train.sample(3000) if local_source(name) else few
ways = {
    "straightened": {"straighten": True},
    "not straightened": {"straighten": False},
    "edges": {"features": "gradients", "n_components": 80, "power": 0.25},
}

# %%
cuts = {way: SpectralPath(10, n_init=5, **settings).fit(other) for way, settings in ways.items()}
print(f"{other.name}: {len(other):,} images" + ("" if other is not few else f", because {name} is not here"))
plots.bars(
    {way: matched_accuracy(cut.labels_, other.labels) for way, cut in cuts.items()},
    "matched accuracy",
    (0, 1.2),
)

# %%
shares = clustering.contingency(cuts["straightened"].labels_, other.labels).T
plots.confusion(shares, row_names=other.classes, rows="class", columns="cluster")

# %% [markdown]
# Each column is a cluster. Among clothes there are *groups* too; they are not the classes, and no cut repairs a web in which a shirt's nearest neighbour is a coat.
#
# **Could we have known without labels?** Two signs need none: how well two samples agree (as above), and how clear the groups are among the rows of eigenvectors (silhouette).
# **Predict:** do they put these webs in the right order?

# %%
from sklearn.metrics import silhouette_score


def signs(pictures, settings):
    webs, shared, sample = two_webs(pictures, **settings)
    rows = webs[0].eigenvectors_[:, :k] / np.linalg.norm(webs[0].eigenvectors_[:, :k], axis=1, keepdims=True)
    return {
        "two samples agree (ARI)": agreement(webs, shared, k),
        "silhouette of rows": silhouette_score(rows, webs[0].labels_, sample_size=1000, random_state=0),
        "matched accuracy": matched_accuracy(webs[0].labels_, sample.labels),
    }


# %%
both = {pictures.name: pictures.sample(min(2000, len(pictures))) for pictures in (few, other)}
warned = [
    {"images": name, "web": way} | signs(pictures, settings)
    for name, pictures in both.items()
    for way, settings in ways.items()
]
plots.table(warned)

# %%
agreed, found = "two samples agree (ARI)", "matched accuracy"
worst = max(warned, key=lambda row: row[agreed] - row[found])
cl.lessons.judged_in_words(
    "stable-groups-are-classes",
    f"{worst['images']}, {worst['web']}: two samples agree with ARI {worst[agreed]:.2f}, matched accuracy {worst[found]:.2f}",
    refuted=worst[agreed] - worst[found] > 0.15,
    holds_partly=worst[agreed] - worst[found] > 0.05,
    holds=True,
)

# %% [markdown]
# Two samples that disagree are a warning, and it costs no label. That they agree is no promise: a shirt may be a pullover's neighbour in both. **What does a handful of labels buy?**
# Label a hundred images at random and score the clustering on those alone; here two hundred such hundreds.

# %%
chance = np.random.default_rng(0)
hundreds = [chance.choice(len(some), 100, replace=False) for _ in range(200)]
guessed = [matched_accuracy(graph.labels_[hundred], some.labels[hundred]) for hundred in hundreds]
low, high = np.quantile(guessed, [0.05, 0.95])
print(f"on all images {spectral:.3f}; nine of ten hundreds say {low:.2f} to {high:.2f}")

# %% [markdown]
# ## The claims

# %%
vae_best = max(max(scores) for name, scores in marks.items() if codes.source in name)
cl.lessons.judged_in_words(
    "classical-cannot",
    f"{len(few):,} images of {images.name}: a web of neighbours, eigenvectors and k-means, no network anywhere, match {smaller:.3f}; "
    f"the best clustering of the autoencoder's codes matches {vae_best:.3f}",
    refuted=smaller > vae_best,
    holds=smaller < vae_best - 0.05,
    holds_partly=smaller <= vae_best,
)

# %%
quarter, began = some[: len(some) // 4], time.process_time()
SpectralPath(k).fit(quarter)
less = time.process_time() - began
growth = np.log(seconds / less) / np.log(len(some) / len(quarter))
cl.lessons.judged_in_words(
    "slow-spectral",
    f"{len(quarter):,} images {less:.1f} CPU-s, {len(some):,} images {seconds:.1f}: time grows as n to the power {growth:.1f}; "
    f"all 60,000 of MNIST took {runs.where(run='spectral')[0]['cpu_s']:.0f} CPU-s when measured",
    holds=growth > 1.8,
    holds_partly=growth > 1.1,
    refuted=True,
)

# %%
cl.progress("25")

# %% [markdown]
# ## Answer
#
# **How far can one get with no labels?** On handwritten digits, nearly as far as with them, as the tables show: ask only who is near, cut the web, let a network smooth the cut. Each step is old and
# small; none knows what a digit is. **But "no labels" hides a person who looked at them:** the settings were chosen where labels could be seen, and on clothes the same settings find other groups
# than the classes. Before you trust groups on images of your own, cluster two samples and see whether they agree; then label a hundred.
# Images of your own are what [26](26_your_own_images.ipynb) is about.
#
# **Sources.** Ng, Jordan & Weiss 2001, *On spectral clustering*; Zelnik-Manor & Perona 2004, *Self-tuning spectral clustering*; von Luxburg 2007, *A tutorial on spectral clustering*;
# Dalal & Triggs 2005, *Histograms of oriented gradients for human detection*.
