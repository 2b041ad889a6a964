"""The public names: all there, none shadowed by a module of the same name."""

import subprocess
import sys

import capslab as cl


def test_every_public_name_is_a_function_or_a_class():
    # In a process of its own, every home module imported first: a module must not take a name's place.
    code = """
import importlib, capslab
for home in set(capslab._HOME.values()):
    importlib.import_module(home)
wrong = [name for name in capslab._HOME if not callable(getattr(capslab, name))]
assert not wrong, wrong
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_unknown_public_name_gets_a_hint(fails):
    with fails(AttributeError, names="'cluster'?"):
        cl.clustr  # noqa: B018
