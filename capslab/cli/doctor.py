"""`capslab doctor`: whether this machine can run the course, and what to do where it cannot."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

from capslab.cli import examine_settings
from capslab.cli.diagnosis import Diagnosis
from capslab.machine import keras_settings

PYTHONS = ((3, 10), (3, 13))
NEEDED_GB = 2  # memory of the server and one notebook's kernel
DISK_GB = 1  # room for data sets and a learner's work

# Run in a process of its own, because a TensorFlow that does not fit the processor kills the process.
TENSORFLOW_SCRIPT = """
import json, os
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import tensorflow as tf, keras
gpus = [tf.config.experimental.get_device_details(g).get("device_name", g.name)
        for g in tf.config.list_physical_devices("GPU")]
ok = bool(abs(float(tf.reduce_sum(tf.ones((2, 2)))) - 4) < 1e-6)
print("\\n" + json.dumps({"tensorflow": tf.__version__, "keras": keras.__version__, "gpus": gpus, "ok": ok,
    "policy": keras.config.dtype_policy().name}))
"""


def examine() -> Iterator[Diagnosis]:
    """Examines everything in turn. An examination that fails is itself reported."""
    for examination in EXAMINATIONS:
        name = examination.__name__.removeprefix("_").replace("_", " ")
        try:
            yield from examination()
        except Exception as error:  # a doctor that falls ill helps nobody
            yield Diagnosis(name, "warning", f"could not be examined ({type(error).__name__}: {error})")


def _python() -> Iterator[Diagnosis]:
    low, high = (".".join(map(str, version)) for version in PYTHONS)
    message = f"{platform.python_version()} ({sys.executable})"
    if PYTHONS[0] <= sys.version_info[:2] <= PYTHONS[1]:
        yield Diagnosis("Python", "ok", message)
    else:
        yield Diagnosis("Python", "failed", message, f"Install Python {low} to {high}: TensorFlow needs it.")


def _tensorflow() -> Iterator[Diagnosis]:
    command = [sys.executable, "-c", TENSORFLOW_SCRIPT]
    variables = {**os.environ, "KERAS_BACKEND": "tensorflow", "PYTHONIOENCODING": "utf-8"}
    variables.pop("MPLBACKEND", None)  # has a line of its own
    advice = "Install it again: pip install --force-reinstall tensorflow"
    try:
        process = subprocess.run(
            command, capture_output=True, encoding="utf-8", errors="replace", timeout=180, env=variables
        )
    except subprocess.TimeoutExpired:
        yield Diagnosis("TensorFlow", "failed", "does not start within 3 minutes", advice)
        return
    lines = process.stdout.strip().splitlines()
    if process.returncode or not lines:
        errors = process.stderr.strip().splitlines()
        reason = errors[-1][:160] if errors else f"its process ended with code {process.returncode}"
        if hiding := examine_settings.shadowing_files():
            advice = f"Rename {hiding[0]}, which is imported instead of the real package."
        elif keras_settings.refused_settings(keras_settings.read_settings(keras_settings.settings_file())):
            advice = "Mend keras.json: see its own line."
        elif missing := re.search(r"No module named '(\w+)", reason):
            advice = f"Install it: pip install {missing[1]}"
        elif process.returncode < 0:
            advice = "This processor may lack what TensorFlow needs (AVX); try another machine or Binder."
        yield Diagnosis("TensorFlow", "failed", f"cannot be imported: {reason}", advice)
        return
    versions = json.loads(lines[-1])
    yield Diagnosis("TensorFlow", "ok", f"{versions['tensorflow']}, Keras {versions['keras']}")
    if "mixed" in versions["policy"]:
        message = f"Keras starts with the policy {versions['policy']}; capslab's networks compute in float32"
        advice = 'For your own models write keras.config.set_dtype_policy("float32").'
        yield Diagnosis("precision", "warning", message, advice)
    yield _device(versions["gpus"], _nvidia())


def _device(visible: list[str], present: list[str]) -> Diagnosis:
    """What TensorFlow computes on, given the GPUs that are visible to it and those that are present."""
    cores = os.cpu_count() or 1
    if visible:
        return Diagnosis("device", "ok", "GPU: " + ", ".join(present or visible))
    message = f"CPU, {cores} core{'s' * (cores > 1)}"
    if present:
        advice = "To let TensorFlow use it: pip install 'tensorflow[and-cuda]'"
        return Diagnosis("device", "warning", f"{message}; not used: {', '.join(present)}", advice)
    return Diagnosis("device", "ok", f"{message} (enough for the whole course)")


def _nvidia() -> list[str]:
    """The machine's NVIDIA GPUs with their memory, as the driver lists them."""
    tool = shutil.which("nvidia-smi")
    if not tool:
        return []
    query = [tool, "--query-gpu=name,memory.total", "--format=csv,noheader"]
    process = subprocess.run(query, capture_output=True, encoding="utf-8", errors="replace", timeout=30)
    return (
        [line.strip() for line in process.stdout.splitlines() if line.strip()]
        if process.returncode == 0
        else []
    )


def _jupyter() -> Iterator[Diagnosis]:
    packages = ("jupyterlab", "jupyter_server", "ipykernel")
    yield _versions("Jupyter", packages, "pip install jupyterlab ipykernel")


def _versions(subject: str, packages: tuple[str, ...], advice: str) -> Diagnosis:
    installed, missing = [], []
    for package in packages:
        try:
            installed.append(f"{package} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            missing.append(package)
    if missing:
        return Diagnosis(subject, "failed", f"missing: {', '.join(missing)}", advice)
    return Diagnosis(subject, "ok", ", ".join(installed))


def _widgets() -> Iterator[Diagnosis]:
    installed = _versions("widgets", ("anywidget", "ipywidgets"), "pip install anywidget ipywidgets")
    if installed.state != "ok":
        yield installed
        return
    from jupyter_core.paths import jupyter_path

    for extension in ("@jupyter-widgets/jupyterlab-manager", "anywidget"):
        if not any((Path(p) / extension / "package.json").is_file() for p in jupyter_path("labextensions")):
            yield Diagnosis(
                "widgets",
                "failed",
                f"{installed.message}, but JupyterLab does not find the extension {extension}",
                "pip install --force-reinstall jupyterlab_widgets anywidget (where JupyterLab is installed)",
            )
            return
    yield installed


def _fast_sliders() -> Iterator[Diagnosis]:
    from jupyter_core.paths import jupyter_config_path
    from jupyter_server.extension.config import ExtensionConfigManager

    from capslab.server import FORMER_NAME, NAME

    enabled = ExtensionConfigManager(read_config_path=jupyter_config_path()).get_jpserver_extensions()
    if enabled.get(NAME) or enabled.get(FORMER_NAME):
        yield Diagnosis("sliders", "ok", "the server extension is on")
    else:
        advice = f"Sliders work, only slower. To turn it on: jupyter server extension enable {NAME}"
        yield Diagnosis("sliders", "warning", "the server extension is off", advice)


def _data_sets() -> Iterator[Diagnosis]:
    from capslab.data.datasets import PUBLISHED, local_source

    existing = {name: local_source(name) for name in ("digits", *PUBLISHED)}
    message = ", ".join(f"{name} ({where})" for name, where in existing.items() if where)
    missing = [name for name, where in existing.items() if not where]
    advice = ""
    if missing:
        names = " and ".join(missing)
        advice = f"{names}: downloaded when first used. Without a connection the course uses the digits."
        if os.environ.get("CAPSLAB_OFFLINE", "0") not in ("", "0"):
            advice = f"{names}: not downloaded, because CAPSLAB_OFFLINE is set. To allow it, "
            advice += f"{examine_settings.unset('CAPSLAB_OFFLINE')}."
        elif proxies := urllib.request.getproxies():
            proxy = proxies.get("https") or next(iter(proxies.values()))
            proxy = proxy.rpartition("@")[2].removeprefix("https://").removeprefix("http://")
            advice = f"{names}: downloaded when first used, through the proxy {proxy}."
    yield Diagnosis("data sets", "ok", message, advice)


def _home() -> Iterator[Diagnosis]:
    from capslab import _home
    from capslab._home import is_writable

    home = Path.home()  # where there is none, importing capslab has set one
    if home == _home.borrowed:
        advice = "Set HOME, or CAPSLAB_HOME to a folder of yours, for data sets and your progress."
        yield Diagnosis("home", "warning", f"this user has none; the temporary {home} stands in", advice)
    elif not is_writable(home):
        advice = "Set CAPSLAB_HOME to a folder of yours, for data sets and your progress."
        yield Diagnosis("home", "warning", f"{home} cannot be written", advice)


def _disk() -> Iterator[Diagnosis]:
    from capslab.data.datasets import cache_folder

    for subject, folder in (("disk", Path.cwd()), ("cache", cache_folder())):
        existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
        free = shutil.disk_usage(existing).free / 2**30
        message = f"{free:,.0f} GB free in {folder}"
        if not os.access(existing, os.W_OK):
            advice = "Start from" if subject == "disk" else "Set CAPSLAB_HOME to"
            yield Diagnosis(subject, "warning", f"{folder} cannot be written", f"{advice} a folder of yours.")
        elif free < DISK_GB:
            yield Diagnosis(
                subject, "warning", message, f"Free some space: data and your work need {DISK_GB} GB."
            )
        else:
            yield Diagnosis(subject, "ok", message)


def _memory() -> Iterator[Diagnosis]:
    import psutil

    memory = psutil.virtual_memory()
    free, total = memory.available / 2**30, memory.total / 2**30
    limit = _container_limit() / 2**30
    if 0 < limit < total:
        free, total = min(free, limit), limit
    message = f"{free:,.1f} of {total:,.1f} GB free"
    if free < NEEDED_GB:
        advice = f"A notebook needs up to 1.5 GB. Close programs until {NEEDED_GB} GB are free."
        yield Diagnosis("memory", "warning", message, advice)
    else:
        yield Diagnosis("memory", "ok", message)


def _container_limit() -> int:
    """The bytes that a container may use, on Binder for example; 0 where there is no limit."""
    try:
        return int(Path("/sys/fs/cgroup/memory.max").read_text())
    except (OSError, ValueError):
        return 0


def _grading() -> Iterator[Diagnosis]:
    if importlib.util.find_spec("nbgrader") is None or os.name != "posix":
        return  # only teachers need it, on Linux or macOS
    from capslab.classroom.launch_sandbox import strongest_protection

    names = {
        "files": "its own files",
        "network": "no network",
        "processes": "no sight of other processes",
        "user": "another user",
    }
    protection = strongest_protection()
    have = ", ".join(text for name, text in names.items() if name in protection.enforced)
    message = f"a submission gets limits on time and memory{', ' if have else ''}{have}"
    if protection.missing:
        lacking = ", ".join(names[name] for name in protection.missing)
        advice = f"Not enforced on this machine when you grade a class: {lacking}. See docs/instructors.md."
        yield Diagnosis("grading", "warning", message, advice)
    else:
        yield Diagnosis("grading", "ok", message)


EXAMINATIONS: tuple[Callable[[], Iterator[Diagnosis]], ...] = (
    _python,
    examine_settings.hidden_packages,
    examine_settings.keras_backend,
    examine_settings.keras_json,
    _tensorflow,
    examine_settings.training_limits,
    _jupyter,
    _widgets,
    _fast_sliders,
    _data_sets,
    _home,
    _disk,
    _memory,
    examine_settings.threads,
    examine_settings.console,
    examine_settings.figures,
    examine_settings.fonts,
    _grading,
)
