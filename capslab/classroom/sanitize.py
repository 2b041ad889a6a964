"""Students' text on a teacher's page: shown as it was typed, and never run there.

nbgrader's pages (Formgrader, the feedback) put Markdown into HTML as it comes, whatever
`HTMLExporter.sanitize_html` says. So the text is sanitized twice:

- by `sanitize_notebook`, before a graded notebook is written. It needs no setting. Whatever could become
  a tag is broken up by an invisible character, so that the tag is shown and not obeyed;
- by `sanitize_html`, after Markdown has become HTML. A class's `nbgrader_config.py` names it as a filter
  of the pages, for notebooks that plain `nbgrader autograde` made.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

JOINER = "\u2060"  # a word joiner: invisible, and no line break
PLAIN_TAGS = "b|i|u|em|strong|sub|sup|br|kbd|p|hr"  # harmless without attributes
TAG = re.compile(rf"<(?!/?(?:{PLAIN_TAGS})\s*/?>)(?=[a-z/!?])", re.IGNORECASE)
HREF = re.compile(r"\\(?=href)", re.IGNORECASE)  # MathJax makes a link of any address
PICTURE_TYPES = ("image/png", "image/jpeg", "image/gif", "image/webp")
MAX_MARKDOWN = 20_000  # characters of a cell that are rendered; more can take minutes

#: what `sanitize_html` keeps; MathJax works on text
ALLOWED_TAGS = frozenset((
    "a", "abbr", "b", "blockquote", "br", "caption", "code", "col", "colgroup", "dd", "del", "div",
    "dl", "dt", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img",
    "input", "ins", "kbd", "li", "mark", "ol", "p", "pre", "s", "section", "small", "span", "strong",
    "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul",
))  # fmt: skip
ALLOWED_ATTRIBUTES = (
    "align", "alt", "checked", "class", "colspan", "disabled", "height", "id", "role", "rowspan", "scope",
    "title", "type", "width",
)  # fmt: skip


def sanitize_notebook(book: Any, released: Any) -> None:
    """Sanitizes the Markdown of a submission, in place. What comes from the release stays as it is."""
    ours = {cell.source for cell in released.cells if cell.cell_type == "markdown"}
    for cell in book.cells:
        if cell.cell_type == "markdown" and cell.source not in ours:
            cell.source, cell["attachments"] = sanitize_markdown(cell.source, cell.get("attachments"))


def sanitize_markdown(source: str, attachments: Any = None) -> tuple[str, dict[str, dict[str, str]]]:
    """Markdown that no browser runs, and the pictures that it shows.

    Parameters
    ----------
    source : the text of a cell.
    attachments : its attachments, as the notebook has them: {name: {type: base64}}.

    Examples
    --------
    >>> ascii(sanitize_markdown("a < b, <script>x</script> and <br>")[0])
    "'a < b, <\\\\u2060script>x<\\\\u2060/script> and <br>'"
    """
    if len(source) > MAX_MARKDOWN:
        return _as_code(source), {}
    pictures: dict[str, dict[str, str]] = {}
    for name, types in attachments.items() if isinstance(attachments, dict) else ():
        match = _picture(types)
        spellings = [s for s in (name, quote(str(name))) if f"attachment:{s}" in source]
        if match and spellings:
            key = f"picture-{len(pictures) + 1}"
            pictures[key] = match
            for spelling in spellings:
                source = source.replace(f"<attachment:{spelling}>", f"attachment\0{key}")
                source = source.replace(f"attachment:{spelling}", f"attachment\0{key}")
    source = source.replace("attachment:", f"attachment{JOINER}:").replace("attachment\0", "attachment:")
    source = TAG.sub(f"<{JOINER}", HREF.sub(lambda match: f"\\{JOINER}", source))
    return (source if _renders(source, pictures) else _as_code(source)), pictures


def _picture(types: Any) -> dict[str, str] | None:
    """The picture in an attachment; None if it is something else."""
    for type_, data in types.items() if isinstance(types, dict) else ():
        data = "".join(data) if isinstance(data, list) else data
        if type_ in PICTURE_TYPES and isinstance(data, str) and re.fullmatch(r"[A-Za-z0-9+/=\s]*", data):
            return {type_: data}
    return None


def _renders(source: str, pictures: dict[str, dict[str, str]]) -> bool:
    """Whether nbconvert can render it: one cell that it cannot would cost the whole class its pages."""
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    try:
        MarkdownWithMath(renderer=IPythonRenderer(escape=False, attachments=pictures)).render(source)
    except Exception:  # it raises many kinds, RecursionError among them
        return False
    return True


def _as_code(source: str) -> str:
    """The text as a block of code, in which Markdown means nothing."""
    return "".join(f"    {line}\n" for line in source.splitlines())


def sanitize_html(html: str) -> str:
    """HTML without scripts, styles, frames, forms and addresses that run something.

    >>> sanitize_html('<p onclick="x()">a<script>b</script></p>')
    '<p>a&lt;script&gt;b&lt;/script&gt;</p>'
    """
    from bleach.sanitizer import Cleaner
    from nbconvert.filters import strip_files_prefix

    html = HREF.sub(lambda match: f"\\{JOINER}", strip_files_prefix(html))
    cleaner = Cleaner(
        tags=ALLOWED_TAGS, attributes=_is_allowed, protocols={"http", "https", "mailto", "data"}
    )
    return str(cleaner.clean(html))


def _is_allowed(tag: str, attribute: str, value: str) -> bool:
    if (tag, attribute) == ("a", "href"):
        return not value.strip().lower().startswith("data:")
    if (tag, attribute) == ("img", "src"):
        return not value.strip().lower().startswith("data:") or value.startswith(
            tuple(f"data:{type_}" for type_ in PICTURE_TYPES)
        )
    return attribute in ALLOWED_ATTRIBUTES
