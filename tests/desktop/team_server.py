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
    """The server and what its administrator does.

    Args:
        folder: Where its data goes.
        path: What it is below, as behind somebody's proxy.
    """

    def __init__(self, folder: Path, path: str = "") -> None:
        self._data_dir = folder / "data"
        self._path = path
        self.public_url = f"https://team.example{path}"
        self.server = ServerProcess(self._data_dir, options=(f"--public-url={self.public_url}",))

    @property
    def origin(self) -> str:
        """Where it answers."""
        return self.server.origin + self._path

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
def team_server(path: str = "") -> Iterator[Team]:
    """A team's server that runs, maybe below a path."""
    folder = Path(tempfile.mkdtemp(prefix="ci-team-"))
    team = Team(folder, path)
    team.server.start()
    try:
        yield team
    finally:
        team.server.stop()
        shutil.rmtree(folder)
