"""The soak's people, in a process of their own: many interviews at once, one after the other.

`python -m tests.faults.crowd` reads a plan as JSON from its standard input and writes what came of
it as one line of JSON.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
from dataclasses import asdict, dataclass

from tests.faults.flatness import percentile
from tests.faults.interviews import Interview, Plan, Tally, linger

_COMING_SHARE = 0.25
"""Of the plan's time, until the first people of the last room come."""


@dataclass(frozen=True)
class Report:
    """What a crowd did until now."""

    typed: int
    lost: int
    done: dict[str, int]
    errors: list[str]
    relays: int
    delay_p50_ms: float
    delay_p99_ms: float

    @classmethod
    def of(cls, tally: Tally) -> Report:
        """Sum up."""
        delays_s = tally.delays_s or [0.0]
        return cls(
            typed=tally.typed,
            lost=tally.lost,
            done=dict(tally.done),
            errors=tally.errors,
            relays=len(tally.delays_s),
            delay_p50_ms=percentile(delays_s, 0.5) * 1000,
            delay_p99_ms=percentile(delays_s, 0.99) * 1000,
        )


async def hold(plan: Plan) -> Tally:
    """Hold interviews for the plan's time, and until the last ones have come to their end."""
    tally = Tally()
    over = asyncio.Event()
    places = [
        asyncio.create_task(_occupy(plan, place, tally, over), name=f"room {place}")
        for place in range(plan.rooms)
    ]
    await linger(over, plan.seconds)
    over.set()
    await asyncio.gather(*places)
    return tally


async def _occupy(plan: Plan, place: int, tally: Tally, over: asyncio.Event) -> None:
    """Hold one interview after the other in one place."""
    rng = random.Random(f"{plan.seed}:{place}")
    await linger(over, plan.seconds * _COMING_SHARE * place / plan.rooms)
    while not over.is_set():
        try:
            await Interview(plan, place, rng, tally).run(over)
        except Exception as error:
            tally.errors.append(f"room {place}: {error!r}")
            await linger(over, 1.0)


def main() -> None:
    """Do what standard input says."""
    plan = Plan(**json.loads(sys.stdin.readline()))
    with asyncio.Runner() as runner:
        tally = runner.run(hold(plan))
    print(json.dumps(asdict(Report.of(tally))), flush=True)


if __name__ == "__main__":
    main()
