"""A room's document takes honest edits whole, refuses hostile ones whole, and keeps its cursors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycrdt import Assoc, Doc, Map, Text, merge_updates
from tests.server.realtime.updates import (
    ANY,
    DELETED,
    GARBAGE,
    SKIP,
    STRING,
    Client,
    any_object,
    behind,
    block,
    deletion,
    in_root,
    string,
    update,
)

from codeinterview_server.domain.errors import TooLarge
from codeinterview_server.domain.languages import LANGUAGES, main_file
from codeinterview_server.realtime.document import (
    FILES,
    BrokenDocument,
    IncompleteUpdate,
    RoomDocument,
    seed_client,
)
from codeinterview_server.realtime.protocol import read_state_vector
from codeinterview_server.realtime.update import read_update

if TYPE_CHECKING:
    from collections.abc import Callable

LIMIT_BYTES = 64 * 1024
MAIN = "main.py"
SEED = seed_client(MAIN)


@pytest.fixture
def document() -> RoomDocument:
    document = RoomDocument(LIMIT_BYTES)
    document.seed(MAIN, "hello world\n")
    return document


def joined(document: RoomDocument, client_id: int | None = None) -> Client:
    return Client(client_id, document.state())


def test_two_people_who_type_at_once_lose_no_character(document: RoomDocument) -> None:
    first, second = joined(document), joined(document)
    edits = [first.insert(5, "A"), second.insert(5, "B"), first.insert(6, "A"), second.delete(0, 1)]
    for data in edits:
        document.apply(data)
    for client in (first, second):
        client.doc.apply_update(document.difference(client.doc.get_state()))
        assert str(client.text()) == document.text(MAIN)
    assert document.text(MAIN) in {"elloAAB world\n", "elloBAA world\n"}


def test_what_somebody_lacks_is_what_their_state_vector_says(document: RoomDocument) -> None:
    client = joined(document)
    known = client.doc.get_state()
    other = joined(document)
    document.apply(other.insert(0, "x"))
    missing = document.difference(known)
    assert len(missing) < len(document.state())
    client.doc.apply_update(missing)
    assert str(client.text()) == "xhello world\n"
    assert document.difference(b"\x00") == document.state()
    assert read_state_vector(document.state_vector()) == read_state_vector(client.doc.get_state())
    with pytest.raises(ValueError, match="state vector"):
        document.difference(b"\x05\x01")


def test_an_edit_that_comes_twice_changes_nothing(document: RoomDocument) -> None:
    data = joined(document).insert(0, "x")
    document.apply(data)
    document.apply(data)
    assert document.text(MAIN) == "xhello world\n"


def test_an_edit_waits_for_the_one_before_it(document: RoomDocument) -> None:
    client = joined(document)
    first, second = client.insert(0, "a"), client.insert(1, "b")
    with pytest.raises(IncompleteUpdate):
        document.apply(second)
    assert document.text(MAIN) == "hello world\n"
    document.apply(first)
    document.apply(second)
    assert document.text(MAIN) == "abhello world\n"


def test_a_document_comes_back_from_its_snapshot_and_tail(document: RoomDocument) -> None:
    client = joined(document)
    snapshot = document.state()
    tail = [client.insert(0, "é"), client.delete(2, 4), client.insert(2, "😀")]
    for data in tail:
        document.apply(data)
    again = RoomDocument(LIMIT_BYTES)
    for data in (snapshot, *tail):
        again.load(data)
    again.loaded()
    assert again.texts() == document.texts() == {MAIN: str(client.text())}
    assert again.state_vector() == document.state_vector()
    again.apply(client.insert(0, "goes on "))
    assert again.text(MAIN) == str(client.text())


def test_a_damaged_journal_is_told() -> None:
    with pytest.raises(BrokenDocument):
        RoomDocument(LIMIT_BYTES).load(b"\xff\xff\xff")


# Seeding.


def test_a_file_starts_with_its_template_or_a_text() -> None:
    document = RoomDocument(LIMIT_BYTES)
    assert document.paths() == []
    assert document.text(MAIN) == ""
    for language in LANGUAGES.values():
        for file in language.files:
            assert document.seed(file.path) is not None
            assert document.text(file.path) == file.template
    assert document.paths() == sorted(document.texts())
    assert document.seed(MAIN, "again") is None
    assert document.text(MAIN) == main_file("python").template
    with pytest.raises(KeyError):
        document.seed("../etc/passwd")


def test_a_seed_reaches_a_browser_as_an_ordinary_update() -> None:
    document = RoomDocument(LIMIT_BYTES)
    seed = document.seed(MAIN, "ü😀\n")
    assert seed is not None
    browser: Doc[Any] = Doc()
    browser.apply_update(seed)
    assert str(browser.get(f"file:{MAIN}", type=Text)) == "ü😀\n"
    assert browser.get(FILES, type=Map).to_py() == {MAIN: {"language": "python"}}


def test_the_same_file_seeded_twice_merges_with_itself() -> None:
    before, after = RoomDocument(LIMIT_BYTES), RoomDocument(LIMIT_BYTES)
    assert before.seed(MAIN) == after.seed(MAIN)
    browser = joined(before)
    browser.insert(0, "# mine\n")
    # A crash took the first seeding from the server, but not from the browser.
    after.apply(browser.doc.get_update())
    assert after.text(MAIN) == "# mine\n" + main_file("python").template
    assert after.paths() == [MAIN]


def test_a_browser_brings_back_the_file_that_a_crash_took(document: RoomDocument) -> None:
    browser = joined(document)
    browser.insert(0, "x")
    empty = RoomDocument(LIMIT_BYTES)
    empty.apply(browser.doc.get_update())
    assert empty.texts() == {MAIN: "xhello world\n"}
    assert empty.seed(MAIN) is None


# Replacing.


def test_a_replaced_text_moves_no_cursor(document: RoomDocument) -> None:
    browser = joined(document)
    cursor = browser.text().sticky_index(8, Assoc.AFTER)  # before "rld"
    data = document.replace(MAIN, "Hello, dear world!\n")
    assert data is not None
    browser.doc.apply_update(data)
    assert str(browser.text()) == document.text(MAIN) == "Hello, dear world!\n"
    assert str(browser.text())[cursor.get_index() :] == "rld!\n"


def test_a_replaced_text_keeps_what_somebody_types_meanwhile(document: RoomDocument) -> None:
    browser = joined(document)
    typed = browser.insert(5, " dear")
    data = document.replace(MAIN, "hello world\nsecond line\n")
    assert data is not None
    document.apply(typed)
    browser.doc.apply_update(data)
    assert str(browser.text()) == document.text(MAIN) == "hello dear world\nsecond line\n"


def test_only_what_differs_travels(document: RoomDocument) -> None:
    lines = [f"line {n} of a long file\n" for n in range(500)]
    assert document.replace(MAIN, "".join(lines)) is not None
    lines[250] = lines[250].replace("long", "very long")
    del lines[400]
    data = document.replace(MAIN, "".join(lines))
    assert data is not None
    assert len(data) < 80
    assert document.text(MAIN) == "".join(lines)


def test_the_same_text_is_no_edit(document: RoomDocument) -> None:
    assert document.replace(MAIN, "hello world\n") is None


@given(st.lists(st.text(alphabet="ab\nü😀 ", max_size=30), min_size=1, max_size=6))
@settings(derandomize=True, deadline=None, max_examples=80)
def test_replacing_again_and_again_always_ends_in_the_text_asked_for(texts: list[str]) -> None:
    document = RoomDocument(LIMIT_BYTES)
    document.seed(MAIN, "")
    browser = joined(document)
    for text in texts:
        data = document.replace(MAIN, text)
        if data is not None:
            browser.doc.apply_update(data)
        assert document.text(MAIN) == str(browser.text()) == text


# Hostile updates.


ENTRY = in_root(FILES, ANY, any_object([("language", "python")]), MAIN)


def _other_root() -> bytes:
    return update(block(1, 0, in_root("notes", STRING, string("x"))))


HOSTILE = {
    "another root": _other_root(),
    "the map's own text": update(block(1, 0, in_root(FILES, STRING, string("x")))),
    "a file of no language": update(block(1, 0, in_root("file:passwd", STRING, string("x")))),
    "a file that does not exist yet": update(
        block(1, 0, in_root("file:main.js", STRING, string("x")))
    ),
    "an entry of somebody's own": update(
        block(1, 0, in_root(FILES, ANY, any_object([("language", "python")]), "main.py"))
    ),
    "an entry of an unknown file": update(
        block(
            seed_client("main.js"),
            0,
            in_root(FILES, ANY, any_object([("language", "javascript")]), "../x"),
        )
    ),
    "an entry with another language": update(
        block(
            seed_client("main.js"),
            0,
            in_root(FILES, ANY, any_object([("language", "python")]), "main.js"),
        )
    ),
    "an entry at a later clock": update(
        block(
            seed_client("main.js"),
            1,
            in_root(FILES, ANY, any_object([("language", "javascript")]), "main.js"),
        )
    ),
    "an entry in another root": update(
        block(
            seed_client("main.js"),
            0,
            in_root("other", ANY, any_object([("language", "javascript")]), "main.js"),
        )
    ),
    "a hole in place of an entry": update(block(seed_client("main.js"), 0, bytes((GARBAGE, 3)))),
    "a deleted entry": update(deletions=deletion(SEED, (0, 1))),
    "an entry replaced by what stands behind it": update(
        block(1, 0, behind((SEED, 0), string("x")))
    ),
    "an entry replaced by what stands before it": update(
        block(1, 0, behind((SEED, 0), string("x"), flags=0x40))
    ),
    "no update at all": b"hello",
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_write_outside_the_files_texts_is_refused_whole(
    document: RoomDocument, data: bytes
) -> None:
    before = document.state()
    with pytest.raises(ValueError):  # noqa: PT011 - the sentences differ; the case has the name
        document.apply(data)
    assert document.state() == before
    document.apply(joined(document).insert(0, "still "))
    assert document.text(MAIN) == "still hello world\n"


def test_an_honest_part_does_not_carry_a_hostile_one_in(document: RoomDocument) -> None:
    honest = joined(document, 77).insert(0, "x")
    before = document.state()
    with pytest.raises(ValueError, match="outside"):
        document.apply(merge_updates(honest, _other_root()))
    assert document.state() == before


def test_a_gap_is_refused_as_incomplete(document: RoomDocument) -> None:
    with pytest.raises(IncompleteUpdate):
        document.apply(
            update(block(1, 0, bytes((SKIP, 3)), in_root(f"file:{MAIN}", STRING, string("x"))))
        )
    with pytest.raises(IncompleteUpdate):
        document.apply(update(deletions=deletion(1, (0, 4))))


@pytest.mark.parametrize(
    "first",
    [
        in_root(f"file:{MAIN}", STRING, string("evil" * 99)),
        in_root(f"file:{MAIN}", DELETED, b"\x05"),
        behind((SEED, 1), string("evil" * 99)),
    ],
    ids=["text", "deleted text", "text behind text"],
)
def test_who_writes_in_the_name_of_a_file_cannot_keep_it_from_being_made(
    document: RoomDocument, first: bytes
) -> None:
    with pytest.raises(ValueError, match="withholds"):
        document.apply(update(block(seed_client("main.js"), 0, first)))
    assert document.seed("main.js", "let x\n") is not None
    assert document.texts() == {MAIN: "hello world\n", "main.js": "let x\n"}


def _valid_updates() -> tuple[bytes, list[bytes]]:
    document = RoomDocument(LIMIT_BYTES)
    document.seed(MAIN, "def f(x):\n    return x\n")
    start = document.state()
    first, second = Client(300, start), Client(2**31 + 9, start)
    updates = [first.insert(3, "ü"), first.delete(6, 9), first.insert(0, "😀x")]
    second.doc.apply_update(first.doc.get_update())
    updates += [second.insert(4, "yz"), second.delete(0, 5), second.insert(2, "\n")]
    return start, updates


START, UPDATES = _valid_updates()


@given(st.data())
@settings(derandomize=True, deadline=None, max_examples=500)
def test_a_damaged_update_is_applied_or_refused_and_the_document_lives_on(
    data: st.DataObject,
) -> None:
    document = RoomDocument(LIMIT_BYTES)
    document.load(START)
    document.loaded()
    honest = Client(5, START)
    for valid in UPDATES[: data.draw(st.integers(0, len(UPDATES)))]:
        document.apply(valid)
    raw = bytearray(data.draw(st.sampled_from(UPDATES)))
    for _ in range(data.draw(st.integers(1, 3))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    before = document.state()
    try:
        document.apply(bytes(raw))
    except (ValueError, IncompleteUpdate):
        assert document.state() == before
    except BrokenDocument:
        document.heal()
    text = document.text(MAIN)
    document.apply(honest.insert(0, "#"))
    assert sorted(document.text(MAIN)) == sorted(text + "#")
    other = joined(document)
    assert str(other.text()) == document.text(MAIN)
    assert set(document.paths()) == {MAIN}


def test_a_healed_document_has_the_same_text_and_goes_on(document: RoomDocument) -> None:
    client = joined(document)
    document.apply(client.insert(0, "x"))
    state = document.heal()
    assert document.text(MAIN) == "xhello world\n"
    other = Client()
    other.doc.apply_update(state)
    assert str(other.text()) == "xhello world\n"
    document.apply(client.insert(0, "y"))
    assert document.text(MAIN) == "yxhello world\n"


# Size.


def test_a_document_grows_up_to_its_limit_and_no_further(document: RoomDocument) -> None:
    client = joined(document)
    document.apply(client.insert(0, "a" * (LIMIT_BYTES // 2)))
    before = document.state()
    too_much = client.insert(0, "b" * (LIMIT_BYTES // 2))
    with pytest.raises(TooLarge, match="Delete"):
        document.apply(too_much)
    assert document.state() == before
    assert document.size_bytes == len(before) <= LIMIT_BYTES


def test_deleting_is_always_possible_and_makes_room(document: RoomDocument) -> None:
    client = joined(document)
    size = LIMIT_BYTES - 2_000
    document.apply(client.insert(0, "a" * size))
    with pytest.raises(TooLarge):
        document.apply(joined(document).insert(0, "b" * 4_000))
    document.apply(client.delete(0, size))
    document.apply(client.insert(0, "c" * 4_000))
    assert document.text(MAIN) == "c" * 4_000 + "hello world\n"


def test_many_small_edits_that_cancel_each_other_do_not_fill_it(document: RoomDocument) -> None:
    client = joined(document)
    for _ in range(40):
        document.apply(client.insert(0, "a" * 3_000))
        document.apply(client.delete(0, 3_000))
    assert document.text(MAIN) == "hello world\n"
    assert document.size_bytes <= LIMIT_BYTES


GRIN = "\U0001f600"
"""Two UTF-16 units, and so two clocks."""


@pytest.mark.parametrize("is_loaded", [False, True])
@pytest.mark.parametrize(
    "split",
    [
        lambda: update(deletions=deletion(7, (1, 1))),
        lambda: update(deletions=deletion(7, (0, 2))),
        lambda: update(deletions=deletion(7, (2, 2))),
        lambda: update(block(9, 0, behind((7, 1), string("x")))),
        lambda: update(block(9, 0, behind((7, 2), string("x"), flags=0x40))),
    ],
)
def test_a_character_of_two_units_is_never_split(
    document: RoomDocument, split: Callable[[], bytes], *, is_loaded: bool
) -> None:
    document.apply(joined(document, 7).insert(0, f"a{GRIN}b"))
    if is_loaded:
        stored, document = document.state(), RoomDocument(LIMIT_BYTES)
        document.load(stored)
        document.loaded()
    before = document.state()
    with pytest.raises(ValueError, match="splits a character"):
        document.apply(split())
    assert document.state() == before
    # Its neighbours may be edited as ever.
    document.apply(update(deletions=deletion(7, (0, 1), (3, 1))))
    client = joined(document)
    document.apply(client.insert(len(GRIN.encode()), "c"))
    assert document.text(MAIN) == f"{GRIN}chello world\n"


def test_a_character_is_not_split_by_the_update_that_brings_it(document: RoomDocument) -> None:
    written = block(7, 0, in_root(f"file:{MAIN}", STRING, string(f"a{GRIN}b")))
    with pytest.raises(ValueError, match="splits a character"):
        document.apply(update(written, deletions=deletion(7, (0, 2))))
    with pytest.raises(ValueError, match="splits a character"):
        document.apply(update(written, block(9, 0, behind((7, 1), string("x")))))
    document.apply(update(written))
    assert document.text(MAIN).count(GRIN) == 1


def test_a_text_that_is_sent_again_otherwise_is_not_split_where_the_known_part_ends(
    document: RoomDocument,
) -> None:
    document.apply(update(block(7, 0, in_root(f"file:{MAIN}", STRING, string("ab")))))
    again = update(block(7, 0, in_root(f"file:{MAIN}", STRING, string(f"a{GRIN}"))))
    with pytest.raises(ValueError, match="splits a character"):
        document.apply(again)
    client = joined(document)
    assert document.text(MAIN) == str(client.text())


def test_what_rest_writes_is_not_split_either(document: RoomDocument) -> None:
    document.replace(MAIN, f"x{GRIN}y\n")
    read = read_update(document.state())
    pair = next((each.client, each.pairs[0]) for each in read.structs if each.pairs)
    with pytest.raises(ValueError, match="splits a character"):
        document.apply(update(deletions=deletion(pair[0], (pair[1], 1))))


def test_what_is_sent_again_otherwise_is_not_believed(document: RoomDocument) -> None:
    document.apply(update(block(7, 0, in_root(f"file:{MAIN}", STRING, string("abcd")))))
    document.apply(update(block(7, 0, in_root(f"file:{MAIN}", STRING, string(f"a{GRIN}de")))))
    at = document.text(MAIN).index("c")
    document.apply(joined(document).insert(at, "-"))
    assert "ab-cde" in document.text(MAIN)
