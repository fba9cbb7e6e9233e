"""One room's Yjs document: its files' texts, and the rules of what may be written into it."""

import logging
import zlib
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any, Final

from pycrdt import Doc, Map, Text

from codeinterview_server.domain.errors import TooLarge
from codeinterview_server.domain.languages import LANGUAGES, find_file
from codeinterview_server.domain.text_edit import minimal_edits
from codeinterview_server.realtime.pairs import Pairs
from codeinterview_server.realtime.protocol import read_state_vector
from codeinterview_server.realtime.update import (
    MAX_CLOCK,
    Deletion,
    Extent,
    Struct,
    Update,
    read_update,
)

_log = logging.getLogger(__name__)

FILES: Final = "files"
_TEXT: Final = "file:"
_SEEDS: Final = 2**40
"""Client ids from here on belong to files; browsers draw theirs from 32 bits."""


class IncompleteUpdate(Exception):  # noqa: N818 - not a fault: the rest may follow
    """The update builds upon changes that are not here (yet)."""


class BrokenDocument(Exception):  # noqa: N818 - says what became of the document
    """An update got through the checks, and Yrs failed on it half-way."""


def seed_client(path: str) -> int:
    """Return the client id under which a file comes into being.

    It depends on the path alone: a file that is seeded again (after a crash took the first
    seeding from the server but not from the browsers) merges with itself.
    """
    return _SEEDS + zlib.crc32(path.encode())


_SEED_PATHS: Final[Mapping[int, str]] = {
    seed_client(file.path): file.path for language in LANGUAGES.values() for file in language.files
}


_SPLITS: Final = "The update splits a character."
_STRUCTS_UNCOUNTED: Final = 1_000
_USUAL_EXTENT: Final = Extent()


class RoomDocument:
    """The document of one room. Not safe for threads; no method waits.

    Args:
        limit_bytes: How large its encoded state may become.
        extent: How much one update of a client may hold.
    """

    def __init__(self, limit_bytes: int, extent: Extent = _USUAL_EXTENT) -> None:
        self._limit_bytes = limit_bytes
        self._extent = extent
        self._size_bytes = 0
        self._measured_bytes = 0
        self._freed = 0
        # At most so many structs, and how many there were when they were last counted.
        self._structs = self._structs_counted = 0
        self._doc: Doc[Any] = Doc()
        self._known: dict[int, int] = {}
        self._pairs = Pairs()
        self._state: bytes | None = None
        self._files: Map[dict[str, str]] = self._doc.get(FILES, type=Map)

    # What it holds.

    @property
    def size_bytes(self) -> int:
        """An upper bound of the encoded state, exact after each measuring."""
        return self._size_bytes

    def paths(self) -> list[str]:
        """Return the paths of all files."""
        return sorted(self._files.keys())

    def text(self, path: str) -> str:
        """Return the text of a file; empty for one that does not exist."""
        return str(self._text(path))

    def texts(self) -> dict[str, str]:
        """Return the text of every file."""
        return {path: self.text(path) for path in self.paths()}

    # What it says to others.

    def state_vector(self) -> bytes:
        """Encode what the document knows."""
        return self._doc.get_state()

    def state(self) -> bytes:
        """Encode the whole document."""
        if self._state is None:
            self._state = self._doc.get_update()
            self._size_bytes = self._measured_bytes = len(self._state)
            self._freed = 0
        return self._state

    def difference(self, state_vector: bytes) -> bytes:
        """Encode what somebody with that state vector lacks.

        Raises:
            ValueError: The state vector is malformed.
        """
        if not read_state_vector(state_vector):
            return self.state()
        return self._doc.get_update(state_vector)

    # What others write.

    def apply(self, data: bytes, spend: Callable[[int], None] | None = None) -> None:
        """Apply a client's update, completely or not at all.

        Args:
            data: The update.
            spend: Told how many steps the merge takes at most, before it is done; what it raises
                keeps it from being done.

        Raises:
            ValueError: It is malformed, or writes outside the files' texts.
            TooLarge: It changes too many places, or the document would grow beyond its limit.
            IncompleteUpdate: It builds upon changes that are not here.
            BrokenDocument: It failed half-way; see `heal`.
        """
        update = read_update(data, self._extent)
        self._check(update)
        self._check_pairs(update)
        grown = update.builds_on(self._known)
        if grown is None:
            raise IncompleteUpdate
        if self._size_bytes + len(data) > self._limit_bytes and update.structs:
            self._check_size(len(data))
        if spend is not None:
            spend(update.merge_steps(self._count_structs()))
        self._write(data)
        self._take_note(update, grown, len(data))

    def adds_nothing(self, data: bytes) -> bool:
        """Tell whether an update holds only what is here already, such as an answer often does.

        Raises:
            ValueError: It is malformed.
            TooLarge: It names too many places.
        """
        return self._has_all_of(read_update(data, self._extent))

    def _has_all_of(self, update: Update) -> bool:
        if any(struct.end > self._known.get(struct.client, 0) for struct in update.structs):
            return False
        if not update.deletions:
            return True
        # What somebody who knows everything lacks is nothing but the list of deletions.
        here = read_update(self._doc.get_update(self._doc.get_state())).deletions
        return _are_within(update.deletions, here)

    def load(self, data: bytes) -> None:
        """Apply a snapshot or update out of the journal, which was checked when it came.

        Raises:
            BrokenDocument: Yrs refuses it: the journal is damaged.
        """
        self._write(data)
        self._state = None

    def merge(self, data: bytes) -> bool:
        """Apply what another replica has checked, completely or not at all.

        Returns:
            Whether it said anything new.

        Raises:
            IncompleteUpdate: It builds upon changes that are not here.
            BrokenDocument: Yrs refuses it.
        """
        try:
            update = read_update(data)
        except ValueError:
            # What the server itself writes need not read like a client's update.
            self._write(data)
            self.loaded()
            return True
        if self._has_all_of(update):
            return False
        grown = update.builds_on(self._known)
        if grown is None:
            raise IncompleteUpdate
        self._write(data)
        self._take_note(update, grown, len(data))
        return True

    def absorb(self, data: bytes) -> bool:
        """Apply an update out of the journal to a document in use; tell whether it said anything.

        Raises:
            BrokenDocument: Yrs refuses it: the journal is damaged.
        """
        with suppress(ValueError, TooLarge):
            # What the server itself once wrote need not read like a client's update.
            if self.adds_nothing(data):
                return False
        self._write(data)
        self.loaded()
        return True

    def loaded(self) -> None:
        """Say that the journal has been read to its end."""
        self._measure()
        try:
            self._pairs.add(_all_pairs(read_update(self.state())))
        except ValueError:
            # Written by hand, or before half characters were refused: still better than none.
            _log.exception("The document does not read like one")

    def check_loaded(self) -> None:
        """Return when what was loaded could have been written in a room of this program.

        Raises:
            ValueError: It holds something else than the files' texts.
            TooLarge: It is larger than a document may be.
        """
        known = {FILES, *(_TEXT + path for path in _SEED_PATHS.values())}
        for struct in read_update(self.state()).structs:
            if struct.root is not None and struct.root not in known:
                raise ValueError("The document holds something else than files.")
            if struct.entry is not None:
                self._check_entry(struct)
        if self.size_bytes > self._limit_bytes:
            raise TooLarge("The session's files are too large.")

    def heal(self) -> bytes:
        """Make the document anew after a half-applied update, from what can be read of it.

        Returns:
            An update that brings the others to the same state.

        Raises:
            BrokenDocument: It cannot be read; it must be loaded from the journal.
        """
        old = self._doc
        self._doc = Doc()
        self._files = self._doc.get(FILES, type=Map)
        try:
            state = old.get_update()
        except BaseException as error:
            raise _broken(error) from error
        self._write(state)
        self.loaded()
        return state

    # What the server writes.

    def seed(self, path: str, text: str | None = None) -> bytes | None:
        """Bring a registered file into being, with a text or its template.

        Returns:
            The update to relay and record; None when the file exists.

        Raises:
            KeyError: No language has such a file.
        """
        if path in self._files:
            return None
        found = find_file(path)
        if found is None:
            raise KeyError(path)
        language, file = found
        scratch: Doc[Any] = Doc(client_id=seed_client(path))
        files = scratch.get(FILES, type=Map)
        content = scratch.get(_TEXT + path, type=Text)
        with scratch.transaction():
            files[path] = {"language": language.id}
            content.insert(0, file.template if text is None else text)
        update = scratch.get_update()
        self._write(update)
        self._measure()
        return update

    def replace(self, path: str, text: str) -> bytes | None:
        """Turn a file's text into another by the smallest edits, so that cursors stay.

        Returns:
            The update to relay and record; None when nothing changes.

        Raises:
            TooLarge: The document would grow beyond its limit.
        """
        content = self._text(path)
        before_text = str(content)
        edits = minimal_edits(before_text, text)
        if not edits:
            return None
        grown_bytes = len(text.encode()) - len(before_text.encode())
        if grown_bytes > 0 and self._size_bytes + grown_bytes > self._limit_bytes:
            self._check_size(grown_bytes)
        before = self._doc.get_state()
        with self._doc.transaction():
            for edit in edits:
                if edit.deleted:
                    del content[edit.start : edit.start + edit.deleted]
                if edit.inserted:
                    content.insert(edit.start, edit.inserted)
        update = self._doc.get_update(before)
        self._measure()
        self._pairs.add(_all_pairs(read_update(update)))
        return update

    # How it is kept.

    def _text(self, path: str) -> Text:
        text: Text = self._doc.get(_TEXT + path, type=Text)
        return text

    def _write(self, data: bytes) -> None:
        try:
            self._doc.apply_update(data)
        except BaseException as error:
            # A panic of Yrs comes as an exception that is no Exception.
            raise _broken(error) from error

    def _take_note(self, update: Update, grown: Mapping[int, int], size_bytes: int) -> None:
        """Note what an update that was written has changed."""
        # Each may cut others up.
        self._structs += 2 * (len(update.structs) + len(update.deletions))
        self._pairs.add(self._fresh_pairs(update))
        self._known.update(grown)
        self._size_bytes += size_bytes
        self._freed += sum(deletion.end - deletion.clock for deletion in update.deletions)
        self._state = None

    def _measure(self) -> None:
        self._known = read_state_vector(self._doc.get_state())
        self._state = None
        self._structs_counted, self._structs = 0, MAX_CLOCK
        self.state()

    def _count_structs(self) -> int:
        """Return at least how many structs there are, and not many more than twice that.

        Counting takes as long as reading the document; those that go on where others end are
        joined meanwhile.
        """
        if self._structs > 2 * self._structs_counted + _STRUCTS_UNCOUNTED:
            self._structs = self._structs_counted = len(read_update(self.state()).structs)
        return self._structs

    def _check_size(self, added_bytes: int) -> None:
        """Measure again before refusing: deletions make the state smaller than what came in.

        Measuring takes milliseconds, so it waits until there is something to gain by it.
        """
        gain = self._size_bytes - self._measured_bytes + self._freed
        if gain > self._limit_bytes // 256:
            self._measure()
        if self._size_bytes + added_bytes > self._limit_bytes:
            raise TooLarge("The session's files are too large. Delete some text first.")

    def _check(self, update: Update) -> None:
        created: set[str] = set()
        for struct in update.structs:
            root = struct.root
            if struct.client in _SEED_PATHS and struct.clock == 0 and struct.entry is None:
                self._check_known(struct)
            if struct.origin is None and struct.right_origin is None and root is None:
                continue
            for origin in (struct.origin, struct.right_origin):
                if origin is not None and origin[1] == 0 and origin[0] in _SEED_PATHS:
                    raise ValueError("The update overwrites an entry of the files' map.")
            if struct.entry is not None:
                created.add(self._check_entry(struct))
            elif root is not None and not self._is_text_root(root, created):
                raise ValueError("The update writes outside the files' texts.")
        for deletion in update.deletions:
            if deletion.clock == 0 and deletion.client in _SEED_PATHS:
                raise ValueError("The update deletes an entry of the files' map.")

    def _is_text_root(self, root: str, created: set[str]) -> bool:
        if not root.startswith(_TEXT):
            return False
        path = root[len(_TEXT) :]
        return path in created or path in self._files

    def _check_entry(self, struct: Struct) -> str:
        """Admit the entry that the server itself writes for a file, and no other.

        It comes from a browser only after a crash lost it here, see `seed_client`.
        """
        path = _SEED_PATHS.get(struct.client)
        found = None if path is None else find_file(path)
        if (
            path is None
            or found is None
            or struct.clock != 0
            or struct.root != FILES
            or struct.entry != (path, {"language": found[0].id})
        ):
            raise ValueError("The update writes into the files' map.")
        return path

    def _check_pairs(self, update: Update) -> None:
        """Refuse what would cut a character in two, in the document or in the update itself."""
        for struct in update.structs:
            if struct.pairs and self._known.get(struct.client, 0) in struct.pairs:
                raise ValueError(_SPLITS)
        fresh = Pairs()
        fresh.add(self._fresh_pairs(update))
        for client, clock in _cuts(update):
            if (client, clock) in self._pairs or (client, clock) in fresh:
                raise ValueError(_SPLITS)

    def _fresh_pairs(self, update: Update) -> Iterator[tuple[int, int]]:
        """Yield the second halves that an update brings; what is known is not read again."""
        for struct in update.structs:
            known = self._known.get(struct.client, 0)
            for clock in struct.pairs:
                if clock > known:
                    yield struct.client, clock

    def _check_known(self, struct: Struct) -> None:
        if self._known.get(struct.client, 0) < struct.end:
            raise ValueError("The update withholds an entry of the files' map.")


def _are_within(deletions: list[Deletion], here: list[Deletion]) -> bool:
    """Tell whether deletions are among others, which never overlap or touch each other."""
    ordered = sorted(here)
    for deletion in deletions:
        # The last one that begins no later.
        at = bisect_right(ordered, (deletion.client, deletion.clock, MAX_CLOCK)) - 1
        if at < 0:
            return False
        client, _, end = ordered[at]
        if client != deletion.client or end < deletion.end:
            return False
    return True


def _all_pairs(update: Update) -> Iterator[tuple[int, int]]:
    for struct in update.structs:
        for clock in struct.pairs:
            yield struct.client, clock


def _cuts(update: Update) -> Iterator[tuple[int, int]]:
    """Yield each client and clock right before which an update cuts what the client wrote."""
    for struct in update.structs:
        if struct.origin is not None:
            client, clock = struct.origin
            yield client, clock + 1
        if struct.right_origin is not None:
            yield struct.right_origin
    for client, clock, end in update.deletions:
        yield client, clock
        yield client, end


def _broken(error: BaseException) -> BrokenDocument:
    if isinstance(error, KeyboardInterrupt | SystemExit):
        raise error
    _log.error("Yrs failed on an update: %s", type(error).__name__)
    return BrokenDocument(type(error).__name__)
