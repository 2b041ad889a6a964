"""A home for programs that have none, and places to write for those that may not write in theirs.

Containers and services run with no HOME and no entry for their user; a class's machines may have
home folders that cannot be written. Jupyter, Keras, matplotlib and IPython each keep something there.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def is_missing() -> bool:
    """Whether nothing says where this user's home is: a path with ~ would name a folder "~" here."""
    return os.path.expanduser("~") == "~"


def use_temporary_home() -> Path:
    """A folder of this user's among the temporary ones, which is the home from now on, also of children."""
    place = _private_folder("home")
    os.environ["USERPROFILE" if os.name == "nt" else "HOME"] = str(place)
    return place


def is_writable(folder: Path) -> bool:
    """Whether a file can be made in a folder, or in the folder that it could be made in."""
    there = next((parent for parent in (folder, *folder.parents) if parent.exists()), Path(folder.anchor))
    try:
        with tempfile.TemporaryFile(dir=there):
            return True
    except OSError:
        return False


def temporary_folders() -> dict[str, str]:
    """Variables that give JupyterLab and its kernels temporary folders for those they may not write in."""
    from jupyter_core import paths

    home = Path(os.path.expanduser("~"))
    folders = {
        "JUPYTER_CONFIG_DIR": paths.jupyter_config_dir(),
        "JUPYTER_DATA_DIR": paths.jupyter_data_dir(),
        "JUPYTER_RUNTIME_DIR": paths.jupyter_runtime_dir(),
        "IPYTHONDIR": os.environ.get("IPYTHONDIR", home / ".ipython"),
        "MPLCONFIGDIR": os.environ.get("MPLCONFIGDIR", home / ".config/matplotlib"),
    }
    lost = [name for name, folder in folders.items() if not is_writable(Path(folder))]
    return {name: str(_private_folder("jupyter") / name.lower()) for name in lost}


def _private_folder(name: str) -> Path:
    """The same folder each time, which nobody else can read or have prepared."""
    if not hasattr(os, "getuid"):
        return Path(tempfile.mkdtemp(prefix=f"capslab-{name}-"))
    place = Path(tempfile.gettempdir(), f"capslab-{name}-{os.getuid()}")
    try:
        place.mkdir(mode=0o700, exist_ok=True)
        found = place.lstat()
        if (
            place.is_symlink()
            or found.st_uid != os.getuid()
            or found.st_mode & 0o077
            or not is_writable(place)
        ):
            raise PermissionError
    except OSError:
        return Path(tempfile.mkdtemp(prefix=f"capslab-{name}-"))
    return place
