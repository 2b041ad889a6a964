"""The source of a learner's function, if it can stand alone, and the function made from it again."""

from __future__ import annotations

import builtins
import inspect
import linecache
import symtable
import textwrap
from dataclasses import dataclass
from typing import Any

import numpy as np

from capslab import ops
from capslab.exercises.progress_record import answer_hash

#: what a kept function may use besides Python's own names
GIVEN = {"np": np, "ops": ops}
#: Python compiles `np.sqrt(x)` differently where the import stands in the same file
IMPORTS = (
    "",
    "import numpy as np\n",
    "from capslab import ops\n",
    "import numpy as np\nfrom capslab import ops\n",
)


class NotPortable(Exception):
    """A function whose source is of no use in another kernel. The message goes on after "because"."""


@dataclass(frozen=True)
class Source:
    """A function as text.

    Attributes
    ----------
    text : the whole definition.
    function : the name that it defines, which need not be the exercise's.
    """

    text: str
    function: str

    def make(self, label: str) -> Any:
        """The function, made from its source. Nothing but `np` and `ops` is there for it to use.

        Parameters
        ----------
        label : what tracebacks and error messages call its file.
        """
        file = f"<{label}>"
        linecache.cache[file] = (len(self.text), None, self.text.splitlines(keepends=True), file)
        names: dict[str, Any] = {**GIVEN, "__builtins__": builtins, "__name__": "kept_functions"}
        exec(compile(self.text, file, "exec", dont_inherit=True), names)
        return names[self.function]


def source_of(function: Any) -> Source:
    """The source of a function that needs nothing but `np`, `ops` and Python's own names.

    Raises
    ------
    NotPortable : if it needs more, or if its source cannot be read.

    Examples
    --------
    >>> source_of(abs)
    Traceback (most recent call last):
    ...
    capslab.exercises.function_source.NotPortable: its source cannot be read
    """
    unreadable = "its source cannot be read"
    if not inspect.isfunction(function) or function.__name__ == "<lambda>":
        raise NotPortable(unreadable)
    if outer := function.__code__.co_freevars:
        raise NotPortable(f"it also needs {_listed(outer)} from the function around it")
    try:
        text = textwrap.dedent(inspect.getsource(function.__code__)).strip() + "\n"
        needed = names_needed(text)
    except (OSError, TypeError, SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise NotPortable(unreadable) from error
    for name, given in GIVEN.items():
        if name in needed and function.__globals__.get(name) is not given:
            raise NotPortable(f"its `{name}` is not the course's")
    if missing := needed - GIVEN.keys() - {function.__name__}:
        raise NotPortable(f"it also needs {_listed(missing)} from your notebook")
    try:
        again = [Source(first + text, function.__name__).make("compared") for first in IMPORTS]
    except Exception as error:  # the defaults of its arguments are computed here
        raise NotPortable(unreadable) from error
    if answer_hash(function) not in [answer_hash(one) for one in again if inspect.isfunction(one)]:
        raise NotPortable(unreadable)  # the file was edited since, or a decorator stands in between
    return Source(text, function.__name__)


def names_needed(text: str) -> set[str]:
    """Names that code looks up outside itself, without Python's own.

    >>> sorted(names_needed("def f(x, eps=EPS):\\n    return np.sqrt(x) + len(x) + eps"))
    ['EPS', 'np']
    """
    needed: set[str] = set()
    top = symtable.symtable(text, "source", "exec")
    tables = [top]
    while tables:
        table = tables.pop()
        tables.extend(table.get_children())
        for symbol in table.get_symbols():
            if table is top:
                outside = symbol.is_referenced() and not symbol.is_assigned()
            else:
                outside = symbol.is_global()
            if outside and not symbol.is_namespace():
                needed.add(symbol.get_name())
    return {name for name in needed if not hasattr(builtins, name)}


def _listed(names: Any) -> str:
    return " and ".join(f"`{name}`" for name in sorted(names))
