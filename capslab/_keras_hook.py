"""Tells Keras of the course's classes as soon as it is imported, so that it opens saved models.

`keras.models.load_model(file)` looks up the classes of a file in a register, which is empty until the
modules that define them have been imported. `import capslab` should not import Keras for that. So
a finder waits in `sys.meta_path` for the import of Keras, by whomever, and then fills the register
with stand-ins: each imports its class when a file needs it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

#: registered names, and where the class is; "DenseNet" is what the first edition called `DenseBaseline`
CLASSES = {
    "AutoEncoder": "capslab.models.autoencoder:AutoEncoder",
    "CapsNet": "capslab.models.capsnet:CapsNet",
    "ContrastiveNet": "capslab.labelfree.contrastive:ContrastiveNet",
    "ConvNet": "capslab.models.convnet:ConvNet",
    "DenseBaseline": "capslab.models.dense:DenseBaseline",
    "DenseNet": "capslab.models.dense:DenseBaseline",
    "GaussianSample": "capslab.models.layers:GaussianSample",
    "Jitter": "capslab.labelfree.selftraining:Jitter",
    "Mask": "capslab.models.layers:Mask",
    "OverlapNet": "capslab.models.overlap_network:OverlapNet",
    "PrimaryCapsules": "capslab.models.layers:PrimaryCapsules",
    "RandomViews": "capslab.labelfree.random_views:RandomViews",
    "Residual": "capslab.models.layers:Residual",
    "RoutedCapsules": "capslab.models.layers:RoutedCapsules",
    "SceneNet": "capslab.models.scene_network:SceneNet",
    "SmallNet": "capslab.labelfree.selftraining:SmallNet",
    "StackedCapsNet": "capslab.models.stacked_capsnet:StackedCapsNet",
    "VAE": "capslab.models.vae:VAE",
}


#: "module:function" of what is called with TensorFlow as soon as it is set up, before its first operation
STARTERS: list[str] = []


def start_tensorflow(tensorflow: Any) -> None:
    """Call what waits for TensorFlow; `capslab.models.backend` does, once."""
    for place in STARTERS:
        module, _, name = place.partition(":")
        getattr(import_module(module), name)(tensorflow)


def stand_in(name: str, place: str) -> type:
    """A class that has `from_config`, which is all that Keras asks of it, and imports the real one then."""

    def from_config(cls: type, config: dict[str, Any]) -> Any:
        module, _, real = place.partition(":")
        return getattr(import_module(module), real).from_config(config)

    return type(name, (), {"from_config": classmethod(from_config)})


def register(keras: ModuleType) -> None:
    """Enter the course's classes into Keras's register; importing a class replaces its stand-in."""
    known = keras.saving.get_custom_objects()
    for name, place in CLASSES.items():
        known.setdefault(f"capslab>{name}", stand_in(name, place))


class KerasFinder:
    """Finds Keras as the other finders do, and registers the course's classes once it has been executed."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: Any = None) -> ModuleSpec | None:
        if name != "keras":
            return None
        others = (finder for finder in sys.meta_path if not isinstance(finder, KerasFinder))
        found = (finder.find_spec(name, path, target) for finder in others if hasattr(finder, "find_spec"))
        spec = next((spec for spec in found if spec is not None), None)
        loader: Any = getattr(spec, "loader", None)
        if hasattr(loader, "exec_module"):
            execute = loader.exec_module

            def exec_module(module: ModuleType) -> None:
                execute(module)
                if module.__name__ == "keras":  # a loader of zip files is shared with other modules
                    register(module)

            loader.exec_module = exec_module
        return spec


def install() -> None:
    """Wait for Keras, or register at once where it is there already."""
    if hasattr(sys.modules.get("keras"), "saving"):
        register(sys.modules["keras"])
    elif not any(isinstance(finder, KerasFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, KerasFinder())
