"""Several machines: what TF_CONFIG says of them, and the moment before TensorFlow when they meet.

Every worker runs the same program. TensorFlow's environment variable `TF_CONFIG` says which workers
there are and which one this is. TensorFlow waits for the others for ever. So they meet here first, on
the first worker's port, and the error names who does not come in time.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import time
from dataclasses import dataclass
from typing import Any

from capslab.errors import ArgumentError, DataUnavailable, Verbatim

#: the strategy that joins this process with the other workers of TF_CONFIG, where that names several
strategy: Any = None

PATIENCE = "CAPSLAB_WORKER_TIMEOUT"  # seconds to wait for a worker; 300 where it is not set
EXAMPLE = '{"cluster": {"worker": ["host1:2222", "host2:2222"]}, "task": {"type": "worker", "index": 0}}'


@dataclass(frozen=True)
class Cluster:
    """The workers of one training.

    Attributes
    ----------
    addresses : "host:port" of each worker, the chief first.
    index : which of them this process is.
    """

    addresses: tuple[str, ...]
    index: int

    @property
    def count(self) -> int:
        return len(self.addresses)


def patience() -> float:
    """Seconds to wait for another worker."""
    value = os.environ.get(PATIENCE, "300")
    with contextlib.suppress(ValueError):
        if float(value) > 0:
            return float(value)
    raise ArgumentError(PATIENCE, "a number of seconds above 0", value, "Leave it out to wait 300.")


def described() -> Cluster | None:
    """The workers of TF_CONFIG; None where it does not name several.

    Raises
    ------
    ArgumentError : for a TF_CONFIG that cannot be understood.
    """
    text = os.environ.get("TF_CONFIG", "").strip()
    if not text:
        return None
    try:
        config: dict[str, Any] = json.loads(text)
        jobs, task = config.get("cluster", {}), config.get("task", {})
        if set(jobs) - {"chief", "worker"}:
            raise ValueError("jobs other than chief and worker")
        addresses = [str(address) for job in ("chief", "worker") for address in jobs.get(job, [])]
        if len(addresses) < 2:
            return None
        for address in addresses:
            int(address.rpartition(":")[2])
        position = int(task["index"])
        if not 0 <= position < len(jobs[task["type"]]):
            raise ValueError("a task that is not in the cluster")
        if task["type"] == "worker":
            position += len(jobs.get("chief", []))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ArgumentError(
            "TF_CONFIG",
            f"like {EXAMPLE}",
            Verbatim(text),
            f"Correct it, or delete the variable to train on this machine alone: {error}.",
        ) from error
    return Cluster(tuple(addresses), position)


def join(tf: Any) -> None:
    """Meet the other workers of TF_CONFIG, if there are any.

    `capslab.models.backend` calls it as soon as it has imported TensorFlow (`tf`), which takes in other
    machines before its first operation only.
    """
    global strategy
    cluster = described()
    if cluster is None:
        return
    from capslab.models.backend import quiet

    print(f"Worker {cluster.index} of {cluster.count} (TF_CONFIG): waiting for the others.", flush=True)
    meet(cluster, patience())
    options = tf.distribute.experimental.CommunicationOptions(timeout_seconds=patience())
    with quiet(), contextlib.suppress(RuntimeError):  # TensorFlow was at work already: `distributed` says so
        strategy = tf.distribute.MultiWorkerMirroredStrategy(communication_options=options)


def meet(cluster: Cluster, seconds: float) -> None:
    """Wait until all workers are there.

    Raises
    ------
    DataUnavailable : naming who did not come.
    """
    end = time.monotonic() + seconds
    host, _, port = cluster.addresses[0].rpartition(":")
    (_receive if cluster.index == 0 else _report)(cluster, host.strip("[]"), int(port), end)


def _receive(cluster: Cluster, host: str, port: int, end: float) -> None:
    """As the first worker: let the others in, then tell all of them to go on."""
    local = host in ("localhost", "::1") or host.startswith("127.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    here: dict[int, socket.socket] = {}
    with contextlib.ExitStack() as opened:
        door = opened.enter_context(socket.create_server((host if local else "", port), family=family))
        while len(here) < cluster.count - 1:
            missing = [i for i in range(1, cluster.count) if i not in here]
            door.settimeout(max(end - time.monotonic(), 0.001))
            try:
                guest, _ = door.accept()
            except TimeoutError:
                raise _absent(cluster, missing) from None
            opened.enter_context(guest)
            guest.settimeout(5)
            with contextlib.suppress(OSError, ValueError):
                index = int(guest.recv(16))
                if 0 < index < cluster.count:
                    here[index] = guest  # the newest, where a kernel was restarted meanwhile
        for guest in here.values():
            guest.sendall(b"go")


def _report(cluster: Cluster, host: str, port: int, end: float) -> None:
    """As any other worker: knock until the first one opens, and wait until it says go."""
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=5) as door:
            door.sendall(str(cluster.index).encode())
            door.settimeout(max(end - time.monotonic(), 0.001))
            if door.recv(2) == b"go":
                return
        time.sleep(0.2)
    raise _absent(cluster, [0])


def _absent(cluster: Cluster, missing: list[int]) -> DataUnavailable:
    names = ", ".join(f"{i} ({cluster.addresses[i]})" for i in missing)
    who = "Worker" if len(missing) == 1 else "Workers"
    return DataUnavailable(
        f"{who} {names} of TF_CONFIG did not come in time, or another one never did. Start the same program "
        f"on every machine; {PATIENCE} says for how many seconds to wait for the others."
    )
