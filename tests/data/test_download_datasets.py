"""Downloads and their cache: a web server on this machine serves a small set of our own."""

from __future__ import annotations

import gzip
import threading
from dataclasses import replace

import pytest
from idx_files import SMALL, lay_out
from mirror import Mirror, alone, kept, mirror, online  # noqa: F401 (two are fixtures)

import capslab as cl
from capslab.data import cache_folder, datasets, download_datasets, local_source
from capslab.errors import ArgumentError, DataUnavailable


def test_a_download_is_kept_and_not_repeated(mirror):
    assert local_source("mnist") == ""
    assert len(cl.load("mnist")) == 290
    assert kept() == sorted(f"{file}.gz" for file in datasets.FILES)
    assert local_source("mnist") == "found in the cache"
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
    assert "t10k-images-idx3-ubyte.gz is truncated or corrupt" in (output := capsys.readouterr().out)
    assert "deleted from the cache and downloaded again" in output
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
    online_again = replace(datasets.PUBLISHED["mnist"], mirrors=(bad.url, mirror.url))
    monkeypatch.setitem(datasets.PUBLISHED, "mnist", online_again)
    assert len(cl.load("mnist")) == 290
    assert bad.asked
    assert len(kept()) == 4
    bad.server.shutdown()
    bad.server.server_close()


def test_damage_from_every_mirror_is_said_and_leaves_nothing(mirror):
    mirror.damage = {"train-images-idx3-ubyte": gzip.compress(b"\0\0\x08\x01\0\0\0\x01a")}
    with pytest.raises(
        DataUnavailable, match=r"no server has a good copy of train-images.*127\.0\.0\.1:\d+ sent a damaged"
    ):
        cl.load("mnist")
    assert kept() == []


def test_a_missing_file_on_the_server_is_said(mirror, monkeypatch):
    monkeypatch.setitem(SMALL, "train-images-idx3-ubyte", b"")
    mirror.damage = {}
    with pytest.raises(DataUnavailable, match="no server has a good copy of train-images"):
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
    assert kept() == sorted(f"{file}.gz" for file in datasets.FILES)


def test_a_slow_connection_is_given_up_in_time(mirror, tmp_path):
    mirror.piece, mirror.pause = 1 << 16, 0.2  # 190 kB: three pieces
    file = "train-images-idx3-ubyte.gz"
    with pytest.raises(DataUnavailable, match="the connection is too slow"):
        download_datasets.fetch([mirror.url], file, tmp_path, "0" * 64, seconds=0.3)
    assert list(tmp_path.glob("*.gz")) == []


def test_a_cache_that_cannot_be_written_is_said(mirror, monkeypatch, tmp_path):
    (tmp_path / "a file").write_text("in the way")
    monkeypatch.setenv("CAPSLAB_HOME", str(tmp_path / "a file"))
    with pytest.raises(
        DataUnavailable, match=r"cache .* cannot be written.*CAPSLAB_HOME to a folder of your own"
    ):
        cl.load("mnist")


def test_a_cached_file_that_cannot_be_read_is_said():
    (cache_folder() / "mnist" / f"{datasets.FILES[0]}.gz").mkdir(parents=True)
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
    assert "downloaded and saved for next time" in capsys.readouterr().out
    assert cl.load().name == "mnist"
    assert "found in the cache" in capsys.readouterr().out


def test_the_course_falls_back_to_digits_and_says_why(capsys):
    assert cl.load().name == "digits"
    output = capsys.readouterr().out
    assert output.startswith("Using the digits, 1,797 images of 8×8, because mnist is not in the cache")
    assert "CAPSLAB_OFFLINE" in output
    assert output.count("\n") == 2


def test_the_course_waits_for_no_dead_network_twice(monkeypatch, capsys):
    asked = []

    def nobody(*args, **kwargs):
        asked.append(args)
        raise DataUnavailable("nobody answers.")

    online(monkeypatch, "http://127.0.0.1:9/")
    monkeypatch.setattr(datasets, "mirrors_that_answer", nobody)
    assert [cl.load().name for _ in range(3)] == ["digits"] * 3
    assert len(asked) == 1
    assert "a download failed a moment ago; cl.load('mnist') tries again" in capsys.readouterr().out
    with pytest.raises(DataUnavailable, match="nobody answers"):
        cl.load("mnist")
    assert len(asked) == 2


def test_a_network_that_swallows_everything_costs_only_the_time_allowed(monkeypatch):
    over = threading.Event()  # the answer comes when the test is over, and not before
    monkeypatch.setattr(download_datasets, "_has", lambda url, seconds: (over.wait(), ""))
    with pytest.raises(DataUnavailable, match="offline"):
        download_datasets.mirrors_that_answer(["http://127.0.0.1:9/"], "x", seconds=0.2)
    over.set()


def test_another_data_set_is_the_first_that_differs_and_can_be_had(mirror, monkeypatch, capsys):
    digits = cl.load("digits")
    monkeypatch.setitem(datasets.PUBLISHED, "fashion-mnist", replace(datasets.PUBLISHED["mnist"], mirrors=()))
    assert cl.load_other(digits).name == "mnist"  # no mirror has the clothes
    assert "Now with mnist, 290 images, because" in capsys.readouterr().out
    assert cl.load_other(cl.load("mnist")).name == "digits"
    monkeypatch.setenv("CAPSLAB_OFFLINE", "1")
    for file in kept():
        (cache_folder() / "mnist" / file).unlink()
    assert len(cl.load_other(digits)) == len(digits)
    assert "No other data set" in capsys.readouterr().out
    with pytest.raises(ArgumentError):
        cl.load_other("digits")
