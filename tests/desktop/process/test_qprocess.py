"""The QProcess adapter: secrets, logs, and an input that ends with the app."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.desktop.support import until

from codeinterview_desktop.core.child import Command, ProcessExit
from codeinterview_desktop.process.qprocess import QtChildProcess, rotate_log

if TYPE_CHECKING:
    from pathlib import Path

RunOnQt = Callable[..., Any]


def run_child(on_qt: RunOnQt, script: str, **environment: str) -> tuple[list[str], ProcessExit]:
    async def story() -> tuple[list[str], ProcessExit]:
        child = QtChildProcess(Command(sys.executable, ("-c", script), environment))
        lines: list[str] = []
        exits: list[ProcessExit] = []
        child.line.connect(lines.append)
        child.exited.connect(exits.append)
        child.start()
        child.close_stdin()
        await until(child.exited, lambda: bool(exits))
        await asyncio.sleep(0)
        assert len(exits) == 1
        return lines, exits[0]

    result: tuple[list[str], ProcessExit] = on_qt(story())
    return result


def test_lines_arrive_whole_and_the_last_one_without_its_end_too(on_qt: RunOnQt) -> None:
    script = (
        "import sys; sys.stdout.write('one\\r\\ntw'); sys.stdout.flush();"
        "print('o\\n\\nthree', end='')"
    )
    lines, exit_ = run_child(on_qt, script)
    assert lines == ["one", "two", "", "three"]
    assert exit_ == ProcessExit(0)


def test_exit_statuses_and_signals_are_told_apart(on_qt: RunOnQt) -> None:
    assert run_child(on_qt, "raise SystemExit(3)")[1] == ProcessExit(3)
    assert run_child(on_qt, "import os; os.kill(os.getpid(), 9)")[1] == ProcessExit(None)


def test_secrets_travel_in_the_environment_beside_the_apps_own(on_qt: RunOnQt) -> None:
    command = Command("x", (), {"CODEINTERVIEW_RUN_KEY": "very secret"})
    assert "very secret" not in repr(command)
    lines, _ = run_child(
        on_qt,
        "import os, sys;print(os.environ['CODEINTERVIEW_RUN_KEY'], 'PATH' in os.environ, sys.argv)",
        CODEINTERVIEW_RUN_KEY="very secret",
    )
    assert lines == ["very secret True ['-c']"]


def test_a_child_has_a_session_of_its_own(on_qt: RunOnQt) -> None:
    """Ctrl+C in a terminal must reach the app alone."""
    lines, _ = run_child(on_qt, "import os; print(os.getsid(0) == os.getpid())")
    assert lines == ["True"]


def test_logs_rotate_when_they_are_large(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "server.log"
    rotate_log(log, limit_bytes=10)
    for number in range(5):
        log.write_text(f"{number}" * 10)
        rotate_log(log, limit_bytes=10, kept=2)
    assert not log.exists()
    assert sorted(each.name for each in log.parent.iterdir()) == ["server.log.1", "server.log.2"]
    assert (log.parent / "server.log.1").read_text() == "4" * 10
    log.write_text("small")
    rotate_log(log, limit_bytes=10)
    assert log.read_text() == "small"
