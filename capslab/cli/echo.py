"""What the commands print, on any console."""

from __future__ import annotations

import sys
from typing import Any

import click


def echo(message: Any = "", *, err: bool = False, nl: bool = True) -> None:
    """As `click.echo`, in the characters that the console has.

    The stream is named, because click would write UTF-8 to a console whose encoding is ASCII.
    `capslab.machine.console.print_readably` has made the stream spell what it lacks.
    """
    click.echo(message, file=sys.stderr if err else sys.stdout, nl=nl)
