"""A trained network without thought: bundled where there is one for these images, trained now where not."""

from __future__ import annotations

from typing import Any

from capslab.errors import unknown_name
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
    # The same network as is bundled for images of that size.
    facts = bundled[f"{kind}-{'digits' if min(images.image_shape[:2]) < 20 else 'mnist'}"]
    print(f"{name}: no bundled weights, so it is trained now.")
    config = {key: value for key, value in facts["config"].items() if key not in OF_IMAGES}
    model = class_named(facts["model"]).for_images(images, **config)
    fit(model, images, show=show)
    return model
