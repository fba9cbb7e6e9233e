"""A team's server for the tests: a process of its own, with a PostgreSQL and keys of its own."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.server import ServerProcess

if TYPE_CHECKING:
    from collections.abc import Iterator


class Team:
    """The server and what its administrator does."""

    def __init__(self, folder: Path) -> None:
        self._data_dir = folder / "data"
        self.server = ServerProcess(self._data_dir)

    @property
    def origin(self) -> str:
        """Where it answers."""
        return self.server.origin

    def add_key(self, name: str) -> str:
        """Make somebody's key."""
        return self._keys("add", name).split()[-1]

    def revoke(self, name: str) -> None:
        """Take somebody's key away."""
        self._keys("revoke", name)

    def _keys(self, *arguments: str) -> str:
        command = [sys.executable, "-m", "codeinterview_server.cli", "keys", arguments[0]]
        done = subprocess.run(
            [*command, f"--data-dir={self._data_dir}", *arguments[1:]],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout


@contextmanager
def team_server() -> Iterator[Team]:
    """A team's server that runs."""
    folder = Path(tempfile.mkdtemp(prefix="ci-team-"))
    team = Team(folder)
    team.server.start()
    try:
        yield team
    finally:
        team.server.stop()
        shutil.rmtree(folder)
