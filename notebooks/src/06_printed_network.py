# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 06 · A printed network, and a clinic
#
# > **A program runs without an error and prints a loss. Does that mean that it learns?**
#
# Article A prints a network and calls it "a simple capsule network".
# You will run it exactly as it is printed, mend what needs mending, and find the one line of mathematics behind what you see.
# Then you will race three ways of going downhill, fairly, and finally open a clinic: four trainings are ill, and all you have are their curves.
#
# **After this lesson you can** explain what targets have to look like and why, say what batch gradient descent, SGD and Adam have in common and what sets them apart, compare two methods fairly, and tell common mistakes in training apart by the shape of a curve.
#
# **You need** [04](04_backpropagation.ipynb) and [05](05_can_you_trust_it.ipynb).
#
# **Time:** …

# %%
import numpy as np

import capslab as cl
from capslab import plots
from capslab.lessons import clinic, optimizer_race, plain_network
from capslab.models import keras

images = cl.load()

cl.recall("06")

# %% [markdown]
# ## The code as it was printed
#
# Its shapes are those that you know: 784 inputs, 512 hidden units with ReLU, 10 outputs with softmax.
# Its data are unusual: 100 rows of 784 random numbers, and as targets a 100 × 10 table of random numbers between 0 and 1.
# There is not one image in it.
# The loss that it names is `sparse_categorical_crossentropy`, Keras's name for the cross-entropy of lesson 03.

# %%
cl.guess(
    "printed_code",
    "What will you see when you run it?",
    choices=["an error", "a falling loss", "a rising loss"],
)

# %%
rng = np.random.default_rng(0)
noise, targets = rng.random((100, 784)), rng.random((100, 10))
keras.utils.set_random_seed(0)
layers = [keras.layers.Dense(512, activation="relu"), keras.layers.Dense(10, activation="softmax")]
printed = keras.Sequential([keras.Input((784,)), *layers])
printed.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
try:
    printed.fit(noise, targets, epochs=10, verbose=0)
    stopped = ""
except Exception as error:
    stopped = f"{type(error).__name__}: {str(error).split('. ')[0]}."

# %%
cl.reveal(
    "printed_code",
    "an error" if stopped else "a falling loss",
    f"{stopped} The “sparse” loss wants one class number per row, as the cross_entropy of lesson 03 does, and it got ten numbers.",
)

# %%
cl.verdict("printed-code-runs", fact=not stopped, evidence=f"It stops at once. {stopped}")

# %% tags=["holds"]
assert stopped

# %% [markdown]
# Keras has the same loss for targets with one number per class: `categorical_crossentropy`, which is $-\sum_k t_k \log p_k$ for targets $t$ and probabilities $p$.
# If $t$ is 1 for the true class and 0 elsewhere, only one term is left, and it is the cross-entropy of lesson 03.
# With this one word changed, the code runs.

# %%
printed.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
history = printed.fit(noise, targets, epochs=10, verbose=0).history
floor = -(targets * np.log(targets / targets.sum(axis=1, keepdims=True))).sum(axis=1).mean()
print(f"loss {history['loss'][0]:.1f} → {history['loss'][-1]:.1f}; no network can get below {floor:.1f}")
print(f"training accuracy {history['accuracy'][-1]:.2f}; chance is 0.10")
plots.lines(np.arange(1, 11), {"one word changed": history["loss"]}, "epoch", "loss", mark=floor)

# %% tags=["holds"]
assert history["loss"][-1] > 3 * history["loss"][0]  # "more than three times as large"
assert np.all(np.diff(history["loss"]) > 0)  # "in every epoch"
assert history["accuracy"][-1] < 0.2

# %% [markdown]
# It runs, and in every epoch the loss *rises*; in the end it is more than three times as large.
# The thin line is the best that any network could reach: every $p$ equal to its row of targets, divided by the row's sum.
# How can the loss climb, if each step goes downhill?
#
# ## A bug hunt: which slope does it follow?
#
# In lesson 03 you met it for the scores, and it was wonderfully short: *probability minus target*.
# Call it the *shortcut*.
# Does Keras (on TensorFlow) take it, too?
# (For softmax and logarithm together it has one ready-made operation, with a slope of its own.)
# So ask it: give a layer zeros as inputs, and its scores are just its biases. After one step of rate 1, old bias minus new bias is the slope that Keras used.
# We measure the slope as in lesson 04, by nudging one score a little, first with a target that is a proper probability, then with one whose numbers sum to 2.


# %%
def shortcut(probabilities, targets):
    return (probabilities - targets) / len(targets)


scores, p_of = np.array([0.5, -1.0, 0.2]), lambda s: plain_network.softmax(s[None])
asked = keras.Sequential([keras.Input((1,)), keras.layers.Dense(3, activation="softmax")])
asked.compile(keras.optimizers.SGD(1.0), "categorical_crossentropy")
for t in (np.array([[1.0, 0.0, 0.0]]), np.array([[0.9, 0.4, 0.7]])):
    measured = [-(t * np.log(p_of(scores + d) / p_of(scores - d))).sum() / 2e-5 for d in 1e-5 * np.eye(3)]
    asked.set_weights([np.zeros((1, 3)), scores])
    asked.train_on_batch(np.zeros((1, 1)), t)
    by_keras, by_hand = scores - asked.get_weights()[1], shortcut(p_of(scores), t)[0]
    print(t[0], *(np.round(slope, 3) for slope in (measured, by_hand, by_keras)), sep="  ")

# %% tags=["holds"]
assert not np.allclose(measured, by_hand, atol=0.1)
assert np.allclose(by_keras, by_hand, atol=1e-5)

# %% [markdown]
# Each line shows the target and three slopes: measured, by the shortcut, by Keras.
# For the first target all agree; for the second, Keras agrees with the shortcut, and both differ from what was measured.
# So the shortcut is right only under a condition, and here is why.
# The loss is a sum, and for each of its terms $-t_k \log p_k$ the slope is $t_k$ times what you know: $p$ minus a 1 at place $k$.
# Add these up over all $k$, and the ones turn into $t$.
# What happens to $p$, which comes with every term?
#
# **Your turn.** Write `score_slope(probabilities, targets)`, which is right for *any* targets.
# It takes two arrays `(n, classes)` and returns the slopes of the mean loss, `(n, classes)`.


# %% tags=["bug-hunt"]
def score_slope(probabilities, targets):
    ### BEGIN SOLUTION
    return (probabilities * targets.sum(axis=1, keepdims=True) - targets) / len(targets)
    ### END SOLUTION


# %%
cl.check("score_slope", score_slope)

# %%
score_slope = cl.mine("score_slope", score_slope)

# %% [markdown]
# Now train the printed network twice more on the printed noise, once along the shortcut and once along `score_slope`.
# The rest, the chain rule through the hidden layer, is that of lesson 04.

# %%
followed = {
    "shortcut": plain_network.follow(noise, targets, shortcut),
    "score_slope": plain_network.follow(noise, targets, score_slope),
}
print(", ".join(f"{name}: {loss[0]:.1f} → {loss[-1]:.1f}" for name, loss in followed.items()))
plots.lines(np.arange(1, 41), followed, "step", "loss", mark=floor)

# %% tags=["holds"]
assert followed["shortcut"][-1] > 2 * followed["shortcut"][0]
assert followed["score_slope"][-1] < followed["score_slope"][0]
assert followed["score_slope"][-1] < floor + 1

# %% [markdown]
# The slope that is right for any targets is $p \sum_k t_k - t$, divided by $n$; if the targets of a row sum to 1, that is the shortcut.
# Same network, same noise, same steps: along `score_slope` the loss rises for three steps, which are too long, and then falls towards its limit. Along the shortcut it climbs and climbs.
# Why? Along the shortcut a row stops changing only when $p - t$ is the same for all ten classes, since moving all its scores by one amount leaves $p$ as it is.
# These targets sum to about 5, so that amount is about 0.4, and a target of 0.1 would need a probability of −0.3.
# There is none, so the network pushes that probability ever closer to 0, and $-\log p$ grows without end.
#
# The lesson to take home is short: **for this loss, a row of targets must be a probability distribution**, that is, numbers from 0 to 1 that sum to 1.
# No error tells you.
#
# And even with a falling loss there is nothing to learn here but 100 rows of noise by heart.
# Is it at least a capsule network?

# %%
kinds = ", ".join(type(layer).__name__ for layer in printed.layers)
evidence = f"Its layers are {kinds}. There are no pose vectors, no votes and no routing, which lessons 10 and 11 explain."
cl.verdict("printed-is-capsules", fact="Capsule" in kinds, evidence=evidence)

# %% [markdown]
# ## Three ways downhill, and a fair race
#
# The printed code asks for "adam".
# Is that better than plain steps?
#
# - **Batch gradient descent** takes the slope over *all* training images before it makes one step. The slope is exact, and every step is expensive.
# - **SGD**, *stochastic gradient descent*, is that of lesson 03: the slope of a small random batch, so many cheap steps that wobble a little.
# - **Adam** uses small batches too, but moves each weight by the rate times the average of its recent slopes, divided by the usual size of these slopes. So weights with tiny slopes move as fast as those with large ones ([Kingma & Ba 2014](https://arxiv.org/abs/1412.6980)).
#
# How would you compare them?
# The same rate means something different to each of them.
# So each gets five rates, and the validation images choose the best one.
# With that rate, five new networks start from other weights, and the test images judge them.
# All three train on the same 2,000 images, and each may look at 10,000 in all: that is 100 steps of 100 images, or five steps on all of them.

# %%
cl.guess(
    "race_order",
    "Who has the highest test accuracy after 10,000 images, from best to worst?",
    order=["batch gradient descent", "Adam", "SGD"],
)

# %%
race = optimizer_race.race(images)
accuracies = {name: np.mean(values) for name, values in race.accuracies.items()}
plots.table(race.rows(), best={"test accuracy": "high"})

# %%
cl.reveal(
    "race_order",
    sorted(accuracies, key=accuracies.get, reverse=True),
    f"Mean test accuracies: {', '.join(f'{name} {value:.3f}' for name, value in accuracies.items())}. "
    f"Batch gradient descent could afford only {len(race.losses['batch gradient descent'])} steps.",
)

# %%
plots.lines(
    np.arange(1, 101), {name: race.losses[name] for name in ("SGD", "Adam")}, "step", "loss of the batch"
)

# %% tags=["holds"]
assert accuracies["batch gradient descent"] < accuracies["SGD"] - 0.05
assert race.losses["Adam"][-10:].mean() < race.losses["SGD"][-10:].mean()

# %% [markdown]
# Batch gradient descent is far behind, although its slopes are the best: it spends everything on precision.
# The lines, of one network each, are jagged, because every step sees another batch, and some batches are harder than others.
# Now a claim that is often made, judged by five networks a side:

# %%
cl.verdict("adam-faster", race.accuracies["Adam"], race.accuracies["SGD"])

# %% [markdown]
# ("Welch's" interval lets the two sides vary by different amounts.)
# Read the verdict with its limits: one network, one data set, 100 steps of 100 images, plain SGD without its many refinements, and rates about three times apart, so that the best one may lie between. Counted in steps instead of images, the order may differ.
# "Faster" does not mean "better in the end".
#
# ## The clinic
#
# Four trainings are brought to you.
# All are the same small network, trained with Adam on 1,000 images, and each has exactly one of these illnesses:
#
# - `"shuffled labels"`: the labels were mixed up, so that they no longer belong to their images;
# - `"unscaled inputs"`: the pixels were left at 0 to 255 instead of 0 to 1;
# - `"softmax twice"`: the probabilities went through a second softmax before the loss;
# - `"huge rate"`: the learning rate is 10, ten thousand times Adam's usual 0.001.
#
# Before you look, think about what each of them would do to a curve.
# A healthy network knows nothing at first and gives each of ten classes about 0.1, so its loss starts near $-\log 0.1 = 2.30$, the thin line in the pictures.

# Mind the axes: each loss panel has a scale of its own.

# %%
from IPython.display import display

patients = clinic.clinic(images)
display(patients.plot("loss"))
patients.plot("accuracy")

# %% tags=["holds"]
A, B, C, D = patients.values()
assert 1.46 < A.loss[-1] < 1.7
assert A.validation_accuracy[-1] > 0.8
assert B.loss[-1] < 1.8
assert B.validation_loss[-1] > 2.4
assert B.validation_accuracy[-1] < 0.2
assert C.loss[0] < 2.6
assert C.loss.max() > 10
assert C.validation_accuracy[-1] < 0.2
assert D.loss[0] > 30
assert D.validation_accuracy[-1] > 0.6

# %% [markdown]
# **Your turn.** What does each patient have?
# Fill in the dictionary with one of the four names each.
# (`cl.hint("diagnosis")` tells you where a doctor would look first.)

# %%
diagnosis = {"A": ..., "B": ..., "C": ..., "D": ...}
### BEGIN SOLUTION
diagnosis = {"A": "softmax twice", "B": "shuffled labels", "C": "huge rate", "D": "unscaled inputs"}
### END SOLUTION

# %%
cl.check("diagnosis", diagnosis)

# %% [markdown]
# A diagnosis is worth what its treatment achieves.
# The next cell treats every patient for what *you* said and trains it again; a wrong treatment changes nothing.

# %%
plots.table(patients.treat(diagnosis))

# %% tags=["holds"]
recovered = [row["validation accuracy after"] for row in patients.treat(diagnosis)]
assert max(recovered) - min(recovered) < 0.04

# %% [markdown]
# A patient that gets the right treatment recovers, and as all four are the same network, they recover to the same accuracy.
# (Without a diagnosis, they are as ill as before.)
#
# <details><summary>How to read the curves (open this after your diagnosis)</summary>
#
# - **Look at the first value.** A loss far above 2.30 before any step means that the scores are huge, here because the inputs are: that is *unscaled inputs*. This patient does learn, but its confident mistakes cost dearly on new images.
# - **Look at the first steps.** A start near 2.30 and then a leap is a *huge rate*: the first steps throw the weights so far that the network never finds its way back, and it stays at chance.
# - **Compare with new images.** A training loss that falls while the validation accuracy stays at chance: the network learns something by heart that holds nowhere else. Those are *shuffled labels*.
# - **Look at the floor.** The accuracy is fine, but the loss stops near 1.5. A second softmax gets numbers between 0 and 1 only, and even for a 1 against nine 0s it returns no more than $e / (e + 9) = 0.232$, so the loss cannot fall below $-\log 0.232 = 1.46$. That is *softmax twice*.
#
# </details>
#
# ## Now with other images
#
# Do other images show the same signs?

# %%
other = cl.load_other(images)
signs = [{"illness": name, **row} for name, row in clinic.signs(other).items()]
plots.table(signs, caption=other.name)

# %% tags=["holds"]
found = {row["illness"]: row for row in signs}
assert found["unscaled inputs"]["first loss"] > 10
assert found["huge rate"]["highest loss"] > 3 * found["huge rate"]["first loss"]
assert found["shuffled labels"]["last validation accuracy"] < 0.2
assert found["softmax twice"]["last loss"] > 1.46

# %% [markdown]
# The numbers differ; the signs are the same.
#
# ## Look back
#
# If you guessed that printed code works, you are in good company; and an error message is the friendliest kind of mistake, because it tells you where to look.

# %%
cl.guesses("06")

# %% [markdown]
# ## Answer
#
# **Does a program that prints a loss learn?** Not necessarily.
# The printed code stops; with one word mended it runs, and its loss rises, because its targets are no probability distributions and the slope it follows assumes that they are.
# Learning shows in the curves of images that were withheld, and many mistakes leave a mark there that you can now read.
# And when two methods are compared, ask whether each had the same chances.
#
# **Source.** D. P. Kingma and J. Ba, *Adam: A Method for Stochastic Optimization*, 2014, [arXiv 1412.6980](https://arxiv.org/abs/1412.6980).
#
# So far we asked whether a network gives the right answers. What it *sees* in an image is the question of the next lesson: [07 · What the hidden layer groups together](07_hidden_layer.ipynb).
