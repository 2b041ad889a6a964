# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 19 · Surprise
#
# > **How likely is an image?**
#
# Rain in April surprises nobody; snow in July does.
# A machine that knows what digits look like should be surprised little by a digit, and much by noise (lesson 22 tests this).
# Here surprise becomes a number, and you bound it where it cannot be computed. With that bound, lesson 20 trains a network.
#
# **After this lesson you can** turn a probability into a surprise, estimate an expectation by draws, say what a latent variable is, and write the KL divergence and the ELBO.
#
# **You need** a first class in statistics (mean, standard deviation, normal distribution), [03](03_a_layer_that_learns.ipynb) for cross-entropy and [18](18_autoencoder.ipynb) for codes.
#
# **Time:** …

# %%
import numpy as np
from IPython.display import display
from scipy.special import logsumexp

import capslab as cl
from capslab import ops, plots

images = cl.load("digits")
X, X_test = ((part.images[..., 0] > 127) * 1.0 for part in (images.train, images.test))  # black and white

cl.recall("19")

# %% [markdown]
# ## Probability, but it adds up
#
# The **surprise** of an event with the probability $p$ is $-\log p$.
# What is certain has the surprise 0, and the rarer an event, the larger its surprise.
# With the natural logarithm its unit is the **nat**; a fair coin's head has $-\log\tfrac12=0.69$ nats.
#
# Why the logarithm? Probabilities of independent events multiply, so their surprises *add up*.
# Take the simplest model of digits: each pixel is white with its own probability, independently.

# %%
share = np.clip(X.mean(axis=0), 0.02, 0.98)  # (8, 8): how often each pixel is white


def surprise(x, p):  # of black and white images, summed over the pixels
    return -np.where(x == 1, np.log(p), np.log(1 - p)).sum(axis=(-2, -1))


by_pixel = surprise(X_test, share)
print(f"a test digit: {by_pixel.mean():.1f} nats, so a probability around {np.exp(-by_pixel.mean()):.0e}")
print(f"an image of 64 tosses of a coin: {64 * np.log(2):.1f} nats")

# %% tags=["holds"]
assert by_pixel.mean() < 64 * np.log(2) - 10

# %% [markdown]
# Digits surprise this model much less than one that tosses coins: the fewer nats for *new* images, the more a model knows.
#
# ## An image made in two steps
#
# But pixels depend on each other. So imagine that an image is made in two steps: first a hidden number $z$ is drawn, then the pixels, each with a probability that depends on $z$.
# As nobody sees it, $z$ is called a **latent variable**. It is the code of lesson 18, seen from the other end.
#
# 1. $p(z)$, the **prior**: how $z$ is drawn before there is an image. We take the standard normal, $N(0,1)$, with the **density** $\frac{1}{\sqrt{2\pi}}\,e^{-z^2/2}$.
# 2. $p(x\mid z)$: the chance of an image, given $z$. A **decoder** gives the probability of white for each pixel.
#
# A density is not a probability: the area under it over an interval is the probability of a draw there. (It may exceed 1, so its $-\log$ may be negative.)
# Our decoder walks along a straight line, the first principal component of the training images, scaled so that their codes have the standard deviation 1.


# %%
def line_through(X):
    average, n = X.mean(axis=0), len(X)
    _, scales, axes = np.linalg.svd((X - average).reshape(n, -1), full_matrices=False)
    return average, (axes[0] * scales[0] / np.sqrt(n)).reshape(average.shape)


def decode(z):  # (n,) or (n, 1) → (n, h, w)
    return np.clip(average + z.reshape(-1, 1, 1) * component, 0.02, 0.98)


average, component = line_through(X)
plots.image_grid(decode(np.linspace(-2, 2, 9)), [f"z = {z:g}" for z in np.linspace(-2, 2, 9)], columns=9)

# %% tags=["holds"]
means = np.array([X[images.train.labels == k].mean(axis=0) for k in range(10)])
apart = [((decode(np.array([end]))[0] - means) ** 2).sum(axis=(1, 2)).argsort() for end in (-2, 2)]
assert set(apart[0][:2]) == {4, 6}
assert apart[1][0] == 3

# %% [markdown]
# The right end looks like a 3; the left one mixes 4s and 6s.
#
# An image could have been made from any $z$, so average over all of them, each as often as the prior draws it:
#
# $$p(x)=\int p(x\mid z)\,p(z)\,dz=E_{z\sim p(z)}\left[p(x\mid z)\right]$$
#
# An **expectation** $E$ is the mean over endlessly many draws, and finitely many estimate it.
# As $z$ is a single number here, a sum over a fine grid can check the draws.

# %%
z = np.linspace(-6, 6, 301)
step, log_prior = z[1] - z[0], -(z**2) / 2 - np.log(2 * np.pi) / 2
joint = log_prior - surprise(X_test[:, None], decode(z))  # (n, 301): log p(x | z) + log p(z)
log_p = logsumexp(joint, axis=1) + np.log(step)  # (n,): logarithm of the sum of exponentials
rng = np.random.default_rng(0)
by_draws = [-np.log(np.exp(-surprise(X_test[0], decode(rng.normal(size=n)))).mean()) for n in (10, 100_000)]
print(
    f"first test image: {-log_p[0]:.2f} nats by the sum, {by_draws[0]:.2f} by 10 draws, {by_draws[1]:.2f} by 100,000"
)
print(f"a test digit: {-log_p.mean():.1f} nats; with independent pixels it was {by_pixel.mean():.1f}")

# %% tags=["holds"]
assert abs(by_draws[1] + log_p[0]) < 0.05
assert abs(by_draws[0] + log_p[0]) < 0.3
assert by_pixel.mean() + log_p.mean() > 1

# %% [markdown]
# One number along a straight line saves about a nat; lesson 20 takes more of them, and bends.
# Even these ten draws came close. With sixteen latent numbers most draws would miss the codes that fit *this* image, and a grid would need $301^{16}$ points.
# So one looks for codes where it is worth looking, and asks what that costs.
#
# ## A world of two numbers
#
# To see everything, let the "image" be a single number, $x=1.5\,z$ plus noise with a standard deviation of 0.5. We observe $x=1.5$.
# Which $z$ could have made it? Bayes' rule answers: $p(z\mid x)=p(x\mid z)\,p(z)/p(x)$, the **posterior**.
# The grid can compute it here. In general $p(x)$ is missing, so one guesses: $q(z)$, a normal cloud with mean $\mu$ and standard deviation $\sigma$.
#
# By Bayes' rule a $z$ is plausible if it explains $x$ *and* the prior makes it likely.
# So judge the guess by both: how well its draws explain $x$, which is $E_q[\log p(x\mid z)]$, and how far it is from the prior $p$, by the **Kullback–Leibler divergence**:
#
# $$\mathrm{KL}(q\,\|\,p)=E_{z\sim q}\left[\log q(z)-\log p(z)\right]$$
#
# It is the extra surprise of somebody who expects $p$ while the draws come from $q$. (Swap the two and it changes, so it is no real distance.)


# %%
def normal(z, mean, std):
    return np.exp(-(((z - mean) / std) ** 2) / 2) / (std * np.sqrt(2 * np.pi))


def kl(q, p):
    q, p = np.maximum(q, 1e-300), np.maximum(p, 1e-300)  # no logarithm of 0
    return (q * (np.log(q) - np.log(p))).sum() * step


prior, likelihood = normal(z, 0, 1), normal(1.5, 1.5 * z, 0.5)
p_x = (likelihood * prior).sum() * step
posterior = likelihood * prior / p_x

# %%
rows = []
for mean, std in ((0, 1), (0, 0.5), (1.2, 0.4), (0.9, 0.316)):
    q, drawn = normal(z, mean, std), rng.normal(mean, std, 100_000)
    by_draws = np.log(normal(drawn, mean, std) / normal(drawn, 0, 1)).mean()
    explains, price, gap = (q * np.log(likelihood)).sum() * step, kl(q, prior), kl(q, posterior)
    row = {"q": f"N({mean}, {std}²)", "E log p(x|z)": explains, "KL(q‖prior)": price, "by draws": by_draws}
    rows.append(row | {"difference": explains - price, "KL(q‖posterior)": gap, "sum": explains - price + gap})
print(f"log p(x) = {np.log(p_x):.3f}")
display(plots.table(rows))
plots.drawing("ELBO")

# %% tags=["holds"]
assert all(abs(row["sum"] - np.log(p_x)) < 1e-3 for row in rows)
assert rows[-1]["KL(q‖posterior)"] < 1e-3
assert all(abs(row["by draws"] - row["KL(q‖prior)"]) < 0.02 for row in rows)
assert min(row["KL(q‖posterior)"] for row in rows[:3]) > 0.1

# %% [markdown]
# The grid and 100,000 draws agree on the KL. Now look at the last column: whatever the guess, its sum is $\log p(x)$.
# The difference of the two things is called the **ELBO**, and what is missing is the **gap**, how far the guess is from the true posterior. (The drawing shows the same for other numbers.)
# The ELBO needs neither $p(x)$ nor the posterior, so draws can estimate it for any decoder.
#
# The view below also has a *folded* decoder, where $x$ is $z^2$ plus noise, so that two values of $z$ explain $x$ equally well.

# %%
cl.guess("gap_when_folded", "Folded: how small does the gap get at best?", between=(0, 3), unit="nats")

# %% [markdown]
# **Target practice.** Move $\mu$ and $\sigma$ until the gap is below 0.01 nats. Then take the folded decoder, and see how small you can get the gap.
# (The view calls $E_q[\log p(x\mid z)]$ the **reconstruction**. In lesson 20 the word means its negative, a price like the KL.)

# %%
view = cl.explore_posterior()
view

# %%
print(f"the gap in the view is {view.terms.gap:.3f} nats" + (": hit!" if view.terms.gap < 0.01 else ""))
twice = normal(1.5, z**2, 0.5) * prior
twice = twice / (twice.sum() * step)
tried = {
    (m, s): kl(normal(z, m, s), twice) for m in np.arange(-2, 2.01, 0.05) for s in np.arange(0.1, 1.5, 0.02)
}
m, s = min(tried, key=tried.get)
both = min(tried[m, s] for m, s in tried if abs(m) < 0.01)  # in the middle, so wide enough for both
told = f"The best cloud sits at {m:+.2f} with a standard deviation of {s:.2f}, on one of two values that can have made x. Without noise and prior these would be ±√1.5 = ±1.22. The prior pulls the peak to 1.17, and as the posterior falls more slowly towards the middle, the best cloud sits still farther in. A cloud in the middle, wide enough for both, leaves a gap of {both:.2f} nats."
cl.reveal("gap_when_folded", tried[m, s], told)

# %% tags=["holds"]
assert 0.5 < tried[m, s] < 1
assert 0.9 < abs(m) < 1.3
fine = np.linspace(0, 2, 20_001)
side = normal(1.5, fine**2, 0.5) * normal(fine, 0, 1)
top = side.argmax()
assert round(fine[top], 2) == 1.17
assert all(side[top - k] > side[top + k] for k in (500, 1000, 3000, 5000))
assert abs(m) < fine[top] - 0.04
assert both > 2 * tried[m, s]
assert np.log(2) < tried[m, s] < np.log(2) + 0.1

# %% [markdown]
# With the straight decoder, $\mu=0.9$ and $\sigma=0.32$ close the gap.
# With the folded one, the best cloud covers one of two equal halves. There the posterior has half of its mass, so it is half as dense as the cloud: that costs $\log2=0.69$ nats, and its shape a little more.
#
# ## Why the sum is always the same
#
# Put Bayes' rule into the gap:
#
# $$\mathrm{KL}(q\,\|\,p(z\mid x))=E_q[\log q(z)-\log p(z\mid x)]$$
#
# $$=E_q[\log q(z)-\log p(z)-\log p(x\mid z)+\log p(x)]$$
#
# $$=\mathrm{KL}(q\,\|\,p(z))-E_q[\log p(x\mid z)]+\log p(x)$$
#
# ($\log p(x)$ is the same for every $z$.) Rearranged, it is ELBO plus gap:
#
# $$\log p(x)=(E_q[\log p(x\mid z)]-\mathrm{KL}(q\,\|\,p(z)))+\mathrm{KL}(q\,\|\,p(z\mid x))$$
#
# The gap is never negative. Since $\log t\le t-1$, and a density has the integral 1,
#
# $$-\text{gap}=E_q\left[\log\tfrac{p(z\mid x)}{q(z)}\right]\le E_q\left[\tfrac{p(z\mid x)}{q(z)}\right]-1=\int q(z)\,\tfrac{p(z\mid x)}{q(z)}\,dz-1=0$$
#
# Hence the name: the **evidence lower bound** never lies above $\log p(x)$, the "evidence". So $-$ELBO is never below the surprise.
# But two bounds do not tell which of two images is likelier, as their gaps may differ.
#
# For a fixed decoder, a larger ELBO means a smaller gap. If the decoder learns too, $p(x)$ may grow instead.
#
# ## What a code costs
#
# For a normal cloud of $d$ independent numbers and the standard normal, the KL needs no draws:
#
# $$\mathrm{KL}=\tfrac12\sum_{k=1}^{d}\left(\mu_k^2+\sigma_k^2-1-\log\sigma_k^2\right)$$
#
# It is 0 for $\mu=0$ and $\sigma=1$: such a cloud is the prior and says nothing about the image.
# It grows as the cloud moves away from 0, and without limit as it shrinks to a point, such as a code of lesson 18: it is the *price* of what a code tells.
#
# A network will give $\log\sigma^2$ instead of $\sigma$: any number is the logarithm of something positive.
#
# **Your turn.** Write `kl_divergence(mean, log_variance)` for arrays `(n, d)`. It returns one number per image, `(n,)`.
# Write `ops.exp` and `ops.sum`: they do what NumPy's do, but slopes can go back through them in lesson 20's network.


# %%
def kl_divergence(mean, log_variance):
    ### BEGIN SOLUTION
    return 0.5 * ops.sum(mean**2 + ops.exp(log_variance) - 1 - log_variance, axis=1)
    ### END SOLUTION


# %%
cl.check("kl_divergence", kl_divergence)

# %%
kl_divergence = cl.mine("kl_divergence", kl_divergence)

# %% tags=["holds"]
of_table = kl_divergence(np.array([[1.2], [0.9]]), np.log(np.array([[0.4], [0.316]]) ** 2))
assert np.abs(of_table - [1.2163, 1.1069]).max() < 1e-3

# %% [markdown]
# ## What a wrong pixel costs
#
# The other part, $-\log p(x\mid z)$, is the decoder's surprise at the true pixels. Two ways are common, and each *assumes* something:
#
# - **Cross-entropy**: a pixel is black or white (a **Bernoulli** draw), and the decoded grey $g$ is its probability of white, as above. A grey pixel of 0.3 then counts as 30 % white and 70 % black. For such images the sum is no longer $-\log$ of a probability, and even a perfect decoder pays more than 0 (lesson 23 says what it bounds).
# - **Squared error**: a pixel is the decoded grey plus normal noise with one standard deviation $s$ everywhere (**Gaussian**; $\sigma$ stays the cloud's). Then its surprise is $(x-g)^2/2s^2$ plus a constant.
#
# Now let a white pixel be decoded darker and darker.

# %%
cl.guess(
    "price_without_limit",
    "Which price grows without limit as the decoder becomes sure of black?",
    choices=["squared error", "cross-entropy", "both", "neither"],
)

# %%
greys = np.array([0.9, 0.5, 0.1, 0.01, 1e-4, 1e-8])
cross, squared = -np.log(greys), (1 - greys) ** 2 / (2 * 0.2**2)
told = f"Squared error can never cost more than {1 / (2 * 0.2**2):.1f} nats a pixel with s = 0.2, however sure the decoder was."
display(cl.reveal("price_without_limit", "cross-entropy", told))
rows = zip(greys, cross, squared, strict=True)
names = "decoded as", "cross-entropy", "squared error, s = 0.2, without its constant"
plots.table(
    [dict(zip(names, (f"{grey:g}", f"{one:.2f}", f"{two:.2f}"), strict=True)) for grey, one, two in rows]
)

# %% tags=["holds"]
assert list(squared > cross) == [True] * 5 + [False]

# %% [markdown]
# With $s=0.2$, squared error is dearer in five of these six rows, but it has a ceiling, $1/2s^2$.
# Minimising it assumes a Gaussian, and its $s$ decides how much a pixel weighs against the KL.
#
# ## The ELBO of an image
#
# **Your turn.** Write `elbo(images, decoded, mean, log_variance)` with cross-entropy.
# `images` and `decoded` have the shape `(n, h, w)`, with values between 0 and 1; `mean` and `log_variance` have `(n, d)`.
# It returns, for each image, the log-likelihood $\sum x\log g+(1-x)\log(1-g)$ over its pixels, minus the KL: `(n,)`.
# (Write the KL out again: lesson 20 loads `elbo` alone.)


# %%
def elbo(images, decoded, mean, log_variance):
    ### BEGIN SOLUTION
    log_likelihood = images * ops.log(decoded) + (1 - images) * ops.log(1 - decoded)
    price = 0.5 * ops.sum(mean**2 + ops.exp(log_variance) - 1 - log_variance, axis=1)
    return ops.sum(log_likelihood, axis=(1, 2)) - price
    ### END SOLUTION


# %%
cl.check("elbo", elbo)

# %%
elbo = cl.mine("elbo", elbo)

# %% [markdown]
# Back to the digits and one latent number, where $\log p(x)$ is known.
# Three guesses for $q$: the prior; a cloud around the image's place on the line, with a standard deviation of 0.4, about that of a posterior; and one with mean and standard deviation of the image's own posterior.
# The ELBO is averaged over 200 draws of $z$ from $q$.


# %%
def bound(X, mean, std):
    draws = (mean + std * rng.normal(size=mean.shape) for _ in range(200))
    return np.mean([elbo(X, decode(z), mean, np.log(std**2)) for z in draws], axis=0)


def along(X):  # (n, 1)
    return (((X - average) * component).sum(axis=(1, 2)) / (component**2).sum())[:, None]


posteriors = np.exp(joint - log_p[:, None]) * step  # (n, 301)
centre = (posteriors @ z)[:, None]
width = np.sqrt((posteriors * (z - centre) ** 2).sum(axis=1))[:, None]
print(f"standard deviation of a posterior: {width.mean():.2f} on average")

# %%
guesses = {"the prior": (0 * centre, 1 + 0 * width), "around its place": (along(X_test), 0.4 + 0 * width)}
guesses["its own posterior's"] = centre, width
rows = []
for name, (mean, std) in guesses.items():
    ours, price = bound(X_test, mean, std).mean(), kl_divergence(mean, np.log(std**2)).mean()
    row = {"mean and standard deviation of q": name, "KL": price, "ELBO": ours}
    rows.append(row | {"log p(x)": log_p.mean(), "gap": log_p.mean() - ours})
plots.table(rows)

# %% tags=["holds"]
assert rows[0]["gap"] > 2
assert rows[0]["gap"] > 5 * rows[1]["gap"]
assert rows[1]["gap"] > 2 * abs(rows[2]["gap"])
assert abs(rows[2]["gap"]) < 0.05
assert abs(width.mean() - 0.4) < 0.05
assert 0.8 < rows[1]["KL"] < 1.2 < rows[1]["ELBO"] - rows[0]["ELBO"]

# %% [markdown]
# The prior costs nothing, explains badly, and leaves the largest gap.
# Looking where the image lies costs about a nat, and saves more.
# The last guess nearly closes the gap, though a posterior need not be a normal cloud.
# The second row is what an **encoder** does: one rule that turns any image into a cloud (an encoder also chooses the width). In lesson 20 a network learns it together with the decoder, by making the ELBO large.
#
# ## Now with other images
#
# Clothes, black and white, get their own line. The second cloud is narrower, as 784 pixels tell the place more exactly than 64:

# %%
other = cl.load_other(images)
Y, few = ((part.images[..., 0] > 127) * 1.0 for part in (other.train[:2000], other.test[:50]))
average, component = line_through(Y)
theirs = log_prior - surprise(few[:, None], decode(z))
true = logsumexp(theirs, axis=1) + np.log(step)
for name, mean, std in (("the prior", 0 * along(few), 1), ("around its place", along(few), 0.1)):
    print(f"q: {name}: ELBO {bound(few, mean, std + 0 * mean).mean():.1f} ≤ log p(x) {true.mean():.1f}")

# %% tags=["holds"]
spread = np.exp(theirs - true[:, None]) * step
assert 0.08 < np.sqrt((spread * (z - (spread @ z)[:, None]) ** 2).sum(axis=1)).mean() < 0.12

# %% [markdown]
# The bound stays below $\log p(x)$ again, and the prior is a far worse guess, as many more pixels pay for a wrong place.
#
# ## Look back
#
# The folded world matters most for what comes: a bound is as loose as its $q$ is unlike the true posterior.

# %%
cl.guesses("19")

# %% [markdown]
# ## Answer
#
# **How likely is an image?**
# So unlikely that one speaks of its surprise, $-\log p(x)$.
# With a latent variable, $p(x)$ is an expectation over all codes.
# For every guess $q$, $\log p(x)$ is the ELBO plus a gap that is never negative, and draws can estimate the ELBO: how well they explain the image, minus what the code costs.
#
# **Sources.** Kingma & Welling 2013, *Auto-encoding variational Bayes* (arXiv 1312.6114), equations 1 to 3; Kingma & Welling 2019, *An introduction to variational autoencoders* (arXiv 1906.02691).
#
# All that is missing is the network: [20 · Build a VAE](20_build_a_vae.ipynb).
