"""Image data: `load` finds it, `Images` holds it.

>>> import capslab as cl
>>> cl.load("digits")
digits: 1,797 images of 8×8, 10 classes (0 … 9); 1,258 train, 180 validation, 359 test
"""

from capslab.data.images import Images
from capslab.data.sources import SETS, cache_folder, load, present

__all__ = ["SETS", "Images", "cache_folder", "load", "present"]
