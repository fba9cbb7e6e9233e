"""Earlier sessions: hosted ones from the server, joined ones from a file."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from codeinterview_server.domain.ids import is_session_id

from .api import ApiError, ServerApi
from .events import Signal
from .files import BrokenFileError, read_object, set_aside, write_object
from .supervisor import ServerAwayError
from .values import Phase, SessionSummary
from .wire import one_line

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from pathlib import Path

_log = logging.getLogger(__name__)

_JOINED_LIMIT = 200
_SEATS_LIMIT = 500
_SERVER_PATIENCE_S = 10.0


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


class RecentFile:
    """Owns the file of joined sessions and of one's own seats (participant tokens)."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._joined: dict[str, RecentSession] = {}
        self._seats: dict[str, str] = {}
        self._read()

    @property
    def joined(self) -> tuple[RecentSession, ...]:
        """Joined sessions, the last opened first."""
        return tuple(sorted(self._joined.values(), key=lambda each: -each.at_ms))

    def remember_joined(self, session: RecentSession) -> None:
        """Put a joined session first."""
        if session.url is None:
            raise ValueError("A joined session has an address.")
        self._joined[session.url] = session
        for old in self.joined[_JOINED_LIMIT:]:
            del self._joined[old.url or ""]
        self._write()

    def forget_joined(self, url: str) -> None:
        """Drop a joined session."""
        if self._joined.pop(url, None) is not None:
            self._write()

    def seat(self, session_id: str) -> str | None:
        """The token of one's own seat in a hosted session, when there was one."""
        return self._seats.get(session_id)

    def remember_seat(self, session_id: str, token: str) -> None:
        """Keep the token of one's own seat in a hosted session."""
        if self._seats.get(session_id) == token:
            return
        self._seats.pop(session_id, None)
        self._seats[session_id] = token
        for old in tuple(self._seats)[:-_SEATS_LIMIT]:
            del self._seats[old]
        self._write()

    def _read(self) -> None:
        try:
            stored = read_object(self._path)
        except BrokenFileError:
            set_aside(self._path)
            return
        except OSError as error:
            _log.warning("Recent sessions cannot be read: %s", error.strerror)
            return
        joined, seats = stored.get("joined"), stored.get("seats")
        for entry in joined if isinstance(joined, list) else ():
            session = _joined_from(entry)
            if session is not None and session.url is not None:
                self._joined[session.url] = session
        for session_id, token in seats.items() if isinstance(seats, dict) else ():
            if is_session_id(session_id) and isinstance(token, str):
                self._seats[session_id] = token

    def _write(self) -> None:
        joined = [
            {
                "session_id": each.session_id,
                "title": each.title,
                "at_ms": each.at_ms,
                "url": each.url,
                "language": each.language,
            }
            for each in self.joined
        ]
        # Losing the list of recent sessions must not keep anybody from an interview.
        try:
            write_object(self._path, {"joined": joined, "seats": self._seats})
        except OSError as error:
            _log.warning("Recent sessions cannot be written: %s", error.strerror)


class Recent:
    """Lists and searches earlier sessions.

    Signals:
        changed: the list may have changed; ask `search` again.
    """

    def __init__(self, file: RecentFile, server: Callable[[float], Awaitable[ServerApi]]) -> None:
        """Prepare the list.

        Args:
            file: what holds joined sessions.
            server: answers a client of the own server, waiting up to so many seconds for it.
        """
        self.changed: Signal[[]] = Signal()
        self._file = file
        self._server = server

    async def search(self, query: str = "", limit: int = 50) -> tuple[RecentSession, ...]:
        """Sessions whose title or id contains `query`, newest first.

        Joined ones are listed even while the server is away.
        """
        wanted = query.strip()
        found = [each for each in self._file.joined if _matches(each, wanted)]
        try:
            api = await self._server(_SERVER_PATIENCE_S)
            page = await api.sessions(wanted, limit=max(1, min(limit, 100)))
        except (ApiError, ServerAwayError) as error:
            _log.info("Hosted sessions are not listed: %s", error)
        else:
            found += [_hosted(each) for each in page.sessions]
        return tuple(sorted(found, key=lambda each: -each.at_ms)[:limit])

    def remember(self, url: str, session_id: str, title: str, language: str | None) -> None:
        """Put a session that is being joined first in the list; `url` is without an invite."""
        now_ms = time.time_ns() // 1_000_000
        self._file.remember_joined(
            RecentSession(session_id, title, False, now_ms, language=language, url=url)
        )
        self.changed.emit()

    def forget(self, url: str) -> None:
        """Drop a joined session from the list."""
        self._file.forget_joined(url)
        self.changed.emit()


def _matches(session: RecentSession, query: str) -> bool:
    text = query.casefold()
    code = text.replace("-", "").replace(" ", "")
    return text in session.title.casefold() or (bool(code) and code in session.session_id)


def _hosted(summary: SessionSummary) -> RecentSession:
    session = summary.session
    return RecentSession(
        session_id=session.id,
        title=session.title,
        hosted=True,
        at_ms=session.created_at_ms,
        phase=session.phase,
        language=session.language,
        participant_count=summary.participant_count,
    )


def _joined_from(value: object) -> RecentSession | None:
    if not isinstance(value, dict):
        return None
    entry: Mapping[str, object] = value
    session_id, title, at_ms = entry.get("session_id"), entry.get("title"), entry.get("at_ms")
    url, language = entry.get("url"), entry.get("language")
    if (
        not isinstance(session_id, str)
        or not is_session_id(session_id)
        or not isinstance(title, str)
        or not isinstance(at_ms, int)
        or not isinstance(url, str)
    ):
        return None
    try:
        is_page = urlsplit(url).scheme in ("http", "https")
    except ValueError:
        return None
    if not is_page:
        return None
    return RecentSession(
        session_id,
        one_line(title),
        False,
        at_ms,
        language=language if isinstance(language, str) else None,
        url=url,
    )
