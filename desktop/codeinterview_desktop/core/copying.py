"""Copies sessions between this computer and the team's server, everything in them included."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from .api import ApiError
from .places import Place, SessionRef

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from .api import ServerApi
    from .places import HostServer
    from .recent import Recent


class CopyStep(StrEnum):
    """What a copy is at."""

    ASKING = "asking"
    """The one server writes everything down."""
    FETCHING = "fetching"
    SENDING = "sending"
    TAKING_OVER = "taking over"
    """The other server checks what it got and keeps it."""


@dataclass(frozen=True, slots=True)
class CopyProgress:
    """How far a copy is; `total_bytes` is None while nobody knows."""

    step: CopyStep
    done_bytes: int = 0
    total_bytes: int | None = None


def other(place: Place) -> Place:
    """Where a session of a place can be copied to."""
    return Place.TEAM if place is Place.HERE else Place.HERE


class Copying:
    """Makes copies. What passes through lies in a file without a name in the app's own folder."""

    def __init__(self, servers: Mapping[Place, HostServer], folder: Path, recent: Recent) -> None:
        """Prepare.

        Args:
            servers: who holds sessions.
            folder: where the file may be; readable by the user alone.
            recent: is told when its list changes.
        """
        self._servers = servers
        self._folder = folder
        self._recent = recent

    async def copy(
        self, source: SessionRef, progress: Callable[[CopyProgress], None]
    ) -> SessionRef:
        """Copy a session to the other place; the original stays as it is.

        When it is cancelled while the other server takes it over, the copy may be there or not.

        Args:
            source: the session.
            progress: told how far it is.

        Returns:
            The copy.

        Raises:
            ServerAwayError, ApiError: with a sentence for the user; there is no copy then.
            OSError: there is no room for the file.
        """
        target = other(source.place)
        progress(CopyProgress(CopyStep.ASKING))
        giving = await self._servers[source.place].client()
        taking = await self._servers[target].client()
        # What the other side would refuse is not asked for first.
        await taking.health()
        try:
            return SessionRef(await self._carry(giving, taking, source, progress), target)
        finally:
            self._recent.changed.emit()

    async def _carry(
        self,
        giving: ServerApi,
        taking: ServerApi,
        source: SessionRef,
        progress: Callable[[CopyProgress], None],
    ) -> str:
        with tempfile.TemporaryFile(dir=self._folder) as file:
            await giving.read_archive(
                source.session_id,
                file,
                lambda done, total: progress(CopyProgress(CopyStep.FETCHING, done, total)),
            )
            size_bytes = file.tell()
            file.seek(0)

            def sent(done_bytes: int, total_bytes: int | None) -> None:
                step = CopyStep.SENDING if done_bytes != size_bytes else CopyStep.TAKING_OVER
                progress(CopyProgress(step, done_bytes, total_bytes))

            sent(0, size_bytes)
            try:
                session = await taking.add_archive(file, size_bytes, sent)
            except ApiError as error:
                if error.status != 422:
                    raise
                raise ApiError(error.code, f"The copy was refused. {error}", 422) from error
        return session.id
