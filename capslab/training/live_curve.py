"""Where training shows itself: a live view in Jupyter, a line elsewhere, nothing if not wanted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from capslab.training.live_examples import Examples


class Display(Protocol):
    """What `fit` talks to: `Line`, or the view that a notebook has registered."""

    #: whether `examples` is worth calling
    pictured: bool

    def update(self, curves: dict[str, list[float]], epoch: float, seconds: float, note: str) -> None:
        """Show the curves so far; `epoch` counts in fractions, `note` is the newest loss."""

    def examples(self, examples: Examples, epoch: int) -> None:
        """Show what the model makes of a few images after an epoch."""

    def finish(self, words: str) -> None:
        """Training is over; `words` says how it went."""


def in_notebook() -> bool:
    """Whether a Jupyter front end shows what we display."""
    try:
        from IPython import get_ipython
    except ImportError:
        return False
    return getattr(get_ipython(), "kernel", None) is not None


#: makes the view for a notebook: a function, or its place as "module:name"; None for none
_notebook_display: Callable[..., Any] | str | None = None


def register_display(factory: Callable[..., Any] | str | None) -> None:
    """Say what shows a training in a notebook.

    Training knows no views, so the side that has one registers it.

    Parameters
    ----------
    factory : called as `factory(title=, epochs=, metrics=)`, it gives a `Display` that Jupyter can show; or
        where to find it, as "package.module:name", which is imported when it is first needed. None for a
        plain line in notebooks too.
    """
    global _notebook_display
    _notebook_display = factory


def display(title: str, epochs: int, metrics: Sequence[str], show: bool | None) -> Display | None:
    """The display that fits where we are; None when `show` is False."""
    if show is False:
        return None
    factory = _notebook_display
    if factory is None or not in_notebook():
        return Line(title, epochs)
    if isinstance(factory, str):
        module, _, name = factory.partition(":")
        factory = getattr(import_module(module), name)
    from IPython.display import display as show_in_notebook

    view: Display = factory(title=title, epochs=epochs, metrics=list(metrics))
    show_in_notebook(view)
    return view


class Line:
    """A plain progress line, for terminals and logs."""

    pictured = False

    def __init__(self, title: str, epochs: int) -> None:
        from tqdm import tqdm

        form = "{desc} {bar:20} {n:.1f}/{total} epochs{postfix}"
        self.bar = tqdm(total=epochs, desc=title, bar_format=form, mininterval=0.5)

    def update(self, curves: dict[str, list[float]], epoch: float, seconds: float, note: str) -> None:
        newest = [
            f"{name} {values[-1]:.4g}" for name, values in curves.items() if name.startswith("validation")
        ]
        self.bar.set_postfix_str(" · ".join([note, *newest][:3]).strip(" ·"), refresh=False)
        self.bar.update(round(epoch, 1) - self.bar.n)

    def examples(self, examples: Examples, epoch: int) -> None:
        """A line has no room for pictures."""

    def finish(self, words: str) -> None:
        self.bar.close()
        print(words)
