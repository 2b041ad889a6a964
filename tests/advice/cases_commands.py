"""Mistakes on the command line: what is typed, in a folder that holds what `made` says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Command:
    """Words after `capslab`; `then`, where the advice is prose, are the words that follow it.

    Attributes
    ----------
    made : files (name → text) and folders (name ending in "/" → "") that are there before.
    before : words of a command that ran before.
    """

    words: str
    then: str = ""
    made: tuple[tuple[str, str], ...] = ()
    before: str = ""

    def __str__(self) -> str:
        return self.words


SITE = (("site/", ""),)
FULL = (("full/notes.txt", "mine"),)
EMPTY = (("course/.capslab/class.json", '{"seed": "0"}'),)  # a class for which nothing was released
FILE = (("notes.txt", "mine"),)

COMMANDS = [
    Command("export 04"),
    Command("export 4"),
    Command("export 03 04"),
    Command("export 13_look_inside"),
    Command("export 04.ipynb"),
    Command("export 04", made=SITE),
    Command("export 4 full", then="export 4 site", made=FULL),
    Command("export 4 notes.txt", then="export 4 site", made=FILE),
    Command("export 77 site", then="export 00 site"),
    Command("run capsule_network", then="run 13_look_inside"),
    Command("run work/04", then="run 00"),
    Command("build 77 --check", then="build 00 --check"),
    Command("assignment release 04"),
    Command("assignment release 3 4"),
    Command("assignment release course"),
    Command("assignment release 4 full", then="assignment release 4 class", made=FULL),
    Command("assignment release 4 notes.txt", then="assignment release 4 class", made=FILE),
    Command("assignment release full/own.ipynb course", made=(("full/own.ipynb", "{}"),)),
    Command("assignment collect course"),
    Command("assignment collect 04"),
    Command("assignment grade full", made=FULL),
    Command("assignment feedback course -a 4"),
    Command(
        "assignment feedback course -a 8",
        then="assignment feedback course -a 03_a_layer_that_learns",
        before="assignment release 3 course",
    ),
    Command("assignment feedback course -a 8", made=EMPTY),
    Command("assignment grade course -a 77", made=EMPTY),
    Command("lab --dir notes.txt", then="lab --dir capslab-course", made=FILE),
    Command("lab --class full", made=FULL),
    Command("lab --dir /proc/nowhere", then="lab --dir capslab-course"),
    Command("update --dir nothing"),
    Command("update --dir notes.txt", made=FILE),
]
