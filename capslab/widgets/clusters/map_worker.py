"""Computes a map in a thread of its own, so that the kernel and every slider go on meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread

from capslab.widgets.clusters.maps import Maps, Stopped


class MapWorker:
    """One map at a time; the newest wish counts.

    Parameters
    ----------
    on_progress : called with the method and the share that is done, 0…1.
    on_end : called with the method, and with None or the exception that ended the work. Neither is called
        for work that was stopped.
    """

    def __init__(
        self,
        maps: Maps,
        on_progress: Callable[[str, float], None],
        on_end: Callable[[str, Exception | None], None],
    ) -> None:
        self.maps, self.on_progress, self.on_end = maps, on_progress, on_end
        self._stop = Event()
        self._thread: Thread | None = None

    def start(self, method: str) -> None:
        """Begin with this map; what was being computed is stopped."""
        self.stop()
        self._stop = Event()
        self._thread = Thread(target=self._work, args=(method, self._stop), name=f"map {method}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ask the work to end, which it does within a step; nothing more is heard of it."""
        self._stop.set()

    def wait(self, seconds: float | None = None) -> None:
        """Wait until the work has ended."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _work(self, method: str, stop: Event) -> None:
        def progress(share: float) -> None:
            if stop.is_set():
                raise Stopped
            self.on_progress(method, share)

        failure: Exception | None = None
        try:
            self.maps.get(method, progress)
        except Stopped:
            return
        except Exception as error:  # whatever it is, the learner must see it
            failure = error
        if not stop.is_set():
            self.on_end(method, failure)
