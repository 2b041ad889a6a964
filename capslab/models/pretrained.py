"""The networks that come with the package, so that no one has to wait for training.

`tools/pretrain.py` (`capslab pretrain` in a checkout) trains them and writes their weights beside a
manifest: the data, the seed, the accuracy measured on the test split, the checksum. Weights are stored
as float16, with the two bytes of each number in separate planes, because the high bytes compress well
that way; the accuracy in the manifest is measured after that rounding.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from capslab.errors import DataUnavailable, unknown_name

FOLDER = Path(__file__).parents[1] / "weights"
MANIFEST = "manifest.json"


def pretrained(name: str, folder: str | Path | None = None) -> Any:
    """A network of the course with its bundled weights.

    Parameters
    ----------
    name : one of `manifest()`: dense-digits, capsnet-digits, vae-digits, dense-mnist, capsnet-mnist,
        vae-mnist, …
    folder : where the weights and their manifest are; None for those in the package.

    Returns
    -------
    The trained model; `manifest()[name]` says how it was made and how good it is. Given images that look
    unlike those it learned on (a light ground, other grey levels), it says so in one printed line.

    Raises
    ------
    ArgumentError : for an unknown name.
    DataUnavailable : for a weights file that is missing or not what the manifest says.
    """
    folder = FOLDER if folder is None else Path(folder)
    facts = manifest(folder)
    if name not in facts:
        missing = "" if facts else "Install capslab again: its weights are missing."
        raise unknown_name("name", name, facts, missing)
    path = folder / facts[name]["file"]
    try:
        packed = path.read_bytes()
    except OSError as error:
        raise DataUnavailable(
            f"The weights of {name!r} cannot be read from {path} ({error.strerror}). "
            f"Install capslab again (or, in a checkout, run `capslab pretrain {name}`)."
        ) from error
    if hashlib.sha256(packed).hexdigest() != facts[name]["sha256"]:
        raise DataUnavailable(
            f"The weights file {path.name} is not the one in the manifest (its checksum differs): it is "
            f"truncated or was changed. Install capslab again."
        )
    model = class_named(facts[name]["model"])(**facts[name]["config"])
    model.set_weights(unpack(path, [weight.shape for weight in model.weights]))
    model.usual_images = facts[name].get("usual images")
    return model


def manifest(folder: str | Path | None = None) -> dict[str, dict[str, Any]]:
    """What is bundled: for each name its file, checksum, data, seed, score and training time."""
    path = (FOLDER if folder is None else Path(folder)) / MANIFEST
    try:
        return json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise DataUnavailable(f"{path} is not readable as JSON ({error}). Install capslab again.") from error


def class_named(name: str) -> Any:
    """The model class of that name."""
    import capslab.models

    return getattr(capslab.models, name)


def effort(facts: dict[str, Any]) -> str:
    """What training a bundled network cost, in words, from its entry in the manifest."""
    if "cpu seconds" in facts:
        return f"{facts['cpu seconds']:,.0f} CPU-s"
    return f"{facts['seconds']:.0f} s on {facts['device']}"


def scores(facts: dict[str, Any]) -> str:
    """What was measured on the test split, in words, from an entry in the manifest."""
    return ", ".join(f"{key} {value}" for key, value in facts.items() if key.startswith("test "))


def unpack(path: Path, shapes: Iterable[tuple[int, ...]]) -> list[np.ndarray]:
    """Arrays of these shapes from a file that `tools.pretrain.pack` wrote."""
    weights = []
    with np.load(path, allow_pickle=False) as planes:
        for i, shape in enumerate(shapes):
            if f"{i}" in planes:
                weights.append(planes[f"{i}"])
            else:
                both = np.stack([planes[f"{i}.low"], planes[f"{i}.high"]], axis=1)
                weights.append(both.view("<f2").reshape(shape).astype(np.float32))
    return weights
