"""Following the advice of an error to the letter: reading the code in it, and typing that where it belongs.

A learner who reads "Try k=10." puts `k=10` into the call that failed. So does `followed`: it finds the
code in `error.next_step` and returns the call with that code in it. Whoever rewords a piece of advice so
that its code no longer runs breaks a test.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common import ROOT

from capslab import errors

#: errors whose every construction must be reached by a case
KINDS = ("ArgumentError", "DataUnavailable", "TrainingFailed", "unknown_name", "whole_number")


#: how names of files and of servers end, which are written as attributes are
NO_ATTRIBUTE = ("csv", "gz", "json", "npy", "npz", "tsv", "zip", "com", "org")


@dataclass(frozen=True)
class Case:
    """A mistake, and what its error's advice makes of it.

    Attributes
    ----------
    mistake : source text whose last statement fails.
    then : source text that follows advice given in prose; "" where the advice holds its own code.
    """

    mistake: str
    then: str = ""

    def __str__(self) -> str:
        return " ".join(self.mistake.split())[-70:]


# what the errors come from


def constructions(folder: Path) -> dict[tuple[str, int], str]:
    """Where errors are made: (file, line) → the source of the call, for every file under a folder."""
    places = {}
    for path in [folder] if folder.is_file() else sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KINDS:
                places[path.relative_to(ROOT).as_posix(), node.lineno] = ast.unparse(node)
    return places


@contextmanager
def recorded() -> Iterator[set[tuple[str, int]]]:
    """Collects the places of the package that have a hand in each error made meanwhile."""
    places: set[tuple[str, int]] = set()
    originals = {
        kind: kind.__init__ for kind in (errors.ArgumentError, errors.DataUnavailable, errors.TrainingFailed)
    }

    def recording(kind: type) -> Any:
        def init(self: Any, *arguments: Any, **options: Any) -> None:
            frame = sys._getframe(1)
            while frame is not None:
                path = Path(frame.f_code.co_filename)
                if path.is_relative_to(ROOT / "capslab"):
                    places.add((path.relative_to(ROOT).as_posix(), frame.f_lineno))
                frame = frame.f_back
            originals[kind](self, *arguments, **options)

        return init

    for kind in originals:
        kind.__init__ = recording(kind)  # type: ignore[method-assign]
    try:
        yield places
    finally:
        for kind, original in originals.items():
            kind.__init__ = original  # type: ignore[method-assign]


# reading code in prose


def code_in(advice: str) -> list[str]:
    """The pieces of code in a sentence: what a learner would type.

    >>> code_in('Try k=10, or write cl.embed(model, images).')
    ['k=10', 'cl.embed(model, images)']
    >>> code_in("Leave it out."), code_in("Try 0.5."), code_in("MNIST has 28 pixels.")
    ([], ['0.5'], [])
    """
    pieces, start = [], 0
    ends = [match.start() for match in re.finditer(r"(?=[.,;:?]?(\s|$))", advice)]
    while match := re.compile(r"(?<!\S)[(`]?(?=[\w\[{(\"'-])").search(advice, start):
        start = match.start() + (advice[match.start()] == "`")
        for end in reversed([end for end in ends if end > start]):
            piece = advice[start:end].strip("`")
            told = re.search(
                r"\b(?:try|take|write|did you mean|leave \w+ at|for example)\s+`?$", advice[:start], re.I
            )
            if _is_code(piece, bool(told) or advice[start - 1 : start] == "`"):
                pieces.append(piece)
                start = end
                break
        else:
            start = match.end() + len(re.match(r"\S*", advice[match.end() :])[0])  # type: ignore[index]
        if start >= len(advice):
            break
    return pieces


def _is_code(piece: str, told: bool) -> bool:
    sentence = re.match(r"\w+ [(\[]", piece) or re.search(r"\.\s", piece)  # "Try (0.8, 1)", "X[0]. Or"
    if piece.endswith((",", ".", ";", ":")) or sentence:
        return False
    try:
        (statement,) = ast.parse(piece).body
    except (SyntaxError, ValueError):
        return bool(_keywords(piece))
    if isinstance(statement, ast.Assign):
        return bool(_keywords(piece))
    if not isinstance(statement, ast.Expr):
        return isinstance(statement, (ast.Import, ast.ImportFrom))
    value = statement.value
    if isinstance(value, ast.Attribute) and value.attr in NO_ATTRIBUTE:
        return False
    if isinstance(value, ast.BoolOp):  # "images and labels"
        return False
    if isinstance(value, (ast.Call, ast.Attribute, ast.Subscript)):
        return True
    if isinstance(value, ast.Tuple) and not piece.startswith("("):
        return False
    return told and not isinstance(value, ast.Name)


# typing it where it belongs


def followed(mistake: str, argument: str, code: str, names: dict[str, Any], whole: bool = False) -> str:
    """The source text of a mistake with one piece of code in its place.

    `k=10` becomes that argument of the call; a call of the same function replaces the call that failed; any
    other value replaces the argument that the error named. What follows "Write" replaces the statement.
    """
    module = ast.parse(mistake)
    last = module.body[-1]
    if whole:
        return ast.unparse(ast.Module([*module.body[:-1], *ast.parse(code).body], []))
    keywords = _keywords(code)
    if isinstance(last, ast.Assign) and isinstance(last.targets[0], ast.Attribute):  # view.k = 99
        last.value = keywords[0].value if keywords else ast.parse(code, mode="eval").body
        return ast.unparse(module)
    calls = [node for node in ast.walk(last) if isinstance(node, ast.Call)]
    if keywords:
        for keyword in keywords:
            _put(calls, str(keyword.arg), keyword.value, names)
        return ast.unparse(module)
    value = ast.parse(code, mode="eval").body
    for call in calls:
        if isinstance(value, ast.Call) and _last_name(value.func) == _last_name(call.func):
            call.args, call.keywords = value.args, value.keywords
            return ast.unparse(module)
    _put(calls, argument, value, names)
    return ast.unparse(module)


def left_out(advice: str, argument: str) -> list[list[str]]:
    """The arguments that the advice says to leave out, one list for each time it says so.

    >>> left_out("Leave it out, or leave `epochs` out.", "seconds")
    [['seconds'], ['epochs']]
    """
    said = re.findall(r"[Ll]eave ((?:(?!\bout\b)[^.])*?) out\b", advice)
    return [re.findall(r"`(\w+)`", words) or [argument] for words in said if "`" in words or words == "it"]


def without(mistake: str, arguments: list[str]) -> str:
    """The source text of a mistake with arguments left out."""
    module = ast.parse(mistake)
    if isinstance(module.body[-1], ast.Assign):  # view.k = 99
        return ast.unparse(ast.Module(module.body[:-1], []))
    for node in ast.walk(module.body[-1]):
        if isinstance(node, ast.Call):
            node.keywords = [keyword for keyword in node.keywords if keyword.arg not in arguments]
    changed = ast.unparse(module)
    assert changed != ast.unparse(ast.parse(mistake)), f"nothing to leave out of: {mistake}"
    return changed


def _keywords(code: str) -> list[ast.keyword]:
    try:
        call = ast.parse(f"f({code})", mode="eval").body
    except SyntaxError:
        return []
    return call.keywords if isinstance(call, ast.Call) and not call.args else []


def _put(calls: list[ast.Call], argument: str, value: ast.expr, names: dict[str, Any]) -> None:
    for call in calls:
        for keyword in call.keywords:
            if keyword.arg == argument:
                keyword.value = value
                return
    for call in calls:
        try:
            parameters = list(inspect.signature(eval(ast.unparse(call.func), names)).parameters)
        except (TypeError, ValueError):
            continue
        if argument not in parameters:
            continue
        if parameters.index(argument) < len(call.args):
            call.args[parameters.index(argument)] = value
        else:
            call.keywords.append(ast.keyword(argument, value))
        return
    calls[0].keywords.append(ast.keyword(argument, value))


def _last_name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
