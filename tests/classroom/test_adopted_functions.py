"""A lesson whose cells call `cl.mine`, handed in: what students wrote earns points, and nothing else."""

from __future__ import annotations

import pytest
from grading_class import QUICK, cell, hand_in

from capslab.classroom.feedback_page import feedback
from capslab.classroom.folder import Classroom
from capslab.classroom.grade_class import grade
from capslab.classroom.release import release
from capslab.course.paths import sources
from capslab.exercises.registry import find

pytestmark = pytest.mark.slow

BOOK = "11_routing_by_agreement"
WITH_OPS = """from capslab import ops

def squash(s):
    squared = ops.sum(s**2, axis=-1, keepdims=True)
    return s * ops.sqrt(squared + 1e-12) / (1 + squared)"""
STEP = """def routing_step(logits, votes):
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    outputs = squash(np.einsum("ij,ijd->jd", powers / powers.sum(axis=1, keepdims=True), votes))
    return logits + np.einsum("ijd,jd->ij", votes, outputs), outputs"""
LOOP = """def routing_loop(votes, iterations):
    logits = np.zeros(votes.shape[:2])
    for _ in range(iterations):
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        logits, outputs = routing_step(logits, votes)
    return powers / powers.sum(axis=1, keepdims=True), outputs"""
CHEATS = {
    "the course's": 'squash = cl.mine("squash")',
    "wrapped": 'courses = cl.mine("squash", lambda s: None)\n\ndef squash(s):\n    return courses(s)',
    "adopted anyway": 'squash = cl.mine("squash", lambda s: s / 2, anyway=True)',
    "by its module": "from capslab.exercises.course_function import CourseFunction\n"
    'squash = CourseFunction("squash")',
}


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    """A class that got lesson 11, graded once."""
    room = Classroom(tmp_path_factory.mktemp("class") / "room")
    release([path for path in sources() if path.stem == BOOK], room)
    hand_in(room, "all", name=BOOK)
    hand_in(room, "nothing", lambda book: room.released(BOOK), name=BOOK)
    hand_in(room, "with ops", {"write-squash": WITH_OPS}, name=BOOK)
    hand_in(room, "pieces", {"write-routing_step": STEP, "write-routing_loop": LOOP}, name=BOOK)
    hand_in(room, "no squash", {"write-squash": "def squash(s): ...", "write-routing_step": STEP}, name=BOOK)
    for name, text in CHEATS.items():
        hand_in(room, name, {"write-squash": text}, name=BOOK)
    room.graded = {one.student: one for one in grade(room, [BOOK], workers=2, limits=QUICK)}
    return room


def test_the_release_adopts_each_function_in_a_cell_that_anyone_may_run(room):
    book = room.released(BOOK)
    for name in ("squash", "squash_slope", "votes", "routing_step", "routing_loop", "count_weights"):
        place = book.cells.index(cell(book, f"check-{name}"))
        assert book.cells[place + 1].source == f'{name} = cl.mine("{name}", {name})'
        assert "nbgrader" not in book.cells[place + 1].metadata


@pytest.mark.parametrize("student", ["all", "with ops", "pieces"])
def test_what_students_wrote_earns_all(room, student):
    assert (room.graded[student].name, room.graded[student].points) == ("graded", 15)


def test_what_is_not_written_earns_nothing(room):
    assert room.graded["nothing"].points == 0
    step = find("routing_step").points
    assert room.graded["no squash"].points == 15 - find("squash").points - step


@pytest.mark.parametrize("student", CHEATS)
def test_what_mine_hands_out_earns_nothing(room, student):
    points = room.graded[student].points
    assert points <= 15 - find("squash").points + (0.5 if student == "adopted anyway" else 0)


def test_feedback_shows_no_solution(room):
    pages = {page.parts[-3]: page.read_text("utf-8") for page in feedback(room, [BOOK])}
    assert "np.sqrt(squared)" not in pages["nothing"]
