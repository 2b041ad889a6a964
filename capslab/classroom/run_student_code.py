"""Runs in the submission's process: the student's cells, then their functions on the given cases.

    python -I run_student_code.py JOB ANSWERS     (two file descriptors)

Reads a job, pickled by the grader, which is trusted. Writes one line of JSON before each step and one
after it. Values go out as plain data, never pickled: see `encode`. Nothing here knows the correct answers.
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

MAX_DEPTH, MAX_LENGTH, MAX_BYTES = 6, 5000, 2_000_000


class ValueTooLarge(Exception):
    """A value that is too large, or nested too deeply, to be sent."""


def encode(value: Any, depth: int = 0) -> Any:
    """A value as JSON: an array of numbers with its bytes, a sequence, a plain value, or a type's name."""
    np = sys.modules["numpy"]
    if depth > MAX_DEPTH:
        raise ValueTooLarge("a value that is nested too deeply")
    if value is None or value is ...:
        return {"is": "none"}
    if isinstance(value, (bool, np.bool_)):
        return {"is": "plain", "value": bool(value)}
    if type(value) is int and abs(value) < 2**53:
        return {"is": "plain", "value": value}
    if isinstance(value, str):
        if len(value) > MAX_LENGTH:
            raise ValueTooLarge("a long text")
        return {"is": "plain", "value": str(value)}
    if isinstance(value, (list, tuple)):
        if isinstance(value, list) and len(value) and depth < MAX_DEPTH:
            packed = _encode_array(np, value)
            if packed is not None:
                return {**packed, "is": "numbers", "list": True}
        if len(value) > MAX_LENGTH:
            raise ValueTooLarge(f"{len(value)} values")
        kind = "tuple" if isinstance(value, tuple) else "list"
        return {"is": kind, "items": [encode(item, depth + 1) for item in value]}
    packed = _encode_array(np, value)
    return packed if packed is not None else {"is": "other", "type": type(value).__name__[:80]}


def _encode_array(np: Any, value: Any) -> dict[str, Any] | None:
    try:
        array = np.asarray(value)
    except Exception:
        return None
    if array.dtype.kind not in "biufc":
        return None
    if array.nbytes > MAX_BYTES:
        raise ValueTooLarge(f"an array of shape {array.shape}")
    array = np.ascontiguousarray(array).reshape(array.shape)
    if array.dtype.itemsize > 16 or array.dtype.char in "gG":
        array = array.astype("c16" if array.dtype.kind == "c" else "f8")
    data = base64.b64encode(array.astype(array.dtype.newbyteorder("<")).tobytes()).decode()
    return {"is": "numbers", "dtype": array.dtype.kind + str(array.dtype.itemsize),
            "shape": list(array.shape), "data": data}  # fmt: skip


def describe_error(error: BaseException, files: set[str]) -> dict[str, Any]:
    """An exception in words, with the student's line that raised it."""
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
    """Name, kind and whether there is a default, for each parameter; None where a function does not tell."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    return [[p.name, int(p.kind), p.default is not p.empty] for p in parameters]


def unchanged(np: Any, before: Any, after: Any) -> bool:
    """Whether an argument is as it was before the call."""
    if isinstance(before, np.ndarray):
        return (
            isinstance(after, np.ndarray)
            and before.shape == after.shape
            and before.tobytes() == after.tobytes()
        )
    return True


def probe(np: Any, answer: Any, cases: list[tuple], files: set[str]) -> dict[str, Any]:
    """What an answer is, and what it returns for each case."""
    answered: dict[str, Any] = {"callable": callable(answer), "type": type(answer).__name__[:80]}
    if not callable(answer):
        if isinstance(answer, dict):
            answered["dictionary"] = [
                [encode(k), encode(v)]
                for k, v in list(answer.items())[:MAX_LENGTH]
                if isinstance(k, (str, int))
            ]
        else:
            answered["value"] = encode(answer)
        return answered
    answered["signature"] = signature(answer)
    answered["results"] = results = []
    for arguments in cases:
        copies = copy.deepcopy(arguments)
        try:
            with np.errstate(all="ignore"):
                value = encode(answer(*copies))
        except BaseException as error:
            results.append({"raised": describe_error(error, files)})
            continue
        same = all(unchanged(np, a, b) for a, b in zip(arguments, copies))  # noqa: B905 (Python 3.9 too)
        result: dict[str, Any] = {"gave": value, "kept": same}
        results.append(result)
    return answered


class FakeShell:
    """What `get_ipython()` returns in a cell: magics do nothing."""

    def __getattr__(self, name: str) -> Any:
        return lambda *a, **k: None


def do_nothing(*a: Any, **k: Any) -> None:
    return None


def the_same(name: Any = None, function: Any = None, **options: Any) -> Any:
    """What `cl.mine` is here: only what a student wrote is run, so there is nothing to hand out instead."""
    return function


def hide_exercises() -> None:
    """Puts an empty module in place of `capslab.exercises`: `cl.check` in a cell does nothing."""
    shell = types.ModuleType("capslab.exercises")
    shell.__path__ = []
    for name in ("case", "check", "hint", "solution", "progress", "find", "all_exercises"):
        setattr(shell, name, do_nothing)
    shell.mine = the_same  # type: ignore[attr-defined]
    sys.modules["capslab.exercises"] = shell


def main() -> None:
    """Runs the steps of the job."""
    source, sink = int(sys.argv[1]), int(sys.argv[2])
    with os.fdopen(source, "rb") as file:
        job = pickle.load(file)
    import warnings

    import numpy as np

    warnings.simplefilter("ignore")
    hide_exercises()
    for folder in job["path"]:
        if folder not in sys.path:
            sys.path.append(folder)

    def send(**message: Any) -> None:
        data = (json.dumps(message) + "\n").encode()
        while data:
            data = data[os.write(sink, data) :]

    namespace: dict[str, Any] = {"__name__": "__main__", "__builtins__": __builtins__}
    main_module = types.ModuleType("__main__")
    main_module.__dict__.update(namespace)
    sys.modules["__main__"] = main_module
    namespace = main_module.__dict__
    namespace.update(get_ipython=FakeShell, display=print)
    files: set[str] = set()
    send(kind="ready")
    for step in job["steps"]:
        send(kind="start", step=step["step"])
        try:
            if "code" in step:
                name = f"<cell {step['step']}>"
                files.add(name)
                text = step["code"]
                linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
                exec(compile(text, name, "exec", dont_inherit=True), namespace)
                send(kind="ran", step=step["step"])
            else:
                answer = eval(compile(step["answer"], "<answer>", "eval", dont_inherit=True), namespace)
                send(kind="answer", step=step["step"], **probe(np, answer, step["cases"], files))
        except BaseException as error:
            send(kind="raised", step=step["step"], error=describe_error(error, files))
    send(kind="end")
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
