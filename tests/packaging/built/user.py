"""An ordinary user with an empty home and nothing but the built app."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from tests.support.program import LIMIT_S

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).resolve().parents[3]
_BARE_ROOM = Path(__file__).with_name("bare_room.sh")


@dataclass(frozen=True)
class User:
    """A throwaway user, by the number of their account; `packaging/selftest` gives them a name."""

    uid: int
    home: Path
    program: Path

    @property
    def data(self) -> Path:
        """Where the app keeps interviews."""
        return self.home / ".local" / "share" / "CodeInterview"

    @property
    def log(self) -> str:
        """Everything that the app and its server wrote into their logs."""
        logs = self.home / ".local" / "state" / "CodeInterview" / "log"
        return "\n".join(path.read_text(errors="replace") for path in sorted(logs.glob("*.log")))

    def processes(self) -> list[psutil.Process]:
        """What of theirs runs."""
        if outer_uid() == 0:
            return [each for each in psutil.process_iter() if self.uid in set(each.uids())]
        # Here everything runs by one account.
        home = str(self.home)
        return [each for each in psutil.process_iter() if home in " ".join(each.cmdline())]

    def popen(self, *command: str, env: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        """Start one of their programs; the process is that program."""
        return subprocess.Popen(
            [
                "unshare",
                "--mount",
                "bash",
                "-c",
                _BARE_ROOM.read_text(),
                "bare_room",
                str(self.home),
                *command,
            ],
            env={
                **os.environ,
                "HIDDEN": ":".join(_hidden()),
                "KEPT": "\n".join(f"{name}={value}" for name, value in (env or {}).items()) or "A=",
                "SELFTEST_OUTER": str(outer_uid()),
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *command: str) -> str:
        """Run one of their programs and answer what it printed."""
        process = self.popen(*command)
        out, err = process.communicate(timeout=LIMIT_S)
        assert process.returncode == 0, err
        return out

    @contextmanager
    def running(self, *command: str, env: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
        """One of their programs, until the block ends."""
        process = self.popen(*command, env=env)
        try:
            yield process
        finally:
            started = descendants(process)
            if process.poll() is None:
                process.kill()
            process.communicate(timeout=LIMIT_S)
            psutil.wait_procs(started, LIMIT_S)


def descendants(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """What a process started, and what those did; empty once it is gone."""
    try:
        started: list[psutil.Process] = psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []
    return started


def outer_uid() -> int:
    """Who the whole test belongs to outside of its namespaces; 0 for root."""
    return int(Path("/proc/self/uid_map").read_text().split()[1])


def _hidden() -> list[str]:
    """The checkout, and the standard library of the Python that built the app."""
    return [str(ROOT), str(Path(os.__file__).parent), *_system_python()]


def _system_python() -> list[str]:
    others = (Path("/usr/lib/python3"), Path("/usr/local/lib/python3"))
    named = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return [
        str(path)
        for path in (*others, *(each.with_name(named) for each in others))
        if path.is_dir() and path != Path(os.__file__).parent
    ]
