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
# In this lesson you walk along it, and measure what this space is good for.
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
# These are a VAE with 16 dimensions, another with two (the *plane*), and a dense classifier, our judge, which knows nothing of codes.
#
# ## A map that nobody drew
#
# Each point is the mean of a test image's cloud, which we take as its code; beside it you see what your place decodes to.
# Drag the ring, or move the sliders, from a 0 straight to a 1.

# %%
cl.explore_latent(plane, images.test)

# %% [markdown]
# The 0s live at the top and the 1s at the bottom left; between them you come through the 3s, 5s and 8s, crowded together in the middle.
# The 4s and the 9s share a place right of the middle, beside the 7s.
# The network saw no label. Images that look alike lie side by side, because where clouds overlap one reconstruction has to do for both.
#
# Now write `vae` for `plane` and run the cell again: sixteen sliders, sorted by the nats that each dimension costs.

# %% tags=["holds"]
where, label = plane.encode(images.test), images.test.labels
middles = np.stack([where[label == c].mean(axis=0) for c in range(10)])
assert middles[:, 1].argmax() == 0
assert middles[1][0] < -1
assert middles[1][1] < -2
far = np.linalg.norm(middles[:, None] - middles, axis=-1)
assert far[4, 9] < 0.6
assert far[9, 7] < 0.6
assert middles[[4, 7, 9], 0].min() > 0.9
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
# This is a shadow, with about a quarter of the variance: a point's nearest neighbour is of its own kind in only four of ten cases, but in nine of ten in all sixteen dimensions.
# The letters are clusters that k-means found there: they sort two images of three correctly.

# %% tags=["holds"]
from sklearn.cluster import KMeans
from sklearn.neighbors import NearestNeighbors

from capslab.clustering import matched_accuracy

cloud = sample[:1500]
inside = vae.encode(cloud)
assert 0.24 < PCA().fit(inside).explained_variance_ratio_[:3].sum() < 0.31
for vectors, low, high in ((PCA(3).fit_transform(inside), 0.35, 0.45), (inside, 0.88, 0.95)):
    near = NearestNeighbors(n_neighbors=1).fit(vectors).kneighbors(return_distance=False)[:, 0]
    assert low < np.mean(cloud.labels[near] == cloud.labels) < high
found = KMeans(10, n_init=3, random_state=0).fit_predict(inside)
assert 0.6 < matched_accuracy(found, cloud.labels) < 0.72

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
# Your function walks twice: above through codes, which are then decoded, below through pixels.

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
# Below, the 3 fades out while the 9 fades in. Above, the right-hand stroke straightens into the stem of the 9, but the lower bowl fades here, too.
# Is what stands in the middle a digit? Ask the judge, for 500 pairs.

# %% tags=["holds"]
bowl = through_codes[:, 21:25, 7:12].reshape(9, -1).max(axis=1)
assert bowl[0] > 0.9
assert 0.2 < bowl[4] < 0.6
assert bowl[5] < 0.15
assert through_codes[[0, 5, 8], 18].reshape(3, -1).argmax(axis=1).tolist() == [20, 19, 18]

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
told = f"""Of the faded pixels it is {100 * neither_faded[5]:.0f}. Of 100 pixels, {100 * grey[5]:.0f} are grey in a decoded middle and {100 * grey[0]:.0f} at a decoded end;
in a faded middle {100 * grey_faded[5]:.0f}, and {100 * grey_faded[0]:.0f} at an end, which is a real image."""
display(cl.reveal("neither_in_the_middle", 100 * neither[5], told))
curves = {"the first": first, "the second": second, "neither": neither, "neither, pixels": neither_faded}
plots.lines(np.linspace(0, 1, 11), curves, "share of the way", "share of pairs")

# %% tags=["holds"]
assert 0.2 < neither[5] < 0.32
assert neither[5] - 0.08 < neither_faded[5] < neither[5] - 0.02
assert [round(100 * x) for x in (grey[5], grey_faded[5], grey[0])] == [15, 20, 9]

# %% [markdown]
# In the middle, more than one image in five is taken for a third digit (the judge has to name one).
# By this measure decoding is no better than fading.
# What speaks for the codes is the grey: a decoded middle has 15 grey pixels in 100, a faded one 20.
# But its own ends have 9, so it is less clear than these. (Grey may be a fading stroke or a blurred edge: the number does not tell.)
#
# ## Images that nobody drew, and arithmetic
#
# Draw codes from the prior and decode them: that is the first row below.
# And if directions mean something, one should be able to *calculate*.
# "To 3" takes the mean code of the image's own class away and adds that of the 3s.
# For "bolder", take the tenth of the images that have the most ink compared with their class.
# On average, how do their codes differ from the mean code of their class? Add that.
# The rivals are the same sums with principal components ([lesson 07](07_hidden_layer.ipynb)) and with plain pixels.
# Stated beforehand: the claim fails if not even half of the moved images are taken for their new class; to rely on it, you would want nine in ten.


# %%
def calculate(vectors, draw):
    middle = np.array([vectors[labels == c].mean(axis=0) for c in range(len(images.classes))])
    bold = (vectors - middle[labels])[heavy].mean(axis=0)
    sums = vectors, vectors + bold, vectors - middle[labels] + middle[to]
    made = [draw(x).reshape(-1, *images.image_shape).clip(0, 1) for x in sums]
    answers = np.array([judge.classify(np.uint8(255 * x)) for x in made])  # (3, n)
    decoded, bolder, moved = (answers == [labels, labels, to]).mean(axis=1)
    return made, {"decoded": decoded, "bolder": bolder, "moved": moved}


ink, to = pixels.mean(axis=1), (labels + 1) % len(images.classes)
extra = ink - np.array([ink[labels == c].mean() for c in range(len(images.classes))])[labels]
heavy = extra >= np.quantile(extra, 0.9)

# %%
pca = PCA(vae.latent_dim, svd_solver="covariance_eigh").fit(cl.embed(images.train).vectors)
spaces = {"codes": (codes, vae.decode), "pixels": (pixels, lambda x: x)}
spaces["components"] = pca.transform(pixels), pca.inverse_transform
results = {name: calculate(*space) for name, space in spaces.items()}
_, bolder, moved = results["codes"][0]
rows = np.concatenate([vae.sample(10, seed=0), sample.images[:10] / 255, bolder[:10], moved[:10]])
titles = ["drawn"] * 10 + [images.classes[c] for c in labels[:10]] + ["bolder"] * 10
display(plots.image_grid(rows, titles + [f"to {images.classes[c]}" for c in to[:10]]))
shares = [{"sums with": name, **share} for name, (_, share) in results.items()]
told = f"share taken for the right class (moved: for the new one); bolder has {bolder.mean() / pixels.mean():.1f} times the ink"
display(plots.table(shares, caption=told))
cl.verdict("codes-arithmetic", runs["moved_taken"])

# %% tags=["holds"]
seen = judge.classify(np.uint8(255 * moved[:10]))
assert to[[3, 7, 8]].tolist() == [1, 1, 4]
assert seen[3] != 1
assert seen[7] == 9
assert seen[8] != 4
assert to[[1, 2]].tolist() == [5, 5]
assert seen[1] == 5
stay, bold, taken = ({row["sums with"]: row[c] for row in shares} for c in ("decoded", "bolder", "moved"))
assert 0 < stay["codes"] - bold["codes"] < 0.03
assert 0.76 < bold["components"] < 0.82
assert 0.01 < taken["codes"] - taken["components"] < 0.06
assert 0.05 < taken["components"] - taken["pixels"] < 0.12
assert taken["pixels"] > 0.5
assert min(runs["moved_taken"]) - 0.05 < taken["codes"] < max(runs["moved_taken"]) + 0.05

# %% [markdown]
# Some drawn images would pass for handwriting, others have a stroke too many or too few ([lesson 22](22_when_it_goes_wrong.ipynb) judges them).
# Bolder works: more ink, and nearly all keep their class; with components, one in five does not.
# The judge accepts seven in ten moved images. In the picture, neither "to 1" is a 1 (the second became a 9), "to 4" is a scrap, and the first "to 5" is one only to the judge.
# Pixels (.61) and components (.69) pass the half, too, so little of this is the VAE's own merit.
#
# ## How much is kept?
#
# Article B says that a VAE *keeps the quality*. One measure is the share of the variance that is kept, as in [lesson 18](18_autoencoder.ipynb),
#
# $$1 - \frac{\sum (x - \hat x)^2}{\sum (x - \bar x)^2},$$
#
# where $\hat x$ is a reconstruction and $\bar x$ the mean image.
# Stated beforehand: at .95 the claim holds, below a half it fails.
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
# The rival is `pca`, fitted to the same training images, with as many components: the best that a *linear* encoder and decoder can do.

# %%
rebuilt = {"PCA": pca.inverse_transform(pca.transform(pixels))}
rebuilt["VAE"] = vae.reconstruct(sample).reshape(pixels.shape)
kept = {name: variance_kept(pixels, x) for name, x in rebuilt.items()}
rows = np.concatenate([x[:10] for x in (pixels, *rebuilt.values())]).clip(0, 1)
told = " · ".join(f"{name} keeps {share:.1%} of the variance" for name, share in kept.items())
names = np.repeat(["image", *kept], 10)
display(plots.image_grid(rows.reshape(-1, *images.image_shape), list(names), title=told))
sharp = f"PCA keeps {np.mean(runs['pca_variance_kept']):.3f}. Sharpness of the VAE's reconstructions: {np.mean(runs['sharpness']):.2f}."
cl.verdict("vae-keeps-quality", runs["variance_kept"], evidence=sharp)

# %% tags=["holds"]
lit = {name: (x > 0.03)[pixels == 0].mean() for name, x in rebuilt.items()}  # of the black pixels
assert lit["PCA"] > 3 * lit["VAE"]
top = [x[9].reshape(28, 28)[5, 13:22] for x in (pixels, rebuilt["VAE"])]  # two strokes and a gap, before
assert np.ptp(top[0]) > 0.9 > 0.6 > top[1].max()
assert top[1].min() > 0.15
assert 0.83 < kept["VAE"] < 0.88
assert 0.58 < kept["PCA"] < 0.62
assert abs(kept["VAE"] - np.mean(runs["variance_kept"])) < 0.02

# %% [markdown]
# With as many numbers the VAE keeps far more than PCA, because its decoder may bend.
# PCA leaves a grey shadow around each digit. The VAE loses thin tails and rough edges, and sometimes more: the top of the 5 is a smear.
# *Sharpness* is the mean step between neighbouring pixels, divided by that of the originals: below 1, so there is blur.
# About a seventh of the variance is gone: the claim holds partly. (So would PCA's: a half is little to ask.)
#
# ## What is a code worth to a classifier?
#
# Article B also promises *efficient classification*. That should help most when labels are few: suppose you have 20.
# The same linear classifier gets the pixels, sixteen components, or the codes. (Components and codes come from all training images, without labels.)
# This was done five times, with other labelled images and another VAE each time.


# %%
labelled, classified = runs["labels"], runs["classified"]  # accuracies (5, numbers of labels)
wrong = {name: 1 - accuracy.mean(axis=0) for name, accuracy in classified.items()}
display(plots.lines(labelled, wrong, "labels", "share wrong", log=True))
told = "By number of labels,"
for rival in ("components", "pixels"):
    lead = classified["codes"] - classified[rival]
    half = 2.78 * lead.std(axis=0, ddof=1) / 5**0.5  # of Student's 95 % interval for five numbers
    each = zip(labelled, lead.mean(axis=0), half, strict=True)
    told += f" codes minus {rival}: " + "; ".join(f"{n:,}: {x:+.3f} ± {h:.3f}" for n, x, h in each) + "."
codes_20, pixels_20 = classified["codes"][:, 0], classified["pixels"][:, 0]
cl.verdict("vae-classifies", codes_20, pixels_20, paired=True, evidence=told.replace("-", "−"))

# %% tags=["holds"]
assert np.ptp([wrong[name][:3] for name in wrong], axis=0).max() < 0.04  # 20, 50 and 100 labels
lead = {name: classified["codes"] - classified[name] for name in ("pixels", "components")}
reach = {name: 2.78 * x.std(axis=0, ddof=1) / 5**0.5 for name, x in lead.items()}
assert all(np.std(x[:, 0]) > 0.03 for x in lead.values())
assert all(abs(x[:, 0].mean()) < reach[name][0] for name, x in lead.items())
mean = dict(zip(labelled, lead["pixels"].mean(axis=0), strict=True))
ends = (lead["pixels"].mean(axis=0) + sign * reach["pixels"] for sign in (1, -1))
above, below = (dict(zip(labelled, end, strict=True)) for end in ends)
assert [n for n in labelled if below[n] > 0] == [50]
assert mean[50] < 0.025
assert [n for n in labelled if above[n] < 0] == [500, 1000, 5000]
assert -0.04 < mean[5000] < -0.03
assert all(0.4 < accuracy[:, 0].mean() < 0.6 for accuracy in classified.values())
beyond = lead["components"].mean(axis=0)
assert ((beyond[3:] > 0.01) & (beyond[3:] < 0.025)).all()
assert [n for n, x, h in zip(labelled, beyond, reach["components"], strict=True) if x > h] == [500, 1000]
assert -0.005 < (beyond - reach["components"])[-1] < 0
assert round(100 * wrong["components"][-1], 1) == 15.3
assert round(100 * wrong["codes"][-1], 1) == 13.9
assert (16 + 1) * 10 == 170
assert (28 * 28 + 1) * 10 == 7850

# %% [markdown]
# With 20 labels each is right about half of the time. The lead changes by several points from one repetition to the next, so nothing is decided.
# With 50, codes lead pixels by two points (one interval of six: do not build on it). From 500 on the *pixels* lead, at 5,000 by three to four points.
# But on pixels the classifier has 7,850 weights, on codes 170, and as many on components, the fairer rival.
# Those are one to two points worse than codes from 500 on (at 5,000, with 15.3 % wrong and 13.9 %, the interval just reaches 0).
#
# ## Now with other images
#
# Does it keep more of clothes, too? Here a VAE learns from a few thousand.

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
# Here the VAE gains nothing. Whether the short training or the clothes are to blame, one run does not tell; but "a VAE keeps more than PCA" is no law.
#
# ## Look back
#
# If you expected every middle to be one of its two digits, you expected a network to know of classes that nobody told it about.

# %%
cl.guesses("21")

# %% [markdown]
# ## Answer
#
# **What lies between two images?**
# In a VAE, an image at every step. Strokes bend or fade on the way, and the middle is less grey than that of faded pixels.
# Halfway, though, the judge takes more than one in five for a third digit, no fewer than of faded pixels.
# One can calculate with codes, most of the time, and nearly as well with principal components.
# Sixteen of these numbers keep far more of a digit than sixteen principal components. With many labels a linear classifier does a little better on them than on components, but best on pixels.
#
# **Sources.** Kingma & Welling 2013, *Auto-Encoding Variational Bayes* ([arXiv 1312.6114](https://arxiv.org/abs/1312.6114)); Hinton & Salakhutdinov 2006, *Reducing the dimensionality of data with neural networks*.
#
# A space can also go wrong, quietly: [22 · When it goes wrong](22_when_it_goes_wrong.ipynb).
