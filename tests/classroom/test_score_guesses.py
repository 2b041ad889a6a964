"""Points for taking part in guesses: from the notebook's source, whatever else is in it."""

from __future__ import annotations

import nbformat
import pytest
from common import ROOT
from grading_class import QUICK

from capslab.classroom.folder import Classroom
from capslab.classroom.grade_class import grade
from capslab.classroom.release import release
from capslab.classroom.score_guesses import guess_points, guesses_in
from capslab.course import make_assignment

SOURCE = ROOT / "notebooks" / "src" / "01_kmeans_by_hand.py"
ASKED = ["moved_images", "inertia_over_k", "two_starts"]


def book(*cells):
    return nbformat.v4.new_notebook(cells=list(map(nbformat.v4.new_code_cell, cells)))


@pytest.mark.parametrize(
    ("answer", "counts"),
    [
        ("60", True),
        ("0", True),
        ("-1.5", True),
        ("'red'", True),
        ("[1, 2]", True),
        ("(1, 2)", True),
        ("None", False),
        ("...", False),
        ("''", False),
        ("[]", False),
        ("{}", False),
        ("choices[0]", True),
        ("1 / 0", True),
    ],
)
def test_an_answer_that_says_something_counts(answer, counts):
    assert guesses_in([f'cl.guess("a", f"{{n}}?", between=(0, n), answer={answer})']) == {"a": counts}


def test_what_is_no_python_asks_nothing():
    assert guesses_in(["def f(:", "%%bash\nguess", "x" * 10000, "guess(name)", "guess()"]) == {}
    assert guesses_in(["%%time\nv = guess('b', '?', choices=c, answer=1)"]) == {"b": True}


def test_the_point_is_shared_between_the_questions_that_were_released():
    released = book('cl.guess("a", "?")', 'cl.guess("b", "?")')
    half = book('cl.guess("a", "?", answer=1)', 'cl.guess("c", "?", answer=1)')
    assert guess_points(half, released)[0] == 0.5
    assert guess_points(book(), released)[0] == 0
    whole = book('cl.guess("a", "?", answer=1); cl.guess("b", "?", answer=2)')
    points, message = guess_points(whole, released)
    assert points == 1
    assert "2" in message


def test_the_cell_that_looks_back_carries_the_point():
    cells = make_assignment.assignment(SOURCE).cells
    (back,) = [c for c in cells if c.metadata.get("nbgrader", {}).get("grade_id") == "check-guesses"]
    assert back.source == 'cl.guesses("01")'
    assert back.metadata["nbgrader"]["points"] == 1
    assert back.metadata["nbgrader"]["locked"]
    assert guesses_in(c.source for c in cells if c.cell_type == "code") == dict.fromkeys(ASKED, False)
    (note,) = [c for c in cells if c.id == "assignment-note"]
    assert "answer=60" in note.source
    total = sum(c.metadata.get("nbgrader", {}).get("points", 0) for c in cells)
    assert f"worth {total} points" in note.source


@pytest.mark.slow
def test_a_class_gets_its_point(tmp_path):
    room = Classroom(tmp_path / "room")
    (name,) = [path.stem for path in release([SOURCE], room)]
    for student, answers in {"ada": {0: "60", 1: "...", 2: "choices[0]"}, "ben": {}}.items():
        handed = room.released(name)
        for number, answer in answers.items():
            (cell,) = [c for c in handed.cells if f'"{ASKED[number]}"' in c.source and "guess(" in c.source]
            cell.source = cell.source.rstrip().removesuffix(")").rstrip().rstrip(",") + f", answer={answer})"
        folder = room.root / "submitted" / student / name
        folder.mkdir(parents=True)
        nbformat.write(handed, folder / f"{name}.ipynb")
    graded = {o.student: dict(o.points_by_exercise) for o in grade(room, [name], workers=2, limits=QUICK)}
    assert graded["ada"]["guesses"] == pytest.approx(0.67)
    assert graded["ben"]["guesses"] == 0
    with room.gradebook() as gradebook:
        assert gradebook.find_grade("check-guesses", name, name, "ada").score == pytest.approx(0.67)
