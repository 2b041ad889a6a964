"""The fixtures themselves: a toy view in the bare page and in a real JupyterLab."""

from __future__ import annotations

import numpy as np
import pytest
import traitlets as t

from capslab.widgets.base import Array, View

pytestmark = pytest.mark.browser

TOY = """
export default { render({ model, el }) {
  const { dtype, data } = model.get("numbers");
  const bytes = data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength);
  const numbers = new { float32: Float32Array }[dtype](bytes);
  el.innerHTML = `<section class="caps-view">
    <input type="range" aria-label="x" min="0" max="10" value="${model.get("x")}">
    <p class="caps-words">${model.get("words")}</p></section>`;
  const [slider, words] = [el.querySelector("input"), el.querySelector("p")];
  slider.addEventListener("input", () => {
    const x = Number(slider.value);
    words.textContent = `x = ${x}, numbers[x] = ${numbers[x]}`;
    model.set("x", x);
    model.save_changes();
  });
  const follow = () => { slider.value = model.get("x"); };
  model.on("change:x", follow);
  return () => model.off("change:x", follow);
} };"""


def toy():
    class Toy(View):
        _esm = TOY
        x = t.Int(3).tag(sync=True)
        numbers = Array()
        CONTROLS = ("x",)

    return Toy(numbers=np.arange(11, dtype=np.float32) ** 2, words="ready")


def test_hosted_view_talks_both_ways(hosted):
    view = toy()
    host = hosted(view)
    host.drag_slider("x", 1.0)
    assert host.words() == "x = 10, numbers[x] = 100"
    host.settle()
    assert view.x == 10
    view.x = 2
    host.sync()
    assert host.root.get_by_role("slider").input_value() == "2"
    assert host.errors == []
    assert host.requests == []


CELLS = [
    "import ipywidgets, traitlets as t, numpy as np\nfrom capslab.widgets.base import Array, View",
    f"""TOY = {TOY!r}
class Toy(View):
    _esm = TOY
    x = t.Int(3).tag(sync=True)
    numbers = Array()
    def picture(self, dpi=90):
        return b""
view = Toy(numbers=np.arange(11, dtype=np.float32) ** 2, words="ready")
view""",
]


def test_lab_runs_cells_and_the_kernel_follows(lab, page):
    notebook = lab.open(page, CELLS)
    notebook.views.first.wait_for()
    notebook.drag_slider("x", 1.0)
    notebook.until_kernel("view.x", "10")
    notebook.run("view.x = 4")
    notebook.until(notebook.views.first.get_by_role("slider").input_value, "4")
    assert notebook.errors == []
