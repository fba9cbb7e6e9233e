"""One login at an SSH server: whose key it shows, how one gets in, and why not."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import asyncssh
from asyncssh.public_key import get_default_certificate_algs, get_default_public_key_algs
from typing_extensions import override

from .known_hosts import KnownKeys, host_key_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from .ssh_target import SshTarget
    from .status import HostKey

_CONNECT_LIMIT_S = 15.0
_LOGIN_LIMIT_S = 30.0
_AGENT_LIMIT_S = 5.0
_TOO_MANY_FAILURES = 2  # SSH_DISCONNECT_PROTOCOL_ERROR, with which OpenSSH ends a login.


class UnknownHostError(Exception):
    """Nobody has vouched for the host yet."""

    def __init__(self, host_key: HostKey) -> None:
        super().__init__(f"{host_key.name} is not known.")
        self.host_key = host_key


class WrongHostError(Exception):
    """The host is not the one that is known; the sentence says what to do."""


class LoginRefusedError(Exception):
    """The host does not let this user in with what was offered.

    Attributes:
        takes_password: it would take a password.
        password_was_wrong: it was given one.
    """

    def __init__(self, sentence: str, *, takes_password: bool, password_was_wrong: bool) -> None:
        super().__init__(sentence)
        self.takes_password = takes_password
        self.password_was_wrong = password_was_wrong


class UnreachableError(Exception):
    """The host cannot be reached now; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What to log in with, kept out of every text."""

    keys: Sequence[asyncssh.SSHKey] = field(default=(), repr=False)
    password: str | None = field(default=None, repr=False)
    use_agent: bool = True


async def log_in(
    target: SshTarget,
    known: KnownKeys,
    credentials: Credentials,
    *,
    keepalive_s: float,
    on_banner: Callable[[str], None],
) -> asyncssh.SSHClientConnection:
    """Connect and log in. Safe to cancel: nothing of it stays open.

    The user's `ssh` configuration is not read: what it may hold, such as commands and jumps, is not
    what the form says.

    Args:
        target: where to.
        known: what is known of the host.
        credentials: what to offer.
        keepalive_s: how often to ask whether the host is still there.
        on_banner: hears what the host says before the login.

    Raises:
        UnknownHostError, WrongHostError, LoginRefusedError, UnreachableError
    """
    client = _Client(credentials.password, on_banner)
    is_known = bool(known.keys or known.authorities)
    agent = await _agent() if credentials.use_agent else None
    try:
        keys = [*(await _agent_keys(agent)), *credentials.keys]
        return await asyncssh.connect(
            target.host,
            target.port,
            config=None,
            client_factory=lambda: client,
            username=target.user,
            known_hosts=(list(known.keys), list(known.authorities), list(known.revoked)),
            server_host_key_algs=_algorithms(known),
            x509_trusted_certs=None,
            # None at all, as the library looks for some itself otherwise.
            client_keys=keys or None,
            agent_path=None,
            agent_forwarding=False,
            preferred_auth=["publickey", "keyboard-interactive", "password"],
            gss_host=None,
            connect_timeout=_CONNECT_LIMIT_S + _LOGIN_LIMIT_S,
            login_timeout=_LOGIN_LIMIT_S,
            keepalive_interval=keepalive_s,
            keepalive_count_max=3,
        )
    except asyncssh.HostKeyNotVerifiable as error:
        if "revoked" in str(error):
            raise WrongHostError(_revoked(target)) from None
        if client.shown is not None and not is_known:
            raise UnknownHostError(host_key_of(target, client.shown)) from None
        raise WrongHostError(_wrong_host(target, client.shown)) from None
    except asyncssh.KeyExchangeFailed:
        raise UnreachableError(
            f"{target.host} and this app have no way of encrypting in common."
        ) from None
    except asyncssh.PermissionDenied:
        raise _refused(target, client) from None
    except asyncssh.DisconnectError as error:
        if error.code == _TOO_MANY_FAILURES and "auth" in error.reason.lower():
            raise _refused(target, client) from None
        raise UnreachableError(_dropped(target)) from None
    except (TimeoutError, OSError) as error:
        raise UnreachableError(_network(target, error)) from None
    finally:
        if agent is not None:
            agent.close()
            await agent.wait_closed()


async def _agent() -> asyncssh.SSHAgentClient | None:
    """The user's agent, or None where there is none."""
    try:
        return await asyncssh.connect_agent()
    except OSError:
        return None


async def _agent_keys(agent: asyncssh.SSHAgentClient | None) -> Sequence[asyncssh.SSHKeyPair]:
    try:
        async with asyncio.timeout(_AGENT_LIMIT_S):
            return await agent.get_keys() if agent is not None else ()
    except (TimeoutError, ValueError):
        # It is locked, or no agent.
        return ()


def _algorithms(known: KnownKeys) -> list[str]:
    """Kinds of host keys to ask for: known ones first, as a host may have several."""
    own = [algorithm for key in known.keys for algorithm in key.sig_algorithms]
    # Without an authority nobody could vouch for a certificate.
    certificates = get_default_certificate_algs() if known.authorities else []
    wanted = dict.fromkeys((*certificates, *own, *get_default_public_key_algs()))
    return [algorithm.decode("ascii") for algorithm in wanted]


class _Client(asyncssh.SSHClient):
    """Answers what the host asks during a login; a password is offered once."""

    def __init__(self, password: str | None, on_banner: Callable[[str], None]) -> None:
        self.shown: asyncssh.SSHKey | None = None
        self.takes_password = False
        self.gave_password = False
        self._password = password
        self._on_banner = on_banner

    @override
    def validate_host_public_key(
        self, host: str, addr: str, port: int, key: asyncssh.SSHKey
    ) -> bool:
        self.shown = key
        return False

    @override
    def auth_banner_received(self, msg: str, lang: str) -> None:
        self._on_banner(msg)

    @override
    def password_auth_requested(self) -> str | None:
        self.takes_password = True
        if self._password is None or self.gave_password:
            return None
        self.gave_password = True
        return self._password

    @override
    def password_change_requested(self, prompt: str, lang: str) -> tuple[str, str]:
        raise asyncssh.PermissionDenied("The password has expired")

    @override
    def kbdint_auth_requested(self) -> str | None:
        return None if self.gave_password else ""

    @override
    def kbdint_challenge_received(
        self, name: str, instructions: str, lang: str, prompts: Sequence[tuple[str, bool]]
    ) -> Sequence[str] | None:
        if not prompts:
            return []
        hidden = len(prompts) == 1 and not prompts[0][1]
        if not hidden or "pass" not in prompts[0][0].lower():
            # Such as a one-time code, which a password must not be given to.
            return None
        password = self.password_auth_requested()
        return None if password is None else [password]


def _refused(target: SshTarget, client: _Client) -> LoginRefusedError:
    offered = "that password" if client.gave_password else "any of the keys offered"
    return LoginRefusedError(
        f"{target.host} does not let {target.user} in with {offered}."
        " Check the user name and choose the right key file.",
        takes_password=client.takes_password,
        password_was_wrong=client.gave_password,
    )


def _wrong_host(target: SshTarget, shown: asyncssh.SSHKey | None) -> str:
    what = f"the key {shown.get_fingerprint('sha256')}" if shown is not None else "a certificate"
    return (
        f"{target.host} shows {what}, which is not the one that is known of it. Somebody may be"
        " pretending to be that host, so nothing was sent. If its administrator says that the key"
        f" was changed, remove {target.known_name} from your known hosts and start again."
    )


def _revoked(target: SshTarget) -> str:
    return (
        f"{target.host} shows a key that your known hosts mark as revoked: somebody else may have"
        " it, so nothing was sent. Ask the host's administrator."
    )


def _dropped(target: SshTarget) -> str:
    return f"{target.host} ended the connection before the login was done."


def _network(target: SshTarget, error: OSError) -> str:
    match error:
        case socket.gaierror():
            return f"The name {target.host} cannot be found. Check it, and the network."
        case ConnectionRefusedError():
            return f"Nothing answers at port {target.port} of {target.host}."
        case TimeoutError():
            return f"{target.host} does not answer."
        case _:
            return f"{target.host} cannot be reached: {error.strerror or 'the network is away'}."
