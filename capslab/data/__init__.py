"""Image data: `load` reads a data set, `Images` holds it.

>>> import capslab as cl
>>> cl.load("digits")
digits: 1,797 images of 8×8, 10 classes (0 … 9); 1,258 train, 180 validation, 359 test
"""

from capslab.data.corrupt import corrupted, noisy_labels
from capslab.data.datasets import DATASETS, cache_folder, load, load_other, local_source
from capslab.data.digit_pairs import Pairs, overlapping_pairs, pairs_elsewhere, shifted_pairs
from capslab.data.digit_scenes import Scenes, scenes
from capslab.data.export import export_clusters
from capslab.data.images import Images
from capslab.data.poses import Poses
from capslab.data.practice_folder import make_practice_folder
from capslab.data.render_toys import render_toy
from capslab.data.shift_and_rotate import rotated, shifted

__all__ = [
    "DATASETS",
    "Images",
    "Pairs",
    "Poses",
    "Scenes",
    "cache_folder",
    "corrupted",
    "export_clusters",
    "load",
    "load_other",
    "local_source",
    "make_practice_folder",
    "noisy_labels",
    "overlapping_pairs",
    "pairs_elsewhere",
    "render_toy",
    "rotated",
    "scenes",
    "shifted",
    "shifted_pairs",
]
