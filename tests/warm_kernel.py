"""Kernels for tests that start where TensorFlow is already imported: forked from a process that has it.

A kernel of its own costs every notebook some five seconds of processor time for the same import. Here one
process per test worker imports TensorFlow once (no operation runs in it, so it has no threads yet), and
each kernel is a fork of it, through the standard library's `multiprocessing` "forkserver". Everything
else is as in a fresh kernel: environment, folder, process group, and capslab itself not yet imported.

`with warm_kernels(): execute(...)` makes them the default of every kernel that this process starts.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import EntryPoint
from typing import Any

import psutil
from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner

NAME = "capslab-warm"
PRELOADED = ["tensorflow"]
#: memory of libraries' files in the process that kernels are forked from, in MiB: a kernel of its own would
#: hold it too, but the system does not count it as a fork's before the fork touches it
shared_mb = 0.0
HAS_FORKSERVER = "forkserver" in multiprocessing.get_all_start_methods()  # not on Windows


def _become_kernel(arguments: list[str], environment: dict[str, str], folder: str) -> None:
    """Runs in the fork: what `python -m ipykernel_launcher` would do in a process of its own."""
    os.setsid()
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    from ipykernel.kernelapp import launch_new_instance

    sys.argv = ["ipykernel_launcher", *arguments]
    launch_new_instance(argv=arguments)


class _Popen:
    """A `multiprocessing` process with the methods of `subprocess.Popen` that jupyter_client uses."""

    stdin = stdout = stderr = None

    def __init__(self, process: Any) -> None:
        self._process, self.pid = process, process.pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int | None:
        self._process.join(timeout)
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def kill(self) -> None:
        self._process.kill()

    def terminate(self) -> None:
        self._process.terminate()


class WarmProvisioner(LocalProvisioner):
    """Starts a kernel as a fork of a process in which TensorFlow is imported."""

    async def launch_kernel(self, cmd: list[str], **options: Any) -> Any:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(PRELOADED)
        arguments = cmd[cmd.index("ipykernel_launcher") + 1 :]
        process = context.Process(
            target=_become_kernel, args=(arguments, dict(options["env"]), str(options["cwd"]))
        )
        process.start()
        self.process = _Popen(process)
        self.pid = self.pgid = process.pid  # it leads a session of its own
        self.cwd = options["cwd"]
        global shared_mb
        shared_mb = psutil.Process(process.pid).parent().memory_info().shared / 2**20
        return self.connection_info


@contextmanager
def warm_kernels() -> Iterator[None]:
    """While it is entered, kernels of this process are forks; where there is no fork, nothing changes."""
    if not HAS_FORKSERVER:
        yield
        return
    factory = KernelProvisionerFactory.instance()
    before = factory.default_provisioner_name
    factory.provisioners[NAME] = EntryPoint(
        NAME, f"{__name__}:WarmProvisioner", KernelProvisionerFactory.GROUP_NAME
    )
    factory.default_provisioner_name = NAME
    try:
        yield
    finally:
        factory.default_provisioner_name = before
