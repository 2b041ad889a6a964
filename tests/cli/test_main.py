"""The command `capslab`: run, lab, doctor, build, pretrain, and how each says what went wrong."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import psutil
import pytest
from click.testing import CliRunner, Result
from common import numbers_in
from wording import Fails, Wording

import capslab
from capslab.cli import doctor, lab
from capslab.cli.main import main
from capslab.course import learner_folder, paths
from capslab.errors import ArgumentError, DataUnavailable


def call(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def notebook(path: Path, *cells: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells]), path)
    return path


def test_version() -> None:
    assert call("--version").output.split()[-1] == capslab.__version__


def test_help_is_quick_and_loads_nothing_heavy() -> None:
    code = (
        "import sys; from click.testing import CliRunner; from capslab.cli.main import main; "
        "print(CliRunner().invoke(main, ['run', '--help']).exit_code, "
        "sorted({'numpy', 'tensorflow', 'nbclient'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert result.stdout == "0 []\n"


# run


def test_run_prints_a_line_per_notebook_writes_json_and_fails_if_one_fails(tmp_path: Path) -> None:
    good = notebook(tmp_path / "good.ipynb", "import os", "print(os.getcwd())")
    bad = notebook(tmp_path / "bad.ipynb", "1 + 1", "1 / 0")
    report = tmp_path / "report.json"
    result = call("run", str(good), str(bad), "--json", str(report))
    assert result.exit_code == 1
    first, second, last = result.output.strip().splitlines()
    assert first.startswith("ok")
    assert "good" in first
    assert first.endswith("MB")
    runs = json.loads(report.read_text())
    assert second.startswith("failed")
    assert second.endswith(f"cell 2: {runs[1]['error']}")
    assert runs[1]["error"].startswith("ZeroDivisionError")
    assert numbers_in(last)[:2] == ["1", "2"]  # ran, of
    assert [(r["notebook"], r["ok"], r["cell"]) for r in runs] == [("good", True, None), ("bad", False, 2)]
    assert all(r["seconds"] > 0 and r["peak_mb"] > 20 for r in runs)
    assert not nbformat.read(good, as_version=4).cells[1].outputs, "a learner's file is not written"


def test_run_succeeds_if_all_do(tmp_path: Path) -> None:
    result = call("run", str(notebook(tmp_path / "good.ipynb", "1")))
    assert result.exit_code == 0
    assert numbers_in(result.output.strip().splitlines()[-1])[:2] == ["1", "1"]


def test_run_chooses_the_data_set_of_load(tmp_path: Path) -> None:
    cell = "import capslab as cl\nimages = cl.load()\nassert images.name == 'digits', images.name"
    result = call("run", str(notebook(tmp_path / "data.ipynb", cell)), "--data", "digits")
    assert result.exit_code == 0, result.output


def test_an_unknown_notebook_is_said_in_one_line() -> None:
    result = call("run", "99_nothing")
    assert result.exit_code == 1
    assert result.output.startswith("Error: `NOTEBOOK` ")
    assert "'99_nothing'" in result.output
    assert len(result.output.splitlines()) == 1


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
def test_ctrl_c_ends_a_run_cleanly_with_what_it_has(tmp_path: Path) -> None:
    good = notebook(tmp_path / "good.ipynb", "1")
    slow = notebook(
        tmp_path / "slow.ipynb",
        "import os, pathlib\npathlib.Path('pid').write_text(str(os.getpid()))",
        "import time\npathlib.Path('sleeping').touch()\ntime.sleep(300)",
    )
    report = tmp_path / "report.json"
    named = [str(path) for path in (good, slow, good)]
    command = [sys.executable, "-m", "capslab.cli", "run", *named, "--json", str(report)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    wait_for(lambda: (tmp_path / "sleeping").exists(), 60)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    lines = output.strip().splitlines()
    assert len(lines) == 3, output
    assert lines[1].startswith("stopped")
    assert "cell 2:" in lines[1]
    assert numbers_in(lines[2])[:2] == ["1", "2"]
    assert [r["interrupted"] for r in json.loads(report.read_text())] == [False, True]
    pid = int((tmp_path / "pid").read_text())
    wait_for(lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE, 20)


def wait_for(condition: object, seconds: float) -> None:
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


# lab: which folder


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed course of two notebooks; the current folder is a learner's."""
    folder = tmp_path / "site/capslab/_course"
    folder.mkdir(parents=True)
    for name in ("00_start_here", "05_can_you_trust_it"):
        (folder / f"{name}.ipynb").write_text(f'{{"first": "{name}"}}')
    monkeypatch.setattr(learner_folder, "PACKAGE", folder.parent)
    monkeypatch.setattr(learner_folder, "checkout", lambda: None)
    (tmp_path / "home").mkdir()
    monkeypatch.chdir(tmp_path / "home")
    return folder


def test_a_checkout_opens_its_own_notebooks() -> None:
    folder, messages = learner_folder.folder_to_open(None)
    assert folder == Path(capslab.__file__).parents[1] / "notebooks"
    assert messages == []


def test_an_installed_course_is_copied_where_the_learner_is_or_says(shipped: Path, tmp_path: Path) -> None:
    folder, messages = learner_folder.folder_to_open(None)
    assert folder == tmp_path / "home/capslab-course"
    (message,) = messages
    assert message.startswith("2 ")
    assert str(folder) in message
    assert (folder / "05_can_you_trust_it.ipynb").read_text() == '{"first": "05_can_you_trust_it"}'
    elsewhere, _ = learner_folder.folder_to_open(tmp_path / "deep/er")
    assert (elsewhere / "00_start_here.ipynb").exists()
    assert learner_folder.folder_to_open(None) == (folder, []), "the second time there is nothing to do"


def test_work_stays_and_a_newer_version_is_set_beside_it_once(shipped: Path) -> None:
    folder, _ = learner_folder.folder_to_open(None)
    mine = folder / "00_start_here.ipynb"
    mine.write_text("my answers")
    assert learner_folder.folder_to_open(None)[1] == [], "there is no newer version yet"
    for name in ("00_start_here", "05_can_you_trust_it"):
        (shipped / f"{name}.ipynb").write_text("second")
    beside, renewed = learner_folder.folder_to_open(None)[1]
    assert beside.startswith("00_start_here.ipynb ")
    assert "00_start_here.new.ipynb" in beside
    assert renewed.startswith("05_can_you_trust_it.ipynb ")
    assert ".new" not in renewed
    assert mine.read_text() == "my answers"
    assert (folder / "00_start_here.new.ipynb").read_text() == "second"
    assert (folder / "05_can_you_trust_it.ipynb").read_text() == "second"
    assert learner_folder.folder_to_open(None)[1] == []
    (folder / "00_start_here.new.ipynb").write_text("answers")
    (shipped / "00_start_here.ipynb").write_text("third")
    learner_folder.folder_to_open(None)
    assert (folder / "00_start_here.new.ipynb").read_text() == "answers"
    assert (folder / "00_start_here.new2.ipynb").read_text() == "third"


def test_a_file_that_was_there_before_is_never_written(shipped: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "work/00_start_here.ipynb"
    theirs.parent.mkdir()
    theirs.write_text("theirs")
    (theirs.parent / learner_folder.RECORD).write_text("no json")
    learner_folder.folder_to_open(theirs.parent)
    assert theirs.read_text() == "theirs"
    assert (theirs.parent / "00_start_here.new.ipynb").exists()


def test_a_folder_that_cannot_be_used_is_said_in_words(shipped: Path, tmp_path: Path, fails: Fails) -> None:
    (tmp_path / "file").write_text("")
    with fails(ArgumentError, "--dir", names=str(tmp_path / "file")):
        learner_folder.folder_to_open(tmp_path / "file")
    with fails(DataUnavailable, names=(str(tmp_path / "file/below"), "--dir")):
        learner_folder.folder_to_open(tmp_path / "file/below")
    for path in shipped.glob("*"):
        path.unlink()
    with fails(DataUnavailable, names=str(shipped)):
        learner_folder.folder_to_open(None)


# lab: the command line


def test_jupyter_is_told_loopback_the_folder_and_the_first_notebook(tmp_path: Path) -> None:
    line = lab.command(tmp_path, ("--no-browser", "--port", "8899"))
    assert line[:3] == [sys.executable, "-m", "jupyterlab"]
    assert "--ServerApp.ip=localhost" in line
    assert f"--ServerApp.root_dir={tmp_path}" in line
    assert "--LabApp.default_url=/lab/tree/00_start_here.ipynb" in line
    assert line[-3:] == ["--no-browser", "--port", "8899"]
    assert not [option for option in line if "token" in option or "password" in option]


def test_jupyters_own_options_win(tmp_path: Path) -> None:
    line = lab.command(tmp_path, ("--ip=0.0.0.0", "--notebook-dir", "elsewhere"))
    assert not [option for option in line if option.startswith(("--ServerApp.ip", "--ServerApp.root_dir"))]


@pytest.mark.parametrize(
    "arguments", [["--", "--no-browser", "--port", "1"], ["--no-browser", "--port", "1"]]
)
def test_lab_passes_options_on(
    shipped: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, arguments: list[str]
) -> None:
    started: list[tuple[Path, tuple[str, ...]]] = []

    def start(folder: Path, options: tuple[str, ...]) -> int:
        started.append((folder, options))
        return 0

    monkeypatch.setattr(lab, "start", start)
    result = call("lab", "--dir", str(tmp_path / "course"), *arguments)
    assert result.exit_code == 0, result.output
    assert started == [(tmp_path / "course", ("--no-browser", "--port", "1"))]
    assert numbers_in(result.output)[0] == "2"
    assert str(tmp_path / "course") in result.output


# doctor


def test_a_well_machine_has_a_line_for_everything() -> None:
    result = call("doctor")
    assert result.exit_code == 0, result.output
    marks = {line[2:14].strip(): line[0] for line in result.output.splitlines() if line[0] in "✓!✗"}
    wanted = "Python, TensorFlow, device, Jupyter, widgets, sliders, data sets, disk, cache, memory, grading"
    assert ", ".join(name for name in marks if name != "fonts") == wanted  # not all machines have all scripts
    assert {marks[name] for name in ("Python", "TensorFlow", "Jupyter", "widgets", "sliders")} == {"✓"}
    assert result.output.splitlines()[-1][0] not in "✓!✗"  # the verdict


def missing_tensorflow(folder: Path) -> dict[str, str]:
    (folder / "sitecustomize.py").write_text(
        "import sys\n"
        "class Finder:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'tensorflow':\n"
        "            raise ModuleNotFoundError(f'No module named {name!r}', name=name)\n"
        "sys.meta_path.insert(0, Finder())\n"
    )
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), str(Path(doctor.__file__).parents[2])])}


def test_without_tensorflow_it_says_so_goes_on_and_exits_1(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "capslab.cli", "doctor"]
    environment = missing_tensorflow(tmp_path)
    result = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120)
    assert result.returncode == 1, result.stdout
    assert "✗ TensorFlow " in result.stdout
    assert "pip install tensorflow" in result.stdout
    assert "memory" in result.stdout
    assert result.stderr == ""


def states(look: object) -> dict[str, doctor.Diagnosis]:
    assert callable(look)
    return {finding.subject: finding for finding in look()}


def test_a_python_that_does_not_fit_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 14, 0))
    finding = states(doctor._python)["Python"]
    assert finding.state == "failed"
    assert numbers_in(finding.advice)[:2] == ["3.10", "3.13"]


def test_a_gpu_that_tensorflow_does_not_see_is_a_warning() -> None:
    assert doctor._device([], []).state == "ok"
    unused = doctor._device([], ["NVIDIA X, 16384 MiB"])
    assert (unused.state, "and-cuda" in unused.advice) == ("warning", True)
    used = doctor._device(["NVIDIA X"], ["NVIDIA X, 16384 MiB"])
    assert used.state == "ok"
    assert "NVIDIA X" in used.message
    assert "16384" in used.message


def test_missing_widgets_extension_and_little_room_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    import jupyter_core.paths

    with monkeypatch.context() as patch:
        patch.setattr(jupyter_core.paths, "jupyter_path", lambda *parts: [])
        patch.setattr(jupyter_core.paths, "jupyter_config_path", lambda: [])
        assert states(doctor._widgets)["widgets"].state == "failed"
        assert states(doctor._fast_sliders)["sliders"].state == "warning"
    monkeypatch.setattr(doctor, "NEEDED_GB", 10**6)
    monkeypatch.setattr(doctor, "DISK_GB", 10**9)
    assert states(doctor._memory)["memory"].state == "warning"
    assert states(doctor._disk)["disk"].state == "warning"


def test_data_sets_that_are_not_there_are_no_failure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("CAPSLAB_DATA", raising=False)
    monkeypatch.delenv("CAPSLAB_OFFLINE", raising=False)
    monkeypatch.setenv("CAPSLAB_HOME", str(tmp_path))
    finding = states(doctor._data_sets)["data sets"]
    assert finding.state == "ok"
    assert "digits" in finding.message
    assert "mnist" not in finding.message
    assert all(name in finding.advice for name in ("mnist", "fashion-mnist"))


def test_a_look_that_breaks_is_itself_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def _broken() -> None:
        raise RuntimeError("oh")

    monkeypatch.setattr(doctor, "EXAMINATIONS", (_broken,))
    (finding,) = doctor.examine()
    assert (finding.subject, finding.state) == ("broken", "warning")
    assert "RuntimeError: oh" in finding.message


# build, pretrain


def test_build_needs_a_checkout_and_mnist(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, wording: Wording
) -> None:
    monkeypatch.delenv("CAPSLAB_DATA", raising=False)
    monkeypatch.setenv("CAPSLAB_HOME", str(tmp_path))
    result = call("build")
    assert result.exit_code == 1
    assert "MNIST" in result.output
    wording(result.output)
    monkeypatch.setattr(paths, "checkout", lambda: None)
    result = call("build")
    assert result.exit_code == 1
    wording(result.output)


def test_build_and_check_a_source(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    source = tmp_path / "notebooks/src/01_small.py"
    source.parent.mkdir(parents=True)
    source.write_text("# %%\nimport sys\nprint(1)\nprint('loud', file=sys.stderr)\n")
    monkeypatch.setattr(paths, "checkout", lambda: tmp_path / "notebooks")
    result = call("build", "--check")
    assert result.exit_code == 1
    assert result.output.startswith("✗ 01_small.ipynb ")
    assert "`capslab build 01`" in result.output
    result = call("build", "01", "--data", "digits")
    assert result.exit_code == 0, result.output
    (loud,) = [line for line in result.output.splitlines() if "stderr" in line]
    assert "cell 1 " in loud
    assert loud.endswith("loud")
    result = call("build", "--check")
    assert result.exit_code == 0
    assert result.output.startswith("✓ 1 ")
    source.write_text("# %%\nnothing\n")
    assert call("build", "01", "--data", "digits").exit_code == 1
    assert call("build", "--check").exit_code == 1


def test_pretrain_passes_the_names_on(monkeypatch: pytest.MonkeyPatch) -> None:
    from tools import pretrain

    calls: list[object] = []
    monkeypatch.setattr(pretrain, "pretrain", lambda names=None: calls.append(names))
    assert call("pretrain", "vae-digits", "dense-digits").exit_code == 0
    assert call("pretrain").exit_code == 0
    assert calls == [["vae-digits", "dense-digits"], None]


def test_pretrain_needs_a_checkout(monkeypatch: pytest.MonkeyPatch, wording: Wording) -> None:
    monkeypatch.setattr("capslab.course.paths.checkout", lambda: None)
    answer = call("pretrain", "vae-digits")
    assert answer.exit_code == 1
    assert "tools/pretrain.py" in answer.output
    wording(answer.output)


def test_an_unknown_network_is_said_in_one_line() -> None:
    result = call("pretrain", "vae-digit")
    assert result.exit_code == 1
    assert result.output.startswith("Error: `name` ")
    assert "'vae-digits'?" in result.output
