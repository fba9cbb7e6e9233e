"""Keys for team servers, in the system's keyring and never in a file.

A keyring may wait until the user has unlocked it, so it is asked on a thread of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from keyring.backend import KeyringBackend

T = TypeVar("T")

_log = logging.getLogger(__name__)

SERVICE: Final = "CodeInterview"
# What keyring calls recommended; files, encrypted or not, are below.
_LEAST_PRIORITY: Final = 1
NO_KEYRING: Final = "This computer has no keyring that works."


class KeyringUnusableError(Exception):
    """The keyring refused, or there is none; `str()` is a sentence for the user."""


class KeyStore:
    """Reads, writes and removes keys by their server's origin. Every method may be cancelled."""

    async def is_available(self) -> bool:
        """Whether there is a keyring to keep keys in."""
        try:
            return await _asked(lambda: _system_keyring() is not None)
        except KeyringUnusableError:
            return False

    async def read(self, origin: str) -> str | None:
        """The key for a server; None when none is kept, or there is no keyring.

        Raises:
            KeyringUnusableError: the keyring did not let it be read.
        """

        def read() -> str | None:
            keyring = _system_keyring()
            return keyring.get_password(SERVICE, origin) if keyring is not None else None

        return await _asked(read)

    async def write(self, origin: str, key: str) -> None:
        """Keep a key.

        Raises:
            KeyringUnusableError: it is not kept.
        """

        def write() -> None:
            keyring = _system_keyring()
            if keyring is None:
                raise KeyringUnusableError(NO_KEYRING)
            keyring.set_password(SERVICE, origin, key)

        await _asked(write)

    async def remove(self, origin: str) -> None:
        """Forget a key; one that is not kept is no error.

        Raises:
            KeyringUnusableError: it may still be there.
        """
        from keyring.errors import PasswordDeleteError

        def remove() -> None:
            keyring = _system_keyring()
            if keyring is not None and keyring.get_password(SERVICE, origin) is not None:
                with contextlib.suppress(PasswordDeleteError):
                    keyring.delete_password(SERVICE, origin)
                if keyring.get_password(SERVICE, origin) is not None:
                    raise KeyringUnusableError("The keyring does not forget the key.")

        await _asked(remove)


def _system_keyring() -> KeyringBackend | None:
    """The best keyring of this system that is none of files; None when there is none."""
    import keyring
    from keyring.backends.chainer import ChainerBackend

    found = keyring.get_keyring()
    candidates = found.backends if isinstance(found, ChainerBackend) else [found]
    return next((each for each in candidates if each.priority >= _LEAST_PRIORITY), None)


async def _asked(work: Callable[[], T]) -> T:
    """What `work` answers, from a thread that nobody waits for when the app quits."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[T] = loop.create_future()

    def settle(result: Callable[[], None]) -> None:
        # The app may have quit while a keyring waited to be unlocked.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(lambda: None if answer.done() else result())

    def run() -> None:
        try:
            value = work()
        except BaseException as error:
            failure = _in_words(error)
            settle(lambda: answer.set_exception(failure))
        else:
            settle(lambda: answer.set_result(value))

    threading.Thread(target=run, name="keyring", daemon=True).start()
    return await answer


def _in_words(error: BaseException) -> KeyringUnusableError:
    if isinstance(error, KeyringUnusableError):
        return error
    # Backends raise what the system's own libraries raise.
    _log.warning("The keyring failed: %s", type(error).__name__)
    from keyring.errors import KeyringLocked

    if isinstance(error, KeyringLocked):
        return KeyringUnusableError("The keyring is locked. Unlock it and try again.")
    return KeyringUnusableError(f"The keyring failed ({type(error).__name__}).")
