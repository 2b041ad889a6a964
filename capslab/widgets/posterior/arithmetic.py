"""A world with one latent number z and one observed number x, where nothing has to be estimated.

z ~ N(0, 1), and x given z is N(f(z), noise²). Every integral is a sum over a fine grid of z.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

#: the grid of z: wide and fine enough that sums are integrals to six digits
GRID = np.linspace(-12, 12, 4801)
STEP = float(GRID[1] - GRID[0])
NOISE = 0.5  # standard deviation of x around f(z)
#: name → coefficients a, b of f(z) = a z + b z²
DECODERS: dict[str, tuple[float, float]] = {"straight": (1.5, 0.0), "bent": (0.6, 0.5), "folded": (0.0, 1.0)}


@dataclass(frozen=True)
class Terms:
    """The parts of log p(x), in nats, and the densities on `GRID`.

    Attributes
    ----------
    reconstruction : E_q[log p(x | z)].
    kl : KL(q ‖ p), the price of the code.
    elbo : reconstruction − kl.
    log_evidence : log p(x).
    gap : log p(x) − ELBO, which is KL(q ‖ p(z | x)) ≥ 0.
    prior, q, posterior : densities p(z), q(z), p(z | x), (4801,).
    """

    reconstruction: float
    kl: float
    elbo: float
    log_evidence: float
    gap: float
    prior: np.ndarray
    q: np.ndarray
    posterior: np.ndarray


def normal(z: np.ndarray | float, mean: np.ndarray | float, std: float) -> np.ndarray:
    """The density of N(mean, std²) at z."""
    density: np.ndarray = np.exp(-0.5 * ((z - mean) / std) ** 2) / (std * np.sqrt(2 * np.pi))
    return density


def terms(x: float, mean: float, std: float, decoder: str = "straight") -> Terms:
    """All parts of the ELBO for one observed x and one q = N(mean, std²).

    log p(x) = E_q[log p(x|z)] − KL(q ‖ p) + KL(q ‖ p(z|x))   (Kingma & Welling 2013, equations 1 to 3)

    Examples
    --------
    >>> made = terms(x=1.5, mean=0.9, std=0.3162, decoder="straight")  # the exact posterior
    >>> round(made.gap, 3), round(made.elbo - made.log_evidence, 3)
    (0.0, -0.0)
    """
    a, b = DECODERS[decoder]
    prior, q = normal(GRID, 0, 1), normal(GRID, mean, std)
    q = q / (q.sum() * STEP)  # what lies outside the grid is left out
    log_likelihood = -0.5 * ((x - a * GRID - b * GRID**2) / NOISE) ** 2 - np.log(NOISE * np.sqrt(2 * np.pi))
    joint = prior * np.exp(log_likelihood)  # p(z, x)
    evidence = joint.sum() * STEP
    posterior = joint / evidence
    reconstruction = float((q * log_likelihood).sum() * STEP)
    kl = float((q * (np.log(np.maximum(q, 1e-300)) - np.log(prior))).sum() * STEP)
    elbo, log_evidence = reconstruction - kl, float(np.log(evidence))
    return Terms(reconstruction, kl, elbo, log_evidence, log_evidence - elbo, prior, q, posterior)
