"""A front end that implements anywidget's model and nothing else: what VS Code, Colab and marimo share.

The module gets `get`, `set`, `save_changes`, `on`, `off` and `send`. Whatever else it asks of the model, or
of the page, is noted. The page forbids the network, `eval` and scripts that are not its own
(Content-Security-Policy).
"""

from __future__ import annotations

from typing import Any

from hosting import ADDRESS, drag_slider, pack, watch

CONTRACT = frozenset({"get", "set", "save_changes", "on", "off", "send"})
#: asked for where a page has it, and done without where it has not
OPTIONAL = frozenset({"widget_manager", "noKernel"})
#: what one place alone has: none of it may be touched
FOREIGN = (
    "jupyterapp",
    "jupyterlab",
    "Jupyter",
    "require",
    "requirejs",
    "define",
    "google",
    "acquireVsCodeApi",
    "marimo",
)

POLICY = (
    "default-src 'none'; script-src 'nonce-test' blob:; style-src 'unsafe-inline'; img-src data: blob:;"
    " connect-src 'none'; base-uri 'none'; form-action 'none'"
)

PAGE = f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>front end</title>
<meta http-equiv="Content-Security-Policy" content="{POLICY}"><link rel="icon" href="data:,">
<body style="margin:0"><script nonce="test">
window.touched = [];
window.refused = [];
document.addEventListener("securitypolicyviolation",
  (e) => refused.push(`${{e.violatedDirective}} ${{e.blockedURI}}`));
for (const name of {list(FOREIGN)!r}) {{
  Object.defineProperty(window, name, {{ get() {{ touched.push(name); return undefined; }} }});
}}

/** anywidget's model on a plain object; a Proxy notes every name that is asked for. */
function makeModel(state) {{
  const listeners = new Map(), dirty = new Set();
  const known = {{
    get: (name) => state[name],
    set: (name, value) => {{
      if (Object.is(state[name], value)) return;
      state[name] = value; dirty.add(name);
      for (const f of [...(listeners.get(`change:${{name}}`) || [])]) f();
      for (const f of [...(listeners.get("change") || [])]) f();
    }},
    save_changes: () => {{ for (const name of dirty) model_log.saved.push(name); dirty.clear(); }},
    on: (name, f) => listeners.set(name, [...(listeners.get(name) || []), f]),
    off: (name, f) => listeners.set(name, (listeners.get(name) || []).filter((g) => f && g !== f)),
    send: (content) => model_log.sent.push(content),
  }};
  const model_log = {{ asked: new Set(), saved: [], sent: [], state,
    events: () => [...listeners.keys()], left: () => [...listeners.values()].flat().length }};
  const model = new Proxy(known, {{
    get: (all, name) => {{ model_log.asked.add(String(name)); return all[name]; }},
    set: (all, name) => {{ throw new Error(`a view writes model.${{String(name)}}`); }},
  }});
  return {{ model, log: model_log }};
}}

function unpacked(state, paths, buffers) {{
  paths.forEach((path, i) => {{
    const bytes = Uint8Array.from(atob(buffers[i]), (c) => c.charCodeAt(0));
    let at = state;
    for (const key of path.slice(0, -1)) at = at[key];
    at[path[path.length - 1]] = new DataView(bytes.buffer);
  }});
  return state;
}}

/** Where a view may be put: on the page, in a shadow root, where it has no room yet, or on no page yet. */
const PLACES = {{
  page: (el) => document.body.append(el),
  shadow: (el, css) => {{
    const host = document.createElement("div");
    host.attachShadow({{ mode: "open" }}).append(css.cloneNode(true), el);
    document.body.append(host);
  }},
  hidden: (el) => {{
    el.style.display = "none";
    document.body.append(el);
    return () => {{ el.style.display = ""; }};
  }},
  narrow: (el) => {{
    const room = document.createElement("div");
    room.style.cssText = "width:0;overflow:hidden";
    room.append(el); document.body.append(room);
    return () => {{ room.style.cssText = ""; }};
  }},
  detached: (el) => () => document.body.append(el),
}};

/** Shows a view at a place; `opened` runs when it is there and gives it room, `dispose` ends it. */
async function show(place, state, paths, buffers) {{
  const full = unpacked(state, paths, buffers), css = document.createElement("style");
  const {{ _esm: source, _css: sheet, ...traits }} = full;
  css.textContent = sheet || "";
  if (place !== "shadow") document.head.append(css);
  const module = await import(URL.createObjectURL(new Blob([source], {{ type: "text/javascript" }})));
  const {{ model, log }} = makeModel(traits);
  const el = document.createElement("div");
  const open = PLACES[place](el, css) || (() => {{}});
  let view = module.default;
  if (typeof view === "function") view = await view();
  await view.initialize?.({{ model }});
  const dispose = await view.render({{ model, el }});
  const parts = Object.keys(view);
  window.shown = {{ el, log, open, dispose, parts, exports: Object.keys(module), kind: typeof dispose }};
}}
</script>"""


class FrontEnd:
    """A page that shows one view at a time, as the plainest front end would.

    Attributes
    ----------
    page : the Playwright page; `errors` and `requests` are what went wrong and what was asked for beyond it.
    """

    def __init__(self, page: Any) -> None:
        self.page = page
        self.errors = watch(page)
        self.requests: list[str] = []
        page.route("**/*", self._answer)

    def show(self, view: Any, place: str = "page") -> None:
        """Opens the page anew and puts a view there; where it has no room yet, it gets room after a while."""
        self.page.goto(ADDRESS)
        self.page.evaluate("([place, ...all]) => show(place, ...all)", [place, *pack(view.get_state())])
        self.settle()
        self.page.evaluate("shown.open()")
        self.root.wait_for()
        self.settle()

    def _answer(self, route: Any) -> None:
        if route.request.url == ADDRESS:
            route.fulfill(body=PAGE, content_type="text/html; charset=utf-8")
        elif route.request.url.startswith(("blob:", "data:")):
            route.continue_()
        else:
            self.requests.append(route.request.url)
            route.abort()

    @property
    def root(self) -> Any:
        """The view; Playwright's locators look into open shadow roots."""
        return self.page.locator(".caps-view").first

    def settle(self) -> None:
        """Waits until what was put off is done and drawn."""
        self.page.evaluate(
            "() => new Promise((done) => setTimeout(() => requestAnimationFrame(() =>"
            " requestAnimationFrame(done)), 150))"
        )

    def drag_slider(self, label: str, fraction: float) -> None:
        """Drags a slider with a real mouse."""
        drag_slider(self.page, self.root.get_by_role("slider", name=label, exact=True).first, fraction)
        self.settle()

    def words(self) -> str:
        """The line of words that is on screen."""
        return str(self.root.locator(".caps-words").inner_text())

    def asked(self) -> set[str]:
        """What the view asked of its model."""
        return set(self.page.evaluate("[...shown.log.asked]"))

    def looks(self) -> list[list[Any]]:
        """The frame's style; then every canvas in sight: its size on the page and how much of it is drawn."""
        return self.root.evaluate(
            """(root) => {
              const { padding, fontSize, borderRadius } = getComputedStyle(root);
              const canvases = [...root.querySelectorAll('canvas')].filter((c) => c.checkVisibility());
              return [[padding, fontSize, borderRadius], ...canvases.map((c) => {
                const pixels = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
                let drawn = 0;
                for (let i = 3; i < pixels.length; i += 4) drawn += pixels[i] > 0;
                return [Math.round(c.clientWidth), Math.round(c.clientHeight), drawn];
              })];
            }"""
        )
