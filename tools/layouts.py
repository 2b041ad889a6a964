"""Lay out the vectors of the lessons by t-SNE and UMAP, and write the layouts into the package.

    python tools/layouts.py          # all of them: some minutes on one core; needs MNIST and umap-learn

Every set is what a lesson shows in `cl.explore_clusters`. Without umap-learn only t-SNE is computed.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np

import capslab as cl
from capslab.clustering import bundled_layouts, layouts
from capslab.embedding import Embedding


def _test(data: str, n: int) -> cl.Images:
    images = cl.load(data).test
    return images.sample(min(n, len(images)), seed=0)


#: what lessons show: data, vectors and their number → a function that makes them
SETS: dict[str, Callable[[], Embedding]] = {
    "digits-pixels-1797": lambda: cl.embed(cl.load("digits")),
    "mnist-pixels-1500": lambda: cl.embed(_test("mnist", 1500)),
    "mnist-hidden-2000": lambda: cl.embed(cl.pretrained("dense-mnist"), _test("mnist", 2000)),
    "mnist-means-3000": lambda: cl.embed(cl.pretrained("vae-mnist"), _test("mnist", 3000)),
    "mnist-poses-1200": lambda: cl.embed(cl.pretrained("capsnet-mnist"), _test("mnist", 1200)),
    "mnist-means-1200": lambda: cl.embed(cl.pretrained("vae-mnist"), _test("mnist", 1200)),
}


def lay_out_all(path: Path = bundled_layouts.FILE) -> dict[str, np.ndarray]:
    """All sets by all methods that are installed here, in float16, which no eye tells from float32."""
    path.unlink(missing_ok=True)  # otherwise the old layouts would be found
    stored: dict[str, np.ndarray] = {}
    for name, make in SETS.items():
        vectors = make().vectors
        stored[f"{name}.shape"] = np.array(vectors.shape, np.int32)
        stored[f"{name}.fingerprint"] = bundled_layouts.fingerprint(vectors)
        for method in layouts.METHODS if layouts.has_umap() else ("tsne",):
            flat = layouts.lay_out(vectors, method)[_sample(len(vectors))]
            stored[f"{name}.{method}"] = (flat / np.abs(flat).max()).astype(np.float16)
            print(name, method, flush=True)
    np.savez_compressed(path, **stored)
    return stored


def _sample(n: int) -> np.ndarray:
    """The rows that `lay_out` lays out itself."""
    return np.sort(np.random.default_rng(0).choice(n, min(n, layouts.MOST), replace=False))


def main() -> None:
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    lay_out_all()
    print(f"{bundled_layouts.FILE}: {bundled_layouts.FILE.stat().st_size / 1000:.0f} KB")


if __name__ == "__main__":
    main()
