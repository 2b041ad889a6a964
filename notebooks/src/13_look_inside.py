# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 13 · Look inside
#
# > **Can you see how a capsule network comes to its answer?**
#
# The hidden numbers of a dense network are hard to read one by one.
# A capsule network was made to be read: its couplings say who listens to whom, and its poses how a digit looks.
# So open one up, on test images and on your own handwriting.
#
# **After this lesson you can** follow one image from its pixels to the answer, read a coupling map, and say what a pose holds.
#
# **You need** [11](11_routing_by_agreement.ipynb) for couplings, and [12](12_build_a_capsule_network.ipynb) for the network, its lengths and its decoder.
# The text describes the results on MNIST; without a connection you see the 8×8 digits.
#
# **Time:** …

# %%
import numpy as np
from IPython.display import display

import capslab as cl
from capslab import plots
from capslab.routing import ablation

images = cl.load()

cl.recall("13")

# %% [markdown]
# ## One image, all the way through
#
# The network is `cl.CapsNet`, the tuned version of the one you built, trained beforehand.
# Its digit capsules have 16 numbers, where yours had 8.

# %%
caps = cl.ready("capsnet", images)
cl.show_network(caps, images.test)

# %% [markdown]
# From left to right you see the image, the maps of the convolutions, the primary capsules, the digit capsules and the reconstruction.
# The primary capsules sit on a grid of 6×6 places, two types at each place, which makes 72.
# Each line is a coupling: the thicker it is, the more a primary capsule gives to a digit capsule.
#
# - Move the slider from iteration 1 to 3. In iteration 1 all lines are equally thin; in the end some lead to the 7 and stand out.
# - Point at a primary capsule: a frame shows which part of the image it sees.
# - Click on anything for its arithmetic, down to a single multiplication.
#
# How typical are the thick lines?
# Call a primary capsule *decided* if it gives one digit more than 0.5, *undecided* if it gives none more than 0.15, and *inclined* in between.

# %% tags=["holds"]
assert caps.grid == (6, 6, 2)
trace = cl.route(caps, images.test[0])
assert images.test.labels[0] == trace.predicted == 7
assert trace.couplings[-1][:, 7].max() > 0.4
assert np.delete(trace.couplings[-1], 7, axis=1).max() < 0.2

# %%
cl.guess(
    "a_typical_capsule",
    "After three iterations, what are most primary capsules?",
    choices=["decided for one digit", "inclined to one digit", "undecided"],
)

# %%
few = images.test.sample(min(2000, len(images.test)), seed=1)
routed = ablation.route_all(caps.primary(few), caps.routing_weights())  # many images at once
largest = routed.couplings.max(axis=-1)  # (images, primary capsules)
shares = [(largest > 0.5).mean(), ((largest > 0.15) & (largest <= 0.5)).mean(), (largest <= 0.15).mean()]
cl.reveal(
    "a_typical_capsule",
    ["decided for one digit", "inclined to one digit", "undecided"][int(np.argmax(shares))],
    f"In {len(few):,} images, {100 * shares[2]:.0f} of 100 primary capsules are undecided (an even split gives each digit 0.10), "
    f"{100 * shares[1]:.0f} are inclined, and fewer than {np.ceil(100 * shares[0]):.0f} in 100 are decided.",
)

# %% [markdown]
# So thick lines are exceptions: most primary capsules give every digit about the same from first to last.
# What is left to look at are the small differences, and where they are.

# %% tags=["holds"]
assert 0.8 < shares[2] < 0.9
assert shares[0] < 0.01

# %% [markdown]
# ## Read a coupling map
#
# To see small differences, draw $c - \tfrac{1}{10}$ instead of $c$: then white means "as at the start", orange "listens more", blue "listens less".
# And put each primary capsule at its place in the grid.
# They are numbered row by row, then column by column, and the types at one place come last:
#
# $$i = (\text{row} \cdot \text{columns} + \text{column}) \cdot \text{types} + \text{type}$$
#
# Here rows, columns and types count from 0; the view and the text count them from 1.
#
# **Your turn.** Write `coupling_map(couplings, grid, digit)`.
# It takes the couplings of one image `(child, parent)`, the grid `(rows, columns, types)` and the number of a digit.
# It returns $c - \tfrac1J$ for that digit at each place, averaged over the types: `(rows, columns)`, where $J$ is the number of parents.


# %%
def coupling_map(couplings, grid, digit):
    ### BEGIN SOLUTION
    rows, columns, types = grid
    difference = couplings[:, digit] - 1 / couplings.shape[1]
    return difference.reshape(rows, columns, types).mean(axis=2)
    ### END SOLUTION


# %%
cl.check("coupling_map", coupling_map)

# %%
coupling_map = cl.mine("coupling_map", coupling_map)

# %% [markdown]
# Here is your map of the first test image for three digit capsules.

# %%
trace = cl.route(caps, images.test[0])
maps = [coupling_map(trace.couplings[-1], caps.grid, digit) for digit in (7, 9, 4)]
plots.weight_maps(np.array(maps), ["to the 7", "to the 9", "to the 4"], label="c − 1/10")

# %% [markdown]
# In the map of the 7, a column of orange runs down the third column of the grid, with one strong place at the top left.
# The maps of the 9 and the 4 are pale: at the same places they are a little blue, because a child that gives more to the 7 has less left for the others.
# Is that column special to this image, or to the 7? Average over all images of a digit, each digit with its own capsule.

# %% tags=["holds"]
strength = np.abs(maps).max(axis=(1, 2))
assert strength[0] > 0.15 > 3 * strength[1:].max()
assert maps[0][:, 2].min() > 0.02
assert np.unravel_index(maps[0].argmax(), (6, 6)) == (0, 1)
assert np.array(maps[1])[:, 2].mean() < 0

# %%
means = [routed.couplings[few.labels == digit].mean(axis=0) for digit in range(10)]
average_maps = np.array([coupling_map(mean, caps.grid, digit) for digit, mean in enumerate(means)])
plots.weight_maps(average_maps, [f"the {digit}" for digit in range(10)], label="c − 1/10")

# %% [markdown]
# The average 7 has the same column as the single image.
# But the column does not belong to the 7. The 1, the 4 and the 8 listen to it nearly as much, and most digits share the strong place in its second row.
#
# It is tempting to see a stroke in such a column, too. But one place sees up to 21×21 of the 28×28 pixels, so a place in the map is not a place in the image.
# What the small differences do tell you is the question of [lesson 14](14_what_couplings_tell.ipynb).

# %% tags=["holds"]
assert (average_maps.max(axis=(1, 2)) > 0.08).all()
column = average_maps[:, :, 2].mean(axis=1)
assert column.argmax() == 7
assert column[[1, 4, 8]].min() > 0.75 * column[7]
assert (
    routed.couplings[few.labels == 7, :, 7].reshape(-1, 6, 6, 2).mean(axis=3)[:, :, 2].mean(axis=1) > 0.1
).mean() > 0.9
strongest_four = average_maps.reshape(10, 36).argsort(axis=1)[:, -4:]
assert (strongest_four == 8).any(axis=1).sum() == 6  # place 8: row 2, column 3
fields = np.array([caps.receptive_field(i) for i in range(72)])
assert (fields[:, 2:] - fields[:, :2]).max() == 21

# %% [markdown]
# ## Your own handwriting
#
# Draw with the mouse, a pen or a finger, or with the arrow keys and space.
# The small picture is what the network gets: your drawing, scaled and centred like the images of MNIST.

# %%
pad = cl.draw_digit(caps)
pad

# %% [markdown]
# **A challenge: draw a digit that two capsules claim**, so that two lengths are above 0.5 at once.
# Probabilities of a softmax could not do that, because they share out 1.
# Open the loop of a 9 a little, or let a 3 run into an 8.
# As long as the pad is empty, the next cell takes the test image on which the second capsule is longest.

# %%
lengths = caps.lengths(images.test)  # (images, digits)
found = int(np.sort(lengths, axis=1)[:, -2].argmax())
drawing = images.test.images[found] if pad.lengths is None else pad.image
its_lengths = caps.lengths(drawing[None])[0]
first, second = np.argsort(-its_lengths)[:2]
print(
    f"capsule {first} has a length of {its_lengths[first]:.2f}, and capsule {second} one of {its_lengths[second]:.2f}:"
)
print("two capsules claim it." if its_lengths[second] > 0.5 else "only one claims it. Try again.")

# %%
cl.guess(
    "two_claims",
    "Two capsules claim one image. What do their two reconstructions show?",
    choices=["the image, twice", "two different digits", "one digit and a grey blur"],
)

# %%
ten_poses = np.repeat(caps.poses(drawing[None]), 10, axis=0)
by_each = caps.decode(ten_poses, np.arange(10))  # one reconstruction per capsule
reads = caps.classify(np.uint8(255 * by_each[[first, second]]))  # what the network itself reads in the two
truth = cl.reveal(
    "two_claims",
    "two different digits" if (reads == [first, second]).all() else "the image, twice",
    f"Give both pictures back to the network, and it reads {reads[0]} in the one and {reads[1]} in the other.",
)
display(truth)
names = ["the image"] + [f"{digit}: {length:.2f}" for digit, length in enumerate(its_lengths)]
marked = [False] + [digit in (first, second) for digit in range(10)]
plots.image_grid(np.concatenate([drawing[None] / 255, by_each]), names, columns=6, marked=marked)

# %% [markdown]
# This image is labelled 8, but its loop at the top is open, so it might also be a 4.
# Capsule 8 draws the loop closed, and capsule 4 draws it open: *it may be this or that, and here is how it would look in either case*.
# The other eight are short, and what they draw is dim and blurred, something between several digits.
# That capsule 8 draws an 8 proves little, though: its place in the mask already tells the decoder to, and the network reads an 8 in those eight blurs as well.

# %% tags=["holds"]
assert (first, second, images.test.labels[found]) == (8, 4, 8)
assert (reads == [8, 4]).all()
assert np.sort(its_lengths)[:8].max() < 0.2
assert (caps.classify(np.uint8(255 * np.delete(by_each, [4, 8], axis=0))) == 8).all()
brightest = by_each.reshape(10, -1).max(axis=1)
assert np.delete(brightest, [4, 8]).max() < brightest[[4, 8]].min()

# %% [markdown]
# ## What is in a pose?
#
# Take the 7 again, move one of its sixteen numbers by up to 0.25 down and up, and let the decoder draw. What changes?
# And which of them make the network, when it gets the drawn picture, read something else than a 7?

# %%
pose, label = caps.poses(images.test[:1]), int(caps.classify(images.test[:1])[0])
size, steps = pose.shape[-1], np.linspace(-0.25, 0.25, 7)
moved = np.repeat(pose, size * 7, axis=0).reshape(size, 7, *pose.shape[1:])  # (number, step, digit, pose)
moved[range(size), :, label, range(size)] += steps  # row by row, another number of the pose
pictures = caps.decode(moved.reshape(-1, *pose.shape[1:]), label)
read = caps.classify(np.uint8(255 * pictures)).reshape(size, 7)
turned = np.flatnonzero((read != label).any(axis=1))
print(f"pose[i] makes it read something else than a {label} for i in {turned.tolist()}")
rows = [1, 11 % size, 4]
shown = pictures.reshape(size, 7, *pictures.shape[1:])[rows].reshape(-1, *pictures.shape[1:])
plots.image_grid(shown, [f"pose[{row}] {step:+.2f}" for row in rows for step in steps], columns=7)

# %% [markdown]
# The other 13 numbers leave it a 7. `pose[1]`, for instance, sets how it stands: slanted on the left, upright on the right.
# `pose[11]` takes it from thick to so faint that hardly anything is left to read.
# `pose[4]` does several things at once, and at its left end it becomes a 1.
# Nobody asked for a number for slant, but to redraw a digit one needs to know its slant.
# Nobody asked it to keep things apart either: both `pose[11]` and `pose[4]` change the amount of ink.

# %% tags=["holds"]
assert turned.tolist() == [4, 9, 11]
assert read[4, 0] == 1
ink = pictures.reshape(16, 7, -1).sum(axis=2)
assert ink[11, 0] > 8 * ink[11, -1]
assert ink[4, -1] > 3 * ink[4, 0]


def slant(picture):
    y, x = np.mgrid[:28, :28]
    w = picture[..., 0] / picture.sum()
    y, x = y - (w * y).sum(), x - (w * x).sum()
    return (w * x * y).sum() / (w * y * y).sum()


grid = pictures.reshape(16, 7, 28, 28, 1)
assert slant(grid[1, 0]) < slant(grid[1, 3]) < slant(grid[1, 6])

# %% [markdown]
# Now move all sixteen yourself; beside each stands how much it can change the pixels, on average.
# **Target practice:** turn the 7 into a 0, with few moves.

# %%
cl.explore_pose(caps, images.test[0])

# %% [markdown]
# One slider is enough: `pose[9]`, far to the right, bends the bar and the stem into a ring.
#
# ## Now with other images
#
# Does a network for clothes hesitate as well? A small one, trained here on 6,000 images for a few seconds.

# %% tags=["holds"]
assert read[9, -1] == 0
assert pad.lengths is None

# %%
other = cl.load_other(images)
train, look = other.train[:6000], other.test[:1000]
dressed = cl.CapsNet.for_images(other)
cl.fit(dressed, cl.Images(train.images, train.labels, other.classes), epochs=4, show=False)
couplings = ablation.route_all(dressed.primary(look), dressed.routing_weights()).couplings
share = (couplings.max(axis=-1) <= 0.15).mean()
print(f"{other.name}: {100 * share:.0f} of 100 primary capsules give no class more than 0.15.")
other_lengths = dressed.lengths(look)
both = int(np.sort(other_lengths, axis=1)[:, -2].argmax())
two = [f"{other.classes[c]} {other_lengths[both, c]:.2f}" for c in np.argsort(-other_lengths[both])[:2]]
print(f"The two longest capsules for one {other.classes[look.labels[both]]}: {', '.join(two)}")

# %% tags=["holds"]
assert other.name != "fashion-mnist" or share < 0.6
assert other.name != "fashion-mnist" or len(couplings[0]) == 8
assert other_lengths[both].max() > np.sort(other_lengths[both])[-2] > 0.5

# %% [markdown]
# Here, too, two capsules may claim one image.
# In this network fewer capsules are undecided. It has only eight, each of which sees the whole image; perhaps that is why.
#
# ## Look back
#
# If you expected primary capsules to decide, you are in good company: the word *routing* sounds like it. You saw a slight shift, in a few places.

# %%
cl.guesses("13")

# %% [markdown]
# ## Answer
#
# **Can you see how a capsule network comes to its answer?**
# You can see which places a digit listens to, how sure each capsule is by itself, and how each would draw the image, also when two of them claim it.
# A pose can be moved and drawn, and some of its numbers have a meaning with a name, such as slant or thickness.
# But most couplings hardly differ from an even split.
# Whether the small differences explain the answer cannot be seen. It has to be tested.
#
# **Sources.** Sabour, Frosst & Hinton 2017, *Dynamic routing between capsules* ([arXiv 1710.09829](https://arxiv.org/abs/1710.09829)), section 5.1 and figure 4 for poses that are moved.
#
# Next: [14 · What do the couplings tell you?](14_what_couplings_tell.ipynb)
