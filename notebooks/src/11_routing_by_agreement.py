# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 11 · Routing by agreement
#
# > **How do parts agree on a whole?**
#
# If you spot an eye, you can guess where the face is and which way it is tilted.
# If the nose makes you guess the same face, there probably is one.
# Capsules do that, too: every part *votes* for the pose of the whole, and a short loop finds out where votes agree.
# At the end, your loop reads digits.
#
# **After this lesson you can** compute votes, write routing by agreement, say what of it is linear, and compare it fairly with k-means.
#
# **You need** [10](10_parts_with_a_pose.ipynb) for squash, [03](03_a_layer_that_learns.ipynb) for the softmax, [01](01_kmeans_by_hand.ipynb) for k-means.
#
# **Time:** …

# %%
import numpy as np

import capslab as cl
from capslab import ops, plots
from capslab.lessons import vote_clouds

cl.recall("11")

# %% [markdown]
# ## A part votes for the whole
#
# A 7 has a bar and a stem. In an upright 7 the bar points to the left, so a bar that points left says: "if I belong to a 7, the 7 is upright".

# %%
plots.drawing("vote")

# %% [markdown]
# One matrix turns the bar's arrow by 90°, another the stem's by 164°, so both arrows of an upright 7 point up.
# Tilt the 7, and both votes tilt alike: they still agree.
# **The matrices hold what a new viewpoint does not change**, how part and whole are placed relative to each other. They are what training learns.
#
# A capsule below is a **child**, one above a **parent**. Child $i$ has the pose $u_i$, and its **vote** for the pose of parent $j$ is
#
# $$\hat u_{ij} = W_{ij}\,u_i, \qquad u: (\text{child}, P), \quad W: (\text{child}, \text{parent}, D, P), \quad \hat u: (\text{child}, \text{parent}, D)$$
#
# where $P$ numbers make a child's pose and $D$ a parent's.
#
# **Your turn.** Write `votes(poses, weights)`, with `ops` (`ops.einsum`, for example). (Stuck? `cl.hint("votes")`)


# %%
def votes(poses, weights):
    ### BEGIN SOLUTION
    return ops.einsum("ijdp,ip->ijd", weights, poses)
    ### END SOLUTION


# %%
cl.check("votes", votes)

# %%
votes = cl.mine("votes", votes)

# %% [markdown]
# The drawing in numbers (degrees clockwise from up), with a second parent: in an upright Γ the bar points right (90°) and the stem down (180°), so its matrices turn them back by as much.


# %%
def turn(degrees):
    a = np.radians(degrees)
    return np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]])  # clockwise


strokes = 0.9 * np.array([turn(270)[:, 1], turn(196)[:, 1]])  # bar and stem of an upright 7: (child, 2)
W = np.array([[turn(90), turn(-90)], [turn(164), turn(-180)]])  # (bar and stem, 7 and Γ, 2, 2)
for tilt in (0, 20, 100):
    cast = votes(strokes @ turn(tilt).T, W)  # (child, parent, 2)
    angles = np.degrees(np.arctan2(cast[..., 0], cast[..., 1])).round().astype(int) % 360
    print(f"tilted by {tilt:3}°: bar and stem vote {angles[:, 0]} for the 7, {angles[:, 1]} for the Γ")

# %% tags=["holds"]
assert (angles[:, 0] == 100).all()
assert angles[0, 1] != angles[1, 1]

# %% [markdown]
# For the 7 they always agree; for the Γ they never do.
#
# ## Who listens to whom
#
# **Routing by agreement** lets each child give more of itself to the parent that agrees with its vote. It starts from logits $b_{ij} = 0$ and repeats:
#
# 1. $c_{ij} = \mathrm{softmax}_j(b_{ij})$: each child divides its vote *over the parents*. These **couplings** sum to 1 for each child.
# 2. $v_j = \mathrm{squash}\left(\sum_i c_{ij}\,\hat u_{ij}\right)$: each parent adds up its weighted votes. Votes that agree make a long vector.
# 3. $b_{ij} \leftarrow b_{ij} + \langle \hat u_{ij}, v_j\rangle$: the **dot product** $\langle\cdot,\cdot\rangle$ (multiply entry by entry, then add up) is large if vote and result point the same way.
#
# The trap is a softmax over the wrong axis: it runs, but its shares no longer say which parent a child chose.
#
# **Your turn.** Write `routing_step(logits, votes)`. It returns the new logits `(child, parent)` and the outputs `(parent, D)`.
# Logits may be as large as 1,000. Here and in the next function, use `ops`, not `np`, and write everything out without calling another: lesson 12 only takes functions that stand alone.


# %%
def routing_step(logits, votes):
    ### BEGIN SOLUTION
    powers = ops.exp(logits - ops.max(logits, axis=1, keepdims=True))
    couplings = powers / ops.sum(powers, axis=1, keepdims=True)  # (child, parent)
    s = ops.einsum("ij,ijd->jd", couplings, votes)  # (parent, D)
    squared = ops.sum(s**2, axis=-1, keepdims=True)
    outputs = s * ops.sqrt(squared + 1e-9) / (1 + squared)
    return logits + ops.einsum("ijd,jd->ij", votes, outputs), outputs
    ### END SOLUTION


# %%
cl.check("routing_step", routing_step)

# %%
routing_step = cl.mine("routing_step", routing_step)

# %% [markdown]
# **Your turn.** Write `routing_loop(votes, iterations)`. Its loop is there; write what happens in it, and return the couplings `(child, parent)` that the last iteration *used*, and its outputs.


# %%
def routing_loop(votes, iterations):
    logits = ops.zeros_like(votes[..., 0])  # (child, parent)
    for _ in range(iterations):
        ### BEGIN SOLUTION
        powers = ops.exp(logits - ops.max(logits, axis=1, keepdims=True))
        couplings = powers / ops.sum(powers, axis=1, keepdims=True)
        s = ops.einsum("ij,ijd->jd", couplings, votes)
        squared = ops.sum(s**2, axis=-1, keepdims=True)
        outputs = s * ops.sqrt(squared + 1e-9) / (1 + squared)
        logits = logits + ops.einsum("ijd,jd->ij", votes, outputs)
    return couplings, outputs
    ### END SOLUTION


# %%
cl.check("routing_loop", routing_loop)

# %%
routing_loop = cl.mine("routing_loop", routing_loop)

# %%
cast = votes(strokes, W)  # the upright 7
logits, outputs = routing_step(np.zeros((2, 2)), cast)
length = np.linalg.norm(outputs, axis=-1)
print(f"after one step: length of the 7 {length[0]:.2f}, of the Γ {length[1]:.2f}")
print(f"new logits for the 7: bar and stem {logits[:, 0].round(2)}; for the Γ: {logits[:, 1].round(2)}")
share = {t: routing_loop(cast, t)[0][0, 0] for t in (1, 2, 3, 5, 40)}
print("the bar's share for the 7:", ", ".join(f"{c:.0%} in iteration {t}" for t, c in share.items()))

# %% tags=["holds"]
assert length[0] > 5 * length[1]
assert (logits[:, 0] > logits[:, 1]).all()
assert share[1] == 0.5
assert 0.6 < share[3] < 0.85
assert share[40] > 0.98

# %% [markdown]
# The votes for the 7 add up to a longer vector, so both strokes lean towards it, more with each iteration. Three are a gentle push, not a decision.
#
# ## Drag the votes
#
# Six children and two parents, with votes that you can drag. Step through the iterations, and say beforehand what will happen.
# (The lower row is k-means on the same votes: each child belongs to the parent whose centre, the black square, is nearest to its vote.)
#
# - *one outlier*: what becomes of the child that contradicts the others? Drag it over to them.
# - *conflict*: for each parent, half of the votes contradict the others. Find one vote whose move decides it.
# - Break it: the softmax over the wrong axis, no squash, logits kept from the image before. What does each do to the shares?

# %%
sandbox = cl.routing_sandbox()
sandbox

# %% [markdown]
# The outlier is not convinced: it turns to the other parent. In *conflict*, reverse child 4's vote for A, and a majority of four takes A.
# With the wrong axis a child's shares no longer sum to 1; without squash they rush to all or nothing; with kept logits a new image starts from the decision of the last.
#
# ## When is it finished?
#
# Sabour et al. (2017) stop after three iterations. How evenly a child divides its vote is its **entropy**, $-\sum_j c_{ij} \ln c_{ij}$. Divided by its largest value, $\ln 2$, it is 1 for an even split and 0 for a choice of one parent. The mean over children:

# %%
rows = []
for name, made in sandbox.presets.items():
    two_parents, row = np.array(made)[:, :2], {"votes": name}
    for t in (1, 2, 3, 5, 10, 40):
        c = np.maximum(routing_loop(two_parents, t)[0], 1e-30)
        row[f"iteration {t}"] = -(c * np.log(c)).sum(axis=1).mean() / np.log(2)
    rows.append(row)
plots.table(rows)

# %% tags=["holds"]
assert all(row["iteration 40"] < 1e-4 < 0.5 < row["iteration 3"] for row in rows)
outlier = routing_loop(np.array(sandbox.presets["one outlier"])[:, :2], 10)[0][:, 0]
assert outlier[5] < 0.1 < 0.9 < outlier[:5].min()
half = np.array(sandbox.presets["conflict"])[:, :2]
one_side = np.flatnonzero(half[:, 0] @ half[0, 0] > 0)
assert len(one_side) == 3
half[3, 0] = -half[3, 0]
four = routing_loop(half, 10)[0][[*one_side, 3], 0]
assert four.min() > 0.6, four
sandbox.preset, sandbox.no_squash = "agreement", True
assert sandbox.screen_trace.entropy[2] < sandbox.trace.entropy[2] - 0.2
sandbox.no_squash = False

# %% [markdown]
# In these four examples, even in *conflict*, it stops only when every child is all-or-nothing. Three iterations are a choice, not a result (Paik, Kwak & Kim 2019).
#
# ## What of it is linear?
#
# Article A describes capsule networks in three steps: turn the image into vectors, extract features by convolution and a nonlinearity, group by distance. Its "mathematical model" is one line, $y = \sum W x + b$. Apart from $b$, that is linear: $f(u + w) = f(u) + f(w)$. Test your functions.

# %%
rng = np.random.default_rng(0)
weights, u, w = rng.normal(size=(6, 3, 4, 5)), rng.normal(size=(6, 5)), rng.normal(size=(6, 5))
maps = {
    "votes": lambda x: votes(x, weights),
    "sum of votes": lambda x: votes(x, weights).sum(axis=0),
    "capsule": lambda x: routing_loop(votes(x, weights), 3)[1],
}
off = {name: np.abs(f(u + w) - f(u) - f(w)).max() / np.abs(f(u + w)).max() for name, f in maps.items()}
said = f"Departure from linear: votes {off['votes']:.0e}, their sum {off['sum of votes']:.0e}, the capsule {off['capsule']:.2f}."
cl.verdict("capsule-formula-linear", fact=off["capsule"] < 1e-6, evidence=said)

# %% [markdown]
# The formula is the votes and their plain sum, which any dense layer has. Couplings and squash are not linear, and routing compares by dot products, not by distance.
#
# ## Is it k-means?
#
# Both assign, then update. A fair test gives them the same votes, the same start and as many steps: here 200 sets of twelve children in two clouds.
# In routing, *each parent sees its own copy of the points*. Here they differ by a little noise, as no matrix was learned; in k-means, each centre sees its parent's copy.

# %%
cl.guess(
    "routing_or_kmeans",
    "Which puts more children into the right cloud, in three steps?",
    choices=["routing", "k-means", "they are about equal"],
)

# %%
both = {t: vote_clouds.compare(routing_loop, t) for t in (3, 10, 50)}
mean = {t: {name: values.mean() for name, values in found.items()} for t, found in both.items()}
ahead = mean[3]["routing"] - mean[3]["k-means"]
cl.reveal(
    "routing_or_kmeans",
    "they are about equal" if abs(ahead) < 0.02 else "routing" if ahead > 0 else "k-means",
    f"Right in three steps: routing {mean[3]['routing']:.0%}, k-means {mean[3]['k-means']:.0%}; chance, named in the better way, 61%. In 50: "
    f"{mean[50]['routing']:.0%} and {mean[50]['k-means']:.0%}. Slow routing overtakes k-means, which stops at the first split where nothing moves.",
)

# %% tags=["holds"]
assert mean[3]["routing"] < mean[3]["k-means"] - 0.03
assert mean[50]["routing"] > mean[50]["k-means"] + 0.03
by_chance = np.random.default_rng(0).binomial(12, 0.5, 100_000) / 12  # any split, paired in the better way
assert 0.605 < np.maximum(by_chance, 1 - by_chance).mean() < 0.615

# %%
same = vote_clouds.compare(routing_loop, 50, apart=0)
said = (
    f"In 50 steps routing is ahead, {mean[50]['routing']:.3f} to {mean[50]['k-means']:.3f}. With copies that are exactly "
    f"the same, no share ever moves ({same['uneven'].max():.0e}), and k-means, with equal centres, is stuck, too."
)
cl.verdict("routing-clusters-alone", both[3]["routing"], both[3]["k-means"], paired=True, evidence=said)

# %% tags=["holds"]
assert (same["k-means"] == 0.5).all()  # everybody in one cluster

# %% [markdown]
# So routing *can* split a heap of votes, slowly, if its parents hear different copies. In a trained network the matrices see to that, and they were learned **from labels**.
#
# ## Now with real images
#
# Of a capsule network trained on the 8×8 digits, your functions need only the 64 primary capsules and the matrices. (Its small bias is left out.)


# %%
def named(caps, some, iterations):
    matrices = caps.routing_weights().weights  # (child, parent, D, P)
    outputs = [routing_loop(votes(poses, matrices), iterations)[1] for poses in caps.primary(some)]
    return np.linalg.norm(outputs, axis=-1).argmax(axis=1)  # the longest of ten capsules


images = cl.load("digits")
caps, some = cl.pretrained("capsnet-digits"), images.test[:200]
for iterations in (1, 3):
    right = (named(caps, some, iterations) == some.labels).mean()
    print(
        f"iterations: {iterations}. Your loop names {right:.1%} correctly, the network {(caps.classify(some) == some.labels).mean():.1%}"
    )

# %% tags=["holds"]
assert right > 0.97

# %% [markdown]
# Your ten lines read digits. But with *one* iteration, where every child still splits evenly, they do as well. What routing adds is a question for lesson 14.
# And with a network that has seen 2,000 clothes once?

# %%
other = cl.load_other(images)
few, new = other.train.sample(min(2000, len(other.train)), seed=0), other.test[:200]
fresh = cl.CapsNet(other.image_shape, other.classes)
cl.fit(fresh, cl.Images(few.images, few.labels, other.classes), epochs=1, show=False)
yours = named(fresh, new, 3)
right = {"yours": yours == new.labels, "the network's": fresh.classify(new) == new.labels}
_, bias = (w for w in fresh.weights if "digit_capsules" in w.path)
bias.assign(0 * bias)
right["without its bias"] = fresh.classify(new) == new.labels
print(f"{other.name}:", ", ".join(f"{name} {share.mean():.0%} right" for name, share in right.items()))

# %% tags=["holds"]
assert min(share.mean() for share in right.values()) > 0.5
assert abs(right["yours"].mean() - right["the network's"].mean()) < 0.1
assert (fresh.classify(new) == yours).mean() > 0.99

# %% [markdown]
# The bias makes the whole difference: without it, the network gives your answers.
#
# ## Look back
#
# Did you expect routing to win? It does, but not in the three steps that networks take.

# %%
cl.guesses("11")

# %% [markdown]
# ## Answer
#
# **How do parts agree on a whole?**
# Each part predicts the pose of each whole through a learned matrix, and a loop gives more say to predictions that agree.
# Where many agree, the sum is long, and after squash its length says "it is there".
# The votes are linear, the routing is not; in three iterations it groups our clouds less well than k-means, in fifty better.
#
# **Sources.** Sabour, Frosst & Hinton 2017 (arXiv 1710.09829), procedure 1; Paik, Kwak & Kim 2019 (arXiv 1907.13327).
#
# Now your pieces become a network that trains: [12 · Build a capsule network](12_build_a_capsule_network.ipynb).
