# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 01 · What does clustering see in raw pixels?
#
# Give a computer a heap of images and no labels, and ask it to sort them into ten piles. The oldest way takes each image as a long row of grey
# levels and puts together *what is near*. You will write its one step, move k under your hand, learn what five scores reward and when each of
# them lies, and judge what an article says of classical methods: that they are slow on large data and get stuck in local optima.

# %%
import numpy as np

import capslab as cl
from capslab import clustering, plots
from capslab.lessons import classical_methods, results

images = cl.load()
k = len(images.classes)
some = images.test.sample(min(1500, len(images.test)), seed=0)
pixels = cl.embed(some)
print(pixels)

# %% [markdown]
# Prefer clothes to digits? Change that line to `images = cl.load("fashion-mnist")`; everything below still works.
#
# ## Structure against meaning
#
# To a computer, two images are near each other if few grey levels differ. That is *structure*. Which class an image belongs to is *meaning*.
# Do the two go together? Here is a test. Take an image and move it a little to the right. You still see the same thing. But is it still nearer
# to itself, as it was, than to the nearest image of **another class**? Make a guess before you look. Nobody counts how often you are right, and
# a guess that turns out far off is the one you will remember.

# %%
step = max(1, images.image_shape[1] // 14)
cl.guess(
    "moved_images",
    f"Of 100 images moved by {step} of {images.image_shape[1]} pixels, how many are then nearer to an image of another class than to themselves?",
    between=(0, 100),
    unit="of 100",
)

# %%
moved = np.roll(some.images, step, axis=2).reshape(len(some), -1) / 255
to_itself = np.linalg.norm(moved - pixels.vectors, axis=1)
squares = (moved**2).sum(axis=1)[:, None] + (pixels.vectors**2).sum(axis=1) - 2 * moved @ pixels.vectors.T
squares[some.labels[:, None] == some.labels] = np.inf
stranger = squares.argmin(axis=1)
to_stranger = np.sqrt(squares.min(axis=1))
fooled = (to_stranger < to_itself).mean()
cl.reveal(
    "moved_images",
    100 * fooled,
    "You still see the same thing, but along every edge the grey levels have changed.",
)

# %% [markdown]
# **What do such pairs look like?** Above the image as it was; in the middle the same, moved; below the nearest image of another class, which the
# moved one is *nearer* to.

# %%
worst = np.argsort(to_stranger - to_itself)[:8]
rows = [some.images[worst], np.roll(some.images[worst], step, axis=2), some.images[stranger[worst]]]
far = [f"{a:.1f} away" for a in to_itself[worst]] + [""] * 8 + [f"{b:.1f} away" for b in to_stranger[worst]]
plots.image_grid(np.concatenate(rows), far, columns=8)

# %% [markdown]
# A clustering of pixels can find structure only. Whether structure goes with meaning is a question about *these images*, and the rest of the
# notebook measures how far it does.
#
# ## k-means, step by step
#
# Two rules in turn. **Each point goes to its nearest centre; each centre moves to the mean of its points.** Both can only make one number smaller, the
# *inertia*, the sum of the squared distances from each point to its own centre:
#
# $$\sum_i \lVert x_i - c_{z_i} \rVert^2$$
#
# So it must come to rest. **Exercise.** Write `kmeans_step` for points `(n, d)` and centres `(k, d)`: give the labels `(n,)` and the moved centres.
# A centre without points stays where it is. Stuck? `cl.hint("kmeans_step")` goes one step further each time.


# %%
def kmeans_step(points, centers):
    ### BEGIN SOLUTION
    apart = ((points[:, None] - centers[None]) ** 2).sum(axis=-1)  # (n, k)
    labels = apart.argmin(axis=1)
    moved = centers.copy()
    for c in range(len(centers)):
        if (labels == c).any():
            moved[c] = points[labels == c].mean(axis=0)
    return labels, moved
    ### END SOLUTION


# %%
cl.check("kmeans_step", kmeans_step)

# %% [markdown]
# **What does it do with images?** Here they lie in the plane in which their pixels spread most. Three centres start side by side, the crosses. **Predict**
# which of them travels farthest.

# %%
plane = clustering.project(pixels.vectors)
steps = clustering.kmeans_steps(plane, plane[np.argsort(plane[:, 0])[:3]])
shown = sorted({0, 1, 2, 3, 4, len(steps) // 3, 2 * len(steps) // 3, len(steps) - 1})
told = {
    f"step {i}: inertia {steps[i].inertia:,.0f}": (plane, steps[i].labels, steps[i].centers) for i in shown
}
plots.scatter_panels(told, title=f"{len(steps)} steps until no image changes its cluster")

# %% [markdown]
# Nothing in these steps knows a class, and nothing stops it from cutting a cloud in two. In all the pixels the rules are the same, only nobody can draw it.
#
# ## k under your hand
#
# How many clusters should there be? One might hope that the inertia tells: that it falls fast as long as there are too few clusters, and hardly
# at all once there are enough. Take the inertia at k = 2 as 100 %. **Draw how it goes on to k = 30.**

# %%
cl.guess(
    "inertia_over_k",
    "How does the inertia fall as k grows from 2 to 30?",
    curve={"k": (2, 30), "inertia": (0, 100)},
    unit="%",
)

# %%
path = cl.cluster(pixels, n_clusters=range(2, 31))
cl.reveal(
    "inertia_over_k",
    100 * path.path_inertia_ / path.path_inertia_[0],
    f"It falls with every cluster you add, needed or not, and nothing happens at k = {k}, the number of classes.",
)

# %% [markdown]
# So the inertia alone does not say how many groups there are. Then look at the groups themselves.
#
# **Predict:** with as many clusters as classes, how many of the mean images will be a clean digit (or garment), and which classes will share a cluster? Then drag k. **From which k
# on** has every class a cluster of its own?

# %%
cl.explore_clusters(pixels, k=k, path=path)

# %% [markdown]
# ## Five scores
#
# | score | sees labels? | rewards |
# |---|---|---|
# | **inertia** | no | points near their centre |
# | **silhouette** | no | points nearer to their own cluster than to the next |
# | **ARI** (adjusted Rand index) | yes | pairs of images that are together, or apart, in both |
# | **NMI** (normalised mutual information) | yes | knowing the cluster tells the class, and the other way round |
# | **matched accuracy** | yes | images that are right once each cluster has a class of its own |
#
# The silhouette of one image is $(b - a) / \max(a, b)$: $a$ is its mean distance to the others of its cluster, $b$ to those of the nearest other cluster
# (Rousseeuw 1987). **Exercise.** Write `silhouette_of` for image `i`, distances `(n, n)` and labels `(n,)`; an image alone in its cluster has 0.


# %%
def silhouette_of(i, distances, labels):
    ### BEGIN SOLUTION
    own = labels == labels[i]
    if own.sum() == 1:
        return 0.0
    a = distances[i, own].sum() / (own.sum() - 1)
    b = min(distances[i, labels == c].mean() for c in np.unique(labels) if c != labels[i])
    return (b - a) / max(a, b)
    ### END SOLUTION


# %%
cl.check("silhouette_of", silhouette_of)

# %% [markdown]
# With labels there is a catch: a cluster has a number, not a name, and cluster 3 is not "class 3". **Matched accuracy** gives each cluster the class that makes the
# total largest, no class twice. **Exercise.** Write it for clusters and labels `(n,)`. `scipy.optimize.linear_sum_assignment(table, maximize=True)` solves the matching.


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
# ## When each of them lies
#
# Five small constructed cases. Above the better clustering, below the worse: a cut across both stripes; every group cut into four; many points in a wrong group,
# where the better one has clean halves; names drawn by lot; a rare class swallowed by its neighbour.
#
# **Predict for each case which of the five scores prefers the lower one.**

# %%
cases = clustering.score_pitfalls()
above = {f"{name}: better": (case.points, case.better) for name, case in cases.items()}
below = {f"worse: {name}": (case.points, case.worse) for name, case in cases.items()}
plots.scatter_panels({**above, **below}, columns=5)

# %%
told = []
for name, case in cases.items():
    for which, s in zip(("better", "worse"), case.scores, strict=True):
        told.append(
            {"case": name, "clustering": which, "inertia": s.inertia, "silhouette": s.silhouette, "ARI": s.ari,
             "NMI": s.nmi, "matched": s.matched_accuracy,
             "prefer the worse": ", ".join(case.misled_scores) if which == "worse" else ""}
        )  # fmt: skip
plots.table(told)

# %% [markdown]
# No score is fooled everywhere, none is never fooled. (Is the last pair a lie at all? If the rare class is what you look for, yes; if every image counts the same, no.
# A score answers *its* question.) **Exercise.** A dictionary that names for each weakness the score that has it: `"inertia"`, `"silhouette"`, `"ARI"`, `"NMI"`, `"matched accuracy"`,
# each once.

# %%
which_score_lies = {
    "gets smaller with every cluster you add, needed or not": ...,
    "prefers round clusters, and cuts a long one in two": ...,
    "is far above 0 for random labels, if there are many clusters": ...,
    "counts half of a class as wrong when the class is two clean clusters": ...,
    "counts pairs of images, so a class of a tenth of the size weighs a hundredth": ...,
}
### BEGIN SOLUTION
which_score_lies = dict(
    zip(which_score_lies, ["inertia", "silhouette", "NMI", "matched accuracy", "ARI"], strict=True)
)
### END SOLUTION

# %%
cl.check("which_score_lies", which_score_lies)

# %% [markdown]
# ## Twenty starts
#
# k-means always comes to rest, but where it does depends on where it began. Such a resting place is called a *local optimum*: no single move makes
# it better, although a better one may exist elsewhere. So let us run it twenty times from random starts, on the same images with the same k.

# %%
choices = [
    "the inertia (per cent)",
    "the matched accuracy (percentage points)",
    "neither: less than one apart",
]
cl.guess("twenty_starts", "What differs more among twenty runs of k-means?", choices=choices)

# %%
runs = clustering.repeat_kmeans(pixels, k, runs=20)
inertia_range = np.ptp(runs.inertia) / runs.inertia.min()
score_range = np.ptp(runs.matched_accuracy)
more = 100 * (score_range - inertia_range)
cl.reveal(
    "twenty_starts",
    choices[2 if abs(more) < 1 else int(more > 0)],
    f"The inertia differs by {inertia_range:.1%} and the matched accuracy by {100 * score_range:.0f} points.",
)

# %%
spread = {"inertia / lowest": runs.inertia / runs.inertia.min(), "matched accuracy": runs.matched_accuracy}
plots.scores_with_spread(spread, f"twenty runs of k-means, k = {k}", (0, 1.6))

# %% [markdown]
# Two runs can be nearly equal for k-means, which minimises the inertia, and still group the images quite differently. People take the run with the lowest inertia, for they have no labels. **Is it the best by matched accuracy?** And what is the inertia of the
# *true classes*, each with its own mean?

# %%
better = int((runs.matched_accuracy > runs.matched_accuracy[runs.best]).sum())
truth = clustering.score(pixels, some.labels)
print(f"the run with the lowest inertia: {better} of the other 19 match the classes better")
print(f"inertia of that run {runs.inertia.min():,.0f}; of the true classes {truth.inertia:,.0f}")
print(f"worst run {runs.inertia.max():,.0f}")

# %%
cl.lessons.judged_in_words(
    "k-means-local-optima",
    f"twenty starts end within {inertia_range:.1%} of the same inertia and {100 * score_range:.0f} points of matched accuracy apart; "
    f"the true classes' inertia is {truth.inertia / runs.inertia.min():.3f} of the best run's, and a perfect search looks for the smallest",
    holds=truth.inertia < runs.inertia.min(),
    holds_partly=inertia_range > 1e-4,
    refuted=True,
)

# %% [markdown]
# Are the optima nearly equally deep, and the true classes no optimum at all? Then what costs accuracy is not that the search ends in the wrong one: it is **what is being searched for**.
#
# ## Who always stays together?
#
# Some images change company from run to run, others never do. Images that share a cluster in *all* twenty runs form a firm group. **What is in the largest firm groups?** Each row shows one of them.

# %%
groups = runs.groups
largest = np.bincount(groups).argsort()[::-1][:6]
firm = np.concatenate([np.flatnonzero(groups == g)[:10] for g in largest if (groups == g).sum() >= 10])
plots.image_grid(some.images[firm], [images.classes[c] for c in some.labels[firm]])

# %% [markdown]
# **And the most fickle images?** *Firmness* is the mean share of runs that an image spends with those it is mostly with: 1 means always the same company.
#
# **Predict:** is k-means right more often about firm images than about fickle ones?

# %%
fickle = np.argsort(runs.stability)[:20]
plots.image_grid(some.images[fickle], [f"{runs.stability[i]:.2f}" for i in fickle])

# %%
middle = np.median(runs.stability)
right = clustering.match_labels(some.labels, runs.labels[runs.best]) == some.labels
firm_right, fickle_right = right[runs.stability >= middle].mean(), right[runs.stability < middle].mean()
print(f"right in the best run: {firm_right:.3f} of the firm half, {fickle_right:.3f} of the fickle half")

# %% [markdown]
# Stability needs no label, so it is worth having: it says which of your groups would still be there tomorrow. It does not say that they mean what you hope: look again at the labels in the firm rows.
#
# ## Are classical methods slow?
#
# The article names four: **k-means**, **support vector machines**, **random forests**, **gradient boosting**. Three of them learn from labels, k-means does not (it is scored by matched accuracy). Each fits *n*
# images and answers for images it has not seen. If time grows as $c\,n^p$, its logarithm is a straight line in $\log n$ with slope $p$.
#
# **Exercise.** Write `growth_exponent` for sizes and seconds `(m,)`: the slope of the line that fits the logarithms best.


# %%
def growth_exponent(n, seconds):
    ### BEGIN SOLUTION
    return np.polyfit(np.log(n), np.log(seconds), 1)[0]
    ### END SOLUTION


# %%
cl.check("growth_exponent", growth_exponent)

# %% [markdown]
# Live on small n first, here on your machine, in one thread. **Predict** which of the four takes longest at the largest n, and which is the most accurate.

# %%
most = min(1500, len(images.train))
live = classical_methods.measure(images, [most // 6, most // 3, most], most_test=1000)
columns = {"method": "method", "n": "n", "fit_s": "CPU-s to fit", "predict_s": "CPU-s to answer"}
plots.table(
    [row for row in live if row["n"] == most],
    {"accuracy": "high"},
    columns | {"accuracy": "accuracy"},
)

# %% [markdown]
# Tens of thousands of images take longer than a lesson, so that was measured once, on MNIST, and is bundled; the line below says when, where, and the call that measures it again on your machine. **Who would win at a million images?** Filled marks are bundled, hollow
# ones were measured a moment ago; exponents are fitted from 5,000 images on, where overhead no longer counts.

# %%
full = results.load("classical")
print(full)
by_method = {
    name: classical_methods.growth_curve(full.rows, name, above=5000) for name in classical_methods.METHODS
}
small = [classical_methods.growth_curve(live, name) for name in classical_methods.METHODS]
plots.growth_curves(list(by_method.values()), small, "accuracy (k-means: matched accuracy)")

# %% [markdown]
# ## Stuck in local optima?
#
# A search is stuck when another start ends elsewhere. Each method again on the same images, three times, in another order and with other luck. **Predict:** which of the four always gives the same answers?

# %%
part = images.train.sample(most // 4, seed=0)
unseen = images.test.sample(min(1000, len(images.test)), seed=0)
again = {
    name: [classical_methods.run(name, part, unseen, seed) for seed in range(3)]
    for name in classical_methods.METHODS
}
agree = {name: classical_methods.agreement([r["predictions"] for r in runs]) for name, runs in again.items()}
plots.scores_with_spread(
    {name: [r["accuracy"] for r in runs] for name, runs in again.items()},
    "accuracy, three starts",
    (0, 1.4),
)

# %% [markdown]
# A support vector machine's loss has a single valley (it is *convex*), so it cannot be stuck. Trees are grown greedily, one best cut at a time: they never look for an optimum at all. The verdicts, from these numbers:


# %%
def judge(name, claim):
    one, scores = by_method[name], [r["accuracy"] for r in again[name]]
    slow, stuck = one.exponent > 1.5, agree[name] < 0.95 and np.ptp(scores) > 0.02
    return cl.lessons.judged_in_words(
        claim,
        f"{one.fit_seconds[-1]:.0f} CPU-s to fit {one.n[-1]:,} images, time ∝ n^{one.exponent:.2f}, accuracy {one.accuracy[-1]:.3f}; "
        f"three starts give the same answer for {agree[name]:.1%} of images, accuracies {np.ptp(scores):.3f} apart",
        holds=slow and stuck,
        holds_partly=slow or stuck,
        refuted=True,
    )


judge("k-means", "slow-k-means")

# %%
judge("support vector machine", "slow-svm")

# %%
judge("random forest", "slow-random-forest")

# %%
judge("gradient boosting", "slow-gradient-boosting")

# %%
slowest = max(by_method.values(), key=lambda one: one.fit_seconds[-1])
best = max(by_method.values(), key=lambda one: one.accuracy[-1])
print(f"slowest: {slowest.method}, {slowest.fit_seconds[-1]:.0f} CPU-s for {slowest.n[-1]:,} images")
print(f"most accurate: {best.method}, {best.accuracy[-1]:.4f} with {best.n[-1]:,}")

# %% [markdown]
# **An experiment of your own.** Does k-means profit from more images as the others do? **Write down a guess** for its matched accuracy with eight times as many, then change `sizes` and run.

# %%
sizes = [250, 1000]
tried = classical_methods.measure(images, sizes, ["k-means"], seeds=3)
plots.scores_with_spread(
    {f"n = {n:,}": [r["accuracy"] for r in tried if r["n"] == n] for n in sorted({r["n"] for r in tried})},
    "matched accuracy of k-means, three draws",
    (0, 1.0),
)

# %% [markdown]
# And your guesses? The one that was furthest off stands first.

# %%
cl.guesses("01")

# %% [markdown]
# ## Answer
#
# **What does clustering see in raw pixels?** Ink in the same places. It groups what looks alike *where it stands*, and that goes with meaning only as far as the images of a class lie on top of each other. The search is quick and its many
# optima are nearly equally deep; the number it makes small is not the one you care for. **In the figures above, neither more images nor a better search brings it near the methods that are told the classes: it needs other vectors.** That is what the rest of the course is about.
# On to [02](05_can_you_trust_it.ipynb), where a network makes some.
#
# **Sources.** Lloyd 1982, *Least squares quantization in PCM*; Rousseeuw 1987, *Silhouettes*; Hubert & Arabie 1985, *Comparing partitions* (ARI); Kuhn 1955, *The Hungarian method*; Arthur & Vassilvitskii 2007, *k-means++*.

# %%
cl.progress("01_kmeans_by_hand")
