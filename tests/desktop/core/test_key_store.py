"""Keys in the system's keyring, and systems that have none or one that refuses."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from tests.desktop.keyrings import FileKeyring, MemoryKeyring, used

from codeinterview_desktop.core.key_store import SERVICE, KeyringUnusableError, KeyStore

ORIGIN = "https://team.example.com"


async def test_a_key_is_kept_by_its_server_and_forgotten(keyring: MemoryKeyring) -> None:
    keys = KeyStore()
    assert await keys.is_available()
    assert await keys.read(ORIGIN) is None
    await keys.write(ORIGIN, "secret")
    await keys.write("https://other.example.com", "another")
    assert keyring.kept[SERVICE, ORIGIN] == "secret"
    assert await KeyStore().read(ORIGIN) == "secret"
    await keys.remove(ORIGIN)
    await keys.remove(ORIGIN)
    assert await keys.read(ORIGIN) is None
    assert await keys.read("https://other.example.com") == "another"


async def test_a_keyring_of_files_is_none() -> None:
    keyring = FileKeyring()
    with used(keyring):
        assert not await KeyStore().is_available()
        with pytest.raises(KeyringUnusableError, match="no keyring"):
            await KeyStore().write(ORIGIN, "secret")
        assert await KeyStore().read(ORIGIN) is None
    assert keyring.kept == {}


async def test_a_locked_keyring_says_so(keyring: MemoryKeyring) -> None:
    keys = KeyStore()
    await keys.write(ORIGIN, "secret")
    keyring.is_locked = True
    for asked in (keys.read(ORIGIN), keys.write(ORIGIN, "x"), keys.remove(ORIGIN)):
        with pytest.raises(KeyringUnusableError, match="Unlock it"):
            await asked


async def test_a_keyring_that_fails_says_no_secret(
    keyring: MemoryKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(service: str, username: str, password: str) -> None:
        raise OSError(f"cannot write {password}")

    monkeypatch.setattr(keyring, "set_password", fail)
    with pytest.raises(KeyringUnusableError, match=r"failed \(OSError\)") as refused:
        await KeyStore().write(ORIGIN, "secret")
    assert "secret" not in str(refused.value)


async def test_a_key_that_stays_is_said_to(
    keyring: MemoryKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    await KeyStore().write(ORIGIN, "secret")
    monkeypatch.setattr(keyring, "delete_password", lambda _service, _name: None)
    with pytest.raises(KeyringUnusableError, match="does not forget"):
        await KeyStore().remove(ORIGIN)


_REALLY_NONE = """
import asyncio, sys
from codeinterview_desktop.core.key_store import KeyringUnusableError, KeyStore

async def ask():
    assert not await KeyStore().is_available()
    assert await KeyStore().read("https://team.example.com") is None
    await KeyStore().remove("https://team.example.com")
    try:
        await KeyStore().write("https://team.example.com", "secret")
    except KeyringUnusableError as error:
        print(error)

asyncio.run(ask())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a keyring")
def test_a_linux_without_a_session_bus_has_none() -> None:
    names = ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "DISPLAY", "PYTHON_KEYRING_BACKEND")
    env = {name: value for name, value in os.environ.items() if name not in names}
    done = subprocess.run(
        [sys.executable, "-c", _REALLY_NONE],
        env={**env, "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "This computer has no keyring that works.\n"
