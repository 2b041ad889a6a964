"""Which cells a graded function needs: its definition, and whatever that refers to.

A notebook of the course trains for minutes, but what is graded in it runs in milliseconds. So only those
statements of a submission are run that a graded name depends on. They are found by parsing, not by running.
"""

from __future__ import annotations

import ast
import re
import symtable
from dataclasses import dataclass

MAX_PARSED = (
    6000  # characters of a cell that is parsed: a longer one can keep Python's parser busy for minutes
)
PYTHON_MAGICS = ("time", "timeit", "capture", "prun")
PARSE_ERRORS = (SyntaxError, ValueError, RecursionError, MemoryError)  # what parsing may raise


@dataclass(frozen=True)
class NamesUsed:
    """Which names a piece of code binds, which it refers to, and which values it may change in place.

    Attributes
    ----------
    binds : names that it defines, at its top level or through `global`.
    uses : names that it, or a function in it, looks up outside.
    changes : names whose value it may change in place: `a[0] = 1`, `a.append(1)`.
    rebinds : those of `binds` whose earlier value no longer counts, because no `if` stands before them.
    definitions_only : whether it binds nothing but functions, classes and modules.
    """

    binds: frozenset[str] = frozenset()
    uses: frozenset[str] = frozenset()
    changes: frozenset[str] = frozenset()
    rebinds: frozenset[str] = frozenset()
    definitions_only: bool = False


def as_python(source: str) -> str:
    """A cell as plain Python: without magics, and empty if it is in another language.

    >>> as_python("%%time\\nx = 1")
    'x = 1'
    >>> as_python("%%bash\\nls")
    ''
    """
    first, _, rest = source.lstrip().partition("\n")
    if first.startswith("%%"):
        return as_python(rest) if first[2:].split(" ")[0].strip() in PYTHON_MAGICS else ""
    if len(source) > MAX_PARSED or not re.search(r"(?m)^\s*[%!?]|[?]\s*$|=\s*[%!]", source):
        return source
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        return TransformerManager().transform_cell(source)
    except Exception:  # this is a syntax error, and running the cell explains it better
        return source


def names_used(source: str) -> NamesUsed:
    """The names that code binds and refers to; none if it is not Python.

    >>> sorted(names_used("def f(x):\\n    return np.sqrt(x) + g(x)").uses)
    ['g', 'np']
    """
    try:
        tree = ast.parse(source)
        table = symtable.symtable(source, "cell", "exec")
    except PARSE_ERRORS:
        return NamesUsed()
    binds: set[str] = set()
    uses: set[str] = set()
    global_names: set[str] = set()  # bound in a function, through `global`
    tables = [table]
    while tables:
        scope = tables.pop()
        tables.extend(scope.get_children())
        top = scope is table
        for symbol in scope.get_symbols():
            outside = top or symbol.is_global()
            if outside and (symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()):
                (binds if top else global_names).add(symbol.get_name())
            if outside and symbol.is_referenced():
                uses.add(symbol.get_name())
    imported = {
        (alias.asname or alias.name).split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }
    added = {node.target.id for node in ast.walk(tree)
             if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name)}  # fmt: skip
    return NamesUsed(
        frozenset(binds | global_names),
        frozenset(uses | (added & binds)),
        frozenset(_changed_names(tree) - imported),
        frozenset(_rebound_names(tree) - added),
        not global_names and all(isinstance(node, DEFINITIONS) for node in tree.body),
    )


DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)


def _rebound_names(tree: ast.Module) -> set[str]:
    """Names bound by statements at the top level, except within an `if`, a loop or a `try`."""
    rebinds: set[str] = set()
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            rebinds.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            rebinds |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
        elif isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            rebinds |= {child.id for target in targets for child in ast.walk(target)
                        if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store)}  # fmt: skip
    return rebinds


def _changed_names(tree: ast.Module) -> set[str]:
    """Names whose value may be changed in place."""
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
class Statement:
    """A statement at the top level of a cell, or several that share a line.

    Attributes
    ----------
    cell : number of the cell.
    first, last : its lines, counted from 1.
    names : the names that it binds and refers to.
    is_python : False for a whole cell that is not Python or too long to be parsed. It runs as it is.
    """

    cell: int
    first: int
    last: int
    names: NamesUsed
    is_python: bool = True


def split_statements(cells: dict[int, str]) -> list[Statement]:
    """The statements of all cells, in order."""
    statements: list[Statement] = []
    for number, source in sorted(cells.items()):
        lines = source.split("\n")
        try:
            if len(source) > MAX_PARSED:
                raise ValueError("too long to be parsed")
            body = ast.parse(source).body
        except PARSE_ERRORS:
            statements.append(Statement(number, 1, len(lines), NamesUsed(), is_python=False))
            continue
        spans: list[list[int]] = []
        for node in body:
            first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
            last = node.end_lineno or node.lineno
            if spans and first <= spans[-1][1]:
                spans[-1][1] = max(spans[-1][1], last)
            else:
                spans.append([first, last])
        statements += [Statement(number, a, b, names_used("\n".join(lines[a - 1 : b]))) for a, b in spans]
    return statements


def needed_statements(statements: list[Statement], before: int, answer: str) -> set[int]:
    """Positions of the statements, in cells before number `before`, that the expression `answer` depends on.

    >>> cells = {0: "import numpy as np\\nimport slow", 1: "train()", 2: "def f(x): return np.exp(x)"}
    >>> parts = split_statements(cells)
    >>> [(parts[i].cell, parts[i].first) for i in sorted(needed_statements(parts, 3, "f"))]
    [(0, 1), (2, 1)]
    """
    reachable: set[str] = set(names_used(answer).uses)
    while True:  # a helper may be defined after the function that calls it
        wanted, size = set(reachable), len(reachable)
        chosen: set[int] = set()
        for position in range(len(statements) - 1, -1, -1):
            names = statements[position].names
            if statements[position].cell >= before:
                continue
            if not statements[position].is_python or (names.binds | names.changes) & wanted:
                chosen.add(position)
                wanted -= names.rebinds - names.uses - names.changes
                wanted |= names.uses
                reachable |= names.uses
        if len(reachable) == size:
            return chosen


def may_miss_changes(statements: list[Statement], chosen: set[int], before: int) -> bool:
    """Whether a statement that was left out may have changed a value that the answer depends on.

    >>> parts = split_statements({0: "t = {}", 1: "fill(t)", 2: "def f(x): return t[x]"})
    >>> may_miss_changes(parts, needed_statements(parts, 3, "f"), 3)
    True
    """
    used = [statements[i].names for i in chosen]
    values = {name for part in used if not part.definitions_only or part.changes & part.uses
              for name in part.binds}  # fmt: skip
    omitted = [part.names for i, part in enumerate(statements) if i not in chosen and part.cell < before]
    return any(values & (part.uses | part.binds) for part in omitted)


def keep_statements(cells: dict[int, str], statements: list[Statement]) -> dict[int, str]:
    """The cells with nothing but the given statements, each on the line where it was.

    >>> keep_statements({0: "import a\\nimport b"}, [Statement(0, 2, 2, NamesUsed())])
    {0: '\\nimport b'}
    """
    result = {}
    for number, source in cells.items():
        here = [part for part in statements if part.cell == number]
        lines_kept = {line for part in here for line in range(part.first, part.last + 1)}
        lines = source.split("\n")
        lines_kept |= {n for n, line in enumerate(lines, start=1) if line.startswith("from __future__")}
        result[number] = "\n".join(line if n in lines_kept else "" for n, line in enumerate(lines, start=1))
    return result
