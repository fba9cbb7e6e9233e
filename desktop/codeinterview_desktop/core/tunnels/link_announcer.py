"""Keeps the app's server told of its public link, without which it does not answer there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codeinterview_desktop.core.api import ServerLink
from codeinterview_desktop.core.standing_word import StandingWord

if TYPE_CHECKING:
    from codeinterview_desktop.core.api import ServerApi
    from codeinterview_desktop.core.own_server import OwnServer
    from codeinterview_desktop.core.room_watch import Backoff
    from codeinterview_desktop.core.supervisor import ServerSupervisor
    from codeinterview_desktop.core.tasks import BackgroundTasks


class LinkAnnouncer(StandingWord[ServerLink | None]):
    """Tells the link that there is, or that there is none."""

    def __init__(
        self,
        server: OwnServer,
        supervisor: ServerSupervisor,
        tasks: BackgroundTasks,
        backoff: Backoff | None = None,
    ) -> None:
        super().__init__(server, supervisor, tasks, nothing=None, tell=_tell, backoff=backoff)


async def _tell(api: ServerApi, link: ServerLink | None) -> None:
    await api.put_links([link] if link is not None else [])
