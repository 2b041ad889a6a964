# ---
# jupyter:
#   jupytext:
#     text_representation:
#       format_name: percent
# ---

# %% [markdown]
# # 03 · What is a capsule, and what is routing?
#
# For the test of the hub: one exercise of the course, one view and one prediction, nothing to train.

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

# %%
sandbox = cl.routing_sandbox()
sandbox

# %% [markdown]
# **Predict:** do the couplings move far from 1/J in three iterations?
