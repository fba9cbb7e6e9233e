"""A tunnel of Cloudflare's that needs no account: the `cloudflared` program, run as a child.

The command is `cloudflared tunnel --url URL --no-autoupdate`.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codeinterview_desktop.core.child import ChildProcess, Command, ProcessExit
from codeinterview_desktop.core.room_watch import Backoff

from .exposure import quick_exposure
from .keeper import COMMAND as KEEP
from .quick_lines import QuickLines
from .status import TunnelState, TunnelStatus
from .tunnel import Tunnel, TunnelEndedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from codeinterview_desktop.core.tasks import BackgroundTasks

    from .status import HostKey

PROGRAM = "cloudflared"

# Where installers put it that an app started from the desktop may not have on its PATH.
_USUAL_FOLDERS = {
    "darwin": ("/opt/homebrew/bin", "/usr/local/bin"),
    "linux": ("/usr/local/bin", "/home/linuxbrew/.linuxbrew/bin"),
    "win32": (r"C:\Program Files (x86)\cloudflared", r"C:\Program Files\cloudflared"),
}
_LOST_REASON = "cloudflared lost its connection and tries again by itself."


@dataclass(frozen=True, slots=True)
class QuickPace:
    """How patient a quick tunnel is.

    Attributes:
        backoff: the waits before cloudflared is started again, forever.
        settled_s: a run that was up for so long begins a new row of tries.
        start_limit_s: how long it may take to be up.
        stop_limit_s: how long it may take to end before it is ended harder.
    """

    backoff: Backoff = field(default_factory=lambda: Backoff(first_s=1.0, most_s=60.0))
    settled_s: float = 60.0
    start_limit_s: float = 60.0
    stop_limit_s: float = 5.0


class QuickTunnel(Tunnel):
    """Keeps cloudflared running while it is wanted.

    Its link is another with each start of cloudflared; while that runs, it keeps its link across
    losses of the network by itself.

    Signals:
        changed: the status before and after.
    """

    def __init__(
        self,
        *,
        port: int,
        spawn: Callable[[Command], ChildProcess],
        tasks: BackgroundTasks,
        program: str | None = None,
        pace: QuickPace | None = None,
    ) -> None:
        """Prepare a tunnel.

        Args:
            port: the app's own server on loopback, the only thing that is forwarded to.
            spawn: makes the process.
            tasks: runs it.
            program: where cloudflared is; None looks on the PATH at each start.
            pace: how patient to be.
        """
        super().__init__("by cloudflared", tasks)
        self._port = port
        self._spawn = spawn
        self._program = program
        self._pace = pace or QuickPace()
        self._link: str | None = None
        self._child: ChildProcess | None = None

    @property
    def exposes(self) -> str:
        """What it opens to whom, in sentences to show before it starts."""
        return quick_exposure()

    def lead_to(self, port: int) -> None:
        """The app's server listens elsewhere: cloudflared starts again, with another link."""
        if port == self._port:
            return
        self._port = port
        if self._child is not None:
            self._child.close_stdin()

    def accept_host_key(self, host_key: HostKey) -> None:
        """Nothing: cloudflared knows its hosts."""

    async def _run(self) -> None:
        self._link = None
        failures = 0
        was_up = False
        while True:
            program = self._program or find_cloudflared()
            if program is None:
                raise TunnelEndedError(
                    "cloudflared is not installed. Install it, then start the tunnel again."
                )
            child = self._child = self._spawn(self._command(program))
            run = _Run(child, self._pace, on_up=self._come_up, on_lost=self._lose)
            try:
                held_s = await run.live()
            finally:
                self._child = None
            was_up = was_up or held_s > 0
            if not was_up:
                raise TunnelEndedError(_ended_early(run.complaint))
            failures = 1 if held_s >= self._pace.settled_s else failures + 1
            self._lose("cloudflared ended and is started again; its next link is another one.")
            await asyncio.sleep(self._pace.backoff.delay_s(failures))

    def _command(self, program: str) -> Command:
        frozen = bool(getattr(sys, "frozen", False))
        own = () if frozen else ("-m", "codeinterview_desktop.cli")
        url = f"http://127.0.0.1:{self._port}"
        arguments = (*own, KEEP, program, "tunnel", "--url", url, "--no-autoupdate")
        return Command(sys.executable, arguments)

    def _come_up(self, link: str) -> None:
        self._link = link
        self._set(TunnelStatus(TunnelState.UP, link))

    def _lose(self, reason: str) -> None:
        self._set(TunnelStatus(TunnelState.RECONNECTING, self._link, reason))


class _Run:
    """One run of cloudflared, which is gone when `live()` ends, however that ends."""

    def __init__(
        self,
        child: ChildProcess,
        pace: QuickPace,
        *,
        on_up: Callable[[str], None],
        on_lost: Callable[[str], None],
    ) -> None:
        self._child = child
        self._pace = pace
        self._on_up = on_up
        self._on_lost = on_lost
        self._lines = QuickLines()
        self._came_up_s: float | None = None
        self._up_or_gone = asyncio.Event()
        self._gone = asyncio.Event()
        child.line.connect(self._hear)
        child.exited.connect(self._end)

    @property
    def complaint(self) -> str | None:
        """The last error that it told of."""
        return self._lines.complaint

    async def live(self) -> float:
        """Run until it ends or does not come up; how long it was up, 0 when it never was."""
        self._child.start()
        try:
            async with asyncio.timeout(self._pace.start_limit_s):
                await self._up_or_gone.wait()
            await self._gone.wait()
        except TimeoutError:
            pass
        finally:
            await self._stop()
        now_s = asyncio.get_running_loop().time()
        return 0.0 if self._came_up_s is None else now_s - self._came_up_s

    async def _stop(self) -> None:
        for ask in (self._child.close_stdin, self._child.terminate, self._child.kill):
            if self._gone.is_set():
                return
            ask()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._pace.stop_limit_s):
                    await self._gone.wait()

    def _hear(self, line: str) -> None:
        was_up = self._lines.is_up
        self._lines.hear(line)
        link = self._lines.link
        if link is not None and self._lines.is_up and not was_up:
            self._came_up_s = self._came_up_s or asyncio.get_running_loop().time()
            self._up_or_gone.set()
            self._on_up(link)
        elif was_up and not self._lines.is_up:
            self._on_lost(_LOST_REASON)

    def _end(self, _exit: ProcessExit) -> None:
        self._gone.set()
        self._up_or_gone.set()


def find_cloudflared() -> str | None:
    """Where cloudflared is installed, or None."""
    folders = os.pathsep.join(_USUAL_FOLDERS.get(sys.platform, ()))
    return shutil.which(PROGRAM) or shutil.which(PROGRAM, path=folders)


def _ended_early(complaint: str | None) -> str:
    said = f" It said: {complaint.rstrip('.')}." if complaint else ""
    return (
        f"cloudflared gave no link.{said} Check the network; a configuration file of its own, such"
        " as .cloudflared/config.yml, also keeps it from giving links without an account."
    )
