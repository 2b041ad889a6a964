"""Asking a submission: its cells and the questions about them, run until each has an answer or a reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from capslab.classroom.needed_cells import reads
from capslab.classroom.outcome import DIED, MEMORY, OUTPUT
from capslab.classroom.process_monitor import MEGABYTE, Ended, Limits
from capslab.classroom.sandbox import Protection, run

TRIES = 3  # times as long for a submission that waited rather than computed


@dataclass(frozen=True)
class Question:
    """What is asked of a submission.

    Attributes
    ----------
    exercise : its name.
    place : number of the cell before which it is asked.
    answer : source text of what is asked for, mostly a name.
    cases : arguments of each call.
    """

    exercise: str
    place: int
    answer: str
    cases: list[tuple]


@dataclass
class Plan:
    """Numbered steps of a job: cells by their own numbers, questions by numbers that no cell has."""

    cells: dict[int, str]
    questions: dict[int, Question]

    def steps(self, chosen: set[int], questions: set[int], without: set[int]) -> list[dict[str, Any]]:
        steps: list[tuple[float, dict[str, Any]]] = [
            (n, {"step": n, "code": self.cells[n]}) for n in chosen - without if n in self.cells
        ]
        for number in questions - without:
            one = self.questions[number]
            steps.append((one.place - 0.5, {"step": number, "answer": one.answer, "cases": one.cases}))
        return [step for _, step in sorted(steps, key=lambda pair: pair[0])]


@dataclass
class Heard:
    """What came of asking.

    Attributes
    ----------
    answers : the event that answers each question: of kind "answer", or "raised".
    blamed : why a question has no answer: its time, its memory, its process.
    found : (name of an outcome, words) pairs.
    cpu_s, wall_s, peak_mb : used.
    """

    answers: dict[int, dict[str, Any]] = field(default_factory=dict)
    blamed: dict[int, str] = field(default_factory=dict)
    found: list[tuple[str, str]] = field(default_factory=list)
    cpu_s: float = 0.0
    wall_s: float = 0.0
    peak_mb: float = 0.0


def ask(plan: Plan, slices: dict[int, set[int]], limits: Limits, protection: Protection) -> Heard:
    """Asks the questions that `slices` names, each after the cells it names.

    A step that hangs, takes too much or ends its process is left out in the next attempt, so that
    it costs its own question and no other.
    """
    heard = Heard()
    answers, blamed, found = heard.answers, heard.blamed, heard.found
    without: set[int] = set()
    doubted = False
    for _ in range(2 * len(slices) + 3):
        left = {n for n in slices if n not in answers and n not in blamed}
        if not left:
            break
        chosen = set().union(*(slices[n] for n in left))
        end = run({"steps": plan.steps(chosen, left, without)}, limits, protection)
        heard.cpu_s += end.cpu_s
        heard.wall_s += end.wall_s
        heard.peak_mb = max(heard.peak_mb, end.peak_mb)
        if end.printed > limits.output_mb * MEGABYTE and not any(name == OUTPUT for name, _ in found):
            found.append((OUTPUT, f"It printed {end.printed / MEGABYTE:,.0f} MB."))
        _hear(end, plan, answers)
        if end.why == "done":
            break
        doubtful = end.why == DIED or end.waited or end.step is None
        if doubtful and not doubted:
            doubted, limits = True, limits.times(TRIES) if end.waited else limits
            continue
        if end.step is None or end.step in without:
            blamed |= dict.fromkeys(left - answers.keys(), end.why)
            found.append((end.why, ""))
            break
        without.add(end.step)
        if end.step in plan.questions:
            answers.pop(end.step, None)
            blamed[end.step] = end.why
            found.append((end.why, f"{plan.questions[end.step].exercise}: {end.why}."))
        else:
            found.append((end.why, f"Cell {end.step + 1}: {end.why}."))
            lost = (n for n in left - answers.keys() if _defines(plan, end.step, n))
            blamed |= dict.fromkeys(lost, end.why)
    if any(error.get("type") == "MemoryError" for said in answers.values() for error in errors(said)):
        found.append((MEMORY, "It asked for more memory than there is."))
    return heard


def _defines(plan: Plan, step: int, number: int) -> bool:
    """Whether a cell that cannot run holds the only definition of an answer."""
    return bool(reads(plan.cells[step]).binds & reads(plan.questions[number].answer).wants)


def _hear(end: Ended, plan: Plan, answers: dict[int, dict[str, Any]]) -> None:
    """Adds what a process answered, with the errors of the cells before."""
    failed: dict[Any, Any] = {}
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
            answers[step] = {**event, "cells": dict(failed)}
        elif kind == "raised":
            failed[step] = event.get("error")


def errors(said: Any) -> list[dict[str, Any]]:
    """The exceptions in an answer."""
    if not isinstance(said, dict):
        return []
    found = [said.get("error")]
    results = said.get("results")
    found += (
        [one.get("raised") for one in results if isinstance(one, dict)] if isinstance(results, list) else []
    )
    return [one for one in found if isinstance(one, dict)]
