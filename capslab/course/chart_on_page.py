"""A plotly figure on an exported page: its still, its numbers as a table, and what `site/charts.js` draws."""

from __future__ import annotations

import base64
import gzip
import html
import json
import re
from functools import cache
from importlib.resources import files
from typing import Any

PLOTLY = "application/vnd.plotly.v1+json"


def chart(made: Any, figure: dict[str, Any], still: str, words: str) -> str:
    """The element of a chart, whose figure is added to `made.charts`.

    Parameters
    ----------
    made : the `Page`.
    figure : a plotly figure as JSON: "data", "layout", perhaps "config".
    still : an HTML element that shows the chart where no JavaScript runs; without one its words do.
    words : what the chart shows, for those who hear it.
    """
    config = {"displayModeBar": False, "responsive": True, **figure.get("config", {})}
    made.charts.append(
        as_script({"data": figure["data"], "layout": figure.get("layout", {}), "config": config})
    )
    heard = html.escape(" ".join(words.split()))
    return (
        f'<figure class="chart" data-chart="{len(made.charts) - 1}" data-words="{heard}">'
        f'<div class="still">{still or f"<p>{heard}</p>"}</div>{_table(figure)}</figure>'
    )


def _table(figure: dict[str, Any]) -> str:
    """Every point that has a value to read off as a table that is folded away; empty if there is none."""
    rows = []
    for trace in figure["data"]:
        if trace.get("hoverinfo") == "skip" or not all(isinstance(trace.get(a), list) for a in "xy"):
            continue
        name = trace.get("name", "")
        rows += [(name, x, y) for x, y in zip(trace["x"], trace["y"], strict=False) if x is not None]
    if not rows:
        return ""
    body = "".join(f"<tr>{''.join(f'<td>{_cell(value)}</td>' for value in row)}</tr>" for row in rows)
    head = "".join(f'<th scope="col">{name}</th>' for name in ("line", "horizontally", "vertically"))
    return (
        '<details><summary>The numbers</summary><div class="html" tabindex="0">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div></details>"
    )


def _cell(value: Any) -> str:
    """A number with its thousands apart; of a text what plotly would show of its markup."""
    if value is None:
        return "–"
    if isinstance(value, int | float):
        return f"{value:,}"
    return html.escape(html.unescape(re.sub(r"<[^>]+>", "", str(value))))


@cache
def plotly_packed() -> str:
    """plotly.js as the installed plotly brings it, compressed: 2 MB instead of 5."""
    script = (files("plotly") / "package_data" / "plotly.min.js").read_bytes()
    return base64.b64encode(gzip.compress(script, 6, mtime=0)).decode()


def as_script(value: Any) -> str:
    """JSON that is safe inside a script element."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).replace("<", "\\u003c")
