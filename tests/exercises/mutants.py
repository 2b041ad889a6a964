"""Near misses of a function: its source with one thing changed, dozens of times.

Libraries for this (mutmut, cosmic-ray) change files of a whole package on disk and run its test suite
once for every change, each in a process of its own. Here one function at a time is changed in memory, and
"the test suite" is the check that a learner sees; thousands of near misses then take seconds.
"""

from __future__ import annotations

import ast
import copy
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

TURNS = 5_000  # of all loops of one call together; a mutant may never end


class TooLong(Exception):
    """A mutant's loops have turned too often."""


@dataclass(frozen=True)
class Mutant:
    """A near miss.

    Attributes
    ----------
    change : what was changed, as `old → new`; with `#2` if the same change is made at a second place.
    function : the near miss, ready to be called.
    """

    change: str
    function: Callable[..., Any]


def near_misses(function: Callable[..., Any]) -> list[Mutant]:
    """All near misses of a function, each with one change. Its source must be at hand."""
    return from_source(textwrap.dedent(inspect.getsource(function)), function.__globals__)


def from_source(source: str, names: dict[str, Any]) -> list[Mutant]:
    """All near misses of the function that this source defines; `names` are the globals that it uses.

    >>> import numpy as np
    >>> some = from_source("def total(x):\\n    return x.sum(axis=0)", {"np": np})
    >>> [m.change for m in some if "axis" in m.change][:2]
    ['x.sum(axis=0) → x.mean(axis=0)', 'x.sum(axis=0) → x.max(axis=0)']
    """
    tree = ast.parse(source)
    tree.body[0] = _without_docstring(tree.body[0])
    seen, found, times = {ast.unparse(tree)}, [], {}
    for place, node in enumerate(ast.walk(tree)):
        for new in _variants(node, tree):
            changed = _replaced(tree, place, new)
            text = ast.unparse(changed)
            if text in seen or re.search(r"\b(\w+)\.append\(\1\)", text):  # a list in itself has no end
                continue
            seen.add(text)
            change = f"{_line(node)} → {'; '.join(_line(one) for one in _listed(new)) or 'nothing'}"
            times[change] = times.get(change, 0) + 1
            change += f" #{times[change]}" if times[change] > 1 else ""
            found.append(Mutant(change, compiled(changed, names)))
    return found


def compiled(tree: ast.Module, names: dict[str, Any]) -> Callable[..., Any]:
    """The function that a tree defines, whose loops end after `TURNS` turns."""
    tree = copy.deepcopy(tree)
    for node in ast.walk(tree):
        if isinstance(node, (ast.For, ast.While)):
            node.body.insert(0, ast.parse("_turn()").body[0])
    name = tree.body[0].name  # type: ignore[attr-defined]
    space = dict(names)
    turns = [0]

    def turn() -> None:
        turns[0] += 1
        if turns[0] > TURNS:
            raise TooLong

    space["_turn"] = turn
    exec(compile(ast.fix_missing_locations(tree), "<near miss>", "exec"), space)
    made = space[name]

    def call(*args: Any) -> Any:
        if turns[0] <= TURNS:  # who did not come to an end once is not tried again
            turns[0] = 0
        return made(*args)

    call.__signature__ = inspect.signature(made)  # type: ignore[attr-defined]
    return call


def _without_docstring(function: ast.stmt) -> ast.stmt:
    assert isinstance(function, ast.FunctionDef)
    if ast.get_docstring(function):
        function.body = function.body[1:]
    return function


def _listed(new: ast.AST | list[ast.AST]) -> list[ast.AST]:
    return new if isinstance(new, list) else [new]


def _line(node: ast.AST) -> str:
    text = " ".join(ast.unparse(ast.fix_missing_locations(copy.deepcopy(node))).split())
    return text if len(text) <= 90 else text[:89] + "…"


def _replaced(tree: ast.Module, place: int, new: ast.AST | list[ast.AST]) -> ast.Module:
    """The tree with node number `place` replaced, or left out if `new` is empty."""
    tree = copy.deepcopy(tree)
    old = next(node for number, node in enumerate(ast.walk(tree)) if number == place)

    class Replace(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> Any:
            if node is not old:
                return self.generic_visit(node)
            return copy.deepcopy(new) if new or not isinstance(node, ast.stmt) else ast.Pass()

    return ast.fix_missing_locations(Replace().visit(tree))


# --- what may be changed


def _variants(node: ast.AST, tree: ast.Module) -> Iterator[Any]:
    makers = {
        ast.Constant: _constants,
        ast.BinOp: _operations,
        ast.Compare: _comparisons,
        ast.BoolOp: _conditions,
        ast.UnaryOp: lambda one: iter([one.operand]),
        ast.Call: _calls,
        ast.Subscript: _places,
        ast.Return: _returns,
        ast.For: _loops,
        ast.If: _branches,
        ast.IfExp: lambda one: iter([one.body, one.orelse]),
        ast.AugAssign: _additions,
        ast.Break: lambda one: iter([ast.Continue(), []]),
        ast.Expr: lambda one: iter([[]]),
        ast.comprehension: _comprehensions,
        ast.Attribute: lambda one: iter([one.value] if one.attr == "T" else []),
    }
    if type(node) in makers:
        yield from makers[type(node)](node)
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and not _only_measured(node, tree):
        yield from _names(node, tree)
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
        yield []


def _code(text: str, **parts: ast.expr) -> ast.expr:
    """An expression, with the given parts in place of names."""

    class Fill(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.expr:
            return copy.deepcopy(parts.get(node.id, node))

    return Fill().visit(ast.parse(text, mode="eval").body)


def _constants(node: ast.Constant) -> Iterator[ast.expr]:
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        for other in (value + 1, value - 1, 2 * value, -value, 0, 1, None):
            yield _code(repr(other))
    elif isinstance(value, float):
        for other in (2 * value, value / 2, 10 * value, value / 10, -value, 1 - value, value + 1, 0.0):
            if other != value:
                yield _code(repr(other))
    elif isinstance(value, str) and "->" in value:
        yield from map(ast.Constant, _other_sums(value))


def _other_sums(subscripts: str) -> Iterator[str]:
    """Other einsums: a letter less in the result, two letters exchanged."""
    given, result = subscripts.split("->")
    for letter in result:
        yield f"{given}->{result.replace(letter, '')}"
    parts = given.split(",")
    for p, part in enumerate(parts):
        for i in range(len(part)):
            for j in range(i):
                swapped = list(part)
                swapped[i], swapped[j] = part[j], part[i]
                yield f"{','.join([*parts[:p], ''.join(swapped), *parts[p + 1 :]])}->{result}"
    yield f"{given}->{result[::-1]}"


def _operations(node: ast.BinOp) -> Iterator[ast.expr]:
    others = {
        ast.Add: "left - right,right - left,left,right,left * right",
        ast.Sub: "left + right,right - left,left,right,-right,abs(left - right)",
        ast.Mult: "left / right,left + right,left,right",
        ast.Div: "left * right,right / left,left // right,left - right,left,right,left / (right + 1e-7)",
        ast.Pow: "left,left * 2,left ** 3,left ** 0.5,abs(left),right ** left",
        ast.FloorDiv: "left / right",
        ast.Mod: "left,left // right",
        ast.BitAnd: "left | right,left ^ right,left,right",
        ast.BitOr: "left & right,left ^ right,left,right",
        ast.MatMult: "left.T @ right,left @ right.T,right @ left,left * right",
    }
    for text in others.get(type(node.op), "").split(","):
        if text:
            yield _code(text, left=node.left, right=node.right)


def _comparisons(node: ast.Compare) -> Iterator[ast.expr]:
    others = {
        ast.Gt: (ast.GtE, ast.Lt, ast.LtE),
        ast.GtE: (ast.Gt, ast.Lt, ast.LtE),
        ast.Lt: (ast.LtE, ast.Gt, ast.GtE),
        ast.LtE: (ast.Lt, ast.Gt, ast.GtE),
        ast.Eq: (ast.NotEq, ast.LtE, ast.GtE, ast.Lt, ast.Gt),
        ast.NotEq: (ast.Eq, ast.Lt, ast.Gt),
    }
    for op in others.get(type(node.ops[0]), ()):
        yield ast.Compare(node.left, [op()], node.comparators)


def _conditions(node: ast.BoolOp) -> Iterator[ast.expr]:
    yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    yield from node.values


METHODS = {
    "sum": ("mean", "max", "min", "prod"),
    "mean": ("sum", "max", "min", "std"),
    "max": ("min", "sum", "mean"),
    "min": ("max", "mean"),
    "argmin": ("argmax",),
    "argmax": ("argmin",),
    "any": ("all",),
    "all": ("any",),
    "maximum": ("minimum", "add"),
    "minimum": ("maximum",),
    "zeros": ("ones",),
    "ones": ("zeros",),
    "log": ("log2", "log10", "log1p"),
    "exp": ("exp2", "expm1", "abs", "square"),
    "sqrt": ("square", "cbrt", "abs"),
    "triu": ("tril",),
    "rint": ("floor", "ceil", "sqrt"),
    "std": ("var",),
    "nonzero": ("argwhere",),
    "flip": ("sort",),
    "median": ("mean",),
}
DROPPED = {"log", "exp", "sqrt", "abs", "rint", "sort", "triu", "copy", "argsort", "bool", "int", "float"}


def _calls(node: ast.Call) -> Iterator[ast.expr]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    for other in METHODS.get(name, ()):
        call = copy.deepcopy(node)
        if isinstance(call.func, ast.Attribute):
            call.func.attr = other
        elif other in ("sum", "max", "min", "all", "any"):
            call.func.id = other  # type: ignore[attr-defined]
        else:
            continue
        yield call
    if name in DROPPED or (isinstance(node.func, ast.Attribute) and name == "astype"):
        of_module = isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") == "np"
        yield node.args[0] if of_module or isinstance(node.func, ast.Name) else node.func.value
    if len(node.args) == 2 and name not in ("range",):
        yield from node.args  # np.maximum(0, x) → x
        if name not in ("max", "min", "maximum", "minimum", "logical_and", "logical_or"):
            yield ast.Call(node.func, node.args[::-1], node.keywords)
    if name == "where" and len(node.args) == 3:
        yield from node.args[1:]
        yield ast.Call(node.func, [node.args[0], node.args[2], node.args[1]], node.keywords)
    if name == "range":
        last = node.args[-1]
        yield _code("range(last - 1)", last=last)
        yield _code("range(last + 1)", last=last)
        yield _code("range(1, last)", last=last)
        yield _code("range(1, last + 1)", last=last)
    for number, keyword in enumerate(node.keywords):
        if keyword.arg != "dtype":
            rest = node.keywords[:number] + node.keywords[number + 1 :]
            yield ast.Call(node.func, node.args, rest)
    named = {keyword.arg for keyword in node.keywords}
    if name in ("sum", "mean", "max", "min") and isinstance(node.func, ast.Attribute):
        if "axis" in named and "keepdims" not in named:
            yield ast.Call(
                node.func, node.args, [*node.keywords, ast.keyword("keepdims", ast.Constant(True))]
            )
        if "axis" not in named and not node.args:
            for axis in (0, 1):
                yield ast.Call(node.func, [], [ast.keyword("axis", ast.Constant(axis)), *node.keywords])
    if name == "std":
        yield ast.Call(node.func, node.args, [*node.keywords, ast.keyword("ddof", ast.Constant(1))])


def _places(node: ast.Subscript) -> Iterator[ast.expr]:
    if not isinstance(node.ctx, ast.Load):
        return
    yield node.value
    index = node.slice
    if isinstance(index, ast.Tuple) and len(index.elts) == 2:
        yield ast.Subscript(node.value, ast.Tuple(index.elts[::-1], ast.Load()), ast.Load())
        yield ast.Subscript(node.value, index.elts[0], ast.Load())
        yield ast.Subscript(node.value, index.elts[1], ast.Load())
    for place, part in enumerate(index.elts if isinstance(index, ast.Tuple) else [index]):
        for other in _slices(part):
            if isinstance(index, ast.Tuple):
                changed: ast.expr = ast.Tuple(
                    [*index.elts[:place], other, *index.elts[place + 1 :]], ast.Load()
                )
            else:
                changed = other
            yield ast.Subscript(node.value, changed, ast.Load())


def _slices(part: ast.expr) -> Iterator[ast.expr]:
    if not isinstance(part, ast.Slice) or not (part.lower or part.upper):
        return
    low, high = part.lower, part.upper
    yield ast.Slice(high, low)  # the first for the last
    yield ast.Slice()
    if low is not None and high is None:
        yield ast.Slice(_code("a + 1", a=low))
        yield ast.Slice(_code("-(a)", a=low))
        if isinstance(low, ast.BinOp) and isinstance(low.op, ast.Sub):
            yield ast.Slice(_code("-a", a=low.right))  # [:, n - m:] → [:, -m:]
    if high is not None:
        yield ast.Slice(low, _code("a + 1", a=high))
        yield ast.Slice(low, _code("a - 1", a=high))


def _returns(node: ast.Return) -> Iterator[ast.stmt]:
    value = node.value
    if value is None:
        return
    if isinstance(value, ast.Tuple):
        yield ast.Return(ast.Tuple(value.elts[::-1], ast.Load()))
        for place, one in enumerate(value.elts):
            for other in _scaled(one):
                elements = [*value.elts[:place], other, *value.elts[place + 1 :]]
                yield ast.Return(ast.Tuple(elements, ast.Load()))
        return
    if isinstance(value, ast.Constant):
        return  # its constant is changed by itself
    for other in _scaled(value):
        yield ast.Return(other)


def _scaled(value: ast.expr) -> Iterator[ast.expr]:
    texts = "2 * a|a / 2|-a|a + 1|a * 1.001|a.T|a[::-1]|a[0]|a[None]|a.sum()|a.mean()|abs(a)|1 - a"
    for text in f"{texts}|np.round(a, 2)|~a|1 / a|a * len(a)|a / len(a)|np.clip(a, 0, 1)".split("|"):
        yield _code(text, a=value)


def _loops(node: ast.For) -> Iterator[Any]:
    for text in ("list(a)[:-1]", "list(a)[1:]", "list(a)[::-1]"):
        loop = copy.deepcopy(node)
        loop.iter = _code(text, a=node.iter)
        yield loop
    for body in ([*node.body, ast.Break()],):
        loop = copy.deepcopy(node)
        loop.body = body
        yield loop


def _branches(node: ast.If) -> Iterator[Any]:
    for test in (_code("not a", a=node.test), ast.Constant(False), ast.Constant(True)):
        yield ast.If(test, node.body, node.orelse)


def _additions(node: ast.AugAssign) -> Iterator[Any]:
    yield ast.AugAssign(node.target, ast.Sub() if isinstance(node.op, ast.Add) else ast.Add(), node.value)
    yield ast.Assign([node.target], node.value)
    yield []


def _comprehensions(node: ast.comprehension) -> Iterator[ast.comprehension]:
    for place, test in enumerate(node.ifs):
        rest = [*node.ifs[:place], *node.ifs[place + 1 :]]
        yield ast.comprehension(node.target, node.iter, rest, 0)
        yield ast.comprehension(node.target, node.iter, [*rest, _code("not a", a=test)], 0)
    yield ast.comprehension(node.target, _code("list(a)[1:]", a=node.iter), node.ifs, 0)
    yield ast.comprehension(node.target, _code("list(a)[:-1]", a=node.iter), node.ifs, 0)


def _only_measured(node: ast.Name, tree: ast.Module) -> bool:
    """Whether it stands in `len(x)`, `x.shape` or `x.dtype`, where its numbers are not read."""
    for one in ast.walk(tree):
        if isinstance(one, ast.Attribute) and one.value is node:
            return one.attr in ("shape", "dtype")
        if isinstance(one, ast.Call) and node in one.args:
            return getattr(one.func, "id", "") == "len"
    return False


def _names(node: ast.Name, tree: ast.Module) -> Iterator[ast.expr]:
    """Another variable of the function, or the same one with its sign, its order or its size changed."""
    known = {one.arg: None for one in ast.walk(tree) if isinstance(one, ast.arg)}
    known |= {
        one.id: None for one in ast.walk(tree) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
    }
    if node.id not in known:
        return
    for other in known:
        if other != node.id:
            yield ast.Name(other, ast.Load())
    for text in ("-a", "2 * a", "a + 1", "a.T", "a[::-1]"):
        yield _code(text, a=node)
