"""Temporary folders for programs without a home folder, or with one that cannot be written.

Containers and services often run with no HOME and no entry for their user, and a classroom's machines
may have read-only home folders. But Jupyter, Keras, matplotlib and IPython all save files there.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

#: the temporary folder that stands in for the home, where there is none
borrowed: Path | None = None


def is_missing() -> bool:
    """Whether this user has no known home folder; a path with ~ would then create a folder named "~"."""
    return os.path.expanduser("~") == "~"


def use_temporary_home() -> Path:
    """Use a private temporary folder as the home from now on, for this process and its children."""
    global borrowed
    borrowed = folder = _private_folder("home")
    os.environ["USERPROFILE" if os.name == "nt" else "HOME"] = str(folder)
    return folder


def is_writable(folder: Path) -> bool:
    """Whether a file can be created in a folder; of a missing folder, whether it could be created."""
    existing = next((parent for parent in (folder, *folder.parents) if parent.exists()), Path(folder.anchor))
    try:
        with tempfile.TemporaryFile(dir=existing):
            return True
    except OSError:
        return False


def temporary_folders() -> dict[str, str]:
    """Environment variables that replace folders which JupyterLab and its kernels cannot write to."""
    from jupyter_core import paths

    home = Path(os.path.expanduser("~"))
    folders = {
        "JUPYTER_CONFIG_DIR": paths.jupyter_config_dir(),
        "JUPYTER_DATA_DIR": paths.jupyter_data_dir(),
        "JUPYTER_RUNTIME_DIR": paths.jupyter_runtime_dir(),
        "IPYTHONDIR": os.environ.get("IPYTHONDIR", home / ".ipython"),
        "MPLCONFIGDIR": os.environ.get("MPLCONFIGDIR", home / ".config/matplotlib"),
    }
    read_only = [name for name, folder in folders.items() if not is_writable(Path(folder))]
    return {name: str(_private_folder("jupyter") / name.lower()) for name in read_only}


def _private_folder(name: str) -> Path:
    """A temporary folder that nobody else can read or could have prepared; the same one on each call."""
    if not hasattr(os, "getuid"):
        return Path(tempfile.mkdtemp(prefix=f"capslab-{name}-"))
    folder = Path(tempfile.gettempdir(), f"capslab-{name}-{os.getuid()}")
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        status = folder.lstat()
        if (
            folder.is_symlink()
            or status.st_uid != os.getuid()
            or status.st_mode & 0o077
            or not is_writable(folder)
        ):
            raise PermissionError
    except OSError:
        return Path(tempfile.mkdtemp(prefix=f"capslab-{name}-"))
    return folder
