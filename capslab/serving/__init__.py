"""The former name of `capslab.server`, for configurations of hubs and servers that still use it."""

from capslab.server import _jupyter_server_extension_points, _load_jupyter_server_extension

__all__ = ["_jupyter_server_extension_points", "_load_jupyter_server_extension"]
