"""The way to an embedded PostgreSQL that another program of this user runs."""

import os
from pathlib import Path

from codeinterview_server.db.cluster import Endpoint

_PORT, _SOCKET_DIR, _STATUS = 3, 4, 7


def url_of_running(data_dir: Path) -> str | None:
    """Returns the URL of the PostgreSQL that runs in a data directory, None while none is ready.

    What PostgreSQL writes of itself may be out of date: connecting tells.
    """
    try:
        text = (data_dir / "postgres" / "postmaster.pid").read_text("utf-8", errors="replace")
        lines = text.splitlines()
        if lines[_STATUS].strip() != "ready":
            return None
        if os.name == "nt":
            password = (data_dir / "postgres.password").read_text("ascii").strip()
            return Endpoint(None, int(lines[_PORT]), password).url
        return Endpoint(Path(lines[_SOCKET_DIR])).url
    except (OSError, ValueError, IndexError):
        return None
