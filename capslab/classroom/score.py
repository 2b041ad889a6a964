"""From a submission to points: which cells run, what each function gives, what that is worth."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from capslab.classroom.answers import answer
from capslab.classroom.needed_cells import LONGEST, doubtful, needed, only, plain, reads, units
from capslab.classroom.outcome import DIED, MEMORY, PERSON, TIME
from capslab.classroom.process_monitor import Limits
from capslab.classroom.run_submission import TRIES, Heard, Plan, Question, ask, errors
from capslab.classroom.sandbox import Protection
from capslab.classroom.submission import Submission
from capslab.course.assignment import checks
from capslab.exercises.core import Exercise
from capslab.exercises.judge import Judgement, judge
from capslab.exercises.registry import find

PEEKS = re.compile(
    r"capslab\.exercises|_reference\b|\.reference\b|getsource|__subclasses__|\bgc\.get_objects"
)
UNSEEN = re.compile(r"import \*|\bexec\(|\bglobals\(\)|\bsetattr\(|run_line_magic")  # binds a name unread
MOST_WORDS = 1500  # letters about one exercise
WORDS = {
    TIME: "It did not come to an end in the time that there is. Does a loop never end?",
    MEMORY: "It needed more memory than there is.",
    DIED: "It ended the process that it ran in.",
}
NO_VERDICT = Judgement(False, 0, 1)


@dataclass
class Marked:
    """What a submission earned.

    Attributes
    ----------
    points : of each exercise.
    words : what the student reads about each exercise; nothing of the hidden cases.
    found : (name of an outcome, words) pairs.
    cpu_s, wall_s, peak_mb : used.
    """

    points: dict[str, float] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    found: list[tuple[str, str]] = field(default_factory=list)
    cpu_s: float = 0.0
    wall_s: float = 0.0
    peak_mb: float = 0.0

    def add(self, heard: Heard, found: bool = True) -> Heard:
        """Adds what asking took, and what was found in it."""
        self.found += heard.found if found else []
        self.cpu_s, self.wall_s = self.cpu_s + heard.cpu_s, self.wall_s + heard.wall_s
        self.peak_mb = max(self.peak_mb, heard.peak_mb)
        return heard


@dataclass(frozen=True)
class Judged:
    """An exercise's answer on the visible cases and on the hidden ones; `why` it has none."""

    exercise: Exercise
    visible: Judgement = NO_VERDICT
    hidden: Judgement = NO_VERDICT
    why: str = ""

    @property
    def points(self) -> float:
        return 0.0 if self.why else self.exercise.earned(self.hidden.passed, self.hidden.total)

    @property
    def right(self) -> bool:
        return not self.why and self.visible.complete and self.hidden.complete


def mark(submission: Submission, seed: int, limits: Limits, protection: Protection) -> Marked:
    """Asks a submission what its functions give, and judges that.

    An exercise that is not right is asked again in two cases. Where reading may not have found all
    that it depends on, everything before it is run, as a person would. And what its author reads
    about it comes from a process that never held a hidden case: an exception's text, for one, could
    carry them out.

    Parameters
    ----------
    submission : restored; see `submission.restored`.
    seed : of the hidden cases.
    """
    book, marked = submission.book, Marked()
    cells = {i: plain(c.source) for i, c in enumerate(book.cells) if c.cell_type == "code"}
    for place in submission.places.values():
        cells.pop(place, None)
    exercises = {n: find(name) for n, name in enumerate(submission.places, start=len(book.cells))}
    questions = {}
    for n, exercise in exercises.items():
        place = submission.places[exercise.name]
        asked = next(c.answer for c in checks(book.cells[place].source) if c.exercise == exercise.name)
        questions[n] = Question(exercise.name, place, asked, [*_visible(exercise), *_hidden(exercise, seed)])
    parts = units(cells)
    chosen = {n: needed(parts, one.place, one.answer) for n, one in questions.items()}
    thin = Plan(only(cells, [parts[i] for i in sorted(set().union(*chosen.values()))]), questions)
    whole = Plan(cells, questions)
    plans = {n: (thin, {parts[i].cell for i in chosen[n]}) for n in questions}

    heard = marked.add(ask(thin, {n: used for n, (_, used) in plans.items()}, limits, protection))
    judged = {n: _judged(exercises[n], heard, n, seed) for n in questions}
    doubted = {n: {i for i in cells if i < questions[n].place} for n, one in judged.items()
               if not one.right and not one.why
               and (doubtful(parts, chosen[n], questions[n].place)
                    or _missing(heard.answers.get(n), cells, questions[n].place))}  # fmt: skip
    if doubted:
        again = ask(whole, doubted, limits.times(TRIES), protection)
        now = {n: _judged(exercises[n], again, n, seed) for n in doubted}
        better = {n for n, one in now.items() if one.points >= judged[n].points and not one.why}
        judged |= {n: now[n] for n in better}
        plans |= {n: (whole, doubted[n]) for n in better}
        marked.add(again, found=bool(better))
    said = {n: _words(one) for n, one in judged.items() if one.right or one.why}
    for plan in (thin, whole):
        shown = {n: used for n, (its, used) in plans.items() if its is plan and n not in said}
        if shown:
            seen = {n: replace(questions[n], cases=_visible(exercises[n])) for n in shown}
            heard = ask(Plan(plan.cells, seen), shown, limits.times(TRIES), protection)
            said |= {n: _words(judged[n], heard.answers.get(n), heard.blamed.get(n)) for n in shown}
    for n, exercise in exercises.items():
        marked.points[exercise.name] = judged[n].points
        marked.words[exercise.name] = said[n].encode("utf-8", "replace").decode()[:MOST_WORDS]
    if any(PEEKS.search(text) for text in thin.cells.values()):
        marked.found.append((PERSON, "Its code looks for the reference solutions; it found none here."))
    return marked


def _visible(exercise: Exercise) -> list[tuple]:
    return [case.args for case in exercise.cases(0, False)]


def _hidden(exercise: Exercise, seed: int) -> list[tuple]:
    return [case.args for case in exercise.cases(seed, True)]


def _missing(said: Any, cells: dict[int, str], place: int) -> bool:
    """Whether a name was missing that a cell before binds, or may bind in a way that reading does not see."""
    names = {error.get("missing") for error in errors(said)} - {None, ""}
    before = [text for n, text in cells.items() if n < place]
    return bool(names) and any(
        len(text) > LONGEST or UNSEEN.search(text) or names & reads(text).binds for text in before
    )


def _judged(exercise: Exercise, heard: Heard, n: int, seed: int) -> Judged:
    """What an answer is worth."""
    if n in heard.blamed:
        return Judged(exercise, why=heard.blamed[n])
    said, first = heard.answers.get(n, {}), len(_visible(exercise))
    return Judged(
        exercise, _verdict(exercise, said, 0, first, 0), _verdict(exercise, said, first, 10**6, seed, True)
    )


def _verdict(
    exercise: Exercise, said: dict[str, Any], first: int, many: int, seed: int, hard: bool = False
) -> Judgement:
    """The verdict on what was given for some of the cases."""
    if said.get("kind") != "answer":
        return NO_VERDICT
    try:
        return judge(exercise, answer(said, first, many), seed, hard)
    except Exception:  # whatever was forged: no honest process says it
        return Judgement(True, 0, 1, "What it gives cannot be read.")


def _words(judged: Judged, said: dict[str, Any] | None = None, why: str | None = None) -> str:
    """Words about one exercise.

    Parameters
    ----------
    said, why : its answer, or why there is none, where only the visible cases were known.
    """
    exercise, points, hidden = judged.exercise, judged.points, judged.hidden
    head = f"{points:g} of {exercise.points} point{'s' * (exercise.points != 1)}."
    if judged.right:
        return f"{head} All visible checks passed, and all further ones."
    if reason := judged.why or why:
        return f"{head} {WORDS.get(reason, '')}".strip()
    if said is None or said.get("kind") != "answer":
        return f"{head} {_no_answer(said or {})}"
    visible = _verdict(exercise, said, 0, 10**6, 0)
    if not visible.complete:
        count = f"{visible.passed} of {visible.total} visible checks passed. " if visible.attempted else ""
        return f"{head} {count}{visible.message}"
    if hidden.mistake:
        return f"{head} All visible checks passed, not all further ones. {hidden.message}"
    return (
        f"{head} All visible checks passed, but {hidden.total - hidden.passed} of {hidden.total} further "
        "ones did not: they use other numbers and rarer situations."
    )


def _no_answer(said: dict[str, Any]) -> str:
    """Why there is nothing to judge."""
    cells = said.get("cells")
    for error in cells.values() if isinstance(cells, dict) else ():
        if isinstance(error, dict) and error.get("type") in ("SyntaxError", "IndentationError", "TabError"):
            number = error.get("number")
            where = f" in line {number}" if isinstance(number, int) else ""
            return f"Python cannot read the cell: {str(error.get('text'))[:200]}{where}."
    error = said.get("error")
    if isinstance(error, dict):
        return f"{str(error.get('type'))[:80]}: {str(error.get('text'))[:200]}."
    return "There is no answer."
