"""A chart as plotly draws it: the same lines, and a value for every point that one points at.

The figure is plain JSON, with lists of numbers of six digits. So a notebook's file stays small, and showing
a chart does not wait for `import plotly`.
"""

from __future__ import annotations

import html
from typing import Any

import numpy as np

from capslab.plots.chart import DASHES, SYMBOLS, Bars, Chart, ChartLine, ChartPanel, in_words
from capslab.plots.chart_still import apart
from capslab.plots.chart_words import spread
from capslab.plots.colours import palette

#: the kind of output that JupyterLab, Notebook 7 and VS Code draw with plotly
MIME = "application/vnd.plotly.v1+json"
#: points of all lines together; more would only hide each other, and fill the file
MOST_POINTS = 3000
#: legible on white and on black; texts take the page's own colour where plotly passes it on
GREY = "#767676"
#: plotly gives a text's style to the browser, for which `currentColor` is the colour of the text around
OPEN, CLOSE = '<span style="color:currentColor">', "</span>"
CONFIG = {"displayModeBar": False, "responsive": True}


def as_json(chart: Chart | Bars, height: float) -> dict[str, Any]:
    """The chart for `plotly.graph_objects.Figure`, and for an output of the kind `MIME`.

    Parameters
    ----------
    height : of the figure without its legend, in CSS pixels.

    Returns
    -------
    A dict with "data", "layout" and "config".
    """
    layout: dict[str, Any] = {
        "height": round(height),
        "margin": {"l": 10, "r": 20, "t": 20, "b": 10},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"size": 15, "color": GREY, "family": "system-ui, sans-serif"},
        "hovermode": "closest",
        "hoverdistance": 60,
        "hoverlabel": {
            "bgcolor": "#ffffff",
            "bordercolor": GREY,
            "font": {"size": 15, "color": "#222222"},
            "align": "left",
            "namelength": -1,
        },
        "dragmode": False,  # a finger that scrolls must not zoom
        "showlegend": False,
    }
    data = _bars(chart, layout) if isinstance(chart, Bars) else _panels(chart, layout)
    return {"data": data, "layout": layout, "config": dict(CONFIG)}


def _panels(chart: Chart, layout: dict[str, Any]) -> list[dict[str, Any]]:
    data: list[dict[str, Any]] = []
    n, shapes, notes, seen = len(chart.panels), [], [], set()
    total = sum(len(line.x) for panel in chart.panels for line in panel.lines)
    for i, panel in enumerate(chart.panels):
        number = str(i + 1) if i else ""
        lowest = not chart.stacked or i == n - 1
        x_domain = [0, 1] if chart.stacked else [(i + 0.11 * bool(i)) / n, (i + 1) / n - 0.03 * (n - 1 - i)]
        y_domain = [1 - (i + 1) / n + 0.04 * (n - 1 - i), 1 - i / n] if chart.stacked else [0, 1]
        x_axis = _axis(panel.x_label if lowest else "", panel.log or panel.log_x, f"y{number}")
        x_axis |= {"domain": x_domain, "showticklabels": lowest}
        x_axis |= {"matches": "x"} if chart.stacked and i else {}
        x_axis |= _whole(panel) if panel.whole_x else {}
        y_axis = _axis(panel.y_label, panel.log, f"x{number}") | {"domain": y_domain}
        y_axis |= _limits(panel)
        layout[f"xaxis{number}"], layout[f"yaxis{number}"] = x_axis, y_axis
        for line in panel.lines:
            data.append(_trace(line, panel, number, max(2, MOST_POINTS * len(line.x) // max(total, 1))))
            data[-1] |= {"legendgroup": safe(line.thing or line.name), "showlegend": line.in_legend}
            data[-1]["showlegend"] &= line.name not in seen
            seen |= {line.name} if line.in_legend else set()
        shapes += _marks(panel, number)
        if "range" in y_axis:
            share = 1 / n if chart.stacked else 1.0
            notes += _values_of_points(panel, number, share * layout["height"] - 60, y_axis["range"])
    layout |= {"shapes": shapes} if shapes else {}
    if (mark := chart.panels[0].mark_x) is not None:
        at = {"x": mark[0], "y": 1, "xref": "x", "yref": "paper", "yanchor": "bottom", "showarrow": False}
        notes.append({"text": _text(mark[1]), **at})
    layout |= {"annotations": notes} if notes else {}
    if len(seen) > 1:
        layout["showlegend"] = True
        layout["legend"] = {"orientation": "h", "x": 0, "y": 1.06, "yanchor": "bottom", "tracegroupgap": 0}
        longest = max(map(len, seen))
        layout["height"] += 26 * -(-len(seen) // max(1, 640 // (8 * longest + 50)))
    return data


def _trace(line: ChartLine, panel: ChartPanel, number: str, most: int) -> dict[str, Any]:
    x, y = thinned(line.x, line.y, most)
    colour = _colour(line.colour)
    few = int(line.finite.sum()) <= 60  # a symbol on every point shows where there is a value to read
    own = list(SYMBOLS.values())[line.colour % len(SYMBOLS)] if line.is_point else "circle"
    symbol = SYMBOLS.get(line.symbol, own) + ("-open" if line.hollow else "")
    has_line, has_symbols = bool(line.dash) and not line.is_point, bool(line.symbol) or few
    trace: dict[str, Any] = {
        "type": "scatter",
        "name": _text(line.name),
        "x": _plain(x),
        "y": _plain(y),
        "xaxis": f"x{number}",
        "yaxis": f"y{number}",
        "mode": "lines" if line.quiet else "+".join(["lines"] * has_line + ["markers"] * has_symbols),
        "line": {"color": colour, "width": 1.5 if line.quiet else 2, "dash": DASHES.get(line.dash, "solid")},
        "marker": {"color": colour, "size": 8 if line.symbol or line.is_point else 5, "symbol": symbol},
    }
    if line.quiet:
        return trace | {"hoverinfo": "skip"}
    if line.is_point and panel.log:
        value = _text(in_words(float(line.y[line.finite][0])))
        trace |= {"mode": "markers+text", "text": [value] * len(x), "textposition": "middle right"}
    return trace | {"hovertemplate": _hover(line, panel)}


def _hover(line: ChartLine, panel: ChartPanel) -> str:
    """What stands beside a point: "n = 3,000: 4.1 s"."""
    whole_x, whole_y = (bool((v[line.finite] == np.round(v[line.finite])).all()) for v in (line.x, line.y))
    x = f"{safe(panel.x_word or panel.x_label + ' ')}%{{x:{',d' if whole_x else ',.4~r'}}}"
    y = f"%{{y:{',d' if whole_y else ',.4~r'}}}{safe(panel.y_word)}"
    y = y if panel.y_word else f"{safe(panel.y_label)} {y}"
    name = "" if line.name in ("", panel.y_label) else f"{safe(line.name)}<br>"
    return f"{name}{x}: {y}<extra></extra>"


def _with_room(bars: Bars) -> list[float]:
    """The limits of the axis, wider on the right where a bar's numbers would stick out of the picture."""
    low, high = map(float, bars.limits or (0, 1))
    share = 0.014  # of the axis, for a character of 15 px in a cell of a notebook
    ends = [
        max(float(own.max()), 0.0) + share * (high - low) * (2 + len(spread(own)))
        for own in bars.values.values()
    ]
    return [low, max([high, *ends])]


def _bars(bars: Bars, layout: dict[str, Any]) -> list[dict[str, Any]]:
    names = [safe(name) for name in bars.values]  # the axis gives them their colour
    layout["xaxis"] = _axis(bars.label, False, "y") | {"zeroline": True, "zerolinecolor": GREY}
    layout["yaxis"] = _axis("", False, "x") | {"type": "category", "autorange": "reversed"}
    layout["yaxis"] |= {"showgrid": False, "tickformat": ""}
    if bars.limits is not None:
        layout["xaxis"] |= {"range": _with_room(bars)}
    label, means = safe(bars.label), _plain(np.array(bars.means))
    data: list[dict[str, Any]] = [
        {
            "type": "bar",
            "orientation": "h",
            "y": names,
            "x": means,
            "marker": {"color": [_colour(i) for i in range(len(names))], "opacity": 0.75},
            "hovertemplate": f"%{{y}}<br>{label}: mean %{{x:,.4~r}}<extra></extra>",
        }
    ]
    ends = [max(float(own.max()), 0.0) for own in bars.values.values()]
    data.append(  # the numbers start where the last dot ends, so that no dot hides them
        {
            "type": "scatter",
            "mode": "text",
            "x": _plain(np.array(ends)),
            "y": names,
            "text": [_text(f"  {spread(own)}") for own in bars.values.values()],
            "textposition": "middle right",
            "hoverinfo": "skip",
            "cliponaxis": False,
        }
    )
    several = [(name, own) for name, own in zip(names, bars.values.values(), strict=True) if len(own) > 1]
    if several:
        dots = [(name, v, i + 1) for name, own in several for i, v in enumerate(own)][:MOST_POINTS]
        data.append(
            {
                "type": "scatter",
                "mode": "markers",
                "y": [name for name, _, _ in dots],
                "x": _plain(np.array([v for _, v, _ in dots])),
                "customdata": [i for _, _, i in dots],
                "marker": {"color": "#ffffff", "size": 8, "line": {"color": "#222222", "width": 1.5}},
                "hovertemplate": f"%{{y}}, number %{{customdata}}<br>{label}: %{{x:,.4~r}}<extra></extra>",
            }
        )
    if bars.limits is None:  # room for the numbers
        low, high = min(0.0, *bars.means, *[float(o.min()) for o in bars.values.values()]), max(ends)
        layout["xaxis"]["range"] = [1.05 * low, high + 0.5 * (high - low or 1)]
    return data


def _axis(title: str, log: bool, anchor: str) -> dict[str, Any]:
    axis: dict[str, Any] = {
        "anchor": anchor,
        "type": "log" if log else "linear",
        "automargin": True,
        "gridcolor": "rgba(128,128,128,0.25)",
        "zeroline": False,
        "linecolor": GREY,
        "showline": True,
        "tickprefix": OPEN,
        "ticksuffix": CLOSE,
        "tickformat": ",.6~r",  # 10,000 and 0.001, never 10k and 1m
    }
    if log:
        axis |= {"dtick": 1}
    if title:
        axis["title"] = {"text": _text(title), "standoff": 8, "font": {"size": 15}}
    return axis


def _whole(panel: ChartPanel) -> dict[str, Any]:
    xs = np.concatenate([line.x[line.finite] for line in panel.lines] or [np.zeros(0)])
    if panel.log or panel.log_x or not xs.size:
        return {}
    return {"tickformat": ",d", **({"dtick": 1} if np.ptp(xs) <= 12 else {})}


def _limits(panel: ChartPanel) -> dict[str, Any]:
    low, high = panel.y_limits
    points = any(line.is_point for line in panel.lines)
    if panel.log or (low is None and high is None and not points):
        return {}
    ys = np.concatenate([line.y[line.finite] for line in panel.lines] or [np.zeros(0)])
    bottom, top = (float(ys.min()), float(ys.max())) if ys.size else (0.0, 1.0)
    span = top - (bottom if low is None else low) or abs(top) or 1.0
    return {
        "range": [bottom - 0.1 * span if low is None else low, top + 0.1 * span if high is None else high]
    }


def _values_of_points(
    panel: ChartPanel, number: str, pixels: float, limits: list[float]
) -> list[dict[str, Any]]:
    """The values of single points as notes beside them, moved apart where they would hide each other."""
    points = [(line.x[line.finite][0], line.y[line.finite][0]) for line in panel.lines if line.is_point]
    if not points:
        return []
    ys = np.array([y for _, y in points])
    heights = (ys - limits[0]) / (limits[1] - limits[0])  # of the axis, 0…1
    moved = apart(heights, 20 / pixels) - heights
    return [
        {
            "text": _text(in_words(float(y))),
            "x": float(
                np.log10(x) if panel.log_x else x
            ),  # a note's place is the logarithm, a shape's is not
            "y": float(y),
            "xref": f"x{number}",
            "yref": f"y{number}",
            "xanchor": "left",
            "yanchor": "middle",
            "xshift": 10,
            "yshift": round(float(shift) * pixels, 1),
            "showarrow": False,
        }
        for (x, y), shift in zip(points, moved, strict=True)
    ]


def _marks(panel: ChartPanel, number: str) -> list[dict[str, Any]]:
    marks = []
    if panel.mark_x is not None:
        x = panel.mark_x[0]
        at = {"xref": f"x{number}", "yref": f"y{number} domain", "x0": x, "x1": x, "y0": 0, "y1": 1}
        marks.append({"type": "line", "line": {"color": GREY, "width": 1.5}, **at})
    if panel.mark_y is not None:
        y = float(panel.mark_y)  # a shape's place is the value itself, on a logarithmic axis too
        at = {"xref": f"x{number} domain", "yref": f"y{number}", "x0": 0, "x1": 1, "y0": y, "y1": y}
        marks.append({"type": "line", "line": {"color": GREY, "width": 1, "dash": "dash"}, **at})
    return marks


def thinned(x: np.ndarray, y: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
    """At most `most` points of a line: the lowest and the highest of each stretch, and both ends.

    No peak is lost, and every point that is left is one of the line's own.

    >>> thinned(np.arange(100.0), np.arange(100.0) == 37, 6)[0].tolist()
    [0.0, 37.0, 50.0, 99.0]
    """
    if len(x) <= most:
        return x, y
    stretches = np.array_split(np.arange(len(x)), max(1, most // 2 - 1))
    chosen = {0, len(x) - 1}
    for stretch in stretches:
        own = y[stretch]
        if np.isfinite(own).any():
            chosen |= {int(stretch[np.nanargmin(own)]), int(stretch[np.nanargmax(own)])}
    kept = np.array(sorted(chosen))
    return x[kept], y[kept]


def _plain(values: np.ndarray) -> list[float | int | None]:
    """Numbers of six digits for JSON, which knows neither NaN nor infinity."""
    short = [float(f"{value:.6g}") if np.isfinite(value) else None for value in values]
    return [int(v) if v is not None and v == int(v) and abs(v) < 1e15 else v for v in short]


def _colour(i: int) -> str:
    red, green, blue = (round(255 * part) for part in palette(i, "both"))  # the page may be light or dark
    return f"rgb({red},{green},{blue})"


def _text(text: str) -> str:
    """Text that plotly shows letter by letter, in the colour of the page's own text."""
    return f"{OPEN}{safe(text)}{CLOSE}" if text else ""


def safe(text: str) -> str:
    """Text in which plotly finds neither markup nor a formula nor a place for a value.

    >>> safe("a<b> %{x}")
    'a&lt;b&gt; %&#123;x}'
    """
    return html.escape(str(text), quote=False).replace("%{", "%&#123;").replace("$", "&#36;")
