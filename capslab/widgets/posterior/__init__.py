"""The posterior view: a world of one latent dimension, in which every term of the ELBO is a number."""
