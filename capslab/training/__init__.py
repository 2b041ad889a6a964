"""Training: the loop, what is shown while it runs, checkpoints, and several devices.

`capslab.training.fit` is a module, and `capslab.training.fit.fit` is the function in it (`cl.fit`).
"""
