"""What a submission's function returned, as an answer that can be judged outside its process.

Whatever arrives is plain data from a process that is not trusted. It is read with care and then replayed
to `judge`: the first call gets what the function returned for the first case, and so on.
"""

from __future__ import annotations

import base64
import inspect
import math
from typing import Any

import numpy as np

NUMBER_KINDS = "biufc"  # of NumPy's types


class MalformedAnswer(ValueError):
    """Data that no honest process sends."""


def decode(data: Any, depth: int = 0) -> Any:
    """A value from the form that `run_student_code.encode` gives it.

    Raises
    ------
    MalformedAnswer : the data have no such form.
    """
    if not isinstance(data, dict) or depth > 8:
        raise MalformedAnswer("not a value")
    match data.get("is"):
        case "none":
            return None
        case "plain" if isinstance(data.get("value"), (bool, int, str)):
            return data["value"]
        case "tuple" | "list" as kind if isinstance(data.get("items"), list):
            items = [decode(item, depth + 1) for item in data["items"]]
            return tuple(items) if kind == "tuple" else items
        case "numbers":
            array = _decode_array(data)
            return array.tolist() if data.get("list") is True else array
        case "other":
            return type(str(data.get("type"))[:80].replace("\0", "") or "object", (), {})()
    raise MalformedAnswer("not a value")


def _decode_array(data: dict[str, Any]) -> np.ndarray:
    dtype, shape = data.get("dtype"), data.get("shape")
    if not isinstance(dtype, str) or dtype[:1] not in NUMBER_KINDS or not dtype[1:].isdigit():
        raise MalformedAnswer("not a type of numbers")
    if not isinstance(shape, list) or len(shape) > 16 or not all(type(n) is int and n >= 0 for n in shape):
        raise MalformedAnswer("not a shape")
    try:
        kind = np.dtype(f"<{dtype}" if dtype[1:] != "1" else dtype)
        content = base64.b64decode(data["data"], validate=True)
        if len(content) != math.prod(shape) * kind.itemsize:
            raise MalformedAnswer("not as many numbers as its shape says")
        return np.frombuffer(content, kind).reshape(shape).copy()
    except (KeyError, TypeError, ValueError) as error:
        raise MalformedAnswer(str(error)) from None


class Replay:
    """A function that returns, call by call, what another function returned in its own process."""

    def __init__(self, results: list[Any], signature: Any) -> None:
        self.results, self.calls = results, 0
        if (decoded := _decode_signature(signature)) is not None:
            self.__signature__ = decoded

    def __call__(self, *arguments: Any) -> Any:
        result = self.results[self.calls] if self.calls < len(self.results) else None
        self.calls += 1
        if not isinstance(result, dict):
            raise RuntimeError("there is no result")
        if "raised" in result:
            raise _decode_error(result["raised"])
        value = decode(result.get("gave"))
        if result.get("kept") is not True:
            _change_in_place(arguments)
        return value


def _decode_signature(data: Any) -> inspect.Signature | None:
    try:
        return inspect.Signature(
            [
                inspect.Parameter(
                    name,
                    inspect._ParameterKind(kind),
                    default=None if has_default else inspect.Parameter.empty,
                )
                for name, kind, has_default in data
            ]
        )
    except (TypeError, ValueError, IndexError):  # whatever was forged
        return None


def _decode_error(data: Any) -> Exception:
    """An exception that reads like the one in the other process."""
    data = data if isinstance(data, dict) else {}
    name = str(data.get("type") or "Exception")[:80]
    if name == "NotImplementedError":
        return NotImplementedError()
    text = str(data.get("text") or "")[:300]
    if line := str(data.get("line") or "")[:120]:
        text = f"{text} (in `{line}`)" if text else f"in `{line}`"
    return type(name.replace("\0", ""), (Exception,), {})(text)


def _change_in_place(arguments: tuple[Any, ...]) -> None:
    """Changes an array among the arguments, as the function in the other process did."""
    for array in arguments:
        if isinstance(array, np.ndarray) and array.size:
            array.flat[0] = not array.flat[0] if array.dtype == bool else array.flat[0] + 1
            if array.dtype.kind == "f" and not np.isfinite(array.flat[0]):
                array.flat[0] = 0.0
            return


def replayed_answer(event: dict[str, Any], first: int, count: int) -> Any:
    """The answer to be judged, from what `run_student_code.probe` sent.

    Parameters
    ----------
    event : the event of kind "answer".
    first, count : which of its results are replayed.
    """
    if event.get("callable"):
        results = event.get("results")
        results = results[first : first + count] if isinstance(results, list) else []
        return Replay(results, event.get("signature"))
    if "dictionary" in event:
        pairs = event["dictionary"] if isinstance(event["dictionary"], list) else []
        return {decode(pair[0]): decode(pair[1]) for pair in pairs if len(pair) == 2}
    return decode(event.get("value"))
