"""The TXT record: what is written can be read, and what anybody may write does no harm."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeinterview_desktop.core.advertisement import Advertisement, from_txt, to_txt


def encoded(advertisement: Advertisement) -> dict[bytes, bytes | None]:
    return {
        key.encode(): value.encode() if isinstance(value, str) else value
        for key, value in to_txt(advertisement).items()
    }


@pytest.mark.parametrize("character", ["a", "ä", "漢", "👩‍💻"])
def test_long_texts_are_cut_between_characters(character: str) -> None:
    title = character * 300
    record = encoded(Advertisement("1a2b3c4d", title, title))
    for key, value in record.items():
        assert value is not None
        assert len(key) + 1 + len(value) <= 255
        value.decode()
    read = from_txt(record)
    assert read.title.endswith("…")
    assert title.startswith(read.title[:-1])


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=300))
def test_any_title_is_written_within_the_limits(title: str) -> None:
    record = encoded(Advertisement("1a2b3c4d", f"x{title}", title))
    assert all(
        len(key) + 1 + len(value) <= 255 for key, value in record.items() if value is not None
    )
    assert from_txt(record).session_id == "1a2b3c4d"


GOOD: dict[bytes, bytes | None] = {b"v": b"1", b"id": b"1a2b3c4d", b"title": b"T", b"host": b"H"}


@pytest.mark.parametrize(
    "change",
    [
        {b"v": b"2"},
        {b"v": None},
        {b"id": b"1A2B3C4D"},
        {b"id": b"../../etc"},
        {b"id": b""},
        {b"title": b"\xff\xfe"},
        {b"title": b"  "},
        {b"title": None},
        {b"title": b"x" * 256},
        {b"host": b"\xff"},
        {b"host": None},
    ],
)
def test_hostile_records_are_refused(change: dict[bytes, bytes | None]) -> None:
    from_txt(GOOD)
    with pytest.raises(ValueError, match=r"."):
        from_txt({**GOOD, **change})


def test_control_characters_never_reach_a_label() -> None:
    read = from_txt({**GOOD, b"title": b"a\x00\x1b[31mb\n\xe2\x80\xaec", b"host": b"\n"})
    assert read.title.isprintable()
    assert read.host_name == "Unknown host"
