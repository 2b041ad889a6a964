"""The former name of `capslab.server`, for configurations of hubs and servers that still use it.

It names the folder of `capslab.server` as its own, so `python -m capslab.serving.singleuser` works too.
"""

from capslab import server
from capslab.server import _jupyter_server_extension_points, _load_jupyter_server_extension

__all__ = ["_jupyter_server_extension_points", "_load_jupyter_server_extension"]

__path__ = list(server.__path__)
