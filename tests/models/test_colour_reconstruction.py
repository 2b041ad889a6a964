"""Small images in colour, with every default: the capsule network reconstructs them, and still classifies."""

import numpy as np
import pytest
from sklearn.decomposition import PCA

import capslab as cl

SHAPE = (20, 24, 3)


def coloured_shapes(n, ground, seed=0):
    """Discs, squares, triangles, crosses and rings in random colours, sizes and places on a ground.

    `ground` is the range that the ground's red, green and blue are drawn from.
    """
    rng = np.random.default_rng(seed)
    height, width, channels = SHAPE
    fine = 4  # pixels are means over 4×4 points, so that edges are smooth
    y, x = np.mgrid[: height * fine, : width * fine] / fine
    labels = rng.permutation(np.arange(n) % 5)
    pixels = np.empty((n, *SHAPE), np.uint8)
    for i, label in enumerate(labels):
        radius = rng.uniform(0.22, 0.36) * height
        dy = (y - height * rng.uniform(0.38, 0.62)) / radius
        dx = (x - width * rng.uniform(0.38, 0.62)) / radius
        square = np.maximum(abs(dy), abs(dx))
        inside = (
            dy**2 + dx**2 < 1,
            square < 0.8,
            (dy < 0.8) & (dy > 2 * abs(dx) - 1),
            (square < 1) & (np.minimum(abs(dy), abs(dx)) < 0.3),
            abs(dy**2 + dx**2 - 0.68) < 0.32,
        )[label]
        share = inside.reshape(height, fine, width, fine).mean((1, 3))[..., None]  # (height, width, 1)
        below, colour = rng.uniform(*ground, channels), rng.uniform(0, 1, channels)
        while abs(colour - below).max() < 0.3:
            colour = rng.uniform(0, 1, channels)
        image = share * colour + (1 - share) * below + rng.normal(0, 0.02, SHAPE)
        pixels[i] = np.rint(255 * image.clip(0, 1))
    return cl.Images(pixels, labels)


def variance_left(images, reconstructed):
    """Squared error of the test images, in shares of what the mean of the training images leaves."""
    x = images.test.images / 255
    return np.square(x - reconstructed).sum() / np.square(x - images.train.images.mean(0) / 255).sum()


def left_by_pca(images, components=16):
    """What a PCA of as many components as a pose has dimensions leaves of the test images."""
    train, test = (part.images.reshape(len(part), -1) / 255 for part in (images.train, images.test))
    pca = PCA(components, random_state=0).fit(train)
    return variance_left(images, pca.inverse_transform(pca.transform(test)).reshape(-1, *SHAPE))


@pytest.mark.slow
@pytest.mark.rare
def test_small_colour_images_are_reconstructed_as_well_as_by_a_pca_of_the_poses_size():
    images = coloured_shapes(1500, ground=(0, 0.1))
    net = cl.CapsNet.for_images(images)
    assert net.design.dimension == 16
    cl.fit(net, images, show=False)
    assert variance_left(images, net.reconstruct(images.test)) < 0.75 * left_by_pca(images)
    assert (net.classify(images.test) == images.test.labels).mean() >= 0.97


@pytest.mark.slow
@pytest.mark.rare
def test_a_ground_in_any_colour_is_carried_by_the_pose_too():
    images = coloured_shapes(1500, ground=(0, 1))
    net = cl.CapsNet.for_images(images)
    cl.fit(net, images, show=False)
    assert variance_left(images, net.reconstruct(images.test)) < 0.15
    assert (net.classify(images.test) == images.test.labels).mean() >= 0.97
