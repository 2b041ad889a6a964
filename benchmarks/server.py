"""How long a slider's value takes to the kernel and back to the browser, with TCP_NODELAY and without.

Run `python benchmarks/server.py [--moves 150] [--json FILE]`. Two JupyterLab servers run side by side, one
with capslab's server extension and one without; Chromium moves a slider in each by turns, in blocks.
A round trip is from the `input` event to the browser's `change` event for Python's answer. Two ways:
- alone: the next move follows 80 ms after an answer;
- drag: a move every 16 ms whether or not the last was answered, as a hand does; each answer is
  counted from the move that it answers, and answers a second are told too.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "browser"))

from conftest import FLAGS, find_chromium
from labserver import Lab

CELL = '''
import anywidget, traitlets as t

class Echo(anywidget.AnyWidget):
    """Sends every value back."""
    asked = t.Int(0).tag(sync=True)
    answered = t.Int(0).tag(sync=True)
    _esm = """
    export default { render({ model, el }) {
      const slider = document.createElement("input");
      Object.assign(slider, { type: "range", max: 1000000 });
      slider.addEventListener("input", () => {
        model.set("asked", Number(slider.value));
        model.save_changes();
      });
      const waiting = new Map();
      let told = () => {};
      model.on("change:answered", () => {
        const value = model.get("answered");
        if (!waiting.has(value)) return;
        told(performance.now() - waiting.get(value), value);
      });
      el.append(slider);
      const move = (value) => {
        waiting.set(value, performance.now());
        slider.value = value;
        slider.dispatchEvent(new Event("input", { bubbles: true }));
      };
      const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
      let next = 1;
      window.alone = async (moves) => {
        const times = [];
        for (let k = 0; k < moves; k++) {
          const value = next++;
          times.push(await new Promise((done) => {
            told = (time, answered) => answered === value && done(time);
            move(value);
          }));
          await wait(80);
        }
        return times;
      };
      window.drag = async (moves) => {
        const times = [], start = performance.now();
        told = (time) => times.push(time);
        for (let k = 0; k < moves; k++) { move(next++); await wait(16); }
        const last = next - 1;
        while (model.get("answered") !== last) await wait(5);
        return [times, performance.now() - start];
      };
    } };
    """

    @t.observe("asked")
    def _answer(self, change):
        self.answered = self.asked

Echo()
'''


def told(times: list[float]) -> dict[str, float]:
    return {
        "median_ms": round(float(np.median(times)), 1),
        "p95_ms": round(float(np.percentile(times, 95)), 1),
        "n": len(times),
    }


def server(folder: Path, extension: bool) -> Lab:
    """A JupyterLab whose own configuration switches the extension on or off."""
    folder.mkdir()
    settings = folder / "config"
    settings.mkdir()
    enabled = {"ServerApp": {"jpserver_extensions": {"capslab.server": extension}}}
    (settings / "jupyter_server_config.json").write_text(json.dumps(enabled))
    lab = Lab(folder)
    lab.start()
    return lab


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moves", type=int, default=150, help="moves of each kind, on each server")
    parser.add_argument("--json", type=Path, help="also write this file")
    options = parser.parse_args()
    from playwright.sync_api import sync_playwright

    blocks = 5
    names = {True: "with TCP_NODELAY", False: "without"}
    alone: dict[bool, list[float]] = {True: [], False: []}
    drag: dict[bool, list[float]] = {True: [], False: []}
    seconds = {True: 0.0, False: 0.0}
    labs: dict[bool, Lab] = {}
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=find_chromium(), headless=True, args=FLAGS)
            pages: dict[bool, Any] = {}
            for on in (True, False):
                labs[on] = server(Path(place) / ("on" if on else "off"), on)
                pages[on] = browser.new_context(viewport={"width": 1200, "height": 900}).new_page()
                labs[on].open(pages[on], [CELL])
                pages[on].wait_for_function("() => window.alone")
                pages[on].evaluate("alone(10)")  # warm
            for block in range(blocks):
                for on in (True, False) if block % 2 else (False, True):
                    pages[on].bring_to_front()
                    alone[on] += pages[on].evaluate(f"alone({options.moves // blocks})")
                    times, wall = pages[on].evaluate(f"drag({options.moves // blocks})")
                    drag[on] += times
                    seconds[on] += wall / 1000
            browser.close()
        finally:
            for lab in labs.values():
                lab.stop()
    result: dict[str, Any] = {"python": platform.python_version()}
    for on, name in names.items():
        result[name] = {"alone": told(alone[on]), "drag": told(drag[on])}
        result[name]["drag"]["answers_per_second"] = round(len(drag[on]) / seconds[on], 1)
        for way, numbers in result[name].items():
            line = "  ".join(f"{key} {value}" for key, value in numbers.items())
            print(f"{name:18}{way:7}{line}")
    if options.json:
        options.json.write_text(json.dumps(result, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
