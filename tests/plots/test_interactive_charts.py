"""Charts to hover over: what plotly draws is what the still draws, small, safe, and in words as well."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.core.formatters import DisplayFormatter
from matplotlib.backends.backend_agg import FigureCanvasAgg

from capslab import plots
from capslab.errors import ArgumentError
from capslab.plots.chart_plotly import MIME, MOST_POINTS, thinned
from capslab.plots.chart_still import apart

SVG = "image/svg+xml"
KS = np.arange(1, 13)


def some_scores(ks=KS):
    ks = np.asarray(ks)
    return SimpleNamespace(
        ks=ks,
        inertia=1e4 / ks,
        silhouette=np.where(ks == 1, np.nan, 0.3 / ks),
        ari=0.5 - 0.01 * abs(ks - 10),
        nmi=0.6 - 0.01 * abs(ks - 10),
        matched_accuracy=None,
    )


def growth(method="a method", n=(1000, 3000, 9000)):
    n = np.array(n)
    seconds = 1e-3 * n
    return SimpleNamespace(
        method=method,
        n=n,
        fit_seconds=seconds,
        accuracy=1 - 100 / n,
        exponent=1.0,
        fitted_n=n,
        power_law=seconds,
    )


def charts():
    x = np.arange(1, 4000)
    return {
        "growth": plots.growth_curves([growth(), growth("another")], [growth()]),
        "scores": plots.score_curves(some_scores(), k=10),
        "training": plots.training_curves(
            {"loss": (3.0, 2.0), "validation loss": (3.5, 2.5), "accuracy": (0.5, 0.8)}
        ),
        "lines": plots.lines(
            [1, 10, 100], {"a": [1, 2, 4], "b": [4, 2, 1]}, "n", "seconds", mark=2, log=True
        ),
        "long": plots.lines(x, {str(i): np.sin(x / 99 + i) for i in range(6)}, "step", "loss"),
        "seeds": plots.scores_with_spread({"pixels": [0.5, 0.6], "VAE": [0.8]}, "ARI", (0, 1)),
        "bars": plots.bars({str(i): i for i in range(20)}, "seconds"),
        "one k": plots.score_curves(some_scores([10]), k=10),
        "one epoch": plots.training_curves({"loss": (2.3,), "validation loss": (2.3,)}),
    }


CHARTS = charts()
each = pytest.mark.parametrize("name", CHARTS)


def shown(figure):
    return DisplayFormatter().format(figure)


@each
def test_a_chart_is_a_plotly_figure_with_a_still_and_words_beside_it(name):
    data, about = shown(CHARTS[name])
    assert set(data) == {MIME, SVG, "text/plain"}
    assert data[SVG].startswith("<svg")
    assert "<title>" in data[SVG]
    assert about[SVG]["alt"] == data["text/plain"] == CHARTS[name].alt_text
    assert re.search(r"\d", CHARTS[name].alt_text)
    assert len(CHARTS[name].alt_text) <= 600
    assert len(json.dumps(data)) < 150_000


@each
def test_plotly_accepts_it_and_json_has_no_nan(name):
    made = CHARTS[name].interactive
    raw = shown(CHARTS[name])[0][MIME]
    json.dumps(raw, allow_nan=False)
    assert len(made.data) == len(raw["data"])
    assert made.layout.font.size == 15
    assert made.layout.template.layout.paper_bgcolor is None
    assert not made.frames  # nothing moves by itself
    for axis in (key for key in raw["layout"] if re.fullmatch(r"[xy]axis\d*", key)):
        title = raw["layout"][axis].get("title", {}).get("text", "")
        assert title == "" or "currentColor" in title
    assert sum("title" in raw["layout"][axis] for axis in raw["layout"] if axis.startswith("xaxis")) >= 1


@each
def test_both_pictures_show_the_same_values(name):
    figure = CHARTS[name]
    raw = figure._as_json()["data"]
    if name in ("seeds", "bars"):
        widths = [bar.get_width() for bar in figure.axes[0].patches]
        assert raw[0]["x"] == pytest.approx(widths)
        return
    drawn = [
        line for axes in figure.axes for line in axes.lines if len(line.get_xdata()) == len(line.get_ydata())
    ]
    still = [line.get_xydata() for line in drawn if line.get_transform() == line.axes.transData]
    for trace, points in zip(raw, still, strict=True):
        there = {(x, y) for x, y in zip(trace["x"], trace["y"], strict=True) if y is not None}
        known = {(float(f"{x:.6g}"), float(f"{y:.6g}")) for x, y in points if np.isfinite(y)}
        assert there <= known
        assert len(there) == len(known) or len(known) > MOST_POINTS / 6


def test_what_stands_beside_a_point():
    traces = [t for t in CHARTS["growth"]._as_json()["data"] if "another: time" in t["name"]]
    (mine,) = [t["hovertemplate"] for t in traces if "hovertemplate" in t]  # the fitted law has none
    assert mine.endswith("n = %{x:,d}: %{y:,d} s<extra></extra>")
    (score, *_) = [t for t in CHARTS["scores"]._as_json()["data"] if "silhouette" in t["name"]]
    assert score["hovertemplate"] == "silhouette<br>k = %{x:,d}: score %{y:,.4~r}<extra></extra>"
    assert score["y"][0] is None  # the silhouette of k = 1


def test_colours_dashes_and_symbols_tell_lines_apart():
    for name in ("scores", "training"):
        lines = [t for t in CHARTS[name]._as_json()["data"] if t["showlegend"] and len(t["x"]) > 1]
        assert (
            len({(t["line"]["dash"], t["marker"]["symbol"]) for t in lines}) == len(lines) or name == "scores"
        )
        assert len({t["line"]["color"] for t in lines}) == len(lines)


def test_a_legend_names_each_line_once_and_a_single_line_needs_none():
    for name in ("growth", "scores", "training"):
        named = [t["name"] for t in CHARTS[name]._as_json()["data"] if t["showlegend"]]
        assert len(named) == len(set(named)) > 1
    one = plots.lines([1, 2], {"loss": [2, 1]}, "step", "loss")._as_json()
    assert not one["layout"]["showlegend"]


def test_one_point_is_a_symbol_with_its_value_and_no_line():
    for name in ("one k", "one epoch"):
        raw = CHARTS[name]._as_json()
        assert {t["mode"] for t in raw["data"]} == {"markers"}
        notes = [note for note in raw["layout"]["annotations"] if "yshift" in note]
        assert len(notes) == len(raw["data"])
        lines = [line for axes in CHARTS[name].axes for line in axes.lines if len(line.get_xdata()) == 1]
        assert {(line.get_linestyle(), line.get_marker() != "None") for line in lines} == {("None", True)}
        assert len(lines) == len(raw["data"])
        texts = [text.get_text() for axes in CHARTS[name].axes for text in axes.texts]
        assert sum(bool(re.match(r"[\d.,]+$", text)) for text in texts) == len(lines)


@each
def test_texts_of_a_still_do_not_hide_each_other(name):
    figure = CHARTS[name]
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    for axes in figure.axes:
        texts = [text for text in axes.texts if text.get_text().strip()]
        texts += [label for label in axes.get_yticklabels() if label.get_text()]
        boxes = [text.get_window_extent(renderer).shrunk(0.98, 0.7) for text in texts]
        for i, box in enumerate(boxes):
            assert not any(box.overlaps(other) for other in boxes[:i]), texts[i]


@pytest.mark.parametrize("text", ["a<b>c", "%{x}", "$x$", "a & b", "<script>1</script>"])
def test_a_name_is_shown_letter_by_letter(text):
    raw = json.dumps(
        plots.lines([1, 2], {text: [1, 2], "b": [2, 1]}, text, "y")._as_json(), ensure_ascii=False
    )
    for harmful in ("<b>", "<script", "%{x}:", "$x$"):
        assert harmful not in raw.replace("%{x:,d}", "")


def test_a_still_that_was_changed_is_shown_alone():
    figure = plots.bars({"a": 1.0}, "seconds")
    figure.savefig("/dev/null", format="png")
    assert MIME in shown(figure)[0]
    figure.axes[0].axvline(0.5)
    assert set(shown(figure)[0]) == {SVG, "text/plain"}


def test_values_are_rows_of_a_table():
    rows = CHARTS["scores"].values
    assert len(rows) == len(KS)
    assert rows[9]["k, number of clusters"] == 10
    assert rows[9]["inertia"] == pytest.approx(1000)
    assert rows[9]["ARI: score"] == pytest.approx(0.5)
    assert "silhouette: score" not in rows[0]
    assert CHARTS["seeds"].values[1] == {"": "pixels", "ARI": 0.6}


def test_words_say_where_lines_start_end_and_turn():
    text = CHARTS["scores"].alt_text
    assert "ARI from 0.41 at 1 to 0.48 at 12, highest 0.5 at 10" in text
    assert CHARTS["one epoch"].alt_text == "loss over epoch: training 2.3 at 1; validation 2.3 at 1."
    assert CHARTS["seeds"].alt_text == "ARI: pixels 0.55 (0.5 to 0.6), VAE 0.8."


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=300), st.integers(2, 40))
def test_thinning_keeps_ends_and_extremes_and_invents_nothing(values, most):
    y = np.array(values)
    x = np.arange(len(y), dtype=float)
    a, b = thinned(x, y, most)
    assert (b == y[a.astype(int)]).all()
    assert {b.min(), b.max()} == {y.min(), y.max()}
    assert (a[0], a[-1]) == (0, len(y) - 1)
    assert len(a) <= max(most, 4)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12), st.floats(0.01, 0.3))
def test_labels_are_a_gap_apart_and_keep_their_order(heights, gap):
    moved = apart(np.array(heights), gap)
    order = np.argsort(heights, kind="stable")
    assert (np.diff(moved[order]) >= gap - 1e-9).all()
    assert moved.mean() == pytest.approx(np.mean(heights))


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: plots.lines([], {"a": []}, "x", "y"), "x"),
        (lambda: plots.lines([1, 2], {}, "x", "y"), "ys"),
        (lambda: plots.lines([1, 2], [3, 4], "x", "y"), "ys"),
        (lambda: plots.lines([1, 2], {"a": [1, 2, 3]}, "x", "y"), "ys"),
        (lambda: plots.lines([1, 2], {"a": "ab"}, "x", "y"), "ys"),
        (lambda: plots.lines([0, 1], {"a": [1, 2]}, "x", "y", log=True), "log"),
        (lambda: plots.lines([1, 2], {"a": [1, 2]}, "x", "y", log=True, mark=0), "log"),
        (lambda: plots.training_curves({"loss": []}), "history"),
        (lambda: plots.training_curves({"loss": ["low"]}), "history"),
        (lambda: plots.scores_with_spread({"a": [[1, 2]]}, "y"), "scores"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_words(call, argument, fails):
    with fails(ArgumentError, argument):
        call()


def test_showing_a_chart_does_not_wait_for_plotly():
    code = (
        "import sys\nfrom capslab import plots\n"
        "from IPython.core.formatters import DisplayFormatter\n"
        "DisplayFormatter().format(plots.bars({'pixels': 0.5}, 'accuracy'))\n"
        "print('plotly' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"
