"""A server that crashes leaves no image of its memory, which holds the host key."""

from __future__ import annotations

import sys
from pathlib import Path

import psutil
import pytest
from tests.support.server import ServerProcess


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nobody can ask about a process")
def test_a_crash_leaves_no_image_of_memory(data_dir: Path) -> None:
    # As on a machine where somebody looks for crashes.
    unlimited = ("sh", "-c", 'ulimit -S -c "$(ulimit -H -c)"; exec "$@"', "sh")
    server = ServerProcess(data_dir, wrapper=unlimited).start()
    try:
        assert server.process is not None
        main = psutil.Process(server.process.pid)
        programs = [main.pid, *(child.pid for child in main.children(recursive=True))]
        assert len(programs) > 1, "PostgreSQL holds interviews too"
        for pid in programs:
            # Not by asking for the limit: PostgreSQL may be another account's.
            limits = Path(f"/proc/{pid}/limits").read_text()
            [line] = [line for line in limits.splitlines() if line.startswith("Max core file size")]
            assert line.split()[4] == "0", line
    finally:
        server.stop()
