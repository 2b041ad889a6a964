"""Writes binder/requirements.txt: what the course needs and is built with, and what that needs, each pinned.

Run it with the Python that runtime.txt names, on Linux: `make pins PYTHON=python3.12`. pip works out
the versions and installs nothing. `tensorflow-cpu` stands in for `tensorflow`: a third smaller.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent


def dependencies() -> list[str]:
    """What the course needs and what it is built with, as pyproject.toml has them, with tensorflow-cpu."""
    text = (HERE.parent / "pyproject.toml").read_text("utf-8")
    runs = [re.search(rf"^{name} = \[(.*?)^\]", text, re.M | re.S) for name in ("dependencies", "lab")]
    builds = re.search(r"^requires = \[(.*?)\]", text, re.M)
    assert all(runs), "pyproject.toml has no list of dependencies, or no extra `lab`"
    assert builds, "pyproject.toml does not say what builds it"
    named = re.findall(r'"([^"]+)"', builds[1] + "".join(found[1] for found in runs if found))
    return [re.sub(r"^tensorflow\b", "tensorflow-cpu", name) for name in named]


def resolved(wanted: list[str]) -> list[str]:
    """`name==version` for everything that `wanted` brings along, in alphabetical order."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        command = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet"]
        subprocess.run([*command, "--report", str(report), *wanted], check=True)
        packages = [item["metadata"] for item in json.loads(report.read_text("utf-8"))["install"]]
    pins = {re.sub(r"[-_.]+", "-", p["name"]).lower(): p["version"] for p in packages}
    assert "tensorflow" not in pins, "something needs tensorflow itself, which overwrites tensorflow-cpu"
    return [f"{name}=={version}" for name, version in sorted(pins.items())]


def main() -> None:
    runtime = (HERE / "runtime.txt").read_text("utf-8").strip()
    if runtime != "python-{}.{}".format(*sys.version_info):
        sys.exit(f"binder/runtime.txt says {runtime}: run this with that Python.")
    pins = resolved(dependencies())
    (HERE / "requirements.txt").write_text("# Written by binder/pin.py.\n" + "\n".join(pins) + "\n", "utf-8")
    print(f"binder/requirements.txt: {len(pins)} packages")


if __name__ == "__main__":
    main()
