"""Layouts by t-SNE and UMAP: neighbours stay together, many vectors are placed, bundled ones are found."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import capslab as cl
from capslab.clustering import bundled_layouts, layouts
from capslab.data.lazy_rows import LazyRows
from capslab.errors import ArgumentError


def blobs(n=120, d=12):
    truth = np.arange(n) % 3
    return (20 * np.eye(3, d)[truth] + np.random.default_rng(0).normal(size=(n, d))).astype(np.float32), truth


def share_of_same(flat, truth):
    apart = ((flat[:, None] - flat) ** 2).sum(axis=2)
    np.fill_diagonal(apart, np.inf)
    return float((truth[apart.argmin(axis=1)] == truth).mean())


def test_tsne_keeps_neighbours_together_and_reports_each_step():
    X, truth = blobs()
    steps = []
    flat = layouts.lay_out(X, "tsne", progress=steps.append)
    assert share_of_same(flat, truth) == 1
    assert steps == [0, 0.25, 0.5, 0.75, 1]
    np.testing.assert_array_equal(flat, layouts.lay_out(X, "tsne"))


def test_it_stops_where_the_progress_raises():
    def stop(share):
        if share > 0.4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        layouts.lay_out(blobs()[0], "tsne", progress=stop)


def test_of_many_vectors_a_sample_is_laid_out_and_the_others_are_put_beside_it(monkeypatch):
    monkeypatch.setattr(layouts, "MOST", 60)
    X, truth = blobs(200)
    flat = layouts.lay_out(X, "tsne")
    assert flat.shape == (200, 2)
    assert share_of_same(flat, truth) == 1
    lazy = layouts.lay_out(LazyRows(X), "tsne")
    assert share_of_same(lazy, truth) == 1


@pytest.mark.parametrize("n", [1, 2, 3, 4, 6])
def test_few_vectors_and_equal_ones_are_laid_out(n):
    assert np.isfinite(layouts.lay_out(blobs(n)[0], "tsne")).all()
    flat = layouts.lay_out(np.ones((n, 5), np.float32), "tsne")
    assert flat.shape == (n, 2)
    assert np.isfinite(flat).all()


def test_an_unknown_method_is_refused(fails):
    with fails(ArgumentError, "method", received="pca", names="'tsne'"):
        layouts.lay_out(blobs()[0], "pca")


# Bundled layouts


@given(st.integers(0, 10_000), st.floats(0.5, 2))
def test_a_fingerprint_survives_rounding_and_tells_another_entry(seed, size):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(30, 5))
    own = bundled_layouts.fingerprint(X)
    noise = 1e-6 * rng.normal(size=X.shape)
    scale = np.sqrt((own**2).mean())
    assert np.abs(bundled_layouts.fingerprint(X + noise) - own).max() < bundled_layouts.TOLERANCE * scale
    other = X.copy()
    other[seed % 30] += size
    assert np.abs(bundled_layouts.fingerprint(other) - own).max() > bundled_layouts.TOLERANCE * scale


def test_the_digits_have_a_layout_that_keeps_neighbours_together():
    digits = cl.embed(cl.load("digits"))
    for method in layouts.METHODS:
        flat = layouts.lay_out(digits.vectors, method)
        assert share_of_same(flat, digits.labels) > 0.95
    assert bundled_layouts.find_bundled(digits.vectors + 1e-6, "tsne") is not None
    assert bundled_layouts.find_bundled(digits.vectors[::-1], "tsne") is None
    assert bundled_layouts.find_bundled(digits.vectors[:1000], "tsne") is None
    assert bundled_layouts.find_bundled(2 * digits.vectors, "tsne") is None


def test_without_the_file_nothing_is_found(tmp_path):
    assert bundled_layouts.find_bundled(blobs()[0], "tsne", tmp_path / "none.npz") is None
