"""How far apart colours are for people who see colours differently, and how well they show on a ground.

Colours are sRGB in 0…1, shape `(..., 3)`.
"""

from __future__ import annotations

import numpy as np

#: How linear red, green and blue look to somebody without one kind of cone, at severity 1; from Machado,
#: Oliveira and Fernandes (2009), "A Physiologically-based Model for Simulation of Color Vision Deficiency"
VISIONS = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
_WHITE = np.array([0.95047, 1.0, 1.08883])  # D65


def linear(colours: np.ndarray) -> np.ndarray:
    """The light of sRGB colours, in proportion to what a lamp sends (IEC 61966-2-1)."""
    return np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)


def contrast(colours: np.ndarray, ground: np.ndarray) -> np.ndarray:
    """The contrast of colours with a ground as WCAG 2.2 defines it, from 1 to 21.

    >>> contrast(np.zeros(3), np.ones(3)).round(3)
    np.float64(21.0)
    """
    weights = np.array([0.2126, 0.7152, 0.0722])
    one, other = linear(np.asarray(colours)) @ weights, linear(np.asarray(ground)) @ weights
    return (np.maximum(one, other) + 0.05) / (np.minimum(one, other) + 0.05)


def seen(colours: np.ndarray, vision: str) -> np.ndarray:
    """Colours as somebody with this vision sees them, in CIE Lab."""
    light = np.clip(linear(np.asarray(colours)) @ VISIONS[vision].T, 0, 1)
    share = light @ _TO_XYZ.T / _WHITE
    x, y, z = np.moveaxis(
        np.where(share > 216 / 24389, np.cbrt(share), (24389 / 27 * share + 16) / 116), -1, 0
    )
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def difference(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """The difference ΔE₀₀ of colours in CIE Lab (CIEDE2000): about 1 can just be seen, 15 at a glance.

    The letters are those of Sharma, Wu and Dalal (2005), "The CIEDE2000 Color-Difference Formula".
    """
    (L1, a1, b1), (L2, a2, b2) = (np.moveaxis(np.asarray(lab, float), -1, 0) for lab in (one, other))
    mean_chroma = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    G = 0.5 * (1 - np.sqrt(mean_chroma**7 / (mean_chroma**7 + 25.0**7)))
    a1, a2 = (1 + G) * a1, (1 + G) * a2
    C1, C2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = (np.degrees(np.arctan2(b, a)) % 360 for b, a in ((b1, a1), (b2, a2)))
    is_grey = C1 * C2 == 0
    turn = (h2 - h1 + 180) % 360 - 180
    turn = np.where(is_grey, 0, np.where((turn == -180) & (h2 > h1), 180, turn))
    dL, dC, dH = L2 - L1, C2 - C1, 2 * np.sqrt(C1 * C2) * np.sin(np.radians(turn / 2))
    L, C = (L1 + L2) / 2, (C1 + C2) / 2
    total = h1 + h2
    across = np.where(total < 360, total + 360, total - 360) / 2
    h = np.where(is_grey, total, np.where(np.abs(h1 - h2) <= 180, total / 2, across))
    wave = [(1, -30, -0.17), (2, 0, 0.24), (3, 6, 0.32), (4, -63, -0.20)]
    T = 1 + sum(size * np.cos(np.radians(times * h + start)) for times, start, size in wave)
    S_L = 1 + 0.015 * (L - 50) ** 2 / np.sqrt(20 + (L - 50) ** 2)
    S_C, S_H = 1 + 0.045 * C, 1 + 0.015 * C * T
    rotation = np.sin(np.radians(60 * np.exp(-(((h - 275) / 25) ** 2))))
    R_T = -2 * np.sqrt(C**7 / (C**7 + 25.0**7)) * rotation
    return np.sqrt((dL / S_L) ** 2 + (dC / S_C) ** 2 + (dH / S_H) ** 2 + R_T * (dC / S_C) * (dH / S_H))


def least_differences(colours: np.ndarray) -> np.ndarray:
    """The difference of every two of n colours for whoever tells them apart worst, `(n, n)`."""
    return np.min(
        [difference(lab[:, None], lab[None]) for lab in (seen(colours, vision) for vision in VISIONS)], axis=0
    )
