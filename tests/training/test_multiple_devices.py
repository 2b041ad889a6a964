"""Several devices and machines reach what one device reaches; what is not there is named."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pytest
from common import numbers_in
from wording import Fails

import capslab as cl
from capslab.errors import ArgumentError
from capslab.models import OverlapNet
from capslab.training import multiple_devices, training_plan

HERE = Path(__file__).parent
ONE_THREAD = {"OMP_NUM_THREADS": "1", "TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}


def some() -> Any:
    return cl.load("digits").sample(101, seed=0)


def network(name: str) -> Any:
    images = some()
    if name == "VAE":
        return cl.VAE(images.image_shape, latent_dim=4)
    return getattr(cl, name)(images.image_shape, images.classes)


def trained(name: str, devices: Any, **more: Any) -> dict[str, Any]:
    """Two epochs in batches of 9: two devices share none equally, and the last one is of one image."""
    images, model = some(), network(name)
    assert len(images.train) % 9 == 1
    with mock.patch.object(training_plan, "STEPS_AN_EPOCH", 1):
        history = cl.fit(model, images, epochs=2, batch_size=9, show=False, devices=devices, **more)
    assert history.passes == 1
    total = float(sum(np.abs(weights).sum() for weights in model.get_weights()))
    return {"curves": history.curves, "device": history.device, "weights": total, "resumed": history.resumed}


def script(lines: str, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    """Lines of Python in a process of their own, where this file's functions are known."""
    places = [str(HERE), str(HERE.parent)]
    code = f"import sys; sys.path[:0] = {places!r}; from test_multiple_devices import *\n{lines}"
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, **ONE_THREAD, **environment},
    )


def result(process: subprocess.Popen[str]) -> dict[str, Any]:
    said, _ = process.communicate(timeout=500)
    lines = [line for line in said.splitlines() if line.startswith("{")]
    assert lines, said
    return json.loads(lines[-1])


def same(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert one["curves"].keys() == other["curves"].keys()
    for name, values in one["curves"].items():
        assert len(values) == 2
        # To 1e-4 where the loss is about 1; a VAE's is a sum of tens of nats.
        np.testing.assert_allclose(values, other["curves"][name], rtol=1e-4, atol=1e-4, err_msg=name)
    assert one["weights"] == pytest.approx(other["weights"], rel=1e-4)


# Which devices


@pytest.mark.parametrize(
    ("devices", "chosen"),
    [
        ("all", ["GPU:0", "GPU:1"]),
        (1, ["GPU:0"]),
        (2, ["GPU:0", "GPU:1"]),
        (["/gpu:1"], ["GPU:1"]),
        (("/device:GPU:1", "GPU:0"), ["GPU:1", "GPU:0"]),
        ("CPU:0", ["CPU:0"]),
    ],
)
def test_devices_are_chosen_by_all_a_number_or_names(devices: Any, chosen: list[str]) -> None:
    assert multiple_devices.choose(devices, ["GPU:0", "GPU:1", "CPU:0"]) == chosen


@pytest.mark.parametrize("devices", [3, 0, -1, True, 1.5, "some", [], ["GPU:2"], ["GPU:0", "GPU:0"]])
def test_devices_that_are_not_there_are_refused_and_those_that_are_named(devices: Any, fails: Fails) -> None:
    with fails(ArgumentError, "devices", names=("GPU:0", "GPU:1", "CPU:0")):
        multiple_devices.choose(devices, ["GPU:0", "GPU:1", "CPU:0"])


def test_a_fast_and_a_slow_device_together_are_refused(fails: Fails) -> None:
    with fails(ArgumentError, "devices", names=("GPU:0", "CPU:0")):
        multiple_devices.choose(["GPU:0", "CPU:0"], ["GPU:0", "CPU:0"])


def test_one_device_asked_for_is_the_one_taken_when_nothing_is_said() -> None:
    first = multiple_devices.names_there()[0]
    for devices in (None, 1, first, [first]):
        assert multiple_devices.team(devices) is None
    with pytest.raises(ArgumentError) as error:
        cl.fit(network("DenseBaseline"), some(), devices=99)
    assert (error.value.argument, error.value.received) == ("devices", 99)
    assert first in error.value.next_step


def test_tf_config_set_too_late_is_said(monkeypatch: pytest.MonkeyPatch, fails: Fails) -> None:
    cluster = {"worker": ["127.0.0.1:1", "127.0.0.1:2"]}
    monkeypatch.setenv("TF_CONFIG", json.dumps({"cluster": cluster, "task": {"type": "worker", "index": 0}}))
    with fails(ArgumentError, "devices", names="TF_CONFIG"):
        cl.fit(network("DenseBaseline"), some(), devices="all")
    with fails(ArgumentError, "devices", names=("TF_CONFIG", "2")):
        cl.fit(network("DenseBaseline"), some(), devices=2)


def test_models_that_make_their_examples_refuse_several_devices(
    monkeypatch: pytest.MonkeyPatch, fails: Fails
) -> None:
    monkeypatch.setattr(multiple_devices, "team", lambda devices: object())
    with fails(ArgumentError, "devices", names="OverlapNet"):
        cl.fit(OverlapNet((12, 12, 1), 10), some(), devices="all")


# They reach the same

SHARED = """
import tensorflow as tf
import keras
if "SGD" in sys.argv:  # it shows what Adam hides: gradients that are too large by a factor
    keras.optimizers.Adam = lambda rate, **rest: keras.optimizers.SGD(rate)
two = [tf.config.LogicalDeviceConfiguration()] * 2
tf.config.set_logical_device_configuration(tf.config.list_physical_devices("CPU")[0], two)
print(json.dumps({name: [trained(name, devices) for devices in (None, "all")] for name in sys.argv[1:2]}))
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "optimizer"),
    [("CapsNet", "Adam"), pytest.param("CapsNet", "SGD", marks=pytest.mark.rare), ("VAE", "Adam")],
)
def test_two_devices_reach_what_one_reaches(name: str, optimizer: str) -> None:
    """BatchNorm over the whole batch, the same noise for each row, uneven shares, a batch of one image."""
    alone, shared = result(script(SHARED, name, optimizer))[name]
    assert alone["device"] == "CPU"
    assert shared["device"] == "2 CPUs (CPU:0, CPU:1)"
    same(alone, shared)


WORKER = """
index, place, lost = int(sys.argv[1]), sys.argv[2], sys.argv[3] == "lost"
words = ""
try:
    other = some()[:-1] if index else some()
    cl.fit(network("CapsNet"), other, epochs=2, show=False, devices="all")
except ArgumentError as error:
    words = str(error)
def after(model, epoch):
    if lost and index == 1:
        os.kill(os.getpid(), 9)
try:
    told = trained("CapsNet", "all", after_epoch=after, checkpoint=place if index == 0 else place + "-unused")
except cl.errors.TrainingFailed as error:
    told = {"lost": str(error)}
print(json.dumps({**told, "refused": words}), flush=True)
"""


def pair(place: Path, lost: str = "") -> list[subprocess.Popen[str]]:
    ports = []
    for _ in range(2):
        with socket.create_server(("127.0.0.1", 0)) as door:
            ports.append(door.getsockname()[1])
    cluster = {"worker": [f"127.0.0.1:{port}" for port in ports]}
    started = []
    for index in range(2):
        told = json.dumps({"cluster": cluster, "task": {"type": "worker", "index": index}})
        started.append(
            script(WORKER, str(index), str(place), lost, TF_CONFIG=told, CAPSLAB_WORKER_TIMEOUT="240")
        )
    return started


@pytest.mark.slow
def test_two_workers_reach_what_one_reaches_and_a_lost_one_is_said_with_the_checkpoint_kept(
    tmp_path: Path,
) -> None:
    alone = trained("CapsNet", None)
    both = [result(worker) for worker in pair(tmp_path / "both")]
    for told in both:
        assert numbers_in(told["device"]) == ["2", "1"]  # workers, and CPUs of each
        assert "images" in told["refused"]  # other images on one of them, tried first
        same(alone, told)
    assert (tmp_path / "both" / "CapsNet.npz").exists()
    assert not (tmp_path / "both-unused").exists()  # the first worker keeps the checkpoint

    first, second = pair(tmp_path / "lost", "lost")
    told = result(first)
    second.communicate(timeout=60)
    assert second.returncode == -9
    # Of 2 workers one was lost, in epoch 2 of 2, and the checkpoint is of epoch 1.
    assert [one for one in numbers_in(told["lost"]) if one in "12"] == ["2", "2", "2", "1"]
    assert "CapsNet.npz" in told["lost"]
    # One machine is enough to go on.
    went_on = trained("CapsNet", None, checkpoint=tmp_path / "lost")
    assert went_on["resumed"] == 1
    same(alone, went_on)
