"""How many attempts there are, as the threat model says it."""

from __future__ import annotations

from pathlib import Path

from tests.web.sandbox.exhaustion import (
    BOMBS,
    ENDLESS_JAVASCRIPT,
    ENDLESS_PAGES,
    ENDLESS_PYTHON,
    LEGACIES,
    TOO_MUCH,
)
from tests.web.sandbox.forgery import FORGERIES
from tests.web.sandbox.javascript import JAVASCRIPT
from tests.web.sandbox.page import CLICKS_PROVEN, LEAVING, PAGE, PEER_CONNECTIONS, WITH_A_CLICK
from tests.web.sandbox.python import PYTHON

DOCUMENT = Path(__file__).parents[3] / "docs" / "threat-model.md"


def test_the_threat_model_tells_how_many() -> None:
    """Each of these is made on both origins."""
    tables = {
        "JavaScript": len(JAVASCRIPT.attempts()),
        "Python": len(PYTHON.attempts()),
        "HTML": len(PAGE.attempts()) + len(WITH_A_CLICK) + len(LEAVING) + len(PEER_CONNECTIONS),
        "forged messages": len(FORGERIES),
        "exhaustion": sum(
            len(table)
            for table in (
                *(ENDLESS_JAVASCRIPT, ENDLESS_PYTHON, ENDLESS_PAGES),
                *(LEGACIES, TOO_MUCH, BOMBS),
            )
        ),
    }
    told = ", ".join(f"{count} {name}" for name, count in tables.items())
    print(f"{sum(tables.values())} attempts: {told}")
    proven = sum(len(table.proven(secure=True)) for table in (JAVASCRIPT, PYTHON, PAGE))
    proven += len(CLICKS_PROVEN) + len(LEAVING) + len(PEER_CONNECTIONS)
    print(f"{proven} of them get through where nothing holds them back")
    document = " ".join(DOCUMENT.read_text().split())
    assert f"{sum(tables.values())} attempts" in document
    assert told in document
    assert f"{proven} of them get through" in document
