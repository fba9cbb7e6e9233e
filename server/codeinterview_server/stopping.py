"""Reasons to stop: a signal, or standard input closing because who started us is gone."""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from types import FrameType


class StopRequest:
    """Remembers a request to stop from the moment it is made, and tells whoever waits for it.

    Use `watch_signals` on the main thread as early as possible: until `attach` the request is
    only remembered, so that a stop during the start-up still ends in order.
    """

    def __init__(self) -> None:
        self.count = 0
        """How often it was requested; whoever asks twice is in a hurry."""
        self._listener: Callable[[], None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._attaching = threading.Lock()

    def watch_signals(self) -> None:
        """Takes SIGINT, SIGTERM and, where there is one, SIGHUP as requests."""
        for number in self._signals():
            signal.signal(number, self._on_signal)

    def watch_stdin(self) -> None:
        """Takes the end of standard input as a request; what it says is ignored."""
        threading.Thread(target=self._read_stdin, name="stdin", daemon=True).start()

    def attach(self, listener: Callable[[], None]) -> None:
        """Calls the listener, on the running loop, for each request, past ones included."""
        loop = asyncio.get_running_loop()
        if sys.platform != "win32":
            # A loop that idles does not run the handlers of `signal.signal`.
            for number in self._signals():
                loop.add_signal_handler(number, self._request)
        with self._attaching:
            self._listener, self._loop = listener, loop
            requested = self.count > 0
        if requested:
            listener()

    def detach(self) -> None:
        """Calls the listener no more."""
        if self._loop is not None and sys.platform != "win32":
            for number in self._signals():
                self._loop.remove_signal_handler(number)
                signal.signal(number, self._on_signal)
        with self._attaching:
            self._listener = self._loop = None

    def _on_signal(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        self._request()

    def _request(self) -> None:
        self.count += 1
        if self._listener is not None:
            self._listener()

    def _read_stdin(self) -> None:
        # Closed from the start is closed; its number may be another file's by now.
        if sys.stdin is not None:
            with suppress(OSError):
                while os.read(0, 4096):
                    pass
        with self._attaching:
            loop = self._loop
            if loop is None:
                self.count += 1
                return
        # A loop that ended meanwhile is all that was wanted.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(self._request)

    @staticmethod
    def _signals() -> list[signal.Signals]:
        names = ("SIGINT", "SIGTERM", "SIGHUP")
        return [signal.Signals[name] for name in names if name in signal.Signals.__members__]
