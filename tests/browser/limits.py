"""A limit of memory and of cores for a tree of processes, with whatever this machine allows.

A control group of Linux (version 2 or 1) is the real thing: the kernel ends what goes over it. Where
none may be made, a watch adds up what the processes hold and ends them itself. Either way the watch
keeps the highest sum that it saw.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

GROUPS = Path("/sys/fs/cgroup")
EVERY = 0.5  # seconds between two looks


@contextmanager
def limited(memory: int, cores: int = 1, *, groups: bool = True) -> Iterator[Limit]:
    """A limit; `preexec_fn=limit.enter` puts a new process and all its children under it."""
    limit = Limit(memory, cores, _group(memory) if groups else None)
    try:
        yield limit
    finally:
        limit.close()


class Limit:
    """So much memory and so many cores for all processes that enter.

    Attributes
    ----------
    how : what holds the limit, in words.
    peak : the most bytes that the processes held together: what each has alone, and its share
        of what several have in common.
    cpu : (moment, CPU-seconds of all processes so far), a pair for each look.
    """

    def __init__(self, memory: int, cores: int, group: _Group | None) -> None:
        self.memory, self.group, self.peak = memory, group, 0
        self.how = group.how if group else "a watch that ends what goes over it"
        self.cores = sorted(os.sched_getaffinity(0))[-cores:]
        self.cpu: list[tuple[float, float]] = []
        self._roots: list[int] = []
        self._entered, self._enter = os.pipe()
        os.set_blocking(self._entered, False)
        self._ended = False
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def enter(self) -> None:
        """Called in the new process, before it becomes another program."""
        os.sched_setaffinity(0, self.cores)
        if self.group:
            (self.group.path / "cgroup.procs").write_text(str(os.getpid()))
        os.write(self._enter, f"{os.getpid()}\n".encode())

    def exceeded(self) -> bool:
        """Whether something was ended because all together went over the limit."""
        return self._ended or bool(self.group and self.group.killed())

    def cpu_until(self, moment: float) -> float:
        """The CPU-seconds that all processes had used by a moment of the clock."""
        return max((used for when, used in self.cpu if when <= moment), default=0.0)

    def end(self) -> None:
        """Ends whatever is still under the limit."""
        deadline = time.monotonic() + 10
        while (left := [p for p in self._processes() if _runs(p)]) and time.monotonic() < deadline:
            for process in left:
                with suppress(psutil.Error):
                    process.kill()
            time.sleep(0.1)

    def close(self) -> None:
        """Ends what is left, and the limit itself."""
        self.end()
        self._closed.set()
        self._thread.join()
        os.close(self._entered)
        os.close(self._enter)
        if self.group:
            self.group.path.rmdir()

    def _processes(self) -> list[psutil.Process]:
        with suppress(BlockingIOError):
            self._roots += [int(pid) for pid in os.read(self._entered, 4096).split()]
        found: dict[int, psutil.Process] = {}
        inside = (self.group.path / "cgroup.procs").read_text().split() if self.group else self._roots
        for pid in map(int, inside):
            with suppress(psutil.Error):
                process = psutil.Process(pid)
                for one in (process, *process.children(recursive=True)):
                    found[one.pid] = one
        return list(found.values())

    def _watch(self) -> None:
        used: dict[int, float] = {}
        while not self._closed.wait(EVERY):
            held = 0
            for process in self._processes():
                with suppress(psutil.Error):
                    held += process.memory_full_info().pss
                    times = process.cpu_times()
                    used[process.pid] = times.user + times.system
            self.cpu.append((time.time(), sum(used.values())))
            self.peak = max(self.peak, held)
            if held > self.memory and not self.group:
                self._ended = True
                self.end()


def _runs(process: psutil.Process) -> bool:
    with suppress(psutil.Error):
        return process.status() != psutil.STATUS_ZOMBIE
    return False


@dataclass(frozen=True)
class _Group:
    """A control group: its folder, what it is in words, and the file that counts what it ended."""

    path: Path
    how: str
    events: str

    def killed(self) -> int:
        told = dict(line.split() for line in (self.path / self.events).read_text().splitlines())
        return int(told.get("oom_kill", 0))


def _group(memory: int) -> _Group | None:
    """A group of whichever version may be made here, or None."""
    name = f"capslab-{os.getpid()}-{time.monotonic_ns()}"
    first = _Group(_own_group() / name, "a control group (version 1)", "memory.oom_control")
    second = _Group(GROUPS / name, "a control group (version 2)", "memory.events")
    for group, limit, swap in (
        (first, "memory.limit_in_bytes", "memory.memsw.limit_in_bytes"),
        (second, "memory.max", "memory.swap.max"),
    ):
        with suppress(OSError):
            if group is second:
                (GROUPS / "cgroup.subtree_control").write_text("+memory")
            group.path.mkdir()
            try:
                (group.path / limit).write_text(str(memory))
            except OSError:
                group.path.rmdir()
                raise
            with suppress(OSError):  # a kernel that does not count swap
                (group.path / swap).write_text(str(memory if group is first else 0))
            return group
    return None


def _own_group() -> Path:
    """The folder of our own group of version 1, so that a limit around us stays around what we start."""
    with suppress(OSError):
        for line in Path("/proc/self/cgroup").read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            if "memory" in controllers.split(","):
                own = GROUPS / "memory" / path.lstrip("/")
                return own if own.is_dir() else GROUPS / "memory"
    return GROUPS / "memory"
