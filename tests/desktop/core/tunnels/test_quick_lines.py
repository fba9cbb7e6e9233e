"""What cloudflared prints, in the format of its source and of published logs; no real one ran."""

from __future__ import annotations

import pytest

from codeinterview_desktop.core.tunnels.quick_lines import QuickLines

LINK = "https://quiet-lake-seldom-blue.trycloudflare.com"
STARTS = f"""\
2026-09-07T07:02:58Z INF Thank you for trying Cloudflare Tunnel. Doing so, without a Cloudflare \
account, is a quick way to experiment and try it out. However, be aware that these account-less \
Tunnels have no uptime guarantee, are subject to the Cloudflare Online Services Terms of Use \
(https://www.cloudflare.com/website-terms/), and Cloudflare reserves the right to investigate your \
use of Tunnels for violations of such terms. If you intend to use Tunnels in production you should \
use a pre-created named tunnel by following: \
https://developers.cloudflare.com/cloudflare-one/connections/connect-apps
2026-09-07T07:02:58Z INF Requesting new quick Tunnel on trycloudflare.com...
2026-09-07T07:03:06Z INF +------------------------------------------------------------------+
2026-09-07T07:03:06Z INF |  Your quick Tunnel has been created! Visit it at (it may take \
some time to be reachable):  |
2026-09-07T07:03:06Z INF |  {LINK}                              |
2026-09-07T07:03:06Z INF +------------------------------------------------------------------+
2026-09-07T07:03:06Z INF Cannot determine default configuration path. No file [config.yml \
config.yaml] in [~/.cloudflared ~/.cloudflare-warp ~/cloudflare-warp /etc/cloudflared]
2026-09-07T07:03:06Z INF Version 2026.8.3
2026-09-07T07:03:06Z INF Settings: map[ha-connections:1 no-autoupdate:true protocol:quic \
url:http://127.0.0.1:8765]
2026-09-07T07:03:06Z INF Initial protocol quic
"""
REGISTERED = (
    "2026-09-07T07:03:07Z INF Registered tunnel connection connIndex=0"
    " connection=bb527b3a-8a27-467b-9fca-84972898be5c event=0 ip=192.0.2.13 location=ber01"
    " protocol=quic"
)


def heard(*lines: str) -> QuickLines:
    made = QuickLines()
    for line in lines:
        made.hear(line)
    return made


def test_the_link_counts_once_it_works() -> None:
    before = heard(*STARTS.splitlines())
    assert (before.link, before.is_up) == (LINK, False)
    after = heard(*STARTS.splitlines(), REGISTERED)
    assert (after.link, after.is_up, after.complaint) == (LINK, True, None)
    older = heard(*STARTS.splitlines(), "INF Connection 3b1 registered connIndex=0 location=BER")
    assert older.is_up


@pytest.mark.parametrize(
    "line",
    [
        "2026-09-07T08:00:00Z INF Unregistered tunnel connection connIndex=0 event=0 ip=192.0.2.13",
        "2026-09-07T08:00:00Z INF Retrying connection in up to 2s connIndex=0 event=0",
        '2026-09-07T08:00:00Z ERR Connection terminated error="timeout" connIndex=0',
        "2026-09-07T08:00:00Z WRN Serve tunnel error connIndex=0 event=0 ip=192.0.2.13",
        "2026-09-07T08:00:00Z INF Lost connection with the edge connIndex=0",
    ],
)
def test_a_lost_connection_is_noticed_and_its_return_too(line: str) -> None:
    lost = heard(*STARTS.splitlines(), REGISTERED, line)
    assert (lost.link, lost.is_up) == (LINK, False)
    back = heard(*STARTS.splitlines(), REGISTERED, line, REGISTERED)
    assert (back.link, back.is_up) == (LINK, True)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (
            'failed to request quick Tunnel: Post "https://api.trycloudflare.com/tunnel":'
            " dial tcp: lookup api.trycloudflare.com: no such host",
            'failed to request quick Tunnel: Post "https://api.trycloudflare.com/tunnel":'
            " dial tcp: lookup api.trycloudflare.com: no such host",
        ),
        ("2026-09-07T08:00:00Z ERR Couldn't start tunnel", "Couldn't start tunnel"),
        ("2026-09-07T08:00:00Z ERR a\x1b[31m\u202eb\x07" + "x" * 5000, "a [31m b " + "x" * 191),
    ],
)
def test_the_last_complaint_is_kept_as_plain_text(line: str, complaint: str) -> None:
    lines = heard("2026-09-07T07:59:00Z ERR earlier", line, "INF Quitting...")
    assert lines.complaint == complaint
    assert lines.link is None


def test_no_other_link_is_taken() -> None:
    lines = heard(
        "INF |  http://quiet-lake.trycloudflare.com  |",
        "INF |  https://api.trycloudflare.com  |",
        "INF |  https://quiet-lake.trycloudflare.com.evil.test  |",
        "INF |  https://trycloudflare.com  |",
        "x" * 3000 + " https://quiet-lake.trycloudflare.com",
        REGISTERED,
    )
    assert lines.link is None
    assert not lines.is_up
