"""Whether the course fits Binder: each notebook within 2 GB and one core, beside a learner's server.

Run `python benchmarks/binder.py [--json FILE] [--folder DIR] [NOTEBOOK …]`. It builds what Binder would (from
the package index; a DIR that already holds that is used again), starts it, follows the badge in
Chromium, and then runs each notebook under the same limit. Seconds are wall seconds of a machine that
may have other work; CPU-seconds are the processor's alone.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "browser"))

from binderimage import MEMORY, Image
from conftest import FLAGS, find_chromium
from limits import limited
from test_binder import visit


def visited(image: Image) -> dict[str, Any]:
    """A learner's first minute: the badge, all cells, the slider."""
    from playwright.sync_api import sync_playwright

    with limited(MEMORY) as limit, image.started(limit) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), headless=True, args=FLAGS)
        seconds = visit(server, browser.new_page(viewport={"width": 1200, "height": 900}), limit)
        browser.close()
        return {
            "limit": limit.how,
            **seconds,
            "peak MB": round(limit.peak / 2**20),
            "ended": limit.exceeded(),
        }


def survived(image: Image, notebook: str) -> dict[str, Any]:
    """One notebook under a limit of its own, the server included."""
    with limited(MEMORY) as limit, image.started(limit), tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        before = limit.cpu_until(time.time())
        code = image.run(limit, notebook, report)
        (run,) = json.loads(report.read_text("utf-8"))
        return {
            "notebook": run["notebook"],
            "ok": code == 0 and not limit.exceeded(),
            "seconds": run["seconds"],
            "CPU-seconds": round(limit.cpu_until(time.time()) - before, 1),
            "kernel MB": run["peak_mb"],
            "together MB": round(limit.peak / 2**20),
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebooks", nargs="*")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--folder", type=Path)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="capslab-binder-") as temporary:
        image = Image(chosen.folder or Path(temporary))
        if not (image.bin / "capslab").exists():
            image.build()
            print("built in seconds:", image.seconds)
        size = subprocess.run(["du", "-sm", str(image.bin.parent)], capture_output=True, text=True).stdout
        told: dict[str, Any] = {
            "machine": f"{platform.system()}, one core of {platform.processor() or platform.machine()}",
            "other work": f"load average {os.getloadavg()[1]:.0f} on {os.cpu_count()} cores",
            "limit MB": MEMORY // 2**20,
            "build seconds": image.seconds,
            "environment MB": int(size.split()[0]),
            "visit": visited(image),
            "notebooks": [],
        }
        print(told)
        names = chosen.notebooks or [
            path.stem[:2] for path in sorted((image.home / "notebooks").glob("*.ipynb"))
        ]
        for name in names:
            told["notebooks"].append(survived(image, name))
            print(told["notebooks"][-1], flush=True)
            if chosen.json:
                chosen.json.write_text(json.dumps(told, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
