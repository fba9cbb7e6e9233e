"""The list of what others made: from the build, or from what is installed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from codeinterview_desktop.core.third_party import Component, third_party

if TYPE_CHECKING:
    from pathlib import Path


def test_a_build_brings_its_list(tmp_path: Path) -> None:
    listed = tmp_path / "third_party.json"
    part = {"name": "qasync", "version": "1", "licence": "BSD-2-Clause", "text": "Redistribution"}
    listed.write_text(json.dumps([part]))
    assert third_party(listed) == (Component("qasync", "1", "BSD-2-Clause", "Redistribution"),)


def test_a_checkout_lists_what_is_installed(tmp_path: Path) -> None:
    found = {each.name: each for each in third_party(tmp_path / "third_party.json")}
    assert found["fastapi"].licence == "MIT"
    assert found["fastapi"].version
    assert "codeinterview" not in found
    assert all(each.licence for each in found.values())
