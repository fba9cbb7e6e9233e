"""Ids, languages and errors hold what the protocol promises."""

import pytest

from codeinterview_server.domain import errors
from codeinterview_server.domain.ids import (
    is_session_id,
    new_participant_id,
    new_session_id,
    parse_participant_id,
    parse_run_id,
)
from codeinterview_server.domain.languages import (
    DEFAULT_LANGUAGE,
    LANGUAGES,
    find_file,
    main_file,
)


def test_new_ids_are_well_formed() -> None:
    assert is_session_id(new_session_id())
    for _ in range(50):
        assert parse_participant_id(new_participant_id())


@pytest.mark.parametrize("text", ["", "1a2b3c4", "1a2b3c4dd", "1A2B3C4D", "1a2b3c4g", "1a2b3c4d\n"])
def test_malformed_session_ids(text: str) -> None:
    assert not is_session_id(text)


@pytest.mark.parametrize("text", ["", "a" * 65, "a b", "ä", "a/b", "a\n", "a\x00"])
def test_malformed_opaque_ids(text: str) -> None:
    for parse in (parse_participant_id, parse_run_id):
        with pytest.raises(ValueError, match="1 to 64"):
            parse(text)


def test_languages_and_their_files() -> None:
    files = {language.id: [file.path for file in language.files] for language in LANGUAGES.values()}
    assert files == {
        "javascript": ["main.js"],
        "python": ["main.py"],
        "html": ["index.html", "style.css", "script.js"],
    }
    assert DEFAULT_LANGUAGE in LANGUAGES
    assert main_file("html").monaco == "html"
    assert find_file("style.css") == (LANGUAGES["html"], LANGUAGES["html"].files[1])
    assert find_file("../etc/passwd") is None


def test_templates_start_something_and_use_lf() -> None:
    for language in LANGUAGES.values():
        for file in language.files:
            assert file.template.endswith("\n")
            assert "\r" not in file.template
    compiled = compile(main_file("python").template, "main.py", "exec")
    assert compiled is not None


def test_every_refusal_has_a_code_and_a_sentence() -> None:
    codes = {cls.code for cls in errors.DomainError.__subclasses__()}
    assert codes == {
        "BAD_REQUEST", "NOT_AUTHENTICATED", "INVALID_TOKEN", "NOT_ALLOWED", "INVALID_INVITE",
        "INVITE_REQUIRED", "DECLINED", "REMOVED", "WAITING_FOR_ADMISSION", "SESSION_NOT_FOUND",
        "PARTICIPANT_NOT_FOUND", "NOT_FOUND", "SESSION_ENDED", "SESSION_FULL", "CONFLICT",
        "SESSION_EXPIRED", "TOO_LARGE", "VALIDATION_FAILED", "TOO_MANY_REQUESTS",
        "DATABASE_AWAY", "SHUTTING_DOWN",
    }  # fmt: skip
    assert str(errors.NotAllowed("Ask.")) == "Ask."
    assert errors.NotAllowed().sentence.endswith(".")
    assert errors.ValidationFailed({"name": "Too long."}).fields == {"name": "Too long."}
    assert errors.TooManyRequests(3).retry_after_s == 3
