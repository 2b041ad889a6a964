"""Lesson 25: matched accuracies on MNIST without labels, ours and published, and who saw labels before."""

from __future__ import annotations

from typing import Any

import numpy as np

from capslab.lessons import results

#: matched accuracy on MNIST as the papers report it, mostly on all 70,000 images (quoted, not measured here)
PUBLISHED = {
    "VaDE, Jiang et al. 2016 (arXiv 1611.05148)": 0.9446,
    "N2D, McConville et al. 2019 (arXiv 1908.05968)": 0.979,
    "IMSAT, Hu et al. 2017 (arXiv 1702.08720)": 0.984,
    "SPC, Mahon & Lukasiewicz 2021 (arXiv 2107.10692)": 0.992,
}
#: of our runs: the name in `results/labelfree.json`, and the score that is shown
OURS = {
    "here: graph of straightened pixels, 60,000 images": ("spectral", "accuracy"),
    "here: LabelFree, 10,000 unseen images": ("full", "test_accuracy"),
}
ASKED = "labels seen when settings were chosen?"


def table_rows() -> list[dict[str, Any]]:
    """One row per method, the least accurate first; of ours, the median over the seeds. Accuracies are texts.

    Examples
    --------
    >>> [sorted(row)[:2] for row in table_rows()][0]
    ['labels seen when settings were chosen?', 'matched accuracy']
    """
    found = [(value, name, "not checked here") for name, value in PUBLISHED.items()]
    runs = results.load("labelfree")
    for name, (run, score) in OURS.items():
        middle = float(np.median(runs.grouped(score, "run")[run]))
        found.append((middle, name, "yes, but no test label"))
    return [
        {"method": name, "matched accuracy": f"{value:.3f}", ASKED: answer}
        for value, name, answer in sorted(found)
    ]
