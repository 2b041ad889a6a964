"""The β view without a browser: its line of words and its still picture."""

from __future__ import annotations

from typing import Any

import numpy as np

from capslab.lessons.beta_sweep import BetaSweep


def words(sweep: BetaSweep, i: int) -> str:
    """What the VAE at position `i` of the sweep does, in one line."""
    dimensions = sweep.kl_per_dimension.shape[1]
    return (
        f"β = {sweep.betas[i]:g}: reconstruction {sweep.reconstruction[i]:.1f} nats, KL {sweep.kl[i]:.1f} "
        f"nats; {sweep.active_units[i]} of {dimensions} dimensions active. "
        f"Sharpness {sweep.sharpness[i]:.0%} of the originals'; a sample from the prior is "
        f"{sweep.sample_distance[i]:.2f} times as far from the nearest training image as a real image is."
    )


def draw(sweep: BetaSweep, i: int) -> Any:
    """The pictures and the KL of each dimension at position `i`, the trade-off over all β, as a Figure."""
    from capslab.plots.colours import palette
    from capslab.plots.style import draw_image, mosaic, new_figure, open_axes

    figure = new_figure(10, 3.2)
    left, middle, right = figure.subplots(1, 3, width_ratios=[2.6, 1, 1.2])
    rows = np.concatenate([sweep.originals, sweep.reconstructions[i], sweep.samples[i]]) / 255
    draw_image(left, mosaic(rows, len(sweep.originals)))
    left.set_title(f"β = {sweep.betas[i]:g}: originals, reconstructions, samples from the prior", fontsize=9)
    nats = sweep.kl_per_dimension[i]
    open_axes(middle, "nats", "dimension, largest first").barh(range(len(nats)), nats, color=palette(0))
    middle.invert_yaxis()
    middle.set_xlim(0, max(float(sweep.kl_per_dimension.max()), 0.1))
    at = np.arange(len(sweep.betas))
    curves = {"sharpness": sweep.sharpness, "distance of samples": sweep.sample_distance}
    for j, (name, values) in enumerate(curves.items()):
        right.plot(at, values, ("o-", "s--")[j], color=palette(j * 3), markersize=3, label=name)
    right.axvline(i, color="0.6", linewidth=0.8)
    right.set_xticks(at, [f"{beta:g}" for beta in sweep.betas], fontsize=7)
    open_axes(right, "β", "relative to real images").legend(fontsize=7, frameon=False)
    right.set_ylim(bottom=0)
    return figure
