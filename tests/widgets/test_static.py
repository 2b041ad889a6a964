"""The views' built browser code belongs to its sources: checked without Node."""

from __future__ import annotations

import importlib.util
import json
import re
from hashlib import sha256
from pathlib import Path

import pytest

from capslab import widgets
from capslab.widgets import base

JS = Path(__file__).parents[2] / "js"
VIEWS = sorted(path.parent.name for path in (JS / "src").glob("*/index.js"))
LONGEST = 80  # lines of a function


def test_the_built_files_are_those_of_the_sources() -> None:
    files = [path.relative_to(JS).as_posix() for path in (JS / "src").rglob("*") if path.is_file()]
    listing = [
        f"{sha256((JS / name).read_bytes()).hexdigest()}  {name}\n"
        for name in sorted([*files, "package-lock.json", "build.mjs"])
    ]
    built = (base.STATIC / "source.sha256").read_text().strip()
    assert built == sha256("".join(listing).encode()).hexdigest(), "js/src has changed: run `make js`"


def test_every_view_has_its_files_and_nothing_else_is_there() -> None:
    names = {f"{view}.{kind}" for view in VIEWS for kind in ("js", "css")}
    assert {path.name for path in base.STATIC.iterdir()} == names | {"source.sha256"}
    folders = {path.parent.name for path in Path(widgets.__file__).parent.glob("*/widget.py")}
    assert folders == set(VIEWS)


@pytest.mark.parametrize("view", VIEWS)
def test_a_built_module_stands_alone(view: str) -> None:
    module, sheet = base.module(view), base.style(view)
    assert not re.search(r"\bimport\b\s*[\"'{*(]|https?:", module)  # a view asks no one for anything
    assert re.search(r"export\s*\{\s*[\w$]+ as default\s*\}", module)
    assert f".caps-of-{view}{{" in sheet
    assert "@import" not in sheet


def test_the_lock_names_versions_but_no_registry() -> None:
    pinned = json.loads((JS / "package.json").read_text("utf-8"))["devDependencies"]
    locked = json.loads((JS / "package-lock.json").read_text("utf-8"))["packages"]
    for name, version in pinned.items():
        assert locked[f"node_modules/{name}"]["version"] == version
    assert all(entry["integrity"] for path, entry in locked.items() if path)
    assert not any("resolved" in entry for entry in locked.values())


def test_the_numbers_that_the_unit_tests_compare_with_are_pythons() -> None:
    spec = importlib.util.spec_from_file_location("make_reference", JS / "test" / "make_reference.py")
    assert spec
    assert spec.loader
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    _same(json.loads((JS / "test" / "reference.json").read_text("utf-8")), made.reference())


def _same(kept: object, made: object) -> None:
    """The same names, lists of the same lengths, the same numbers but for rounding."""
    if isinstance(made, dict):
        assert isinstance(kept, dict)
        assert kept.keys() == made.keys()
        for name in made:
            _same(kept[name], made[name])
    elif isinstance(made, list):
        assert isinstance(kept, list)
        for one, other in zip(kept, made, strict=True):
            _same(one, other)
    elif isinstance(made, float):
        assert kept == pytest.approx(made, abs=1e-7)
    else:
        assert kept == made


def function_lengths(source: str) -> list[tuple[int, str]]:
    """The number of lines of every function of a formatted module, with its first line.

    A function begins on a line that ends in `) {` or `=> {` and ends where the indentation is back.
    """
    lines = source.splitlines()
    lengths = []
    for start, line in enumerate(lines):
        if not re.search(r"(\)|=>) \{$", line) or re.match(r"\s*(\} else )?(if|for|while|switch)\b", line):
            continue
        indent = len(line) - len(line.lstrip())
        end = next(
            (k for k in range(start + 1, len(lines)) if lines[k].startswith(" " * indent + "}")),
            len(lines) - 1,
        )
        lengths.append((end - start + 1, line.strip()))
    return lengths


def test_no_function_is_too_long() -> None:
    assert function_lengths("function f() {\n  g();\n}\n") == [(3, "function f() {")]
    too_long = [
        f"{path.relative_to(JS)}: {length} lines: {first}"
        for path in sorted((JS / "src").rglob("*.js"))
        for length, first in function_lengths(path.read_text("utf-8"))
        if length > LONGEST
    ]
    assert not too_long
