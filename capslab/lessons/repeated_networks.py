"""Several networks of each kind, trained independently: how they embed the same test images is bundled.

One trained network shows what one training gave. A claim about a *kind* of network needs several, each
with other initial weights and other training images. `tools/repeat_networks.py` trains them.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from capslab.embedding import Embedding
from capslab.errors import ArgumentError, DataUnavailable, Verbatim, unknown_name

FOLDER = Path(__file__).parent / "results" / "samples"
MANIFEST = "manifest.json"
COMMAND = "python tools/repeat_networks.py"
TEST_IMAGES = 1200  # or as many as the test set has
FEWEST = 5  # networks of each kind

#: for each kind: the network's name in the manifest, the array in its file, what the vectors are, and
#: whether labels made them
KINDS = {
    "dense": ("dense", "vectors", "dense hidden layer", True),
    "convolutional": ("convolutional", "vectors", "convolutional hidden layer", True),
    "capsule": ("capsule", "vectors", "capsule poses", True),
    "capsule lengths": ("capsule", "lengths", "capsule lengths", True),
    "capsule, one iteration": ("capsule", "one_iteration", "capsule poses after one iteration", True),
    "VAE": ("vae", "vectors", "VAE means", False),
    "autoencoder": ("autoencoder", "vectors", "autoencoder codes", False),
    "dense, three classes hidden": ("dense-hidden", "vectors", "dense hidden layer", True),
    "capsule, three classes hidden": ("capsule-hidden", "vectors", "capsule poses", True),
    "VAE, three classes hidden": ("vae-hidden", "vectors", "VAE means", False),
}


def embedded_images(images: Any) -> Any:
    """The test images that all networks embed: 1,200, or all where there are fewer."""
    test = images.test
    return test.sample(min(TEST_IMAGES, len(test)), seed=0)


def fingerprint(images: Any) -> str:
    """A hash of the pixels, so that vectors are never shown beside other images."""
    return hashlib.sha256(np.ascontiguousarray(images.images[:]).tobytes()).hexdigest()


@dataclass(frozen=True)
class RepeatedNetworks:
    """Independently trained networks of several kinds, and how each of them embeds the same test images.

    Attributes
    ----------
    images : the test images, at most 1,200; no network was trained on any of them.
    facts : one dict per network, in the order of their seeds: "network" (its name in `KINDS`), "seed",
        "training images", "cpu seconds", "hidden classes" (empty for most), "variance kept" (of vectors that
        were reduced to 16 dimensions) and "accuracy" (of networks that classify, on `images`).
    """

    images: Any
    facts: tuple[dict[str, Any], ...]
    folder: Path = FOLDER

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """The kinds there are, for example "dense"."""
        present = {one["network"] for one in self.facts}
        return tuple(kind for kind, (network, *_) in KINDS.items() if network in present)

    def embeddings(self, kind: str) -> tuple[Embedding, ...]:
        """How each network of that kind embeds `images`: one `Embedding` per network, read when asked for.

        Vectors of more than 16 dimensions were reduced to the first 16 principal components.

        Raises
        ------
        ArgumentError : for an unknown kind.
        DataUnavailable : if a file is missing or was changed.
        """
        if kind not in self.kinds:
            raise unknown_name("kind", kind, self.kinds)
        _, array, source, supervised = KINDS[kind]
        return tuple(
            Embedding(_read(self.folder, one, array), self.images.labels, self.images, source, supervised)
            for one in self._of(kind)
        )

    def accuracies(self, kind: str) -> np.ndarray:
        """The share of `images` that each network of that kind classifies correctly by itself, `(networks,)`.

        Raises
        ------
        ArgumentError : for an unknown kind, or one that does not classify all the classes.
        """
        if kind not in self.kinds:
            raise unknown_name("kind", kind, self.kinds)
        found = [one["accuracy"] for one in self._of(kind) if "accuracy" in one]
        if not found:
            classifiers = [k for k in self.kinds if all("accuracy" in one for one in self._of(k))]
            raise ArgumentError(
                "kind", f"a kind that classifies: {', '.join(map(repr, classifiers))}", kind, "Try 'dense'."
            )
        return np.array(found)

    def hidden_classes(self, kind: str) -> tuple[tuple[int, ...], ...]:
        """For each network of that kind, the classes that were kept out of its training."""
        if kind not in self.kinds:
            raise unknown_name("kind", kind, self.kinds)
        return tuple(tuple(one["hidden classes"]) for one in self._of(kind))

    def _of(self, kind: str) -> list[dict[str, Any]]:
        return [one for one in self.facts if one["network"] == KINDS[kind][0]]

    def __str__(self) -> str:
        count = len(self.facts)
        return f"{count} networks, each trained on other images of {self.images.name}; again: `{COMMAND}`"

    __repr__ = __str__


def load(images: Any, folder: Path = FOLDER) -> RepeatedNetworks:
    """At least five independently trained networks of each kind for these images.

    Parameters
    ----------
    images : the data set, as `load("digits")` or `load("mnist")` gave it.

    Raises
    ------
    ArgumentError : for images for which no networks are bundled.

    Examples
    --------
    >>> import capslab as cl
    >>> networks = load(cl.load("digits"))
    >>> dense = networks.embeddings("dense")
    >>> len(dense), dense[0].source, dense[0].dimension
    (5, 'dense hidden layer', 16)
    """
    entries = manifest(folder)
    names = sorted({one["dataset"] for one in entries.values()})
    if getattr(images, "name", None) not in names:
        raise ArgumentError(
            "images",
            f"a data set whose networks are bundled: {', '.join(map(repr, names))}",
            Verbatim(repr(getattr(images, "name", type(images).__name__))),
            'Write repeated_networks.load(cl.load("digits")).',
        )
    chosen = embedded_images(images)
    facts = sorted(
        (one for one in entries.values() if one["dataset"] == images.name), key=lambda one: one["seed"]
    )
    if fingerprint(chosen) != facts[0]["images"]:
        raise ArgumentError(
            "images",
            f"the whole data set {images.name!r}, split as it comes",
            Verbatim("images of which others are in the test set"),
            f'Write repeated_networks.load(cl.load("{images.name}")).',
        )
    return RepeatedNetworks(chosen, tuple(facts), folder)


def is_bundled(images: Any, folder: Path = FOLDER) -> bool:
    """Whether at least `FEWEST` networks of every kind are bundled for a data set of this name.

    >>> import capslab as cl
    >>> is_bundled(cl.load("digits"))
    True
    """
    counts = Counter(one["network"] for one in manifest(folder).values() if one["dataset"] == images.name)
    return all(counts[network] >= FEWEST for network, *_ in KINDS.values())


def manifest(folder: Path = FOLDER) -> dict[str, dict[str, Any]]:
    """What is bundled: for each file (without ".npz") how its network was made and how good it is."""
    try:
        return json.loads((folder / MANIFEST).read_text("utf-8"))
    except FileNotFoundError:
        return {}


def _read(folder: Path, facts: dict[str, Any], array: str) -> np.ndarray:
    """One array of a network's file, `(n, d)` float32."""
    path = folder / facts["file"]
    try:
        packed = path.read_bytes()
    except OSError as error:
        raise DataUnavailable(
            f"{path} cannot be read ({error.strerror}). Install capslab again (or, in a checkout, run "
            f"`{COMMAND}`)."
        ) from error
    if hashlib.sha256(packed).hexdigest() != facts["sha256"]:
        raise DataUnavailable(
            f"{path.name} is not the file in the manifest (its checksum differs): it is truncated or was "
            f"changed. Install capslab again."
        )
    with np.load(path, allow_pickle=False) as arrays:
        return arrays[array].astype(np.float32)
