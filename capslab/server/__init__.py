"""The Jupyter server extension (`tcp_nodelay`), and a learner's server under JupyterHub (`singleuser`).

Importing this package imports no part of Jupyter and no TensorFlow.
"""

from capslab.server.tcp_nodelay import (
    FORMER_NAME,
    MARK,
    NAME,
    _jupyter_server_extension_points,
    _load_jupyter_server_extension,
    speed_up,
)

__all__ = [
    "FORMER_NAME",
    "MARK",
    "NAME",
    "_jupyter_server_extension_points",
    "_load_jupyter_server_extension",
    "speed_up",
]
