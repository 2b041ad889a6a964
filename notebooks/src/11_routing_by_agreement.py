# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 11 · What is a capsule, and what is routing?
#
# The dense network of [05](05_can_you_trust_it.ipynb) sorts images well and cannot tell you *how* it saw them. A **capsule network** promises more: parts that know
# their place, wholes that form where parts agree. An article sells it in one line, $y = \sum W x + b$. Here you build the real thing from nothing, in NumPy, and drag its insides
# about until you know what it does. **Before you go on:** which of these words would you expect in that line, and which are missing from it: *vector, vote, agreement*?

# %%
import numpy as np

import capslab as cl
from capslab import plots, routing
from capslab.data import rotated

images = cl.load()

# %% [markdown]
# ## Why vectors
#
# A unit of an ordinary network says *how much* of something there is: one number. Take one image and turn it. **Predict:** which of the two numbers above each picture will
# change, the amount of ink or the direction of the stroke?


# %%
def direction(picture):
    """The slope of the ink's longest extent, in degrees: 90 is upright."""
    rows, columns = np.nonzero(picture[..., 0] > 100)
    _, axes = np.linalg.eigh(np.cov(columns, -rows))
    return np.degrees(np.arctan2(axes[1, 1], axes[0, 1])) % 180


one = images.test[images.test.labels == 1][:1]
about = [rotated(one, degrees).images[0] for degrees in (-50, -25, 0, 25, 50)]
told = [f"ink {p.sum() / one.images.sum():.2f}\nat {direction(p):.0f}°" for p in about]
plots.image_grid(np.array(about), told)

# %% [markdown]
# Which of the two tells what was done? A **capsule** keeps both: a short *vector* whose **length** says *how sure* it is that its thing is there, and whose **direction**
# says *how* the thing looks, its **pose**. Nobody tells it what the numbers of a pose should mean; they become whatever helps.
#
# ## Squash: a length that reads as "how sure"
#
# For that, a length has to stay below 1, whatever came in:
#
# $$v = \frac{\lVert s\rVert^2}{1 + \lVert s\rVert^2}\,\frac{s}{\lVert s\rVert}$$
#
# (Sabour, Frosst & Hinton 2017, [arXiv 1710.09829](https://arxiv.org/abs/1710.09829), equation 1.) The second factor is the direction alone; the first is the new length.
#
# **Exercise.** Write `squash` for vectors along the last axis. What happens at length 0? (Stuck? `cl.hint("squash")`)


# %%
def squash(s):
    ### BEGIN SOLUTION
    squared = np.sum(s**2, axis=-1, keepdims=True)
    return s * np.sqrt(squared) / (1 + squared)
    ### END SOLUTION


# %%
cl.check("squash", squash)

# %%
squash = cl.mine("squash", squash)

# %% [markdown]
# From here on it is *your* `squash` that runs, or the course's until yours passes; the line above says which.
#
# Learning goes backwards through squash, so its **slope** matters as much as its values: where squash is flat, nothing is learned. With $n = \lVert s \rVert$ the new length is $n^2 / (1 + n^2)$.
#
# **Exercise.** Write its derivative. `cl.hint("squash_slope")`


# %%
def squash_slope(length):
    ### BEGIN SOLUTION
    return 2 * length / (1 + length**2) ** 2
    ### END SOLUTION


# %%
cl.check("squash_slope", squash_slope)

# %%
squash_slope = cl.mine("squash_slope", squash_slope)

# %% [markdown]
# **How long must a vector be to be half sure, and where does it learn fastest?** Read both off the curves, which your two functions draw.

# %%
before = np.linspace(0, 5, 501)
after = np.linalg.norm(squash(before[:, None]), axis=-1)  # 501 vectors, each with one number
slope = squash_slope(before)
print(
    f"half sure at length {before[np.abs(after - 0.5).argmin()]:.2f}, steepest at {before[slope.argmax()]:.2f}; "
    f"formula and measured slope differ by at most {np.abs(np.gradient(after, before) - slope).max():.2f}"
)
plots.lines(before, {"length": after, "its slope": slope}, "length before", "after squash", mark=0.5)

# %% [markdown]
# The slope is **zero at 0**: a capsule of length 0 learns nothing, however wrong it is. And it fades for long vectors: a capsule that is sure changes its mind slowly. So the size of the first random
# weights decides whether anything is learned at all. **Predict:** weights ten times smaller than usual, or ten times larger: which of them leaves more slope?

# %%
preset = "visible" if min(images.image_shape[:2]) >= 20 else "digits"
caps = cl.CapsNet(images.image_shape, images.classes, preset=preset)  # not trained
parts, fresh = caps.primary(images.train[:200]), caps.routing_weights()
s = np.einsum("ijdp,nip->njd", fresh.weights, parts) / len(images.classes)
for factor in (0.01, 0.1, 1, 10, 100):
    n = factor * np.linalg.norm(s, axis=-1)
    print(
        f"weights × {factor:<5} length before squash {n.mean():9.3f}   slope {np.mean(squash_slope(n)):.4f}"
    )

# %% [markdown]
# ## Votes: a part predicts the whole
#
# Seeing a part, you know where the whole must be: an eye predicts a face. Each **child** capsule $u_i$ predicts the pose of each **parent** $j$ through a matrix of its own, learned in training:
#
# $$\hat u_{ij} = W_{ij}\,u_i \qquad\text{(equation 2)}$$
#
# That prediction is a **vote**.
#
# **Exercise.** Poses `(child, P)` and weights `(child, parent, D, P)` in, votes `(child, parent, D)` out. `cl.hint("votes")`


# %%
def votes(poses, weights):
    ### BEGIN SOLUTION
    return np.einsum("ijdp,ip->ijd", weights, poses)
    ### END SOLUTION


# %%
cl.check("votes", votes)

# %%
votes = cl.mine("votes", votes)

# %% [markdown]
# Two strokes make a 7 when they meet at the right angle. The same two make a Γ when they meet at another. A pose here is an arrow in the plane: where its stroke points, seen from the corner. The matrix of a stroke
# for "7" turns the arrow by just as much as the 7 has the stroke turned, so that both strokes of an upright 7 vote for the same arrow: *a 7, upright*.
#
# **Predict:** the whole image is turned by 40°. Do the two votes for the 7 still agree?


# %%
def turn(degrees):
    a = np.radians(degrees)
    return np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])


bar, stroke = np.array([-0.9, 0]), turn(-120) @ [0.9, 0]  # of a 7: the bar to the left, the stroke down
W = np.array([[turn(180), turn(0)], [turn(120), turn(90)]])  # (bar, stroke) × (7, Γ)
for degrees in (0, 40, 100):
    cast = votes(np.array([bar, stroke]) @ turn(degrees).T, W)
    angles = np.degrees(np.arctan2(cast[..., 1], cast[..., 0])).round() + 0.0  # no −0
    print(
        f"turned {degrees:3}°: bar and stroke vote {angles[:, 0]} for the 7, {angles[:, 1]} for the Γ (degrees)"
    )

# %% [markdown]
# They turn together and go on agreeing. **That is the idea behind capsules:** the matrices hold what does *not* change with the point of view, how part and whole lie to each other; the poses carry what does.
#
# **What is linear here?** The article's formula says: everything. Test it: a map $f$ is linear if $f(a + b) = f(a) + f(b)$. We try the votes; their sum with *fixed* weights; and the whole capsule, squash and all
# (`routing.routing_by_agreement` is the package's version of what you will write below).

# %%
rng = np.random.default_rng(0)
weights, a, b = rng.normal(size=(6, 3, 4, 5)), rng.normal(size=(6, 5)), rng.normal(size=(6, 5))


def capsule(u):
    return routing.routing_by_agreement(votes(u, weights), 3).outputs[-1]


maps = {
    "votes": lambda u: votes(u, weights),
    "sum of the votes": lambda u: votes(u, weights).sum(axis=0),
    "capsule": capsule,
}
off = {name: np.abs(f(a + b) - f(a) - f(b)).max() / np.abs(f(a + b)).max() for name, f in maps.items()}
plots.bars(off, "departure from linear, relative")

# %% [markdown]
# ## Routing: who listens to whom
#
# A stroke cannot be part of a 7 and of a Γ at once. **Routing by agreement** lets each child shift its say towards the parent whose outcome agrees with its vote. It starts from logits $b = 0$ and repeats:
#
# 1. $c_{ij} = \mathrm{softmax}_j(b_{ij})$: each child shares itself out **over the parents**; these *coupling coefficients* sum to 1 for each child;
# 2. $v_j = \mathrm{squash}\left(\sum_i c_{ij}\,\hat u_{ij}\right)$: each parent hears the weighted votes;
# 3. $b_{ij} \leftarrow b_{ij} + \langle \hat u_{ij}, v_j\rangle$: who agrees with the outcome will count more.
#
# The classic mistake is a softmax over the wrong axis: the network still trains, and nothing is routed.
#
# **Exercise.** One iteration: `logits (child, parent)` and `votes (child, parent, D)` give the new logits and the outputs `(parent, D)`. `cl.hint("routing_step")`


# %%
def routing_step(logits, votes):
    ### BEGIN SOLUTION
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    couplings = powers / powers.sum(axis=1, keepdims=True)
    s = np.einsum("ij,ijd->jd", couplings, votes)
    squared = np.sum(s**2, axis=-1, keepdims=True)
    outputs = s * np.sqrt(squared) / (1 + squared)
    return logits + np.einsum("ijd,jd->ij", votes, outputs), outputs
    ### END SOLUTION


# %%
cl.check("routing_step", routing_step)

# %%
routing_step = cl.mine("routing_step", routing_step)

# %% [markdown]
# The two strokes of the upright 7 agree about the 7 and not about the Γ. What does one step of yours make of that?

# %%
cast = votes(np.array([bar, stroke]), W)  # (2 strokes, 7 and Γ, 2)
logits, outputs = routing_step(np.zeros((2, 2)), cast)
lengths = np.linalg.norm(outputs, axis=-1)
print(f"length of the 7 {lengths[0]:.2f}, of the Γ {lengths[1]:.2f}")
print(f"new logits for the 7: bar and stroke {logits[:, 0].round(2)}; for the Γ: {logits[:, 1].round(2)}")

# %% [markdown]
# Votes that agree add up to a longer output, and both strokes now lean towards the 7.
#
# **Exercise.** And now all of it, in about ten lines. Write `routing_loop(votes, iterations)`. It takes votes `(child, parent, D)` and a number of iterations. It returns the couplings that the last iteration *used*, and its outputs. `cl.hint("routing_loop")`


# %%
def routing_loop(votes, iterations):
    ### BEGIN SOLUTION
    logits = np.zeros(votes.shape[:2])
    for _ in range(iterations):
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        couplings = powers / powers.sum(axis=1, keepdims=True)
        s = np.einsum("ij,ijd->jd", couplings, votes)
        squared = np.sum(s**2, axis=-1, keepdims=True)
        outputs = s * np.sqrt(squared) / (1 + squared)
        logits = logits + np.einsum("ijd,jd->ij", votes, outputs)
    return couplings, outputs
    ### END SOLUTION


# %%
cl.check("routing_loop", routing_loop)

# %%
routing_loop = cl.mine("routing_loop", routing_loop)

# %% [markdown]
# That is all of dynamic routing. **Does it find the 7?** Here is your loop, on the two strokes from above:

# %%
for iterations in (1, 2, 3, 5):
    couplings, outputs = routing_loop(cast, iterations)
    lengths = np.linalg.norm(outputs, axis=-1)
    print(
        f"iteration {iterations}: share of bar and stroke that goes to the 7 {couplings[:, 0].round(2)}, "
        f"length of the 7 {lengths[0]:.2f}, of the Γ {lengths[1]:.2f}"
    )

# %% [markdown]
# ## The sandbox
#
# Six children, two parents, and their votes as arrows that you can **drag**. Step through the iterations and watch the shares move. Try, and predict each time first:
#
# - take *one outlier*: what becomes of the child that contradicts the others? Drag it over to them;
# - take *conflict*, and find a single vote whose move decides it;
# - break it: the softmax over the **wrong axis**, **no squash**, logits that are **kept** from the image before. Which of the three would you notice from the accuracy alone?

# %%
sandbox = cl.routing_sandbox()
sandbox

# %% [markdown]
# **When is it finished?** The paper stops after three iterations. Entropy of the couplings over its largest value, $\ln J$: 1 means that every child still splits evenly, 0 that each has chosen one parent.

# %%
rows = []
for name, made in sandbox.presets.items():
    entropy = routing.routing_by_agreement(np.array(made)[:, :2], 40).entropy
    rows.append({"votes": name, **{f"iteration {t}": f"{entropy[t - 1]:.3f}" for t in (1, 2, 3, 5, 10, 40)}})
plots.table(rows)

# %% [markdown]
# There is no stopping point: agreement is only ever *added*, so the logits grow for ever and in the end every child is all-or-nothing, right or wrong, even where the votes contradict each other. Three iterations is a **choice**, not a result.
# (Paik, Kwak & Kim 2019, [arXiv 1907.13327](https://arxiv.org/abs/1907.13327), found the same of five routing algorithms: they run on to extremes.)
#
# ## Beside k-means
#
# *Give to the nearest, then move the centre*: k-means (`01`) goes in the same two beats. **Predict:** on the votes for "two groups", will both end with the same groups? The sandbox has both; here are their steps in numbers.

# %%
sandbox.preset = "two groups"
routed, clustered = sandbox.trace, sandbox.clusters
names, rows = np.array(["–", "A", "B"]), []
to_a, belongs = "routing: share of child 1 … 6 that goes to A", "k-means: child 1 … 6 belongs to"
for t in (0, 1, 2, 3, 5, 9):
    shares = "  ".join(f"{c:.2f}" for c in routed.couplings[t, :, 0])
    rows.append({"step": t + 1, to_a: shares, belongs: "  ".join(names[clustered.owners[t] + 1])})
plots.table(rows)

# %% [markdown]
# | | k-means | routing by agreement |
# |---|---|---|
# | what is grouped | points, over a whole data set | the parts of **one** image, anew for each |
# | a group | a cluster with a centre | a parent capsule with an output |
# | who belongs | one cluster, all or nothing | a share for every parent; a child's shares sum to 1 |
# | near means | small distance | large inner product: longer votes shout louder |
# | a group's centre | the mean | the squashed weighted **sum**: more children, longer output |
# | memory | none: each step forgets the last | agreement adds up in the logits |
# | the end | nothing moves any more | after as many iterations as you said |
# | what is learned | the centres | nothing: the matrices behind the votes were learned **before, from labels** |
#
# Did k-means end elsewhere? It can stop in a poor place, where no child wants to move; drag one vote in the sandbox to set it free.
#
# The last row matters most. In k-means every cluster sees the *same* point. In routing each parent sees the child through a matrix of its own. **Predict:** take that away, let every child say the same to both parents, in two clouds
# that any eye can tell apart. What will routing make of them in three iterations, and in fifty? And if one parent's votes differ from the other's by a hair, a hundredth?

# %%
clouds = np.concatenate([rng.normal([0.9, 0.2], 0.1, (6, 2)), rng.normal([-0.2, 0.9], 0.1, (6, 2))])
alike = np.repeat(clouds[:, None], 2, axis=1)  # (12 children, 2 parents, 2): the same vote to both
groups = cl.cluster(clouds, n_clusters=[2]).at(2).labels
print("k-means", groups)
shares = {}
for nudge in (0, 0.01):
    plain = routing.routing_by_agreement(alike + nudge * rng.normal(size=alike.shape), 50)
    for t in (3, 50):
        shares[nudge, t] = plain.couplings[t - 1, :, 0]
        print(f"votes apart by {nudge:<4}, iteration {t:2}: share of A {shares[nudge, t].round(2)}")

# %% [markdown]
# Parents that start alike and hear alike stay alike for ever. A hair of difference is enough to part them in the end, as the all-or-nothing above would have it, but not in the three iterations that networks use. So routing *can* split a heap of
# votes; what it splits in a trained network, and which parent gets which, was put into the matrices beforehand.
#
# ## What is shared, and what is not
#
# The article says that capsule networks are small because they **share parameters**. Sharing means: one set of weights, used at many places. Count it.
#
# **Exercise.** From a grid of `side_in`² cells with `channels` numbers each to `side_out`² cells with `filters` numbers, through windows of `kernel`² cells: how many weights has a convolution, the same with a window of its own
# at each place, and a dense layer? Leave biases out. `cl.hint("count_weights")`


# %%
def count_weights(side_in, channels, side_out, filters, kernel):
    ### BEGIN SOLUTION
    window = kernel**2 * channels * filters
    return window, window * side_out**2, side_in**2 * channels * side_out**2 * filters
    ### END SOLUTION


# %%
cl.check("count_weights", count_weights)

# %%
count_weights = cl.mine("count_weights", count_weights)

# %% [markdown]
# Now your function counts the layers of the network that `13` will train. **Predict:** in which of them does "as built" equal "dense layer"?

# %%
from capslab.models import weights_by_layer

layers = weights_by_layer(caps, count_weights)
plots.table(layers)

# %% [markdown]
# The convolutions share, and save what convolutions have saved since 1989. **The routing layer shares nothing:** one matrix for each pair of child and parent, exactly as many weights as a dense layer between the same numbers, and most of the
# network. (Sharing the matrices over the places, as the third column has it, is what the EM-routing network of Hinton, Sabour & Frosst 2018 does.)
#
# ## The claims

# %%
cl.verdict(
    "capsule-formula-linear",
    fact=off["capsule"] < 1e-6,
    evidence=f"departure from linear: votes {off['votes']:.0e}, their plain sum {off['sum of the votes']:.0e}, the whole capsule {off['capsule']:.2f}. "
    "The formula is the votes and their sum, which any dense layer has; squash and routing, the part that is new, are not linear",
)

# %%
asked, long = np.abs(shares[0.01, 3] - 0.5).max(), shares[0.01, 50]
apart = max((groups == (long > 0.5)).mean(), (groups != (long > 0.5)).mean())
cl.lessons.judged_in_words(
    "routing-clusters-alone",
    f"two plain clouds, both parents told the same but for a hundredth: after three iterations no share is more than {asked:.3f} from even, after fifty "
    f"{apart:.0%} of the children are where k-means has them; told exactly the same, shares move by {np.abs(shares[0, 50] - 0.5).max():.0e}",
    holds=asked > 0.25,
    holds_partly=apart > 0.9,
    refuted=apart <= 0.9,
)

# %%
convolutions, digits = layers[:-1], layers[-1]
built, dense = (sum(row[name] for row in layers) for name in ("as built", "dense layer"))
cl.lessons.judged_in_words(
    "sharing-makes-small",
    f"{built:,} weights against {dense:,} for dense layers between the same numbers. But {digits['as built'] / built:.0%} of them are in "
    f"the routing layer, which has {digits['as built']:,} where a dense layer has {digits['dense layer']:,}: what is saved is saved by the convolutions",
    holds=digits["as built"] < digits["dense layer"],
    holds_partly=built < dense,
    refuted=built >= dense,
)

# %%
cl.progress("11")

# %% [markdown]
# ## Answer
#
# **What is a capsule?** A short vector: its length says how sure, its direction how. **What is routing?** A loop of ten lines that lets each part shift its say towards the whole whose outcome agrees with its vote; the votes are linear, what is done with them
# is not. It looks like clustering, and is clustering only of a kind: of the parts of one image, without a stopping point, and in three iterations it tells apart little that its matrices, learned
# from labels, do not hold apart already.
#
# Whether that makes a *better* network no formula can say. [13](13_look_inside.ipynb) trains one, lets you watch, and takes it apart.
