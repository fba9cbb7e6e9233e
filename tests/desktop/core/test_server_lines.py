"""The server's lines on stdout."""

from __future__ import annotations

import pytest

from codeinterview_desktop.core.server_lines import ErrorLine, ReadyLine, parse_server_line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("ready http://127.0.0.1:8765", ReadyLine(8765)),
        ("ready http://0.0.0.0:1\r", ReadyLine(1)),
        ("ready http://[::]:65535", ReadyLine(65535)),
        ("error PORT_BUSY Port 8765 is taken.", ErrorLine("PORT_BUSY", "Port 8765 is taken.")),
        ("ready", None),
        ("ready http://127.0.0.1", None),
        ("ready http://127.0.0.1:0", None),
        ("ready http://127.0.0.1:99999", None),
        ("ready ftp://127.0.0.1:21", None),
        ("ready http://[::1:8765", None),
        ("error", None),
        ("error lower sentence", None),
        ("error PORT_BUSY", None),
        ("", None),
        ("anything else", None),
    ],
)
def test_lines(text: str, line: ReadyLine | ErrorLine | None) -> None:
    assert parse_server_line(text) == line
