"""A learner's guesses, in a small file beside the one with the progress; the first guess is kept."""

from __future__ import annotations

import contextlib
import json
import os
import time
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any, Protocol
from weakref import WeakSet

from capslab.errors import ArgumentError, Verbatim, unknown_name
from capslab.exercises.guess_question import GuessQuestion, quoted
from capslab.exercises.progress_record import Record, locked, write_whole

VERSION = 1


@dataclass(frozen=True)
class Guess:
    """What is known about one question.

    Attributes
    ----------
    question : the question, as it was asked.
    lesson : the lesson that it belongs to ("01"), or "".
    answer : the first guess as plain data (see `GuessQuestion.answer`); None if there is none.
    seen : whether the truth was uncovered before a guess was made.
    truth : what came, as plain data; None until it is revealed. more : what the lesson says about it.
    asked : when it was asked last, in seconds since 1970.
    """

    question: GuessQuestion
    lesson: str = ""
    answer: Any = None
    seen: bool = False
    truth: Any = None
    more: str = ""
    asked: float = 0.0

    def plain(self) -> dict[str, Any]:
        """The guess as plain data, for the file."""
        rest = {name: getattr(self, name) for name in ("lesson", "answer", "seen", "truth", "more", "asked")}
        return {"question": self.question.plain(), **rest}


class Watcher(Protocol):
    """Whoever wants to hear that a guess was made or a truth uncovered: the views."""

    def guess_changed(self, guess: Guess) -> None: ...


@dataclass(eq=False)
class GuessRecord:
    """All guesses, read again before every use and written after every change.

    If the folder cannot be written, they last as long as the kernel does, and `note` says so. What the file
    holds and we do not understand stays in it.

    Attributes
    ----------
    places : where in this kernel each question was asked, by name; None if that cannot be known.
    current : the version that was asked last in this kernel, by name.
    given : names of the questions of this kernel whose answer stands in their cell.
    """

    memory: dict[tuple[str, str], Guess] = field(default_factory=dict)
    note: str = ""
    places: dict[str, Any] = field(default_factory=dict)
    current: dict[str, str] = field(default_factory=dict)
    given: set[str] = field(default_factory=set)
    watchers: WeakSet[Any] = field(default_factory=WeakSet)

    @staticmethod
    def path() -> Path:
        """`guesses.json` beside the file with the progress."""
        progress = Record.path()
        same = progress.stem == "progress"
        return progress.with_name("guesses.json" if same else f"{progress.stem}-guesses.json")

    def ask(self, question: GuessQuestion, lesson: str, place: Any) -> tuple[Guess, bool]:
        """Notes that a question is asked; returns what is known, and whether an older wording was answered.

        Raises
        ------
        ArgumentError : if another cell of this kernel asks something else under the same name.
        """
        name, version = question.name, question.version
        before = self.places.get(name)
        if place is not None and before not in (None, place) and self.current.get(name) != version:
            other = self.memory[name, self.current[name]].question.text
            free = next(one for n in count(2) if (one := f"{name}_{n}") not in self.places)
            step = f"Try {quoted(free)}."
            received = Verbatim(f"{name!r}, under which another cell asks “{other}”")
            raise ArgumentError("name", "a name of its own for each question", received, step)
        self.places[name], self.current[name] = place, version
        known = self._of(name)
        changed = version not in known and any(one.answer is not None for one in known.values())
        guess = known.get(version, Guess(question))
        guess = replace(guess, lesson=lesson or guess.lesson, asked=time.time())
        self._save(guess)
        return guess, changed

    def find(self, name: Any) -> Guess:
        """The question of that name that was asked last.

        Raises
        ------
        ArgumentError : if there is none; similar names get a hint.
        """
        known = self._of(name) if isinstance(name, str) else {}
        if not known:
            names = list(dict.fromkeys(one for one, _ in self.memory))
            if not names:
                step = "Run the cell with cl.guess first."
                raise ArgumentError("name", "the name of a question that cl.guess has asked", name, step)
            step = "Run the cell with cl.guess first." if isinstance(name, str) else ""
            raise unknown_name("name", name, names, step)
        return self._newest(name, known)

    def _newest(self, name: str, known: dict[str, Guess]) -> Guess:
        """The wording that was asked last, in this kernel if it was asked here."""
        version = self.current.get(name)
        return known[version] if version in known else max(known.values(), key=lambda one: one.asked)

    def now(self, question: GuessQuestion) -> Guess:
        """What is known about a question."""
        return self._of(question.name).get(question.version, Guess(question))

    def keep(self, question: GuessQuestion, answer: Any) -> Guess:
        """Keeps a guess, unless there is one already; returns the one that counts.

        Parameters
        ----------
        answer : plain data, as `question.answer` makes it.
        """
        guess = self.now(question)
        if guess.answer is None:
            guess = replace(guess, answer=answer)
            self._save(guess)
        self._tell(guess)
        return guess

    def look(self, question: GuessQuestion) -> None:
        """Notes that somebody wanted to see the truth."""
        guess = self.now(question)
        if guess.answer is None and not guess.seen:
            guess = replace(guess, seen=True)
            self._save(guess)
        self._tell(guess)

    def reveal(self, question: GuessQuestion, truth: Any, more: str) -> Guess:
        """Notes the truth, as `question.truth` makes it, and what the lesson says about it."""
        guess = replace(self.now(question), truth=truth, more=more)
        self._save(guess)
        self._tell(guess)
        return guess

    def adopt(self, lesson: str) -> None:
        """Questions of this kernel whose lesson nobody named belong to this one."""
        for name, version in self.current.items():
            guess = self._of(name).get(version)
            if guess is not None and not guess.lesson:
                self._save(replace(guess, lesson=lesson))

    def all(self) -> list[Guess]:
        """Every question, in the order in which they were first written down; the newest wording of each."""
        self._refresh()
        named: dict[str, dict[str, Guess]] = {}
        for (name, version), guess in self.memory.items():
            named.setdefault(name, {})[version] = guess
        return [self._newest(name, known) for name, known in named.items()]

    def _tell(self, guess: Guess) -> None:
        for watcher in list(self.watchers):
            watcher.guess_changed(guess)

    def _of(self, name: str) -> dict[str, Guess]:
        self._refresh()
        return {version: one for (own, version), one in self.memory.items() if own == name}

    def _refresh(self) -> None:
        guesses, _ = self._read()
        self.memory.update(guesses)

    def _save(self, guess: Guess) -> None:
        key = guess.question.name, guess.question.version
        path = self.path()
        with locked(path):
            guesses, content = self._read()
            self.memory.update(guesses)
            self.memory[key] = guess
            if content is None:
                return  # the file is of a newer capslab, and stays as it is
            for (name, version), one in self.memory.items():
                content.setdefault(name, {})[version] = one.plain()
            try:
                write_whole(path, {"version": VERSION, "guesses": content})
            except OSError as error:
                self.note = (
                    f"Your guesses will be lost when the kernel stops, because {path.parent} cannot be "
                    f"written ({error.strerror}). To keep them, set CAPSLAB_HOME to a folder of your own."
                )

    def _read(self) -> tuple[dict[tuple[str, str], Guess], dict[str, Any] | None]:
        """The guesses in the file, and all that it holds; None in its place if we must not write the file."""
        path = self.path()
        try:
            content = json.loads(path.read_text("utf-8"))
            if content["version"] > VERSION:
                self.note = (
                    f"{path.name} was written by a newer capslab, so it is left as it is. Your guesses last "
                    "until the kernel stops."
                )
                return {}, None
            named = {name: dict(versions) for name, versions in content["guesses"].items()}
        except (FileNotFoundError, NotADirectoryError):
            return {}, {}
        except OSError as error:
            self.note = f"Your guesses in {path} cannot be read ({error.strerror})."
            return {}, {}
        except (ValueError, KeyError, TypeError, AttributeError):
            with contextlib.suppress(OSError):
                os.replace(path, path.with_suffix(".damaged"))
            self.note = f"The file with your guesses was damaged. It is kept as {path.stem}.damaged."
            return {}, {}
        guesses = {}
        for name, versions in named.items():
            for version, values in versions.items():
                guess = _guess(values)
                if guess is not None and (guess.question.name, guess.question.version) == (name, version):
                    guesses[name, version] = guess
        return guesses, named


def _guess(values: Any) -> Guess | None:
    """An entry of the file; None if it is of another form than ours, or answers something else."""
    try:
        asked = {name: value for name, value in values["question"].items() if name != "version"}
        for name in ("items", "x"):
            asked[name] = tuple(asked[name])
        question = GuessQuestion(**asked)
        answer, truth = values["answer"], values["truth"]
        if isinstance(truth, dict):
            truth = question.truth((truth["x"], truth["y"]))
        elif truth is not None:
            truth = question.truth(truth)
        return Guess(
            question,
            str(values["lesson"]),
            None if answer is None else question.answer(answer),
            bool(values["seen"]),
            truth,
            str(values["more"]),
            float(values["asked"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError):  # ArgumentError is a ValueError
        return None


#: the record of this kernel
record = GuessRecord()
