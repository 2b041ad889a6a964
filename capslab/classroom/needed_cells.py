"""Which cells a graded function needs: its definition, and whatever that refers to.

A notebook of the course trains for minutes; what is graded in it runs in milliseconds. So of a
submission only those cells run that a graded name depends on, found by reading, not by running.
"""

from __future__ import annotations

import ast
import re
import symtable
from dataclasses import dataclass

LONGEST = 6000  # letters of a cell that is read; Python's parser can be made to take minutes over more
PYTHON_MAGICS = ("time", "timeit", "capture", "prun")
UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)  # what parsing anything may raise


@dataclass(frozen=True)
class Reads:
    """What a cell binds, what it refers to, and what it may change in place.

    Attributes
    ----------
    binds : names that it defines, at its top level or through `global`.
    wants : names that it, or a function in it, looks up outside.
    changes : names whose value it may change: `a[0] = 1`, `a.append(1)`.
    surely : those of `binds` whose value before no longer counts, as they are not bound under an `if`.
    fixed : whether it binds functions, classes and modules alone.
    """

    binds: frozenset[str] = frozenset()
    wants: frozenset[str] = frozenset()
    changes: frozenset[str] = frozenset()
    surely: frozenset[str] = frozenset()
    fixed: bool = False


def plain(source: str) -> str:
    """A cell as Python: magics are taken out, or the cell is where it is another language.

    >>> plain("%%time\\nx = 1")
    'x = 1'
    >>> plain("%%bash\\nls")
    ''
    """
    first, _, rest = source.lstrip().partition("\n")
    if first.startswith("%%"):
        return plain(rest) if first[2:].split(" ")[0].strip() in PYTHON_MAGICS else ""
    if len(source) > LONGEST or not re.search(r"(?m)^\s*[%!?]|[?]\s*$|=\s*[%!]", source):
        return source
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        return TransformerManager().transform_cell(source)
    except Exception:  # what cannot be transformed is a syntax error, which running it says better
        return source


def reads(source: str) -> Reads:
    """What a cell binds and refers to; nothing where it is not Python.

    >>> sorted(reads("def f(x):\\n    return np.sqrt(x) + g(x)").wants)
    ['g', 'np']
    """
    try:
        tree = ast.parse(source)
        table = symtable.symtable(source, "cell", "exec")
    except UNREADABLE:
        return Reads()
    binds: set[str] = set()
    wants: set[str] = set()
    far: set[str] = set()  # bound through `global`, in a function
    tables = [table]
    while tables:
        one = tables.pop()
        tables.extend(one.get_children())
        top = one is table
        for symbol in one.get_symbols():
            outside = top or symbol.is_global()
            if outside and (symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()):
                (binds if top else far).add(symbol.get_name())
            if outside and symbol.is_referenced():
                wants.add(symbol.get_name())
    imported = {
        (alias.asname or alias.name).split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }
    added = {node.target.id for node in ast.walk(tree)
             if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name)}  # fmt: skip
    return Reads(
        frozenset(binds | far),
        frozenset(wants | (added & binds)),
        frozenset(_changed(tree) - imported),
        frozenset(_surely(tree) - added),
        not far and all(isinstance(node, FIXED) for node in tree.body),
    )


FIXED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)


def _surely(tree: ast.Module) -> set[str]:
    """Names that the statements at the top level bind, those within an `if`, loop or `try` left out."""
    surely: set[str] = set()
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            surely.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            surely |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
        elif isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            surely |= {one.id for target in targets for one in ast.walk(target)
                       if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}  # fmt: skip
    return surely


def _changed(tree: ast.Module) -> set[str]:
    changed = set()
    for node in ast.walk(tree):
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, (ast.AugAssign, ast.AnnAssign)):
            targets = [node.target]
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            targets = [node.value.func] if isinstance(node.value.func, ast.Attribute) else []
        for target in targets:
            if isinstance(target, (ast.Attribute, ast.Subscript)):
                base: ast.expr = target
                while isinstance(base, (ast.Attribute, ast.Subscript)):
                    base = base.value
                if isinstance(base, ast.Name):
                    changed.add(base.id)
    return changed


@dataclass(frozen=True)
class Unit:
    """A statement at the top level of a cell, or several on one line.

    Attributes
    ----------
    cell : number of the cell.
    first, last : its lines, counted from 1.
    reads : what it binds and refers to.
    python : False for a whole cell that is no Python, or too long to be read; it runs as it is.
    """

    cell: int
    first: int
    last: int
    reads: Reads
    python: bool = True


def units(cells: dict[int, str]) -> list[Unit]:
    """The statements of all cells, in order."""
    found: list[Unit] = []
    for number, source in sorted(cells.items()):
        lines = source.split("\n")
        try:
            if len(source) > LONGEST:
                raise ValueError("too long to be read")
            body = ast.parse(source).body
        except UNREADABLE:
            found.append(Unit(number, 1, len(lines), Reads(), python=False))
            continue
        spans: list[list[int]] = []
        for node in body:
            first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
            last = node.end_lineno or node.lineno
            if spans and first <= spans[-1][1]:
                spans[-1][1] = max(spans[-1][1], last)
            else:
                spans.append([first, last])
        found += [Unit(number, a, b, reads("\n".join(lines[a - 1 : b]))) for a, b in spans]
    return found


def needed(parts: list[Unit], before: int, answer: str) -> set[int]:
    """Positions of the statements, in cells before `before`, that the expression `answer` depends on.

    >>> parts = units({0: "import numpy as np\\nimport slow", 1: "train()", 2: "def f(x): return np.exp(x)"})
    >>> [(parts[i].cell, parts[i].first) for i in sorted(needed(parts, 3, "f"))]
    [(0, 1), (2, 1)]
    """
    names: set[str] = set(reads(answer).wants)
    while True:  # a helper may be defined after the function that calls it
        wanted, known = set(names), len(names)
        chosen: set[int] = set()
        for position in range(len(parts) - 1, -1, -1):
            here = parts[position].reads
            if parts[position].cell >= before:
                continue
            if not parts[position].python or (here.binds | here.changes) & wanted:
                chosen.add(position)
                wanted -= here.surely - here.wants - here.changes
                wanted |= here.wants
                names |= here.wants
        if len(names) == known:
            return chosen


def doubtful(parts: list[Unit], chosen: set[int], before: int) -> bool:
    """Whether a statement that was left out may have changed a value that the answer depends on.

    >>> parts = units({0: "t = {}", 1: "fill(t)", 2: "def f(x): return t[x]"})
    >>> doubtful(parts, needed(parts, 3, "f"), 3)
    True
    """
    used = [parts[i].reads for i in chosen]
    values = {name for one in used if not one.fixed or one.changes & one.wants for name in one.binds}
    left = [part.reads for i, part in enumerate(parts) if i not in chosen and part.cell < before]
    return any(values & (one.wants | one.binds) for one in left)


def only(cells: dict[int, str], kept: list[Unit]) -> dict[int, str]:
    """The cells with nothing but the statements that are kept, each on its own line still.

    >>> only({0: "import a\\nimport b"}, [Unit(0, 2, 2, Reads())])
    {0: '\\nimport b'}
    """
    made = {}
    for number, source in cells.items():
        here = [unit for unit in kept if unit.cell == number]
        keep = {line for unit in here for line in range(unit.first, unit.last + 1)}
        lines = source.split("\n")
        keep |= {n for n, line in enumerate(lines, start=1) if line.startswith("from __future__")}
        made[number] = "\n".join(line if n in keep else "" for n, line in enumerate(lines, start=1))
    return made
