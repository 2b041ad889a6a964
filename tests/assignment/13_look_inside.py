# ---
# jupyter:
#   jupytext:
#     text_representation:
#       format_name: percent
# ---

# %% [markdown]
# # 04 · What do the routing coefficients show?
#
# For the tests of the grader: four exercises of the course and one prediction, nothing to train.

# %%
import numpy as np

import capslab as cl

# %% [markdown]
# **Exercise.** Write `squash`: the direction stays, the length becomes n²/(1 + n²).


# %%
def squash(s):
    ### BEGIN SOLUTION
    squared = (s**2).sum(axis=-1, keepdims=True)
    return squared / (1 + squared) * s / np.sqrt(squared + 1e-9)
    ### END SOLUTION


# %%
cl.check("squash", squash)

# %% [markdown]
# **Exercise.** Write `votes`: what each primary capsule predicts for each digit capsule.


# %%
def votes(poses, weights):
    ### BEGIN SOLUTION
    return np.einsum("ijdp,ip->ijd", weights, poses)
    ### END SOLUTION


# %%
cl.check("votes", votes)

# %% [markdown]
# **Exercise.** Write `routing_step`: the new logits and the outputs of one iteration.


# %%
def routing_step(logits, votes):
    ### BEGIN SOLUTION
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    couplings = powers / powers.sum(axis=1, keepdims=True)
    s = np.einsum("ij,ijd->jd", couplings, votes)
    squared = (s**2).sum(axis=-1, keepdims=True)
    outputs = squared / (1 + squared) * s / np.sqrt(squared + 1e-9)
    return logits + np.einsum("ijd,jd->ij", votes, outputs), outputs
    ### END SOLUTION


# %%
cl.check("routing_step", routing_step)

# %% [markdown]
# **Exercise.** Write `margin_loss`: one number, the mean over the images.


# %%
def margin_loss(lengths, labels):
    ### BEGIN SOLUTION
    truth = np.eye(lengths.shape[1])[labels]
    present = truth * np.maximum(0, 0.9 - lengths) ** 2
    absent = 0.5 * (1 - truth) * np.maximum(0, lengths - 0.1) ** 2
    return (present + absent).sum(axis=1).mean()
    ### END SOLUTION


# %%
cl.check("margin_loss", margin_loss)

# %% [markdown]
# **Predict:** do the couplings move far from 1/J in three iterations?
