"""Names of the first edition in a cell of code, and what they are called now."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from capslab import _renames

MAGIC = re.compile(r"^(\s*)[%!].*$", re.MULTILINE)  # IPython's own lines, which are no Python


def old_names(code: str) -> list[str]:
    """One sentence per old name in the code of a cell, without a full stop.

    Names of the package are found in any text. Arguments and attributes are found where the code is Python.

    >>> old_names("dense = cl.DenseNet(images.shape, 10)\\ncl.fit(dense, images, rate=1e-3)")
    ... # doctest: +NORMALIZE_WHITESPACE
    ['`cl.DenseNet` is now `cl.DenseBaseline`',
     '`images.shape` is now `images.image_shape`',
     '`fit(rate=…)` is now `fit(learning_rate=…)`']
    """
    renames = [*_dotted_names(code), *_phrases(code), *_arguments_and_attributes(code)]
    return [f"`{old}` is now `{new}`" for old, new in dict.fromkeys(renames)]


def _dotted_names(code: str) -> Iterator[tuple[str, str]]:
    matches = [old for old in (*_renames.NAMES, *_renames.MODULES) if _mentions(code, old)]
    for old in matches:
        if any(longer.startswith(f"{old}.") for longer in matches):
            continue  # of a package and a module in it, the module says more
        new = str(_renames.new_name(old))
        of_root = old in _renames.NAMES and old.count(".") == 1
        yield (_as_typed(old), _as_typed(new)) if of_root else (old, new)


def _mentions(code: str, dotted: str) -> bool:
    package, _, name = dotted.rpartition(".")
    spellings = {dotted, _as_typed(dotted)}
    if dotted.count(".") > 1:
        spellings.add(dotted.removeprefix("capslab."))  # after `from capslab import plots`
    typed = rf"(?:{'|'.join(map(re.escape, spellings))})"
    imported = rf"from\s+{re.escape(package)}\s+import\s[^\n]*(?<![\w.]){name}"
    return re.search(rf"(?<![\w.])(?:{typed}|{imported})(?!\w)", code) is not None


def _as_typed(dotted: str) -> str:
    """The name after `import capslab as cl`."""
    return re.sub(r"^capslab\.", "cl.", dotted)


def _phrases(code: str) -> Iterator[tuple[str, str]]:
    for pattern, old, new in _renames.PHRASES:
        if re.search(pattern, code):
            yield old, new


def _arguments_and_attributes(code: str) -> Iterator[tuple[str, str]]:
    try:
        tree = ast.parse(MAGIC.sub(r"\1pass", code))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            function = getattr(node.func, "attr", getattr(node.func, "id", ""))
            renamed = _renames.ARGUMENTS.get(function, {})
            for keyword in node.keywords:
                if keyword.arg in renamed:
                    yield f"{function}({keyword.arg}=…)", f"{function}({renamed[keyword.arg]}=…)"
        elif isinstance(node, ast.Attribute) and node.attr in _renames.ATTRIBUTES:
            yield f".{node.attr}", f".{_renames.ATTRIBUTES[node.attr]}"
