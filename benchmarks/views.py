"""How long one move of the k slider takes in Chromium, and what a view sends to the browser.

Run `python benchmarks/views.py [--dense]`. For each number of images it prints
- python: seconds to make the view, and megabytes sent, once;
- script: milliseconds of JavaScript for one move, from the input event to all canvases drawn;
- pixels: milliseconds from a real key press to the frame that shows it, the wait for the
  screen's next refresh (0–17 ms) included.
Targets: script p95 ≤ 17 ms at 10,000 points and ≤ 50 ms at 70,000.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "browser"))

from conftest import FLAGS, find_chromium
from hosting import Hosted, pack

import capslab as cl
from capslab.data import Images
from capslab.features import Embedding

SCRIPT = """async (moves) => {
  const input = document.querySelector('.caps-view input[type=range]');
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const real = window.requestAnimationFrame, times = [];
  for (let j = 0; j < moves; j++) {
    await frame(); await frame();
    window.requestAnimationFrame = (draw) => { draw(performance.now()); return 0; }; // at once, timed
    const start = performance.now();
    input.value = (j * 7 + 3) % (Number(input.max) + 1);
    input.dispatchEvent(new Event('input', { bubbles: true }));
    times.push(performance.now() - start);
    window.requestAnimationFrame = real;
  }
  return times;
}"""
WATCH = """() => { window.times = []; const channel = new MessageChannel(); let start = 0;
  channel.port1.onmessage = () => window.times.push(performance.now() - start); // runs after the paint
  document.querySelector('.caps-view input[type=range]').addEventListener('input', (event) => {
    start = event.timeStamp; requestAnimationFrame(() => channel.port2.postMessage(0)); }); }"""


def points(n: int, seed: int = 0) -> Embedding:
    """Ten blobs in 16 dimensions with 28×28 pictures: the size of MNIST, made in a moment."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 10, n)
    pictures = rng.integers(0, 255, (10, 28, 28, 1), dtype=np.uint8)[labels]
    vectors = rng.normal(size=(10, 16))[labels] * 2 + rng.normal(size=(n, 16))
    return Embedding(vectors, labels, Images(pictures, labels), "blobs", False)


def told(times: list[float]) -> str:
    return f"median {np.median(times):5.1f}  p95 {np.percentile(times, 95):5.1f}  max {max(times):5.1f} ms"


def measure(browser: object, name: str, make: object, moves: int, ratio: int) -> None:
    start = time.perf_counter()
    view = make()  # type: ignore[operator]
    seconds = time.perf_counter() - start
    megabytes = sum(len(b) for b in pack(view.get_state())[2]) * 0.75e-6
    page = browser.new_context(  # type: ignore[attr-defined]
        viewport={"width": 1200, "height": 1000}, device_scale_factor=ratio
    ).new_page()
    host = Hosted(page, view)
    host.settle()
    script = page.evaluate(SCRIPT, moves)
    page.evaluate(WATCH)
    host.root.get_by_role("slider").first.focus()
    for j in range(moves):
        page.keyboard.press("ArrowRight" if j // 20 % 2 else "ArrowLeft")
        page.wait_for_timeout(60)
    pixels = page.evaluate("window.times")
    page.context.close()
    print(
        f"{name:20} python {seconds:4.1f} s, {megabytes:4.1f} MB   "
        f"script {told(script)}   pixels {told(pixels)}"
    )


def main() -> None:
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--dense", action="store_true", help="a screen of two pixels to the CSS pixel")
    parser.add_argument("--moves", type=int, default=100)
    options = parser.parse_args()
    ratio = 2 if options.dense else 1
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        for n in (10_000, 70_000):
            embedding = points(n)
            measure(
                browser, f"clusters, {n:,}", lambda e=embedding: cl.explore_clusters(e), options.moves, ratio
            )
        three = [points(10_000), *(points(10_000) for _ in range(2))]
        measure(browser, "compare, 3 × 10,000", lambda: cl.compare(*three, seeds=1), options.moves, ratio)
        browser.close()


if __name__ == "__main__":
    main()
