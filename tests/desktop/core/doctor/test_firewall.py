"""What each system's own programs and files say of its firewall, and what is made of it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from codeinterview_desktop.core.doctor.findings import Verdict
from codeinterview_desktop.core.doctor.firewall import (
    Outcome,
    firewall_finding,
    look_at_firewall,
    run_program,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

PORT = 8765


def system(**answers: Outcome) -> Callable[[Sequence[str]], Outcome | None]:
    """A system on which only these programs are there, by the last part of their names."""

    def run(command: Sequence[str]) -> Outcome | None:
        return answers.get(command[0].rpartition("/")[2].replace("-", "_"))

    return run


@pytest.mark.parametrize(
    ("configuration", "is_on"),
    [
        ("ENABLED=yes\nLOGLEVEL=low\n", True),
        ("# comment\n  enabled = 'YES'\n", True),
        ("ENABLED=no\n", False),
        ("#ENABLED=yes\n", False),
        ("", False),
        ("\x00\xff", False),
    ],
)
def test_ufw_is_read_from_its_file(tmp_path: Path, configuration: str, is_on: bool) -> None:
    path = tmp_path / "ufw.conf"
    path.write_text(configuration, encoding="latin-1")
    found = firewall_finding(PORT, platform="linux", run=system(), ufw=path)
    assert found.verdict is (Verdict.CAUTION if is_on else Verdict.OFF)
    assert found.command == (f"sudo ufw allow {PORT}/tcp" if is_on else "")


@pytest.mark.parametrize(
    ("run", "verdict", "command"),
    [
        (system(), Verdict.OFF, ""),
        (
            system(firewall_cmd=Outcome(0, "running\n")),
            Verdict.CAUTION,
            f"sudo firewall-cmd --add-port={PORT}/tcp",
        ),
        (system(firewall_cmd=Outcome(252, "not running\n")), Verdict.OFF, ""),
        (system(systemctl=Outcome(0, "active\n")), Verdict.CAUTION, "sudo nft list ruleset"),
        (system(systemctl=Outcome(3, "inactive\n")), Verdict.OFF, ""),
    ],
)
def test_linux(
    tmp_path: Path,
    run: Callable[[Sequence[str]], Outcome | None],
    verdict: Verdict,
    command: str,
) -> None:
    found = firewall_finding(PORT, platform="linux", run=run, ufw=tmp_path / "missing")
    assert (found.verdict, found.command) == (verdict, command)


@pytest.mark.parametrize(
    ("platform", "run", "verdict", "words"),
    [
        ("win32", system(powershell=Outcome(0, "Public\r\n")), Verdict.CAUTION, "public one"),
        ("win32", system(powershell=Outcome(0, "Private\r\n")), Verdict.CAUTION, "private one"),
        # One of several networks suffices to keep others out.
        (
            "win32",
            system(powershell=Outcome(0, "Private\r\nPublic\r\n")),
            Verdict.CAUTION,
            "public one",
        ),
        ("win32", system(powershell=Outcome(1, "Public is a word")), Verdict.CAUTION, "cannot"),
        ("win32", system(), Verdict.CAUTION, "ticked for Private"),
        (
            "darwin",
            system(socketfilterfw=Outcome(0, "Firewall is disabled. (State = 0)\n")),
            Verdict.OFF,
            "is off",
        ),
        (
            "darwin",
            system(socketfilterfw=Outcome(0, "Firewall is enabled. (State = 1)\n")),
            Verdict.CAUTION,
            "is on",
        ),
        ("darwin", system(), Verdict.CAUTION, "may have"),
    ],
)
def test_windows_and_macos(
    platform: str,
    run: Callable[[Sequence[str]], Outcome | None],
    verdict: Verdict,
    words: str,
) -> None:
    found = firewall_finding(PORT, platform=platform, run=run)
    assert found.verdict is verdict
    assert words in found.sentence
    assert found.sentence.endswith(".")


def test_a_program_that_is_missing_or_fails_says_so() -> None:
    assert run_program(("no-such-program-anywhere",)) is None
    done = run_program((sys.executable, "-c", "print('x' * 9000); raise SystemExit(3)"))
    assert done is not None
    assert (done.code, len(done.output)) == (3, 4096)


async def test_this_system_is_looked_at_without_harm() -> None:
    found = await look_at_firewall(PORT)
    assert found.sentence
