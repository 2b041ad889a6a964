"""How much memory and computing time clustering takes as images become more, measured several times.

`python tools/remeasure.py memory` measures, each run in a process of its own; lesson 26 reads the results.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from capslab.errors import unknown_name
from capslab.lessons.results import Measurements

NAME, COMMAND = "memory", "python tools/remeasure.py memory"
SMALL = 10_000  # images
#: the larger number of images, by where they lie while they are clustered
LARGE = {"on the disk": 500_000, "all in memory": 30_000}
REPEATS = 3
N_CLUSTERS = 10
_EVERY = 0.005  # seconds between two looks at the memory


def measure(way: str, path: Path | str, seed: int = 0) -> dict[str, Any]:
    """Cluster the images of a `.npy` file in a new process.

    Parameters
    ----------
    way : "on the disk", as `cl.cluster` does it, reading a block of images at a time; or "all in memory", as
        scikit-learn's `KMeans` does it, on all images as float32.
    path : the file, uint8 `(n, h, w)` or `(n, h, w, 1)`.

    Returns
    -------
    One row: the number of images, CPU-seconds, and the most memory in MB beyond what the process held before
    it opened the file. Pages of the file itself are not counted, as the system takes them back when needed.

    Raises
    ------
    ArgumentError : for another way.
    """
    if way not in LARGE:
        raise unknown_name("way", way, list(LARGE))
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as new:
        return new.submit(_measure, way, str(path), seed).result()


def _measure(way: str, path: str, seed: int) -> dict[str, Any]:
    work = _on_disk if way == "on the disk" else _in_memory
    random = np.random.default_rng(0)
    _cluster(random.random((300, 5), np.float32), seed)  # what is imported only once is there before we look
    _kmeans(random.random((300, 5), np.float32), seed)
    before, peak, done = _private_mb(), [0.0], threading.Event()

    def watch() -> None:
        while not done.wait(_EVERY):
            peak[0] = max(peak[0], _private_mb())

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    start = time.process_time()
    n = work(path, seed)
    spent = time.process_time() - start
    done.set()
    watcher.join()
    row = {"way": way, "images": n, "seed": seed, "cpu_s": round(spent, 2)}
    return {**row, "memory_mb": round(peak[0] - before, 3)}


def _private_mb() -> float:
    """Memory of this process without pages of files, in MB."""
    import psutil

    held = psutil.Process().memory_info()
    return (held.rss - getattr(held, "shared", 0)) / 1e6


def _on_disk(path: str, seed: int) -> int:
    from capslab.data import load
    from capslab.embedding import embed

    images = load(path)
    _cluster(embed(images), seed)
    return len(images)


def _in_memory(path: str, seed: int) -> int:
    pixels = np.load(path)
    _kmeans(pixels.reshape(len(pixels), -1).astype(np.float32) / np.float32(255), seed)
    return len(pixels)


def _cluster(vectors: Any, seed: int) -> None:
    from capslab.clustering import cluster

    cluster(vectors, n_clusters=N_CLUSTERS, seed=seed)


def _kmeans(vectors: np.ndarray, seed: int) -> None:
    from sklearn.cluster import KMeans

    KMeans(N_CLUSTERS, n_init=1, random_state=seed).fit(vectors)


def growth(measured: Measurements, way: str, column: str = "memory_mb") -> np.ndarray:
    """By how much memory (or `cpu_s`) grows per growth of the data, one number per repetition.

    With 10 times as many images and 3 times the memory it is 0.3; in proportion it would be 1.

    >>> rows = [{"way": "on the disk", "images": n, "memory_mb": mb} for n, mb in ((100, 20), (1000, 60))]
    >>> growth(Measurements("", "", "", rows), "on the disk").round(2)
    array([0.3])
    """
    by_size = measured.grouped(column, "images", way=way)
    small, large = min(by_size), max(by_size)
    return np.divide(by_size[large], by_size[small]) * small / large
