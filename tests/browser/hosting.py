"""A page that hosts one view: its JavaScript, joined to the Python view without a kernel.

The browser's changes reach the Python view through the traits' own converters, as a comm message
would; Python's changes reach the browser on `sync()`, which every helper calls first.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ipywidgets.widgets.widget import _remove_buffers

ADDRESS = "http://view.test/"  # answered from memory: nothing leaves the page
MODULES = ADDRESS + "js/"  # the files of js/src, as ES modules
SOURCES = Path(__file__).parents[2] / "js" / "src"

# The names JupyterLab gives its colours, so that a view's two themes can be looked at.
THEMES = {
    "light": "--jp-layout-color1:#fff;--jp-layout-color2:#eee;--jp-ui-font-color1:rgba(0,0,0,.87);"
    "--jp-ui-font-color2:rgba(0,0,0,.54);--jp-border-color2:#e0e0e0;color-scheme:light",
    "dark": "--jp-layout-color1:#111;--jp-layout-color2:#424242;--jp-ui-font-color1:rgba(255,255,255,1);"
    "--jp-ui-font-color2:rgba(255,255,255,.7);--jp-border-color2:#616161;color-scheme:dark",
}

PAGE = """<!doctype html><meta charset="utf-8"><title>view</title><link rel="icon" href="data:,">
<body style="margin:12px;background:var(--jp-layout-color1);%s"><div id="view"></div><script>
function unpacked(state, paths, buffers) {
  paths.forEach((path, i) => {
    const bytes = Uint8Array.from(atob(buffers[i]), (c) => c.charCodeAt(0));
    let at = state;
    for (const key of path.slice(0, -1)) at = at[key];
    at[path[path.length - 1]] = new DataView(bytes.buffer);
  });
  return state;
}
// Typed arrays travel as bytes in base64, as they would in a comm message's buffers.
const packed = (changes) => JSON.stringify(changes, (name, value) => {
  if (!ArrayBuffer.isView(value)) return value;
  const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return { __bytes__: btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join("")) };
});
class Model {
  constructor(state) { this.state = state; this.listeners = {}; this.dirty = {}; this.saves = 0;
    this.heard = Promise.resolve(); }
  get(name) { return this.state[name]; }
  set(name, value) {
    if (Object.is(this.state[name], value)) return;
    this.state[name] = value; this.dirty[name] = value; this.emit(`change:${name}`); this.emit("change");
  }
  on(event, f) { (this.listeners[event] = this.listeners[event] || []).push(f); }
  off(event, f) { this.listeners[event] = (this.listeners[event] || []).filter((g) => f && g !== f); }
  emit(event, ...rest) { for (const f of [...(this.listeners[event] || [])]) f(...rest); }
  save_changes() { this.saves++; const d = this.dirty; this.dirty = {}; this.hear(toPython(packed(d))); }
  send(content) { this.hear(sendPython(JSON.stringify(content))); }
  hear(answer) { const before = this.heard; this.heard = answer.then(() => before); }
  take(state) { for (const [name, value] of Object.entries(state)) { this.state[name] = value;
    this.emit(`change:${name}`); } this.emit("change"); }
}
async function host(state, paths, buffers, manager) {
  const full = unpacked(state, paths, buffers);
  const sheet = document.createElement("style");
  sheet.textContent = full._css || "";
  document.head.append(sheet);
  const url = URL.createObjectURL(new Blob([full._esm], { type: "text/javascript" }));
  const module = (await import(url)).default;
  const model = window.model = new Model(full);
  if (manager) model.widget_manager = eval(manager)();
  if (module.initialize) await module.initialize({ model });
  window.dispose = await module.render({ model, el: document.getElementById("view") });
}
</script>"""


def serve_modules(page: Any) -> None:
    """Opens an empty page on which `import("/js/shared/routing.js")` gives the module in js/src."""

    def answer(route: Any) -> None:
        address = route.request.url
        if address.startswith(MODULES):
            source = (SOURCES / address[len(MODULES) :]).read_text("utf-8")
            route.fulfill(body=source, content_type="text/javascript; charset=utf-8")
        else:
            route.fulfill(body="", content_type="text/html; charset=utf-8")

    page.route(f"{ADDRESS}**", answer)
    page.goto(ADDRESS)


def watch(page: Any) -> list[str]:
    """A list that fills with what goes wrong in the page from now on."""
    errors: list[str] = []
    page.on("console", lambda m: errors.append(f"console: {m.text}") if m.type == "error" else None)
    page.on("pageerror", lambda e: errors.append(f"exception: {e}"))
    return errors


def pack(state: dict[str, Any]) -> tuple[dict[str, Any], list[Any], list[str]]:
    """State as JSON, where its buffers go, and the buffers in base64."""
    clean, paths, buffers = _remove_buffers(state)
    return clean, paths, [base64.b64encode(bytes(b)).decode() for b in buffers]


def _unpacked(value: dict[str, Any]) -> Any:
    return memoryview(base64.b64decode(value["__bytes__"])) if "__bytes__" in value else value


class Hosted:
    """A view on a page; `manager` is JavaScript that makes the widget manager it finds there.

    Attributes
    ----------
    page : the Playwright page; `view` the Python view; `root` the locator of `.caps-view`.
    errors : console errors and exceptions so far.
    requests : addresses asked for beyond the page itself (should stay empty).
    """

    def __init__(self, page: Any, view: Any, theme: str = "light", manager: str = "") -> None:
        self.page, self.view = page, view
        self.errors = watch(page)
        self.requests: list[str] = []
        self._pending: set[str] = set()
        self._receiving = False
        page.route("**/*", self._answer)
        page.expose_function("toPython", self._receive)
        page.expose_function("sendPython", lambda text: view._handle_custom_msg(json.loads(text), []))
        self._html = PAGE % THEMES[theme]
        page.goto(ADDRESS)
        page.evaluate("([s, p, b, m]) => host(s, p, b, m)", [*pack(view.get_state()), manager])
        view.observe(lambda change: self._pending.add(change["name"]))
        self.root = page.locator(".caps-view").first
        self.root.wait_for()

    def _answer(self, route: Any) -> None:
        if route.request.url == ADDRESS:
            route.fulfill(body=self._html, content_type="text/html; charset=utf-8")
        elif route.request.url.startswith(("blob:", "data:")):
            route.continue_()
        else:
            self.requests.append(route.request.url)
            route.abort()

    def _receive(self, text: str) -> None:
        before = set(self._pending)
        changes = json.loads(text, object_hook=_unpacked)
        self.view.set_state(changes)
        # Echo what Python made of it only where that differs, as ipywidgets does.
        same = {n for n, v in changes.items() if self.view.get_state(n).get(n) == v}
        self._pending = before | (self._pending - same)

    def sync(self) -> None:
        """Lets the browser's changes reach Python, then Python's reach the browser."""
        self.page.evaluate("() => model.heard")
        names = [n for n in self._pending if n in self.view.keys]
        self._pending.clear()
        if names:
            self.page.evaluate(
                "([s, p, b]) => model.take(unpacked(s, p, b))", list(pack(self.view.get_state(names)))
            )

    def rest(self, milliseconds: int = 250) -> None:
        """Waits by the page's own clock: what it had put off for less has happened, however slow it is."""
        self.page.evaluate("(ms) => new Promise((done) => setTimeout(done, ms))", milliseconds)

    def settle(self, milliseconds: int = 250) -> None:
        """Waits until throttled messages have arrived on both sides."""
        self.rest(milliseconds)
        self.sync()
        self.frame()

    def until(self, read: Callable[[], Any], expected: Any = True) -> None:
        """Settles again and again until `read()` gives what is expected."""
        until(read, expected, lambda: self.settle(50))

    def frame(self) -> None:
        """Waits until the browser has drawn what it was asked to draw."""
        self.page.evaluate("() => new Promise((f) => requestAnimationFrame(() => requestAnimationFrame(f)))")

    def words(self) -> str:
        """The line of words that the browser shows."""
        self.sync()
        self.frame()
        return self.root.locator(".caps-words").inner_text()

    def pixels(self, selector: str = "canvas") -> str:
        """A fingerprint of a canvas: differs when what is drawn differs."""
        self.sync()
        self.frame()
        return self.root.locator(selector).first.evaluate("(c) => c.toDataURL()")

    def drag_slider(self, label: str, fraction: float, steps: int = 12) -> None:
        """Drags the thumb of a slider with a real mouse to a fraction of its length."""
        slider = self.root.get_by_role("slider", name=label, exact=True).first
        drag_slider(self.page, slider, fraction, steps)
        self.frame()


def until(
    read: Callable[[], Any], expected: Any, wait: Callable[[], Any], seconds: float = 60, why: str = ""
) -> None:
    """Reads again and again until it gives what is expected; fails with what it gave last."""
    deadline = time.monotonic() + seconds
    while (got := read()) != expected and time.monotonic() < deadline:
        wait()
    assert got == expected, why or f"{got!r}, and not {expected!r}"


def drag_slider(page: Any, slider: Any, fraction: float, steps: int = 12) -> None:
    """Presses the mouse on a range input's thumb, moves it along, lets go."""
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    now = slider.evaluate("(s) => (s.value - s.min) / (s.max - s.min)")
    inner, y = box["width"] - 16, box["y"] + box["height"] / 2  # a thumb is 16 px wide in Chromium
    page.mouse.move(box["x"] + 8 + now * inner, y)
    page.mouse.down()
    page.mouse.move(box["x"] + 8 + fraction * inner, y, steps=steps)
    page.mouse.up()
