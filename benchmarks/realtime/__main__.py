"""Measure servers side by side: `python -m benchmarks.realtime [--full] [--only NAME …]`.

Every round starts each server anew for each scenario, one after the other, so that whatever the
machine does meanwhile happens to all. Nothing but loopback is used.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import platform
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import psutil
import uvloop
from tests.support.tcp_postgres import TcpPostgres

from benchmarks.realtime import report
from benchmarks.realtime.scenarios import FULL, SCENARIOS, SHORT, Figures, Length, Scenario
from benchmarks.realtime.servers import CodeInterview, Hocuspocus, Server, YWebsocket, fresh

Makers = dict[str, Callable[[], Server]]


def main() -> None:
    """Measure, and print tables."""
    options = _options()
    scenarios = [each for each in SCENARIOS if not options.only or each.name in options.only]
    length = FULL if options.full else SHORT
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="codeinterview-")))
        # Started as root, the database runs as a user of its own, who must be let in.
        folder.chmod(0o755)
        postgres = TcpPostgres(folder / "postgres", ("track_commit_timestamp=on",))
        asyncio.run(postgres.create())
        postgres.start()
        stack.callback(postgres.stop)
        makers = _makers(folder, postgres)
        chosen = {
            name: maker
            for name, maker in makers.items()
            if not options.servers or name in options.servers
        }
        found = _measure(scenarios, chosen, length, options.rounds)
    print(_machine())
    for scenario in scenarios:
        print(report.table(scenario.title, found[scenario.name]))
    if options.json:
        options.json.write_text(json.dumps(found, indent=1))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.realtime", description=__doc__)
    parser.add_argument("--full", action="store_true", help="long stretches and fine steps")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", nargs="+", choices=[each.name for each in SCENARIOS])
    parser.add_argument("--servers", nargs="+", choices=list(_NAMES))
    parser.add_argument("--json", type=Path, help="a file for every single figure")
    return parser.parse_args()


_NAMES = (
    "codeinterview",
    "y-websocket",
    "y-websocket-leveldb",
    "hocuspocus",
    "hocuspocus-postgresql",
)


def _makers(folder: Path, postgres: TcpPostgres) -> Makers:
    makers: tuple[Callable[[], Server], ...] = (
        lambda: CodeInterview(folder, postgres),
        YWebsocket,
        lambda: YWebsocket(fresh(folder / "leveldb")),
        Hocuspocus,
        lambda: Hocuspocus(postgres.url()),
    )
    return dict(zip(_NAMES, makers, strict=True))


def _measure(
    scenarios: list[Scenario], makers: Makers, length: Length, rounds: int
) -> dict[str, dict[str, list[Figures]]]:
    found: dict[str, dict[str, list[Figures]]] = {each.name: {} for each in scenarios}
    for number in range(rounds):
        for scenario in scenarios:
            for maker in makers.values():
                server = maker()
                before = found[scenario.name].setdefault(server.name, [])
                server.start()
                try:
                    last = before[-1] if before else {}
                    figures = uvloop.run(scenario.run(server, length, last))
                except (RuntimeError, TimeoutError) as error:
                    # One that does not keep up has no figure here; the others do.
                    print(f"round {number + 1} {scenario.name}: {server.name}: {error!r}")
                    figures = {}
                finally:
                    server.stop()
                before.append(figures)
                shown = ", ".join(f"{name} {value:,.2f}" for name, value in figures.items())
                print(f"round {number + 1} {scenario.name}: {server.name}: {shown}", flush=True)
    return found


def _machine() -> str:
    return (
        f"{psutil.cpu_count()} cores shared by server, database and crowd; "
        f"{psutil.virtual_memory().total / 2**30:.0f} GiB; {platform.platform()}; "
        f"Python {platform.python_version()}\n"
    )


if __name__ == "__main__":
    main()
