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
# Here you break one on purpose, build the instruments that show it, and fool a healthy one.
#
# **After this lesson you can** recognise a collapsed VAE, judge draws by precision and recall, say what β costs and gives, and explain why a likely image need not be typical.
#
# **You need** [19](19_surprise.ipynb) for the ELBO, [20](20_build_a_vae.ipynb) and [21](21_latent_space.ipynb). The text describes the results on MNIST.
#
# **Time:** …

# %%
import math

import numpy as np
from IPython.display import display

import capslab as cl
from capslab import plots
from capslab.data import corrupted
from capslab.lessons import beta_runs, interval, vae_runs

images = cl.load()
kl_divergence = cl.mine("kl_divergence")

cl.recall("22")

# %% [markdown]
# ## One innocent mean
#
# Many losses are a *mean* over pixels; Keras's mean squared error is one.
# In a VAE, a mean divides the reconstruction's part by the number of pixels and leaves the KL.
# Up to the size of the steps, the KL gets 784 times as expensive, so we run two networks that differ only in this price.

# %%
cl.guess(
    "used_with_a_mean", "How many of its 16 dimensions will the network with the mean use?", between=(0, 16)
)

# %%
several = images.sample(min(10_000, len(images)), seed=0)
some = images.test.sample(min(1000, len(images.test)), seed=0)
average = np.broadcast_to(several.train.images.mean(axis=0) / 255, some[:10].images.shape)
dearer = {"sum over pixels": 1, "mean over pixels": math.prod(images.image_shape)}
networks = {name: cl.VAE(images.image_shape, latent_dim=16, beta=beta) for name, beta in dearer.items()}
for network in networks.values():
    cl.fit(network, several, epochs=4, learning_rate=0.02, show=False)

# %% [markdown]
# One instrument is your KL from lesson 19, for each dimension: how much does it tell?
# The other asks whether a dimension moves at all. It is **active** if its mean $\mu$ has a variance above 0.01 from image to image (Burda et al. 2016).
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
rows, active = [], {}
for name, network in networks.items():
    mean, log_variance = vars(network.posterior(some)).values()  # (images, 16) each
    nats = [kl_divergence(mean[:, [i]], log_variance[:, [i]]).mean() for i in range(16)]
    active[name] = active_units(mean)
    told = {"active": active[name], "KL of a dimension": f"{abs(min(nats)):.2f} to {max(nats):.2f}"}
    rows.append({"loss": name} | told | {"all": round(abs(sum(nats)), 2)})  # a KL of 0 may be rounded to -0
told = f"A nat of KL must save {math.prod(images.image_shape)} nats of reconstruction, but without any code all the pixels cost {networks['mean over pixels'].elbo(some).reconstruction.mean():.0f}. So a whole nat never pays, and training found no fraction of one that does: the code tells nothing. With the sum, {active['sum over pixels']} dimensions are active."
display(cl.reveal("used_with_a_mean", active["mean over pixels"], told))
display(plots.table(rows))
rebuilt = (network.reconstruct(some[:10]) for network in networks.values())
plots.image_grid(np.concatenate([some.images[:10] / 255, *rebuilt, average]))

# %% tags=["holds"]
collapsed = networks["mean over pixels"]
blur, spent = collapsed.reconstruct(some[:10]), collapsed.elbo(some).reconstruction.mean()
assert active == {"sum over pixels": 16, "mean over pixels": 0}
assert rows[1]["all"] == 0
assert np.ptp(blur, axis=0).max() < 0.01
assert spent < math.prod(images.image_shape)
assert np.abs(blur - average).mean() < 0.05
assert blur[:, :2].max() < 0.03

# %% [markdown]
# From above: images, reconstructions with the sum and with the mean, and the average training image, the best a decoder can do if it is told nothing.
# This is **posterior collapse**: the cloud of every image is the prior.
#
# ## How good are draws?
#
# The distance to the nearest real image will not do as a measure: a blur is close to everything.
# Kynkäänniemi and others (2019) ask a judge network. Ours, a convolutional classifier, describes an image by the means and standard deviations of its feature maps in each quarter.
# Around each real image lies a ball that reaches to its third-nearest real neighbour.
# **Precision** is the share of draws inside at least one such ball: could this be real?
# **Recall** is the share of real images inside at least one ball around a draw, which reaches to its third-nearest *draw*: does it draw everything?
#
# First try it on real images, real ones out of focus, and fragments (what is left on one side of a line).
# 2,000 of each meet 2,000 real ones; the numbers are means over five networks.

# %%
runs = vae_runs.measured(images.name)
order = ["real images", "blurred images", "fragments", "autoencoder", "VAE"]
full = {"autoencoder": "autoencoder, fitted cloud", "VAE": "VAE, prior"}
means = {kind: {name: np.mean(v) for name, v in runs["draws"][kind].items()} for kind in order}
plots.table([{"images": full.get(kind, kind), **means[kind]} for kind in order])

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
# Even real images stay below 1: some have no near neighbour among 2,000. Blur and fragments get next to nothing, and of the VAE's draws about four in ten pass.
# A plain autoencoder of the same size has the same precision and a better recall.
# But it drew from a cloud fitted to its codes, and the VAE from its prior, where lesson 20 found many holes. A fairer race follows.
#
# ## The price is a dial
#
# Between a price of nothing and one of 784 lies a whole scale: loss = reconstruction + **β** · KL (Higgins et al. 2017), and β = 1 is −ELBO.
# Drag β, and watch reconstructions, draws from the prior, and the nats of each dimension (the bars). These networks have made only three passes.
# (The dashed curve is the distance just rejected, smallest at β = 2.)

# %%
cl.explore_beta(cl.beta_sweep(images))

# %% tags=["holds"]
sweep = cl.beta_sweep(images)
assert sweep.sharpness.argmax() == 0
assert sweep.active_units.tolist() == [16] * 6 + [10]
assert sweep.sharpness[-1] < 0.45
assert sweep.betas[sweep.sample_distance.argmin()] == 2

# %% [markdown]
# At β = 0 the reconstructions are sharpest, and many draws are faint or broken.
# But there nothing asks codes to lie where the prior draws, so draw also from a cloud fitted to them.
# Our judge looks at five networks for each β (ten passes over 20,000 images, 1,000 draws each).
# (*Sharpness* is that of lesson 21.)

# %%
by_beta = beta_runs.measured(images.name)
names = {"sharpness": "sharpness", "precision": "precision, prior", "fitted_precision": "precision, fitted"}
names |= {"recall": "recall, prior", "fitted_recall": "recall, fitted"}
columns = {name: by_beta[key] for key, name in names.items()}
betas = list(by_beta["recall"])
rows = [{"β": f"{b:g}"} | {name: np.mean(v[b]) for name, v in columns.items()} for b in betas]
display(plots.table(rows))
gain = interval.difference_interval(*(by_beta["fitted_precision"][b] for b in (1.0, 0.0)))
print(f"fitted precision, β = 1 minus 0: {gain.estimate:+.3f} ({gain.low:+.3f} to {gain.high:+.3f})")
display(cl.verdict("beta-trades", by_beta["sharpness"][0.0], by_beta["sharpness"][4.0]))
cl.verdict("beta-draws", by_beta["fitted_precision"][4.0], by_beta["fitted_precision"][0.0])

# %% tags=["holds"]
curves = {name: [row[name] for row in rows] for name in names.values()}
fitted = {
    what: {b: v.mean() for b, v in by_beta[f"fitted_{what}"].items()} for what in ("precision", "recall")
}
assert (np.diff(curves["sharpness"]) < 0).all()
assert 0.08 < curves["precision, prior"][0] < 0.13
assert abs(fitted["precision"][4.0] - fitted["precision"][0.0]) < 0.05
if images.name == "mnist":
    assert gain.low > 0.04
    assert np.ptp([fitted["precision"][b] for b in (0.5, 1.0, 2.0)]) < 0.05
    assert min(fitted["precision"][b] for b in (0.5, 1.0, 2.0)) > fitted["precision"][0.0] + 0.05
    assert (np.diff(curves["recall, fitted"]) < 0).all()
    assert fitted["recall"][4.0] < 0.1 < 0.4 < fitted["recall"][0.0]
assert curves["recall, prior"][4] < 0.06

# %% [markdown]
# A larger β costs sharpness. Whether it makes better draws depends on where one draws.
# From the prior, only a tenth of the draws pass at β = 0. From fitted clouds the race is fair: at β = 1 clearly more pass than at 0, where the network is nearly a plain autoencoder, but they cover less.
# So the VAE, which had fewer holes in lesson 20, makes better draws, too. From 0.5 to 2 precision hardly changes; at 4 it is back where it was at 0 (the verdict compares only these ends), and recall is all but gone.
# Above all, the KL buys a prior that is known beforehand, and at β = 1 a bound to compare models by.
#
# ## Which images do not belong?
#
# A VAE scores every image by −ELBO, which is at least the surprise if pixels are black or white. With grey levels it is only a score.
# Here are the ten highest and ten lowest of 1,000 test images.

# %%
vae = cl.ready("vae", images)
vae.usual_images = None  # odd ones will follow on purpose, so no advice about them
share = np.clip(several.train.images.mean(axis=0) / 255, 0.001, 0.999)


def by_pixel(x):  # lesson 19's first model, each pixel alone, in nats (n,)
    return -(x / 255 * np.log(share) + (1 - x / 255) * np.log(1 - share)).sum(axis=(1, 2, 3))


price = -vae.elbo(some, samples=20).elbo
order = np.argsort(-price)
ends = np.concatenate([order[:10], order[-10:]])
plots.image_grid(some[ends], [f"{images.classes[some.labels[i]]}: {price[i]:.0f}" for i in ends])

# %% tags=["holds"]
ink = some.images.mean(axis=(1, 2, 3))
assert (some.labels[order[-10:]] == 1).all()
assert ink[order[:10]].min() > np.median(ink)
assert np.corrcoef(ink, price)[0, 1] > 0.5

# %% [markdown]
# Above are wide, unusual digits, below nothing but 1s, most upright.
#
# Now some that do not belong: noise in a tenth of the pixels, a quarter turn, black and white exchanged, pixels in another order, blank ones (all black), and clothes.
# Take one real and one odd image: how often does the odd one score higher? A coin gives ½.
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
    "Which of them will get the lowest score?",
    choices=["noisy", "rotated", "negative", "scrambled", "blank"],
)

# %%
usual, middle, rows, nats = price[:500], np.median(price), [], {}
for kind, x in corrupted(some[:500]).items():
    odd = nats[kind] = -vae.elbo(x, samples=20).elbo
    alone = chance_higher(by_pixel(some[:500].images), by_pixel(x))
    both_ends = chance_higher(abs(usual - middle), abs(odd - middle))
    rows.append(
        {"odd": kind, "VAE": chance_higher(usual, odd), "pixels alone": alone, "VAE, both ends": both_ends}
    )
truth = f"A blank image scores {nats['blank'].mean():.0f} nats. Of the 1,000 real ones {np.mean(price > nats['blank'][0]):.0%} score higher, the lowest {price.min():.0f}."
cl.reveal("least_surprising", min(nats, key=lambda kind: nats[kind].mean()), truth)

# %%
display(plots.table(rows))
kinds = {kind: chances for kind, chances in runs["caught"].items() if "label" not in kind}
over_kinds = np.mean(list(kinds.values()), axis=0)  # one number per network
each = ", ".join(f"{kind} {np.mean(chances):.2f}" for kind, chances in kinds.items())
each += f"; pixels alone, here: {np.mean([row['pixels alone'] for row in rows]):.2f}"
by_elbo, by_neighbours = (np.mean(runs["caught"][f"wrong labels, by {by}"]) for by in ("ELBO", "neighbours"))
print(f"wrong labels: −ELBO {by_elbo:.3f}, neighbours {by_neighbours:.3f}")
cl.verdict("vae-finds-odd", over_kinds, evidence=f"The mean over {len(kinds)} kinds: {each}.")

# %% tags=["holds"]
found = {row["odd"]: row for row in rows}
assert len(kinds) == 6
assert np.mean(kinds["blank"]) < 0.01
assert min(np.mean(chances) for kind, chances in kinds.items() if kind != "blank") > 0.9
assert found["rotated"]["VAE"] > found["rotated"]["pixels alone"] + 0.1
assert min(row["pixels alone"] for kind, row in found.items() if kind not in ("rotated", "blank")) > 0.97
assert found["blank"]["VAE, both ends"] > 0.95
assert found["rotated"]["VAE, both ends"] < found["rotated"]["VAE"] - 0.02
assert abs(by_elbo - 0.5) < 0.06
assert round(by_neighbours, 3) == 0.995 or images.name != "mnist"
assert by_neighbours > 0.95

# %% [markdown]
# Five of the six kinds are found in more than nine pairs of ten, and one never. A mean over kinds hides that, and depends on the list.
# The model of single pixels, without any code, does nearly as well with four of the five, but not with the quarter turn.
# The last column asks how far a score is from the median, on either side: it finds blank images, too, and loses some rotated ones.
# Wrong labels (one in twenty was exchanged) it cannot see, as it is shown none.
# Ranked by how many of the 15 nearest neighbours in codes disagree with the label, a wrong one comes before a right one in 99.5 % of the pairs.
#
# ## Likely is not typical
#
# Was the blank image's low score fair? A grey pixel costs something even if it is decoded perfectly, and a blank image has none.
# So make the 1,000 black and white, and let `log_likelihood` come closer to $\log p(x)$ than the ELBO, with many draws per image (lesson 23 shows how).

# %%
black_white = np.where(some.images > 127, 255, 0).astype(np.uint8)
bounds = -vae.elbo(black_white, samples=4).elbo
front = black_white[np.argsort(bounds)[:50]]  # those with the lowest bounds
nothing = np.zeros((1, *images.image_shape), np.uint8)
blank, *real = -vae.log_likelihood(np.concatenate([nothing, front]), samples=500)
real = np.array(real)
lower = np.sort(bounds)
print(f"blank {blank:.1f} nats, the likeliest of {len(real)} real images {real.min():.1f}")
print(f"the others' bounds: {lower[50]:.1f} and more, half of all {np.median(bounds):.0f} and more")
print(f"the closer look lowered a bound by {(lower[:50] - real).max():.1f} nats at most")

# %% tags=["holds"]
assert real.min() > blank + 1
assert lower[50] - (lower[:50] - real).max() > blank + 3
ink = black_white[..., 0] > 127  # (n, h, w)
white = np.clip(vae.decode(vae.encode(black_white))[..., 0], 1e-6, 1 - 1e-6)
cost = -np.log(np.where(ink, white, 1 - white))  # nats of each pixel
beside = np.pad(ink, ((0, 0), (1, 1), (1, 1)), mode="edge")
up, down, left, right = (beside[:, y : y + 28, x : x + 28] for y, x in ((0, 1), (2, 1), (1, 0), (1, 2)))
edge = (up != ink) | (down != ink) | (left != ink) | (right != ink)
assert 0.15 < edge.mean() < 0.2
assert cost[edge].sum() > 0.9 * cost.sum()
assert cost[~edge].mean() < 0.01
assert vae.elbo(nothing, samples=20).reconstruction[0] < 4
assert 37_000 < 1 / 0.9**100 < 38_000

# %% [markdown]
# In black and white, blank is still likelier than all 50 real images that we looked at closely, and very probably than the other 950, whose bounds are much higher.
# Why? Pixels of which the decoder is sure cost next to nothing. Those at the edges of strokes, a fifth of all, cost nine tenths of the nats for pixels, and a blank image has no edges.
#
# Take a coin that shows heads nine times in ten, and flip it a hundred times. The likeliest series is a hundred heads.
# Yet you will see it once in 38,000 attempts: it is *one* series, and very many have about ten tails, the **typical** ones.
# What is likeliest may never be seen. This model's pixels, given $z$, are such coins.
#
# **Try it.** By changing the marked line, paint a black-and-white image with at least 30 white pixels that is likelier than the likeliest real one.

# %%
height, width = images.image_shape[:2]
mine = np.zeros(images.image_shape, np.uint8)
mine[height // 3 : 2 * height // 3, width // 3 : 2 * width // 3] = 255  # change this line
nats_of_mine = -vae.log_likelihood(mine[None], samples=500)[0]
print(f"yours {nats_of_mine:.1f} nats, the likeliest real image {real.min():.1f}")

# %%
ruler = np.zeros(images.image_shape, np.uint8)
ruler[height // 7 : -(height // 7), width // 2 - 1 : width // 2 + 2] = 255
nats_of_ruler = -vae.log_likelihood(ruler[None], samples=500)[0]
shown = {"yours": mine, "real": front[real.argmin()], "ruler": ruler, "blank": nothing[0]}
costs = dict(zip(shown, (nats_of_mine, real.min(), nats_of_ruler, blank), strict=True))
plots.image_grid(np.stack(list(shown.values())), [f"{name}: {cost:.1f}" for name, cost in costs.items()])

# %% tags=["holds"]
assert ruler.mean() == 255 * 60 / 784
assert costs["ruler"] < real.min() - 1 < costs["yours"]

# %% [markdown]
# One upright stroke, as with a ruler, is likelier to this model than the likeliest of them: a 1 without anybody's handwriting.
# (Nalisnick and others, 2019, found house numbers likelier than the photographs that a model had learned from.)
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
# It does: such a code costs more than it saves.
#
# ## Look back
#
# Remember the blank image: "likely" and "typical" are easily taken for the same.

# %%
cl.guesses("22")

# %% [markdown]
# ## Answer
#
# **How does a VAE fail, and how would you notice?**
# Quietly: with a mean in place of a sum it collapses and tells nothing, which the KL of each dimension and the number of active ones show.
# Of a healthy one's draws about four in ten pass a test that nine in ten real images pass. A larger β blurs reconstructions; up to a point more draws pass, but they cover less.
# And its score finds most odd images, but not a blank one, which is likelier than any real image that we looked at closely, yet not typical.
#
# **Sources.** Burda et al. 2016 ([arXiv 1509.00519](https://arxiv.org/abs/1509.00519)); Kynkäänniemi et al. 2019 ([arXiv 1904.06991](https://arxiv.org/abs/1904.06991)); Higgins et al. 2017, *β-VAE* (ICLR); Nalisnick et al. 2019 ([arXiv 1810.09136](https://arxiv.org/abs/1810.09136)).
#
# Next: [23 ★ · A place among published numbers](23_published_numbers.ipynb).
