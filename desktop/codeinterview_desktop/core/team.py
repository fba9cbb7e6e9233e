"""The team server that the user is signed in to: its account, its key, whether it answers."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from codeinterview_server.version import __version__

from .api import UNREACHABLE, ApiError, ServerApi
from .events import Signal
from .key_store import KeyringUnusableError
from .supervisor import ServerAwayError
from .values import Account

if TYPE_CHECKING:
    from .key_store import KeyStore
    from .settings import SettingsStore
    from .tasks import BackgroundTasks
    from .team_address import TeamAddress

_log = logging.getLogger(__name__)

_RETRY_EVERY_S: Final = 15.0
_NOT_SIGNED_IN: Final = "You are not signed in to a team server. Sign in first."


class TeamState(StrEnum):
    """Where the app stands with the team's server."""

    SIGNED_OUT = "signed_out"
    CHECKING = "checking"
    """There is a key, and nothing was heard of the server yet."""
    READY = "ready"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    """The key was good once and opens nothing any more; it is forgotten."""


@dataclass(frozen=True, slots=True)
class TeamStatus:
    """What is known of the account.

    Attributes:
        origin: the server signed in to, or the one before.
        account: whose key it is, as last heard.
        problem: a sentence when something is wrong.
        is_kept: whether the key is in the keyring, and so there at the next start.
    """

    state: TeamState = TeamState.SIGNED_OUT
    origin: str | None = None
    account: Account | None = None
    problem: str = ""
    is_kept: bool = False

    @property
    def is_signed_in(self) -> bool:
        """Whether there is a key to act with."""
        return self.state in (TeamState.CHECKING, TeamState.READY, TeamState.UNREACHABLE)

    @property
    def version_note(self) -> str:
        """A sentence when the server's version is another one; empty when it is the same."""
        theirs = self.account.version if self.account is not None else __version__
        if _release(theirs) == _release(__version__):
            return ""
        return (
            f"The server runs version {theirs}, this app {__version__}. If something does not work,"
            " bring the older one up to date."
        )


class TeamServer:
    """Owns the account and its client, from `start()` to `stop()`. The key is in memory alone.

    Signals:
        changed: the status before and after.
        left: the origin whose account ended, by the user or the server.
    """

    def __init__(
        self,
        settings: SettingsStore,
        keys: KeyStore,
        tasks: BackgroundTasks,
        retry_every_s: float = _RETRY_EVERY_S,
    ) -> None:
        """Prepare.

        Args:
            settings: remembers the server's address and never the key.
            keys: keeps the key.
            tasks: runs what goes on in the background.
            retry_every_s: how often a server that does not answer is asked again.
        """
        self.changed: Signal[TeamStatus, TeamStatus] = Signal()
        self.left: Signal[str] = Signal()
        self.keys = keys
        self._settings = settings
        self._tasks = tasks
        self._retry_every_s = retry_every_s
        self._status = TeamStatus(origin=settings.current.team_address)
        self._client: ServerApi | None = None
        self._changing = asyncio.Lock()
        self._retrying: asyncio.Task[None] | None = None

    @property
    def status(self) -> TeamStatus:
        """What is known now."""
        return self._status

    @property
    def url(self) -> str | None:
        """The server's origin while the user is signed in."""
        return self._client.origin if self._client is not None else None

    @property
    def public_url(self) -> str | None:
        """Where others reach it: its public URL, or its origin; None unless signed in."""
        account = self._status.account
        told = None if account is None else account.public_url
        return self.url if told is None or self.url is None else told

    @property
    def page_key(self) -> str | None:
        """None: what a server's pages run is the server's choice, and the key outlives a page."""
        return None

    async def origin(self, timeout_s: float = 0.0) -> str:  # noqa: ARG002
        """The server's origin.

        Raises:
            ServerAwayError: the user is not signed in.
        """
        return (await self.client()).origin

    async def client(self, timeout_s: float = 0.0) -> ServerApi:  # noqa: ARG002
        """A client with the user's key; it belongs to this object.

        Raises:
            ServerAwayError: the user is not signed in.
        """
        if self._client is None:
            raise ServerAwayError(self._status.problem or _NOT_SIGNED_IN)
        return self._client

    def start(self) -> None:
        """Sign in again with the key of an earlier time. Returns at once."""
        if self._status.origin is not None:
            self._tasks.start(self.restore(), "sign in to the team server")

    async def stop(self) -> None:
        """Close the client; the user stays signed in. Safe to call twice."""
        await self._drop()

    async def restore(self) -> None:
        """Sign in with the key that the keyring has for the remembered server, if it has one."""
        async with self._changing:
            origin = self._status.origin
            if origin is None or self._client is not None:
                return
            try:
                key = await self.keys.read(origin)
            except KeyringUnusableError as error:
                self._change(TeamStatus(origin=origin, problem=f"You are not signed in. {error}"))
                return
            if key is None:
                return
            self._client = self._client_of(origin, key)
            self._change(TeamStatus(TeamState.CHECKING, origin, is_kept=True))
        await self.check()

    async def sign_in(self, address: TeamAddress, key: str, *, keep: bool) -> None:
        """Sign in, in place of whatever account there was.

        Args:
            address: the server.
            key: the user's key there.
            keep: whether the keyring shall keep it; otherwise it is forgotten with this run.

        Raises:
            ApiError: the server does not take the key, or cannot be asked; nothing changed.
            KeyringUnusableError: the keyring does not take the key; nothing changed.
        """
        async with self._changing:
            async with ServerApi(address.origin, key) as api:
                account = await _account(api)
            if keep:
                await self.keys.write(address.origin, key)
            if self._client is not None:
                is_replaced = keep and self._client.origin == address.origin
                await self._leave(forget=not is_replaced)
            self._remember(address.origin)
            self._client = self._client_of(address.origin, key)
            self._change(TeamStatus(TeamState.READY, address.origin, account, is_kept=keep))

    async def sign_out(self) -> None:
        """Forget the key, here and in the keyring; sessions on the server stay as they are.

        Raises:
            KeyringUnusableError: the user is signed out, but the keyring may still have the key.
        """
        async with self._changing:
            origin = self._status.origin
            await self._leave(forget=False)
            self._remember(None)
            self._change(TeamStatus())
            if origin is not None:
                await self.keys.remove(origin)

    async def check(self) -> None:
        """Ask the server whether the key is still good; the status tells what came of it."""
        async with self._changing:
            client = self._client
            if client is None:
                return
            try:
                account = await _account(client)
            except ApiError as error:
                if error.status == 401:
                    await self._refused(client.origin)
                elif error.code == UNREACHABLE:
                    self._note(
                        TeamState.UNREACHABLE,
                        f"{client.origin} does not answer. The app asks it again by itself.",
                    )
                else:
                    self._note(TeamState.UNREACHABLE, str(error))
            else:
                self._change(
                    TeamStatus(
                        TeamState.READY, client.origin, account, is_kept=self._status.is_kept
                    )
                )

    async def _refused(self, origin: str) -> None:
        await self._leave(forget=True)
        self._change(
            TeamStatus(
                TeamState.REFUSED,
                origin,
                problem=(
                    f"Your key for {origin} is not good any more: it was revoked. Interviews there"
                    " stay on the server. Ask whoever runs it for a new key."
                ),
            )
        )

    async def _leave(self, *, forget: bool) -> None:
        """End the account; `forget` takes its key out of the keyring as far as that works."""
        client = self._client
        await self._drop()
        if client is None:
            return
        self.left.emit(client.origin)
        if forget:
            try:
                await self.keys.remove(client.origin)
            except KeyringUnusableError as error:
                _log.warning("A key is still in the keyring: %s", error)

    async def _drop(self) -> None:
        client, self._client = self._client, None
        retrying, self._retrying = self._retrying, None
        # What ends an account may be what asks again for it.
        if retrying is not None and retrying is not asyncio.current_task():
            retrying.cancel()
        if client is not None:
            await client.aclose()

    def _client_of(self, origin: str, key: str) -> ServerApi:
        return ServerApi(origin, key, heard=self._heard)

    def _heard(self, status: int | None) -> None:
        """Something was asked of the server meanwhile: what that says of the account."""
        state = self._status.state
        is_news = {
            TeamState.READY: status is None or status == 401,
            TeamState.UNREACHABLE: status is not None,
        }.get(state, False)
        if is_news and not self._changing.locked():
            self._tasks.start(self.check(), "check the team account")

    def _note(self, state: TeamState, problem: str) -> None:
        status = self._status
        self._change(TeamStatus(state, status.origin, status.account, problem, status.is_kept))
        if state is TeamState.UNREACHABLE and self._retrying is None:
            self._retrying = self._tasks.start(self._retry(), "reach the team server")

    async def _retry(self) -> None:
        try:
            while self._status.state is TeamState.UNREACHABLE:
                await asyncio.sleep(self._retry_every_s)
                await self.check()
        finally:
            if self._retrying is asyncio.current_task():
                self._retrying = None

    def _remember(self, origin: str | None) -> None:
        try:
            self._settings.update(team_address=origin)
        except OSError as error:
            _log.warning("The team server is not remembered: %s", error.strerror)

    def _change(self, now: TeamStatus) -> None:
        before, self._status = self._status, now
        if before != now:
            self.changed.emit(before, now)


async def _account(api: ServerApi) -> Account:
    """Whose key it is.

    Raises:
        ApiError: in words for who signs in; 401 when the key is not known.
    """
    try:
        return await api.account()
    except ApiError as error:
        if error.code == UNREACHABLE:
            raise ApiError(
                error.code,
                f"{api.origin} does not answer. Check the address, and this computer’s connection.",
            ) from error
        if error.status == 401:
            raise ApiError(
                error.code,
                f"{api.origin} does not know this key, or it was revoked. Check that it was pasted"
                " whole, or ask whoever runs the server for a new one.",
                401,
            ) from error
        if error.status == 404:
            raise ApiError(
                error.code,
                f"{api.origin} runs a version of CodeInterview that is too old to sign in to. Ask"
                " whoever runs it to bring it up to date.",
                404,
            ) from error
        raise


def _release(version: str) -> list[str]:
    """What of a version number decides whether both sides fit."""
    return version.split(".")[:2]
