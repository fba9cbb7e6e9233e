"""Sessions, participants, runs and events survive the way to PostgreSQL and back."""

from dataclasses import replace

import pytest
from tests.server.samples import CREATOR, HASH, SESSION

from codeinterview_server.db.engine import Database
from codeinterview_server.db.events import EventKind, EventStore
from codeinterview_server.db.journal import JournalEntry, JournalStore
from codeinterview_server.db.participants import ParticipantStore
from codeinterview_server.db.runs import RunStore
from codeinterview_server.db.sessions import SessionStore
from codeinterview_server.domain.errors import Conflict
from codeinterview_server.domain.roles import ParticipantStatus, Phase, Role
from codeinterview_server.domain.runs import Output, Run, RunStatus, Stream
from codeinterview_server.domain.secrets import hash_token
from codeinterview_server.domain.sessions import JoinPolicy, Participant, Session


@pytest.fixture
async def sessions(database: Database) -> SessionStore:
    store = SessionStore(database)
    await store.create(SESSION, CREATOR, HASH)
    return store


@pytest.fixture
def participants(database: Database) -> ParticipantStore:
    return ParticipantStore(database)


async def add_session(store: SessionStore, session: Session, name: str = "Ada") -> None:
    creator = replace(CREATOR, session_id=session.id, name=name)
    await store.create(session, creator, hash_token(session.id))


async def test_a_session_and_its_creator(
    sessions: SessionStore, participants: ParticipantStore
) -> None:
    assert await sessions.get(SESSION.id) == SESSION
    assert await sessions.get("00000000") is None
    assert await participants.list(SESSION.id) == [CREATOR]
    assert await participants.by_token_hash(HASH) == CREATOR
    assert await participants.by_token_hash(hash_token("other")) is None


async def test_a_taken_id_is_a_conflict_and_changes_nothing(
    sessions: SessionStore, participants: ParticipantStore
) -> None:
    other = replace(SESSION, title="Other")
    with pytest.raises(Conflict):
        await sessions.create(other, replace(CREATOR, name="Eve"), hash_token("x"))
    assert await sessions.get(SESSION.id) == SESSION
    assert await participants.list(SESSION.id) == [CREATOR]


async def test_changes(sessions: SessionStore) -> None:
    changed = await sessions.update(SESSION.id, 2_000, title="New", locked=True)
    assert changed == replace(SESSION, title="New", locked=True, updated_at=2_000)
    assert await sessions.get(SESSION.id) == changed
    assert await sessions.update(SESSION.id, 1_500, language="html") == replace(
        changed, language="html"
    )
    assert await sessions.update("00000000", 2_000, title="x") is None


async def test_ended_is_for_good(sessions: SessionStore) -> None:
    ended = await sessions.update(SESSION.id, 2_000, phase=Phase.ENDED)
    assert ended is not None
    assert ended.phase is Phase.ENDED
    reopened = await sessions.update(SESSION.id, 3_000, phase=Phase.OPEN, title="Again")
    assert reopened == replace(ended, title="Again", updated_at=3_000)


async def test_touch_only_goes_forward(sessions: SessionStore) -> None:
    await sessions.touch(SESSION.id, 5_000)
    await sessions.touch(SESSION.id, 4_000)
    session = await sessions.get(SESSION.id)
    assert session is not None
    assert session.updated_at == 5_000


async def test_renewing_an_invite_raises_its_generation_alone(sessions: SessionStore) -> None:
    await sessions.renew_invite(SESSION.id, Role.CANDIDATE, 2_000)
    await sessions.renew_invite(SESSION.id, Role.OBSERVER, 2_000)
    session = await sessions.renew_invite(SESSION.id, Role.CANDIDATE, 2_000)
    assert session is not None
    assert session.invite_generations == {Role.CANDIDATE: 2, Role.OBSERVER: 1}
    assert await sessions.renew_invite("00000000", Role.CANDIDATE, 2_000) is None


async def test_a_revoked_invite_is_none_until_it_is_renewed(sessions: SessionStore) -> None:
    await sessions.revoke_invite(SESSION.id, Role.OBSERVER, 2_000)
    await sessions.revoke_invite(SESSION.id, Role.CANDIDATE, 2_000)
    revoked = await sessions.revoke_invite(SESSION.id, Role.OBSERVER, 2_000)
    assert revoked is not None
    assert revoked.revoked_invites == {Role.OBSERVER, Role.CANDIDATE}
    assert revoked.invite_generations == SESSION.invite_generations
    renewed = await sessions.renew_invite(SESSION.id, Role.OBSERVER, 2_000)
    assert renewed is not None
    assert renewed.revoked_invites == {Role.CANDIDATE}
    assert renewed == await sessions.get(SESSION.id)
    assert await sessions.revoke_invite("00000000", Role.CANDIDATE, 2_000) is None


async def test_the_rules_of_a_session(sessions: SessionStore) -> None:
    changed = await sessions.update(
        SESSION.id, 2_000, join_policy=JoinPolicy.KNOCK, observers_listed=False
    )
    assert changed == replace(
        SESSION, join_policy=JoinPolicy.KNOCK, observers_listed=False, updated_at=2_000
    )
    assert await sessions.get(SESSION.id) == changed
    other = replace(
        changed,
        id="0000000a",
        join_policy=JoinPolicy.INVITE_ONLY,
        revoked_invites=frozenset({Role.OBSERVER}),
    )
    await add_session(sessions, other)
    assert await sessions.get(other.id) == other


async def test_the_list_is_paged_newest_first(
    sessions: SessionStore, participants: ParticipantStore
) -> None:
    for number in range(5):
        await add_session(
            sessions, replace(SESSION, id=f"0000000{number}", created_at=2_000 + number)
        )
    waiting = replace(CREATOR, id="w", status=ParticipantStatus.WAITING)
    await participants.add(waiting, hash_token("w"))
    page, total = await sessions.list_page("", 2, 0)
    assert [row.session.id for row in page] == ["00000004", "00000003"]
    assert total == 6
    page, total = await sessions.list_page("", 2, 4)
    assert [row.session.id for row in page] == ["00000000", SESSION.id]
    assert [row.participant_count for row in page] == [1, 1]
    assert (await sessions.list_page("", 2, 6))[0] == []


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("backend", ["1a2b3c4d"]),
        ("1A2B", ["1a2b3c4d"]),
        ("ZOË", ["1a2b3c4d"]),
        ("50%", ["1a2b3c4d"]),
        ("\\", ["1a2b3c4d"]),
        ("_", []),
        ("ada", ["99999999"]),
        ("nothing\x00", []),
        ("  ", ["99999999", "1a2b3c4d"]),
    ],
)
async def test_search(sessions: SessionStore, query: str, ids: list[str]) -> None:
    await add_session(sessions, replace(SESSION, id="99999999", title="X", created_at=2_000))
    page, total = await sessions.list_page(query, 10, 0)
    assert [row.session.id for row in page] == ids
    assert total == len(ids)


async def test_participants(sessions: SessionStore, participants: ParticipantStore) -> None:
    knocking = Participant(
        SESSION.id, "u2", "Bo", "", 1, Role.CANDIDATE, ParticipantStatus.WAITING, 2_000
    )
    await participants.add(knocking, hash_token("bo"))
    with pytest.raises(Conflict):
        await participants.add(replace(knocking, name="Eve"), hash_token("eve"))
    with pytest.raises(Conflict):
        await participants.add(replace(knocking, session_id="00000000"), hash_token("eve"))
    admitted = await participants.update(
        SESSION.id, "u2", status=ParticipantStatus.ADMITTED, role=Role.OBSERVER, name="Bob"
    )
    assert admitted == replace(
        knocking, status=ParticipantStatus.ADMITTED, role=Role.OBSERVER, name="Bob"
    )
    assert await participants.get(SESSION.id, "u2") == admitted
    assert await participants.update(SESSION.id, "u2") == admitted
    assert await participants.list(SESSION.id) == [CREATOR, admitted]
    assert await participants.update(SESSION.id, "nobody", name="x") is None


async def test_runs(sessions: SessionStore, database: Database) -> None:
    store = RunStore(database)
    run = Run(
        SESSION.id,
        "r1",
        "u1",
        "Zoë",
        "python",
        "main.py",
        5_000,
        RunStatus.RUNNING,
        None,
        False,
        (),
    )
    await store.save(run)
    finished = replace(
        run,
        status=RunStatus.ERROR,
        duration_ms=12,
        truncated=True,
        output=(Output(Stream.STDOUT, "a\n"), Output(Stream.STDERR, "Traceback 😀")),
    )
    await store.save(finished)
    assert await store.newest(SESSION.id, 5) == [finished]
    # Finished is finished, and another participant cannot overwrite it either.
    await store.save(replace(finished, status=RunStatus.OK))
    await store.save(replace(run, participant_id="u2"))
    assert await store.newest(SESSION.id, 5) == [finished]
    hostile = replace(
        run, run_id="r2", started_at=6_000, output=(Output(Stream.INFO, "\x00\ud800"),)
    )
    await store.save(hostile)
    await store.save(replace(run, session_id="00000000"))
    newest = await store.newest(SESSION.id, 5)
    assert newest == [finished, replace(hostile, output=(Output(Stream.INFO, "\ufffd\ufffd"),))]
    assert [r.run_id for r in await store.newest(SESSION.id, 1)] == ["r2"]


async def test_events(sessions: SessionStore, database: Database) -> None:
    store = EventStore(database)
    await store.append(SESSION.id, 1_000, None, EventKind.CREATED)
    await store.append(SESSION.id, 2_000, "u1", EventKind.TITLE, {"title": "New 😀"})
    await store.append("00000000", 2_000, "u1", EventKind.TITLE)
    first, second = await store.list(SESSION.id)
    assert (first.kind, first.actor_id, first.payload) == (EventKind.CREATED, None, {})
    assert (second.at_ms, second.actor_id) == (2_000, "u1")
    assert second.payload == {"title": "New 😀"}
    assert await store.list(SESSION.id, after_id=first.id) == [second]
    assert await store.list(SESSION.id, limit=1) == [first]


async def test_deleting_a_session_leaves_nothing_of_it(
    sessions: SessionStore, participants: ParticipantStore, database: Database
) -> None:
    journal = JournalStore(database)
    await journal.append([JournalEntry(SESSION.id, "u1", 1, b"update")])
    await journal.write_snapshot(SESSION.id, 1, b"state")
    await EventStore(database).append(SESSION.id, 1_000, None, EventKind.CREATED)
    assert await sessions.delete(SESSION.id)
    assert not await sessions.delete(SESSION.id)
    assert await sessions.get(SESSION.id) is None
    assert await participants.list(SESSION.id) == []
    assert await EventStore(database).list(SESSION.id) == []
    document = await journal.load(SESSION.id)
    assert (document.snapshot, document.updates, document.last_seq) == (None, (), 0)
    await journal.close()
