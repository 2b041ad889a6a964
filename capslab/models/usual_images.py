"""What the images of a bundled network look like, and a word for images that look unlike them.

A network answers for any pixels. One that learned white digits on black reads nothing in black digits on
white paper, and nobody notices. Two numbers per image tell most such cases: how light its ground is (the
median of its border) and how far its ink goes from there.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from capslab.data.light_ground import border_level

SAMPLE = 500  # images that are looked at, at most
FAR = 64  # grey levels that the ground may differ by; 999 of 1,000 Fashion-MNIST images differ by less than 4
A_FEW = 8  # from this many images on, half of the usual contrast is too little
PALE, VERY_PALE = 0.5, 0.15  # the faintest garment of Fashion-MNIST alone has .2 of its usual contrast


def ground_and_ink(pixels: np.ndarray) -> dict[str, float]:
    """Ground and ink of uint8 images `(n, h, w, c)`: medians over images, in grey levels.

    Returns
    -------
    "ground" : the median of an image's border, 0…255.
    "ink" : how far an image's ink goes from its ground, −255…255: the distance that 99 % of the pixels stay
        within, negative where the ink is darker than the ground.

    Examples
    --------
    >>> white_on_black = np.zeros((1, 8, 8, 1), np.uint8)
    >>> white_on_black[:, 2:6, 3:5] = 250
    >>> ground_and_ink(white_on_black)
    {'ground': 0.0, 'ink': 250.0}
    """
    levels = np.asarray(pixels, np.float32).mean(axis=-1)  # (n, h, w)
    ground = border_level(pixels)  # (n,)
    above = (levels - ground[:, None, None]).reshape(len(levels), -1)  # (n, h · w)
    darkest, lightest = np.percentile(above, (1, 99), axis=1)
    ink = np.where(lightest >= -darkest, lightest, darkest)
    return {"ground": round(float(np.median(ground)), 1), "ink": round(float(np.median(ink)), 1)}


def words_if_unlike(images: Any, pixels: Any, usual: dict[str, float]) -> str:
    """One line that says how images differ from the usual ones and what to do about it; "" if they do not.

    Parameters
    ----------
    images : what the user passed, `Images` or an array: the advice is written for it.
    pixels : its pixels, uint8 `(n, h, w, c)`.
    usual : `ground_and_ink` of the images that the network was trained on.
    """
    n = len(pixels)
    if not n:
        return ""
    some = np.asarray(pixels[:: max(1, n // SAMPLE)][:SAMPLE])
    ground, ink = ground_and_ink(some).values()
    if not ink:  # blank: nothing can be said
        return ""
    least = (PALE if len(some) >= A_FEW else VERY_PALE) * usual["ink"]
    if _alike(ground, ink, usual, least):
        return ""
    whole = hasattr(images, "images")
    if _alike(255 - ground, -ink, usual, least):
        shade, other = ("light", "dark") if ground > usual["ground"] else ("dark", "light")
        return (
            f"These images have a {shade} ground (its grey level is {ground:.0f}), and this network "
            f"learned on a {other} one ({usual['ground']:.0f}): "
            f"pass {'images.inverted()' if whole else '255 - pixels'} instead."
        )
    return (
        f"These images have other grey levels (ground {ground:.0f}, ink {ground + ink:.0f}) than those that "
        f"this network learned on ({usual['ground']:.0f} and {usual['ground'] + usual['ink']:.0f}): pass "
        f"(({'images.images' if whole else 'pixels'} - {ground:.1f}) * {usual['ink'] / ink:.2f} "
        f"+ {usual['ground']:.1f})" + '.clip(0, 255).astype("uint8") instead.'
    )


def _alike(ground: float, ink: float, usual: dict[str, float], least: float) -> bool:
    """Whether ground and ink are near the usual ones; both inks go the same way, and at least so far."""
    return abs(ground - usual["ground"]) <= FAR and ink * np.sign(usual["ink"]) >= abs(least)
