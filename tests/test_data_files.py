"""IDX files, the cache, CAPSLAB_DATA and downloads, with a small set of our own.

A stand-in for MNIST in four IDX files is written by the test and served by a web
server on this machine, so nothing depends on a connection or on the real data.
"""

from __future__ import annotations

import gzip
import hashlib
import http.server
import struct
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import capslab as cl
from capslab.data import cache_folder, download, idx, own, present, sources
from capslab.errors import ArgumentError, DataUnavailable

CODES = {np.dtype(kind).str.lstrip("<>|"): code for code, kind in idx.TYPES.items()}


def encoded(array: np.ndarray) -> bytes:
    """An independent writer of the format."""
    code = CODES[array.dtype.str.lstrip("<>|")]
    header = struct.pack(f">BBBB{array.ndim}I", 0, 0, code, array.ndim, *array.shape)
    return header + array.astype(array.dtype.newbyteorder(">")).tobytes()


def small_set() -> dict[str, bytes]:
    chance = np.random.default_rng(0)
    made = {}
    for part, n in (("train", 240), ("t10k", 50)):
        made[f"{part}-images-idx3-ubyte"] = encoded(chance.integers(0, 256, (n, 28, 28), dtype=np.uint8))
        made[f"{part}-labels-idx1-ubyte"] = encoded((np.arange(n) % 10).astype(np.uint8))
    return made


SMALL = small_set()


@pytest.fixture(autouse=True)
def alone(monkeypatch, tmp_path):
    """A small MNIST with its own checksums, an empty cache, no network, no shared folder."""
    digests = tuple(hashlib.sha256(SMALL[file]).hexdigest() for file in sources.FILES)
    small = {
        name: replace(found, sha256=digests, mirrors=("http://127.0.0.1:9/",))
        for name, found in sources.PUBLISHED.items()
    }
    monkeypatch.setattr(sources, "PUBLISHED", small)
    monkeypatch.setattr(sources, "_failed", {})
    monkeypatch.setenv("CAPSLAB_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CAPSLAB_OFFLINE", "1")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.delenv("CAPSLAB_DATA", raising=False)


def lay_out(folder: Path, name="mnist", compressed=True) -> Path:
    (folder / name).mkdir(parents=True)
    for file, content in SMALL.items():
        if compressed:
            (folder / name / f"{file}.gz").write_bytes(gzip.compress(content))
        else:
            (folder / name / file).write_bytes(content)
    return folder


# --- the format


@given(hnp.arrays(st.sampled_from([np.dtype(k) for k in idx.TYPES.values()]), hnp.array_shapes(max_dims=4)))
def test_every_idx_array_comes_back(array):
    back = idx.parse(encoded(array))
    assert back.shape == array.shape
    assert back.dtype == array.dtype.newbyteorder("=")
    assert back.tobytes() == array.astype(array.dtype.newbyteorder("=")).tobytes()


@given(st.data())
def test_a_cut_idx_file_is_never_read(data):
    content = encoded(np.arange(60, dtype=np.uint8).reshape(3, 4, 5))
    cut = data.draw(st.integers(0, len(content) - 1))
    with pytest.raises(idx.Damaged):
        idx.parse(content[:cut])


@given(st.binary(max_size=40))
def test_noise_is_refused_in_words_or_fits_its_header(content):
    try:
        array = idx.parse(content)
    except idx.Damaged:
        return
    assert len(encoded(array)) == len(content)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", r"too short to be an IDX file \(0 bytes\)"),
        (b"<html>not found</html>", "not an IDX file: it starts with 3c 68 74 6d"),
        (b"\0\0\x08\x03\0\0", "its header should name 3 axes"),
        (b"\0\0\x08\x00", "its header should name 0 axes"),
        (b"\0\0\x08\x01\0\0\0\x09ab", "truncated: 10 bytes where its header needs 17"),
        (b"\0\0\x08\x01\0\0\0\x01ab", "longer than it says"),
        (b"\0\0\x08\x03" + b"\xff" * 12, "truncated"),
    ],
)
def test_what_is_wrong_with_an_idx_file_is_said(content, message):
    with pytest.raises(idx.Damaged, match=message):
        idx.parse(content)


def test_a_damaged_file_is_said(tmp_path):
    path = tmp_path / "train-labels-idx1-ubyte.gz"
    content = SMALL["train-labels-idx1-ubyte"]
    path.write_bytes(gzip.compress(content)[:-20])
    with pytest.raises(idx.Damaged, match="cannot be decompressed"):
        idx.read(path)
    path.write_bytes(b"no gzip at all")
    with pytest.raises(idx.Damaged, match="cannot be decompressed"):
        idx.read(path)
    path.write_bytes(gzip.compress(content[:-5]))
    with pytest.raises(idx.Damaged, match=r"truncated.*checksum is wrong too"):
        idx.read(path, "0" * 64)
    path.write_bytes(gzip.compress(content[:-1] + b"\x08"))
    with pytest.raises(idx.Damaged, match="not the published file: its SHA-256 starts with"):
        idx.read(path, hashlib.sha256(content).hexdigest())
    with pytest.raises(DataUnavailable, match="cannot be read"):
        idx.read(tmp_path)


# --- your own array, there and back


@given(
    hnp.arrays(
        np.uint8,
        st.tuples(st.integers(1, 6), st.integers(1, 9), st.integers(4, 9), st.integers(1, 4)),
    )
)
def test_every_own_uint8_array_comes_back(tmp_path_factory, pixels):
    pixels[0, 0, 0, 0] = 200  # so that nothing reads as black and white
    path = tmp_path_factory.mktemp("own") / "data.npy"
    np.save(path, pixels)
    images = own.load_own(path)
    assert (images.images == pixels).all()
    assert sorted(np.concatenate([np.flatnonzero(images.parts == p) for p in range(3)])) == list(
        range(len(pixels))
    )


# --- folders that hold the data already


@pytest.mark.parametrize("compressed", [True, False])
@pytest.mark.parametrize("how", ["folder", "environment"])
def test_a_folder_that_holds_the_data(tmp_path, monkeypatch, capsys, how, compressed):
    lay_out(tmp_path, compressed=compressed)
    if how == "environment":
        monkeypatch.setenv("CAPSLAB_DATA", str(tmp_path))
        assert present("mnist") == "found in CAPSLAB_DATA"
        images = cl.load("mnist")
    else:
        images = cl.load("mnist", folder=tmp_path)
    assert images.images.shape == (290, 28, 28, 1)
    assert images.images.dtype == np.uint8
    assert (images.test.images.tobytes()) == SMALL["t10k-images-idx3-ubyte"][16:]
    assert images.counts == {"train": 220, "validation": 20, "test": 50}
    assert np.bincount(images.validation.labels).tolist() == [2] * 10
    assert not capsys.readouterr().out


def test_the_official_test_set_stays_whatever_the_seed(tmp_path):
    lay_out(tmp_path)
    one, other = (cl.load("mnist", folder=tmp_path, seed=seed) for seed in (0, 1))
    assert (one.test.images == other.test.images).all()
    assert (one.validation.images != other.validation.images).any()


def test_fashion_has_its_own_names(tmp_path):
    images = cl.load("fashion-mnist", folder=lay_out(tmp_path, "fashion-mnist"))
    assert images.classes[0] == "T-shirt/top"
    assert images.classes[9] == "Ankle boot"
    assert images.name == "fashion-mnist"


def test_real_checksums_and_counts_where_the_real_data_is(monkeypatch, tmp_path):
    """The published table is well formed; each digest belongs to one file."""
    monkeypatch.undo()
    for found in sources.PUBLISHED.values():
        assert len(found.classes) == 10
        assert len(found.mirrors) >= 2
        assert all(len(sha) == 64 and set(sha) <= set("0123456789abcdef") for sha in found.sha256)
    for name in sources.PUBLISHED:
        if present(name):
            images = cl.load(name)
            assert images.counts == {"train": 55_000, "validation": 5_000, "test": 10_000}
            assert images.labels[:3].tolist() == {"mnist": [5, 0, 4], "fashion-mnist": [9, 0, 0]}[name]


def test_a_folder_without_the_data_is_said(tmp_path):
    with pytest.raises(ArgumentError, match=r"a folder that holds mnist/train-images.*has no folder 'mnist'"):
        cl.load("mnist", folder=tmp_path)
    lay_out(tmp_path)
    (tmp_path / "mnist" / "t10k-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(DataUnavailable, match="lacks t10k-labels-idx1-ubyte"):
        cl.load("mnist", folder=tmp_path)


def test_a_damaged_file_in_a_given_folder_is_said_and_left_alone(tmp_path):
    path = lay_out(tmp_path) / "mnist" / "train-images-idx3-ubyte.gz"
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(DataUnavailable, match=r"train-images-idx3-ubyte\.gz is truncated or corrupt"):
        cl.load("mnist", folder=tmp_path)
    assert path.exists()


def test_files_that_do_not_fit_together_are_said(tmp_path, monkeypatch):
    short = encoded(np.zeros(7, np.uint8))
    sha = list(sources.PUBLISHED["mnist"].sha256)
    sha[1] = hashlib.sha256(short).hexdigest()
    wrong = replace(sources.PUBLISHED["mnist"], sha256=tuple(sha))
    monkeypatch.setitem(sources.PUBLISHED, "mnist", wrong)
    lay_out(tmp_path)
    (tmp_path / "mnist" / f"{sources.FILES[1]}.gz").write_bytes(gzip.compress(short))
    with pytest.raises(DataUnavailable, match=r"240 images come with labels of shape \(7,\)"):
        cl.load("mnist", folder=tmp_path)


# --- a web server on this machine


class Mirror:
    """Serves the small set; counts requests; breaks on demand."""

    def __init__(self):
        self.asked: list[str] = []
        self.damage: dict[str, bytes] = {}
        self.delay = self.pause = 0.0
        self.piece = 1 << 20
        mirror = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_HEAD(self):
                self.answer(head=True)

            def do_GET(self):
                mirror.asked.append(self.path[1:])
                self.answer(head=False)

            def answer(self, head):
                time.sleep(mirror.delay)
                name = self.path[1:].removesuffix(".gz")
                content = mirror.damage.get(name) or (gzip.compress(SMALL[name]) if name in SMALL else b"")
                self.send_response(200 if content else 404)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if head:
                    return
                for start in range(0, len(content), mirror.piece):
                    self.wfile.write(content[start : start + mirror.piece])
                    time.sleep(mirror.pause)

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()


@pytest.fixture
def mirror(monkeypatch):
    made = Mirror()
    online(monkeypatch, made.url)
    yield made
    made.server.shutdown()
    made.server.server_close()


def online(monkeypatch, *urls):
    monkeypatch.delenv("CAPSLAB_OFFLINE")
    found = replace(sources.PUBLISHED["mnist"], mirrors=urls)
    monkeypatch.setitem(sources.PUBLISHED, "mnist", found)


def kept() -> list[str]:
    return sorted(path.name for path in (cache_folder() / "mnist").iterdir())


def test_a_download_is_kept_and_not_repeated(mirror):
    assert present("mnist") == ""
    assert len(cl.load("mnist")) == 290
    assert kept() == sorted(f"{file}.gz" for file in sources.FILES)
    assert present("mnist") == "found in the cache"
    asked = len(mirror.asked)
    assert len(cl.load("mnist")) == 290
    assert len(mirror.asked) == asked == 4


def test_a_truncated_file_in_the_cache_is_deleted_and_downloaded_once_more(mirror, capsys):
    cl.load("mnist")
    path = cache_folder() / "mnist" / "t10k-images-idx3-ubyte.gz"
    path.write_bytes(path.read_bytes()[:500])
    capsys.readouterr()
    mirror.asked.clear()
    assert len(cl.load("mnist")) == 290
    assert "t10k-images-idx3-ubyte.gz is truncated or corrupt" in (said := capsys.readouterr().out)
    assert "deleted from the cache and downloaded once more" in said
    assert mirror.asked == ["t10k-images-idx3-ubyte.gz"]


def test_a_truncated_file_in_the_cache_without_a_connection(mirror, monkeypatch):
    cl.load("mnist")
    path = cache_folder() / "mnist" / "t10k-images-idx3-ubyte.gz"
    path.write_bytes(path.read_bytes()[:500])
    monkeypatch.setenv("CAPSLAB_OFFLINE", "1")
    with pytest.raises(DataUnavailable, match="CAPSLAB_OFFLINE forbids downloads"):
        cl.load("mnist")


def test_a_mirror_that_serves_damage_is_passed_over(mirror, monkeypatch):
    bad = Mirror()
    bad.damage = dict.fromkeys(SMALL, b"<html>log in to the network first</html>")
    mirror.delay = 0.1  # so the bad one answers first
    online_again = replace(sources.PUBLISHED["mnist"], mirrors=(bad.url, mirror.url))
    monkeypatch.setitem(sources.PUBLISHED, "mnist", online_again)
    assert len(cl.load("mnist")) == 290
    assert bad.asked
    assert len(kept()) == 4
    bad.server.shutdown()
    bad.server.server_close()


def test_damage_from_every_mirror_is_said_and_leaves_nothing(mirror):
    mirror.damage = {"train-images-idx3-ubyte": gzip.compress(b"\0\0\x08\x01\0\0\0\x01a")}
    with pytest.raises(
        DataUnavailable, match=r"no server gave train-images.*127\.0\.0\.1:\d+ gave a damaged"
    ):
        cl.load("mnist")
    assert kept() == []


def test_a_missing_file_on_the_server_is_said(mirror, monkeypatch):
    monkeypatch.setitem(SMALL, "train-images-idx3-ubyte", b"")
    mirror.damage = {}
    with pytest.raises(DataUnavailable, match="no server gave train-images"):
        cl.load("mnist")


def test_two_processes_at_once_both_end_with_whole_files(mirror):
    mirror.delay = 0.05
    results = []
    both = [threading.Thread(target=lambda: results.append(len(cl.load("mnist")))) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert results == [290, 290]
    assert kept() == sorted(f"{file}.gz" for file in sources.FILES)


def test_a_slow_connection_is_given_up_in_time(mirror, tmp_path):
    mirror.piece, mirror.pause = 1 << 16, 0.2  # 190 kB: three pieces
    file = "train-images-idx3-ubyte.gz"
    with pytest.raises(DataUnavailable, match="the connection is too slow"):
        download.fetch([mirror.url], file, tmp_path, "0" * 64, seconds=0.3)
    assert list(tmp_path.glob("*.gz")) == []


def test_a_cache_that_cannot_be_written_is_said(mirror, monkeypatch, tmp_path):
    (tmp_path / "a file").write_text("in the way")
    monkeypatch.setenv("CAPSLAB_HOME", str(tmp_path / "a file"))
    with pytest.raises(
        DataUnavailable, match=r"cache .* cannot be written.*CAPSLAB_HOME to a folder of yours"
    ):
        cl.load("mnist")


def test_a_cached_file_that_cannot_be_read_is_said():
    (cache_folder() / "mnist" / f"{sources.FILES[0]}.gz").mkdir(parents=True)
    with pytest.raises(DataUnavailable, match="cannot be read"):
        cl.load("mnist")


# --- no connection


def test_forbidden_downloads_are_said_with_the_offline_choice():
    with pytest.raises(DataUnavailable, match=r'CAPSLAB_OFFLINE forbids.*cl\.load\("digits"\) works without'):
        cl.load("fashion-mnist")


def test_no_connection_is_said_with_the_offline_choice(monkeypatch):
    online(monkeypatch, "http://127.0.0.1:9/", "http://127.0.0.1:10/")
    with pytest.raises(DataUnavailable, match=r'none of 2 .*seems to be offline.*cl\.load\("digits"\)'):
        cl.load("mnist")


# --- load() without a name


def test_the_course_takes_mnist_where_it_is(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("CAPSLAB_DATA", str(lay_out(tmp_path)))
    assert cl.load().name == "mnist"
    assert capsys.readouterr().out == "Using MNIST, 290 images of 28×28: found in CAPSLAB_DATA.\n"


def test_the_course_downloads_mnist_where_that_is_quick(mirror, capsys):
    assert cl.load().name == "mnist"
    assert "downloaded and kept for next time" in capsys.readouterr().out
    assert cl.load().name == "mnist"
    assert "found in the cache" in capsys.readouterr().out


def test_the_course_falls_back_to_digits_and_says_why(capsys):
    assert cl.load().name == "digits"
    said = capsys.readouterr().out
    assert said.startswith("Using the digits, 1,797 images of 8×8, because mnist is not in the cache")
    assert "CAPSLAB_OFFLINE" in said
    assert said.count("\n") == 1


def test_the_course_waits_for_no_dead_network_twice(monkeypatch, capsys):
    asked = []

    def nobody(*args, **kwargs):
        asked.append(args)
        raise DataUnavailable("nobody answers.")

    online(monkeypatch, "http://127.0.0.1:9/")
    monkeypatch.setattr(sources, "mirrors_that_answer", nobody)
    assert [cl.load().name for _ in range(3)] == ["digits"] * 3
    assert len(asked) == 1
    assert "a download failed a moment ago; cl.load('mnist') tries again" in capsys.readouterr().out
    with pytest.raises(DataUnavailable, match="nobody answers"):
        cl.load("mnist")
    assert len(asked) == 2


def test_a_network_that_swallows_everything_costs_only_the_time_allowed(monkeypatch):
    monkeypatch.setattr(download, "_has", lambda url, seconds: time.sleep(5) or True)
    start = time.monotonic()
    with pytest.raises(DataUnavailable, match="offline"):
        download.mirrors_that_answer(["http://127.0.0.1:9/"], "x", seconds=0.2)
    assert time.monotonic() - start < 2
