"""Full disks, wrong clocks, proxies, two kernels at once: nothing is lost, and what is wrong is said."""

from __future__ import annotations

import gzip
import http.server
import itertools
import json
import os
import re
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from common import full_disk
from idx_files import SMALL
from mirror import Mirror, alone, kept, mirror, online  # noqa: F401 (two are fixtures)
from wording import Fails, Wording

import capslab as cl
from capslab import exercises
from capslab.data import download_datasets
from capslab.errors import DataUnavailable
from capslab.exercises.progress_record import Entry, Record

posix = pytest.mark.skipif(os.name != "posix", reason="limits and locks as POSIX has them")


@pytest.fixture
def progress(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a fresh learner's progress, with one entry."""
    monkeypatch.setattr(exercises, "_record", Record())
    Record().save("squash", Entry(hints=1))
    return Record.path()


# A full disk


@posix
def test_a_download_on_a_full_disk_is_said_leaves_nothing_and_succeeds_later(
    mirror: Mirror, fails: Fails
) -> None:
    with (
        full_disk(1000),
        fails(DataUnavailable, names=("CAPSLAB_HOME", "200 MB")),
    ):
        cl.load("mnist")
    assert kept() == []
    assert len(cl.load("mnist")) == 290


@posix
def test_progress_on_a_full_disk_is_said_and_what_was_there_stays(progress: Path, wording: Wording) -> None:
    before = progress.read_bytes()
    with full_disk(20):
        result = cl.check("squash", lambda s: s)
    wording(result.note)
    assert progress.read_bytes() == before
    assert {path.name for path in progress.parent.iterdir()} == {"progress.json", "progress.lock"}


# A clock that is wrong


def test_a_clock_that_leaps_gives_up_no_download_and_forgets_no_progress(
    mirror: Mirror,
    progress: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    true, leaps = time.time, itertools.cycle([0.0, 1e9, -1e9])
    monkeypatch.setattr(time, "time", lambda: true() + next(leaps))
    assert len(cl.load("mnist")) == 290
    assert len(kept()) == 4
    cl.check("squash", lambda s: s)
    assert Record().entry("squash").attempts == 1
    assert Record().entry("squash").hints == 1


def test_a_certificate_that_is_not_believed_points_to_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    online(monkeypatch, "https://one.test/", "https://other.test/")

    def refuse(*arguments: Any, **options: Any) -> None:
        raise requests.exceptions.SSLError("certificate verify failed: certificate is not yet valid")

    monkeypatch.setattr(requests, "head", refuse)
    with pytest.raises(DataUnavailable) as error:
        cl.load("mnist")
    assert re.search(r"\b(one|other)\.test\b", str(error.value))
    assert all(name in str(error.value) for name in ("REQUESTS_CA_BUNDLE", "clock"))
    assert str(datetime.now().year) in str(error.value)  # what the clock says
    assert "offline" not in str(error.value)


# A proxy


class Proxy:
    """Stands between this machine and a server that has the small set, and knows no other way there."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.refuses = 0
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_HEAD(self) -> None:
                self.do_GET()

            def do_GET(self) -> None:
                proxy.asked.append(self.path)
                content = gzip.compress(SMALL[self.path.rsplit("/", 1)[1].removesuffix(".gz")])
                self.send_response(proxy.refuses or 200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(content)

            def do_CONNECT(self) -> None:
                proxy.asked.append(self.path)
                self.send_error(proxy.refuses)

            def log_message(self, *arguments: Any) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.name = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    made = Proxy()
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, f"http://me:secret@{made.name}")
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_downloads_go_through_the_proxy(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    online(monkeypatch, "http://mirror.test/")
    assert len(cl.load("mnist")) == 290
    assert len(kept()) == 4
    assert set(proxy.asked) == {f"http://mirror.test/{name}.gz" for name in SMALL}


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_wants_a_password_is_named_without_it(
    proxy: Proxy, monkeypatch: pytest.MonkeyPatch, scheme: str, wording: Wording
) -> None:
    online(monkeypatch, f"{scheme}://mirror.test/")
    proxy.refuses = 407
    with pytest.raises(DataUnavailable) as error:
        cl.load("mnist")
    assert "secret" not in str(error.value)
    assert proxy.name in str(error.value)
    assert 'cl.load("digits")' in str(error.value)
    wording(str(error.value).replace(proxy.name, "HOST:PORT"))


# Two kernels at once


@posix
def test_two_kernels_that_write_in_the_same_moment_forget_nothing(progress: Path) -> None:
    together = threading.Barrier(4)

    def learner(number: int) -> None:
        together.wait()
        for exercise in range(25):
            Record().save(f"{number}-{exercise}", Entry(attempts=exercise))

    kernels = [threading.Thread(target=learner, args=(number,)) for number in range(4)]
    for kernel in kernels:
        kernel.start()
    for kernel in kernels:
        kernel.join()
    kept_entries = json.loads(progress.read_text())["exercises"]
    assert kept_entries.keys() == {"squash", *(f"{n}-{e}" for n in range(4) for e in range(25))}


@posix
def test_a_kernel_that_holds_the_lock_for_ever_stops_nobody(
    progress: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl

    monkeypatch.setattr(exercises.progress_record, "LOCK_SECONDS", 0.1)
    with progress.with_suffix(".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        Record().save("votes", Entry(attempts=3))
    assert Record().entry("votes").attempts == 3


def test_a_name_says_which_server_it_is() -> None:
    assert download_datasets._host("https://one.test/mnist/") == "one.test"
