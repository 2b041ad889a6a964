"""The β view: one slider over networks that differ in nothing else.

All pictures and numbers go over once; a drag needs no kernel.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import traitlets as t

from capslab.errors import ArgumentError, Verbatim
from capslab.lessons.beta_sweep import BetaSweep
from capslab.widgets.base import Array, View, fill, module, style

RECIPE = """\
import numpy as np
import capslab as cl
from capslab import plots

i = sweep.nearest(⟨beta⟩)
print(sweep.reconstruction[i], sweep.kl[i], sweep.active[i])  # nats, nats, dimensions
plots.image_grid(np.concatenate([sweep.originals, sweep.rebuilt[i], sweep.drawn[i]]))

vae = cl.VAE(images.image_shape, latent_dim=16, beta=⟨beta⟩)  # or train it yourself
cl.fit(vae, images)
"""


class BetaView(View):
    """What a VAE rebuilds and draws, and what it pays, at one weight of the KL.

    Attributes
    ----------
    at : position in `betas`.
    beta : the weight itself.
    """

    _esm = module("beta")
    _css = style("beta")
    STATE = ("at",)
    CONTROLS = ("beta", "pictures", "dimensions", "trade", "code")

    at = t.Int(0).tag(sync=True)
    betas: t.List[Any] = t.List().tag(sync=True)
    phrases: t.List[Any] = t.List().tag(sync=True)  # the line of words for every β
    recipe = t.Unicode(RECIPE).tag(sync=True)
    originals = Array()  # (m, h, w, c)
    rebuilt = Array()  # (b, m, h, w, c)
    drawn = Array()  # (b, m, h, w, c)
    dimensions = Array()  # (b, d) nats
    trade = Array()  # (2, b): sharpness, strangeness

    def __init__(self, sweep: BetaSweep, beta: float = 1.0, **options: Any) -> None:
        if not isinstance(sweep, BetaSweep):
            said = Verbatim(f"a {type(sweep).__name__}")
            raise ArgumentError("sweep", "what beta_sweep(images) gives", said, "Write beta_sweep(images).")
        self.sweep = sweep
        super().__init__(
            at=sweep.nearest(beta),
            betas=sweep.betas.tolist(),
            phrases=[words(sweep, i) for i in range(len(sweep.betas))],
            originals=sweep.originals,
            rebuilt=sweep.rebuilt,
            drawn=sweep.drawn,
            dimensions=sweep.per_dimension.astype(np.float32),
            trade=np.stack([sweep.sharpness, sweep.strangeness]).astype(np.float32),
            **options,
        )
        self._follow()

    @property
    def beta(self) -> float:
        return float(self.betas[self.at])

    @t.validate("at")
    def _valid_position(self, proposal: Any) -> int:
        count = len(self.betas) or len(self.sweep.betas)
        if not 0 <= proposal["value"] < count:
            raise ArgumentError(
                "at", f"a position from 0 to {count - 1}", proposal["value"], "Move the slider."
            )
        return int(proposal["value"])

    @t.observe("at")
    def _moved(self, change: Any) -> None:
        if self.phrases:
            self._follow()

    def _follow(self) -> None:
        self.words = self.phrases[self.at]
        self.code = fill(self.recipe, beta=f"{self.beta:g}")

    def figure(self) -> Any:
        """The pictures, the KL of each dimension and the trade as a still matplotlib figure."""
        from capslab.plots.style import draw_image, mosaic, new_figure, open_axes, palette

        figure = new_figure(10, 3.2)
        left, middle, right = figure.subplots(1, 3, width_ratios=[2.6, 1, 1.2])
        rows = np.concatenate([self.originals, self.rebuilt[self.at], self.drawn[self.at]]) / 255
        draw_image(left, mosaic(rows, len(self.originals)))
        left.set_title(f"β = {self.beta:g}: originals, rebuilt, drawn from the prior", fontsize=9)
        nats = self.dimensions[self.at]
        open_axes(middle, "nats", "dimension, most first").barh(range(len(nats)), nats, color=palette(0))
        middle.invert_yaxis()
        middle.set_xlim(0, max(float(self.dimensions.max()), 0.1))
        at = np.arange(len(self.betas))
        for i, (name, values) in enumerate(zip(("sharpness", "strangeness"), self.trade, strict=True)):
            right.plot(at, values, ("o-", "s--")[i], color=palette(i * 3), markersize=3, label=name)
        right.axvline(self.at, color="0.6", linewidth=0.8)
        right.set_xticks(at, [f"{beta:g}" for beta in self.betas], fontsize=7)
        open_axes(right, "β", "share of a real image's").legend(fontsize=7, frameon=False)
        right.set_ylim(bottom=0)
        return figure


def words(sweep: BetaSweep, i: int) -> str:
    """What the network at position `i` does, in one line."""
    d, kept = sweep.per_dimension.shape[1], sweep.reconstruction[i]
    return (
        f"β = {sweep.betas[i]:g}: reconstruction {kept:.1f} nats, KL {sweep.kl[i]:.1f} nats; "
        f"{sweep.active[i]} of {d} dimensions active. Sharpness {sweep.sharpness[i]:.0%} of the originals'; "
        f"a draw from the prior is {sweep.strangeness[i]:.2f} times as far from known images as a real one."
    )


def explore_beta(
    sweep: Any, beta: float = 1.0, state: str | None = None, hide: tuple[str, ...] = ()
) -> BetaView:
    """Move the weight of the KL and see what it buys and what it costs.

    Parameters
    ----------
    sweep : what `beta_sweep(images)` gives.
    beta : the weight to begin with; the nearest of the sweep's.
    state : what `view.state` of another such view gave, to show the same.
    hide : parts to leave out: "beta", "pictures", "dimensions", "trade", "code".

    Returns
    -------
    BetaView : `view.at` and `view.beta` can be read, `view.at` set and observed.

    Raises
    ------
    ArgumentError : for anything but a sweep, a position beyond it, or a state of another view.
    """
    view = BetaView(sweep, beta, hide=list(hide))
    if state is not None:
        view.state = state
    return view
