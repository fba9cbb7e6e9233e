"""Stands in for the server where the real one cannot be made to behave: a script of outcomes.

Usage: fake_server.py PLAN_DIR PORT. Each start takes the next word of PLAN_DIR/plan and appends
a line of JSON to PLAN_DIR/starts; the last word serves all further starts. Words:
`ready`, `crash`, `silent`, `deaf` (ignores its input and SIGTERM), or a code to fail with.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path


def main() -> int:
    folder, port = Path(sys.argv[1]), int(sys.argv[2])
    starts = folder / "starts"
    number = len(starts.read_text().splitlines()) if starts.exists() else 0
    with starts.open("a") as stream:
        print(json.dumps({"pid": os.getpid(), "port": port}), file=stream)
    plan = (folder / "plan").read_text().split()
    word = plan[min(number, len(plan) - 1)]
    print("a word to the log", file=sys.stderr, flush=True)
    if word == "crash":
        os.kill(os.getpid(), signal.SIGKILL)
    if word == "silent":
        sys.stdin.read()
        return 0
    if word == "deaf":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        print(f"ready http://127.0.0.1:{port}", flush=True)
        while True:
            signal.pause()
    if word == "ready":
        print("not of the protocol\nready http://127.0.0.1:", end="", flush=True)
        print(port or 40404, flush=True)
        sys.stdin.read()
        return 0
    print(f"error {word} A sentence about it.", flush=True)
    return 1


sys.exit(main())
