"""Settings come from options, else variables, else defaults; each mistake is told in a sentence."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import pytest

from codeinterview_server.api.web_files import WEB_DIST
from codeinterview_server.config import OWN_PATHS, ConfigError, read_settings
from codeinterview_server.domain.roles import ROUTE_ACTIONS
from codeinterview_server.host_key import read_or_create


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("CODEINTERVIEW_"):
            monkeypatch.delenv(name)


def test_defaults() -> None:
    settings = read_settings({})
    assert (settings.host, settings.port) == ("127.0.0.1", 8765)
    assert settings.database_url is None
    assert settings.session_hours == 24
    assert settings.retention_days is None
    assert settings.data_dir.is_absolute()
    assert settings.allowed_hosts == ()


@pytest.mark.skipif(os.geteuid() != 0, reason="this is about root")
def test_roots_data_is_in_no_home_directory() -> None:
    assert read_settings({}).data_dir == Path("/var/lib/codeinterview")


def test_options_go_before_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODEINTERVIEW_PORT", "1000")
    monkeypatch.setenv("CODEINTERVIEW_WATCH_STDIN", "true")
    monkeypatch.setenv("CODEINTERVIEW_HOST", "")
    assert read_settings({}).port == 1000
    assert read_settings({"port": "2000"}).port == 2000
    assert read_settings({}).watch_stdin
    assert read_settings({}).host == "127.0.0.1"


@pytest.mark.parametrize("text", ["a.test, B.test", '["a.test", "b.test"]'])
def test_allowed_hosts(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("CODEINTERVIEW_ALLOWED_HOSTS", text)
    assert read_settings({}).allowed_hosts == ("a.test", "b.test")


def test_the_public_url(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_settings({}).public_url is None
    monkeypatch.setenv("CODEINTERVIEW_PUBLIC_URL", "https://Team.example:443/in/apis/")
    assert str(read_settings({}).public_url) == "https://team.example/in/apis"


def test_every_path_of_the_servers_own_is_kept_free() -> None:
    routes = {path.split("/")[1] for _, path in ROUTE_ACTIONS}
    web = {path.name for path in WEB_DIST.iterdir() if path.suffix != ".html"}
    assert routes | web | {"i", "s", "docs", "openapi.json"} == OWN_PATHS


@pytest.mark.parametrize("text", ["10.0.0.0/8, ::1,", '["10.0.0.0/8", "::1"]'])
def test_trusted_proxies(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    assert read_settings({}).trusted_proxies == ()
    monkeypatch.setenv("CODEINTERVIEW_TRUSTED_PROXIES", text)
    assert list(map(str, read_settings({}).trusted_proxies)) == ["10.0.0.0/8", "::1/128"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"port": "many"}, "--port (or CODEINTERVIEW_PORT) is not valid"),
        ({"port": "65536"}, "--port"),
        ({"port": "-1"}, "--port"),
        ({"host": ""}, "--host"),
        ({"session_hours": "0"}, "--session-hours"),
        ({"session_hours": "nan"}, "--session-hours"),
        ({"retention_days": "-1"}, "--retention-days"),
        ({"retention_days": "nan"}, "--retention-days"),
        ({"retention_days": "forever"}, "--retention-days"),
        ({"log_level": "loud"}, "--log-level"),
        ({"database_url": "mysql://me:hunter2@h/d"}, "must look like postgresql://"),
        ({"host_key": "hunter2 and a space"}, "--host-key"),
        ({"host_key": "hunter2é"}, "without spaces"),
        ({"allowed_hosts": '["hunter2'}, "--allowed-hosts"),
        ({"public_url": "team.example"}, "--public-url (or CODEINTERVIEW_PUBLIC_URL) is not valid"),
        ({"public_url": "https://team.example/?a=b"}, "must look like https://"),
        ({"public_url": "https://me:hunter2@team.example"}, "must look like https://"),
        ({"public_url": "https://team.example/api/interviews"}, "pages of its own at /api"),
        ({"public_url": "https://team.example/docs/"}, "pages of its own at /docs"),
        ({"trusted_proxies": "*"}, "--trusted-proxies"),
        ({"trusted_proxies": "proxy.example"}, "--trusted-proxies"),
        ({"trusted_proxies": "10.0.0.0/33"}, "must be addresses or networks"),
        ({"trusted_proxies": "10.0.0.1/8"}, "must be addresses or networks"),
        ({"trusted_proxies": "127.0.0.1, unix:"}, "must be addresses or networks"),
    ],
)
def test_mistakes(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_settings(options)
    assert words in str(caught.value)
    assert str(caught.value).endswith(".")
    assert "hunter2" not in str(caught.value)


def test_secrets_do_not_show() -> None:
    settings = read_settings(
        {"host_key": "hunter2", "run_key": "hunter2", "database_url": "postgresql://a:hunter2@h/d"}
    )
    assert "hunter2" not in repr(settings)
    assert settings.host_key is not None
    assert settings.host_key.get_secret_value() == "hunter2"


def test_a_host_key_is_made_once_and_private(data_dir: Path) -> None:
    key = read_or_create(data_dir)
    assert len(key) == 43
    path = data_dir / "host.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_or_create(data_dir) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    assert read_or_create(data_dir) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in data_dir.iterdir()] == ["host.key"]


def test_an_empty_or_half_written_host_key_is_replaced(data_dir: Path) -> None:
    (data_dir / "host.key").write_text("\n")
    (data_dir / "host.new").write_text("half")
    assert len(read_or_create(data_dir)) == 43
