"""Downloads with a progress bar and a time limit, which never leave half a file behind."""

from __future__ import annotations

import os
import queue
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from capslab.data import idx
from capslab.errors import DataUnavailable


class _TooSlow(OSError):
    """The time limit of a download is over."""


class _DownloadBar:
    """A tqdm bar that stops the download when its time limit is over.

    It writes to standard output, because text on standard error fails a graded cell.
    """

    def __init__(self, label: str, seconds: float) -> None:
        from tqdm import tqdm

        self.bar = tqdm(desc=label, unit="B", unit_scale=True, ncols=79, file=sys.stdout, delay=0.5)
        self.end = time.monotonic() + seconds
        self.total = 0

    def update(self, size: int) -> None:
        self.bar.total = self.total
        self.bar.update(min(size, self.total - self.bar.n) if self.total else size)
        if time.monotonic() > self.end:
            self.bar.close()
            raise _TooSlow("the connection is too slow")

    def reset(self) -> None:
        """pooch resets the bar before it fills it; ours needs no reset."""

    def close(self) -> None:
        self.bar.close()


def mirrors_that_answer(mirrors: Sequence[str], file: str, seconds: float) -> list[str]:
    """The mirrors that have a file, fastest first.

    Each is asked in a thread of its own, so that a network that drops packets or name
    look-ups costs at most the allowed time.

    Parameters
    ----------
    mirrors : addresses of folders.
    file : name of the file in each of them.
    seconds : time to wait for answers.

    Raises
    ------
    DataUnavailable : no mirror answers.
    """
    answers: queue.Queue[tuple[str, bool, str]] = queue.Queue()

    def ask(mirror: str) -> None:
        answers.put((mirror, *_has(mirror + file, seconds)))

    for mirror in mirrors:
        threading.Thread(target=ask, args=(mirror,), daemon=True).start()
    end = time.monotonic() + seconds
    available: list[str] = []
    obstacle = ""
    for _ in mirrors:
        # once one has answered, the others get a moment to become the second choice
        remaining = min(end - time.monotonic(), 0.5 if available else seconds)
        try:
            mirror, has_file, problem = answers.get(timeout=max(remaining, 0.0))
        except queue.Empty:
            break
        obstacle = obstacle or problem
        if has_file:
            available.append(mirror)
    if not available:
        reason = obstacle or "this machine seems to be offline."
        raise DataUnavailable(f"none of {len(mirrors)} download servers answers: {reason}")
    return available


def _has(url: str, seconds: float) -> tuple[bool, str]:
    """Whether a server has a file; and the obstacle between this machine and the server, if it is known."""
    import requests

    try:
        status = requests.head(url, timeout=seconds, allow_redirects=True).status_code
    except requests.exceptions.ProxyError as error:
        return False, _blocked_by_proxy(url, " (it asks for a password)" if "407" in str(error) else "")
    except requests.exceptions.SSLError:
        return False, (
            f"the certificate of {_host(url)} is not trusted. Is this machine's clock right "
            f"({date.today():%d %B %Y})? Behind a proxy that decrypts connections, set the environment "
            "variable REQUESTS_CA_BUNDLE to the proxy's certificate."
        )
    except requests.RequestException:
        return False, ""
    return status == 200, _blocked_by_proxy(url, " (it asks for a password)") if status == 407 else ""


def _blocked_by_proxy(url: str, more: str) -> str:
    from urllib.request import getproxies

    proxy = getproxies().get(url.split(":")[0], "")
    name = proxy.rsplit("@", 1)[-1].split("//")[-1].rstrip("/")  # without the password that it may contain
    return f"the proxy {name} blocks the connection{more}. The variable HTTPS_PROXY holds its address."


def fetch(mirrors: Sequence[str], file: str, place: Path, sha256: str, seconds: float) -> Path:
    """Download a compressed IDX file into a folder and return its path.

    The file is downloaded under a temporary name, checked, and then renamed in one step. So
    two processes that download it at the same time both get a complete file, and one that
    is stopped leaves nothing behind.

    Parameters
    ----------
    mirrors : addresses of folders, tried in this order.
    file : name of the file, on the mirror and on this machine.
    place : the folder to save it in.
    sha256 : checksum of the decompressed file.
    seconds : time limit for each mirror.

    Raises
    ------
    DataUnavailable : the folder cannot be written, or no mirror has the right file.
    """
    import requests
    from pooch import HTTPDownloader

    reasons: list[str] = []
    for mirror in mirrors:
        part = _new_file(place, file)
        try:
            progress = _DownloadBar(f"{place.name}/{file}", seconds)
            download = HTTPDownloader(progressbar=progress, chunk_size=1 << 16, timeout=min(seconds, 30))
            try:
                download(mirror + file, str(part), None)
                idx.read(part, sha256)
                os.replace(part, place / file)
                return place / file
            except idx.DamagedFile:
                reasons.append(f"{_host(mirror)} sent a damaged file")
            except requests.HTTPError as error:
                reasons.append(
                    f"{_host(mirror)} answered {getattr(error.response, 'status_code', 'nothing')}"
                )
            except requests.RequestException as error:
                reasons.append(f"{_host(mirror)} broke off ({type(error).__name__})")
            except _TooSlow as error:
                reasons.append(f"{_host(mirror)}: {error}")
            except OSError as error:
                raise DataUnavailable(_unwritable(place, error)) from None
            finally:
                progress.close()
        finally:
            part.unlink(missing_ok=True)
    raise DataUnavailable(f"no server has a good copy of {file}: {'; '.join(reasons)}.")


def _new_file(place: Path, file: str) -> Path:
    try:
        place.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(prefix="part-", suffix=f"-{file}", dir=place)
    except OSError as error:
        raise DataUnavailable(_unwritable(place, error)) from None
    os.close(handle)
    return Path(part)


def _unwritable(place: Path, error: OSError) -> str:
    return (
        f"the cache {place} cannot be written ({error.strerror or error}). Set the environment variable "
        "CAPSLAB_HOME to a folder of your own with 200 MB of free space."
    )


def _host(address: str) -> str:
    return address.split("/")[2]
