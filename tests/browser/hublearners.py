"""Learners on a hub: one with a browser, and one who sends what a browser sends, a fifth as heavy."""

from __future__ import annotations

import contextlib
import json
import queue
import sys
import threading
import time
import uuid
from pathlib import Path
from typing import Any

import nbformat
import requests
import websocket
from hosting import until, watch
from labserver import READY, Notebook

sys.path.insert(0, str(Path(__file__).parents[1]))
from grading_class import cell

BOOK = "11_routing_by_agreement"
POST = """async ([address, data]) => {
  const base = JSON.parse(document.getElementById('jupyter-config-data').textContent).baseUrl;
  const xsrf = document.cookie.match(/_xsrf=([^;]*)/)[1];
  const headers = {'X-XSRFToken': xsrf, 'Content-Type': 'application/json'};
  const body = JSON.stringify(data);
  return await (await fetch(base + address, {method: 'POST', headers, body})).json();
}"""


class Learner:
    """What learners have in common: a name, a home, a notebook in it.

    Attributes
    ----------
    number : tells them apart; `iteration` is where their slider stands at first, from 2 to 9.
    """

    def __init__(self, trial: Any, name: str, number: int) -> None:
        self.trial, self.name, self.number = trial, name, number
        self.home = trial.folder / "homes" / name
        self.iteration = 2 + number

    @property
    def saved(self) -> str:
        """The exercise as it lies on the learner's disk."""
        return cell(nbformat.read(self.home / BOOK / f"{BOOK}.ipynb", as_version=4), "write-squash").source

    def exchange(self, what: str) -> Any:
        """Asks for the assignment or hands it in, as the panel Assignments does."""
        return self.post(f"assignments/{what}", {"course_id": "capslab", "assignment_id": BOOK})


class InChromium(Learner, Notebook):
    """Somebody with a browser and a mouse. `then` is where the login leads, if not to the course."""

    def __init__(self, trial: Any, name: str, number: int, chromium: Any, then: str = "") -> None:
        Learner.__init__(self, trial, name, number)
        self.then = then
        self.page = chromium.new_context(viewport={"width": 1200, "height": 900}).new_page()
        self.page.set_default_timeout(120_000)
        self.errors = watch(self.page)
        self.views = self.page.locator(".jp-OutputArea-output .caps-view")
        # The tests' handle on JupyterLab, which a learner's own settings may give.
        settings = self.home / ".jupyter" / "jupyter_server_config.py"
        settings.parent.mkdir(parents=True)
        settings.write_text("c.LabApp.expose_app_in_browser = True\n")

    def log_in(self) -> None:
        self.page.goto(f"{self.trial.address}/hub/login{self.then}", wait_until="commit")
        self.page.fill("input[name=username]", self.name)
        self.page.fill("input[name=password]", self.trial.password)
        self.page.click("input[type=submit]", no_wait_after=True)

    def wait_for_lab(self) -> None:
        self.page.wait_for_url("**/user/*/lab**", wait_until="commit")
        self.page.wait_for_function("() => window.jupyterapp && window.jupyterapp.restored.then(() => true)")

    def post(self, address: str, data: Any) -> Any:
        return self.page.evaluate(POST, [address, data])

    def open_book(self) -> None:
        self._begin("docmanager:open", {"path": f"{BOOK}/{BOOK}.ipynb"})

    def run_all(self) -> None:
        self.page.wait_for_function(READY)
        self._begin("notebook:run-all-cells")

    def wait_for_view(self) -> None:
        self.views.first.wait_for()

    def write(self, line: str) -> None:
        """Types a line at the end of the exercise."""
        self.page.locator(".jp-CodeCell .cm-content", has_text="def squash").click()
        self.page.keyboard.press("Control+End")
        self.page.keyboard.insert_text("\n" + line)

    def save(self) -> None:
        self.command("docmanager:save")

    def drag(self, iteration: int) -> None:
        words = self.views.first.locator(".caps-words").inner_text()
        self.drag_slider("iteration", (iteration - 1) / 9)
        until(lambda: self.ask("sandbox.iteration"), str(iteration), lambda: self.page.wait_for_timeout(50))
        assert self.views.first.locator(".caps-words").inner_text() != words

    def come_back(self) -> None:
        """Loads the page anew: nobody is asked for a password, and the kernel is the same."""
        self.page.reload()
        self.wait_for_lab()
        self.page.wait_for_function(READY)

    def _begin(self, command: str, arguments: dict[str, Any] | None = None) -> None:
        """Begins a command and does not wait for its end: others begin theirs meanwhile."""
        code = "([name, args]) => { window.jupyterapp.commands.execute(name, args); }"
        self.page.evaluate(code, [command, arguments or {}])


class InWords(Learner):
    """Somebody who sends what JupyterLab sends: the same logins, sockets and messages, nothing drawn."""

    def __init__(self, trial: Any, name: str, number: int) -> None:
        super().__init__(trial, name, number)
        self.http = requests.Session()
        self.base = f"{trial.address}/user/{name}/"

    def log_in(self) -> None:
        login = f"{self.trial.address}/hub/login"
        self.http.get(login)
        form = {"username": self.name, "password": self.trial.password, "_xsrf": self._xsrf("/hub/")}
        self.http.post(login, data=form)

    def wait_for_lab(self) -> None:
        def arrived() -> bool:
            answer = self.http.get(self.base + "lab")
            return answer.ok and answer.url.startswith(self.base + "lab")

        until(arrived, True, lambda: time.sleep(0.5), seconds=300)

    def post(self, address: str, data: Any) -> Any:
        return self._checked(self.http.post(self.base + address, json=data, headers=self._headers()))

    def open_book(self) -> None:
        path = f"{BOOK}/{BOOK}.ipynb"
        found = self._checked(self.http.get(self.base + f"api/contents/{path}"))
        self.book = nbformat.from_dict(found["content"])
        kernel = {"path": path, "name": "", "type": "notebook", "kernel": {"name": "python3"}}
        self.kernel = self.post("api/sessions", kernel)["kernel"]["id"]
        self._connect()

    def run_all(self) -> None:
        for one in self.book.cells:
            if one.cell_type == "code":
                self._send("execute_request", {"code": one.source, "silent": False})

    def wait_for_view(self) -> None:
        while True:
            message = self._next()
            view = message["content"].get("data", {}).get("application/vnd.jupyter.widget-view+json")
            if view:
                self.view = view["model_id"]
                return

    def write(self, line: str) -> None:
        cell(self.book, "write-squash").source += "\n" + line

    def save(self) -> None:
        data = {"type": "notebook", "format": "json", "content": self.book}
        address = self.base + f"api/contents/{BOOK}/{BOOK}.ipynb"
        self._checked(self.http.put(address, json=data, headers=self._headers()))

    def drag(self, iteration: int) -> None:
        words, now = self.ask("sandbox.words"), int(self.ask("sandbox.iteration"))
        for step in range(now, iteration, 1 if iteration > now else -1):
            moved = step + (1 if iteration > now else -1)
            update = {"method": "update", "state": {"iteration": moved}, "buffer_paths": []}
            self._send("comm_msg", {"comm_id": self.view, "data": update})
        assert self.ask("sandbox.iteration") == str(iteration)
        assert self.ask("sandbox.words") != words

    def ask(self, expression: str) -> str:
        """The `repr` of a Python expression, evaluated in the kernel."""
        content = {"code": "", "silent": True, "store_history": False, "user_expressions": {"it": expression}}
        sent = self._send("execute_request", content)
        while (message := self._next())["parent_header"].get("msg_id") != sent or (
            message["msg_type"] != "execute_reply"
        ):
            pass
        it = message["content"]["user_expressions"]["it"]
        return str(it["data"]["text/plain"]) if it["status"] == "ok" else f"{it['ename']}: {it['evalue']}"

    def come_back(self) -> None:
        """Connects anew: nobody is asked for a password, and the kernel is the same."""
        self.socket.close()
        self.wait_for_lab()
        self._connect()

    def _connect(self) -> None:
        address = self.base.replace("http", "ws", 1) + f"api/kernels/{self.kernel}/channels"
        cookies = "; ".join(
            f"{c.name}={c.value}" for c in self.http.cookies if c.path in ("/", f"/user/{self.name}/")
        )
        self.socket = websocket.create_connection(
            address, cookie=cookies, header=self._headers(), origin=self.trial.address, timeout=120
        )
        self.socket.settimeout(None)
        self.inbox: queue.Queue[Any] = queue.Queue()
        threading.Thread(target=self._listen, args=(self.socket, self.inbox), daemon=True).start()

    def _listen(self, socket: Any, inbox: queue.Queue[Any]) -> None:
        """Receives all the time, as a browser does: the server hangs up on who does not answer its pings."""
        with contextlib.suppress(websocket.WebSocketException, OSError):
            while True:
                kind, data = socket.recv_data()
                if kind == websocket.ABNF.OPCODE_TEXT:  # arrays come as bytes, and are for eyes alone
                    inbox.put(json.loads(data))

    def _send(self, kind: str, content: dict[str, Any]) -> str:
        header = {"msg_id": uuid.uuid4().hex, "msg_type": kind, "session": self.name, "username": self.name,
                  "version": "5.3"}  # fmt: skip
        message = {
            "header": header,
            "parent_header": {},
            "metadata": {},
            "content": content,
            "channel": "shell",
        }
        self.socket.send(json.dumps({**message, "buffers": []}))
        return header["msg_id"]

    def _next(self) -> Any:
        return self.inbox.get(timeout=120)

    def _xsrf(self, path: str) -> str:
        return next(c.value or "" for c in self.http.cookies if c.name == "_xsrf" and c.path == path)

    def _headers(self) -> dict[str, str]:
        return {"X-XSRFToken": self._xsrf(f"/user/{self.name}/")}

    def _checked(self, answer: requests.Response) -> Any:
        assert answer.ok, f"{answer.status_code} {answer.url} {answer.text[:500]}"
        return answer.json()
