"""Makes the tunnel that was chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .choice import TunnelKind

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from codeinterview_desktop.core.child import ChildProcess, Command
    from codeinterview_desktop.core.tasks import BackgroundTasks

    from .choice import TunnelChoice
    from .status import SecretRequest
    from .tunnel import Tunnel

    Ask = Callable[[SecretRequest], Awaitable[str | None]]


class TunnelMaker:
    """Knows what tunnels need of this app.

    Args:
        config: the app's configuration, where its known hosts are.
        spawn: makes the process that runs cloudflared.
        tasks: runs tunnels.
    """

    def __init__(
        self, config: Path, spawn: Callable[[Command], ChildProcess], tasks: BackgroundTasks
    ) -> None:
        self._config = config
        self._spawn = spawn
        self._tasks = tasks

    def make(self, choice: TunnelChoice, port: int, ask: Ask) -> Tunnel:
        """A tunnel that was not started yet.

        Args:
            choice: which one.
            port: the app's own server on loopback.
            ask: asks the user for a passphrase or password.

        Raises:
            ChoiceError: something of the choice is missing or wrong.
        """
        # Imported here, as most interviews need none of it and the window is not to wait.
        if choice.kind is TunnelKind.CLOUDFLARED:
            from .quick_tunnel import QuickTunnel

            return QuickTunnel(port=port, spawn=self._spawn, tasks=self._tasks)
        target, route, key = choice.target, choice.ssh_route, choice.key_path
        from .known_hosts import usual_known_hosts
        from .ssh_keys import SshKeys
        from .ssh_tunnel import SshTunnel

        return SshTunnel(
            target,
            route,
            port=port,
            keys=SshKeys([key] if key is not None else []),
            known_hosts=usual_known_hosts(self._config),
            ask=ask,
            tasks=self._tasks,
        )
