"""Runs in the submission's process: the learner's cells, then their functions on the cases given.

    python -I inside.py JOB ANSWERS     (two file descriptors)

Reads a job (pickled by the grader, who is trusted), writes a line of JSON for each step before it
starts and after it ends. Values go out as plain data, never pickled: see `told`. Nothing here knows
what is right.
"""

from __future__ import annotations

import base64
import copy
import inspect
import json
import linecache
import os
import pickle
import sys
import traceback
import types
from typing import Any

DEEPEST, LONGEST, MOST_BYTES = 6, 5000, 2_000_000


class Unsayable(Exception):
    """A value that is too large or too deep to be sent."""


def told(value: Any, depth: int = 0) -> Any:
    """A value as JSON: arrays of numbers with their bytes, sequences, plain values, or a type's name."""
    np = sys.modules["numpy"]
    if depth > DEEPEST:
        raise Unsayable("nested too deeply")
    if value is None or value is ...:
        return {"is": "none"}
    if isinstance(value, (bool, np.bool_)):
        return {"is": "plain", "value": bool(value)}
    if type(value) is int and abs(value) < 2**53:
        return {"is": "plain", "value": value}
    if isinstance(value, str):
        if len(value) > LONGEST:
            raise Unsayable("a long text")
        return {"is": "plain", "value": str(value)}
    if isinstance(value, (list, tuple)):
        if isinstance(value, list) and len(value) and depth < DEEPEST:
            packed = _array(np, value)
            if packed is not None:
                return {**packed, "is": "numbers", "list": True}
        if len(value) > LONGEST:
            raise Unsayable(f"{len(value)} values")
        kind = "tuple" if isinstance(value, tuple) else "list"
        return {"is": kind, "items": [told(one, depth + 1) for one in value]}
    packed = _array(np, value)
    return packed if packed is not None else {"is": "other", "type": type(value).__name__[:80]}


def _array(np: Any, value: Any) -> dict[str, Any] | None:
    try:
        array = np.asarray(value)
    except Exception:
        return None
    if array.dtype.kind not in "biufc":
        return None
    if array.nbytes > MOST_BYTES:
        raise Unsayable(f"an array of shape {array.shape}")
    array = np.ascontiguousarray(array).reshape(array.shape)
    if array.dtype.itemsize > 16 or array.dtype.char in "gG":
        array = array.astype("c16" if array.dtype.kind == "c" else "f8")
    data = base64.b64encode(array.astype(array.dtype.newbyteorder("<")).tobytes()).decode()
    return {"is": "numbers", "dtype": array.dtype.kind + str(array.dtype.itemsize),
            "shape": list(array.shape), "data": data}  # fmt: skip


def words_of(error: BaseException, files: set[str]) -> dict[str, Any]:
    """An exception as words, with the learner's line that raised it."""
    try:
        text = " ".join(str(error).split())[:300]
    except BaseException:
        text = ""
    line = ""
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename in files:
            line = (linecache.getline(frame.filename, frame.lineno or 0)).strip()[:120]
    missing = getattr(error, "name", None) if isinstance(error, NameError) else None
    return {
        "type": type(error).__name__[:80],
        "text": text,
        "line": line,
        "number": getattr(error, "lineno", None) if isinstance(error, SyntaxError) else None,
        "missing": missing if isinstance(missing, str) else None,
    }


def signature(function: Any) -> list[list[Any]] | None:
    """Names, kinds and whether there is a default; None where a function does not say."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    return [[p.name, int(p.kind), p.default is not p.empty] for p in parameters]


def unchanged(np: Any, before: Any, after: Any) -> bool:
    if isinstance(before, np.ndarray):
        return (
            isinstance(after, np.ndarray)
            and before.shape == after.shape
            and before.tobytes() == after.tobytes()
        )
    return True


def probe(np: Any, answer: Any, cases: list[tuple], files: set[str]) -> dict[str, Any]:
    """What an answer is, and what it gives for each case."""
    about: dict[str, Any] = {"callable": callable(answer), "type": type(answer).__name__[:80]}
    if not callable(answer):
        if isinstance(answer, dict):
            about["dictionary"] = [
                [told(k), told(v)] for k, v in list(answer.items())[:LONGEST] if isinstance(k, (str, int))
            ]
        else:
            about["value"] = told(answer)
        return about
    about["signature"] = signature(answer)
    about["results"] = results = []
    for arguments in cases:
        given = copy.deepcopy(arguments)
        try:
            with np.errstate(all="ignore"):
                got = told(answer(*given))
        except BaseException as error:
            results.append({"raised": words_of(error, files)})
            continue
        kept = all(unchanged(np, a, b) for a, b in zip(arguments, given))  # noqa: B905 (Python 3.9 too)
        result: dict[str, Any] = {"gave": got, "kept": kept}
        results.append(result)
    return about


class Shell:
    """What `get_ipython()` gives in a cell: magics do nothing."""

    def __getattr__(self, name: str) -> Any:
        return lambda *a, **k: None


def nothing(*a: Any, **k: Any) -> None:
    return None


def without_exercises() -> None:
    """`capslab.exercises` as an empty shell: calls of `cl.check` in cells do nothing and give nothing."""
    shell = types.ModuleType("capslab.exercises")
    shell.__path__ = []
    for name in ("check", "hint", "solution", "progress", "find", "all_exercises"):
        setattr(shell, name, nothing)
    sys.modules["capslab.exercises"] = shell


def main() -> None:
    source, sink = int(sys.argv[1]), int(sys.argv[2])
    with os.fdopen(source, "rb") as file:
        job = pickle.load(file)
    import warnings

    import numpy as np

    warnings.simplefilter("ignore")
    without_exercises()
    for place in job["path"]:
        if place not in sys.path:
            sys.path.append(place)

    def say(**what: Any) -> None:
        data = (json.dumps(what) + "\n").encode()
        while data:
            data = data[os.write(sink, data) :]

    space: dict[str, Any] = {"__name__": "__main__", "__builtins__": __builtins__}
    main_module = types.ModuleType("__main__")
    main_module.__dict__.update(space)
    sys.modules["__main__"] = main_module
    space = main_module.__dict__
    space.update(get_ipython=Shell, display=print)
    files: set[str] = set()
    say(kind="ready")
    for step in job["steps"]:
        say(kind="start", step=step["step"])
        try:
            if "code" in step:
                name = f"<cell {step['step']}>"
                files.add(name)
                text = step["code"]
                linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
                exec(compile(text, name, "exec", dont_inherit=True), space)
                say(kind="ran", step=step["step"])
            else:
                answer = eval(compile(step["answer"], "<answer>", "eval", dont_inherit=True), space)
                say(kind="answer", step=step["step"], **probe(np, answer, step["cases"], files))
        except BaseException as error:
            say(kind="raised", step=step["step"], error=words_of(error, files))
    say(kind="end")
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
