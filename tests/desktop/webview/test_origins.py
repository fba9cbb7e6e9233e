"""Where a web view may go."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QUrl

from codeinterview_desktop.webview.origins import Destination, destination, origin_of

OWN = "http://127.0.0.1:8765"


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("http://127.0.0.1:8765/s/1a2b3c4d#secret", OWN),
        ("http://host:80/", "http://host"),
        ("https://host:443/x", "https://host"),
        ("https://host:80/x", "https://host:80"),
        ("http://[::1]:8765/", "http://[::1]:8765"),
        ("HTTP://HOST/", "http://host"),
        ("http://user:pass@host:1/", "http://host:1"),
        ("file:///etc/passwd", ""),
        ("about:blank", ""),
        ("http:///nowhere", ""),
    ],
)
def test_an_origin_is_scheme_host_and_port(url: str, origin: str) -> None:
    assert origin_of(QUrl(url)) == origin


@pytest.mark.parametrize(
    ("url", "main_frame", "expected"),
    [
        (f"{OWN}/s/1", True, Destination.STAY),
        (f"{OWN}/sandbox/frame.html", False, Destination.STAY),
        ("http://127.0.0.1:8766/", True, Destination.BROWSER),
        ("http://127.0.0.1.example:8765/", True, Destination.BROWSER),
        ("http://127.0.0.1:8765@example.org/", True, Destination.BROWSER),
        ("https://example.org/", True, Destination.BROWSER),
        ("mailto:ada@example.org", True, Destination.BROWSER),
        ("file:///etc/passwd", True, Destination.REFUSE),
        ("javascript:alert(1)", True, Destination.REFUSE),
        ("data:text/html,x", True, Destination.REFUSE),
        ("chrome://version", True, Destination.REFUSE),
        ("https://example.org/", False, Destination.REFUSE),
        ("blob:null/x", False, Destination.STAY),
        ("about:srcdoc", False, Destination.STAY),
        ("", True, Destination.REFUSE),
    ],
)
def test_only_the_own_origin_stays(url: str, main_frame: bool, expected: Destination) -> None:
    assert destination(QUrl(url), OWN, main_frame=main_frame) is expected


def test_a_view_without_an_origin_goes_nowhere() -> None:
    assert destination(QUrl(""), "", main_frame=True) is Destination.REFUSE
    assert destination(QUrl("file:///x"), "", main_frame=True) is Destination.REFUSE
