"""Who works now, and who waits in line."""

import threading
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio


class NoPlace(Exception):
    """Waited in vain: too many are at work."""


class Admission:
    """At most so many requests at once hold a thread and a connection; the others hold neither.

    There are more threads than places: whoever has a place never waits for a thread that waits for
    a place.
    """

    def __init__(self, places: int, *, wait_seconds: float) -> None:
        self._places = anyio.Semaphore(places)
        self._wait_seconds = wait_seconds

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """A place for the length of a block, first come, first served; or `NoPlace`."""
        try:
            with anyio.fail_after(self._wait_seconds):
                await self._places.acquire()
        except TimeoutError as error:
            raise NoPlace from error
        try:
            yield
        finally:
            self._places.release()


class Line:
    """A lock for threads that is handed over in the order of asking."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._taken = False

    @property
    def length(self) -> int:
        """How many wait."""
        with self._mutex:
            return len(self._waiting)

    def enter(self, seconds: float) -> bool:
        """Wait for one's turn; False when it did not come in time."""
        with self._mutex:
            if not self._taken:
                self._taken = True
                return True
            mine = threading.Event()
            self._waiting.append(mine)
        if mine.wait(seconds):
            return True
        with self._mutex:
            if mine.is_set():
                return True
            self._waiting.remove(mine)
            return False

    def leave(self) -> None:
        """Hand over to the next."""
        with self._mutex:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._taken = False
