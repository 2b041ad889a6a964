"""The former name of `capslab.server`, for hub and server configurations that still say it."""

from capslab.server import _jupyter_server_extension_points, _load_jupyter_server_extension

__all__ = ["_jupyter_server_extension_points", "_load_jupyter_server_extension"]
