"""A reverse tunnel over SSH: a host listens for the public and passes on to the app's server."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import asyncssh

from codeinterview_desktop.core.room_watch import Backoff

from .exposure import ssh_exposure
from .link_reader import LinkReader
from .ssh_login import (
    Credentials,
    LoginRefusedError,
    UnknownHostError,
    UnreachableError,
    WrongHostError,
    log_in,
)
from .status import HostKey, SecretKind, SecretRequest, TunnelState, TunnelStatus
from .tunnel import Tunnel, TunnelEndedError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from codeinterview_desktop.core.tasks import BackgroundTasks

    from .known_hosts import KnownHosts
    from .ssh_keys import SshKeys
    from .ssh_target import SshRoute, SshTarget

_LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class SshPace:
    """How patient an SSH tunnel is.

    Attributes:
        backoff: the waits between tries, forever.
        settled_s: a connection that held for so long begins a new row of tries.
        keepalive_s: how often to ask whether the host is still there; it is given up after three
            questions without an answer.
        request_limit_s: how long the host may take to listen, or to print a link.
        stop_limit_s: how long it may take to stop listening.
        same_port_tries: how often a port that the host chose is asked for again before another.
    """

    backoff: Backoff = field(default_factory=lambda: Backoff(first_s=0.5, most_s=30.0))
    settled_s: float = 20.0
    keepalive_s: float = 10.0
    request_limit_s: float = 30.0
    stop_limit_s: float = 3.0
    same_port_tries: int = 8


class _PortRefusedError(Exception):
    """The host does not listen there now; the sentence says what to do."""


class SshTunnel(Tunnel):
    """Keeps one port of a host forwarded to one port of this computer, while it is wanted.

    A network that goes away is tried again forever once the tunnel was up; before, it is a failure,
    because then a mistyped name is more likely. The port, and with it the link, stays the same
    across reconnects as long as the host agrees.

    Signals:
        changed: the status before and after.
    """

    def __init__(
        self,
        target: SshTarget,
        route: SshRoute,
        *,
        port: int,
        keys: SshKeys,
        known_hosts: KnownHosts,
        ask: Callable[[SecretRequest], Awaitable[str | None]],
        tasks: BackgroundTasks,
        use_agent: bool = True,
        pace: SshPace | None = None,
    ) -> None:
        """Prepare a tunnel.

        Args:
            target: the host.
            route: how the public reaches it.
            port: the app's own server on loopback, the only thing that is forwarded to.
            keys: the user's key files.
            known_hosts: which hosts are known.
            ask: asks the user for a passphrase or password; None means that they have none. A
                password stays in memory until the tunnel stops or fails, because a reconnect needs
                it; neither is written anywhere.
            tasks: runs it.
            use_agent: whether to offer the keys of the user's SSH agent, first of all.
            pace: how patient to be.
        """
        super().__init__(f"to {target.host}", tasks)
        self._target = target
        self._route = route
        self._local_port = port
        self._keys = keys
        self._known_hosts = known_hosts
        self._ask = ask
        self._use_agent = use_agent
        self._pace = pace or SshPace()
        self._accepted = asyncio.Event()
        self._password: str | None = None
        self._port = route.port
        self._link: str | None = None
        self._reason: str | None = None
        self._port_refusals = 0

    @property
    def exposes(self) -> str:
        """What it opens to whom, in sentences to show before it starts."""
        return ssh_exposure(self._target, self._route)

    def lead_to(self, port: int) -> None:
        """The app's server listens elsewhere from now on: what arrives next goes there."""
        self._local_port = port

    def accept_host_key(self, host_key: HostKey) -> None:
        """The user vouches for the key that the status asks about: remember it and go on.

        Raises:
            OSError: it cannot be remembered; the question stays.
        """
        if self.status.host_key != host_key:
            return
        self._known_hosts.accept(host_key)
        self._accepted.set()

    async def _run(self) -> None:
        try:
            await self._keep_up()
        finally:
            self._password = None

    async def _keep_up(self) -> None:
        self._port, self._link, self._reason = self._route.port, None, None
        self._port_refusals = 0
        try:
            self._keys.load()
        except ValueError as error:
            raise TunnelEndedError(str(error)) from None
        failures = 0
        while True:
            held_s = 0.0
            try:
                held_s = await self._carry()
                reason = f"The connection to {self._target.host} was lost."
            except (UnreachableError, _PortRefusedError) as error:
                reason = str(error)
                if self._link is None:
                    raise TunnelEndedError(reason) from None
            failures = 1 if held_s >= self._pace.settled_s else failures + 1
            self._go_on(reason)
            await asyncio.sleep(self._pace.backoff.delay_s(failures))

    async def _carry(self) -> float:
        """Connect, listen, and return how long it held when the connection is lost."""
        clock = asyncio.get_running_loop()
        reader = LinkReader(self._route.domain) if self._route.domain is not None else None
        connection = await self._connect(reader)
        listener: asyncssh.SSHListener | None = None
        try:
            listener = await self._listen(connection)
            async with contextlib.AsyncExitStack() as stack:
                if reader is not None:
                    link = await self._read_link(connection, reader, stack)
                else:
                    link = self._route.link_of(self._target, self._port)
                self._link, self._reason = link, None
                came_up_s = clock.time()
                self._set(TunnelStatus(TunnelState.UP, link=link))
                await connection.wait_closed()
                return clock.time() - came_up_s
        finally:
            await self._hang_up(connection, listener)

    async def _connect(self, reader: LinkReader | None) -> asyncssh.SSHClientConnection:
        """Log in, asking the user for whatever is missing between two tries."""
        while True:
            credentials = Credentials(self._keys.open, self._password, self._use_agent)
            try:
                return await log_in(
                    self._target,
                    self._known_hosts.of(self._target),
                    credentials,
                    keepalive_s=self._pace.keepalive_s,
                    on_banner=lambda text: _feed(reader, text),
                )
            except UnknownHostError as unknown:
                self._accepted.clear()
                key = unknown.host_key
                self._set(TunnelStatus(TunnelState.NEEDS_HOST_KEY, self._link, host_key=key))
                await self._accepted.wait()
                self._go_on(self._reason)
            except WrongHostError as error:
                raise TunnelEndedError(str(error)) from None
            except LoginRefusedError as refusal:
                await self._find_secret(refusal)

    async def _find_secret(self, refusal: LoginRefusedError) -> None:
        """Get one more thing to log in with from the user.

        Raises:
            TunnelEndedError: there is none.
            UnreachableError: what let the user in before may do so again, as when the host starts.
        """
        if self._link is not None and self._password is None:
            raise UnreachableError(str(refusal))
        if not refusal.password_was_wrong:
            while (path := self._keys.locked) is not None:
                if await self._unlock(path):
                    return
        if refusal.takes_password:
            password = await self._ask_for(
                SecretKind.PASSWORD, str(self._target), refusal.password_was_wrong
            )
            if password is not None:
                self._password = password
                return
        raise TunnelEndedError(str(refusal))

    async def _unlock(self, path: Path) -> bool:
        is_retry = False
        while True:
            passphrase = await self._ask_for(SecretKind.PASSPHRASE, str(path), is_retry)
            if passphrase is None:
                self._keys.skip(path)
                return False
            if await self._keys.unlock(path, passphrase):
                return True
            is_retry = True

    async def _ask_for(self, kind: SecretKind, subject: str, is_retry: bool) -> str | None:
        request = SecretRequest(kind, subject, is_retry)
        self._set(TunnelStatus(TunnelState.NEEDS_SECRET, self._link, secret=request))
        answer = await self._ask(request)
        self._go_on(self._reason)
        return answer

    async def _listen(self, connection: asyncssh.SSHClientConnection) -> asyncssh.SSHListener:
        try:
            async with asyncio.timeout(self._pace.request_limit_s):
                listener = await connection.create_server(
                    lambda _host, _port: self._lead_in(connection),
                    self._route.bind,
                    self._port,
                )
        except asyncssh.ChannelListenError:
            self._port_refusals += 1
            refused = self._port
            if self._port_refusals >= self._pace.same_port_tries:
                # What the host chose once may be somebody else's by now.
                self._port = self._route.port
            raise _PortRefusedError(_port_refused(self._target, refused)) from None
        except (TimeoutError, asyncssh.Error, OSError):
            raise UnreachableError(f"{self._target.host} does not answer any more.") from None
        self._port_refusals = 0
        self._port = self._port or listener.get_port()
        return listener

    async def _lead_in(
        self, connection: asyncssh.SSHClientConnection
    ) -> asyncssh.SSHTCPSession[bytes]:
        """Connect what arrived with the app's server."""
        forwarder = await connection.forward_connection(_LOOPBACK, self._local_port)
        if connection.is_closed():
            # The library would forget it, with its connection to the server still open.
            forwarder.close()
            raise asyncssh.ChannelOpenError(asyncssh.OPEN_CONNECT_FAILED, "The tunnel is closed")
        return cast("asyncssh.SSHTCPSession[bytes]", forwarder)

    async def _read_link(
        self,
        connection: asyncssh.SSHClientConnection,
        reader: LinkReader,
        stack: contextlib.AsyncExitStack,
    ) -> str:
        """The link that a forwarding service prints: before the login, or in a session."""
        with contextlib.suppress(asyncssh.Error, OSError):
            process = await connection.create_process(encoding=None, stderr=asyncssh.STDOUT)
            # It stays open, as its end may end the forwarding, and is read so that it can go on.
            printed = asyncio.Event()
            reading = self._tasks.start(
                _read(process.stdout, reader, printed), "read a forwarding service's output"
            )
            stack.callback(reading.cancel)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._pace.request_limit_s):
                    await printed.wait()
        if reader.link is None:
            raise UnreachableError(
                f"{self._target.host} gave no link that ends in {self._route.domain}."
            )
        return reader.link

    async def _hang_up(
        self, connection: asyncssh.SSHClientConnection, listener: asyncssh.SSHListener | None
    ) -> None:
        try:
            async with asyncio.timeout(self._pace.stop_limit_s):
                if listener is not None and not connection.is_closed():
                    listener.close()
                    await listener.wait_closed()
                connection.close()
                await connection.wait_closed()
        except (TimeoutError, asyncssh.Error, OSError):
            pass
        finally:
            if not connection.is_closed():
                connection.abort()

    def _go_on(self, reason: str | None) -> None:
        """Say that it tries again: to come back when it was up before, else to come up."""
        self._reason = reason
        if self._link is None:
            self._set(TunnelStatus(TunnelState.CONNECTING))
        else:
            self._set(TunnelStatus(TunnelState.RECONNECTING, self._link, reason))


def _feed(reader: LinkReader | None, text: str) -> None:
    if reader is not None:
        reader.feed(f"{text}\n")


async def _read(
    output: asyncssh.SSHReader[bytes], reader: LinkReader, printed: asyncio.Event
) -> None:
    try:
        while data := await output.read(4096):
            if reader.feed(data.decode("utf-8", "replace")) is not None:
                printed.set()
    except (asyncssh.Error, OSError):
        pass
    finally:
        printed.set()


def _port_refused(target: SshTarget, port: int) -> str:
    where = f"port {port}" if port else "any port"
    return (
        f"{target.host} does not listen on {where} for this app: something else may use it, or its"
        " SSH server does not allow forwarding. Choose another port, or 0 to let the host choose."
    )
