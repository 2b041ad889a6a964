"""Tells files that systems and programs leave behind in folders from files that somebody put there."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

_OF = {
    "macOS": "__macosx|.ds_store|.appledouble|.appledesktop|.appledb|.lsoverride|.localized|.spotlight-v100|"
    ".fseventsd|.temporaryitems|temporary items|network trash folder|.trashes|.trash|icon\r|.apdisk|"
    ".documentrevisions-v100|.volumeicon.icns|.pkinstallsandboxmanager|thevolumesettingsfolder",
    "Windows": "thumbs.db|ehthumbs.db|ehthumbs_vista.db|desktop.ini|$recycle.bin|recycler|found.000|msocache|"
    "system volume information|zbthumbnail.info|_vti_cnf|_vti_pvt",
    "the system": "lost+found|lost.dir|.directory|.thumbnails|.thumbs|.thumb|.xvpics",
    "a network drive": "@eadir|#recycle|#snapshot|@tmp|@sharebin|.@__thumb|@__thumb|@recycle|"
    "@recently-snapshot|.@upload_cache|@syno",
    "Jupyter": ".ipynb_checkpoints|.virtual_documents|.jupyter",
    "version control": ".git|.svn|.hg|.bzr|.gitignore|.gitattributes|.gitkeep|.keep|.dvc|.dvcignore",
    "programs": "__pycache__|.venv|.idea|.vscode|.pytest_cache|.cache",
    "a synchronised folder": ".dropbox.cache|.dropbox|.sync|.stfolder|.stversions|_gsdata_",
    "a photo program": ".picasaoriginals|.picasa.ini|picasa.ini|.comments|.nomedia|.dtrash|.pics",
}
#: names of folders and files, in lower case, and whose they are
HOUSEKEEPING = {name: owner for owner, names in _OF.items() for name in names.split("|")}
#: how such names begin, in lower case, where the rest varies
BEGINNINGS = {
    "._": "macOS",
    ".trash-": "the system",
    ".nfs": "the system",
    ".fuse_hidden": "the system",
    "thumbs.db:": "Windows",
    "~$": "an office program",
    ".~lock.": "an office program",
    "synophoto_thumb": "a network drive",
    "synofile_thumb": "a network drive",
}


@lru_cache(maxsize=10_000)
def housekeeping(name: str) -> str:
    """Whose housekeeping a file or folder of this name is, in words; "" if it is none.

    >>> housekeeping("Thumbs.db"), housekeeping("._cat.png"), housekeeping("_unsorted")
    ('housekeeping of Windows', 'housekeeping of macOS', '')
    """
    key = name.lower() if name.endswith("\r") else name.strip().lower()
    owner = HOUSEKEEPING.get(key) or next(
        (owner for start, owner in BEGINNINGS.items() if key.startswith(start)), ""
    )
    return f"housekeeping of {owner}" if owner else ""


def left_out(parts: Sequence[str]) -> tuple[int, str, bool]:
    """Which part of a path is housekeeping or hidden, from 1; why; and whether it is housekeeping.

    (0, "", False) if every part is an ordinary name.

    >>> left_out(("cat", ".ipynb_checkpoints", "1.png"))
    (2, 'housekeeping of Jupyter', True)
    >>> left_out(("cat", ".mine", "1.png"))
    (2, 'in a hidden folder', False)
    """
    for depth, part in enumerate(parts, 1):
        reason = housekeeping(part)
        if reason:
            return depth, reason, True
        if part.startswith(".") and part not in (".", ".."):
            return depth, ("a hidden file" if depth == len(parts) else "in a hidden folder"), False
    return 0, "", False
