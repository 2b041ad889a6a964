"""NumPy's numbers are numbers: every view takes them, from Python as from the browser."""

from __future__ import annotations

import numpy as np
import pytest
import traitlets as t
from fakes import FakeCapsNet, FakePoseNet, FakeVAE, some_images
from views import embedding, sweep

import capslab as cl
from capslab.errors import ArgumentError
from capslab.widgets.traits import Bool, Float, Int


def test_numpy_numbers_become_pythons_own():
    class Holder(t.HasTraits):
        count, share, on, nothing = Int(0), Float(0.0), Bool(False), Int(None, allow_none=True)

    holder = Holder(count=np.int64(3), share=np.float32(0.5), on=np.True_)
    assert (holder.count, holder.share, holder.on, holder.nothing) == (3, 0.5, True, None)
    assert [type(value) for value in (holder.count, holder.share, holder.on)] == [int, float, bool]
    holder.share = np.int32(2)
    assert holder.share == 2.0
    for name, value in (("count", 2.5), ("count", "3"), ("share", "half"), ("on", np.int64(1))):
        with pytest.raises(t.TraitError):
            setattr(holder, name, value)


@pytest.mark.parametrize(
    ("make", "name", "value"),
    [
        (lambda: cl.explore_clusters(embedding(), np.int64(4)), "k", np.int64(5)),
        (lambda: cl.compare(embedding(0), embedding(1), k=np.int64(4), seeds=np.int64(1)), "k", np.int32(3)),
        (lambda: cl.explore_beta(sweep()), "at", np.int64(2)),
        (lambda: cl.show_routing(FakeCapsNet(), some_images(), np.int64(3)), "iteration", np.int64(2)),
        (lambda: cl.show_routing(FakeCapsNet(), some_images()), "capsule", np.int64(2)),
        (lambda: cl.explore_latent(FakeVAE(), some_images(), np.int64(3)), "index", np.int64(2)),
        (lambda: cl.explore_pose(FakePoseNet(), some_images()[7], np.int64(1)), "capsule", np.int64(2)),
        (lambda: cl.routing_sandbox(parents=np.int64(3)), "iteration", np.int64(2)),
    ],
)
def test_views_take_numpy_integers_and_give_their_state(make, name, value):
    view = make()
    setattr(view, name, value)
    assert getattr(view, name) == value
    assert type(getattr(view, name)) is int
    view.state = view.state  # it can be written as JSON


def test_a_vector_has_one_finite_number_per_dimension():
    view = cl.explore_latent(FakeVAE())
    view.z = np.array([1, 0, 0.123456, 0], np.float32)
    assert view.z == (1.0, 0.0, 0.1235, 0.0)
    for wrong in ([1, 2], "abcd", [np.nan] * 4):
        with pytest.raises(ArgumentError, match="`z`"):
            view.z = wrong
