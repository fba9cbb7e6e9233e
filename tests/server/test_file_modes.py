"""What the server and the commands write is this user's alone, whatever the umask is."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from tests.support.server import ServerProcess

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")

WITHOUT_UMASK = ("sh", "-c", 'umask 0; exec "$@"', "sh")
NO_SECRETS = "postgres-config"
"""PostgreSQL's configuration, which its own account reads when root starts it."""


def modes(root: Path) -> dict[str, str]:
    """The mode of everything in a directory that others may do something with."""
    found = {}
    for path in [root, *root.rglob("*")]:
        name = path.relative_to(root.parent).as_posix()
        mode = stat.S_IMODE(path.lstat().st_mode)
        # Root lets PostgreSQL's account pass through, and no more.
        others = mode & (0o076 if path == root and os.geteuid() == 0 else 0o077)
        if others and not path.is_symlink() and NO_SECRETS not in path.parts:
            found[name] = f"{mode:o}"
    return found


@pytest.mark.timeout(120)
def test_nothing_can_be_read_by_other_users(data_dir: Path) -> None:
    place = data_dir / "data"
    server = ServerProcess(place, env={"CODEINTERVIEW_HOST_KEY": ""}, wrapper=WITHOUT_UMASK)
    server.start()
    try:
        server.host_key = (place / "host.key").read_text().strip()
        hosted = server.host_session(code="print(1)\n")
        assert modes(place) == {}
        for arguments in (
            ("backup", f"{data_dir}/all.zip", "--with-host-key"),
            ("export", hosted.id, f"--output={data_dir}/one.zip"),
        ):
            command = [*WITHOUT_UMASK, sys.executable, "-m", "codeinterview_server.cli", *arguments]
            subprocess.run([*command, f"--data-dir={place}"], check=True, timeout=60)
        for name in ("all.zip", "one.zip"):
            assert stat.S_IMODE((data_dir / name).stat().st_mode) == 0o600
    finally:
        server.stop()
    assert modes(place) == {}
    config = [path.read_text() for path in (place / NO_SECRETS).iterdir()]
    assert len(config) == 3
    assert not any(server.host_key in text for text in config)
