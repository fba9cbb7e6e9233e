"""The session of a live room: its title, language, phase, rules and invites, and their changes."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from codeinterview_server.db.events import EventKind
from codeinterview_server.domain.clock import now_ms
from codeinterview_server.domain.errors import SessionNotFound
from codeinterview_server.domain.roles import Phase, Role
from codeinterview_server.domain.sessions import JoinPolicy, Session
from codeinterview_server.realtime.stores import Records, Stores

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
    """

    def __init__(
        self,
        session: Session,
        stores: Stores,
        records: Records,
        changed: Callable[[Session], None],
        invites_changed: Callable[[], None],
    ) -> None:
        self._session = session
        self._stores = stores
        self._records = records
        self._changed = changed
        self._invites_changed = invites_changed
        self._changing = asyncio.Lock()

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
        if language is not None:
            self.switch_language(language, by)

    def switch_language(self, language: str, by: str | None) -> None:
        """Switch to another language, also while the database is away."""
        before = self._session
        if language == before.language:
            return
        self._session = replace(before, language=language, updated_at=now_ms())
        self._records.language(language)
        self._records.event(EventKind.LANGUAGE, by, {"language": language})
        self._changed(before)

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
        return self._session

    async def reload(self) -> None:
        """Take over what another server changed, after it had the session open.

        Raises:
            SessionNotFound: It was deleted meanwhile.
            DatabaseAway: It could not be read.
        """
        async with self._changing:
            stored = await self._stores.sessions.get(self._session.id)
            if stored is None:
                raise SessionNotFound
            before = self._session
            if stored.language != before.language:
                # It was switched here or there; nothing says which was last.
                self._records.language(before.language)
            self._session = replace(
                stored,
                language=before.language,
                updated_at=max(stored.updated_at, before.updated_at),
            )
        after = self._session
        if after != before:
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
