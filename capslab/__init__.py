"""capslab: the work behind the course on what neural networks learn about images.

`import capslab as cl` takes milliseconds: every public name is imported the first
time it is used, and TensorFlow only when a model is needed.
"""

import os as _os
from importlib import import_module
from typing import Any

from capslab import _keras_hook, _renames
from capslab._version import __version__
from capslab.machine.console import print_readably as _print_readably
from capslab.training.live_curve import register_display as _register_display

if _os.path.expanduser("~") == "~":  # no home at all: Keras, Jupyter and our progress need one
    from capslab._home import use_temporary_home as _use_temporary_home

    _use_temporary_home()

_print_readably()  # a console without × shall not end the program that prints one

_renames.install()  # an import by a first-edition name is told the new one

_keras_hook.install()  # so that keras.models.load_model opens the course's models, whoever imports Keras

if "TF_CONFIG" in _os.environ:  # several machines, which must meet before TensorFlow's first operation
    _keras_hook.STARTERS.append("capslab.training.multiple_machines:join")

_register_display("capslab.widgets:TrainingView")  # training itself knows no views

_HOME = {
    # data
    "Images": "capslab.data",
    "export_clusters": "capslab.data",
    "load": "capslab.data",
    "load_other": "capslab.data",
    # models
    "AutoEncoder": "capslab.models",
    "CapsNet": "capslab.models",
    "DenseBaseline": "capslab.models",
    "VAE": "capslab.models",
    "fit": "capslab.training.fit",
    "pretrained": "capslab.models.pretrained",
    "ready": "capslab.training.pretrained_or_trained",
    "beta_sweep": "capslab.lessons.beta_sweep",
    # what a model says about images
    "Embedding": "capslab.embedding",
    "embed": "capslab.embedding",
    "route": "capslab.routing",
    # clustering
    "cluster": "capslab.clustering",
    "LabelFree": "capslab.labelfree",
    "SpectralPath": "capslab.clustering",
    # live views
    "compare": "capslab.widgets",
    "draw_digit": "capslab.widgets",
    "explore_beta": "capslab.widgets",
    "explore_cloud": "capslab.widgets",
    "explore_clusters": "capslab.widgets",
    "explore_convolution": "capslab.widgets",
    "explore_latent": "capslab.widgets",
    "explore_overlap": "capslab.widgets",
    "explore_posterior": "capslab.widgets",
    "explore_pose": "capslab.widgets",
    "network_sandbox": "capslab.widgets",
    "routing_sandbox": "capslab.widgets",
    "show_network": "capslab.widgets",
    "show_routing": "capslab.widgets",
    "turn_toy": "capslab.widgets",
    # guess, see, look back
    "guess": "capslab.widgets",
    "guesses": "capslab.widgets",
    "reveal": "capslab.widgets",
    "travel": "capslab.widgets",
    # claims and exercises
    "claims": "capslab.lessons.claims_table",
    "verdict": "capslab.lessons.verdict",
    "case": "capslab.exercises",
    "check": "capslab.exercises",
    "hint": "capslab.exercises",
    "mine": "capslab.exercises",
    "progress": "capslab.exercises",
    "recall": "capslab.exercises.recall_questions",
    "solution": "capslab.exercises",
}

#: packages that `cl.plots` reaches without an import of its own, so that advice can name what is in them
_PACKAGES = {"clustering", "data", "exercises", "lessons", "models", "ops", "plots", "routing", "training"}

__all__ = ["__version__", *_HOME]


def __getattr__(name: str) -> Any:
    if name in _PACKAGES:
        return import_module(f"capslab.{name}")
    if name not in _HOME:
        from capslab.errors import spelling_hint

        if renamed := _renames.advice(f"capslab.{name}"):
            raise AttributeError(renamed)
        hint = spelling_hint(name, _HOME) or "dir(capslab) lists the public names."
        raise AttributeError(f"capslab has no public name {name!r}. {hint}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value  # the next look-up costs nothing
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
