"""Tells of knocks once: by the room's own page while it is in front, else by the app's list.

While nobody looks at the window, a native notification tells of them, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from codeinterview_desktop.ui.knock_list import Knocking, KnockList
from codeinterview_desktop.webview.view import ViewState

if TYPE_CHECKING:
    from codeinterview_desktop.core.hosted_room import HostedRoom
    from codeinterview_desktop.core.values import LobbyEntry
    from codeinterview_desktop.ui.background import Background
    from codeinterview_desktop.ui.notifier import Notifier
    from codeinterview_desktop.ui.rooms import Rooms
    from codeinterview_desktop.ui.session.page import HostedPage
    from codeinterview_desktop.ui.status_bar import StatusBar

# People who come together are told of together.
_GATHER_MS: Final = 400


class Knocks(QObject):
    """Connects the rooms' lobbies with the list and the notifier.

    Call `follow()` when a room, or which page is shown, has changed.
    """

    def __init__(
        self,
        window: QWidget,
        knocking: KnockList,
        rooms: Rooms,
        background: Background,
        notifier: Notifier,
        status_bar: StatusBar,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._list = knocking
        self._rooms = rooms
        self._background = background
        self._notifier = notifier
        self._status_bar = status_bar
        self._untold: list[tuple[str, str]] = []
        self._newest = ""
        self._gathering = QTimer(self)
        self._gathering.setSingleShot(True)
        self._gathering.setInterval(_GATHER_MS)
        self._gathering.timeout.connect(self._notify)
        rooms.knocked.connect(self._knocked)
        knocking.answered.connect(self._answer)
        knocking.show_requested.connect(rooms.show_session)

    @property
    def newest(self) -> str:
        """The key of the session that was knocked at last unseen, or an empty text."""
        return self._newest

    def follow(self) -> None:
        """Make the list agree with the rooms and with what is in front."""
        self._list.show_knocks(
            [
                Knocking(
                    page.room.ref.key,
                    page.title,
                    tuple(sorted(_lobby(page), key=lambda one: one.knocked_at_ms)),
                )
                for page in self._rooms.hosted
                if not self._is_in_front(page)
            ]
        )

    def _is_in_front(self, page: HostedPage) -> bool:
        # A page that is loading, or explains what is wrong, lists nobody.
        return page is self._rooms.current and page.view.state is ViewState.SHOWN

    def _is_looked_at(self) -> bool:
        return (
            self._window.isVisible()
            and not self._window.isMinimized()
            and QApplication.activeWindow() is not None
        )

    def _knocked(self, page: HostedPage, person: LobbyEntry) -> None:
        if self._is_looked_at():
            return
        QApplication.alert(self._window)
        self._newest = page.room.ref.key
        self._untold.append((self._newest, person.id))
        if not self._gathering.isActive():
            self._gathering.start()

    def _notify(self) -> None:
        told = set(self._untold)
        self._untold.clear()
        # Who was answered meanwhile, or looked for, needs no notification any more.
        waiting = [
            (person.name, page.title)
            for page in self._rooms.hosted
            for person in _lobby(page)
            if (page.room.ref.key, person.id) in told
        ]
        if waiting and not self._is_looked_at():
            self._notifier.knocked(waiting)

    def _answer(self, key: str, people: tuple[str, ...], admit: bool) -> None:
        page = next((each for each in self._rooms.hosted if each.room.ref.key == key), None)
        if page is not None:
            self._background.run(
                self,
                _answer_all(page.room, people, admit=admit),
                "answer a knock",
                done=lambda _none: None,
                failed=self._failed,
            )

    def _failed(self, sentence: str) -> None:
        self._status_bar.say(sentence)
        self._list.retry()


def _lobby(page: HostedPage) -> tuple[LobbyEntry, ...]:
    return page.room.watch.state.lobby if page.room.is_open else ()


async def _answer_all(room: HostedRoom, people: tuple[str, ...], *, admit: bool) -> None:
    for person in people:
        await (room.admit(person) if admit else room.decline(person))
