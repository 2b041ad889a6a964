# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 06 · What is a latent space?
#
# Suppose an image were made in two steps: first a few hidden numbers, then all pixels from these. The hidden
# numbers are the *latent* code, and the space they live in is the latent space. A **variational autoencoder** (VAE)
# learns both directions without any label: an encoder from images to codes, a decoder from codes to images.
#
# An article about *classifying and clustering images with a VAE* prints one. Here you look at what it computes,
# build a real one from three short formulas, train it, and walk through its space with sliders.

# %%
import numpy as np

import capslab as cl
from capslab import plots
from capslab.backend import keras

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
printed_decoder = keras.Sequential(
    [
        keras.Input((2,)),
        layers.Dense(128, activation="relu"),
        layers.Dense(7 * 7 * 64, activation="relu"),
        layers.Reshape((7, 7, 64)),
        layers.Conv2DTranspose(64, 3, activation="relu"),
        layers.UpSampling2D(2),
        layers.Conv2DTranspose(32, 3, activation="relu"),
        layers.UpSampling2D(2),
        layers.Conv2DTranspose(1, 3, activation="sigmoid"),
    ]
)
rows, columns = printed_decoder.output_shape[1:3]
print(f"the decoder gives {rows}×{columns}; the images here are {images.shape[0]}×{images.shape[1]}")

# %% [markdown]
# Its encoder ends in two numbers, read as *one mean and one standard deviation*, and both go into the decoder as if
# they were coordinates. The two come from the same kind of output, a plain dense layer.
#
# **Predict:** for what share of the images is this "standard deviation" negative? And if one image goes through twice,
# how much do its two reconstructions differ?


# %%
def printed_encoder(seed):
    keras.utils.set_random_seed(seed)
    return keras.Sequential(
        [
            keras.Input(images.shape),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dense(2),
        ]
    )


some = images.test.images[:300] / 255
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

there = hasattr(tf, "distributions") and hasattr(keras.optimizers.Adam(), "minimize")
fits = (rows, columns) == images.shape[:2]
cl.verdict(
    "the printed VAE trains",
    f"the functions it calls {'exist' if there else 'no longer exist'}; {rows}×{columns} pixels are compared with "
    f"{images.shape[0]}×{images.shape[1]}; of its deviations up to {max(negative):.0%} are negative",
    holds=there and fits and not any(negative),
    refuted=not (there and fits),
)

# %% [markdown]
# ## The real thing, in three parts
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
rng, nudge = np.random.default_rng(0), 1e-3
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
# `kl_divergence` for arrays `(n, d)`: one number an image, `(n,)`. (`cl.hint("kl_divergence")`)


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
# The chances of independent pixels multiply, so their logarithms **add up over all pixels**. Likelihood minus price of
# the code is the **evidence lower bound**, never more than $\log p(x)$, and all that a VAE maximises:
#
# $$\mathrm{ELBO}(x) = \log p(x \mid z) - \mathrm{KL}(q(z \mid x) \,\|\, p(z)) \le \log p(x)$$
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
# The encoder is dense, with 512 and 256 units and then 16 means and 16 log variances; the decoder is the same backwards.
# No label is used. Batches of 256 at twice the usual rate save time where images are many. ■ stops early and keeps
# the best so far.
#
# **Predict:** the loss, −ELBO, falls. Do *both* of its parts fall, or does one rise?

# %%
vae = cl.VAE(images.shape, latent_dim=16)
history = cl.fit(vae, images)

# %%
history.plot()

# %% [markdown]
# A code that tells nothing costs nothing. Saying more about the image costs KL, and is worth it as long as it saves
# more in the reconstruction.
#
# **Predict:** is −ELBO lower on images it was trained on, and by how much? And what if one took the *mean* over pixels,
# as losses often do: which part would then weigh more?

# %%
on_test = vae.elbo(images.test)
on_train = vae.elbo(images.train.sample(len(images.test)))
print("train:", on_train, "\ntest: ", on_test)
a_pixel = on_test.reconstruction.mean() / np.prod(images.shape)
print(f"as a mean over pixels: {a_pixel:.3f} nats against a KL of {on_test.kl.mean():.1f}")

# %% [markdown]
# With the mean, the cheapest thing would be to say nothing at all, and every code would fall back onto the prior
# (*posterior collapse*).
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
    "a VAE is a variant of a GAN",
    f"trained parts: {', '.join(parts)}, no discriminator; one loss for all of them, which went from "
    f"{loss[0]:.1f} to {loss[-1]:.1f} nats. The two share only a decoder fed with random codes",
    refuted="discriminator" not in parts and loss[-1] < loss[0],
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
# The article asks for the reconstruction error on test data. An error alone says little, so here is a rival with as many
# numbers an image: **principal components** (PCA), the best that a *linear* encoder and decoder can do.
#
# **Predict:** which has the lower squared error? And whose images are sharper?

# %%
from sklearn.decomposition import PCA

sample = images.test.sample(min(4000, len(images.test)))
train, test = (
    x.images.reshape(len(x), -1) / np.float32(255) for x in (images.train[:8000], sample)
)  # (n, pixels)
pca = PCA(vae.latent_dim, random_state=0).fit(train)
rebuilt = {
    "PCA": pca.inverse_transform(pca.transform(test)),
    "VAE": vae.reconstruct(sample).reshape(test.shape),
}
everything = ((test - train.mean(axis=0)) ** 2).sum(axis=1).mean()  # the error without any code
error = {name: ((test - x) ** 2).sum(axis=1).mean() for name, x in rebuilt.items()}
for name in rebuilt:
    print(
        f"{name}: squared error {error[name]:.2f} an image, {1 - error[name] / everything:.0%} of the variance kept"
    )

# %% [markdown]
# **Which is which?** Test images, then PCA, then the VAE. Look for what is lost: a tail, a gap, a pattern.

# %%
shown = np.concatenate([x[:10] for x in (test, *rebuilt.values())]).reshape(-1, *images.shape)
plots.image_grid(shown.clip(0, 1), [name for name in ("original", *rebuilt) for _ in range(10)])

# %%
steps = [np.abs(np.diff(x.reshape(-1, *images.shape), axis=2)).mean() for x in (rebuilt["VAE"], test)]
kept, sharp = 1 - error["VAE"] / everything, steps[0] / steps[1]  # blur makes steps smaller
cl.verdict(
    "a VAE keeps image quality while reducing dimension",
    f"{np.prod(images.shape)} numbers become {vae.latent_dim}: {kept:.0%} of the variance is kept "
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
# ## The whole space at once
#
# With two dimensions a latent space fits on paper. **Predict:** what does −ELBO become with 2 in place of 16?

# %%
plane = cl.VAE(images.shape, latent_dim=2)
cl.fit(plane, images, epochs=max(2, history.epochs // 2))
print(f"2 dimensions: {plane.elbo(images.test)}\n16 dimensions: {on_test}")

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
# ## Do the codes form clusters?
#
# The article promises *efficient classification and clustering* from a VAE. For clustering, take the means μ of the
# 16-dimensional codes, and k-means. Nothing in the ELBO asks for groups; the prior is a single round cloud.
#
# **Predict:** at k = 10, will the clusters be the classes? Which classes will share one? Then drag k.

# %%
codes, pixels = cl.embed(vae, sample), cl.embed(sample)
cl.explore_clusters(codes, k=10)

# %% [markdown]
# **Is that better than raw pixels, or luck?** The same k-means on both, three seeds each. **Predict** the gap.

# %%
k = len(images.classes)
accuracy = {
    z.source: [cl.cluster(z, k=k, seed=seed).at(k).scores.matched_accuracy for seed in range(3)]
    for z in (pixels, codes)
}
plots.scores_with_spread(accuracy, f"matched accuracy, k = {k}", (0, 1))

# %%
low, best_pixels = min(accuracy[codes.source]), max(accuracy["pixels"])
cl.verdict(
    "a VAE gives efficient clustering",
    f"{images.name}: worst of three seeds {low:.2f} on {codes.dimension} numbers an image, best of three on "
    f"{pixels.dimension} pixels {best_pixels:.2f}; {history.seconds:.0f} s of training came first",
    holds=low > 0.9,
    holds_partly=low > best_pixels,
    refuted=True,
)

# %%
cl.progress("06")

# %% [markdown]
# ## Answer
#
# **What is a latent space?** A space of codes with a map in both directions: the encoder gives each image a small cloud
# in it, the decoder gives each point an image. The KL keeps the clouds together around the origin and the sampling makes
# them overlap, so that what lies between two images is close to an image too. That smoothness is what a VAE is trained
# for, and blur is its price. Groups are not: nothing in the ELBO asks for gaps between classes, so how well k-means does on the
# codes is a matter of the images, and the numbers above say how well. How capsules and a dense network compare at the same k
# is the question of [07 · Three representations](07_three_representations.ipynb).
#
# **Sources.** Kingma & Welling 2013, *Auto-Encoding Variational Bayes* (arXiv 1312.6114); Goodfellow et al. 2014,
# *Generative Adversarial Networks* (arXiv 1406.2661). A weight β on the KL trades sharpness against tidiness: Higgins et
# al. 2017, and `cl.VAE(images.shape, beta=4)`.
