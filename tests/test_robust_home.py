"""A home that cannot be written, no home at all, no network: the course runs, and says what is missing."""

from __future__ import annotations

import os
import re
import shutil
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from common import numbers_in

from capslab import _home
from capslab.cli import doctor

pytestmark = pytest.mark.skipif(os.name != "posix", reason="homes as POSIX has them")

COURSE = """
import capslab as cl
from capslab import plots
print(cl.load("digits"))
print(cl.load())
images = cl.load("digits")
plots.image_grid(images.images[:2] / 255, ["a", "b"])
print(cl.pretrained("capsnet-digits").classify(images.test[:3]))
result = cl.check("squash", lambda s: s)
print(result)
print("will be lost:", bool(result.note))
"""
AGAIN = """
import capslab as cl
print(cl.progress("10"))
print("will be lost:", bool(cl.check("squash", lambda s: s).note))
"""
#: root may write everywhere, unless it gives that power up
AS_A_USER = ["setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner"]


def environment(tmp_path: Path, **more: str) -> dict[str, str]:
    """Little more than a PATH, temporary folders of the test's own, and a network that reaches nothing."""
    (tmp_path / "tmp").mkdir(exist_ok=True)
    return {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "TMPDIR": str(tmp_path / "tmp"),
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "HTTP_PROXY": "http://127.0.0.1:9",
        "NO_PROXY": "127.0.0.1",
        "PYTHONPATH": str(Path(_home.__file__).parents[1]),
        **more,
    }


@pytest.fixture
def locked(tmp_path: Path) -> dict[str, str]:
    """The environment of a user whose home cannot be written."""
    if os.geteuid() == 0 and not shutil.which("setpriv"):
        pytest.skip("root can write everywhere, and setpriv is not here to prevent it")
    (tmp_path / "home").mkdir()
    (tmp_path / "home").chmod(0o555)
    return environment(tmp_path, HOME=str(tmp_path / "home"))


@pytest.fixture
def homeless(tmp_path: Path) -> dict[str, str]:
    """The environment of a user that the system does not know: no HOME, no entry in its list."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site/sitecustomize.py").write_text(
        "import pwd\ndef getpwuid(uid): raise KeyError(uid)\npwd.getpwuid = getpwuid\n"
    )
    settings = environment(tmp_path)
    return {**settings, "PYTHONPATH": os.pathsep.join([str(tmp_path / "site"), settings["PYTHONPATH"]])}


def call(folder: Path, variables: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    before = AS_A_USER if os.geteuid() == 0 else []
    return subprocess.run(
        [*before, sys.executable, *command],
        cwd=folder,
        env=variables,
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.mark.slow
def test_the_course_in_a_home_that_cannot_be_written_and_without_a_network(
    locked: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "work").mkdir()
    result = call(tmp_path / "work", locked, "-c", COURSE)
    assert result.returncode == 0, result.stderr
    (instead,) = [line for line in result.stdout.splitlines() if "1,797" in line and "mnist" in line]
    assert all(name in instead for name in ("digits", "mnist", "127.0.0.1:9"))
    assert "will be lost: True" in result.stdout
    assert "CAPSLAB_HOME" in result.stdout.split("squash")[-1]  # the way out, in the note

    kept = {**locked, "CAPSLAB_HOME": str(tmp_path / "work/kept")}
    assert "will be lost: False" in call(tmp_path / "work", kept, "-c", AGAIN).stdout
    assert (tmp_path / "work/kept/progress.json").exists()


@pytest.mark.slow
@pytest.mark.parametrize("which", ["locked", "homeless"])
def test_a_notebook_runs_with_a_home_of_no_use(
    which: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    variables = request.getfixturevalue(which)
    (tmp_path / "work").mkdir()
    result = call(tmp_path / "work", variables, "-m", "capslab.cli", "run", "00", "--data", "digits")
    assert result.returncode == 0, result.stdout + result.stderr
    assert numbers_in(result.stdout.strip().splitlines()[-1])[:2] == ["1", "1"]
    assert list((tmp_path / "work").iterdir()) == []


@pytest.mark.slow
def test_the_course_without_a_home_remembers_and_makes_no_folder_of_that_name(
    homeless: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "work").mkdir()
    for code in (COURSE, AGAIN):
        result = call(tmp_path / "work", homeless, "-c", code)
        assert result.returncode == 0, result.stderr
    assert re.search(r"\bsquash +in progress", result.stdout)
    assert list((tmp_path / "work").iterdir()) == [], "a folder named ~, say"
    borrowed = tmp_path / "tmp" / f"capslab-home-{os.getuid()}"
    assert stat.S_IMODE(borrowed.stat().st_mode) == 0o700
    assert list(borrowed.rglob("progress.json"))


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize("which", ["locked", "homeless"])
def test_lab_starts_with_a_home_of_no_use(which: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    variables = request.getfixturevalue(which)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    before = AS_A_USER if os.geteuid() == 0 else []
    command = [
        *before,
        sys.executable,
        "-m",
        "capslab.cli",
        "lab",
        "--dir",
        str(tmp_path / "course"),
        "--",
    ]
    command += ["--no-browser", f"--port={port}", "--ServerApp.port_retries=0", "--IdentityProvider.token=t"]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, env=variables, stdout=log, stderr=subprocess.STDOUT)
    try:
        deadline = time.monotonic() + 300
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/api/status?token=t", timeout=5).close()
                break
            except OSError:
                alive = process.poll() is None and time.monotonic() < deadline
                assert alive, (tmp_path / "log").read_text()[-3000:]
                time.sleep(0.2)
    finally:
        process.kill()  # it has no kernels
        process.wait()
    lines = (tmp_path / "log").read_text().splitlines()
    told = any("home folder" in line and str(tmp_path / "tmp") in line for line in lines)
    assert told == (which == "locked")  # that its settings are kept elsewhere, and where


# The parts


def test_a_borrowed_home_is_this_users_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_home.tempfile, "tempdir", str(tmp_path))
    first = _home._private_folder("home")
    assert _home._private_folder("home") == first
    first.chmod(0o777)
    assert _home._private_folder("home") != first, "somebody else may have written there"
    first.chmod(0o700)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / f"capslab-jupyter-{os.getuid()}").symlink_to(tmp_path / "elsewhere")
    assert _home._private_folder("jupyter").parent == tmp_path
    assert not _home._private_folder("jupyter").is_symlink()


def test_nothing_is_moved_where_everything_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (
        "JUPYTER_CONFIG_DIR",
        "JUPYTER_DATA_DIR",
        "JUPYTER_RUNTIME_DIR",
        "IPYTHONDIR",
        "MPLCONFIGDIR",
    ):
        monkeypatch.setenv(name, str(tmp_path / name))
    assert _home.temporary_folders() == {}
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "file/below"))
    assert list(_home.temporary_folders()) == ["IPYTHONDIR"]


def test_a_home_that_cannot_be_written_is_a_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(doctor._home()) == []
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("HOME", str(tmp_path / "file"))
    (finding,) = doctor._home()
    assert (finding.state, "CAPSLAB_HOME" in finding.advice) == ("warning", True)
