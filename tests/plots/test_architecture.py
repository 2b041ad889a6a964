"""The drawing of a network: every stage is in it, nothing overlaps, what the learner wrote is framed."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

import capslab as cl
from capslab import plots
from capslab.errors import ArgumentError
from capslab.models import PRESETS, ConvNet, OverlapNet, SceneNet
from capslab.plots.describe_architecture import describe_architecture
from capslab.plots.svg_canvas import Canvas

SIZES = {"digits": (8, 8), "overlap-digits": (12, 12), "scene-digits": (12, 12), "overlap": (36, 36)}
MODELS = {
    "CapsNet": lambda: cl.CapsNet((28, 28), 10, preset="visible"),
    "paper": lambda: cl.CapsNet((28, 28), 100, preset="paper"),
    "overlap": lambda: OverlapNet((36, 36), 10),
    "scene": lambda: SceneNet((28, 28), 10),
    "dense": lambda: cl.DenseBaseline((28, 28), 10),
    "convolutional": lambda: ConvNet((28, 28), 10),
    "autoencoder": lambda: cl.AutoEncoder((9, 9)),
    "deep": lambda: cl.VAE((30, 30, 3), latent_dim=2, architecture="deep"),
}


@pytest.fixture
def seen(monkeypatch):
    canvases = []
    finish = Canvas.picture

    def picture(canvas, *args, **options):
        canvases.append(canvas)
        return finish(canvas, *args, **options)

    monkeypatch.setattr(Canvas, "picture", picture)
    return canvases


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("mine", [False, True])
def test_every_stage_is_drawn_and_nothing_overlaps(name, mine, seen):
    model = MODELS[name]()
    described = describe_architecture(model)
    picture = plots.architecture(model, described.parts if mine else ())
    words = " ".join(ET.fromstring(picture.svg).itertext()).replace("\u00a0", " ")
    for branch in described.branches:
        assert branch.title in words
        for stage in branch.stages:
            assert all(part in words for part in stage.size.split())
            assert not stage.weights or f"{stage.weights:,}" in words
            assert stage.size in picture.alt_text
    assert seen[0].overlaps() == []
    assert picture.width == 700
    assert str(picture) == str(described)


def test_what_the_learner_wrote_is_framed_named_and_told():
    model = cl.CapsNet((8, 8), 10)
    plain, framed = plots.architecture(model), plots.architecture(model, mine=("squash", "margin_loss"))
    assert "pink" not in plain.svg
    assert framed.svg.count("your squash") == 2  # in the primary and in the digit capsules
    assert framed.svg.count('class="f-pink-soft s-pink"') == 2
    assert "(your margin_loss)" in framed.svg
    assert "Your own: squash, margin_loss." in framed.alt_text
    assert plots.architecture(model, mine="votes").svg.count("your votes") == 1


def test_unknown_parts_are_refused_with_a_hint(fails):
    model = cl.CapsNet((8, 8), 10)
    with fails(ArgumentError, "mine", received="squosh", names="'squash'?"):
        plots.architecture(model, mine=("squosh",))
    with fails(ArgumentError, "mine", received=3):
        plots.architecture(model, mine=3)
    with fails(ArgumentError, "mine", received="reparameterise"):
        plots.architecture(model, mine="reparameterise")


def test_every_preset_can_be_drawn():
    for preset in PRESETS:
        kind = (
            OverlapNet
            if "overlap" in preset
            else SceneNet
            if preset == "any-window" or "scene" in preset
            else cl.CapsNet
        )
        model = kind(SIZES.get(preset, (28, 28) if "overlap" not in preset else (36, 36)), 3, preset=preset)
        assert "3 capsules of" in str(plots.architecture(model))
