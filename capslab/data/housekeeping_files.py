"""Tells files that systems and programs leave behind in folders from files that somebody put there."""

from __future__ import annotations

from collections.abc import Sequence

#: names of folders and files, in lower case, and whose they are
HOUSEKEEPING = {
    **dict.fromkeys(
        ("__macosx", ".ds_store", ".appledouble", ".appledesktop", ".appledb", ".lsoverride", ".localized")
        + (".spotlight-v100", ".fseventsd", ".temporaryitems", "temporary items", "network trash folder")
        + (".trashes", ".trash", ".documentrevisions-v100", ".volumeicon.icns", ".apdisk", "icon\r")
        + (".pkinstallsandboxmanager", ".hfs+ private directory data\r", "thevolumesettingsfolder"),
        "macOS",
    ),
    **dict.fromkeys(
        ("thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini", "$recycle.bin", "recycler")
        + ("system volume information", "found.000", "msocache", "zbthumbnail.info", "_vti_cnf", "_vti_pvt"),
        "Windows",
    ),
    **dict.fromkeys(
        ("lost+found", "lost.dir", ".directory", ".thumbnails", ".thumbs", ".xvpics", ".thumb"), "the system"
    ),
    **dict.fromkeys(
        ("@eadir", "#recycle", "#snapshot", "@tmp", "@sharebin", ".@__thumb", "@__thumb", "@recycle")
        + ("@recently-snapshot", ".@upload_cache", "@syno", ".syncthing.tmp"),
        "a network drive",
    ),
    **dict.fromkeys((".ipynb_checkpoints", ".virtual_documents", ".jupyter"), "Jupyter"),
    **dict.fromkeys(
        (".git", ".svn", ".hg", ".bzr", ".gitignore", ".gitattributes", ".gitkeep", ".keep", ".dvc"),
        "version control",
    ),
    **dict.fromkeys(("__pycache__", ".venv", ".idea", ".vscode", ".pytest_cache", ".cache"), "programs"),
    **dict.fromkeys((".dropbox.cache", ".dropbox", ".sync", ".stfolder", ".stversions", "_gsdata_"), "sync"),
    **dict.fromkeys(
        (".picasaoriginals", ".picasa.ini", "picasa.ini", ".comments", ".nomedia", ".dtrash", ".pics"),
        "a photo program",
    ),
}
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
        if part.startswith("."):
            return depth, ("a hidden file" if depth == len(parts) else "in a hidden folder"), False
    return 0, "", False
