"""The settings file: defaults, whole writes, broken and foreign content."""

from __future__ import annotations

import json
import os
import stat
import sys
from typing import TYPE_CHECKING

import pytest

from codeinterview_desktop.core.settings import (
    AppSettings,
    SettingsStore,
    ThemeChoice,
    parse_setting,
)

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.json"


def test_a_first_start_has_usable_settings_and_keeps_its_identity(path: Path) -> None:
    first = SettingsStore(path).current
    assert first.port == 8765
    assert first.allow_network
    assert first.database_url is None
    assert first.theme is ThemeChoice.SYSTEM
    assert first.name
    assert SettingsStore(path).current == first


def test_changes_are_announced_and_survive(path: Path) -> None:
    store = SettingsStore(path)
    heard: list[tuple[AppSettings, AppSettings]] = []
    store.changed.connect(lambda before, after: heard.append((before, after)))
    before = store.current
    after = store.update(
        name="  Ada   Lovelace ",
        presence=3,
        port=9001,
        allow_network=False,
        database_url="postgresql://me:secret@db.example/ci",
        theme="dark",
        window_geometry="AdnQ",
    )
    assert heard == [(before, after)]
    assert after.name == "Ada Lovelace"
    assert after.theme is ThemeChoice.DARK
    reread = SettingsStore(path)
    assert reread.current == after
    assert reread.notice is None
    assert "secret" not in repr(after)


def test_an_update_without_a_change_is_not_announced(path: Path) -> None:
    store = SettingsStore(path)
    heard: list[object] = []
    store.changed.connect(lambda before, after: heard.append(after))
    store.update(port=store.current.port)
    assert heard == []


@pytest.mark.skipif(sys.platform == "win32", reason="modes are a Unix matter")
def test_only_the_owner_may_read_the_file(path: Path) -> None:
    old = os.umask(0)
    try:
        SettingsStore(path).update(database_url="postgresql://me:secret@db/ci")
    finally:
        os.umask(old)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"\xff\xfe\x00", b'"text"', b"null", b"[" * 100_000],
    ids=["empty", "cut", "list", "binary", "text", "null", "deep"],
)
def test_a_broken_file_is_set_aside_with_a_sentence(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    store = SettingsStore(path)
    assert store.notice is not None
    assert "start afresh" in store.notice
    (aside,) = path.parent.glob("settings.broken-*.json")
    assert aside.read_bytes() == content
    assert aside.name in store.notice
    assert SettingsStore(path).current == store.current


def test_unknown_keys_are_kept_for_the_version_that_knows_them(path: Path) -> None:
    path.parent.mkdir()
    path.write_text(json.dumps({"person_id": "me", "future": {"a": [1]}, "port": 8000}))
    store = SettingsStore(path)
    store.update(port=8001)
    assert json.loads(path.read_text())["future"] == {"a": [1]}
    assert json.loads(path.read_text())["port"] == 8001


def test_single_unusable_values_are_reset_and_named(path: Path) -> None:
    path.parent.mkdir()
    path.write_text(json.dumps({"person_id": "me", "port": "high", "presence": 99, "name": "Ada"}))
    store = SettingsStore(path)
    assert (store.current.port, store.current.presence) == (8765, 0)
    assert store.current.name == "Ada"
    assert store.notice is not None
    assert "port" in store.notice
    assert "presence" in store.notice


def test_a_failed_write_changes_nothing(path: Path) -> None:
    store = SettingsStore(path)
    before = store.current
    for file in path.parent.iterdir():
        file.unlink()
    path.parent.rmdir()
    path.parent.write_text("a file where the directory was")
    with pytest.raises((NotADirectoryError, FileExistsError)):
        store.update(port=9000)
    assert store.current == before


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", ""),
        ("name", " \n "),
        ("name", "x" * 256),
        ("name", "a\x00b"),
        ("name", 5),
        ("presence", 8),
        ("presence", True),
        ("port", -1),
        ("port", 65536),
        ("port", "80"),
        ("allow_network", 1),
        ("show_nearby", "yes"),
        ("database_url", "mysql://host/db"),
        ("database_url", "postgresql://host:port/db"),
        ("database_url", 3),
        ("theme", "pink"),
        ("person_id", "a b"),
        ("window_geometry", "é"),
        ("nonsense", 1),
        ("extra", {}),
    ],
)
def test_what_is_not_valid_is_refused_with_a_sentence(name: str, value: object) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        parse_setting(name, value)


@pytest.mark.parametrize("empty", [None, "", "  "])
def test_no_database_address_means_the_apps_own(empty: str | None) -> None:
    assert parse_setting("database_url", empty) is None
