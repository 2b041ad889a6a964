"""The lines behind "Show the code": what is on screen, and the arithmetic of the part that is chosen."""

_NETWORK = """\
import capslab as cl

trace = cl.route(model, ⟨image⟩, iterations=⟨iterations⟩)
step = ⟨iteration⟩ - 1  # iteration ⟨iteration⟩
print("lengths", trace.lengths[step].round(2))  # (digit,)
print("strongest coupling", trace.couplings[step].max(), "even share", 1 / len(trace.classes))
"""

_MAP = """
layer, number, row, column = ⟨a⟩, ⟨b⟩, ⟨c⟩, ⟨d⟩
import numpy as np

maps = [trace.image[None] / 255, *model.feature_maps(trace.image[None])]
one = model.convolutions()[layer]
inputs = maps[layer][0]  # (rows, columns, inputs)
padded = np.pad(inputs, [(16, 16), (16, 16), (0, 0)])  # zeros around it
top, left = 16 - np.array(one.pad) + np.array(one.strides) * (row, column)
window = padded[top : top + one.kernel.shape[0], left : left + one.kernel.shape[1]]
total = np.sum(window * one.kernel[..., number])  # every product of the window
print("sum", total, "map", max(0, total * one.scale[number] + one.shift[number]))
print("the model's own", maps[layer + 1][0, row, column, number])
"""

_PRIMARY = """
i, j = ⟨a⟩, ⟨b⟩
learned = model.routing_weights()
u = model.primary(trace.image[None])[0, i]  # (primary_dim,)
vote = learned.weights[i, j] @ u  # (pose,)
print("vote", vote.round(3))
print("logits", trace.logits[step, i].round(3), "coupling", trace.couplings[step, i, j])
print("adds to the length of s", trace.contributions[step, i, j])
"""

_DIGIT = """
j = ⟨a⟩
import numpy as np

bias = model.routing_weights().bias[j]
s = trace.couplings[step, :, j] @ trace.votes[:, j] + bias  # (pose,)
squared = np.sum(s**2)
print("length of s", squared**0.5, "squashed", squared / (1 + squared))
print("v", trace.outputs[step, j].round(3))
"""

_RECONSTRUCTION = """
j = ⟨a⟩
picture = model.decode(trace.outputs[[step]], [j])[0]  # (height, width, channels), 0…1
print("mean squared error", ((picture - trace.image / 255) ** 2).mean())
"""

#: by the kind of part that is chosen; the one named "" comes first always
RECIPES = {
    "": _NETWORK,
    "map": _MAP,
    "primary": _PRIMARY,
    "digit": _DIGIT,
    "reconstruction": _RECONSTRUCTION,
}
