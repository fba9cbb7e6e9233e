"""The app's directories, and that the server alone finds the same data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codeinterview_desktop.core.paths import app_paths
from codeinterview_server.config import default_data_dir

if TYPE_CHECKING:
    from pathlib import Path


def test_the_data_directory_is_the_servers_own() -> None:
    assert app_paths({}).data == default_data_dir()


def test_the_environment_overrides(tmp_path: Path) -> None:
    paths = app_paths(
        {
            "CODEINTERVIEW_DATA_DIR": str(tmp_path / "data"),
            "CODEINTERVIEW_CONFIG_DIR": str(tmp_path / "config"),
        }
    )
    assert paths.data == tmp_path / "data"
    assert paths.settings_file.parent == tmp_path / "config"
    assert paths.server_log.is_relative_to(tmp_path / "data")
    logs = app_paths({"CODEINTERVIEW_LOG_DIR": str(tmp_path / "elsewhere")})
    assert logs.app_log.parent == tmp_path / "elsewhere"
