"""Outputs as they are committed: what a reader needs, nothing of the machine that made them."""

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
    """Strips a notebook in place; returns what was dropped that its author should know of."""
    said = []
    notebook.metadata.pop("widgets", None)
    notebook.metadata["language_info"] = nbformat.from_dict({"name": "python"})
    for number, cell in enumerate(notebook.cells, start=1):
        cell.metadata.pop("execution", None)
        if cell.cell_type != "code":
            continue
        kept = []
        for output in cell.outputs:
            if output.output_type == "stream":
                if output.name == "stderr":
                    first = output.text.strip().splitlines()
                    said.append(f"cell {number} wrote to stderr: {first[0][:100] if first else ''}")
                    continue
                output.text = _unnamed(_last_state(output.text))
            elif output.output_type == "error":
                output.evalue = _unnamed(output.evalue)
                output.traceback = [_unnamed(line) for line in output.traceback]
            elif not _clean_bundle(output):
                continue
            kept.append(output)
        cell.outputs = kept
    return said


def _clean_bundle(output: Any) -> bool:
    """Takes the live widget out of a bundle, leaves its picture and words; False if nothing is left."""
    live = output.data.pop(WIDGET, None)
    if live is not None and not any(kind.startswith("image/") for kind in output.data):
        return False  # a widget without a picture: its repr alone tells a reader nothing
    output.metadata.pop(WIDGET, None)
    for kind, content in output.data.items():
        if isinstance(content, str) and kind.startswith("text/"):
            output.data[kind] = _unnamed(content)
    return bool(output.data)


def _last_state(text: str) -> str:
    """Text as a terminal leaves it: what a carriage return overwrote is gone."""
    return "\n".join(line.rstrip("\r").rsplit("\r", 1)[-1] for line in text.split("\n"))


def _unnamed(text: str) -> str:
    """Text without this machine's folders and without memory addresses."""
    for folder, name in _folders():
        text = re.sub(re.escape(folder) + r"(?=[/\\\s'\":,)]|$)", name, text)
    return ADDRESS.sub("at 0x…", text)


def _folders() -> list[tuple[str, str]]:
    """Folders of this machine and what stands for them, the longest first."""
    named = {
        str(PACKAGE.parent): "capslab",
        tempfile.gettempdir(): "tmp",
        str(Path.home()): "~",
    }
    if sys.prefix != sys.base_prefix:  # a virtual environment of the author's
        named[sys.prefix] = "python"
    if data := os.environ.get("CAPSLAB_DATA"):
        named |= {data: "$CAPSLAB_DATA", str(Path(data).resolve()): "$CAPSLAB_DATA"}
    return sorted(((f, n) for f, n in named.items() if len(f) > 1), key=lambda pair: -len(pair[0]))
