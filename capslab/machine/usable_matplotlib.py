"""Imports matplotlib even where MPLBACKEND names a way of showing figures that it does not know.

matplotlib then refuses to be imported at all. Figures of the course are drawn without any such backend, so an
old setting need not stop them. Import this module before matplotlib.
"""

from __future__ import annotations

import os
import sys
import warnings


def backend_problem(name: str) -> str:
    """Why matplotlib cannot use this backend, in its own words; "" if it can."""
    import matplotlib

    try:
        with matplotlib.rc_context():
            matplotlib.rcParams["backend"] = name
    except ValueError as error:
        return " ".join(str(error).split()).removeprefix("Key backend: ")
    return ""


def _import() -> None:
    setting = os.environ.pop("MPLBACKEND", None)
    try:
        import matplotlib
    finally:
        if setting is not None:
            os.environ["MPLBACKEND"] = setting
    if not setting:
        return
    if backend_problem(setting):
        warnings.warn(
            f"MPLBACKEND is {setting!r}, which matplotlib does not know, so it is ignored. Remove it: "
            "`unset MPLBACKEND` in the terminal (Windows: `set MPLBACKEND=`), then start Python again.",
            stacklevel=3,
        )
    else:
        matplotlib.rcParams["backend"] = setting


if "matplotlib" not in sys.modules:
    _import()
