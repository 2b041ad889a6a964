"""The command line: `capslab lab`, `run`, `doctor`, `assignment` and the others.

Needs what `pip install 'capslab[lab]'` brings; `run` says so where it is missing.
"""

import sys


def run() -> None:
    """What the command `capslab` calls."""
    try:
        from capslab.cli.main import main
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("capslab"):
            raise
        sys.exit(
            f"The command `capslab` needs {error.name}, which is not installed. "
            "Run: pip install 'capslab[lab]'"
        )
    main()
