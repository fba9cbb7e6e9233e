"""Links in a stranger's output: the right one, or none."""

from __future__ import annotations

import pytest

from codeinterview_desktop.core.tunnels.link_reader import LinkReader


@pytest.mark.parametrize(
    "text",
    [
        "https://quiet-lake.tunnel.test",
        "|  https://quiet-lake.tunnel.test                |",
        "your link:\thttps://Quiet-Lake.tunnel.TEST/",
        "quiet-lake.tunnel.test tunneled with tls termination, https://quiet-lake.tunnel.test",
        "\x1b[1;32mhttps://quiet-lake.tunnel.test\x1b[0m",
        '{"url": "https://quiet-lake.tunnel.test"}',
        "progress\rhttps://quiet-lake.tunnel.test\rprogress",
    ],
)
def test_the_link_is_found(text: str) -> None:
    reader = LinkReader("tunnel.test")
    assert reader.feed(f"{text}\n") == "https://quiet-lake.tunnel.test"
    assert reader.feed("https://another.tunnel.test\n") == "https://quiet-lake.tunnel.test"


@pytest.mark.parametrize(
    "text",
    [
        "http://quiet-lake.tunnel.test",
        "https://tunnel.test",
        "https://www.tunnel.test",
        "https://console.tunnel.test/keys",
        "https://quiet-lake.tunnel.test/path",
        "https://quiet-lake.tunnel.test?query",
        "https://quiet-lake.tunnel.test#fragment",
        "https://quiet-lake.tunnel.test:8443",
        "https://quiet-lake.tunnel.test.evil.test",
        "https://quiet-lake.tunnel.test@evil.test",
        "https://evil.test/https://quiet-lake.tunnel.test",
        "https://quiet-lake.eviltunnel.test",
        "https://quiet-lake.tunnelxtest",
        "https://user@quiet-lake.tunnel.test",
        "https://-bad.tunnel.test",
        "https://quiet_lake.tunnel.test",
        "https://quiet-l\u0430ke.tunnel.test",
        "https://" + "a" * 64 + ".tunnel.test",
        "https://" + "a." * 130 + "tunnel.test",
        "javascript:alert(1)//https://quiet-lake.tunnel.test",
    ],
)
def test_nothing_else_is_taken_for_it(text: str) -> None:
    assert LinkReader("tunnel.test").feed(f"{text}\n") is None


def test_it_may_come_in_pieces_and_counts_once_its_line_is_whole() -> None:
    reader = LinkReader("tunnel.test")
    assert reader.feed("a https://quiet-") is None
    assert reader.feed("lake.tunnel.test") is None
    assert reader.feed(".evil.test\nb https://other.tunnel.test") is None
    assert reader.feed("\n") == "https://other.tunnel.test"


def test_output_without_end_costs_no_memory_and_is_not_looked_at_for_ever() -> None:
    reader = LinkReader("tunnel.test")
    for _ in range(1000):
        assert reader.feed("x" * 1000) is None
    assert len(vars(reader)["_rest"]) <= 4096
    assert reader.feed("\nhttps://late.tunnel.test\n") is None
