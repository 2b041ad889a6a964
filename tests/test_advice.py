"""The advice in every error is followed to the letter, and works.

Each case is a mistake. Where the advice holds code ("Try k=10."), that code is read out of the message and
typed into the call that failed. Where it is prose ("Give one row per image."), the case says what that is in
code. `test_every_error_is_provoked` finds errors that no case reaches.
"""

from __future__ import annotations

import contextlib
import html
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from advice.cases_commands import COMMANDS, Command
from advice.cases_in_notebooks import CASES, QUICK, SLOW
from advice.follow_advice import Case, code_in, constructions, followed, left_out, recorded, without
from advice.objects import names_for
from click.testing import CliRunner, Result
from common import ROOT

import capslab as cl
from capslab import errors
from capslab.classroom.folder import Classroom, write_file
from capslab.cli.main import main
from capslab.course import paths
from capslab.course.editions import BEGIN, END
from capslab.course.execute import Run

#: (file, a part of the source of the error) → why no case reaches it
NOT_HERE = {
    ("lessons/clinic.py", "unknown_name('what'"): "trains four networks: tests/lessons/test_clinic.py",
    ("lessons/few_images.py", "'draws'"): "trains a network: tests/lessons/test_few_images.py",
    ("lessons/optimizer_race.py", "'seeds'"): "trains many networks: tests/lessons/test_optimizer_race.py",
    (
        "data/datasets.py",
        "a download failed a moment ago",
    ): "only printed: tests/data/test_download_datasets.py",
    (
        "course/learner_folder.py",
        "holds no notebooks",
    ): "needs a damaged installation: tests/cli/test_main.py",
    ("classroom/launch_sandbox.py", "Grading needs Linux"): "needs Windows",
    ("classroom/launch_sandbox.py", "Submissions cannot run"): "needs a machine that can start no process",
    (
        "classroom/grade_class.py",
        "was released with",
    ): "needs the capslab of another year: tests/classroom/test_editions.py",
    (
        "classroom/grade_class.py",
        "do not get full marks",
    ): "needs wrong solutions: tests/classroom/test_grade_class.py",
    ("classroom/release.py", "one that nbgrader can release"): "nbgrader itself fails",
    ("classroom/release.py", "still contains a solution"): "nbgrader itself fails",
    ("classroom/feedback_page.py", "could not write the feedback"): "nbgrader itself fails",
    ("training/fit.py", "left out with Keras on"): "needs another backend: tests/training/test_backends.py",
    ("training/multiple_devices.py", "of one kind"): "needs a GPU: tests/training/test_multiple_devices.py",
    ("training/multiple_devices.py", "the same on all workers"): "needs several machines",
    ("training/multiple_devices.py", "Another of the"): "needs several machines",
    ("training/multiple_devices.py", "where TF_CONFIG names"): "needs several machines to be followed",
    ("training/multiple_devices.py", "TF_CONFIG from its start"): "needs several machines to be followed",
    ("training/multiple_machines.py", ""): "needs several machines: tests/training/test_multiple_machines.py",
    (
        "widgets/pose/widget.py",
        "with a dense decoder",
    ): "every capsule network of ours has one, or refuses before: tests/widgets/test_pose.py",
}
LEARNERS_ERRORS = (errors.ArgumentError, errors.DataUnavailable, errors.TrainingFailed)


def provoked(mistake: str, folder: Path) -> tuple[errors.ArgumentError | errors.DataUnavailable, dict]:
    """The error of a mistake, and the names that there were when it was made."""
    names = names_for(mistake, folder=folder)
    with pytest.raises(LEARNERS_ERRORS) as caught:
        exec(mistake, names)
    return caught.value, names


def ways(case: Case, error: Exception, known: dict) -> list[str]:
    """The source texts that follow an error's advice, one for each piece of code in it."""
    advice = getattr(error, "next_step", None)
    if advice is None:
        advice = str(error)
    argument = getattr(error, "argument", "")
    codes = code_in(advice)
    if case.then:
        assert advice, f"no advice in: {error}"
        left = [code for code in codes if code not in case.then]
        assert not left, f"{left} of the advice is not in: {case.then}"
        return [case.then]
    imports = "".join(f"{code}\n" for code in codes if code.startswith(("from ", "import ")))
    found = [
        imports + followed(case.mistake, argument, code, known, whole=f"rite {code}" in advice)
        for code in codes
        if code not in imports
    ]
    found += [without(case.mistake, names) for names in left_out(advice, argument)]
    assert found, f"nothing to follow in: {error}"
    return found


@pytest.fixture(autouse=True)
def _digits(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CAPSLAB_DATASET", "digits")
    monkeypatch.chdir(tmp_path)


def marks_of(case: Case) -> list[pytest.MarkDecorator]:
    """Cases that train are slow. "Try seconds=60" takes a minute when it is followed: rare."""
    return [pytest.mark.slow, *([pytest.mark.rare] if ", seconds=" in case.mistake else [])]


@pytest.mark.parametrize(
    "case",
    [*QUICK, *(pytest.param(case, marks=marks_of(case)) for case in SLOW)],
    ids=str,
)
def test_advice_in_a_notebook_works(case: Case, tmp_path: Path) -> None:
    error, names = provoked(case.mistake, tmp_path)
    for source in ways(case, error, names):
        try:
            exec(source, names_for(source, folder=tmp_path))
        except Exception as failure:
            raise AssertionError(f"{error}\nwas followed to the letter:\n{source}\n{failure!r}") from failure


@pytest.mark.slow
def test_every_error_is_provoked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with recorded() as places:
        for case in CASES:
            provoked(case.mistake, folder)
        for number, command in enumerate(COMMANDS):
            place = folder / f"command {number}"
            place.mkdir()
            monkeypatch.chdir(place)
            typed(command, place)
    made = constructions(ROOT / "capslab")
    excused = {entry: _meant(entry, made) - places for entry in NOT_HERE}
    missed = [
        f"{file}:{line}: {made[file, line]}"
        for file, line in sorted(made.keys() - places - set().union(*excused.values()))
    ]
    assert not missed, (
        "No case provokes these errors. Add the smallest one to its room's list in tests/advice/cases_*.py, "
        "with `then=` where the advice is prose; or to NOT_HERE, with the reason:\n" + "\n".join(missed)
    )
    assert not [entry for entry, errors_meant in excused.items() if not errors_meant], (
        "these are no exceptions"
    )


def _meant(entry: tuple[str, str], made: dict[tuple[str, int], str]) -> set[tuple[str, int]]:
    """The places of the errors that an entry of NOT_HERE speaks of."""
    end, part = entry
    return {place for place, source in made.items() if place[0] == f"capslab/{end}" and part in source}


# the command line


def run(words: list[str]) -> Result:
    """Runs a command of ours as it was typed, in the folder where the test is."""
    return CliRunner().invoke(main, words)


def commands_in(text: str) -> list[list[str]]:
    """The words after `capslab` of each command in backticks.

    >>> commands_in("Try: `capslab export 04 site`")
    [['export', '04', 'site']]
    """
    return [shlex.split(command) for command in re.findall(r"`capslab ([^`]+)`", text)]


class InstantNbgrader:
    """Takes nbgrader's place, which needs seconds for a release."""

    def __init__(self, room: Classroom) -> None:
        self.room = room

    def generate_assignment(self, name: str, force: bool) -> dict[str, bool]:
        text = self.room.source(name).read_text("utf-8").replace(BEGIN, "").replace(END, "")
        write_file(self.room.release(name), text)
        return {"success": True}


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder to type commands in. No notebook is executed, no server starts, nbgrader does nothing."""
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    done = Run("13_look_inside", True, None, "", 0.0, 0.0)
    monkeypatch.setattr("capslab.course.export_site.export", lambda *a, **k: [done] * len(a[0]))
    monkeypatch.setattr("capslab.course.execute.execute", lambda *a, **k: done)
    monkeypatch.setattr("capslab.cli.lab.start", lambda *a, **k: 0)
    monkeypatch.setattr(Classroom, "nbgrader_api", lambda room: InstantNbgrader(room))
    monkeypatch.setattr(Classroom, "gradebook", lambda room: contextlib.nullcontext())
    return tmp_path / "work"


def typed(command: Command, folder: Path) -> Result:
    """What a command says that is typed in a folder, after what has to be there was made."""
    for name, text in command.made:
        path = folder / name
        (path if name.endswith("/") else path.parent).mkdir(parents=True, exist_ok=True)
        if not name.endswith("/"):
            path.write_text(text)
    if command.before:
        run(shlex.split(command.before))
    return run(shlex.split(command.words))


@pytest.mark.parametrize("command", COMMANDS, ids=str)
def test_advice_on_the_command_line_works(command: Command, folder: Path) -> None:
    failed = typed(command, folder)
    assert failed.exit_code == 1, failed.output
    assert failed.output.startswith("Error: "), failed.output
    ways = commands_in(failed.output) or ([shlex.split(command.then)] if command.then else [])
    assert ways, f"nothing to follow in: {failed.output}"
    for words in ways:
        result = run(words)
        assert result.exit_code == 0, f"{failed.output}\nwas followed: {words}\n{result.output}"


@pytest.mark.parametrize("number", ["4", "04", "04_backpropagation"])
def test_a_notebook_goes_by_its_number_written_in_any_way(number: str, folder: Path) -> None:
    (name,) = (path.stem for path in paths.find((number,)))
    assert name == "04_backpropagation"
    assert run(["assignment", "release", number, "course"]).exit_code == 0
    assert Classroom(folder / "course").assignments((number,)) == [name]
    assert {row.notebook for row in cl.progress(number).rows} == {name}


@pytest.mark.parametrize("words", [["export", "04"], ["export", "4"], ["assignment", "release", "3", "4"]])
def test_a_forgotten_folder_writes_nothing(words: list[str], folder: Path) -> None:
    assert run(words).exit_code == 1
    assert not list(folder.iterdir())


def test_lab_opens_the_notebook_that_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    monkeypatch.setattr("capslab.cli.lab.start", lambda place, options, **k: started.append(options) or 0)
    run(["lab", "4", "--no-browser"])
    assert started == [("--LabApp.default_url=/lab/tree/04_backpropagation.ipynb", "--no-browser")]


# what is printed


IMPORTS = {
    "as the course does": "import capslab as cl",
    "whole": "import capslab",
    "under a name of one's own": "import capslab as caps",
    "single names": "from capslab import case, check, hint, solution",
    "both": "import capslab as cl\nfrom capslab import check",
    "not at all": "",
}


@pytest.mark.parametrize("style", IMPORTS)
def test_what_a_check_and_a_hint_advise_runs_as_it_stands(
    style: str, learner: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    names: dict[str, Any] = {}
    exec(IMPORTS[style], names)
    monkeypatch.setattr(errors, "_learners_names", lambda: names)
    panels = [cl.check("squash", lambda s: s), *(cl.hint("squash") for _ in range(3)), cl.solution("squash")]
    panels.append(cl.case("squash"))
    for panel in panels:
        for text in (repr(panel), html.unescape(re.sub("<[^>]*>", "\n", panel._repr_html_()))):
            codes = [code for line in text.splitlines() for code in code_in(line) if "squash(" not in code]
            codes = [code for code in codes if "squash" in code]
            assert codes
            for code in codes:
                exec(code, {"cl": cl} if style == "not at all" else names)


def test_an_error_names_what_the_learner_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(errors, "_learners_names", lambda: {"caps": cl})
    error = errors.ArgumentError("images", "Images", "cl.load", "Take cl.load(), or see https://x.cl.load.")
    assert str(error).endswith("Received: 'cl.load'. Take caps.load(), or see https://x.cl.load.")
