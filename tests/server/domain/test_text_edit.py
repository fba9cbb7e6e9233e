"""A replaced text must come out right and disturb as little as it can."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycrdt import Assoc, Doc, StickyIndex, Text

from codeinterview_server.domain.text_edit import TextEdit, minimal_edits


def apply_to_crdt(old: str, edits: list[TextEdit]) -> str:
    doc = Doc[Text]()
    text = doc.get("file:main.py", type=Text)
    text += old
    with doc.transaction():
        for edit in edits:
            if edit.deleted:
                del text[edit.start : edit.start + edit.deleted]
            if edit.inserted:
                text.insert(edit.start, edit.inserted)
    return str(text)


@pytest.mark.parametrize(
    ("old", "new", "edits"),
    [
        ("", "", []),
        ("same\n", "same\n", []),
        ("", "a", [TextEdit(0, 0, "a")]),
        ("a", "", [TextEdit(0, 1, "")]),
        ("a\nb\nc\n", "a\nX\nc\n", [TextEdit(2, 1, "X")]),
        ("one\ntwo\nthree\n", "zero\none\ntwo\nthree\n", [TextEdit(0, 0, "zero\n")]),
        ("print(a)\n", "print(ab)\n", [TextEdit(7, 0, "b")]),
        # Bytes, not characters: the emoji has four.
        ("😀 a\n", "😀 b\n", [TextEdit(5, 1, "b")]),
        ("😀\n", "😁\n", [TextEdit(0, 4, "😁")]),
        ("é1\nx\né2\n", "é3\nx\né4\n", [TextEdit(8, 1, "4"), TextEdit(2, 1, "3")]),
    ],
)
def test_known_edits(old: str, new: str, edits: list[TextEdit]) -> None:
    assert minimal_edits(old, new) == edits
    assert apply_to_crdt(old, edits) == new


TEXTS = st.lists(st.sampled_from(["a\n", "b\n", "ä😀", "x", "\n", "long line\n", "\u2028"])).map(
    "".join
)


@given(TEXTS, TEXTS)
def test_any_two_texts(old: str, new: str) -> None:
    assert apply_to_crdt(old, minimal_edits(old, new)) == new


def test_a_cursor_in_an_unchanged_line_stays_there() -> None:
    old = "def f():\n    return 1\n\nprint('😀')\n"
    new = "import os\n\ndef f():\n    return 2\n\nprint('😀')\nprint('more')\n"
    doc = Doc[Text]()
    text = doc.get("file:main.py", type=Text)
    text += old
    cursor = StickyIndex.new(text, len(old[: old.index("print")].encode()), Assoc.AFTER)
    for edit in minimal_edits(old, new):
        del text[edit.start : edit.start + edit.deleted]
        text.insert(edit.start, edit.inserted)
    with doc.transaction():
        index = cursor.get_index()
    assert index == len(new[: new.index("print('😀')")].encode())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a\n" * 200_000, "b\n" * 200_000),
        ("a\nb\n" * 100_000, "b\na\nc\n" * 70_000),
        ("x" * 500_000, "y" + "xz" * 250_000),
    ],
)
def test_hostile_texts_stay_cheap(old: str, new: str) -> None:
    start = time.process_time()
    edits = minimal_edits(old, new)
    assert time.process_time() - start < 2
    assert apply_to_crdt(old, edits) == new
