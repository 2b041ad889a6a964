"""A picture as SVG text: sharp at every zoom, with words for whoever does not see it."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from capslab.errors import ArgumentError

#: In JupyterLab and Notebook the theme is the page's and not the system's. An SVG in an <img> asks for the
#: colour scheme of the element that holds it, so this is all it takes; where a page drops the style (a
#: notebook that is not trusted yet), the picture follows the system.
THEME = (
    "<style>[data-jp-theme-light=false] .capslab-picture{color-scheme:dark}"
    "[data-jp-theme-light=true] .capslab-picture{color-scheme:light}</style>"
)


@dataclass(frozen=True, repr=False)
class SvgPicture:
    """A picture that a notebook shows as a cell's value, in its light or dark theme.

    Attributes
    ----------
    svg : the picture as one SVG element that needs nothing else, with a title and a description.
    alt_text : what the picture shows, in one or a few sentences.
    text : the same for a terminal: it may have several lines.
    width : pixels across; the picture shrinks where there is less room.
    """

    svg: str
    alt_text: str
    text: str
    width: int

    def save(self, path: str | Path) -> Path:
        """Write the picture into an .svg file, which browsers and office programs open; returns its path.

        Raises
        ------
        ArgumentError : for a path that does not end in .svg.
        """
        target = Path(path) if isinstance(path, (str, Path)) else Path()
        if target.suffix.lower() != ".svg":
            better = str(target.with_suffix(".svg")) if target.name else "picture.svg"
            raise ArgumentError("path", "a file name that ends in .svg", path, f"Try {better!r}.")
        target.write_text(self.svg, "utf-8")
        return target

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__

    def _repr_html_(self) -> str:
        # An <img> keeps the picture's styles to itself, and a notebook that is not trusted shows it too:
        # there, an SVG element would lose everything but its words.
        data = base64.b64encode(self.svg.encode("utf-8")).decode("ascii")
        return (
            f'{THEME}<img class="capslab-picture" src="data:image/svg+xml;base64,{data}" '
            f'alt="{escape(self.alt_text)}" width="{self.width}" style="max-width:100%;height:auto">'
        )

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, str], dict[str, Any]]:
        data = {"text/html": self._repr_html_(), "image/svg+xml": self.svg, "text/plain": self.text}
        return data, {"image/svg+xml": {"alt": self.alt_text}}
