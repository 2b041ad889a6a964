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

def votes(poses, weights):
    return ops.sum(weights * poses[:, None, None, :], axis=-1)"""
STEP = """def routing_step(logits, votes):
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    s = np.einsum("ij,ijd->jd", powers / powers.sum(axis=1, keepdims=True), votes)
    outputs = s * (n := np.linalg.norm(s, axis=1, keepdims=True)) / (1 + n**2)
    return logits + np.einsum("ijd,jd->ij", votes, outputs), outputs"""
LOOP = """def routing_loop(votes, iterations):
    logits = np.zeros(votes.shape[:2])
    for _ in range(iterations):
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        logits, outputs = routing_step(logits, votes)
    return powers / powers.sum(axis=1, keepdims=True), outputs"""
CHEATS = {
    "the course's": 'votes = cl.mine("votes")',
    "wrapped": 'courses = cl.mine("votes", lambda u, w: None)\n\ndef votes(u, w):\n    return courses(u, w)',
    "adopted anyway": 'votes = cl.mine("votes", lambda u, w: w.sum(axis=-1), anyway=True)',
    "by its module": "from capslab.exercises.course_function import CourseFunction\n"
    'votes = CourseFunction("votes")',
}


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    """A class that got lesson 11, graded once."""
    room = Classroom(tmp_path_factory.mktemp("class") / "room")
    release([path for path in sources() if path.stem == BOOK], room)
    hand_in(room, "all", name=BOOK)
    hand_in(room, "nothing", lambda book: room.released(BOOK), name=BOOK)
    hand_in(room, "with ops", {"write-votes": WITH_OPS}, name=BOOK)
    hand_in(room, "pieces", {"write-routing_step": STEP, "write-routing_loop": LOOP}, name=BOOK)
    nothing = "def routing_step(logits, votes): ..."
    hand_in(room, "no step", {"write-routing_step": nothing, "write-routing_loop": LOOP}, name=BOOK)
    for name, text in CHEATS.items():
        hand_in(room, name, {"write-votes": text}, name=BOOK)
    room.graded = {one.student: one for one in grade(room, [BOOK], workers=2, limits=QUICK)}
    return room


def test_the_release_adopts_each_function_in_a_cell_that_anyone_may_run(room):
    book = room.released(BOOK)
    for name in ("votes", "routing_step", "routing_loop"):
        place = book.cells.index(cell(book, f"check-{name}"))
        assert book.cells[place + 1].source == f'{name} = cl.mine("{name}", {name})'
        assert "nbgrader" not in book.cells[place + 1].metadata


@pytest.mark.parametrize("student", ["all", "with ops", "pieces"])
def test_what_students_wrote_earns_all(room, student):
    assert (room.graded[student].name, room.graded[student].points) == ("graded", 9)


def test_what_is_not_written_earns_nothing(room):
    assert room.graded["nothing"].points == 0
    assert room.graded["no step"].points == find("votes").points  # and the loop that calls it


@pytest.mark.parametrize("student", CHEATS)
def test_what_mine_hands_out_earns_nothing(room, student):
    points = room.graded[student].points
    assert points <= 9 - find("votes").points + (0.5 if student == "adopted anyway" else 0)


def test_feedback_shows_no_solution(room):
    pages = {page.parts[-3]: page.read_text("utf-8") for page in feedback(room, [BOOK])}
    assert "ijdp,ip-" not in pages["nothing"]
