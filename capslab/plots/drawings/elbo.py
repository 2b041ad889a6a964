"""The ELBO: a lower bound on log p(x), and the gap that is left."""

from __future__ import annotations

from capslab.plots.svg_canvas import Canvas
from capslab.plots.svg_picture import SvgPicture

LOG_P = -98.0
#: what q(z|x) is like, and its distance from the true posterior in nats
GUESSES = (("q fits badly", 14.0), ("q fits better", 5.0), ("q is the posterior", 0.0))
LEFT, SCALE, LOWEST = 190.0, 13.0, -126.0


def _x(nats: float) -> float:
    return LEFT + (nats - LOWEST) * SCALE


def draw() -> SvgPicture:
    """Three bars under one ceiling, log p(x): the ELBO and the gap, for three choices of q."""
    canvas = Canvas(700, 320)
    ceiling = _x(LOG_P)
    canvas.text(ceiling, 16, f"log p(x) = {_number(LOG_P)} nats", bold=True)
    canvas.text(ceiling, 37, "the same for every q", "quiet")
    for (words, gap), y in zip(GUESSES, (62.0, 126.0, 190.0), strict=True):
        bound = _x(LOG_P - gap)
        canvas.text(LEFT - 14, y + 22, words, anchor="end")
        canvas.box(LEFT, y, bound - LEFT, 44, "blue-soft", stroke="blue", radius=0)
        canvas.text(LEFT + 12, y + 22, f"ELBO {_number(LOG_P - gap)}", "blue", anchor="start", bold=True)
        if gap:
            canvas.box(bound, y, ceiling - bound, 44, "orange-soft", stroke="orange", radius=0, dash="5 4")
            wide = "gap " if gap > 8 else ""
            canvas.text((bound + ceiling) / 2, y + 22, f"{wide}{gap:g}", "orange", bold=True)
        else:
            canvas.text(ceiling + 12, y + 22, "gap 0", "orange", anchor="start", bold=True)
    canvas.line((ceiling, 50), (ceiling, 246), colour="ink", thick=2.5)
    canvas.arrow((LEFT - 6, 246), (ceiling + 84, 246))
    for nats in (-120, -110, -100):
        canvas.line((_x(nats), 241), (_x(nats), 251))
        canvas.text(_x(nats), 264, _number(nats), "quiet")
    canvas.text(ceiling + 92, 264, "nats", "quiet", anchor="end")
    canvas.text(350, 300, "log p(x) = ELBO + gap,   gap = KL( q(z|x) ‖ p(z|x) ) ≥ 0")
    listed = "; ".join(
        f"{words}, the ELBO is {_number(LOG_P - gap)} and the gap {gap:g}" for words, gap in GUESSES
    )
    return canvas.picture(
        "The ELBO",
        f"log p(x) is {_number(LOG_P)} nats, a ceiling that no ELBO passes. Where {listed}. ELBO and gap "
        "always add up to log p(x), so making the ELBO larger makes the gap smaller.",
    )


def _number(value: float) -> str:
    return f"{value:g}".replace("-", "−")
