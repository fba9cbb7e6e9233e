"""What the share panel does: sets rules, gives roles, removes, renews and revokes, ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject

from codeinterview_desktop.core.values import Role
from codeinterview_desktop.ui import wording
from codeinterview_desktop.ui.dialogs.question import Answer, Question

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from typing import Any

    from codeinterview_desktop.core.hosting import HostedRoom
    from codeinterview_desktop.core.services import Services
    from codeinterview_desktop.core.values import JoinPolicy, ParticipantInfo
    from codeinterview_desktop.theme.controller import ThemeController
    from codeinterview_desktop.ui.background import Background
    from codeinterview_desktop.ui.memory import Memory
    from codeinterview_desktop.ui.session.panel import SharePanel

ENDING: Final = (
    "Everybody keeps what they see but can no longer type or run. You find the interview under"
    " Recent."
)


class RoomFlow(QObject):
    """Connects one share panel with its room."""

    def __init__(
        self,
        panel: SharePanel,
        theme: ThemeController,
        services: Services,
        background: Background,
        memory: Memory,
        room: HostedRoom,
    ) -> None:
        super().__init__(panel)
        self._panel = panel
        self._theme = theme
        self._services = services
        self._background = background
        self._memory = memory
        self._room = room
        panel.admission.policy_requested.connect(self._set_policy)
        panel.admission.observers_requested.connect(self._list_observers)
        panel.admission.nearby_requested.connect(self._show_nearby)
        panel.people.remove_requested.connect(self._ask_to_remove)
        panel.people.role_requested.connect(self._set_role)
        panel.invites.renew_requested.connect(self._ask_to_renew)
        panel.invites.revoke_requested.connect(self._ask_to_revoke)
        panel.invites.make_requested.connect(self._make_link)
        panel.link.make_requested.connect(lambda: self._make_link(Role.CANDIDATE))
        panel.link.network_requested.connect(self._ask_for_network)
        panel.end_requested.connect(self.ask_to_end)

    def ask_to_end(self) -> None:
        """End the interview for everyone, if that is meant."""
        self._ask(
            f"End “{self._room.session.title}” for everyone?",
            ENDING,
            Answer("&End for everyone", self.end, "danger"),
        )

    def end(self) -> None:
        """End the interview for everyone now."""
        ref = self._room.ref
        self._run(self._services.hosting.end(ref.session_id, ref.place), "end")

    def _set_policy(self, policy: JoinPolicy) -> None:
        self._memory.keep(policy=policy)
        self._run(self._room.set_policy(policy), "set policy")

    def _list_observers(self, listed: bool) -> None:
        self._run(self._room.list_observers(listed=listed), "list observers")

    def _show_nearby(self, shown: bool) -> None:
        self._room.show_nearby(shown=shown)
        try:
            # What is hosted next begins like this, as does this one when it is opened again.
            self._services.settings.update(show_nearby=shown)
        except OSError as error:
            self._panel.complain(f"The setting was not saved: {error.strerror}.")

    def _set_role(self, person: ParticipantInfo, role: Role) -> None:
        self._run(self._room.set_role(person.id, role), "set role")

    def _make_link(self, role: Role) -> None:
        self._run(self._room.renew_invite(role), "renew")

    def _ask_to_revoke(self, role: Role) -> None:
        self._ask(
            f"Turn the {wording.ROLE_WORDS[role].lower()} link off?",
            "Links for this role that you sent before open nothing, until you make a new one."
            " Whoever is already in stays.",
            Answer(
                "&Turn off", lambda: self._run(self._room.revoke_invite(role), "revoke"), "danger"
            ),
        )

    def _ask_to_remove(self, person: ParticipantInfo) -> None:
        self._ask(
            f"Remove {person.name}?",
            "They are cut off at once. To keep them from coming back, renew the link they used.",
            Answer("&Remove", lambda: self._run(self._room.remove(person.id), "remove"), "danger"),
        )

    def _ask_to_renew(self, role: Role) -> None:
        self._ask(
            f"Renew the {wording.ROLE_WORDS[role].lower()} link?",
            "Links for this role that you sent before stop working. Whoever is already in stays.",
            Answer("&Renew", lambda: self._run(self._room.renew_invite(role), "renew"), "primary"),
        )

    def _ask_for_network(self) -> None:
        self._ask(
            "Let others on the network in?",
            "Anybody on the same network can then open this computer’s join page; a session still"
            " needs its link, or your Admit. The server starts again, and rooms reconnect by"
            " themselves.",
            Answer("&Let them in", self._allow_network, "primary"),
        )

    def _allow_network(self) -> None:
        try:
            self._services.settings.update(allow_network=True)
        except OSError as error:
            self._panel.complain(f"The setting was not saved: {error.strerror}.")

    def _ask(self, title: str, sentence: str, answer: Answer) -> None:
        Question(
            self._theme, self._panel.window(), title=title, sentence=sentence, answers=(answer,)
        ).open()

    def _run(self, work: Coroutine[Any, Any, None], name: str) -> None:
        self._panel.banner.hide()
        self._background.run(
            self._panel, work, name, done=lambda _none: None, failed=self._panel.complain
        )
