"""A fair race: as many rates and images for each, and those that choose are not those that judge."""

from __future__ import annotations

import numpy as np
import pytest

import capslab as cl
from capslab.errors import ArgumentError
from capslab.lessons.optimizer_race import RATES, Race, race


@pytest.fixture(scope="module")
def ran() -> Race:
    return race(cl.load("digits"), seeds=3)


def test_each_optimiser_gets_as_many_rates_and_images(ran: Race) -> None:
    assert {len(rates) for rates in RATES.values()} == {5}
    assert {name: tuple(tried) for name, tried in ran.tried.items()} == dict(RATES)
    seen = [row["steps"] * row["images per step"] for row in ran.rows()]
    assert max(seen) <= ran.images < 1.2 * min(seen)


def test_the_best_rate_on_validation_images_is_judged_with_other_networks(ran: Race) -> None:
    for name, rate in ran.rates.items():
        assert ran.tried[name][rate] == max(ran.tried[name].values())
        assert len(set(ran.accuracies[name])) > 1
        assert ran.losses[name][-1] < ran.losses[name][0]


def test_cheap_steps_win(ran: Race) -> None:
    means = {name: np.mean(values) for name, values in ran.accuracies.items()}
    assert means["batch gradient descent"] < 0.8 < 0.9 < min(means["SGD"], means["Adam"])


def test_it_needs_a_network_to_judge() -> None:
    with pytest.raises(ArgumentError, match="seeds"):
        race(cl.load("digits"), seeds=0)
