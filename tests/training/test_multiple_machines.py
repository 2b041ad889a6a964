"""TF_CONFIG in words, and workers that meet before TensorFlow."""

from __future__ import annotations

import json
import socket
import threading
import time
from typing import Any

import pytest

from capslab.errors import ArgumentError, DataUnavailable
from capslab.training import multiple_machines
from capslab.training.multiple_machines import Cluster


def config(jobs: dict[str, list[str]], kind: str = "worker", index: int = 0) -> str:
    return json.dumps({"cluster": jobs, "task": {"type": kind, "index": index}})


def test_tf_config_says_who_works_together(monkeypatch: pytest.MonkeyPatch) -> None:
    cases: list[tuple[str, Any]] = [
        ("", None),
        ("{}", None),
        (config({"worker": ["a:1"]}), None),
        (config({"worker": ["a:1", "b:2"]}, index=1), Cluster(("a:1", "b:2"), 1)),
        (config({"chief": ["c:3"], "worker": ["a:1", "b:2"]}, index=1), Cluster(("c:3", "a:1", "b:2"), 2)),
        (config({"chief": ["c:3"], "worker": ["a:1"]}, "chief"), Cluster(("c:3", "a:1"), 0)),
    ]
    for told, expected in cases:
        monkeypatch.setenv("TF_CONFIG", told)
        assert multiple_machines.described() == expected


@pytest.mark.parametrize(
    "told",
    [
        "not json",
        "[]",
        config({"worker": ["a:1", "b:2"], "ps": ["c:3"]}),
        config({"worker": ["a:1", "b:2"]}, index=2),
        config({"worker": ["a:1", "b"]}),
        config({"worker": ["a:1", "b:2"]}, kind="chief"),
        json.dumps({"cluster": {"worker": ["a:1", "b:2"]}}),
    ],
)
def test_a_tf_config_that_cannot_be_understood_is_refused_with_an_example(
    monkeypatch: pytest.MonkeyPatch, told: str
) -> None:
    monkeypatch.setenv("TF_CONFIG", told)
    with pytest.raises(ArgumentError) as error:  # what is wrong is said in Python's own words
        multiple_machines.described()
    assert error.value.argument == "TF_CONFIG"
    assert "host1:2222" in error.value.expected


def test_patience_is_a_number_of_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    assert multiple_machines.patience() == 300
    monkeypatch.setenv("CAPSLAB_WORKER_TIMEOUT", "7.5")
    assert multiple_machines.patience() == 7.5
    for told in ("soon", "0", "-1", "nan"):
        monkeypatch.setenv("CAPSLAB_WORKER_TIMEOUT", told)
        with pytest.raises(ArgumentError, match="CAPSLAB_WORKER_TIMEOUT"):
            multiple_machines.patience()


def addresses(count: int) -> tuple[str, ...]:
    """As many free ports of this machine."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        first = door.getsockname()[1]
    return (f"127.0.0.1:{first}", *(f"127.0.0.1:{i}" for i in range(1, count)))


def meeting(cluster: Cluster, seconds: float, ended: dict[int, Any]) -> threading.Thread:
    def meet() -> None:
        try:
            multiple_machines.meet(cluster, seconds)
            ended[cluster.index] = time.monotonic()
        except DataUnavailable as error:
            ended[cluster.index] = str(error)

    thread = threading.Thread(target=meet)
    thread.start()
    return thread


def test_nobody_goes_on_before_all_are_there_in_whatever_order_they_come() -> None:
    there = addresses(3)
    ended: dict[int, Any] = {}
    threads = [meeting(Cluster(there, i), 30, ended) for i in (2, 0)]
    time.sleep(0.5)
    assert not ended
    last = time.monotonic()
    threads.append(meeting(Cluster(there, 1), 30, ended))
    for thread in threads:
        thread.join(40)
    assert sorted(ended) == [0, 1, 2]
    assert min(ended.values()) >= last


def test_who_does_not_come_in_time_is_named() -> None:
    there = addresses(3)
    ended: dict[int, Any] = {}
    threads = [meeting(Cluster(there, i), 1.5, ended) for i in (0, 1)]
    for thread in threads:
        thread.join(40)
    assert f"Worker 2 ({there[2]})" in ended[0]
    assert "TF_CONFIG" in ended[0]
    assert f"Worker 0 ({there[0]})" in ended[1]
    assert "CAPSLAB_WORKER_TIMEOUT" in ended[1]
