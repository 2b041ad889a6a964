"""More rows than memory: the same results as in memory, in a fraction of it."""

from __future__ import annotations

import dataclasses
import subprocess
import sys

import numpy as np
import pytest
from sklearn.cluster import KMeans

import capslab as cl
from capslab.clustering import KMeansPath, matched_accuracy, project
from capslab.data import Images, lazy_rows
from capslab.data.lazy_rows import LazyRows
from capslab.errors import ArgumentError, DataUnavailable


@pytest.fixture
def tiny(monkeypatch):
    """Every array counts as large, every block is small."""
    monkeypatch.setattr(lazy_rows, "LARGE_FILE", 1000)
    monkeypatch.setattr(lazy_rows, "LARGE", 1000)


def digits_on_disk(folder):
    """The digits as they are in memory, and the same from a file."""
    whole = cl.load("digits")
    np.save(folder / "digits.npy", whole.images)
    loaded = cl.load(folder / "digits.npy")
    return whole, dataclasses.replace(whole, images=loaded.images)


# --- rows that are read when asked for

ROWS = np.arange(60, dtype=np.uint8).reshape(10, 3, 2)
CHOSEN = np.array([7, 2, 2, 9])


@pytest.mark.parametrize(
    "index",
    [
        0, -1, np.int64(3), slice(1, 3), slice(None, None, -2), [3, 0], np.array([[0, 1], [3, 3]]),
        np.array([True, False, True, False]), (2, 1), (slice(0, 2), 1), (slice(None), slice(None), 0),
        (np.array([1, 3]), slice(1, 3)), (..., 0), slice(0, 0),
    ],
    ids=str,
)  # fmt: skip
def test_indexing_is_that_of_an_array(tmp_path, index):
    np.save(tmp_path / "rows.npy", ROWS)
    mapped = np.load(tmp_path / "rows.npy", mmap_mode="r")
    expected = ROWS[CHOSEN][index]
    found = LazyRows(mapped, CHOSEN)[index]
    assert type(found) is type(expected)
    assert (found == expected).all()
    assert not lazy_rows.is_mapped(found), "what was read may be kept after the file is gone"


def test_rows_behave_as_the_array_that_they_stand_for():
    rows = LazyRows(ROWS, CHOSEN, lambda some: some / np.float32(2))
    expected = ROWS[CHOSEN] / np.float32(2)
    assert (rows.shape, rows.ndim, rows.size, rows.nbytes) == ((4, 3, 2), 3, 24, 96)
    assert rows.dtype == np.float32
    assert len(rows) == len(list(rows)) == 4
    assert (np.asarray(rows) == expected).all()
    assert np.asarray(rows, np.float64).dtype == np.float64
    assert (255 - rows == 255 - expected).all()
    assert rows.mean() == expected.mean()
    assert (rows.take(np.array([3, 1]))[:] == expected[[3, 1]]).all()
    assert (rows.map(np.sqrt)[1:] == np.sqrt(expected[1:])).all()
    assert repr(rows) == "LazyRows of shape (4, 3, 2) and type float32, 0 MB in memory"
    assert not hasattr(rows, "vectors")
    with pytest.raises(IndexError):
        rows[4]


def test_nothing_is_read_before_it_is_asked_for():
    asked = []

    def convert(rows):
        asked.append(len(rows))
        return rows

    rows = LazyRows(np.zeros((1000, 4)), None, convert).take(np.arange(500)).map(lambda some: some + 1)
    assert sum(asked) <= 4, "one row at a time, to learn shape and type"
    asked.clear()
    assert (rows[[3, 400]] == 1).all()
    assert asked == [2]


def test_a_writable_copy_of_a_file_keeps_what_was_changed(tmp_path, monkeypatch):
    monkeypatch.setattr(lazy_rows, "BLOCK_BYTES", 0)  # give memory back after every read
    np.save(tmp_path / "rows.npy", ROWS)
    mapped = np.load(tmp_path / "rows.npy", mmap_mode="c")
    mapped[0] = 99
    rows = LazyRows(mapped)
    assert (rows[:2] == np.concatenate([np.full((1, 3, 2), 99), ROWS[1:2]])).all()
    assert (rows[0] == 99).all()


def test_parts_cover_every_row_and_are_no_larger_than_asked():
    array = np.zeros((1001, 5))
    found = list(lazy_rows.parts(array, size=2000))
    assert sum(part.stop - part.start for part in found) == 1001
    assert {part.stop - part.start for part in found} == {100, 1}
    assert max(part.stop - part.start for part in lazy_rows.parts(array, most=30)) == 30
    assert len(list(lazy_rows.parts(np.zeros((3, 9)), size=1))) == 3


def test_what_is_gathered_goes_to_a_file_where_it_is_much(monkeypatch, tmp_path):
    blocks = [np.full((3, 2), i, np.float32) for i in range(4)]
    assert not lazy_rows.is_mapped(lazy_rows.gather(blocks, 12))
    monkeypatch.setattr(lazy_rows, "LARGE", 95)
    found = lazy_rows.gather(blocks, 12)
    assert lazy_rows.is_mapped(found)
    assert (found == np.concatenate(blocks)).all()
    monkeypatch.setattr(lazy_rows.tempfile, "tempdir", str(tmp_path / "missing"))
    with pytest.raises(DataUnavailable, match=r"12 rows of 8 bytes cannot be stored in .*missing.*TMPDIR"):
        lazy_rows.gather(blocks, 12)


# --- images


def test_selections_of_a_large_file_stay_on_the_disk_and_small_ones_are_read(tiny, tmp_path):
    whole, mapped = digits_on_disk(tmp_path)
    for part in ("train", "validation", "test"):
        mine, theirs = getattr(mapped, part), getattr(whole, part)
        assert isinstance(mine.images, LazyRows)
        assert (np.asarray(mine.images) == theirs.images).all()
        assert (mine.labels == theirs.labels).all()
    chosen = mapped.train[::2][mapped.train[::2].labels == 3]
    assert isinstance(chosen.images, LazyRows)
    assert (np.asarray(chosen) == whole.train[::2][whole.train[::2].labels == 3].images).all()
    assert isinstance(mapped.test.sample(10).images, np.ndarray)
    assert (mapped.test.sample(10).images == whole.test.sample(10).images).all()
    assert mapped._repr_png_() == whole._repr_png_()


def test_a_mapped_array_with_labels_stays_on_the_disk(tiny, tmp_path):
    np.save(tmp_path / "x.npy", ROWS.repeat(50, axis=0).reshape(500, 3, 2)[:, :, [0, 1, 0, 1]])
    images = Images(np.load(tmp_path / "x.npy", mmap_mode="r"), np.arange(500) % 2)
    assert isinstance(images.images, LazyRows)
    assert images.train.images.shape == (350, 3, 4, 1)


def test_a_large_npz_is_mapped_where_it_is_not_compressed(tiny, tmp_path, monkeypatch):
    from capslab.data import read_array_files

    pixels = np.random.default_rng(0).integers(0, 256, (90, 8, 8), dtype=np.uint8)
    labels = np.array(["dog", "ant", "cow"] * 30)
    np.savez(tmp_path / "x.npz", labels=labels, images=pixels)
    images = cl.load(tmp_path / "x.npz")
    assert lazy_rows.is_mapped(images.images.source)
    assert (images.images[..., 0] == pixels).all()
    assert [images.classes[label] for label in images.labels] == labels.tolist()
    np.savez(tmp_path / "y.npz", images=np.asfortranarray(pixels))
    assert (cl.load(tmp_path / "y.npz").images[..., 0] == pixels).all()
    np.savez_compressed(tmp_path / "z.npz", images=pixels)
    assert (cl.load(tmp_path / "z.npz").images[..., 0] == pixels).all()
    monkeypatch.setattr(read_array_files, "MOST_UNPACKED", 2000)
    assert len(cl.load(tmp_path / "x.npz")) == 90, "what is mapped is not unpacked"
    with pytest.raises(DataUnavailable, match=r"would unpack to.*np\.savez"):
        cl.load(tmp_path / "z.npz")


def test_zeros_and_ones_on_the_disk_are_stretched_as_they_are_read(tiny, tmp_path, capsys):
    bits = np.random.default_rng(0).integers(0, 2, (50, 8, 8), dtype=np.uint8)
    np.save(tmp_path / "bits.npy", bits)
    images = cl.load(tmp_path / "bits.npy")
    assert "grey levels 0…1" in capsys.readouterr().out
    assert isinstance(images.images, LazyRows)
    assert (images.images[..., 0] == 255 * bits).all()


def test_nan_far_down_a_large_file_is_found(tiny, monkeypatch, tmp_path):
    monkeypatch.setattr(lazy_rows, "BLOCK_BYTES", 2000)
    values = np.random.default_rng(0).random((50, 8, 8))
    values[47, 3, 3] = np.nan
    np.save(tmp_path / "x.npy", values)
    with pytest.raises(ArgumentError, match="1 of 50 images with NaN"):
        cl.load(tmp_path / "x.npy")


@pytest.mark.parametrize("outlier", [300, -1])
def test_an_outlier_far_down_a_large_file_is_clipped_and_said(tiny, monkeypatch, tmp_path, capsys, outlier):
    monkeypatch.setattr(lazy_rows, "BLOCK_BYTES", 2000)
    values = np.random.default_rng(0).random((50, 8, 8))
    values[47, 3, 3] = outlier
    np.save(tmp_path / "x.npy", values)
    images = cl.load(tmp_path / "x.npy")
    assert isinstance(images.images, LazyRows)
    assert (images.images[..., 0] == np.rint(np.clip(values, 0, 1) * 255)).all()
    assert f"1 pixel beyond it ({min(outlier, 0):g}…".replace("-", "−")[:20] in capsys.readouterr().out


def test_inverted_images_stay_on_the_disk(tiny, tmp_path):
    whole, mapped = digits_on_disk(tmp_path)
    assert isinstance(mapped.inverted().images, LazyRows)
    assert (np.asarray(mapped.inverted()) == 255 - whole.images).all()


def test_the_report_is_the_same_in_blocks(tiny, monkeypatch, tmp_path):
    whole, mapped = digits_on_disk(tmp_path)
    pixels = whole.images.copy()
    pixels[[5, 900]], pixels[700], pixels[30:40] = pixels[0], 0, 255 - pixels[30:40]
    whole = dataclasses.replace(whole, images=pixels)
    expected = whole.report()
    np.save(tmp_path / "digits.npy", pixels)
    mapped = dataclasses.replace(mapped, images=cl.load(tmp_path / "digits.npy").images)
    monkeypatch.setattr(lazy_rows, "BLOCK_BYTES", 100_000)
    found = mapped.report()
    assert expected.copies[0] == (0, 5, 900)
    assert repr(found) == repr(expected)
    assert isinstance(found.cleaned().images, LazyRows)
    assert (np.asarray(found.cleaned()) == expected.cleaned().images).all()


# --- vectors and clusters


def test_a_path_on_the_disk_is_the_path_in_memory(tiny, tmp_path):
    whole, mapped = digits_on_disk(tmp_path)
    x, y = cl.embed(whole), cl.embed(mapped)
    assert isinstance(y.vectors, LazyRows)
    assert lazy_rows.is_mapped(y.vectors.source.source)
    in_memory, path = (cl.cluster(found, n_clusters=[2, 5, 10]) for found in (np.asarray(x.vectors), y))
    assert (path.path_labels_ == in_memory.path_labels_).all()
    assert (path.path_inertia_ == in_memory.path_inertia_).all()
    for mine, theirs in zip(path.path_centers_, in_memory.path_centers_, strict=True):
        assert (mine == theirs).all()
    assert path.at(10).scores.matched_accuracy == matched_accuracy(in_memory.path_labels_[2], whole.labels)
    means = [whole.images[path.at(5).labels == i].mean(axis=0) / 255 for i in range(5)]
    np.testing.assert_allclose(path.at(5).mean_images, means, rtol=1e-6)


@pytest.mark.parametrize("dimensions", [8, 200])
def test_in_blocks_the_inertia_is_that_of_kmeans(tiny, monkeypatch, dimensions):
    monkeypatch.setattr(lazy_rows, "BLOCK_BYTES", 400_000)
    rng = np.random.default_rng(0)
    X = (rng.normal(size=(15, dimensions)) * 2)[rng.integers(15, size=6000)].astype(np.float32)
    X += rng.normal(size=X.shape).astype(np.float32)
    path = KMeansPath(n_clusters=[5, 15], n_micro=200).fit(X)
    for i, k in enumerate((5, 15)):
        labels, centers = path.path_labels_[i], path.path_centers_[i]
        assert path.path_inertia_[i] == pytest.approx(((X - centers[labels]) ** 2).sum(dtype=float), rel=1e-4)
        assert path.path_inertia_[i] <= 1.01 * KMeans(k, n_init=10, random_state=0).fit(X).inertia_
        apart = ((X[:300, None] - centers) ** 2).sum(axis=2)
        assert (labels[:300] == apart.argmin(axis=1)).mean() > 0.99
        assert (path.predict(X, k) == labels).mean() > 0.999
    assert (KMeansPath(n_clusters=[5, 15], n_micro=200).fit(X).path_labels_ == path.path_labels_).all()


def test_sorted_rows_are_clustered_as_well_as_shuffled_ones(tiny):
    rng = np.random.default_rng(1)
    X = (rng.normal(size=(10, 16)) * 3)[np.arange(8000) // 800] + rng.normal(size=(8000, 16))
    ordered = KMeansPath(n_clusters=10, n_micro=100).fit(X.astype(np.float32))
    shuffled = KMeansPath(n_clusters=10, n_micro=100).fit(rng.permutation(X).astype(np.float32))
    assert ordered.path_inertia_[0] == pytest.approx(shuffled.path_inertia_[0], rel=0.01)
    assert matched_accuracy(ordered.path_labels_[0].astype(int), np.arange(8000) // 800) > 0.99


def test_many_copies_of_few_points_and_empty_clusters_in_blocks(tiny):
    few = np.random.default_rng(0).normal(size=(6, 70)).astype(np.float32)
    X = np.concatenate([few[:1].repeat(5000, axis=0), few])
    path = KMeansPath(n_clusters=[2, 6], n_micro=20).fit(X)
    assert [len(np.unique(labels)) for labels in path.path_labels_] == [2, 6]
    assert path.path_inertia_[1] == pytest.approx(0, abs=1e-2)
    with pytest.raises(ArgumentError, match="at most 6, the number of different vectors"):
        KMeansPath(n_clusters=7).fit(X)


def test_the_plane_of_a_large_embedding_is_that_in_memory(tiny, tmp_path):
    whole, mapped = digits_on_disk(tmp_path)
    flat, expected = project(cl.embed(mapped)), project(np.asarray(cl.embed(whole).vectors))
    assert flat.shape == (1797, 2)
    signs = np.sign((flat * expected).sum(axis=0))
    np.testing.assert_allclose(flat * signs, expected, atol=1e-3)


@pytest.mark.parametrize("wrong", [np.nan, np.inf, 1e31])
def test_numbers_that_are_none_are_refused_in_blocks(tiny, wrong):
    X = np.ones((500, 4), np.float32)
    X[300, 2] = wrong
    with pytest.raises(ArgumentError, match="finite numbers, none beyond"):
        cl.cluster(X, n_clusters=1)


# --- networks


@pytest.mark.slow
def test_a_network_learns_the_same_from_the_disk(tiny, tmp_path):
    whole, mapped = digits_on_disk(tmp_path)
    networks = []
    for images in (whole, mapped):
        network = cl.DenseBaseline(images.image_shape, images.classes, hidden=16)
        cl.fit(network, images, epochs=1, show=False)
        networks.append(network)
    for mine, theirs in zip(networks[1].get_weights(), networks[0].get_weights(), strict=True):
        assert (mine == theirs).all()
    assert (networks[1].classify(mapped) == networks[0].classify(whole)).all()
    z, expected = cl.embed(networks[1], mapped), cl.embed(networks[0], whole)
    assert lazy_rows.is_mapped(z.vectors.source)
    assert (np.asarray(z.vectors) == np.asarray(expected.vectors)).all()
    assert (z[:3].vectors == expected.vectors[:3]).all()


def test_the_pipeline_gives_the_same_batches_from_the_disk(tiny, tmp_path):
    from capslab.training.batches import Batches

    whole, mapped = (Batches(images, 300, 3, shift=1) for images in digits_on_disk(tmp_path))
    assert len(whole) == len(mapped) > 1
    for index in range(len(whole)):
        for one, other in zip(whole[index], mapped[index], strict=True):
            assert one.dtype == other.dtype
            np.testing.assert_array_equal(one, other)


# --- memory

#: what a fresh process holds more at its peak after a large file than after a small one, in MB
LOOK = """
import resource, sys
import capslab as cl
from capslab.data import lazy_rows
from capslab.clustering import KMeansPath

lazy_rows.LARGE_FILE = lazy_rows.LARGE = lazy_rows.BLOCK_BYTES = 4_000_000
peaks = []
for file in sys.argv[2:]:
    images = cl.load(file)
    if sys.argv[1] == "network":
        from capslab.models import backend
        from capslab.training.batches import Batches

        for batch in backend.feed(Batches(images.train, 100)):  # what `fit` reads
            pass
        z = cl.embed(cl.VAE(images.image_shape, 4), images)
    else:
        z = cl.embed(images)
    KMeansPath(3, n_micro=20).fit(z.vectors).predict(z.vectors[:10])
    peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
print(peaks[1] - peaks[0])
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """3,000 images of 28×28, and 80,000: 63 MB, as float32 251 MB."""
    rng = np.random.default_rng(0)
    kinds = rng.integers(0, 256, (500, 28, 28), dtype=np.uint8)
    paths = []
    for n in (3000, 80_000):
        paths.append(str(tmp_path_factory.mktemp("large") / "images.npy"))
        pixels = np.lib.format.open_memmap(paths[-1], "w+", np.uint8, (n, 28, 28))
        pixels[:] = kinds[rng.integers(0, 500, n)]
        pixels.flush()
    return paths


@pytest.mark.parametrize("run", ["pixels", pytest.param("network", marks=pytest.mark.slow)])
@pytest.mark.skipif(sys.platform != "linux", reason="other systems report the peak in other units")
def test_memory_stays_bounded_while_a_large_file_is_clustered(files, run):
    done = subprocess.run([sys.executable, "-c", LOOK, run, *files], capture_output=True, text=True)
    assert float(done.stdout.splitlines()[-1]) < 60, "less than even the bytes of the file"
