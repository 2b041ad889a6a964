"""The former name `capslab.serving`: configurations of hubs and servers that use it go on working."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from jupyter_server.extension.manager import ExtensionManager
from jupyter_server.services.kernels.websocket import KernelWebsocketHandler

import capslab.serving
from capslab import server
from capslab.server import singleuser as present
from capslab.serving import singleuser

HUB = """
import pathlib, sys
pathlib.Path(__file__).parents[1].joinpath("started").write_text(" ".join(sys.argv[1:]))
"""


def test_a_hub_that_starts_the_former_module_starts_the_server(tmp_path: Path) -> None:
    (tmp_path / "jupyterhub").mkdir()
    (tmp_path / "jupyterhub/__init__.py").touch()
    (tmp_path / "jupyterhub/singleuser.py").write_text(HUB)
    environment = {**os.environ, "HOME": str(tmp_path / "home")}
    environment["PYTHONPATH"] = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    (tmp_path / "home").mkdir()
    command = [sys.executable, "-m", "capslab.serving.singleuser", "--port=1"]
    subprocess.run(command, env=environment, check=True, timeout=120, capture_output=True)
    assert (tmp_path / "started").read_text() == "--port=1"
    assert (tmp_path / "home/capslab-course/00_start_here.ipynb").exists()
    assert singleuser.__file__ == present.__file__


@pytest.mark.parametrize(
    "enabled", [{server.FORMER_NAME: True}, {server.FORMER_NAME: True, server.NAME: True}]
)
def test_a_configuration_with_the_former_name_loads_the_extension_once(
    monkeypatch: pytest.MonkeyPatch, enabled: dict[str, bool]
) -> None:
    monkeypatch.setattr(KernelWebsocketHandler, "open", lambda self: "opened")
    manager = ExtensionManager(serverapp=SimpleNamespace(log=logging.getLogger("test")))
    manager.from_jpserver_extensions(enabled)
    assert set(manager.extensions) == set(enabled)
    original = KernelWebsocketHandler.open
    manager.load_all_extensions()
    assert getattr(KernelWebsocketHandler.open, server.MARK)
    assert KernelWebsocketHandler.open.__wrapped__ is original
    assert capslab.serving._jupyter_server_extension_points() == [{"module": server.NAME}]
