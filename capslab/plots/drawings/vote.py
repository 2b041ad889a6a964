"""Votes: each part predicts the pose of the whole, and a tilt moves all predictions alike."""

from __future__ import annotations

from capslab.plots.drawings.strokes import BAR, STEM, pointer, stroke, turned
from capslab.plots.svg_canvas import Canvas
from capslab.plots.svg_picture import SvgPicture

#: the direction of each stroke in an upright 7, clockwise from up; its matrix turns by as much, backwards
BAR_AT, STEM_AT = 270.0, 196.0
ROWS = (
    ("an upright 7", 0.0, 0.0, "they agree: a 7, upright"),
    ("tilted by 20°", 20.0, 20.0, "they agree: a 7, tilted by 20°"),
    ("the bar turned", 90.0, 0.0, "they disagree: no 7"),
)


def draw() -> SvgPicture:
    """Three rows: the image, the poses of its two strokes, their votes, and both votes in one circle."""
    canvas = Canvas(700, 476)
    for x, words in (
        (70, "the image"),
        (233, "poses of the parts"),
        (430, "votes for “7”"),
        (602, "together"),
    ):
        canvas.text(x, 18, words, "quiet")
    for (name, bar, stem, answer), y in zip(ROWS, (96.0, 244.0, 392.0), strict=True):
        canvas.box(20, y - 50, 100, 100, "soft")
        middle = (70.0, y)
        corner = 1 if bar == stem else 0
        stroke(canvas, middle, STEM, stem, "orange", thick=8)
        bar_centre = middle if corner else (48.0, y)
        stroke(canvas, bar_centre, BAR if corner else ((-20.0, 0.0), (20.0, 0.0)), bar, "blue", thick=8)
        canvas.text(70, y + 66, name, bold=True)
        votes = []
        for row, (colour, at, tilt) in enumerate((("blue", BAR_AT, bar), ("orange", STEM_AT, stem))):
            height = y - 30 + 60 * row
            canvas.text(148, height, ("bar", "stem")[row], colour, anchor="start")
            _dial(canvas, (226, height), at + tilt, colour)
            canvas.arrow((258, height), (394, height), colour="line")
            canvas.label(325, height, f"turn by {360 - at if at > 180 else -at:.0f}°", colour)
            _dial(canvas, (430, height), tilt, colour)
            canvas.arrow((460, height), (538, y + (height - y) * 0.35), colour="line")
            votes.append((colour, tilt))
        canvas.circle((602, y), 50, "soft", thick=1, dash="4 4")
        for (colour, tilt), shift in zip(votes, (-3, 3), strict=True):
            pointer(canvas, (602 + shift, y), tilt, 40, colour, thick=3.5)
        canvas.text(690, y + 66, answer, "green" if bar == stem else "red", anchor="end")
    return canvas.picture(
        "Votes",
        "A 7 has two parts, a bar and a stem. A capsule's matrix undoes the part's own direction: it "
        "turns the bar's arrow by 90° and the stem's by 164°, so that in an upright 7 both votes point "
        "up. Tilt the 7 by 20° and both votes tilt by 20°: they still agree. Turn the bar alone and the "
        "votes point in different directions: no 7.",
    )


def _dial(canvas: Canvas, centre: tuple[float, float], degrees: float, colour: str) -> None:
    """A small circle with an arrow through its middle."""
    canvas.circle(centre, 27, "soft", thick=1, dash="3 3")
    x, y = turned((0.0, 22.0), degrees)
    pointer(canvas, (centre[0] + x, centre[1] + y), degrees, 44, colour, thick=3)
