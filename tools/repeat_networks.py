"""Train several networks of each kind, and bundle how they embed the same 1,200 test images.

    CAPSLAB_DATA=… python tools/repeat_networks.py            # digits and MNIST: half an hour on one core
    CAPSLAB_DATA=… python tools/repeat_networks.py mnist      # one data set

Each network has a seed of its own and training images of its own: of MNIST 10,000 that no other network of
its kind has seen, of the digits a random 1,000 of the 1,258. What is there already is kept, so that an
interrupted run goes on where it stopped; `--again` begins anew.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from capslab.lessons import dense_mends
from capslab.lessons.repeated_networks import FOLDER, MANIFEST, embedded_images, fingerprint, manifest

SEEDS = range(5)
DIMENSION = 16
SIZES = {"digits": 1000, "mnist": 10_000}
VALIDATION = 1000
#: capsules and the convolutional network of equal size: on 28×28 those that one can look at
PRESETS = {"digits": "digits", "mnist": "visible"}
NETWORKS = (
    "dense",
    "vae",
    "capsule",
    "convolutional",
    "dense-hidden",
    "vae-hidden",
    "capsule-hidden",
    "autoencoder",
)


def repeat(
    datasets: Sequence[str] = tuple(SIZES),
    networks: Sequence[str] = NETWORKS,
    seeds: Sequence[int] = SEEDS,
    folder: Path = FOLDER,
    again: bool = False,
    epochs: int | None = None,
    say: Callable[[str], None] = print,
) -> None:
    """Train what is not there yet; after each network its file and the manifest are written."""
    from capslab.data import load

    folder.mkdir(parents=True, exist_ok=True)
    for dataset in datasets:
        images = load(dataset)
        for network in networks:
            for seed in seeds:
                name = f"{dataset}-{network}-{seed}"
                if not again and _is_there(folder, name):
                    continue
                arrays, facts = train_one(images, network, seed, epochs)
                say(f"{name}: {write(folder, name, arrays, facts)}")


def train_one(
    images: Any, network: str, seed: int, epochs: int | None = None
) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """One network, trained: its arrays of vectors `(n, ≤ 16)`, and the facts for the manifest."""
    import keras

    from capslab.training.fit import fit

    keras.utils.clear_session()
    seen, hidden = training_images(images, network, seed)
    model = untrained(network, seen, seed)
    started = time.process_time()
    history = fit(model, seen, epochs, seed=seed, show=False)
    seconds = time.process_time() - started
    chosen = embedded_images(images)
    arrays, kept = _reduced(_vectors(model, network, chosen))
    facts = {
        "dataset": images.name,
        "network": network,
        "seed": seed,
        "training images": len(seen.train),
        "hidden classes": hidden,
        "passes": history.epochs * history.passes,
        "cpu seconds": round(seconds, 1),
        "variance kept": kept,
        "images": fingerprint(chosen),
        **_score(model, chosen, hidden),
    }
    return arrays, facts


def training_images(images: Any, network: str, seed: int) -> tuple[Any, list[int]]:
    """The images that this network learns from, and the classes that are kept out of them.

    Networks of one seed share their images, whatever their kind, so that kinds can be compared in pairs.
    """
    parts, size = np.asarray(images.parts), SIZES[images.name]
    pool, validation = np.flatnonzero(parts == 0), np.flatnonzero(parts == 1)[:VALIDATION]
    if size * len(SEEDS) <= len(pool):  # no image twice
        train = np.random.default_rng(0).permutation(pool)[size * seed : size * (seed + 1)]
    else:
        train = np.random.default_rng(seed).permutation(pool)[:size]
    chosen = images[np.sort(np.concatenate([train, validation]))]
    if not network.endswith("-hidden"):
        return chosen, []
    hidden = np.sort(np.random.default_rng(seed).choice(len(images.classes), 3, replace=False))
    chosen = chosen[~np.isin(chosen.labels, hidden)]
    known = np.setdiff1d(np.arange(len(images.classes)), hidden)
    names = [images.classes[i] for i in known]
    labels = np.searchsorted(known, chosen.labels)
    return type(chosen)(chosen.images, labels, names, images.name, parts=chosen.parts), hidden.tolist()


def untrained(network: str, seen: Any, seed: int) -> Any:
    from capslab import models

    kind = network.removesuffix("-hidden")
    preset = {"preset": PRESETS[seen.name]} if kind in ("capsule", "convolutional") else {}
    classes = {
        "dense": models.DenseBaseline,
        "convolutional": models.ConvNet,
        "capsule": models.CapsNet,
        "vae": models.VAE,
        "autoencoder": models.AutoEncoder,
    }
    return classes[kind].for_images(seen, seed=seed, **preset)


def _vectors(model: Any, network: str, chosen: Any) -> dict[str, np.ndarray]:
    """What is kept of a network: arrays `(n, d)` by their names in its file."""
    if network == "convolutional":  # it has no `features`
        return {"vectors": dense_mends.features_and_weights(model, chosen)[0]}
    arrays = {"vectors": model.features(chosen, None).vectors}
    if network == "capsule":
        from capslab.routing import ablation

        once = ablation.route_all(model.primary(chosen), model.routing_weights(), 1)
        arrays["lengths"] = model.lengths(chosen)
        arrays["one_iteration"] = once.outputs.reshape(len(chosen), -1)
    return arrays


def _reduced(arrays: dict[str, np.ndarray]) -> tuple[dict[str, np.ndarray], dict[str, float]]:
    """float16 vectors of at most 16 principal components, and the share of the variance that is kept."""
    from sklearn.decomposition import PCA

    small, kept = {}, {}
    for name, vectors in arrays.items():
        if vectors.shape[1] > DIMENSION:
            pca = PCA(DIMENSION, random_state=0).fit(vectors)
            vectors = pca.transform(vectors)
            kept[name] = round(float(pca.explained_variance_ratio_.sum()), 4)
        small[name] = np.asarray(vectors, np.float16)
    return small, kept


def _score(model: Any, chosen: Any, hidden: list[int]) -> dict[str, float]:
    """How good the network is by itself on the test images whose classes it knows."""
    if hasattr(model, "elbo"):
        return {"negative ELBO (nats)": round(float(-model.elbo(chosen).elbo.mean()), 2)}
    if hasattr(model, "reconstruction_nats"):
        nats = model.reconstruction_nats(chosen, model.encode(chosen))
        return {"reconstruction (nats)": round(float(nats.mean()), 2)}
    known = np.setdiff1d(np.arange(len(chosen.classes)), hidden)
    familiar = np.isin(chosen.labels, known)
    right = known[model.classify(chosen)] == chosen.labels
    share = round(float(right[familiar].mean()), 4)
    return {"accuracy on the others": share} if hidden else {"accuracy": share}


def write(folder: Path, name: str, arrays: dict[str, np.ndarray], facts: dict[str, Any]) -> str:
    """Write a network's file and its entry in the manifest; a line that says so."""
    path = folder / f"{name}.npz"
    part = folder / f"{name}.part.npz"
    np.savez_compressed(part, **arrays)  # type: ignore[arg-type]  # NumPy's own stub forbids this
    os.replace(part, path)
    facts = {"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest(), **facts}
    entries = dict(sorted({**manifest(folder), name: facts}.items()))
    part = folder / f"{MANIFEST}.part"
    part.write_text(json.dumps(entries, indent=1) + "\n", "utf-8")
    os.replace(part, folder / MANIFEST)
    scores = ", ".join(f"{key} {facts[key]}" for key in facts if "nats" in key or key.startswith("accuracy"))
    return f"{path.stat().st_size / 1000:.0f} kB, {scores}, {facts['cpu seconds']:.0f} CPU-s"


def _is_there(folder: Path, name: str) -> bool:
    """Whether a network's file is the one in the manifest."""
    facts, path = manifest(folder).get(name), folder / f"{name}.npz"
    return bool(facts and path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() == facts["sha256"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("datasets", nargs="*", help="digits, mnist; both by default")
    parser.add_argument("--again", action="store_true", help="train what is there already, too")
    arguments = parser.parse_args()
    repeat(arguments.datasets or tuple(SIZES), again=arguments.again)


if __name__ == "__main__":
    main()
