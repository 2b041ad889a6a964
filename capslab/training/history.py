"""What a training did: its curves, its time, its device, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, repr=False)
class History:
    """What training did; it prints as one line of words.

    Attributes
    ----------
    curves : one value per epoch for "loss", "accuracy", … and the same with "validation " in front.
    seconds : wall-clock time.
    device : what it ran on, in words.
    stopped : "" when it ran to its end, otherwise why it stopped ("interrupted in epoch 3 of 5").
    best_epoch : the epoch (from 1) whose weights were kept: lowest validation loss; 0 for none.
    passes : how often each epoch went over the images; 1 unless there are few of them.
    examples : how many the model saw, where it makes them as it learns; otherwise 0.
    resumed : epochs that came from a checkpoint.
    notes : what else happened, in words: a checkpoint that was damaged, or could not be written.
    """

    curves: dict[str, tuple[float, ...]]
    seconds: float
    device: str
    stopped: str = ""
    best_epoch: int = 0
    passes: int = 1
    examples: int = 0
    resumed: int = 0
    notes: tuple[str, ...] = ()

    @property
    def epochs(self) -> int:
        """How many epochs were finished."""
        return len(self.curves.get("loss", ()))

    @property
    def best(self) -> dict[str, float]:
        """The curves' values at the epoch whose weights were kept."""
        if not self.best_epoch:
            return {}
        return {name: values[self.best_epoch - 1] for name, values in self.curves.items()}

    def plot(self) -> Any:
        """The curves as a figure to hover over: training solid, validation dashed."""
        from capslab.plots import training_curves

        return training_curves(self.curves)

    def __repr__(self) -> str:
        best = [
            f"{name} {self.best[name]:.4g}" for name in sorted(self.best) if name.startswith("validation")
        ]
        epochs = f"{self.epochs} epoch{'' if self.epochs == 1 else 's'}"
        if self.examples:
            epochs = f"{self.examples:,} examples"
        if self.passes > 1:
            epochs += f" of {self.passes} passes"
        if self.resumed:
            epochs += f" ({self.resumed} from the checkpoint)"
        chosen = f"; kept epoch {self.best_epoch}: {', '.join(best)}" if best else ""
        end = f"; {self.stopped}" if self.stopped else ""
        notes = "".join(f"\n{note}" for note in self.notes)
        return f"{epochs} in {self.seconds:.0f} s on {self.device}{chosen}{end}{notes}"
