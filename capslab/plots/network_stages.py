"""A network as a drawing needs it: its stages, their shapes, their weights."""

from __future__ import annotations

from dataclasses import dataclass

Shape = tuple[int | None, ...]


@dataclass(frozen=True)
class Stage:
    """One stage of a network.

    Attributes
    ----------
    name : what it does, such as "convolution 5 × 5, stride 2".
    kind : what comes out of it: "image", "maps", "numbers", "capsules" or "votes".
    shape : the shape of that, without the batch; for capsules (how many, how long each), for votes (children,
        parents, how long each). None stands for a side that is not known.
    weights : how many numbers it learns or keeps.
    then : what follows at once and keeps the shape, such as "BatchNorm" and "ReLU".
    parts : the functions of the course that it contains, such as "squash".
    beside : whether it stands beside the stage before it, to be added to it, and is not fed by it.
    """

    name: str
    kind: str
    shape: Shape
    weights: int = 0
    then: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    beside: bool = False

    @property
    def size(self) -> str:
        """The shape in words: "14 × 14 × 16", "72 capsules of 8", "72 × 10 votes of 16", "512"."""
        sides = ["?" if side is None else f"{side:,}" for side in self.shape]
        if self.kind == "capsules":
            return f"{sides[0]} capsules of {sides[1]}"
        if self.kind == "votes":
            return f"{sides[0]} × {sides[1]} votes of {sides[2]}"
        if self.kind == "numbers" and len(sides) == 1:
            return f"{sides[0]} number" + "s" * (sides[0] != "1")
        return " × ".join(sides) or "one number"


@dataclass(frozen=True)
class Branch:
    """Stages one after the other: `title` says what they are together, `start` what they begin with."""

    title: str
    stages: tuple[Stage, ...]
    start: str = ""


@dataclass(frozen=True)
class Architecture:
    """A network as a drawing needs it.

    Attributes
    ----------
    name : of the network's class, or the name that it was given.
    branches : the main path first.
    losses : what training minimises, each with the functions of the course in it.
    weights : all numbers of the network, those that training does not change included.
    note : what the drawing cannot show.
    """

    name: str
    branches: tuple[Branch, ...]
    losses: tuple[tuple[str, tuple[str, ...]], ...] = ()
    weights: int = 0
    note: str = ""

    @property
    def parts(self) -> tuple[str, ...]:
        """The functions of the course that are somewhere in this network, each once."""
        stages = [stage.parts for branch in self.branches for stage in branch.stages]
        return tuple(
            dict.fromkeys(part for parts in (*stages, *(p for _, p in self.losses)) for part in parts)
        )

    def __str__(self) -> str:
        lines = [f"{self.name}: {self.weights:,} weights"]
        for branch in self.branches:
            lines.append(branch.title + (f", {branch.start}" if branch.start else ""))
            for stage in branch.stages:
                name = ", ".join((stage.name, *stage.then))
                count = f"{stage.weights:,} weights" if stage.weights else ""
                lines.append(f"  {name:<44} {stage.size:<24} {count}".rstrip())
        if self.losses:
            lines.append("Loss: " + " + ".join(words for words, _ in self.losses))
        return "\n".join([*lines, self.note] if self.note else lines)
