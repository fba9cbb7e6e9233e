"""Stands in for cloudflared, which cannot be installed where these tests run.

`fake_cloudflared.py FOLDER tunnel --url URL --no-autoupdate` prints on stderr what the real one
prints, as its source and published logs have it. FOLDER/plan has a word for each start, the last of
which holds for all further ones: `up`, `deaf` (up, and deaf to SIGTERM), `silent` or `fail`. Each
start is noted in FOLDER/starts. SIGUSR1 makes it lose its connection, SIGUSR2 get it back.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

REGISTERED = "Registered tunnel connection connIndex=0 connection=bb52 event=0 protocol=quic"


def say(level: str, text: str) -> None:
    print(f"2026-09-07T07:03:06Z {level} {text}", file=sys.stderr, flush=True)


def main(folder: Path, arguments: list[str]) -> int:
    for number in (signal.SIGUSR1, signal.SIGUSR2):
        signal.signal(number, lambda _number, _frame: None)
    waited = {signal.SIGUSR1, signal.SIGUSR2, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, waited)
    starts = folder / "starts"
    count = len(starts.read_text().splitlines()) if starts.exists() else 0
    with starts.open("a") as file:
        file.write(json.dumps({"pid": os.getpid(), "arguments": arguments}) + "\n")
    plan = (folder / "plan").read_text().split()
    word = plan[min(count, len(plan) - 1)]
    say("INF", "Requesting new quick Tunnel on trycloudflare.com...")
    if word == "fail":
        print("failed to request quick Tunnel: no such host", file=sys.stderr, flush=True)
        return 1
    if word != "silent":
        say("INF", "+----------------------------------------+")
        say("INF", f"|  https://quiet-lake-{count}.trycloudflare.com  |")
        say("INF", "+----------------------------------------+")
        say("INF", REGISTERED)
    while True:
        came = signal.sigwait(waited)
        if came == signal.SIGTERM and word != "deaf":
            say("INF", "Initiating graceful shutdown due to signal terminated ...")
            return 0
        if came == signal.SIGUSR1:
            say("ERR", 'Connection terminated error="timeout" connIndex=0')
        elif came == signal.SIGUSR2:
            say("INF", REGISTERED)


sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
