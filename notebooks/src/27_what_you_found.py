# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 27 · What you found
#
# > **Which claims survived, and how sure can you be?**
#
# Two articles and a number of papers made promises, and you put them to the test, one by one.
# Now they all lie on one table.
# You will see which of them hold, how many of your verdicts must be expected to be wrong, what you guessed along the way, and which parts of the networks are yours.
#
# **After this lesson you can** say what the course showed and what it did not, and how to read a long list of verdicts.
#
# **You need** nothing new; each row links to the lesson that it came from.
#
# **Time:** …

# %%
import numpy as np

import capslab as cl
from capslab import plots
from capslab.exercises import look_back
from capslab.lessons import what_was_found, your_parts

images = cl.load()

cl.recall("27")

# %% [markdown]
# ## All claims on one table
#
# In each lesson, a claim and what would count are fixed in the course's list before you measure.
# It *holds* if the whole 95 % interval is above the smallest difference that would matter, *holds partly* if it is only above 0, and is *refuted* if it is below 0. If the interval contains 0, it is *undecided*.
# Plain facts, such as whether a printed program runs, have no interval.
# Each number is the difference in the claim's favour, in the unit of its lesson: mostly a share of images, else seconds, an exponent or a factor.

# %%
cl.guess(
    "articles_hold",
    "The two articles make 26 of these claims. How many of the 26 hold, fully?",
    between=(0, 26),
)

# %%
found = what_was_found.findings()
articles = "article A", "article B"
holds, partly, refuted, undecided = (found.count(outcome, *articles) for outcome in what_was_found.SIGNS)
told = f"{partly} more hold partly, {refuted} are refuted, and {undecided} are undecided."
cl.reveal("articles_hold", holds, told)

# %%
found

# %%
plots.table(found.by_source())

# %% [markdown]
# Three things to know before you count.
#
# We chose the sentences and cut them: one sentence of article B, about four methods, makes six rows. So the shares do not grade an article.
#
# Two things favour *refuted*: any shortfall counts, however small, while *holds* needs a margin; and we chose the margins.
# For some claims the margin is all that the sentence promises (“finds the classes”). There, *holds partly* may mean only: better than nothing, but short of the promise.
#
# If you have reached a verdict of your own, it stands beside the course's, and need not be the same: other timings, other data.

# %% tags=["holds"]
assert holds + partly + refuted + undecided == 26
assert found.count("holds", "article A") == found.count("holds partly", "article A") == 0
assert refuted > 2 * holds
course = sum(one.claim.source == "course" for one in found.findings)
assert found.count("holds", "course") / course > holds / 26
assert found.count("refuted", "course") <= 2
assert sum(found.count(outcome, "article A") for outcome in ("refuted", "undecided")) == 11
assert found.count("refuted", "article A") == 9
of_b = [one.claim.id for one in found.findings if one.claim.source == "article B"]
assert sum(name.startswith("slow-") or name.endswith("-local-optima") for name in of_b) == 6

# %% [markdown]
# Of the eleven claims of article A about capsule networks none held, fully or partly: nine are refuted, two undecided.
# That does not make capsules useless: look at the rows on poses, on couplings and on new viewpoints (some hold, some partly, some not), which nobody had promised there.
# And *refuted* means: refuted for these networks, on these data, by this measure.
# A claim such as "suits classification" had to be made precise before it could be wrong.
#
# ## How many of these verdicts are wrong?
#
# An interval of 95 % misses the true value in 5 of 100 cases, if all else is right.
# Without the plain facts, the table has 41 intervals. So imagine 20,000 courses, each with as many independent intervals, and each interval from five samples of a normal distribution whose mean we know.

# %%
n = found.with_interval
cl.guess("wrong_by_luck", f"In how many of 100 such courses do all {n} intervals contain the true value?", between=(0, 100))  # fmt: skip

# %%
from scipy.stats import t

samples = np.random.default_rng(0).normal(size=(20_000, n, 5))  # courses, intervals, samples; the truth is 0
half = t.ppf(0.975, 4) * samples.std(axis=2, ddof=1) / np.sqrt(5)  # half the length of each interval
missed = (np.abs(samples.mean(axis=2)) > half).sum(axis=1)  # per course
told = f"The formula says the same: each contains it with probability 0.95, all {n} with 0.95^{n} = {0.95**n:.2f}. "
told += f"On average {missed.mean():.2f} miss it, by bad luck alone: 0.05 · {n} = {0.05 * n:.2f}. "
told += f"In one course in ten, {np.quantile(missed, 0.9):.0f} or more do."
cl.reveal("wrong_by_luck", round(100 * np.mean(missed == 0)), told)

# %%
counts = 100 * np.bincount(missed) / len(missed)
plots.bars({f"{m} missed": share for m, share in enumerate(counts)}, "of 100 courses")

# %% tags=["holds"]
assert n == 41
assert 1.5 < missed.mean() < 2.5
assert abs(np.mean(missed == 0) - 0.95**n) < 0.01
assert np.quantile(missed, 0.9) >= 3

# %% [markdown]
# So expect about two intervals that miss, and you cannot know which. (Ioannidis, 2005, asks the same about whole fields of research.)
# That mean needs no independence. The chance that *all* contain the truth does, and here many intervals share networks, images and data, so that they may miss together: for our course it is not exactly the number above.
#
# A missed value does not always turn a verdict, but where an interval ends close to a limit, little is needed.
# The limits are 0 and the smallest difference that matters. Measure the distance from the nearer end of the interval to a limit, in lengths of the interval. By that measure these are the closest calls:

# %%
plots.table(found.closest(6))

# %% [markdown]
# Before you build on one of them, repeat it with more networks, on other data.
# The other decided ones are safer, but only against luck: no interval protects against an unfair comparison, a poor measure or a bug.
# And what was varied differs: an interval of repeated timings says nothing about another machine.
#
# ## What you guessed
#
# All your guesses, the biggest surprise first. The table after it goes lesson by lesson.

# %%
cl.guesses()

# %%
guesses = look_back.look_back()
print(guesses.summary)
plots.table(guesses.by_lesson())

# %% [markdown]
# In which lessons were you far off? What surprised you there is what you learned there.
# (0 means exactly right; 1 means as far off as the scale allows. If the table is empty, your guesses are on another machine, or you have read without guessing.)
#
# ## The networks, with your parts
#
# Here are the three networks of the course. Where a function that you wrote has its place, the block is in your colour; in the line of the loss, it says "your".
# (Your own networks ran in lessons 04, 12 and 20. These are the course's, which do the same with the functions tuned for speed.)

# %%
kinds = "dense", "capsnet", "vae"
networks = {kind: cl.ready(kind, images) for kind in kinds}
yours = {kind: your_parts.in_network(network) for kind, network in networks.items()}
for kind, network in networks.items():
    print(f"{kind}: {len(yours[kind])} of {len(your_parts.of_network(network))} functions are yours")
plots.architecture(networks["dense"], mine=yours["dense"])

# %%
plots.architecture(networks["capsnet"], mine=yours["capsnet"])

# %%
plots.architecture(networks["vae"], mine=yours["vae"])

# %% [markdown]
# What has no colour was never yours, or is still waiting in its lesson: `cl.progress()` says where.
#
# ## What the articles ask
#
# Both end with questions. These are our answers, with the lesson that shows each.
#
# | Question | Answer | Lesson |
# |---|---|---|
# | What is a capsule network? | A network whose units are vectors: the length says that something is there, the direction how. Routing decides which part goes to which whole. | [10](10_parts_with_a_pose.ipynb), [11](11_routing_by_agreement.ipynb) |
# | How does it differ from an ordinary one? | By poses, votes and routing. On MNIST, at equal size, a convolutional network was a little more accurate; on the small 8×8 digits it is undecided. | [12](12_build_a_capsule_network.ipynb) |
# | Is y = Σ W x + b its model? | No. That is a linear layer; the squash and the couplings are not linear. | [11](11_routing_by_agreement.ipynb) |
# | Does it cluster images? | k-means does, on its vectors. Untrained, they were worse than pixels; trained, they have been given the labels. | [24](24_three_representations.ipynb) |
# | Where does it apply? | It reads two overlapping digits, but not measurably better than the same convolutions without capsules. New viewpoints spoke for capsules, a little. | [17](17_two_digits.ipynb), [15](15_seen_from_another_side.ipynb) |
# | What is hard about it? | Time, and depth: five routed layers, trained by the same recipe, learned almost nothing, until their weights started larger. | [12](12_build_a_capsule_network.ipynb), [16](16_other_ways_to_route.ipynb) |
# | What is a VAE, and is it a GAN? | Encoder and decoder that raise a lower bound of log p(x). A GAN has an opponent; a VAE has none. | [20](20_build_a_vae.ipynb), [23](23_published_numbers.ipynb) |
# | Squared error or cross-entropy? | Two assumptions about how pixels are distributed, so their numbers cannot be compared. | [19](19_surprise.ipynb) |
# | Why the KL divergence? | It is the price of telling something about an image, and it makes the prior a place to draw from. | [19](19_surprise.ipynb), [22](22_when_it_goes_wrong.ipynb) |
# | Which optimiser? | Adam was ahead of SGD after 100 steps, each at its best rate. | [06](06_printed_network.ipynb) |
# | How does one test it? | On images kept apart, with recall for each class; a VAE with −ELBO, and its draws with precision and recall. | [05](05_can_you_trust_it.ipynb), [22](22_when_it_goes_wrong.ipynb) |
# | Does a VAE classify and cluster well? | With 20 labels, and in clusters, undecided; with 50 labels a little better than pixels, with 500 or more worse. | [21](21_latent_space.ipynb), [24](24_three_representations.ipynb) |
# | Are classical methods too slow? | The time of a support vector machine grows clearly faster than its data, that of a random forest and of spectral clustering a little; that of gradient boosting does not, and k-means is undecided. | [08](08_when_data_grow.ipynb), [25](25_clusters_without_labels.ipynb) |
# | What limits the result? | Classes with few images, and wrong labels: those that follow a rule do more harm than those wrong at random. | [26](26_your_own_images.ipynb) |

# %% tags=["holds"]
outcomes = {one.claim.id.replace("-", " "): one.outcome for one in found.findings}
assert outcomes["capsules classify"] == outcomes["capsule formula linear"] == "refuted"
assert outcomes["capsules cluster"] == outcomes["vae is gan"] == outcomes["capsules scale"] == "refuted"
assert outcomes["capsules detect segment"] == outcomes["vae classifies"] == "undecided"
assert outcomes["capsules see new sides"] == "holds partly"
assert outcomes["adam faster"] == outcomes["slow svm"] == "holds"
assert outcomes["slow k means"] == "undecided"
assert outcomes["slow random forest"] == outcomes["slow spectral"] == "holds partly"
assert outcomes["slow gradient boosting"] == "refuted"
assert outcomes["capsules efficient"] == "refuted"
assert outcomes["capsules classify small"] == outcomes["vae clusters"] == "undecided"

# %% [markdown]
# ## Where to go next
#
# - **What this course left out.** Photographs in colour and at size, text, and the networks that are trained on millions of images; diffusion models, today's way to draw images; transformers; and how to put a network to work for others.
# - **Build more.** *Neural Networks and Deep Learning* (Nielsen) with fresh eyes; *Practical Deep Learning for Coders* (fast.ai) for large networks; *Dive into Deep Learning* (Zhang and others) for the mathematics; the scikit-learn course of INRIA for everything without networks.
# - **Read.** Sabour, Frosst & Hinton 2017 and Kingma & Welling 2013, the two papers under this course, are short, and you know their main formulas. Then Mitterreiter et al. 2023 on why capsules do not scale, and Kingma & Welling 2019 as an introduction to where VAEs went.
# - **Test.** Take a sentence from the next paper that you like, write down what would refute it, and find out. The project table in [26](26_your_own_images.ipynb) shows what to write.
#
# And here, once more, is what came of the claims:

# %%
for source in ("article A", "article B", "literature", "course"):
    counts = [f"{found.count(outcome, source)} {outcome}" for outcome in what_was_found.SIGNS]
    print(f"{source}: {', '.join(counts)}")

# %% tags=["holds"]
assert [found.count(outcome, "course") for outcome in what_was_found.SIGNS] == [3, 3, 0, 2]
assert (holds, partly, refuted, undecided) == (3, 2, 15, 6)

# %% [markdown]
# ## Answer
#
# **Which claims survived, and how sure can you be?**
# Of the articles' 26 claims 3 hold, 2 hold partly, 15 are refuted, and 6 could not be decided with as many repetitions as we had.
# Of our own 8, 3 hold and 3 hold partly. Ours were narrower, and made by those who chose the test.
# Expect about two of the intervals to miss, look hardest at those that end near a limit, and trust a verdict only as far as what was measured.
# Worth more than the list is that you know how it was made, and could make the next one.
#
# **Sources.** Sabour, Frosst & Hinton 2017 ([arXiv 1710.09829](https://arxiv.org/abs/1710.09829)); Kingma & Welling 2013 ([1312.6114](https://arxiv.org/abs/1312.6114)) and 2019 ([1906.02691](https://arxiv.org/abs/1906.02691)); Mitterreiter et al. 2023 ([2301.01583](https://arxiv.org/abs/2301.01583)); Ioannidis 2005, *Why most published research findings are false*.
#
# Back to the start: [00 · Start here](00_start_here.ipynb), with fresh eyes.
