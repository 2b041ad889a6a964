"""Puts the built notebooks into the wheel, so that an installed `capslab lab` has a course to open."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class NotebooksHook(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return  # a checkout opens its own notebooks
        notebooks = sorted(Path(self.root, "notebooks").glob("*.ipynb"))
        if not notebooks:
            raise FileNotFoundError("notebooks/*.ipynb: run `capslab build` first")
        build_data["force_include"].update({str(path): f"capslab/_course/{path.name}" for path in notebooks})
