"""Names and titles of others, as the app shows them: one line, no tricks, no end without bound."""

from __future__ import annotations

import pytest

from codeinterview_desktop.core import wire

REORDERING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
PREVIEW: dict[str, object] = {
    "id": "1a2b3c4d",
    "title": "T",
    "phase": "open",
    "language": "python",
    "approval_required": True,
    "join_policy": "invite",
}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ada\u202egnp.exe", "Ada gnp.exe"),
        (f"A{REORDERING}B", "A B"),
        ("A\x00\x07\x1b[31mB", "A [31mB"),
        ("A\r\n\tB\u2028C\u2029D\x85E", "A B C D E"),
        ("A\ufeff\u00ad\u2060B", "A B"),
        ("A\ud800B", "A B"),
        ("A\U000e0041\uf8ffB", "A B"),
        ("  A  ", "A"),
        ("Zoë 漢字 שלום 👩\u200d💻", "Zoë 漢字 שלום 👩\u200d💻"),
    ],
    ids=ascii,
)
def test_what_is_shown_is_one_line_that_reads_as_it_is_written(text: str, shown: str) -> None:
    assert wire.one_line(text) == shown
    assert wire.preview({**PREVIEW, "title": text}).title == shown


def test_a_name_of_megabytes_is_cut() -> None:
    shown = wire.preview({**PREVIEW, "title": "\u0301x" * 2_000_000}).title
    assert len(shown) <= 2000
