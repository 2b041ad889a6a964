"""A pose: a vector whose length says whether and whose direction says how."""

from __future__ import annotations

from typing import Any

from capslab.plots.drawings.strokes import BAR, STEM, pointer, stroke
from capslab.plots.svg_canvas import Canvas
from capslab.plots.svg_picture import SvgPicture

#: what the image shows, how far it is tilted, length of the capsule, how the strokes are drawn
CASES: tuple[tuple[str, int, float, dict[str, Any]], ...] = (
    ("an upright 7", 0, 0.95, {}),
    ("the same, tilted", 20, 0.95, {}),
    ("hardly a 7", 20, 0.40, {"thick": 4.0, "dash": "2 9"}),
)
REACH = 62.0  # pixels of length 1


def draw() -> SvgPicture:
    """Three images above the vectors of the capsule for 7."""
    canvas = Canvas(700, 360)
    canvas.text(16, 96, "the image", "quiet", anchor="start")
    canvas.text(16, 236, "the capsule", "quiet", anchor="start")
    canvas.text(16, 255, "for “7”", "quiet", anchor="start")
    for (words, tilt, length, style), x in zip(CASES, (210.0, 400.0, 590.0), strict=True):
        canvas.text(x, 18, words, bold=True)
        canvas.box(x - 55, 40, 110, 110, "black", stroke="line")
        for ends in (BAR, STEM):
            stroke(canvas, (x, 95), ends, tilt, "white", **style)
        centre = (x, 240.0)
        canvas.circle(centre, REACH, "soft", dash="4 4", thick=1)
        canvas.line((x, 240), (x, 240 - REACH), thick=1, dash="2 4")
        pointer(canvas, centre, tilt, REACH * length, "red", thick=3.5, head=10)
        canvas.circle(centre, 3.5, "ink", stroke="none")
        canvas.text(x, 322, f"length {length:.2f}", "red")
        canvas.text(x, 342, f"direction {tilt}°", "quiet")
    canvas.text(16, 322, "a 7 is there?", "red", anchor="start")
    canvas.text(16, 342, "how tilted?", "quiet", anchor="start")
    return canvas.picture(
        "A pose",
        "The capsule for 7 answers with a vector. For an upright 7 it is 0.95 long and points up; for the "
        "same 7 tilted by 20° it is as long and has turned by 20°; for scattered dots that are hardly a 7 "
        "it has the same direction and is only 0.40 long. The length says whether a 7 is there, the "
        "direction how it looks.",
    )
