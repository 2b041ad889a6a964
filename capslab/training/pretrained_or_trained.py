"""A trained network without thought: bundled where there is one for these images, trained now where not."""

from __future__ import annotations

from typing import Any

from capslab.errors import unknown_name
from capslab.models.autoencoder import latent_dimensions
from capslab.models.pretrained import class_named, effort, manifest, pretrained, scores
from capslab.training.fit import fit

#: what depends on the images rather than on the network, in the manifest's "config"
OF_IMAGES = ("image_shape", "classes", "seed")


def ready(kind: str, images: Any, show: bool | None = None) -> Any:
    """A trained network for these images: with bundled weights if there are any, otherwise trained now.

    Parameters
    ----------
    kind : "dense", "capsnet", "vae", "plane" (a VAE of two dimensions) or "autoencoder" (likewise).
    images : the data set it is for, as `load` gave it.
    show : as for `fit`, when it has to be trained.

    Returns
    -------
    The model; one printed line says where its weights come from.
    """
    bundled = manifest()
    kinds = sorted({name.split("-")[0] for name in bundled})
    if kind not in kinds:
        raise unknown_name("kind", kind, kinds)
    name = f"{kind}-{images.name}"
    facts = bundled.get(name)
    if facts and facts["config"]["image_shape"] == list(images.image_shape):
        print(f"{name}: bundled weights, {scores(facts)}; trained for {effort(facts)}.")
        return pretrained(name)
    facts = bundled[f"{kind}-{'digits' if min(images.image_shape[:2]) < 20 else 'mnist'}"]
    print(f"{name}: no bundled weights, so it is trained now.")
    model = class_named(facts["model"]).for_images(images, **_settings(facts["config"], images.image_shape))
    fit(model, images, show=show)
    return model


def _settings(config: dict[str, Any], image_shape: tuple[int, int, int]) -> dict[str, Any]:
    """The settings of a bundled network that suit images of this size; defaults do the rest."""
    settings = {key: value for key, value in config.items() if key not in OF_IMAGES}
    *sides, channels = image_shape
    if channels > 1 or not 20 <= min(sides) <= max(sides) <= 36:
        settings.pop("preset", None)  # it was made for grey images of about 28×28
    if settings.get("latent_dim") == latent_dimensions(tuple(config["image_shape"])):
        del settings["latent_dim"]  # as many as suit the size, not as many as suited another size
    return settings
