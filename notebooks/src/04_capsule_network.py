# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 04 · What do the routing coefficients show?
#
# A capsule network replaces single numbers by short vectors, and decides *while it looks at an image* which
# vector listens to which. Those decisions, the **coupling coefficients**, can be drawn. An article that recommends capsule
# networks for clustering says they cluster by themselves, cost less, and route their way to better
# groups. Here you build the pieces, train a network in under a minute, watch its couplings form, and put each of these
# claims to the test.

# %%
import time

import numpy as np

import capslab as cl
from capslab import plots, routing

images = cl.load()

# %% [markdown]
# `images = cl.load("fashion-mnist")` is one changed word; everything below follows.
#
# ## From numbers to vectors
#
# An ordinary unit says *how much* of a feature is there. A **capsule** says that with its *length*, and *how* the feature
# looks (slant, thickness, place) with its *direction*: its **pose**. For a length to read as "how present", it must stay below
# 1, whatever came in. **Squash** sees to that:
#
# $$v = \frac{\lVert s\rVert^2}{1 + \lVert s\rVert^2}\,\frac{s}{\lVert s\rVert}$$
#
# (Sabour, Frosst & Hinton 2017, arXiv 1710.09829, equation 1.) The direction stays; short vectors almost vanish, long ones
# come close to 1.
#
# **Exercise.** Write `squash` for vectors along the last axis. What happens at length 0?


# %%
def squash(s):
    ### BEGIN SOLUTION
    squared = np.sum(s**2, axis=-1, keepdims=True)
    return s * squared / (1 + squared) / np.sqrt(squared + 1e-9)
    ### END SOLUTION


# %%
cl.check("squash", squash)

# %% [markdown]
# **How long must a vector be to be half present?** Read it off the curve.

# %%
before = np.linspace(0, 6, 200)
plots.lines(before, {"squash": before**2 / (1 + before**2)}, "length before", "length after", mark=0.5)

# %% [markdown]
# ## Votes
#
# Each *primary capsule* $u_i$, which has seen one part of the image, predicts the pose of each *digit capsule* (one a
# class) through a matrix of its own: a **vote** $\hat u_{ij} = W_{ij}\,u_i$. This is the linear map that the article prints as "the
# mathematical model" of a capsule network. It is one step of it, the only linear one; squash and routing are not linear.
#
# **Exercise.** Poses `(child, P)` and weights `(child, parent, D, P)` in, votes `(child, parent, D)` out.


# %%
def votes(poses, weights):
    ### BEGIN SOLUTION
    return np.einsum("ijdp,ip->ijd", weights, poses)
    ### END SOLUTION


# %%
cl.check("votes", votes)

# %% [markdown]
# ## Routing by agreement
#
# Votes that agree with the outcome should count more. One iteration, for logits $b$ that start at 0:
#
# 1. $c_{ij} = \mathrm{softmax}_j(b_{ij})$: each child splits itself **over the parents**, so its couplings sum to 1;
# 2. $v_j = \mathrm{squash}\left(\sum_i c_{ij}\,\hat u_{ij}\right)$;
# 3. $b_{ij} \leftarrow b_{ij} + \langle \hat u_{ij}, v_j\rangle$: agreement raises the logit.
#
# The classic mistake is a softmax over the wrong axis; the network still trains, and nothing is routed.
#
# **Exercise.** Write one iteration: `logits (child, parent)` and `votes (child, parent, D)` give the new logits and the outputs `(parent, D)`.


# %%
def routing_step(logits, votes):
    ### BEGIN SOLUTION
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    couplings = powers / powers.sum(axis=1, keepdims=True)
    s = np.einsum("ij,ijd->jd", couplings, votes)
    squared = np.sum(s**2, axis=-1, keepdims=True)
    outputs = s * squared / (1 + squared) / np.sqrt(squared + 1e-9)
    return logits + np.einsum("ijd,jd->ij", votes, outputs), outputs
    ### END SOLUTION


# %%
cl.check("routing_step", routing_step)

# %% [markdown]
# ## The loss
#
# Each digit capsule is asked on its own: the right one should be longer than 0.9, every other shorter than 0.1. This **margin
# loss** could accept two digits at once, which a softmax cannot (`05` will use that).
#
# $$L = \sum_j T_j \max(0,\,0.9-\lVert v_j\rVert)^2 + 0.5\,(1-T_j)\max(0,\,\lVert v_j\rVert-0.1)^2$$
#
# **Exercise.** Lengths `(n, classes)` and labels `(n,)` in; the mean over images out.


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
# ## The network, trained live
#
# image → convolutions → primary capsules on a grid → routing → digit capsules → lengths. A small decoder draws the image
# again from the pose of one digit capsule, which keeps the pose informative.

# %%
preset = "visible" if min(images.shape[:2]) >= 20 else "digits"
caps = cl.CapsNet(images.shape, images.classes, preset=preset)
rows, columns, types = caps.grid
print(
    f"{rows} × {columns} places with {types} primary capsules each, 3 routing iterations; "
    f"{caps.trunk.count_params() + caps.digit_capsules.count_params():,} parameters, "
    f"and {caps.decoder.count_params():,} in the decoder"
)

# %% [markdown]
# **Predict:** will it beat the dense network of `02`, with fewer parameters?

# %%
history = cl.fit(caps, images)
dense = cl.ready("dense", images)

# %%
right = {}
for name, model in {"capsules": caps, "dense": dense}.items():
    started = time.perf_counter()
    right[name] = model.classify(images.test) == images.test.labels
    seconds = time.perf_counter() - started
    size = model.count_params() - (model.decoder.count_params() if name == "capsules" else 0)
    print(
        f"{name:9} test accuracy {right[name].mean():.4f}   {size:>9,} parameters   "
        f"{1e6 * seconds / len(images.test):.0f} µs an image"
    )

# %% [markdown]
# ## Watch the couplings form
#
# Pick an image; step through the iterations. The maps show $c - \tfrac1J$: no colour means "as at the start", vermilion "listens more",
# blue "listens less". Click a primary capsule to see its arithmetic.
#
# **Predict:** after three iterations, will a primary capsule have chosen one class, leaned towards one, or hardly moved?

# %%
view = cl.show_routing(caps, images.test)
view

# %% [markdown]
# **Does it hold for what you draw yourself?** Draw with mouse, pen or finger, or with the arrow keys and space. The small picture is what the network
# sees: scaled and centred as its training images were.

# %%
cl.draw_digit(caps)

# %% [markdown]
# The same thing as plain data: every iteration is kept.

# %%
trace = cl.route(caps, images.test[0])
print(trace)
print("couplings:", trace.couplings.shape, " each row sums to", trace.couplings.sum(axis=2).round(6).min())

# %% [markdown]
# **How far from uniform do couplings get?** Entropy over its largest possible value: 1 is uniform, 0 is a choice.

# %%
traces = [cl.route(caps, images.test[i], iterations=10) for i in range(100)]
entropy = np.mean([t.entropy for t in traces], axis=0)
confident = np.mean([t.lengths[:, t.label] for t in traces], axis=0)
for t in (0, 1, 2, 9):
    print(f"iteration {t + 1:2}: entropy {entropy[t]:.3f} of 1, length of the true class {confident[t]:.2f}")

# %% [markdown]
# Does that mean that routing does nothing? Give the same weights another number of iterations and classify the test images.
#
# **Predict:** one iteration is a plain dense layer (and squash). How much accuracy is lost? And do ten iterations help?

# %%
by_iterations = {}
for T in (1, 2, 3, 5, 10):
    same = cl.CapsNet(images.shape, images.classes, preset=preset, iterations=T)
    same.set_weights(caps.get_weights())
    by_iterations[f"{T} iterations"] = (same.classify(images.test) == images.test.labels).mean()
plots.bars(by_iterations, "test accuracy, same weights")

# %% [markdown]
# The fair question is another: a network **trained** with one iteration against one trained with three, everything else equal.
# For speed both see a part of the training images, and the smaller network learns.

# %%
part = images.sample(min(8000, len(images)), seed=1)
trained_with = {}
for T in (1, 3):
    model = cl.CapsNet(images.shape, images.classes, iterations=T)
    cl.fit(model, part, epochs=3, show=False)
    trained_with[T] = (model.classify(images.test) == images.test.labels).mean()
noise = 2 * np.sqrt(trained_with[3] * (1 - trained_with[3]) / len(images.test))
gain = trained_with[3] - trained_with[1]
print(
    f"trained with 1: {trained_with[1]:.4f}, with 3: {trained_with[3]:.4f}; "
    f"difference {gain:+.4f}, chance alone ±{noise:.4f}"
)

# %% [markdown]
# ## Do couplings mean anything?
#
# They are nearly uniform, so perhaps what is left is noise. **Predict:** how well could you name the class of an image from its
# couplings alone, by the nearest class mean?

# %%
known, unknown = images.train.sample(400, seed=2), images.test.sample(300, seed=3)
learned = caps.routing_weights()


def last_couplings(some):
    """The couplings of the last iteration of each image, end to end."""
    kept = [routing.routing_by_agreement(learned.votes(u), 3, learned.bias) for u in caps.primary(some)]
    return np.array([t.deviation[-1].ravel() for t in kept])


seen, new = last_couplings(known), last_couplings(unknown)
centres = np.array([seen[known.labels == j].mean(axis=0) for j in range(len(images.classes))])
nearest = ((new[:, None] - centres) ** 2).sum(axis=-1).argmin(axis=1)
by_couplings = (nearest == unknown.labels).mean()
print(
    f"nearest class mean on couplings alone: {by_couplings:.3f} right; chance {1 / len(images.classes):.3f}"
)

# %% [markdown]
# ## What is in a pose?
#
# Take one image's digit capsule, move one pose dimension at a time, and let the decoder draw. **What does a dimension
# control?** Name what you see: thickness, slant, size, a loop?

# %%
pose = caps.poses(images.test[:1])
label = np.linalg.norm(pose[0], axis=-1).argmax()
steps = np.linspace(-0.25, 0.25, 7)
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
# ## The claims

# %%
sizes = caps.trunk.count_params() + caps.digit_capsules.count_params(), dense.count_params()
cl.verdict(
    "sharing parameters makes capsule networks smaller",
    f"{sizes[0]:,} parameters against {sizes[1]:,} of the dense network; accuracy {right['capsules'].mean():.4f} "
    f"against {right['dense'].mean():.4f}. What is shared is in the convolutions; the routing matrices are not.",
    holds_partly=sizes[0] < sizes[1],
    refuted=sizes[0] >= sizes[1],
)

# %%
started = time.perf_counter()
caps.classify(images.test[:300])
per_caps = time.perf_counter() - started
started = time.perf_counter()
dense.classify(images.test[:300])
per_dense = time.perf_counter() - started
cl.verdict(
    "capsule networks are computationally efficient",
    f"classifying 300 images takes {per_caps / per_dense:.1f} times as long as with the dense network of "
    f"{sizes[1] / sizes[0]:.1f} times its size",
    holds=per_caps < per_dense,
    refuted=per_caps >= per_dense,
)

# %%
cl.verdict(
    "dynamic routing makes the result more accurate",
    f"trained with three iterations instead of one: {gain:+.4f}, where chance alone gives ±{noise:.4f}, and this is one seed ("
    "Paik et al. 2019, arXiv 1907.13327, found routing often no better than uniform couplings)",
    holds=gain > noise,
    refuted=gain < -noise,
)

# %%
cl.verdict(
    "the formula y = Wx + b is what a capsule network is",
    f"votes are linear, but three iterations move the true class's length from {confident[0]:.2f} to {confident[2]:.2f} "
    "with the same votes: squash and routing are not linear",
    refuted=abs(confident[2] - confident[0]) > 0.05,
)

# %% [markdown]
# ## Answer
#
# **What do the routing coefficients show?** Less than their pictures suggest, and more than nothing. They stay close to uniform after
# the three iterations used in training, so they are no parse tree of parts and wholes (Mitterreiter et al. 2023, arXiv 2301.01583).
# Yet what little they deviate carries the class, and iterating sharpens the winner's length. What a capsule network gives that
# a dense one does not is a *pose* for each class that a decoder can draw. Whether those poses **cluster** better is the question of
# `07_three_representations`; first, a representation that needs no labels at all: `06_variational_autoencoder`.

# %%
cl.progress("04_capsule_network")
