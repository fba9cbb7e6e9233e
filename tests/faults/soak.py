"""Many interviews for half an hour, and whether the server takes no more at the end: `make soak`.

`python -m tests.faults.soak --minutes 5` is shorter. Linux only: it takes 127/8 for granted.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import shutil
import sys
import tempfile
import time
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from tests.faults.crowd import Report
from tests.faults.flatness import Tolerance, drift, level, percentile
from tests.faults.gauges import MEASURES, VITALS_S, Gauges, Sample
from tests.faults.interviews import Plan
from tests.faults.lag import Lag
from tests.faults.pace import pace
from tests.faults.report import columns
from tests.support.server import ServerProcess

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

UNDER_LOAD = Tolerance(share=0.05, least=4)
"""Over the second half, by the regression line."""
AT_REST = Tolerance(share=0.10, least=4)
"""From the first time that everybody has left to the last one."""
_WARM_UP_SHARE = 0.1
_UNLOAD_S = 60.0
_LOOK_S = 0.2
_LAG_PAUSE_S = 0.5
_END_S = 300.0
"""How long the last interviews may take to come to their end."""
_COMPLAINTS = (" WARNING ", " ERROR ", " CRITICAL ", "Traceback")


@dataclass
class Findings:
    """What was measured."""

    start: Sample
    rests: list[Sample] = field(default_factory=list)
    """After the warm-up and after the end, when everybody had left and no room was in memory."""
    samples: list[Sample] = field(default_factory=list)
    """Under load, without the warm-up."""
    crowds: list[Report] = field(default_factory=list)
    lags_ms: list[float] = field(default_factory=list)
    load_s: float = 0.0
    cpu: dict[str, float] = field(default_factory=dict)
    """Shares of one processor under load."""
    complaints: list[str] = field(default_factory=list)
    """What the server's log complains of."""

    @property
    def lost(self) -> int:
        """Keystrokes."""
        return sum(crowd.lost for crowd in self.crowds)

    @property
    def typed(self) -> int:
        """Keystrokes."""
        return sum(crowd.typed for crowd in self.crowds)

    @property
    def errors(self) -> list[str]:
        """Whatever went wrong."""
        return [error for crowd in self.crowds for error in crowd.errors] + self.complaints

    def rises(self) -> list[str]:
        """Tell what is not flat."""
        found = []
        times_s = [sample.at_s for sample in self.samples]
        first, last = self.rests[0], self.rests[-1]
        for measure in MEASURES:
            values = [measure.of(sample) for sample in self.samples]
            risen = drift(times_s, values)
            if not UNDER_LOAD.allows(risen, level(values)):
                found.append(f"{measure.name}: {risen:+.1f} over the second half")
            risen = measure.of(last) - measure.of(first)
            if not AT_REST.allows(risen, measure.of(first)):
                found.append(f"{measure.name}: {risen:+.1f} between the two times at rest")
        return found


async def soak(plan: Plan, data_dir: Path, *, warm_up_s: float, sample_s: float) -> Findings:
    """Run a server of its own under the plan's crowd, after a first one to warm up."""
    env = {"CODEINTERVIEW_ROOM_IDLE_S": f"{plan.idle_s}", "CODEINTERVIEW_VITALS_S": f"{VITALS_S}"}
    server = ServerProcess(data_dir, env=env)
    await asyncio.to_thread(server.start)
    try:
        plan = replace(plan, origin=server.origin, host_key=server.host_key)
        gauges = Gauges(server)
        try:
            await _until_at_rest(gauges)
            findings = Findings(start=gauges.read())
            _say(f"start: {findings.start}")
            for crowd in (replace(plan, seconds=warm_up_s), replace(plan, seed=plan.seed + 1)):
                await _load(gauges, crowd, findings, sample_s)
                findings.rests.append(await _until_at_rest(gauges))
                _say(f"at rest: {findings.rests[-1]}")
        finally:
            gauges.close()
    finally:
        status = await asyncio.to_thread(server.stop)
    if status != 0:
        findings.complaints.append(f"the server ended with status {status}")
    findings.complaints += [
        line for line in server.log_text().splitlines() if any(each in line for each in _COMPLAINTS)
    ]
    return findings


async def _load(gauges: Gauges, plan: Plan, findings: Findings, sample_s: float) -> None:
    """Have a crowd come, measure as long as it is there, and see it go."""
    # The last crowd's samples are those that count.
    findings.samples.clear()
    findings.lags_ms.clear()
    async with _crowd(plan) as crowd, _lag(gauges, findings):
        began_s, spent = time.monotonic(), _spent(gauges, crowd)
        while time.monotonic() < began_s + plan.seconds:
            await pace(min(sample_s, max(0.0, began_s + plan.seconds - time.monotonic())))
            sample = await asyncio.to_thread(gauges.read)
            findings.samples.append(sample)
            _say(f"{sample}")
            if crowd.returncode is not None:
                break
        findings.load_s = time.monotonic() - began_s
        findings.cpu = {
            name: (now_s - spent[name]) / findings.load_s
            for name, now_s in _spent(gauges, crowd).items()
        }
        assert crowd.stdout is not None
        async with asyncio.timeout(_END_S):
            report = (await crowd.stdout.read()).decode().strip()
    findings.crowds.append(Report(**json.loads(report)))
    _say(f"{findings.crowds[-1]}")


@asynccontextmanager
async def _crowd(plan: Plan) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.faults.crowd"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    try:
        assert process.stdin is not None
        process.stdin.write(json.dumps(asdict(plan)).encode() + b"\n")
        process.stdin.close()
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


@asynccontextmanager
async def _lag(gauges: Gauges, findings: Findings) -> AsyncIterator[None]:
    lag = Lag(gauges.server, gauges.database_url)
    watching = asyncio.create_task(lag.watch(_LAG_PAUSE_S), name="lag")
    try:
        yield
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
        findings.lags_ms += lag.lags_ms


async def _until_at_rest(gauges: Gauges) -> Sample:
    """Return how it looks once no room is in memory and nothing goes on any more."""
    deadline_s = time.monotonic() + _UNLOAD_S
    before: Sample | None = None
    while True:
        await pace(VITALS_S * 2)
        now = await asyncio.to_thread(gauges.read)
        is_still = before is not None and (now.tasks, now.files) == (before.tasks, before.files)
        if now.rooms == 0 and now.unwritten == 0 and is_still:
            return now
        if time.monotonic() > deadline_s:
            raise AssertionError(f"it does not come to rest: {now}")
        before = now


def _spent(gauges: Gauges, crowd: asyncio.subprocess.Process) -> dict[str, float]:
    server_s, postgres_s = gauges.cpu_s()
    people = psutil.Process(crowd.pid).cpu_times()
    return {
        "server": server_s,
        "PostgreSQL": postgres_s,
        "people": people.user + people.system,
    }


def show(findings: Findings) -> str:
    """What is to be said of it, in Markdown."""
    samples = findings.samples
    first, last = findings.rests[0], findings.rests[-1]
    moments = {
        "start": findings.start,
        "at rest after the warm-up": first,
        "under load: begin": samples[len(samples) // 10],
        "middle": samples[len(samples) // 2],
        "end": samples[-1],
        "at rest after the end": last,
    }
    times_s = [sample.at_s for sample in samples]
    lines: list[tuple[str, ...]] = [("", *moments, "drift over the second half")]
    for measure in MEASURES:
        cells = [f"{measure.of(sample):,.0f}" for sample in moments.values()]
        rise = drift(times_s, [measure.of(sample) for sample in samples])
        lines.append((measure.name, *cells, f"{rise:+,.1f}"))
    done: dict[str, int] = {}
    for crowd in findings.crowds:
        for name, count in crowd.done.items():
            done[name] = done.get(name, 0) + count
    crowd = findings.crowds[-1]
    cpu = ", ".join(f"{name} {share:.0%}" for name, share in findings.cpu.items())
    lags_ms = findings.lags_ms
    return "\n".join(
        (
            columns(lines),
            "",
            f"* keystrokes typed {findings.typed:,}, lost {findings.lost}; errors "
            f"{len(findings.errors)}",
            "* " + ", ".join(f"{name} {count:,}" for name, count in sorted(done.items())),
            f"* relayed {crowd.relays / findings.load_s:,.0f} keystrokes a second to other "
            f"screens; delay p50 {crowd.delay_p50_ms:.1f} ms, p99 {crowd.delay_p99_ms:.1f} ms",
            f"* journal behind by p50 {percentile(lags_ms, 0.5):.0f} ms, "
            f"p99 {percentile(lags_ms, 0.99):.0f} ms, at most {max(lags_ms):.0f} ms "
            f"({len(lags_ms):,} samples)",
            f"* of one processor: {cpu}",
        )
    )


def verdict(findings: Findings) -> tuple[bool, str]:
    """Whether nothing was lost, nothing went wrong and nothing grew; and the words for it."""
    rises, errors = findings.rises(), findings.errors
    words = [
        "flat means: at most 5 % (or 4) more over the second half by its regression line, and at "
        "most 10 % (or 4) more at rest after the end than at rest after the warm-up"
    ]
    words += [f"not flat: {rise}" for rise in rises] or ["verdict: flat"]
    words += [f"error: {error}" for error in errors[:20]]
    if findings.lost:
        words.append(f"LOST: {findings.lost} keystrokes")
    return not rises and not errors and not findings.lost, "\n".join(words)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main(arguments: Sequence[str]) -> int:
    """Soak; the exit status tells whether all was well."""
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--rooms", type=int, default=200)
    parser.add_argument("--keystrokes-per-s", type=float, default=Plan.keystrokes_per_s)
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.CRITICAL)
    warm_up_s = options.minutes * 60 * _WARM_UP_SHARE
    plan = Plan(
        origin="",
        host_key="",
        rooms=options.rooms,
        seconds=options.minutes * 60 - warm_up_s,
        keystrokes_per_s=options.keystrokes_per_s,
    )
    scratch = Path(tempfile.mkdtemp(prefix="ci-"))
    # PostgreSQL runs as somebody else when we are root.
    scratch.chmod(0o755)
    data_dir = scratch / "data"
    data_dir.mkdir(mode=0o700)
    try:
        findings = asyncio.run(soak(plan, data_dir, warm_up_s=warm_up_s, sample_s=10.0))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    is_well, words = verdict(findings)
    print(f"{plan.rooms} rooms of 3, {options.minutes:g} minutes\n")
    print(show(findings))
    print(words)
    return 0 if is_well else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
