"""Time and quality of a k-means path: every k at once against scikit-learn, one k at a time.

    python benchmarks/clustering.py                   # 70,000 × 16, k = 2…30; about 2 minutes
    python benchmarks/clustering.py --points 10000    # a quick look

The vectors are the 16 leading principal components of MNIST (digits without MNIST).
The reference is the inertia of `KMeans(n_init=10)` at each k. CPU-seconds are of one core, with one thread.
Each path is timed beside one such fit at k = 20: on a shared machine, their ratio means more than seconds.

Measured on two shared cores, seeds 0…4: a path of all 29 values of k takes 0.22 to 0.25 of the CPU time of
one fit at k = 20 (medians of two runs; single pairs 0.19 to 0.34). Over seeds 0…7 and all k, its inertia is
at most 0.43 % above the reference, and 0.03 % on average.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from threadpoolctl import threadpool_limits

import capslab as cl

HERE = Path(__file__).parent
#: the k whose fit by scikit-learn each path is compared with
ONE_K = 20


def vectors(points: int, dimension: int) -> tuple[str, np.ndarray]:
    """Real image vectors, `(points, dimension)`, and the name of their data set."""
    images = cl.load()
    pixels = images.images[:points].reshape(min(points, len(images)), -1)  # (n, h·w·c)
    with threadpool_limits(1):
        found = PCA(dimension, random_state=0).fit_transform(pixels.astype(np.float32) / 255)
    return images.name, np.ascontiguousarray(found, dtype=np.float32)


def time_path(X: np.ndarray, seeds: int) -> tuple[list[dict[str, float]], np.ndarray]:
    """Seconds of a path, of its scores, and of one fit at `ONE_K`, per seed; inertias `(seeds, 29)`."""
    rows, inertias = [], []
    cl.cluster(X[:3000], n_clusters=2)  # imports are not part of the measurement
    for seed in range(seeds):
        with threadpool_limits(1):
            cpu = time.process_time()
            KMeans(ONE_K, n_init=10, random_state=seed).fit(X)
            one_k = time.process_time() - cpu
        wall, cpu = time.perf_counter(), time.process_time()
        path = cl.cluster(X, seed=seed)
        row = {"seed": seed, "wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu}
        row["of_one_k"] = row["cpu_s"] / one_k
        start = time.perf_counter()
        path.curves()
        rows.append({**row, "scores_s": time.perf_counter() - start})
        inertias.append(path.path_inertia_)
    return rows, np.array(inertias)


def time_reference(X: np.ndarray, ks: range) -> tuple[np.ndarray, np.ndarray]:
    """Inertia and CPU-seconds of the best of ten k-means runs at each k, `(29,)` each."""
    inertia, seconds = np.empty(len(ks)), np.empty(len(ks))
    with threadpool_limits(1):
        for i, k in enumerate(ks):
            start = time.process_time()
            inertia[i] = KMeans(k, n_init=10, random_state=0).fit(X).inertia_
            seconds[i] = time.process_time() - start
    return inertia, seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=70_000)
    parser.add_argument("--dimension", type=int, default=16)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--json", type=Path, default=HERE / "clustering.json")
    options = parser.parse_args()

    name, X = vectors(options.points, options.dimension)
    ks = range(2, 31)
    runs, inertias = time_path(X, options.seeds)
    reference, seconds = time_reference(X, ks)
    excess = 100 * (inertias / reference - 1)  # (seeds, 29), percent

    print(f"{name}, {X.shape[0]:,} × {X.shape[1]}, every k = 2…30")
    print("seed   wall s    CPU s   of one k   scores s   worst excess %   at k   mean excess %")
    for run, row in zip(runs, excess, strict=True):
        print(
            f"{run['seed']:4} {run['wall_s']:8.2f} {run['cpu_s']:8.2f} {run['of_one_k']:10.2f}"
            f" {run['scores_s']:10.2f} {row.max():16.2f} {ks[int(row.argmax())]:6} {row.mean():15.2f}"
        )
    share = np.median([run["of_one_k"] for run in runs])
    print(
        f"A path of every k: {share:.2f} of the CPU time of one KMeans(n_init=10) fit at k = {ONE_K} (median)"
    )
    print(
        f"KMeans(n_init=10): {seconds.sum():.1f} CPU-s for every k, {seconds.max():.1f} for the slowest one"
    )

    told = {
        "data": name,
        "points": X.shape[0],
        "dimension": X.shape[1],
        "runs": runs,
        "k": list(ks),
        "reference_inertia": reference.tolist(),
        "reference_cpu_s": seconds.tolist(),
        "excess_percent": excess.tolist(),
    }
    options.json.write_text(json.dumps(told, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
