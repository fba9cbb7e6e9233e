"""How long `make run` takes until the window is there, counted from the start of make.

Everything is set up before, as for a person's second `make run`. The window opens on an X display
of its own; folders are fresh at the first start, so that one includes making the database. Run it
with `make bench`.
"""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.support.display import Display, display  # noqa: E402
from tests.support.program import app_folder, environment, wait_until  # noqa: E402

STARTS = 5
PORT = 8899


def start_and_stop(screen: Display, folder: Path) -> float:
    """Run make until the window shows, end the app again; return the seconds until the window."""
    env = environment(folder, screen.environment())
    began = time.perf_counter()
    make = subprocess.Popen(
        ["make", "run"],
        cwd=ROOT,
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_until(lambda: bool(screen.windows("CodeInterview")), "window")
        shown_s = time.perf_counter() - began
    finally:
        started = psutil.Process(make.pid).children(recursive=True)
        os.killpg(make.pid, signal.SIGTERM)
        make.wait(60)
        psutil.wait_procs(started, 60)
    return shown_s


def main() -> None:
    """Print the first start and the median of the later ones."""
    subprocess.run(["make", "-s", "setup"], cwd=ROOT, check=True)
    with display() as screen, app_folder(PORT) as folder:
        first_s = start_and_stop(screen, folder)
        later_s = [start_and_stop(screen, folder) for _ in range(STARTS)]
    print(f"make run to window, first start  {first_s:6.2f} s")
    print(
        f"make run to window, later starts {statistics.median(later_s):6.2f} s"
        f"  (median of {STARTS}, longest {max(later_s):.2f} s)"
    )


if __name__ == "__main__":
    main()
