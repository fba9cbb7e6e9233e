"""How long `codeinterview serve` takes until it is ready, at its first start and later ones.

The first start makes the embedded database. Run it with `make bench`.
"""

from __future__ import annotations

import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROGRAM = Path(sys.executable).parent / "codeinterview"
LATER_STARTS = 5
TIMEOUT_S = 60


def start_and_stop(data_dir: Path) -> tuple[float, float]:
    """Start the server and stop it again; return the seconds each took."""
    began = time.perf_counter()
    server = subprocess.Popen(
        [PROGRAM, "serve", "--port", "0", "--data-dir", data_dir],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert server.stdout is not None
    line = server.stdout.readline()
    ready_s = time.perf_counter() - began
    if not line.startswith("ready "):
        server.kill()
        raise RuntimeError(f"the server said {line.strip()!r} instead of ready")
    began = time.perf_counter()
    server.send_signal(signal.SIGTERM)
    server.wait(TIMEOUT_S)
    return ready_s, time.perf_counter() - began


def main() -> None:
    """Print one line for the first start and one for the later ones."""
    with tempfile.TemporaryDirectory(prefix="codeinterview-bench-") as directory:
        # Started as root, the database runs as a user of its own, who must be let in.
        Path(directory).chmod(0o755)
        data_dir = Path(directory) / "data"
        first_ready_s, first_stop_s = start_and_stop(data_dir)
        later = [start_and_stop(data_dir) for _ in range(LATER_STARTS)]
    print(f"first start  ready {first_ready_s:6.2f} s  stop {first_stop_s:5.2f} s")
    ready_s = statistics.median(ready for ready, _ in later)
    stop_s = statistics.median(stop for _, stop in later)
    print(f"later starts ready {ready_s:6.2f} s  stop {stop_s:5.2f} s  (median of {len(later)})")


if __name__ == "__main__":
    main()
