"""Grading a class: `capslab assignment grade` against plain `nbgrader autograde`, in one run.

    python benchmarks/grading.py [--notebook 04] [--submissions 30] [--plain 1] [--workers 2] [--save]

Plain nbgrader runs every cell of every submission, training included, one submission after the other,
so that a few of them (`--plain`) are enough; the ratio is that of one submission. CPU-seconds include
all processes. Written to benchmarks/grading.json with `--save`.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "tests")]
os.environ["CAPSLAB_DATASET"] = "digits"

from grading_class import hand_in  # noqa: E402

from capslab.classroom.folder import Classroom  # noqa: E402
from capslab.classroom.grade_class import grade  # noqa: E402
from capslab.classroom.release import release, run_quietly  # noqa: E402
from capslab.course.paths import find, sources  # noqa: E402


class Measured:
    """Wall and CPU time of a block with all its processes, and the most memory they held together."""

    def __enter__(self) -> Measured:
        self.peak, self.over = 0, threading.Event()
        self.watch = threading.Thread(target=self._look, daemon=True)
        self.started, self.used = time.perf_counter(), sum(os.times()[:4])
        self.watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.wall, self.cpu = time.perf_counter() - self.started, sum(os.times()[:4]) - self.used
        self.over.set()
        self.watch.join()

    def _look(self) -> None:
        own = psutil.Process()
        while not self.over.wait(0.25):
            total = 0
            for one in (own, *own.children(recursive=True)):
                try:
                    total += one.memory_info().rss
                except psutil.Error:
                    continue
            self.peak = max(self.peak, total)

    def plain(self, many: int) -> dict[str, float]:
        """Figures of the block, and of one submission."""
        return {
            "submissions": many,
            "wall_s": round(self.wall, 1),
            "cpu_s": round(self.cpu, 1),
            "cpu_s_each": round(self.cpu / many, 2),
            "wall_s_each": round(self.wall / many, 2),
            "peak_mb": round(self.peak / 2**20),
        }


def main() -> None:
    """Runs both and prints the ratio."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--notebook", default="13")
    ask.add_argument("--submissions", type=int, default=30)
    ask.add_argument("--plain", type=int, default=1)
    ask.add_argument("--workers", type=int, default=2)
    ask.add_argument("--save", action="store_true")
    asked = ask.parse_args()
    source = find((asked.notebook,), sources())[0]
    name = source.stem
    with tempfile.TemporaryDirectory(prefix="capslab-bench-") as folder:
        room = Classroom(Path(folder, "class"))
        release([source], room)
        for number in range(asked.submissions):
            hand_in(room, f"student {number:02}", name=name)
        with Measured() as ours:
            done = grade(room, [name], workers=asked.workers)
        full = all(outcome.points == outcome.max_points for outcome in done)
        found = {"notebook": name, "cores": os.cpu_count(), "load": round(os.getloadavg()[0], 1),
                 "python": platform.python_version(), "all_full_marks": full,
                 "capslab": ours.plain(asked.submissions)}  # fmt: skip
        if asked.plain:
            other = Classroom(Path(folder, "plain"))
            release([source], other)
            api = other.nbgrader_api()
            api.config.Execute.timeout = api.coursedir.config.Execute.timeout = 1200
            for number in range(asked.plain):
                hand_in(other, f"student {number:02}", name=name)
            with Measured() as theirs:
                for number in range(asked.plain):
                    ran = run_quietly(api.autograde, name, f"student {number:02}", force=True)
                    if not ran["success"]:
                        raise SystemExit(f"nbgrader autograde failed: {str(ran.get('log'))[-500:]}")
            found["nbgrader"] = theirs.plain(asked.plain)
            found["ratio_cpu"] = round(found["nbgrader"]["cpu_s_each"] / found["capslab"]["cpu_s_each"], 1)
            found["ratio_wall"] = round(found["nbgrader"]["wall_s_each"] / found["capslab"]["wall_s_each"], 1)
    print(json.dumps(found, indent=1))
    if asked.save:
        (HERE / "grading.json").write_text(json.dumps(found, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
