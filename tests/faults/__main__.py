"""Every fault in its long form, as a table: `make faults`, bounded to fifteen minutes.

`python -m tests.faults` takes words that choose rows by their name: `python -m tests.faults disk`.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.faults import rows
from tests.faults.fuzzing import fuzz
from tests.faults.report import Row, table
from tests.faults.schedules import try_schedules

from codeinterview_server.db.embedded import EmbeddedPostgres
from codeinterview_server.db.engine import Database
from codeinterview_server.db.migrate import upgrade

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

BOUND_S = 15 * 60
FRAMES = 200_000
SCHEDULES = 300

LONG: dict[str, Callable[[Path], Coroutine[None, None, Row]]] = {
    "server killed": lambda at: rows.server_killed(at, 20),
    "embedded postgres killed": lambda at: rows.embedded_postgres_killed(at, 5),
    "external postgres stopped": lambda at: rows.external_postgres_stopped(at, 1, 60),
    "commit interrupted": lambda at: rows.commit_interrupted(at, 40),
    "reconnect storm": lambda at: rows.reconnect_storm(at, 10, 20),
    "server suspended": lambda at: rows.server_suspended(at, 1, 60),
    "network one-way": lambda at: rows.network_one_way(at, 2, 20),
    "network slow and lossy": lambda at: rows.network_slow_and_lossy(at, 1000),
    "disk full": lambda at: rows.disk_full(at, 3, 5),
    "clock jumped": lambda at: rows.clock_jumped(at, (3600, -7200, 6 * 3600, 0)),
    "two servers": lambda at: rows.two_servers(at, 6),
}

NEED_ROOT = {"disk full", "network one-way", "network slow and lossy"}

MOSTLY_WAIT = {"external postgres stopped", "server suspended"}


def main(words: list[str]) -> int:
    """Run what was asked for; the exit status tells whether nothing was lost."""
    logging.basicConfig(level=logging.CRITICAL)
    started_at = time.monotonic()
    scratch = Path(tempfile.mkdtemp(prefix="ci-"))
    # PostgreSQL runs as somebody else when we are root.
    scratch.chmod(0o755)
    done: list[Row] = []
    fuzzed = ""
    fuzzing = None if words else _fuzz_beside()
    try:
        for names in _batches(words):
            for name in names:
                _say(name, started_at)
            done += asyncio.run(_together(names, scratch))
        if _is_wanted("schedules", words):
            _say("schedules", started_at)
            done.append(_schedules(_directory(scratch)))
        if fuzzing is not None:
            fuzzed, _ = fuzzing.communicate(timeout=BOUND_S)
        elif _is_wanted("frames", words):
            _say("frames", started_at)
            fuzzed = asyncio.run(_frames(_directory(scratch)))
    finally:
        if fuzzing is not None and fuzzing.poll() is None:
            fuzzing.send_signal(signal.SIGINT)
            fuzzing.wait(30)
        shutil.rmtree(scratch, ignore_errors=True)
    took_s = time.monotonic() - started_at
    if done:
        print(table(done))
    if fuzzed:
        print(fuzzed.rstrip())
    print(f"{took_s / 60:.1f} minutes")
    assert took_s < BOUND_S or words, "longer than fifteen minutes"
    is_unharmed = fuzzing is None or fuzzing.returncode == 0
    return 0 if is_unharmed and all(row.lost == 0 for row in done) else 1


def _fuzz_beside() -> subprocess.Popen[str]:
    """Send the hostile frames from a process of their own: the rows wait most of the time."""
    command = [sys.executable, "-m", "tests.faults", "frames"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def _batches(words: list[str]) -> list[list[str]]:
    """The wanted rows in their order; those that mostly wait are done together."""
    wanted = [name for name in LONG if _is_wanted(name, words)]
    for name in NEED_ROOT & set(wanted) if os.geteuid() != 0 else ():
        print(f"left out, because it needs root: {name}", file=sys.stderr)
        wanted.remove(name)
    waiting = [name for name in wanted if name in MOSTLY_WAIT]
    alone = [[name] for name in wanted if name not in MOSTLY_WAIT]
    return [*alone, waiting] if waiting else alone


async def _together(names: list[str], scratch: Path) -> list[Row]:
    async def run(name: str) -> Row:
        row = await LONG[name](_directory(scratch))
        # At once, so that it is known even if a later one fails.
        print(" | ".join(row.cells()), file=sys.stderr, flush=True)
        return row

    return await asyncio.gather(*(run(name) for name in names))


def _is_wanted(name: str, words: list[str]) -> bool:
    return not words or any(word in name for word in words)


def _say(name: str, started_at: float) -> None:
    print(f"[{time.monotonic() - started_at:4.0f} s] {name}", file=sys.stderr, flush=True)


def _directory(scratch: Path) -> Path:
    directory = scratch / secrets.token_hex(3)
    directory.mkdir(mode=0o700)
    return directory


def _schedules(directory: Path) -> Row:
    with asyncio.Runner() as runner:
        postgres = EmbeddedPostgres(directory)
        try:
            url = runner.run(postgres.start())
            upgrade(url)
            found = try_schedules(url, SCHEDULES)
        finally:
            runner.run(postgres.stop())
    fault = f"drop and return with offline edits, {found.schedules} random schedules"
    return Row(fault, found.unplugged, found.clients, found.typed, found.lost, None)


async def _frames(directory: Path) -> str:
    seed = secrets.randbits(32)
    postgres = EmbeddedPostgres(directory)
    try:
        url = await postgres.start()
        await asyncio.to_thread(upgrade, url)
        database = Database(url)
        await database.start()
        try:
            tally = await fuzz(database, seed, FRAMES)
        finally:
            await database.stop()
    finally:
        await postgres.stop()
    return (
        f"{tally.frames} hostile frames in {tally.rooms} rooms (seed {seed}): "
        f"{tally.refused} closed their connection, none did any harm"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
