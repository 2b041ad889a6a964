"""The limits that stand in for Binder's: what goes over is ended, what stays below is measured."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import binderimage
import pytest
from limits import limited

MEGABYTE = 2**20
HOLD = "held = b'x' * ({} << 20); print(*__import__('os').sched_getaffinity(0), flush=True); input()"


def holding(limit, megabytes: int) -> subprocess.Popen[str]:
    """A shell whose child holds so much memory until it is told to end."""
    code = HOLD.format(megabytes)
    return subprocess.Popen(
        ["sh", "-c", f'"{sys.executable}" -c "{code}"; exit $?'],
        preexec_fn=limit.enter,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


@pytest.mark.parametrize("groups", [True, False])
def test_what_goes_over_the_limit_is_ended(groups):
    with limited(200 * MEGABYTE, groups=groups) as limit:
        process = holding(limit, 600)
        assert process.wait(60) in (-signal.SIGKILL, 128 + signal.SIGKILL)
        assert limit.exceeded()


@pytest.mark.parametrize("groups", [True, False])
def test_what_stays_below_is_measured_with_its_children_on_one_core(groups):
    with limited(400 * MEGABYTE, groups=groups) as limit:
        process = holding(limit, 100)
        assert process.stdout.readline().split() == [str(core) for core in limit.cores]
        assert len(limit.cores) == 1
        deadline = time.monotonic() + 20
        while limit.peak < 100 * MEGABYTE and time.monotonic() < deadline:
            time.sleep(0.1)
        assert 100 * MEGABYTE <= limit.peak <= 200 * MEGABYTE
        assert 0 < limit.cpu_until(time.time()) < 20
        assert limit.cpu_until(0) == 0
        process.communicate("\n", timeout=20)
        assert process.returncode == 0
        assert not limit.exceeded()


def test_the_end_of_a_limit_is_the_end_of_what_is_under_it():
    with limited(400 * MEGABYTE) as limit:
        process = holding(limit, 1)
        process.stdout.readline()
    assert process.wait(20) in (-signal.SIGKILL, 128 + signal.SIGKILL)
    assert not (limit.group and limit.group.path.exists())


def test_a_python_that_is_not_here_is_said_in_words(monkeypatch):
    monkeypatch.setattr(binderimage, "wanted_python", lambda: "3.99")
    monkeypatch.setattr(binderimage, "find_uv", lambda: None)
    with pytest.raises(binderimage.Unbuildable, match=r"3\.99.*CAPSLAB_BINDER_PYTHON="):
        binderimage.find_python()


def test_a_python_that_was_named_is_taken(monkeypatch):
    here = "{}.{}".format(*sys.version_info)
    monkeypatch.setattr(binderimage, "wanted_python", lambda: here)
    monkeypatch.setenv("CAPSLAB_BINDER_PYTHON", sys.executable)
    assert binderimage.find_python() == sys.executable


def test_an_image_has_none_of_the_callers_settings(monkeypatch, tmp_path):
    for name in ("CAPSLAB_OFFLINE", "JUPYTER_CONFIG_DIR", "PYTHONPATH", "OMP_NUM_THREADS"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.test")
    made = binderimage.Image(tmp_path).environment
    assert {name for name in made if name.startswith(binderimage.FOREIGN)} <= {
        "CAPSLAB_DATA",
        "PYTHONUNBUFFERED",
    }
    assert made["HTTPS_PROXY"] == "http://proxy.test"
    assert made["PATH"].split(os.pathsep)[0] == str(tmp_path / "environment/bin")
