# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 13 · What do the routing coefficients show?
#
# In [11](11_routing_by_agreement.ipynb) you built routing by hand. Here a network of capsules learns from real images, and for each image decides anew which part listens to which whole. Those decisions, the **coupling coefficients**,
# can be drawn, and the drawings look like understanding. Do they show any? You train the network, watch its couplings form, on your own handwriting too, and then take it apart, one experiment after the other. **Commit to a guess
# before each of them.** Some of the answers are not what the pictures suggest.

# %%
import numpy as np

import capslab as cl
from capslab import plots
from capslab.clustering import contingency
from capslab.data import rotated, shifted
from capslab.lessons import closing_table, results
from capslab.models import ConvNet, answering_time, cost
from capslab.routing import ablation

images = cl.load()

# %% [markdown]
# `images = cl.load("fashion-mnist")` is one changed word; everything below follows.
#
# ## The hierarchy
#
# Convolutions find strokes. **Primary capsules** bundle what they found at a place into short vectors: parts with a pose. Each votes for each **digit capsule**, one a class, and routing decides who listens. The longest digit capsule names the image;
# a small **decoder** draws the image again from that capsule's pose. **How many numbers pass each stage?**

# %%
plots.drawing("vote")

# %%
preset = "visible" if min(images.image_shape[:2]) >= 20 else "digits"
caps = cl.CapsNet(images.image_shape, images.classes, preset=preset)
plots.architecture(caps)

# %% [markdown]
# ## The loss
#
# Each digit capsule is asked on its own: the right one should be longer than 0.9, every other shorter than 0.1. This **margin loss** could accept two digits at once, which a softmax cannot; `17` uses that.
#
# $$L = \sum_j T_j \max(0,\,0.9-\lVert v_j\rVert)^2 + 0.5\,(1-T_j)\max(0,\,\lVert v_j\rVert-0.1)^2$$
#
# (Sabour, Frosst & Hinton 2017, [arXiv 1710.09829](https://arxiv.org/abs/1710.09829), equation 4.)
#
# **Exercise.** Lengths `(n, classes)` and labels `(n,)` in; the mean over images out. Stuck? `cl.hint("margin_loss")`


# %%
def margin_loss(lengths, labels):
    ### BEGIN SOLUTION
    truth = np.eye(lengths.shape[1])[labels]
    too_short = truth * np.maximum(0, 0.9 - lengths) ** 2
    too_long = (1 - truth) * np.maximum(0, lengths - 0.1) ** 2
    return (too_short + 0.5 * too_long).sum(axis=1).mean()
    ### END SOLUTION


# %%
cl.check("margin_loss", margin_loss)

# %% [markdown]
# To it is added the squared error of the drawing: its mean over pixels times 0.392, which for 28×28 pixels is the paper's 0.0005 times the sum. That is so little that it hardly touches the classes, enough to keep the pose informative. The paper calls it a **regulariser**. While it learns, the decoder is given the capsule
# of the *true* class; afterwards that of the longest one, or the label would leak into the answer.
#
# ## Train it
#
# **Predict:** how many images in a hundred will it get right after a single epoch?

# %%
history = cl.fit(caps, images, epochs=1)

# %% [markdown]
# One epoch is enough to see it learn. From here on we look at a network of the same design that was given more of them, and compare it with the dense network of `05`. **Where do they err?**

# %%
live = (caps.classify(images.test) == images.test.labels).mean()
caps, dense = cl.ready("capsnet", images), cl.ready("dense", images)
called = {"capsules": caps.classify(images.test), "dense": dense.classify(images.test)}
right = {name: (labels == images.test.labels).mean() for name, labels in called.items()}
print(
    f"after one epoch {live:.4f}; the longer trained one {right['capsules']:.4f}, dense {right['dense']:.4f}"
)
counts = contingency(images.test.labels, called["capsules"])
plots.confusion(counts, images.classes)

# %% [markdown]
# Accuracy hides which class suffers. **Recall** is the share of a class's images that was found: the number on the diagonal over the sum of its row.

# %%
recall = {
    name: np.array([(labels[images.test.labels == j] == j).mean() for j in range(len(images.classes))])
    for name, labels in called.items()
}
plots.table(
    [
        {"class": c, **{name: f"{r[j]:.3f}" for name, r in recall.items()}}
        for j, c in enumerate(images.classes)
    ]
)

# %% [markdown]
# ## Watch the couplings form
#
# Pick an image; step through the iterations. The maps show $c - \tfrac1J$: no colour means "as at the start", vermilion "listens more", blue "listens less". Click a primary capsule to see its arithmetic.
#
# **Predict:** after three iterations, will a primary capsule have chosen one class, leaned towards one, or hardly moved?

# %%
cl.show_routing(caps, images.test)

# %% [markdown]
# **Does it hold for what you draw yourself?** Draw with mouse, pen or finger, or with the arrow keys and space. The small picture is what the network sees: scaled and centred as its training images were.

# %%
cl.draw_digit(caps)

# %% [markdown]
# The same as plain data: `trace.couplings` is `(iterations, primary, digit)`. A primary capsule with number $i$ stands at $i = (\text{row} \cdot \text{columns} + \text{column}) \cdot \text{types} + \text{type}$.
#
# **Exercise.** Read a map off: `couplings (child, parent)`, `grid (rows, columns, types)` and the number of a digit give $c - \tfrac1J$ at each place, the mean over types. `cl.hint("coupling_map")`


# %%
def coupling_map(couplings, grid, digit):
    ### BEGIN SOLUTION
    rows, columns, types = grid
    deviation = couplings[:, digit] - 1 / couplings.shape[1]
    return deviation.reshape(rows, columns, types).mean(axis=2)
    ### END SOLUTION


# %%
cl.check("coupling_map", coupling_map)

# %%
trace = cl.route(caps, images.test[0])
print(trace)
plots.routing_maps(trace)

# %% [markdown]
# ## What is in a pose?
#
# The decoder shows what a digit capsule knows. **Above** the images, **below** what was drawn from one pose each. What got lost?

# %%
some = images.test[:10]
plots.image_grid(np.concatenate([some.images / 255, caps.reconstruct(some)]))

# %% [markdown]
# Now take one image's pose and move one of its numbers at a time. **Name what you see change:** thickness, slant, width, a loop? Does any number do one thing only?

# %%
pose, steps = caps.poses(images.test[:1]), np.linspace(-0.25, 0.25, 7)
label = np.linalg.norm(pose[0], axis=-1).argmax()
moved = np.repeat(pose, 5 * len(steps), axis=0)
for row in range(5):
    moved[row * len(steps) : (row + 1) * len(steps), label, row] += steps
plots.image_grid(
    caps.decode(moved, label), [f"p{r} {s:+.2f}" for r in range(5) for s in steps], columns=len(steps)
)

# %% [markdown]
# Now with all dimensions under your hand. **Is there one that turns the image into another class?**

# %%
cl.explore_pose(caps, images.test[0])

# %% [markdown]
# ## Evidence 1: how much is decided?
#
# So far you have seen pictures. Now numbers, over many images. The **entropy** of a child's couplings says how undecided it is; over its largest value $\ln J$ it runs from 1, an even split, to 0, a choice.
#
# **Exercise.** Write it for `couplings (child, parent)`: $-\sum_j c_{ij} \ln c_{ij} / \ln J$, the mean over children. `cl.hint("coupling_entropy")`


# %%
def coupling_entropy(couplings):
    ### BEGIN SOLUTION
    powers = couplings * np.log(np.maximum(couplings, 1e-30))
    return -powers.sum(axis=1).mean() / np.log(couplings.shape[1])
    ### END SOLUTION


# %%
cl.check("coupling_entropy", coupling_entropy)

# %% [markdown]
# `ablation.route_all` routes many images with the weights that the network has learned, for as many iterations as you like; it was trained with three.
#
# **Predict three numbers for iteration 3, and again for 10:** the entropy; the length of the true class's capsule; the accuracy.

# %%
few = images.test.sample(min(2000, len(images.test)), seed=1)
parts, learned = caps.primary(few), caps.routing_weights()
long = ablation.route_all(parts, learned, iterations=10)
entropy, accuracy = long.entropy.mean(axis=1), long.accuracy(few.labels)
true_length = long.lengths[:, np.arange(len(few)), few.labels].mean(axis=1)
shown = {"entropy / ln J": entropy, "length of the true class": true_length, "accuracy": accuracy}
plots.table(
    [
        {"iteration": t, **{name: f"{v[t - 1]:.3f}" for name, v in shown.items()}}
        for t in (1, 2, 3, 4, 6, 8, 10)
    ]
)

# %% [markdown]
# At iteration 3, when the network answers, are the couplings still close to an even split? What the iterations do is *sharpen*: nearly always the same class wins, only with a longer vector. **One iteration is a plain dense layer**, divided by J and squashed.
# How often would that layer have named another class? And does going on to ten, which moves the couplings at last, help?

# %%
first, third = (long.lengths[t].argmax(axis=1) for t in (0, 2))
print(f"one iteration names the same class as three for {(first == third).mean():.1%} of the images")
print(f"right after 1, 3, 10 iterations: {accuracy[0]:.3f}, {accuracy[2]:.3f}, {accuracy[9]:.3f}")

# %% [markdown]
#
# ## Evidence 2: a control
#
# A network that was trained with three iterations may simply be used to them. The fair control is one **trained** with a single iteration, everything else the same: images, order, epochs. And one trained without its decoder: does the regulariser earn its keep? That takes minutes for each seed, so
# it was measured beforehand. **Predict the order.**

# %%
runs = results.load("capsules")
where = images.name if runs.where(data=images.name) else "mnist"
print(f"{where}, measured {runs.date} on {runs.machine}; again with: {runs.command}")
asked = 10_000 if where == "mnist" else len(images.test)
share_right = runs.grouped("accuracy", "kind", data=where, change="shift", amount=0)  # one per seed
wrong = {kind: [round((1 - share) * asked) for share in found] for kind, found in share_right.items()}
errors, heading = {kind: np.mean(found) for kind, found in wrong.items()}, f"errors on {asked:,} test images"
rows = [{"trained": kind, heading + ", one per seed": ", ".join(map(str, wrong[kind]))}
        | {"mean": f"{mean:.0f}", "chance alone": f"± {2 * mean**0.5:.0f}"}
        for kind, mean in errors.items() if kind != "dense"]  # fmt: skip
plots.table(rows)

# %% [markdown]
# Hold every difference against the last column before you name a winner: a count of $e$ errors comes out anywhere within about $\pm 2\sqrt{e}$ by the choice of test images alone, and another seed moves it too.
# Several seeds say more than one: does *every* run of one kind err less than every run of the other? And what does the network without any capsule do?
#
# ## Evidence 3: do couplings mean anything?
#
# Nearly even, so perhaps what is left is noise? Forget images and lengths: take the couplings alone, average them for each class, and call a new image by the nearest average. **Predict its accuracy.** And what would be the fair thing to hold it against?

# %%
known = images.train.sample(min(2000, len(images.train)), seed=2)
known_parts = caps.primary(known)
routed, known_routed = ablation.route_all(parts, learned), ablation.route_all(known_parts, learned)


def right_by_nearest(a, b):
    return (ablation.nearest_mean(a, known.labels, b) == few.labels).mean()


by_mean = {
    "pixels": right_by_nearest(known.images / 255, few.images / 255),
    "primary capsules, not routed": right_by_nearest(known_parts, parts),
    "couplings alone": right_by_nearest(known_routed.couplings, routed.couplings),
}
plots.bars(by_mean, "accuracy of the nearest class mean", (0, 1.2))

# %% [markdown]
# Hold the last bar against the first two: whatever is left of an even split, it is not noise. It cannot be: a coupling grows with a vote's agreement, and the votes come from weights that were trained to agree on the class.
#
# ## Evidence 4: take capsules away
#
# If a coupling says how much a capsule matters, then silencing the most coupled ones must hurt most.
#
# **Exercise.** `scores (n, capsules)` and a number `m` in; out come booleans, False for the m highest of each row. `cl.hint("removal_mask")`


# %%
def removal_mask(scores, m):
    ### BEGIN SOLUTION
    highest = np.argsort(scores, axis=1)[:, scores.shape[1] - m :]
    keep = np.ones(scores.shape, dtype=bool)
    np.put_along_axis(keep, highest, False, axis=1)
    return keep
    ### END SOLUTION


# %%
cl.check("removal_mask", removal_mask)

# %% [markdown]
# Rank the primary capsules of each image by their coupling to the class that won; silence a share of them; route what is left. **Predict the accuracy with a tenth of them gone:** the most coupled, the least, or as many by chance? Then draw the three curves in your head, up to half of them.

# %%
shares = (0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5)
removed = ablation.removal_test(parts, few.labels, learned, shares)
tenth = {name: curve[shares.index(0.1)] for name, curve in removed.items()}
print("a tenth silenced:", ", ".join(f"{name} {value:.3f}" for name, value in tenth.items()))
plots.lines(np.array(shares), removed, "share of primary capsules silenced", "accuracy")

# %% [markdown]
# With a tenth gone, is the order as it should be? If so, couplings do point at what carries the decision. **But follow the curve of the highest to its end.** On MNIST it comes back: with *more* of the most important capsules gone, the network is right again. How can that be?
#
# ## Evidence 5: which way is forward?
#
# Look at what remains. Compare the winner's pose before and after: the **cosine** between them is 1 for the same direction and −1 for the opposite one. **Predict** its sign with half the capsules gone.

# %%
who = np.arange(len(few)), routed.predicted
coupled, before = routed.to_winner(routed.couplings), routed.outputs[who]
rows = []
for share in shares[1:]:
    keep = ablation.removal_mask(coupled, max(1, round(share * coupled.shape[1])))
    after = ablation.route_all(parts * keep[..., None], learned)
    v = after.outputs[who]
    length = np.linalg.norm(v, axis=1)
    cosine = (before * v).sum(axis=1) / np.linalg.norm(before, axis=1) / length
    told = {"most coupled silenced": f"{share:.0%}", "accuracy": f"{after.accuracy(few.labels)[-1]:.3f}"}
    rows.append(told | {"its length": f"{length.mean():.2f}", "cosine to before": f"{cosine.mean():+.2f}"})
plots.table(rows)

# %% [markdown]
# Where the cosine is near −1 the capsule points **backwards**, and is as long as ever. All who agreed are gone; those who had *contradicted* it agree among themselves, on the opposite; and a length does not mind. Length is all that is asked for, so *yes* and *no* can look the same: this is the
# **sign ambiguity** of capsules (Peer, Stabinger & Rodríguez-Sánchez 2021). How many contradict the winner to begin with? And if every primary capsule of an image is turned into its opposite, $u \to -u$, **what will the network say?**

# %%
against = (routed.to_winner(routed.agreement) < 0).mean()
opposite = ablation.route_all(-parts, learned)
no_bias = type(learned)(learned.weights, 0 * learned.bias, learned.iterations)
same = [ablation.route_all(sign * parts, no_bias).lengths[-1] for sign in (1, -1)]
print(f"primary capsules that contradict the winner: {against:.1%}")
print(f"accuracy with every capsule turned round: {opposite.accuracy(few.labels)[-1]:.3f}")
print(f"without the small bias, lengths change by {np.abs(same[0] - same[1]).max():.0e}: nothing at all")

# %% [markdown]
# ## Evidence 6: shifted and turned
#
# The best argument for capsules is that poses move with the image, so a moved image should stay recognised. **Predict** at which shift each network falls below one half.

# %%
plots.image_grid(
    np.concatenate([shifted(some, 2).images, rotated(some, 30).images]),
    title="shifted by 2 pixels; turned by 30°",
)

# %%
amounts = range(0, min(images.image_shape[:2]) // 3)
fall = {
    name: [(model.classify(shifted(few[:1000], a)) == few[:1000].labels).mean() for a in amounts]
    for name, model in {"capsules": caps, "dense": dense}.items()
}
plots.lines(np.array(amounts), fall, "shift in pixels", "accuracy", mark=0.5)

# %% [markdown]
# If the capsules are ahead, that is no win yet: this capsule network has convolutions and may have seen shifted images in training, the dense network neither. **Equal terms:** the same training for all, and a plain convolutional network of the same size, with the capsules taken out. Measured beforehand (the mean, where there are several seeds).

# %%
names = {"capsules, 3 iterations": "capsules", "convolutional": "convolutional", "dense": "dense"}
found = runs.grouped("accuracy", "kind", "change", "amount", data=where)
mean = {moved: np.mean(seeds) for moved, seeds in found.items()}
rows = []
for change, a in dict.fromkeys((change, a) for _, change, a in mean):
    if change == "shift" or a in (10, 20, 30, 40, 60):
        told = {word: f"{mean[kind, change, a]:.3f}" for kind, word in names.items()}
        rows.append({"test images": f"{change} by {a}"} | told)
plots.table(rows)

# %% [markdown]
# ## What does a larger problem cost?
#
# The article says that capsule networks **scale well**. Every image costs the same, so a million cost a million times one; that is so for any network. But *larger* images, or *more classes*? Each primary capsule has a matrix of its own for each class.
# **Predict:** with twice the height and twice the width, four times the pixels, how many times the weights have the convolutions? And the routing layer? (*Products* are the multiplications for one image.) Whether that is well scaled, and what depth does, is judged in [16](16_other_ways_to_route.ipynb).

# %%
height, width, channels = images.image_shape
larger = {
    f"{h}×{w}, {c} classes": cl.CapsNet((h, w, channels), c, preset=preset)
    for h, w, c in (
        (height, width, 10),
        (2 * height, 2 * width, 10),
        (4 * height, 4 * width, 10),
        (height, width, 100),
    )
}
growth = {name: cost(net) for name, net in larger.items()}
plots.table([{"images": name, **cost} for name, cost in growth.items()])

# %% [markdown]
# ## The claims
#
# Before the table, one thing more: the article says that capsule networks **cluster images by themselves**. Then one that has never seen a label must do better than the pixels. **Predict.**

# %%
hundred = images.train.sample(per_class=min(100, np.bincount(images.train.labels).min()), seed=3)
k, untrained = len(images.classes), cl.CapsNet(images.image_shape, images.classes, preset=preset, seed=1)
by_itself = {
    name: cl.cluster(z, n_clusters=[k]).at(k).scores.matched_accuracy
    for name, z in {
        "pixels": cl.embed(hundred),
        "untrained capsules": cl.embed(untrained, hundred),
        "capsules trained with labels": cl.embed(caps, hundred),
    }.items()
}
plots.bars(by_itself, f"matched accuracy of k-means, k = {k}", (0, 1.2))

# %%
plain = ConvNet(images.image_shape, images.classes, preset=preset)
seconds = answering_time({"capsules": caps, "dense": dense, "convolutional": plain}, few)
size = caps.trunk.count_params() + caps.digit_capsules.count_params()  # its decoder is not needed to answer
sizes = {"capsules": size, "dense": dense.count_params(), "convolutional": plain.count_params()}
rows = []
for name, spent in seconds.items():
    times = f"{spent / seconds['dense']:.1f}"
    rows.append({"network": name, "parameters": sizes[name], "CPU time per image, dense = 1": times})
plots.table(rows)

# %%
three, one = (wrong[f"capsules, {name}"] for name in ("3 iterations", "1 iteration"))
seeds = len(three)
gain, noise = np.mean(one) - np.mean(three), 2 * np.sqrt((np.mean(one) + np.mean(three)) / seeds)
more_accurate = cl.lessons.judged_in_words(
    "routing-accurate",
    f"trained with three iterations instead of one: {gain:+.0f} errors fewer of {asked:,} ({seeds} seed{'s' * (seeds > 1)}), where chance alone gives ±{noise:.0f}; "
    f"with the same weights, iterations 1 and 3 are right on {accuracy[0]:.3f} and {accuracy[2]:.3f}",
    holds=gain > noise,
    refuted=gain < -noise,
)
more_accurate

# %%
signal = by_mean["couplings alone"] > 0.8 and tenth["highest"] < tenth["random"] < tenth["lowest"]
assigns = cl.lessons.judged_in_words(
    "routing-decides",
    f"entropy {entropy[2]:.3f} of 1 when the network answers, so nothing is decided; yet couplings alone name {by_mean['couplings alone']:.1%} of the images, and silencing "
    f"the tenth with the highest costs more ({tenth['highest']:.3f}) than a random tenth ({tenth['random']:.3f}) or the lowest ({tenth['lowest']:.3f})",
    holds=entropy[2] < 0.5,
    holds_partly=signal,
    refuted=not signal,
)
assigns

# %%
turns = cl.lessons.judged_in_words(
    "length-means-presence",
    f"{against:.0%} of the parts contradict the winner; with all parts turned into their opposite the network is right on {opposite.accuracy(few.labels)[-1]:.1%}; "
    "without its bias it could not tell the difference",
    refuted=opposite.accuracy(few.labels)[-1] > 0.5 and np.abs(same[0] - same[1]).max() < 1e-3,
    holds=opposite.accuracy(few.labels)[-1] < 0.2,
    holds_partly=True,
)
turns

# %%
moves = [(change, a) for kind, change, a in mean if kind == "dense" and a]
ahead = {other: [mean[("capsules, 3 iterations", *m)] - mean[(other, *m)] for m in moves] for other in names}
edge, over_dense = np.mean(ahead["convolutional"]), np.mean(ahead["dense"])
robust = cl.lessons.judged_in_words(
    "capsules-see-moved",
    f"mean accuracy over all shifts and turns: {edge:+.3f} against a plain convolutional network of equal size and training, {over_dense:+.3f} against the dense network",
    holds=edge > 0.02,
    holds_partly=edge > -0.02 and over_dense > 0.02,
    refuted=True,
)
robust

# %%
cheap = cl.lessons.judged_in_words(
    "capsules-efficient",
    f"{sizes['capsules']:,} parameters, the dense network {sizes['dense']:,}, the plain convolutional one {sizes['convolutional']:,}; an image costs {seconds['capsules'] / seconds['dense']:.1f} times "
    f"the dense network's time and {seconds['capsules'] / seconds['convolutional']:.1f} times the convolutional one's",
    holds=sizes["capsules"] < sizes["dense"] and seconds["capsules"] <= seconds["convolutional"],
    holds_partly=sizes["capsules"] < sizes["dense"],
    refuted=True,
)
cheap

# %%
more = errors["capsules, 3 iterations"] - errors["convolutional"]
by_chance = 2 * np.sqrt((errors["capsules, 3 iterations"] + errors["convolutional"]) / seeds)
share = {name: f"{1 - e / asked:.1%}" for name, e in errors.items()}
classify = cl.lessons.judged_in_words(
    "capsules-classify",
    f"right on {share['capsules, 3 iterations']} of the test images of {where}, a plain convolutional network of equal size and training on {share['convolutional']}, "
    f"the dense one on {share['dense']}; {more:+.0f} errors against the convolutional one, where chance alone gives ±{by_chance:.0f}",
    holds=more <= by_chance,
    holds_partly=errors["capsules, 3 iterations"] < errors["dense"],
    refuted=True,
)
classify

# %% [markdown]
# Do capsule networks cluster images by themselves? You saw the poses of one untrained network above. Five of them judge it in [24](24_three_representations.ipynb).
#
# All of it in one table, beside what others have found.

# %%
closing_table.closing(
    (more_accurate, f"{gain:+.0f} errors fewer of {asked:,}, chance ±{noise:.0f}", "Sabour et al. 2017 report a gain; Paik et al. 2019 (1907.13327) find routing often no better than even couplings"),
    (assigns, f"entropy {entropy[2]:.3f}; removal {tenth['highest']:.2f} < {tenth['random']:.2f} < {tenth['lowest']:.2f}", "Mitterreiter et al. 2023 (2301.01583): no parse tree emerges"),
    (turns, f"{opposite.accuracy(few.labels)[-1]:.1%} right with every part turned round", "Peer et al. 2021 describe this sign ambiguity"),
    (robust, f"{edge:+.3f} against convolutions, {over_dense:+.3f} against dense", "Sabour et al. 2017 report an advantage on moved digits; Gu & Tresp 2019 (1911.07968): routing contributes nothing to it"),
    (classify, f"{share['capsules, 3 iterations']} right, convolutions {share['convolutional']}", "Sabour et al. 2017 report 0.25 % errors on MNIST with 8.2 million parameters"),
    (cheap, f"{sizes['capsules']:,} parameters, {seconds['capsules'] / seconds['convolutional']:.1f} times the time", "Mazzia et al. 2021 (2101.12491) need about 160 thousand parameters where the paper has 8.2 million, and another routing"),
)  # fmt: skip

# %%
cl.progress("13")

# %% [markdown]
# ## Answer
#
# **What do the routing coefficients show?** Less than their pictures suggest, and more than nothing. They stay close to even, so they are no tree of parts and wholes; but the little that they deviate knows the class, and points at the parts that carry the decision, for a *yes* or, since length forgets the sign, just as
# well for its opposite. Iterating makes the network more confident of the winner. Evidence 1 counts how rarely that makes the answer more accurate, and evidence 2 shows what *training* with it gains. What such a network gives that a dense one does not is a **pose** for each class that can be drawn and moved, and lengths that may say *two things are here*: see [17](17_two_digits.ipynb). Whether poses **cluster** better is asked in
# [24](24_three_representations.ipynb).
