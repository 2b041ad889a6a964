"""An exported page made of views as they are, with no kernel to execute anything."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import nbformat
from ipywidgets.widgets.widget import _remove_buffers

from capslab.course.clean_outputs import WIDGET
from capslab.course.export_site import write
from capslab.course.html_page import STATE, page


def executed(views: dict[str, Any], *cells: Any) -> nbformat.NotebookNode:
    """A notebook that looks as if cells that make these views had just run; `cells` come before them."""
    book = nbformat.v4.new_notebook(cells=list(cells))
    saved = {}
    for name, view in views.items():
        state, paths, buffers = _remove_buffers(view.get_state())
        encoded = [
            {"path": path, "encoding": "base64", "data": base64.b64encode(bytes(buffer)).decode()}
            for path, buffer in zip(paths, buffers, strict=True)
        ]
        saved[view.model_id] = {"state": state, "buffers": encoded}
        data, metadata = view._repr_mimebundle_()
        data = {
            kind: base64.b64encode(it).decode() if isinstance(it, bytes) else it for kind, it in data.items()
        }
        data[WIDGET] = {"model_id": view.model_id, "version_major": 2, "version_minor": 0}
        output = nbformat.v4.new_output("display_data", data, metadata=metadata)
        book.cells += [
            nbformat.v4.new_markdown_cell(f"## About {name}\n\nWhat is to be seen here."),
            nbformat.v4.new_code_cell(f"show({name!r})", outputs=[output], execution_count=1),
        ]
    book.metadata["widgets"] = {STATE: {"version_major": 2, "version_minor": 0, "state": saved}}
    return book


def exported(folder: Path, views: dict[str, Any], *cells: Any, name: str = "page") -> Path:
    """Writes the page and its index to a folder; gives the page's path."""
    first = nbformat.v4.new_markdown_cell("# A page\n\nIt has $c_{ij}$ in a formula.")
    write([page(executed(views, first, *cells), name)], folder / "site")
    return folder / "site" / f"{name}.html"
