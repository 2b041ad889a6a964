"""The grader and the first edition: a mix of editions ends in words, never in a wrong zero."""

from __future__ import annotations

import html
import shutil
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner
from grading_class import QUICK, hand_in, made

from capslab._version import EDITION, __version__
from capslab.classroom import sanitize
from capslab.classroom.feedback_page import feedback, table
from capslab.classroom.folder import FIRST_FILTER
from capslab.classroom.grade_class import grade
from capslab.classroom.submission import OtherEdition, check_edition, edition_of, read_submission
from capslab.cli.main import main
from capslab.course.make_assignment import assignment
from capslab.course.paths import sources
from capslab.errors import DataUnavailable

BOOK = "11_routing_by_agreement"
OLD = Path(__file__).parents[1] / "first_edition" / "assignment_03_routing_by_agreement.ipynb"


def of_edition(version: str | None) -> nbformat.NotebookNode:
    about = {"source": "0" * 64, "edition": "assignment"} | ({"version": version} if version else {})
    return nbformat.v4.new_notebook(metadata={"capslab": about})


def test_a_notebook_that_is_built_says_its_edition():
    assert __version__.startswith(f"{EDITION}.")
    assert edition_of(assignment(sources()[3])) == EDITION


def test_the_first_edition_is_known_by_what_it_does_not_say():
    assert edition_of(nbformat.read(OLD, as_version=4)) == "0.1"
    assert edition_of(nbformat.v4.new_notebook()) is None
    assert edition_of(of_edition("<b>" * 99)) == "unknown"


@pytest.mark.parametrize("version", [None, "0.1", "0.3", "12.0", "<script>"])
def test_a_submission_of_another_edition_is_refused(version, wording):
    theirs = {None: "0.1", "<script>": "unknown"}.get(version, version)
    with pytest.raises(OtherEdition) as error:
        check_edition(of_edition(version))
    assert f"({theirs})" in str(error.value)
    wording(str(error.value).replace(EDITION, "EDITION"))


def test_a_submission_that_lost_its_metadata_is_graded_as_before():
    check_edition(nbformat.v4.new_notebook())
    check_edition(of_edition(EDITION))


@pytest.mark.slow
def test_one_student_with_the_first_edition_keeps_nobody_from_a_grade(tmp_path):
    room = made(tmp_path / "class", BOOK)
    hand_in(room, "ada", name=BOOK)
    hand_in(room, "old", lambda book: OLD.read_text("utf-8"), name=BOOK)
    hand_in(room, "learner", lambda book: book.metadata.pop("capslab") and book, name=BOOK)
    graded = {o.student: o for o in grade(room, [BOOK], workers=1, limits=QUICK)}
    assert graded["ada"].points == graded["ada"].max_points == graded["learner"].points
    assert (graded["old"].name, graded["old"].points) == ("another edition", None)
    assert "(0.1)" in graded["old"].notes[0]
    with room.gradebook() as book:
        (old,) = [s for s in book.assignment_submissions(BOOK) if s.student.id == "old"]
        assert all(g.auto_score is None and g.needs_manual_grade for g in old.notebooks[0].grades)
    (row,) = [line for line in table(room, [BOOK]).splitlines() if line.startswith("old,")]
    assert "another edition,,0,," in row
    pages = {page.parts[-3]: page.read_text("utf-8") for page in feedback(room, [BOOK])}
    assert graded["old"].notes[0] in html.unescape(pages["old"])


def test_a_class_of_the_first_edition_gets_no_grades_from_this_one(tmp_path, wording):
    room = made(tmp_path / "class", BOOK)
    hand_in(room, "ada", name=BOOK)
    shutil.copyfile(OLD, room.release(BOOK))  # as the first edition made it
    with pytest.raises(DataUnavailable) as refused:
        grade(room, [BOOK], workers=1, limits=QUICK)
    assert "0.1" in str(refused.value)
    wording(str(refused.value).replace(EDITION, "EDITION"))
    result = CliRunner().invoke(main, ["assignment", "grade", str(room.root)])
    assert result.exit_code == 1
    assert str(refused.value) in result.output
    assert not list(room.root.glob("autograded/**/*.ipynb"))


def test_settings_that_the_first_edition_wrote_name_the_filter_where_it_is_now(tmp_path):
    room = made(tmp_path / "class", BOOK)
    settings = room.root / "nbgrader_config.py"
    now = settings.read_text("utf-8")
    settings.write_text(
        now.replace("capslab.classroom.sanitize.sanitize_html", FIRST_FILTER) + "# mine\n", "utf-8"
    )
    room.make()
    assert settings.read_text("utf-8") == now + "# mine\n"
    assert callable(sanitize.sanitize_html)


def test_the_edition_survives_reading_what_was_handed_in(tmp_path):
    room = made(tmp_path / "class", BOOK)
    assert edition_of(read_submission(hand_in(room, "ada", name=BOOK)).book) == EDITION
