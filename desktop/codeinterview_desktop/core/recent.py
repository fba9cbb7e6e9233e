"""Earlier sessions: hosted ones from the server, joined ones from a file."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from codeinterview_server.domain.ids import is_session_id

from .api import ApiError, ServerApi
from .events import Signal
from .files import BrokenFileError, read_object, set_aside, write_object
from .places import Place, SessionRef
from .supervisor import ServerAwayError
from .team import TeamState
from .values import Phase, SessionSummary
from .wire import one_line

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from pathlib import Path

    from .team import TeamServer

_log = logging.getLogger(__name__)

_JOINED_LIMIT = 200
_SEATS_LIMIT = 500
_SERVER_PATIENCE_S = 10.0
_TEAM_PATIENCE_S = 5.0


@dataclass(frozen=True, slots=True)
class RecentSession:
    """A session that was hosted or joined.

    Attributes:
        hosted: whether the user is its host, on this app's server or the team's.
        url: the page to open again, for joined ones (without the invite).
        at_ms: when it was created (hosted) or last opened (joined).
        participant_count: people in it, None for joined ones.
        place: whose server holds it, for hosted ones.
        owner: whose it is on the team's server, when it is somebody else's.
        shared: whether everybody with a key for the team's server may host it.
    """

    session_id: str
    title: str
    hosted: bool
    at_ms: int
    phase: Phase | None = None
    language: str | None = None
    url: str | None = None
    participant_count: int | None = None
    place: Place = Place.HERE
    owner: str | None = None
    shared: bool = False

    @property
    def ref(self) -> SessionRef:
        """Which session of which place it is."""
        return SessionRef(self.session_id, self.place)


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

    def seat(self, session_id: str, origin: str | None = None) -> str | None:
        """The token of one's own seat in a hosted session, when there was one.

        Args:
            session_id: the session.
            origin: the team server that it is on; None for the app's own.
        """
        return self._seats.get(_seat_key(session_id, origin))

    def remember_seat(self, session_id: str, token: str, origin: str | None = None) -> None:
        """Keep the token of one's own seat in a hosted session."""
        key = _seat_key(session_id, origin)
        if self._seats.get(key) == token:
            return
        self._seats.pop(key, None)
        self._seats[key] = token
        for old in tuple(self._seats)[:-_SEATS_LIMIT]:
            del self._seats[old]
        self._write()

    def forget_seats(self, origin: str) -> None:
        """Drop one's own seats on a team server."""
        dropped = [key for key in self._seats if key.startswith(f"{origin}/")]
        for key in dropped:
            del self._seats[key]
        if dropped:
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
        for key, token in seats.items() if isinstance(seats, dict) else ():
            if is_session_id(key.rpartition("/")[2]) and isinstance(token, str):
                self._seats[key] = token

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

    def __init__(
        self,
        file: RecentFile,
        server: Callable[[float], Awaitable[ServerApi]],
        team: TeamServer | None = None,
    ) -> None:
        """Prepare the list.

        Args:
            file: what holds joined sessions.
            server: answers a client of the own server, waiting up to so many seconds for it.
            team: the team's server, if there may be one.
        """
        self.changed: Signal[[]] = Signal()
        self._file = file
        self._server = server
        self._team = team
        if team is not None:
            team.changed.connect(lambda _before, _now: self.changed.emit())

    async def search(self, query: str = "", limit: int = 50) -> tuple[RecentSession, ...]:
        """Sessions whose title or id contains `query`, newest first.

        Joined ones are listed even while the servers are away.
        """
        wanted = query.strip()
        found = [each for each in self._file.joined if _matches(each, wanted)]
        at_most = max(1, min(limit, 100))
        for hosted in await asyncio.gather(
            self._hosted_here(wanted, at_most), self._hosted_by_team(wanted, at_most)
        ):
            found += hosted
        return tuple(sorted(found, key=lambda each: -each.at_ms)[:limit])

    async def _hosted_here(self, wanted: str, limit: int) -> list[RecentSession]:
        try:
            api = await self._server(_SERVER_PATIENCE_S)
            page = await api.sessions(wanted, limit=limit)
        except (ApiError, ServerAwayError) as error:
            _log.info("Hosted sessions are not listed: %s", error)
            return []
        return [_hosted(each, Place.HERE) for each in page.sessions]

    async def _hosted_by_team(self, wanted: str, limit: int) -> list[RecentSession]:
        """The team's sessions, when its server answers in time: the others do not wait for it."""
        if self._team is None or self._team.status.state is not TeamState.READY:
            return []
        status = self._team.status
        me = status.account.name if status.account is not None else None
        try:
            async with asyncio.timeout(_TEAM_PATIENCE_S):
                api = await self._team.client()
                page = await api.sessions(wanted, limit=limit)
        except (ApiError, ServerAwayError, TimeoutError) as error:
            _log.info("The team server's sessions are not listed: %s", error)
            return []
        return [_hosted(each, Place.TEAM, me) for each in page.sessions]

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


def _seat_key(session_id: str, origin: str | None) -> str:
    return session_id if origin is None else f"{origin}/{session_id}"


def _hosted(summary: SessionSummary, place: Place, me: str | None = None) -> RecentSession:
    session = summary.session
    is_mine = place is Place.HERE or summary.owner == me
    return RecentSession(
        session_id=session.id,
        title=session.title,
        hosted=True,
        at_ms=session.created_at_ms,
        phase=session.phase,
        language=session.language,
        participant_count=summary.participant_count,
        place=place,
        owner=None if is_mine else summary.owner or "the administrator",
        shared=summary.shared,
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
