"""Watches a process: what it answers and prints, the time, memory and output it uses, how it ended."""

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
MAX_KEPT_OUTPUT = 4000  # bytes
READING_SECONDS = 0.5  # what reading one megabyte takes us at most, on a busy machine
MAX_READING = 10  # times the limit of a step

stop_grading = threading.Event()  # when set, whatever runs ends now, and nothing new starts


class GradingStopped(Exception):
    """The grader was told to stop."""


@dataclass(frozen=True)
class Limits:
    """What one submission may use.

    Attributes
    ----------
    cpu_s : CPU-seconds for one step (a cell, or one function on all its cases).
    wall_s : seconds for one step, without those in which it waited for a processor.
    memory_mb : resident memory of all its processes together, in MB.
    output_mb : printed output in MB; more is dropped, with a remark.
    files_mb : files written to its own folder, in MB.
    """

    cpu_s: float = 30.0
    wall_s: float = 60.0
    memory_mb: int = 1500
    output_mb: float = 2.0
    files_mb: int = 64

    def times(self, factor: float) -> Limits:
        """The same limits with more time."""
        return replace(self, cpu_s=self.cpu_s * factor, wall_s=self.wall_s * factor)


@dataclass
class JobReport:
    """How a job ended.

    Attributes
    ----------
    reason : why it ended: "done", "time limit", "memory limit", "kernel died".
    step : the step that was running, or None.
    events : what the process answered, in order.
    output : the beginning of what it printed; `printed` is the number of bytes in all.
    cpu_s, wall_s, peak_mb : seconds and megabytes used.
    waited : whether it ran out of wall time without using its processor time.
    enforced : names of the protections that held; see `Protection`.
    """

    reason: str = "done"
    step: int | None = None
    events: list[dict[str, Any]] = field(default_factory=list)
    output: str = ""
    printed: int = 0
    cpu_s: float = 0.0
    wall_s: float = 0.0
    peak_mb: float = 0.0
    waited: bool = False
    enforced: tuple[str, ...] = ()


class ProcessMonitor:
    """Reads what a process answers and prints, and ends the job at its limits."""

    MAX_ANSWERS = 32 * MEGABYTE

    def __init__(
        self, process: subprocess.Popen[bytes], answers: int, limits: Limits, steps: list[int]
    ) -> None:
        self.process, self.limits, self.steps = process, limits, steps
        self.report = JobReport()
        self.buffer, self.received = b"", 0
        self.finished = self.busy = False  # busy: within a step
        self.answers = answers
        self.started = time.monotonic()
        self.step_start = (0.0, self.started, 0.0, 0)  # CPU, wall, waiting and output when the step began
        self.cpu = self.waiting = 0.0

    def wait(self) -> JobReport:
        """Waits for the end of the job."""
        assert self.process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self.answers, selectors.EVENT_READ)
            selector.register(self.process.stdout, selectors.EVENT_READ)
            sampled = 0.0
            while not self.finished and selector.get_map():
                for key, _ in selector.select(SAMPLING_SECONDS):
                    data = os.read(key.fd, 1 << 16)
                    if not data:
                        selector.unregister(key.fileobj)
                    elif key.fd == self.answers:
                        self._receive(data)
                    else:
                        self._read_output(data)
                if time.monotonic() - sampled >= SAMPLING_SECONDS:
                    sampled = time.monotonic()
                    self._sample()
                gone = (
                    self.process.poll() is not None and self.report.reason == "done" and not self._complete()
                )
                if gone and not self._pending(selector):
                    break  # a child that keeps the pipes open must not keep us waiting
        self.report.wall_s = time.monotonic() - self.started
        self.report.cpu_s = self.cpu
        if self.report.reason == "done" and not self._complete():
            self.report.reason = "kernel died"
        if self.report.reason == "kernel died" and self.report.peak_mb > 0.9 * self.limits.memory_mb:
            self.report.reason = "memory limit"
        return self.report

    @staticmethod
    def _pending(selector: selectors.BaseSelector) -> bool:
        return bool(selector.get_map()) and bool(selector.select(0))

    def _complete(self) -> bool:
        return bool(self.report.events) and self.report.events[-1].get("kind") == "end"

    def _receive(self, data: bytes) -> None:
        self.received += len(data)
        *lines, self.buffer = (self.buffer + data).split(b"\n")
        if self.received > self.MAX_ANSWERS:
            return self._finish("kernel died")
        for line in lines:
            try:
                event = json.loads(line)
            except (ValueError, RecursionError):
                return self._finish("kernel died")  # somebody else wrote into our pipe
            if not isinstance(event, dict):
                return self._finish("kernel died")
            if event.get("kind") == "protected" and not self.report.events:
                self.report.enforced = tuple(event["by"])
                continue
            if event.get("kind") == "start":
                if self.busy or event.get("step") not in self.steps[:1]:
                    continue  # no step begins twice, or before the last one has ended; nor does its clock
                self.report.step, self.busy = self.steps.pop(0), True
                self.step_start = (self.cpu, time.monotonic(), self.waiting, self.report.printed)
            elif event.get("step") == self.report.step:
                self.busy = False
            self.report.events.append(event)
            if event.get("kind") == "end":
                self.finished = True
                return None
        return None

    def _read_output(self, data: bytes) -> None:
        if self.report.printed < MAX_KEPT_OUTPUT:
            self.report.output += data[: MAX_KEPT_OUTPUT - self.report.printed].decode("utf-8", "replace")
        self.report.printed += len(data)

    def _finish(self, reason: str) -> None:
        self.report.reason, self.finished = reason, True

    def _sample(self) -> None:
        if stop_grading.is_set():
            raise GradingStopped
        memory = cpu = waiting = 0.0
        for one in family(self.process.pid):
            with suppress(psutil.Error, OSError, ValueError, IndexError):  # it may end while we look at it
                with one.oneshot():
                    times = one.cpu_times()
                    cpu += times.user + times.system
                    memory += one.memory_info().rss
                waiting = max(waiting, _seconds_waited(one.pid))
        self.cpu, self.waiting = max(self.cpu, cpu), max(self.waiting, waiting)
        self.report.peak_mb = max(self.report.peak_mb, memory / MEGABYTE)
        if self.report.peak_mb > self.limits.memory_mb:
            return self._finish("memory limit")
        used = self.cpu - self.step_start[0]
        passed = time.monotonic() - self.step_start[1] - (self.waiting - self.step_start[2])
        # while it prints, it waits for us to read
        reading = READING_SECONDS * (self.report.printed - self.step_start[3]) / MEGABYTE
        passed -= min(reading, MAX_READING * self.limits.wall_s)
        if used > self.limits.cpu_s:
            self._finish("time limit")
        elif passed > self.limits.wall_s:
            self.report.waited = used < self.limits.cpu_s / 2
            self._finish("time limit")
        return None


def family(pid: int) -> Iterator[psutil.Process]:
    """A process and all its descendants. Linux lists children; psutil has to look at all processes."""
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


def _seconds_waited(pid: int) -> float:
    """Seconds in which a process was ready but had no processor, where Linux tells; otherwise 0."""
    with suppress(OSError, ValueError, IndexError):
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9
    return 0.0
