"""Checkpoints: where a training stands after an epoch, in a file that is never half written.

A new file is written beside the old one, forced to the disk, and only then takes its name; the one
before it is kept as well. So a killed kernel, a full disk or a damaged file costs an epoch at most.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
import time
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import numpy as np

from capslab.errors import ArgumentError, Verbatim

FORMAT = 2  # 1 is the first edition's
HEAD = "capslab-training.json"  # the member of the file that says what the arrays are
WHOLE = 64e6  # bytes of pixels that are hashed to their last; of more, a sample
STALE = 3600  # seconds after which a half-written file is nobody's any more


@dataclass(frozen=True)
class Standing:
    """Where a training stands.

    Attributes
    ----------
    what : of which model, images and recipe: `{"model": {…}, "images": {…}, "recipe": {…}}`.
    progress : epoch, curves and other plain numbers.
    arrays : named lists of arrays: the weights now, the best ones, the optimiser's.
    first_edition : whether the first edition of capslab wrote it, which took the images in another order.
    """

    what: dict[str, dict[str, Any]]
    progress: dict[str, Any]
    arrays: dict[str, list[np.ndarray]]
    first_edition: bool = False

    def write(self, file: IO[bytes]) -> None:
        """As an `.npz` of arrays with one JSON member: no pickle, a checksum for each member."""
        head = {"format": FORMAT, "what": self.what, "progress": self.progress}
        head["arrays"] = {name: len(arrays) for name, arrays in self.arrays.items()}
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr(HEAD, json.dumps(head))
            for name, arrays in self.arrays.items():
                for i, array in enumerate(arrays):
                    with archive.open(f"{name}/{i}.npy", "w", force_zip64=True) as member:
                        np.lib.format.write_array(member, np.asarray(array), allow_pickle=False)

    @classmethod
    def read(cls, file: IO[bytes]) -> Standing:
        """Read what `write` wrote.

        Raises
        ------
        DamagedCheckpoint : for a file that is cut off or altered.
        ForeignFile : for a sound archive that is no checkpoint, or one of a later capslab.
        """
        try:
            with zipfile.ZipFile(file) as archive:
                names = set(archive.namelist())
                if HEAD not in names:
                    archive.testzip()
                    if not names or any(name.startswith("now/") for name in names):
                        raise DamagedCheckpoint("its list of contents is altered")
                    raise ForeignFile("no checkpoint of capslab")
                head = json.loads(archive.read(HEAD))
                if head["format"] not in (1, FORMAT):
                    raise ForeignFile(f"a checkpoint of format {head['format']}, from a later capslab")
                arrays = {
                    name: [_array(archive.read(f"{name}/{i}.npy")) for i in range(count)]
                    for name, count in head["arrays"].items()
                }
                first = head["format"] == 1
                what = _in_todays_words(head["what"]) if first else head["what"]
                return cls(what, head["progress"], arrays, first)
        except ForeignFile:
            raise
        except Exception as error:  # an altered byte can make zipfile and json trip over anything
            raise DamagedCheckpoint(str(error) or type(error).__name__) from error

    def packed(self) -> bytes:
        """The file's content."""
        file = BytesIO()
        self.write(file)
        return file.getvalue()


#: the first edition's names and today's
RENAMED = {
    "model": {"shape": "image_shape"},
    "recipe": {"batch": "batch_size", "rate": "learning_rate"},
}


def _in_todays_words(what: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """What a checkpoint of the first edition is of, in today's names."""
    what = {
        part: {RENAMED.get(part, {}).get(name, name): value for name, value in values.items()}
        for part, values in what.items()
    }
    if what.get("model", {}).get("class") == "DenseNet":
        what["model"]["class"] = "DenseBaseline"
    return what


class DamagedCheckpoint(ValueError):
    """A checkpoint that is cut off or altered."""


class ForeignFile(ValueError):
    """A file that is something else."""


def _array(content: bytes) -> np.ndarray:
    return np.lib.format.read_array(BytesIO(content), allow_pickle=False)


class Checkpoint:
    """The file of one training, and the one before it.

    Parameters
    ----------
    place : a file whose name ends in `.npz`, or a folder in which the file is named after the model.
    model : the name of the model's class.

    Attributes
    ----------
    path : the newest checkpoint. `previous` is the one before it.
    epoch : the last epoch that is safe; 0 for none.
    notes : what went wrong and what was done about it, in words.
    """

    def __init__(self, place: Any, model: str) -> None:
        if not isinstance(place, (str, os.PathLike)) or not str(place):
            raise ArgumentError(
                "checkpoint", "a folder, or a file that ends in .npz", place, 'Try checkpoint="checkpoints".'
            )
        path = Path(place).expanduser()
        self.path = path if path.suffix == ".npz" else path / f"{model}.npz"
        self.previous = self.path.with_suffix(".previous.npz")
        self.epoch, self.notes = 0, list[str]()
        self._failing = False
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self._temporary() as (file, _):
                file.write(b"writable")
        except OSError as error:
            raise ArgumentError(
                "checkpoint",
                "in a folder that can be written to",
                Verbatim(f"{place} ({error.strerror or error})"),
                "Name a folder of yours on a disk with free space, for example checkpoint='checkpoints'.",
            ) from error

    def load(self, what: dict[str, dict[str, Any]]) -> Standing | None:
        """The newest checkpoint that can be read; None where there is none. A damaged one is set aside.

        Raises
        ------
        ArgumentError : when it is of another model, of other images or of another recipe.
        """
        for path in (self.path, self.previous):
            try:
                with open(path, "rb") as file:
                    standing = Standing.read(file)
            except FileNotFoundError:
                continue
            except DamagedCheckpoint as error:
                self._set_aside(path, error)
                continue
            except (ForeignFile, OSError) as error:
                raise ArgumentError(
                    "checkpoint",
                    "a checkpoint that fit wrote",
                    Verbatim(f"{path.name}: {error}"),
                    f"Name another file, for example checkpoint={_unused(self.path)!r}.",
                ) from error
            self._same(standing.what, json.loads(json.dumps(what)))
            self.epoch = standing.progress["epoch"]
            if standing.first_edition:
                self._say(
                    f"The checkpoint {path.name} is from the first edition of capslab, which took the images "
                    "in another order. Training goes on from it and ends as good, but not with the same "
                    "numbers as an unbroken training."
                )
            return standing
        return None

    def save(self, standing: Standing) -> None:
        """Write it; where that fails (a full disk), warn and keep the last good one."""
        try:
            with self._temporary() as (file, temporary):
                standing.write(file)
                file.flush()
                os.fsync(file.fileno())
                if self.path.exists():
                    os.replace(self.path, self.previous)
                os.replace(temporary, self.path)
        except OSError as error:
            fallback = f"the one of epoch {self.epoch} is kept" if self.epoch else "there is none yet"
            self._say(
                f"The checkpoint of epoch {standing.progress['epoch']} could not be written to "
                f"{self.path.parent} ({error.strerror or error}); {fallback}, and training goes on.",
                aloud=not self._failing,
            )
            self._failing = True
        else:
            self.epoch, self._failing = standing.progress["epoch"], False

    def _same(self, there: dict[str, dict[str, Any]], here: dict[str, dict[str, Any]]) -> None:
        for part, wanted in here.items():
            saved = there.get(part, {})
            names = {**wanted, **({"weights": None} if "weights" in saved else {})}
            differ = [name for name in names if saved.get(name) != wanted.get(name)]
            if "class" in differ:  # then the rest differs for that reason
                differ = ["class"]
            if differ:
                words = [", ".join(f"{n} {side.get(n)!r}" for n in differ) for side in (wanted, saved)]
                raise ArgumentError(
                    "checkpoint",
                    f"of the same {part}: {words[0]}",
                    Verbatim(f"{self.path.name}, a checkpoint with {words[1]}"),
                    f"Name another file, for example checkpoint={_unused(self.path)!r}, or delete this one "
                    "to begin anew.",
                )

    def _set_aside(self, path: Path, error: Exception) -> None:
        aside = next(
            p for i in range(10**6) if not (p := path.with_suffix(f".damaged{i or ''}.npz")).exists()
        )
        os.replace(path, aside)
        self._say(
            f"The checkpoint {path.name} is damaged ({error}). It was set aside as {aside.name}; "
            "training goes on from the one before it, or begins anew."
        )

    def _say(self, words: str, aloud: bool = True) -> None:
        self.notes.append(words)
        if aloud:
            warnings.warn(words, RuntimeWarning, stacklevel=4)

    @contextlib.contextmanager
    def _temporary(self) -> Iterator[tuple[IO[bytes], Path]]:
        """A file beside the checkpoint, gone at the end unless it was renamed."""
        folder, prefix = self.path.parent, f".{self.path.stem}."
        for old in folder.glob(f"{prefix}*.part"):  # of a kernel that was killed while it wrote
            with contextlib.suppress(OSError):
                if time.time() - old.stat().st_mtime > STALE:
                    old.unlink()
        handle, name = tempfile.mkstemp(".part", prefix, folder)
        try:
            with os.fdopen(handle, "wb") as file:
                yield file, Path(name)
        finally:
            with contextlib.suppress(OSError):
                os.unlink(name)


def _unused(path: Path) -> str:
    """The name of a checkpoint beside this one that does not exist yet."""
    names = (path.with_stem(f"{path.stem}-{number}") for number in range(2, 1000))
    return str(next(name for name in names if not name.exists()))


def images_fingerprint(images: Any) -> str:
    """Sixteen letters that other images, labels or sizes would not have.

    Up to 64 MB all pixels count; beyond that a thousand images spread evenly do, and all labels.
    """
    pixels = images.images
    digest = hashlib.blake2b(f"{tuple(pixels.shape)} {pixels.dtype}".encode(), digest_size=8)
    if int(np.prod(pixels.shape)) > WHOLE:
        pixels = pixels[np.linspace(0, len(pixels) - 1, 1000).astype(np.int64)]
    digest.update(np.ascontiguousarray(pixels).data)
    if images.labels is not None:
        digest.update(np.ascontiguousarray(images.labels.astype("int64")).data)
    return digest.hexdigest()


def array_fingerprint(array: np.ndarray) -> str:
    """Sixteen letters that another array would not have."""
    content = f"{array.shape} {array.dtype}".encode() + np.ascontiguousarray(array).tobytes()
    return hashlib.blake2b(content, digest_size=8).hexdigest()


def state(model: Any) -> list[Any]:
    """A model's variables without those of its metrics: weights, and the states of its random generators."""
    counted = {id(variable) for metric in model.metrics for variable in metric.variables}
    return [variable for variable in model.variables if id(variable) not in counted]


def taken(model: Any) -> dict[str, list[np.ndarray]]:
    """Take all that a compiled model needs to learn on as if nothing had happened."""
    variables = {"now": state(model), "optimizer": model.optimizer.variables}
    return {name: [np.asarray(variable) for variable in some] for name, some in variables.items()}


def put_back(model: Any, arrays: dict[str, list[np.ndarray]]) -> None:
    """Put what was `taken` back, into the same model or another one like it."""
    variables = [*state(model), *model.optimizer.variables]
    for variable, value in zip(variables, arrays["now"] + arrays["optimizer"], strict=True):
        variable.assign(value)


def copy(source: Any, target: Any) -> None:
    """Copy weights and the states of random generators from one model to its twin."""
    for variable, value in zip(state(target), state(source), strict=True):
        variable.assign(np.asarray(value))
