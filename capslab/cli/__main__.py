"""`python -m capslab.cli`: the same as the command `capslab`."""

from capslab.cli import run

run()
