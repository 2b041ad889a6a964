# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 00 · Start here
#
# > **What does a computer see when it looks at a picture?**
#
# You look at a handwritten 7 and see a 7, at once and without effort.
# Your computer sees a table of numbers, and nothing else.
# In this lesson you read such a table with your own eyes, do arithmetic with thousands of them, and end up with a small program that reads digits.
#
# **After this lesson you can** say what an image is to a program, average images by class, read a digit with ten averages, and use the course's tools: guess, check, hint and mine.
#
# **You need** Python and a little NumPy: arrays, `shape`, `mean`, and picking rows with a condition.
#
# **Time:** …
#
# To run a cell, click on it and press **Shift + Enter**.
# The first one installs the course on Google Colab; anywhere else it does nothing.

# %%
import sys

if "google.colab" in sys.modules:
    # %pip install -q git+https://github.com/capslab/capslab
    from google.colab import output

    output.enable_custom_widget_manager()  # lets Colab show the live views

# %% [markdown]
# ## Does this machine work?
#
# This takes some seconds.
# ✓ is fine, ! works with less, and ✗ comes with what to do before you go on; you need no graphics card.

# %%
from capslab.cli import doctor

findings = list(doctor.examine())
print(*findings, sep="\n")

# %% [markdown]
# ## Read a picture like a computer
#
# Below is a handwritten digit, printed as the computer stores it.
# Each number is one **pixel**, a small square of the picture: 0 is black, 255 is white, and shades of grey lie between.
# (We print every second row and column, so that the table fits the page.)
#
# `cl.load()` brings MNIST, the 70,000 digits that nearly every such course starts with.
# Without a connection it takes a smaller set; everything still runs, but the lessons describe MNIST.

# %%
import numpy as np
from IPython.display import display

import capslab as cl
from capslab import plots

images = cl.load()
first = images.images[0, :, :, 0]
skip = max(1, len(first) // 14)
print(first[::skip, ::skip])

# %% [markdown]
# Which digit is it?
# Follow the large numbers with your finger.
# Before many results you will be asked for a **guess** like this one.
# Being right earns nothing, and the wrong guesses are the ones you will remember.

# %%
cl.guess("first_digit", "Which digit is hidden in the table of numbers?", choices=list(images.classes))

# %%
cl.reveal(
    "first_digit",
    images.classes[images.labels[0]],
    "You have just recognised a digit from nothing but its numbers. That is what a program has to do, too.",
)

# %% [markdown]
# You used more than numbers, though, because you know how a pen moves and what digits look like.
# The computer knows none of that.

# %% tags=["holds"]
assert images.classes[images.labels[0]] == "5"

# %% [markdown]
# ## Seventy thousand tables in one array
#
# All pictures lie in one array with four axes: which image, row, column, and colour channel.
# (Grey pictures have one channel, colour photos three.)
# A second array holds the **labels**: for each image, the number of its **class**, that is, which digit somebody meant to write.

# %%
print("images", images.images.shape, "  labels", images.labels.shape, "  the first ten:", images.labels[:10])
images[0]

# %% [markdown]
# So the first image, here drawn in shades of grey, has label 5, the second 0, the third 4.
#
# Before you use data, count what is in them.
# If one digit were very rare, a program could ignore it and still look good.

# %% tags=["holds"]
assert images.images.shape == (70000, 28, 28, 1)
assert images.labels[:3].tolist() == [5, 0, 4]

# %% [markdown]
# **Your turn.** Write `count_per_class(labels, classes)`.
# It takes an array of class numbers and how many classes there are (a number; `images.classes` lists their names), and returns an array of shape `(classes,)`: how often 0 occurs, how often 1 occurs, and so on.
# Put your code where the dots are.


# %%
def count_per_class(labels, classes):
    ### BEGIN SOLUTION
    return np.bincount(labels, minlength=classes)
    ### END SOLUTION


# %% [markdown]
# The next cell **checks** it on small inputs and tells you what to look at.
# Stuck? `cl.hint("count_per_class")` in a new cell goes a step further with each call.
# If the check fails, `cl.case("count_per_class")` shows an input on which it fails, what came out, and what should have.
# After three real attempts `cl.solution("count_per_class")` shows one way to write it.

# %%
cl.check("count_per_class", count_per_class)

# %%
count_per_class = cl.mine("count_per_class", count_per_class)

# %% [markdown]
# With `cl.mine` your function becomes part of the lesson: the cells below call it.
# If it is not right yet, the course's version steps in, and the line above says so.
# So you can skip any exercise and come back later.
#
# What you write and guess is kept in a folder on this machine (`cl.progress()` shows what is there, and the environment variable `CAPSLAB_HOME` can name another one).
# Only Binder and Colab forget it: there, download the notebook before you leave.

# %%
counts = count_per_class(images.labels, len(images.classes))
plots.bars(dict(zip(images.classes, counts, strict=True)), "images")

# %% [markdown]
# The 1 is the most frequent digit and the 5 the rarest, but all ten occur often enough to learn from.

# %% tags=["holds"]
assert (counts.argmax(), counts.argmin()) == (1, 5)
assert counts.max() < 1.3 * counts.min()

# %% [markdown]
# ## What does an average 7 look like?
#
# Pictures are tables of numbers, so they can be added and divided.
# The average of all 7s has in each pixel the mean of that pixel over all 7s: bright where nearly everyone puts ink, grey where only some do.
#
# **Your turn.** Write `mean_image(images, labels, label)`.
# It takes images of shape `(n, h, w)`, their labels `(n,)` and one class number, and returns the mean of the images with that label, of shape `(h, w)`.


# %%
def mean_image(images, labels, label):
    ### BEGIN SOLUTION
    return images[labels == label].mean(axis=0)
    ### END SOLUTION


# %%
cl.check("mean_image", mean_image)

# %%
mean_image = cl.mine("mean_image", mean_image)

# %% [markdown]
# Now average each class.
# `images.train` is the larger part of the images, set aside to learn from; `images.test` is kept for checking what was learned.

# %%
known = images.train
means = np.stack([mean_image(known.images[..., 0], known.labels, c) for c in range(len(known.classes))])
apart = np.sqrt(((means[:, None] - means) ** 2).sum(axis=(2, 3))) / 255 + 1e3 * np.eye(len(means))
one, other = np.unravel_index(apart.argmin(), apart.shape)
print(f"Most alike: {images.classes[one]} and {images.classes[other]}, at a distance of {apart.min():.1f}.")
plots.image_grid(means / 255, images.classes)

# %% [markdown]
# Each average can still be read, and its blur shows where people differ.
# The 0 stays hollow because hardly anybody puts ink in its middle.
# The 4 and the 9 look most alike, and the **distance** says so, too: subtract one image from the other, pixel by pixel, square the differences, add them up, and take the root.
# For a typical pair of averages it is about twice as large.

# %% tags=["holds"]
assert {one, other} == {4, 9}
assert 1.8 < np.median(apart[np.triu_indices(10, 1)]) / apart.min() < 2.2
assert means[0, 13:15, 13:15].mean() < 15  # the hollow middle

# %% [markdown]
# ## Ten averages that read
#
# Here is an idea for a program that reads: given an image that it has never seen, it answers with the digit whose average is nearest.
# (The root can be left out: the smallest sum has the smallest root.)
# Blind guessing gets about 10 images of 100 right.
#
# In the cell after your guess, which also shows some mistakes, `[:, None]` lets NumPy subtract every average from every image at once: it repeats what lacks an axis (**broadcasting**), and one table of differences per image and class comes out.

# %%
cl.guess("ten_averages", "Of 100 unseen images, how many will it read correctly?", between=(0, 100))

# %%
unseen = images.test.sample(min(1000, len(images.test)))
differences = unseen.images[:, None, :, :, 0] - means  # (image, class, row, column)
answers = (differences**2).sum(axis=(2, 3)).argmin(axis=1)
right = answers == unseen.labels
wrong = np.flatnonzero(~right)[:10]
said = [f"{images.classes[unseen.labels[i]]}, read as {images.classes[answers[i]]}" for i in wrong]
display(plots.image_grid(unseen[wrong], said))
cl.reveal(
    "ten_averages",
    100 * right.mean(),
    "Every pixel adds its squared difference, and the smallest sum wins. Nothing here looked at strokes.",
)

# %% [markdown]
# So it reads, and all it knows came from `mean_image` and the labels.
# Most of the images that it got wrong are clear to you, but they are slanted, thin, thick, or a little off the usual place, so their ink lies where another digit's average is bright.
# A program that compares pixel by pixel cannot know that a slanted 7 is still a 7.
# **The rest of this course looks for better numbers to compare:** a better **representation** of the image.

# %% tags=["holds"]
assert 0.75 < right.mean() < 0.88

# %% [markdown]
# ## A first live view
#
# Here is one way to make new numbers from pixels.
# A small window lies on the image; the nine pixels under it, scaled to 0…1, are multiplied by nine numbers, and the products are added up.
# The view starts with 1, 0, −1 in each of the three rows: left minus right, which is far from 0 only where bright and dark lie side by side.
# **Drag the window** for a minute, then choose "blur".

# %%
cl.explore_convolution(images.test.sample(per_class=2), kernel="vertical edges")

# %% [markdown]
# Nine numbers made the whole picture on the right: sums above 0 are orange there, sums below 0 blue, and so the left and right edges of each stroke stand out.
# Here you choose the nine numbers; in lesson 09 a network finds its own.
# A line of words under each view says what it shows, and *Show the code* prints the lines that make it again.
#
# ## What this course asks
#
# A network turns the table of an image into other numbers.
# **Which images end up close together then, and why?**
# You will ask this of raw pixels, and then of three networks that you build from functions of your own: a dense network, a capsule network and a variational autoencoder (VAE).
# (If these names mean nothing to you yet, you are in the right place.)
# The course grew out of two blog articles that recommend capsule networks (article A) and VAEs (article B) for clustering images.
# We run their code, repair it, and test their main claims in front of you; some fail.
#
# ★ lessons are optional.
#
# - **1 Clustering:** [01 k-means, by hand](01_kmeans_by_hand.ipynb); [02 Which score can you believe?](02_which_score.ipynb)
# - **2 A dense network:** [03 From one neuron to a layer that learns](03_a_layer_that_learns.ipynb); [04 Hidden layers and backpropagation](04_backpropagation.ipynb); [05 Can you trust it?](05_can_you_trust_it.ipynb); [06 A printed network, and a clinic](06_printed_network.ipynb); [07 What the hidden layer groups together](07_hidden_layer.ipynb); [08 ★ When the data grow](08_when_data_grow.ipynb)
# - **3 Capsules:** [09 Convolution](09_convolution.ipynb); [10 Parts with a pose](10_parts_with_a_pose.ipynb); [11 Routing by agreement](11_routing_by_agreement.ipynb); [12 Build a capsule network](12_build_a_capsule_network.ipynb); [13 Look inside](13_look_inside.ipynb); [14 What do the couplings tell you?](14_what_couplings_tell.ipynb); [15 Seen from another side](15_seen_from_another_side.ipynb); [16 ★ Other ways to route, and depth](16_other_ways_to_route.ipynb); [17 Two digits on top of each other](17_two_digits.ipynb)
# - **4 A variational autoencoder:** [18 An autoencoder, and the holes in it](18_autoencoder.ipynb); [19 Surprise](19_surprise.ipynb); [20 Build a VAE](20_build_a_vae.ipynb); [21 Walk through the latent space](21_latent_space.ipynb); [22 When it goes wrong](22_when_it_goes_wrong.ipynb); [23 ★ A place among published numbers](23_published_numbers.ipynb)
# - **5 What a representation groups together:** [24 Three representations, one k](24_three_representations.ipynb); [25 Clusters without labels](25_clusters_without_labels.ipynb); [26 Your own images](26_your_own_images.ipynb); [27 What you found](27_what_you_found.ipynb)
#
# ## If something goes wrong
#
# * **A cell runs too long:** press ■ in the toolbar.
# * **Names are unknown:** *Kernel → Restart Kernel and Run All Cells*.
# * **The kernel died:** memory ran out, so close other notebooks.
# * **A view does not move:** run its cell.
# * **Anything else:** the last line of an error says what was expected, what came, and what to try.
#
# ## Now with other images
#
# Does the same program work on photos of clothes, shoes and bags?

# %%
other = cl.load_other(images)
grey = other.train.images[..., 0]
means = np.stack([mean_image(grey, other.train.labels, c) for c in range(len(other.classes))])
unseen = other.test.sample(min(1000, len(other.test)))
answers = ((unseen.images[:, None, :, :, 0] - means) ** 2).sum(axis=(2, 3)).argmin(axis=1)
share = (answers == unseen.labels).mean()
print(f"{other.name}: ten averages name {100 * share:.0f} of 100 unseen images correctly.")
plots.image_grid(means / 255, other.classes)

# %% [markdown]
# The functions know nothing of digits, so they work here too, only less well: shirts, pullovers and coats cover nearly the same pixels.
# Prefer clothes? Where a lesson begins with `cl.load()`, write `cl.load("fashion-mnist")` and run it again.
#
# ## Look back
#
# The guess that was furthest off stands first, because it taught you most.

# %% tags=["holds"]
assert other.name != "fashion-mnist" or share < right.mean() - 0.1

# %%
cl.guesses("00")

# %% [markdown]
# ## Answer
#
# **What does a computer see when it looks at a picture?**
# It sees a table of numbers, one per pixel, and it can only compute with them.
# Ten averages of such tables already read most digits, because ink of the same digit tends to lie in the same places.
# Where it does not, they fail.
#
# But somebody had to say which images are 7s.
# What if nobody does?
#
# **Sources.** LeCun, Cortes & Burges, *The MNIST database of handwritten digits* (1998); Xiao, Rasul & Vollgraf, *Fashion-MNIST* (2017).
#
# On to [01 · k-means, by hand](01_kmeans_by_hand.ipynb).
