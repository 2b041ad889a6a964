"""The tool that lays out the lessons' vectors writes what the package then finds."""

from __future__ import annotations

import numpy as np
from views import embedding

from capslab.clustering import bundled_layouts, layouts
from tools import layouts as tool


def test_what_it_writes_is_found_by_the_vectors(tmp_path, monkeypatch):
    large = embedding()  # more vectors than are laid out, so that a sample is
    monkeypatch.setattr(layouts, "MOST", 30)
    monkeypatch.setattr(layouts, "has_umap", lambda: False)
    monkeypatch.setattr(tool, "SETS", {"small": lambda: large[:20], "large": lambda: large})
    path = tmp_path / "layouts.npz"
    stored = tool.lay_out_all(path)
    assert stored["small.tsne"].shape == (20, 2)
    assert stored["large.tsne"].shape == (30, 2)
    found = bundled_layouts.find_bundled(large[:20].vectors, "tsne", path)
    np.testing.assert_array_equal(found, stored["small.tsne"].astype(np.float32))
    assert bundled_layouts.find_bundled(large[:20].vectors, "umap", path) is None
    monkeypatch.setattr(layouts, "find_bundled", lambda v, m: bundled_layouts.find_bundled(v, m, path))
    monkeypatch.setattr(layouts, "_tsne", None)  # it is not needed any more
    placed = layouts.lay_out(large.vectors, "tsne")
    assert placed.shape == (40, 2)
    chosen = np.sort(np.random.default_rng(0).choice(40, 30, replace=False))
    np.testing.assert_array_equal(placed[chosen], stored["large.tsne"].astype(np.float32))


def test_every_set_is_in_the_package():
    with np.load(bundled_layouts.FILE) as stored:
        names = {name.split(".")[0] for name in stored.files}
        assert names == set(tool.SETS)
        assert all(f"{name}.{method}" in stored.files for name in names for method in layouts.METHODS)
