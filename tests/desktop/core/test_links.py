"""What people paste into Join, understood or refused."""

from __future__ import annotations

import pytest

from codeinterview_desktop.core.links import JoinTarget, join_link, origin_of, parse_join_text

INVITE = "AbCdEfGhIjKlMnOpQrSt_-"
HERE = "http://192.168.1.20:8765"


@pytest.mark.parametrize(
    ("text", "target"),
    [
        (f"{HERE}/i/1a2b3c4d#{INVITE}", JoinTarget(HERE, "1a2b3c4d", INVITE)),
        (f"  <{HERE}/i/1a2b3c4d#{INVITE}>\n", JoinTarget(HERE, "1a2b3c4d", INVITE)),
        (f"{HERE}/i/1a2b\r\n 3c4d#{INVITE}", JoinTarget(HERE, "1a2b3c4d", INVITE)),
        (f"HTTP://192.168.1.20:8765/i/1A2B3C4D#{INVITE}", JoinTarget(HERE, "1a2b3c4d", INVITE)),
        (f"192.168.1.20:8765/i/1a2b3c4d#{INVITE}", JoinTarget(HERE, "1a2b3c4d", INVITE)),
        (f"{HERE}/i/1a2b3c4d", JoinTarget(HERE, "1a2b3c4d", None)),
        (f"{HERE}/s/1a2b3c4d/", JoinTarget(HERE, "1a2b3c4d", None)),
        (f"{HERE}/i/1a2b-3c4d", JoinTarget(HERE, "1a2b3c4d", None)),
        (HERE, JoinTarget(HERE, None, None)),
        (f"{HERE}/", JoinTarget(HERE, None, None)),
        ("192.168.1.20:8765", JoinTarget(HERE, None, None)),
        ("192.168.1.20", JoinTarget(HERE, None, None)),
        ("192.168.1.20:80", JoinTarget("http://192.168.1.20", None, None)),
        ("ada.local:9000", JoinTarget("http://ada.local:9000", None, None)),
        ("localhost:9000", JoinTarget("http://localhost:9000", None, None)),
        (
            "https://team.example/i/1a2b3c4d",
            JoinTarget("https://team.example", "1a2b3c4d", None),
        ),
        (
            f"https://team.example/inter/views/i/1a2b3c4d#{INVITE}",
            JoinTarget("https://team.example/inter/views", "1a2b3c4d", INVITE),
        ),
        (
            "team.example:443/i/s/1A2B-3C4D/",
            JoinTarget("http://team.example:443/i", "1a2b3c4d", None),
        ),
        ("https://team.example:443", JoinTarget("https://team.example", None, None)),
        ("https://team.example:8443", JoinTarget("https://team.example:8443", None, None)),
        ("http://[fd00::1]:8765/i/1a2b3c4d", JoinTarget("http://[fd00::1]:8765", "1a2b3c4d", None)),
        ("fd00::1", JoinTarget("http://[fd00::1]:8765", None, None)),
        ("1a2b3c4d", JoinTarget(None, "1a2b3c4d", None)),
        (" 1A2B-3C4D ", JoinTarget(None, "1a2b3c4d", None)),
        ("1a 2b 3c 4d", JoinTarget(None, "1a2b3c4d", None)),
        ("1a2b\u20133c4d", JoinTarget(None, "1a2b3c4d", None)),
        ("12345678", JoinTarget(None, "12345678", None)),
        ("deadbeef", JoinTarget(None, "deadbeef", None)),
    ],
)
def test_understood(text: str, target: JoinTarget) -> None:
    assert parse_join_text(text) == target


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "hello world!",
        "1a2b3c4",
        "1a2b3c4d5",
        "1234",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "ftp://192.168.1.20/i/1a2b3c4d",
        "http://user:password@192.168.1.20:8765/i/1a2b3c4d",
        "http://192.168.1.20:99999/",
        "http://192.168.1.20:8765/elsewhere",
        "http://192.168.1.20:8765/i/nothexxx",
        "http://192.168.1.20:8765/i/1a2b3c4d/more",
        "http:///i/1a2b3c4d",
        "http://192.168.1.20:8765/../i/1a2b3c4d",
        "http://192.168.1.20:8765/a/./i/1a2b3c4d",
        "http://192.168.1.20:8765/a//i/1a2b3c4d",
        "http://192.168.1.20:8765/a%2Fb/i/1a2b3c4d",
        "http://192.168.1.20:8765/a;b/i/1a2b3c4d",
        "http://[::1/i/1a2b3c4d",
        "http://ex ample\x00.com",
        "http://-bad.example/",
        "http://" + "a" * 3000,
        f"{HERE}/i/1a2b3c4d#tooshort",
        f"{HERE}/i/1a2b3c4d#{INVITE}x",
    ],
)
def test_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"(?s)^[A-Z].+\.$"):
        parse_join_text(text)


def test_links_come_back_as_they_were_made() -> None:
    origins = [origin_of(host, 8765) for host in ("192.168.1.20", "fd00::1", "ada.local")]
    for origin in (*origins, "https://team.example/inter/views"):
        link = join_link(origin, "1a2b3c4d", INVITE)
        target = parse_join_text(link)
        assert target.url == link
        assert (target.session_id, target.invite) == ("1a2b3c4d", INVITE)


def test_a_code_alone_names_no_page() -> None:
    assert parse_join_text("1a2b3c4d").url is None
    assert parse_join_text(HERE).url == f"{HERE}/"
