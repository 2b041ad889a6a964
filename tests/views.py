"""One small view of each kind, for what all of them must do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from fakes import FakeCapsNet, FakePoseNet, FakeVAE, some_images

import capslab as cl
from capslab.features import Embedding
from capslab.widgets import TrainingView


def embedding(seed: int = 0) -> Embedding:
    """Forty images as ten random numbers each."""
    images = some_images()
    vectors = np.random.default_rng(seed).normal(size=(len(images), 10))
    return Embedding(vectors, images.labels, images, f"numbers {seed}", False)


#: name → a function that makes the view
VIEWS: dict[str, Callable[[], Any]] = {
    "clusters": lambda: cl.explore_clusters(embedding(), 4),
    "compare": lambda: cl.compare(embedding(0), embedding(1), k=4, seeds=1),
    "routing": lambda: cl.show_routing(FakeCapsNet(), some_images()),
    "latent": lambda: cl.explore_latent(FakeVAE(), some_images()),
    "plane": lambda: cl.explore_latent(FakeVAE(latent=2), some_images()),
    "sandbox": lambda: cl.routing_sandbox(),
    "pose": lambda: cl.explore_pose(FakePoseNet(), some_images()[7]),
    "drawing": lambda: cl.draw_digit(FakePoseNet(), FakeVAE()),
    "training": lambda: TrainingView("CapsNet on CPU", 3, ["accuracy", "loss"]),
}

#: the slider that a learner drags first, where there is one
SLIDERS = {
    "clusters": "k",
    "compare": "k",
    "routing": "iteration",
    "latent": "z1",
    "plane": "z1",
    "pose": "pose[1]",
    "sandbox": "iteration",
}
