"""Drawings of the course's ideas, one file each: a neuron, a convolution, a vote, the ELBO …"""

from __future__ import annotations

from importlib import import_module

from capslab.errors import unknown_name
from capslab.plots.svg_picture import SvgPicture

#: the names of all drawings, in the order in which the course needs them, and what each shows
DRAWINGS = {
    "neuron": "inputs, weights, a sum, a bias, and what comes out",
    "layer": "many neurons on the same inputs, or one matrix product",
    "gradient step": "the slope says which way is down, and how far to go",
    "backpropagation": "values go forward, and the error comes back along the same path",
    "convolution": "one small window of weights slides over the whole image",
    "pose": "a vector whose length says whether and whose direction says how",
    "vote": "each part predicts the whole, and a tilt moves all predictions alike",
    "encoder and decoder": "many numbers in, a few in the middle, many out again",
    "ELBO": "a lower bound on log p(x), and the gap that is left",
    "reparameterisation": "where the gradient stops, and how it gets past the randomness",
}
_MODULES = {name: name.lower().replace(" and ", " ").replace(" ", "_") for name in DRAWINGS}


def drawing(name: str) -> SvgPicture:
    """The drawing of an idea, by its name; `plots.DRAWINGS` lists them.

    Capital letters do not matter, nor do "-" and "_" in place of a space.

    Parameters
    ----------
    name : "neuron", "layer", "gradient step", "backpropagation", "convolution", "pose", "vote", "encoder and
        decoder", "ELBO" or "reparameterisation".

    Returns
    -------
    A picture of at most 700 pixels across that follows the page's light or dark theme. A notebook shows it as
    the cell's value; `print` gives its description, `save("neuron.svg")` writes it into a file.

    Raises
    ------
    ArgumentError : for a name that is not in the list.

    Examples
    --------
    >>> drawing("vote").alt_text[:50]
    'Votes: A 7 has two parts, a bar and a stem. A caps'
    """
    wanted = " ".join(str(name).lower().replace("-", " ").replace("_", " ").split())
    for known, module in _MODULES.items():
        if isinstance(name, str) and wanted in (known.lower(), module.replace("_", " ")):
            picture: SvgPicture = import_module(f"{__name__}.{module}").draw()
            return picture
    raise unknown_name("name", name, DRAWINGS)


def gradient_paths() -> SvgPicture:
    """The reparameterisation trick: sampling a latent code blocks the gradient, reparameterised it does not.

    On the left, z is sampled from N(μ, σ²), and sampling has no derivative. On the right,
    z = μ + σ ε, where only ε is random, so ∂z/∂μ = 1 and ∂z/∂σ = ε. Source: Kingma & Welling 2013 (arXiv
    1312.6114), section 2.4. The same as `drawing("reparameterisation")`.
    """
    return drawing("reparameterisation")
