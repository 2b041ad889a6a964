"""Runs the hub on your own machine, on loopback, until you press Ctrl-C: python deploy/jupyterhub/try_it.py

Hub and proxy are processes of their own, as in a real installation. Kill the hub while learners work
(its process number is printed): it is started again, and nobody's server notices.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import secrets
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil

HERE = Path(__file__).parent
PROXY = HERE / "proxy" / "node_modules" / ".bin" / "configurable-http-proxy"


class Trial:
    """Hub, proxy and learners' servers, all in one folder and on loopback.

    Attributes
    ----------
    address : where learners log in.
    password, admin_password : the password for any name, and the one for `teacher`.
    exchange : nbgrader's exchange.
    environment : the variables that a terminal needs to use the exchange as the instructor.
    """

    def __init__(self, folder: Path, port: int = 8000) -> None:
        self.folder, self.port = folder.absolute(), port
        self.address = f"http://127.0.0.1:{port}"
        self.password, self.admin_password = secrets.token_hex(4), secrets.token_hex(16)
        self.exchange = self.folder / "exchange"
        self.environment = {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}:{os.environ.get('PATH', os.defpath)}",
            "CAPSLAB_HUB": str(self.folder),
            "CAPSLAB_HUB_PORT": str(port),
            "CAPSLAB_EXCHANGE": str(self.exchange),
            "CAPSLAB_CLASS": os.environ.get("CAPSLAB_CLASS", "capslab"),
            "CAPSLAB_PASSWORD": self.password,
            "CAPSLAB_ADMIN_PASSWORD": self.admin_password,
            "CAPSLAB_STUDENT": "",
            "JUPYTER_CONFIG_PATH": str(HERE / "nbgrader"),
        }
        self.proxy: subprocess.Popen[bytes] | None = None
        self.hub: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts the hub, then the proxy, and waits until a learner could log in."""
        if not PROXY.exists():
            sys.exit(f"The proxy is not installed: npm ci --prefix {PROXY.parents[2]}")
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.start_hub(wait=False)
        token = self.folder / "proxy.env"
        _until(
            lambda: token.exists() and token.read_text("utf-8"), "the hub's settings", self.folder / "hub.log"
        )
        name, value = token.read_text("utf-8").strip().split("=", 1)
        line = [str(PROXY), "--ip", "127.0.0.1", "--port", str(self.port)]
        line += ["--api-ip", "127.0.0.1", "--api-port", str(self.port + 1)]
        line += ["--error-target", f"http://127.0.0.1:{self.port + 2}/hub/error"]
        self.proxy = self._run(line, "proxy.log", {**self.environment, name: value})
        self.wait()

    def start_hub(self, *, wait: bool = True) -> None:
        """Starts the hub, even after a crash that left processes behind."""
        for process in self.running("jupyterhub_idle_culler"):  # the new hub starts its own
            process.kill()
        line = [sys.executable, "-m", "jupyterhub", "-f", str(HERE / "local.py")]
        self.hub = self._run(line, "hub.log", self.environment)
        if wait:
            self.wait()

    def wait(self, seconds: float = 90) -> None:
        """Waits until the hub answers through the proxy."""

        def answers() -> bool:
            if self.hub is None or self.hub.poll() is not None:
                raise RuntimeError(f"The hub ended. See {self.folder / 'hub.log'}")
            with contextlib.suppress(urllib.error.URLError, OSError):
                return urllib.request.urlopen(f"{self.address}/hub/health", timeout=2).status == 200
            return False

        _until(answers, "the hub", self.folder / "hub.log", seconds)

    def kill_hub(self) -> None:
        """Kills the hub, as a crash would."""
        assert self.hub is not None
        self.hub.kill()
        self.hub.wait()

    def running(self, what: str = "") -> list[psutil.Process]:
        """Hub, proxy, servers and kernels of this folder, or only those with `what` in their command."""
        processes = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                ours = process.environ().get("CAPSLAB_HUB") == str(self.folder)
                if ours and process.pid != os.getpid() and what in " ".join(process.cmdline()):
                    processes.append(process)
        return processes

    def stop(self) -> None:
        """Stops all of them."""
        for how in ("terminate", "kill"):
            running = self.running()
            for process in running:
                with contextlib.suppress(psutil.Error):
                    getattr(process, how)()
            _, running = psutil.wait_procs(running, timeout=10)
            if not running and not self.running():
                break

    def _run(self, line: list[str], log: str, environment: dict[str, str]) -> subprocess.Popen[bytes]:
        with (self.folder / log).open("ab") as file:
            return subprocess.Popen(
                line, env=environment, cwd=self.folder, stdout=file, stderr=file, start_new_session=True
            )


def _until(ready: object, what: str, log: Path, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not ready():  # type: ignore[operator]
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not come up in {seconds:.0f} s. See {log}")
        time.sleep(0.1)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", type=Path, default=Path("capslab-hub"), help="state, homes and exchange")
    parser.add_argument("--port", type=int, default=8000, help="this one and the next two are used")
    options = parser.parse_args()
    trial = Trial(options.folder, options.port)
    try:
        trial.start()
        print(f"{trial.address}   any name, password {trial.password}")
        print(f"The instructor is `teacher`, password {trial.admin_password}")
        print(f"Homes, exchange and logs are in {trial.folder}.")
        print(f"The hub is process {trial.hub.pid}. Press Ctrl-C to stop everything.")
        while True:
            time.sleep(1)
            if trial.hub.poll() is not None:
                trial.start_hub()
                print(f"The hub ended and was started again: process {trial.hub.pid}.")
    except KeyboardInterrupt:
        print()
    finally:
        trial.stop()


if __name__ == "__main__":
    main()
