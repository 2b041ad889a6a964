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
# You have trained VAEs and watched −ELBO fall. Is 102 nats good?
# In this lesson you tighten the bound with your own function, find out why most published numbers are about *other* images than yours, and put both in one table.
#
# **After this lesson you can** compute the importance-weighted bound, say what static and dynamic binarisation are, compare a −ELBO with published figures without fooling yourself, and tell a VAE from a GAN by what each one is trained for.
#
# **You need** [19](19_surprise.ipynb) for the ELBO and its gap, [20](20_build_a_vae.ipynb) for the VAE.
#
# **Time:** …

# %%
import numpy as np

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
# It is large if the code explains the image well and is usual under the prior, and it is divided by how often the cloud offers this code.
# The mean of endlessly many weights is exactly $p(x)$, since $E_q[w] = \int p(x|z)\,p(z)\,dz$.
# The ELBO is the mean of $\log w$. That is not the same as the logarithm of the mean. Look at two weights:

# %%
log_w = np.array([-100.0, -104.0])
print(f"mean of the logarithms {log_w.mean():.2f}")
print(f"logarithm of the mean  {np.log(np.exp(log_w).mean()):.2f}")

# %% [markdown]
# The logarithm of the mean is never lower, and equal only if all weights are equal: a logarithm bends downwards, so one small weight pulls the mean of the logarithms down a long way, but hardly moves the mean itself.
# This is **Jensen's inequality**, and lesson 19's gap is nothing else.
# Average $S$ weights *before* the logarithm, and you have the **importance-weighted bound** (Burda, Grosse and Salakhutdinov 2016):
#
# $$\log \frac1S \sum_{s=1}^{S} w_s$$
#
# With $S = 1$ it is a noisy ELBO; the more draws, the closer it comes to $\log p(x)$, and on average it never rises above it.
#
# There is a trap. The weights of an image are around $e^{-100}$, and in the single precision of networks `np.exp(np.float32(-104))` is 0.
# So they come as logarithms. You met the way out in lesson 03, when the softmax overflowed: subtract the largest one first, and add it back after the logarithm.
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
bounds = {s: tighter_bound(log_w[:s]) for s in (1, 2, 5, 10, 20, 50)}
means = {s: -bound.mean() for s, bound in bounds.items()}
cl.reveal(
    "gain_of_fifty",
    means[1] - means[50],
    f"On average over the images, −log p(x) is at most {means[1]:.1f} nats by one draw, {means[5]:.1f} by five and {means[50]:.1f} by fifty.",
)

# %% tags=["holds"]
assert (bounds[50] > log_w.mean(axis=0)).all()
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
shown = np.concatenate([few.images[:10] / 255, *(b[:10] for b in coins[:2])])
plots.image_grid(shown, (["grey"] + [""] * 9) + (["binarised"] + [""] * 9) * 2, columns=10)

# %% [markdown]
# The two rows below are the same images, made black or white twice.
# Where pixels are grey, along edges and in thin strokes, they flip.
#
# ## Why a grey number may stand beside a binarised one
#
# Your VAEs were trained and measured on grey images, with a cross-entropy that treats a grey level as a share.
# That is no proper probability of a grey image. So is the number good for anything?
# Draw one code for each of the 200 images. Let the decoder describe the grey images with these codes.
# Then, with the *same* codes, let it describe twenty binarisations of each image.

# %%
cl.guess(
    "grey_or_binary",
    "Whose reconstruction costs more nats on average: the grey images' or that of their binarisations?",
    choices=["the grey images'", "their binarisations'", "neither"],
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
    "neither",
    f"The grey images cost {cost.mean():.2f} nats, their binarisations {np.mean(each):.2f} on average: a difference of "
    f"{off.mean():+.2f} ± {error:.2f}, which is the luck of twenty binarisations.",
)

# %% tags=["holds"]
assert abs(off.mean()) < 4 * error < 1

# %% [markdown]
# This is no accident, and two lines show what follows from it. Let $x$ be a grey image, $b$ a binarisation of it, and $E_b$ the average over all binarisations.
#
# 1. The cost of a pixel, $-x\log\hat x-(1-x)\log(1-\hat x)$, is a straight line in $x$, and the mean of $b$ is $x$. So the cost of the grey image *is* the mean cost of its binarisations. The KL is the same too, because all share the grey image's cloud. Hence $-\mathrm{ELBO}(x) = E_b[-\mathrm{ELBO}(b)]$, each with the grey image's cloud.
# 2. For every $b$, and whatever the cloud, $-\log p(b) \le -\mathrm{ELBO}(b)$: Jensen again. Hence $E_b[-\log p(b)] \le -\mathrm{ELBO}(x)$.
#
# On the left stands what papers put a bound on: the surprise at dynamically binarised images. So a grey $-\mathrm{ELBO}$ never makes a network look better than it is.
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
# All four bound the same thing, $E_b[-\log p(b)]$. (The second does, too: a logarithm of a sum of exponentials bends upwards, so Jensen works the same way.)
# So the lowest says most. A cloud of its own for each binarised image gains about two nats here, and fifty draws gain another four and a half.
# That last row is what papers on dynamic images report, apart from the number of draws.

# %% tags=["holds"]
assert nats[1] < nats[0]
assert nats[3] < nats[2]
assert nats[3] < nats[0]
if images.name == "mnist":
    assert 1.7 < nats[0] - nats[2] < 2.2
    assert 4.2 < nats[2] - nats[3] < 4.8

# %% [markdown]
# ## What was published
#
# All of these are bounds on the test set of MNIST, in nats.
#
# | | images | draws | published | what others got with the same recipe |
# |---|---|---|---|---|
# | VAE, 50 dimensions (Burda 2016) | dynamic ✓ | 5,000 | 86.76 ° | [86.35](https://github.com/nbip/IWAE) ✓ |
# | trained with the bound of 50 draws: an importance-weighted autoencoder, IWAE (Burda 2016) | dynamic ✓ | 5,000 | 84.78 ° | [84.59](https://github.com/nbip/IWAE) ✓ |
# | the same with two layers of codes (Burda 2016) | dynamic ✓ | 5,000 | 82.90 ° | [82.82](https://github.com/nbip/IWAE) ✓ |
# | ladder VAE, five layers of codes, fine-tuned (Sønderby 2016) | dynamic ° | 5,000 ° | 81.74 ° | none that we could check |
#
# ✓: read at its source; in the last column, on the page of those who repeated it. °: quoted from another page (Burda's figures from that one), not read in the paper.
# (With "layers of codes", a first code is drawn from a second one.)
# Burda and colleagues [warn](https://github.com/yburda/iwae) ✓ that the *static* file gives numbers about 2 nats worse, because networks over-fit it, so look which one a paper used.
#
# ## And ours
#
# These were measured on all 10,000 test images: the −ELBO of the grey ones, and the bound with fifty draws for binarised ones (`python tools/train_vaes.py`).
# There are five small VAEs, trained for ten epochs each, and the ones that come with the course. Two published rows stand below them.

# %%
five, facts = vae_runs.measured(images.name), models.manifest()
heads = {"negative_elbo": "grey −ELBO", "binarised_importance_weighted": "binarised, 50 draws"}
rows = []
for name in (name for name in facts if name.startswith(f"vae-{images.name}")):
    measured, made = vae_runs.bundled(name), facts[name]
    row = {"network": name, "dimensions": made["config"]["latent_dim"], "training": models.effort(made)}
    rows.append(row | {head: f"{measured[key]:.1f}" for key, head in heads.items()})
row = {"network": "five small VAEs, mean", "dimensions": vae.latent_dim}
row["training"] = f"{five['seconds'].mean():.0f} CPU-s each"
rows.append(row | {head: f"{five[key].mean():.1f}" for key, head in heads.items()})

# %%
papers = {"VAE, 2016": 86.76, "IWAE, 2016": 84.78} if images.name == "mnist" else {}
for name, nats in papers.items():
    published = dict(zip(heads.values(), ("", nats), strict=True))
    rows.append({"network": name, "dimensions": 50, "training": ""} | published)
plots.table(rows)

# %%
spread = interval.mean_interval(five["binarised_importance_weighted"])
print(f"five small VAEs, last column: 95 % interval over trainings {spread.low:.2f} to {spread.high:.2f}")
whole = vae_runs.bundled(f"vae-{images.name}")["importance_weighted"]
luck = 2 * bounds[50].std() / len(few) ** 0.5
print(f"the first row, grey, 50 draws: {whole:.2f}; your 200 images {means[50]:.2f} ± {luck:.1f}")
long = log_weights_of(black_white[:50], 2000)
by_draws = {draws: -tighter_bound(long[:draws]).mean() for draws in (50, 2000)}
print(
    "50 binarised images:",
    ", ".join(f"{nats:.1f} nats by {draws:,} draws" for draws, nats in by_draws.items()),
)

# %% tags=["holds"]
assert abs(means[50] - whole) < 2 * luck
if images.name == "mnist":
    fewer = by_draws[50] - by_draws[2000]
    best, small = vae_runs.bundled("vae-mnist-best"), vae_runs.bundled("vae-mnist")
    assert luck > 86.76 - 84.78
    assert round(small["negative_elbo"]) == 102
    assert (
        6.8
        < small["binarised_importance_weighted"] - fewer - 86.76
        < 7.5
        < five["binarised_importance_weighted"].mean() - fewer - 86.76
        < 8.2
    )
    assert 84.5 < best["binarised_importance_weighted"] < 84.65
    assert 1.4 < fewer < 1.6
    assert [round(nats, 1) for nats in by_draws.values()] == [99.6, 98.0]
    assert five["epochs"] == 10
    other_bounds = cl.pretrained("vae-mnist-best").elbo(few, samples=5).elbo
    assert np.corrcoef(other_bounds, log_w.mean(axis=0))[0, 1] > 0.9

# %% [markdown]
# Is 102 nats good? On binarised images, with fifty draws, the same network stands at 95.5. By the last line, 2,000 draws gain another nat and a half. (Its 50 images stand higher than your 200, because they happen to be harder.)
# So about seven nats lie between our first row and Burda's VAE, which learned from binarised images, for 3,280 epochs °; the five small ones had ten.
# The best bundled network is at least level with the IWAE: 84.6 nats with 50 draws, and 84.8 with 5,000. With as many draws ours would probably come out a little lower. It is one network, though, so two tenths are nothing to build on.
# It is convolutional, has more dimensions than the small ones, and trained longer, on a GPU. Which of these helped, the table cannot say.
# Networks with several layers of codes are ahead.
#
# And mind your 200 images: some digits are simply harder to describe than others. A mean over only 200 of them is good to about 3 nats, more than lies between VAE and IWAE.
# (In the table all networks meet the same 10,000 images, and what is hard for one is hard for another. So much of this luck cancels in a comparison.)
#
# ## Is a VAE a variant of a GAN?
#
# Article B says so. A **GAN**, a generative adversarial network, makes images from random codes, too: its **generator** $G$ draws them, and a second network, the **discriminator** $D$, learns to tell them from real ones. Compare what each is trained for:
#
# | | VAE (Kingma & Welling 2013) | GAN (Goodfellow et al. 2014) |
# |---|---|---|
# | objective | $\max_{q,\,p}\; E_{q(z \mid x)}[\log p(x \mid z)] - \mathrm{KL}(q(z \mid x)\,\Vert\,p(z))$ | $\min_G \max_D\; E_x[\log D(x)] + E_z[\log(1 - D(G(z)))]$ |
# | who is trained by what | encoder and decoder by the *same* number, in the same direction | $G$ and $D$ by the same number, in *opposite* directions |
#
# So the question has a test: is there a part in a VAE that is trained to make the number *worse* for another one?
# Give a new VAE one training step. Then let only one part keep what it learned, put the other back, and look at the −ELBO. In a GAN, the step of $D$ alone would make matters worse for $G$.

# %%
learner, some = cl.VAE(images.image_shape), images.train[:200]
learner.compile("adam")
in_decoder = np.array(["decoder" in weight.path for weight in learner.weights])
before, start = learner.get_weights(), -learner.elbo(some, samples=10).elbo.mean()
learner.train_on_batch(some.images)
after, change = learner.get_weights(), {}
for part, own in {"encoder": ~in_decoder, "decoder": in_decoder}.items():
    learner.set_weights([new if o else old for new, old, o in zip(after, before, own, strict=True)])
    change[part] = -learner.elbo(some, samples=10).elbo.mean() - start

# %%
told = " and ".join(f"{nats:+.0f} nats if the {part} alone makes it" for part, nats in change.items())
told = f"One step changes the −ELBO by {told.replace('-', '−')}. So neither works against the other."
cl.verdict("vae-is-gan", fact=max(change.values()) > 0, evidence=told)

# %% [markdown]
# Both parts go downhill on one number, so neither is an opponent. The VAE is also half a year older (December 2013 and June 2014).
# What the two share is a network that makes images from random codes.
#
# ## Now with other images
#
# How much do fifty draws gain on other images? A small VAE, trained for a few seconds:

# %%
other = cl.load_other(images)
vae = cl.VAE(other.image_shape)
cl.fit(vae, other.sample(min(10_000, len(other)), seed=0), epochs=2, show=False)
log_w = log_weights_of(other.test.sample(200, seed=0), 50)
gained = tighter_bound(log_w).mean() - log_w.mean()
print(f"{other.name}: −ELBO {-log_w.mean():.1f} nats; 50 draws gain {gained:.1f}")

# %% tags=["holds"]
assert gained > 0.5
if images.name == "mnist" and other.name == "fashion-mnist":
    assert gained > 2 * (means[1] - means[50])

# %% [markdown]
# That is more than twice what fifty draws gained above. Is it the clothes, or that this network has hardly begun to learn? One run does not tell.
# And do not compare the −ELBO itself with those above: other images have other pixels to be surprised by.
#
# ## Look back
#
# A guess about nats is hard, because nothing in daily life comes in nats. If you were far off, that is a reason to ask for a number to compare it with whenever someone shows you such a number.

# %%
cl.guesses("23")

# %% [markdown]
# ## Answer
#
# **Where does yours stand?**
# First make the numbers comparable: the same images (a grey −ELBO bounds dynamically binarised ones from the safe side), a bound of the same kind with its number of draws, and the whole test set.
# Then the small VAEs of this course stand seven to eight nats behind the plain VAE of 2016, the best bundled one at least level with the IWAE of one layer, and networks with several layers of codes ahead of both.
#
# **Sources.** Kingma & Welling 2013 ([1312.6114](https://arxiv.org/abs/1312.6114)); Burda, Grosse & Salakhutdinov 2016, *Importance Weighted Autoencoders* ([1509.00519](https://arxiv.org/abs/1509.00519)); Sønderby et al. 2016, *Ladder Variational Autoencoders* ([1602.02282](https://arxiv.org/abs/1602.02282)); Goodfellow et al. 2014, *Generative Adversarial Networks* ([1406.2661](https://arxiv.org/abs/1406.2661)).
#
# You now have three representations of an image: pixels, the hidden layers of classifiers, and the codes of a VAE. What does each of them group together? [24 · Three representations, one k](24_three_representations.ipynb).
