"""PostgreSQL's main process: started as our child, watched until it is ready, always ended.

It is a direct child rather than a daemon, so the kernel tells it when we die: on Linux it then
shuts down by itself, elsewhere the next start ends what it finds.
"""

import asyncio
import ctypes
import os
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from codeinterview_server.db.cluster import Cluster
from codeinterview_server.db.errors import DatabaseStartError
from codeinterview_server.db.postgres_programs import Account, Programs

_POLL_S: Final = 0.005
_READY_TIMEOUT_S: Final = 60.0
_STOP_TIMEOUT_S: Final = 20.0
_QUIT_TIMEOUT_S: Final = 5.0
_INHERITED: Final = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "TZ")
_PR_SET_PDEATHSIG: Final = 1

# Windows has neither signal; `pg_ctl` speaks to PostgreSQL there.
SHUT_DOWN: Final = signal.SIGINT
QUIT: Final = signal.SIGTERM if sys.platform == "win32" else signal.SIGQUIT
DIE_AT_ONCE: Final = signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL


def spawn(
    command: list[str], account: Account | None, log: int, death_signal: signal.Signals
) -> subprocess.Popen[bytes]:
    """Starts a program of PostgreSQL's, without our environment, terminal or privileges.

    Call it on the main thread: on Linux the program gets `death_signal` when the thread that
    started it ends.
    """
    options: dict[str, Any] = {}
    if sys.platform != "win32":
        # Ctrl+C in our terminal is for us: PostgreSQL must outlive the last flush.
        options.update(start_new_session=True, umask=0o077)
        if account is not None:
            options.update(user=account.uid, group=account.gid, extra_groups=[])
    if sys.platform == "linux":
        options.update(preexec_fn=_die_with_parent(death_signal))
    with warnings.catch_warnings():
        # Forking beside other threads is what this warns of. The child calls two C functions that
        # were looked up beforehand and then executes PostgreSQL.
        warnings.simplefilter("ignore", DeprecationWarning)
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=Path(command[0]).anchor,
            env={
                "LC_ALL": "C",
                **{name: os.environ[name] for name in _INHERITED if name in os.environ},
            },
            **options,
        )


def end_group(process: subprocess.Popen[bytes]) -> None:
    """Ends a spawned program together with the programs that it started itself."""
    if sys.platform == "win32":
        process.kill()
    else:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _die_with_parent(death_signal: signal.Signals) -> Callable[[], None]:
    prctl, getppid, leave = ctypes.CDLL(None).prctl, os.getppid, os._exit
    parent, number = os.getpid(), int(death_signal)

    def in_child() -> None:
        prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)
        if getppid() != parent:
            leave(1)

    return in_child


class Postmaster:
    """One run of PostgreSQL on one cluster: launched once, then stopped or found dead."""

    def __init__(self, cluster: Cluster, command: list[str], programs: Programs) -> None:
        self._cluster = cluster
        self._programs = programs
        log = cluster.open_log()
        try:
            self._process = spawn(command, programs.account, log, SHUT_DOWN)
        finally:
            os.close(log)

    @property
    def pid(self) -> int:
        """The process id of PostgreSQL's main process."""
        return self._process.pid

    def is_running(self) -> bool:
        """Tells whether the process is there."""
        return self._process.poll() is None

    async def wait_ready(self) -> None:
        """Returns when PostgreSQL accepts connections.

        Raises:
            DatabaseStartError: It ended instead, or took longer than a minute.
        """
        deadline = time.monotonic() + _READY_TIMEOUT_S
        while not self._is_ready():
            if not self.is_running():
                raise DatabaseStartError(
                    f"The embedded PostgreSQL did not start: {self._cluster.log_tail()}. "
                    f"Look into {self._cluster.log_path}."
                )
            if time.monotonic() > deadline:
                raise DatabaseStartError(
                    f"The embedded PostgreSQL was not ready after {_READY_TIMEOUT_S:.0f} seconds. "
                    f"Look into {self._cluster.log_path} and try again."
                )
            await asyncio.sleep(_POLL_S)

    async def stop(self) -> None:
        """Ends PostgreSQL: politely, then firmly, then by force; returns when it is gone."""
        for mode, timeout_s in (
            (SHUT_DOWN, _STOP_TIMEOUT_S),
            (QUIT, _QUIT_TIMEOUT_S),
            (DIE_AT_ONCE, _QUIT_TIMEOUT_S),
        ):
            if not self.is_running():
                return
            _signal(self.pid, mode, self._cluster, self._programs)
            await _wait_while(self.is_running, timeout_s)

    def _is_ready(self) -> bool:
        return _read_pid_file(self._cluster.pid_path) == (self._process.pid, "ready")


async def end_orphan(cluster: Cluster, programs: Programs) -> None:
    """Ends a PostgreSQL that an earlier, killed program left on this cluster.

    The caller holds the data directory's lock, so nobody needs that one. Its process id may belong
    to something else by now, for instance after a restart of the machine: then only the stale file
    goes, which would keep PostgreSQL from starting.

    Raises:
        DatabaseStartError: It is there and does not end.
    """
    recorded = _read_pid_file(cluster.pid_path)
    if recorded is None:
        return
    pid = recorded[0]
    if not _is_postgres(pid, cluster.directory):
        cluster.pid_path.unlink(missing_ok=True)
        return
    for mode in (SHUT_DOWN, QUIT):
        _signal(pid, mode, cluster, programs)
        if await _wait_while(lambda: _is_postgres(pid, cluster.directory), _STOP_TIMEOUT_S):
            return
    raise DatabaseStartError(
        f"A PostgreSQL from an earlier run (process {pid}) does not end. End it and try again."
    )


async def _wait_while(condition: Callable[[], bool], timeout_s: float) -> bool:
    """Returns True when the condition has ceased to hold, False when the time was up first."""
    deadline = time.monotonic() + timeout_s
    while condition():
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(_POLL_S)
    return True


def _signal(pid: int, mode: signal.Signals, cluster: Cluster, programs: Programs) -> None:
    if sys.platform == "win32":
        word = "fast" if mode is SHUT_DOWN else "immediate"
        command = [programs.path("pg_ctl"), "stop", "-W", "-m", word, "-D", str(cluster.directory)]
        subprocess.run(command, check=False, capture_output=True, timeout=_STOP_TIMEOUT_S)
    else:
        with suppress(ProcessLookupError):
            os.kill(pid, mode)


def _read_pid_file(path: Path) -> tuple[int, str] | None:
    """Returns process id and status; PostgreSQL writes the status, as line 8, last."""
    try:
        lines = path.read_text("utf-8", errors="replace").splitlines()
        return int(lines[0]), lines[7].strip() if len(lines) > 7 else ""
    except (OSError, ValueError, IndexError):
        return None


def _is_postgres(pid: int, directory: Path) -> bool:
    import psutil

    try:
        process = psutil.Process(pid)
        return (
            process.status() != psutil.STATUS_ZOMBIE
            and Path(process.name()).stem == "postgres"
            and str(directory) in process.cmdline()
        )
    except psutil.Error:
        return False
