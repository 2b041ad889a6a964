"""The figure that a chart becomes: a still, with the same chart to hover over beside it."""

from __future__ import annotations

import html
import io
import re
from typing import TYPE_CHECKING, Any

import matplotlib

from capslab.plots import chart_plotly, chart_still, chart_words
from capslab.plots.chart import Bars, Chart
from capslab.plots.style import NotebookFigure

if TYPE_CHECKING:
    import plotly.graph_objects as go

SVG = "image/svg+xml"
STYLE = "max-width:100%;height:auto"


class ChartFigure(NotebookFigure):
    """A matplotlib `Figure` which JupyterLab shows as a plotly figure: point at a line to read its values.

    Where nothing runs (GitHub, a printed page, a terminal) it is the still picture with its words. A still
    that was changed after it was drawn, for example by one more line on its axes, is shown as the still
    alone, because the plotly figure knows nothing of the change.

    Attributes
    ----------
    chart : what is drawn, as data.
    alt_text : the chart in words, with numbers.
    values : its values, one dict per row: `plots.table(figure.values)` shows them as a table.
    interactive : the chart as a `plotly.graph_objects.Figure`.

    Examples
    --------
    >>> from capslab import plots
    >>> figure = plots.bars({"pixels": 0.5, "VAE": 0.75}, "accuracy")
    >>> figure.alt_text
    'accuracy: pixels 0.5, VAE 0.75.'
    >>> figure.values[0]
    {'': 'pixels', 'accuracy': 0.5}
    """

    chart: Chart | Bars
    _drawn: tuple[Any, ...]

    @property
    def alt_text(self) -> str:
        """The chart in words, with numbers."""
        return chart_words.words(self.chart)

    @property
    def values(self) -> list[dict[str, Any]]:
        """The chart's values, one dict per row of a table."""
        return chart_words.values(self.chart)

    @property
    def interactive(self) -> go.Figure:
        """The chart as a plotly figure, to add to or to show elsewhere."""
        import plotly.graph_objects as go

        made = self._as_json()
        return go.Figure({"data": made["data"], "layout": {**made["layout"], "template": "none"}})

    def _as_json(self) -> dict[str, Any]:
        return chart_plotly.as_json(self.chart, 80 * self.get_figheight())

    def _repr_png_(self) -> None:  # type: ignore[override]
        """No picture in pixels: JupyterLab would show it in place of the plotly figure."""

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """What to hover over, the still, and the words."""
        data = {SVG: self.still_svg(), "text/plain": self.alt_text}
        about = {SVG: {"alt": self.alt_text}}
        return ({chart_plotly.MIME: self._as_json(), **data} if self._state() == self._drawn else data), about

    def still_svg(self) -> str:
        """The still as SVG, 80 pixels per inch; its letters are outlines, so that no font is missing."""
        buffer = io.StringIO()
        with matplotlib.rc_context({"svg.hashsalt": "capslab", "svg.fonttype": "path"}):
            self.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
        drawn = buffer.getvalue()
        drawn = drawn[drawn.index("<svg") :]
        size = f'width="{80 * self.get_figwidth():.0f}" height="{80 * self.get_figheight():.0f}"'
        drawn = re.sub(r'width="[\d.]+pt" height="[\d.]+pt"', f'{size} style="{STYLE}"', drawn, count=1)
        drawn = re.sub(r"<metadata>.*?</metadata>", "", drawn, flags=re.S)
        drawn = re.sub(r"\n\s*", "\n", drawn)
        return drawn.replace(">", f"><title>{html.escape(self.alt_text)}</title>", 1)

    def _state(self) -> tuple[Any, ...]:
        """Whatever shows that somebody drew on the still."""
        axes = [
            (len(one.get_children()), one.title.get_text(), one.get_xlabel(), one.get_ylabel(), one.axis())
            for one in self.axes
        ]
        return (*axes, *(one.get_xscale() + one.get_yscale() for one in self.axes), self.get_suptitle())


def figure_of(chart: Chart | Bars, width: float, height: float) -> ChartFigure:
    """A chart as a figure whose still is so many inches wide and high."""
    figure = ChartFigure(figsize=(width, height), layout="constrained")
    figure.chart = chart
    chart_still.draw(figure, chart)
    figure._drawn = figure._state()
    return figure
