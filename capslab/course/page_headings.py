"""The headings of an exported page: each with an id of its own, none a level too deep, and a list of them."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

HEADING = re.compile(r"<h([1-6])([^>]*)>(.*?)</h\1>", re.S)
ANCHOR = re.compile(r'<a class="anchor-link".*?</a>', re.S)


@dataclass(frozen=True)
class Heading:
    """A heading that the list of contents names: `level` 2 or 3, its `id`, and its `text` without markup."""

    level: int
    id: str
    text: str


def with_headings(body: str, title: str) -> tuple[str, list[Heading]]:
    """The body with headings in order, and those of the second and third level.

    A heading is never more than one level deeper than the one before it, a second heading of the same name
    gets a number behind its id, and a page without a heading of the first level begins with its title.

    Parameters
    ----------
    body : the page as HTML.
    title : plain text.

    Examples
    --------
    >>> with_headings("<h1>A</h1><h3 id='b'>B</h3>", "A")
    ('<h1 id="A">A</h1><h2 id="b">B</h2>', [Heading(level=2, id='b', text='B')])
    """
    if not re.search(r"<h1[\s>]", body):
        body = f"<h1>{html.escape(title)}</h1>\n{body}"
    used: set[str] = set()
    found: list[Heading] = []
    before = 0

    def placed(match: re.Match[str]) -> str:
        nonlocal before
        before = level = min(int(match[1]), before + 1)
        attributes, inside = match[2], match[3]
        text = " ".join(html.unescape(re.sub(r"<[^>]+>", "", ANCHOR.sub("", inside))).split())
        given = re.search(r"""\bid\s*=\s*(?:"([^"]*)"|'([^']*)')""", attributes)
        wished = html.unescape((given and (given[1] or given[2])) or re.sub(r"\s+", "-", text) or "part")
        name = _unused(wished, used)
        rest = re.sub(rf"\s*{re.escape(given[0])}", "", attributes, count=1) if given else attributes
        if name != wished:
            inside = inside.replace(f'href="#{html.escape(wished)}"', f'href="#{html.escape(name)}"')
        if level in (2, 3) and text:
            found.append(Heading(level, name, text))
        return f'<h{level} id="{html.escape(name)}"{rest}>{inside}</h{level}>'

    return HEADING.sub(placed, body), found


def _unused(name: str, used: set[str]) -> str:
    """The name, with a number behind it if another heading has it; it is used from now on."""
    number = 1
    unused = name
    while unused in used:
        number += 1
        unused = f"{name}-{number}"
    used.add(unused)
    return unused
