"""The networks of the course, each an ordinary Keras 3 model: fit, save, load_model.

Each is imported the first time it is used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from capslab.models.autoencoder import AutoEncoder as AutoEncoder
    from capslab.models.backend import keras as keras
    from capslab.models.base import ImageModel as ImageModel
    from capslab.models.base import Recipe as Recipe
    from capslab.models.capsnet import CapsNet as CapsNet
    from capslab.models.capsnet_presets import PRESETS as PRESETS
    from capslab.models.convnet import ConvNet as ConvNet
    from capslab.models.dense import DenseBaseline as DenseBaseline
    from capslab.models.network_cost import answering_time as answering_time
    from capslab.models.network_cost import answering_times as answering_times
    from capslab.models.network_cost import cost as cost
    from capslab.models.network_cost import weights_by_layer as weights_by_layer
    from capslab.models.overlap_network import OverlapNet as OverlapNet
    from capslab.models.overlap_network import Separated as Separated
    from capslab.models.own_autoencoder import OwnAutoencoder as OwnAutoencoder
    from capslab.models.pretrained import effort as effort
    from capslab.models.pretrained import manifest as manifest
    from capslab.models.scene_network import Scan as Scan
    from capslab.models.scene_network import SceneNet as SceneNet
    from capslab.models.stacked_capsnet import StackedCapsNet as StackedCapsNet
    from capslab.models.vae import VAE as VAE
    from capslab.models.vae import Elbo as Elbo
    from capslab.models.vae import Posterior as Posterior

_MODULES = {
    "PRESETS": "capsnet_presets",
    "VAE": "vae",
    "AutoEncoder": "autoencoder",
    "CapsNet": "capsnet",
    "ConvNet": "convnet",
    "DenseBaseline": "dense",
    "Elbo": "vae",
    "ImageModel": "base",
    "OverlapNet": "overlap_network",
    "OwnAutoencoder": "own_autoencoder",
    "Posterior": "vae",
    "Recipe": "base",
    "Scan": "scene_network",
    "SceneNet": "scene_network",
    "Separated": "overlap_network",
    "StackedCapsNet": "stacked_capsnet",
    "answering_time": "network_cost",
    "answering_times": "network_cost",
    "cost": "network_cost",
    "effort": "pretrained",
    "keras": "backend",
    "manifest": "pretrained",
    "weights_by_layer": "network_cost",
}

__all__ = list(_MODULES)


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module 'capslab.models' has no attribute {name!r}")
    value = getattr(import_module(f"capslab.models.{_MODULES[name]}"), name)
    globals()[name] = value  # the next look-up costs nothing
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
