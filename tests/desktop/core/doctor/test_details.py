"""The text to paste into a message."""

from __future__ import annotations

from pathlib import Path

from codeinterview_desktop.core.doctor.details import connection_details, time_word
from codeinterview_desktop.core.doctor.findings import Finding, Verdict, known


def test_each_check_has_a_line_and_the_home_folder_none() -> None:
    here = Finding(Verdict.GOOD, "It answers.", 3.4)
    wall = Finding(Verdict.CAUTION, f"See {Path.home()}/rules.", command="sudo ufw allow 1/tcp")
    text = connection_details(
        [
            (known("This computer", here, "http://127.0.0.1:1"), here),
            (known("Firewall", wall), wall),
            (known("Your network", here, "http://10.0.0.1:1"), None),
        ]
    )
    lines = text.splitlines()
    assert lines[0].startswith("CodeInterview ")
    assert "[good, 3 ms] This computer http://127.0.0.1:1: It answers." in lines
    assert "[caution] Firewall: See ~/rules. sudo ufw allow 1/tcp" in lines
    assert "[checking] Your network http://10.0.0.1:1" in lines


def test_times_are_said_as_people_say_them() -> None:
    assert [time_word(each) for each in (0.4, 999.4, 1234)] == ["0 ms", "999 ms", "1.2 s"]
