"""What people may write as names, colours, titles and code."""

import pytest

from codeinterview_server.domain.errors import TooLarge
from codeinterview_server.domain.roles import Kind, ParticipantStatus, Phase, Principal, Role
from codeinterview_server.domain.sessions import (
    DEFAULT_TITLE,
    Participant,
    Session,
    choose_presence,
    parse_code,
    parse_color,
    parse_language,
    parse_name,
    parse_title,
)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ada", "Ada"),
        ("  Ada Lovelace ", "Ada Lovelace"),
        ("n" * 255, "n" * 255),
        ("Zoë 👩‍💻", "Zoë 👩‍💻"),
        ("李小龙", "李小龙"),
    ],
)
def test_names_that_are_fine(text: str, name: str) -> None:
    assert parse_name(text) == name


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "n" * 256,
        "a\x00b",
        "a\nb",
        "a\x1bb",
        "a\x7fb",
        "\ud800",
        "\u200b",
        "a\u202eb",
        "a\u2028b",
    ],
)
def test_names_that_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="name"):
        parse_name(text)


def test_colours() -> None:
    assert parse_color(" #12ab34 ") == "#12ab34"
    assert parse_color("") == ""
    assert parse_color("c" * 50) == "c" * 50
    for text in ("c" * 51, "a\x00"):
        with pytest.raises(ValueError, match="colour"):
            parse_color(text)


def test_titles() -> None:
    assert parse_title(" Backend ") == "Backend"
    assert parse_title("") == parse_title(" \u200b") == DEFAULT_TITLE
    for text in ("t" * 201, "a\tb"):
        with pytest.raises(ValueError, match="title"):
            parse_title(text)


def test_languages() -> None:
    assert parse_language("python") == "python"
    with pytest.raises(ValueError, match="javascript, python, html"):
        parse_language("cobol")


def test_code_has_lf_line_ends_and_a_size() -> None:
    assert parse_code("a\r\nb\rc\n", 10) == "a\nb\nc\n"
    assert parse_code("é" * 5, 10) == "é" * 5
    with pytest.raises(TooLarge, match="12 bytes and may have 10"):
        parse_code("é" * 6, 10)
    with pytest.raises(ValueError, match="half of a character"):
        parse_code("\ud83d", 10)


@pytest.mark.parametrize(
    ("color", "taken", "presence"),
    [
        ("3", [3, 3], 3),
        ("8", [], 0),
        ("#ff0000", [0, 1], 2),
        ("", [0, 1, 2, 3, 4, 5, 6, 7, 0], 1),
        ("٣", [0], 1),
    ],
)
def test_presence(color: str, taken: list[int], presence: int) -> None:
    assert choose_presence(color, taken) == presence


def test_a_session_expires_on_the_millisecond() -> None:
    session = Session("1a2b3c4d", "t", "python", "u1", Phase.OPEN, False, 0, 0, 1000)
    assert not session.is_expired(999)
    assert session.is_expired(1000)


def test_a_participant_asks_as_itself() -> None:
    participant = Participant(
        "1a2b3c4d", "u1", "Ada", "0", 0, Role.OBSERVER, ParticipantStatus.WAITING, 5
    )
    assert participant.principal() == Principal(
        Kind.PARTICIPANT, "1a2b3c4d", "u1", Role.OBSERVER, ParticipantStatus.WAITING
    )
