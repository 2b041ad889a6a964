"""A convolution: one small window of weights slides over the whole image."""

from __future__ import annotations

from capslab.plots.svg_canvas import Canvas
from capslab.plots.svg_picture import SvgPicture

IMAGE = (
    (0, 0, 9, 9, 0, 0),
    (0, 0, 9, 9, 0, 0),
    (0, 0, 9, 9, 0, 0),
    (0, 0, 9, 9, 9, 9),
    (0, 0, 9, 9, 9, 9),
    (0, 0, 0, 0, 0, 0),
)
KERNEL = ((-1, 0, 1),) * 3  # answers where it gets brighter from left to right
ROW, COLUMN = 1, 0  # the window that is drawn
CELL = 36.0


def feature_map() -> list[list[int]]:
    """The sums of all windows, 4 × 4."""
    return [
        [sum(IMAGE[i + a][j + b] * KERNEL[a][b] for a in range(3) for b in range(3)) for j in range(4)]
        for i in range(4)
    ]


def draw() -> SvgPicture:
    """An image, a window with its nine weights, and the map of sums; one window is picked out."""
    canvas = Canvas(700, 318)
    maps = feature_map()
    left, top = 20.0, 44.0
    canvas.text(left + 3 * CELL, 20, "image 6 × 6", "quiet")
    for i, row in enumerate(IMAGE):
        for j, value in enumerate(row):
            fill = "black" if value == 0 else "white"
            canvas.box(left + CELL * j, top + CELL * i, CELL, CELL, fill, radius=0, thick=1)
            ink = "white" if value == 0 else "black"
            canvas.text(left + CELL * (j + 0.5), top + CELL * (i + 0.5), str(value), ink)
    wx, wy = left + CELL * COLUMN, top + CELL * ROW
    canvas.box(wx, wy, 3 * CELL, 3 * CELL, "none", stroke="orange", thick=5, radius=2)
    canvas.arrow((wx + 3 * CELL + 4, 276), (wx + 3 * CELL + 60, 276), colour="orange", thick=2.5)
    canvas.text(wx + 1.45 * CELL, 276, "slides on", "orange")

    kx, ky = 306.0, 80.0
    canvas.text(kx + 1.5 * CELL, 20, "one window:", "orange")
    canvas.text(kx + 1.5 * CELL, 39, "9 shared weights", "orange")
    for i, weights in enumerate(KERNEL):
        for j, value in enumerate(weights):
            canvas.box(kx + CELL * j, ky + CELL * i, CELL, CELL, "orange-soft", stroke="orange", radius=0)
            canvas.text(
                kx + CELL * (j + 0.5),
                ky + CELL * (i + 0.5),
                f"{value:+d}".replace("-", "−") if value else "0",
            )
    for corner in (0, 3):
        canvas.line(
            (wx + 3 * CELL, wy + corner * CELL), (kx, ky + corner * CELL), colour="orange", dash="5 5"
        )
    canvas.text(270, 136, "×", size=22, bold=True)
    lines = ("multiply the nine", "pairs, add them:", f"3 · 9 = {maps[ROW][COLUMN]}")
    canvas.lines_of_text(kx + 1.5 * CELL, 222, lines)

    mx, my = 516.0, 80.0
    canvas.text(mx + 2 * CELL, 20, "feature map 4 × 4", "quiet")
    canvas.text(mx + 2 * CELL, 39, "+: brighter to the right", "red")
    for i, sums in enumerate(maps):
        for j, value in enumerate(sums):
            fill = "red-soft" if value > 0 else "blue-soft" if value < 0 else "paper"
            canvas.box(mx + CELL * j, my + CELL * i, CELL, CELL, fill, radius=0, thick=1)
            words = f"{value:+d}".replace("-", "−") if value else "0"
            canvas.text(mx + CELL * (j + 0.5), my + CELL * (i + 0.5), words)
    ox, oy = mx + CELL * COLUMN, my + CELL * ROW
    canvas.box(ox, oy, CELL, CELL, "none", stroke="orange", thick=5, radius=2)
    canvas.arrow((kx + 3 * CELL + 8, ky + 1.5 * CELL), (ox - 6, ky + 1.5 * CELL), colour="orange", thick=2.5)
    canvas.text(mx + 2 * CELL, my + 4 * CELL + 22, "−: darker to the right", "blue")
    return canvas.picture(
        "A convolution",
        "A window of 3 × 3 weights, −1 on the left, 0 in the middle and +1 on the right, slides over an "
        "image of 6 × 6 pixels with a bright shape in it. At each place the nine products are added. The "
        f"window that is drawn gives {maps[ROW][COLUMN]}, because its right column is bright and its left "
        "one dark. All sums make a feature map of 4 × 4: positive where it gets brighter to the right, "
        "negative where it gets darker.",
    )
