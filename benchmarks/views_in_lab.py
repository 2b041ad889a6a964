"""The same picture several ways in a real JupyterLab: our view, and what one would write instead.

matplotlib's inline figure, a PNG in an `ipywidgets.Image`, plotly's `FigureWidget`, and jupyter-scatter where
it is installed. All of them follow one slider.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from labserver import Lab

# What all three ways share: the data, computed once, and the picture as a matplotlib figure.
CLUSTERS = """%matplotlib inline
import io
import matplotlib.pyplot as plt, numpy as np, ipywidgets
from matplotlib.figure import Figure
from IPython.display import display
import capslab as cl
from capslab.data import Images
from capslab.embedding import Embedding
from capslab.plots import palette
rng = np.random.default_rng(0)
labels = rng.integers(0, 10, 10_000)
vectors = rng.normal(size=(10, 16))[labels] * 2 + rng.normal(size=(10_000, 16))
images = Images(rng.integers(0, 255, (10, 28, 28, 1), dtype=np.uint8)[labels], labels)
z = Embedding(vectors, labels, images, "blobs", False)
path = cl.cluster(z)
xy = cl.clustering.project(z)
colours = np.array([palette(c) for c in range(30)])
slider = ipywidgets.IntSlider(10, 2, 30, description="k")
def draw(k):
    plt.figure(figsize=(5.2, 4.4))
    plt.scatter(*xy.T, c=colours[path.at(k).labels], s=6, linewidths=0)
    plt.axis("off")
    plt.show()
figure = Figure(figsize=(5.2, 4.4))
dots = figure.subplots().scatter(*xy.T, s=6, linewidths=0)
def png(k):  # the figure is kept and only recoloured
    dots.set_facecolors(colours[path.at(k).labels])
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=100)
    return buffer.getvalue()"""
LATENT = """%matplotlib inline
import io
import matplotlib.pyplot as plt, numpy as np, ipywidgets
from IPython.display import display
from PIL import Image
import capslab as cl
vae = cl.pretrained("vae-mnist")
layers = vae.decoder_layers()
start = np.random.default_rng(0).normal(size=vae.latent_dim)
slider = ipywidgets.FloatSlider(0, min=-3, max=3, step=0.01, description="z0")
def decode(x):  # in NumPy: Keras would add its own milliseconds
    a = np.r_[x, start[1:]]
    for kernel, bias, activation in layers:
        a = a @ kernel + bias
        a = np.maximum(a, 0) if activation == "relu" else 1 / (1 + np.exp(-a))
    return a.reshape(28, 28)
def draw(x):
    plt.figure(figsize=(2, 2))
    plt.imshow(decode(x), cmap="gray", vmin=0, vmax=1)
    plt.axis("off")
    plt.show()
def png(x):
    buffer = io.BytesIO()
    Image.fromarray(np.uint8(255 * decode(x))).resize((196, 196), 0).save(buffer, "png")
    return buffer.getvalue()"""
INLINE = """out = ipywidgets.Output()
def follow(change):
    with out:
        out.clear_output(wait=True)
        draw(change["new"])
slider.observe(follow, "value")
display(ipywidgets.VBox([slider, out]))
follow({"new": slider.value})"""
IMAGE = """image = ipywidgets.Image(value=png(slider.value))
slider.observe(lambda change: setattr(image, "value", png(change["new"])), "value")
ipywidgets.VBox([slider, image])"""
PLOTLY = """import plotly.graph_objects as go
css = np.array([f"rgb({r:.0f},{g:.0f},{b:.0f})" for r, g, b in 255 * colours[:, :3]])
style = dict(size=4, color=css[path.at(10).labels])
chart = go.FigureWidget(go.Scattergl(x=xy[:, 0], y=xy[:, 1], mode="markers", marker=style))
chart.update_layout(width=520, height=440)
slider.observe(lambda change: chart.data[0].marker.update(color=css[path.at(change["new"]).labels]), "value")
ipywidgets.VBox([slider, chart])"""
SCATTER = """import jscatter, pandas
def named(k):
    return pandas.Series([f"c{label:02d}" for label in path.at(k).labels], dtype="category")
frame = pandas.DataFrame({"x": xy[:, 0], "y": xy[:, 1], "cluster": named(10)})
hexes = [f"#{r:02x}{g:02x}{b:02x}" for r, g, b in (255 * colours[:, :3]).astype(int)]
scatter = jscatter.Scatter(data=frame, x="x", y="y", height=440, width=520)
scatter.color(by="cluster", map=hexes)
def follow(change):
    frame["cluster"] = named(change["new"])
    scatter.color(by="cluster", map=hexes)
slider.observe(follow, "value")
ipywidgets.VBox([slider, scatter.widget])"""
WAYS = {"matplotlib inline": INLINE, "ipywidgets.Image": IMAGE}
if find_spec("jscatter"):
    CHARTS = {"plotly FigureWidget": PLOTLY, "jupyter-scatter": SCATTER}
else:
    CHARTS = {"plotly FigureWidget": PLOTLY}
PICTURES = {
    "clusters, 10,000": (CLUSTERS, "cl.explore_clusters(z, 10, path)", "k", {**WAYS, **CHARTS}),
    "latent": (LATENT, "cl.explore_latent(vae)", "z0", WAYS),
}

# A picture has changed when a canvas was drawn (flat or by WebGL) or an <img> was loaded; it is seen after
# the next paint.
WATCH = """() => {
  const log = window.log = { times: [], updates: 0, start: 0, waiting: false };
  const channel = new MessageChannel();
  channel.port1.onmessage = () => log.times.push(performance.now() - log.start);
  window.addEventListener('keydown', (e) => { log.start = e.timeStamp; log.waiting = true; }, true);
  let frame = 0, drawn = -1;
  const tick = () => { frame++; requestAnimationFrame(tick); };
  requestAnimationFrame(tick);
  const seen = (inFrame) => {
    if (inFrame && drawn === frame) return;
    drawn = frame;
    log.updates++;
    if (!log.waiting) return;
    log.waiting = false;
    if (inFrame) channel.port2.postMessage(0); else requestAnimationFrame(() => channel.port2.postMessage(0));
  };
  const proto = CanvasRenderingContext2D.prototype;
  for (const name of ['putImageData', 'drawImage']) {
    const real = proto[name];
    proto[name] = function (...a) { seen(true); return real.apply(this, a); };
  }
  for (const { prototype } of [window.WebGLRenderingContext, window.WebGL2RenderingContext].filter(Boolean)) {
    for (const name of ['drawArrays', 'drawElements']) {
      const real = prototype[name];
      prototype[name] = function (...a) { seen(true); return real.apply(this, a); };
    }
  }
  document.addEventListener('load', (e) => { if (e.target.tagName === 'IMG') seen(false); }, true);
}"""


class Wire:
    """Bytes over the page's websockets."""

    def __init__(self, page: Any) -> None:
        self.sent = self.received = 0
        page.on("websocket", self._listen)

    def _listen(self, socket: Any) -> None:
        socket.on("framesent", lambda payload: self._add("sent", payload))
        socket.on("framereceived", lambda payload: self._add("received", payload))

    def _add(self, way: str, payload: Any) -> None:
        setattr(self, way, getattr(self, way) + len(payload))


def measure_in_lab(browser: Any, moves: int, wait: Callable[[], float]) -> dict[str, Any]:
    """picture → way → pixels (ms), updates a second, bytes a move."""
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(Path(folder))
        try:
            lab.start()
            for picture, (shared, ours, label, ways) in PICTURES.items():
                for way, code in {"view": ours, **ways}.items():
                    load = wait()
                    row = _measure(browser, lab, [shared, code], label, moves)
                    view = found.setdefault(picture, {}).get("view", row)["pixels"]
                    ratios = {f: round(row["pixels"][f] / view[f], 1) for f in ("median", "p95")}
                    found[picture][way] = {**row, "times the view": ratios, "load": load}
                    print(_told(picture, way, found[picture][way]), flush=True)
        finally:
            lab.stop()
    return found


def _told(picture: str, way: str, row: dict[str, Any]) -> str:
    pixels = row["pixels"]
    return (
        f"{picture:18} {way:18} pixels median {pixels['median']:6.1f}  p95 {pixels['p95']:6.1f} ms"
        f"  ×{row['times the view']['median']:.1f}/{row['times the view']['p95']:.1f}"
        f"  {row['updates a second']:5.1f} updates/s  {row['bytes sent a move']:,} bytes to the kernel and"
        f" {row['bytes received a move']:,} from it a move  (load {row['load']})"
    )


def _measure(browser: Any, lab: Lab, cells: list[str], label: str, moves: int) -> dict[str, Any]:
    page = browser.new_context(viewport={"width": 1200, "height": 1600}).new_page()
    page.set_default_timeout(60_000)
    wire = Wire(page)
    notebook = lab.open(page, cells)
    if cells[1].startswith("cl."):
        slider = notebook.views.first.get_by_role("slider", name=label, exact=True).first
    else:
        slider = page.locator(".widget-slider .noUi-handle").first
    slider.wait_for()
    page.wait_for_timeout(1500)
    page.evaluate(WATCH)
    slider.focus()
    before = wire.sent, wire.received
    for j in range(moves):
        page.keyboard.press("ArrowRight" if j // 5 % 2 else "ArrowLeft")
        page.wait_for_function("(n) => window.log.times.length >= n", arg=j + 1)
        page.wait_for_timeout(120)  # until all is quiet: each move is measured alone
    page.wait_for_timeout(500)
    sent, received = wire.sent - before[0], wire.received - before[1]
    times = page.evaluate("window.log.times")
    page.evaluate("window.log.updates = 0")
    start = page.evaluate("performance.now()")
    for j in range(moves):
        page.keyboard.press("ArrowRight" if j // 5 % 2 else "ArrowLeft")
        page.wait_for_timeout(max(0, start + 30 * (j + 1) - page.evaluate("performance.now()")))
    updates, end = page.evaluate("[window.log.updates, performance.now()]")
    page.context.close()
    return {
        "pixels": {
            "median": round(float(np.median(times)), 1),
            "p95": round(float(np.percentile(times, 95)), 1),
            "max": round(max(times), 1),
        },
        "updates a second": round(1000 * updates / (end - start), 1),
        "moves a second": round(1000 * moves / (end - start), 1),
        "bytes sent a move": round(sent / moves),
        "bytes received a move": round(received / moves),
    }
