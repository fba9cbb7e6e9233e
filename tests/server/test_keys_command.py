"""`codeinterview keys`: made, listed and revoked, before a server runs and beside it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import httpx
import pytest
from tests.server.records.interviews import content
from tests.support.room_client import Room
from tests.support.server import ServerProcess

from codeinterview_server.cli import Exit, main

if TYPE_CHECKING:
    from pathlib import Path

KEY = re.compile(r"[A-Za-z0-9_-]{43}")


class Keys:
    """Runs `codeinterview keys` on one place."""

    def __init__(self, capfd: pytest.CaptureFixture[str], place: str) -> None:
        self._capfd = capfd
        self._place = place

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """The exit status, stdout and stderr."""
        self._capfd.readouterr()
        status = main(["keys", arguments[0], self._place, *arguments[1:]])
        return (status, *self._capfd.readouterr())

    def add(self, name: str) -> str:
        status, out, err = self.run("add", name)
        assert (status, err) == (0, "")
        sentence, key = out.splitlines()
        assert sentence == f"Made the key of {name}. It is shown this once:"
        assert KEY.fullmatch(key)
        return key

    def list(self) -> list[list[str]]:
        """The columns of each line."""
        status, out, err = self.run("list")
        assert (status, err) == (0, "")
        return [re.split(r"  +", line) for line in out.splitlines()]

    def fail(self, code: Exit, *arguments: str) -> str:
        status, out, err = self.run(*arguments)
        assert (status, out) == (code, "")
        assert err.startswith(f"error {code.name} ")
        assert err.count("\n") == 1
        assert err.endswith(".\n")
        return err


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("CODEINTERVIEW_"):
            monkeypatch.delenv(name)


@pytest.fixture
def keys(capfd: pytest.CaptureFixture[str], database_url: str) -> Keys:
    return Keys(capfd, f"--database-url={database_url}")


def test_a_key_is_made_listed_and_revoked(keys: Keys, database_url: str) -> None:
    assert keys.list() == [
        ["There is only the server's own key. Make one with `codeinterview keys add NAME`."]
    ]
    ada, grace = keys.add("ada"), keys.add("Grace.Hopper@example.org")
    assert ada != grace
    head, *rows = keys.list()
    assert head == ["NAME", "MADE", "LAST USED", "STATE"]
    assert [(row[0], row[2], row[3]) for row in rows] == [
        ("ada", "never", "good"),
        ("Grace.Hopper@example.org", "never", "good"),
    ]
    status, out, err = keys.run("revoke", "ADA")
    assert (status, err) == (0, "")
    assert out.startswith("Revoked the key of ada. ")
    # Whoever left may come back under their name, with another key.
    assert keys.add("ada") not in {ada, grace}
    _, former, present, _ = keys.list()
    assert former[3].startswith("revoked ")
    assert present[3] == "good"
    stored = repr(content(database_url)["host_keys"])
    assert ada not in stored
    assert grace not in stored


@pytest.mark.parametrize(
    "name", ["", " ada", "-ada", "@ada", "a b", "ada\n", "zoë", "a" * 65, "ada;", "\u202eada"]
)
def test_names_that_could_deceive_are_refused(keys: Keys, name: str) -> None:
    assert "begins with a letter" in keys.fail(Exit.CONFIG, "add", "--", name)
    assert len(keys.list()) == 1


def test_a_name_is_taken_in_whatever_case_and_a_missing_one_is_said_to_be(keys: Keys) -> None:
    keys.add("ada")
    assert "Revoke that one first" in keys.fail(Exit.KEY_EXISTS, "add", "ADA")
    assert "keys list" in keys.fail(Exit.KEY_NOT_FOUND, "revoke", "grace")
    assert [row[0] for row in keys.list()] == ["NAME", "ada"]
    assert "arguments are required" in keys.fail(Exit.CONFIG, "add")


def keys_of(data_dir: Path, *arguments: str) -> str:
    """What the command prints as a program of its own."""
    command = [sys.executable, "-m", "codeinterview_server.cli", "keys", arguments[0]]
    done = subprocess.run(
        [*command, f"--data-dir={data_dir}", *arguments[1:]],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.timeout(120)
async def test_beside_a_running_server_it_works_at_once_on_rest_and_sockets(
    data_dir: Path,
) -> None:
    # Before the first start there is no database yet.
    ada = keys_of(data_dir, "add", "ada").split()[-1]
    server = ServerProcess(data_dir).start()
    try:
        grace = keys_of(data_dir, "add", "grace").split()[-1]

        def account(key: str) -> tuple[int, str | None]:
            headers = {"Authorization": f"Bearer {key}"}
            url = f"{server.origin}/api/v1/account"
            answer = httpx.get(url, headers=headers, trust_env=False, timeout=30)
            return answer.status_code, answer.json().get("name")

        assert account(ada) == (200, "ada")
        assert account(grace) == (200, "grace")
        hers = await Room.create(server.origin, ada)
        others = await Room.create(server.origin, grace)
        async with hers.enter() as interviewer, others.enter() as other:
            await interviewer.message("welcome")
            await other.message("welcome")
            assert keys_of(data_dir, "revoke", "ada").startswith("Revoked the key of ada. ")
            assert account(ada)[0] == 401
            assert await interviewer.until_closed() == (4403, "removed")
            await other.fence()
            assert other.close_code is None
        assert account(grace) == (200, "grace")
        data = server.api("GET", f"/sessions/{hers.id}", token=server.host_key)["data"]
        assert data["id"] == hers.id
        _, former, present = [re.split(r"  +", line) for line in _lines(data_dir)]
        assert (former[0], former[3][:7]) == ("ada", "revoked")
        assert (present[0], present[3]) == ("grace", "good")
        assert "never" not in (former[2], present[2])
    finally:
        server.stop()


def _lines(data_dir: Path) -> list[str]:
    return keys_of(data_dir, "list").splitlines()
