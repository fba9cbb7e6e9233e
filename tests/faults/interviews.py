"""One interview of the soak: three people who come, type, run, drop, leave, knock, and come again.

Each room's people have loopback addresses of their own (Linux has all of 127/8), so the server's
limits by address stay as they are.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
from tests.faults.keys import Keys
from tests.faults.pace import pace
from tests.faults.typist import PATH, Typist

from codeinterview_server.domain.languages import LANGUAGES
from codeinterview_server.realtime.protocol import encode_awareness, encode_bytes, encode_integer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

PEOPLE = 3
SETTLE_S = 60.0
_LOOK_S = 0.05
_AWAY = 503
_UNWANTED = "Unwanted"


@dataclass(frozen=True)
class Plan:
    """What a crowd does."""

    origin: str
    host_key: str
    rooms: int = 200
    seconds: float = 180.0
    keystrokes_per_s: float = 0.4
    """Of each person, thinking included."""
    act_s: float = 10.0
    """Between two things other than typing in a room, on average."""
    round_s: float = 90.0
    """How long people stay together before they go for a while, on average."""
    idle_s: float = 10.0
    """After which the server unloads a room that nobody uses."""
    seed: int = 0


@dataclass
class Tally:
    """What a crowd did, all rooms together."""

    typed: int = 0
    lost: int = 0
    done: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    delays_s: list[float] = field(default_factory=list)
    """From a keystroke to the other person's screen, of what was typed while both were there."""


class Guest(Typist):
    """One person of an interview; a host answers knocks."""

    def __init__(
        self, url: str, keys: Keys, rng: random.Random, source: str, joined: dict[str, Any]
    ) -> None:
        super().__init__(lambda: url, keys, rng, source=source)
        self.joined = joined
        """What they were answered when they joined."""
        self.is_host = joined["participant"]["role"] == "interviewer"
        self._answered: set[str] = set()
        self._clock = 0
        self._pongs = 0

    async def strike(self) -> None:
        """Type, and show where."""
        await super().strike()
        if self._socket is not None and self.is_synced:
            self._clock += 1
            state = encode_bytes(b'{"selection":{"at":%d}}' % self._clock)
            head = (1, self._doc.client_id, self._clock)
            payload = b"".join(map(encode_integer, head)) + state
            await self._send(self._socket, encode_awareness(payload))

    @property
    def id(self) -> str:
        """Their participant id."""
        return str(self.joined["participant"]["id"])

    @property
    def token(self) -> str:
        """Their participant token."""
        return str(self.joined["token"])

    @property
    def pongs(self) -> int:
        """How often the server said to have handled everything that was sent before."""
        return self._pongs

    async def _be_told(self, message: dict[str, Any]) -> None:
        await super()._be_told(message)
        self._pongs += message["type"] == "pong"
        if self.is_host and message["type"] in {"welcome", "lobby"}:
            for knocker in message["waiting"]:
                if knocker["id"] not in self._answered:
                    self._answered.add(knocker["id"])
                    answer = "decline" if knocker["name"].startswith(_UNWANTED) else "admit"
                    await self.tell(answer, participant_id=knocker["id"])


class Interview:
    """One session from its creation to its end."""

    def __init__(self, plan: Plan, place: int, rng: random.Random, tally: Tally) -> None:
        self._plan = plan
        self._rng = rng
        self._tally = tally
        self._net = f"127.{place // 250 + 1}.{place % 250 + 1}"
        self._keys = Keys(relayed=tally.delays_s.append)
        self._people: list[Guest] = []
        self._names = 0
        self._id = ""
        self._invite = ""

    async def run(self, over: asyncio.Event) -> None:
        """Hold it, in rounds between which the room goes out of memory; shorter when it is over."""
        transport = httpx.AsyncHTTPTransport(
            verify=False,
            local_address=f"{self._net}.250",
            # A connection that is kept may be closed just when it is used again.
            limits=httpx.Limits(max_keepalive_connections=0),
        )
        async with (
            httpx.AsyncClient(transport=transport, timeout=30, trust_env=False) as self._http,
            AsyncExitStack() as stack,
        ):
            stack.push_async_callback(self._leave)
            await self._open()
            for _ in range(self._rng.randint(1, 3)):
                await self._work(over)
                await self._compare()
                await self._leave()
                await pace(self._plan.idle_s * self._rng.uniform(1.2, 1.6))
                await self._come_again()
                await self._compare()
                if over.is_set():
                    break
            await self._end()
        self._tally.typed += self._keys.typed
        self._tally.done["interviews"] += 1

    # What happens in it.

    async def _open(self) -> None:
        creator = {"id": "host", "name": "Host", "color": "0"}
        body = {"creator": creator, "language": "python", "code": ""}
        answer = await self._call("POST", "", self._plan.host_key, json=body)
        self._id = answer["data"]["id"]
        self._invite = answer["invites"]["candidate"]
        self._enter(answer)
        for _ in range(PEOPLE - 1):
            await self._let_in()
        await self._all_here()

    async def _work(self, over: asyncio.Event) -> None:
        for person in self._people:
            person.begin(self._plan.keystrokes_per_s)
        until_s = self._now() + self._plan.round_s * self._rng.uniform(0.5, 1.5)
        acts: list[Callable[[], Awaitable[None]]] = [
            self._drop, self._drop, self._change_people, self._change_people, self._turn_away,
            self._run, self._run, self._run, self._switch_language, self._look,
        ]  # fmt: skip
        while self._now() < until_s and not over.is_set():
            await linger(over, self._rng.expovariate(1 / self._plan.act_s))
            await self._rng.choice(acts)()
            await self._all_here()

    async def _drop(self) -> None:
        """Somebody loses the network and types on, as the others do."""
        person = self._rng.choice(self._people)
        person.unplug()
        await pace(self._plan.act_s * self._rng.uniform(0.05, 0.6))
        person.plug_in()
        self._tally.done["drops"] += 1

    async def _change_people(self) -> None:
        """Somebody leaves for good, and somebody new comes: by invite, or through the lobby."""
        person = self._people.pop(self._rng.randrange(1, len(self._people)))
        await person.stop_typing()
        await self._all_here(person)
        pongs = person.pongs
        await person.tell("ping", id="leaving")
        await self._until(lambda: person.pongs > pongs, "what the one who leaves has typed")
        await person.leave()
        token = self._rng.choice((person.token, self._people[0].token))
        await self._call("DELETE", f"/{self._id}/participants/{person.id}", token)
        newcomer = await self._let_in()
        newcomer.begin(self._plan.keystrokes_per_s)
        self._tally.done["leaves"] += 1

    async def _turn_away(self) -> None:
        """Somebody knocks whom the host does not know."""
        stranger = await self._knock(_UNWANTED)
        self._people.remove(stranger)
        await self._until(lambda: stranger.failed, "the stranger was declined")
        with suppress(AssertionError):
            await stranger.leave()
        self._tally.done["declined"] += 1

    async def _run(self) -> None:
        """Somebody runs the code; the others see what it prints."""
        person = self._rng.choice(self._people)
        run = {"run_id": f"run-{self._rng.getrandbits(48):x}"}
        await person.tell("run", **run, event="started", language="python", path=PATH)
        for _ in range(self._rng.randint(0, 5)):
            text = "0123456789abcde\n" * self._rng.randint(1, 60)
            await person.tell("run", **run, event="output", stream="stdout", text=text)
        await person.tell("run", **run, event="finished", status="ok", duration_ms=12)
        self._tally.done["runs"] += 1

    async def _switch_language(self) -> None:
        language = self._rng.choice(list(LANGUAGES))
        await self._rng.choice(self._people).tell("language", language=str(language))
        self._tally.done["language switches"] += 1

    async def _look(self) -> None:
        """Somebody's page asks over REST; the host gives it another title."""
        title = f"Interview {self._rng.randrange(1000)}"
        host = self._people[0]
        await self._call("PATCH", f"/{self._id}", host.token, json={"title": title})
        await self._call("GET", f"/{self._id}", self._rng.choice(self._people).token)
        self._tally.done["requests"] += 2

    async def _come_again(self) -> None:
        """Everybody opens a new page: what they see comes out of the database."""
        people, self._people = self._people, []
        for person in people:
            self._enter(person.joined)
        await self._all_here()
        self._tally.done["returns"] += 1

    async def _end(self) -> None:
        await self._leave()
        host = self._people[0]
        await self._call("PATCH", f"/{self._id}", host.token, json={"phase": "ended"})
        if self._rng.random() < 0.3:
            await self._call("DELETE", f"/{self._id}", self._plan.host_key)
            self._tally.done["deleted"] += 1

    # How people come, and whether they have everything.

    async def _let_in(self) -> Guest:
        if self._rng.random() < 0.5:
            self._tally.done["knocks"] += 1
            return await self._knock("Candidate")
        name = self._name("Candidate")
        body = {"user": {"id": name, "name": name, "color": ""}, "invite": self._invite}
        answer = await self._call("POST", f"/{self._id}/join", None, json=body)
        self._tally.done["joins"] += 1
        return self._enter(answer)

    async def _knock(self, kind: str) -> Guest:
        name = self._name(kind)
        body = {"user": {"id": name, "name": name, "color": ""}}
        answer = await self._call("POST", f"/{self._id}/join", None, json=body)
        return self._enter(answer)

    def _name(self, kind: str) -> str:
        self._names += 1
        return f"{kind}{self._names}"

    def _enter(self, joined: dict[str, Any]) -> Guest:
        token = joined["token"]
        origin = self._plan.origin.replace("http", "ws", 1)
        url = f"{origin}/ws/sessions/{self._id}?token={token}"
        source = f"{self._net}.{len(self._people) + 1}"
        rng = random.Random(self._rng.random())
        guest = Guest(url, self._keys, rng, source, joined)
        self._people.append(guest)
        guest.start()
        return guest

    async def _leave(self) -> None:
        for person in self._people:
            await person.leave()

    async def _all_here(self, *others: Guest) -> None:
        people = (*self._people, *others)
        await self._until(lambda: all(each.is_synced for each in people), "everybody in the room")

    async def _compare(self) -> None:
        """See that everybody has the same, all that was typed, and that the server has it."""
        for person in self._people:
            await person.stop_typing()
        await self._until(self._is_settled, "all texts alike and saved")
        text = self._people[0].text
        stored = await self._call("GET", f"/{self._id}", self._people[0].token)
        if stored["data"]["files"][PATH] != text:
            raise AssertionError("the server has another text")
        self._tally.lost += self._keys.lost(text)
        self._tally.done["comparisons"] += 1

    def _is_settled(self) -> bool:
        people = self._people
        return (
            all(each.is_synced and each.saved == "saved" for each in people)
            and len({each.text for each in people}) == 1
        )

    async def _until(self, condition: Callable[[], bool], what: str) -> None:
        deadline_s = self._now() + SETTLE_S
        while not condition():
            for person in self._people:
                if person.failed:
                    await person.leave()
            if self._now() > deadline_s:
                raise AssertionError(f"not within {SETTLE_S} s: {what}")
            await pace(_LOOK_S)

    async def _call(self, method: str, path: str, token: str | None, **kw: Any) -> Any:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        url = f"{self._plan.origin}/api/v1/sessions{path}"
        deadline_s = self._now() + SETTLE_S
        while True:
            response = await self._http.request(method, url, headers=headers, **kw)
            if response.status_code != _AWAY or self._now() > deadline_s:
                break
            # The database is too slow at present, and the page says to try again.
            self._tally.done["answers 503"] += 1
            await pace(1.0)
        response.raise_for_status()
        return response.json() if response.content else None

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()


async def linger(over: asyncio.Event, seconds: float) -> None:
    """Let time pass, unless it is over before."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await over.wait()
