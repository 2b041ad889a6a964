"""The routing sandbox in Chromium: its arithmetic, and a learner's mouse and keys."""

from __future__ import annotations

import re
from itertools import product
from typing import Any

import numpy as np
import pytest
from common import numbers_in

from capslab.routing import routing_by_agreement
from capslab.widgets.sandbox.votes import cluster_votes, presets, route_votes
from capslab.widgets.sandbox.widget import SandboxView, routing_sandbox

pytestmark = pytest.mark.browser

COMPUTE = """async ([votes, options]) => {
  const { routeSandbox, clusterSandbox } = await import("/js/sandbox/arithmetic.js");
  return [routeSandbox(votes, 10, options), clusterSandbox(votes, 10)];
}"""


def computed(
    page: Any, votes: np.ndarray, **options: Any
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """What the browser makes of votes, each quantity stacked over the steps."""
    found = page.evaluate(COMPUTE, [votes.tolist(), options])
    steps, clusters = ({name: np.array([s[name] for s in part]) for name in part[0]} for part in found)
    return steps, clusters


@pytest.mark.parametrize(("children", "parents"), [(2, 2), (6, 3), (8, 4)])
def test_arithmetic_is_pythons(modules: Any, children: int, parents: int) -> None:
    votes = np.random.default_rng(children).uniform(-1.5, 1.5, (children, parents, 2))
    steps, clusters = computed(modules, votes)
    right = routing_by_agreement(votes, 10)
    for name in ("logits", "couplings", "outputs", "agreement", "lengths"):
        np.testing.assert_allclose(steps[name], getattr(right, name), rtol=1e-5, atol=1e-5, err_msg=name)
    expected = cluster_votes(votes, 10)
    np.testing.assert_array_equal(clusters["owners"], expected.owners)
    np.testing.assert_allclose(clusters["centres"], expected.centres, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(("wrong_axis", "no_squash", "kept"), list(product([False, True], repeat=3))[1:])
def test_mistakes_are_pythons(modules: Any, wrong_axis: bool, no_squash: bool, kept: bool) -> None:
    votes = np.random.default_rng(1).uniform(-1, 1, (5, 3, 2))
    start = np.random.default_rng(2).normal(size=(5, 3)) if kept else None
    options = {
        "wrongAxis": wrong_axis,
        "noSquash": no_squash,
        "start": None if start is None else start.tolist(),
    }
    steps, _ = computed(modules, votes, **options)
    expected = route_votes(votes, 10, start=start, over_children=wrong_axis, squashed=not no_squash)
    for name in ("logits", "couplings", "outputs", "agreement", "lengths"):
        np.testing.assert_allclose(steps[name], getattr(expected, name), rtol=1e-5, atol=1e-5, err_msg=name)


@pytest.fixture
def view() -> SandboxView:
    return routing_sandbox()


@pytest.fixture
def host(hosted: Any, view: SandboxView) -> Any:
    host = hosted(view)
    yield host
    assert host.errors == []
    assert host.requests == []


def at(host: Any, child: int, parent: int, plane: str = "routing", size: int = 250) -> tuple[float, float]:
    """Where a vote's disc lies on the page."""
    box = host.root.locator(f".caps-plane-{plane}").bounding_box()
    x, y = host.view.votes[child][parent]
    scale = size / 2 / 1.68
    return box["x"] + parent * (size + 10) + size / 2 + x * scale, box["y"] + 20 + size / 2 - y * scale


def code(host: Any) -> str:
    host.frame()
    shown = host.root.locator(".caps-code")
    if not shown.is_visible():  # it is written when it is looked at
        host.root.get_by_role("button", name="Show the code").click()
    return str(shown.evaluate("(node) => node.textContent"))


def test_browser_says_what_python_says(host: Any, view: SandboxView) -> None:
    assert host.words() == view.words
    for view.preset, view.iteration in [("conflict", 2), ("agreement", 10), ("one outlier", 5)]:
        assert host.words() == view.words
        assert code(host) == view.code
    view.selected = [3, 1]
    for view.wrong_axis, view.no_squash, view.keep_logits in product([False, True], repeat=3):
        assert host.words() == view.words
        assert code(host) == view.code
    for parents in (4, 3):
        view.votes = [row[:parents] for row in presets()["conflict"]]
        for view.iteration in (1, 2, 4, 8):
            assert host.words() == view.words


@pytest.mark.parametrize("plane", ["routing", "kmeans"])
def test_dragging_a_vote(host: Any, view: SandboxView, plane: str) -> None:
    view.iteration = 3
    words, routing, means = (
        host.words(),
        host.pixels(".caps-plane-routing"),
        host.pixels(".caps-plane-kmeans"),
    )
    x, y = at(host, 4, 0, plane)
    start = host.page.evaluate("performance.now()")
    host.page.mouse.move(x, y)
    host.page.mouse.down()
    host.page.mouse.move(x + 74.4, y + 37.2, steps=8)
    saves = host.page.evaluate("model.saves")
    seconds = (host.page.evaluate("performance.now()") - start) / 1000
    host.page.mouse.up()
    before = presets()["two groups"][4][0]
    host.settle()
    np.testing.assert_allclose(view.votes[4][0], [before[0] + 1.0, before[1] - 0.5], atol=0.02)
    assert view.selected == [4, 0]
    assert view.preset not in presets()
    assert host.words() == view.words != words
    assert host.pixels(".caps-plane-routing") != routing
    assert host.pixels(".caps-plane-kmeans") != means
    assert saves <= 10 * seconds + 2  # a drag never floods the kernel
    np.testing.assert_allclose(view.trace.votes, view.votes)


def test_a_vote_stays_in_its_plane(host: Any, view: SandboxView) -> None:
    host.page.mouse.move(*at(host, 0, 0))
    host.page.mouse.down()
    host.page.mouse.move(1150, 20, steps=5)
    host.page.mouse.up()
    host.settle()
    assert view.votes[0][0] == [1.5, 1.5]


def test_pressing_beside_a_vote_moves_nothing(host: Any, view: SandboxView) -> None:
    before = view.votes
    box = host.root.locator(".caps-plane-routing").bounding_box()
    host.page.mouse.move(box["x"] + 12, box["y"] + 32)
    host.page.mouse.down()
    host.page.mouse.move(box["x"] + 80, box["y"] + 80, steps=4)
    host.page.mouse.up()
    host.settle()
    assert view.votes == before
    assert view.selected == []


def test_keys_choose_and_move_a_vote(host: Any, view: SandboxView) -> None:
    plane = host.root.locator(".caps-plane-routing")
    plane.focus()
    for key in ("3", "b"):
        host.page.keyboard.press(key)
    host.settle()
    assert view.selected == [2, 1]
    x, y = view.votes[2][1]
    for key in ("ArrowRight", "ArrowUp", "Shift+ArrowDown"):
        host.page.keyboard.press(key)
    host.settle()
    np.testing.assert_allclose(view.votes[2][1], [x + 0.05, y - 0.2], atol=1e-9)
    assert host.words() == view.words
    label = plane.get_attribute("aria-label") or ""
    assert re.search(r"\b1\b.*\b6\b.*\bA\b.*\bB\b", label)  # the keys of the children and of the parents
    host.page.keyboard.press("Escape")
    host.settle()
    assert view.selected == []


def test_the_table_tells_the_couplings_and_chooses(host: Any, view: SandboxView) -> None:
    view.iteration = 4
    host.sync()
    host.frame()
    shown = host.root.locator(".caps-coupling").all_inner_texts()
    np.testing.assert_allclose([float(c) for c in shown], view.trace.couplings[3].ravel(), atol=6e-4)
    owners = [text[0] for text in host.root.locator(".caps-owner").all_inner_texts()]
    assert owners == ["AB"[o] for o in view.clusters.owners[3]]
    host.root.get_by_role("button", name="child 6, parent B").click()
    host.settle()
    assert view.selected == [5, 1]
    assert host.root.locator(".caps-coupling[aria-pressed=true]").count() == 1


def test_stepping_playing_and_dragging_the_iteration(host: Any, view: SandboxView) -> None:
    host.root.get_by_role("button", name="one iteration on").click()
    host.settle()
    assert view.iteration == 2
    host.drag_slider("iteration", 1.0)
    assert numbers_in(host.words())[:2] == ["10", "10"]
    host.root.get_by_role("button", name="Play").click()  # from the start again
    played: list[int] = []
    view.observe(lambda change: played.append(change["new"]), "iteration")
    host.until(lambda: len(played) >= 2)
    host.root.get_by_role("button", name="Pause").click()
    assert played[:2] == [1, 2]
    host.root.get_by_role("button", name="one iteration back").click()
    host.settle()
    assert host.words() == view.words


def test_breaking_and_resetting(host: Any, view: SandboxView) -> None:
    view.iteration = 4
    host.sync()
    host.root.get_by_role("button", name="Softmax over the wrong axis").click()
    host.settle()
    assert view.wrong_axis
    assert "Wrong axis" in host.words()
    assert host.root.locator(".caps-wrong").count() == 6
    host.root.get_by_role("button", name="No squash").click()
    host.settle()
    assert view.no_squash
    assert "No squash" in host.words()
    host.root.get_by_role("button", name="Reset").click()
    host.settle()
    assert (view.wrong_axis, view.no_squash, view.iteration) == (False, False, 1)
    assert host.root.locator(".caps-wrong").count() == 0
    assert host.words() == view.words == routing_sandbox().words


def test_logits_kept_between_images(host: Any, view: SandboxView) -> None:
    view.iteration = 3
    host.sync()
    host.root.get_by_role("button", name="Keep logits between images").click()
    host.settle()
    kept = view.screen_trace
    host.root.get_by_label("which votes").select_option("conflict")
    host.settle()
    assert view.preset == "conflict"
    np.testing.assert_allclose(view.screen_trace.logits[0], kept.logits[2] + kept.agreement[2], atol=1e-4)
    assert f"{view.screen_trace.couplings[0].max():.3f}" in numbers_in(host.words())  # before any iteration
    assert host.words() == view.words


def test_more_parents_and_other_votes(host: Any, view: SandboxView) -> None:
    host.root.get_by_label("number of parents").select_option("4")
    host.settle()
    assert view.array.shape == (6, 4, 2)
    assert view.preset == "two groups"
    host.root.get_by_label("which votes").select_option("one outlier")
    host.settle()
    assert view.preset == "one outlier"
    assert host.words() == view.words
    host.page.mouse.move(*at(host, 1, 3, size=140))
    host.page.mouse.down()
    host.page.mouse.move(*at(host, 2, 3, size=140), steps=4)
    host.page.mouse.up()
    host.root.get_by_label("number of parents").select_option("2")
    host.settle()
    assert view.array.shape == (6, 2, 2)
    assert view.preset == "one outlier"  # what was dragged is gone with its parent
    host.root.get_by_label("which votes").select_option("agreement")
    host.page.mouse.move(*at(host, 0, 0))
    host.settle()
    assert host.words() == view.words


def test_reset_brings_back_votes_that_were_given(hosted: Any) -> None:
    votes = np.random.default_rng(3).uniform(-1, 1, (4, 3, 2)).round(2)
    host = hosted(routing_sandbox(votes=votes))
    host.root.locator(".caps-plane-routing").focus()
    host.page.keyboard.press("ArrowUp")
    host.settle()
    assert host.view.votes != votes.tolist()
    host.root.get_by_role("button", name="Reset").click()
    host.settle()
    assert host.view.votes == votes.tolist()
    assert host.words() == host.view.words
    assert host.errors == []


def test_hidden_controls_are_not_there(hosted: Any) -> None:
    host = hosted(
        routing_sandbox(hide=("kmeans", "break", "preset", "parents", "play", "table", "code", "screen"))
    )
    assert host.root.locator(".caps-plane-kmeans").count() == 0
    assert host.root.get_by_role("button").count() == 0
    assert host.root.locator("select").count() == 0
    host.drag_slider("iteration", 0.5)
    host.settle()
    assert 5 <= host.view.iteration <= 6
    assert host.errors == []


def test_both_themes_draw_it_in_their_colours(chromium: Any) -> None:
    from hosting import Hosted

    pictures = []
    for theme in ("light", "dark"):
        context = chromium.new_context(viewport={"width": 1200, "height": 900})
        host = Hosted(context.new_page(), routing_sandbox(), theme=theme)
        pictures.append(host.pixels(".caps-plane-routing"))
        assert host.errors == []
        context.close()
    assert pictures[0] != pictures[1]
