"""What a process that died at once leaves for the next start."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from codeinterview_desktop.process.crash_log import CrashLog

if TYPE_CHECKING:
    from pathlib import Path

RUN = """
import os, signal, sys
from pathlib import Path
from codeinterview_desktop.process.crash_log import CrashLog

def die() -> None:
    os.kill(os.getpid(), signal.Signals[sys.argv[2]])

log = CrashLog(Path(sys.argv[1]))
log.start()
if len(sys.argv) > 2:
    die()
log.stop()
"""


def run(*arguments: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", RUN, *arguments], timeout=60, check=False, capture_output=True
    )
    return done.returncode


@pytest.mark.parametrize("name", ["SIGSEGV", "SIGABRT"])
def test_the_next_start_reads_where_it_died(tmp_path: Path, name: str) -> None:
    path = tmp_path / "logs" / "crash.log"
    assert run(str(path), name) < 0
    log = CrashLog(path)
    left = log.start()
    log.stop()
    assert "Fatal Python error" in left
    assert " in die" in left
    assert path.with_suffix(".log.1").read_text().strip() == left


@pytest.mark.parametrize("arguments", [(), ("SIGKILL",)])
def test_an_end_that_is_no_failure_of_its_own_is_not_told(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    path = tmp_path / "crash.log"
    run(str(path), *arguments)
    log = CrashLog(path)
    assert log.start() == ""
    log.stop()
    assert not path.exists()
