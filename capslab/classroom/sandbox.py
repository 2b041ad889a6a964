"""Running a job in a process of its own, as far from everything else as the machine permits."""

from __future__ import annotations

import json
import os
import pickle
import socket
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psutil

from capslab.classroom.process_monitor import Ended, Limits, Watch, family
from capslab.course.paths import PACKAGE
from capslab.errors import DataUnavailable

HERE = Path(__file__).parent
FIRST_USER, MOST_USERS = 64000, 1000  # users that own nothing on any usual system
LEAVING_SECONDS = 0.5  # for a process that is done; what is left of it is ended


@dataclass(frozen=True)
class Protection:
    """How submissions are kept apart.

    Attributes
    ----------
    isolate : each gets a view of the machine of its own.
    user : number of the first user to run as; None for the grader's own.
    by : names of the protections that hold, of "files", "network", "processes", "user".
    hidden : folders out of its sight, wherever they lie.
    """

    isolate: bool
    user: int | None
    by: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(name for name in ("files", "network", "processes", "user") if name not in self.by)


def _shown() -> list[str]:
    """Folders that the process needs to see: Python, its packages, capslab."""
    places = {sys.prefix, sys.base_prefix, str(PACKAGE), os.path.dirname(os.path.realpath(sys.executable))}
    places |= {p for p in sys.path if p.endswith(("site-packages", "dist-packages")) and os.path.isdir(p)}
    real = {os.path.abspath(place) for place in places if os.path.isdir(place)}
    inner = {p for p in real for q in (*real, "/usr") if p != q and (p + "/").startswith(q.rstrip("/") + "/")}
    return sorted(real - inner - {"/usr", "/"}, key=len)


def _hidden() -> list[str]:
    beside = PACKAGE.parent if (PACKAGE.parent / "pyproject.toml").is_file() else None
    packages = {PACKAGE, *(Path(place, "capslab") for place in sys.path if place)}
    own = [package / name for package in packages for name in ("exercises", "_course")]
    return [str(path) for path in (*own, *([beside / "notebooks"] if beside else []))]


ENVIRONMENT = {
    "HOME": "/student",
    "USER": "student",
    "LOGNAME": "student",
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "MPLBACKEND": "agg",
    "CAPSLAB_OFFLINE": "1",
    "CAPSLAB_DATASET": "digits",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
}

_slots: set[int] = set()
_lock = threading.Lock()


class Slot:
    """A number that no other submission has while it runs, not even one of another grader's on this machine.

    The user it runs as is made from it: two of one user would share a limit of processes, and end together.
    """

    def __enter__(self) -> int:
        with _lock:
            free = [n for n in range(MOST_USERS) if n not in _slots]
            self.number, self.held = free[0], _held(free[0])
            while self.held is None and free[1:]:
                free = free[1:]
                self.number, self.held = free[0], _held(free[0])
            _slots.add(self.number)
        return self.number

    def __exit__(self, *_: object) -> None:
        with _lock:
            _slots.discard(self.number)
            if self.held is not None:
                self.held.close()


def _held(number: int) -> socket.socket | None:
    """A hold on a number: a name of a socket, which Linux gives to one process and takes back with it."""
    hold = socket.socket(socket.AF_UNIX)
    try:
        if sys.platform == "linux":
            hold.bind(f"\0capslab-user-{FIRST_USER + number}")
    except OSError:
        hold.close()
        return None
    return hold


def run(job: dict[str, Any], limits: Limits, protection: Protection) -> Ended:
    """Runs a job (see `inside`) to its end or its limits; never raises for what it does."""
    # What is still dying may write while the folder is removed; that is no reason to lose a grade.
    made = tempfile.TemporaryDirectory(prefix="capslab-grading-", ignore_cleanup_errors=True)
    with made as place, Slot() as slot:
        folder, root = Path(place, "work"), Path(place, "root")
        folder.mkdir()
        root.mkdir()
        uid = None if protection.user is None else protection.user + slot
        if uid is not None:
            os.chmod(place, 0o711)
            os.chown(folder, uid, uid)
        job_out, job_in = os.pipe()
        answers_out, answers_in = os.pipe()
        environment = dict(ENVIRONMENT)
        if not protection.isolate:
            environment["HOME"] = str(folder)
        plan = {
            "isolate": protection.isolate,
            "user": protection.isolate and uid is None,
            "uid": uid,
            "root": str(root),
            "folder": str(folder),
            "shown": _shown(),
            "hidden": [*_hidden(), *protection.hidden],
            "told": answers_in,
            "files_mb": limits.files_mb,
            "data_mb": limits.memory_mb * 2 + 1000,
            "cpu_s": int(limits.cpu_s * max(1, len(job["steps"])) + 60),
            "environment": environment,
        }
        plan_file = Path(place, "plan.json")
        plan_file.write_text(json.dumps(plan))
        inside = [sys.executable, "-I", str(HERE / "student_process.py"), str(job_out), str(answers_in)]
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(HERE / "sandbox_entry.py"), str(plan_file), *inside],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=(job_out, answers_in),
            start_new_session=True,
            cwd=place,
        )
        os.close(job_out)
        os.close(answers_in)
        feeder = threading.Thread(target=_feed, args=(job_in, {**job, "path": _path()}), daemon=True)
        feeder.start()
        try:
            watch = Watch(process, answers_out, limits, [step["step"] for step in job["steps"]])
            end = watch.ended()
            if end.why == "done":
                with suppress(subprocess.TimeoutExpired):
                    process.wait(LEAVING_SECONDS)
            return end
        finally:
            _end(process, None if "processes" in protection.by else uid)
            os.close(answers_out)
            assert process.stdout is not None
            process.stdout.close()
            feeder.join(5)


def _path() -> list[str]:
    return [str(PACKAGE.parent), *(p for p in sys.path if p.endswith(("site-packages", "dist-packages")))]


def _feed(pipe: int, job: dict[str, Any]) -> None:
    with suppress(OSError), os.fdopen(pipe, "wb") as file:
        pickle.dump(job, file, protocol=4)


def _end(process: subprocess.Popen[bytes], uid: int | None) -> None:
    """Ends a process and whatever it started: all that its user runs, where it could leave its family."""
    theirs: list[psutil.Process] = []
    with _lock:  # psutil keeps one table of all processes, which two threads may not change at once
        everybody = list(psutil.process_iter()) if uid is not None else []
    for one in everybody:
        with suppress(psutil.Error):
            theirs += [one] if one.uids().real == uid else []
    for one in [*list(family(process.pid))[1:], process, *theirs]:
        with suppress(psutil.Error, OSError):
            one.kill()
    with suppress(OSError):
        os.killpg(process.pid, 9)
    process.wait()


def strongest() -> Protection:
    """The strongest protection that works here, tried out on an empty job.

    Raises
    ------
    DataUnavailable : where none does.
    """
    if os.name != "posix":
        raise DataUnavailable("Grading needs Linux or macOS. On Windows, grade in WSL.")
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    tries = [Protection(True, FIRST_USER if root else None)]
    if root:
        tries.append(Protection(False, FIRST_USER))
    tries.append(Protection(False, None))
    for one in tries:
        end = run({"steps": [{"step": 0, "code": "import numpy"}]}, Limits(), one)
        if end.why == "done" and (not one.isolate or "files" in end.by):
            return replace(one, by=end.by)
    raise DataUnavailable(f"No submission can be run on this machine: {end.output.strip()[-300:]}")
