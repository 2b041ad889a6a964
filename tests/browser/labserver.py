"""A real JupyterLab for tests: on loopback, in its own process group, with its own settings."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import nbformat
from hosting import drag_slider, until, watch


def _free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


class Lab:
    """A JupyterLab server; `open(page, cells)` gives a `Notebook` whose cells have run."""

    def __init__(self, folder: Path, port: int = 0, token: str = "") -> None:
        self.folder, self.port, self.token = folder, port or _free_port(), token or secrets.token_hex(16)
        self.address = f"http://127.0.0.1:{self.port}"
        self.root = folder / "work"
        self.root.mkdir(exist_ok=True)
        self._process: subprocess.Popen[bytes] | None = None
        self._name = f"test-{os.getpid()}"  # of its notebooks: several processes may share a server
        self._count = 0

    def start(self) -> None:
        """Starts the server and waits until it answers."""
        quiet = self.folder / "config/lab/user-settings/@jupyterlab/apputils-extension"
        quiet.mkdir(parents=True)
        (quiet / "notification.jupyterlab-settings").write_text(
            json.dumps({"fetchNews": "false", "checkForUpdates": False})
        )
        here = {
            name: str(self.folder / name.lower())
            for name in ("JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
        }
        repository = str(Path(__file__).parents[2])
        environment = {
            **os.environ,
            **here,
            "JUPYTER_CONFIG_DIR": str(self.folder / "config"),
            "PYTHONPATH": os.pathsep.join(filter(None, [repository, os.environ.get("PYTHONPATH", "")])),
        }
        options = {
            "ServerApp.ip": "127.0.0.1",
            "ServerApp.port": self.port,
            "ServerApp.port_retries": 0,
            "ServerApp.root_dir": self.root,
            "ServerApp.allow_root": True,
            "IdentityProvider.token": self.token,
            "LabApp.expose_app_in_browser": True,
            "JupyterNotebookApp.expose_app_in_browser": True,
        }
        command = [sys.executable, "-m", "jupyterlab", "--no-browser"]
        command += [f"--{name}={value}" for name, value in options.items()]
        self._log = (self.folder / "lab.log").open("wb")
        self._process = subprocess.Popen(
            command, env=environment, stdout=self._log, stderr=subprocess.STDOUT, start_new_session=True
        )
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                urllib.request.urlopen(f"{self.address}/api/status?token={self.token}", timeout=2).close()
                return
            except OSError:
                time.sleep(0.2)
        raise RuntimeError("JupyterLab did not start:\n" + (self.folder / "lab.log").read_text()[-4000:])

    def stop(self) -> None:
        """Ends the server and the kernels it started."""
        if self._process is None:
            return
        for how in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self._process.pid, how)
                self._process.wait(timeout=15)
                break
            except ProcessLookupError:
                break
            except subprocess.TimeoutExpired:
                continue
        self._log.close()

    def open(
        self, page: Any, cells: list[str], *, theme: str = "light", timeout: float = 120, app: str = "lab"
    ) -> Notebook:
        """Writes a notebook with these code cells, opens it and runs them all.

        `app` is "lab" for JupyterLab or "notebook" for Notebook 7, which the same server has.
        """
        book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        return self.open_book(page, book, theme=theme, timeout=timeout, app=app)

    def open_book(
        self, page: Any, book: Any, *, theme: str = "light", timeout: float = 120, app: str = "lab"
    ) -> Notebook:
        """Saves a whole notebook in the server's folder, opens it and runs all its cells."""
        self._count += 1
        name = f"{self._name}-{self._count}.ipynb"
        nbformat.write(book, self.root / name)
        return Notebook(self, page, name, theme, timeout, app)


@contextmanager
def shared_lab(folder: Path) -> Iterator[Lab]:
    """One JupyterLab for all processes of a test run that name the same folder.

    The first to come starts it, the last to leave stops it. A process that comes after that starts it anew.
    """
    record = folder / "lab.json"
    with _locked(folder):
        state = json.loads(record.read_text()) if record.exists() else {"users": 0}
        if state["users"]:
            server = Lab(Path(state["folder"]), state["port"], state["token"])
        else:
            server = Lab(Path(tempfile.mkdtemp(prefix="lab-", dir=folder)))
            server.start()
            assert server._process is not None
            state = {"folder": str(server.folder), "port": server.port, "token": server.token}
            state |= {"users": 0, "group": server._process.pid}
        record.write_text(json.dumps({**state, "users": state["users"] + 1}))
    try:
        yield server
    finally:
        with _locked(folder):
            state = json.loads(record.read_text())
            record.write_text(json.dumps({**state, "users": state["users"] - 1}))
            if state["users"] == 1:
                with suppress(ProcessLookupError):
                    os.killpg(state["group"], signal.SIGTERM)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    with (folder / "lab.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


READY = """() => { const w = window.jupyterapp && window.jupyterapp.shell.currentWidget;
  return !!(w && w.sessionContext && w.sessionContext.session && w.sessionContext.session.kernel
    && w.sessionContext.session.kernel.status === 'idle'); }"""
ASK = """async (code) => {
  const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  const done = await kernel.requestExecute({ code: '', silent: true, store_history: false,
    user_expressions: { it: code } }).done;
  const it = done.content.user_expressions.it;
  return it.status === 'ok' ? it.data['text/plain'] : `${it.ename}: ${it.evalue}`;
}"""


class Notebook:
    """A notebook open in JupyterLab or in Notebook 7, all cells run.

    Attributes
    ----------
    page : the Playwright page; `views` the locator of every `.caps-view`; `errors` what went wrong.
    """

    def __init__(self, lab: Lab, page: Any, name: str, theme: str, timeout: float, app: str = "lab") -> None:
        self.page = page
        self.errors = watch(page)
        workspace = Path(name).stem  # each its own, so that pages which are open at once do not meet
        places = {"lab": f"lab/workspaces/{workspace}/tree/{name}?reset&", "notebook": f"notebooks/{name}?"}
        page.goto(f"{lab.address}/{places[app]}token={lab.token}")
        page.wait_for_function(READY, timeout=timeout * 1000)
        if app == "notebook":
            self.errors.clear()  # Notebook 7 complains of settings of Lab's that it does not have
        if theme == "dark":
            self.command("apputils:change-theme", {"theme": "JupyterLab Dark"})
        self.command("notebook:run-all-cells")
        page.wait_for_function(READY, timeout=timeout * 1000)
        self.views = page.locator(".jp-OutputArea-output .caps-view")

    def command(self, name: str, arguments: dict[str, Any] | None = None) -> None:
        """Runs a JupyterLab command and waits until it is done."""
        self.page.evaluate(
            "async ([name, args]) => { await window.jupyterapp.commands.execute(name, args); }",
            [name, arguments or {}],
        )

    def cells_with_views(self) -> list[int]:
        """Positions of the cells that show a live view, whether scrolled into sight or not.

        A slider that a learner made with ipywidgets' `interact` is none of them.
        """
        return self.page.evaluate(
            """() => window.jupyterapp.shell.currentWidget.content.widgets.flatMap((cell, i) => {
              const outputs = cell.model.type === 'code' ? cell.model.outputs.toJSON() : [];
              const kind = 'application/vnd.jupyter.widget-view+json';
              const isOwn = (o) => !`${o.data['text/plain']}`.startsWith('interactive(');
              const live = outputs.some((o) => o.data && kind in o.data && isOwn(o));
              return live ? [i] : [];
            })"""
        )

    def view_of_cell(self, position: int) -> Any:
        """Scrolls to a cell, as Lab draws only what is near, and gives the locator of its view."""
        self.page.evaluate(
            "async (i) => { await window.jupyterapp.shell.currentWidget.content.scrollToItem(i, 'start'); }",
            position,
        )
        view = self.page.locator(f".jp-Notebook-cell[data-windowed-list-index='{position}'] .caps-view").first
        view.wait_for()
        return view

    def failures(self) -> list[str]:
        """What went wrong in cells that were not meant to fail, whether scrolled into sight or not."""
        return self.page.evaluate(
            """() => window.jupyterapp.shell.currentWidget.content.widgets.flatMap((cell, i) => {
              const meant = (cell.model.sharedModel.getMetadata('tags') || []).includes('raises-exception');
              const outputs = cell.model.type === 'code' && !meant ? cell.model.outputs.toJSON() : [];
              return outputs.filter((o) => o.output_type === 'error')
                .map((o) => `cell ${i}, ${o.ename}: ${o.evalue}`);
            })"""
        )

    def outputs(self) -> list[str]:
        """The text of every output, tracebacks included."""
        return self.page.locator(".jp-OutputArea-output").all_inner_texts()

    def ask(self, expression: str) -> str:
        """The `repr` of a Python expression, evaluated in the notebook's kernel."""
        return str(self.page.evaluate(ASK, expression))

    def until(self, read: Callable[[], Any], expected: Any = True) -> None:
        """Waits until `read()` gives what is expected."""
        until(read, expected, lambda: self.page.wait_for_timeout(50))

    def until_kernel(self, expression: str, expected: str) -> None:
        """Waits until the kernel's `repr` of an expression is as expected: the browser's changes arrived."""
        self.until(lambda: self.ask(expression), expected)

    def run(self, code: str) -> None:
        """Runs lines in the notebook's kernel, outside its cells."""
        self.ask(f"exec({code!r}, globals())")

    def drag_slider(self, label: str, fraction: float, steps: int = 12) -> None:
        """Drags a slider of the first view with a real mouse to a fraction of its length."""
        drag_slider(
            self.page, self.views.first.get_by_role("slider", name=label, exact=True).first, fraction, steps
        )
