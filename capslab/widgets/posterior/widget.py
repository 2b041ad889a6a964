"""The posterior view: move q by hand and watch reconstruction, KL, ELBO and gap as numbers.

The browser computes everything; a drag needs no running Python.
"""

from __future__ import annotations

from typing import Any

import traitlets as t

from capslab.errors import ArgumentError, unknown_name
from capslab.widgets.base import View, fill, module, style
from capslab.widgets.posterior import figure as posterior_figure
from capslab.widgets.posterior.arithmetic import DECODERS, NOISE, Terms, terms
from capslab.widgets.traits import Float

LIMITS = {"x": (-4.0, 6.0), "mean": (-3.0, 3.0), "std": (0.05, 2.0)}

RECIPE = """\
import numpy as np

x, mean, std = ⟨x⟩, ⟨mean⟩, ⟨std⟩
z = np.linspace(-12, 12, 4801)
step = z[1] - z[0]
prior = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
q = np.exp(-(((z - mean) / std) ** 2) / 2) / (std * np.sqrt(2 * np.pi))
log_likelihood = -(((x - ⟨a⟩ * z - ⟨b⟩ * z**2) / ⟨noise⟩) ** 2) / 2 - np.log(⟨noise⟩ * np.sqrt(2 * np.pi))
evidence = np.sum(prior * np.exp(log_likelihood)) * step  # p(x)
reconstruction = np.sum(q * log_likelihood) * step  # E_q[log p(x|z)]
kl = np.sum(q * (np.log(q + 1e-300) - np.log(prior))) * step  # KL(q ‖ p)
print(reconstruction - kl, "+", np.log(evidence) - (reconstruction - kl), "=", np.log(evidence))  # ELBO + gap
"""


class PosteriorView(View):
    """One observed number, one latent number, and a q that one moves by hand.

    Attributes
    ----------
    x : the observed number, −4…6.
    mean, std : of q, −3…3 and 0.05…2.
    decoder : what x is, given z: "straight" 1.5 z, "bent" 0.6 z + 0.5 z² or "folded" z², with noise of .5.
    terms : the parts of log p(x), in nats.
    """

    _esm = module("posterior")
    _css = style("posterior")
    STATE = ("x", "mean", "std", "decoder")
    CONTROLS = ("mean", "std", "x", "decoder", "best", "code", "screen")

    x = Float(1.5).tag(sync=True)
    mean = Float(0.0).tag(sync=True)
    std = Float(1.0).tag(sync=True)
    decoder = t.Unicode("straight").tag(sync=True)
    decoders: t.Dict[str, Any] = t.Dict(DECODERS).tag(sync=True)
    limits: t.Dict[str, Any] = t.Dict(LIMITS).tag(sync=True)
    noise = t.Float(NOISE).tag(sync=True)
    recipe = t.Unicode(RECIPE).tag(sync=True)

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._follow()

    @property
    def terms(self) -> Terms:
        return terms(self.x, self.mean, self.std, self.decoder)

    @t.validate("x", "mean", "std")
    def _within(self, proposal: Any) -> float:
        name, value = proposal["trait"].name, proposal["value"]
        low, high = LIMITS[name]
        if not low <= value <= high:
            raise ArgumentError(name, f"a number from {low:g} to {high:g}", value, f"Try {name}=1.")
        return round(float(value), 3)

    @t.validate("decoder")
    def _known_decoder(self, proposal: Any) -> str:
        if proposal["value"] not in DECODERS:
            raise unknown_name("decoder", proposal["value"], DECODERS)
        return str(proposal["value"])

    @t.observe("x", "mean", "std", "decoder")
    def _moved(self, change: Any) -> None:
        self._follow()

    def _follow(self) -> None:
        self.words = posterior_figure.words(self.terms, self.mean, self.std)
        a, b = DECODERS[self.decoder]
        values = {"x": self.x, "mean": self.mean, "std": self.std, "a": a, "b": b, "noise": NOISE}
        self.code = fill(self.recipe, **{name: f"{value:g}" for name, value in values.items()})

    def figure(self) -> Any:
        """The densities and the parts of log p(x) as a still matplotlib figure."""
        return self._in_words(posterior_figure.draw(self.terms, self.x, self.mean, self.std))


def explore_posterior(
    x: float = 1.5,
    mean: float = 0.0,
    std: float = 1.0,
    decoder: str = "straight",
    state: str | None = None,
    hide: tuple[str, ...] = (),
) -> PosteriorView:
    """Fit q to a posterior by hand, and see that log p(x) = ELBO + gap, as numbers.

    Parameters
    ----------
    x : the observed number, −4…6.
    mean, std : where q = N(mean, std²) starts; −3…3 and 0.05…2.
    decoder : "straight" (x is about 1.5 z: the posterior is a normal distribution, and the gap can be
        closed), "bent" (0.6 z + 0.5 z²) or "folded" (z²: two values of z explain
        x, and one q cannot cover both well).
    state : a string from `view.state`, to show the same again.
    hide : controls to hide: "mean", "std", "x", "decoder", "best", "code", "screen".

    Returns
    -------
    PosteriorView : you can read, set and observe `view.x`, `view.mean`, `view.std` and `view.decoder`;
        `view.terms` has the numbers.

    Raises
    ------
    ArgumentError : if a number is out of its range or not finite, the decoder is unknown, or the state is of
        another view.
    """
    view = PosteriorView(x=x, mean=mean, std=std, decoder=decoder, hide=list(hide))
    if state is not None:
        view.state = state
    return view
