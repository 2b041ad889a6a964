"""The Jupyter server extension: a slider's message leaves at once.

Jupyter Server never sets TCP_NODELAY on a kernel's websocket, so the operating system
holds small messages back in the hope of filling a packet (Nagle's algorithm): a round
trip takes about 48 ms where 2 ms are possible. The extension sets it as a websocket
opens. Where Jupyter has changed too much for that, it says so in one line of the log
and nothing but the speed-up is lost.

Importing this module imports no part of Jupyter and no TensorFlow.
"""

from __future__ import annotations

import functools
from typing import Any

NAME = "capslab.server"
MARK = "_capslab_nodelay"  # set on what was wrapped, so that it is wrapped once


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": NAME}]


def _load_jupyter_server_extension(serverapp: Any) -> None:
    try:
        from jupyter_server.services.kernels.websocket import KernelWebsocketHandler

        speed_up(KernelWebsocketHandler, serverapp.log)
    except Exception as error:  # the server must start whatever has changed
        serverapp.log.warning("capslab: sliders are slower than they could be (%s)", error)


def speed_up(handler: Any, log: Any) -> None:
    """Wraps the `open` of a Tornado websocket handler class so that it sets TCP_NODELAY first.

    Raises
    ------
    AttributeError : the class has no `open` or no `set_nodelay` to work with.
    """
    opened = handler.open
    handler.set_nodelay  # noqa: B018 - fails here and not at the first connection
    if getattr(opened, MARK, False):
        return

    @functools.wraps(opened)
    def open_at_once(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            self.set_nodelay(True)
        except Exception as error:  # the connection matters more than its speed
            log.warning("capslab: TCP_NODELAY could not be set (%s)", error)
        return opened(self, *args, **kwargs)

    setattr(open_at_once, MARK, True)
    handler.open = open_at_once
