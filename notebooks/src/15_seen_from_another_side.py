# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 15 · Seen from another side
#
# > **You have seen trucks from one side only, turned by at most 54°. Would you know another one from the front or from behind?**
#
# A child would.
# For a network it is harder, because pixel by pixel two sides do not look alike.
# Capsules were invented for this very problem; here you see how much of the promise holds.
#
# **After this lesson you can** split data so that nothing leaks from the test into the training, compare two kinds of networks on equal terms, and ask with a linear map what a representation knows.
#
# **You need** [05](05_can_you_trust_it.ipynb) (test images), [09](09_convolution.ipynb) (convolutions), [10](10_parts_with_a_pose.ipynb) and [11](11_routing_by_agreement.ipynb) (poses and votes).
#
# **Time:** …

# %%
import numpy as np
from IPython.display import display

import capslab as cl
from capslab import plots
from capslab.lessons import affine_digits, viewpoints

toys = cl.load("toys")

cl.recall("15")

# %% [markdown]
# ## A truck is a truck from every side
#
# These pictures are rendered on your machine: cars, trucks, planes, animals and people, ten different toys of each kind.
# Each is turned to 20 sides; the angle is its **azimuth**, and at 0° it faces right.
# We look down on it at 20°, 35°, 50° or 65°; this is the **elevation**.
# Every view is drawn twice with the lamp somewhere else, so that the light alone gives nothing away.

# %%
one = toys[(toys.poses.kind == 1) & (toys.poses.instance == 0) & (toys.poses.elevation == 35)][::4]
plots.image_grid(one, [f"{azimuth:.0f}°" for azimuth in one.poses.azimuth])

# %% [markdown]
# This truck drives away from you at about 90° and comes towards you at about 270°.
# To you it stays the same thing. And in pixels?
# Compare each of the 100 pictures of toys that face right at elevation 35° (two of each toy) with two others: the *same* toy after a quarter turn, and the most similar picture of *another kind* that faces right, too.
# (The test is uneven: one picture competes with the nearest of 80.)

# %%
cl.guess(
    "stranger_nearer",
    "For how many of these 100 pictures is the other kind nearer, in pixels?",
    between=(0, 100),
)

# %%
right, away = (toys[(toys.poses.azimuth == a) & (toys.poses.elevation == 35)] for a in (0, 90))
X, X_away = (part.images.reshape(len(part), -1) / 255 for part in (right, away))
distance = np.linalg.norm(X[:, None] - X, axis=2)  # (100, 100)
stranger = np.where(right.labels[:, None] != right.labels, distance, np.inf).min(axis=1)
nearer = stranger < np.linalg.norm(X - X_away, axis=1)
of_kind = {name: nearer[right.labels == kind].mean() for kind, name in enumerate(toys.classes)}
cl.reveal(
    "stranger_nearer",
    100 * nearer.mean(),
    f"It is so for {of_kind['car']:.0%} of the cars and {of_kind['truck']:.0%} of the trucks, but only for {of_kind['person']:.0%} of the people, who are narrow "
    "from every side. For a long toy, some stranger on the same side is nearer in pixels than the toy itself from another side.",
)

# %% tags=["holds"]
assert of_kind["car"] == of_kind["truck"] == 1
assert of_kind["person"] < 0.1
assert len(right) == len(away) == 100

# %% [markdown]
# ## What capsules promise
#
# A part votes for a whole by multiplying its pose $u_i$ by a matrix $W_{ij}$, which says how the whole lies relative to the part (lesson 11).
# Now turn the whole thing.
# If poses are what they should be, one and the same matrix $T$ turns all the votes: $W_{ij}\,u_i$ becomes $T\,(W_{ij}\,u_i)$.
# They move together, so they *still agree*, and no weight has to change.
# So the promise is: learn a truck's parts from a few sides, and the other sides come for nothing.
#
# Hinton, Sabour and Frosst (2018) tested it with photographs of toys, a data set called smallNORB.
# They reported 13.5 % errors from new azimuths, and 20.0 % for a convolutional network that was just as good on familiar ones (both quoted from their paper).
# Their poses are matrices, with another routing; ours are the vectors of lesson 12.
#
# ## How far apart are two sides?
#
# We call a side *familiar* if it is at most 54° away from azimuth 0.
# A first trap: the azimuth 342° is only 18° away, because angles go round in a circle.
#
# **Your turn.** Write `angle_error(predicted, true)`.
# It takes two arrays of angles in degrees, `(n,)`, and returns how many degrees lie between each pair, the shorter way round: from 0 to 180.
# Angles may be negative or above 360.


# %%
def angle_error(predicted, true):
    ### BEGIN SOLUTION
    return np.abs((predicted - true + 180) % 360 - 180)
    ### END SOLUTION


# %%
cl.check("angle_error", angle_error)

# %%
angle_error = cl.mine("angle_error", angle_error)

# %% [markdown]
# ## A split that does not leak
#
# The second trap is worse.
# If we tested on new sides of the *same* toys, a network might know them by their paint.
# Test information that gets into the training is called a **leak**.
# So we test on other toys, and compare *their* familiar sides with *their* new sides.
#
# **Your turn.** Write `split_views(turned, toy, widest, held_out)`.
# It takes for each picture how many degrees it is turned away from azimuth 0, `(n,)`, and the number of its toy, `(n,)`; the widest familiar angle; and the toys to hold out.
# It returns three masks `(n,)`: pictures to learn from (familiar sides of the other toys), familiar sides of held-out toys, new sides of held-out toys.


# %%
def split_views(turned, toy, widest, held_out):
    ### BEGIN SOLUTION
    near, new_toy = turned <= widest, np.isin(toy, held_out)
    return near & ~new_toy, near & new_toy, ~near & new_toy
    ### END SOLUTION


# %%
cl.check("split_views", split_views)

# %%
split_views = cl.mine("split_views", split_views)

# %% [markdown]
# Your functions now make the split that the whole lesson runs on.
# Toys 6 to 9 of each kind are for the test, and only elevations 20° and 35° are learned, so that 50° and 65° are new viewpoints as well.
# That leaves 6 toys · 5 kinds · 7 azimuths · 2 elevations · 2 lamps:

# %%
turned = angle_error(toys.poses.azimuth, 0)
learn, familiar, new = split_views(turned, toys.poses.instance, 54, [6, 7, 8, 9])
low = toys.poses.elevation <= 35
asked = {"familiar": familiar & low, "new azimuth": new & low, "new elevation": familiar & ~low}
pupil = toys[learn & low]
print(
    f"{len(pupil)} pictures to learn from; to be asked:",
    {name: int(mask.sum()) for name, mask in asked.items()},
)

# %% tags=["holds"]
assert len(pupil) == 840
assert [int(mask.sum()) for mask in asked.values()] == [560, 1040, 560]

# %% [markdown]
# ## Equal terms
#
# The opponent is a convolutional network of equal size: the same convolutions, then a dense layer with one unit for each number in a capsule, then the scores.
# Each learns at the best of three learning rates, chosen on toys that are in no test.

# %%
pairs = viewpoints.many_pairs()  # the learning rates, and more below
capsules = viewpoints.make("capsules", toys, rate=pairs.rate("toys", "capsules"))
convolutional = viewpoints.make("convolutional", toys, rate=pairs.rate("toys", "convolutional"))
scores = {}
for name, network in {"capsules": capsules, "convolutional": convolutional}.items():
    cl.fit(network, pupil, epochs=2, show=False)
    named = network.classify(toys) == toys.labels
    scores[name] = {views: named[mask].mean() for views, mask in asked.items()}
print({name: f"{shares['familiar']:.1%} of familiar views" for name, shares in scores.items()})

# %% tags=["holds"]
assert min(shares["familiar"] for shares in scores.values()) > 0.98

# %% [markdown]
# On familiar sides of new toys both are right, so as far as these can tell they start on equal terms.
# Will the capsules be ahead from new viewpoints (the mean of new azimuths and new elevations)?

# %%
cl.guess(
    "capsules_ahead",
    "On new viewpoints: of 100 pictures, how many more do the capsules get right than the convolutional network?",
    between=(-30, 30),
)

# %%
on_new = {name: np.mean([s["new azimuth"], s["new elevation"]]) for name, s in scores.items()}
cl.reveal(
    "capsules_ahead",
    100 * (on_new["capsules"] - on_new["convolutional"]),
    f"The capsules get {100 * on_new['capsules']:.1f} of 100 right, the convolutional network {100 * on_new['convolutional']:.1f}. "
    "Neither gets the other sides for nothing. And this is one pair of networks, so it may be luck.",
)

# %% [markdown]
# ## Ten pairs instead of one
#
# So we did it ten times beforehand, each time with other starting weights and another choice of toys to learn from, five of each kind.
# The two networks of a pair learned the same toys, so we look at the difference within each pair.
# The list of claims says which lead would matter: 0.02.

# %%
for views in ("azimuth", "elevation"):
    means = {name: f"{pairs.accuracies(name, views).mean():.1%}" for name in scores}
    print(f"new {views}s, right on average:", means)
ours, theirs = (pairs.accuracies(name, "new") for name in scores)
yours = 100 * (on_new["capsules"] - on_new["convolutional"])
evidence = f"Ahead in {sum(ours > theirs)} of {len(ours)} pairs; in yours by {yours:+.1f} points."
new_sides = cl.verdict("capsules-see-new-sides", ours, theirs, paired=True, evidence=evidence)
new_sides

# %% tags=["holds"]
assert min(pairs.accuracies(name, "familiar").min() for name in scores) > 0.98
assert len(ours) == 10
assert (ours > theirs).all()
assert new_sides.outcome == "holds partly"
assert 0.025 < (ours - theirs).mean() < 0.04
assert 0.11 < 1 - ours.mean() < 0.14
on_azimuths, on_elevations = (
    [pairs.accuracies(name, views).mean() for name in scores] for views in ("azimuth", "elevation")
)
assert 0.8 < min(on_azimuths) < max(on_azimuths) < 0.84
assert round(100 * (max(on_azimuths) - min(on_azimuths))) == 2
assert 0.88 < min(on_elevations) < max(on_elevations) < 0.94

# %% [markdown]
# So the capsules are ahead by about three pictures in a hundred, though the interval reaches a little below the two that would matter.
# But the other sides do not come for nothing: about twelve in a hundred are still lost.
#
# ## What makes the difference?
#
# The capsule network iterates its routing, and has a decoder that must reconstruct the image; the other one has one more ReLU.
# Here are controls with one of the three removed at a time, beside the first five pairs.

# %%
five = {kind: pairs.accuracies(kind, "new")[:5] for kind in viewpoints.KINDS}
percent = {kind: [f"{100 * x:.1f}" for x in (a.mean(), a.min(), a.max())] for kind, a in five.items()}
rows = [{"network": k, "mean": m, "lowest": low, "highest": high} for k, (m, low, high) in percent.items()]
plots.table(rows, caption="% right on new viewpoints, five networks each")

# %% tags=["holds"]
assert all(five[kind].mean() > five["convolutional"].mean() + 0.015 for kind in five if kind[:3] == "cap")
assert abs(five["capsules, 1 iteration"].mean() - five["capsules"].mean()) < 0.01
assert abs(five["capsules, no decoder"].mean() - five["capsules"].mean()) < 0.01
assert five["convolutional, no last ReLU"].mean() < five["convolutional"].mean()

# %% [markdown]
# The lead stays with one iteration, and it stays without the decoder; without its ReLU the convolutional network does not catch up.
# So none of the three alone seems to explain it.
# Among what is left are squash, the margin loss and reading the answer by length; no control here separates these.
#
# ## From which sides does it know a toy?
#
# Here is how often your capsules are right about the toys to be tested.

# %%
correct = capsules.classify(toys) == toys.labels
columns = {"from the front (270°)": 270, "from behind (90°)": 90, "facing left (180°)": 180}
rows = []
for k, kind in enumerate(toys.classes):
    its = asked["new azimuth"] & (toys.labels == k)
    shares = {name: correct[its & (toys.poses.azimuth == a)].mean() for name, a in columns.items()}
    shares["all new"] = correct[its].mean()
    rows.append({"kind": kind} | {name: f"{share:.0%}" for name, share in shares.items()})
front, behind = (correct[asked["new azimuth"] & (toys.poses.azimuth == a)].mean() for a in (270, 90))
plots.table(
    rows, caption=f"right from new azimuths; of all {front:.0%} from the front, {behind:.0%} from behind"
)

# %% [markdown]
# Trucks and people are known from everywhere.
# Half of the animals are lost: nearly all from behind and facing left, though facing left is nearly a mirror image.
# **Turn a toy** that your capsules have not learned.
# The curve is the length of the right capsule; the shade covers 9° to either side of each azimuth that was learned.

# %%
cl.turn_toy("car", capsules, instance=6, elevation=35, seen=pupil)

# %% tags=["holds"]
said = capsules.classify(toys)
known = {
    k: (said == toys.labels)[asked["new azimuth"] & (toys.labels == i)].mean()
    for i, k in enumerate(toys.classes)
}
assert min(known["person"], known["truck"]) > 0.99
assert 0.35 < known["animal"] < 0.65
assert known["animal"] < known["car"] < 0.9
wrong = asked["new azimuth"] & (said != toys.labels)
assert set(said[wrong & (toys.labels == 0)]) == {1}  # cars are taken for trucks
animal = {
    a: (said == 3)[(toys.labels == 3) & asked["new azimuth"] & (toys.poses.azimuth == a)].mean()
    for a in (90, 180)
}
assert max(animal.values()) < 0.2
assert 0.85 < front < 0.97
assert 0.6 < behind < 0.8

# %% [markdown]
# Outside the shade this car's capsule gets shorter, and where the answer is wrong, a car is taken for a truck.
#
# ## Does the pose know the angle?
#
# The promise is about the *pose*: turn the toy, and the pose turns along, as a matrix would turn it.
# This is called **equivariance**.
# It is a promise about parts, but we read only the pose of the whole: the capsule of the right kind.
# If it turns along, a **linear map** (a dense layer without ReLU) can read the angle off it.
# We fit one for each kind of toy, on familiar sides of the toys that were learned.
# It gives two numbers, the sine and the cosine, because 359° and 0° are neighbours, and your `angle_error` measures how far off it is.
# On familiar sides of new toys it is off by a few degrees.
# Now ask *the same map* about new sides; a blind guess is off by 90°.

# %%
cl.guess(
    "angle_from_new_sides",
    "By how many degrees is the map off, in the median, when it reads the pose from new sides?",
    between=(0, 180),
    unit="degrees",
)


# %%
def off_by(vectors, known, about):
    said = viewpoints.read_azimuth(vectors[known], toys.poses[known], vectors[about], toys.poses[about])
    return np.median(angle_error(said, toys.poses.azimuth[about])), np.median(angle_error(said, 0))


pose = viewpoints.vectors(capsules, toys)["the right capsule"]
near_off, _ = off_by(pose, learn & low, asked["familiar"])
far_off, said_turned = off_by(pose, learn & low, asked["new azimuth"])
cl.reveal(
    "angle_from_new_sides",
    far_off,
    f"From familiar sides it was off by {near_off:.0f}°. From new ones it is off by more than a blind guess, because it still says what it was taught: "
    f"in the median that the toy is turned by {said_turned:.0f}° away from azimuth 0, as the familiar sides are.",
)

# %% [markdown]
# So what the map learned on familiar sides did not carry over.
# Is the angle still in the pose, only in another way?
# Fit the map again with *all* sides of the learned toys (the network stays as it is), and compare with other representations:

# %%
rows = pairs.azimuth_table()
plots.table(
    rows,
    caption="degrees off, median of ten networks; the pixels' 16 numbers are principal components",
)

# %% tags=["holds"]
degrees = [list(row.values())[2:] for row in rows]
assert all(familiar < 10 and new > 120 for familiar, new, _ in degrees)
pose_off, all_off, last_off, components_off, pixels_off = (taught for _, _, taught in degrees)
assert pixels_off < all_off < last_off < pose_off
assert components_off < pose_off - 4
assert far_off > 120

# %% [markdown]
# A map fitted on familiar sides fails for all of them, and the pose is no exception.
# A map that was taught all sides finds the angle in the pose, within 23°; but 16 numbers made from pixels tell more of it.
# A network that is paid for naming toys may forget how they stand.
# So nothing here suggests that the lead comes from poses that turn as they were meant to.
#
# ## Now with digits
#
# In another experiment a network learns digits that were only *shifted*, and is tested on digits that were also turned, slanted and resized; together these are **affine** changes.
# Sabour, Frosst and Hinton (2017) reported 79 % right, against 66 % for a convolutional network (quoted; their test set is affNIST).

# In each of ten pairs, both learned the same 4,000 digits of MNIST.
# They do not end equally well on shifted digits, so the better one, mostly the convolutional, is taken from the earlier moment when it was only as good as the other, as in the paper.
# This is a handicap: its learning rate was still high then.

# %%
few = cl.load().test[:10]
moved = [affine_digits.shifted_digits(few, seed=1), affine_digits.affine_digits(few, seed=1)]
both = np.concatenate([part.images for part in moved])
display(plots.image_grid(both, title="above: shifted, to learn from; below: affine, to be tested on"))
at, leads = pairs.affine(), viewpoints.earlier_leads()
told = f"Both know {at['familiar'].mean():.1%} of the shifted digits there. Earlier, with shifted or turned "
told += f"digits, capsules were ahead for {sum(v > 0 for v in leads.values())} of {len(leads)} amounts."
on_affine = cl.verdict("capsules-see-moved", at["capsules"], at["convolutional"], paired=True, evidence=told)
on_affine

# %% tags=["holds"]
assert 0.9 < at["familiar"].mean() < 0.97
assert abs(np.mean(at["capsules"] - at["convolutional"])) < 0.01
assert len(at["familiar"]) == 10
assert on_affine.outcome == "undecided"
assert (pairs.at_the_end("convolutional").mean(axis=0) > pairs.at_the_end("capsules").mean(axis=0)).all()
assert len(leads) == 12
assert max(leads.values()) < 0

# %% [markdown]
# With digits we see no lead: on equal terms the two are the same within about one in a hundred, and ten pairs do not decide.
# At the end of their training the convolutional network is ahead on average, as it was in the earlier experiment.
#
# ## Look back
#
# The promise says what poses *should* do; nothing in the training asks for it.

# %%
cl.guesses("15")

# %% [markdown]
# ## Answer
#
# **Would a network know other toys from the front or from behind, if it has seen only one side, up to 54° round from there?**
# Often. Yours named about nine in ten from the front, seven in ten from behind, and every truck.
# Over ten pairs, both kinds of networks name about 80 of 100 pictures of other toys from new azimuths, and about 90 from new elevations, where blind guessing gives 20.
# Capsules do it better by about three in a hundred (two for azimuths), so on our toys the claim holds in part; on affine digits ten pairs found no lead, and it is undecided.
# And the promised reason was not found: the lead stays with one iteration, and a linear map fitted on familiar sides did not carry over to new ones.
# A prediction that comes true does not prove the explanation that came with it.
#
# **Sources.** Hinton, Krizhevsky & Wang 2011, *Transforming auto-encoders*; Sabour, Frosst & Hinton 2017 (arXiv 1710.09829) for affNIST; Hinton, Sabour & Frosst 2018, *Matrix capsules with EM routing*, for smallNORB; Gu & Tresp 2021, *Capsule network is not more robust than convolutional network* (arXiv 2103.15459).
#
# Next, if you like, [16 ★ · Other ways to route, and depth](16_other_ways_to_route.ipynb), which nothing later depends on; or go straight on to [17 · Two digits on top of each other](17_two_digits.ipynb).
