"""The one address of the repository, and everything that is made from it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from common import ROOT

from capslab.course import addresses
from capslab.course.addresses import links, repository

BADGE = r"\)\]\((https://(?:mybinder\.org|colab\.research\.google\.com)/[^)]+)\)"


@pytest.fixture(autouse=True)
def _read_again() -> Iterator[None]:
    repository.cache_clear()
    yield
    repository.cache_clear()


def test_the_address_is_that_of_pyproject() -> None:
    written = (ROOT / "pyproject.toml").read_text("utf-8")
    assert f'Repository = "{repository()}"' in written
    assert written.count(repository()) == 1


def test_the_readmes_badges_are_made_from_it() -> None:
    found = re.findall(BADGE, (ROOT / "README.md").read_text("utf-8"))
    assert sorted(found) == sorted(links("00_start_here").values())


@pytest.mark.parametrize("folder", ["README.md", "docs", "deploy", "notebooks/src", "capslab", "binder"])
def test_no_other_address_of_the_repository_stands_anywhere(folder: str) -> None:
    place = ROOT / folder
    files = (
        [place] if place.is_file() else [p for kind in ("*.md", "*.py", "*.j2") for p in place.rglob(kind)]
    )
    found = {
        address.rstrip("/")
        for path in files
        for address in re.findall(r"https://github\.com/[\w.-]+/capslab\b(?!\.git)", path.read_text("utf-8"))
    }
    assert found <= {repository()}


def test_an_installed_package_has_it_in_its_metadata(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(addresses, "PACKAGE", tmp_path / "site-packages" / "capslab")
    urls = ["Documentation, https://other.test", "Repository, https://github.com/a/b.git/"]
    monkeypatch.setattr(addresses.metadata, "metadata", lambda name: _Metadata(urls))
    assert repository() == "https://github.com/a/b.git"
    assert links("04_x") == {
        "Binder": "https://mybinder.org/v2/gh/a/b/HEAD?urlpath=lab/tree/notebooks/04_x.ipynb",
        "Colab": "https://colab.research.google.com/github/a/b/blob/HEAD/notebooks/04_x.ipynb",
    }


@pytest.mark.parametrize("urls", [[], ["Repository, https://gitlab.test/a/b"]])
def test_without_an_address_on_github_there_are_no_links(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, urls: list[str]
) -> None:
    monkeypatch.setattr(addresses, "PACKAGE", tmp_path / "site-packages" / "capslab")
    monkeypatch.setattr(addresses.metadata, "metadata", lambda name: _Metadata(urls))
    assert links("04_x") == {}


class _Metadata:
    """The part of a package's metadata that is read."""

    def __init__(self, urls: list[str]) -> None:
        self.urls = urls

    def get_all(self, name: str) -> list[str] | None:
        assert name == "Project-URL"
        return self.urls or None
