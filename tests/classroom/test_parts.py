"""The parts of the grader that need no process: reading cells, restoring a notebook, naming an outcome."""

from __future__ import annotations

import doctest
from itertools import pairwise

import pytest

from capslab.classroom import launch_sandbox, needed_cells
from capslab.classroom.needed_cells import as_python, keep_statements, needed_statements, split_statements
from capslab.classroom.outcome import Outcome, main_outcome
from capslab.cli import doctor
from capslab.course import editions, make_assignment
from capslab.course.paths import sources
from capslab.errors import ArgumentError

HEAD = """# %% [markdown]
# # Title
"""


@pytest.mark.parametrize("module", [needed_cells, make_assignment, editions])
def test_the_examples_in_docstrings_hold(module):
    assert doctest.testmod(module).failed == 0


def lines(cells: dict[int, str], answer: str, before: int = 99) -> list[str]:
    parts = split_statements(cells)
    chosen = sorted(needed_statements(parts, before, answer))
    kept = keep_statements(cells, [parts[i] for i in chosen])
    return [line for text in kept.values() for line in text.split("\n") if line]


@pytest.mark.parametrize(
    ("cells", "wanted"),
    [
        ({0: "import a as np; import b", 1: "f = np.x"}, "import a as np; import b|f = np.x"),
        ({0: "def g(): 1", 1: "def f(): g()", 2: "f(3)"}, "def g(): 1|def f(): g()"),
        ({0: "def f(x): return g(x)", 1: "def g(x): return 1"}, "def f(x): return g(x)|def g(x): return 1"),
        (
            {0: "m = {}", 1: "m['a'] = 1", 2: "def f(x): return m[x]"},
            "m = {}|m['a'] = 1|def f(x): return m[x]",
        ),
        ({0: "def f(x): return 1", 1: "def f(x): return 2"}, "def f(x): return 2"),
        ({0: "def c(g): return g", 1: "@c\ndef f(x):\n    1"}, "def c(g): return g|@c|def f(x):|    1"),
        ({0: "for i in range(3):\n    f = i", 1: "train()"}, "for i in range(3):|    f = i"),
        ({0: "f = (", 1: "f = 2"}, "f = (|f = 2"),
    ],
)
def test_only_what_an_answer_needs_is_run(cells, wanted):
    assert "|".join(lines(cells, "f")) == wanted


@pytest.mark.parametrize(
    ("cells", "wanted"),
    [
        ({0: "x = 1", 1: "x += 1", 2: "def f(a): return x"}, "x = 1|x += 1|def f(a): return x"),
        ({0: "x = 1", 1: "if g:\n    x = 2", 2: "f = x"}, "x = 1|if g:|    x = 2|f = x"),
        ({0: "x = 1", 1: "x = 2", 2: "f = x"}, "x = 2|f = x"),
        ({0: "def f(): 1", 1: "try: f = g\nexcept NameError: pass"},
         "def f(): 1|try: f = g|except NameError: pass"),
        ({0: "a, *b = 1, 2", 1: "a = 3", 2: "f = b"}, "a, *b = 1, 2|f = b"),
    ],
)  # fmt: skip
def test_a_value_counts_until_another_surely_takes_its_place(cells, wanted):
    assert "|".join(lines(cells, "f")) == wanted


@pytest.mark.parametrize(
    ("cells", "doubt"),
    [
        ({0: "t = {}", 1: "fill(t)", 2: "def f(x): return t[x]"}, True),
        ({0: "t = {}", 1: "def g(): t['a'] = 1", 2: "g()", 3: "def f(x): return t[x]"}, True),
        ({0: "q = 0", 1: "def set_up():\n    global q\n    q = 1", 2: "set_up()", 3: "f = q"}, True),
        ({0: "x = [1]", 1: "y = x", 2: "y.append(1)", 3: "f = x"}, True),
        ({0: "import numpy as np", 1: "EPS = 1", 2: "def f(x): return np.x(EPS)", 3: "print(f, np)"}, False),
        ({0: "def g(): 1", 1: "def f(x): return g()", 2: "train(f, g)"}, False),
    ],
)
def test_a_value_that_something_left_out_may_change_is_in_doubt(cells, doubt):
    parts = split_statements(cells)
    assert needed_cells.may_miss_changes(parts, needed_statements(parts, 99, "f"), 99) is doubt


def test_nothing_after_the_check_is_run():
    assert lines({0: "f = 1", 5: "f = 2"}, "f", before=3) == ["f = 1"]


def test_a_cell_too_long_to_be_read_runs_whole():
    text = "f = 1\n#" + "x" * needed_cells.MAX_PARSED
    assert lines({0: text}, "f") == text.split("\n")


def test_magics_are_taken_out():
    assert as_python("%%bash\nrm -r x") == ""
    assert as_python("%%time\n%%capture\nf = 1") == "f = 1"
    assert "rm" not in as_python("f = 1\nx = 2").replace("x", "")
    compile(as_python("!ls\n%matplotlib inline\nf = 1"), "cell", "exec")


def test_the_outcome_is_the_name_that_says_most():
    assert main_outcome([]) == ("graded", ())
    assert main_outcome([("wrong file name", "a"), ("time limit", "b"), ("time limit", "b")]) == (
        "time limit",
        ("a", "b"),
    )
    line = Outcome("e\x1b[31mve", "x", "graded", 3, 4).line()
    assert "\x1b" not in line
    assert "graded 3/4" in line


#: the last lesson looks back, and has nothing to hand in
ASSIGNMENTS = [path for path in sources() if path.stem != "27_what_you_found"]


@pytest.mark.parametrize("path", ASSIGNMENTS, ids=lambda path: path.stem)
def test_every_notebook_is_an_assignment(path):
    book = make_assignment.assignment(path)
    marks = [c.metadata["nbgrader"] for c in book.cells if "nbgrader" in c.metadata]
    ids = [mark["grade_id"] for mark in marks]
    assert len(set(ids)) == len(ids)
    assert any(name.startswith("check-") for name in ids)
    asked = [one.source for one, answer in pairwise(book.cells) if "prediction-" in str(answer.metadata)]
    assert all("**Predict" in text for text in asked)
    assert all(mark["locked"] for mark in marks if mark["grade_id"].startswith("check-"))
    assert all(editions.BEGIN not in c.source or c.metadata["nbgrader"]["solution"] for c in book.cells
               if c.cell_type == "code")  # fmt: skip


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("# %%\n1\n", "99_test"),
        ('# %%\ncl.check("squash", a); cl.check("votes", b)\n', "cell 2 of 99_test.py"),
        (
            '# %%\n### BEGIN SOLUTION\na = 1\n### END SOLUTION\ncl.check("squash", a)\n',
            "cell 2 of 99_test.py",
        ),
        ('# %%\ncl.check("sqash", a)\n', "'squash'?"),
    ],
    ids=["no exercise", "two checks", "solution and check", "unknown name"],
)
def test_a_source_that_is_no_assignment_says_why(tmp_path, text, names, fails):
    path = tmp_path / "99_test.py"
    path.write_text(HEAD + "\n" + text)
    with fails(ArgumentError, names=names):
        make_assignment.assignment(path)


def test_a_prediction_can_be_chosen(tmp_path):
    path = tmp_path / "99_test.py"
    path.write_text(
        HEAD + '\n# %%\ncl.check("squash", a)\n\n# %% [markdown]\n# **Predict** this.\n\n'
        '# %% [markdown] tags=["prediction"]\n# **Predict** that.\n'
    )
    cells = make_assignment.assignment(path).cells
    place = next(
        i for i, c in enumerate(cells) if c.metadata.get("nbgrader", {}).get("grade_id") == "prediction-1"
    )
    assert "that" in cells[place - 1].source


def test_each_row_of_a_report_is_answered_in_a_cell_of_its_own_and_graded_by_a_person(tmp_path):
    path = tmp_path / "99_test.py"
    path.write_text(
        HEAD + '\n# %%\ncl.check("squash", a)\n\n'
        '# %% [markdown] tags=["report"]\n# | Part | Points | Full |\n'
        "# |---|---|---|\n# | Data | 3 | a list of 5 |\n# | Limits | 2 | one |\n\n"
        "# %% [markdown]\n# The end.\n"
    )
    cells = make_assignment.assignment(path).cells
    answers = [c for c in cells if c.metadata.get("nbgrader", {}).get("grade_id", "").startswith("report-")]
    marks = [cell.metadata["nbgrader"] for cell in answers]
    assert [(mark["grade_id"], mark["points"]) for mark in marks] == [("report-1", 3), ("report-2", 2)]
    assert all(mark["grade"] and mark["solution"] and not mark["locked"] for mark in marks)
    assert ["Data" in answers[0].source, "Limits" in answers[1].source] == [True, True]
    assert [cell.source for cell in cells][-3:] == [*(cell.source for cell in answers), "The end."]
    (points,) = (mark["points"] for mark in _marks(cells) if mark["grade_id"] == "check-squash")
    (note,) = (cell.source for cell in cells if cell.id == "assignment-note")
    assert f"{points + 5} points" in note


def test_the_project_of_lesson_26_is_graded_by_its_rubric():
    (path,) = (path for path in sources() if path.stem == "26_your_own_images")
    marks = _marks(make_assignment.assignment(path).cells)
    assert sum(mark["points"] for mark in marks if mark["grade_id"].startswith("report-")) == 12


def _marks(cells):
    return [cell.metadata["nbgrader"] for cell in cells if "points" in cell.metadata.get("nbgrader", {})]


def test_the_doctor_says_what_this_machine_cannot_enforce(monkeypatch):
    everything = ("files", "network", "processes")
    for by, state in ((("user",), "warning"), ((*everything, "user"), "ok")):
        monkeypatch.setattr(
            launch_sandbox, "strongest_protection", lambda by=by: launch_sandbox.Protection(True, None, by)
        )
        finding = next(doctor._grading())
        assert finding.state == state
        assert all((kind in finding.advice) == (state == "warning") for kind in everything)
