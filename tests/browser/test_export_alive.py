"""An exported page in Chromium, served by Python's file server: views move, nothing leaves the folder."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from common import ROOT, numbers_in
from hosting import drag_slider, until, watch

pytestmark = pytest.mark.browser

CELLS = [
    f"import sys; sys.path.insert(0, {str(ROOT / 'tests')!r})\n"
    "from fakes import FakeCapsNet, FakeVAE, some_images\nfrom views import VIEWS\nimport capslab as cl",
    "VIEWS['clusters']()",
    "routing = cl.show_routing(FakeCapsNet(), some_images())\nrouting",
    "VIEWS['latent']()",
    "cl.explore_latent(FakeVAE(dense=False), some_images())",  # decoded by Python alone
    "VIEWS['cloud']()",
    "routing.iteration = 2",  # what a later cell does to a view shows where it was first drawn
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    book = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell("# Small\n\nIt has $c_{ij}$."),
            *map(nbformat.v4.new_code_cell, CELLS),
        ]
    )
    nbformat.write(book, folder / "small.ipynb")
    command = [sys.executable, "-m", "capslab.cli", "export", "small.ipynb", "site"]
    told = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
    assert told.returncode == 0, told.stdout + told.stderr
    return folder / "site"


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """Where `python -m http.server` serves the folder, on loopback alone."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "http.server",
        str(port),
        "--bind",
        "127.0.0.1",
        "--directory",
        str(site),
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}/"
        server.terminate()


class Site:
    """The exported page, open; every request and every error is noted."""

    def __init__(self, page: Any, address: str) -> None:
        self.page, self.address, self.requests = page, address, []
        self.errors = watch(page)
        page.on("request", lambda request: self.requests.append(request.url))
        page.goto(address)

    def view(self, number: int) -> Any:
        figure = self.page.locator("figure.live").nth(number)
        figure.scroll_into_view_if_needed()
        figure.locator(".caps-view").wait_for()
        return figure.locator(".caps-view")

    def frame(self) -> None:
        self.page.evaluate("() => new Promise((f) => requestAnimationFrame(() => requestAnimationFrame(f)))")

    def pixels(self, view: Any, selector: str = "canvas") -> str:
        self.frame()
        return view.locator(selector).first.evaluate("(c) => c.toDataURL()")

    def words(self, view: Any) -> str:
        self.frame()
        return view.locator(".caps-words").inner_text()


@pytest.fixture
def small(page: Any, address: str) -> Iterator[Site]:
    site = Site(page, f"{address}small.html")
    yield site
    assert site.errors == []
    assert [url for url in site.requests if not url.startswith((address, "blob:" + address, "data:"))] == []
    assert {url for url in site.requests if url.startswith("http")} == {f"{address}small.html"}


def test_dragging_k(small: Site) -> None:
    view = small.view(0)
    pixels, words = small.pixels(view), small.words(view)
    drag_slider(small.page, view.get_by_role("slider", name="k", exact=True), 0.5)
    assert small.pixels(view) != pixels
    assert small.words(view) != words
    assert re.match(r"k = 1[4-8] on numbers 0", small.words(view))


def test_an_image_and_its_neighbours_are_found_and_a_map_that_python_must_compute_is_refused(
    small: Site,
) -> None:
    view = small.view(0)
    view.get_by_label("Find image by its number").fill("7")
    assert "Image 7 " in small.words(view)
    assert view.locator(".caps-neighbour").count() == 9
    view.get_by_label("Find class").select_option("b")
    assert "Class b: 8 images" in small.words(view)
    view.get_by_label("Map").select_option("tsne")
    assert "Python" in view.locator(".caps-map").inner_text()
    assert view.get_by_label("Map").input_value() == "pca"


def test_the_cloud_turns(small: Site) -> None:
    view = small.view(4)
    pixels, words = small.pixels(view), small.words(view)
    view.locator(".caps-top").press("ArrowLeft")
    assert small.pixels(view) != pixels
    assert small.words(view) != words


def test_another_image_and_iteration_of_the_routing(small: Site) -> None:
    view = small.view(1)
    assert numbers_in(small.words(view))[:2] == ["2", "3"]  # as the last cell left it
    image, words = small.pixels(view, "canvas[aria-label^='The input']"), small.words(view)
    view.locator(".caps-thumb").nth(3).click()
    assert small.pixels(view, "canvas[aria-label^='The input']") != image
    assert small.words(view) != words
    maps = small.pixels(view, "canvas.caps-maps")
    drag_slider(small.page, view.get_by_role("slider", name="iteration", exact=True), 0.0)
    assert small.pixels(view, "canvas.caps-maps") != maps
    assert numbers_in(small.words(view))[:2] == ["1", "3"]
    view.get_by_role("button", name="Show the code").click()
    assert "iterations=3" in view.locator(".caps-code").inner_text()


DECODED = "canvas[aria-label='The decoded image']"


def test_dragging_a_latent_dimension(small: Site) -> None:
    view = small.view(2)
    pixels, words = small.pixels(view, DECODED), small.words(view)
    drag_slider(small.page, view.get_by_role("slider", name="z1", exact=True), 0.9)
    assert small.pixels(view, DECODED) != pixels
    assert small.words(view) != words


def test_what_needs_a_kernel_is_said(small: Site) -> None:
    view = small.view(3)
    assert not view.locator(".caps-error").is_visible()
    drag_slider(small.page, view.get_by_role("slider", name="z1", exact=True), 0.9)
    view.locator(".caps-error:not([hidden])").wait_for()
    assert "kernel" in view.locator(".caps-error").inner_text()
    words = small.words(view)
    view.locator(".caps-thumb").nth(3).click()  # the rest stays usable
    assert small.words(view) != words


def test_titles_and_pictures_have_words(small: Site) -> None:
    assert small.page.title() == "Small"
    assert small.page.locator("img:not([alt]), img[alt='']").count() == 0
    assert small.page.locator("main").count() == 1
    assert small.page.locator("svg.formula[aria-label='c_{ij}']").count() == 1
    small.page.get_by_role("link", name="The map").first.click()
    small.page.get_by_role("link", name="Small").click()
    assert small.page.url == small.address
    small.requests[:] = [small.address]  # the walk to the map and back was asked for


def test_views_follow_the_readers_theme(small: Site) -> None:
    view = small.view(1)
    small.page.emulate_media(color_scheme="light")
    light = small.pixels(view, "canvas.caps-maps")
    small.page.emulate_media(color_scheme="dark")
    until(
        lambda: small.pixels(view, "canvas.caps-maps") != light, True, lambda: small.page.wait_for_timeout(50)
    )
    assert view.evaluate("(v) => getComputedStyle(v).backgroundColor") == "rgb(20, 23, 27)"


def test_the_page_is_alive_from_a_disk_too(page: Any, site: Path) -> None:
    local = Site(page, (site / "small.html").as_uri())
    view = local.view(0)
    words = local.words(view)
    drag_slider(page, view.get_by_role("slider", name="k", exact=True), 0.5)
    assert local.words(view) != words
    assert local.errors == []


def test_without_javascript_the_pictures_and_words_are_there(chromium: Any, address: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}small.html")
    pictures = page.locator("figure.live img")
    assert pictures.count() == 5
    assert (pictures.nth(1).get_attribute("alt") or "").startswith("Iteration ")
    context.close()
