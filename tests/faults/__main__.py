"""Every fault in its long form, as a table: `make faults`, bounded to fifteen minutes.

`python -m tests.faults` takes words that choose rows by their name: `python -m tests.faults disk`.
Most of a row is waiting, so that a few go on beside each other, each in a process of its own.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import secrets
import shutil
import signal
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
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
DEADLINE_S = BOUND_S - 60
"""After which what still goes on is ended, in order."""
_END_S = 40
LANES = 3
"""Rows at once."""
FRAMES = 200_000
SCHEDULES = 300
SCHEDULES_ROW = "schedules"
FRAMES_ROW = "frames"
ONE = "--one"
"""Before the name of a row: do that one here, and write it as JSON."""

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
    "replica killed": lambda at: rows.replica_killed(at, 12),
}

NEED_ROOT = {"disk full", "network one-way", "network slow and lossy"}


@dataclass(frozen=True)
class Outcome:
    """What became of one row."""

    row: Row | None = None
    note: str = ""
    failure: str = ""


async def run_all(names: list[str], began_s: float) -> dict[str, Outcome]:
    """Do the rows in their order, a few at once, and end what is not done at the deadline."""
    lanes = asyncio.Semaphore(LANES)

    async def run(name: str) -> Outcome:
        # The frames never wait, so that they need no lane.
        async with lanes if name != FRAMES_ROW else asyncio.Semaphore():
            left_s = began_s + DEADLINE_S - time.monotonic()
            if left_s <= 0:
                return Outcome(failure="not begun before the deadline")
            _say(began_s, f"{name} …")
            outcome = await _run_apart(name, left_s)
            _say(began_s, f"{name}: {outcome.failure or 'done'}")
            return outcome

    outcomes = await asyncio.gather(*(run(name) for name in names))
    return dict(zip(names, outcomes, strict=True))


async def _run_apart(name: str, left_s: float) -> Outcome:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.faults", ONE, name), stdout=asyncio.subprocess.PIPE
    )
    reading = asyncio.create_task(process.communicate())
    try:
        async with asyncio.timeout(left_s):
            output, _ = await asyncio.shield(reading)
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGINT)
        await asyncio.wait([reading], timeout=_END_S)
        return Outcome(failure="not done at the deadline")
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await reading
    if process.returncode != 0:
        return Outcome(failure=f"ended with status {process.returncode}")
    found = json.loads(output)
    return Outcome(row=None if found["row"] is None else Row(**found["row"]), note=found["note"])


def main(words: list[str]) -> int:
    """Run what was asked for; the exit status tells whether nothing was lost."""
    logging.basicConfig(level=logging.CRITICAL)
    if words[:1] == [ONE]:
        return _do_one(words[1])
    began_s = time.monotonic()
    print(
        f"up to {LANES} rows at once; what is not done after {DEADLINE_S // 60} minutes is ended "
        f"and fails, so that it takes at most {BOUND_S // 60}; load average "
        f"{os.getloadavg()[0]:.1f} at the start",
        file=sys.stderr,
    )
    outcomes = asyncio.run(run_all(_wanted(words), began_s))
    done = [outcome.row for outcome in outcomes.values() if outcome.row is not None]
    if done:
        print(table(done))
    for name, outcome in outcomes.items():
        if outcome.note:
            print(outcome.note)
        if outcome.failure:
            print(f"FAILED: {name}: {outcome.failure}")
    minutes = (time.monotonic() - began_s) / 60
    print(f"{minutes:.1f} minutes; load average {os.getloadavg()[1]:.1f} over the last five")
    is_well = not any(outcome.failure for outcome in outcomes.values())
    return 0 if is_well and all(row.lost == 0 for row in done) else 1


def _wanted(words: list[str]) -> list[str]:
    names = [
        name
        for name in (*LONG, SCHEDULES_ROW, FRAMES_ROW)
        if not words or any(word in name for word in words)
    ]
    for name in NEED_ROOT & set(names) if os.geteuid() != 0 else ():
        print(f"left out, because it needs root: {name}", file=sys.stderr)
        names.remove(name)
    return names


def _do_one(name: str) -> int:
    """Do one row, in this process."""
    scratch = Path(tempfile.mkdtemp(prefix="ci-"))
    # PostgreSQL runs as somebody else when we are root.
    scratch.chmod(0o755)
    directory = scratch / secrets.token_hex(3)
    directory.mkdir(mode=0o700)
    row: Row | None = None
    note = ""
    try:
        if name == SCHEDULES_ROW:
            row = _schedules(directory)
        elif name == FRAMES_ROW:
            note = asyncio.run(_frames(directory))
        else:
            row = asyncio.run(LONG[name](directory))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    if row is not None:
        print(" | ".join(row.cells()), file=sys.stderr, flush=True)
    print(json.dumps({"row": None if row is None else asdict(row), "note": note}))
    return 0


def _say(began_s: float, text: str) -> None:
    print(f"[{time.monotonic() - began_s:4.0f} s] {text}", file=sys.stderr, flush=True)


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
    pause_s = found.longest_pause_s
    return Row(fault, found.unplugged, found.clients, found.typed, found.lost, pause_s)


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
