"""One small view of each kind, for what all of them must do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from fakes import FakeCapsNet, FakeNetwork, FakePairNet, FakePoseNet, FakeToyNet, FakeVAE, some_images

import capslab as cl
from capslab.embedding import Embedding
from capslab.lessons.beta_sweep import BetaSweep
from capslab.widgets import TrainingView


def embedding(seed: int = 0) -> Embedding:
    """Forty images as ten random numbers each."""
    images = some_images()
    vectors = np.random.default_rng(seed).normal(size=(len(images), 10))
    return Embedding(vectors, images.labels, images, f"numbers {seed}", False)


def sweep() -> BetaSweep:
    """Three networks with made-up numbers and pictures of noise."""
    pictures = np.random.default_rng(0).integers(0, 256, (3, 5, 6, 6, 1), np.uint8)
    return BetaSweep(
        about="noise",
        betas=np.array([0.0, 1.0, 8.0]),
        reconstruction=np.array([15.0, 20.0, 30.0]),
        kl=np.array([50.0, 10.0, 1.0]),
        kl_per_dimension=np.array([[20.0, 15.0, 10.0, 5.0], [5.0, 3.0, 2.0, 0.0], [1.0, 0.0, 0.0, 0.0]]),
        active_units=np.array([4, 3, 1]),
        sharpness=np.array([1.0, 0.9, 0.5]),
        sample_distance=np.array([3.0, 1.2, 0.7]),
        originals=pictures[0],
        reconstructions=pictures,
        samples=pictures[::-1],
    )


def revealed(name: str, truth: Any, answer: Any, **kind: Any) -> Any:
    """A truth beside a guess."""
    cl.guess(name, "What will it be?", answer=answer, **kind)
    return cl.reveal(name, truth, "Seen once.")


CURVE: dict[str, Any] = {"curve": {"k": (1, 21), "inertia": (0, 100)}, "unit": "%"}

#: name → a function that makes the view
VIEWS: dict[str, Callable[[], Any]] = {
    "clusters": lambda: cl.explore_clusters(embedding(), 4),
    "cloud": lambda: cl.explore_cloud(embedding(), 4),
    "compare": lambda: cl.compare(embedding(0), embedding(1), k=4, seeds=1),
    "routing": lambda: cl.show_routing(FakeCapsNet(), some_images()),
    "network": lambda: cl.show_network(FakeNetwork(), some_images()),
    "latent": lambda: cl.explore_latent(FakeVAE(), some_images()),
    "travel": lambda: cl.travel(embedding(0), embedding(1), embedding(2), k=4, position=0.5),
    "posterior": lambda: cl.explore_posterior(),
    "convolution": lambda: cl.explore_convolution(some_images(), index=7),
    "toy": lambda: cl.turn_toy("plane"),
    "toy and network": lambda: cl.turn_toy("truck", FakeToyNet(), azimuth=100, seen=[0, 18, 36, 54]),
    "playground": lambda: cl.network_sandbox(epochs=20),
    "playground of digits": lambda: cl.network_sandbox(data="digits", epochs=2),
    "plane": lambda: cl.explore_latent(FakeVAE(latent=2), some_images()),
    "sandbox": lambda: cl.routing_sandbox(),
    "pose": lambda: cl.explore_pose(FakePoseNet(), some_images()[7]),
    "betas": lambda: cl.explore_beta(sweep()),
    "overlap": lambda: cl.explore_overlap(FakePairNet(), some_images()),
    "drawing": lambda: cl.draw_digit(FakePoseNet(), FakeVAE()),
    "training": lambda: TrainingView("CapsNet on CPU", 3, ["accuracy", "loss"]),
    "guess a number": lambda: cl.guess("a number", "How many of 100?", between=(0, 100), unit="of 100"),
    "guess a choice": lambda: cl.guess("a choice", "Which one?", choices=["this", "that"]),
    "guess an order": lambda: cl.guess("an order", "Which first?", order=["b", "c", "a"]),
    "guess a curve": lambda: cl.guess("a curve", "How does it fall?", **CURVE),
    "reveal a number": lambda: revealed("number", 93, 60, between=(0, 100), unit="of 100"),
    "reveal a choice": lambda: revealed("choice", "that", "this", choices=["this", "that"]),
    "reveal an order": lambda: revealed("order", ["a", "b", "c"], ["b", "c", "a"], order=["b", "c", "a"]),
    "reveal a curve": lambda: revealed("curve", [100, 60, 50], [90, 20], **CURVE),
}

#: the slider that a learner drags first, where there is one
SLIDERS = {
    "clusters": "k",
    "cloud": "k",
    "compare": "k",
    "routing": "iteration",
    "network": "iteration",
    "latent": "z1",
    "travel": "position",
    "posterior": "μ",
    "convolution": "row",
    "toy": "azimuth",
    "toy and network": "azimuth",
    "playground": "hidden units",
    "playground of digits": "hidden units",
    "plane": "z1",
    "pose": "pose[1]",
    "sandbox": "iteration",
    "betas": "β",
    "overlap": "shift",
}

#: views whose first slider starts at its right end
AT_THEIR_END = ("routing", "network")
