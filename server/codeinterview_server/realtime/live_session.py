"""The session of a live room: its title, language, phase, rules and invites, and their changes."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from codeinterview_server.db.events import EventKind
from codeinterview_server.domain.clock import now_ms
from codeinterview_server.domain.errors import SessionNotFound
from codeinterview_server.domain.roles import Phase, Role
from codeinterview_server.domain.sessions import JoinPolicy, Session
from codeinterview_server.realtime.line import Line
from codeinterview_server.realtime.stores import Records, Stores

_CHANGED: Final = {"type": "changed"}
"""Tells other replicas to read the session and its people again."""
_EDITED_EVERY_MS: Final = 10_000
"""How exact the time of the session's last change is."""


class LiveSession:
    """One session as it is now. What interviewers decide is in the database before it shows.

    Args:
        session: As the database has it.
        stores: Where it is written.
        records: Where its events are noted.
        changed: Called after each change, with the session before it.
        invites_changed: Called after an invite was renewed or revoked.
        line: Where changes are told as well.
    """

    def __init__(
        self,
        session: Session,
        stores: Stores,
        records: Records,
        changed: Callable[[Session], None],
        invites_changed: Callable[[], None],
        line: Line,
    ) -> None:
        self._session = session
        self._stores = stores
        self._records = records
        self._changed = changed
        self._invites_changed = invites_changed
        self._line = line
        self._changing = asyncio.Lock()
        self._switched_at = 0
        self._switched_here = False
        self._adopts_language = False

    @property
    def value(self) -> Session:
        """The session as it is now."""
        return self._session

    async def change(
        self,
        *,
        by: str | None,
        title: str | None = None,
        locked: bool | None = None,
        phase: Phase | None = None,
        language: str | None = None,
        join_policy: JoinPolicy | None = None,
        observers_listed: bool | None = None,
        shared: bool | None = None,
    ) -> None:
        """Change what is not None; `by` is who does it: `Principal.actor`.

        Raises:
            SessionNotFound: It was deleted meanwhile.
            DatabaseAway: It could not be written down.
        """
        async with self._changing:
            before = self._session
            stored = await self._stores.sessions.update(
                before.id,
                now_ms(),
                title=title,
                language=language,
                locked=locked,
                phase=phase,
                join_policy=join_policy,
                observers_listed=observers_listed,
                shared=shared,
            )
            if stored is None:
                raise SessionNotFound
            # Its language may be newer here than in the database.
            self._session = replace(stored, language=self._session.language)
        self._record(before, by)
        self._changed(before)
        self._line.tell(_CHANGED)
        if language is not None:
            self.switch_language(language, by)

    def switch_language(self, language: str, by: str | None) -> None:
        """Switch to another language, also while the database is away."""
        before = self._session
        if language == before.language:
            return
        at_ms = now_ms()
        self._session = replace(before, language=language, updated_at=at_ms)
        self._switched_at, self._switched_here = max(at_ms, self._switched_at + 1), True
        self._records.language(language)
        self._records.event(EventKind.LANGUAGE, by, {"language": language})
        self._changed(before)
        for news in self.introduction():
            self._line.tell(news)

    # The language on other replicas. It is switched also while the database is away, so it is
    # said, and whoever switched last has switched for all.

    def introduction(self) -> Iterator[Mapping[str, Any]]:
        """Yield what another replica has to know that may not be in the database yet."""
        if self._switched_at:
            language = self._session.language
            yield {"type": "language", "language": language, "at_ms": self._switched_at}

    def hear_language(self, language: str, at_ms: int) -> None:
        """Take in that the language was switched on another replica."""
        before = self._session
        here = (self._switched_at, before.language)
        if (at_ms, language) == here:
            return
        if (at_ms, language) > here:
            self._switched_at = at_ms
            # It may be newer than what is stored.
            self._adopts_language = False
            self._session = replace(before, language=language)
            if language != before.language:
                self._changed(before)
        if self._switched_here:
            # Both have written: the one that is earlier might have done so later.
            self._switched_here = (at_ms, language) < here
            self._records.language(self._session.language)

    def take_stored_language(self) -> None:
        """Have the next `reload` take the language over, unless it was switched here."""
        self._adopts_language = not self._switched_here

    async def renew_invite(self, role: Role, by: str | None) -> Session:
        """Make a role's earlier invites worthless.

        Raises:
            SessionNotFound: The session was deleted meanwhile.
            DatabaseAway: It could not be written down.
        """
        async with self._changing:
            stored = await self._stores.sessions.renew_invite(self._session.id, role, now_ms())
            self._take_invites(stored)
        self._records.event(EventKind.INVITE_RENEWED, by, {"role": role.value})
        self._invites_changed()
        self._line.tell(_CHANGED)
        return self._session

    async def revoke_invite(self, role: Role, by: str | None) -> Session:
        """Make a role's invites worthless, and give it none until it is renewed.

        Raises:
            SessionNotFound: The session was deleted meanwhile.
            DatabaseAway: It could not be written down.
        """
        async with self._changing:
            if role in self._session.revoked_invites:
                return self._session
            stored = await self._stores.sessions.revoke_invite(self._session.id, role, now_ms())
            self._take_invites(stored)
        self._records.event(EventKind.INVITE_REVOKED, by, {"role": role.value})
        self._invites_changed()
        self._line.tell(_CHANGED)
        return self._session

    async def reload(self) -> None:
        """Take over what another server changed, after or while it had the session open.

        Raises:
            SessionNotFound: It was deleted meanwhile.
            DatabaseAway: It could not be read.
        """
        async with self._changing:
            stored = await self._stores.sessions.get(self._session.id)
            if stored is None:
                raise SessionNotFound
            before = self._session
            language = stored.language if self._adopts_language else before.language
            self._adopts_language = False
            if stored.language != language and not self._line.leads_somewhere:
                # It was switched here or there; nothing says which was last.
                self._records.language(language)
            self._session = replace(
                stored,
                language=language,
                updated_at=max(stored.updated_at, before.updated_at),
            )
        after = self._session
        if after != replace(before, updated_at=after.updated_at):
            self._changed(before)
        if (after.invite_generations, after.revoked_invites) != (
            before.invite_generations,
            before.revoked_invites,
        ):
            self._invites_changed()

    def note_edit(self) -> None:
        """Note, now and then, that the files changed."""
        at_ms = now_ms()
        if at_ms - self._session.updated_at >= _EDITED_EVERY_MS:
            self._session = replace(self._session, updated_at=at_ms)
            self._records.edited(at_ms)

    def _take_invites(self, stored: Session | None) -> None:
        if stored is None:
            raise SessionNotFound
        self._session = replace(
            self._session,
            invite_generations=stored.invite_generations,
            revoked_invites=stored.revoked_invites,
        )

    def _record(self, before: Session, by: str | None) -> None:
        after = self._session
        changes: list[tuple[EventKind, bool, dict[str, Any]]] = [
            (EventKind.TITLE, after.title != before.title, {"title": after.title}),
            (EventKind.LOCKED, after.locked is not before.locked, {"locked": after.locked}),
            (EventKind.ENDED, after.phase is not before.phase, {}),
            (
                EventKind.JOIN_POLICY,
                after.join_policy is not before.join_policy,
                {"join_policy": after.join_policy.value},
            ),
            (
                EventKind.OBSERVERS_LISTED,
                after.observers_listed is not before.observers_listed,
                {"observers_listed": after.observers_listed},
            ),
            (EventKind.SHARED, after.shared is not before.shared, {"shared": after.shared}),
        ]
        for kind, changed, payload in changes:
            if changed:
                self._records.event(kind, by, payload)
