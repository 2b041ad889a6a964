# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 22 · When it goes wrong
#
# > **How does a VAE fail, and how would you notice?**
#
# A broken program stops with an error. A broken VAE trains to the end and has learned nothing.
# In this lesson you break one on purpose, build the instruments that show it, and then fool a healthy one.
#
# **After this lesson you can** recognise a collapsed VAE, judge draws by precision and recall, say what β costs and gives, and explain why a likely image need not be typical.
#
# **You need** [19](19_surprise.ipynb) for surprise, [20](20_build_a_vae.ipynb) and [21](21_latent_space.ipynb). The text describes the results on MNIST.
#
# **Time:** …

# %%
import math

import numpy as np
from IPython.display import display
from sklearn.neighbors import NearestNeighbors

import capslab as cl
from capslab import plots
from capslab.data import corrupted, noisy_labels
from capslab.lessons import beta_runs, vae_runs

images = cl.load()
kl_divergence = cl.mine("kl_divergence")

cl.recall("22")

# %% [markdown]
# ## One innocent mean
#
# Many losses are a *mean* over pixels. Is that harmless in a VAE?
# It divides the reconstruction's part by the number of pixels and leaves the KL as it is, which is the same as making the KL 784 times as expensive.
# Here are two networks, trained alike but for this mean.

# %%
cl.guess(
    "used_with_a_mean", "How many of its 16 dimensions will the network with the mean use?", between=(0, 16)
)

# %%
several = images.sample(min(10_000, len(images)), seed=0)
dearer = {"sum over pixels": 1, "mean over pixels": math.prod(images.image_shape)}
networks = {name: cl.VAE(images.image_shape, latent_dim=16, beta=beta) for name, beta in dearer.items()}
for network in networks.values():
    cl.fit(network, several, epochs=3, learning_rate=0.01, show=False)

# %% [markdown]
# Two instruments look inside.
# One is your KL from lesson 19, for each dimension separately: how much does it tell?
# The other asks whether a dimension moves at all: it is **active** if its mean $\mu$ has a variance above 0.01 from image to image (Burda et al. 2016).
#
# **Your turn.** Write `active_units(means)`. It takes the means of n images, `(n, d)`, and returns how many dimensions are active.


# %%
def active_units(means):
    ### BEGIN SOLUTION
    return int((means.var(axis=0) > 0.01).sum())
    ### END SOLUTION


# %%
cl.check("active_units", active_units)

# %%
active_units = cl.mine("active_units", active_units)

# %%
some = images.test.sample(min(1000, len(images.test)), seed=0)
rows, active = [], {}
for name, network in networks.items():
    cloud = network.posterior(some)  # .mean and .log_variance, (images, 16) each
    nats = [kl_divergence(cloud.mean[:, [i]], cloud.log_variance[:, [i]]).mean() for i in range(16)]
    active[name] = active_units(cloud.mean)
    row = {"loss": name, "active": active[name], "KL of a dimension": f"{min(nats):.2f} to {max(nats):.2f}"}
    rows.append(row | {"all": round(sum(nats), 2)})
display(plots.table(rows))
rebuilt = [network.reconstruct(some[:10]) for network in networks.values()]
plots.image_grid(np.concatenate([some.images[:10] / 255, *rebuilt]))

# %%
blur = rebuilt[1]
cl.reveal(
    "used_with_a_mean",
    active["mean over pixels"],
    f"Telling something costs more than it ever saves, so the cheapest code tells nothing, and the decoder makes the same "
    f"image of all of them: no pixel differs by more than {np.ptp(blur, axis=0).max():.3f}. With the sum, {active['sum over pixels']} are active.",
)

# %% tags=["holds"]
assert active == {"sum over pixels": 16, "mean over pixels": 0}
assert rows[1]["all"] == 0
assert np.ptp(blur, axis=0).max() < 0.01

# %% [markdown]
# This is **posterior collapse**: the cloud of every image is the prior.
# Nothing stopped with an error. Look at both instruments whenever you train a VAE.
#
# ## How good are draws?
#
# A collapsed network draws one grey blur for ever. How does one *measure* how good draws are?
# The distance to the nearest real image will not do: a blur is close to everything.
# Kynkäänniemi and others (2019) take what a judge network sees in an image (here, what its feature maps hold in each quarter), and put a ball around each real image that reaches to its third-nearest real neighbour.
# **Precision** is the share of draws inside such a ball: could this be real?
# **Recall** is the share of real images inside a ball around a draw: does it draw everything there is?
#
# A measure has to be tried out first, so the table begins with images of known quality. The numbers are means over five networks.

# %%
runs = vae_runs.measured(images.name)
order = ["real images", "blurred images", "fragments", "autoencoder", "VAE"]
plots.table(
    [{"images": kind, **{name: np.mean(v) for name, v in runs["draws"][kind].items()}} for kind in order]
)

# %% tags=["holds"]
precision, recall = (
    {kind: np.mean(runs["draws"][kind][what]) for kind in order} for what in ("precision", "recall")
)
assert 0.83 < min(precision["real images"], recall["real images"]) < 0.95
assert max(precision["blurred images"], precision["fragments"], recall["blurred images"]) < 0.05
assert recall["fragments"] < 0.12
assert 0.34 < precision["VAE"] < 0.46
assert abs(precision["autoencoder"] - precision["VAE"]) < 0.08
assert recall["autoencoder"] > recall["VAE"] + 0.05

# %% [markdown]
# Even real images stay below 1, because some have no near neighbour among so few.
# Blur and fragments get next to nothing, so the judge punishes both. Of the VAE's draws it believes four in ten.
# And a plain autoencoder of the same size does as well, with a better recall, if one draws from a cloud that has the mean and covariance of its codes. (Ghosh and others, 2020, found that autoencoders can keep up with VAEs.)
# So the KL is not the only way around the holes. It gives a prior known beforehand, and a bound on the surprise.
#
# ## The price is a dial
#
# Between a price of nothing and one of 784 lies a whole scale: loss = reconstruction + **β** · KL (Higgins et al. 2017), and β = 1 is the ELBO.
# Drag β, and watch reconstructions, draws, and the bars, the nats of each dimension.

# %%
cl.explore_beta(cl.beta_sweep(images))

# %% tags=["holds"]
sweep = cl.beta_sweep(images)
assert sweep.sharpness.argmax() == 0
assert sweep.active_units.tolist() == [16] * 6 + [10]
assert sweep.sharpness[-1] < 0.45

# %% [markdown]
# At β = 0 the reconstructions are sharpest and the draws are scraps: without a price the clouds lie anywhere, and the prior hits the holes between them.
# At β = 8 dimensions fall silent, and everything is a blur.
# The dashed line rests on the distance to the nearest image, so let our judge look, at five networks for each β.

# %%
by_beta = beta_runs.measured(images.name)
measures = ("sharpness", "precision", "recall")
curves = {name: [values.mean() for values in by_beta[name].values()] for name in measures}
display(plots.lines(list(by_beta["recall"]), curves, "β", "share, mean of five networks"))
display(cl.verdict("beta-trades", by_beta["sharpness"][0.0], by_beta["sharpness"][4.0]))
cl.verdict("beta-draws", by_beta["precision"][4.0], by_beta["precision"][0.0])

# %% tags=["holds"]
assert (np.diff(curves["sharpness"]) < 0).all()
best = {name: list(by_beta[name])[int(np.argmax(curves[name]))] for name in measures}
assert best == {"sharpness": 0, "precision": 1, "recall": 0.5}
assert curves["precision"][2] > 3 * curves["precision"][0]
assert curves["precision"][4] < curves["precision"][2] - 0.05
assert 5 * curves["recall"][4] < curves["recall"][2] < curves["recall"][1]

# %% [markdown]
# Both claims compare β = 0 with β = 4, and both hold. Still, the curves say more than their ends.
# Without a price the judge believes a tenth of the draws, at β = 1 more than a third. Beyond that precision falls again, and recall with it: at β = 4 the draws cover a twentieth of the real images.
# So more is not better.
#
# ## Which images do not belong?
#
# A VAE puts a number on every image, −ELBO, a bound on its surprise.
# Here are the ten most and the ten least surprising of 1,000 test images, with their nats.

# %%
vae = cl.ready("vae", images)
price = -vae.elbo(some, samples=4).elbo
order = np.argsort(-price)
ends = np.concatenate([order[:10], order[-10:]])
plots.image_grid(some[ends], [f"{images.classes[some.labels[i]]}: {price[i]:.0f}" for i in ends])

# %% tags=["holds"]
ink = some.images.mean(axis=(1, 2, 3))
assert (some.labels[order[-10:]] == 1).all()
assert ink[order[:10]].min() > np.median(ink)

# %% [markdown]
# Above are unusual digits with much ink, below nothing but upright 1s.
#
# Now some that surely do not belong: noise in a tenth of the pixels, a quarter turn, black and white exchanged, pixels in another order, blank ones, and clothes where they are at hand.
# How well does a score tell them from real ones? Take one image of each: how often does the odd one score higher? A coin gives ½.
# (The usual name is *area under the ROC curve*.)
#
# **Your turn.** Write `chance_higher(usual, odd)` for two arrays of scores, `(n,)` and `(m,)`.
# Of all $n \cdot m$ pairs, return the share in which the odd one is higher; equal scores count as half.


# %%
def chance_higher(usual, odd):
    ### BEGIN SOLUTION
    pairs = odd[:, None] - usual  # (odd, usual)
    return float((pairs > 0).mean() + 0.5 * (pairs == 0).mean())
    ### END SOLUTION


# %%
cl.check("chance_higher", chance_higher)

# %%
chance_higher = cl.mine("chance_higher", chance_higher)

# %%
cl.guess(
    "least_surprising",
    "Which of them will the VAE find least surprising?",
    choices=["noisy", "rotated", "negative", "scrambled", "blank"],
)

# %%
nats = {kind: -vae.elbo(x, samples=4).elbo for kind, x in corrupted(some[:500]).items()}
caught = {kind: chance_higher(price[:500], one) for kind, one in nats.items()}
truth = f"""A blank image costs {nats["blank"].mean():.0f} nats, and the cheapest real one {price.min():.0f}: of 100 real images it is less surprising than
{100 - 100 * caught["blank"]:.0f}. Where images are mostly black, black is easy to describe."""
display(cl.reveal("least_surprising", min(caught, key=caught.get), truth))
plots.bars(caught, "chance to be more surprising than a real image", (0, 1.15))

# %%
kinds = {kind: chances for kind, chances in runs["caught"].items() if "label" not in kind}
over_kinds = np.mean(list(kinds.values()), axis=0)  # one number per network
each = ", ".join(f"{kind} {np.mean(chances):.2f}" for kind, chances in kinds.items())
cl.verdict("vae-finds-odd", over_kinds, evidence=f"The mean over {len(kinds)} kinds: {each}.")

# %% tags=["holds"]
assert len(kinds) == 6
assert np.mean(kinds["blank"]) < 0.01
assert min(np.mean(chances) for kind, chances in kinds.items() if kind != "blank") > 0.9

# %% [markdown]
# Five of the six kinds are found nearly always, and one never. A mean over kinds hides that, so read the list.
#
# ## Likely is not typical
#
# How can a blank image be likelier than every digit, if the network has seen nothing but digits?
# Flip a coin a hundred times that shows heads nine times in ten.
# The likeliest series of all is a hundred heads. Yet you will see it once in 38,000 attempts: it is *one* series, and there are very many with about ten tails, the **typical** ones.
# Pixels are such coins, and blank is all heads.
# Codes, too: the centre is the likeliest code, and no test image lies within 2 of it.
#
# **Try it.** Paint an image with at least 30 white pixels that is likelier than *every* real one, by changing the marked line. The square is a start, and not a good one.

# %%
height, width = images.image_shape[:2]
mine = np.zeros(images.image_shape, np.uint8)
mine[height // 3 : 2 * height // 3, width // 3 : 2 * width // 3] = 255  # change this line
nats_of_mine = -vae.elbo(mine[None], samples=20).elbo[0]
print(f"yours {nats_of_mine:.0f} nats, the least surprising real image {price.min():.0f}")

# %%
stroke, blank = np.zeros((2, *images.image_shape), np.uint8)
stroke[height // 7 : -(height // 7), width // 2 - 1 : width // 2 + 1] = 255
shown = {"yours": mine, "real": some.images[price.argmin()], "ruler": stroke, "blank": blank}
costs = {name: -vae.elbo(x[None], samples=20).elbo[0] for name, x in shown.items()}
plots.image_grid(np.stack(list(shown.values())), [f"{name}: {cost:.0f}" for name, cost in costs.items()])

# %% tags=["holds"]
assert stroke.mean() == 255 * 40 / 784
every_price = -vae.elbo(images.test, samples=4).elbo
assert costs["blank"] < costs["ruler"] < every_price.min() - 3 < costs["yours"]
cheap = images.test[np.argsort(every_price)[:100]]  # and not because the bound is looser for real ones
assert vae.log_likelihood(stroke[None], samples=200)[0] > vae.log_likelihood(cheap, samples=200).max() + 1
assert caught["blank"] == 0
assert 37_000 < 1 / 0.9**100 < 38_000
assert 2 < np.linalg.norm(vae.encode(images.test), axis=1).min() < 2.6

# %% [markdown]
# One upright stroke, as with a ruler, is enough: it costs less than any of the 10,000 test images. It is what 1s have in common, without what makes each of them somebody's.
# Nalisnick and others (2019) found the same between whole data sets, with better networks than ours. So look at both ends of the scale.
#
# ## And a wrong label?
#
# Give one test image in twenty a wrong label. Does the surprise see it?
# Or do an image's 15 nearest neighbours, by the share of them whose label differs?

# %%
labels, wrong = noisy_labels(some, share=0.05)
suspicion = {"surprise": price}
for name, z in {"neighbours in pixels": cl.embed(some), "neighbours in codes": cl.embed(vae, some)}.items():
    near = NearestNeighbors(n_neighbors=15).fit(z.vectors).kneighbors(return_distance=False)
    suspicion[name] = (labels[near] != labels[:, None]).mean(axis=1)  # the share that disagrees
chances = {name: chance_higher(score[~wrong], score[wrong]) for name, score in suspicion.items()}
plots.bars(chances, "chance that a wrong label is more suspicious than a right one", (0, 1.15))

# %% tags=["holds"]
assert 0.4 < chances["surprise"] < 0.62
assert chances["neighbours in codes"] > chances["neighbours in pixels"] > 0.97

# %% [markdown]
# The surprise is hardly better than a coin, as the image itself is fine. The neighbours see nearly every wrong label, in codes a little better than in pixels.
#
# ## Now with other images
#
# Does the mean do the same harm to clothes?

# %%
other = cl.load_other(images)
small = other.sample(min(5000, len(other)), seed=0)
for name, beta in {"sum": 1, "mean": math.prod(other.image_shape)}.items():
    network = cl.VAE(other.image_shape, latent_dim=16, beta=beta)
    cl.fit(network, small, epochs=3, learning_rate=0.01, show=False)
    print(
        f"{other.name}, {name} over pixels: {active_units(network.encode(small.test))} of 16 dimensions active"
    )

# %% [markdown]
# It does: a code that costs more than it saves is never worth sending, whatever the images show.
#
# ## Look back
#
# If you did not guess that the blank image is the least surprising, you took "likely" for "typical", which is easily done.

# %%
cl.guesses("22")

# %% [markdown]
# ## Answer
#
# **How does a VAE fail, and how would you notice?**
# Quietly: with a mean in place of a sum it collapses and tells nothing, which the KL of each dimension and the number of active ones show.
# Its draws may look better than they are, which precision and recall show, once they have been tried on blur and fragments.
# And its surprise finds most odd images, but not a blank one, which is likelier than every real image and not typical.
#
# **Sources.** Burda et al. 2016 ([arXiv 1509.00519](https://arxiv.org/abs/1509.00519)); Kynkäänniemi et al. 2019 ([arXiv 1904.06991](https://arxiv.org/abs/1904.06991)); Ghosh et al. 2020, *From variational to deterministic autoencoders* ([arXiv 1903.12436](https://arxiv.org/abs/1903.12436)); Higgins et al. 2017, *β-VAE* (ICLR); Nalisnick et al. 2019, *Do deep generative models know what they don't know?* ([arXiv 1810.09136](https://arxiv.org/abs/1810.09136)).
#
# Next: [23 ★ · A place among published numbers](23_published_numbers.ipynb).
