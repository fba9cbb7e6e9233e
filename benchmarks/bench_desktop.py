"""How long the app takes from its start to a room one can type in, and what memory it holds.

The real app on an X display of its own, with fresh folders at the first start. Memory is that of
all its processes; what several share is counted in parts. Run it with `make bench-full`, or
`python benchmarks/bench_desktop.py [ROUNDS]`.
"""

from __future__ import annotations

import asyncio
import signal
import socket
import statistics
import sys
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.support.app_window import web_view  # noqa: E402
from tests.support.display import Display, display  # noqa: E402
from tests.support.program import (  # noqa: E402
    LIMIT_S,
    Program,
    app_folder,
    environment,
    running,
    wait_until,
)

ROUNDS = 5
SETTLE_S = 5
MB = 2**20

Figures = dict[str, float]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _memory_mb(program: Program) -> float:
    """Return the proportional memory of the app and everything it started."""
    everybody = [psutil.Process(program.process.pid), *program.children()]
    total = 0
    for each in everybody:
        try:
            total += each.memory_full_info().pss
        except psutil.NoSuchProcess:
            continue
    return total / MB


async def _editable(debugging_port: int) -> None:
    async with web_view(debugging_port) as room:
        await room.in_room()


def measure(screen: Display, folder: Path, port: int) -> Figures:
    """Start the app, host, wait for the room, and quit."""
    debugging_port = _free_port()
    env = {
        **environment(folder, screen.environment()),
        "QTWEBENGINE_REMOTE_DEBUGGING": f"127.0.0.1:{debugging_port}",
    }
    figures: Figures = {}
    began = time.perf_counter()
    with running(folder, port, env) as program:
        wait_until(lambda: bool(screen.windows("CodeInterview")), "window")
        figures["start to window: ms"] = (time.perf_counter() - began) * 1000
        program.until_served()
        figures["start to window and server: ms"] = (time.perf_counter() - began) * 1000
        time.sleep(SETTLE_S)
        figures["memory, idle: MB"] = _memory_mb(program)
        screen.focus(screen.windows("CodeInterview")[-1])
        screen.press("ctrl+n")
        screen.type("Pairing")
        began = time.perf_counter()
        screen.press("Return")
        wait_until(lambda: bool(screen.windows("Pairing")), "session's window title")
        figures["Host pressed to session open: ms"] = (time.perf_counter() - began) * 1000
        asyncio.run(_editable(debugging_port))
        figures["Host pressed to room to type in: ms"] = (time.perf_counter() - began) * 1000
        time.sleep(SETTLE_S)
        figures["memory, hosting: MB"] = _memory_mb(program)
        started = program.children()
        program.process.send_signal(signal.SIGTERM)
        program.process.wait(LIMIT_S)
        psutil.wait_procs(started, LIMIT_S)
    return figures


def main() -> None:
    """Print the first start, and the median and maximum of the later ones."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    port = _free_port()
    with display() as screen, app_folder(port, name="Ines") as folder:
        first = measure(screen, folder, port)
        later = [measure(screen, folder, port) for _ in range(rounds)]
    for name, value in first.items():
        values = [each[name] for each in later]
        print(
            f"{name:40} first {value:8.0f}  later median {statistics.median(values):8.0f}"
            f"  max {max(values):8.0f}  (of {rounds})"
        )


if __name__ == "__main__":
    main()
