"""The three networks of the course, each an ordinary Keras 3 model: fit, save, load_model."""

from capslab.models.base import ImageModel, Recipe
from capslab.models.capsule import PRESETS, CapsNet
from capslab.models.dense import DenseNet
from capslab.models.vae import VAE, Codes, Elbo

__all__ = ["PRESETS", "VAE", "CapsNet", "Codes", "DenseNet", "Elbo", "ImageModel", "Recipe"]
