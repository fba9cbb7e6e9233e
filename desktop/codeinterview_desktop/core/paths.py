"""Where the app keeps its files."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

if TYPE_CHECKING:
    from collections.abc import Mapping

_APP = "CodeInterview"


@dataclass(frozen=True, slots=True)
class AppPaths:
    """The app's directories.

    Attributes:
        config: settings, recent sessions, what the web view keeps.
        data: the server's data directory: database, host key.
        logs: the app's and the server's log files.
    """

    config: Path
    data: Path
    logs: Path

    @property
    def settings_file(self) -> Path:
        """The user's settings."""
        return self.config / "settings.json"

    @property
    def recent_file(self) -> Path:
        """Joined sessions, and the user's seats in hosted ones."""
        return self.config / "recent.json"

    @property
    def window_file(self) -> Path:
        """What the windows remember that is no setting."""
        return self.config / "window.json"

    @property
    def web_storage(self) -> Path:
        """What pages in the web view keep, such as seats in others' interviews."""
        return self.config / "web"

    @property
    def app_log(self) -> Path:
        """What the app itself has to say."""
        return self.logs / "app.log"

    @property
    def crash_log(self) -> Path:
        """What is left of an app that died at once."""
        return self.logs / "crash.log"

    @property
    def tunnel_log(self) -> Path:
        """What the process that keeps cloudflared writes to stderr."""
        return self.logs / "tunnel.log"

    @property
    def server_log(self) -> Path:
        """What the server child writes to stderr."""
        return self.logs / "server.log"


def app_paths(environ: Mapping[str, str] = os.environ) -> AppPaths:
    """The directories of this user.

    `CODEINTERVIEW_CONFIG_DIR`, `CODEINTERVIEW_DATA_DIR` and `CODEINTERVIEW_LOG_DIR` override them;
    logs follow an overridden data directory.
    """
    data_override = environ.get("CODEINTERVIEW_DATA_DIR")
    config_override = environ.get("CODEINTERVIEW_CONFIG_DIR")
    log_override = environ.get("CODEINTERVIEW_LOG_DIR")
    data = Path(data_override) if data_override else _default_data()
    config = (
        Path(config_override) if config_override else platformdirs.user_config_path(_APP, False)
    )
    if log_override:
        logs = Path(log_override)
    elif data_override:
        logs = data / "logs"
    else:
        logs = platformdirs.user_log_path(_APP, False)
    return AppPaths(config=config.absolute(), data=data.absolute(), logs=logs.absolute())


def _default_data() -> Path:
    """The server's own default, so that `codeinterview serve` finds the same sessions."""
    if sys.platform != "win32" and os.geteuid() == 0:
        return Path("/var/lib/codeinterview")
    return platformdirs.user_data_path(_APP, False)
