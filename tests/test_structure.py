"""The shape of the house: few modules at the root, no import circles, training without widgets."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from common import ROOT

PACKAGE = ROOT / "capslab"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "_course" not in path.parts)
NAMES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in MODULES
}
MOST_AT_THE_ROOT = 8


def imported(path: Path) -> Iterator[str]:
    """Every capslab module that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] == "capslab")
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "capslab":
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if whole in NAMES else node.module


def room(name: str) -> str:
    """`clustering` for capslab.clustering.scores, `errors` for capslab.errors, "" for the root itself."""
    return name.split(".")[1] if "." in name else ""


def circles(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """Groups of two and more nodes that reach each other (Tarjan's strongly connected components)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in graph.get(node, ()):
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            group = stack[stack.index(node) :]
            del stack[stack.index(node) :]
            if len(group) > 1:
                found.append(sorted(group))

    for node in graph:
        if node not in index:
            visit(node)
    return found


MODULE_GRAPH = {
    name: {other for other in imported(path) if other in NAMES and other != name}
    for name, path in NAMES.items()
}


def test_circles_finds_circles_and_nothing_else() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": set()}) == []
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [["a", "b", "c"]]


def test_the_root_holds_few_modules() -> None:
    at_the_root = sorted(path.name for path in PACKAGE.glob("*.py"))
    assert len(at_the_root) <= MOST_AT_THE_ROOT, at_the_root


def test_no_two_modules_import_each_other() -> None:
    # Packages' __init__ files re-export what their modules define, and modules import siblings by full name,
    # so an edge to a package alone says nothing about the order of work.
    graph = {
        name: {other for other in others if NAMES[other].name != "__init__.py"}
        for name, others in MODULE_GRAPH.items()
        if NAMES[name].name != "__init__.py"
    }
    assert circles(graph) == []


def test_no_two_rooms_import_each_other() -> None:
    graph: dict[str, set[str]] = {}
    for name, others in MODULE_GRAPH.items():
        if room(name):  # the root's lazy public names look into every room
            graph.setdefault(room(name), set()).update(
                room(other) for other in others if room(other) not in ("", room(name))
            )
    assert circles(graph) == []


def test_training_never_imports_widgets() -> None:
    for name, others in MODULE_GRAPH.items():
        if room(name) in ("training", "models", "data", "embedding", "clustering", "routing", "plots"):
            assert not [other for other in others if room(other) == "widgets"], name


def test_the_package_stands_without_what_only_authors_run() -> None:
    """`tools` and `tests` are not in the wheel, so no module may need them to be imported itself."""
    for module, path in NAMES.items():
        for node in ast.parse(path.read_text("utf-8")).body:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not {name.split(".")[0] for name in names} & {"tools", "tests"}, module
