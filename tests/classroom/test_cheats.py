"""Submissions that want more than they earned, and right ones that are written in unusual ways."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time

import nbformat
import numpy as np
import pytest
from grading_class import NAME, QUICK, cell, hand_in, made

from capslab.classroom.feedback_page import feedback
from capslab.classroom.grade_class import grade
from capslab.classroom.launch_sandbox import UserSlot, _kill, run_job, strongest_protection
from capslab.classroom.watch_process import Limits
from capslab.exercises import find

pytestmark = pytest.mark.slow

RIGHT = """
def squash(s):
    squared = (s**2).sum(axis=-1, keepdims=True)
    return s * np.sqrt(squared) / (1 + squared)
"""
WRONG = "\ndef squash(s):\n    return s + 1\n"

PATCHED_GRADER = """
import sys
frame = sys._getframe()
while frame:
    for name in ("probe", "encode", "unchanged", "describe_error", "signature"):
        if name in frame.f_globals:
            one = {"gave": {"is": "plain", "value": True}, "kept": True}
            frame.f_globals[name] = lambda *a: {"callable": True, "results": [one] * 99}
    frame = frame.f_back
for name in [n for n in sys.modules if n.startswith("capslab")]:
    sys.modules[name] = type(sys)("capslab")
    sys.modules[name].check = lambda *a, **k: 2.0
"""
PATCHED_NUMPY = """
import builtins
np.allclose = np.isclose = np.array_equal = lambda *a, **k: True
np.testing.assert_allclose = lambda *a, **k: None
builtins.all = builtins.any = lambda *a: True
"""
SEED = """
def squash(s):
    import os
    for base, folders, files in os.walk("/"):
        folders[:] = [one for one in folders if one not in ("usr", "proc", "lib", "bin", "site-packages")]
        for file in files:
            if file in ("class.json", "gradebook.db") or file.startswith("04_"):
                raise RuntimeError("in " + os.path.join(base, file))
    raise RuntimeError("no" + "where")
"""
FRAMES = """
def squash(s):
    import gc, inspect
    for one in gc.get_objects():
        if type(one).__name__ in ("Exercise", "Mistake", "Case"):
            return one.reference(s)
    for frame in inspect.stack():
        for name in ("expected", "reference", "wanted", "exercise"):
            if name in frame.frame.f_locals or name in frame.frame.f_globals:
                return frame.frame.f_locals.get(name, frame.frame.f_globals.get(name))
    return s
"""
LATER = """
import json, os, threading, time
def late():
    time.sleep(0.3)
    for fd in range(3, 30):
        for step in range(40):
            told = {"kind": "answer", "step": step, "callable": True, "results": [{"gave": {"is": "none"}}]}
            try:
                os.write(fd, json.dumps(told).encode() + bytes([10]))
            except OSError:
                pass
threading.Thread(target=late).start()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        late()
        time.sleep(600)
    os._exit(0)
"""
CLOCK = """
def squash(s):
    import os, time
    while True:
        time.sleep(0.2)
        for fd in range(3, 30):
            for step in range(40):
                try:
                    os.write(fd, b'{"kind": "start", "step": %d}' % step + bytes([10]))
                except OSError:
                    pass
"""
FORGED_END = """
import os
for fd in range(3, 30):
    for line in ('{"kind": "protected", "by": 5}', '{"kind": "start", "step": [1]}', '{"kind": "end"}'):
        try:
            os.write(fd, line.encode() + bytes([10]))
        except OSError:
            pass
"""
FORGED_FILES = """
import json, os
for name in ("autograded", ".capslab/graded", "feedback"):
    os.makedirs(name, exist_ok=True)
    with open(name + "/x.json", "w") as file:
        json.dump({"outcome": {"points": 99}}, file)
"""
STEALS_CASES = """
def squash(s):
    import sys
    frame = sys._getframe()
    while frame:
        if "cases" in frame.f_locals:
            firsts = [float(case[0].ravel()[0]) for case in frame.f_locals["cases"]]
            raise ValueError("STOLEN " + " ".join(f"{one:.6f}" for one in firsts))
        frame = frame.f_back
"""


def with_outputs(book):
    """Points where nbgrader reads them: outputs, metadata, ids."""
    for one in book.cells:
        if one.cell_type == "code":
            one.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "100.0"})]
        if "nbgrader" in one.metadata:
            one.metadata["nbgrader"].update(points=100, locked=False, solution=True)
    cell(book, "write-squash").source = WRONG


def strange_ids(book):
    """A check of the student's own under names that look like the released one's."""
    cell(book, "write-squash").source = WRONG
    real = cell(book, "check-squash")
    for name in ("check-squash\u200b", "ｃheck-squash", "check-squash ", "CHECK-SQUASH", "check-\u0441quash"):
        fake = nbformat.from_dict({**real, "source": "2.0", "id": "x"})
        fake["metadata"] = {"nbgrader": {**real.metadata["nbgrader"], "grade_id": name, "points": 50}}
        book.cells.append(fake)
    real.metadata["nbgrader"]["grade_id"] = "check-squash\u0000"


def another_language(book):
    book.metadata["kernelspec"] = {"name": "bash", "display_name": "Bash", "language": "bash"}
    book.metadata["language_info"] = {"name": "bash"}


def nested(book):
    """Metadata as deep as JSON is read at all."""
    book.metadata["deep"] = 1
    text = nbformat.writes(book)
    return text.replace('"deep": 1', '"deep": ' + "[" * 700 + "]" * 700)


def code(text: str):
    return {"write-squash": text}


#: student: (what was changed, name of the outcome, points of 11)
CHEATS = {
    "patches the grader": (code(PATCHED_GRADER + WRONG), "graded", 9),
    "patches numpy": (code(PATCHED_NUMPY + WRONG), "graded", 9),
    "forges outputs": (with_outputs, "graded", 9),
    "looks for the seed": (code(SEED), "graded", 9),
    "looks through frames": (code(FRAMES), "needs a person", 9),
    "writes later": (code(LATER + WRONG), "graded", None),
    "turns the clock back": (code(CLOCK), "time limit", 9),
    "forges the end": (code(FORGED_END + WRONG), "graded", None),
    "forges files": (code(FORGED_FILES + WRONG), "graded", 9),
    "strange ids": (strange_ids, "test cells tampered with", 9),
    "steals the cases": (code(STEALS_CASES), "graded", 9),
    "kills everybody": (code("import os, signal\nos.kill(-1, signal.SIGKILL)\n" + WRONG), None, 9),
    "a long name": (code(f"def squash({'s' * 200_000}):\n    return 1"), "graded", 9),
    "another language": (another_language, "graded", 11),
    "nested": (nested, "graded", 11),
}
#: right, and not as the course writes it
UNUSUAL = {
    "adds up": "power = 0\npower += 2\n" + RIGHT.replace("s**2", "s**power"),
    "under an if": RIGHT + "if False:\n    def squash(s):\n        return s\n",
    "fills a table": "table = {}\ndef fill(t):\n    t['one'] = 1\nfill(table)\n"
    + RIGHT.replace("(1 +", "(table['one'] +"),
    "sets a global": "def set_up():\n    global one\n    one = 1\nset_up()\n"
    + RIGHT.replace("(1 +", "(one +"),
    "sets it anew": "one = 7\ndef set_up():\n    global one\n    one = 1\nset_up()\n"
    + RIGHT.replace("(1 +", "(one +"),
    "another name": "first = [7]\nother = first\nother[0] = 1\n" + RIGHT.replace("(1 +", "(first[0] +"),
    "a class": "class Squash:\n    def n(self, s):\n        return (s**2).sum(axis=-1, keepdims=True)\n"
    "    def __call__(self, s):\n        return s * np.sqrt(self.n(s)) / (1 + self.n(s))\nsquash = Squash()",
    "a decorator": "import functools\n@functools.lru_cache(None)\ndef one():\n    return 1\n"
    + RIGHT.replace("(1 +", "(one() +"),
    "star": "from numpy import *\n" + RIGHT.replace("np.sqrt", "sqrt"),
    "lists": "def squash(s):\n    n = (s**2).sum(axis=-1, keepdims=True)\n"
    "    return (s * np.sqrt(n) / (1 + n)).tolist()",
}


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    room = made(tmp_path_factory.mktemp("cheats") / "room")
    for student, (change, _, _) in CHEATS.items():
        hand_in(room, student, change)
    for student, text in UNUSUAL.items():
        hand_in(room, student, code(text))
    for student, place in (
        ("link", room.source(NAME).parent),
        ("deep link", room.root / "submitted" / "star"),
    ):
        folder = room.submitted(student, NAME) if student == "link" else room.submitted(student, NAME).parent
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.symlink_to(place, target_is_directory=True)
    room.submitted("link to a file", NAME).mkdir(parents=True)
    (room.submitted("link to a file", NAME) / f"{NAME}.ipynb").symlink_to(room.source(NAME))
    room.began = time.monotonic()
    room.graded = {o.student: o for o in grade(room, [NAME], workers=2, limits=QUICK)}
    return room


@pytest.mark.parametrize("student", CHEATS)
def test_no_cheat_earns_more_than_its_right_answers(room, student):
    _, name, points = CHEATS[student]
    outcome = room.graded[student]
    assert outcome.name in (name or outcome.name, name or "graded"), outcome
    if points is not None:  # a wrong function may be right about a vector of zeros
        assert outcome.points == pytest.approx(points, abs=0.8 if points < 11 else 0), outcome
    assert dict(outcome.points_by_exercise)["squash"] <= (2 if points == 11 else 0.8)


@pytest.mark.parametrize("student", UNUSUAL)
def test_a_right_answer_gets_full_marks_however_it_is_written(room, student):
    outcome = room.graded[student]
    assert (outcome.name, outcome.points) == ("graded", 11), outcome


@pytest.mark.parametrize("student", ["link", "deep link", "link to a file"])
def test_a_link_to_the_solutions_or_to_somebody_elses_work_is_nothing(room, student):
    outcome = room.graded[student]
    assert (outcome.name, outcome.points) == ("not a notebook", None), outcome
    assert "link" in " ".join(outcome.notes)


def test_no_case_that_is_hidden_comes_out_in_words(room):
    """A process that is asked about hidden cases says nothing that its author reads."""
    hidden = [
        f"{float(np.ravel(case.args[0])[0]):.6f}" for case in find("squash").cases(room.seed(NAME), True)
    ]
    telling = {number for number in hidden if abs(float(number)) > 1e-3}
    visible = {f"{float(np.ravel(c.args[0])[0]):.6f}" for c in find("squash").cases(0, False)}
    assert telling - visible
    pages = {page.parts[-3]: page.read_text("utf-8") for page in feedback(room, [NAME])}
    assert "STOLEN" in pages["steals the cases"]
    stolen = set(re.findall(r"-?\d+\.\d{6}", pages["steals the cases"]))
    assert stolen >= visible
    assert not stolen & (telling - visible)
    assert "RuntimeError: nowhere" in pages["looks for the seed"]


def test_words_about_an_exercise_have_an_end(room):
    assert room.autograded("a long name", NAME).stat().st_size < 500_000


def test_files_that_a_submission_wrote_are_nowhere(room):
    assert not list(room.root.rglob("x.json"))


def test_what_a_submission_left_running_has_ended(room):
    """The process that slept for ten minutes under another family is gone with its submission."""
    import psutil

    uid = strongest_protection().user
    if uid is None:
        assert os.geteuid() != 0
        return
    theirs = [p for p in psutil.process_iter() if uid <= p.uids().real < uid + 1000]
    assert [p for p in theirs if p.status() != psutil.STATUS_ZOMBIE] == []


def test_all_that_a_user_runs_ends_where_it_could_leave_its_family():
    uid = strongest_protection().user
    if uid is None:
        assert os.geteuid() != 0
        return
    one, other = (
        subprocess.Popen(["/bin/sleep", "600"], user=uid + 900, start_new_session=True) for _ in "ab"
    )
    _kill(one, uid + 900)
    assert one.returncode == other.wait(10) == -9


def test_two_graders_on_one_machine_give_their_submissions_different_users():
    code = "from capslab.classroom.launch_sandbox import UserSlot\n"
    code += "with UserSlot() as n: print(n, flush=True); input()"
    other = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with UserSlot() as one, UserSlot() as two:
        numbers = {one, two, int(other.stdout.readline())}
    other.communicate("\n", timeout=30)
    assert len(numbers) == 3 or sys.platform != "linux"


@pytest.mark.timeout(120)
def test_an_endless_stream_of_output_ends(tmp_path):
    steps = [{"step": 0, "code": "import os\nwhile True: os.write(1, bytes(1 << 16))"}]
    report = run_job({"steps": steps}, Limits(cpu_s=1, wall_s=1), strongest_protection())
    assert report.reason == "time limit"


def test_the_class_is_out_of_sight_wherever_it_lies(tmp_path):
    """Also where a class lies in a folder that Python needs: there it is hidden."""
    from dataclasses import replace

    protection = strongest_protection()
    if "files" not in protection.enforced:
        assert protection.missing
        return
    inner = os.path.join(sys.prefix, "share", "capslab-test-class")
    os.makedirs(inner, exist_ok=True)
    try:
        shutil.copy(__file__, inner)
        steps = [{"step": 0, "answer": f"len(__import__('os').listdir({inner!r}))", "cases": []}]
        gave = [run_job({"steps": steps}, QUICK, one).events[-2]["value"]["value"]
                for one in (protection, replace(protection, hidden=(inner,)))]  # fmt: skip
    finally:
        shutil.rmtree(inner)
    assert gave == [1, 0]
