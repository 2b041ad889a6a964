"""Binder, proven: what the Dockerfile would build, built; what the badge points to, opened and moved.

`make test-binder` runs this: it needs the package index, a few minutes, and 2.5 GB of disk.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from binderimage import MEMORY, ROOT, Image, Server
from hosting import drag_slider
from labserver import Notebook
from limits import Limit, limited
from packaging.utils import canonicalize_name

SECONDS_TO_A_PICTURE = 20
PICTURES = """
window.seen = {};
const look = () => {
  const pictures = [...document.querySelectorAll('.jp-OutputArea-output img, .jp-OutputArea-output canvas')];
  const drawn = (p) => (p.complete === undefined || (p.complete && p.naturalWidth)) && p.checkVisibility();
  if (!seen.stored && pictures.some(drawn)) seen.stored = Date.now() / 1000;
  const panel = window.jupyterapp && window.jupyterapp.shell.currentWidget;
  const kernel = panel && panel.sessionContext && panel.sessionContext.session
    && panel.sessionContext.session.kernel;
  if (kernel && !seen.kernel) {
    seen.kernel = Date.now() / 1000;
    kernel.iopubMessage.connect((_, message) => {
      const data = message.content.data || {};
      if (!seen.made && data['image/png']) seen.made = Date.now() / 1000;
    });
  }
};
setInterval(look, 50);
"""


def badge() -> str:
    """The path that the README's badge sends a learner to, below the server's address."""
    (address,) = re.findall(
        r"\]\((https://mybinder\.org/v2/[^)]+)\)", (ROOT / "README.md").read_text("utf-8")
    )
    return parse_qs(urlsplit(address).query)["urlpath"][0]


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    built = Image(tmp_path_factory.mktemp("binder"))
    built.build()
    print("built in", built.seconds)
    return built


@pytest.fixture(scope="module")
def limit() -> Iterator[Limit]:
    with limited(MEMORY) as limit:
        yield limit


@pytest.fixture(scope="module")
def server(image: Image, limit: Limit) -> Iterator[Server]:
    with image.started(limit) as server:
        yield server


@pytest.mark.binder
@pytest.mark.timeout(900)
def test_post_build_warms_the_data_and_checks_every_part(image: Image) -> None:
    assert "capslab.server" in image.said
    assert "digits: 1,797 images" in image.said
    assert "mnist: 70,000 images" in image.said or "Built without MNIST" in image.said
    assert "The course runs here." in image.said
    site = next((image.bin.parent / "lib").glob("python3.*/site-packages"))
    for name in ("capslab/cli/main.py", "tensorflow/__init__.py", "jupyterlab/labapp.py"):
        path = site / name
        assert list((path.parent / "__pycache__").glob(f"{path.stem}.*.pyc")), f"no bytecode of {name}"
    installed = json.loads(image._do(["pip", "list", "--format=json"]))
    names = {canonicalize_name(package["name"]) for package in installed}
    assert "tensorflow-cpu" in names
    assert "tensorflow" not in names


def explored(notebook: Notebook) -> Any:
    """The notebook's first view of something to explore: its guesses are views, too."""
    for position in notebook.cells_with_views():
        view = notebook.view_of_cell(position)
        if view.get_by_role("slider", name="column", exact=True).count():
            return view
    raise AssertionError("no cell shows the first live view")


def visit(server: Server, page: Any, limit: Limit) -> dict[str, float]:
    """Follows the badge, runs all cells, drags the slider; how long after the server answered each was seen.

    "a picture" is the first of those that the notebook brings along, "a live picture" the first that
    its kernel made. With " CPU" it is the seconds of processor that everything under the limit had used.
    """
    path = badge()
    assert path.startswith("lab/tree/")
    name = path.removeprefix("lab/tree/")
    assert server.holds(name), f"the badge points to {name}, which the server does not have"
    page.set_default_timeout(120_000)  # one core starts TensorFlow
    page.add_init_script(PICTURES)
    notebook = Notebook(server, page, name, "light", 400)
    ran = time.time()
    seen = page.evaluate("() => window.seen")

    view = explored(notebook)
    slider = view.get_by_role("slider", name="column", exact=True)
    words = view.locator(".caps-words").inner_text()
    before = int(slider.input_value())
    drag_slider(page, slider, 0.9)
    page.wait_for_function(
        "([view, words]) => view.querySelector('.caps-words').textContent !== words",
        arg=[view.element_handle(), words],
    )
    column = "next(view.column for view in Out.values() if hasattr(view, 'kernel'))"
    assert int(notebook.ask(column)) == int(slider.input_value()) > before, "the kernel has not heard of it"
    assert not [text for text in notebook.outputs() if "Traceback" in text]
    assert not notebook.errors

    moments = {"a picture": seen["stored"], "a live picture": seen["made"], "every cell": ran}
    told = {}
    for what, moment in moments.items():
        told[what] = round(moment - server.answered, 1)
        told[f"{what} CPU"] = round(limit.cpu_until(moment) - limit.cpu_until(server.answered), 1)
    return told


@pytest.mark.binder
@pytest.mark.timeout(600)
def test_the_badge_opens_00_whose_slider_moves(server: Server, limit: Limit, page: Any) -> None:
    told = visit(server, page, limit)
    print("after the server answered:", told)
    print(f"{limit.how}: at most {limit.peak / 2**20:.0f} MB together, on core {limit.cores}")
    assert told["a picture"] <= SECONDS_TO_A_PICTURE
    assert not limit.exceeded()
    assert 200 * 2**20 < limit.peak <= MEMORY
