# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 00 · What is this course, and does my machine work?
#
# To a computer an image is a table of numbers. A network turns that table into other numbers, a
# *representation*, and in a good one things that belong together lie together. This course puts the same images
# through three networks and asks of each: **what does it group together, and why?**
#
# It starts from two articles on clustering images, one with capsule networks, one with variational autoencoders.
# Their code is run as it is printed, mended, and taken further. Each of their claims is put to the test in front
# of you, and some of them fail.
#
# Three habits make the difference between reading and learning:
#
# * **Predict.** Before a result there is a question. Commit to a guess, in your head or in the cell. Being wrong is
#   the point: it shows where to look.
# * **Move.** Views have sliders. Drag them, click on points, look at images.
# * **Write.** Exercises ask for a few lines, and the next cell checks them at once.

# %% [markdown]
# ## The map
#
# | Notebook | Its question | What you build or move |
# |---|---|---|
# | 00 · Start here | Does my machine work? | a first look at images, a first slider |
# | [01 · Clustering pixels](01_kmeans_by_hand.ipynb) | What does clustering see in raw pixels? | k-means step by step, five scores and how each of them lies |
# | [02 · A dense network](05_can_you_trust_it.ipynb) | What does a plain dense network learn? | a printed network that fails, then one that works, trained live |
# | [03 · Routing by agreement](11_routing_by_agreement.ipynb) | What is a capsule, what is routing? | squash, votes and routing by hand; votes one drags |
# | [04 · A capsule network](13_look_inside.ipynb) | What do the routing coefficients show? | routing, followed iteration by iteration |
# | [05 · Detect and segment](17_two_digits.ipynb) | Can capsules tell overlapping objects apart? | two digits named, drawn and divided; digits found in a scene |
# | [06 · A variational autoencoder](20_build_a_vae.ipynb) | What is a latent space? | a slider for every dimension of one |
# | [07 · Three representations](24_three_representations.ipynb) | Which one clusters best, and what is "best"? | one k for all of them |
# | [08 · Clustering without labels](25_clusters_without_labels.ipynb) | How far can one get with no labels at all? | a web of neighbours, cut where it is thinnest |
# | [09 · Your own images](26_your_own_images.ipynb) | Does it work on mine? | the whole course on a folder of pictures |
#
# Each takes 20 to 40 minutes and stands on its own; in this order they make one story.
#
# ## Does this machine work?
#
# **On Google Colab only**, this cell first installs the course (copy it to the top of any other notebook
# that you open there). Anywhere else it does nothing.

# %%
import sys

if "google.colab" in sys.modules:
    # %pip install -q git+https://github.com/capslab/capslab
    from google.colab import output

    output.enable_custom_widget_manager()  # lets Colab show the live views

# %% [markdown]
# Run the next cell (**Shift + Enter**). It looks at Python, TensorFlow, the device that will train, Jupyter, the live
# views, data, disk and memory, and takes some seconds. ✓ is fine, ! works with less, ✗ comes with what to do.

# %%
from capslab.cli import doctor

findings = list(doctor.examine())
print(*findings, sep="\n")

# %% [markdown]
# The line **device** says what training will use. A CPU is enough for the whole course; a GPU is used where there
# is one, without a change to any line.
#
# ## Images
#
# `cl.load()` gives MNIST, 28×28 pictures of handwritten digits, if it is on this machine or can be downloaded once,
# and otherwise the small digits that come with scikit-learn. `cl.load("fashion-mnist")`, pictures of clothes, is
# one changed word, and everything below follows it.

# %%
import numpy as np

import capslab as cl
from capslab import plots

images = cl.load()

# %%
images

# %% [markdown]
# **One image, as the computer sees it.** Below is every pixel of the first image (of a large one, every second row
# and column): 0 is black, 255 is white. **Predict:** which of the classes above is it? Follow the large numbers.

# %%
first = images.images[0, :, :, 0]
step = max(1, len(first) // 14)
print(first[::step, ::step])

# %%
images[0]

# %% [markdown]
# All images together are one array with four axes: which image, row, column, colour channel. Labels are class
# numbers, one per image. **Predict:** do all classes occur equally often?

# %%
print("pixels", images.images.shape, images.images.dtype, "  labels", images.labels.shape, images.labels[:10])

# %% [markdown]
# ## How exercises work
#
# The task is in the text, your lines go where `...` stands, and the cell below checks them: not only *wrong*, but in
# which way. Nothing breaks when you skip one.
#
# **Exercise.** Write `count_per_class(labels, classes)`: how often does each class number from 0 to `classes` − 1
# occur? It is one line of NumPy. Stuck? `cl.hint("count_per_class")` gives a hint, and a further one each
# time you run it; after three real attempts `cl.solution("count_per_class")` shows one way. When a check fails,
# `cl.case("count_per_class")` opens the input on which it failed: what went in, what was expected, and what came
# out of your function, with the numbers that differ marked.


# %%
def count_per_class(labels, classes):
    ### BEGIN SOLUTION
    return np.bincount(labels, minlength=classes)
    ### END SOLUTION


# %%
cl.check("count_per_class", count_per_class)

# %% [markdown]
# Was your prediction right? Your own function tells (it says `None` until it is written):

# %%
print(f"{images.name}, images of each class: {count_per_class(images.labels, len(images.classes))}")

# %% [markdown]
# Networks like small numbers. **Exercise.** Write `scale_pixels(images)`, which takes whole numbers from 0 to 255 to
# fractions from 0 to 1. A dark image should stay dark. (`cl.hint("scale_pixels")`)


# %%
def scale_pixels(images):
    ### BEGIN SOLUTION
    return images / 255
    ### END SOLUTION


# %%
cl.check("scale_pixels", scale_pixels)

# %% [markdown]
# What do the images of a class have in common? The simplest answer is their average, pixel by pixel. **Exercise.**
# Write `mean_image(images, labels, label)` for images `(n, h, w)`: the mean over those with that label, an image
# `(h, w)`. (`cl.hint("mean_image")`)


# %%
def mean_image(images, labels, label):
    ### BEGIN SOLUTION
    return images[labels == label].mean(axis=0)
    ### END SOLUTION


# %%
cl.check("mean_image", mean_image)

# %% [markdown]
# An average is crisp where images agree and a blur where they differ. **Predict:** which class agrees most with
# itself, and which least? **What do the averages look like?** The number is how far an image lies from the
# average of its class.

# %%
each = min(np.bincount(images.train.labels))
chosen = images.train.sample(per_class=min(200, each)).images / 255  # class by class
classes = chosen.reshape(len(images.classes), -1, *images.image_shape)  # (class, image, h, w, c)
means = classes.mean(axis=1)
apart = ((classes - means[:, None]) ** 2).sum(axis=(2, 3, 4)).mean(axis=1) ** 0.5
plots.image_grid(means, [f"{name}: {far:.1f}" for name, far in zip(images.classes, apart, strict=True)])

# %%
print(f"most alike: {images.classes[apart.argmin()]}; least alike: {images.classes[apart.argmax()]}")

# %% [markdown]
# ## The first live view
#
# Now hide the labels. **k-means** puts each image to the nearest of k centres, and each centre in the middle of its
# images, until nothing moves. All it is given here are raw pixels.
#
# **Predict:** how many clusters does it take until every class has at least one of its own? Write your number, then
# run the next cell and drag **k**. The small pictures are the averages of the clusters: watch which split first.

# %%
my_guess = 10  # from 2 to 30

pixels = cl.embed(images.sample(min(2000, len(images))))
path = cl.cluster(pixels)  # every k from 2 to 30 at once, so that the slider never waits
cl.explore_clusters(pixels, k=my_guess, path=path)

# %% [markdown]
# Under the view, *Show the code* gives the lines that make it again, and the line of words says what it shows.
#
# ## How claims are judged
#
# A claim gets one of three verdicts, ✓ holds, ≈ holds partly, ✗ refuted, and numbers computed in the notebook
# decide. One of ours to begin with: *as many clusters as classes, and k-means on pixels has found the classes*.
# **Predict** the verdict. *Matched accuracy* names each cluster after one class and counts what is then right.

# %%
k = len(images.classes)
score = path.at(k).scores.matched_accuracy
cl.lessons.judged_in_words(
    "pixels-find-classes",
    f"{images.name}, k = {k}: matched accuracy {score:.2f}, where chance gives about {1 / k:.2f}",
    holds=score > 0.95,
    holds_partly=score > 2 / k,
    refuted=True,
)

# %% [markdown]
# What pixels miss is the reason for the rest of the course.
#
# ## Other images
#
# Three data sets need one word each: `cl.load("digits")` (no connection needed), `cl.load("mnist")`,
# `cl.load("fashion-mnist")`. Write it into the cell with `cl.load()` of any notebook, then choose *Run → Run All
# Cells*. Your own images load as `cl.load("data.npy")`, an array `(n, height, width)`, or `cl.load("data.npz")` with
# `images` and `labels`. **How do the digits that need no connection differ** from the images above?

# %%
cl.load("digits")

# %% [markdown]
# ## When something fails
#
# An error says what was expected, what came, and what to try. **Predict:** what will this misspelt name give?

# %%
try:
    cl.load("fashon-mnist")
except ValueError as error:
    print(error)

# %% [markdown]
# * **A cell runs too long:** ■ in the toolbar interrupts it. Training keeps the best weights it had so far.
# * **Names are unknown, or nothing fits any more:** *Kernel → Restart Kernel and Run All Cells*.
# * **The kernel died:** mostly memory. Close other notebooks (*Kernel → Shut Down All Kernels*); one needs up to 1.5 GB.
# * **A view is a still picture:** its cell was not run in this session. Run it. If that does not help, the line
#   *widgets* at the top says what is missing.
# * **Anything else:** `capslab doctor` in a terminal prints the same lines as the first cell, and what to do.
#
# What you have solved is remembered from one session to the next:

# %%
broken = [finding.what for finding in findings if finding.state == "failed"]
print(
    "This machine works."
    if not broken
    else f"To mend first: {', '.join(broken)}; the lines at the top say how."
)
cl.progress("00")

# %% [markdown]
# ## Answer
#
# **What is this course?** A search for what representations group together: pixels first, then what a dense network, a
# capsule network and a variational autoencoder make of them, with predictions before results and numbers behind
# verdicts. **Does my machine work?** The line above says it, in words. Clustered pixels find part of the classes and
# confuse those that share their bright pixels. Why those, and how much of such a score can be believed? On to
# [01 · Clustering pixels](01_kmeans_by_hand.ipynb).
