"""Where the course lies on the web, and the links that open its lessons there: all made from one address.

The address is `Repository` under `[project.urls]` in pyproject.toml. A checkout reads it there; an installed
package has it in its metadata.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import metadata
from urllib.parse import urlsplit

from capslab.course.paths import PACKAGE

LABEL = "Repository"


@cache
def repository() -> str:
    """The address of the repository, without a slash at its end; empty if nothing says it.

    >>> repository().startswith("https://")
    True
    """
    project = PACKAGE.parent / "pyproject.toml"
    if project.is_file():
        # Python 3.10 has no tomllib; this table holds nothing but lines of `name = "address"`.
        table = re.search(r"^\[project\.urls\]\n((?:(?!\[).*\n)*)", project.read_text("utf-8"), re.M)
        match = table and re.search(rf'^{LABEL} = "([^"]+)"', table[1], re.M)
        if match:
            return match[1].rstrip("/")
    try:
        listed = metadata.metadata("capslab").get_all("Project-URL") or []
    except metadata.PackageNotFoundError:
        return ""
    found = (line.partition(", ") for line in listed)
    return next((address.rstrip("/") for label, _, address in found if label == LABEL), "")


def links(lesson: str) -> dict[str, str]:
    """The addresses that open a lesson, by the name of the service; none for a repository not on GitHub.

    >>> links("00_start_here")["Colab"].rpartition("/")[2]
    '00_start_here.ipynb'
    """
    address = urlsplit(repository())
    if address.hostname != "github.com":
        return {}
    slug = address.path.strip("/").removesuffix(".git")
    return {
        "Binder": f"https://mybinder.org/v2/gh/{slug}/HEAD?urlpath=lab/tree/notebooks/{lesson}.ipynb",
        "Colab": f"https://colab.research.google.com/github/{slug}/blob/HEAD/notebooks/{lesson}.ipynb",
    }
