"""What holds the package together: import rules, the wheel, Binder, make, and what no file may hold."""

from __future__ import annotations

import ast
import doctest
import importlib
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from common import ROOT, numbers_in
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

PACKAGE = ROOT / "capslab"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "_course" not in path.parts)
NETWORKS = {"tensorflow", "keras", "tf_keras"}
WIDGETS = {"ipywidgets", "anywidget"}
HEAVY = {
    "tensorflow",
    "keras",
    "sklearn",
    "scipy",
    "numpy",
    "matplotlib",
    "plotly",
    "anywidget",
    "ipywidgets",
}
NUMPY_ONLY = ("data", "routing", "embedding", "clustering", "plots")


def area(path: Path) -> str:
    """The part of the package that a file belongs to: `clustering` for capslab/clustering/lloyd.py."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> Iterator[str]:
    """Every module that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: relative imports hide what depends on what"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def loaded_by(code: str) -> set[str]:
    """Top-level modules that a fresh Python has loaded after running a line."""
    line = f"{code}; import sys; print(*{{name.split('.')[0] for name in sys.modules}})"
    return set(subprocess.run([sys.executable, "-c", line], capture_output=True, text=True).stdout.split())


# Import rules


def test_import_capslab_loads_nothing_heavy() -> None:
    assert not HEAVY & loaded_by("import capslab")


@pytest.mark.parametrize("part", NUMPY_ONLY)
def test_data_to_plots_never_import_a_network_or_a_widget(part: str) -> None:
    files = [path for path in MODULES if area(path) == part]
    assert files
    for path in files:
        found = {name.split(".")[0] for name in imported(path)} & (NETWORKS | WIDGETS)
        assert not found, f"{path.relative_to(ROOT)} imports {found}"
        assert "capslab.models" not in " ".join(imported(path)), path
    loaded = loaded_by(f"import capslab.{part}")
    assert "capslab" in loaded
    assert not (NETWORKS | WIDGETS) & loaded


def test_only_widgets_imports_widget_libraries_and_only_two_modules_import_tensorflow() -> None:
    for path in MODULES:
        names = {name.split(".")[0] for name in imported(path)}
        if area(path) != "widgets":
            assert not WIDGETS & names, path
        if path.relative_to(PACKAGE).as_posix() not in ("models/backend.py", "training/multiple_devices.py"):
            assert "tensorflow" not in names, path


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_keras_is_imported_through_the_backend_first(path: Path) -> None:
    """Otherwise TensorFlow's messages reach the learner, and a cell that writes to stderr earns no points."""
    if path.name == "backend.py":
        return
    names: list[str] = []
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    keras = [i for i, name in enumerate(names) if name.split(".")[0] == "keras"]
    backend = [i for i, name in enumerate(names) if name.startswith("capslab.models.backend")]
    assert not keras or (backend and backend[0] < keras[0])


def test_exercises_never_import_widgets() -> None:
    for path in MODULES:
        if area(path) == "exercises":
            assert not [name for name in imported(path) if name.startswith("capslab.widgets")], path
    assert not WIDGETS & loaded_by("import capslab.exercises; capslab.exercises.all_exercises()")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_examples_in_docstrings_give_what_they_say(path: Path) -> None:
    if ">>>" not in path.read_text("utf-8"):
        return
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    result = doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS)
    assert result.attempted
    assert not result.failed


# What no tracked file may hold


def tracked() -> list[Path]:
    """The repository's text files: those that git tracks, or all of an unpacked sdist."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode == 0:
        paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:
        paths = [p for p in ROOT.rglob("*") if p.is_file() and ".venv" not in p.parts]
    binary = {".png", ".npz", ".gz", ".keras", ".whl"}
    return [path for path in paths if path.suffix not in binary and path.exists()]


def test_no_file_names_a_registry_or_a_machine() -> None:
    hosts = [
        r"py" + r"pi\.org",
        r"python" + r"hosted\.org",
        r"registry\." + r"npmjs\.org",
        r"deb\." + r"debian\.org",
    ]
    folders = (
        r"(?:^|[^A-Za-z0-9_.])/(?:"
        + "|".join(["wo" + "rk", "ro" + "ot", "ho" + "me", "Us" + "ers"])
        + r")/\w"
    )
    forbidden = re.compile("|".join([*hosts, folders]), re.M)
    paths = tracked()
    assert len(paths) > 50
    found = {}
    for path in paths:
        if hit := forbidden.search(path.read_text("utf-8")):
            found[str(path.relative_to(ROOT))] = hit[0]
    assert not found


# The wheel


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An sdist and the wheel made from it, built by hatchling with no connection."""
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    ran = subprocess.run(build, capture_output=True, text=True, timeout=300)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return folder


@pytest.mark.slow
def test_the_wheel_holds_the_course_the_weights_and_the_servers_settings(distributions: Path) -> None:
    (wheel,) = distributions.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    for notebook in (ROOT / "notebooks").glob("*.ipynb"):
        assert f"capslab/_course/{notebook.name}" in names
    for path in PACKAGE.rglob("*"):
        kept = path.suffix in {".py", ".js", ".css", ".json"} or path.parent.name == "weights"
        if kept and path.is_file() and "__pycache__" not in path.parts:
            assert str(path.relative_to(ROOT)) in names
    settings = {name.split(".data/data/")[1] for name in names if ".data/data/" in name}
    assert settings == {
        "etc/jupyter/jupyter_server_config.d/capslab.json",
        "share/jupyter/lab/settings/overrides.d/capslab.json",
    }
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not [name for name in names if name.startswith(("tests", "notebooks", "benchmarks"))]
    assert wheel.stat().st_size < 22e6


@pytest.mark.slow
def test_the_sdist_holds_what_a_build_and_the_tests_need(distributions: Path) -> None:
    (sdist,) = distributions.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.split("/", 1)[-1] for name in archive.getnames()}
    assert {
        "pyproject.toml",
        "hatch_build.py",
        "README.md",
        "LICENSE",
        "Makefile",
        "tests/conftest.py",
        "js/package-lock.json",
        "js/build.mjs",
        "js/src/shared/view_frame.js",
        "js/test/reference.json",
    } <= names
    assert not [name for name in names if "node_modules" in name]
    assert {f"notebooks/{path.name}" for path in (ROOT / "notebooks").glob("*.ipynb")} <= names
    assert {f"notebooks/src/{path.name}" for path in (ROOT / "notebooks/src").glob("*.py")} <= names


@pytest.mark.slow
def test_an_installed_capslab_copies_the_course_into_any_folder(distributions: Path, tmp_path: Path) -> None:
    (wheel,) = distributions.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    code = (
        "from capslab.course.learner_folder import folder_to_open; "
        "folder, messages = folder_to_open(None); print(*messages); print(folder)"
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "site")}
    (tmp_path / "learner").mkdir()
    told = subprocess.check_output(
        [sys.executable, "-c", code], cwd=tmp_path / "learner", env=environment, text=True
    )
    folder = tmp_path / "learner/capslab-course"
    count = len(list((ROOT / "notebooks").glob("*.ipynb")))
    message, opened = told.splitlines()
    assert message.startswith(f"{count} ")
    assert opened == str(folder)
    assert (folder / "00_start_here.ipynb").read_bytes() == (
        ROOT / "notebooks/00_start_here.ipynb"
    ).read_bytes()


# Binder


def project() -> tuple[str, list[Requirement]]:
    """`requires-python` and what the core and `capslab[lab]` need, as the installed metadata has them."""
    from importlib.metadata import metadata

    told = metadata("capslab")
    needed = [Requirement(text) for text in told.get_all("Requires-Dist") or []]
    return told["Requires-Python"], [
        r for r in needed if r.marker is None or r.marker.evaluate({"extra": "lab"})
    ]


def pins() -> dict[str, str]:
    lines = (ROOT / "binder/requirements.txt").read_text("utf-8").splitlines()
    found = {}
    for line in lines:
        if not line.startswith("#"):
            match = re.fullmatch(r"([a-z0-9-]+)==([0-9][0-9a-z.+]*)", line)
            assert match, f"not a pin: {line!r}"
            assert match[1] not in found
            found[match[1]] = match[2]
    return found


def test_binder_pins_satisfy_every_dependency() -> None:
    pinned = pins()
    python, needed = project()
    assert "tensorflow" not in pinned, "two TensorFlow wheels in one environment overwrite each other"
    assert len(needed) > 15
    for requirement in needed:
        name = "tensorflow-cpu" if requirement.name == "tensorflow" else requirement.name
        assert Version(pinned[name]) in requirement.specifier, requirement
    runtime = (ROOT / "binder/runtime.txt").read_text().strip()
    assert runtime.startswith("python-")
    assert Version(runtime.removeprefix("python-")) in SpecifierSet(python)


def test_binder_pins_what_builds_the_course_too() -> None:
    (needed,) = re.findall(r"^requires = \[(.*?)\]", (ROOT / "pyproject.toml").read_text("utf-8"), re.M)
    for text in re.findall(r'"([^"]+)"', needed):
        requirement = Requirement(text)
        assert Version(pins()[requirement.name]) in requirement.specifier
    assert "--no-build-isolation" in (ROOT / "binder/postBuild").read_text("utf-8")


def test_binder_pins_are_closed_under_what_the_pinned_packages_need() -> None:
    from importlib.metadata import PackageNotFoundError, requires

    pinned = pins()
    checked = 0
    for name in pinned:
        try:
            needed = [Requirement(text) for text in requires(name) or []]
        except PackageNotFoundError:  # tensorflow-cpu itself, and what only another Python needs
            continue
        runtime = (ROOT / "binder/runtime.txt").read_text().strip().removeprefix("python-")
        there = {"extra": "", "python_version": runtime, "python_full_version": f"{runtime}.0"}
        for requirement in needed:
            if requirement.marker is None or requirement.marker.evaluate(there):
                assert re.sub(r"[-_.]+", "-", requirement.name).lower() in pinned, (
                    f"{name} needs {requirement}"
                )
                checked += 1
    assert checked > 100


def test_repo2docker_renders_the_binder_folder_without_complaint(tmp_path: Path) -> None:
    """With no container engine: the Dockerfile is printed, nothing is built."""
    copy = tmp_path / "repository"
    (copy / "binder").mkdir(parents=True)
    for path in (ROOT / "binder").iterdir():
        if path.is_file():
            (copy / "binder" / path.name).write_bytes(path.read_bytes())
    (copy / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    command = [sys.executable, "-m", "repo2docker", "--no-build", "--debug"]
    command += ["--user-id", "1000", "--user-name", "learner", str(copy)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120)
    said = ran.stdout + ran.stderr
    assert ran.returncode == 0, said
    runtime = (ROOT / "binder/runtime.txt").read_text().strip().removeprefix("python-")
    for wanted in (
        'pip install --no-cache-dir -r "binder/requirements.txt"',
        "RUN ./binder/postBuild",
        'ENV R2D_ENTRYPOINT="${REPO_DIR}/binder/start"',
        f"python={runtime}",
    ):
        assert wanted in said
    assert not re.search(r"warning|error|unspecified", ran.stderr, re.I), ran.stderr


def test_binder_scripts_are_programs_that_bash_accepts() -> None:
    for name in ("binder/postBuild", "binder/start", ".ci/run"):
        path = ROOT / name
        assert path.read_text().startswith("#!")
        subprocess.run(["bash", "-n", str(path)], check=True)
    assert 'exec "$@"' in (ROOT / "binder/start").read_text()
    assert "--no-deps" in (ROOT / "binder/postBuild").read_text()


# make


def make(*arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = ["make", "--no-print-directory", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(
    "target",
    ["lab", "run", "doctor", "build", "check", "test", "test-all", "test-binder", "pins", "clean"],
)
def test_make_knows_its_targets(target: str) -> None:
    assert make("--dry-run", target).returncode == 0


def test_make_passes_options_to_jupyter() -> None:
    assert (
        "capslab lab -- --no-browser --port 8899" in make("-n", "lab", "ARGS=--no-browser --port 8899").stdout
    )


def test_a_python_that_does_not_fit_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_bytes((ROOT / "Makefile").read_bytes())
    (tmp_path / "pyproject.toml").touch()
    old = tmp_path / "python-old"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.1\nexit 1\n')
    old.chmod(0o755)
    ran = make("lab", f"PYTHON={old}", folder=tmp_path)
    assert ran.returncode != 0
    assert numbers_in(ran.stderr)[:4] == ["3.10", "3.11", "3.12", "3.13"]
    assert "Python 3.9.1" in ran.stderr
    assert "make lab PYTHON=python3.12" in ran.stderr
    assert not (tmp_path / ".venv").exists()
