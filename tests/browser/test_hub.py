"""A class of eight on one hub, which is killed while they work: nobody's work, kernel or login is lost."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
import requests
from hublearners import BOOK, InChromium, InWords, Learner

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[2] / "deploy" / "jupyterhub"))
from grading_class import cell, made
from try_it import Trial

from capslab.classroom.folder import Classroom
from capslab.course.paths import sources

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NAMES = ("ada", "ben", "chi", "dov", "eve", "fay", "gus", "hal")


@pytest.fixture
def room(tmp_path: Path) -> Classroom:
    return made(tmp_path / "class", BOOK)


@pytest.fixture
def trial(tmp_path: Path) -> Iterator[Trial]:
    """Hub and proxy of deploy/jupyterhub, with nothing left running afterwards."""
    trial = Trial(tmp_path / "hub", three_ports())
    try:
        trial.start()
        yield trial
    finally:
        trial.stop()
    assert not trial.running()


def three_ports() -> int:
    """The first of three ports in a row that nobody uses."""
    while True:
        with socket.socket() as first, socket.socket() as second, socket.socket() as third:
            first.bind(("127.0.0.1", 0))
            port = int(first.getsockname()[1])
            try:
                second.bind(("127.0.0.1", port + 1))
                third.bind(("127.0.0.1", port + 2))
            except (OSError, OverflowError):
                continue
        return port


@pytest.fixture
def everybody(trial: Trial, chromium: Any) -> Iterator[list[Learner]]:
    """Eight learners: two in Chromium, of whom one opens the course first, and six who send the same."""
    first = InChromium(trial, NAMES[0], 0, chromium)
    second = InChromium(trial, NAMES[1], 1, chromium, then="?next=/hub/user-redirect/lab")
    yield [first, second, *(InWords(trial, name, i) for i, name in enumerate(NAMES[2:], start=2))]
    for one in (first, second):
        one.page.context.close()


def nbgrader(trial: Trial, room: Classroom, what: str) -> str:
    """What the instructor runs in a terminal, in the class's folder."""
    line = [sys.executable, "-m", "nbgrader", what, BOOK]
    ran = subprocess.run(line, cwd=room.root, env=trial.environment, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return ran.stderr


@pytest.mark.timeout(900)
def test_eight_learners_lose_nothing_when_the_hub_is_killed(trial, room, everybody):
    first, _, third, *_ = everybody
    nbgrader(trial, room, "release_assignment")
    for one in everybody:
        one.log_in()
    for one in everybody:
        one.wait_for_lab()
        assert len(list((one.home / "capslab-course").glob("*.ipynb"))) == len(sources())
    first.page.locator(".lm-TabBar-tab", has_text="00_start_here.ipynb").wait_for()
    assert first.page.get_by_text("Create Assignment").count() == 0  # an instructor's menus

    for one in everybody:
        (found,) = one.exchange("fetch")["value"]
        assert found["status"] == "fetched"
        one.open_book()
    for one in everybody:
        one.run_all()
    for one in everybody:
        one.wait_for_view()
        one.drag(one.iteration)
        one.write(f"# {one.name}, with a hub")
        if one.number % 2:
            one.save()

    servers = {process.pid for process in trial.running("singleuser")}
    kernels = {process.pid for process in trial.running("ipykernel_launcher")}
    assert len(servers) == 8
    assert len(kernels) >= 8
    trial.kill_hub()
    assert requests.get(f"{trial.address}/hub/health").status_code == 503
    for one in everybody:
        assert one.ask("sandbox.iteration") == str(one.iteration)
        one.drag(11 - one.iteration)
        one.write(f"# {one.name}, with none")
        one.save()

    trial.start_hub()
    assert {process.pid for process in trial.running("singleuser")} == servers
    assert {process.pid for process in trial.running("ipykernel_launcher")} >= kernels
    for one in (first, third):
        one.come_back()
        assert one.ask("sandbox.iteration") == str(11 - one.iteration)
    first.wait_for_view()
    slider = first.views.first.get_by_role("slider", name="iteration", exact=True)
    assert slider.input_value() == str(11 - first.iteration)
    assert first.views.first.locator(".caps-error").is_hidden()
    for one in everybody:
        assert one.exchange("submit")["success"]
    assert "cheating" not in nbgrader(trial, room, "collect")
    assert room.students() == list(NAMES)
    for one in everybody:
        book = nbformat.read(room.submitted(one.name, BOOK) / f"{BOOK}.ipynb", as_version=4)
        written = cell(book, "write-squash").source
        assert written.splitlines()[-2:] == [f"# {one.name}, with a hub", f"# {one.name}, with none"]
        assert written == one.saved
