"""A web server on this machine that stands in for a mirror of MNIST; the two fixtures are for `import`."""

from __future__ import annotations

import gzip
import http.server
import threading
import time
from dataclasses import replace

import pytest
from idx_files import SMALL, stand_in

from capslab.data import cache_folder, datasets


@pytest.fixture(autouse=True)
def alone(monkeypatch, tmp_path):
    stand_in(monkeypatch, tmp_path / "home")


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
    server = Mirror()
    online(monkeypatch, server.url)
    yield server
    server.server.shutdown()
    server.server.server_close()


def online(monkeypatch, *urls):
    monkeypatch.delenv("CAPSLAB_OFFLINE")
    found = replace(datasets.PUBLISHED["mnist"], mirrors=urls)
    monkeypatch.setitem(datasets.PUBLISHED, "mnist", found)


def kept() -> list[str]:
    return sorted(path.name for path in (cache_folder() / "mnist").iterdir())
