"""What a chart to hover over costs, compared with the still picture alone that it was before.

Run `python benchmarks/charts.py [--times 5]`. It prints, for each kind of chart, new / old:
- show: seconds until its output is ready (plotly's JSON, SVG and words; before, a PNG);
- bytes: the size of the output in the notebook's file;
and once, as new processes: `import capslab.plots`, the first chart shown, and the first chart shown by way of
`plotly.graph_objects`, which is what writing the JSON ourselves saves.
Targets: at most 150 kB per chart; showing the first one takes no `import plotly`.
"""

from __future__ import annotations

import argparse
import base64
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from capslab import plots
from capslab.plots.style import NotebookFigure

IMPORT = "import capslab.plots"
SHOWN = "from capslab import plots; figure = plots.bars({'a': 1.0}, 'seconds'); figure._repr_mimebundle_()"
BY_PLOTLY = "from capslab import plots; plots.bars({'a': 1.0}, 'seconds').interactive.to_json()"


def charts() -> dict[str, Any]:
    """One chart of each kind, at the sizes of the lessons."""
    steps = np.arange(1, 939)
    curve = 2.3 * np.exp(-steps / 200.0)
    return {
        "lines, 20 points": plots.lines(
            range(1, 21), {"pixels": curve[:20], "edges": curve[5:25]}, "k", "eigenvalue"
        ),
        "lines, 938 points": plots.lines(steps, {"loss": curve}, "step", "loss"),
        "training": plots.training_curves({"loss": curve[:5], "validation loss": curve[1:6]}),
        "seeds": plots.scores_with_spread({"pixels": [0.5, 0.6, 0.7], "VAE": [0.8, 0.8, 0.9]}, "ARI"),
    }


def median_seconds(act: Callable[[], Any], times: int) -> float:
    """The median time of a call, in seconds."""
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        act()
        spent.append(time.perf_counter() - start)
    return statistics.median(spent)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--times", type=int, default=5)
    times = parser.parse_args().times
    for name, figure in charts().items():
        new, old = figure._repr_mimebundle_, lambda figure=figure: NotebookFigure._repr_png_(figure)
        new(), old()  # fonts are read once
        sizes = len(json.dumps(new())), len(base64.b64encode(old()[0]))
        seconds = median_seconds(new, times), median_seconds(old, times)
        print(
            f"{name:20} show {seconds[0]:.3f} / {seconds[1]:.3f} s = {seconds[0] / seconds[1]:.2f}", end="   "
        )
        print(f"bytes {sizes[0]:,} / {sizes[1]:,} = {sizes[0] / sizes[1]:.2f}")
    for name, code in (("import", IMPORT), ("first chart", SHOWN), ("by plotly itself", BY_PLOTLY)):
        run = [sys.executable, "-c", code]
        print(f"{name:20} {median_seconds(lambda run=run: subprocess.run(run, check=True), times):.2f} s")


if __name__ == "__main__":
    main()
