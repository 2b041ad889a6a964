"""Errors that teach: which argument is wrong, what it should be, what it was, and what to do next.

Every error that a learner can cause is an `ArgumentError` (a `ValueError`) or a
`DataUnavailable` (an `OSError`), so they all read alike:

>>> raise ArgumentError("k", "a whole number from 1 to 1797", 0, "Try k=10.")
Traceback (most recent call last):
...
capslab.errors.ArgumentError: `k` should be a whole number from 1 to 1797. Received: 0. Try k=10.
"""

from __future__ import annotations

import difflib
import re
import sys
from collections.abc import Iterable, Mapping
from numbers import Integral
from typing import Any, TypeGuard


class ArgumentError(ValueError):
    """An argument that cannot be used, explained in the learner's own terms.

    Parameters
    ----------
    argument : name of the argument, as the caller wrote it.
    expected : what the argument should be, in words and without a full stop at the end.
    received : the value that was passed; its `repr` is shown, shortened to one line.
    next_step : one sentence that says what to try. Code in it works when it is typed as it stands; our own
        names are written `cl.load()`, and shown as the learner imported them (see `as_imported`).

    The error keeps all four under these names, so that a program need not take the message apart.

    >>> error = ArgumentError("k", "a whole number from 1 to 1797", 0, "Try k=10.")
    >>> error.argument, error.received, error.next_step
    ('k', 0, 'Try k=10.')
    """

    def __init__(self, argument: str, expected: str, received: Any, next_step: str = "") -> None:
        self.argument = argument
        self.expected = as_imported(expected)
        self.received = received
        self.next_step = as_imported(next_step)
        super().__init__(
            f"`{argument}` should be {self.expected}. Received: {short(received)}. {self.next_step}".strip()
        )

    def __reduce__(self) -> tuple[Any, ...]:
        """Travels between processes, with what was received as text: the value itself may not be able to."""
        return type(self), (self.argument, self.expected, Verbatim(short(self.received)), self.next_step)


class DataUnavailable(OSError):
    """Data or weights that cannot be reached now, or whose content is not what it should be."""


class TrainingFailed(RuntimeError):
    """Training that cannot continue, for example because the loss is not a number."""


def as_imported(text: str) -> str:
    """Our names in a piece of advice as they can be typed here: `cl.hint`, `capslab.hint` or `hint`.

    Advice is written for `import capslab as cl`, as in the course's notebooks. Where the learner's
    notebook or script imported capslab under another name, or only single names of it, the advice says so.

    >>> as_imported('Call cl.hint("squash").')
    'Call cl.hint("squash").'
    """
    if "cl." not in text:
        return text
    names = _learners_names()
    package = sys.modules["capslab"]
    modules = [name for name, value in list(names.items()) if value is package]
    if "cl" in modules:
        return text

    def spelling(match: re.Match[str]) -> str:
        name = match[1]
        if modules:
            return f"{modules[0]}.{name}"
        imported = name in names and names[name] is vars(package).get(name)
        return name if imported else match[0]

    return re.sub(r"(?<![\w./\\])cl\.([A-Za-z_]\w*)", spelling, text)


def _learners_names() -> Mapping[str, Any]:
    """What the learner has defined: in the notebook or IPython, otherwise in the script that runs."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell.user_ns if shell is not None else vars(sys.modules["__main__"])


def short(value: Any, limit: int = 120) -> str:
    """A value's `repr` on one line; an array is described by its shape and type, not by its numbers."""
    if hasattr(value, "shape") and hasattr(value, "dtype"):
        return f"an array of shape {tuple(value.shape)} and type {value.dtype}"
    text = value if isinstance(value, Verbatim) else repr(value)
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


class Verbatim(str):
    """Text that is shown after "Received:" exactly as it is, without quotation marks."""


def instance_of(value: Any) -> Verbatim:
    """What was received, where only its class matters.

    >>> ArgumentError("images", "Images", instance_of(3.5)).args[0]
    '`images` should be Images. Received: an object of the class float.'
    """
    return Verbatim(f"an object of the class {type(value).__name__}")


def spelling_hint(name: str, choices: Iterable[str]) -> str:
    """`Did you mean 'mnist'?`, or an empty string if no valid name is similar."""
    by_small_letters = {choice.lower(): choice for choice in choices}
    matches = difflib.get_close_matches(str(name).lower(), list(by_small_letters), n=1, cutoff=0.6)
    return f"Did you mean {by_small_letters[matches[0]]!r}?" if matches else ""


def unknown_name(argument: str, name: Any, choices: Iterable[str], next_step: str = "") -> ArgumentError:
    """The error for a name that is not in a list of valid names, with a spelling hint.

    >>> str(unknown_name("name", "mnits", ["digits", "mnist"]))
    "`name` should be one of 'digits', 'mnist'. Received: 'mnits'. Did you mean 'mnist'?"
    """
    choices = list(choices)
    expected = "one of " + ", ".join(repr(choice) for choice in choices)
    hint = spelling_hint(name, choices) if isinstance(name, str) else ""
    first = f"Try {choices[0]!r}." if choices else ""
    return ArgumentError(argument, expected, name, hint or next_step or first)


def is_whole(value: Any) -> TypeGuard[int]:
    """Whether a value is an integer of Python's or NumPy's; True and False are not."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def whole_number(argument: str, value: Any, least: int = 1, next_step: str = "") -> int:
    """The value as Python's `int`, where it is an integer of `least` or more; advice is to try `least`.

    >>> whole_number("hidden", 2.5, next_step="Try 512.")
    Traceback (most recent call last):
    ...
    capslab.errors.ArgumentError: `hidden` should be a whole number from 1. Received: 2.5. Try 512.
    """
    if not is_whole(value) or value < least:
        step = next_step or f"Try {argument}={least}."
        raise ArgumentError(argument, f"a whole number from {least}", value, step)
    return int(value)
