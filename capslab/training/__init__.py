"""Training: the loop, what is shown while it runs, checkpoints, and several devices.

`capslab.training.fit` is a module, and `capslab.training.fit.fit` is the function in it (`cl.fit`).
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from capslab.training.streaming import fit_stream

__all__ = ["fit_stream"]


def __getattr__(name: str) -> Any:
    if name != "fit_stream":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from capslab.training.streaming import fit_stream  # not before it is used: it loads Keras

    return fit_stream
