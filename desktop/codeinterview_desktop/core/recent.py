"""Earlier sessions: hosted ones from the server, joined ones from a file."""

from __future__ import annotations

from dataclasses import dataclass

from .events import Signal
from .values import Phase


@dataclass(frozen=True, slots=True)
class RecentSession:
    """A session that was hosted or joined.

    Attributes:
        hosted: whether this app's server holds it.
        url: the page to open again, for joined ones (without the invite).
        at_ms: when it was created (hosted) or last opened (joined).
        participant_count: people in it, None for joined ones.
    """

    session_id: str
    title: str
    hosted: bool
    at_ms: int
    phase: Phase | None = None
    language: str | None = None
    url: str | None = None
    participant_count: int | None = None


class Recent:
    """Lists and searches earlier sessions.

    Signals:
        changed: the list may have changed; ask `search` again.
    """

    def __init__(self) -> None:
        self.changed: Signal[[]] = Signal()
        raise NotImplementedError

    async def search(self, query: str = "", limit: int = 50) -> tuple[RecentSession, ...]:
        """Sessions whose title or id contains `query`, newest first.

        Joined ones are listed even while the server is away.
        """
        raise NotImplementedError

    def forget(self, url: str) -> None:
        """Drop a joined session from the list."""
