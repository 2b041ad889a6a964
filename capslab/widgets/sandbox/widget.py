"""The routing sandbox: votes as arrows that you drag; routing and k-means run on them step by step.

Everything is computed in the browser (`js/src/sandbox/arithmetic.js`). Python computes the same for
`view.trace`, the words and the picture, so the view can be read and set from a notebook.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import traitlets as t

from capslab.errors import ArgumentError, Verbatim, unknown_name
from capslab.routing import RoutingTrace, routing_by_agreement
from capslab.widgets.base import View, fill, module, style
from capslab.widgets.sandbox import figure as sandbox_figure
from capslab.widgets.sandbox.votes import PARENTS, VoteClusters, cluster_votes, presets, route_votes
from capslab.widgets.traits import Bool, Int

ITERATIONS = 10
REACH = 1.5  # votes lie in −1.5…1.5 in both directions
CHILDREN = (2, 8)
OWN = "your own votes"

RECIPE = """\
import numpy as np
from capslab.routing import softmax, squash

votes = np.array([  # (child, parent, 2)
⟨votes⟩
])
b = ⟨start⟩
for _ in range(⟨iteration⟩):
    c = softmax(b, axis=⟨axis⟩
    s = np.einsum("ij,ijd->jd", c, votes)
    v = ⟨output⟩
    b = b + np.einsum("ijd,jd->ij", votes, v)
print("couplings", c.round(3), "outputs", v.round(3), sep="\\n")
print("lengths", np.linalg.norm(v, axis=1).round(3))

centres = votes.mean(axis=0)  # k-means on the same votes: (parent, 2)
for _ in range(⟨iteration⟩ - 1):
    owner = np.square(votes - centres).sum(axis=2).argmin(axis=1)
    for j in set(owner):
        centres[j] = votes[owner == j, j].mean(axis=0)
    print("k-means gives each child to parent", owner)
"""


class SandboxView(View):
    """Votes to drag, with routing by agreement and k-means, one step at a time.

    Attributes
    ----------
    votes : nested list `(child, parent, 2)`: 2 to 8 children, 2 to 4 parents, numbers from −1.5 to
        1.5, rounded to two decimals. Set it to any array of that shape.
    preset : the name of the votes on screen ("two groups", "agreement", "one outlier", "conflict"), or
        "your own votes"; set it to a name to show those votes.
    iteration : the iteration on screen, 1 to 10.
    selected : `[child, parent]` of the chosen vote, or [].
    wrong_axis, no_squash, keep_logits : the three ways to break routing.
    carried : logits `(child, parent)` that `keep_logits` starts from; [] for none.
    trace : the `RoutingTrace` of the votes, routed correctly; 10 iterations.
    screen_trace : the `RoutingTrace` on screen, with the mistakes that are switched on.
    clusters : `VoteClusters`, k-means on the same votes; 10 steps.
    """

    _esm = module("sandbox")
    _css = style("sandbox")
    STATE = ("votes", "iteration", "selected", "wrong_axis", "no_squash", "keep_logits", "carried")
    CONTROLS = ("preset", "parents", "iteration", "play", "break", "kmeans", "table", "code", "screen")

    votes: Any = t.Any([]).tag(sync=True)  # arrays are accepted too, and stored as lists
    preset = t.Unicode(OWN).tag(sync=True)
    iteration = Int(1).tag(sync=True)
    selected: Any = t.List().tag(sync=True)
    wrong_axis = Bool(False).tag(sync=True)
    no_squash = Bool(False).tag(sync=True)
    keep_logits = Bool(False).tag(sync=True)
    carried: Any = t.List().tag(sync=True)

    presets = t.Dict().tag(sync=True)
    recipe = t.Unicode(RECIPE).tag(sync=True)

    def __init__(self, votes: Any, **options: Any):
        super().__init__(presets=presets(), votes=votes, **options)
        self._update_words()

    @property
    def array(self) -> np.ndarray:
        """The votes as an array `(child, parent, 2)`."""
        return np.array(self.votes)

    @property
    def start(self) -> np.ndarray | None:
        """The logits that routing starts from, if it does not start from zeros."""
        logits = np.array(self.carried)
        return logits if self.keep_logits and logits.shape == self.array.shape[:2] else None

    @property
    def trace(self) -> RoutingTrace:
        """The votes routed correctly, whatever is broken on screen."""
        names = tuple(PARENTS[: self.array.shape[1]])
        return routing_by_agreement(self.array, ITERATIONS, classes=names)

    @property
    def screen_trace(self) -> RoutingTrace:
        """The votes routed as on screen."""
        return route_votes(
            self.array,
            ITERATIONS,
            start=self.start,
            over_children=self.wrong_axis,
            squashed=not self.no_squash,
        )

    @property
    def clusters(self) -> VoteClusters:
        """k-means on the same votes."""
        return cluster_votes(self.array, ITERATIONS)

    @t.validate("votes")
    def _valid_votes(self, proposal: Any) -> list[Any]:
        return check_votes(proposal["value"]).tolist()

    @t.validate("iteration")
    def _valid_iteration(self, proposal: Any) -> int:
        if not 1 <= proposal["value"] <= ITERATIONS:
            expected = f"a whole number from 1 to {ITERATIONS}"
            raise ArgumentError("iteration", expected, proposal["value"], "Try 3, as the paper.")
        return int(proposal["value"])

    @t.validate("selected")
    def _valid_selected(self, proposal: Any) -> list[int]:
        value, shape = proposal["value"], self.array.shape[:2]
        whole = all(isinstance(n, (int, np.integer)) for n in value)
        if value and not (
            whole and len(value) == 2 and all(0 <= n < m for n, m in zip(value, shape, strict=True))
        ):
            expected = f"[child, parent] with child below {shape[0]} and parent below {shape[1]}, or []"
            raise ArgumentError("selected", expected, value, "Try [0, 0].")
        return [int(n) for n in value]

    @t.validate("carried")
    def _valid_carried(self, proposal: Any) -> list[Any]:
        value = _numbers(proposal["value"])
        if value is None or (value.size and (value.ndim != 2 or not np.isfinite(value).all())):
            raise ArgumentError("carried", "logits (child, parent), or []", proposal["value"], "Try [].")
        return value.tolist()

    @t.validate("preset")
    def _known_preset(self, proposal: Any) -> str:
        if proposal["value"] not in (*self.presets, OWN):
            raise unknown_name("preset", proposal["value"], self.presets)
        return str(proposal["value"])

    def _preset_votes(self, name: str) -> list[Any]:
        """The votes of a preset, for as many parents as there are now."""
        return [row[: self.array.shape[1]] for row in self.presets[name]]

    @t.observe("preset")
    def _on_preset(self, change: Any) -> None:
        if self.preset in self.presets and self._preset_votes(self.preset) != self.votes:
            self._carry()
            self.votes = self._preset_votes(self.preset)

    @t.observe("keep_logits")
    def _on_keep_logits(self, change: Any) -> None:
        if not self.keep_logits:
            self.carried = []
        elif not self.carried:
            self._carry()

    def _carry(self) -> None:
        """Keep the logits of the image on screen. The mistake is not to forget them."""
        if self.keep_logits:
            trace, at = self.screen_trace, self.iteration - 1
            self.carried = np.round(trace.logits[at] + trace.agreement[at], 4).tolist()

    @t.observe("votes")
    def _on_votes(self, change: Any) -> None:
        self.preset = next((name for name in self.presets if self._preset_votes(name) == self.votes), OWN)
        if self.selected and not all(n < m for n, m in zip(self.selected, self.array.shape, strict=False)):
            self.selected = []

    @t.observe(*STATE, "preset")
    def _refresh(self, change: Any) -> None:  # observers run in the order of their names: this is last
        if self.presets:
            self._update_words()

    def _update_words(self) -> None:
        """Words and code for what is on screen now."""
        self.words = sandbox_figure.words(self._snapshot())
        rows = [", ".join(f"[{x:.2f}, {y:.2f}]" for x, y in row) for row in self.votes]
        kept_logits = self.start
        start = "np.zeros(votes.shape[:2])"
        if kept_logits is not None:
            logits = ", ".join("[" + ", ".join(f"{b:.4f}" for b in row) + "]" for row in kept_logits)
            start = f"np.array([{logits}])  # kept from the image before: wrong"
        self.code = fill(
            self.recipe,
            votes="\n".join(f"    [{row}]," for row in rows),
            start=start,
            iteration=self.iteration,
            axis="0)  # over the children: wrong" if self.wrong_axis else "1)  # over the parents",
            output="s  # not squashed: wrong" if self.no_squash else "squash(s)",
        )

    def figure(self) -> Any:
        """What is on screen as a still matplotlib figure."""
        return self._in_words(sandbox_figure.draw(self._snapshot()))

    def _snapshot(self) -> sandbox_figure.SandboxSnapshot:
        return sandbox_figure.SandboxSnapshot(
            votes=self.array,
            preset=self.preset,
            trace=self.screen_trace,
            clusters=self.clusters,
            iteration=self.iteration,
            selected=self.selected,
            wrong_axis=self.wrong_axis,
            no_squash=self.no_squash,
            keep_logits=self.keep_logits,
            start=self.start,
        )


def _numbers(value: Any) -> np.ndarray | None:
    """An array of floats, or None if `value` is not one."""
    try:
        return np.array(value, float)
    except (TypeError, ValueError):
        return None


def check_votes(votes: Any) -> np.ndarray:
    """Votes that the sandbox can show, rounded to two decimals."""
    (fewest, most), reach = CHILDREN, f"−{REACH} to {REACH}"
    array = _numbers(votes)
    expected = (
        f"numbers of shape (child, parent, 2), {fewest} to {most} children, 2 to {len(PARENTS)} parents"
    )
    next_step = "Leave it out to start from a preset."
    if array is None:
        raise ArgumentError("votes", expected, votes, next_step)
    if array.ndim != 3 or array.shape[2] != 2:
        raise ArgumentError("votes", expected, Verbatim(f"shape {array.shape}"), next_step)
    if not (fewest <= array.shape[0] <= most and 2 <= array.shape[1] <= len(PARENTS)):
        raise ArgumentError("votes", expected, Verbatim(f"shape {array.shape}"), next_step)
    if not np.isfinite(array).all():
        raise ArgumentError("votes", "finite numbers", Verbatim("NaN or infinity"), next_step)
    if np.abs(array).max() > REACH:
        raise ArgumentError(
            "votes",
            f"numbers from {reach}",
            Verbatim(f"{np.abs(array).max():g}"),
            "Take np.asarray(votes) / np.abs(votes).max().",
        )
    return np.round(array, 2) + 0.0  # no −0.0, which would be written differently


def routing_sandbox(
    state: str | None = None,
    hide: tuple[str, ...] = (),
    *,
    preset: str = "two groups",
    parents: int = 2,
    votes: Any = None,
) -> SandboxView:
    """Drag votes and step through routing by agreement, with k-means on the same votes beside it.

    Parameters
    ----------
    state : a string from `view.state`, to show the same again.
    hide : controls to hide: "preset", "parents", "iteration", "play", "break", "kmeans", "table",
        "code", "screen".
    preset : the votes to start with: "two groups", "agreement", "one outlier" or "conflict".
    parents : 2 to 4.
    votes : votes of your own instead, `(child, parent, 2)`, numbers from −1.5 to 1.5.

    Returns
    -------
    SandboxView : you can read, set and observe `view.votes`, `view.iteration`, `view.preset`,
        `view.selected` and the switches `view.wrong_axis`, `view.no_squash`, `view.keep_logits`;
        `view.trace` is the `RoutingTrace` of the votes.

    Raises
    ------
    ArgumentError : if the votes have another shape, the preset is unknown, or the state is of another view.
    """
    if votes is None:
        named = presets()
        if preset not in named:
            raise unknown_name("preset", preset, named)
        if isinstance(parents, bool) or parents not in range(2, len(PARENTS) + 1):
            raise ArgumentError("parents", f"a whole number from 2 to {len(PARENTS)}", parents, "Try 2.")
        votes = [row[:parents] for row in named[preset]]
    view = SandboxView(votes, hide=list(hide))
    if state is not None:
        view.state = state
    return view
