"""Whether a firewall of this system may keep others out, and how to let them in.

Only what an ordinary user may ask is asked: rules themselves need an administrator. Linux: ufw's
own file, `firewall-cmd --state`, nftables' unit. Windows: what kind of network this is. macOS: the
application firewall's state.
"""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .findings import Finding, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_LIMIT_S = 10.0
_ANSWER_LIMIT_CHARS = 4096
_UFW = Path("/etc/ufw/ufw.conf")
_MACOS = "/usr/libexec/ApplicationFirewall/socketfilterfw"
_ELSEWHERE = (
    " Routers and guest networks may keep devices apart as well; then a tunnel or a phone's hotspot"
    " helps."
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a program ended, and what it printed."""

    code: int
    output: str


def run_program(command: Sequence[str]) -> Outcome | None:
    """Run a program that only looks; None when it is not there or takes too long."""
    try:
        done = subprocess.run(
            command,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_LIMIT_S,
            encoding="utf-8",
            errors="replace",
            env={**os.environ, "LC_ALL": "C"},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return Outcome(done.returncode, done.stdout[:_ANSWER_LIMIT_CHARS])


async def look_at_firewall(port: int) -> Finding:
    """What is known of this system's firewall."""
    return await asyncio.to_thread(firewall_finding, port)


def firewall_finding(
    port: int,
    *,
    platform: str = sys.platform,
    run: Callable[[Sequence[str]], Outcome | None] = run_program,
    ufw: Path = _UFW,
) -> Finding:
    """The same, with what it looks at as arguments.

    Args:
        port: where the server listens.
        platform: as `sys.platform`.
        run: runs a program.
        ufw: ufw's configuration.
    """
    if platform == "win32":
        return _windows(run)
    if platform == "darwin":
        return _macos(run)
    return _linux(port, run, ufw)


def _linux(port: int, run: Callable[[Sequence[str]], Outcome | None], ufw: Path) -> Finding:
    if _is_ufw_on(ufw):
        return _may_block("The firewall ufw is on.", f"sudo ufw allow {port}/tcp")
    state = run(("firewall-cmd", "--state"))
    if state is not None and state.code == 0 and state.output.strip() == "running":
        return _may_block(
            "The firewall firewalld is on.", f"sudo firewall-cmd --add-port={port}/tcp"
        )
    tables = run(("systemctl", "is-active", "nftables"))
    if tables is not None and tables.output.strip() == "active":
        return _may_block("The firewall nftables is on; its rules say", "sudo nft list ruleset")
    return Finding(
        Verdict.OFF, f"No firewall that this app knows of is on at this computer.{_ELSEWHERE}"
    )


def _is_ufw_on(path: Path) -> bool:
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return re.search(r"(?mi)^\s*ENABLED\s*=\s*[\"']?yes\b", text) is not None


def _may_block(what: str, command: str) -> Finding:
    if "nft" in command:
        sentence = f"{what} whether others get in. Somebody who knows them can look with:"
    else:
        sentence = (
            f"{what} If others on your network cannot connect, let them in by this in a terminal:"
        )
    return Finding(Verdict.CAUTION, sentence, command=command)


def _windows(run: Callable[[Sequence[str]], Outcome | None]) -> Finding:
    allow = (
        "In Windows Security, under Firewall & network protection, Allow an app through firewall:"
        " CodeInterview must be ticked for Private."
    )
    profile = run(
        (
            "powershell",
            "-NoProfile",
            "-NonInteractive",
            "-Command",
            "(Get-NetConnectionProfile).NetworkCategory",
        )
    )
    kinds = set(profile.output.split()) if profile is not None and profile.code == 0 else set()
    if "Public" in kinds:
        return Finding(
            Verdict.CAUTION,
            "Windows takes this network for a public one and keeps others out. If you trust the"
            " network: Settings, Network & internet, your network, Private network."
            f" {allow}",
        )
    if kinds & {"Private", "DomainAuthenticated"}:
        return Finding(Verdict.CAUTION, f"This network is a private one for Windows. {allow}")
    return Finding(Verdict.CAUTION, f"If others on your network cannot connect: {allow}")


def _macos(run: Callable[[Sequence[str]], Outcome | None]) -> Finding:
    state = run((_MACOS, "--getglobalstate"))
    if state is not None and state.code == 0 and "State = 0" in state.output:
        return Finding(Verdict.OFF, f"The firewall of this Mac is off.{_ELSEWHERE}")
    is_on = state is not None and state.code == 0
    what = "The firewall of this Mac is on." if is_on else "This Mac may have its firewall on."
    return Finding(
        Verdict.CAUTION,
        f"{what} If others cannot connect: System Settings, Network, Firewall, Options:"
        " CodeInterview must be set to Allow incoming connections.",
    )
