"""Executes a notebook without a browser, and measures time and memory."""

from __future__ import annotations

import asyncio
import functools
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import psutil
import zmq
import zmq.asyncio
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

MEGABYTE = 2**20
SAMPLING_SECONDS = 0.2


@dataclass(frozen=True)
class Run:
    """One execution of one notebook.

    Attributes
    ----------
    name : name of the notebook, without suffix.
    ok : whether every cell ran.
    cell : number of the cell that failed, counted from 1 over all cells; None if no cell failed.
    error : what went wrong, in one line; empty if nothing did.
    seconds : wall time, including the start of the kernel.
    peak_mb : the most memory that the kernel and its children held at once, in MiB.
    interrupted : whether the caller pressed Ctrl-C.
    notebook : the notebook with its outputs so far.
    """

    name: str
    ok: bool
    cell: int | None
    error: str
    seconds: float
    peak_mb: float
    interrupted: bool = False
    notebook: Any = field(default=None, repr=False, compare=False)

    def line(self) -> str:
        """The run in one line of words."""
        state = "ok" if self.ok else "stopped" if self.interrupted else "failed"
        line = f"{state:8}{self.name:34}{self.seconds:7.1f} s {self.peak_mb:8,.0f} MB"
        return line if self.ok else f"{line}   cell {self.cell or '–'}: {self.error}"

    def plain(self) -> dict[str, Any]:
        """The run as plain data, for JSON."""
        return {
            "notebook": self.name,
            "ok": self.ok,
            "cell": self.cell,
            "error": self.error,
            "interrupted": self.interrupted,
            "seconds": round(self.seconds, 2),
            "peak_mb": round(self.peak_mb, 1),
        }


def opened(path: Path, edition: str = "learner") -> nbformat.NotebookNode:
    """The notebook at `path`: an edition of a source `.py`, or an `.ipynb` as it is."""
    if path.suffix == ".py":
        from capslab.course.editions import edition as made

        return made(path, edition)
    return nbformat.read(path, as_version=4)


def execute(
    notebook: nbformat.NotebookNode,
    name: str,
    *,
    folder: Path | None = None,
    dataset: str | None = None,
    timeout: int = 600,
    progress: Callable[[int, int], None] | None = None,
) -> Run:
    """Runs every cell in a fresh kernel; an error in a cell is reported, never raised.

    Parameters
    ----------
    notebook : its outputs are filled in place.
    folder : the working folder of the kernel; by default an empty folder that is deleted afterwards.
    dataset : the data set that `cl.load()` returns without a name ("digits", "mnist", "fashion-mnist").
    timeout : seconds that one cell may take.
    progress : called with (number of the cell that starts, number of cells).
    """
    with tempfile.TemporaryDirectory(prefix="capslab-") as empty:
        work = _Work(notebook, str(folder or empty), dataset, timeout, progress or (lambda now, of: None))
        # This run is not a learner at work: it must neither count as progress nor show its author's progress.
        work.environment["CAPSLAB_PROGRESS"] = str(Path(empty, "progress.json"))
        start = time.perf_counter()
        cell, error = None, ""
        try:
            _run_to_the_end(work)
        except (asyncio.CancelledError, KeyboardInterrupt):
            work.interrupted = True
        except (CellExecutionError, CellTimeoutError, DeadKernelError, RuntimeError) as problem:
            cell, error = work.cell, _words(problem, timeout)
        if work.interrupted:  # whatever nbclient made of it
            cell, error = work.cell, "interrupted"
        seconds = time.perf_counter() - start
    return Run(name, not error, cell, error, seconds, work.peak / MEGABYTE, work.interrupted, notebook)


def _run_to_the_end(work: _Work) -> None:
    """Waits until the work is done, also in a thread with an event loop (a notebook, Playwright)."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        asyncio.run(work.run())
    else:
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, work.run()).result()


def _words(problem: Exception, timeout: int) -> str:
    if isinstance(problem, CellExecutionError):
        return " ".join(f"{problem.ename}: {problem.evalue}".split())
    if isinstance(problem, CellTimeoutError):
        return f"not done after {timeout} seconds"
    if isinstance(problem, DeadKernelError):
        return "the kernel died (often: not enough memory)"
    return " ".join(str(problem).split())


class _Work:
    """The state of one execution: which cell, and the highest memory seen."""

    def __init__(
        self,
        notebook: nbformat.NotebookNode,
        folder: str,
        dataset: str | None,
        timeout: int,
        progress: Callable[[int, int], None],
    ) -> None:
        self.notebook, self.folder, self.progress = notebook, folder, progress
        self.client = NotebookClient(notebook, timeout=timeout, coalesce_streams=True, kernel_name="python3")
        # A caller's matplotlib backend would hide the figures.
        self.environment = {k: v for k, v in os.environ.items() if k != "MPLBACKEND"}
        if dataset:
            self.environment["CAPSLAB_DATASET"] = dataset
        self.cell: int | None = None
        self.peak = 0
        self.interrupted = False

    async def run(self) -> None:
        # What the kernel process itself prints belongs to no cell, and would get between our own lines.
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        async with self.client.async_setup_kernel(env=self.environment, cwd=self.folder, **quiet):
            with suppress(NotImplementedError, RuntimeError, ValueError):  # Windows, or not the main thread
                # Replaces nbclient's own handler, which lets the cell fail as if the kernel had died.
                stop = functools.partial(self._stop, asyncio.current_task())
                asyncio.get_running_loop().add_signal_handler(signal.SIGINT, stop)
            watch = asyncio.ensure_future(self._watch(self._kernel()))
            try:
                total = len(self.notebook.cells)
                for index, cell in enumerate(self.notebook.cells):
                    self.cell = index + 1
                    self.progress(index + 1, total)
                    await self.client.async_execute_cell(
                        cell, index, execution_count=self.client.code_cells_executed + 1
                    )
                self._sample(self._kernel())
                self.client.set_widgets_metadata()
            finally:
                watch.cancel()

    def _stop(self, task: asyncio.Task[None] | None) -> None:
        self.interrupted = True
        if task is not None:
            task.cancel()

    def _kernel(self) -> psutil.Process | None:
        pid = getattr(getattr(self.client.km, "provisioner", None), "pid", None)
        with suppress(psutil.Error):
            return psutil.Process(pid) if pid else None
        return None

    async def _watch(self, kernel: psutil.Process | None) -> None:
        while True:
            self._sample(kernel)
            if self.client.kc is not None:
                look_again(self.client.kc.shell_channel.socket)
            await asyncio.sleep(SAMPLING_SECONDS)

    def _sample(self, kernel: psutil.Process | None) -> None:
        if kernel is None:
            return
        with suppress(psutil.Error):
            own = _high_water(kernel.pid) or kernel.memory_info().rss
            others = 0
            for child in kernel.children(recursive=True):
                with suppress(psutil.Error):
                    others += child.memory_info().rss
            self.peak = max(self.peak, own + others)


def look_again(socket: zmq.asyncio.Socket) -> None:
    """Let whoever waits for a message on this socket know if one has come.

    jupyter_client sends past pyzmq's asyncio socket. A widget in an `Output`, as `interact` makes them, lets
    nbclient send while it waits for a cell's answer on the same socket; and if the answer comes just then,
    the event that would announce it is lost, and nbclient waits for ever.
    """
    socket.get(zmq.EVENTS)  # pyzmq hands out what it finds


def _high_water(pid: int) -> int:
    """The most memory that a process has held so far, in bytes; 0 if the system does not record it."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0
