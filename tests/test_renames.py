"""The table of renames is complete, leads to what exists, and answers whoever uses an old name."""

from __future__ import annotations

import importlib.util
import inspect
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from wording import Fails

import capslab
from capslab import _renames

GONE = {"DenseNet"}  # names of the first edition, for cells that still use them
ROOT = Path(capslab.__file__).parents[1]


def exists(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def taker(name: str):
    """The function or class that takes the arguments listed under its name."""
    homes = {
        "selftrain": "capslab.labelfree.selftraining",
        "fit": "capslab.training.fit",
        "find": "capslab.models.detection",
    }
    for home in [homes.get(name), "capslab.models", "capslab.clustering"]:
        if home and hasattr(import_module(home), name):
            return getattr(import_module(home), name)
    raise LookupError(name)


@pytest.mark.parametrize("old", _renames.MODULES)
def test_an_old_module_is_gone_and_its_import_names_the_new_one(old: str) -> None:
    with pytest.raises(ImportError) as error:
        import_module(old)
    known = [name for name in _renames.MODULES if old == name or old.startswith(f"{name}.")]
    assert str(error.value) in {_renames.advice(name) for name in known}
    assert exists(_renames.MODULES[old]) or not _renames.MODULES[old].startswith("capslab.")


@pytest.mark.parametrize("old", _renames.NAMES)
def test_an_old_name_cannot_be_imported_and_its_new_one_can(old: str) -> None:
    package, name = old.rsplit(".", 1)
    with pytest.raises(ImportError) as error:  # where its module has moved too, that is said first
        exec(f"from {package} import {name}", {})
    assert str(error.value) in {_renames.advice(old), _renames.advice(package)}
    package, name = _renames.NAMES[old].rsplit(".", 1)
    assert hasattr(import_module(package), name)


def test_an_old_public_name_is_answered_with_the_new_one(fails: Fails) -> None:
    with fails(AttributeError, names=("`DenseNet`", "`DenseBaseline`")):
        capslab.DenseNet  # noqa: B018
    modules = ("`capslab.experiments`", "`capslab.routing.ablation`")
    with fails(AttributeError, names=modules):
        capslab.experiments  # noqa: B018
    with fails(ImportError, names=modules):
        exec("from capslab import experiments")


def test_a_name_that_never_was_is_refused_as_ever(fails: Fails) -> None:
    with fails(ModuleNotFoundError, names="'capslab.no_such'"):
        import_module("capslab.no_such")
    with fails(AttributeError, names=("'Capsnet'", "'CapsNet'")):
        capslab.Capsnet  # noqa: B018


@pytest.mark.parametrize("function", [name for name in _renames.ARGUMENTS if name not in GONE])
def test_new_arguments_are_taken_and_old_ones_are_not(function: str) -> None:
    parameters = inspect.signature(taker(function)).parameters
    assert _renames.ARGUMENTS[function].keys().isdisjoint(parameters)
    assert set(_renames.ARGUMENTS[function].values()) <= set(parameters)


def test_every_module_of_the_first_edition_is_there_or_in_the_table() -> None:
    listing = ["git", "-C", str(ROOT), "ls-tree", "-r", "--name-only", "v0.1.0", "capslab"]
    listed = subprocess.run(listing, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("the first edition's tag is not here")
    for line in listed.stdout.splitlines():
        if line.endswith(".py"):
            module = line.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            assert _renames.new_name(module) or exists(module), module


def test_the_import_of_capslab_stays_light() -> None:
    code = "import sys, capslab; print([m for m in ('numpy', 'keras', 'difflib') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_lesson_that_was_split_leads_to_lessons_that_exist():
    known = {path.stem for path in (ROOT / "notebooks" / "src").glob("*.py")}
    for name, now in _renames.LESSONS.items():
        assert name not in known
        assert set(now) <= known, name
