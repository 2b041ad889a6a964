"""The public names: all there, none shadowed by a module of the same name."""

import subprocess
import sys

import pytest

import capslab as cl


@pytest.mark.parametrize("name", [name for name in cl.__all__ if name != "__version__"])
def test_every_public_name_is_a_function_or_a_class(name):
    # In a process of its own, with the home module imported first: a module must not take its place.
    code = (
        f"import capslab, importlib; importlib.import_module(capslab._HOME[{name!r}]); "
        f"assert callable(capslab.{name}), capslab.{name}"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_unknown_public_name_gets_a_hint():
    with pytest.raises(AttributeError, match="Did you mean 'cluster'"):
        cl.clustr  # noqa: B018
