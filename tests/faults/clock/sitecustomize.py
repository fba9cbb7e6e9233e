"""A clock that a test can set: wall time as the server sees it, off by what a file says."""

import os
import time
from pathlib import Path

_FILE = Path(os.environ["CODEINTERVIEW_TEST_CLOCK"])
_real_ns = time.time_ns


def _time_ns() -> int:
    return _real_ns() + int(_FILE.read_text()) * 1_000_000_000


time.time_ns = _time_ns
time.time = lambda: _time_ns() / 1e9
