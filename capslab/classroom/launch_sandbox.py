"""Runs a job in a process of its own, shut off from everything else as far as the machine permits."""

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

from capslab.classroom.watch_process import JobReport, Limits, ProcessMonitor, family
from capslab.course.paths import PACKAGE
from capslab.errors import DataUnavailable

HERE = Path(__file__).parent
FIRST_USER, MAX_USERS = 64000, 1000  # numbers of users that own nothing on any usual system
EXIT_SECONDS = 0.5  # for a process that is done to exit; then it is killed


@dataclass(frozen=True)
class Protection:
    """How submissions are kept apart from the machine and from each other.

    Attributes
    ----------
    isolate : whether each gets its own view of the machine.
    user : number of the first user to run as; None to run as the grader's own user.
    enforced : names of the protections that hold, out of "files", "network", "processes", "user".
    hidden : folders that it must not see, wherever they are.
    """

    isolate: bool
    user: int | None
    enforced: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of the protections that do not hold here."""
        return tuple(name for name in ("files", "network", "processes", "user") if name not in self.enforced)


def _visible_folders() -> list[str]:
    """Folders that the process must see: Python, its packages, capslab."""
    places = {sys.prefix, sys.base_prefix, str(PACKAGE), os.path.dirname(os.path.realpath(sys.executable))}
    places |= {p for p in sys.path if p.endswith(("site-packages", "dist-packages")) and os.path.isdir(p)}
    real = {os.path.abspath(base) for base in places if os.path.isdir(base)}
    nested = {
        p for p in real for q in (*real, "/usr") if p != q and (p + "/").startswith(q.rstrip("/") + "/")
    }
    return sorted(real - nested - {"/usr", "/"}, key=len)


def _hidden_folders() -> list[str]:
    """Folders with solutions: the exercises, the notebooks, and the sources of a checkout."""
    checkout = PACKAGE.parent if (PACKAGE.parent / "pyproject.toml").is_file() else None
    packages = {PACKAGE, *(Path(base, "capslab") for base in sys.path if base)}
    folders = [package / name for package in packages for name in ("exercises", "_course")]
    return [str(path) for path in (*folders, *([checkout / "notebooks"] if checkout else []))]


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


class UserSlot:
    """A number that no other submission on this machine has while it runs, whichever grader started it.

    It determines the user that a submission runs as. Two submissions of one user would share a limit on
    processes, and be killed together.
    """

    def __enter__(self) -> int:
        with _lock:
            free = [n for n in range(MAX_USERS) if n not in _slots]
            self.number, self.reservation = free[0], _reserve(free[0])
            while self.reservation is None and free[1:]:
                free = free[1:]
                self.number, self.reservation = free[0], _reserve(free[0])
            _slots.add(self.number)
        return self.number

    def __exit__(self, *_: object) -> None:
        with _lock:
            _slots.discard(self.number)
            if self.reservation is not None:
                self.reservation.close()


def _reserve(number: int) -> socket.socket | None:
    """Reserves a number by the name of a socket, which Linux gives to one process at a time."""
    reservation = socket.socket(socket.AF_UNIX)
    try:
        if sys.platform == "linux":
            reservation.bind(f"\0capslab-user-{FIRST_USER + number}")
    except OSError:
        reservation.close()
        return None
    return reservation


def run_job(job: dict[str, Any], limits: Limits, protection: Protection) -> JobReport:
    """Runs a job (see `run_student_code`) to its end or its limits. Whatever it does raises nothing here."""
    # A dying process may write while its folder is removed. That is no reason to lose a grade.
    temporary = tempfile.TemporaryDirectory(prefix="capslab-grading-", ignore_cleanup_errors=True)
    with temporary as base, UserSlot() as slot:
        folder, root = Path(base, "work"), Path(base, "root")
        folder.mkdir()
        root.mkdir()
        uid = None if protection.user is None else protection.user + slot
        if uid is not None:
            os.chmod(base, 0o711)
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
            "visible": _visible_folders(),
            "hidden": [*_hidden_folders(), *protection.hidden],
            "report_to": answers_in,
            "files_mb": limits.files_mb,
            "data_mb": limits.memory_mb * 2 + 1000,
            "cpu_s": int(limits.cpu_s * max(1, len(job["steps"])) + 60),
            "environment": environment,
        }
        plan_file = Path(base, "plan.json")
        plan_file.write_text(json.dumps(plan))
        command = [sys.executable, "-I", str(HERE / "run_student_code.py"), str(job_out), str(answers_in)]
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(HERE / "sandbox_limits.py"), str(plan_file), *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=(job_out, answers_in),
            start_new_session=True,
            cwd=base,
        )
        os.close(job_out)
        os.close(answers_in)
        feeder = threading.Thread(target=_feed, args=(job_in, {**job, "path": _import_path()}), daemon=True)
        feeder.start()
        try:
            monitor = ProcessMonitor(process, answers_out, limits, [step["step"] for step in job["steps"]])
            report = monitor.wait()
            if report.reason == "done":
                with suppress(subprocess.TimeoutExpired):
                    process.wait(EXIT_SECONDS)
            return report
        finally:
            _kill(process, None if "processes" in protection.enforced else uid)
            os.close(answers_out)
            assert process.stdout is not None
            process.stdout.close()
            feeder.join(5)


def _import_path() -> list[str]:
    return [str(PACKAGE.parent), *(p for p in sys.path if p.endswith(("site-packages", "dist-packages")))]


def _feed(pipe: int, job: dict[str, Any]) -> None:
    with suppress(OSError), os.fdopen(pipe, "wb") as file:
        pickle.dump(job, file, protocol=4)


def _kill(process: subprocess.Popen[bytes], uid: int | None) -> None:
    """Kills a process and whatever it started; where it could leave its family, all that its user runs."""
    theirs: list[psutil.Process] = []
    with _lock:  # psutil keeps one table of all processes, which two threads must not change at once
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


def strongest_protection() -> Protection:
    """The strongest protection that works on this machine, found by running an empty job.

    Raises
    ------
    DataUnavailable : none works here.
    """
    if os.name != "posix":
        raise DataUnavailable("Grading needs Linux or macOS. On Windows, use WSL.")
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    candidates = [Protection(True, FIRST_USER if root else None)]
    if root:
        candidates.append(Protection(False, FIRST_USER))
    candidates.append(Protection(False, None))
    for one in candidates:
        report = run_job({"steps": [{"step": 0, "code": "import numpy"}]}, Limits(), one)
        if report.reason == "done" and (not one.isolate or "files" in report.enforced):
            return replace(one, enforced=report.enforced)
    raise DataUnavailable(f"Submissions cannot run on this machine: {report.output.strip()[-300:]}")
