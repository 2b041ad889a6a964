"""What a learner's JupyterLab is: the real one that `capslab lab` starts, asked over its own interface."""

from __future__ import annotations

import json
import logging
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest
import websocket
from wording import Wording

from capslab import server as extension

# The server's own configuration: each message on a kernel's websocket notes the state of its socket.
PROBE = """
import pathlib, socket
from jupyter_server.services.kernels.websocket import KernelWebsocketHandler
received = KernelWebsocketHandler.on_message
def on_message(self, message):
    option = self.ws_connection.stream.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    pathlib.Path({path!r}).write_text(str(option))
    return received(self, message)
KernelWebsocketHandler.on_message = on_message
c.ServerApp.jpserver_extensions = {{"capslab.server": {enabled}}} if {enabled} is False else {{}}
"""


class Server:
    """A running `capslab lab`."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, token: str, noted: Path) -> None:
        self.process, self.port, self.token, self.noted = process, port, token, noted

    def ask(self, path: str, method: str = "GET", token: str | None = None) -> Any:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", method=method)
        request.add_header("Authorization", f"token {self.token if token is None else token}")
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.loads(answer.read() or "null")

    def nodelay_of_a_kernels_websocket(self) -> int:
        kernel = self.ask("/api/kernels", "POST")["id"]
        address = f"ws://127.0.0.1:{self.port}/api/kernels/{kernel}/channels?token={self.token}"
        connection = websocket.create_connection(address, timeout=30)
        try:
            header = {"msg_id": "1", "msg_type": "kernel_info_request", "session": "s", "username": "u"}
            message = {
                "header": header,
                "parent_header": {},
                "metadata": {},
                "content": {},
                "channel": "shell",
            }
            connection.send(json.dumps(message))
            replied = ""
            while replied != "kernel_info_reply":
                replied = json.loads(connection.recv())["msg_type"]
        finally:
            connection.close()
        return int(self.noted.read_text())


@contextmanager
def serving_at(folder: Path, enabled: bool) -> Iterator[Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token, noted = secrets.token_hex(8), folder / "nodelay"
    (folder / "config").mkdir()
    (folder / "config/jupyter_server_config.py").write_text(PROBE.format(path=str(noted), enabled=enabled))
    environment = {
        **os.environ,
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "IPYTHONDIR": str(folder / "i"),
    }
    environment |= {f"JUPYTER_{name}_DIR": str(folder / name) for name in ("DATA", "RUNTIME")}
    command = [sys.executable, "-m", "capslab.cli", "lab", "--"]
    command += [
        "--no-browser",
        f"--port={port}",
        "--ServerApp.port_retries=0",
        f"--IdentityProvider.token={token}",
    ]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
        server = Server(process, port, token, noted)
        try:
            deadline = time.monotonic() + 60
            while True:
                try:
                    server.ask("/api/status")
                    break
                except (OSError, ValueError):
                    alive = process.poll() is None and time.monotonic() < deadline
                    assert alive, (folder / "log").read_text()[-3000:]
                    time.sleep(0.2)
            yield server
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving_at(tmp_path_factory.mktemp("lab"), enabled=True) as running:
        yield running


@pytest.mark.slow
def test_small_messages_of_a_kernel_leave_at_once(server: Server) -> None:
    assert server.nodelay_of_a_kernels_websocket() != 0


@pytest.mark.slow
def test_without_the_extension_jupyter_holds_them_back(tmp_path: Path) -> None:
    with serving_at(tmp_path, enabled=False) as running:
        assert running.nodelay_of_a_kernels_websocket() == 0, "Jupyter sets it itself now: drop the extension"


@pytest.mark.slow
def test_the_course_is_what_is_served(server: Server) -> None:
    names = {entry["name"] for entry in server.ask("/api/contents")["content"]}
    assert "00_start_here.ipynb" in names
    page = f"http://127.0.0.1:{server.port}/?token={server.token}"
    with urllib.request.urlopen(page, timeout=20) as answer:
        assert answer.url.split("?")[0].endswith("/lab/tree/00_start_here.ipynb")


@pytest.mark.slow
def test_news_and_updates_are_not_asked_for(server: Server) -> None:
    settings = server.ask("/lab/api/settings/@jupyterlab/apputils-extension:notification")
    defaults = {name: entry["default"] for name, entry in settings["schema"]["properties"].items()}
    assert (defaults["fetchNews"], defaults["checkForUpdates"]) == ("false", False)


@pytest.mark.slow
def test_it_listens_on_loopback_alone_and_wants_its_token(server: Server) -> None:
    listening = [
        c.laddr.ip
        for c in psutil.Process(server.process.pid).net_connections()
        if c.status == psutil.CONN_LISTEN
    ]
    assert listening
    assert set(listening) <= {"127.0.0.1", "::1"}
    with pytest.raises(urllib.error.HTTPError, match="403"):
        server.ask("/api/contents", token="wrong")


def test_the_module_is_light() -> None:
    code = (
        "import sys, capslab.server as s; "
        "assert s._jupyter_server_extension_points()[0]['module'] == s.NAME; "
        "print(sorted({'tensorflow', 'numpy', 'jupyter_server', 'tornado'} & set(sys.modules)))"
    )
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert process.stdout == "[]\n", process.stderr


# A Jupyter that has changed


def test_the_handler_is_wrapped_once_and_opens_as_before() -> None:
    calls: list[Any] = []

    class Handler:
        def set_nodelay(self, value: bool) -> None:
            calls.append(value)

        def open(self, kernel_id: str) -> str:
            calls.append(kernel_id)
            return "opened"

    extension.speed_up(Handler, logging.getLogger())
    extension.speed_up(Handler, logging.getLogger())
    assert Handler().open("k") == "opened"
    assert calls == [True, "k"]


def test_a_socket_that_refuses_still_opens_and_leaves_one_line(caplog: pytest.LogCaptureFixture) -> None:
    class Handler:
        def set_nodelay(self, value: bool) -> None:
            raise OSError("no socket")

        def open(self) -> str:
            return "opened"

    extension.speed_up(Handler, logging.getLogger("test"))
    assert Handler().open() == "opened"
    (record,) = caplog.records
    assert record.message.startswith("capslab: ")
    assert "no socket" in record.message


def test_a_server_without_that_handler_starts_and_logs_one_line(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, wording: Wording
) -> None:
    for changed in (SimpleNamespace(), SimpleNamespace(KernelWebsocketHandler=type("Handler", (), {}))):
        monkeypatch.setitem(sys.modules, "jupyter_server.services.kernels.websocket", changed)
        caplog.clear()
        extension._load_jupyter_server_extension(SimpleNamespace(log=logging.getLogger("test")))
        (record,) = caplog.records
        assert record.message.startswith("capslab: ")
    wording(record.message)
