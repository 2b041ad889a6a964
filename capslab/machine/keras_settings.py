"""What Keras will find on this machine: its backend, and the defaults in keras.json. Keras is not imported.

Keras reads both when it is first imported, and gives up in its own words where they do not fit.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from capslab.errors import spelling_hint

#: the backends that can train, with the module and the package of each
BACKENDS = {
    "tensorflow": ("tensorflow", "TensorFlow", "tensorflow"),
    "jax": ("jax", "JAX", "jax"),
    "torch": ("torch", "PyTorch", "torch"),
}
#: the settings of keras.json that capslab's networks set for themselves, and their usual values
USUAL = {"image_data_format": "channels_last", "floatx": "float32", "epsilon": 1e-7}
BACK_TO_TENSORFLOW = (
    "To compute with TensorFlow, run `unset KERAS_BACKEND` in the terminal (Windows: `set KERAS_BACKEND=`); "
    'in a notebook write import os; os.environ["KERAS_BACKEND"] = "tensorflow" in its first cell and restart '
    "the kernel."
)


class KerasUnavailable(ImportError):
    """Keras, or the backend that it is set to, cannot be imported on this machine."""


def chosen_backend(environment: Mapping[str, str] = os.environ) -> str:
    """The backend that KERAS_BACKEND names; "tensorflow" where it is not set or empty."""
    return environment.get("KERAS_BACKEND", "").strip() or "tensorflow"


def backend_problem(environment: Mapping[str, str] = os.environ) -> tuple[str, str]:
    """Why the chosen backend cannot be used, and what to do; two empty strings where it can.

    >>> backend_problem({"KERAS_BACKEND": "tensorflw"})[0]
    "KERAS_BACKEND is 'tensorflw', which is no backend that can train: those are tensorflow, jax, torch"
    """
    name = chosen_backend(environment)
    if name not in BACKENDS:
        others = ", ".join(BACKENDS)
        hint = spelling_hint(name, BACKENDS)
        found = f"KERAS_BACKEND is {name!r}, which is no backend that can train: those are {others}"
        return found, f"{hint} {BACK_TO_TENSORFLOW}".strip()
    module, title, package = BACKENDS[name]
    if is_installed(module):
        return "", ""
    if name == "tensorflow":
        return f"{title} is not installed", f"Install it: pip install {package}"
    found = f"KERAS_BACKEND is {name}, and {title} is not installed"
    return found, f"{BACK_TO_TENSORFLOW} Or install {title}: pip install {package}"


def is_installed(module: str) -> bool:
    """Whether a module can be found; it is not imported."""
    try:
        return find_spec(module) is not None
    except (ImportError, ValueError):  # half imported, or a stand-in without a spec
        return False


def settings_file(environment: Mapping[str, str] = os.environ) -> Path:
    """Where Keras looks for keras.json."""
    if "KERAS_HOME" in environment:
        return Path(environment["KERAS_HOME"], "keras.json").expanduser()
    home = os.path.expanduser("~")
    return Path(home if os.access(home, os.W_OK) else "/tmp", ".keras", "keras.json")


def read_settings(file: Path) -> dict[str, Any]:
    """What keras.json says; empty where there is none, or none that Keras can read."""
    try:
        settings = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return settings if isinstance(settings, dict) else {}


def refused_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Those settings with which Keras cannot be imported.

    >>> refused_settings({"floatx": "float8", "epsilon": 1e-7})
    {'floatx': 'float8'}
    """
    formats, layouts = ("float16", "float32", "float64"), ("channels_last", "channels_first")
    fits = {
        "image_data_format": lambda value: value in layouts,
        "floatx": lambda value: value in formats,
        "epsilon": lambda value: isinstance(value, float),
    }
    return {
        name: settings[name] for name, fit in fits.items() if name in settings and not fit(settings[name])
    }


def unusual_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Those settings that capslab's networks do not follow, because they would not work with them."""
    return {name: settings[name] for name, usual in USUAL.items() if settings.get(name, usual) != usual}


def import_problem(error: BaseException) -> tuple[str, str]:
    """Why Keras could not be imported, from its own error, and what to do."""
    reason = f"{type(error).__name__}: {error}".strip(": ")
    reason = " ".join(reason.split())[:300]
    file = settings_file()
    of_the_file = isinstance(error, (AttributeError, OSError, TypeError)) or "configuration" in reason
    if of_the_file and not isinstance(error, ImportError) and file.exists():
        advice = f"Keras reads its settings from {file}: rename or delete that file, and restart Python."
        return f"Keras could not be imported ({reason})", advice
    module, title, package = BACKENDS.get(chosen_backend(), BACKENDS["tensorflow"])
    if getattr(error, "name", None) in ("keras", module):
        package = "keras" if error.name == "keras" else package  # type: ignore[attr-defined]
        return f"{package} is not installed", f"Install it: pip install {package}"
    advice = (
        f"Look what is wrong with `capslab doctor`, or install again: pip install --force-reinstall {package}"
    )
    return f"Keras could not be imported with {title} ({reason})", advice
