"""Examinations of `capslab doctor` that have a line only where a setting of this machine is unusual."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from importlib.machinery import PathFinder
from pathlib import Path

import capslab
from capslab.cli.diagnosis import Diagnosis
from capslab.machine import keras_settings
from capslab.machine.console import missing_characters
from capslab.machine.keras_settings import BACK_TO_TENSORFLOW, BACKENDS

#: packages that the course imports; a file of the same name in the working folder hides them
PACKAGES = (
    *("anywidget", "capslab", "IPython", "ipykernel", "ipywidgets", "jupyterlab", "keras", "matplotlib"),
    *("numpy", "PIL", "scipy", "sklearn", "tensorflow", "tqdm", "traitlets"),
)
#: letters that a font either has or has not, with all others of their script
SAMPLES = {"Chinese": "中", "Japanese": "あ", "Korean": "한"}


def unset(name: str) -> str:
    """How to remove an environment variable, in words that hold in every terminal."""
    return f"`unset {name}` in the terminal (Windows: `set {name}=`)"


def keras_backend() -> Iterator[Diagnosis]:
    """KERAS_BACKEND: a backend that is missing or unknown, or one that is not the usual one."""
    name = keras_settings.chosen_backend()
    problem, advice = keras_settings.backend_problem()
    if name == "tensorflow":
        return  # TensorFlow has a line of its own
    if problem:
        yield Diagnosis("Keras", "failed", problem, advice)
    else:
        message = f"KERAS_BACKEND is {name}, so networks compute with {BACKENDS[name][1]}"
        yield Diagnosis("Keras", "warning", message, BACK_TO_TENSORFLOW)


def keras_json() -> Iterator[Diagnosis]:
    """keras.json: settings that Keras refuses, or that capslab's networks do not follow."""
    file = keras_settings.settings_file()
    settings = keras_settings.read_settings(file)
    refused = keras_settings.refused_settings(settings)
    unusual = keras_settings.unusual_settings(settings)
    if refused:
        values = ", ".join(f"{name} = {value!r}" for name, value in refused.items())
        advice = "Delete that file, or write Keras's own values into it: " + ", ".join(
            f"{name} = {keras_settings.USUAL[name]!r}" for name in refused
        )
        yield Diagnosis("keras.json", "failed", f"{file} has {values}, which Keras refuses", advice + ".")
    elif unusual:
        values = ", ".join(f"{name} = {value!r}" for name, value in unusual.items())
        advice = "capslab's networks do not follow it, other Keras models do. If not meant, delete the file."
        yield Diagnosis("keras.json", "warning", f"{file} has {values}", advice)
    backend = settings.get("backend", "tensorflow")
    if backend != "tensorflow" and not os.environ.get("KERAS_BACKEND"):
        message = (
            f"{file} has backend = {backend!r}; capslab takes TensorFlow, unless keras is imported before it"
        )
        advice = (
            f'Import capslab first, or write "backend": "tensorflow" there, or set KERAS_BACKEND={backend}.'
        )
        yield Diagnosis("keras.json", "warning", message, advice)


def training_limits() -> Iterator[Diagnosis]:
    """Variables that make Keras stop early, or compute in another precision."""
    for name in ("KERAS_MAX_EPOCHS", "KERAS_MAX_STEPS_PER_EPOCH"):
        if os.environ.get(name):
            message = f"{name} is {os.environ[name]}, so Keras ends every training early"
            yield Diagnosis("training", "warning", message, f"Remove it: {unset(name)}.")
    name = "TF_ENABLE_AUTO_MIXED_PRECISION"
    if os.environ.get(name, "0") not in ("", "0"):
        message = f"{name} is set, so TensorFlow may compute in half precision"
        yield Diagnosis("training", "warning", message, f"Remove it: {unset(name)}.")


def console() -> Iterator[Diagnosis]:
    """Standard output whose encoding lacks characters that we print."""
    if not missing_characters(sys.stdout):
        return
    setting = os.environ.get("PYTHONIOENCODING")
    advice = "To print them all, set PYTHONUTF8=1."
    if setting:
        advice = f"PYTHONIOENCODING is {setting}. To print them all, {unset('PYTHONIOENCODING')}."
    message = f"its encoding, {sys.stdout.encoding}, lacks some characters; similar ones are printed instead"
    yield Diagnosis("console", "warning", message, advice)


def figures() -> Iterator[Diagnosis]:
    """MPLBACKEND: a way of showing figures that matplotlib does not know."""
    name = os.environ.get("MPLBACKEND")
    if not name:
        return
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from capslab.machine.usable_matplotlib import backend_problem

    module = name.removeprefix("module://")
    absent = module != name and not keras_settings.is_installed(module)
    if absent or backend_problem(name):
        message = f"MPLBACKEND is {name!r}, which matplotlib does not have"
        yield Diagnosis("figures", "warning", message, f"Remove it: {unset('MPLBACKEND')}.")


def fonts() -> Iterator[Diagnosis]:
    """Scripts that class names may be in, and for which there is no font."""
    from capslab.machine.fonts import ADVICE, families_for

    missing = [script for script, letter in SAMPLES.items() if families_for(letter)[1]]
    if missing:
        font, package = next(iter(ADVICE.values()))
        message = f"none with {' or '.join(missing)} letters"
        advice = f"Only for class names in them: install {font} (Debian, Ubuntu: apt install {package})."
        yield Diagnosis("fonts", "ok", message, advice)


def threads() -> Iterator[Diagnosis]:
    """OMP_NUM_THREADS that is no number of threads."""
    value = os.environ.get("OMP_NUM_THREADS", "")
    parts = value.split(",")
    if value and not all(part.strip().isdecimal() and int(part) > 0 for part in parts):
        message = f"OMP_NUM_THREADS is {value!r}, and not a number from 1"
        yield Diagnosis("threads", "warning", message, f"Remove it: {unset('OMP_NUM_THREADS')}.")


def shadowing_files() -> list[Path]:
    """Files and folders in the working folder and on PYTHONPATH that Python imports instead of a package."""
    on_path = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    folders = list(dict.fromkeys([Path.cwd(), *(Path(part).absolute() for part in on_path if part)]))
    elsewhere = [part for part in sys.path if Path(part or ".").absolute() not in folders]
    found = []
    for folder in folders:
        try:
            names = sorted(path.name for path in folder.iterdir())
        except OSError:
            continue
        for name in names:
            module = name.removesuffix(".py")
            is_module = module != name or (folder / name / "__init__.py").is_file()
            if is_module and _hides(module, folder / name, elsewhere):
                found.append(folder / name)
    return found


def _hides(module: str, path: Path, elsewhere: list[str]) -> bool:
    """Whether a file or folder of this name stands in the way of a package that the course imports."""
    if module in sys.stdlib_module_names:
        return path.resolve().parent != Path(os.__file__).resolve().parent
    if module not in PACKAGES:
        return False
    if module == "capslab":  # a checkout of the course is no stranger to itself
        return Path(capslab.__file__).resolve() not in (path.resolve(), path.resolve() / "__init__.py")
    return PathFinder.find_spec(module, elsewhere) is not None


def hidden_packages() -> Iterator[Diagnosis]:
    """One's own files that have the name of a package or a module of Python's."""
    for path in shadowing_files():
        message = f"{path} is imported instead of the real {path.name.removesuffix('.py')}"
        advice = f"Give it another name, {path.stem}_mine{path.suffix} say, and restart Python."
        yield Diagnosis("own files", "warning", message, advice)
