"""One executed notebook as one HTML page that needs nothing else: no kernel, no server, no network.

The page contains the state of its live views as text, and `site/site.js` brings them to life again.
Until then, and if no JavaScript runs, each view is the still picture that GitHub shows too.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import nbformat
from nbconvert.filters import Highlight2HTML, ansi2html
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from capslab.course.chart_on_page import PLOTLY, as_script, chart
from capslab.course.clean_outputs import WIDGET, clean
from capslab.course.cover_picture import Cover, fits
from capslab.course.lesson_length import TIME
from capslab.course.math_svg import svg
from capslab.course.page_headings import Heading, with_headings
from capslab.course.page_tables import with_heads

STATE = "application/vnd.jupyter.widget-state+json"
MARK = "capslab_view"  # in an output's metadata: the id of the live view that was there
NO_COVER = ("TrainingView", "GuessView", "RevealView", "GuessesView")  # views that are no picture of a lesson
PICTURES = ("image/svg+xml", "image/png", "image/jpeg")
ELSEWHERE = re.compile(r"""<(?:script|link|img|iframe)[^>]+(?:src|href)\s*=\s*["'](https?://[^"'/]+)""")


@dataclass
class Page:
    """The parts of a page.

    Attributes
    ----------
    name : name of its file, without suffix.
    title : the notebook's first heading; `lead` the first paragraph below it, as HTML.
    body : the cells as HTML.
    views : the state of each live view as JSON, by its id; `sources` are their modules and styles, once each.
    contents : its headings of the second and third level.
    minutes : how long the lesson takes, as its first cell says; 0 if it does not.
    links : addresses that open the notebook elsewhere, by the name of the service.
    covers : pictures that may stand for the page on the index.
    charts : the plotly figures as JSON, in their order; `site/charts.js` draws them.
    warnings : what a reader will not see, in words.
    """

    name: str
    title: str
    lead: str = ""
    body: str = ""
    views: dict[str, str] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    contents: list[Heading] = field(default_factory=list)
    minutes: int = 0
    links: dict[str, str] = field(default_factory=dict)
    covers: list[Cover] = field(default_factory=list)
    charts: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def question(self) -> str:
        """What the page asks, as HTML: the first question of its lead, or its first sentence.

        Empty if the title is a question already.
        """
        sentences = re.split(r"(?<=[.?!])\s+", " ".join(self.lead.split()))
        whole = [s for s in sentences if s.count("<") == 2 * s.count("</")]  # no markup that is cut through
        asked = next((s for s in whole if re.sub(r"<[^>]+>", "", s).endswith("?")), "")
        return "" if self.title.endswith("?") else asked or (whole[0] if whole else self.lead)


class Prose(IPythonRenderer):
    """nbconvert's Markdown with formulas as pictures; `unread` collects those that could not be drawn."""

    def __init__(self, unread: list[str], **options: Any) -> None:
        super().__init__(**options)
        self.unread = unread

    def block_math(self, body: str) -> str:
        return f'<div class="display">{self._formula(body, display=True)}</div>'

    def inline_math(self, body: str) -> str:
        return self._formula(body)

    def latex_environment(self, name: str, body: str) -> str:
        return self.block_math(f"\\begin{{{name}}}{body}\\end{{{name}}}")

    def _formula(self, tex: str, display: bool = False) -> str:
        drawn = svg(tex, display)
        if drawn is None:
            self.unread.append(" ".join(tex.split()))
        return drawn or f'<code class="formula">{html.escape(tex)}</code>'


def page(notebook: nbformat.NotebookNode, name: str) -> Page:
    """Renders an executed notebook; the notebook is cleaned in place."""
    states = _take_views(notebook)
    warnings = clean(notebook)
    made = Page(name, title=name, warnings=warnings)
    unread: list[str] = []
    parts = []
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == "markdown":
            text = _prose(cell.source, unread, attachments=cell.get("attachments"))
            parts.append(f'<div class="prose">{text}</div>')
            _introduce(made, text)
        elif cell.cell_type == "code" and cell.source.strip():
            parts.append(_code(cell.source, number))
            for output in cell.outputs:
                parts.append(_output(output, made, states, unread))
                made.covers += _cover(output, states, "cover" in cell.metadata.get("tags", []))
                warnings += _loads_from_elsewhere(output, number)
    made.body, made.contents = with_headings(with_heads("\n".join(parts)), made.title)
    warnings += [f"a formula that could not be drawn is shown as TeX: {tex}" for tex in unread]
    return made


def _take_views(notebook: nbformat.NotebookNode) -> dict[str, dict[str, Any]]:
    """The state of every anywidget by its id. Outputs that show one get its id in their metadata."""
    every = notebook.metadata.get("widgets", {}).get(STATE, {}).get("state", {})
    states = {name: saved for name, saved in every.items() if "_esm" in saved.get("state", {})}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            view = output.get("data", {}).get(WIDGET, {}).get("model_id")
            if view in states:
                del output.data[WIDGET]  # its picture and its text remain
                output.metadata[MARK] = view
    return states


def _introduce(made: Page, text: str) -> None:
    """Sets the title and the lead from the first cell that has a heading."""
    heading = re.search(
        r"<h1[^>]*>(.*?)(?:<a class=\"anchor-link\".*?</a>)?</h1>\s*(?:<p>(.*?)</p>)?", text, re.S
    )
    if heading and made.title == made.name:
        made.title = html.unescape(re.sub(r"<[^>]+>", "", heading[1])).strip()
        made.lead = heading[2] or ""
        time = re.search(r"\d+", "".join(TIME.findall(re.sub(r"</?strong>", "**", text))))
        made.minutes = int(time[0]) if time else 0


def _prose(source: str, unread: list[str], **options: Any) -> str:
    renderer = Prose(unread, escape=False, anchor_link_text="#", **options)
    return str(MarkdownWithMath(renderer=renderer).render(source))


def _code(source: str, number: int) -> str:
    highlighted = Highlight2HTML(pygments_lexer="ipython3")(source)
    return f'<div class="cell"><div class="code" data-name="Code of cell {number}">{highlighted}</div></div>'


def _cover(output: Any, states: dict[str, dict[str, Any]], wanted: bool) -> Iterator[Cover]:
    """The output's picture, if it may stand for the page on the index."""
    if output.output_type not in ("display_data", "execute_result"):
        return
    state = states.get(output.metadata.get(MARK), {}).get("state", {})
    kind = state.get("_anywidget_id", "").rpartition(".")[2] or "figure"
    picture = _picture(output)
    if picture and kind not in NO_COVER and (wanted or fits(picture)):
        yield Cover(picture, kind, wanted)


def _output(output: Any, made: Page, states: dict[str, dict[str, Any]], unread: list[str]) -> str:
    if output.output_type == "stream":
        return f'<pre class="output">{ansi2html(output.text)}</pre>'
    if output.output_type == "error":
        return f'<pre class="output failed">{ansi2html(chr(10).join(output.traceback))}</pre>'
    data, view = output.data, output.metadata.get(MARK)
    still = _picture(output)
    if view:
        state = states[view]["state"]
        kind = state.get("_anywidget_id", "").rpartition(".")[2]
        _add_view(made, view, states[view])
        words = html.escape(data.get("text/plain", "a live view"))
        still = still or data.get("text/html") or f"<p>{words}</p>"
        open_ = state.get("answer") is not None or state.get("seen")
        if kind == "GuessesView" or (kind == "RevealView" and not open_):
            # The still shows what the reader has yet to guess: it stays covered unless no JavaScript runs.
            still = f"<noscript>{still}</noscript>"
        return f'<figure class="live" data-view="{view}">{still}</figure>'
    if PLOTLY in data:
        return chart(made, data[PLOTLY], still, data.get("text/plain", "a chart"))
    if "text/html" in data:
        return f'<div class="output html">{data["text/html"]}</div>'
    if still:
        return f'<div class="output">{still}</div>'
    if "text/markdown" in data:
        return f'<div class="output prose">{_prose(data["text/markdown"], unread)}</div>'
    if "text/latex" in data:
        tex = data["text/latex"].strip().strip("$")
        return f'<div class="output display">{svg(tex, display=True) or html.escape(tex)}</div>'
    return f'<pre class="output">{ansi2html(data.get("text/plain", ""))}</pre>'


def _picture(output: Any) -> str:
    """The output's picture as an HTML element with its alternative text; empty if it has none."""
    for kind in PICTURES:
        if kind in output.data:
            metadata = output.metadata.get(kind, {})
            alt = html.escape(metadata.get("alt") or "figure")
            if kind == "image/svg+xml":
                return f'<div role="img" aria-label="{alt}">{output.data[kind]}</div>'
            width = f' width="{metadata["width"]}"' if "width" in metadata else ""
            return f'<img src="data:{kind};base64,{output.data[kind].strip()}" alt="{alt}"{width}>'
    return ""


def _add_view(made: Page, name: str, saved: dict[str, Any]) -> None:
    """Adds a view's state as JSON; its module and style sheet are stored once for all views of the page."""
    state = dict(saved["state"])
    for key in ("_esm", "_css"):
        text = state.pop(key, "") or ""
        state[key] = sha256(text.encode()).hexdigest()[:12]
        made.sources[state[key]] = text
    made.views[name] = as_script({"state": state, "buffers": saved.get("buffers", [])})


def _loads_from_elsewhere(output: Any, number: int) -> Iterator[str]:
    for address in dict.fromkeys(ELSEWHERE.findall(output.get("data", {}).get("text/html", ""))):
        yield f"cell {number} loads something from {address}: without a network it stays empty"
