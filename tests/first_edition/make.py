"""Makes the files of this folder. Run at the tag v0.1.0: python tests/first_edition/make.py."""

from pathlib import Path
from typing import Any

import numpy as np

import capslab as cl
from capslab.bundled import manifest
from capslab.models import ConvNet, OverlapNet, SceneNet

FOLDER = Path(__file__).parent


def outputs(model: Any, images: np.ndarray) -> dict[str, np.ndarray]:
    """What a model gives for uint8 images, by the name of the method."""
    kind = type(model).__name__
    if kind in ("CapsNet", "OverlapNet", "SceneNet"):
        return {"lengths": np.asarray(model(images)["lengths"])}
    if kind in ("VAE", "AutoEncoder"):
        return {"reconstruct": model.reconstruct(images), "encode": model.encode(images)}
    given = {"classify": model.classify(images)}
    return given if kind == "ConvNet" else {**given, "features": model.features(images).vectors}


def noise(shape: tuple[int, int, int]) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (4, *shape), dtype=np.uint8)


def interrupt(model: Any, epoch: int) -> None:
    if epoch == 2:
        raise KeyboardInterrupt


def main() -> None:
    digits = cl.load("digits")
    models = [
        cl.CapsNet(digits.shape, digits.classes, seed=1),
        cl.DenseNet(digits.shape, digits.classes, seed=1),
        ConvNet(digits.shape, digits.classes, seed=1),
        cl.AutoEncoder(digits.shape, latent_dim=2, seed=1),
        cl.VAE(digits.shape, latent_dim=2, seed=1),
        OverlapNet((12, 12, 1), digits.classes, seed=1),
        SceneNet((12, 12, 1), digits.classes, seed=1),
    ]
    given = {}
    cl.fit(models[1], digits[:60], epochs=1, show=False)
    for model in models:
        name = type(model).__name__
        images = digits.test.images[:8] if model.shape == (8, 8, 1) else noise(model.shape)
        model.save(FOLDER / f"{name}.keras")
        given |= {f"{name}/{method}": value for method, value in outputs(model, images).items()}
    for name in manifest():
        model = cl.pretrained(name)
        told = outputs(model, noise(model.shape))
        given |= {f"pretrained/{name}/{method}": value for method, value in told.items()}
    np.savez_compressed(FOLDER / "outputs.npz", **given)

    model = cl.DenseNet(digits.shape, digits.classes, seed=1)
    cl.fit(
        model,
        digits[:60],
        epochs=3,
        show=False,
        checkpoint=FOLDER / "checkpoint.npz",
        after_epoch=interrupt,
    )
    (FOLDER / "checkpoint.previous.npz").unlink()


if __name__ == "__main__":
    main()
