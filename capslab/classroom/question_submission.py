"""Questions to a submission: its cells run until each question has an answer, or a reason why it has none."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from capslab.classroom.launch_sandbox import Protection, run_job
from capslab.classroom.needed_cells import names_used
from capslab.classroom.outcome import DIED, MEMORY, OUTPUT
from capslab.classroom.watch_process import MEGABYTE, JobReport, Limits

RETRY_FACTOR = 3  # how many times as long a submission gets that waited rather than computed


@dataclass(frozen=True)
class Question:
    """What a submission is asked.

    Attributes
    ----------
    exercise : name of the exercise.
    position : number of the cell before which it is asked.
    answer : source text of what is asked for, usually a function's name.
    cases : the arguments of each call.
    """

    exercise: str
    position: int
    answer: str
    cases: list[tuple]


@dataclass
class JobPlan:
    """The numbered steps of a job: cells by their own numbers, questions by numbers that no cell has."""

    cells: dict[int, str]
    questions: dict[int, Question]

    def steps(self, cells: set[int], questions: set[int], skipped: set[int]) -> list[dict[str, Any]]:
        """The steps to run, in the order of the notebook."""
        steps: list[tuple[float, dict[str, Any]]] = [
            (n, {"step": n, "code": self.cells[n]}) for n in cells - skipped if n in self.cells
        ]
        for number in questions - skipped:
            question = self.questions[number]
            step = {"step": number, "answer": question.answer, "cases": question.cases}
            steps.append((question.position - 0.5, step))
        return [step for _, step in sorted(steps, key=lambda pair: pair[0])]


@dataclass
class Responses:
    """What a submission answered.

    Attributes
    ----------
    answers : for each question, the event that answers it, of kind "answer" or "raised".
    failures : for each question without an answer, the reason: its time, its memory, its process.
    remarks : (name of an outcome, note) pairs.
    cpu_s, wall_s, peak_mb : seconds and megabytes used.
    """

    answers: dict[int, dict[str, Any]] = field(default_factory=dict)
    failures: dict[int, str] = field(default_factory=dict)
    remarks: list[tuple[str, str]] = field(default_factory=list)
    cpu_s: float = 0.0
    wall_s: float = 0.0
    peak_mb: float = 0.0


def ask(plan: JobPlan, needed: dict[int, set[int]], limits: Limits, protection: Protection) -> Responses:
    """Asks the questions that are the keys of `needed`, each after the cells that it needs.

    A step that hangs, takes too much memory or ends its process is skipped in the next attempt, so
    that it costs its own question and no other.
    """
    responses = Responses()
    answers, failures, remarks = responses.answers, responses.failures, responses.remarks
    skipped: set[int] = set()
    retried = False
    for _ in range(2 * len(needed) + 3):
        pending = {n for n in needed if n not in answers and n not in failures}
        if not pending:
            break
        cells = set().union(*(needed[n] for n in pending))
        report = run_job({"steps": plan.steps(cells, pending, skipped)}, limits, protection)
        _add_usage(responses, report, limits)
        _collect_answers(report, plan, answers)
        if report.reason == "done":
            break
        uncertain = report.reason == DIED or report.waited or report.step is None
        if uncertain and not retried:
            retried, limits = True, limits.times(RETRY_FACTOR) if report.waited else limits
            continue
        if report.step is None or report.step in skipped:
            failures |= dict.fromkeys(pending - answers.keys(), report.reason)
            remarks.append((report.reason, ""))
            break
        skipped.add(report.step)
        if report.step in plan.questions:
            answers.pop(report.step, None)
            failures[report.step] = report.reason
            remarks.append((report.reason, f"{plan.questions[report.step].exercise}: {report.reason}."))
        else:
            remarks.append((report.reason, f"Cell {report.step + 1}: {report.reason}."))
            lost = (n for n in pending - answers.keys() if _defines(plan, report.step, n))
            failures |= dict.fromkeys(lost, report.reason)
    if any(error.get("type") == "MemoryError" for event in answers.values() for error in errors(event)):
        remarks.append((MEMORY, "It asked for more memory than there is."))
    return responses


def _add_usage(responses: Responses, report: JobReport, limits: Limits) -> None:
    """Adds what one job used, and a remark where it printed too much."""
    responses.cpu_s += report.cpu_s
    responses.wall_s += report.wall_s
    responses.peak_mb = max(responses.peak_mb, report.peak_mb)
    remarked = any(name == OUTPUT for name, _ in responses.remarks)
    if report.printed > limits.output_mb * MEGABYTE and not remarked:
        responses.remarks.append((OUTPUT, f"It printed {report.printed / MEGABYTE:,.0f} MB."))


def _defines(plan: JobPlan, step: int, number: int) -> bool:
    """Whether a cell that cannot run holds the only definition of an answer."""
    return bool(names_used(plan.cells[step]).binds & names_used(plan.questions[number].answer).uses)


def _collect_answers(report: JobReport, plan: JobPlan, answers: dict[int, dict[str, Any]]) -> None:
    """Adds what a process answered, together with the errors of the cells before."""
    failed: dict[Any, Any] = {}
    current = None
    for event in report.events:
        kind, step = event.get("kind"), event.get("step")
        if kind == "start":
            current = step
        elif step != current:
            continue  # it answers what was not asked
        elif kind == "answer" and step in plan.questions and step not in answers:
            answers[step] = event
        elif kind == "raised" and step in plan.questions and step not in answers:
            answers[step] = {**event, "cells": dict(failed)}
        elif kind == "raised":
            failed[step] = event.get("error")


def errors(event: Any) -> list[dict[str, Any]]:
    """The exceptions in an answer."""
    if not isinstance(event, dict):
        return []
    raised = [event.get("error")]
    results = event.get("results")
    if isinstance(results, list):
        raised += [result.get("raised") for result in results if isinstance(result, dict)]
    return [error for error in raised if isinstance(error, dict)]
