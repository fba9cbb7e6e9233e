"""The one way from background work back to a window: a result or a sentence, never a traceback."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final, TypeVar

import shiboken6

from codeinterview_desktop.core.api import ApiError
from codeinterview_desktop.core.supervisor import ServerAwayError

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Coroutine

    from PySide6.QtCore import QObject

    from codeinterview_desktop.core.tasks import BackgroundTasks

T = TypeVar("T")

# Their text is written for the user.
_SPEAKING_ERRORS: Final = (ApiError, ServerAwayError, ValueError)
_UNEXPECTED: Final = "Something unexpected happened. Try again; the log says more."

_log = logging.getLogger(__name__)


class Background:
    """Runs coroutines for windows and hands what came of it to them, on the GUI thread."""

    def __init__(self, tasks: BackgroundTasks) -> None:
        self._tasks = tasks

    def run(
        self,
        owner: QObject,
        work: Coroutine[Any, Any, T],
        name: str,
        *,
        done: Callable[[T], None],
        failed: Callable[[str], None],
    ) -> asyncio.Task[None]:
        """Starts `work`; exactly one of `done` and `failed` is called with what came of it.

        Neither is called once `owner` was deleted, the task was cancelled, or the app quits first.

        Args:
            owner: the window or widget that wants to know.
            work: what to do.
            name: the task's name in logs.
            done: takes the result.
            failed: takes a sentence for the user.

        Returns:
            What to cancel when the result is not wanted any more.
        """

        async def carry() -> None:
            try:
                result = await work
            except _SPEAKING_ERRORS as error:
                _tell(owner, failed, str(error) or _UNEXPECTED)
            except OSError as error:
                reason = error.strerror or str(error) or type(error).__name__
                _tell(owner, failed, f"The system refused: {reason}.")
            except Exception:
                _log.exception("%s failed", name)
                _tell(owner, failed, _UNEXPECTED)
            else:
                _tell(owner, done, result)

        task = self._tasks.start(carry(), name)
        # It may be cancelled before it began.
        task.add_done_callback(lambda _task: work.close())
        return task


def _tell(owner: QObject, listener: Callable[[T], None], value: T) -> None:
    if shiboken6.isValid(owner):
        listener(value)
