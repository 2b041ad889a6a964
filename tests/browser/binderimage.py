"""What Binder would build and start, without a container: the pins, `postBuild`, `start`, within its limits.

As repo2docker does it, the repository is the user's home, JupyterLab starts there, and it lives under
an address of the hub's. The limits are Binder's guarantee: 2 GB of memory and one core, together.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from labserver import _free_port
from limits import Limit

ROOT = Path(__file__).parents[2]
MEMORY = 2 * 2**30
#: A caller's own settings that an image would not have.
FOREIGN = (
    "PYTHON",
    "JUPYTER",
    "IPYTHON",
    "CAPSLAB_",
    "VIRTUAL_ENV",
    "TF_",
    "OMP_",
    "MPL",
    "XDG_",
    "NBGRADER",
)


class Unbuildable(RuntimeError):
    """The image cannot be built here, in words."""


def wanted_python() -> str:
    """The version that binder/runtime.txt names: "3.12"."""
    return (ROOT / "binder/runtime.txt").read_text("utf-8").strip().removeprefix("python-")


def find_python() -> str:
    """A Python of that version: CAPSLAB_BINDER_PYTHON, on the PATH, of pyenv, or one that uv has or fetches.

    Raises
    ------
    Unbuildable : there is none.
    """
    version = wanted_python()
    pyenv = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser() / "versions"
    candidates = [os.environ.get("CAPSLAB_BINDER_PYTHON"), f"python{version}", "python3", sys.executable]
    candidates += [str(path) for path in sorted(pyenv.glob(f"{version}*/bin/python"), reverse=True)]
    for candidate in filter(None, candidates):
        if _makes_environments(candidate, version):
            return candidate
    if uv := find_uv():
        with suppress(subprocess.SubprocessError):
            subprocess.run([uv, "python", "install", version], capture_output=True, check=True, timeout=120)
            found = subprocess.run(
                [uv, "python", "find", version], capture_output=True, text=True, timeout=60
            )
            if _makes_environments(found.stdout.strip(), version):
                return found.stdout.strip()
    raise Unbuildable(
        f"binder/runtime.txt asks for Python {version}, and this machine has none with ensurepip and venv. "
        f"Install it (Debian: apt install python{version}-venv; pyenv install {version}), or name it: "
        "CAPSLAB_BINDER_PYTHON=/path/to/python make test-binder"
    )


def _makes_environments(python: str, version: str) -> bool:
    """Whether a command is a Python of this version that can make environments (a pyenv shim may not be)."""
    look = f"import ensurepip, sys, venv; sys.exit(sys.version_info[:2] != ({version.replace('.', ', ')}))"
    try:
        return subprocess.run([python, "-c", look], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False


def find_uv() -> str | None:
    """uv, beside this Python or on the PATH."""
    beside = Path(sys.executable).parent / "uv"
    return str(beside) if beside.exists() else shutil.which("uv")


@dataclass
class Image:
    """A built image in a folder.

    Attributes
    ----------
    folder : an empty folder outside the repository.
    home : the repository's copy, which is the user's home; `bin` the environment's programs.
    seconds : what each step of the build took.
    said : what postBuild printed.
    """

    folder: Path
    seconds: dict[str, float] = field(default_factory=dict)
    said: str = ""

    def __post_init__(self) -> None:
        self.home, self.bin = self.folder / "home", self.folder / "environment/bin"

    @property
    def environment(self) -> dict[str, str]:
        """The variables of a process in the image: the caller's connection to the network, and no more."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
        if data := os.environ.get("CAPSLAB_DATA"):
            kept["CAPSLAB_DATA"] = data
        return {
            **kept,
            "PATH": os.pathsep.join([str(self.bin), os.environ.get("PATH", os.defpath)]),
            "HOME": str(self.home),
            "PYTHONUNBUFFERED": "1",
        }

    def build(self) -> None:
        """Does what the Dockerfile says: an environment with the pins, the repository, `postBuild`."""
        with self._timed("environment"):
            self._do([find_python(), "-m", "venv", str(self.bin.parent)])
        with self._timed("copy"):
            copy_repository(self.home)
        with self._timed("pins"):
            self._install("binder/requirements.txt")
        with self._timed("postBuild"):
            self.said = self._do(["binder/postBuild"])

    def _install(self, pins: str) -> None:
        """With uv where it is: the wheels that pip would take, in a fifth of the time. Else with pip."""
        if uv := find_uv():
            command = [
                uv,
                "pip",
                "install",
                "--quiet",
                "--no-cache",
                "--python",
                str(self.bin / "python"),
                "-r",
                pins,
            ]
            with suppress(Unbuildable):  # an index that only pip's own settings name
                self._do(command)
                return
        self._do(["pip", "install", "--quiet", "--no-cache-dir", "-r", pins])

    @contextmanager
    def _timed(self, step: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.seconds[step] = round(time.perf_counter() - start, 1)

    def _do(self, command: list[str]) -> str:
        here = self.home if self.home.exists() else self.folder
        if (here / command[0]).is_file():
            command = [str(here / command[0]), *command[1:]]
        elif (self.bin / command[0]).is_file():
            command = [str(self.bin / command[0]), *command[1:]]
        ran = subprocess.run(
            command, cwd=here, env=self.environment, capture_output=True, text=True, timeout=900
        )
        if ran.returncode:
            raise Unbuildable(f"{' '.join(command)} failed:\n{(ran.stdout + ran.stderr)[-4000:]}")
        return ran.stdout + ran.stderr

    @contextmanager
    def started(self, limit: Limit) -> Iterator[Server]:
        """`binder/start` with the command of Binder's launcher, within a limit; ended with its kernels."""
        server = Server(_free_port(), secrets.token_hex(16))
        command = [str(self.home / "binder/start"), "jupyter-lab", *server.options()]
        with (self.folder / "server.log").open("wb") as log:
            process = subprocess.Popen(
                command,
                cwd=self.home,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=limit.enter,
            )
            try:
                server.wait(process, self.folder / "server.log")
                yield server
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGTERM)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(20)
                limit.end()

    def run(self, limit: Limit, notebook: str, report: Path) -> int:
        """`capslab run NOTEBOOK` within a limit; its exit code."""
        command = [str(self.bin / "capslab"), "run", notebook, "--json", str(report)]
        environment = {**self.environment, "TF_CPP_MIN_LOG_LEVEL": "3", "OMP_NUM_THREADS": "2"}
        ran = subprocess.run(
            command, cwd=self.home / "notebooks", env=environment, preexec_fn=limit.enter, timeout=1800
        )
        return ran.returncode


class Server:
    """A started image: `address` is where the hub's proxy would send a learner."""

    def __init__(self, port: int, token: str) -> None:
        self.port, self.token = port, token
        self.address = f"http://127.0.0.1:{port}/user/learner"
        self.answered = 0.0

    def options(self) -> list[str]:
        root = ["--allow-root"] if os.geteuid() == 0 else []
        return [
            "--ip=127.0.0.1",
            f"--port={self.port}",
            "--no-browser",
            "--ServerApp.port_retries=0",
            "--ServerApp.base_url=/user/learner/",
            f"--IdentityProvider.token={self.token}",
            "--LabApp.expose_app_in_browser=True",  # for the test's hand alone
            *root,
        ]

    def wait(self, process: subprocess.Popen[Any], log: Path) -> None:
        """Until it answers; the moment is `answered`, in seconds of the clock."""
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and process.poll() is None:
            try:
                urllib.request.urlopen(f"{self.address}/api/status?token={self.token}", timeout=2).close()
                self.answered = time.time()
                return
            except OSError:
                time.sleep(0.1)
        raise Unbuildable("binder/start did not start:\n" + log.read_text()[-4000:])

    def holds(self, path: str) -> bool:
        """Whether a file of this path is served."""
        try:
            urllib.request.urlopen(
                f"{self.address}/api/contents/{path}?content=0&token={self.token}", timeout=20
            ).close()
        except OSError:
            return False
        return True


def copy_repository(home: Path) -> None:
    """What a commit of the working tree would hold."""
    ask = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(ask, cwd=ROOT, capture_output=True, text=True, check=True)
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, home / name)
