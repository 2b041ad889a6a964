# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 21 · Walk through the latent space
#
# > **What lies between two images?**
#
# A 3 and a 9 are two points in the latent space, and between two points there is a line.
# Is there an image at every step of it?
# In this lesson you walk around in that space, and measure what it is good for.
#
# **After this lesson you can** read a map of codes, walk between two images, calculate with codes, and say what they keep and what they are worth to a classifier.
#
# **You need** [18](18_autoencoder.ipynb) and [20](20_build_a_vae.ipynb). The text describes the results on MNIST.
#
# **Time:** …

# %%
import numpy as np
from IPython.display import display
from sklearn.decomposition import PCA

import capslab as cl
from capslab import plots
from capslab.lessons import vae_runs

images = cl.load()
vae, plane, judge = (cl.ready(kind, images) for kind in ("vae", "plane", "dense"))
runs = vae_runs.measured(images.name)  # of five more VAEs, trained beforehand

cl.recall("21")

# %% [markdown]
# A VAE with 16 dimensions, one with two (the *plane*), and a dense classifier as a judge, which knows nothing of codes.
#
# ## A map that nobody drew
#
# Two numbers are a place on a map. Each point is the mean of a test image's cloud; beside it you see what your place decodes to.
# Drag the ring, or move the sliders: start at a 0, and go straight to a 1.

# %%
cl.explore_latent(plane, images.test)

# %% [markdown]
# The 0s live at the top and the 1s at the bottom left; between them you come through the 3s, 5s and 8s, which are crowded together in the middle.
# The 4s and the 9s share a corner.
# The network saw no label. Images that look alike lie side by side, because where clouds overlap one reconstruction has to do for both.
#
# Now write `vae` in place of `plane` and run the cell again: sixteen sliders, sorted by their nats.

# %% tags=["holds"]
where, label = plane.encode(images.test), images.test.labels
middles = np.stack([where[label == c].mean(axis=0) for c in range(10)])
assert middles[:, 1].argmax() == 0
assert middles[1][0] < -1
assert middles[1][1] < -2
far = np.linalg.norm(middles[:, None] - middles, axis=-1)
assert far[4, 9] < 0.6
assert far[np.ix_([3, 5, 8], [3, 5, 8])].max() < 0.5
assert np.linalg.norm(middles[[3, 5, 8]], axis=1).max() < 0.6
way = np.linspace(middles[0], middles[1], 50)
assert {3, 5, 8} & set(np.linalg.norm(way[:, None] - middles, axis=-1).argmin(axis=1).tolist())

# %% [markdown]
# ## Sixteen numbers, three at a time
#
# Of sixteen dimensions, the first three principal components make a cloud that you can turn.

# %%
sample = images.test.sample(min(2000, len(images.test)), seed=0)
cl.explore_cloud(cl.embed(vae, sample[:1500]), k=len(images.classes), color="label")

# %% [markdown]
# This is a shadow: three components hold about a quarter of the variance, so what seems to overlap here may be apart in the other thirteen.
# Digits of one kind lie near each other, without gaps between the kinds, for the KL pulls all codes into the shape of the prior, one round cloud.

# %% tags=["holds"]
shares = PCA().fit(vae.encode(sample)).explained_variance_ratio_
assert 0.24 < shares[:3].sum() < 0.31
from sklearn.metrics import silhouette_score
from sklearn.neighbors import KNeighborsClassifier

neighbour = KNeighborsClassifier(1).fit(vae.encode(sample[:1000]), sample.labels[:1000])
assert neighbour.score(vae.encode(sample[1000:]), sample.labels[1000:]) > 0.88
assert silhouette_score(vae.encode(sample), sample.labels) < 0.2

# %% [markdown]
# ## The way from one image to another
#
# To walk from a code $a$ to a code $b$, mix them: $(1-t)\,a + t\,b$, with $t$ from 0 to 1.
#
# **Your turn.** Write `interpolate(first, second, steps)`.
# It takes two codes `(d,)` and returns those at equally spaced $t$, both ends included: `(steps, d)`.


# %%
def interpolate(first, second, steps):
    ### BEGIN SOLUTION
    t = np.linspace(0, 1, steps)[:, None]  # (steps, 1)
    return (1 - t) * first + t * second
    ### END SOLUTION


# %%
cl.check("interpolate", interpolate)

# %%
interpolate = cl.mine("interpolate", interpolate)

# %% [markdown]
# Your function walks twice: above through codes, which are then decoded, below through the pixels.

# %%
codes, pixels, labels = vae.encode(sample), cl.embed(sample).vectors, sample.labels
rng = np.random.default_rng(0)
pairs = rng.permutation(len(sample) // 2 * 2).reshape(-1, 2)
pairs = pairs[labels[pairs[:, 0]] != labels[pairs[:, 1]]][:500]  # 500 pairs of different classes
a, b = pairs[0]
through_codes = vae.decode(interpolate(codes[a], codes[b], 9))
through_pixels = interpolate(pixels[a], pixels[b], 9).reshape(through_codes.shape)
plots.image_grid(np.concatenate([through_codes, through_pixels]), columns=9)

# %% [markdown]
# Below, the 3 fades out while the 9 fades in. Above, one stroke bends until it is another.
# But is what stands in the middle a digit? Ask the judge, for 500 pairs.

# %%
cl.guess(
    "neither_in_the_middle",
    "Halfway between the codes of two digits: of 100 images, how many does the judge take for neither of the two?",
    between=(0, 100),
)


# %%
def along(vectors, draw):
    walks = np.concatenate([interpolate(vectors[i], vectors[j], 11) for i, j in pairs])
    drawn = draw(walks).reshape(-1, *images.image_shape)
    answers = judge.classify(np.uint8(255 * drawn)).reshape(-1, 11)
    is_end = [(answers == labels[pairs[:, end], None]).mean(axis=0) for end in (0, 1)]
    grey = ((drawn > 0.2) & (drawn < 0.8)).reshape(len(answers), 11, -1).mean(axis=(0, 2))
    return *is_end, 1 - sum(is_end), grey  # four times (11,)


first, second, neither, grey = along(codes, vae.decode)
*_, neither_faded, grey_faded = along(pixels, lambda walk: walk)

# %%
told = f"""Of the faded pixels it is {100 * neither_faded[5]:.0f}, since a double exposure shows both. But {100 * grey_faded[5]:.0f} of 100 of its pixels
are grey; of a decoded middle {100 * grey[5]:.0f}, of a decoded end {100 * grey[0]:.0f}."""
display(cl.reveal("neither_in_the_middle", 100 * neither[5], told))
curves = {"the first": first, "the second": second, "neither": neither, "neither, pixels": neither_faded}
plots.lines(np.linspace(0, 1, 11), curves, "share of the way", "share of pairs")

# %% tags=["holds"]
assert 0.2 < neither[5] < 0.32
assert neither_faded[5] < neither[5] - 0.03
assert grey[0] < grey[5] - 0.03 < grey_faded[5] - 0.06
assert min(first[2], second[8]) > 0.9

# %% [markdown]
# For a fifth of the way each end keeps its class. In the middle, the judge takes more than one image in five for a third digit. (It has to name one; some look like none.)
#
# ## Images that nobody drew, and arithmetic
#
# Draw codes from the prior and decode them: that is the first row.
# And if directions mean something, one should be able to *calculate*.
# "Bolder" is the mean code of the tenth with the most ink minus that of all. "To 3" is the mean code of the 3s minus that of the image's own class.

# %%
ink = pixels.mean(axis=1)
bold = codes[ink >= np.quantile(ink, 0.9)].mean(axis=0) - codes.mean(axis=0)
middle = np.stack([codes[labels == c].mean(axis=0) for c in range(len(images.classes))])
to = (labels + 1) % len(middle)
bolder, moved = vae.decode(codes + bold), vae.decode(codes - middle[labels] + middle[to])
rows = [vae.sample(10, seed=0), sample.images[:10] / 255, bolder[:10], moved[:10]]
titles = ["drawn"] * 10 + [images.classes[c] for c in labels[:10]] + ["bolder"] * 10
display(plots.image_grid(np.concatenate(rows), titles + [f"to {images.classes[c]}" for c in to[:10]]))
taken = np.mean(judge.classify(np.uint8(255 * moved)) == to)
told = f"This VAE: {taken:.3f}. Bolder: {np.mean(runs['bolder_stay']):.0%} stay in their class, with {np.mean(runs['bolder_ink']):.2f} times the ink."
cl.verdict("codes-arithmetic", runs["moved_taken"], evidence=told)

# %% tags=["holds"]
assert bolder.mean() > 1.3 * ink.mean()
assert 0.6 < taken < 0.85
assert min(runs["moved_taken"]) - 0.05 < taken < max(runs["moved_taken"]) + 0.05

# %% [markdown]
# Some drawn images would pass for handwriting, others have a stroke too many or too few ([lesson 22](22_when_it_goes_wrong.ipynb) judges them).
# The arithmetic works for most images, but what is right on average need not be right for each: see "to 4".
#
# ## How much is kept?
#
# Article B says that a VAE *keeps the quality*. One measure is the **share of the variance that is kept**,
#
# $$1 - \frac{\sum (x - \hat x)^2}{\sum (x - \bar x)^2},$$
#
# where $\hat x$ is a reconstruction and $\bar x$ the mean image: 1 if nothing is lost, 0 if the mean image does as well.
#
# **Your turn.** Write `variance_kept(images, rebuilt)` for two arrays `(n, pixels)`; both sums run over all images and pixels.


# %%
def variance_kept(images, rebuilt):
    ### BEGIN SOLUTION
    lost = ((images - rebuilt) ** 2).sum()
    return 1 - lost / ((images - images.mean(axis=0)) ** 2).sum()
    ### END SOLUTION


# %%
cl.check("variance_kept", variance_kept)

# %%
variance_kept = cl.mine("variance_kept", variance_kept)

# %% [markdown]
# The rival is PCA of the same training images with as many components, the best that a *linear* encoder and decoder can do.

# %%
pca = PCA(vae.latent_dim, svd_solver="covariance_eigh").fit(cl.embed(images.train).vectors)
rebuilt = {"PCA": pca.inverse_transform(pca.transform(pixels))}
rebuilt["VAE"] = vae.reconstruct(sample).reshape(pixels.shape)
kept = {name: variance_kept(pixels, x) for name, x in rebuilt.items()}
rows = np.concatenate([x[:10] for x in (pixels, *rebuilt.values())]).clip(0, 1)
told = " · ".join(f"{name} keeps {share:.1%} of the variance" for name, share in kept.items())
names = np.repeat(["image", *kept], 10)
display(plots.image_grid(rows.reshape(-1, *images.image_shape), list(names), title=told))
sharp = f"PCA keeps {np.mean(runs['pca_variance_kept']):.3f}. Blur leaves {np.mean(runs['sharpness']):.0%} of the steps between neighbouring pixels."
cl.verdict("vae-keeps-quality", runs["variance_kept"], evidence=sharp)

# %% tags=["holds"]
assert 0.83 < kept["VAE"] < 0.88
assert 0.58 < kept["PCA"] < 0.62
assert abs(kept["VAE"] - np.mean(runs["variance_kept"])) < 0.02

# %% [markdown]
# With the same sixteen numbers the VAE keeps far more than PCA, because its decoder may bend.
# PCA leaves a grey shadow around each digit, and the VAE loses only thin tails and rough edges.
# Still, about a seventh of the variance is gone: the claim holds partly.
#
# ## What is a code worth to a classifier?
#
# Article B also promises *efficient classification*. Suppose you have only 20 labels.
# The same linear classifier gets the pixels, sixteen components, or the codes. (Components and codes come from all training images, without labels.)

# %%
cl.guess(
    "twenty_labels", "With 20 labels, how many of 100 test images are right from the codes?", between=(0, 100)
)

# %%
labelled, by = runs["labels"], {name: np.mean(rows, axis=0) for name, rows in runs["classified"].items()}
cl.reveal(
    "twenty_labels",
    100 * by["codes"][0],
    f"From pixels it is {100 * by['pixels'][0]:.0f}, from components {100 * by['components'][0]:.0f}. With {labelled[-1]:,} labels: codes "
    f"{100 * by['codes'][-1]:.0f}, pixels {100 * by['pixels'][-1]:.0f}, components {100 * by['components'][-1]:.0f}.",
)

# %%
display(
    plots.lines(labelled, {name: 1 - share for name, share in by.items()}, "labels", "share wrong", log=True)
)
last = {name: np.array(rows)[:, -1] for name, rows in runs["classified"].items()}
cl.verdict(
    "vae-classifies",
    last["codes"],
    last["pixels"],
    evidence=f"With {labelled[-1]:,} labels. Components: {last['components'].mean():.3f}.",
)

# %% tags=["holds"]
few = np.array([by[name][:3] for name in by])  # 20, 50 and 100 labels
assert np.ptp(few, axis=0).max() < 0.04
assert by["pixels"][-1] > by["codes"][-1] + 0.02 > by["components"][-1] + 0.02

# %% [markdown]
# With up to a hundred labels, the three hardly differ. With thousands the *pixels* are ahead: 16 numbers have lost something that would help.
# The codes then do a little better than the components, but they were made to rebuild images, not to sort them.
#
# ## Now with other images
#
# Does it keep more of clothes, too? Here is a VAE trained for seconds on some thousand of them, beside PCA.

# %%
other = cl.load_other(images)
small = other.sample(min(5000, len(other)), seed=0)
other_vae = cl.VAE.for_images(small)
cl.fit(other_vae, small, epochs=8, learning_rate=2e-3, show=False)
train, test = cl.embed(small.train).vectors, cl.embed(small.test).vectors
flat = PCA(other_vae.latent_dim).fit(train)
flat_kept = variance_kept(test, flat.inverse_transform(flat.transform(test)))
bent_kept = variance_kept(test, other_vae.reconstruct(small.test).reshape(test.shape))
print(
    f"{other.name}, {other_vae.latent_dim} numbers: PCA keeps {flat_kept:.1%} of the variance, the VAE {bent_kept:.1%}"
)

# %% tags=["holds"]
assert abs(bent_kept - flat_kept) < 0.03

# %% [markdown]
# After so little training, bending gains next to nothing: "a VAE keeps more than PCA" is no law.
#
# ## Look back
#
# If you expected every middle to be a digit, you expected a network to know of classes that nobody told it about.

# %%
cl.guesses("21")

# %% [markdown]
# ## Answer
#
# **What lies between two images?**
# In a VAE, always an image: neighbouring codes decode to similar pictures, so strokes bend where pixels would fade.
# Not always a digit: halfway between two, more than one image in five is neither.
# Directions mean something on average, so one can calculate with codes, most of the time.
# Sixteen of these numbers keep far more of a digit than sixteen principal components, but a linear classifier with many labels does better on pixels.
#
# **Sources.** Kingma & Welling 2013, *Auto-Encoding Variational Bayes* ([arXiv 1312.6114](https://arxiv.org/abs/1312.6114)); Hinton & Salakhutdinov 2006, *Reducing the dimensionality of data with neural networks* (codes beside PCA).
#
# A space can also go wrong, quietly: [22 · When it goes wrong](22_when_it_goes_wrong.ipynb).
