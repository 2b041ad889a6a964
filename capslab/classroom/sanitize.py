"""Students' text on an instructor's page: seen as it was typed, and never run there.

nbgrader's pages (Formgrader, the feedback) put Markdown into HTML as it comes, whatever
`HTMLExporter.sanitize_html` says. So the text is made harmless twice:

- `harmless` before a graded notebook is written. It needs no setting, and breaks up what could
  become a tag with a character that takes no room, so that the tag is read and not obeyed.
- `cleaned` after Markdown has become HTML. A class's `nbgrader_config.py` names it as a filter of
  the pages, for notebooks that plain `nbgrader autograde` made.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

JOINER = "\u2060"  # a word joiner: no room, no line break
BARE = "b|i|u|em|strong|sub|sup|br|kbd|p|hr"  # without attributes these can do nothing
TAG = re.compile(rf"<(?!/?(?:{BARE})\s*/?>)(?=[a-z/!?])", re.IGNORECASE)
HREF = re.compile(r"\\(?=href)", re.IGNORECASE)  # MathJax makes links of any address
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
LONGEST = 20_000  # letters of a cell that are set as Markdown; some Markdown takes minutes for more

#: what `cleaned` leaves; MathJax works on text
TAGS = frozenset(
    [
        "a",
        "abbr",
        "b",
        "blockquote",
        "br",
        "caption",
        "code",
        "col",
        "colgroup",
        "dd",
        "del",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "img",
        "input",
        "ins",
        "kbd",
        "li",
        "mark",
        "ol",
        "p",
        "pre",
        "s",
        "section",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "u",
        "ul",
    ]
)
ATTRIBUTES = ("align", "alt", "checked", "class", "colspan", "disabled", "height", "id", "role", "rowspan",
              "scope", "title", "type", "width")  # fmt: skip


def harmless(book: Any, released: Any) -> None:
    """Makes the Markdown of a submission harmless, in place; what the release says stays as it is."""
    ours = {cell.source for cell in released.cells if cell.cell_type == "markdown"}
    for cell in book.cells:
        if cell.cell_type == "markdown" and cell.source not in ours:
            cell.source, cell["attachments"] = text(cell.source, cell.get("attachments"))


def text(source: str, attached: Any = None) -> tuple[str, dict[str, dict[str, str]]]:
    """Markdown that no browser runs, and the pictures that it shows.

    Parameters
    ----------
    source : the text of a cell.
    attached : its attachments, as the notebook has them: {name: {type: base64}}.

    Examples
    --------
    >>> ascii(text("a < b, <script>x</script> and <br>")[0])
    "'a < b, <\\\\u2060script>x<\\\\u2060/script> and <br>'"
    """
    if len(source) > LONGEST:
        return _as_typed(source), {}
    pictures: dict[str, dict[str, str]] = {}
    for name, kinds in attached.items() if isinstance(attached, dict) else ():
        found = _picture(kinds)
        spelt = [s for s in (name, quote(str(name))) if f"attachment:{s}" in source]
        if found and spelt:
            key = f"picture-{len(pictures) + 1}"
            pictures[key] = found
            for one in spelt:
                source = source.replace(f"<attachment:{one}>", f"attachment\0{key}")
                source = source.replace(f"attachment:{one}", f"attachment\0{key}")
    source = source.replace("attachment:", f"attachment{JOINER}:").replace("attachment\0", "attachment:")
    source = TAG.sub(f"<{JOINER}", HREF.sub(lambda found: f"\\{JOINER}", source))
    return (source if _can_be_set(source, pictures) else _as_typed(source)), pictures


def _picture(kinds: Any) -> dict[str, str] | None:
    """The picture of an attachment; none where it is anything else."""
    for kind, data in kinds.items() if isinstance(kinds, dict) else ():
        data = "".join(data) if isinstance(data, list) else data
        if kind in PICTURES and isinstance(data, str) and re.fullmatch(r"[A-Za-z0-9+/=\s]*", data):
            return {kind: data}
    return None


def _can_be_set(source: str, pictures: dict[str, dict[str, str]]) -> bool:
    """Whether nbconvert makes a page of it: one cell that it stumbles over would cost the whole class's."""
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    try:
        MarkdownWithMath(renderer=IPythonRenderer(escape=False, attachments=pictures)).render(source)
    except Exception:  # its errors are many, and RecursionError is among them
        return False
    return True


def _as_typed(source: str) -> str:
    """The text as a block of code, which is no Markdown."""
    return "".join(f"    {line}\n" for line in source.splitlines())


def cleaned(html: str) -> str:
    """HTML without scripts, styles, frames, forms and addresses that run something.

    >>> cleaned('<p onclick="x()">a<script>b</script></p>')
    '<p>a&lt;script&gt;b&lt;/script&gt;</p>'
    """
    from bleach.sanitizer import Cleaner
    from nbconvert.filters import strip_files_prefix

    html = HREF.sub(lambda found: f"\\{JOINER}", strip_files_prefix(html))
    cleaner = Cleaner(tags=TAGS, attributes=_may_stay, protocols={"http", "https", "mailto", "data"})
    return str(cleaner.clean(html))


def _may_stay(tag: str, attribute: str, value: str) -> bool:
    if (tag, attribute) == ("a", "href"):
        return not value.strip().lower().startswith("data:")
    if (tag, attribute) == ("img", "src"):
        return not value.strip().lower().startswith("data:") or value.startswith(
            tuple(f"data:{kind}" for kind in PICTURES)
        )
    return attribute in ATTRIBUTES
