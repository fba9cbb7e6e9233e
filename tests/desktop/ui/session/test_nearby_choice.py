"""Whether the network learns of a session, chosen in the share panel of the real app."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
from tests.desktop.support import seen
from tests.desktop.ui.conftest import House, host

from codeinterview_desktop.core.values import JoinPolicy

if TYPE_CHECKING:
    from collections.abc import Callable

    from codeinterview_desktop.app import DesktopApp


def titles(app: DesktopApp) -> list[str]:
    """What browsers on the network are shown."""
    if app.supervisor.status.url is None:
        return ["nothing: the server is starting"]
    answer = httpx.get(f"{app.supervisor.status.url}/api/v1/listed", trust_env=False, timeout=10)
    return [each["title"] for each in answer.json()["sessions"]]


def test_the_choice_reaches_the_join_page_and_holds_for_the_next_session(
    on_qt: Callable[..., Any], house: House
) -> None:
    async def story() -> None:
        async with house.served(allow_network=True) as app:
            page = await host(app.window, "First")
            choice = page.panel.admission.nearby
            assert choice.isChecked()
            await seen(lambda: titles(app) == ["First"], "listed")
            choice.click()
            await seen(lambda: titles(app) == [], "listed no more")
            assert "nowhere" in page.panel.admission.nearby_sentence.text()

            app.window.workspace.show_page(app.window.home)
            second = await host(app.window, "Second")
            assert not second.panel.admission.nearby.isChecked()
            second.panel.admission.nearby.click()
            await seen(lambda: titles(app) == ["Second"], "the second")
            assert not choice.isChecked()

            await second.room.set_policy(JoinPolicy.INVITE_ONLY)
            await seen(lambda: titles(app) == [], "by links only")
            await seen(lambda: not second.panel.admission.nearby.isEnabled(), "no choice")
            await second.room.set_policy(JoinPolicy.KNOCK)
            await seen(lambda: titles(app) == ["Second"], "shown again")
            assert second.panel.admission.nearby.isChecked()

    on_qt(story())


def test_without_the_network_there_is_nothing_to_choose(
    on_qt: Callable[..., Any], house: House
) -> None:
    async def story() -> None:
        async with house.served() as app:
            page = await host(app.window)
            assert not page.panel.admission.nearby.isEnabled()
            assert titles(app) == []
            app.settings.update(allow_network=True)
            await app.supervisor.wait_ready()
            await seen(lambda: page.panel.admission.nearby.isEnabled(), "a choice")
            await seen(lambda: titles(app) == ["Pairing"], "listed")

    on_qt(story())
