"""A real marimo for tests: on loopback, in its own process group, with its own settings."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import indent

HEAD = "import marimo\n\napp = marimo.App()\n\n\n"
SECONDS = 90


def as_app(cells: list[str]) -> str:
    """Code cells as the text of a marimo notebook; one after the other, as they share no names.

    >>> print(as_app(["1 + 1"]))
    import marimo
    <BLANKLINE>
    app = marimo.App()
    <BLANKLINE>
    <BLANKLINE>
    @app.cell
    def _():
        1 + 1
        return
    <BLANKLINE>
    """
    return HEAD + "\n\n".join(f"@app.cell\ndef _():\n{indent(cell, '    ')}\n    return\n" for cell in cells)


@contextmanager
def marimo(folder: Path, cells: list[str], theme: str = "light") -> Iterator[str]:
    """Runs code cells as a marimo app; gives the address of its page."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "app.py").write_text(as_app(cells), "utf-8")
    settings = folder / "settings" / "marimo"
    settings.mkdir(parents=True)
    (settings / "marimo.toml").write_text(f'[display]\ntheme = "{theme}"\n')
    own = dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"), str(settings.parent))
    # matplotlib's fonts and the like stay where they are: only marimo's settings are ours.
    environment = {**os.environ, **own, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-m", "marimo", "--yes", "--quiet", "run", str(folder / "app.py")]
    command += ["--headless", "--no-token", "--host=127.0.0.1", f"--port={port}"]
    with (folder / "marimo.log").open("wb") as log:
        process = subprocess.Popen(
            command, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            _wait(port, process, folder / "marimo.log")
            yield f"http://127.0.0.1:{port}/"
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("marimo did not start:\n" + log.read_text()[-4000:])
