"""Running a job in a process of its own, watched: time, memory, output, and how it ended."""

from __future__ import annotations

import json
import os
import pickle
import selectors
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psutil

from capslab.course.places import PACKAGE
from capslab.errors import DataUnavailable

HERE = Path(__file__).parent
MEGABYTE = 2**20
SAMPLING_SECONDS = 0.1
FIRST_USER = 64000  # users that own nothing on any usual system
KEPT_OUTPUT = 4000
READING_SECONDS = 0.5  # for a megabyte, at the most, on a busy machine
MOST_READING = 10  # times the limit of a step


class Stopped(Exception):
    """The grader was told to stop."""


@dataclass(frozen=True)
class Limits:
    """What one submission may use.

    Attributes
    ----------
    cpu_s : CPU-seconds of one step (a cell, or one function on all its cases).
    wall_s : seconds of one step, without those in which it waited for a processor.
    memory_mb : of all its processes together, resident.
    output_mb : printed; more is thrown away, and said.
    files_mb : written to its own folder.
    """

    cpu_s: float = 30.0
    wall_s: float = 60.0
    memory_mb: int = 1500
    output_mb: float = 2.0
    files_mb: int = 64

    def times(self, factor: float) -> Limits:
        """The same with more time."""
        return replace(self, cpu_s=self.cpu_s * factor, wall_s=self.wall_s * factor)


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


@dataclass
class Ended:
    """How a job ended.

    Attributes
    ----------
    why : "done", "time limit", "memory limit", "kernel died".
    step : the step that was under way, or None.
    events : what the process said, in order.
    output : the first of what it printed; `printed` how many bytes in all.
    cpu_s, wall_s, peak_mb : used.
    waited : whether it ran out of wall time without using its processor time.
    """

    why: str = "done"
    step: int | None = None
    events: list[dict[str, Any]] = field(default_factory=list)
    output: str = ""
    printed: int = 0
    cpu_s: float = 0.0
    wall_s: float = 0.0
    peak_mb: float = 0.0
    waited: bool = False
    by: tuple[str, ...] = ()


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

stop = threading.Event()  # set: whatever runs ends now, and nothing new starts
_slots: set[int] = set()
_lock = threading.Lock()


class Slot:
    """A number that no other submission has while it runs; its user is made from it."""

    def __enter__(self) -> int:
        with _lock:
            self.number = next(n for n in range(1000) if n not in _slots)
            _slots.add(self.number)
        return self.number

    def __exit__(self, *_: object) -> None:
        with _lock:
            _slots.discard(self.number)


def run(job: dict[str, Any], limits: Limits, protection: Protection) -> Ended:
    """Runs a job (see `inside`) to its end or its limits; never raises for what it does."""
    with tempfile.TemporaryDirectory(prefix="capslab-grading-") as place, Slot() as slot:
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
        inside = [sys.executable, "-I", str(HERE / "inside.py"), str(job_out), str(answers_in)]
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(HERE / "launch.py"), str(plan_file), *inside],
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
            watch = _Watch(process, answers_out, limits, [step["step"] for step in job["steps"]])
            return watch.ended()
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
    for one in psutil.process_iter() if uid is not None else ():
        with suppress(psutil.Error):
            theirs += [one] if one.uids().real == uid else []
    for one in [*list(_family(process.pid))[1:], process, *theirs]:
        with suppress(psutil.Error, OSError):
            one.kill()
    with suppress(OSError):
        os.killpg(process.pid, 9)
    process.wait()


class _Watch:
    """Reads what a process says and prints, and ends it at its limits."""

    MOST_ANSWERS = 32 * MEGABYTE

    def __init__(
        self, process: subprocess.Popen[bytes], answers: int, limits: Limits, steps: list[int]
    ) -> None:
        self.process, self.limits, self.steps = process, limits, steps
        self.end = Ended()
        self.buffer, self.received = b"", 0
        self.over = self.busy = False  # busy: within a step
        self.answers = answers
        self.started = time.monotonic()
        self.step_from = (0.0, self.started, 0.0, 0)  # CPU, wall, waiting and output when the step began
        self.cpu = self.waiting = 0.0

    def ended(self) -> Ended:
        assert self.process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self.answers, selectors.EVENT_READ)
            selector.register(self.process.stdout, selectors.EVENT_READ)
            sampled = 0.0
            while not self.over and selector.get_map():
                for key, _ in selector.select(SAMPLING_SECONDS):
                    data = os.read(key.fd, 1 << 16)
                    if not data:
                        selector.unregister(key.fileobj)
                    elif key.fd == self.answers:
                        self._heard(data)
                    else:
                        self._printed(data)
                if time.monotonic() - sampled >= SAMPLING_SECONDS:
                    sampled = time.monotonic()
                    self._sample()
                gone = self.process.poll() is not None and self.end.why == "done" and not self._complete()
                if gone and not self._pending(selector):
                    break  # a child that keeps the pipes open must not keep us
        self.end.wall_s = time.monotonic() - self.started
        self.end.cpu_s = self.cpu
        if self.end.why == "done" and not self._complete():
            self.end.why = "kernel died"
        if self.end.why == "kernel died" and self.end.peak_mb > 0.9 * self.limits.memory_mb:
            self.end.why = "memory limit"
        return self.end

    @staticmethod
    def _pending(selector: selectors.BaseSelector) -> bool:
        return bool(selector.get_map()) and bool(selector.select(0))

    def _complete(self) -> bool:
        return bool(self.end.events) and self.end.events[-1].get("kind") == "end"

    def _heard(self, data: bytes) -> None:
        self.received += len(data)
        *lines, self.buffer = (self.buffer + data).split(b"\n")
        if self.received > self.MOST_ANSWERS:
            return self._stop("kernel died")
        for line in lines:
            try:
                event = json.loads(line)
            except (ValueError, RecursionError):
                return self._stop("kernel died")  # somebody else wrote to our pipe
            if not isinstance(event, dict):
                return self._stop("kernel died")
            if event.get("kind") == "protected" and not self.end.events:
                self.end.by = tuple(event["by"])
                continue
            if event.get("kind") == "start":
                if self.busy or event.get("step") not in self.steps[:1]:
                    continue  # no step begins twice, or before the last one ended, and its clock neither
                self.end.step, self.busy = self.steps.pop(0), True
                self.step_from = (self.cpu, time.monotonic(), self.waiting, self.end.printed)
            elif event.get("step") == self.end.step:
                self.busy = False
            self.end.events.append(event)
            if event.get("kind") == "end":
                self.over = True
                return None
        return None

    def _printed(self, data: bytes) -> None:
        if self.end.printed < KEPT_OUTPUT:
            self.end.output += data[: KEPT_OUTPUT - self.end.printed].decode("utf-8", "replace")
        self.end.printed += len(data)

    def _stop(self, why: str) -> None:
        self.end.why, self.over = why, True

    def _sample(self) -> None:
        if stop.is_set():
            raise Stopped
        memory = cpu = waiting = 0.0
        for one in _family(self.process.pid):
            with suppress(psutil.Error):
                with one.oneshot():
                    times = one.cpu_times()
                    cpu += times.user + times.system
                    memory += one.memory_info().rss
                waiting = max(waiting, _waiting(one.pid))
        self.cpu, self.waiting = max(self.cpu, cpu), max(self.waiting, waiting)
        self.end.peak_mb = max(self.end.peak_mb, memory / MEGABYTE)
        if self.end.peak_mb > self.limits.memory_mb:
            return self._stop("memory limit")
        used = self.cpu - self.step_from[0]
        passed = time.monotonic() - self.step_from[1] - (self.waiting - self.step_from[2])
        # what it prints, it waits for us to read
        reading = READING_SECONDS * (self.end.printed - self.step_from[3]) / MEGABYTE
        passed -= min(reading, MOST_READING * self.limits.wall_s)
        if used > self.limits.cpu_s:
            self._stop("time limit")
        elif passed > self.limits.wall_s:
            self.end.waited = used < self.limits.cpu_s / 2
            self._stop("time limit")
        return None


def _family(pid: int) -> Iterator[psutil.Process]:
    """A process and all below it. Linux tells the children of one; psutil has to look at all there are."""
    with suppress(psutil.Error):
        first = psutil.Process(pid)
        yield first
        try:
            for task in os.listdir(f"/proc/{pid}/task"):
                for child in Path(f"/proc/{pid}/task/{task}/children").read_text().split():
                    yield from _family(int(child))
        except OSError:
            if not Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").exists():
                yield from first.children(recursive=True)


def _waiting(pid: int) -> float:
    """Seconds in which a process was ready and had no processor, where Linux tells; else 0."""
    with suppress(OSError, ValueError, IndexError):
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9
    return 0.0


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
