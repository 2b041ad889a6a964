"""Bundled weights, so that no one has to wait, and how they were made.

`capslab pretrain` trains each network of the course and writes its weights beside a manifest:
the data, the seed, the accuracy measured on the test split, the checksum. Weights travel as
float16, the two bytes of each number in separate planes, because the high bytes compress
well that way; the accuracy in the manifest is measured after that rounding.
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

from capslab.errors import DataUnavailable, unknown_name

FOLDER = Path(__file__).parents[1] / "weights"
MANIFEST = "manifest.json"
UNSUPERVISED = ("VAE", "AutoEncoder")


@dataclass(frozen=True)
class Plan:
    """How one bundled network is made.

    Attributes
    ----------
    dataset, model, arguments : data set, class in `capslab.models` and what it is made with.
    epochs : None takes the model's own recipe.
    recipe : what differs from that recipe otherwise, by name.
    then : further rounds, of a rate that climbs and falls again: `(epochs, rate, model.stages meanwhile)`.
    fused : where a CPU would take hours: rounds of `tools.train_jax.fit_fused` in place of all that.
    """

    dataset: str
    model: str
    arguments: dict[str, Any]
    epochs: int | None = None
    recipe: dict[str, Any] = field(default_factory=dict)
    then: tuple[tuple[int, float, Any], ...] = ()
    fused: tuple[dict[str, Any], ...] = ()


PLANS = {
    "dense-digits": Plan("digits", "DenseBaseline", {}),
    "capsnet-digits": Plan("digits", "CapsNet", {}),
    "vae-digits": Plan("digits", "VAE", {"latent_dim": 16}),
    "dense-mnist": Plan("mnist", "DenseBaseline", {}),
    # The preset made to be looked at: a 6×6 grid of capsules, not eight that each see everything.
    "capsnet-mnist": Plan("mnist", "CapsNet", {"preset": "visible"}, epochs=6),
    "vae-mnist": Plan(
        "mnist", "VAE", {"latent_dim": 16}, epochs=10, recipe={"batch_size": 128, "learning_rate": 2e-3}
    ),
    # Two dimensions fit on paper: a VAE, and beside it the plain control.
    "plane-digits": Plan("digits", "VAE", {"latent_dim": 2}),
    "plane-mnist": Plan("mnist", "VAE", {"latent_dim": 2}, epochs=4),
    "autoencoder-digits": Plan("digits", "AutoEncoder", {"latent_dim": 2}),
    "autoencoder-mnist": Plan("mnist", "AutoEncoder", {"latent_dim": 2}, epochs=4),
    # As low a −ELBO as three minutes of a GPU reach.
    "vae-mnist-best": Plan(
        "mnist",
        "VAE",
        {"latent_dim": 24, "architecture": "deep"},
        fused=({"batch_size": 256, "steps": 20_600, "learning_rate": 2e-3, "beta_2": 0.999},),
    ),
    # These two make their examples as they learn: pairs of digits, windows of scenes.
    "capsnet-overlap": Plan(
        "mnist",
        "OverlapNet",
        {"image_shape": [36, 36, 1]},
        epochs=43,
        # Drawing pulls the capsules its own way. So they learn to name alone a while, the decoder follows,
        # and at last both settle at a low rate.
        then=(
            (14, 2.5e-3, ((0.0, {"drawing": False}),)),
            (7, 2e-3, ((0.0, {"drawing": True, "naming": False, "masking": 0.3}),)),
            (6, 1.5e-3, ((0.0, {"drawing": True, "naming": True, "masking": 0.3}),)),
        ),
    ),
    "capsnet-scenes": Plan("mnist", "SceneNet", {"image_shape": [28, 28, 1]}, epochs=2),
}


def pretrained(name: str, folder: str | Path | None = None) -> Any:
    """A network of the course with its bundled weights.

    Parameters
    ----------
    name : one of `PLANS`: dense-digits, capsnet-digits, vae-digits, dense-mnist, capsnet-mnist,
        vae-mnist, …
    folder : where the weights and their manifest are; None for those in the package.

    Returns
    -------
    The model, ready to use; `manifest()[name]` says how it was made and how good it is.

    Raises
    ------
    ArgumentError : for an unknown name.
    DataUnavailable : for a weights file that is missing or not what the manifest says.
    """
    folder = FOLDER if folder is None else Path(folder)
    facts = manifest(folder)
    if name not in facts:
        raise unknown_name("name", name, facts, "Run `capslab pretrain` to make the weights.")
    path = folder / facts[name]["file"]
    try:
        packed = path.read_bytes()
    except OSError as error:
        raise DataUnavailable(
            f"The weights of {name!r} cannot be read from {path} ({error.strerror}). "
            f"Install capslab again, or make them with `capslab pretrain {name}`."
        ) from error
    if hashlib.sha256(packed).hexdigest() != facts[name]["sha256"]:
        raise DataUnavailable(
            f"The weights file {path.name} is not the one in the manifest (its checksum differs): it is "
            f"truncated or was changed. Install capslab again, or run `capslab pretrain {name}`."
        )
    model = _make(facts[name]["model"], facts[name]["config"])
    model.set_weights(unpack(path, [weight.shape for weight in model.weights]))
    return model


def ready(kind: str, images: Any, show: bool | None = None) -> Any:
    """A trained network for these images: with bundled weights where there are any, else trained now.

    Parameters
    ----------
    kind : "dense", "capsnet", "vae", "plane" (a VAE of two dimensions) or "autoencoder" (likewise).
    images : the data set it is for, as `load` gave it.
    show : as for `fit`, when it has to be trained.

    Returns
    -------
    The model; one printed line says where its weights come from.
    """
    kinds = sorted({name.split("-")[0] for name in PLANS})
    if kind not in kinds:
        raise unknown_name("kind", kind, kinds)
    name = f"{kind}-{images.name}"
    facts = manifest().get(name)
    if facts and facts["config"]["image_shape"] == list(images.image_shape):
        print(f"{name}: bundled weights, {_told(facts)}; trained for {effort(facts)}.")
        return pretrained(name)
    from capslab.training.fit import fit

    # The same network as is bundled for images of that size.
    plan = PLANS[f"{kind}-{'digits' if min(images.image_shape[:2]) < 20 else 'mnist'}"]
    print(f"{name}: no bundled weights, so it is trained now.")
    config: dict[str, Any] = {"image_shape": images.image_shape, **plan.arguments}
    if plan.model not in UNSUPERVISED:
        config["classes"] = images.classes
    model = _make(plan.model, config)
    fit(model, images, show=show)
    return model


def manifest(folder: str | Path | None = None) -> dict[str, dict[str, Any]]:
    """What is bundled: for each name its file, checksum, data, seed, score and how long it took."""
    path = (FOLDER if folder is None else Path(folder)) / MANIFEST
    try:
        return json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise DataUnavailable(f"{path} is not readable as JSON ({error}). Install capslab again.") from error


def pretrain(
    names: Iterable[str] | None = None,
    folder: str | Path | None = None,
    seed: int = 0,
    say: Callable[[str], None] = print,
) -> None:
    """Train the networks of these names and write weights and manifest.

    By default all that a CPU can train; those with a `fused` plan want JAX and a GPU, and are named.
    """
    from capslab.data import load
    from capslab.training.fit import fit

    folder = FOLDER if folder is None else Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    names = list(names or ())
    if not names:
        names = [name for name, plan in PLANS.items() if not plan.fused]
        for name in sorted(PLANS.keys() - set(names)):
            say(f"left out: {name}, which wants a GPU (KERAS_BACKEND=jax capslab pretrain {name})")
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
        trained = _make(plan.model, config)
        trained.recipe = replace(trained.recipe, **plan.recipe)
        started = time.process_time()

        def keep(model: Any, epoch: int, part: Path = part) -> None:
            pack(part, model.get_weights())

        if plan.fused:
            done = [fit_fused(trained, images, seed=seed, say=say, **rounds) for rounds in plan.fused]
            cost: dict[str, Any] = {
                "examples": sum(part.examples for part in done),
                "device": done[0].device,
                "seconds": round(sum(part.seconds for part in done), 1),
            }
        else:
            settings: dict[str, Any] = {"seed": seed, "show": False, "after_epoch": keep}
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
        model = _make(plan.model, config)
        model.set_weights(unpack(path, [weight.shape for weight in model.weights]))
        facts = {
            "file": path.name,
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "model": plan.model,
            "config": config,
            "dataset": plan.dataset,
            "training images": len(images.train),
            **cost,
            **_score(model, images.test),
        }
        known = manifest(folder)
        known[name] = facts
        ordered = {key: known[key] for key in PLANS if key in known}
        (folder / MANIFEST).write_text(json.dumps(ordered, indent=2) + "\n", "utf-8")
        say(f"{name}: {path.stat().st_size / 1e6:.2f} MB, {_told(facts)}, {effort(facts)}")


def _make(model: str, config: dict[str, Any]) -> Any:
    import capslab.models

    return getattr(capslab.models, model)(**config)


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


def effort(facts: dict[str, Any]) -> str:
    """What a bundled network cost to train, in words, from its entry in the manifest."""
    if "cpu seconds" in facts:
        return f"{facts['cpu seconds']:,.0f} CPU-s"
    return f"{facts['seconds']:.0f} s on {facts['device']}"


def _told(facts: dict[str, Any]) -> str:
    return ", ".join(f"{key} {value}" for key, value in facts.items() if key.startswith("test "))


def pack(path: Path, weights: Iterable[np.ndarray]) -> None:
    """Write arrays: matrices as float16 in two byte planes, vectors as they are.

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


def unpack(path: Path, shapes: Iterable[tuple[int, ...]]) -> list[np.ndarray]:
    """Read back what `pack` wrote, as arrays of these shapes."""
    weights = []
    with np.load(path, allow_pickle=False) as planes:
        for i, shape in enumerate(shapes):
            if f"{i}" in planes:
                weights.append(planes[f"{i}"])
            else:
                both = np.stack([planes[f"{i}.low"], planes[f"{i}.high"]], axis=1)
                weights.append(both.view("<f2").reshape(shape).astype(np.float32))
    return weights
