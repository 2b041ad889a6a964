"""The β view: one slider over VAEs that differ only in β.

All pictures and numbers are sent to the browser once; dragging needs no kernel.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import traitlets as t

from capslab.errors import ArgumentError, instance_of
from capslab.lessons.beta_sweep import BetaSweep
from capslab.widgets.base import Array, View, fill, module, style
from capslab.widgets.beta import figure as beta_figure
from capslab.widgets.traits import Int

RECIPE = """\
import numpy as np
import capslab as cl
from capslab import plots

i = sweep.nearest(⟨beta⟩)
print(sweep.reconstruction[i], sweep.kl[i], sweep.active_units[i])  # nats, nats, dimensions
plots.image_grid(np.concatenate([sweep.originals, sweep.reconstructions[i], sweep.samples[i]]))

vae = cl.VAE(images.image_shape, latent_dim=16, beta=⟨beta⟩)  # or train it yourself
cl.fit(vae, images)
"""


class BetaView(View):
    """What a VAE reconstructs and generates, and what its code costs, at one weight of the KL.

    Attributes
    ----------
    at : position in `betas`.
    beta : the weight at this position.
    """

    _esm = module("beta")
    _css = style("beta")
    STATE = ("at",)
    CONTROLS = ("beta", "pictures", "dimensions", "trade", "code", "screen")

    at = Int(0).tag(sync=True)
    betas: t.List[Any] = t.List().tag(sync=True)
    phrases: t.List[Any] = t.List().tag(sync=True)  # one line of words for every β
    recipe = t.Unicode(RECIPE).tag(sync=True)
    originals = Array()  # (m, h, w, c)
    rebuilt = Array()  # (b, m, h, w, c), the reconstructions
    drawn = Array()  # (b, m, h, w, c), samples from the prior
    dimensions = Array()  # (b, d) nats
    trade = Array()  # (2, b): sharpness, distance of samples

    def __init__(self, sweep: BetaSweep, beta: float = 1.0, **options: Any) -> None:
        if not isinstance(sweep, BetaSweep):
            received = instance_of(sweep)
            hint = "Take cl.beta_sweep(images)."
            raise ArgumentError("sweep", "what beta_sweep(images) returns", received, hint)
        self.sweep = sweep
        super().__init__(
            at=sweep.nearest(beta),
            betas=sweep.betas.tolist(),
            phrases=[beta_figure.words(sweep, i) for i in range(len(sweep.betas))],
            originals=sweep.originals,
            rebuilt=sweep.reconstructions,
            drawn=sweep.samples,
            dimensions=sweep.kl_per_dimension.astype(np.float32),
            trade=np.stack([sweep.sharpness, sweep.sample_distance]).astype(np.float32),
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
            raise ArgumentError("at", f"a position from 0 to {count - 1}", proposal["value"], "Try 0.")
        return int(proposal["value"])

    @t.observe("at")
    def _moved(self, change: Any) -> None:
        if self.phrases:
            self._follow()

    def _follow(self) -> None:
        self.words = self.phrases[self.at]
        self.code = fill(self.recipe, beta=f"{self.beta:g}")

    def figure(self) -> Any:
        """The pictures, the KL of each dimension and the trade-off as a still matplotlib figure."""
        return self._in_words(beta_figure.draw(self.sweep, self.at))


def explore_beta(
    sweep: Any, beta: float = 1.0, state: str | None = None, hide: tuple[str, ...] = ()
) -> BetaView:
    """Change the weight β of the KL and see what is gained and what is lost.

    Parameters
    ----------
    sweep : what `beta_sweep(images)` returns.
    beta : the weight to start with; the nearest one in the sweep is taken.
    state : a string from `view.state`, to show the same again.
    hide : parts to hide: "beta", "pictures", "dimensions", "trade", "code", "screen".

    Returns
    -------
    BetaView : `view.at` and `view.beta` can be read, `view.at` set and observed.

    Raises
    ------
    ArgumentError : if `sweep` is not a BetaSweep, or the state is of another view.
    """
    view = BetaView(sweep, beta, hide=list(hide))
    if state is not None:
        view.state = state
    return view
