"""From a submission to points: which cells run, what each function returns, and what that is worth."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from capslab.classroom.decode_answers import replayed_answer
from capslab.classroom.launch_sandbox import Protection
from capslab.classroom.needed_cells import (
    MAX_PARSED,
    Statement,
    as_python,
    keep_statements,
    may_miss_changes,
    names_used,
    needed_statements,
    split_statements,
)
from capslab.classroom.outcome import DIED, MEMORY, PERSON, TIME
from capslab.classroom.question_submission import RETRY_FACTOR, JobPlan, Question, Responses, ask, errors
from capslab.classroom.score_guesses import GUESSES
from capslab.classroom.submission import Submission
from capslab.classroom.watch_process import Limits
from capslab.course.make_assignment import checks
from capslab.exercises.exercise import Exercise
from capslab.exercises.judge_answer import Judgement, judge
from capslab.exercises.registry import find

#: code that looks for the reference solutions
SEARCHES = re.compile(
    r"capslab\.exercises|_reference\b|\.reference\b|getsource|__subclasses__|\bgc\.get_objects"
)
#: code that may bind a name in a way that parsing does not see
HIDDEN_BINDING = re.compile(r"import \*|\bexec\(|\bglobals\(\)|\bsetattr\(|run_line_magic")
MAX_MESSAGE = 1500  # characters about one exercise
FAILURES = {
    TIME: "It did not finish within the time limit. Is there a loop that never ends?",
    MEMORY: "It needed more memory than the limit allows.",
    DIED: "It ended the process in which it ran.",
}
NO_VERDICT = Judgement(False, 0, 1)


@dataclass
class Score:
    """What a submission earned.

    Attributes
    ----------
    points : points of each exercise.
    messages : what the student reads about each exercise; nothing in them comes from the hidden cases.
    remarks : (name of an outcome, note) pairs.
    cpu_s, wall_s, peak_mb : seconds and megabytes used.
    """

    points: dict[str, float] = field(default_factory=dict)
    messages: dict[str, str] = field(default_factory=dict)
    remarks: list[tuple[str, str]] = field(default_factory=list)
    cpu_s: float = 0.0
    wall_s: float = 0.0
    peak_mb: float = 0.0

    def add(self, responses: Responses, with_remarks: bool = True) -> None:
        """Adds what asking used, and what was noticed."""
        self.remarks += responses.remarks if with_remarks else []
        self.cpu_s, self.wall_s = self.cpu_s + responses.cpu_s, self.wall_s + responses.wall_s
        self.peak_mb = max(self.peak_mb, responses.peak_mb)


@dataclass(frozen=True)
class JudgedAnswer:
    """An exercise's answer, judged on the visible and on the hidden cases; or why there is none."""

    exercise: Exercise
    visible: Judgement = NO_VERDICT
    hidden: Judgement = NO_VERDICT
    failure: str = ""

    @property
    def points(self) -> float:
        return 0.0 if self.failure else self.exercise.earned(self.hidden.passed, self.hidden.total)

    @property
    def correct(self) -> bool:
        return not self.failure and self.visible.complete and self.hidden.complete


class Scoring:
    """The work on one submission, step by step; see `score_submission`.

    Attributes
    ----------
    cells : source of each code cell by its number, checks left out.
    exercises, questions : of each graded exercise, by a number that no cell has.
    plans : for each question, the plan in which it was last asked, and the numbers of the cells it needs.
    judged : the answer to each question.
    """

    def __init__(self, submission: Submission, seed: int, limits: Limits, protection: Protection) -> None:
        self.seed, self.limits, self.protection, self.score = seed, limits, protection, Score()
        cells = submission.book.cells
        self.cells = {i: as_python(cell.source) for i, cell in enumerate(cells) if cell.cell_type == "code"}
        for position in submission.check_positions.values():
            self.cells.pop(position, None)
        names = [name for name in submission.check_positions if name != GUESSES]
        self.exercises = {n: find(name) for n, name in enumerate(names, start=len(cells))}
        self.questions: dict[int, Question] = {}
        for n, exercise in self.exercises.items():
            position = submission.check_positions[exercise.name]
            named = [c.answer for c in checks(cells[position].source) if c.exercise == exercise.name]
            cases = [*_visible_cases(exercise), *_hidden_cases(exercise, seed)]
            self.questions[n] = Question(exercise.name, position, named[0], cases)
        self.statements: list[Statement] = split_statements(self.cells)
        self.needed = {n: needed_statements(self.statements, q.position, q.answer)
                       for n, q in self.questions.items()}  # fmt: skip
        kept = [self.statements[i] for i in sorted(set().union(*self.needed.values()))]
        self.needed_only = JobPlan(keep_statements(self.cells, kept), self.questions)
        self.everything = JobPlan(self.cells, self.questions)
        self.plans = {n: (self.needed_only, {self.statements[i].cell for i in self.needed[n]})
                      for n in self.questions}  # fmt: skip
        self.judged: dict[int, JudgedAnswer] = {}

    def ask_needed(self) -> None:
        """Asks every question after the statements that it needs."""
        needed = {n: cells for n, (_, cells) in self.plans.items()}
        responses = ask(self.needed_only, needed, self.limits, self.protection)
        self.score.add(responses)
        self.judged = {n: self._judge(n, responses) for n in self.questions}
        self.doubtful = {
            n: {i for i in self.cells if i < self.questions[n].position}
            for n, answer in self.judged.items()
            if not answer.correct and not answer.failure and self._may_need_more(n, responses.answers.get(n))
        }

    def _may_need_more(self, n: int, event: Any) -> bool:
        """Whether an answer may depend on more than parsing found."""
        position = self.questions[n].position
        return may_miss_changes(self.statements, self.needed[n], position) or _misses_a_name(
            event, self.cells, position
        )

    def ask_after_everything(self) -> None:
        """Asks doubtful questions again after all cells before them, as a person would run the notebook."""
        if not self.doubtful:
            return
        limits = self.limits.times(RETRY_FACTOR)
        responses = ask(self.everything, self.doubtful, limits, self.protection)
        judged = {n: self._judge(n, responses) for n in self.doubtful}
        better = {n for n, one in judged.items() if one.points >= self.judged[n].points and not one.failure}
        self.judged |= {n: judged[n] for n in better}
        self.plans |= {n: (self.everything, self.doubtful[n]) for n in better}
        self.score.add(responses, with_remarks=bool(better))

    def write_messages(self) -> None:
        """Writes what the student reads, from processes that never held a hidden case."""
        messages = {n: _message(one) for n, one in self.judged.items() if one.correct or one.failure}
        limits = self.limits.times(RETRY_FACTOR)
        for plan in (self.needed_only, self.everything):
            needed = {n: cells for n, (its, cells) in self.plans.items() if its is plan and n not in messages}
            if needed:
                visible = {n: replace(self.questions[n], cases=_visible_cases(self.exercises[n]))
                           for n in needed}  # fmt: skip
                responses = ask(JobPlan(plan.cells, visible), needed, limits, self.protection)
                messages |= {n: _message(self.judged[n], responses.answers.get(n), responses.failures.get(n))
                             for n in needed}  # fmt: skip
        for n, exercise in self.exercises.items():
            self.score.points[exercise.name] = self.judged[n].points
            text = messages[n].encode("utf-8", "replace").decode()
            self.score.messages[exercise.name] = text[:MAX_MESSAGE]
        if any(SEARCHES.search(text) for text in self.needed_only.cells.values()):
            self.score.remarks.append(
                (PERSON, "Its code looks for the reference solutions; they are not there.")
            )

    def _judge(self, n: int, responses: Responses) -> JudgedAnswer:
        """What the answer to a question is worth."""
        exercise = self.exercises[n]
        if n in responses.failures:
            return JudgedAnswer(exercise, failure=responses.failures[n])
        event, first = responses.answers.get(n, {}), len(_visible_cases(exercise))
        return JudgedAnswer(
            exercise,
            _verdict(exercise, event, 0, first, 0),
            _verdict(exercise, event, first, 10**6, self.seed, True),
        )


def score_submission(submission: Submission, seed: int, limits: Limits, protection: Protection) -> Score:
    """Asks a submission what its functions return, and judges that.

    An exercise that is not correct is asked again in two cases. First, parsing may not have found
    everything that it depends on; then all cells before it are run. Second, what the student reads about
    it has to come from a process that never held a hidden case, because the text of an exception, for
    example, could carry such a case out.

    Parameters
    ----------
    submission : after `restore_locked_cells`.
    seed : of the hidden cases.
    """
    scoring = Scoring(submission, seed, limits, protection)
    scoring.ask_needed()
    scoring.ask_after_everything()
    scoring.write_messages()
    return scoring.score


def _visible_cases(exercise: Exercise) -> list[tuple]:
    return [case.args for case in exercise.cases(0, False)]


def _hidden_cases(exercise: Exercise, seed: int) -> list[tuple]:
    return [case.args for case in exercise.cases(seed, True)]


def _misses_a_name(event: Any, cells: dict[int, str], position: int) -> bool:
    """Whether a name was missing that an earlier cell binds, or may bind unseen by parsing."""
    missing = {error.get("missing") for error in errors(event)} - {None, ""}
    before = [text for n, text in cells.items() if n < position]
    return bool(missing) and any(
        len(text) > MAX_PARSED or HIDDEN_BINDING.search(text) or missing & names_used(text).binds
        for text in before
    )


def _verdict(
    exercise: Exercise, event: dict[str, Any], first: int, count: int, seed: int, hard: bool = False
) -> Judgement:
    """The verdict on what was returned for some of the cases."""
    if event.get("kind") != "answer":
        return NO_VERDICT
    try:
        return judge(exercise, replayed_answer(event, first, count), seed, hard)
    except Exception:  # whatever was forged: no honest process sends it
        return Judgement(True, 0, 1, "What it returns cannot be read.")


def _message(judged: JudgedAnswer, event: dict[str, Any] | None = None, failure: str | None = None) -> str:
    """What the student reads about one exercise.

    Parameters
    ----------
    event, failure : the answer, or why there is none, of a process that held the visible cases only.
    """
    exercise, points, hidden = judged.exercise, judged.points, judged.hidden
    head = f"{points:g} of {exercise.points} point{'s' * (exercise.points != 1)}."
    if judged.correct:
        return f"{head} All visible checks and all hidden checks passed."
    if reason := judged.failure or failure:
        return f"{head} {FAILURES.get(reason, '')}".strip()
    if event is None or event.get("kind") != "answer":
        return f"{head} {_no_answer(event or {})}"
    visible = _verdict(exercise, event, 0, 10**6, 0)
    if not visible.complete:
        count = f"{visible.passed} of {visible.total} visible checks passed. " if visible.attempted else ""
        return f"{head} {count}{visible.message}"
    if hidden.mistake:
        return f"{head} All visible checks passed, but not all hidden ones. {hidden.message}"
    return (
        f"{head} All visible checks passed, but {hidden.total - hidden.passed} of {hidden.total} hidden "
        "ones did not. They use other numbers and rarer situations."
    )


def _no_answer(event: dict[str, Any]) -> str:
    """Why there is nothing to judge."""
    cells = event.get("cells")
    for error in cells.values() if isinstance(cells, dict) else ():
        if isinstance(error, dict) and error.get("type") in ("SyntaxError", "IndentationError", "TabError"):
            number = error.get("number")
            where = f" in line {number}" if isinstance(number, int) else ""
            return f"Python cannot read the cell: {str(error.get('text'))[:200]}{where}."
    error = event.get("error")
    if isinstance(error, dict):
        return f"{str(error.get('type'))[:80]}: {str(error.get('text'))[:200]}."
    return "There is no answer."
