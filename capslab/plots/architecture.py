"""A network as a picture: what it does to an image, stage by stage, read from the network itself."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from capslab.errors import ArgumentError, unknown_name
from capslab.plots.architecture_glyphs import GLYPH, draw_glyph
from capslab.plots.describe_architecture import describe_architecture
from capslab.plots.network_stages import Architecture, Branch, Stage
from capslab.plots.svg_canvas import TEXT, Canvas, text_width, wrapped
from capslab.plots.svg_picture import SvgPicture

if TYPE_CHECKING:
    from collections.abc import Iterable

WIDTH, CELL, MARGIN = 700.0, 138.0, 5.0
PER_ROW = 5
STEP = 1.25 * TEXT  # from one line of text to the next
ROW_GAP = 30.0


def architecture(model: Any, mine: str | Sequence[str] = ()) -> SvgPicture:
    """A network's stages as blocks, with their shapes and their numbers of weights, read from the network.

    Parameters
    ----------
    model : one of the course's networks, or any built Keras model of layers.
    mine : names of functions that you wrote and that run in this network, such as ("squash", "votes"). The
        blocks that they are in have a frame, a colour and the words "your squash".

    Returns
    -------
    A picture 700 pixels across. A notebook shows it as the cell's value; `print` lists the stages, one per
    line; `save("network.svg")` writes it into a file.

    Raises
    ------
    ArgumentError : for something that is no network, for one that does not know the shape of its input yet,
        and for a name in `mine` that is not part of this network.

    Examples
    --------
    >>> import capslab as cl
    >>> print(architecture(cl.DenseBaseline((8, 8), 10, hidden=32)))
    DenseBaseline: 2,410 weights
    From image to classes
      image                                        8 × 8 × 1
      dense, ReLU                                  32 numbers               2,080 weights
      dense                                        10 numbers               330 weights
    Loss: cross-entropy of the softmax
    """
    described = describe_architecture(model)
    names = _checked(mine, described)
    sheet = _Sheet(described, names)
    return sheet.picture()


def _checked(mine: Any, described: Architecture) -> tuple[str, ...]:
    if not isinstance(mine, (str, list, tuple, set, frozenset)):
        raise ArgumentError("mine", "names of functions", mine, "Try mine=('squash',).")
    names = (mine,) if isinstance(mine, str) else tuple(mine)
    for name in names:
        if name not in described.parts:
            if not described.parts:
                raise ArgumentError(
                    "mine", "left out: no function of the course is in this network", mine, "Try mine=()."
                )
            raise unknown_name("mine", name, described.parts)
    return names


class _Sheet:
    """Lays out the rows of blocks first, so that the height of the sheet is known when it is drawn."""

    def __init__(self, described: Architecture, mine: Sequence[str]) -> None:
        self.described, self.mine = described, mine
        self.sides = [
            side
            for branch in described.branches
            for stage in branch.stages
            for side in stage.shape[:2]
            if stage.kind in ("image", "maps") and side
        ]
        self.footer = self._footer()
        height = 46.0
        for branch in described.branches:
            height += 34 + sum(self._height(row) + ROW_GAP for row in _rows(branch)) - 8
        self.canvas = Canvas(WIDTH, height + STEP * len(self.footer) + 12)

    def picture(self) -> SvgPicture:
        """The drawn sheet."""
        canvas, described = self.canvas, self.described
        canvas.text(16, 20, described.name, anchor="start", bold=True, size=17)
        count = f"{described.weights:,} weights"
        canvas.text(WIDTH - 16, 20, count, "quiet", anchor="end")
        y = 46.0
        for branch in described.branches:
            canvas.line((16, y - 8), (WIDTH - 16, y - 8), thick=1)
            canvas.text(16, y + 10, branch.title, anchor="start", bold=True)
            if branch.start:
                left = 26 + text_width(branch.title, bold=True)
                canvas.text(left, y + 10, branch.start, "quiet", anchor="start")
            y = self._branch(branch, y + 34) - 8
        if self.footer:
            canvas.line((16, y - 8), (WIDTH - 16, y - 8), thick=1)
            canvas.lines_of_text(16, y + 8, self.footer, colour="quiet", anchor="start")
        return canvas.picture(
            f"{described.name}, {described.weights:,} weights",
            _in_words(described, self.mine),
            str(described),
        )

    def _branch(self, branch: Branch, y: float) -> float:
        """Draw the rows of a branch, joined by arrows; returns the y below them."""
        rows = _rows(branch)
        leaving = None  # where the arrow to the next row starts
        for row in rows:
            middle = y + GLYPH / 2
            halves = [
                draw_glyph(self.canvas, (self._x(i), middle), s, self.sides, dry=True)
                for i, s in enumerate(row)
            ]
            for i, stage in enumerate(row):  # below everything else, the arrows between blocks too
                if set(stage.parts) & set(self.mine):
                    self._frame(self._x(i), y, self._height(row))
            if leaving is not None:
                x, above, edge = leaving
                turn = y - ROW_GAP / 2 - 2
                start = self._x(0) - halves[0] - 5
                self.canvas.arrow(
                    (x, above),
                    (edge, above),
                    (edge, turn),
                    (6, turn),
                    (6, middle),
                    (start, middle),
                    colour="ink",
                )
            for i, stage in enumerate(row):
                self._block(stage, self._x(i), y)
                if i + 1 < len(row) and row[i + 1].beside:
                    self.canvas.text(MARGIN + CELL * (i + 1), middle, "+", bold=True, size=20)
                elif i + 1 < len(row):
                    start, end = self._x(i) + halves[i] + 5, self._x(i + 1) - halves[i + 1] - 5
                    self.canvas.arrow((start, middle), (end, middle), colour="ink")
            last = len(row) - 1
            leaving = (self._x(last) + halves[last] + 5, middle, min(self._x(last) + CELL / 2 + 1, WIDTH - 4))
            y += self._height(row) + ROW_GAP
        return y

    def _x(self, i: int) -> float:
        """The middle of the block at a place of a row."""
        return MARGIN + CELL * (i + 0.5)

    def _frame(self, x: float, y: float, height: float) -> None:
        """What shows that a block is the learner's own."""
        self.canvas.box(
            x - CELL / 2 + 3, y - 6, CELL - 6, height + 8, "pink-soft", stroke="pink", thick=2.5, radius=8
        )

    def _block(self, stage: Stage, x: float, y: float) -> None:
        """One stage: its glyph above its words."""
        draw_glyph(self.canvas, (x, y + GLYPH / 2), stage, self.sides)
        line = y + GLYPH + 14
        for words, style in self._words(stage):
            self.canvas.text(x, line, words, **style)
            line += STEP

    def _words(self, stage: Stage) -> list[tuple[str, dict[str, Any]]]:
        """The lines below a glyph, each with its style."""
        wide = CELL - 8
        lines: list[tuple[str, dict[str, Any]]] = [(words, {}) for words in wrapped(_glued(stage.name), wide)]
        lines += [(words, {"colour": "quiet"}) for words in wrapped(", ".join(stage.then), wide)]
        lines += [(words, {"bold": True}) for words in wrapped(_glued(stage.size), wide, bold=True)]
        if stage.weights:
            lines += [(words, {"colour": "quiet"}) for words in wrapped(f"{stage.weights:,} weights", wide)]
        for part in (part for part in stage.parts if part in self.mine):
            lines += [
                (words, {"colour": "pink", "bold": True})
                for words in wrapped(f"your {part}", wide, bold=True)
            ]
        return lines

    def _height(self, row: Iterable[Stage]) -> float:
        """Pixels that a row takes, glyph and words."""
        return GLYPH + 8 + STEP * max(len(self._words(stage)) for stage in row)

    def _footer(self) -> list[str]:
        """What stands below the blocks: the loss, and what the picture cannot show."""
        words = []
        if self.described.losses:
            losses = " + ".join(
                text + "".join(f" (your {part})" for part in parts if part in self.mine)
                for text, parts in self.described.losses
            )
            words += wrapped(f"Loss: {losses}", WIDTH - 32)
        return words + wrapped(self.described.note, WIDTH - 32)


def _glued(text: str) -> str:
    """Words that no line may part: 5 × 5, of 8, μ + σ."""
    for sign in "×+·":
        text = text.replace(f" {sign} ", f"\u00a0{sign}\u00a0")
    return text.replace(" of ", " of\u00a0")


def _rows(branch: Branch) -> list[tuple[Stage, ...]]:
    """A branch's stages in rows of about equal length."""
    count = math.ceil(len(branch.stages) / PER_ROW)
    each = math.ceil(len(branch.stages) / count)
    return [branch.stages[i : i + each] for i in range(0, len(branch.stages), each)]


def _in_words(described: Architecture, mine: Sequence[str]) -> str:
    """The picture for someone who does not see it: what becomes of the image, by shapes."""
    sentences = []
    for branch in described.branches:
        start = f" {branch.start}" if branch.start else ""
        sentences.append(
            f"{branch.title}{start}: " + " → ".join(f"{s.name} ({s.size})" for s in branch.stages) + "."
        )
    if mine:
        sentences.append(f"Your own: {', '.join(mine)}.")
    return " ".join(sentences)
