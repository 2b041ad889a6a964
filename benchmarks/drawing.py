"""How long a drawing waits for its answer in a real JupyterLab, and a pose slider for its picture.

Run `python benchmarks/drawing.py [--strokes 40] [--asked]`; with --asked the browser asks the kernel, as it
does of networks that it cannot run itself. It prints, for the networks bundled for MNIST:
- kernel: milliseconds that the kernel takes for one answer (network, routing, words);
- answer: from the stroke's last event (the pen goes up) until the answer to it is drawn;
- while drawing: from a move of the mouse until an answer to it, or to a newer one, is drawn;
- answers: how many a second while the mouse moves;
- drag: JavaScript for one move of a pose slider, from the event until everything is drawn.
Targets: kernel ≤ 10 ms, answer p95 ≤ 50 ms, drag p95 ≤ 17 ms.
"""

from __future__ import annotations

import argparse
import ast
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "browser"))

from conftest import FLAGS, find_chromium
from labserver import Lab

CELLS = [
    """import time
import numpy as np
import capslab as cl
model, vae = cl.pretrained("capsnet-mnist"), cl.pretrained("vae-mnist")
pad = cl.draw_digit(model, vae)
pad""",
    "cl.explore_pose(model, pad.image)",
]
KERNEL = """
times = []
for i in range(200):
    image = memoryview(np.roll(pad.image, i, 1).tobytes())
    start = time.perf_counter()
    pad.set_state({"drawing": image, "asked": pad.asked})
    pad._look(pad.asked)
    times.append(1000 * (time.perf_counter() - start))
"""
WATCH = """(root) => {
  const log = window.log = { up: [], moves: [], answers: [] };
  const pad = root.querySelector("canvas.caps-drawing");
  pad.addEventListener("pointermove", (e) => log.moves.push([e.timeStamp, Number(root.dataset.drawing) + 1]));
  pad.addEventListener("pointerup", (e) => log.up.push(e.timeStamp));
  const answered = () => log.answers.push(
    [performance.now(), Number(root.dataset.answer), Number(root.dataset.drawing)]);
  new MutationObserver(answered)
    .observe(root, { attributes: true, attributeFilter: ["data-answer"] });
}"""
DRAG = """async (root) => {
  const inputs = [...root.querySelectorAll("input[type=range]")];
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const real = window.requestAnimationFrame, times = [];
  for (let j = 0; j < 200; j++) {
    await frame();
    const input = inputs[Math.floor(j / 40) % inputs.length];
    window.requestAnimationFrame = (draw) => { draw(performance.now()); return 0; }; // at once, timed
    const start = performance.now();
    input.value = -0.8 + 1.6 * ((j * 7) % 40) / 40;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    times.push(performance.now() - start);
    window.requestAnimationFrame = real;
  }
  return times;
}"""


def told(times: list[float]) -> str:
    return f"median {np.median(times):5.1f}  p95 {np.percentile(times, 95):5.1f}  max {max(times):5.1f} ms"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--strokes", type=int, default=40)
    parser.add_argument("--asked", action="store_true", help="the kernel answers, not the browser")
    arguments = parser.parse_args()
    cells = [CELLS[0].removesuffix("pad") + "pad.steps = {}\npad" if arguments.asked else CELLS[0], CELLS[1]]
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Lab(Path(folder))
        browser = playwright.chromium.launch(executable_path=find_chromium(), headless=True, args=FLAGS)
        try:
            server.start()
            measure(
                server, browser.new_page(viewport={"width": 1400, "height": 1100}), cells, arguments.strokes
            )
        finally:
            browser.close()
            server.stop()


def measure(server: Lab, page: Any, cells: list[str], strokes: int) -> None:
    notebook = server.open(page, cells, timeout=200)
    root = notebook.views.first
    root.wait_for()
    root.locator("canvas.caps-drawing").scroll_into_view_if_needed()
    page.wait_for_timeout(2000)
    root.evaluate(WATCH)
    box = root.locator("canvas.caps-drawing").bounding_box()
    rng = np.random.default_rng(0)
    for stroke in range(strokes):
        if stroke and stroke % 4 == 0:
            root.get_by_role("button", name="Clear").click()
            page.wait_for_timeout(150)
        points = 0.15 + 0.7 * rng.random((3, 2))
        x, y = (box[a] + box[b] * points[:, i] for i, (a, b) in enumerate((("x", "width"), ("y", "height"))))
        page.mouse.move(x[0], y[0])
        page.mouse.down()
        for k in (1, 2):
            for t in np.linspace(0, 1, 15):
                page.mouse.move(x[k - 1] * (1 - t) + x[k] * t, y[k - 1] * (1 - t) + y[k] * t)
                page.wait_for_timeout(8)
        page.mouse.up()
        page.wait_for_timeout(300)
    log = page.evaluate("log")
    notebook.run(KERNEL)
    print("kernel        ", told(ast.literal_eval(notebook.ask("times"))))

    answers = np.array(log["answers"])
    ends, waits = [], []
    for up in log["up"]:
        # The answer that closed the stroke: it was to the newest drawing, and stays until the next stroke.
        done = answers[(answers[:, 0] > up) & (answers[:, 1] == answers[:, 2])]
        before = answers[answers[:, 0] <= up]
        if len(before) and before[-1, 1] == before[-1, 2] and (not len(done) or done[0, 0] > up + 280):
            ends.append(0.0)  # already answered when the pen went up
        else:
            ends.append(done[0, 0] - up)
    for when, version in log["moves"]:
        later = answers[(answers[:, 0] > when) & (answers[:, 1] >= version)]
        if len(later) and later[0, 0] - when < 280:
            waits.append(later[0, 0] - when)
    print(
        "answer        ", told(ends), f"({sum(e == 0 for e in ends)} of {len(ends)} before the pen went up)"
    )
    print("while drawing ", told(waits))
    new = answers[1:][np.diff(answers[:, 1]) > 0]  # the attribute is also set when nothing changed
    gaps = np.diff(new[:, 0])
    print(f"answers        {1000 / np.median(gaps[gaps < 200]):.0f} a second")
    pose = notebook.view_of_cell(1)
    print("drag          ", told(pose.evaluate(DRAG)))
    print("errors        ", notebook.errors)


if __name__ == "__main__":
    main()
