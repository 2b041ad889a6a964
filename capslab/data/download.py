"""Downloads that say what happens, stop in time, and never leave half a file behind."""

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
    """The time allowed for a download is over."""


class _DownloadBar:
    """A tqdm bar that ends the download when its time is over.

    It writes to standard output: what goes to standard error fails a graded cell.
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
        """pooch resets the bar before it fills it; ours is right already."""

    def close(self) -> None:
        self.bar.close()


def mirrors_that_answer(mirrors: Sequence[str], file: str, seconds: float) -> list[str]:
    """The mirrors that have a file, fastest first, within so many seconds.

    Each is asked in a thread of its own, so that a network that swallows packets or
    names costs the time allowed and no more.

    Raises
    ------
    DataUnavailable : none answers.
    """
    answers: queue.Queue[tuple[str, bool, str]] = queue.Queue()

    def ask(mirror: str) -> None:
        answers.put((mirror, *_has(mirror + file, seconds)))

    for mirror in mirrors:
        threading.Thread(target=ask, args=(mirror,), daemon=True).start()
    end = time.monotonic() + seconds
    good: list[str] = []
    hindered = ""
    for _ in mirrors:
        # once one has answered, the others get a moment to be second choice
        left = min(end - time.monotonic(), 0.5 if good else seconds)
        try:
            mirror, has, why = answers.get(timeout=max(left, 0.0))
        except queue.Empty:
            break
        hindered = hindered or why
        if has:
            good.append(mirror)
    if not good:
        why = hindered or "this machine seems to be offline."
        raise DataUnavailable(f"none of {len(mirrors)} download servers answers: {why}")
    return good


def _has(url: str, seconds: float) -> tuple[bool, str]:
    """Whether a server has a file; and what stands between us and it, where that can be told."""
    import requests

    try:
        status = requests.head(url, timeout=seconds, allow_redirects=True).status_code
    except requests.exceptions.ProxyError as error:
        return False, _of_proxy(url, " (it wants a password)" if "407" in str(error) else "")
    except requests.exceptions.SSLError:
        return False, (
            f"the certificate of {_host(url)} is not believed. Is this machine's clock right "
            f"({date.today():%d %B %Y})? Behind a proxy that opens connections, name its certificate "
            "in the environment variable REQUESTS_CA_BUNDLE."
        )
    except requests.RequestException:
        return False, ""
    return status == 200, _of_proxy(url, " (it wants a password)") if status == 407 else ""


def _of_proxy(url: str, more: str) -> str:
    from urllib.request import getproxies

    proxy = getproxies().get(url.split(":")[0], "")
    name = proxy.rsplit("@", 1)[-1].split("//")[-1].rstrip("/")  # without the password that it may hold
    return f"the proxy {name} lets nothing through{more}. Its address is in the variable HTTPS_PROXY."


def fetch(mirrors: Sequence[str], file: str, place: Path, sha256: str, seconds: float) -> Path:
    """Download a compressed IDX file into a folder and return its path.

    It arrives under a name of its own, is checked, and is then moved into place in one
    step: two processes that download at once both end with a whole file, and one
    that is stopped leaves none.

    Parameters
    ----------
    mirrors : addresses of folders, tried in this order.
    file : its name there and here.
    place : the folder to keep it in.
    sha256 : checksum of the decompressed file.
    seconds : time allowed for each mirror.

    Raises
    ------
    DataUnavailable : the folder cannot be written, or no mirror gives the right file.
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
                reasons.append(f"{_host(mirror)} gave a damaged file")
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
    raise DataUnavailable(f"no server gave {file}: {'; '.join(reasons)}.")


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
        "CAPSLAB_HOME to a folder of yours with 200 MB free."
    )


def _host(address: str) -> str:
    return address.split("/")[2]
