"""`python -m capslab.server.singleuser`: a learner's server under JupyterHub, with the course in their home.

It runs as the learner, so copying cannot write anything that the learner could not write.
Options are passed on to JupyterHub's own single-user server, which replaces this process.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from capslab.course.learner_folder import DEFAULT_FOLDER, folder_to_open
from capslab.errors import ArgumentError, DataUnavailable


def prepare(home: Path) -> list[str]:
    """Copies the course into a home, never over work; returns messages about what it did or could not do.

    A full disk or a folder in the way must not keep learners from their work, so the server starts
    whatever happens here.
    """
    try:
        return folder_to_open(home / DEFAULT_FOLDER)[1]
    except (ArgumentError, DataUnavailable) as error:
        return [f"The course was not copied. {error}"]


def main() -> None:
    """Copies the course, then becomes JupyterHub's single-user server."""
    for line in prepare(Path.home()):
        print(f"capslab: {line}", file=sys.stderr, flush=True)
    os.execv(sys.executable, [sys.executable, "-m", "jupyterhub.singleuser", *sys.argv[1:]])


if __name__ == "__main__":
    main()
