# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 20 · What is a latent space?
#
# Suppose an image were made in two steps: first a few hidden numbers, then all pixels from these. The hidden
# numbers are the *latent* code, and the space they live in is the latent space. A **variational autoencoder** (VAE)
# learns both directions without any label: an encoder from images to codes, a decoder from codes to images.
#
# An article about *classifying and clustering images with a VAE* prints one. Here you look at what it computes,
# build a real one from three short formulas, train it, and walk through its space with sliders.

# %%
import time

import numpy as np

import capslab as cl
from capslab import plots
from capslab.models import keras

images = cl.load()
images

# %% [markdown]
# Everything below follows the data set. `images = cl.load("fashion-mnist")` is one changed word.
#
# ## The printed network
#
# Its decoder, layer by layer: two dense layers, an image of 7×7 with 64 channels, then three transposed convolutions
# of 3×3 with two doublings in between. The article decodes images of 28×28 with it.
#
# **Predict:** each transposed convolution adds 2 to a side, each doubling multiplies by 2. What size comes out?

# %%
layers = keras.layers
printed_decoder = keras.Sequential([
    keras.Input((2,)),
    layers.Dense(128, activation="relu"), layers.Dense(7 * 7 * 64, activation="relu"),
    layers.Reshape((7, 7, 64)),
    layers.Conv2DTranspose(64, 3, activation="relu"), layers.UpSampling2D(2),
    layers.Conv2DTranspose(32, 3, activation="relu"), layers.UpSampling2D(2),
    layers.Conv2DTranspose(1, 3, activation="sigmoid"),
])  # fmt: skip
rows, columns = printed_decoder.output_shape[1:3]
print(f"the decoder gives {rows}×{columns}; an image here has shape {images.image_shape}")

# %% [markdown]
# Its encoder ends in two numbers, read as *one mean and one standard deviation*, and both go into the decoder as if
# they were coordinates. The two come from the same kind of output, a plain dense layer.
#
# **Predict:** for what share of the images is this "standard deviation" negative? And if one image goes through twice,
# how much do its two reconstructions differ?


# %%
def printed_encoder(seed):
    keras.utils.set_random_seed(seed)
    return keras.Sequential([
        keras.Input(images.image_shape),
        layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(2), layers.Flatten(),
        layers.Dense(128, activation="relu"), layers.Dense(2),
    ])  # fmt: skip


some = images.test.images[:100] / 255
negative = [float(np.mean(printed_encoder(seed)(some)[:, 1] < 0)) for seed in range(5)]
once, again = (printed_decoder(printed_encoder(0)(some[:1])) for _ in range(2))
print("share of negative deviations, five random starts:", np.round(negative, 2))
print("difference between two passes of one image:", float(np.abs(once - again).max()))

# %% [markdown]
# Nothing keeps the second number above 0. And nothing is ever **sampled**: an image has one code, always the same, so
# no other point of the space has to mean anything. That is an autoencoder with an odd loss, not a *variational* one.
# **Does it train at all?** It takes its distributions from `tf.distributions` and calls `minimize` of Keras's Adam.

# %%
import tensorflow as tf

calls = {
    "tf.distributions.Normal": lambda: tf.distributions.Normal,
    "Adam.minimize": lambda: keras.optimizers.Adam(1e-3).minimize,
}
gone = []
for name, call in calls.items():
    try:
        call()
    except AttributeError as error:
        gone.append(name)
        print(f"{name}: {error}")

# %%
fits = (rows, columns) == images.image_shape[:2]
cl.verdict(
    "printed-vae-trains",
    fact=fits and not gone and not any(negative),
    evidence=f"{len(gone)} of the {len(calls)} functions it calls no longer exist; {rows}×{columns} pixels are compared with "
    f"{images.image_shape[0]}×{images.image_shape[1]}; of its deviations up to {max(negative):.0%} are negative",
)

# %% [markdown]
# ## First a plain autoencoder
#
# Mend what does not run and leave out what makes no sense, and an **autoencoder** remains: an encoder to two numbers,
# a decoder back, trained to give back what went in. Nothing is drawn, so a code is a point.
#
# **Predict:** does it need to put the codes of similar images side by side? And what will it decode from a point
# where no image lies?

# %%
plain, plane = cl.ready("autoencoder", images), cl.ready("plane", images)  # the second is a VAE, for later
seen = images.test.sample(min(1500, len(images.test)))
points = plain.encode(seen)
plots.scatter(points, seen.labels, images.classes, "codes of an autoencoder: note the axes")

# %% [markdown]
# **How much of that space means something?** Draw points from a cloud as wide as the codes, and decode them. The upper
# twenty are from the autoencoder, the lower from a VAE, the network that you are about to build. **Predict:** in which
# row are more images that nobody could have drawn?

# %%
rng = np.random.default_rng(0)
draws = rng.normal(points.mean(axis=0), points.std(axis=0), (200, 2)), rng.normal(0, 1, (200, 2))
plots.image_grid(np.concatenate([plain.decode(draws[0][:20]), plane.decode(draws[1][:20])]), columns=20)

# %% [markdown]
# **Is that only an impression?** A hole is a place far from all codes. So: how far is a draw from the nearest code, against
# how far the codes are from each other? A VAE's codes are small clouds, so take one point of each cloud.

# %%
from sklearn.neighbors import NearestNeighbors

clouds = plane.posterior(seen)
points_of = points, clouds.mean + clouds.std * rng.normal(size=clouds.mean.shape)
for name, there, drawn in zip(("autoencoder", "VAE"), points_of, draws, strict=True):
    near = NearestNeighbors(n_neighbors=2).fit(there)
    among, away = near.kneighbors(there)[0][:, 1].mean(), near.kneighbors(drawn)[0][:, 0].mean()
    print(
        f"{name}: a draw is {away / among:.1f} times as far from the nearest code as codes are from each other"
    )

# %% [markdown]
# ## The real thing, in three parts
#
# What would make *every* point mean something? A story of how images come about, told by probabilities:
# $p(x) = \int p(x \mid z)\, p(z)\, dz$. First a code is drawn, then an image from the code.
#
# 1. The **prior** $p(z) = N(0, 1)$: before any image is seen, every latent number is drawn from the standard normal.
# 2. The **decoder** $p(x \mid z)$: a network turns a code into the grey level expected of each pixel.
# 3. The **encoder** $q(z \mid x) = N(\mu(x), \sigma^2(x))$: which codes could have made this image? Not one point but a
#    small cloud. A network gives $\mu$ and $\log \sigma^2$; any number will do for a logarithm, and
#    $\sigma = e^{\frac12 \log \sigma^2}$ is always positive. That mends the negative deviations.
#
# To train, take a point of the cloud, decode it, compare. The trick is in how the point is taken:
# $z = \mu + \sigma \varepsilon$ with $\varepsilon \sim N(0, 1)$.
#
# **Exercise.** Write `reparameterise`. All three arrays have shape `(n, d)`. Stuck? `cl.hint("reparameterise")`.


# %%
def reparameterise(mean, log_variance, noise):
    ### BEGIN SOLUTION
    return mean + np.exp(0.5 * log_variance) * noise
    ### END SOLUTION


# %%
cl.check("reparameterise", reparameterise)

# %% [markdown]
# **Why not simply draw z from N(μ, σ²)?** Both ways give the same distribution. But training needs to know how z
# changes when μ and σ change a little, and follows the red arrows backwards:

# %%
plots.gradient_paths()

# %% [markdown]
# **Predict:** nudge μ by a thousandth and draw again. By how much does z change, divided by that thousandth, when each
# z is drawn anew, and when the noise ε is kept?

# %%
nudge = 1e-3
anew = (rng.normal(1 + nudge, 0.5, 5) - rng.normal(1, 0.5, 5)) / nudge
noise = rng.normal(size=5)
kept = ((1 + nudge + 0.5 * noise) - (1 + 0.5 * noise)) / nudge
print("drawn anew ", anew.round(1), "\nnoise kept ", kept.round(1))

# %% [markdown]
# A slope that is pure chance teaches nothing; a slope of exactly 1 does.
#
# ## What a code costs
#
# The cloud may not go anywhere: it pays for every step away from the prior. The price is the **Kullback–Leibler
# divergence**, in *nats* (1 nat = 1.44 bits): how much the code tells about this image.
#
# $$\mathrm{KL}(q \,\|\, p) = \tfrac12 \sum_{k=1}^{d} \left(\mu_k^2 + \sigma_k^2 - 1 - \log \sigma_k^2\right)$$
#
# **Predict:** where is it 0? What happens as σ goes to 0, a cloud shrunk to a point? **Exercise.** Write
# `kl_divergence` for arrays `(n, d)`: one number per image, `(n,)`. (`cl.hint("kl_divergence")`)


# %%
def kl_divergence(mean, log_variance):
    ### BEGIN SOLUTION
    return 0.5 * (mean**2 + np.exp(log_variance) - 1 - log_variance).sum(axis=1)
    ### END SOLUTION


# %%
cl.check("kl_divergence", kl_divergence)

# %% [markdown]
# **Is the formula true?** The divergence is the mean of $\log q(z) - \log p(z)$ over draws from $q$. So draw, average,
# and compare. **Predict:** how many decimals will 100,000 draws get right?

# %%
mean, log_variance = np.array([[0.8, -0.3]]), np.array([[-1.0, 0.2]])
z = mean + np.exp(0.5 * log_variance) * rng.normal(size=(100_000, 2))
log_q = -0.5 * ((z - mean) ** 2 / np.exp(log_variance) + log_variance)
draws = (log_q + 0.5 * z**2).sum(axis=1)  # log p(z) = −½ z²; the constants cancel
formula = 0.5 * (0.8**2 + np.exp(-1) - 1 + 1) + 0.5 * (0.3**2 + np.exp(0.2) - 1 - 0.2)
print(f"average of draws {draws.mean():.4f} ± {draws.std() / len(draws) ** 0.5:.4f} nats")
print(f"formula          {formula:.4f}   yours {kl_divergence(mean, log_variance)}")

# %% [markdown]
# ## What a reconstruction costs
#
# The other half is how surprised the decoder is by the true pixels, $-\log p(x \mid z)$. Two choices are common, and
# each *assumes* something. **Squared error** assumes that a pixel is its decoded grey plus normal noise of one width
# everywhere. **Cross-entropy** assumes that it is black or white with the decoded grey as its chance; grey levels
# count as shares.
#
# **Predict:** a white pixel is decoded darker and darker. Which of the two prices has a limit?

# %%
print("decoded grey   cross-entropy   squared error / 2σ², σ = 0.2   (nats)")
for grey in (0.9, 0.5, 0.1, 0.01, 0.0001):
    print(f"{grey:12}   {-np.log(grey):13.2f}   {(1 - grey) ** 2 / (2 * 0.2**2):13.2f}")

# %% [markdown]
# Being sure and wrong is what cross-entropy punishes without limit, so it suits images that are mostly black and
# white. `cl.VAE` uses it unless told `reconstruction="gaussian"`.
#
# The chances of independent pixels multiply, so their logarithms **add up over all pixels**.
#
# ## Why these two, and why their sum
#
# One would like to make the true images likely: $\log p(x)$ as large as can be. But the integral runs over all codes,
# and hardly any of them makes this image. So draw codes where it is worth looking, from $q(z \mid x)$, and weigh each
# by how much more often the prior would have drawn it:
#
# $$\log p(x) = \log E_q\!\left[w\right], \qquad w = \frac{p(x \mid z)\, p(z)}{q(z \mid x)}$$
#
# The logarithm of a mean is never less than the mean of the logarithms (Jensen), and that mean is the two prices:
#
# $$\log p(x) \ge E_q[\log w] = E_q[\log p(x \mid z)] - \mathrm{KL}(q(z \mid x) \,\|\, p(z)) = \mathrm{ELBO}(x)$$
#
# This **evidence lower bound** is all that a VAE maximises. What is missing is $\mathrm{KL}(q(z \mid x) \,\|\, p(z \mid x))$:
# how far the encoder's cloud is from the codes that truly could have made the image.
#
# **Exercise.** Write `elbo` with cross-entropy: images and decoded greys `(n, h, w)` in 0…1, codes `(n, d)`; one number
# an image. (`cl.hint("elbo")`)


# %%
def elbo(images, decoded, mean, log_variance):
    ### BEGIN SOLUTION
    likelihood = images * np.log(decoded) + (1 - images) * np.log(1 - decoded)
    divergence = 0.5 * (mean**2 + np.exp(log_variance) - 1 - log_variance).sum(axis=1)
    return likelihood.sum(axis=(1, 2)) - divergence
    ### END SOLUTION


# %%
cl.check("elbo", elbo)

# %% [markdown]
# ## Train it, live
#
# The encoder is dense, with 512 and 256 units and then a mean and a log variance for each latent dimension
# (16 of them for MNIST, 4 for the small digits, which do not use more); the decoder is the same backwards.
# No label is used. Three curves: the loss, which is −ELBO, and its two parts. ■ stops early and keeps the best so far.
#
# **Predict:** −ELBO falls. Do *both* of its parts fall, or does one rise?

# %%
vae = cl.VAE(images.image_shape)
began = time.process_time()
history = cl.fit(vae, images)
training = time.process_time() - began  # CPU-seconds, for later

# %%
history.plot()

# %% [markdown]
# A code that tells nothing costs nothing. Saying more about the image costs KL, and is worth it as long as it saves
# more in the reconstruction.
#
# **Predict:** is −ELBO lower on images it was trained on, and by how much?

# %%
on_test = vae.elbo(images.test)
on_train = vae.elbo(images.train.sample(len(images.test)))
print("train:", on_train, "\ntest: ", on_test)

# %% [markdown]
# **And how loose is the bound?** Take many draws of $z$ for one image and average the weights $w$ *before* the
# logarithm, which is closer to $\log p(x)$ the more draws there are (Burda et al. 2016). The weights of images are as
# small as $e^{-100}$ and far less, so they come as logarithms.
#
# **Exercise.** Write `tighter_bound`: from `log_weights` of shape `(draws, n)` the logarithm of the mean weight of each
# image, `(n,)`. (`cl.hint("tighter_bound")`)


# %%
def tighter_bound(log_weights):
    ### BEGIN SOLUTION
    top = log_weights.max(axis=0)
    return top + np.log(np.exp(log_weights - top).mean(axis=0))
    ### END SOLUTION


# %%
cl.check("tighter_bound", tighter_bound)

# %% [markdown]
# **Predict:** how many nats will fifty draws gain over one?

# %%
few = images.test[:200]
bounds = {draws: vae.elbo(few, samples=draws) for draws in (1, 5, 50)}
print(f"ELBO {bounds[50].elbo.mean():.2f} nats; the mean weight's logarithm:")
print(
    *(f"{draws} draws {bound.importance_weighted_bound.mean():.2f}" for draws, bound in bounds.items()),
    sep="; ",
)
print(f"tighter for {np.mean(bounds[50].importance_weighted_bound > bounds[50].elbo):.0%} of the images")

# %% [markdown]
# **How far can one get?** The same bound for the networks that come with the course, and what they cost to train. The
# best is convolutional and deep, has more dimensions, and took a GPU.

# %%
from capslab.models import effort, manifest

bound = "test negative ELBO (nats)"
mine = {"network": "this one", "dimensions": vae.latent_dim, "cost": f"{training:.0f} CPU-s"}
rows = [mine | {"test −ELBO": -on_test.elbo.mean()}]
for name, facts in manifest().items():
    if name.startswith(f"vae-{images.name}"):
        d = facts["config"]["latent_dim"]
        rows.append({"network": name, "dimensions": d, "cost": effort(facts), "test −ELBO": facts[bound]})
plots.table(rows, {"test −ELBO": "low"})

# %% [markdown]
# ## Collapse on purpose
#
# Losses are often a *mean* over pixels. Harmless? The mean divides the reconstruction by the number of pixels and leaves
# the KL as it is, which is the same as to sum both and weigh the KL with that number.
#
# **Predict:** how many of its dimensions will such a network use? What will all its reconstructions look like?

# %%
several = images.sample(min(12_000, len(images)))
collapsed = cl.VAE(images.image_shape, beta=np.prod(images.image_shape))
cl.fit(collapsed, several, epochs=3, learning_rate=0.01, show=False)
for name, network in (("sum over pixels", vae), ("mean over pixels", collapsed)):
    kl = network.kl_per_dimension(images.test)
    print(
        f"{name}: {network.active_units(images.test)} of {network.latent_dim} active; KL of the dimensions {np.sort(kl)[::-1].round(2)}"
    )
plots.image_grid(np.concatenate([seen.images[:10] / 255, collapsed.reconstruct(seen[:10])]))

# %% [markdown]
# The cheapest code says nothing at all, and the decoder can then only draw one image for everything. This is *posterior
# collapse*. Two instruments see it at once: the **KL of each dimension**, and how many are **active** (their mean moves
# with the image). Look at them whenever you train a VAE; the loss alone will not tell.
#
# ## The price is a dial
#
# Between no price and a ruinous one lies a whole scale: loss = reconstruction + **β** KL (Higgins et al. 2017). β = 1 is
# the ELBO. Seven networks, alike but for β.
#
# **Predict**, before you drag: at which end are the reconstructions sharper? At which end are draws from the prior more
# like real images? How many dimensions are left at β = 8?

# %%
sweep = cl.beta_sweep(images)
cl.explore_beta(sweep)

# %%
tidiest = sweep.sample_distance.argmin()
cl.lessons.judged_in_words(
    "beta-trades",
    f"draws are nearest to real images at β = {sweep.betas[tidiest]:g}, {sweep.sample_distance[tidiest]:.2f} times a real one's "
    f"distance against {sweep.sample_distance[0]:.2f} at β = {sweep.betas[0]:g}; on the way sharpness goes from "
    f"{sweep.sharpness[0]:.0%} to {sweep.sharpness[tidiest]:.0%}, and at β = {sweep.betas[-1]:g} to "
    f"{sweep.sharpness[-1]:.0%} with {sweep.active_units[-1]} active dimensions",
    holds=sweep.sample_distance[tidiest] < 0.95 * sweep.sample_distance[0]
    and sweep.sharpness[tidiest] < sweep.sharpness[0] - 0.01,
    holds_partly=sweep.sharpness[-1] < sweep.sharpness[0] - 0.01,
    refuted=True,
)

# %% [markdown]
# Look where the dashed line turns. Past that point dimensions die, and an average of many images is like none of them.
#
# ## Is it a variant of a GAN?
#
# The article says so. The two objectives side by side:
#
# | | VAE (Kingma & Welling 2013) | GAN (Goodfellow et al. 2014) |
# |---|---|---|
# | Objective | $\max_{q,\,p}\; E_{q(z \mid x)}[\log p(x \mid z)] - \mathrm{KL}(q(z \mid x) \,\|\, p(z))$ | $\min_G \max_D\; E_x[\log D(x)] + E_z[\log(1 - D(G(z)))]$ |
# | Networks | encoder and decoder, on one side | generator against discriminator |
# | Code of a given image | the encoder gives it | none |
# | Bound on $\log p(x)$ | yes | none |
#
# In a game, one side's gain is the other's loss. **Predict:** is there any such side here?

# %%
parts = [layer.name for layer in vae.layers if layer.count_params()]
loss = history.curves["loss"]
cl.verdict(
    "vae-is-gan",
    fact="discriminator" in parts,
    evidence=f"trained parts: {', '.join(parts)}, no discriminator; one loss for all of them, which went from "
    f"{loss[0]:.1f} to {loss[-1]:.1f} nats. The two share only a decoder fed with random codes",
)

# %% [markdown]
# ## Walk through it
#
# Sixteen dimensions, all alike before training. **Predict:** will each carry the same share of the code, or will some
# carry nothing? A dimension counts as *active* when its mean moves with the image.

# %%
kl = vae.kl_per_dimension(images.test)
for i in np.argsort(-kl):
    print(f"z{i:<3}{kl[i]:5.2f} nats  {'█' * round(20 * kl[i])}")
print(f"{vae.active_units(images.test)} of {vae.latent_dim} dimensions are active")

# %% [markdown]
# **What does one dimension do to an image?** Predict before you drag: will a slider change one nameable thing, such as
# slant, width or weight, or several at once? Dimensions are ordered by what they carry. Try the first, then the last;
# then *random*; then two images and the way between them.

# %%
cl.explore_latent(vae, images.test)

# %% [markdown]
# ## How much is kept?
#
# The article asks for the reconstruction error on training and on test images. An error alone says little, so here is a
# rival with as many numbers per image: **principal components** (PCA), the best that a *linear* encoder and decoder can do.
#
# **Predict:** which has the lower squared error? Which of the two loses more on images it never saw?

# %%
from sklearn.decomposition import PCA

known = images.train.sample(min(5000, len(images.train)))
sample = images.test.sample(min(3000, len(images.test)))
train, test = (x.images.reshape(len(x), -1) / np.float32(255) for x in (known, sample))  # (n, pixels)
pca = PCA(vae.latent_dim, random_state=0).fit(train)


def rebuild(name, part, flat):
    """From its components or from its code, (n, pixels)."""
    if name == "PCA":
        return pca.inverse_transform(pca.transform(flat))
    return vae.reconstruct(part).reshape(flat.shape)


def squared_error(true, other):
    return ((true - other) ** 2).sum(axis=1).mean()


# %%
rebuilt = {name: rebuild(name, sample, test) for name in ("PCA", "VAE")}
error = {name: squared_error(test, x) for name, x in rebuilt.items()}
everything = squared_error(test, train.mean(axis=0))  # the error without any code
for name in rebuilt:
    print(
        f"{name}: squared error {squared_error(train, rebuild(name, known, train)):.2f} on train, {error[name]:.2f} on test; "
        f"{1 - error[name] / everything:.0%} of the variance kept"
    )

# %% [markdown]
# **Which is which?** Test images, then PCA, then the VAE. Look for what is lost: a tail, a gap, a pattern.

# %%
shown = np.concatenate([x[:10] for x in (test, *rebuilt.values())]).reshape(-1, *images.image_shape)
plots.image_grid(shown.clip(0, 1), [name for name in ("original", *rebuilt) for _ in range(10)])

# %%
steps = [np.abs(np.diff(x.reshape(-1, *images.image_shape), axis=2)).mean() for x in (rebuilt["VAE"], test)]
kept, sharp = 1 - error["VAE"] / everything, steps[0] / steps[1]  # blur makes steps smaller
cl.lessons.judged_in_words(
    "vae-keeps-quality",
    f"{np.prod(images.image_shape)} numbers become {vae.latent_dim}: {kept:.0%} of the variance is kept "
    f"(PCA {1 - error['PCA'] / everything:.0%}) and {sharp:.0%} of the steps between neighbouring pixels",
    holds=kept > 0.95 and sharp > 0.95,
    holds_partly=kept > 0.5,
    refuted=True,
)

# %% [markdown]
# ## Images that nobody drew
#
# Draw codes from the prior and decode them. **Predict:** how many of twenty will you take for real ones?

# %%
plots.image_grid(vae.sample(20, seed=0))

# %% [markdown]
# **What lies halfway between two images of different classes?** Above, the straight line between their codes; below,
# the same line between their pixels. **Predict:** which middle looks like an image that could exist?

# %%
first = images.test[0]
second = images.test[images.test.labels != first.labels[0]][0]
between = vae.interpolate(first, second, 10)
t = np.linspace(0, 1, 10)[:, None, None, None]
faded = ((1 - t) * first.images + t * second.images) / 255
names = [images.classes[one.labels[0]] for one in (first, second)]
plots.image_grid(np.concatenate([between, faded]), ([names[0], *[""] * 8, names[1]]) * 2)

# %% [markdown]
# **Can one calculate with codes?** Take the mean code of the boldest images minus the mean of all, and add it to the
# codes of others. Or take away the mean of an image's class and add that of another.
#
# **Predict:** will the second row be bolder and still the same classes? In the third, what stays of the first?

# %%
codes = vae.encode(sample)
ink = sample.images.reshape(len(sample), -1).mean(axis=1)
bold = codes[ink >= np.quantile(ink, 0.9)].mean(axis=0) - codes.mean(axis=0)
middle = np.stack([codes[sample.labels == k].mean(axis=0) for k in range(len(images.classes))])
following = (sample.labels + 1) % len(middle)  # the class that each is moved to
moved = codes - middle[sample.labels] + middle[following]
rows = np.concatenate([sample.images[:10] / 255, vae.decode(codes[:10] + bold), vae.decode(moved[:10])])
to = [f"to {images.classes[k]}" for k in following[:10]]
plots.image_grid(rows, [images.classes[k] for k in sample.labels[:10]] + ["bolder"] * 10 + to)

# %%
judge = cl.ready("dense", images)  # a classifier that knows nothing of codes
bolder, other = vae.decode(codes + bold), vae.decode(moved)
said = [judge.classify((255 * x).astype("uint8")) for x in (bolder, other)]
stays, becomes = np.mean(said[0] == sample.labels), np.mean(said[1] == following)
cl.lessons.judged_in_words(
    "codes-arithmetic",
    f"adding boldness multiplies the ink by {bolder.mean() * 255 / ink.mean():.2f} and {stays:.0%} stay in their class; "
    f"{becomes:.0%} of the images moved to another class are taken for one of it",
    holds=stays > 0.9 and becomes > 0.9 and bolder.mean() * 255 > 1.1 * ink.mean(),
    holds_partly=stays > 0.5 and becomes > 0.5,
    refuted=True,
)

# %% [markdown]
# ## The whole space at once
#
# With two dimensions a latent space fits on paper. **Predict:** what does −ELBO become with only 2?

# %%
print(f"2 dimensions: {plane.elbo(images.test)}\n{vae.latent_dim} dimensions: {on_test}")

# %% [markdown]
# **Where does each kind of image live, and what is at the borders?** Decoded on a grid, two deviations to each side:

# %%
side = np.linspace(-2, 2, 16)
grid = np.stack(np.meshgrid(side, side[::-1]), axis=-1).reshape(-1, 2)  # (256, 2), row by row from the top
plots.manifold(plane.decode(grid))

# %% [markdown]
# **And where do the test images land on that map?** Drag the point across a border between two classes. No label was
# used to make this map; their names are only written onto it.

# %%
cl.explore_latent(plane, images.test)

# %% [markdown]
# ## Do the codes tell classes apart?
#
# The article promises *efficient classification and clustering* from a VAE, with accuracy and recall. Classification
# first: the same plain classifier (logistic regression), once on raw pixels, once on as many principal components as
# there are code numbers, once on codes.
#
# **Predict** the order. And which class will have the lowest recall, the share of its images that are found?

# %%
from sklearn.metrics import recall_score

from capslab.lessons import classical_methods

inputs = {
    "pixels": (train, test),
    f"{vae.latent_dim} principal components": (pca.transform(train), pca.transform(test)),
    f"{vae.latent_dim} code numbers": (vae.encode(known), codes),
}

# %%
right, recall, spent = {}, {}, {}
for name, (to_learn, unknown) in inputs.items():
    said = classical_methods.linear_classifier(to_learn, known.labels, unknown)
    spent[name], right[name] = said.seconds, float(np.mean(said.labels == sample.labels))
    recall[name] = recall_score(sample.labels, said.labels, average=None)
    hardest = images.classes[recall[name].argmin()]
    print(f"{name}: accuracy {right[name]:.3f}, lowest recall {recall[name].min():.3f} ({hardest})")

# %%
pixels_right, components_right, codes_right = right.values()
cl.lessons.judged_in_words(
    "vae-classifies",
    f"with {len(known):,} labels and a linear classifier: {codes_right:.1%} from {vae.latent_dim} code numbers, "
    f"{components_right:.1%} from as many principal components, {pixels_right:.1%} from {train.shape[1]} pixels",
    holds=codes_right > max(pixels_right, components_right),
    holds_partly=codes_right > components_right,
    refuted=True,
)

# %% [markdown]
# **And at what price?** The article warns that training a generative model costs more than the classical methods. **Predict** how many times more.

# %%
began = time.process_time()
PCA(vae.latent_dim, random_state=0).fit(train)
components = time.process_time() - began
plain_cost = max(components + spent[f"{vae.latent_dim} principal components"], spent["pixels"])
cl.lessons.judged_in_words(
    "generative-costs-more",
    f"CPU-seconds: the VAE {training:.1f}; {vae.latent_dim} principal components of {len(train):,} images {components:.2f}; the linear "
    f"classifier on pixels {spent['pixels']:.2f}, on components {spent[f'{vae.latent_dim} principal components']:.2f}",
    holds=training > 2 * plain_cost,
    holds_partly=training > plain_cost,
    refuted=True,
)

# %% [markdown]
# ## Do the codes form clusters?
#
# For clustering, take the means μ of the codes, and k-means. Nothing in the ELBO asks for groups; the prior is a single round cloud.
#
# **Predict:** with as many clusters as classes, will the clusters be the classes? Which classes will share one? Then drag k.

# %%
k = len(images.classes)
means, pixels = cl.embed(vae, sample), cl.embed(sample)
cl.explore_clusters(means, k=k)

# %% [markdown]
# **Is that better than raw pixels, or luck?** The same k-means on both, three seeds each. **Predict** the gap.

# %%
accuracy = {
    z.source: [cl.cluster(z, n_clusters=k, seed=seed).at(k).scores.matched_accuracy for seed in range(3)]
    for z in (pixels, means)
}
plots.scores_with_spread(accuracy, f"matched accuracy, k = {k}", (0, 1))

# %%
low, best_pixels = min(accuracy[means.source]), max(accuracy["pixels"])
print(
    f"worst of three starts on {means.dimension} code numbers {low:.2f}, best of three on {pixels.dimension} pixels {best_pixels:.2f}; "
    f"{history.seconds:.0f} s of training came first"
)

# %% [markdown]
# All of these are starts of k-means on **one** VAE. Another training gives another VAE, and it may cluster quite differently. So the claim that a VAE gives efficient clustering is judged in
# [24](24_three_representations.ipynb), with five of them.
#
# ## Finding what does not belong
#
# The article names the quality of data as a challenge. A VAE knows how likely an image is, so unlikely images could be
# pointed out. First within the test set itself: above the ten with the worst bound, below the ten with the best.
#
# **Predict:** what is odd about the upper ten? What do the lower ten have in common?

# %%
best = cl.ready("vae", images) if f"vae-{images.name}" in manifest() else vae
price = -best.elbo(sample, samples=4).elbo  # nats: how surprising each image is
ends = np.concatenate([np.argsort(-price)[:10], np.argsort(price)[:10]])
plots.image_grid(sample[ends], [f"{images.classes[sample.labels[i]]}: {price[i]:.0f}" for i in ends])

# %% [markdown]
# Now images that surely do not belong: noise on some pixels, a quarter turn, black and white exchanged, pixels in another
# order, blank ones, and clothes where they are on this machine. The score is the chance that a spoiled image is more
# surprising than an ordinary one: 1 is perfect, ½ is a coin.
#
# **Predict** the order. Could any of them be *less* surprising than real images?

# %%
from sklearn.metrics import roc_auc_score

from capslab.data import corrupted, noisy_labels

usual = sample[:500]
usual_price, caught = price[:500], {}
for kind, made in corrupted(usual).items():
    odd_price = -best.elbo(made, samples=4).elbo
    truth = np.repeat([0, 1], [len(usual_price), len(odd_price)])
    caught[kind] = float(roc_auc_score(truth, np.concatenate([usual_price, odd_price])))
plots.bars(caught, "chance to be more surprising than an ordinary image", (0, 1.15))

# %% [markdown]
# Where a bar is short of ½, spoiled images are *more* likely than real ones. A blank image is the one to watch: where most
# of an image is black anyway, black is easy to describe. *Likely* is not *typical* (Nalisnick et al. 2019 found the same
# between whole data sets), so look at both ends of the scale.
#
# **And a wrong label?** Change one label in twenty. **Predict:** does the ELBO see it? It was never told any label. What
# about the neighbours in the latent space: do they agree with the label?

# %%
labels, wrong = noisy_labels(sample, share=0.05)
where = best.encode(sample)
near = (
    NearestNeighbors(n_neighbors=16).fit(where).kneighbors(where, return_distance=False)[:, 1:]
)  # without itself
disagree = (labels[near] != labels[:, None]).mean(axis=1)
by = {"ELBO": price, "15 neighbours of the code": disagree}
caught |= {f"mislabelled, by {name}": float(roc_auc_score(wrong, score)) for name, score in by.items()}
suspects = np.argsort(-disagree)[: wrong.sum()]
print({name: round(value, 3) for name, value in caught.items() if "mislabelled" in name})
print(f"of the {wrong.sum()} most suspicious labels {wrong[suspects].mean():.0%} are wrong")

# %%
far = [value for kind, value in caught.items() if kind != "blank" and "mislabelled" not in kind]
cl.lessons.judged_in_words(
    "vae-finds-odd",
    f"by their ELBO: {min(far):.2f} or better for spoiled images, {caught['blank']:.2f} for blank ones, "
    f"{caught['mislabelled, by ELBO']:.2f} for wrong labels; by their neighbours' labels "
    f"{caught['mislabelled, by 15 neighbours of the code']:.2f}",
    holds=min(caught.values()) > 0.9,
    holds_partly=np.mean(far) > 0.9,
    refuted=True,
)

# %%
cl.progress("20")

# %% [markdown]
# ## Answer
#
# **What is a latent space?** A space of codes with a map in both directions: the encoder gives each image a small cloud
# in it, the decoder gives each point an image. A plain autoencoder leaves holes in it. The KL keeps the clouds together
# around the origin and the sampling makes them overlap, so that what lies between two images is close to an image too.
# That smoothness is what a VAE is trained for; blur is its price, and β is the dial between them. Groups are not what it is trained for: nothing
# in the ELBO asks for gaps between classes, so how well k-means does on the codes is a matter of the images, and the numbers above say how well.
# How capsules and a dense network compare at the same k is the question of [24 · Three representations](24_three_representations.ipynb).
#
# **Questions that are often asked**
#
# - *What is a VAE?* An encoder to a cloud of codes and a decoder back, trained together by one bound on the likelihood of the images.
# - *How does it differ from an autoencoder?* Its codes are drawn, and pay for telling: so the space between them can be decoded, and new images can be drawn.
# - *Squared error or cross-entropy?* Whichever describes a pixel: normal noise of one width, or black and white with a grey chance. Summed over pixels either way.
# - *SGD or Adam?* Either; here Adam, whose usual rate seldom needs a search ([05](05_can_you_trust_it.ipynb) lets both run).
# - *How many latent dimensions?* More than it will use; count the active ones.
# - *Does it classify? Does it cluster?* It gives vectors; a classifier or k-means does the rest, as well as the verdicts above say.
# - *My images are in `data.npy`?* `cl.load("data.npy")` ([26](26_your_own_images.ipynb)).
# - *And if some of them are bad?* Look at both ends of the ELBO, and at neighbours that disagree with a label.
# - *Is it expensive?* The verdict on cost above has the seconds. A GPU makes them fewer ([26](26_your_own_images.ipynb)).
# - *Where to go on?* Kingma & Welling 2019, *An Introduction to Variational Autoencoders* (arXiv 1906.02691), is the authors' own textbook;
#   [24](24_three_representations.ipynb) and [25](25_clusters_without_labels.ipynb) put the codes to work.
#
# **Sources.** Kingma & Welling 2013, *Auto-Encoding Variational Bayes* (arXiv 1312.6114); Goodfellow et al. 2014,
# *Generative Adversarial Networks* (arXiv 1406.2661). Higgins et al. 2017, *β-VAE* (ICLR). Burda et al. 2016,
# *Importance Weighted Autoencoders* (arXiv 1509.00519). Nalisnick et al. 2019, *Do Deep Generative Models Know What They
# Don't Know?* (arXiv 1810.09136). Hinton & Salakhutdinov 2006, *Reducing the Dimensionality of Data with Neural Networks*.
