"""Submissions that go wrong in every way that they do: a named outcome for one, a grade for the rest."""

from __future__ import annotations

import json
import os

import nbformat
import pytest
from grading_class import NAME, QUICK, cell, hand_in, made, solved

from capslab.classroom.grade_class import grade
from capslab.classroom.launch_sandbox import Protection, run_job, strongest_protection
from capslab.classroom.watch_process import Limits

pytestmark = pytest.mark.slow

SQUASH = """
def squash(s):
    squared = (s**2).sum(axis=-1, keepdims=True)
    return s * np.sqrt(squared) / (1 + squared)
"""


def squash(before: str = "", inside: str = "") -> dict[str, str]:
    """The right squash with lines before it and inside it."""
    return {"write-squash": before + SQUASH.replace("\n    squared", f"\n    {inside}\n    squared", 1)}


def with_cell(text: str, where: int = 2, **metadata):
    """A change that puts a cell of the student's own into the notebook."""

    def change(book):
        new = nbformat.v4.new_code_cell(text)
        new.metadata.update(metadata)
        book.cells.insert(where, new)

    return change


def duplicated(book):
    for one in book.cells:
        one["id"] = "same"
    book.cells.insert(0, nbformat.from_dict(dict(cell(book, "write-squash"))))
    book.cells.append(nbformat.from_dict({**cell(book, "check-squash"), "source": "2.0"}))


def older(book):
    book.metadata["capslab"]["source"] = "0" * 64
    for one in book.cells:
        one.metadata.pop("nbgrader", None)


def without_metadata(book):
    book.metadata.clear()
    for one in book.cells:
        one.metadata.clear()


def huge(book):
    out = nbformat.v4.new_output("stream", text="x" * 50_000_000)
    book.cells[4].outputs = [out]


def helped(book):
    with_cell("def norm2(s):\n    return (s**2).sum(axis=-1, keepdims=True)", 4)(book)
    text = "def squash(s):\n    n = norm2(s)\n    return s * np.sqrt(n) / (1 + n)"
    cell(book, "write-squash").source = text


SWALLOWS = """
def squash(s):
    while True:
        try:
            while True: pass
        except BaseException:
            pass
"""
TRANSFORMER = """
import ast, builtins, sys
class Drop(ast.NodeTransformer):
    def visit_Call(self, node):
        return ast.Constant(2.0)
try:
    get_ipython().ast_transformers.append(Drop())
except Exception:
    pass
import capslab.exercises, capslab as cl
capslab.exercises.check = cl.check = lambda *a, **k: 4.0
capslab.exercises.exercise = None
np.testing.assert_allclose = np.isclose = lambda *a, **k: True
squash = lambda s: s
"""
THIEF = """
def squash(s):
    import gc, sys, os, inspect
    for name in ("capslab.exercises.nb10_parts_with_a_pose", "capslab.exercises"):
        try:
            module = __import__(name, fromlist=["x"])
            return module.squash(s)
        except Exception:
            pass
    for folder in [os.path.join(place, name) for place in sys.path for name in ("capslab", "notebooks")]:
        for base, _, files in os.walk(folder):
            for file in files:
                if "nb03" in file or file.startswith(("03_", "04_")):
                    space = {"np": np}
                    exec(open(os.path.join(base, file)).read(), space)
                    return space["squash"](s)
    return s
"""
FORGER = """
import os, json
for fd in range(3, 20):
    try:
        for step in range(200):
            told = {"kind": "answer", "step": step, "points": 99, "callable": True, "results": []}
            for line in ({"kind": "start", "step": step}, told):
                os.write(fd, (json.dumps(line) + "\\n").encode())
    except OSError:
        pass
def squash(s):
    return s
"""
EVIL_OBJECT = """
class Always:
    dtype = np.dtype(float)
    shape = (2,)
    def __eq__(self, other): return True
    def __array__(self, *a, **k): raise RuntimeError
    def __reduce__(self): return (print, ("owned",))
def squash(s):
    return Always()
"""

#: student: (what was changed, name of the outcome, points of 11)
CLASS = {
    "swallows interrupts": ({"write-squash": SWALLOWS}, "time limit", 9),
    "loops while it is defined": ({"write-squash": "while True:\n    squash = 1"}, "time limit", 9),
    "leaves": (squash(inside="import os; os._exit(0)"), "kernel died", 9),
    "exit()": (squash(inside="raise SystemExit"), "graded", 9),
    "aborts": (squash(inside="import os; os.abort()"), "kernel died", 9),
    "3 GB": (squash(inside="x = np.ones(400_000_000)"), "memory limit", 9),
    "80 MB on one line": (squash("said = print('x' * 80_000_000)\n", "said"), "output too large", 11),
    "a million lines": (squash(inside="print('\\n' * 1_000_000)"), "output too large", 11),
    "stderr": (squash("import sys\n", "print('careful', file=sys.stderr)"), "graded", 11),
    "transformer": (with_cell(TRANSFORMER, 8), "graded", 11),
    "transformer, nothing else": ({"write-squash": TRANSFORMER}, "graded", 9),
    "thief": ({"write-squash": THIEF}, "needs a person", 9),
    "forger": ({"write-squash": FORGER}, "graded", 9),
    "evil object": ({"write-squash": EVIL_OBJECT}, "graded", 9),
    "network": (squash(inside="import socket; socket.create_connection(('127.0.0.1', 9), 1)"), "graded", 9),
    "writes": (squash(inside="open('/etc/motd', 'w').write('x')"), "graded", 9),
    "fills the disk": (squash(inside="open('big', 'wb').write(bytes(200_000_000))"), "graded", 9),
    "forks": (squash(inside="import os\n    for _ in range(8): os.fork()"), None, None),
    "recursion": (squash(inside="return squash(s)"), "graded", 9),
    "deep syntax": ({"write-squash": "squash = " + "-" * 5000 + "1"}, "graded", 9),
    "long cell": (squash("'" + "x" * 20_000 + "'\n"), "graded", 11),
    "magics": (squash("%matplotlib inline\n!ls\n"), "graded", 11),
    "timed": ({"write-squash": "%%time\n" + SQUASH}, "graded", 11),
    "through globals": ({"write-squash": "exec('''" + SQUASH + "''')"}, "graded", 11),
    "helper in a cell of its own": (helped, "graded", 11),
    "duplicated ids": (duplicated, "graded", 11),
    "older release": (older, "needs a person", 11),
    "metadata lost": (without_metadata, "graded", 11),
    "50 MB": (huge, "output too large", 11),
    "empty": (
        lambda book: json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}),
        "test cells tampered with",
        0,
    ),
    "a list": (lambda book: "[1, 2]", "not a notebook", None),
    "deep": (lambda book: "[" * 100_000, "not a notebook", None),
    "no text": (lambda book: '{"cells": [{"cell_type": "code", "source": 5}]}', "not a notebook", None),
    "surrogates": (squash(inside="raise ValueError('\\ud800')"), "graded", 9),
    "../../up": (None, None, None),
}


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    room = made(tmp_path_factory.mktemp("hostile") / "room")
    for student, (change, name, _) in CLASS.items():
        if name or change:
            hand_in(room, student, change)
    hand_in(room, "zz correct")
    room.graded = {o.student: o for o in grade(room, [NAME], workers=2, limits=QUICK)}
    return room


def test_the_rest_of_the_class_is_graded(room):
    assert (room.graded["zz correct"].name, room.graded["zz correct"].points) == ("graded", 11)


@pytest.mark.parametrize("student", [s for s, (_, name, _) in CLASS.items() if name])
def test_each_ends_in_its_outcome_with_what_it_earned(room, student):
    _, name, points = CLASS[student]
    outcome = room.graded[student]
    if points is not None and points < 11 and student not in ("empty",):
        points = pytest.approx(points, abs=0.8)  # a wrong function may be right about a vector of zeros
    assert (outcome.name, outcome.points) == (name, points), outcome


def test_a_swarm_of_processes_ends_with_its_submission(room):
    assert room.graded["forks"].name in ("graded", "time limit", "kernel died", "memory limit")
    assert room.graded["forks"].points <= 11


def test_every_page_of_the_class_can_be_made(room):
    from capslab.classroom.feedback_page import feedback, table

    assert len(feedback(room, [NAME])) == len(room.graded)
    assert len(table(room, [NAME]).splitlines()) == len(room.graded) + 1


@pytest.mark.timeout(55)  # less than the submission sleeps
def test_a_sleeping_submission_is_asked_once_more_and_then_ended():
    steps = [{"step": 0, "code": "import time\ntime.sleep(60)"}]
    report = run_job({"steps": steps}, Limits(cpu_s=5, wall_s=1), strongest_protection())
    assert (report.reason, report.waited) == ("time limit", True)


@pytest.mark.parametrize("protection", [Protection(True, None), Protection(False, None)])
def test_weaker_protections_run_the_same_job(protection):
    steps = [{"step": 0, "code": "def f(x): return x + 1"}, {"step": 1, "answer": "f", "cases": [(1,), (2,)]}]
    report = run_job({"steps": steps}, QUICK, protection)
    if protection.isolate and report.reason != "done":
        assert "files" not in report.enforced  # this machine forbids it, and says so
        return
    answer = next(e for e in report.events if e["kind"] == "answer")
    assert [r["gave"]["value"] for r in answer["results"]] == [2, 3]


def test_what_a_submission_sees_of_this_machine(room):
    protection = strongest_protection()
    if "files" not in protection.enforced:
        assert protection.missing
        return
    asked = [str(room.root), str(room.root / "gradebook.db"), os.path.expanduser("~/.bashrc"), __file__]
    code = (
        "import os, capslab\n"
        "home = os.listdir('.')\n"
        "exercises = os.listdir(os.path.join(os.path.dirname(capslab.__file__), 'exercises'))\n"
        "others = [p for p in os.listdir('/proc') if p.isdigit()]\n"
        "def f(path): return os.path.exists(path)\n"
    )
    steps = [
        {"step": 0, "code": code},
        {"step": 1, "answer": "f", "cases": [(path,) for path in asked]},
        {"step": 2, "answer": "[len(home), len(exercises), len(others), os.getuid() == 0]", "cases": []},
    ]
    report = run_job({"steps": steps}, QUICK, protection)
    answers = {e["step"]: e for e in report.events if e["kind"] == "answer"}
    assert [r["gave"]["value"] for r in answers[1]["results"]] == [False] * 4
    assert solved(room) is not None
    from capslab.classroom.decode_answers import replayed_answer

    assert replayed_answer(answers[2], 0, 0) == [0, 0, 1, 0]
