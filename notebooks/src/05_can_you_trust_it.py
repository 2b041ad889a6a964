# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 05 · Can you trust it?
#
# > **Your network gets 100 of 100 images right. Would you let it sort the post?**
#
# In lesson 04 you built a network that learns.
# Now you will let it learn from so few images that it knows each of them by heart.
# Then come three questions to ask before believing any network: *which images was it judged on? what does the one number hide? does it know when it does not know?*
#
# **After this lesson you can** recognise overfitting in two curves, say what training, validation and test images are for, read recall, precision and a confusion matrix, and measure whether a network is as confident as it should be.
#
# **You need** [03](03_a_layer_that_learns.ipynb) and [04](04_backpropagation.ipynb): the functions that you wrote there run here; where you have not written one, the course's runs in its place.
#
# **Time:** …

# %%
import numpy as np

import capslab as cl
from capslab import plots
from capslab.lessons import few_images

images = cl.load()
rng = np.random.default_rng(0)


def start(inputs, hidden, classes):  # small random weights, as in lesson 04
    W1 = rng.normal(0, np.sqrt(2 / inputs), (inputs, hidden))
    W2 = rng.normal(0, np.sqrt(2 / hidden), (hidden, classes))
    return [W1, np.zeros(hidden), W2, np.zeros(classes)]


cl.recall("05")

# %% [markdown]
# ## Your network, with very few images
#
# `forward`, from pixels to probabilities, and `update`, one step downhill on one batch, are those of lesson 04.

# %%
softmax = cl.mine("softmax")
cross_entropy = cl.mine("cross_entropy")
backward = cl.mine("backward")
train_epoch = cl.mine("train_epoch")


# %%
def pixels(part):
    return part.images.reshape(len(part), -1) / 255  # (images, pixels), from 0 to 1


def forward(X, weights):
    W1, b1, W2, b2 = weights
    H = np.maximum(0, X @ W1 + b1)  # a dense layer and the ReLU, (n, hidden)
    return H, softmax(H @ W2 + b2)  # (n, hidden) and (n, classes)


def update(X, labels, weights, learning_rate=0.3):
    H, P = forward(X, weights)
    slopes = backward(X, H, P, labels, weights[2])
    return [w - learning_rate * slope for w, slope in zip(weights, slopes, strict=True)]


def accuracy(part, weights):
    return np.mean(forward(pixels(part), weights)[1].argmax(axis=1) == part.labels)


# %% [markdown]
# Take the 512 hidden units (neurons) of the articles, and only ten images of each class.
# The network goes over these 100 images for 200 epochs, ten at a time, which makes 2,000 steps.
# By then it gets all 100 of them right.
# Now show it 500 images that it has never seen.

# %%
cl.guess("new_images_right", "Of 100 new images, how many will it get right?", between=(0, 100))

# %%
few, held = images.train.sample(per_class=10), images.validation.sample(min(500, len(images.validation)))
X, X_held = pixels(few), pixels(held)
weights, losses = start(X.shape[1], 512, len(images.classes)), {"training": [], "validation": []}
for _ in range(200):
    weights = train_epoch(X, few.labels, weights, update, rng.permutation(len(X)), 10)
    losses["training"].append(cross_entropy(forward(X, weights)[1], few.labels))
    losses["validation"].append(cross_entropy(forward(X_held, weights)[1], held.labels))
    if losses["validation"][-1] == min(losses["validation"]):
        kept = weights  # the best so far; we come back to this line
on_few, on_held = accuracy(few, weights), accuracy(held, weights)
epochs = np.arange(1, 201)

# %%
cl.reveal(
    "new_images_right",
    100 * on_held,
    f"Of its own 100 images it gets {100 * on_few:.0f} right, of 100 new ones about {100 * on_held:.0f}. "
    f"It has {sum(w.size for w in weights):,} weights for {len(few)} images, so it has room to learn each of them by heart.",
)

# %% tags=["holds"]
assert on_few == 1  # "it gets all 100 of them right"
assert 0.72 < on_held < 0.85  # "the missing fifth"

# %% [markdown]
# So the score of 100 out of 100 was true, and worthless.
# It answered "do you remember these images?", while we wanted to know "will you read the next one?"
#
# ## Watch it happen
#
# During training we also noted the loss after every epoch, on its own images and on the new ones.
# The loss on its own images goes down to almost nothing.
# What about the loss on the new ones?

# %%
cl.guess(
    "validation_loss",
    "Draw the loss on new images over the 200 epochs.",
    curve={"epoch": (1, 200), "loss on new images": (0, 2)},
)

# %%
cl.reveal(
    "validation_loss",
    (epochs, losses["validation"]),
    f"It falls to {min(losses['validation']):.2f} in epoch {1 + np.argmin(losses['validation'])}, then it turns and climbs: "
    f"in epoch 200 it is {losses['validation'][-1] / min(losses['validation']) - 1:.0%} higher.",
)

# %%
plots.lines(epochs, losses, "epoch", "loss")

# %% tags=["holds"]
assert 2 <= 1 + np.argmin(losses["validation"]) <= 40
assert losses["validation"][-1] > 1.08 * min(losses["validation"])  # "it turns and climbs"
assert losses["training"][-1] < 0.01  # "down to almost nothing"

# %% [markdown]
# Look at where the two lines part.
# For the first few epochs, what helps on the 100 images helps on new images too, so both losses fall.
# After that, the network keeps improving on its own images by learning what is special about *them*, and its loss elsewhere grows.
# This is called **overfitting**: the training loss still falls while the loss on new images rises.
#
# ## Three piles of images that never mix
#
# You can only see overfitting if some images were withheld from training.
# That is why every data set in this course comes in three parts:
#
# | part | what it is for | how often you look |
# |---|---|---|
# | `images.train` | to learn from | at every step |
# | `images.validation` | to watch and to choose: how long to train, which learning rate | as often as you like |
# | `images.test` | to judge the final network, never to choose with | when every choice is made |
#
# The validation images tell you when to stop.
# Keep the weights from the epoch where the validation loss was lowest, and use those: this is **early stopping**, and the line with `kept` in the loop above did it.
#
# But why a third pile?
# Because choosing is a kind of learning too.
# Suppose 1,000 networks have learned nothing at all and answer at random.
# You judge each on the same 100 validation images and take the best of them.

# %%
answers = rng.integers(0, len(images.classes), (1000, 200))  # 1,000 networks, 200 images
right = answers == held.labels[np.arange(200) % len(held)]
on_validation, on_test = right[:, :100].mean(axis=1), right[:, 100:].mean(axis=1)
best = on_validation.argmax()
print(f"The best of 1,000 on the 100 validation images: {on_validation[best]:.0%} right.")
print(f"The same network on 100 other images: {on_test[best]:.0%}. Chance is 10%.")

# %% tags=["holds"]
assert on_validation[best] >= 0.17
assert on_test[best] <= 0.15

# %% [markdown]
# The winner looks about twice as good as chance, and that is pure luck: on other images the luck is gone. (That it is below chance there is luck, too.)
# The more you try out on the validation images, the more your choice fits *them*.
# Only images that had no part in any choice give an honest number, and that is what the test images are for.
#
# ## What about the missing fifth?
#
# Give the same network 12,000 images: same functions, same rate, five epochs, 50 images at each step.
# That makes 1,200 steps, fewer than before.


# %%
def learn(part):
    X, weights = pixels(part), start(part.images[0].size, 512, len(part.classes))
    for _ in range(5):
        weights = train_epoch(X, part.labels, weights, update, rng.permutation(len(X)), 50)
    return weights


many, test = images.train.sample(min(12_000, len(images.train)), seed=0), images.test
networks = {"by heart": (few, weights), "stopped early": (few, kept), "many images": (many, learn(many))}
rows = [
    {"network": name, "its own images": accuracy(part, w), "test images": accuracy(test, w)}
    for name, (part, w) in networks.items()
]
plots.table(rows, caption="accuracy")

# %% tags=["holds"]
learned, stopped, saw_many = rows
assert saw_many["test images"] > 0.94
assert 0.985 < saw_many["its own images"] < 0.995  # "one in a hundred"
assert stopped["its own images"] == 1  # "all 100 were known already"
assert abs(learned["test images"] - stopped["test images"]) < 0.03  # "hardly changed"
assert abs(np.bincount(test.labels).max() / len(test) - 0.11) < 0.005

# %% [markdown]
# With 120 times as many images, most of the missing answers are right. (Always naming the same digit would give 0.11.)
# In five epochs it has not learned them by heart: about one in a hundred of its own is still wrong.
# Stopping early hardly changed how many answers are right (and by then all 100 were known already).
# So stopping early does not bring the missing fifth back; only more images did.
# What, then, does the rising loss mean? The end of the lesson answers this.
#
# ## One number hides ten
#
# **Accuracy** is the share of all images that are right.
# To see whether it is the same for every digit, ask one class at a time.
# **Recall** is the share of the images that truly *are* a 5 that were recognised as a 5. (The quiz `cl.recall` has nothing to do with this word.)
#
# **Your turn.** Write `recall_per_class(labels, predicted, classes)`.
# It takes the true and the predicted class numbers, both `(n,)`, and the number of classes, and returns one recall per class, `(classes,)`.
# A class that has no images gets 0. (Stuck? `cl.hint("recall_per_class")` goes one step further each time.)


# %%
def recall_per_class(labels, predicted, classes):
    ### BEGIN SOLUTION
    found = np.bincount(labels[labels == predicted], minlength=classes)
    there = np.bincount(labels, minlength=classes)
    return np.where(there > 0, found / np.maximum(there, 1), 0)
    ### END SOLUTION


# %%
cl.check("recall_per_class", recall_per_class)

# %%
recall_per_class = cl.mine("recall_per_class", recall_per_class)

# %% [markdown]
# Recall has a partner.
# **Precision** asks about the network's *answers*: of all images that it *called* a 5, how many are one?
# You need both, because either alone can be cheated: a network that calls everything a 5 has a perfect recall for 5s and a miserable precision.
# Your function can compute precision too: exchange the true and the predicted classes, and "of those that are" becomes "of those that were called".

# %%
probabilities = forward(pixels(test), networks["many images"][1])[1]
predicted, classes = probabilities.argmax(axis=1), len(images.classes)
recall = recall_per_class(test.labels, predicted, classes)
precision = recall_per_class(predicted, test.labels, classes)
print(
    f"accuracy {np.mean(predicted == test.labels):.1%}, recall from {recall.min():.1%} to {recall.max():.1%}"
)
rows = [
    {"class": name, "images": int((test.labels == c).sum()), "recall": recall[c], "precision": precision[c]}
    for c, name in enumerate(images.classes)
]
plots.table(rows, best={"recall": "low", "precision": "low"}, caption="★ marks the worst of each column")

# %% [markdown]
# The accuracy lies between the lowest and the highest recall, and tells you neither.
# A class with low recall is overlooked; a class with low precision is named too often.
# A **confusion matrix** counts every pair: its rows are the true classes, its columns what the network said.
# On the grey diagonal it is right, and the deeper the orange, the more often it confuses that pair.

# %%
from IPython.display import display

table = np.zeros((len(images.classes),) * 2, int)
np.add.at(table, (test.labels, predicted), 1)
display(plots.confusion(table, images.classes))
off = table * (1 - np.eye(len(table), dtype=int))
true, said = np.unravel_index(off.argmax(), off.shape)
shown = np.flatnonzero((test.labels == true) & (predicted == said))[:10]
print(f"Most often a {images.classes[true]} is taken for a {images.classes[said]}: {off.max()} times.")
plots.image_grid(test[shown])

# %% tags=["holds"]
assert 0 < off.max() < 100
assert images.classes[recall.argmin()] == "9"  # "worse at one class, as this one is at 9s"

# %% [markdown]
# Look at these images before you blame the network.
# Some you might have misread yourself; others are perfectly clear.
#
# ## Does it know how sure to be?
#
# With every answer the network gives a probability, and the largest one is its **confidence** in that answer.
# A network is **calibrated** if, of all the answers that it gives with a confidence of 0.8, four in five are right, and likewise for every confidence.
# To see this, sort the answers by their confidence into ten equal bins, 0 to 0.1, 0.1 to 0.2 and so on, and in each bin compare the mean confidence with the share that is right.

# %%
confidence, correct = probabilities.max(axis=1), predicted == test.labels
plots.reliability_diagram(confidence, correct)

# %% [markdown]
# Each dot is one bin.
# On the dashed diagonal, confidence and accuracy agree; below it the network is too sure of itself, above it too modest.
# The bars show on a logarithmic axis how many images a bin holds: most are far to the right, and the dots further left rest on few images.
#
# One number sums this up, the **expected calibration error**.
# In every bin take the gap between accuracy and mean confidence, without its sign.
# Then average the gaps, and let each bin count as much as its share of the images ([Guo et al. 2017](https://arxiv.org/abs/1706.04599)).
#
# **Your turn.** Write `calibration_error(confidence, right, bins)`.
# It takes the confidences and whether each answer was right, both `(n,)`, and the number of equal bins between 0 and 1, and returns one number.
# A confidence on an edge belongs in the upper bin: with ten bins, 0.3 is in the bin from 0.3 to 0.4.
# Two traps: a confidence of exactly 1 belongs in the last bin, and an empty bin has no mean, so leave it out.


# %%
def calibration_error(confidence, right, bins):
    ### BEGIN SOLUTION
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    error = 0.0
    for b in range(bins):
        inside = which == b
        if inside.any():
            error += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
    return error
    ### END SOLUTION


# %%
cl.check("calibration_error", calibration_error)

# %%
calibration_error = cl.mine("calibration_error", calibration_error)

# %% [markdown]
# Now judge all three networks with it.
# And because one draw of 100 images may be a lucky one, the second table repeats the first two networks with five other draws.

# %%
judged = []
for name, (_, w) in networks.items():
    P = forward(pixels(test), w)[1]
    sure, hits = P.max(axis=1), P.argmax(axis=1) == test.labels
    error = calibration_error(sure, hits, 10)
    row = {"network": name, "confidence": sure.mean(), "accuracy": hits.mean(), "error": error}
    judged.append(row | {"confidence when wrong": sure[~hits].mean()})
display(plots.table(judged, best={"error": "low"}, caption="★ marks the best: the smallest error"))
five = few_images.draws_of_few(images)
plots.table([one.row() for one in five.values()], caption="five other draws of 100 images, lowest to highest")

# %% tags=["holds"]
by_heart, early, full = judged
assert full["error"] < 0.02
assert by_heart["confidence when wrong"] > early["confidence when wrong"] + 0.08
assert by_heart["error"] > 3 * early["error"]
assert by_heart["error"] > 3 * full["error"]
assert 0.76 < by_heart["accuracy"] < 0.8  # "less than four times in five"
assert 0.85 < by_heart["confidence"] < 0.9  # "seven times in eight"
late, soon = five["by heart"], five["stopped early"]
assert (late.training == 1).all()
assert (late.confidence > late.accuracy + 0.05).all()  # "too sure every time"
assert (np.abs(late.accuracy - soon.accuracy) < 0.02).all()  # "about as often right"
assert (late.error > 3 * soon.error).all()

# %% [markdown]
# The network that learned by heart is right less than four times in five, and it speaks as if it were right seven times in eight.
# Its twin that stopped early is right just as often, and its confidence fits.
# So this is what the rising loss means: the late epochs did not make the answers worse, they made the *mistakes more certain*, as the last column shows, and cross-entropy punishes that.
# The network that saw many images is confident, and rightly.
#
# And it was no accident of these 100 images: in the second table, with five other draws and other first weights, the late network is too sure every time, and its twin about as often right.
#
# One more test.
# Give this good network something that is no digit at all: images in which every pixel is random.
# An honest answer would be "no idea", that is, a probability of 10 % for each class.

# %%
cl.guess("noise_confidence", "How confident is it on pure noise, on average?", between=(0, 100), unit="%")

# %%
noise = rng.random((200, X.shape[1]))
darker = noise.mean() / pixels(test).mean()
on_noise, on_faint = (forward(some, networks["many images"][1])[1] for some in (noise, noise / darker))
favourite, on_faint = images.classes[np.bincount(on_noise.argmax(axis=1)).argmax()], on_faint.max(axis=1)
cl.reveal(
    "noise_confidence",
    100 * on_noise.max(axis=1).mean(),
    f"It sees a “{favourite}” more often than anything else. Noise has {darker:.1f} times the ink of a digit, so its scores are "
    f"large; noise as faint as a digit gets {on_faint.mean():.0%}. Even then softmax has to hand out 100 % among the classes "
    "that it knows, and “none of these” is not one of them.",
)

# %% tags=["holds"]
assert on_noise.max(axis=1).mean() > 0.45
assert on_faint.mean() < 0.4
assert 3 < darker < 5

# %% [markdown]
# So calibration is a promise about images *like those it was tested on*.
# A low confidence is often a useful warning that an image is a strange one ([Hendrycks & Gimpel 2017](https://arxiv.org/abs/1610.02136)), but you cannot count on it: about images of another kind it may say nothing.
#
# ## Now with other images
#
# Train the same network on another data set and ask the same questions.

# %%
other = cl.load_other(images)
again = learn(other.train.sample(min(12_000, len(other.train)), seed=0))
P = forward(pixels(other.test), again)[1]
found = recall_per_class(other.test.labels, P.argmax(axis=1), len(other.classes))
hits, sure = P.argmax(axis=1) == other.test.labels, P.max(axis=1)
on_noise = forward(rng.random((200, other.images[0].size)), again)[1].max(axis=1).mean()
print(f"{other.name}: accuracy {hits.mean():.3f}, calibration error {calibration_error(sure, hits, 10):.3f}")
print(
    f"hardest: {other.classes[found.argmin()]}, recall {found.min():.2f}; confident of noise: {on_noise:.0%}"
)

# %% tags=["holds"]
assert other.name != "fashion-mnist" or found.min() < hits.mean() - 0.1
assert other.name != "fashion-mnist" or other.classes[found.argmin()] == "Shirt"
assert on_noise > 0.3

# %% [markdown]
# Among clothes the hardest class lies far below the accuracy: a shirt is easily a T-shirt, a pullover or a coat.
# And again the network is far too confident about noise.
#
# ## Look back
#
# Did you expect doubt where the network had none?

# %%
cl.guesses("05")

# %% [markdown]
# ## Answer
#
# **Would you let it sort the post?** Only if it hands the images that it is unsure of to a person, and only images of the kind that it was tested on.
# And not because of 100 out of 100: only images that took part neither in training nor in any choice count.
# Then look behind the accuracy, class by class, since a network can be good on average and worse at one class, as this one is at 9s.
# Finally remember that it can be confident about things that it has never seen.
#
# **Sources.** C. Guo, G. Pleiss, Y. Sun, K. Weinberger, *On Calibration of Modern Neural Networks*, 2017, [arXiv 1706.04599](https://arxiv.org/abs/1706.04599); D. Hendrycks, K. Gimpel, *A Baseline for Detecting Misclassified and Out-of-Distribution Examples in Neural Networks*, 2017, [arXiv 1610.02136](https://arxiv.org/abs/1610.02136).
#
# Next come a network that was printed in an article, and four training runs with something wrong: [06 · A printed network, and a clinic](06_printed_network.ipynb).
