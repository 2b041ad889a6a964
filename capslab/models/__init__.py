"""The three networks of the course, each an ordinary Keras 3 model: fit, save, load_model."""

from capslab.models.autoencoder import AutoEncoder
from capslab.models.base import ImageModel, Recipe
from capslab.models.capsnet import PRESETS, CapsNet
from capslab.models.convnet import ConvNet
from capslab.models.dense import DenseNet
from capslab.models.overlap import OverlapNet, Separated
from capslab.models.scene import Scan, SceneNet
from capslab.models.vae import VAE, Codes, Elbo

__all__ = [
    "PRESETS",
    "VAE",
    "AutoEncoder",
    "CapsNet",
    "Codes",
    "ConvNet",
    "DenseNet",
    "Elbo",
    "ImageModel",
    "OverlapNet",
    "Recipe",
    "Scan",
    "SceneNet",
    "Separated",
]
