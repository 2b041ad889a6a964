"""The routing sandbox on the Python side: routing right and broken, k-means, words, what is refused."""

from __future__ import annotations

import json
from itertools import product
from typing import Any

import numpy as np
import pytest
from common import numbers_in
from wording import Fails

import capslab as cl
from capslab.errors import ArgumentError
from capslab.routing import routing_by_agreement
from capslab.widgets.sandbox.votes import cluster_votes, presets, route_votes
from capslab.widgets.sandbox.widget import routing_sandbox


@pytest.fixture
def view() -> Any:
    return routing_sandbox()


def random_votes(children: int = 5, parents: int = 3, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-1.5, 1.5, (children, parents, 2)).round(2)


# routing and k-means on votes


def test_without_a_mistake_it_is_routing_by_agreement() -> None:
    votes = random_votes()
    expected, trace = routing_by_agreement(votes, 10), route_votes(votes, 10)
    for name in ("logits", "couplings", "outputs", "agreement"):
        np.testing.assert_allclose(getattr(trace, name), getattr(expected, name), atol=1e-12)


def test_each_mistake_breaks_what_it_is_known_for() -> None:
    votes = random_votes()
    np.testing.assert_allclose(route_votes(votes, 4, over_children=True).couplings.sum(axis=1), 1)
    assert (abs(route_votes(votes, 4, over_children=True).couplings.sum(axis=2) - 1) > 0.01).any()
    unsquashed = route_votes(votes, 4, squashed=False)
    np.testing.assert_allclose(unsquashed.outputs[0], votes.mean(axis=0) * len(votes) / 3)
    assert unsquashed.lengths.max() > 1 > route_votes(votes, 4).lengths.max()
    whole, half = route_votes(votes, 6), route_votes(votes, 3)
    again = route_votes(votes, 3, start=half.logits[-1] + half.agreement[-1])
    np.testing.assert_allclose(again.couplings, whole.couplings[3:])


def test_kmeans_is_the_ordinary_one_where_a_child_says_the_same_to_all() -> None:
    from sklearn.cluster import KMeans

    points = np.concatenate(
        [np.random.default_rng(s).normal(m, 0.1, (4, 2)) for s, m in [(0, -0.8), (1, 0.8)]]
    )
    votes = np.repeat(points[:, None], 2, axis=1)  # (child, parent, 2)
    votes[0, 0] -= 1e-4  # or both parents would start in the same place
    clusters = cluster_votes(votes, 10)
    expected = KMeans(2, n_init=1, init=clusters.centres[1], random_state=0).fit(points)
    assert clusters.owners[-1].tolist() == expected.labels_.tolist() == [0] * 4 + [1] * 4
    np.testing.assert_allclose(clusters.centres[-1], expected.cluster_centers_, atol=1e-4)


def test_kmeans_never_gets_worse_and_leaves_a_lonely_centre_in_place() -> None:
    for seed in range(20):
        votes = random_votes(seed=seed)
        clusters = cluster_votes(votes, 10)
        assert (clusters.owners[0] == -1).all()
        child = np.arange(len(votes))
        costs = [
            np.square(votes[child, o] - c[o]).sum()
            for o, c in zip(clusters.owners[1:], clusters.centres[1:], strict=True)
        ]
        assert (np.diff(costs) < 1e-12).all()
    far = np.array([[[0.1, 0], [1, 0]], [[-0.1, 0], [-1, 0]]])
    assert cluster_votes(far, 3).centres[-1, 1].tolist() == [0, 0]


def test_presets_do_what_their_names_say() -> None:
    votes = {name: np.array(rows)[:, :2] for name, rows in presets().items()}
    end = {name: route_votes(v, 10) for name, v in votes.items()}
    assert end["two groups"].couplings[-1].argmax(axis=1).tolist() == [0, 0, 0, 1, 1, 1]
    assert end["agreement"].couplings[-1].argmax(axis=1).tolist() == [0] * 6
    assert end["one outlier"].couplings[-1].argmax(axis=1).tolist() == [0] * 5 + [1]
    assert end["agreement"].lengths[-1, 0] > 0.95
    assert end["conflict"].lengths[2].max() < 0.4
    assert all(np.array(rows).shape == (6, 4, 2) for rows in presets().values())


# the view


def test_trace_is_what_routing_gives_whatever_is_broken_on_screen(view: Any) -> None:
    right = routing_by_agreement(np.array(view.votes), 10)
    view.wrong_axis = view.no_squash = True
    np.testing.assert_allclose(view.trace.couplings, right.couplings)
    assert abs(view.screen_trace.couplings[5].sum(axis=1) - 1).max() > 0.1
    assert view.trace.classes == ("A", "B")


def test_words_name_lengths_the_strongest_coupling_and_kmeans(view: Any) -> None:
    a, b = view.trace.lengths[0]
    assert numbers_in(view.words) == ["1", "10", f"{a:.2f}", f"{b:.2f}", "0.500"]
    assert view.preset in view.words
    assert "k-means" in view.words
    view.iteration = 6
    c = view.trace.couplings[5]
    i, j = np.unravel_index(c.argmax(), c.shape)
    assert numbers_in(view.words)[4:7] == [str(i + 1), f"{c[i, j]:.3f}", "0.500"]
    assert f"→ {'AB'[j]}, c = {c[i, j]:.3f}" in view.words
    owner = view.clusters.owners[5]
    groups = "; ".join(
        f"{'AB'[p]}: " + ", ".join(str(n + 1) for n in np.flatnonzero(owner == p)) for p in (0, 1)
    )
    assert f"{groups}." in view.words
    differ = [str(n + 1) for n in np.flatnonzero(c.argmax(axis=1) != owner)]
    assert differ
    assert view.words.endswith(f" {', '.join(differ)}.")  # whom routing and k-means put elsewhere


def test_words_name_the_chosen_vote(view: Any) -> None:
    view.iteration, view.selected = 3, [4, 1]
    x, y = view.votes[4][1]
    c = view.trace.couplings[2, 4, 1]
    agreement = view.trace.agreement[2, 4, 1]
    assert agreement > 0
    chosen = ["5", f"{x:.2f}", f"{y:.2f}", f"{c:.3f}", f"+{agreement:.3f}"]
    assert [number.replace("−", "-") for number in numbers_in(view.words)[-5:]] == chosen
    assert f" B ({x:.2f}" in view.words


def test_every_switch_says_what_it_breaks(view: Any) -> None:
    view.iteration = 5
    view.wrong_axis = True
    sums = view.screen_trace.couplings[4].sum(axis=1)
    worst = int(abs(sums - 1).argmax())
    assert numbers_in(view.words)[-3:] == [str(worst + 1), f"{sums[worst]:.3f}", "1"]
    view.wrong_axis, view.no_squash = False, True
    step = f"{abs(view.screen_trace.agreement[4]).max():.2f}"
    longest = view.screen_trace.lengths[4].max()
    assert longest > 1
    assert numbers_in(view.words)[-3:] == [f"{longest:.2f}", "1", step]
    view.no_squash = False
    before = view.words
    view.keep_logits = True
    first = view.screen_trace.couplings[0]
    child, parent = np.unravel_index(first.argmax(), first.shape)
    assert numbers_in(view.words)[-2:] == [str(child + 1), f"{first.max():.3f}"]
    assert f"{'AB'[parent]} {first.max():.3f}" in view.words
    view.keep_logits = False
    assert view.words == before


def test_kept_logits_are_those_of_the_image_before(view: Any) -> None:
    view.iteration = 4
    left = view.screen_trace.logits[3] + view.screen_trace.agreement[3]
    view.keep_logits = True
    np.testing.assert_allclose(view.carried, left, atol=1e-4)
    before = view.screen_trace  # the same image, started from what it left itself
    left = before.logits[3] + before.agreement[3]
    view.preset = "one outlier"
    np.testing.assert_allclose(view.carried, left, atol=1e-4)
    np.testing.assert_allclose(view.screen_trace.logits[0], left, atol=1e-4)
    view.votes = random_votes(parents=3)  # another number of parents: nothing to start from
    assert view.start is None
    announced = view.words  # that the next image starts from this one
    view.keep_logits = False
    assert announced.startswith(view.words + " ")
    assert view.carried == []


def test_votes_and_preset_follow_each_other(view: Any) -> None:
    view.preset = "conflict"
    assert view.votes == [row[:2] for row in presets()["conflict"]]
    view.votes = view.array + np.array([0.01, 0])
    assert view.preset not in presets()
    assert view.preset in view.words
    view.votes = [row[:3] for row in presets()["agreement"]]
    assert view.preset == "agreement"


@pytest.mark.parametrize("broken", list(product([False, True], repeat=3)))
def test_code_runs_and_gives_the_numbers_on_screen(broken: tuple[bool, ...], capsys: Any) -> None:
    view = routing_sandbox(parents=3)
    view.iteration = 4
    view.wrong_axis, view.no_squash, view.keep_logits = broken
    scope: dict[str, Any] = {}
    exec(view.code, scope)
    np.testing.assert_allclose(scope["c"], view.screen_trace.couplings[3], atol=1e-3)
    np.testing.assert_allclose(scope["v"], view.screen_trace.outputs[3], atol=1e-3)
    assert scope["owner"].tolist() == view.clusters.owners[3].tolist()
    assert ("wrong" in view.code) == any(broken)
    capsys.readouterr()


def test_state_shows_the_same_again(view: Any) -> None:
    view.preset, view.iteration, view.no_squash, view.keep_logits = "conflict", 7, True, True
    view.selected = [1, 1]
    again = routing_sandbox(state=view.state)
    assert again.words == view.words
    assert again.state == view.state


def test_state_of_something_else_is_refused() -> None:
    for state in ("", "{}", json.dumps({"view": "RoutingView", "v": 2})):
        with pytest.raises(ArgumentError, match="state"):
            routing_sandbox(state=state)
    with pytest.raises(ArgumentError, match="version"):
        routing_sandbox(state=json.dumps({"view": "SandboxView", "v": 99}))
    with pytest.raises(ArgumentError, match="votes"):
        routing_sandbox(state=json.dumps({"view": "SandboxView", "v": 2, "votes": [[1]]}))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("votes", [[1, 2], [3, 4]]),
        ("votes", np.zeros((6, 5, 2))),
        ("votes", np.zeros((1, 2, 2))),
        ("votes", np.zeros((3, 2, 16))),
        ("votes", np.full((3, 2, 2), np.nan)),
        ("votes", np.full((3, 2, 2), 1.6)),
        ("votes", [["a"]]),
        ("iteration", 11),
        ("iteration", 0),
        ("selected", [6, 0]),
        ("selected", [0]),
        ("carried", [[float("inf")]]),
        ("preset", "agrement"),
    ],
)
def test_bad_values_are_refused_in_words(view: Any, name: str, value: Any, fails: Fails) -> None:
    before = view.words
    with fails(ArgumentError, name):
        setattr(view, name, value)
    assert view.words == before


def test_bad_arguments_are_refused_in_words(fails: Fails) -> None:
    with pytest.raises(ArgumentError, match="conflict"):
        routing_sandbox(preset="conflicts")
    for parents in (1, 5, True):
        with fails(ArgumentError, "parents", names="2 to 4"):
            routing_sandbox(parents=parents)
    with pytest.raises(ArgumentError, match="kmeans"):
        routing_sandbox(hide=("k-means",))
    assert routing_sandbox(hide=("kmeans",)).hide == ["kmeans"]


def test_fewer_parents_let_go_of_a_vote_that_is_gone() -> None:
    view = routing_sandbox(parents=4)
    view.selected = [2, 3]
    view.votes = view.array[:, :2]
    assert view.selected == []


def test_static_page_has_picture_and_words() -> None:
    view = cl.routing_sandbox(votes=random_votes(8, 4))
    view.iteration, view.no_squash = 5, True
    data, meta = view._repr_mimebundle_()
    assert data["image/png"].startswith(b"\x89PNG")
    assert meta["image/png"]["alt"] == data["text/plain"] == view.words
