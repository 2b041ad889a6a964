"""The Jupyter server extension that sends a slider's message at once.

Jupyter Server never sets TCP_NODELAY on a kernel's websocket, so the operating system
holds small messages back in the hope of filling a packet (Nagle's algorithm). A round
trip then takes about 48 ms where 2 ms are possible. The extension sets the option when a
websocket opens. If Jupyter has changed too much for that, one line in the log says so,
and nothing but the speed-up is lost.

Importing this module imports no part of Jupyter and no TensorFlow.
"""

from __future__ import annotations

import functools
from typing import Any

NAME = "capslab.server"
FORMER_NAME = "capslab.serving"  # in configurations that were written for the first edition
MARK = "_capslab_nodelay"  # marks what was wrapped, so that it is wrapped only once


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": NAME}]


def _load_jupyter_server_extension(serverapp: Any) -> None:
    try:
        from jupyter_server.services.kernels.websocket import KernelWebsocketHandler

        speed_up(KernelWebsocketHandler, serverapp.log)
    except Exception as error:  # the server must start, whatever has changed
        serverapp.log.warning("capslab: sliders are slower than they could be (%s)", error)


def speed_up(handler: Any, log: Any) -> None:
    """Wraps `open` of a Tornado websocket handler class, so that it sets TCP_NODELAY first.

    Raises
    ------
    AttributeError : the class has no `open` or no `set_nodelay`.
    """
    original = handler.open
    handler.set_nodelay  # noqa: B018 - to fail here rather than at the first connection
    if getattr(original, MARK, False):
        return

    @functools.wraps(original)
    def open_without_delay(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            self.set_nodelay(True)
        except Exception as error:  # the connection matters more than its speed
            log.warning("capslab: TCP_NODELAY could not be set (%s)", error)
        return original(self, *args, **kwargs)

    setattr(open_without_delay, MARK, True)
    handler.open = open_without_delay
