"""Chromium for the views' tests: a page that hosts one view without a kernel, and a real JupyterLab.

`hosted(view)` is quick (well under two seconds): the view's own JavaScript in a bare page, joined to
the Python view as a kernel would join them. `lab` is the real thing, started once for all
tests, whichever worker runs them.
Both collect console errors and failed requests in `.errors`. A missing Chromium is an error, never a skip.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hosting import Hosted, serve_modules
from labserver import Lab, shared_lab

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium() -> str:
    """The browser's path: from CAPSLAB_CHROMIUM, or under one of its names; an error where there is none."""
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    found = os.environ.get("CAPSLAB_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if not found:
        raise RuntimeError("The browser tests need Chromium: install it, or name it in CAPSLAB_CHROMIUM.")
    return found


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One Chromium for the whole session (a Playwright `Browser`)."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), headless=True, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    """A fresh page of 1200 × 900 CSS pixels."""
    context = chromium.new_context(viewport={"width": 1200, "height": 900})
    page = context.new_page()
    page.set_default_timeout(60_000)  # a busy machine is slow, not wrong
    yield page
    context.close()


@pytest.fixture
def modules(page: Any) -> Any:
    """A page on which `await import("/js/shared/routing.js")` gives a module of js/src."""
    serve_modules(page)
    return page


@pytest.fixture
def hosted(page: Any) -> Callable[..., Hosted]:
    """`hosted(view, theme="light")` shows a view in a bare page, joined to Python but with no kernel."""
    return lambda view, **options: Hosted(page, view, **options)


@pytest.fixture
def host(hosted: Callable[..., Hosted], view: Any) -> Iterator[Hosted]:
    """The module's own `view` on a page; nothing may have gone wrong there when the test is over."""
    host = hosted(view)
    yield host
    assert host.errors == []
    assert host.requests == []


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Lab]:
    """A JupyterLab on loopback. `lab.open(page, cells)` opens a notebook and runs all its cells."""
    own = tmp_path_factory.getbasetemp()
    with shared_lab(own if worker_id == "master" else own.parent) as server:
        yield server
