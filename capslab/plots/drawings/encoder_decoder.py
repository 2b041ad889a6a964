"""An autoencoder: many numbers in, a few in the middle, many out again."""

from __future__ import annotations

from capslab.plots.svg_canvas import Canvas
from capslab.plots.svg_picture import SvgPicture

IMAGE = ("..####..", ".##..##.", "....##..", "...###..", ".....##.", ".#...##.", ".##.##..", "..###...")
CODE = (0.8, -1.3, 0.2, 2.1)


def draw() -> SvgPicture:
    """An image, an encoder that narrows, four numbers, a decoder that widens, and a reconstruction."""
    canvas = Canvas(700, 300)
    sharp = [[{".": 0.04, "#": 0.96}[mark] for mark in row] for row in IMAGE]
    for x, tones, words in ((16.0, sharp, "image"), (556.0, _blurred(sharp), "reconstruction")):
        canvas.text(x + 64, 24, words, bold=True)
        canvas.grid(x, 48, 16, tones)
        canvas.text(x + 64, 196, "64 numbers", "quiet")
    canvas.polygon([(176, 48), (290, 86), (290, 138), (176, 176)], "blue-soft", stroke="blue")
    canvas.text(232, 112, "encoder", "blue", bold=True)
    canvas.polygon([(410, 86), (524, 48), (524, 176), (410, 138)], "green-soft", stroke="green")
    canvas.text(467, 112, "decoder", "green", bold=True)
    for start, end in ((148, 172), (292, 312), (388, 406), (526, 552)):
        canvas.arrow((start, 112), (end, 112), colour="ink")
    canvas.text(350, 24, "code z", bold=True)
    for i, value in enumerate(CODE):
        canvas.box(318, 48 + 32 * i, 64, 32, "orange-soft", stroke="orange", radius=0)
        canvas.text(350, 64 + 32 * i, f"{value:.1f}".replace("-", "−"))
    canvas.text(350, 196, "4 numbers", "quiet")
    canvas.line((80, 210), (80, 238), (620, 238), (620, 210), colour="red", thick=1.8, dash="6 5")
    canvas.label(350, 238, "loss: how much do they differ?", "red")
    canvas.text(350, 276, "Only what fits through the four numbers can come out again.")
    return canvas.picture(
        "An encoder and a decoder",
        "An image of 64 pixels goes through an encoder, which narrows to a code of four numbers: 0.8, "
        "−1.3, 0.2 and 2.1. The decoder widens again and makes a reconstruction of 64 pixels out of the "
        "code alone; it is blurred. The loss compares the two images, so the code learns to keep what "
        "matters.",
    )


def _blurred(tones: list[list[float]]) -> list[list[float]]:
    """Each pixel mixed with its neighbours."""
    size = len(tones)

    def mean(i: int, j: int) -> float:
        near = [
            tones[a][b]
            for a in range(i - 1, i + 2)
            for b in range(j - 1, j + 2)
            if min(a, b) >= 0 and max(a, b) < size
        ]
        return 0.55 * tones[i][j] + 0.45 * sum(near) / len(near)

    return [[mean(i, j) for j in range(size)] for i in range(size)]
