"""deploy/jupyterhub: its settings are JupyterHub's own, say the same everywhere, and keep learners apart."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import pytest
import yaml
from common import ROOT
from grading_class import QUICK, hand_in, made
from nbgrader.utils import notebook_hash
from traitlets.config import Config, PyFileConfigLoader
from wording import Wording

from capslab.classroom.feedback_page import feedback
from capslab.classroom.grade_class import grade
from capslab.server import singleuser

HUB = ROOT / "deploy" / "jupyterhub"
BOOK = "11_routing_by_agreement"


@pytest.fixture(autouse=True)
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every folder that the settings name lies in the test's own."""
    monkeypatch.setenv("CAPSLAB_HUB", str(tmp_path / "hub"))
    monkeypatch.setenv("CAPSLAB_EXCHANGE", str(tmp_path / "exchange"))
    monkeypatch.setenv("CAPSLAB_PASSWORD", "eight-letters")
    monkeypatch.setenv("CAPSLAB_ADMIN_PASSWORD", "x" * 32)
    for name in ("CAPSLAB_CLASS", "CAPSLAB_PYTHON", "CAPSLAB_HUB_PORT", "CAPSLAB_STUDENT"):
        monkeypatch.delenv(name, raising=False)


def loaded(path: Path) -> Any:
    return PyFileConfigLoader(str(path)).load_config()


def classes() -> Iterator[type]:
    from jupyterhub.app import JupyterHub
    from jupyterhub.auth import Authenticator, PAMAuthenticator
    from jupyterhub.authenticators.shared import SharedPasswordAuthenticator
    from jupyterhub.proxy import ConfigurableHTTPProxy
    from jupyterhub.spawner import SimpleLocalProcessSpawner, Spawner

    yield from (JupyterHub, Authenticator, PAMAuthenticator, SharedPasswordAuthenticator)
    yield from (ConfigurableHTTPProxy, SimpleLocalProcessSpawner, Spawner)
    if sys.platform == "linux":
        from systemdspawner import SystemdSpawner

        yield SystemdSpawner


# Settings


@pytest.mark.parametrize("name", ["jupyterhub_config.py", "local.py"])
def test_every_setting_is_one_that_jupyterhub_knows_and_takes(name: str) -> None:
    known = {cls.__name__: cls for cls in classes()}
    settings = loaded(HUB / name)
    assert {"JupyterHub", "Spawner", "ConfigurableHTTPProxy"} <= set(settings)
    for section, values in settings.items():
        traits = known[section].class_traits(config=True)
        for setting, value in values.items():
            assert setting in traits, f"c.{section}.{setting}"
            traits[setting]._validate(known[section].__new__(known[section]), value)


@pytest.mark.parametrize("name", ["jupyterhub_config.py", "local.py"])
def test_a_restart_of_the_hub_stops_nobody_and_forgets_nobody(name: str, tmp_path: Path) -> None:
    first, second = loaded(HUB / name), loaded(HUB / name)
    assert first.JupyterHub.cleanup_servers is False
    assert first.ConfigurableHTTPProxy.should_start is False
    assert first.ConfigurableHTTPProxy.auth_token == second.ConfigurableHTTPProxy.auth_token
    for kept in (first.JupyterHub.cookie_secret_file, first.JupyterHub.db_url):
        assert str(tmp_path / "hub") in kept
    assert stat.S_IMODE((tmp_path / "hub/proxy.env").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "hub").stat().st_mode) == 0o700
    for address in (
        first.JupyterHub.bind_url,
        first.JupyterHub.hub_bind_url,
        first.ConfigurableHTTPProxy.api_url,
    ):
        assert address.startswith("http://127.0.0.1:")


def test_the_exchange_takes_from_everybody_and_lets_nobody_remove_what_is_anothers(tmp_path: Path) -> None:
    loaded(HUB / "learners.py")
    assert stat.S_IMODE((tmp_path / "exchange").stat().st_mode) == 0o1777


def test_kubernetes_gives_learners_what_the_other_variants_give() -> None:
    values = yaml.safe_load((HUB / "z2jh/values.yaml").read_text("utf-8"))
    ours, theirs = loaded(HUB / "learners.py").Spawner, values["singleuser"]
    assert theirs["memory"]["limit"] == ours.mem_limit
    assert theirs["cpu"]["limit"] == ours.cpu_limit
    assert theirs["defaultUrl"] == ours.default_url
    assert theirs["cmd"][1:] == ours.cmd[1:]
    assert values["hub"]["config"]["Spawner"]["notebook_dir"] == ours.notebook_dir
    moved = {"JUPYTER_CONFIG_PATH", "CAPSLAB_EXCHANGE", "PATH"}
    own = moved | {"CAPSLAB_OFFLINE", "CAPSLAB_DATA", "CAPSLAB_DATASET"}  # as this machine has them
    kept = {name: value for name, value in ours.environment.items() if name not in own}
    assert {name: value for name, value in theirs["extraEnv"].items() if name not in moved} == kept
    mounts = [*theirs["storage"]["extraVolumeMounts"], *theirs["initContainers"][0]["volumeMounts"]]
    assert {mount["mountPath"] for mount in mounts} == {theirs["extraEnv"]["CAPSLAB_EXCHANGE"]}
    (volume,) = theirs["storage"]["extraVolumes"]
    claim = yaml.safe_load((HUB / "z2jh/exchange.yaml").read_text("utf-8"))
    assert volume["persistentVolumeClaim"]["claimName"] == claim["metadata"]["name"]
    settings = Config()
    settings.KubeSpawner.environment = dict(theirs["extraEnv"])
    for code in values["hub"]["extraConfig"].values():
        exec(compile(code, "extraConfig", "exec"), {"c": settings})
    for name, admin in (("ada", False), ("teacher", True)):
        spawner = SimpleNamespace(user=SimpleNamespace(name=name, admin=admin, id=7))
        assert settings.KubeSpawner.uid(spawner) == 10007
        assert settings.KubeSpawner.environment["CAPSLAB_STUDENT"](spawner) == ("" if admin else "ada")
        here = ours.environment["JUPYTER_CONFIG_PATH"](spawner)
        assert settings.KubeSpawner.environment["JUPYTER_CONFIG_PATH"](spawner) == here.replace(
            str(ROOT), "/srv/capslab"
        )
    assert values["cull"]["timeout"] == 7200
    assert "--timeout=7200" in loaded(HUB / "local.py").JupyterHub.services[0]["command"]


def test_the_proxys_unit_listens_where_the_hub_looks_for_it() -> None:
    unit = (HUB / "systemd/capslab-proxy.service").read_text("utf-8")
    settings = loaded(HUB / "jupyterhub_config.py")
    assert f"--port {settings.JupyterHub.bind_url.rsplit(':', 1)[1]} " in unit
    assert f"--api-port {settings.ConfigurableHTTPProxy.api_url.rsplit(':', 1)[1]} " in unit
    assert f"--error-target {settings.JupyterHub.hub_bind_url}/hub/error" in unit
    pinned = json.loads((HUB / "proxy/package.json").read_text("utf-8"))["dependencies"]
    locked = json.loads((HUB / "proxy/package-lock.json").read_text("utf-8"))["packages"]
    for name, version in pinned.items():
        assert locked[f"node_modules/{name}"]["version"] == version
    assert all(entry["integrity"] for path, entry in locked.items() if path)


# A learner's server


def test_the_course_is_copied_into_the_home_and_never_over_work(tmp_path: Path) -> None:
    (message,) = singleuser.prepare(tmp_path)
    lessons = len(list((ROOT / "notebooks" / "src").glob("*.py")))
    assert message.startswith(f"{lessons} ")
    assert str(tmp_path / "capslab-course") in message
    mine = tmp_path / "capslab-course" / "00_start_here.ipynb"
    mine.write_text("my work")
    assert singleuser.prepare(tmp_path) == []
    assert mine.read_text() == "my work"


def test_a_server_starts_where_the_course_cannot_be_copied(tmp_path: Path, wording: Wording) -> None:
    (tmp_path / "capslab-course").write_text("a file in the way")
    (message,) = singleuser.prepare(tmp_path)
    assert str(tmp_path / "capslab-course") in message
    wording(message)


# Scripts


def test_tljh_gets_the_same_settings_and_its_own_python(tmp_path: Path) -> None:
    home, record = tmp_path / "tljh", tmp_path / "record"
    for program in (home / "user/bin/pip", tmp_path / "bin/tljh-config"):
        program.parent.mkdir(parents=True)
        program.write_text(f'#!/bin/sh\necho "$(basename "$0") $*" >> {record}\n')
        program.chmod(0o755)
    environment = {**os.environ, "TLJH_INSTALL_PREFIX": str(home)}
    environment["PATH"] = f"{tmp_path / 'bin'}:{environment['PATH']}"
    for _ in range(2):
        subprocess.run(["bash", str(HUB / "tljh/setup.sh")], check=True, env=environment)
    assert f"pip install --upgrade {ROOT}[grading]" in record.read_text()
    assert record.read_text().splitlines()[-1] == "tljh-config reload hub"
    code = "import sys; from traitlets.config import PyFileConfigLoader as Loader; "
    code += "s = Loader(sys.argv[1]).load_config().Spawner; "
    code += "who = type('', (), {'user': type('', (), {'admin': False})}); "
    code += "print(s.cmd[0], s.mem_limit, s.environment['JUPYTER_CONFIG_PATH'](who))"
    line = [sys.executable, "-c", code, str(home / "config/jupyterhub_config.d/capslab.py")]
    output = subprocess.check_output(line, env=environment, text=True)
    mine = home / "capslab/nbgrader"
    assert output.split() == [str(home / "user/bin/python"), "2G", f"{mine / 'learner'}:{mine}"]
    assert (mine / "nbgrader_config.py").exists()
    assert (mine / "learner/labconfig/page_config.json").exists()


def test_the_image_is_binders_outside_the_home_with_nbgrader(tmp_path: Path) -> None:
    """With no container engine: the Dockerfile is printed, nothing is built."""
    for folder in ("binder", "deploy/jupyterhub/z2jh"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    line = [
        "bash",
        str(tmp_path / "deploy/jupyterhub/z2jh/build-image.sh"),
        "here/hub:1",
        "--no-build",
        "--debug",
    ]
    process = subprocess.run(line, env=environment, capture_output=True, text=True, timeout=120)
    message = process.stdout + process.stderr
    assert process.returncode == 0, message
    for wanted in ("RUN ./binder/postBuild", 'RUN pip install --no-cache-dir "nbgrader'):
        assert wanted in message
    assert f'"/srv/capslab/{(HUB / "nbgrader").relative_to(ROOT)}"' in (HUB / "z2jh/values.yaml").read_text(
        "utf-8"
    )
    assert (
        re.search(r"--target-repo-dir (\S+)", (HUB / "z2jh/build-image.sh").read_text())[1] == "/srv/capslab"
    )  # type: ignore[index]


# The exchange


@pytest.mark.slow
def test_feedback_goes_back_through_the_exchange_to_who_handed_in(tmp_path: Path) -> None:
    room = made(tmp_path / "class", BOOK)
    for student in ("ada", "ben"):
        page = hand_in(room, student, name=BOOK)
        (page.parent / "submission_secret.txt").write_text(f"secret of {student}")
        (page.parent / "timestamp.txt").write_text("2026-01-01 10:00:00.000000 UTC")
    grade(room, [BOOK], workers=1, limits=QUICK)
    assert len(feedback(room, [BOOK])) == 2
    settings = loaded(HUB / "learners.py").Spawner.environment
    environment = {**os.environ, **settings, "JUPYTER_CONFIG_PATH": str(HUB / "nbgrader")}
    line = [sys.executable, "-m", "nbgrader", "release_feedback", BOOK]
    process = subprocess.run(line, cwd=room.root, env=environment, capture_output=True, text=True)
    assert process.returncode == 0, process.stderr
    for student in ("ada", "ben"):
        name = notebook_hash(secret=f"secret of {student}", notebook_id=BOOK)
        page = tmp_path / "exchange" / "capslab" / "feedback" / f"{name}.html"
        assert page.read_text() == (room.root / "feedback" / student / BOOK / f"{BOOK}.html").read_text()


# Everything is imported first: another account may not be able to read this Python.
AS_LEARNER = """
import os, sys
import encodings.idna, sqlite3
from nbgrader.apps import NbGrader
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeFactory
account, book = int(sys.argv[1]), sys.argv[2]
app = NbGrader()
app.load_config_file()
app.config.CourseDirectory.assignment_id = book
parts = ExchangeFactory(config=app.config)
os.setgroups([])
os.setgid(account)
os.setuid(account)
for deed in (parts.FetchAssignment, parts.Submit):
    course = CourseDirectory(config=app.config)
    deed(coursedir=course, authenticator=Authenticator(config=app.config), config=app.config).start()
    with open(f"{book}/answer.txt", "w") as file:
        file.write(os.environ["CAPSLAB_STUDENT"])
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can be other accounts")
def test_numbered_accounts_hand_in_under_their_names_and_see_nothing_of_each_other(monkeypatch) -> None:
    """As in Kubernetes: every learner is a number that has no name on the machine. Root teaches."""
    with tempfile.TemporaryDirectory(prefix="capslab-exchange-") as folder:
        place = Path(folder)
        place.chmod(0o755)
        exchange = place / "exchange"
        monkeypatch.setenv("CAPSLAB_EXCHANGE", str(exchange))
        settings = loaded(HUB / "learners.py").Spawner.environment

        def called(name: str) -> dict[str, str]:
            home = str(place / (name or "teacher"))
            return {
                "HOME": home,
                **settings,
                "JUPYTER_CONFIG_PATH": str(HUB / "nbgrader"),
                "CAPSLAB_STUDENT": name,
            }

        def nbgrader(what: str) -> str:
            line = [sys.executable, "-m", "nbgrader", what, BOOK]
            process = subprocess.run(
                line, cwd=place / "teacher", env=called(""), capture_output=True, text=True
            )
            assert process.returncode == 0, process.stderr
            return process.stderr

        def succeeds(account: int, *line: str) -> bool:
            process = subprocess.run(
                line, cwd="/", user=account, group=account, extra_groups=[], capture_output=True
            )
            return process.returncode == 0

        released = place / "teacher" / "release" / BOOK / f"{BOOK}.ipynb"
        released.parent.mkdir(parents=True)
        released.write_text(nbformat.writes(nbformat.v4.new_notebook()))
        nbgrader("release_assignment")
        for account, name in ((20001, "ada"), (20002, "ben")):
            home = place / name
            home.mkdir(mode=0o700)
            os.chown(home, account, account)
            line = [sys.executable, "-c", AS_LEARNER, str(account), BOOK]
            process = subprocess.run(line, cwd=home, env=called(name), capture_output=True, text=True)
            assert process.returncode == 0, process.stderr

        inbound = exchange / "capslab" / "inbound"
        (theirs,) = inbound.glob("ada+*")
        assert theirs.stat().st_uid == 20001
        assert not succeeds(20002, "ls", str(inbound))
        assert not succeeds(20002, "sh", "-c", f"echo ben > '{theirs}/answer.txt'")
        for victim in (exchange / "capslab", exchange / "capslab" / "outbound" / BOOK):
            assert not succeeds(20002, "mv", str(victim), f"{victim}.gone")
        assert "cheating" not in nbgrader("collect")
        for name in ("ada", "ben"):
            assert (place / "teacher" / "submitted" / name / BOOK / "answer.txt").read_text() == name
