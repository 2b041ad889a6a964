"""How long one move in a view takes in Chromium, what it sends, and what the usual way costs.

Run `python benchmarks/views.py [--dense] [--moves 100] [--no-lab]`; it prints and writes views.json beside
itself. It waits until the machine is quiet (load below 2), for `--patience` minutes at most.

In a bare page, for each view:
- script: milliseconds of JavaScript for one move, from the input event until all canvases are drawn;
- cpu: mean milliseconds of the page's main thread for one move, all of its tasks (layout, painting)
  included, in processor time: the one figure that other work on the machine hardly changes;
- pixels: milliseconds from a real key press to the frame that shows it, the wait for the
  screen's next refresh (0–17 ms) included;
- updates: pictures a second while moves come every 4 ms;
- training, where a view trains: frames a second while it plays, and milliseconds of JavaScript per frame;
- megabytes: what Python sends to the browser, once.
In a JupyterLab with a kernel, for the same picture made several ways (the view; an ipywidgets slider with
matplotlib's inline figure, with an `ipywidgets.Image` of PNG bytes, with plotly's `FigureWidget`, and with
jupyter-scatter where that is installed): pixels and how many times those of the view they are, updates (moves
every 30 ms), and bytes each way over the websocket for a move.
Targets: script p95 ≤ 17 ms at 10,000 points and ≤ 50 ms at 70,000; a latent drag ≥ 60 updates a second (or
what the screen shows), p95 ≤ 17 ms.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "browser"))

from conftest import FLAGS, find_chromium
from hosting import Hosted, pack
from views_in_lab import measure_in_lab

import capslab as cl
from capslab.data import Images
from capslab.embedding import Embedding

SCRIPT = """async ([label, moves]) => {
  const inputs = [...document.querySelectorAll('.caps-view input[type=range]')];
  const input = inputs.find((s) => s.ariaLabel === label);
  const [low, high, step] = [input.min, input.max, input.step].map(Number);
  const places = Math.round((high - low) / step) + 1;
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const real = window.requestAnimationFrame, times = [];
  for (let j = 0; j < moves; j++) {
    await frame(); await frame();
    window.requestAnimationFrame = (draw) => { draw(performance.now()); return 0; }; // at once, timed
    const start = performance.now();
    input.value = low + step * ((j * 7 + 3) % places);
    input.dispatchEvent(new Event('input', { bubbles: true }));
    times.push(performance.now() - start);
    window.requestAnimationFrame = real;
  }
  return times;
}"""
WATCH = """(label) => { window.times = []; const channel = new MessageChannel(); let start = 0;
  channel.port1.onmessage = () => window.times.push(performance.now() - start); // runs after the paint
  [...document.querySelectorAll('.caps-view input[type=range]')].find((s) => s.ariaLabel === label)
    .addEventListener('input', (event) => { start = event.timeStamp;
      requestAnimationFrame(() => channel.port2.postMessage(0)); }); }"""
PLAY = """async (seconds) => {
  const buttons = [...document.querySelectorAll('button')];
  const press = (name) => buttons.find((b) => b.textContent === name).click();
  const real = window.requestAnimationFrame, times = [];
  window.requestAnimationFrame = (act) => real((now) => {
    const start = performance.now(); act(now); times.push(performance.now() - start); });
  press('Play');
  await new Promise((done) => setTimeout(done, 1000 * seconds));
  press('Pause');
  window.requestAnimationFrame = real;
  return times;
}"""
FLOOD = """async ([label, seconds]) => {
  const inputs = [...document.querySelectorAll('.caps-view input[type=range]')];
  const input = inputs.find((s) => s.ariaLabel === label);
  const [low, high, step] = [input.min, input.max, input.step].map(Number);
  const places = Math.round((high - low) / step) + 1;
  let pictures = 0, frame = 0, drawn = -1, on = true;
  const count = () => { if (drawn !== frame) { drawn = frame; pictures++; } }; // at most one a frame
  const proto = CanvasRenderingContext2D.prototype;
  const names = ['putImageData', 'drawImage', 'clearRect'];
  const real = Object.fromEntries(names.map((name) => [name, proto[name]]));
  for (const [name, act] of Object.entries(real))
    proto[name] = function (...a) { count(); return act.apply(this, a); };
  const tick = () => { frame++; if (on) requestAnimationFrame(tick); };
  requestAnimationFrame(tick);
  const start = performance.now();
  for (let j = 0; performance.now() - start < 1000 * seconds; j++) {
    input.value = low + step * ((j * 7 + 3) % places);
    input.dispatchEvent(new Event('input', { bubbles: true }));
    await new Promise((done) => setTimeout(done, 4));
  }
  const took = (performance.now() - start) / 1000;
  on = false;
  Object.assign(proto, real);
  return { updates: pictures / took, frames: frame / took };
}"""


def points(n: int, seed: int = 0) -> Embedding:
    """Ten blobs in 16 dimensions with 28×28 pictures: the size of MNIST, made in a moment."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 10, n)
    vectors = rng.normal(size=(10, 16))[labels] * 2 + rng.normal(size=(n, 16))
    return Embedding(vectors, labels, pictures(labels, rng), "blobs", False)


def pictures(labels: np.ndarray, rng: np.random.Generator) -> Images:
    return Images(rng.integers(0, 255, (10, 28, 28, 1), dtype=np.uint8)[labels], labels)


def views() -> dict[str, tuple[str, Callable[[], Any]]]:
    """name → the slider that is moved, and how the view is made."""
    rng = np.random.default_rng(0)
    images = pictures(np.arange(1000) % 10, rng)
    ten, seventy = points(10_000), points(70_000)
    three = [ten, *(Embedding(ten.vectors[:, :d], ten.labels, ten.images, f"{d}", False) for d in (8, 4))]
    capsnet, vae = cl.pretrained("capsnet-mnist"), cl.pretrained("vae-mnist")
    plane = cl.VAE((28, 28, 1), latent_dim=2)
    return {
        "clusters, 10,000": ("k", lambda: cl.explore_clusters(ten)),
        "clusters, 70,000": ("k", lambda: cl.explore_clusters(seventy)),
        "compare, 3 × 10,000": ("k", lambda: cl.compare(*three, seeds=1)),
        "routing": ("iteration", lambda: cl.show_routing(capsnet, images, iterations=10)),
        f"latent, d = {vae.latent_dim}": ("z0", lambda: cl.explore_latent(vae, images)),
        "latent, d = 2, with the plane": ("z0", lambda: cl.explore_latent(plane, images)),
        "pose": ("pose[0]", lambda: cl.explore_pose(capsnet, images[0])),
        "sandbox": ("iteration", cl.routing_sandbox),
        "travel, 3 × 10,000": ("position", lambda: cl.travel(*three)),
        "convolution": ("row", lambda: cl.explore_convolution(images)),
        "network, 8 units on the plane": ("hidden units", lambda: cl.network_sandbox(hidden=8)),
        "network, 16 units on digits": ("hidden units", lambda: cl.network_sandbox(data="digits", hidden=16)),
        "turning toy": ("azimuth", cl.turn_toy),
        "posterior": ("μ", cl.explore_posterior),
        "overlap": ("shift", lambda: cl.explore_overlap(cl.pretrained("capsnet-overlap"), images)),
    }


def spread(times: list[float]) -> dict[str, float]:
    """Median, 95th percentile and largest of milliseconds."""
    return {
        "median": round(float(np.median(times)), 2),
        "p95": round(float(np.percentile(times, 95)), 2),
        "max": round(max(times), 2),
    }


def told(found: dict[str, float]) -> str:
    return f"median {found['median']:5.1f}  p95 {found['p95']:5.1f}  max {found['max']:5.1f} ms"


def main_thread(session: Any) -> float:
    """Milliseconds of processor time that the page's main thread has used in tasks."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return 1000 * next(m["value"] for m in metrics if m["name"] == "TaskDuration")


def _told(name: str, row: dict[str, Any]) -> str:
    training = row.get("training")
    plays = f"  training {told(training)} {training['frames a second']:.0f} frames/s" if training else ""
    return (
        f"{name:30} script {told(row['script'])}  cpu {row['cpu']:4.1f} ms  pixels {told(row['pixels'])}"
        f"  {row['updates a second']:.0f} updates/s  {row['megabytes']:.1f} MB  (load {row['load']}){plays}"
    )


def measure(browser: Any, label: str, make: Callable[[], Any], moves: int, ratio: int) -> dict[str, Any]:
    """One view in a bare page."""
    start = time.perf_counter()
    view = make()
    seconds = time.perf_counter() - start
    sent = pack(view.get_state())
    page = browser.new_context(viewport={"width": 1200, "height": 1000}, device_scale_factor=ratio).new_page()
    host = Hosted(page, view)
    host.settle(800)
    script = page.evaluate(SCRIPT, [label, moves])
    page.evaluate(WATCH, label)
    slider = host.root.get_by_role("slider", name=label, exact=True).first
    slider.focus()
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    before = main_thread(session)
    for j in range(moves):
        page.keyboard.press("ArrowRight" if j // 5 % 2 else "ArrowLeft")
        page.wait_for_timeout(60)
    pixels = page.evaluate("window.times")
    cpu = (main_thread(session) - before) / moves
    flood = page.evaluate(FLOOD, [label, 2])
    training = {}
    if label == "hidden units":
        times = page.evaluate(PLAY, 4)
        training = {"training": {**spread(times), "frames a second": round(len(times) / 4, 1)}}
    page.context.close()
    return {
        "script": spread(script),
        "cpu": round(cpu, 2),
        "pixels": spread(pixels),
        **training,
        "updates a second": round(flood["updates"], 1),
        "frames a second": round(flood["frames"], 1),
        "seconds to make": round(seconds, 2),
        "megabytes": round(sum(len(b) for b in sent[2]) * 0.75e-6, 2),
    }


def wait_until_quiet(minutes: float) -> float:
    """Waits for a load below 2; the load when it stopped waiting."""
    deadline = time.monotonic() + 60 * minutes
    while os.getloadavg()[0] >= 2 and time.monotonic() < deadline:
        time.sleep(5)
    return round(os.getloadavg()[0], 2)


def main() -> None:
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--dense", action="store_true", help="a screen of two pixels to the CSS pixel")
    parser.add_argument("--moves", type=int, default=100)
    parser.add_argument(
        "--only", default="", help="measure the views whose name contains this again, keep the rest"
    )
    parser.add_argument("--no-lab", action="store_true", help="leave out the comparison in JupyterLab")
    parser.add_argument("--patience", type=float, default=5, help="minutes to wait for a quiet machine")
    options = parser.parse_args()
    kept = Path(__file__).with_suffix(".json")
    found: dict[str, Any] = json.loads(kept.read_text()) if options.only and kept.exists() else {"page": {}}
    found |= {"cores": os.cpu_count(), "device pixel ratio": 2 if options.dense else 1}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        for name, (label, make) in views().items():
            if options.only not in name:
                continue
            load = wait_until_quiet(options.patience)
            row = measure(browser, label, make, options.moves, found["device pixel ratio"])
            found["page"][name] = {**row, "load": load}
            print(_told(name, found["page"][name]), flush=True)
        if not (options.no_lab or options.only):
            found["lab"] = measure_in_lab(browser, options.moves, lambda: wait_until_quiet(options.patience))
        browser.close()
    if not options.dense:
        kept.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
