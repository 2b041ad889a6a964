"""After `import capslab`, Keras opens saved models of the course, whoever imports it and when."""

import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import capslab
from capslab._keras_hook import CLASSES

PACKAGE = Path(capslab.__file__).parent


def run(lines):
    done = subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_every_registered_class_is_in_the_table():
    registered = {
        f"{'.'.join(path.relative_to(PACKAGE.parent).with_suffix('').parts)}:{name}"
        for path in PACKAGE.rglob("*.py")
        for name in re.findall(r"^@register\nclass (\w+)", path.read_text("utf-8"), re.M)
    }
    assert registered == set(CLASSES.values())
    for place in registered:
        module, _, name = place.partition(":")
        assert hasattr(import_module(module), name)


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A network with a layer of the course in it, and one in a plain Keras model."""
    import keras

    from capslab.models.layers import RoutedCapsules

    folder = tmp_path_factory.mktemp("saved")
    capslab.CapsNet((8, 8, 1), 3).save(folder / "caps.keras")
    keras.Sequential([keras.Input((6, 4)), RoutedCapsules(3, 5)]).save(folder / "plain.keras")
    return folder


@pytest.mark.parametrize(
    "before",
    [
        "import keras, capslab",
        "import capslab, sys; capslab.CapsNet; assert 'capslab.models.vae' not in sys.modules; import keras",
        "import importlib.util, capslab; importlib.util.find_spec('keras'); import keras",
    ],
)
def test_a_saved_model_opens_in_a_fresh_process(saved, before):
    said = run(
        f"{before}\n"
        f"for name in ('caps', 'plain'): print(keras.models.load_model(f'{saved}/{{name}}.keras').name)\n"
        f"print(type(keras.models.load_model('{saved}/caps.keras')).__module__)"
    )
    assert said.splitlines()[-1] == "capslab.models.capsnet"


def test_the_import_stays_light_and_the_search_for_keras_imports_nothing():
    said = run(
        "import sys, importlib.util, capslab\n"
        "spec = importlib.util.find_spec('keras')\n"
        "print(spec.name, spec.origin.endswith('__init__.py'), bool(spec.submodule_search_locations))\n"
        "print(sorted({'keras', 'tensorflow', 'capslab.models'} & set(sys.modules)))"
    )
    assert said.splitlines() == ["keras True True", "[]"]


def test_without_keras_its_import_fails_as_ever():
    said = run(
        "import sys, capslab\n"
        "sys.path[:] = []\n"
        "import importlib.util; print(importlib.util.find_spec('keras'))\n"
        "try:\n    import keras\nexcept ModuleNotFoundError as error:\n    print(error)"
    )
    assert said.splitlines() == ["None", "No module named 'keras'"]
