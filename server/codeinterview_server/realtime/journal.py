"""The journal: every update on its way to PostgreSQL, in groups, by one writer.

Rooms hand over what they have already relayed and never wait. While the database is away, what was
handed over stays here, the rooms are told that it is not saved, and the writer tries again.
"""

import asyncio
import logging
import random
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Final

from pycrdt import merge_updates

from codeinterview_server.db.journal import JournalEntry, JournalStore
from codeinterview_server.domain.clock import now_ms
from codeinterview_server.domain.errors import DatabaseAway
from codeinterview_server.realtime.chores import Chore, Chores
from codeinterview_server.realtime.tasks import Tasks

_log = logging.getLogger(__name__)

_BATCH_ENTRIES: Final = 2000
_BATCH_CHORES: Final = 100
_BATCH_BYTES: Final = 4 * 1024 * 1024
_ENTRY_BYTES: Final = 400
"""What a queued update takes beside its data."""
_WRITE_TIMEOUT_S: Final = 15.0
_SLOW_AFTER_S: Final = 1.0
_CHORES_S: Final = 0.01
"""How long small writes gather before they are committed."""
_CHORES_LEAST: Final = 20
"""So many gather however long it takes: on a busy machine, one at a time would never be enough."""
_READ_DELAY_S: Final = 0.1
"""How long rows of other replicas gather: most of them were heard of before they were written."""
_READ_AGAIN_S: Final = 2.0
_RETRY_FIRST_S: Final = 0.1
_RETRY_LAST_S: Final = 3.0


class Saved(StrEnum):
    """How a room's document stands to the database."""

    SAVED = "saved"
    SAVING = "saving"
    """Being written, for longer than a second."""
    UNSAVED = "unsaved"
    """The database is away; it is kept here and will be written."""


class Ledger:
    """What one room has handed over, and how far it has come."""

    def __init__(
        self,
        session_id: str,
        *,
        unsnapshotted: int,
        last_seq: int,
        state: Callable[[], bytes],
        on_saved: Callable[[Saved], None],
        on_foreign: Callable[[bytes], object],
        on_claimed_again: Callable[[], object],
        on_row: Callable[[bytes], bool] | None = None,
    ) -> None:
        self.session_id = session_id
        self.saved = Saved.SAVED
        self.queued = 0
        self.last_seq = last_seq
        self.unsnapshotted = unsnapshotted
        """Updates written since the last snapshot."""
        self.has_gap = False
        """Some updates were refused by the database, and no snapshot holds them yet."""
        self.state = state
        self.absorb = on_foreign
        """Takes in an update that another server wrote."""
        self.merge = on_row
        """Takes in a row that may be another replica's; tells whether it has all that builds on."""
        self.written_seq = last_seq
        """How far the journal is known to go, by whoever wrote it."""
        self.claimed_again = on_claimed_again
        """Called when another server may have had the session meanwhile."""
        self._on_saved = on_saved
        self.settled = asyncio.Event()
        self.settled.set()

    def announce(self, saved: Saved) -> None:
        """Tell the room when its state has changed."""
        if saved is not self.saved:
            self.saved = saved
            self._on_saved(saved)


class Journal:
    """The one writer of updates, snapshots and the small records of rooms.

    Args:
        store: Where entries and snapshots go.
        commit_delay_s: How long a group collects before it is written, and waits for the disk.
        snapshot_every: Updates of a room after which its document is written whole.
        memory_bytes: What may queue while the database is away before a room's updates are
            merged into one (which keeps the text and gives up its history).
        chores_bytes: What small writes may hold in memory before the oldest are dropped.
        tell_rows: Tells other replicas how far a session's rows go.
    """

    def __init__(
        self,
        store: JournalStore,
        *,
        commit_delay_s: float = 0.02,
        snapshot_every: int = 500,
        memory_bytes: int = 64 * 1024 * 1024,
        chores_bytes: int = 32 * 1024 * 1024,
        tell_rows: Callable[[str, int], None] = lambda _session_id, _seq: None,
    ) -> None:
        self._store = store
        self._commit_delay_s = commit_delay_s
        self._snapshot_every = snapshot_every
        self._memory_bytes = memory_bytes
        self._tell_rows = tell_rows
        self._queue: deque[tuple[Ledger, JournalEntry]] = deque()
        self._queued_bytes = 0
        self._in_flight: list[tuple[Ledger, JournalEntry]] = []
        self._chores = Chores(chores_bytes)
        self._snapshots: dict[Ledger, None] = {}
        self._work = asyncio.Event()
        self._hurry = asyncio.Event()
        self._away = False
        self._watched: dict[str, Ledger] = {}
        self._behind: set[Ledger] = set()
        self._unread = asyncio.Event()
        self._tasks = Tasks()
        store.reader = self

    @property
    def is_away(self) -> bool:
        """Whether the database could not be reached last time."""
        return self._away

    @property
    def waiting(self) -> int:
        """How many updates and small records are not in the database yet."""
        return len(self._queue) + len(self._in_flight) + len(self._chores)

    def start(self) -> None:
        """Start the writer."""
        self._tasks.start(self._run(), "journal writer")
        if self._store.is_shared:
            self._tasks.start(self._read(), "journal reader")

    async def stop(self, timeout_s: float = 10.0) -> None:
        """Write what is left, within the timeout, and stop the writer."""
        try:
            async with asyncio.timeout(timeout_s):
                while self._queue or self._in_flight or self._chores or self._snapshots:
                    await self._settle()
        except TimeoutError:
            unwritten = len(self._queue) + len(self._in_flight)
            _log.error("The journal stops with %d updates unwritten", unwritten)
        await self._tasks.stop()

    def append(self, ledger: Ledger, participant_id: str | None, data: bytes) -> None:
        """Hand over one update. Never waits."""
        entry = JournalEntry(ledger.session_id, participant_id, now_ms(), data)
        self._queue.append((ledger, entry))
        self._queued_bytes += _weight(entry)
        ledger.queued += 1
        if ledger.queued == 1:
            ledger.settled.clear()
            if self._away:
                ledger.announce(Saved.UNSAVED)
        if not self._work.is_set():
            self._work.set()

    def add_chore(self, chore: Chore) -> None:
        """Hand over a small write (a run, an event), to be done in order and again when away."""
        self._chores.add(chore)
        self._work.set()

    async def flush(self, ledger: Ledger, timeout_s: float) -> bool:
        """Wait until all that a room handed over is in the database; tell whether it is."""
        self._hurry.set()
        try:
            async with asyncio.timeout(timeout_s):
                await ledger.settled.wait()
        except TimeoutError:
            return False
        return not ledger.has_gap

    async def settle_chores(self, timeout_s: float) -> bool:
        """Wait until the small writes handed over by now are done; tell whether they are."""
        last = Chore("end of what waits", _nothing)
        self.add_chore(last)
        try:
            async with asyncio.timeout(timeout_s):
                while last in self._chores:
                    await self._settle()
        except TimeoutError:
            return False
        return True

    def request_snapshot(self, ledger: Ledger) -> None:
        """Have the room's document written whole, when something was added since the last time."""
        if ledger.unsnapshotted or ledger.queued:
            self._snapshots[ledger] = None
            ledger.settled.clear()
            self._work.set()

    def watch(self, ledger: Ledger) -> None:
        """Tell a room from now on what other servers wrote into its document."""
        self._watched[ledger.session_id] = ledger

    def unwatch(self, ledger: Ledger) -> None:
        """Tell a room no more; what it handed over is still written."""
        if self._watched.get(ledger.session_id) is ledger:
            del self._watched[ledger.session_id]

    def known(self) -> dict[str, int]:
        """Return how far each room's document goes in the journal; see `db.journal.Reader`."""
        return {session_id: ledger.last_seq for session_id, ledger in self._watched.items()}

    def absorb(self, session_id: str, seq: int, data: bytes) -> None:
        """Let a room take in an update out of the journal."""
        ledger = self._watched.get(session_id)
        if ledger is not None and seq > ledger.last_seq:
            ledger.last_seq = seq
            ledger.unsnapshotted += 1
            ledger.absorb(data)

    def claimed_again(self) -> None:
        """Let all rooms look what else another server changed."""
        for ledger in list(self._watched.values()):
            ledger.claimed_again()

    def appended(self, last_seqs: Mapping[str, int]) -> None:
        """Take note of rows that were written here, and tell other replicas of them."""
        for session_id, seq in last_seqs.items():
            self._tell_rows(session_id, seq)
            ledger = self._watched.get(session_id)
            if ledger is not None:
                self.note_rows(ledger, seq)

    def note_rows(self, ledger: Ledger, seq: int) -> None:
        """Take note of how far a room's rows go, so that those of other replicas are read."""
        if seq > ledger.written_seq:
            ledger.written_seq = seq
            self.mark_behind(ledger)

    def mark_behind(self, ledger: Ledger) -> None:
        """Have a room's rows read soon."""
        self._behind.add(ledger)
        self._unread.set()

    async def read_up(self, ledger: Ledger) -> None:
        """Take in now what other replicas wrote into a room's document.

        Raises:
            DatabaseAway: It could not be read.
        """
        await self._read_rows([ledger])

    def forget(self, ledger: Ledger) -> None:
        """Drop what a deleted session still had to write."""
        self.unwatch(ledger)
        kept = [item for item in self._queue if item[0] is not ledger]
        self._queue = deque(kept)
        self._queued_bytes = sum(_weight(entry) for _, entry in kept)
        self._snapshots.pop(ledger, None)
        ledger.queued = 0
        ledger.settled.set()

    async def _run(self) -> None:
        retry_s = _RETRY_FIRST_S
        while True:
            await self._work.wait()
            await self._collect()
            slow = asyncio.get_running_loop().call_later(_SLOW_AFTER_S, self._announce_slow)
            try:
                await self._write_updates()
                await self._write_snapshots()
                await self._do_chores()
            except (DatabaseAway, TimeoutError) as error:
                self._announce_away(error)
                await self._pause(retry_s * random.uniform(0.8, 1.2))  # noqa: S311 - no secret
                retry_s = min(retry_s * 2, _RETRY_LAST_S)
                continue
            finally:
                slow.cancel()
            retry_s = _RETRY_FIRST_S
            if self._away:
                self._away = False
                _log.warning("The database is back; everything is saved")
            if not (self._queue or self._chores or self._snapshots):
                self._work.clear()

    async def _read(self) -> None:
        while True:
            await self._unread.wait()
            await asyncio.sleep(_READ_DELAY_S)
            self._unread.clear()
            behind, self._behind = self._behind, set()
            try:
                await self._read_rows(
                    [
                        each
                        for each in behind
                        if each.last_seq < each.written_seq
                        and self._watched.get(each.session_id) is each
                    ]
                )
            except DatabaseAway:
                self._behind |= behind
                await asyncio.sleep(_RETRY_LAST_S)
                self._unread.set()

    async def _read_rows(self, ledgers: Sequence[Ledger]) -> None:
        if not ledgers:
            return
        known = {ledger.session_id: ledger.last_seq for ledger in ledgers}
        rows: dict[str, list[tuple[int, bytes]]] = {}
        for session_id, seq, data in await self._store.read_later(known):
            rows.setdefault(session_id, []).append((seq, data))
        for ledger in ledgers:
            if ledger.session_id in rows:
                self._take_rows(ledger, rows[ledger.session_id])

    def _take_rows(self, ledger: Ledger, rows: list[tuple[int, bytes]]) -> None:
        """Take in rows in any order that fits: one replica's may build on another's later ones."""
        assert ledger.merge is not None  # noqa: S101 - rooms of replicas have it
        left, missing = rows, len(rows) + 1
        while 0 < len(left) < missing:
            missing = len(left)
            left = [(seq, data) for seq, data in left if not ledger.merge(data)]
        # A snapshot must hold all that is said to be in it.
        last_seq = left[0][0] - 1 if left else rows[-1][0]
        ledger.unsnapshotted += sum(ledger.last_seq < seq <= last_seq for seq, _ in rows)
        ledger.last_seq = max(ledger.last_seq, last_seq)
        ledger.written_seq = max(ledger.written_seq, rows[-1][0])
        if left:
            loop = asyncio.get_running_loop()
            loop.call_later(_READ_AGAIN_S, self.mark_behind, ledger)

    async def _collect(self) -> None:
        """Let a group gather, unless somebody waits for it."""
        await self._pause(self._commit_delay_s)
        self._hurry.clear()

    async def _pause(self, delay_s: float) -> None:
        try:
            async with asyncio.timeout(delay_s):
                await self._hurry.wait()
        except TimeoutError:
            return

    async def _settle(self) -> None:
        self._hurry.set()
        await asyncio.sleep(self._commit_delay_s)

    async def _write_updates(self) -> None:
        if self._queued_bytes > self._memory_bytes:
            self._merge_queued()
        while self._queue:
            self._in_flight = batch = self._take_batch()
            try:
                await self._write_batch(batch)
            except BaseException:
                kept = [item for item in batch if item[0].queued]
                self._queue.extendleft(reversed(kept))
                self._queued_bytes += sum(_weight(entry) for _, entry in kept)
                raise
            finally:
                self._in_flight = []

    async def _write_batch(self, batch: list[tuple[Ledger, JournalEntry]]) -> None:
        try:
            written = await self._append([entry for _, entry in batch])
        except (DatabaseAway, TimeoutError):
            raise
        except Exception:
            written = await self._write_apart(batch)
        for ledger, _ in batch:
            if ledger.queued:
                ledger.queued -= 1
            if ledger.has_gap:
                # What cannot be written as updates is written whole.
                self._snapshots[ledger] = None
            if written.get(ledger.session_id, 0) > ledger.last_seq:
                # Otherwise it is counted when it is read, behind what others wrote before it.
                ledger.unsnapshotted += 1
            if ledger.unsnapshotted >= self._snapshot_every:
                self._snapshots[ledger] = None
            if not ledger.queued:
                self._finish(ledger)
        for ledger in {ledger for ledger, _ in batch}:
            ledger.last_seq = max(ledger.last_seq, written.get(ledger.session_id, 0))
            ledger.written_seq = max(ledger.written_seq, ledger.last_seq)

    async def _append(self, entries: Sequence[JournalEntry]) -> dict[str, int]:
        async with asyncio.timeout(_WRITE_TIMEOUT_S):
            return dict(await self._store.append(entries))

    async def _write_apart(self, batch: list[tuple[Ledger, JournalEntry]]) -> dict[str, int]:
        """Write each room on its own, so that one that cannot be written harms no other."""
        by_room: dict[Ledger, list[JournalEntry]] = {}
        for ledger, entry in batch:
            by_room.setdefault(ledger, []).append(entry)
        written: dict[str, int] = {}
        for ledger, entries in by_room.items():
            try:
                written |= await self._append(entries)
            except (DatabaseAway, TimeoutError):
                raise
            except Exception:
                ledger.has_gap = True
                _log.exception(
                    "%d updates of session %s cannot be written", len(entries), ledger.session_id
                )
        return written

    async def _write_snapshots(self) -> None:
        while self._snapshots:
            ledger = next(iter(self._snapshots))
            # The state may hold more than the last sequence says: applying twice is harmless.
            covered = ledger.unsnapshotted
            async with asyncio.timeout(_WRITE_TIMEOUT_S):
                try:
                    await self._store.write_snapshot(
                        ledger.session_id, ledger.last_seq, ledger.state()
                    )
                    ledger.has_gap = False
                except DatabaseAway:
                    raise
                except Exception:
                    _log.exception("No snapshot of session %s", ledger.session_id)
            self._snapshots.pop(ledger, None)
            ledger.unsnapshotted -= covered
            if not ledger.queued:
                self._finish(ledger)
            if self._queue:
                return

    async def _do_chores(self) -> None:
        while self._chores:
            chores = self._chores.first(_BATCH_CHORES)
            async with asyncio.timeout(_WRITE_TIMEOUT_S):
                try:
                    # A commit waits for the disk: one each would keep updates waiting as often.
                    async with self._store.together():
                        done = await self._do_first(chores)
                except (DatabaseAway, TimeoutError):
                    raise
                except Exception:
                    await self._do_until_broken(chores)
                    done = []
            for chore in done:
                self._chores.done(chore)
            # A room that is to be unloaded waits for its snapshot.
            if self._queue or self._snapshots:
                return

    async def _do_first(self, chores: Sequence[Chore]) -> list[Chore]:
        """Do as many as there is time for, and some in any case."""
        loop = asyncio.get_running_loop()
        until_s = loop.time() + _CHORES_S
        done: list[Chore] = []
        for chore in chores:
            await chore.do()
            done.append(chore)
            if len(done) >= _CHORES_LEAST and loop.time() >= until_s:
                break
        return done

    async def _do_until_broken(self, chores: Sequence[Chore]) -> None:
        """Do them each on its own up to one that cannot be done, so that it harms no other."""
        for chore in chores:
            try:
                await chore.do()
            except (DatabaseAway, TimeoutError):
                raise
            except Exception:
                _log.exception("%s failed", chore.name)
                self._chores.done(chore)
                return
            self._chores.done(chore)

    def _take_batch(self) -> list[tuple[Ledger, JournalEntry]]:
        batch: list[tuple[Ledger, JournalEntry]] = []
        size_bytes = 0
        while self._queue and len(batch) < _BATCH_ENTRIES and size_bytes < _BATCH_BYTES:
            item = self._queue.popleft()
            batch.append(item)
            size_bytes += _weight(item[1])
        self._queued_bytes -= size_bytes
        return batch

    def _merge_queued(self) -> None:
        by_room: dict[Ledger, list[JournalEntry]] = {}
        for ledger, entry in self._queue:
            by_room.setdefault(ledger, []).append(entry)
        self._queue.clear()
        for ledger, entries in by_room.items():
            merged = merge_updates(*(entry.data for entry in entries))
            self._queue.append(
                (ledger, JournalEntry(ledger.session_id, None, entries[-1].at_ms, merged))
            )
            ledger.queued = 1
        self._queued_bytes = sum(_weight(entry) for _, entry in self._queue)

    def _finish(self, ledger: Ledger) -> None:
        if ledger not in self._snapshots:
            ledger.settled.set()
        elif ledger.has_gap:
            return
        ledger.announce(Saved.UNSAVED if ledger.has_gap else Saved.SAVED)

    def _announce_slow(self) -> None:
        for ledger in self._unwritten():
            if ledger.saved is Saved.SAVED:
                ledger.announce(Saved.SAVING)

    def _announce_away(self, error: Exception) -> None:
        if not self._away:
            _log.warning("The database is away (%s); rooms go on", str(error) or "too slow")
        self._away = True
        for ledger in self._unwritten():
            ledger.announce(Saved.UNSAVED)

    def _unwritten(self) -> set[Ledger]:
        waiting = {ledger for ledger, _ in self._queue} | {ledger for ledger, _ in self._in_flight}
        return {ledger for ledger in waiting if ledger.queued}


async def _nothing() -> None:
    """Writes nothing."""


def _weight(entry: JournalEntry) -> int:
    return len(entry.data) + _ENTRY_BYTES
