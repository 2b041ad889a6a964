"""`python -m capslab.server.singleuser`: a learner's server under JupyterHub, the course in their home.

It runs as the learner, so that copying can write nothing that they could not write themselves.
Options go on to JupyterHub's own single-user server, which this process becomes.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from capslab.cli.lab import DEFAULT_FOLDER, folder_to_open
from capslab.errors import ArgumentError, DataUnavailable


def prepare(home: Path) -> list[str]:
    """Copies the course into a home, never over work; says what it did or could not do, a line each.

    A disk that is full or a folder that is in the way must not keep learners from their work:
    the server starts whatever happened here.
    """
    try:
        return folder_to_open(home / DEFAULT_FOLDER)[1]
    except (ArgumentError, DataUnavailable) as error:
        return [f"The course was not copied. {error}"]


def main() -> None:
    for line in prepare(Path.home()):
        print(f"capslab: {line}", file=sys.stderr, flush=True)
    os.execv(sys.executable, [sys.executable, "-m", "jupyterhub.singleuser", *sys.argv[1:]])


if __name__ == "__main__":
    main()
