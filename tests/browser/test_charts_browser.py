"""Charts to hover over, in JupyterLab, Notebook 7 and an exported page: nothing comes from a network."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hosting import watch

pytestmark = pytest.mark.browser

CELLS = [
    "from capslab import plots",
    "plots.lines([1, 2, 3], {'one': [0.5, 0.25, 0.125], 'two': [0.1, 0.2, 0.3]}, 'n', 'seconds')",
    "plots.scores_with_spread({'pixels': [0.5, 0.6], 'VAE': [0.8]}, 'ARI')",
]
POINTS = ".scatterlayer .trace .points path"
#: JupyterLab's own page asks for nothing elsewhere either, so any request that leaves the machine is ours
LOCAL = ("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:", "file:")


def elsewhere(page: Any) -> list[str]:
    """A list that fills with requests that leave this machine."""
    asked: list[str] = []
    page.on("request", lambda r: None if r.url.startswith(LOCAL) else asked.append(r.url))
    return asked


def hovered(page: Any, chart: Any, number: int) -> str:
    """What stands beside a point of a chart when a real mouse is over it."""
    chart.scroll_into_view_if_needed()
    point = chart.locator(POINTS).nth(number)
    point.wait_for(state="attached")
    text = chart.locator(".hoverlayer .hovertext")
    for _ in range(40):  # the page may still be moving: look again where the point is, as a reader would
        box = point.bounding_box()
        page.mouse.move(box["x"] - 40, box["y"] - 10)
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=4)
        page.wait_for_timeout(250)
        if text.count():
            break
    return str(text.first.text_content())


def colour_of_texts(chart: Any) -> str:
    return str(chart.locator(".xtick text tspan").first.evaluate("(t) => getComputedStyle(t).fill"))


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pointing_at_a_line_reads_its_value_in_jupyterlab(lab: Any, page: Any, theme: str) -> None:
    asked = elsewhere(page)
    notebook = lab.open(page, CELLS, theme=theme)
    charts = page.locator(".jp-OutputArea-output.js-plotly-plot")
    notebook.until(charts.count, 2)
    assert hovered(page, charts.nth(0), 1) == "onen 2: seconds 0.25"
    assert hovered(page, charts.nth(1), 1) == "pixels, number 2ARI: 0.6"
    lightness = 255 if theme == "dark" else 0
    assert colour_of_texts(charts.nth(0)).startswith(f"rgba({lightness}, {lightness}, {lightness}")
    sizes = charts.locator("text").evaluate_all(
        "(all) => all.map((t) => parseFloat(getComputedStyle(t).fontSize))"
    )
    assert sizes
    assert min(sizes) >= 15
    assert asked == []
    assert notebook.errors == []
    assert notebook.failures() == []


@pytest.mark.slow
def test_a_chart_is_alive_in_notebook_7(lab: Any, page: Any) -> None:
    """A saved output, as a reader finds it who opens the notebook and runs nothing."""
    pytest.importorskip("notebook")
    made = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import json\n{CELLS[0]}\nfrom IPython.core.formatters import DisplayFormatter\n"
            f"data, about = DisplayFormatter().format({CELLS[1]})\nprint(json.dumps([data, about]))",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    data, about = json.loads(made.stdout)
    output = nbformat.v4.new_output("execute_result", data, metadata=about, execution_count=1)
    cell = nbformat.v4.new_code_cell(CELLS[1], outputs=[output], execution_count=1)
    book = nbformat.v4.new_notebook(cells=[cell])
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(book, lab.root / "saved-chart.ipynb")
    asked = elsewhere(page)
    page.goto(f"{lab.address}/notebooks/saved-chart.ipynb?token={lab.token}")
    chart = page.locator(".jp-OutputArea-output.js-plotly-plot").first
    chart.wait_for()
    assert hovered(page, chart, 1) == "onen 2: seconds 0.25"
    assert asked == []


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("charts")
    cells = [nbformat.v4.new_markdown_cell("# Charts"), *map(nbformat.v4.new_code_cell, CELLS)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "charts.ipynb")
    command = [sys.executable, "-m", "capslab.cli", "export", "charts.ipynb", "site"]
    told = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
    assert told.returncode == 0, told.stdout + told.stderr
    return folder / "site" / "charts.html"


def test_an_exported_page_draws_its_charts_without_a_network(page: Any, exported: Path) -> None:
    errors, asked = watch(page), elsewhere(page)
    page.goto(exported.as_uri())
    charts = page.locator("figure.chart")
    assert charts.count() == 2
    for number, words in ((0, "onen 2: seconds 0.25"), (1, "pixels, number 2ARI: 0.6")):
        charts.nth(number).locator(".js-plotly-plot").wait_for()
        assert hovered(page, charts.nth(number), 1) == words
    assert charts.locator(".still").count() == 0
    picture = charts.first.get_by_role("img").first
    assert "one from 0.5 at 1 to 0.125 at 3" in picture.get_attribute("aria-label")
    assert asked == []
    assert errors == []


def test_the_numbers_are_there_for_those_who_use_no_mouse(page: Any, exported: Path) -> None:
    page.goto(exported.as_uri())
    summary = page.locator("figure.chart summary").first
    summary.focus()
    page.keyboard.press("Enter")
    rows = page.locator("figure.chart").first.locator("tbody tr").all_inner_texts()
    assert [row.split() for row in rows][:2] == [["one", "1", "0.5"], ["one", "2", "0.25"]]


def test_charts_follow_the_readers_theme_and_width(page: Any, exported: Path) -> None:
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(exported.as_uri())
    chart = page.locator("figure.chart .js-plotly-plot").first
    chart.wait_for()
    assert colour_of_texts(chart) == "rgb(226, 230, 234)"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_without_javascript_the_stills_and_numbers_are_there(chromium: Any, exported: Path) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(exported.as_uri())
    assert page.locator("figure.chart .still svg").count() == 2
    assert (
        page.locator("figure.chart .still [role=img]").first.get_attribute("aria-label").startswith("seconds")
    )
    context.close()


def test_plotly_is_in_a_page_once_and_only_where_there_are_charts(exported: Path, tmp_path: Path) -> None:
    text = exported.read_text("utf-8")
    assert text.count('id="plotly"') == 1
    assert 1_000_000 < len(text) < 2_600_000
    plain = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# No chart")])
    nbformat.write(plain, tmp_path / "plain.ipynb")
    command = [sys.executable, "-m", "capslab.cli", "export", "plain.ipynb", "site"]
    subprocess.run(command, cwd=tmp_path, capture_output=True, check=True, timeout=300)
    assert len((tmp_path / "site" / "plain.html").read_text("utf-8")) < 50_000
