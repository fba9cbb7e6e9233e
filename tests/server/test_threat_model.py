"""Each test that docs/threat-model.md names for a claim exists."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
DOCUMENT = TESTS.parent / "docs" / "threat-model.md"
_NAMED = re.compile(r"`(?:(?P<file>[\w/]+\.py))?(?:::)?(?P<test>test_\w+)?`")


def test_every_test_that_is_named_exists() -> None:
    checked = 0
    for line in DOCUMENT.read_text().splitlines():
        source: Path | None = None
        for match in _NAMED.finditer(line):
            name, test = match["file"], match["test"]
            if name is not None and "test_" in name:
                source = (
                    TESTS.parent / name if name.startswith("tests/") else TESTS / "server" / name
                )
                assert source.is_file(), name
                checked += 1
            if test is not None:
                assert source is not None or test in _everything(), test
                text = source.read_text() if source is not None else _everything()
                assert f"def {test}(" in text, f"{test} in {line}"
                checked += 1
    assert checked > 60


def _everything() -> str:
    return "".join(path.read_text() for path in (TESTS / "server").rglob("test_*.py"))
