"""`capslab doctor`: whether this machine can run the course, and what to do where it cannot."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

MARKS = {"ok": "✓", "warning": "!", "failed": "✗"}
PYTHONS = ((3, 10), (3, 13))
NEEDED_GB = 2  # memory of the server and one notebook's kernel
DISK_GB = 1  # room for data sets and a learner's work

# Run in a process of its own: a TensorFlow that does not fit the processor kills the process that imports it.
LOOK_AT_TENSORFLOW = """
import json, os
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import tensorflow as tf, keras
gpus = [tf.config.experimental.get_device_details(g).get("device_name", g.name)
        for g in tf.config.list_physical_devices("GPU")]
ok = bool(abs(float(tf.reduce_sum(tf.ones((2, 2)))) - 4) < 1e-6)
print("\\n" + json.dumps({"tensorflow": tf.__version__, "keras": keras.__version__, "gpus": gpus, "ok": ok}))
"""


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's report.

    Attributes
    ----------
    what : what was looked at.
    state : "ok", "warning" (the course runs, with less) or "failed" (it cannot run).
    words : what was found.
    advice : what to do; empty where nothing is.
    """

    what: str
    state: str
    words: str
    advice: str = ""

    def __str__(self) -> str:
        line = f"{MARKS[self.state]} {self.what:12}{self.words}"
        return f"{line}\n  {'':12}→ {self.advice}" if self.advice else line


def examine() -> Iterator[Finding]:
    """Looks at everything in turn; whatever goes wrong in a look is itself a finding."""
    for look in LOOKS:
        name = look.__name__.removeprefix("_").replace("_", " ")
        try:
            yield from look()
        except Exception as error:  # a doctor that falls ill helps nobody
            yield Finding(name, "warning", f"could not be looked at ({type(error).__name__}: {error})")


def _python() -> Iterator[Finding]:
    low, high = (".".join(map(str, version)) for version in PYTHONS)
    words = f"{platform.python_version()} ({sys.executable})"
    if PYTHONS[0] <= sys.version_info[:2] <= PYTHONS[1]:
        yield Finding("Python", "ok", words)
    else:
        yield Finding("Python", "failed", words, f"Install Python {low} to {high}: TensorFlow needs it.")


def _tensorflow() -> Iterator[Finding]:
    command = [sys.executable, "-c", LOOK_AT_TENSORFLOW]
    advice = "Install it again: pip install --force-reinstall tensorflow"
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=180)
    except subprocess.TimeoutExpired:
        yield Finding("TensorFlow", "failed", "does not start within 3 minutes", advice)
        return
    lines = ran.stdout.strip().splitlines()
    if ran.returncode or not lines:
        errors = ran.stderr.strip().splitlines()
        why = errors[-1][:160] if errors else f"its process ended with code {ran.returncode}"
        if "No module named" in why:
            advice = "Install it: pip install tensorflow"
        elif ran.returncode < 0:
            advice = "This processor may lack what TensorFlow needs (AVX); try another machine or Binder."
        yield Finding("TensorFlow", "failed", f"cannot be imported: {why}", advice)
        return
    told = json.loads(lines[-1])
    yield Finding("TensorFlow", "ok", f"{told['tensorflow']}, Keras {told['keras']}")
    yield _device(told["gpus"], _nvidia())


def _device(seen: list[str], present: list[str]) -> Finding:
    """What TensorFlow computes on, given the GPUs that it sees and those that the machine has."""
    cores = os.cpu_count() or 1
    if seen:
        return Finding("device", "ok", "GPU: " + ", ".join(present or seen))
    words = f"CPU, {cores} core{'s' * (cores > 1)}"
    if present:
        advice = "pip install 'tensorflow[and-cuda]' lets TensorFlow use it."
        return Finding("device", "warning", f"{words}; not used: {', '.join(present)}", advice)
    return Finding("device", "ok", f"{words} (enough for the whole course)")


def _nvidia() -> list[str]:
    """The machine's NVIDIA GPUs with their memory, as the driver names them."""
    tool = shutil.which("nvidia-smi")
    if not tool:
        return []
    query = [tool, "--query-gpu=name,memory.total", "--format=csv,noheader"]
    ran = subprocess.run(query, capture_output=True, text=True, timeout=30)
    return [line.strip() for line in ran.stdout.splitlines() if line.strip()] if ran.returncode == 0 else []


def _jupyter() -> Iterator[Finding]:
    packages = ("jupyterlab", "jupyter_server", "ipykernel")
    yield _versions("Jupyter", packages, "pip install jupyterlab ipykernel")


def _versions(what: str, packages: tuple[str, ...], advice: str) -> Finding:
    found, missing = [], []
    for package in packages:
        try:
            found.append(f"{package} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            missing.append(package)
    if missing:
        return Finding(what, "failed", f"missing: {', '.join(missing)}", advice)
    return Finding(what, "ok", ", ".join(found))


def _widgets() -> Iterator[Finding]:
    found = _versions("widgets", ("anywidget", "ipywidgets"), "pip install anywidget ipywidgets")
    if found.state != "ok":
        yield found
        return
    from jupyter_core.paths import jupyter_path

    for extension in ("@jupyter-widgets/jupyterlab-manager", "anywidget"):
        if not any((Path(p) / extension / "package.json").is_file() for p in jupyter_path("labextensions")):
            yield Finding(
                "widgets",
                "failed",
                f"{found.words}, but JupyterLab does not find the extension {extension}",
                "pip install --force-reinstall jupyterlab_widgets anywidget (where JupyterLab is installed)",
            )
            return
    yield found


def _fast_sliders() -> Iterator[Finding]:
    from jupyter_core.paths import jupyter_config_path
    from jupyter_server.extension.config import ExtensionConfigManager

    from capslab.server import NAME

    known = ExtensionConfigManager(read_config_path=jupyter_config_path()).get_jpserver_extensions()
    if known.get(NAME):
        yield Finding("sliders", "ok", "the server extension is on")
    else:
        advice = f"Sliders work, only slower. To turn it on: jupyter server extension enable {NAME}"
        yield Finding("sliders", "warning", "the server extension is off", advice)


def _data_sets() -> Iterator[Finding]:
    from capslab.data.datasets import PUBLISHED, local_source

    there = {name: local_source(name) for name in ("digits", *PUBLISHED)}
    words = ", ".join(f"{name} ({where})" for name, where in there.items() if where)
    missing = [name for name, where in there.items() if not where]
    advice = ""
    if missing:
        names = " and ".join(missing)
        advice = f"{names}: downloaded when first asked for; without a connection the course uses the digits."
    yield Finding("data sets", "ok", words, advice)


def _home() -> Iterator[Finding]:
    from capslab._home import is_writable

    home = Path.home()  # a missing one was given when capslab was imported
    if not is_writable(home):
        advice = "Set CAPSLAB_HOME to a folder of yours: data sets and your progress are kept there."
        yield Finding("home", "warning", f"{home} cannot be written", advice)


def _disk() -> Iterator[Finding]:
    from capslab.data.datasets import cache_folder

    for what, folder in (("disk", Path.cwd()), ("cache", cache_folder())):
        there = next(parent for parent in (folder, *folder.parents) if parent.exists())
        free = shutil.disk_usage(there).free / 2**30
        words = f"{free:,.0f} GB free in {folder}"
        if not os.access(there, os.W_OK):
            advice = "Start from" if what == "disk" else "Set CAPSLAB_HOME to"
            yield Finding(what, "warning", f"{folder} cannot be written", f"{advice} a folder of yours.")
        elif free < DISK_GB:
            yield Finding(what, "warning", words, f"Make room: {DISK_GB} GB for data and your work.")
        else:
            yield Finding(what, "ok", words)


def _memory() -> Iterator[Finding]:
    import psutil

    memory = psutil.virtual_memory()
    free, total = memory.available / 2**30, memory.total / 2**30
    limit = _container_limit() / 2**30
    if 0 < limit < total:
        free, total = min(free, limit), limit
    words = f"{free:,.1f} of {total:,.1f} GB free"
    if free < NEEDED_GB:
        advice = f"A notebook needs up to 1.5 GB: close programs until {NEEDED_GB} GB are free."
        yield Finding("memory", "warning", words, advice)
    else:
        yield Finding("memory", "ok", words)


def _container_limit() -> int:
    """The bytes that a container (Binder, say) may use; 0 where there is no limit."""
    try:
        return int(Path("/sys/fs/cgroup/memory.max").read_text())
    except (OSError, ValueError):
        return 0


def _grading() -> Iterator[Finding]:
    if importlib.util.find_spec("nbgrader") is None or os.name != "posix":
        return  # only who grades a class needs it, on Linux or macOS
    from capslab.classroom.sandbox import strongest

    names = {
        "files": "its own files",
        "network": "no network",
        "processes": "no sight of other processes",
        "user": "another user",
    }
    protection = strongest()
    have = ", ".join(words for name, words in names.items() if name in protection.by)
    words = f"a submission gets limits of time and memory{', ' if have else ''}{have}"
    if protection.missing:
        lacking = ", ".join(names[name] for name in protection.missing)
        advice = f"To grade a class: not enforced here: {lacking}. See docs/instructors.md."
        yield Finding("grading", "warning", words, advice)
    else:
        yield Finding("grading", "ok", words)


LOOKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    _python,
    _tensorflow,
    _jupyter,
    _widgets,
    _fast_sliders,
    _data_sets,
    _home,
    _disk,
    _memory,
    _grading,
)
