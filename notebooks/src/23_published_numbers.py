# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 23 · ★ A place among published numbers
#
# > **Papers report how surprised their VAE is by handwritten digits: 86.8 nats, 84.8, 81.7. Where does yours stand?**
#
# You have trained VAEs and watched −ELBO fall.
# A number alone says little, though: is 102 nats good?
# In this lesson you tighten the bound with your own function, find out why most published numbers are about *other* images than yours, and put both in one table.
#
# **After this lesson you can** compute the importance-weighted bound, say what static and dynamic binarisation are, compare a −ELBO with published figures without fooling yourself, and tell a VAE from a GAN by what each one is trained for.
#
# **You need** [19](19_surprise.ipynb) for the ELBO and its gap, [20](20_build_a_vae.ipynb) for the VAE.
#
# **Time:** …

# %%
import numpy as np
from IPython.display import display

import capslab as cl
from capslab import models, plots
from capslab.lessons import interval, vae_runs

images = cl.load()

cl.recall("23")

# %% [markdown]
# ## The ELBO is a bound, and there is a gap
#
# The ELBO is never above $\log p(x)$. In lesson 19 you saw the gap as a number, in a world so small that $\log p(x)$ could be added up.
# For real images nobody knows $\log p(x)$. But one can find a bound that is tighter.
#
# Take a trained VAE and 200 test images that it never saw:

# %%
vae = cl.ready("vae", images)
few = images.test.sample(200, seed=0)
print(vae.elbo(few, samples=50))

# %% [markdown]
# ## Average first, then take the logarithm
#
# Draw a code $z$ from the encoder's cloud $q(z|x)$, and compute the **importance weight**
#
# $$w = \frac{p(x|z)\,p(z)}{q(z|x)}$$
#
# It says how well the code explains the image, and divides by how often the cloud offers such a code. So codes that the cloud offers too often count less, and the *mean* of many weights is $p(x)$, exactly.
# The ELBO is the mean of $\log w$. That is not the same as the logarithm of the mean. Look at two weights:

# %%
log_w = np.array([-100.0, -104.0])
print(f"mean of the logarithms {log_w.mean():.2f}")
print(f"logarithm of the mean  {np.log(np.exp(log_w).mean()):.2f}")

# %% [markdown]
# The logarithm of the mean is the higher one, and it always is: a logarithm bends downwards, so one small weight pulls the mean of the logarithms down a long way, but hardly moves the mean itself.
# This is **Jensen's inequality**, and lesson 19's gap is nothing else.
# Average $S$ weights *before* the logarithm, and you have the **importance-weighted bound** (Burda, Grosse and Salakhutdinov 2016):
#
# $$\log \frac1S \sum_{s=1}^{S} w_s$$
#
# With $S = 1$ it is a noisy ELBO; the more draws, the closer it comes to $\log p(x)$, and on average it never rises above it.
#
# There is a trap. The weights of an image are around $e^{-100}$, often far less, and `np.exp(-900.0)` is 0 in a computer.
# So they come as logarithms. You met the way out in lesson 03, when the softmax overflowed: take out the largest one first.
#
# **Your turn.** Write `tighter_bound(log_weights)`. It takes $\log w$, an array `(S, n)` with one row per draw and one column per image, and returns the bound of each image, `(n,)`.


# %%
def tighter_bound(log_weights):
    ### BEGIN SOLUTION
    largest = log_weights.max(axis=0)  # (n,)
    return largest + np.log(np.exp(log_weights - largest).mean(axis=0))
    ### END SOLUTION


# %%
cl.check("tighter_bound", tighter_bound)

# %%
tighter_bound = cl.mine("tighter_bound", tighter_bound)
reparameterise = cl.mine("reparameterise")

# %% [markdown]
# Now the weights. The codes come from your `reparameterise`.
# For two Gaussians, $\log p(z) - \log q(z|x)$ is half of $\varepsilon^2 - z^2 + \log\sigma^2$, summed over the dimensions; all other constants cancel.


# %%
def log_weights_of(pixels, draws, seed=0):
    """log w for each draw and image, (draws, n)."""
    cloud, random = vae.posterior(pixels), np.random.default_rng(seed)
    rows = []
    for _ in range(draws):
        noise = random.normal(size=cloud.mean.shape)  # (n, d)
        z = reparameterise(cloud.mean, cloud.log_variance, noise)
        prior_over_cloud = 0.5 * (noise**2 - z**2 + cloud.log_variance).sum(axis=1)
        rows.append(prior_over_cloud - vae.reconstruction_nats(pixels, z))
    return np.stack(rows)


# %% [markdown]
# Fifty draws for each of the 200 images. How many nats do you expect them to gain over one?

# %%
cl.guess("gain_of_fifty", "By how many nats is the bound higher with 50 draws than with 1?", between=(0, 10))

# %%
log_w = log_weights_of(few, 50)  # (50, 200)
counts = [1, 2, 5, 10, 20, 50]
bounds = {s: tighter_bound(log_w[:s]) for s in counts}
means = {s: -bounds[s].mean() for s in counts}
higher = np.mean(bounds[50] > log_w.mean(axis=0))
cl.reveal(
    "gain_of_fifty",
    means[1] - means[50],
    f"On average over the images, −log p(x) is at most {means[1]:.1f} nats by one draw, {means[5]:.1f} by five and {means[50]:.1f} by fifty. "
    f"For {higher:.0%} of the images fifty draws give a higher bound than the ELBO from the same draws.",
)

# %% [markdown]
# For *every* image the logarithm of the mean beats the mean of the logarithms, since both are made from the same fifty weights: that is Jensen again.
# How it goes on:

# %%
plots.lines(counts, {"−bound": list(means.values())}, "draws", "nats per image (lower is better)")

# %% tags=["holds"]
assert higher == 1
assert list(means.values()) == sorted(means.values(), reverse=True)
assert means[1] - means[5] > means[5] - means[50] > 0

# %% [markdown]
# The first few draws gain most.
# The network did not change at all, and neither did $p(x)$: only what you can say about it became sharper. A published number means little without its number of draws.
#
# ## Black or white, by chance
#
# Now look at *what* is measured. Your images are grey; the figures in papers are for images that are purely black or white.
# **Binarised MNIST** takes each grey level as the probability that the pixel is white.
# *Static* means that somebody did this once, and everyone uses that file. *Dynamic* means that it is done anew each time an image is shown, so a network never sees quite the same image twice.
#
# **Your turn.** Write `binarise(images, chance)`. It takes grey levels in 0…1 and one random number per pixel, from 0 up to, but not including, 1, both of shape `(n, h, w)`. It returns 1.0 where the pixel comes out white, and 0.0 elsewhere.


# %%
def binarise(images, chance):
    ### BEGIN SOLUTION
    return np.where(chance < images, 1.0, 0.0)
    ### END SOLUTION


# %%
cl.check("binarise", binarise)

# %%
binarise = cl.mine("binarise", binarise)

# %%
random = np.random.default_rng(1)
grey = few.images[..., 0] / 255  # (200, h, w)
coins = [binarise(grey, random.random(grey.shape))[..., None] for _ in range(20)]
shown = np.concatenate([few.images[:8] / 255, *(b[:8] for b in coins[:3])])
plots.image_grid(shown, (["grey"] + [""] * 7) + (["binarised"] + [""] * 7) * 3, columns=8)

# %% [markdown]
# The rows below the first are one image each, made black or white three times.
# Inside a stroke and far away from it all agree; along the edges, where pixels are grey, they flip.
#
# ## Why a grey number may stand beside a binarised one
#
# Your VAEs were trained and measured on grey images, with a cross-entropy that treats a grey level as a share.
# That is no proper probability of a grey image. So is the number good for anything?
# Take the codes of the 200 images, and let the decoder describe with the *same* codes the grey images and twenty binarisations of each.

# %%
cl.guess(
    "grey_or_binary",
    "Whose reconstruction costs more nats on average: the grey images' or that of their binarisations?",
    choices=["grey", "binarised", "both the same"],
)

# %%
codes = vae.posterior(few)
z = reparameterise(codes.mean, codes.log_variance, random.normal(size=codes.mean.shape))
cost = vae.reconstruction_nats(few, z)
each = [vae.reconstruction_nats((255 * b).astype(np.uint8), z) for b in coins]  # 20 times (200,)
off = np.mean(each, axis=0) - cost
error = off.std() / len(off) ** 0.5
cl.reveal(
    "grey_or_binary",
    "both the same",
    f"The grey images cost {cost.mean():.2f} nats, their binarisations {np.mean(each):.2f} on average: a difference of "
    f"{off.mean():+.2f} ± {error:.2f}, which is the luck of twenty binarisations.",
)

# %% tags=["holds"]
assert abs(off.mean()) < 4 * error < 1

# %% [markdown]
# This is no accident, and two lines show what follows from it. Let $x$ be a grey image, $b$ a binarisation of it, and $E_b$ the average over all binarisations.
#
# 1. The cost of a pixel, $-x\log\hat x-(1-x)\log(1-\hat x)$, is a straight line in $x$, and the mean of $b$ is $x$. So the cost of the grey image *is* the mean cost of its binarisations. The KL is the same for all, as the cloud is. Hence $-\mathrm{ELBO}(x) = E_b[-\mathrm{ELBO}(b)]$, each with the grey image's cloud.
# 2. For every $b$, and whatever the cloud, $-\log p(b) \le -\mathrm{ELBO}(b)$: Jensen again. Hence $E_b[-\log p(b)] \le -\mathrm{ELBO}(x)$.
#
# On the left stands what papers report: the surprise at dynamically binarised images. So a grey $-\mathrm{ELBO}$ is never too good. It errs on the safe side.
#
# By how much? In papers the encoder sees the *binarised* image and gives it a cloud of its own. Let ours do so, too:

# %%
black_white = (255 * coins[0]).astype(np.uint8)
own = log_weights_of(black_white, 50)
four = [
    {"images": "grey", "bound": "−ELBO", "nats": -log_w.mean()},
    {"images": "grey", "bound": "50 draws", "nats": means[50]},
    {"images": "binarised", "bound": "−ELBO", "nats": -own.mean()},
    {"images": "binarised", "bound": "50 draws", "nats": -tighter_bound(own).mean()},
]
nats = [row["nats"] for row in four]
plots.table([row | {"nats": f"{row['nats']:.1f}"} for row in four])

# %% [markdown]
# All four are bounds on the same thing, $E_b[-\log p(b)]$ (for the second it takes Jensen once more), so the lowest says most: binarised images with fifty draws.
# That is what papers report, apart from the number of draws.
# Our encoder never saw a binarised image in training. What it loses by that is in these numbers, too.

# %% tags=["holds"]
assert nats[1] < nats[0]
assert nats[3] < nats[2]
assert nats[3] < nats[0]

# %% [markdown]
# ## What was published
#
# All of these are bounds on the test set of MNIST, in nats.
#
# | | images | draws | published | what others got with the same recipe |
# |---|---|---|---|---|
# | VAE, 50 dimensions (Burda 2016) | dynamic ✓ | 5,000 | 86.76 ° | [86.35](https://github.com/nbip/IWAE) ✓ |
# | trained with the tighter bound of 50 draws, IWAE (Burda 2016) | dynamic ✓ | 5,000 | 84.78 ° | [84.59](https://github.com/nbip/IWAE) ✓ |
# | the same with two layers of codes (Burda 2016) | dynamic ✓ | 5,000 | 82.90 ° | [82.82](https://github.com/nbip/IWAE) ✓ |
# | ladder VAE, five layers of codes (Sønderby 2016) | dynamic ° | 5,000 ° | 81.74 ° | none that we could check |
# | twelve layers of codes, convolutional, after the ladder VAE | static ✓ | 1,000 | [78.30](https://github.com/addtt/ladder-vae-pytorch) ✓ | |
#
# ✓ means that we read it at its source (for what others got, their own page), ° that it is quoted from elsewhere.
# Burda and colleagues themselves [warn](https://github.com/yburda/iwae) ✓ that the file of static images gives numbers about 2 nats worse than dynamic ones, because networks over-fit it.
# So a static and a dynamic number may not be compared without a second look.
# Kingma and Welling's first VAE paper (2013) shows its bounds on MNIST as curves, so there is no number of theirs in the table.
#
# ## And ours
#
# Ours were measured on all 10,000 test images by a command that you can run (`python tools/train_vaes.py`): five small VAEs, trained for ten epochs each, and the ones that come with the course. Fifty draws.

# %%
five = vae_runs.measured(images.name)
names = ["negative_elbo", "importance_weighted", "binarised", "binarised_importance_weighted"]
heads = dict(
    zip(names, ["grey −ELBO", "grey, 50 draws", "binarised −ELBO", "binarised, 50 draws"], strict=True)
)
kinds = [name for name in models.manifest() if name.startswith(f"vae-{images.name}")]
rows = {name: vae_runs.bundled(name) for name in kinds}
rows["five small VAEs, mean"] = {n: five[n].mean() for n in names}

# %%
listed = [{"network": k, **{heads[n]: f"{row[n]:.1f}" for n in names}} for k, row in rows.items()]
display(plots.table(listed))
spread = interval.mean_interval(five[names[3]])
print(
    f"five small VAEs, last column: {spread.estimate:.2f}, 95 % interval {spread.low:.2f} to {spread.high:.2f}"
)

# %% [markdown]
# Is that what you would measure? You have 200 images and the numbers of one of these networks:

# %%
cl.guess(
    "live_check",
    "By how many nats will your 200 images miss the average of the whole test set?",
    between=(0, 10),
)

# %%
whole = vae_runs.bundled(f"vae-{images.name}")["importance_weighted"]
luck = bounds[50].std() / len(few) ** 0.5
cl.reveal(
    "live_check",
    abs(means[50] - whole),
    f"The whole test set: {whole:.2f} nats; your 200 images: {means[50]:.2f} ± {luck:.2f}. Some digits are simply harder to "
    f"describe than others, so 200 of them give the average only to about ± {2 * luck:.1f} nats.",
)

# %% tags=["holds"]
assert abs(means[50] - whole) < 4 * luck
if images.name == "mnist":
    assert 2 * luck > 86.76 - 84.78
    best = vae_runs.bundled("vae-mnist-best")
    assert five[names[3]].min() > 86.76 + 5
    assert 81.74 < best[names[3]] < 86.76 + 2
    assert best[names[3]] > 84.78 - 2
    assert 8 < five[names[0]].mean() - best[names[0]] < 14
    assert five["epochs"] == 10
    assert five["seconds"].mean() < 75

# %% [markdown]
# On MNIST, that luck is larger than the steps from one paper to the next. This is why published figures come from the whole test set, and ours do too.
# Now all in one picture:

# %%
ours = {name: row[names[3]] for name, row in rows.items()}
papers = {"VAE, 2016": 86.76, "IWAE, 2016": 84.78, "two layers, 2016": 82.9, "ladder VAE, 2016": 81.74}
comparable = images.name == "mnist"  # other images surprise in other ways
plots.bars(ours | (papers if comparable else {}), "nats, binarised images (lower is better)")

# %% [markdown]
# On MNIST, the small networks stand well behind Burda's plain VAE, which has a wider code and trained for 3,280 epochs instead of 10 °.
# The best bundled one is level with the plain VAEs of one layer, within a nat or two, although it took fifty draws where they took five thousand, and its encoder was made for grey images. Both count against it.
# Networks with several layers of codes stay ahead.
#
# ## How far can one get?
#
# What do such numbers cost?

# %%
facts = models.manifest()
spent = [models.effort(facts[name]) for name in kinds] + [f"{five['seconds'].mean():.0f} CPU-s each"]
wide = [facts[name]["config"]["latent_dim"] for name in kinds] + [vae.latent_dim]
columns = zip(rows.items(), wide, spent, strict=True)
plots.table([
    {"network": name, "dimensions": d, "training": cost, heads[names[0]]: f"{row[names[0]]:.1f}"}
    for (name, row), d, cost in columns
])  # fmt: skip

# %% [markdown]
# On MNIST, most of the way takes a minute or less on any computer; the last ten nats or so take convolutions and millions of images on a GPU.
# This is usual, and a table of results rarely says it.
#
# ## Is a VAE a variant of a GAN?
#
# Article B says so. A **GAN**, a generative adversarial network, makes images from random codes, too. Compare what each is trained for:
#
# | | VAE (Kingma & Welling 2013) | GAN (Goodfellow et al. 2014) |
# |---|---|---|
# | objective | $\max_{q,\,p}\; E_{q(z \mid x)}[\log p(x \mid z)] - \mathrm{KL}(q(z \mid x)\,\Vert\,p(z))$ | $\min_G \max_D\; E_x[\log D(x)] + E_z[\log(1 - D(G(z)))]$ |
# | who is trained by what | encoder and decoder by the *same* number, in the same direction | generator $G$ and discriminator $D$ by the same number, in *opposite* directions |
# | the code of a given image | the encoder gives it | there is none |
# | a bound on $\log p(x)$ | yes, this lesson's subject | none |
#
# So the question has a test: is there a part in our VAE that is trained to make the loss *worse* for another one?

# %%
parts = [layer.name for layer in vae.layers if layer.trainable_weights]
cl.verdict(
    "vae-is-gan",
    fact="discriminator" in parts,
    evidence=f"Trained parts: {', '.join(parts)}. All of them lower one loss, reconstruction + KL, and there is no "
    f"discriminator. What the two share is a decoder that is fed with random codes.",
)

# %% [markdown]
# ## Now with other images
#
# Does averaging first help on other images as well? A small VAE, trained for a few seconds:

# %%
other = cl.load_other(images)
vae = cl.VAE(other.image_shape)
cl.fit(vae, other.sample(min(10_000, len(other)), seed=0), epochs=2, show=False)
log_w = log_weights_of(other.test.sample(200, seed=0), 50)
gained = tighter_bound(log_w).mean() - log_w.mean()
print(f"{other.name}: −ELBO {-log_w.mean():.1f} nats; 50 draws gain {gained:.1f}")

# %% tags=["holds"]
assert gained > 0.5

# %% [markdown]
# They do, and without any training. But do not compare these nats with those above: other images have other pixels to be surprised by.
#
# ## Look back
#
# A guess about nats is hard, because nothing in daily life comes in nats. If you were far off, that is a reason to ask for an anchor whenever someone shows you such a number.

# %%
cl.guesses("23")

# %%
cl.progress("23")

# %% [markdown]
# ## Answer
#
# **Where does yours stand?**
# First make the numbers comparable: the same images (grey levels bound dynamically binarised ones from the safe side), a bound of the same kind with its number of draws, and the whole test set.
# Then the small VAEs of this course stand behind the plain VAEs of 2016, the best bundled one close to them, and networks with several layers of codes ahead of both.
#
# **Sources.** Kingma & Welling 2013 ([1312.6114](https://arxiv.org/abs/1312.6114)); Burda, Grosse & Salakhutdinov 2016, *Importance Weighted Autoencoders* ([1509.00519](https://arxiv.org/abs/1509.00519)); Sønderby et al. 2016, *Ladder Variational Autoencoders* ([1602.02282](https://arxiv.org/abs/1602.02282)); Goodfellow et al. 2014, *Generative Adversarial Networks* ([1406.2661](https://arxiv.org/abs/1406.2661)).
#
# You now have three representations of an image: pixels, the hidden layers of classifiers, and the codes of a VAE. What does each of them group together? [24 · Three representations, one k](24_three_representations.ipynb).
