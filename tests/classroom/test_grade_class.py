"""A class from release to table: who earned what, and nothing lost, doubled or shown too early."""

from __future__ import annotations

import csv
import html
import json
import os
import re
import subprocess
import sys
import time
import zipfile

import pytest
from click.testing import CliRunner
from common import numbers_in
from grading_class import NAME, QUICK, cell, hand_in, made, solved

from capslab.classroom import grade_class as grading
from capslab.classroom.collect import collect
from capslab.classroom.feedback_page import feedback, outcomes, table
from capslab.classroom.folder import Classroom
from capslab.classroom.grade_class import grade
from capslab.cli.main import main
from capslab.course.editions import STUB
from capslab.errors import ArgumentError, DataUnavailable
from capslab.exercises import find

pytestmark = pytest.mark.slow

UNCLOSED = "def votes(poses, weights:\n    return 1"
TWELVE = ["ada", "ben", "Zoë Müller", "dai", "eva", "finn", "gus", "hal", "ida", "jo", "kim", "lea"]


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    """A class of twelve, graded once."""
    room = made(tmp_path_factory.mktemp("class") / "room")
    (room.root / "students.csv").write_text(
        "id,first_name,last_name,email\n" + "".join(f"{s},{s.title()},=1+1,\n" for s in TWELVE), "utf-8"
    )
    wrong = find("squash").mistakes[0]  # right but for a vector of zeros
    hand_in(room, "ada")
    hand_in(room, "ben", {"write-squash": "def squash(s):\n    n2 = (s**2).sum(axis=-1, keepdims=True)\n"
                          "    return n2 / (1 + n2) * s / np.sqrt(n2)"})  # fmt: skip
    hand_in(room, "Zoë Müller", {"prediction-1": "Hardly moved, since logits start at 0. It was so."})
    hand_in(room, "dai", lambda book: room.released(NAME))
    hand_in(room, "eva", {"write-votes": UNCLOSED})
    hand_in(room, "finn", file="my homework.ipynb")
    hand_in(room, "gus", lambda book: "PK\x03\x04 this is no notebook")
    hand_in(room, "hal", {"check-squash": 'cl.check("squash", lambda s: s)  # mine'})
    hand_in(room, "ida", lambda book: book.cells.remove(cell(book, "check-votes")))
    hand_in(room, "jo", {"write-squash": "import sys\ndef squash(s):\n    while True: pass"})
    hand_in(room, "kim", {"write-margin_loss": "def margin_loss(lengths, labels):\n    return 0.0"})
    assert wrong.name == "division by zero"
    room.graded = {o.student: o for o in grade(room, [NAME], workers=2, limits=QUICK)}
    return room


def test_everybody_has_a_named_outcome_and_what_they_earned(room):
    result = {student: (o.name, o.points) for student, o in room.graded.items()}
    needs_a_person = [o.student for o in room.graded.values() if o.name == "needs a person"]
    assert needs_a_person == []
    squash = find("squash")
    share = squash.earned(5, 6)  # all but the case with a vector of zeros
    assert result == {
        "ada": ("graded", 11),
        "ben": ("graded", pytest.approx(9 + share, abs=0.01)),
        "Zoë Müller": ("graded", 11),
        "dai": ("graded", 0),
        "eva": ("graded", 9),
        "finn": ("wrong file name", 11),
        "gus": ("not a notebook", None),
        "hal": ("test cells tampered with", 11),
        "ida": ("test cells tampered with", 11),
        "jo": ("time limit", 9),
        "kim": ("graded", result["kim"][1]),
        "lea": ("not submitted", None),
    }
    assert 8 <= result["kim"][1] < 9.5


def test_the_gradebook_says_the_same_and_what_a_person_must_read(room):
    with room.gradebook() as book:
        found = {s.student.id: (s.score, s.needs_manual_grade) for s in book.assignment_submissions(NAME)}
        assert book.find_assignment(NAME).max_score == 13
    assert found["ada"] == (11, False)  # the prediction was not answered: 0 of 2
    assert found["Zoë Müller"] == (11, True)
    assert found["gus"] == (0, True)
    assert found["jo"] == (9, False)
    assert "lea" not in found
    assert len(found) == 11


def test_going_on_grades_nobody_twice_and_a_new_submission_again(room, monkeypatch):
    marked = []
    real = grading.score_submission
    monkeypatch.setattr(grading, "score_submission", lambda *a: marked.append(a) or real(*a))
    before = {o.student: (o.name, o.points) for o in room.graded.values()}
    again = {o.student: (o.name, o.points) for o in grade(room, [NAME], workers=2, limits=QUICK)}
    assert again == before
    assert len(marked) == 1  # our own solutions, to prove the grader
    hand_in(room, "lea")
    later = {o.student: (o.name, o.points) for o in grade(room, [NAME], workers=2, limits=QUICK)}
    assert later == {**before, "lea": ("graded", 11)}
    assert len(marked) == 3


def test_what_fails_in_the_grader_is_tried_again_and_costs_nobody_a_point(tmp_path, monkeypatch):
    room = made(tmp_path / "class")
    hand_in(room, "a")
    real, failing = grading.score_submission, [2]

    def mark(*given):
        if failing[0] and given[2] == limits:
            failing[0] -= 1
            raise OSError("no room")
        return real(*given)

    limits = grading.verify_solutions(room, NAME, grading.strongest_protection(), QUICK)
    monkeypatch.setattr(grading, "verify_solutions", lambda *_: limits)
    monkeypatch.setattr(grading, "score_submission", mark)
    (result,) = grade(room, [NAME], workers=1)
    assert (result.name, result.points) == ("needs a person", None)
    assert result.notes[0].count("OSError: no room") == 1
    assert "test_grade_class.py" in result.notes[0]
    failing[0] = 1
    (result,) = grade(room, [NAME], workers=1)  # the next run does not take that for a grade
    assert (result.name, result.points) == ("graded", 11)
    assert failing == [0]


def test_a_run_that_is_stopped_goes_on_and_nothing_is_lost_or_doubled(tmp_path, monkeypatch):
    room = made(tmp_path / "class")
    for student in ("a", "b", "c"):
        hand_in(room, student)

    def stop_after_one(count, total, outcome):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        grade(room, [NAME], workers=1, limits=QUICK, on_progress=stop_after_one)
    with room.gradebook() as book:
        assert len(book.assignment_submissions(NAME)) == 1
    marked, real = [], grading.score_submission
    monkeypatch.setattr(grading, "score_submission", lambda *a: marked.append(a) or real(*a))
    done = grade(room, [NAME], workers=2, limits=QUICK)
    assert [(o.student, o.points) for o in done] == [("a", 11), ("b", 11), ("c", 11)]
    assert len(marked) == 3  # our own solutions, and the two that were not graded yet
    with room.gradebook() as book:
        assert [s.score for s in book.assignment_submissions(NAME)] == [11, 11, 11]


def test_a_grader_that_is_killed_loses_and_doubles_nothing(tmp_path):
    """SIGKILL at any moment: no time to tidy up."""
    room = made(tmp_path / "class")
    students = ["a", "b", "c", "d"]
    for student in students:
        hand_in(room, student)
    command = [sys.executable, "-c", "from capslab.cli.main import main; main()", "assignment", "grade",
               str(room.root), "--workers", "1"]  # fmt: skip
    first = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not (kept := list((room.root / ".capslab").glob("graded/*/*.json"))) and first.poll() is None:
        time.sleep(0.01)
    first.kill()
    assert first.wait() == -9
    assert 1 <= len(kept) < len(students)
    done = grade(room, [NAME], workers=2, limits=QUICK)
    assert [(o.student, o.name, o.points) for o in done] == [(s, "graded", 11) for s in students]
    with room.gradebook() as book:
        found = book.assignment_submissions(NAME)
        assert sorted((s.student.id, s.score) for s in found) == [(s, 11) for s in students]
        assert all(len(s.notebooks) == 1 and len(s.notebooks[0].grades) == 5 for s in found)


def test_points_given_by_hand_survive_another_run(room):
    with room.gradebook() as book:
        given = book.find_grade("prediction-1", NAME, NAME, "Zoë Müller")
        given.manual_score, given.needs_manual_grade = 2, False
        book.db.commit()
    grade(room, [NAME], workers=2, limits=QUICK)
    rows = {row["student"]: row for row in csv.DictReader(table(room, [NAME]).splitlines())}
    assert (rows["Zoë Müller"]["score"], rows["Zoë Müller"]["by_hand"]) == ("13", "2")


def test_the_table_has_a_row_for_everybody(room):
    rows = {row["student"]: row for row in csv.DictReader(table(room, [NAME]).splitlines())}
    assert set(rows) == set(TWELVE)
    assert rows["ada"]["score"] == "11"
    assert rows["ada"]["max_score"] == "13"
    assert (rows["gus"]["score"], rows["gus"]["outcome"]) == ("", "not a notebook")
    assert rows["jo"]["outcome"] == "time limit"
    assert rows["ada"]["last_name"] == "'=1+1"  # no formula in anybody's spreadsheet


def test_feedback_says_what_to_do_and_nothing_of_the_hidden_checks(room):
    pages = {page.parts[-3]: page.read_text("utf-8") for page in feedback(room, [NAME])}
    assert len(pages) >= 11
    assert find("squash").mistakes[0].message in html.unescape(pages["ben"])
    assert "time limit" in pages["jo"]
    with pytest.raises(SyntaxError) as broken:
        compile(UNCLOSED, "eva", "exec")
    assert str(broken.value.msg) in html.unescape(pages["eva"])
    hidden = [case.description for case in find("squash").cases(0, True)[4:]]
    seed = str(room.seed(NAME))
    everywhere = [*room.root.glob("release/**/*.ipynb"), *room.root.glob("autograded/**/*.ipynb"),
                  *room.root.glob("feedback/**/*.html")]  # fmt: skip
    for path in everywhere:
        text = path.read_text("utf-8")
        assert seed not in text
        assert "hard=True" not in text
        assert not any(f"With {says}" in text for says in hidden), path


def test_a_release_holds_no_solution_and_only_its_owner_may_look(room):
    text = room.release(NAME).read_text("utf-8")
    assert "SOLUTION" not in text
    assert "einsum" not in text
    assert STUB in text
    if os.name == "posix":
        assert room.root.stat().st_mode & 0o077 == 0
        assert (room.root / ".capslab/class.json").stat().st_mode & 0o077 == 0


def test_another_class_has_other_hidden_checks(tmp_path):
    one, other = Classroom(tmp_path / "a"), Classroom(tmp_path / "b")
    one.make()
    other.make()
    assert one.seed(NAME) != other.seed(NAME)
    assert one.seed(NAME) == Classroom(tmp_path / "a").seed(NAME)


def test_a_folder_of_somebody_elses_is_left_alone(tmp_path, fails):
    (tmp_path / "thesis.tex").write_text("x")
    with fails(ArgumentError, "DIR", names=str(tmp_path)):
        Classroom(tmp_path).make()
    with fails(ArgumentError, "DIR", names="capslab assignment release"):
        Classroom.open(tmp_path)


def test_no_grade_from_a_grader_that_fails_its_own_solutions(room, monkeypatch, fails):
    monkeypatch.setattr(
        grading, "score_submission", lambda *a: grading.Score({"squash": 1.0}, {"squash": "half"})
    )
    with fails(DataUnavailable, names="squash"):
        grade(room, [NAME], workers=1, limits=QUICK)


def test_collecting_sorts_what_a_platform_gives(tmp_path, room, wording):
    new = Classroom(tmp_path / "class")
    new.make()
    target = new.release(NAME)
    target.parent.mkdir(parents=True)
    target.write_bytes(room.release(NAME).read_bytes())
    given = new.root / "downloaded"
    (given / "Ann Lee").mkdir()
    (given / "Ann Lee" / f"{NAME}.ipynb").write_text("1")
    (given / f"bob_{NAME}.ipynb").write_text("2")
    with zipfile.ZipFile(given / "all.zip", "w") as archive:
        archive.writestr(f"Ce\u0301line/{NAME}/{NAME}.ipynb", "3")
        archive.writestr(f"../../evil/{NAME}.ipynb", "4")
        archive.writestr("__MACOSX/x.ipynb", "5")
    (given / "broken.zip").write_text("no archive")
    found = collect(new)
    kept = {p.relative_to(new.root / "submitted").as_posix(): p.read_text()
            for p in (new.root / "submitted").rglob("*.ipynb")}  # fmt: skip
    assert kept[f"Ann Lee/{NAME}/{NAME}.ipynb"] == "1"
    assert kept[f"bob/{NAME}/{NAME}.ipynb"] == "2"
    assert kept[f"Céline/{NAME}/{NAME}.ipynb"] == "3"
    assert len(kept) == len(kept.keys() - {"x"}) <= 4
    assert not list(tmp_path.glob("**/evil.ipynb"))
    assert not (tmp_path / "evil").exists()
    problems = {one.file: one.problem for one in found if one.problem}
    (broken,) = [file for file in problems if file.endswith("broken.zip")]
    wording(problems[broken])
    assert not any(one.is_new for one in collect(new))


def test_collecting_believes_no_file_about_somebody_else(tmp_path, room, wording):
    """The work of one student counts for that student, whatever names are in their archive."""
    new = Classroom(tmp_path / "class")
    new.make()
    for name in (NAME, "01_kmeans_by_hand"):  # two: then a notebook must say which it is
        new.release(name).parent.mkdir(parents=True)
        new.release(name).write_bytes(room.release(NAME).read_bytes())
    (new.root / "students.csv").write_text("id\nada\nbob\n", "utf-8")
    given = new.root / "downloaded"
    with zipfile.ZipFile(given / "ada_homework.zip", "w") as archive:
        archive.writestr(f"bob/{NAME}.ipynb", "by ada")
    (given / "bob").mkdir()
    (given / "bob" / "my homework.ipynb").write_bytes(room.release(NAME).read_bytes())
    (given / "bob" / "notes.txt").write_text("[1]")
    (new.root / "submitted").rmdir()
    (new.root / "submitted").mkdir()
    (new.root / "submitted" / "eva").symlink_to(tmp_path)
    (given / f"eva_{NAME}.ipynb").write_text("through a link")
    problems = {one.file: one.problem for one in collect(new) if one.problem}
    kept = {
        p.relative_to(new.root / "submitted").as_posix() for p in (new.root / "submitted").rglob("*.ipynb")
    }
    assert kept == {f"ada/{NAME}/{NAME}.ipynb", f"bob/{NAME}/my homework.ipynb"}
    wording(problems["bob/notes.txt"])
    wording(problems[f"eva_{NAME}.ipynb"])
    assert not (tmp_path / NAME).exists()


def test_the_commands_from_release_to_table(tmp_path):
    folder = tmp_path / "class"
    run = CliRunner().invoke
    result = run(main, ["assignment", "release", "13", str(folder)])
    assert result.exit_code == 0, result.output
    assert "Hand out" in result.output
    assert f"capslab assignment collect {folder}" in result.output
    room = Classroom(folder)
    (folder / "downloaded" / f"ada_{NAME}.ipynb").write_text(json.dumps(solved(room)), "utf-8")
    collected = run(main, ["assignment", "collect", str(folder)]).output.splitlines()
    assert numbers_in(collected[-1]) == ["1", "0", "1"]  # new, there before, students
    before = outcomes(room, [NAME])[0]
    assert (before.points, len(before.notes)) == (None, 1)
    result = run(main, ["assignment", "grade", str(folder), "--workers", "1", "--assignment", "13"])
    assert result.exit_code == 0, result.output
    points = re.search(r"ada +graded (\d+)/(\d+)\b", result.output)
    assert points, result.output
    assert int(points[2]) - int(points[1]) == 1  # nobody guessed
    assert "1 page in" in run(main, ["assignment", "feedback", str(folder)]).output
    result = run(main, ["assignment", "grades", str(folder), "--csv", str(tmp_path / "grades.csv")])
    assert result.exit_code == 0, result.output
    row = f"ada,,,13_look_inside,graded,{points[1]},0,{points[1]},{points[2]},"
    assert row in (tmp_path / "grades.csv").read_text("utf-8")
    result = run(main, ["assignment", "grade", str(folder), "--assignment", "99"])
    assert result.exit_code == 1
    assert "13_look_inside" in result.output
