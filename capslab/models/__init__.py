"""The three networks of the course, each an ordinary Keras 3 model: fit, save, load_model."""

from capslab.models.autoencoder import AutoEncoder
from capslab.models.backend import keras
from capslab.models.base import ImageModel, Recipe
from capslab.models.capsnet import PRESETS, CapsNet
from capslab.models.convnet import ConvNet
from capslab.models.cost import answering_time, cost, weights_by_layer
from capslab.models.dense import DenseBaseline
from capslab.models.overlap import OverlapNet, Separated
from capslab.models.pretrained import effort, manifest
from capslab.models.scene import Scan, SceneNet
from capslab.models.vae import VAE, Elbo, Posterior

__all__ = [
    "PRESETS",
    "VAE",
    "AutoEncoder",
    "CapsNet",
    "ConvNet",
    "DenseBaseline",
    "Elbo",
    "ImageModel",
    "OverlapNet",
    "Posterior",
    "Recipe",
    "Scan",
    "SceneNet",
    "Separated",
    "answering_time",
    "cost",
    "effort",
    "keras",
    "manifest",
    "weights_by_layer",
]
