"""Five VAEs that were trained independently, and what was measured on each.

Another training gives another VAE, so what one of them shows may be luck. `tools/train_vaes.py` trains five
for MNIST and five for the digits, each measured on its own sample of test images, and bundles the numbers.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from capslab.errors import unknown_name
from capslab.lessons import results

NAME = "vae"
COMMAND = "python tools/train_vaes.py"


def measured(data: str) -> dict[str, Any]:
    """What was measured on the VAEs that were trained for one data set.

    Parameters
    ----------
    data : "mnist" or "digits", as `images.name` says.

    Returns
    -------
    A dict of arrays `(networks,)`, one number per network, unless it says otherwise:

    - "variance_kept", "pca_variance_kept": the share of the variance of test images that reconstructions
      keep, and those of PCA with as many dimensions;
    - "sharpness": the mean step between neighbouring pixels of reconstructions, over that of the originals;
    - "moved_taken", "bolder_stay": shares 0…1 of decoded images that a classifier takes for the class they
      were moved to, and for their own class after they were made bolder; "bolder_ink": how many times as much
      ink the latter have;
    - "labels": a list of numbers of labels, and "classified": {"codes": …, "components": …, "pixels": …},
      accuracies `(networks, labels)`;
    - "caught": {kind of spoiled image: area under the curve}, 1 is perfect and ½ is a coin;
    - "negative_elbo", "importance_weighted": nats on the whole test set, grey; the same two on binarised
      images, "binarised" and "binarised_importance_weighted";
    - "draws": {what was judged: {"precision": …, "recall": …}};
    - "active": latent dimensions in use; "seconds": CPU-s of training; "epochs", a number.

    Raises
    ------
    ArgumentError : for a data set of which no VAEs are bundled.

    Examples
    --------
    >>> measured("digits")["negative_elbo"].shape
    (5,)
    """
    table = results.load(NAME)
    rows = table.where(data=data, network="VAE")
    if not rows:
        raise unknown_name("data", data, sorted({row["data"] for row in table.rows}))
    skipped = ("data", "network", "seed", "labels", "epochs")
    together = {name: _stacked([row[name] for row in rows]) for name in rows[0] if name not in skipped}
    return {**together, "labels": rows[0]["labels"], "epochs": rows[0]["epochs"]}


def bundled(name: str) -> dict[str, Any]:
    """Bounds of one bundled VAE on the whole test set, in nats, with the names that `measured` has for them.

    Raises
    ------
    ArgumentError : for a network that was not measured.

    Examples
    --------
    >>> best = bundled("vae-mnist-best")
    >>> bool(best["binarised"] < best["negative_elbo"])
    True
    """
    table = results.load(NAME)
    rows = table.where(network=name)
    if not rows or name == "VAE":
        known = sorted({row["network"] for row in table.rows} - {"VAE"})
        raise unknown_name("name", name, known)
    return {key: value for key, value in rows[0].items() if key not in ("network", "data")}


def binarised(images: np.ndarray, seed: int = 0) -> np.ndarray:
    """Each pixel made white with its grey level as the chance, else black; uint8, 0 or 255.

    Done anew each time an image is shown, this is the *dynamic* binarisation of published figures.

    >>> binarised(np.array([[[0, 255]]], np.uint8))
    array([[[  0, 255]]], dtype=uint8)
    """
    chance = np.asarray(images, np.float32) / 255
    return np.where(np.random.default_rng(seed).random(chance.shape, np.float32) < chance, 255, 0).astype(
        np.uint8
    )


def _stacked(values: list[Any]) -> Any:
    """Numbers and lists as one array; of dicts, one such array for each key."""
    if isinstance(values[0], dict):
        return {key: _stacked([value[key] for value in values]) for key in values[0]}
    return np.array(values)
