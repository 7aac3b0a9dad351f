"""A thread with an event loop of its own that runs one coroutine until it is told to stop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine


class LoopThread:
    """Runs `work()` on a daemon thread. What ends it before its time is raised by `stop`."""

    def __init__(self, name: str, work: Callable[[], Coroutine[None, None, None]]) -> None:
        self._work = work
        self._started = threading.Event()
        self._task: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._failure: Exception | None = None
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Start it; returns when the loop runs."""
        self._thread.start()
        self._started.wait()

    @property
    def has_failed(self) -> bool:
        """Did something end the work before its time? `stop` raises it."""
        return self._failure is not None

    def stop(self) -> None:
        """Cancel the work and wait for its end. Harmless when it has ended already.

        Raises:
            Exception: what ended the work before its time.
        """
        if self._loop is not None and self._task is not None and self._thread.is_alive():
            try:
                self._loop.call_soon_threadsafe(self._task.cancel)
            except RuntimeError:
                # The loop has just closed by itself.
                self._started.set()
        self._thread.join()
        if self._failure is not None:
            raise self._failure

    def _run(self) -> None:
        try:
            asyncio.run(self._main())
        except Exception as error:  # noqa: BLE001 (raised again by `stop`, on a thread that can do something about it)
            self._failure = first_cause(error)
        finally:
            self._started.set()

    async def _main(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.create_task(self._work())
        self._started.set()
        await asyncio.wait({self._task})
        if not self._task.cancelled():
            self._task.result()


def first_cause(error: Exception) -> Exception:
    """The first exception in (groups of) a group of exceptions; any other as it is."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error
