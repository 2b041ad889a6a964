"""A process watched: what it says and prints, the time, memory and output that it takes, how it ended."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psutil

MEGABYTE = 2**20
SAMPLING_SECONDS = 0.1
KEPT_OUTPUT = 4000
READING_SECONDS = 0.5  # for a megabyte, at the most, on a busy machine
MOST_READING = 10  # times the limit of a step

stop = threading.Event()  # set: whatever runs ends now, and nothing new starts


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


class Watch:
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
        for one in family(self.process.pid):
            with suppress(psutil.Error, OSError, ValueError, IndexError):  # it ends while it is looked at
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


def family(pid: int) -> Iterator[psutil.Process]:
    """A process and all below it. Linux tells the children of one; psutil has to look at all there are."""
    with suppress(psutil.Error):
        first = psutil.Process(pid)
        yield first
        try:
            for task in os.listdir(f"/proc/{pid}/task"):
                for child in Path(f"/proc/{pid}/task/{task}/children").read_text().split():
                    yield from family(int(child))
        except OSError:
            if not Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").exists():
                yield from first.children(recursive=True)


def _waiting(pid: int) -> float:
    """Seconds in which a process was ready and had no processor, where Linux tells; else 0."""
    with suppress(OSError, ValueError, IndexError):
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9
    return 0.0
