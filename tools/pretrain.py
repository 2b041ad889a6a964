"""Trains the networks that come with the package, and writes their weights and the manifest.

Run `capslab pretrain` in a checkout; `capslab.models.pretrained` reads what this writes.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from capslab import models
from capslab.errors import unknown_name
from capslab.models.pretrained import FOLDER, MANIFEST, effort, manifest, scores, unpack
from capslab.models.usual_images import SAMPLE, ground_and_ink

UNSUPERVISED = ("VAE", "AutoEncoder")


@dataclass(frozen=True)
class TrainingPlan:
    """How one bundled network is trained.

    Attributes
    ----------
    dataset, model, arguments : the data set, the class in `capslab.models` and its arguments.
    epochs : None takes the model's own recipe.
    recipe : where training differs from that recipe otherwise, by name.
    then : further rounds, in each of which the learning rate climbs and falls again:
        `(epochs, learning_rate, model.stages of the round)`.
    fused : where a CPU would take hours: rounds of `tools.train_jax.fit_fused` instead of all that.
    """

    dataset: str
    model: str
    arguments: dict[str, Any]
    epochs: int | None = None
    recipe: dict[str, Any] = field(default_factory=dict)
    then: tuple[tuple[int, float, Any], ...] = ()
    fused: tuple[dict[str, Any], ...] = ()


PLANS = {
    "dense-digits": TrainingPlan("digits", "DenseBaseline", {}),
    "capsnet-digits": TrainingPlan("digits", "CapsNet", {}),
    "vae-digits": TrainingPlan("digits", "VAE", {"latent_dim": 4}),
    "dense-mnist": TrainingPlan("mnist", "DenseBaseline", {}),
    # The preset made for looking at: a 6×6 grid of capsules, not eight that each see everything.
    "capsnet-mnist": TrainingPlan("mnist", "CapsNet", {"preset": "visible"}, epochs=6),
    "vae-mnist": TrainingPlan(
        "mnist", "VAE", {"latent_dim": 16}, epochs=10, recipe={"batch_size": 128, "learning_rate": 2e-3}
    ),
    # Two dimensions fit on paper: a VAE, and a plain autoencoder to compare it with.
    "plane-digits": TrainingPlan("digits", "VAE", {"latent_dim": 2}),
    "plane-mnist": TrainingPlan("mnist", "VAE", {"latent_dim": 2}, epochs=4),
    "autoencoder-digits": TrainingPlan("digits", "AutoEncoder", {"latent_dim": 2}),
    "autoencoder-mnist": TrainingPlan("mnist", "AutoEncoder", {"latent_dim": 2}, epochs=4),
    # As low a −ELBO as three minutes on a GPU reach.
    "vae-mnist-best": TrainingPlan(
        "mnist",
        "VAE",
        {"latent_dim": 24, "architecture": "deep"},
        fused=({"batch_size": 256, "steps": 20_600, "learning_rate": 2e-3, "beta_2": 0.999},),
    ),
    # These two make their examples as they learn: pairs of digits, windows of scenes.
    "capsnet-overlap": TrainingPlan(
        "mnist",
        "OverlapNet",
        {"image_shape": [36, 36, 1]},
        epochs=43,
        # Reconstruction pulls the capsules its own way. So they first learn to classify alone, then the
        # decoder learns, and at last both settle at a low rate.
        then=(
            (14, 2.5e-3, ((0.0, {"trains_decoder": False}),)),
            (7, 2e-3, ((0.0, {"trains_decoder": True, "trains_capsules": False, "mask_weight": 0.3}),)),
            (6, 1.5e-3, ((0.0, {"trains_decoder": True, "trains_capsules": True, "mask_weight": 0.3}),)),
        ),
    ),
    "capsnet-scenes": TrainingPlan("mnist", "SceneNet", {"image_shape": [28, 28, 1]}, epochs=2),
}


def pretrain(
    names: Iterable[str] | None = None,
    folder: str | Path | None = None,
    seed: int = 0,
    say: Callable[[str], None] = print,
) -> None:
    """Train the networks with these names, and write their weights and the manifest.

    By default all those that a CPU can train. Those with a `fused` plan need JAX and a GPU; a line
    names them.
    """
    from capslab.data import load
    from capslab.training.fit import fit

    folder = FOLDER if folder is None else Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    names = list(names or ())
    if not names:
        names = [name for name, plan in PLANS.items() if not plan.fused]
        for name in sorted(PLANS.keys() - set(names)):
            say(f"left out: {name}, which needs a GPU (KERAS_BACKEND=jax capslab pretrain {name})")
    for name in names:
        if name not in PLANS:
            raise unknown_name("name", name, PLANS)
        plan = PLANS[name]
        if plan.fused:
            from tools.train_jax import fit_fused  # refused under another backend, before anything is loaded
        images = load(plan.dataset)
        config = {"image_shape": list(images.image_shape), **plan.arguments, "seed": seed}
        if plan.model not in UNSUPERVISED:
            config["classes"] = list(images.classes)
        path = folder / f"{name}.npz"
        part = path.with_suffix(".part.npz")
        trained = getattr(models, plan.model)(**config)
        trained.recipe = replace(trained.recipe, **plan.recipe)
        started = time.process_time()

        def save(model: Any, epoch: int, part: Path = part) -> None:
            pack(part, model.get_weights())

        if plan.fused:
            done = [fit_fused(trained, images, seed=seed, say=say, **rounds) for rounds in plan.fused]
            cost: dict[str, Any] = {
                "examples": sum(part.examples for part in done),
                "device": done[0].device,
                "seconds": round(sum(part.seconds for part in done), 1),
            }
        else:
            settings: dict[str, Any] = {"seed": seed, "show": False, "after_epoch": save}
            histories = [fit(trained, images, plan.epochs, **settings)]
            for epochs, rate, stages in plan.then:
                trained.stages = stages
                settings["seed"] += 1
                histories.append(fit(trained, images, epochs, learning_rate=rate, **settings))
            examples = sum(history.examples for history in histories)
            cost = {
                "epochs": sum(history.epochs * history.passes for history in histories),
                **({"examples": examples} if examples else {}),
                "cpu seconds": round(time.process_time() - started, 1),
            }

        pack(path, trained.get_weights())
        part.unlink(missing_ok=True)
        model = getattr(models, plan.model)(**config)
        model.set_weights(unpack(path, [weight.shape for weight in model.weights]))
        facts = {
            "file": path.name,
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "model": plan.model,
            "config": config,
            "dataset": plan.dataset,
            "training images": len(images.train),
            "usual images": ground_and_ink(images.train.images[:SAMPLE]),
            **cost,
            **_score(model, images.test),
        }
        entries = {**manifest(folder), name: facts}
        ordered = {key: entries[key] for key in PLANS if key in entries}
        (folder / MANIFEST).write_text(json.dumps(ordered, indent=2) + "\n", "utf-8")
        say(f"{name}: {path.stat().st_size / 1e6:.2f} MB, {scores(facts)}, {effort(facts)}")


def _score(model: Any, test: Any) -> dict[str, float]:
    """Measured on the test split, which chose nothing."""
    if hasattr(model, "measure"):
        return model.measure(test)
    if hasattr(model, "elbo"):
        bound = model.elbo(test)
        return {"test negative ELBO (nats)": round(float(-bound.elbo.mean()), 2)}
    if hasattr(model, "reconstruction_nats"):
        nats = model.reconstruction_nats(test, model.encode(test))
        return {"test reconstruction (nats)": round(float(nats.mean()), 2)}
    return {"test accuracy": round(float((model.classify(test) == test.labels).mean()), 4)}


def pack(path: Path, weights: Iterable[np.ndarray]) -> None:
    """Write arrays to a file: matrices as float16 in two byte planes, vectors as they are.

    Vectors (biases, batch statistics) are few and reach beyond float16's range.
    """
    planes: dict[str, Any] = {}
    for i, weight in enumerate(weights):
        if weight.ndim < 2:
            planes[f"{i}"] = np.asarray(weight)
            continue
        both = weight.astype("<f2").reshape(-1, 1).view(np.uint8)  # (numbers, 2)
        planes[f"{i}.low"], planes[f"{i}.high"] = both[:, 0].copy(), both[:, 1].copy()
    np.savez_compressed(path, **planes)
