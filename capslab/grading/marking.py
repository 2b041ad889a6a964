"""From a submission to points: which cells run, what each function gives, what that is worth."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from capslab.course.assignment import checks
from capslab.exercises.core import Exercise
from capslab.exercises.judge import judge
from capslab.exercises.registry import find
from capslab.grading.outcome import DIED, MEMORY, OUTPUT, PERSON, TIME
from capslab.grading.replay import Unreadable, answer
from capslab.grading.sandbox import MEGABYTE, Ended, Limits, Protection, run
from capslab.grading.slicing import LONGEST, needed, only, plain, reads, units
from capslab.grading.submission import Submission

TRIES = 3  # times as long for a submission that waited rather than computed
PEEKS = re.compile(
    r"capslab\.exercises|_reference\b|\.reference\b|getsource|__subclasses__|\bgc\.get_objects"
)
UNSEEN = re.compile(r"import \*|\bexec\(|\bglobals\(\)|\bsetattr\(|run_line_magic")  # binds a name unread
WORDS = {
    TIME: "It did not come to an end in the time that there is. Does a loop never end?",
    MEMORY: "It needed more memory than there is.",
    DIED: "It ended the process that it ran in.",
}


@dataclass
class Marked:
    """What a submission earned.

    Attributes
    ----------
    points : of each exercise.
    words : what the student reads about each exercise; nothing of the hidden cases.
    found : (name of an outcome, words) pairs.
    seconds, peak_mb : used.
    """

    points: dict[str, float] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    found: list[tuple[str, str]] = field(default_factory=list)
    seconds: float = 0.0
    peak_mb: float = 0.0


@dataclass
class Plan:
    """Numbered steps of a job: cells first by their own numbers, questions by numbers of their own."""

    cells: dict[int, str]
    questions: dict[int, tuple[str, int, str, list[tuple]]]  # number: exercise, place, answer, cases

    def steps(self, chosen: set[int], questions: set[int], without: set[int]) -> list[dict[str, Any]]:
        steps: list[tuple[float, dict[str, Any]]] = [
            (n, {"step": n, "code": self.cells[n]}) for n in chosen - without if n in self.cells
        ]
        for number in questions - without:
            _, place, asked, cases = self.questions[number]
            steps.append((place - 0.5, {"step": number, "answer": asked, "cases": cases}))
        return [step for _, step in sorted(steps, key=lambda pair: pair[0])]


def mark(submission: Submission, seed: int, limits: Limits, protection: Protection) -> Marked:
    """Asks a submission what its functions give, and judges that.

    A cell or function that hangs, takes too much or ends its process is left out in the next
    attempt, so that it costs its own exercise and no other.

    Parameters
    ----------
    submission : restored; see `submission.restored`.
    seed : of the hidden cases.
    """
    book, marked = submission.book, Marked()
    cells = {i: plain(c.source) for i, c in enumerate(book.cells) if c.cell_type == "code"}
    for place in submission.places.values():
        cells.pop(place, None)
    exercises = {name: find(name) for name in submission.places}
    questions = {}
    for number, (name, place) in enumerate(submission.places.items(), start=len(book.cells)):
        asked = next(c.answer for c in checks(book.cells[place].source) if c.exercise == name)
        questions[number] = (name, place, asked, _cases(exercises[name], seed))
    parts = units(cells)
    slices, kept = {}, set()
    for n, (_, place, asked, _) in questions.items():
        chosen = needed(parts, place, asked)
        kept |= chosen
        slices[n] = {parts[i].cell for i in chosen}
    plan = Plan(only(cells, [parts[i] for i in sorted(kept)]), questions)
    answers, blamed = _asked(plan, slices, limits, protection, marked)
    whole = Plan(cells, questions)
    lost = {n for n in questions if n not in blamed and _lost(answers.get(n), whole, n)}
    if lost:  # reading did not find what it needs: run everything before it, as a person would
        everything = {n: {i for i in cells if i < questions[n][1]} for n in lost}
        again, more_blamed = _asked(whole, everything, limits.times(TRIES), protection, marked)
        answers |= {n: said for n, said in again.items() if said.get("kind") == "answer"}
        blamed |= {n: why for n, why in more_blamed.items() if n in lost and n not in answers}
    for number, (name, *_) in questions.items():
        said = answers.get(number, {})
        points, words = _judged(exercises[name], said, seed, blamed.get(number))
        marked.points[name], marked.words[name] = points, words.encode("utf-8", "replace").decode()
    if any(PEEKS.search(text) for text in plan.cells.values()):
        marked.found.append((PERSON, "Its code looks for the reference solutions; it found none here."))
    return marked


def _cases(exercise: Exercise, seed: int) -> list[tuple]:
    return [case.args for case in (*exercise.cases(0, False), *exercise.cases(seed, True))]


def _asked(
    plan: Plan, slices: dict[int, set[int]], limits: Limits, protection: Protection, marked: Marked
) -> tuple[dict[int, dict[str, Any]], dict[int, str]]:
    """What each question was answered, and which have no answer for which reason."""
    answers: dict[int, dict[str, Any]] = {}
    blamed: dict[int, str] = {}
    without: set[int] = set()
    doubted = False
    for _ in range(2 * len(slices) + 3):
        open_ = {n for n in slices if n not in answers and n not in blamed}
        if not open_:
            break
        chosen = set().union(*(slices[n] for n in open_))
        end = run({"steps": plan.steps(chosen, open_, without)}, limits, protection)
        marked.seconds += end.cpu_s
        marked.peak_mb = max(marked.peak_mb, end.peak_mb)
        if end.printed > limits.output_mb * MEGABYTE and not any(n == OUTPUT for n, _ in marked.found):
            marked.found.append((OUTPUT, f"It printed {end.printed / MEGABYTE:,.0f} MB."))
        _heard(end, plan, answers)
        if end.why == "done":
            break
        doubtful = end.why == DIED or end.waited or end.step is None
        if doubtful and not doubted:
            doubted, limits = True, limits.times(TRIES) if end.waited else limits
            continue
        if end.step is None or end.step in without:
            blamed |= dict.fromkeys(open_ - answers.keys(), end.why)
            marked.found.append((end.why, ""))
            break
        without.add(end.step)
        if end.step in plan.questions:
            answers.pop(end.step, None)
            blamed[end.step] = end.why
            marked.found.append((end.why, f"{plan.questions[end.step][0]}: {end.why}."))
        else:
            marked.found.append((end.why, f"Cell {end.step + 1}: {end.why}."))
            lost = (n for n in open_ - answers.keys() if _defines(plan, end.step, n))
            blamed |= dict.fromkeys(lost, end.why)
    for said in answers.values():
        if _memory_error(said):
            marked.found.append((MEMORY, "It asked for more memory than there is."))
            break
    return answers, blamed


def _defines(plan: Plan, step: int, number: int) -> bool:
    """Whether a cell that cannot run holds the only definition of an answer."""
    return bool(reads(plan.cells[step]).binds & reads(plan.questions[number][2]).wants)


def _heard(end: Ended, plan: Plan, answers: dict[int, dict[str, Any]]) -> None:
    """Adds what a process answered, with the errors of the cells before."""
    errors: dict[Any, Any] = {}
    asked = None
    for event in end.events:
        kind, step = event.get("kind"), event.get("step")
        if kind == "start":
            asked = step
        elif step != asked:
            continue  # an answer to what was not asked
        elif kind == "answer" and step in plan.questions and step not in answers:
            answers[step] = event
        elif kind == "raised" and step in plan.questions and step not in answers:
            answers[step] = {**event, "cells": dict(errors)}
        elif kind == "raised":
            errors[step] = event.get("error")


def _errors(said: Any) -> list[dict[str, Any]]:
    """The exceptions in an answer."""
    if not isinstance(said, dict):
        return []
    found = [said.get("error")]
    results = said.get("results")
    found += (
        [one.get("raised") for one in results if isinstance(one, dict)] if isinstance(results, list) else []
    )
    return [one for one in found if isinstance(one, dict)]


def _memory_error(said: Any) -> bool:
    return any(error.get("type") == "MemoryError" for error in _errors(said))


def _lost(said: Any, plan: Plan, number: int) -> bool:
    """Whether a name was missing that a cell before may bind in a way that reading does not see."""
    before = [text for n, text in plan.cells.items() if n < plan.questions[number][1]]
    unseen = any(len(text) > LONGEST or UNSEEN.search(text) for text in before)
    return unseen and any(error.get("missing") for error in _errors(said))


def _judged(exercise: Exercise, said: dict[str, Any], seed: int, why: str | None) -> tuple[float, str]:
    """Points of one exercise, and words about it."""
    most = f"of {exercise.points} point{'s' * (exercise.points != 1)}"
    if why is not None:
        return 0.0, f"0 {most}. {WORDS.get(why, '')}".strip()
    if said.get("kind") != "answer":
        return 0.0, f"0 {most}. {_no_answer(said)}"
    shown = len(exercise.cases(0, False))
    try:
        visible = judge(exercise, answer(said, 0, shown), 0, False)
        hidden = judge(exercise, answer(said, shown, 10**6), seed, True)
    except (Unreadable, TypeError, ValueError):
        return 0.0, f"0 {most}. What it gives cannot be read."
    points = exercise.earned(hidden.passed, hidden.total)
    head = f"{points:g} {most}."
    if hidden.complete and visible.complete:
        return points, f"{head} All visible checks passed, and all further ones."
    if not visible.complete:
        count = f"{visible.passed} of {visible.total} visible checks passed. " if visible.attempted else ""
        return points, f"{head} {count}{visible.message}"
    if hidden.mistake:
        return points, f"{head} All visible checks passed, not all further ones. {hidden.message}"
    return points, (
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
