"""Cleans outputs before they are committed: what a reader needs stays, traces of the machine go."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import nbformat

from capslab.course.paths import PACKAGE

WIDGET = "application/vnd.jupyter.widget-view+json"
ADDRESS = re.compile(r"\bat 0x[0-9a-f]{6,}")


def clean(notebook: nbformat.NotebookNode) -> list[str]:
    """Cleans a notebook in place; returns what was dropped, if its author should know about it."""
    dropped = []
    notebook.metadata.pop("widgets", None)
    notebook.metadata["language_info"] = nbformat.from_dict({"name": "python"})
    for number, cell in enumerate(notebook.cells, start=1):
        cell.metadata.pop("execution", None)
        if cell.cell_type != "code":
            continue
        outputs = []
        for output in cell.outputs:
            if output.output_type == "stream":
                if output.name == "stderr":
                    first = output.text.strip().splitlines()
                    dropped.append(f"cell {number} wrote to stderr: {first[0][:100] if first else ''}")
                    continue
                output.text = _anonymous(_last_state(output.text))
            elif output.output_type == "error":
                output.evalue = _anonymous(output.evalue)
                output.traceback = [_anonymous(line) for line in output.traceback]
            elif not _clean_bundle(output):
                continue
            outputs.append(output)
        cell.outputs = outputs
    return dropped


def _clean_bundle(output: Any) -> bool:
    """Removes the live widget from a bundle and leaves its picture and text; False if nothing is left."""
    live = output.data.pop(WIDGET, None)
    if live is not None and not any(kind.startswith(("image/", "text/html")) for kind in output.data):
        return False  # a widget without a picture or a table: its repr alone is of no use to a reader
    output.metadata.pop(WIDGET, None)
    for kind, content in output.data.items():
        if isinstance(content, str) and kind.startswith("text/"):
            output.data[kind] = _anonymous(content)
    return bool(output.data)


def _last_state(text: str) -> str:
    """Text as a terminal shows it in the end, without what a carriage return has overwritten."""
    return "\n".join(line.rstrip("\r").rsplit("\r", 1)[-1] for line in text.split("\n"))


def _anonymous(text: str) -> str:
    """The text without this machine's folders and without memory addresses."""
    for folder, name in _folders():
        text = re.sub(re.escape(folder) + r"(?=[/\\\s'\":,)]|$)", name, text)
    return ADDRESS.sub("at 0x…", text)


def _folders() -> list[tuple[str, str]]:
    """Folders of this machine and what replaces them, the longest first."""
    named = {
        str(PACKAGE.parent): "capslab",
        tempfile.gettempdir(): "tmp",
        str(Path.home()): "~",
    }
    if sys.prefix != sys.base_prefix:  # the author's virtual environment
        named[sys.prefix] = "python"
    if data := os.environ.get("CAPSLAB_DATA"):
        named |= {data: "$CAPSLAB_DATA", str(Path(data).resolve()): "$CAPSLAB_DATA"}
    return sorted(((f, n) for f, n in named.items() if len(f) > 1), key=lambda pair: -len(pair[0]))
