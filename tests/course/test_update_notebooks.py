"""`capslab update` and what `capslab lab` copies: a learner's notebooks are never overwritten."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import nbformat
import pytest
from click.testing import CliRunner, Result
from common import full_disk
from wording import Wording

from capslab.cli.main import main
from capslab.course import learner_folder
from capslab.course import update_notebooks as keeping
from capslab.course.editions import edition
from capslab.course.rename_in_notebooks import old_names

FIRST = """# %% [markdown]
# # A question

# %%
def squash(s):
    ### BEGIN SOLUTION
    return s
    ### END SOLUTION

# %%
guess = 10

# %%
print("the end")
"""


def release(shipped: Path, **sources: str) -> None:
    """A version of the course: built notebooks with these sources and no other."""
    shipped.mkdir(parents=True, exist_ok=True)
    for old in shipped.glob("*.ipynb"):
        old.unlink()
    for name, text in sources.items():
        source = shipped.parent / f"{name}.py"
        source.write_text(text)
        nbformat.write(edition(source), shipped / f"{name}.ipynb")


def answer(path: Path, **changes: str) -> None:
    """A learner writes into the cells that hold these texts, and runs what they wrote."""
    book = nbformat.read(path, as_version=4)
    for text, written in changes.items():
        (cell,) = [cell for cell in book.cells if text in cell.source]
        cell.source = written
        cell.outputs = [nbformat.v4.new_output("stream", text="mine\n")]
    nbformat.write(book, path)


def cells(path: Path) -> list[str]:
    return [cell.source for cell in nbformat.read(path, as_version=4).cells]


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "site/capslab/_course"
    monkeypatch.setattr(learner_folder, "PACKAGE", folder.parent)
    monkeypatch.setattr(learner_folder, "checkout", lambda: None)
    return folder


@pytest.fixture
def course(shipped: Path, tmp_path: Path) -> Path:
    """A learner's folder with the notebooks `one`, `two` and `old` of a first version."""
    release(shipped, one=FIRST, two=FIRST, old=FIRST)
    learner_folder.folder_to_open(tmp_path / "mine")
    return tmp_path / "mine"


def update(folder: Path) -> Result:
    return CliRunner().invoke(main, ["update", "--dir", str(folder)])


def changes(folder: Path) -> dict[str, keeping.NotebookUpdate]:
    """What an update does to each notebook, by name."""
    done: list[keeping.NotebookUpdate] = []
    learner_folder.update(folder, done.append)
    return {one.name: one for one in done}


def renamed(sentence: str) -> tuple[str, ...]:
    """The names of a sentence about an old name, and the notebook and cell that it is in."""
    return (*re.findall(r"`([^`]+)`", sentence), *re.findall(r"In (\w+), cell (\d+)", sentence)[0])


def test_edited_untouched_new_and_removed_notebooks(shipped: Path, course: Path, wording: Wording) -> None:
    answer(course / "one.ipynb", squash="def squash(s):\n    return 2 * s", guess="guess = 12")
    mine = (course / "one.ipynb").read_bytes()
    second = FIRST.replace("A question", "A better question")
    release(shipped, one=second, two=second, three=FIRST)
    expected = changes(Path(shutil.copytree(course, course.parent / "twin")))
    told = update(course)
    assert told.exit_code == 0, told.output
    assert told.output.splitlines()[:-1] == [str(one) for one in expected.values()]
    states = {"one.ipynb": "beside", "three.ipynb": "copied", "two.ipynb": "renewed", "old.ipynb": "gone"}
    assert {name: one.state for name, one in expected.items()} == states
    beside = expected["one.ipynb"]
    assert (beside.newer, beside.carried, beside.left_out) == ("one.new.ipynb", 2, 0)
    for one in expected.values():
        wording(one)
    assert (course / "one.ipynb").read_bytes() == mine
    assert cells(course / "one.new.ipynb") == [
        "# A better question",
        "def squash(s):\n    return 2 * s",
        "guess = 12",
        'print("the end")',
    ]
    assert nbformat.read(course / "one.new.ipynb", 4).cells[1].outputs[0].text == "mine\n"
    assert (course / "two.ipynb").read_bytes() == (shipped / "two.ipynb").read_bytes()
    assert (course / "old.ipynb").exists()
    again = {"one.ipynb": "theirs", "three.ipynb": "same", "two.ipynb": "same", "old.ipynb": "gone"}
    assert {name: one.state for name, one in changes(course).items()} == again
    assert not (course / "one.new2.ipynb").exists()


def test_a_lesson_that_was_split_says_where_its_topics_are(shipped: Path, course: Path) -> None:
    release(shipped, **{"one": FIRST, "02_dense_baseline": FIRST})
    changes(course)
    (shipped / "02_dense_baseline.ipynb").unlink()
    words = changes(course)["02_dense_baseline.ipynb"].words
    assert "03_a_layer_that_learns, 04_backpropagation" in words
    assert (course / "02_dense_baseline.ipynb").exists()


def test_a_cell_that_both_changed_stays_the_courses_in_the_newer_notebook(
    shipped: Path, course: Path, wording: Wording
) -> None:
    answer(course / "one.ipynb", squash="def squash(s):\n    return 2 * s", guess="guess = 12")
    release(shipped, one=FIRST.replace("guess = 10", "guess = 20"))
    beside = changes(course)["one.ipynb"]
    assert (beside.state, beside.carried, beside.left_out) == ("beside", 1, 1)
    wording(beside)
    assert cells(course / "one.new.ipynb")[1:3] == ["def squash(s):\n    return 2 * s", "guess = 20"]
    assert cells(course / "one.ipynb")[2] == "guess = 12"


def test_a_notebook_that_was_only_run_stays_too(shipped: Path, course: Path) -> None:
    answer(course / "one.ipynb", guess="guess = 10")
    ran = (course / "one.ipynb").read_bytes()
    release(shipped, one=FIRST.replace("A question", "Another"))
    beside = changes(course)["one.ipynb"]
    assert (beside.state, beside.newer, beside.carried) == ("beside", "one.new.ipynb", 0)
    assert beside.newer in str(beside)
    assert (course / "one.ipynb").read_bytes() == ran


def test_a_file_that_is_no_notebook_stays_and_nothing_of_it_is_taken(shipped: Path, course: Path) -> None:
    (course / "one.ipynb").write_text("{ half a file")
    release(shipped, one=FIRST.replace("A question", "Another"))
    beside = changes(course)["one.ipynb"]
    assert (beside.state, beside.newer, beside.carried) == ("beside", "one.new.ipynb", 0)
    assert (course / "one.ipynb").read_text() == "{ half a file"
    assert (course / "one.new.ipynb").read_bytes() == (shipped / "one.ipynb").read_bytes()


def test_a_notebook_that_the_learner_deleted_comes_back(course: Path) -> None:
    (course / "two.ipynb").unlink()
    assert changes(course)["two.ipynb"].state == "copied"


def test_old_names_in_a_learners_own_cells_are_named(shipped: Path, course: Path) -> None:
    answer(
        course / "one.ipynb",
        guess="%time dense = cl.DenseNet(images.shape, 10)\ncl.fit(dense, images, rate=1)",
    )
    answer(course / "two.ipynb", guess="from capslab.experiments import route_all")
    answer(course / "old.ipynb", guess="guess = 12")
    updates = {one.name: one for one in keeping.update_folder(shipped, course)}
    assert [renamed(sentence) for sentence in updates["one.ipynb"].old_names] == [
        ("cl.DenseNet", "cl.DenseBaseline", "one", "3"),
        ("images.shape", "images.image_shape", "one", "3"),
        ("fit(rate=…)", "fit(learning_rate=…)", "one", "3"),
    ]
    assert updates["old.ipynb"].old_names == ()
    release(shipped, two=FIRST.replace("A question", "Another"))
    lines = [renamed(line) for line in update(course).output.splitlines() if line.startswith("  ")]
    assert ("capslab.experiments", "capslab.routing.ablation", "two", "3") in lines
    assert ("cl.DenseNet", "cl.DenseBaseline", "one", "3") in lines  # gone, and still theirs


def test_cells_that_the_course_wrote_are_not_searched(shipped: Path, course: Path) -> None:
    old = FIRST.replace("guess = 10", "guess = cl.DenseNet")
    release(shipped, one=old, two=old, old=old)
    update(course)
    answer(course / "one.ipynb", squash="def squash(s):\n    return 2 * s")
    assert all(one.old_names == () for one in keeping.update_folder(shipped, course))


@pytest.mark.parametrize(
    ("code", "names"),
    [
        (
            "from capslab import classical, clustering, plots",
            ["capslab.classical", "capslab.lessons.classical_methods"],
        ),
        ("from capslab.grading.grade import x", ["capslab.grading.grade", "capslab.classroom.grade_class"]),
        (
            "from capslab import plots\nplots.clouds(x)",
            ["capslab.plots.clouds", "capslab.plots.scatter_panels"],
        ),
        ("from capslab.oddities import spoiled", ["capslab.oddities.spoiled", "capslab.data.corrupted"]),
        ("mine = make_practice_folder(place); plots.reliability_diagram(c, r)", None),
        ("!ls\ncl.cluster(z, k=range(2, 9))", ["cluster(k=…)", "cluster(n_clusters=…)"]),
        ("mean, spread = vae.encode_full(x)", [".encode_full", ".posterior"]),
        ("cl.DenseNet(  # half a cell", ["cl.DenseNet", "cl.DenseBaseline"]),
        ("path.at(k=10).labels; cl.DenseBaseline.for_images(images); fit(k=3)", None),
        ("from capslab.clustering import cluster; capslab.layers_of_mine; mine.DenseNet", None),
    ],
)
def test_old_names_are_recognised_and_new_ones_left_alone(code: str, names: list[str] | None) -> None:
    assert [re.findall(r"`([^`]+)`", sentence) for sentence in old_names(code)] == ([names] if names else [])


class Killed(BaseException):
    """As a signal that nothing can catch."""


@pytest.mark.parametrize("moves", range(7))
def test_stopped_at_any_file_nothing_is_lost_and_the_next_call_goes_on(
    shipped: Path, course: Path, monkeypatch: pytest.MonkeyPatch, moves: int
) -> None:
    answer(course / "one.ipynb", squash="def squash(s):\n    return 2 * s")
    mine = (course / "one.ipynb").read_bytes()
    second = FIRST.replace("A question", "A better question")
    release(shipped, one=second, two=second, three=second)
    left = iter([True] * moves)

    def replace(part: Path, path: Path) -> None:
        if not next(left, False):
            raise Killed
        part.rename(path)

    with monkeypatch.context() as patch:
        patch.setattr(keeping.os, "replace", replace)
        if moves < 6:  # three notebooks, and the record after each
            with pytest.raises(Killed):
                keeping.update_folder(shipped, course)
        else:
            keeping.update_folder(shipped, course)
    for path in course.glob("*.ipynb"):
        nbformat.read(path, as_version=4)
    told = update(course)
    assert told.exit_code == 0, told.output
    assert (course / "one.ipynb").read_bytes() == mine
    assert "return 2 * s" in cells(course / "one.new.ipynb")[1]
    for name in ("two.ipynb", "three.ipynb"):
        assert (course / name).read_bytes() == (shipped / name).read_bytes()
    assert {path.name for path in course.iterdir()} == {
        *("one.ipynb", "one.new.ipynb", "two.ipynb", "three.ipynb", "old.ipynb", keeping.RECORD)
    }


@pytest.mark.skipif(os.name != "posix", reason="limits as POSIX has them")
def test_a_full_disk_is_said_and_leaves_every_notebook_whole(
    shipped: Path, course: Path, wording: Wording
) -> None:
    answer(course / "one.ipynb", squash="def squash(s):\n    return 2 * s")
    release(shipped, one=FIRST + "# " + "long " * 2000, two=FIRST + "# " + "long " * 2000)
    before = {path.name: path.read_bytes() for path in course.glob("*.ipynb")}
    with full_disk(4096):
        told = update(course)
    assert told.exit_code == 1
    assert str(course) in told.output
    wording(told.output)
    assert {path.name: path.read_bytes() for path in course.glob("*.ipynb")} == before
    assert not list(course.glob(".*.part"))
    assert update(course).exit_code == 0


def test_without_a_folder_it_takes_the_one_here(
    shipped: Path, course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(course)
    told = CliRunner().invoke(main, ["update"])
    assert told.output.splitlines()[-1].startswith(f"{course} ")
    assert lab_version() in told.output.splitlines()[-1]


def lab_version() -> Any:
    from capslab import __version__

    return __version__


def test_no_course_is_said_in_words(
    shipped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wording: Wording
) -> None:
    monkeypatch.chdir(tmp_path)
    told = CliRunner().invoke(main, ["update"])
    assert told.exit_code == 1
    assert told.output.startswith("Error: `--dir` ")
    wording(told.output)


def test_a_checkout_is_told_of_git_and_of_the_notebooks_that_are_the_learners(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wording: Wording
) -> None:
    def git(*arguments: str) -> None:
        who = ["-c", "user.name=a", "-c", "user.email=a@b.c"]
        subprocess.run(["git", "-C", str(tmp_path), *who, *arguments], check=True, capture_output=True)

    release(tmp_path / "notebooks", one=FIRST, two=FIRST)
    git("init")
    git("add", "notebooks")
    git("commit", "-m", "first")
    answer(tmp_path / "notebooks/one.ipynb", guess="guess = 12")
    monkeypatch.setattr(learner_folder, "checkout", lambda: tmp_path / "notebooks")
    monkeypatch.chdir(tmp_path)
    told = CliRunner().invoke(main, ["update"])
    assert told.exit_code == 1
    assert "`git pull`" in told.output
    assert "one.ipynb" in told.output
    assert "two.ipynb" not in told.output
    wording(told.output)
