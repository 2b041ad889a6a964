"""Image data: `load` finds it, `Images` holds it.

>>> import capslab as cl
>>> cl.load("digits")
digits: 1,797 images of 8×8, 10 classes (0 … 9); 1,258 train, 180 validation, 359 test
"""

from capslab.data.corrupt import mislabelled, spoiled
from capslab.data.datasets import SETS, cache_folder, load, present
from capslab.data.export import export_clusters
from capslab.data.images import Images
from capslab.data.moving import moved_pairs
from capslab.data.pairs import Pairs, overlapping_pairs
from capslab.data.practice_folder import practice_folder
from capslab.data.scenes import Scenes, scenes
from capslab.data.transform import shifted, turned

__all__ = [
    "SETS",
    "Images",
    "Pairs",
    "Scenes",
    "cache_folder",
    "export_clusters",
    "load",
    "mislabelled",
    "moved_pairs",
    "overlapping_pairs",
    "practice_folder",
    "present",
    "scenes",
    "shifted",
    "spoiled",
    "turned",
]
