"""The course as files: editions, execution, clean outputs, build and check, on a small notebook."""

from __future__ import annotations

import asyncio
import concurrent.futures
import re
from pathlib import Path

import nbformat
import psutil
import pytest
from wording import Fails, Wording

from capslab.course import build_notebooks as building
from capslab.course import clean_outputs, paths
from capslab.course.editions import COMMENT, STUB, edition, without_markers
from capslab.course.execute import execute
from capslab.course.lesson_length import measured, without_time
from capslab.errors import ArgumentError

SMALL = """# ---
# jupyter:
#   jupytext:
#     text_representation:
#       format_name: percent
# ---

# %% [markdown]
# # What is two and two?

# %%
def add(a, b):
    ### BEGIN SOLUTION
    total = a + b
    return total
    ### END SOLUTION

# %% tags=["answer"]
print("2 + 2 =", add(2, 2))

# %%
from IPython.display import Image, display
display(Image(data=bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082")))
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """The source of a small notebook, in a folder laid out like a checkout's."""
    path = tmp_path / "notebooks/src/01_small.py"
    path.parent.mkdir(parents=True)
    path.write_text(SMALL, "utf-8")
    return path


def book(*cells: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in cells])


# Editions


def test_the_learner_gets_one_stub_line_with_the_markers_indentation(source: Path) -> None:
    cell = edition(source).cells[1]
    assert cell.source == f"def add(a, b):\n    {STUB}"


def test_the_solved_edition_has_the_solution_and_no_marker(source: Path) -> None:
    cell = edition(source, "solved").cells[1]
    assert cell.source == "def add(a, b):\n    total = a + b\n    return total"


def test_both_editions_agree_on_everything_else(source: Path) -> None:
    learner, solved = edition(source), edition(source, "solved")
    for index in (0, 2, 3):
        assert learner.cells[index] == solved.cells[index]
    assert learner.cells[2].metadata["tags"] == ["answer"]
    assert "jupytext" not in learner.metadata
    nbformat.validate(learner)


@pytest.mark.parametrize(
    "text",
    [
        "### BEGIN SOLUTION\na = 1",
        "### END SOLUTION",
        "### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION",
    ],
)
def test_a_lone_marker_is_told_with_its_place(text: str, fails: Fails) -> None:
    with fails(ArgumentError, names="04_x.py, cell 7") as error:
        without_markers(text, "04_x.py, cell 7", keep=False)
    marker, line = re.findall(r"'(### \w+ SOLUTION)' in line (\d)", str(error.value))[0]
    assert text.splitlines()[int(line) - 1] == marker


def test_two_solutions_in_one_cell_leave_what_is_between() -> None:
    text = "### BEGIN SOLUTION\na\n### END SOLUTION\nkept\n  ### BEGIN SOLUTION\n  b\n  ### END SOLUTION"
    assert without_markers(text, "x", keep=False) == f"{COMMENT}\nkept\n  {STUB}"


def test_a_new_cell_changes_no_other_cells_id(source: Path) -> None:
    before = {without_time(cell.source): cell.id for cell in edition(source).cells}
    source.write_text(SMALL.replace("# %%\ndef add", "# %%\nx = 1\n\n# %%\ndef add"), "utf-8")
    after = {without_time(cell.source): cell.id for cell in edition(source).cells}
    assert len(after) == len(before) + 1
    assert before.items() <= after.items()


def test_equal_cells_have_different_ids(source: Path) -> None:
    source.write_text("# %%\nx = 1\n\n# %%\nx = 1\n", "utf-8")
    first, second = edition(source).cells
    assert first.id != second.id


# Finding notebooks


def test_notebooks_are_found_by_number_name_and_path(source: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.ipynb"
    mine.write_text("{}")
    assert paths.find(("01",), [source]) == [source]
    assert paths.find(("01_small", "01"), [source]) == [source]
    assert paths.find((str(mine),), [source]) == [mine]
    assert paths.find((), [source]) == [source]


def test_an_unknown_notebook_gets_a_spelling_hint(source: Path, fails: Fails) -> None:
    with fails(ArgumentError, "NOTEBOOK", received="01_smal", names="'01_small'"):
        paths.find(("01_smal",), [source])


# Execution


def test_a_run_tells_seconds_memory_and_outputs() -> None:
    run = execute(book("x = bytearray(400 * 2**20)\ndel x", "print('done')"), "two")
    assert run.ok
    assert (run.cell, run.error) == (None, "")
    assert run.notebook.cells[1].outputs[0].text == "done\n"
    assert 430 < run.peak_mb < 1000, "the peak counts memory that was given back"
    assert 0 < run.seconds < 60
    assert run.line().startswith("ok ")


def test_a_caller_with_an_event_loop_of_its_own_can_run_a_notebook() -> None:
    async def within() -> str:
        return execute(book("print(1 + 1)"), "nested").notebook.cells[0].outputs[0].text

    with concurrent.futures.ThreadPoolExecutor(1) as pool:  # a browser test leaves this thread a loop
        assert pool.submit(asyncio.run, within()).result() == "2\n"


def test_a_failing_cell_is_told_by_number_and_error() -> None:
    seen: list[tuple[int, int]] = []
    run = execute(book("x = 1", "y", "z = 3"), "bad", progress=lambda now, of: seen.append((now, of)))
    assert (run.ok, run.cell, run.error.split(":")[0]) == (False, 2, "NameError")
    assert "'y'" in run.error
    assert seen == [(1, 3), (2, 3)], "nothing runs after a failure"
    assert run.line().endswith(f"cell 2: {run.error}")


def test_a_cell_that_is_meant_to_fail_does_not_end_the_run() -> None:
    notebook = book("1 / 0", "print('after')")
    notebook.cells[0].metadata["tags"] = ["raises-exception"]
    assert execute(notebook, "expected").ok


def test_a_dead_kernel_and_a_slow_cell_are_told_in_words(wording: Wording) -> None:
    dead = execute(book("import os; os._exit(1)"), "dead")
    slow = execute(book("import time; time.sleep(60)"), "slow", timeout=1)
    for run in (dead, slow):
        assert (run.ok, run.cell) == (False, 1)
        wording(run.error)


def test_the_kernel_gets_the_data_set_an_empty_folder_and_this_python(tmp_path: Path) -> None:
    cells = "import os, sys; print(os.environ['CAPSLAB_DATASET'], os.listdir('.'), sys.prefix)"
    run = execute(book(cells), "where", dataset="digits")
    import sys

    assert run.notebook.cells[0].outputs[0].text == f"digits [] {sys.prefix}\n"
    run = execute(book("open('mark', 'w').close()"), "where", folder=tmp_path)
    assert run.ok
    assert (tmp_path / "mark").exists()


def test_a_run_neither_shows_nor_changes_what_the_learner_has_done(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("CAPSLAB_HOME", str(tmp_path))
    right = "check('count_per_class', lambda labels, classes: [(labels == c).sum() for c in range(classes)])"
    solved = book("from capslab import check, progress", right, "print(progress('00').done)")
    for _ in range(2):
        run = execute(solved, "solved", dataset="digits")
        assert run.ok, run.error
        assert run.notebook.cells[2].outputs[0].text == "1\n"
        assert not (tmp_path / "progress.json").exists()
    fresh = execute(book("from capslab import progress", "print(progress('00').done)"), "fresh")
    assert fresh.notebook.cells[1].outputs[0].text == "0\n"


def test_no_kernel_outlives_its_run() -> None:
    run = execute(book("import os; print(os.getpid())", "fails"), "gone")
    pid = int(run.notebook.cells[0].outputs[0].text)
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


# Outputs


def cleaned(*outputs: dict[str, object]) -> tuple[list[nbformat.NotebookNode], list[str]]:
    notebook = book("x")
    notebook.cells[0].outputs = [nbformat.from_dict(output) for output in outputs]
    notebook.cells[0].metadata["execution"] = {"iopub.status.busy": "2026-01-01"}
    notebook.metadata["widgets"] = {"state": {}}
    said = clean_outputs.clean(notebook)
    assert "widgets" not in notebook.metadata
    assert "execution" not in notebook.cells[0].metadata
    assert notebook.metadata.language_info == {"name": "python"}
    return notebook.cells[0].outputs, said


def display(data: dict[str, str], **metadata: object) -> dict[str, object]:
    return {"output_type": "display_data", "data": data, "metadata": metadata}


def test_a_view_keeps_its_picture_and_words_and_loses_the_live_widget() -> None:
    data = {clean_outputs.WIDGET: "{}", "image/png": "abc", "text/plain": "k = 10"}
    (output,), _ = cleaned(display(data, **{"image/png": {"alt": "k = 10"}}))
    assert output.data == {"image/png": "abc", "text/plain": "k = 10"}
    assert output.metadata == {"image/png": {"alt": "k = 10"}}


def test_a_widget_without_a_picture_goes_altogether() -> None:
    outputs, _ = cleaned(display({clean_outputs.WIDGET: "{}", "text/plain": "HBox(children=…)"}))
    assert outputs == []


def test_stderr_is_left_out_and_reported() -> None:
    noise = "oneDNN custom operations are on"
    outputs, said = cleaned({"output_type": "stream", "name": "stderr", "text": f"{noise}\nmore"})
    assert outputs == []
    (line,) = said
    assert line.startswith("cell 1 ")
    assert line.endswith(noise)


def test_text_loses_this_machines_folders_addresses_and_overwritten_progress(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CAPSLAB_DATA", str(tmp_path))
    text = f"1 %\r50 %\r100 %\nread {tmp_path}/mnist, {Path.home()}/x and <f at 0x7f00deadbeef>\n"
    (stream, bundle), _ = cleaned(
        {"output_type": "stream", "name": "stdout", "text": text},
        display({"text/plain": f"'{paths.PACKAGE.parent}/capslab'"}),
    )
    assert stream.text == "100 %\nread $CAPSLAB_DATA/mnist, ~/x and <f at 0x…>\n"
    assert bundle.data["text/plain"] == "'capslab/capslab'"


# Build and check


def test_a_built_notebook_matches_its_source_and_building_again_changes_nothing(source: Path) -> None:
    run, said = building.build(source)
    assert run.ok, run.error
    assert said == []
    built = building.built(source)
    assert building.check(source.parents[1]) == []
    text = built.read_text("utf-8")
    assert "2 + 2 = None" in text, "the learner's edition is executed, with its gap"
    assert '"image/png"' in text
    building.build(source)
    assert built.read_text("utf-8") == text


def test_a_notebook_that_fails_is_not_saved(source: Path) -> None:
    source.write_text(SMALL + "\n# %%\nboom\n", "utf-8")
    run, _ = building.build(source)
    assert not run.ok
    assert not building.built(source).exists()


def altered(source: Path, change: object) -> list[str]:
    """What check says of a notebook built without a kernel and then changed."""
    notebook = edition(source)
    for count, cell in enumerate(notebook.cells):
        if cell.cell_type == "code":
            cell.execution_count = count
            cell.outputs = [nbformat.v4.new_output("stream", text="out")]
    assert callable(change)
    change(notebook)
    nbformat.write(notebook, building.built(source))
    return building.check(source.parents[1])


def failed(notebook: nbformat.NotebookNode, tags: tuple[str, ...] = ()) -> None:
    notebook.cells[3].outputs = [nbformat.v4.new_output("error", ename="ValueError", evalue="", traceback=[])]


#: what was done to a notebook → what the problem must name, and how it was done
CHANGES = {
    "edited": ("src/01_small.py", lambda n: n.cells[2].update(source="print(5)")),
    "not executed": ("cell 3 ", lambda n: n.cells[2].update(execution_count=None)),
    "empty": ("output", lambda n: [c.update(outputs=[]) for c in n.cells if c.cell_type == "code"]),
    "an error": ("cell 4 ", failed),
    "stderr": ("cell 4 ", lambda n: n.cells[3].outputs[0].update(name="stderr")),
    "a widget": (
        "cell 4 ",
        lambda n: n.cells[3].update(
            outputs=[nbformat.v4.new_output("display_data", data={clean_outputs.WIDGET: {}})]
        ),
    ),
    "another version": ("src/01_small.py", lambda n: n.metadata["capslab"].update(source="0")),
}


@pytest.mark.parametrize("change", CHANGES)
def test_check_says_what_is_wrong(source: Path, change: str, wording: Wording) -> None:
    name, alter = CHANGES[change]
    (problem,) = altered(source, alter)
    assert problem.startswith("01_small.ipynb")
    assert name in problem
    assert "`capslab build 01`" in problem
    wording(problem)


def test_check_accepts_an_unchanged_notebook_and_an_expected_error(source: Path) -> None:
    assert altered(source, lambda n: None) == []
    source.write_text(SMALL.replace("# %%\nfrom", '# %% tags=["raises-exception"]\nfrom'), "utf-8")
    assert altered(source, failed) == []


def test_check_misses_no_notebook(source: Path, wording: Wording) -> None:
    (unbuilt,) = building.check(source.parents[1])
    wording(unbuilt)
    altered(source, lambda n: None)
    source.rename(source.with_name("02_other.py"))
    other, orphan = building.check(source.parents[1])
    assert other == unbuilt.replace("01_small", "02_other").replace("build 01", "build 02")
    assert orphan.startswith("01_small.ipynb ")
    wording(orphan)
    building.built(source).write_text("not json")
    source.with_name("02_other.py").rename(source)
    (broken,) = building.check(source.parents[1])
    assert broken.startswith("01_small.ipynb ")
    wording(re.sub(r"\(.*\)", "(…)", broken))  # in brackets: what nbformat says


def test_a_changed_source_is_out_of_date(source: Path, wording: Wording) -> None:
    assert altered(source, lambda n: None) == []
    source.write_text(SMALL.replace("2 + 2", "two and two"), "utf-8")
    (problem,) = building.check(source.parents[1])
    wording(problem)


def test_what_the_prose_says_is_asserted_in_the_story_edition_only(tmp_path: Path) -> None:
    path = tmp_path / "01_small.py"
    path.write_text(
        '# %% [markdown]\n# # 01 · Why?\n\n# %%\nx = 1\n\n# %% tags=["holds"]\nassert x == 1\n', "utf-8"
    )
    counts = {
        which: len(edition(path, which).cells) for which in ("learner", "solved", "assignment", "story")
    }
    assert counts == {"learner": 2, "solved": 2, "assignment": 2, "story": 3}
    assert measured(edition(path, "story").cells) == measured(edition(path).cells)
