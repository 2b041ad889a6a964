"""The wording of errors and hints, held in golden files: bettering a sentence costs one command.

A test asserts what is behaviour (which error, which argument, the value that was refused) on the error's
fields. The whole message stands in `golden/<name of the test module>.json` beside the module, under the
test's name. Write the files again, after reading what changed, with `GOLDEN=write pytest -n 0 PATHS`.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

ANYTHING = object()
#: a list of names that grows with the course
LONG_LIST = re.compile(r"one of (?:'[^']*', ){8,}'[^']*'")


class Wording:
    """The sentences of one test, each compared with the golden file when it is handed over.

    Parameters
    ----------
    test : what pytest knows of the test that runs.
    folder : the test's temporary folder; messages that name it are compared with `TMP` in its place.
    """

    def __init__(self, test: pytest.FixtureRequest, folder: Path) -> None:
        self.file = test.path.parent / "golden" / f"{test.path.stem}.json"
        self.test = test.node.name
        self.folder = str(folder)
        self.messages = 0

    def __call__(self, message: object) -> None:
        """Compares one message; the second of a test stands in the file as `name of the test, 2`."""
        self.messages += 1
        key = self.test if self.messages == 1 else f"{self.test}, {self.messages}"
        text = LONG_LIST.sub("one of …", str(message).replace(self.folder, "TMP"))
        held = json.loads(self.file.read_text("utf-8")) if self.file.exists() else {}
        if os.environ.get("GOLDEN") == "write":
            assert "PYTEST_XDIST_WORKER" not in os.environ, "Write golden files with one process: pytest -n 0"
            held[key] = text
            self.file.parent.mkdir(exist_ok=True)
            rows = json.dumps(dict(sorted(held.items())), indent=1, ensure_ascii=False)
            self.file.write_text(rows + "\n", "utf-8")
        assert text == held.get(key), f"{self.file} says otherwise; see tests/wording.py"


class Fails(Wording):
    """`with fails(ArgumentError, "k", received=0): …`: a block that must end in this error, so worded.

    The fields are what the block is about; the wording is compared with the golden file besides.
    """

    @contextmanager
    def _block(
        self, kind: type[BaseException], argument: str | None, received: Any, names: tuple[str, ...]
    ) -> Iterator[pytest.ExceptionInfo[BaseException]]:
        with pytest.raises(kind) as info:
            yield info
        error: Any = info.value
        if argument is not None:
            assert error.argument == argument
        if received is not ANYTHING:
            assert error.received == received
        for name in names:
            assert name in str(error)
        super().__call__(error)

    def __call__(  # type: ignore[override]
        self,
        kind: type[BaseException],
        argument: str | None = None,
        *,
        received: Any = ANYTHING,
        names: tuple[str, ...] | str = (),
    ) -> Any:
        """The block.

        Parameters
        ----------
        kind : class of the error.
        argument : the argument that an `ArgumentError` is about.
        received : the value that it refuses.
        names : what the message must say whatever its wording: a file, a class, a number, a way out.
        """
        return self._block(kind, argument, received, (names,) if isinstance(names, str) else names)
