"""What the Home page does: hosts, joins, finds what is nearby, opens what was before."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from codeinterview_desktop.core.places import Place, SessionRef
from codeinterview_desktop.core.supervisor import ServerState
from codeinterview_desktop.core.team import TeamState
from codeinterview_desktop.ui.dialogs.question import Answer, Question
from codeinterview_desktop.ui.team.copy_dialog import CopyDialog

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from typing import Any

    from codeinterview_desktop.core.hosting import HostedRoom, HostRequest
    from codeinterview_desktop.core.joining import JoinedRoom
    from codeinterview_desktop.core.recent import RecentSession
    from codeinterview_desktop.core.services import Services
    from codeinterview_desktop.core.supervisor import ServerStatus
    from codeinterview_desktop.core.team import TeamStatus
    from codeinterview_desktop.theme.controller import ThemeController
    from codeinterview_desktop.ui.background import Background
    from codeinterview_desktop.ui.home.page import HomePage
    from codeinterview_desktop.ui.memory import Memory


class HomeFlow(QObject):
    """Connects the Home page with the core, until `stop()`.

    Signals:
        hosted(HostedRoom): a room was opened; show it.
        joined(JoinedRoom): somebody else's session was found; show it.
        settings_wanted(str): the settings are wanted, because of this problem's code.
        account_wanted(): the team server's account is wanted.
    """

    hosted = Signal(object)
    joined = Signal(object)
    settings_wanted = Signal(str)
    account_wanted = Signal()

    def __init__(
        self,
        page: HomePage,
        theme: ThemeController,
        services: Services,
        background: Background,
        memory: Memory,
    ) -> None:
        super().__init__(page)
        self._page = page
        self._theme = theme
        self._services = services
        self._background = background
        self._memory = memory
        self._searches = 0
        page.host.select_language(memory.current.language)
        page.host.host_requested.connect(self._host)
        page.host.place_chosen.connect(lambda place: memory.keep(place=place))
        page.host.account_requested.connect(self._want_account)
        page.team_banner.acted.connect(self.account_wanted)
        page.join.join_requested.connect(self._join)
        page.nearby.join_requested.connect(self._join_nearby)
        page.recent.search_requested.connect(self._search)
        page.recent.open_requested.connect(self._open_again)
        page.recent.end_requested.connect(self._ask_to_end)
        page.recent.delete_requested.connect(self._ask_to_delete)
        page.recent.copy_requested.connect(self._copy)
        page.recent.share_requested.connect(self._share)
        page.banner.acted.connect(self._mend_server)
        page.nearby.show_sessions(services.discovery.nearby)
        page.recent.show_looking()
        self._disconnects = [
            services.discovery.nearby_changed.connect(page.nearby.show_sessions),
            services.discovery.failed.connect(page.nearby.show_failure),
            services.recent.changed.connect(page.recent.ask),
            services.supervisor.changed.connect(self._server_changed),
            services.team.changed.connect(self._team_changed),
        ]
        self._show_server(services.supervisor.status)
        self._show_team(services.team.status)

    def refresh(self) -> None:
        """Ask again for what may have changed meanwhile."""
        self._page.recent.ask()

    def stop(self) -> None:
        """Hear nothing more. Safe to call twice."""
        for disconnect in self._disconnects:
            disconnect()

    def _run(
        self, work: Coroutine[Any, Any, Any], name: str, done: Any = None, failed: Any = None
    ) -> None:
        self._background.run(
            self._page,
            work,
            name,
            done=done or (lambda _result: None),
            failed=failed or self._complain,
        )

    def _complain(self, sentence: str) -> None:
        self._page.banner.say(sentence, "danger")

    # Host and Join.

    def _host(self, request: HostRequest) -> None:
        self._page.host.set_busy(True)
        self._run(
            self._services.hosting.host(replace(request, policy=self._memory.current.policy)),
            "host",
            partial(self._was_hosted, request),
            self._was_not_hosted,
        )

    def _was_hosted(self, request: HostRequest, room: HostedRoom) -> None:
        self._page.host.set_busy(False)
        self._page.host.clear()
        self._memory.keep(language=request.language)
        self.hosted.emit(room)

    def _was_not_hosted(self, sentence: str) -> None:
        self._page.host.set_busy(False)
        self._page.show_host_error(sentence)

    def _join(self, text: str) -> None:
        self._page.join.set_busy(True)
        self._run(
            self._services.joining.resolve(text), "join", self._was_found, self._was_not_found
        )

    def _was_found(self, found: JoinedRoom) -> None:
        self._page.join.set_busy(False)
        self._page.join.clear()
        self._enter(found)

    def _was_not_found(self, sentence: str) -> None:
        self._page.join.set_busy(False)
        self._page.show_join_error(sentence)

    def _join_nearby(self, key: str) -> None:
        self._run(self._services.joining.nearby(key), "join nearby", self._enter)

    def _enter(self, found: JoinedRoom) -> None:
        """Open what was found; one's own session as its host, not as a guest."""
        for room in self._services.hosting.rooms:
            if room.page_url == f"{found.origin}/s/{found.session_id}":
                self.hosted.emit(room)
                return
        if found.session_id is None:
            self.joined.emit(found)
        elif found.origin == self._services.supervisor.status.url:
            self._reopen(SessionRef(found.session_id))
        elif found.origin in (self._services.team.url, self._services.team.public_url):
            # One's own, or shared; somebody else's is joined like any other.
            self._run(
                self._services.hosting.reopen(found.session_id, Place.TEAM),
                "reopen",
                self.hosted.emit,
                lambda _sentence: self.joined.emit(found),
            )
        else:
            self.joined.emit(found)

    # Recent.

    def _search(self, query: str) -> None:
        self._searches += 1
        number = self._searches

        def show(found: tuple[RecentSession, ...]) -> None:
            # An answer to an older question would put back what was typed away.
            if number == self._searches:
                self._page.recent.show_sessions(found, query)

        self._run(
            self._services.recent.search(query),
            "search recent",
            show,
            self._page.recent.show_failure,
        )

    def _open_again(self, session: RecentSession) -> None:
        if session.hosted:
            self._reopen(session.ref)
        elif session.url is not None:
            self._run(self._services.joining.resolve(session.url), "join again", self._enter)

    def _reopen(self, ref: SessionRef) -> None:
        self._run(
            self._services.hosting.reopen(ref.session_id, ref.place), "reopen", self.hosted.emit
        )

    def _copy(self, session: RecentSession) -> None:
        dialog = CopyDialog(
            self._theme, self._page.window(), self._services, self._background, session
        )
        dialog.open_requested.connect(self._reopen)
        dialog.open()

    def _share(self, session: RecentSession) -> None:
        share = partial(self._services.hosting.share, session.session_id, shared=not session.shared)
        if session.shared:
            self._run(share(), "stop sharing")
            return
        self._ask(
            f"Share “{session.title}” with the team?",
            "Everybody who has a key for this server can then open it as interviewer, admit and"
            " remove people, end and delete it.",
            Answer("&Share", lambda: self._run(share(), "share"), "primary"),
        )

    def _ask_to_end(self, session: RecentSession) -> None:
        self._ask(
            f"End “{session.title}” for everyone?",
            "Nobody can join or type any more. The interview stays here to read.",
            Answer(
                "&End for everyone",
                lambda: self._run(
                    self._services.hosting.end(session.session_id, session.place), "end"
                ),
                "danger",
            ),
        )

    def _ask_to_delete(self, session: RecentSession) -> None:
        if not session.hosted:
            self._services.recent.forget(session.url or "")
            return
        self._ask(
            f"Delete “{session.title}”?",
            "Code, output and everything else of this interview is deleted for good. Whoever is in"
            " it is cut off.",
            Answer(
                "&Delete for good",
                lambda: self._run(
                    self._services.hosting.delete(session.session_id, session.place), "delete"
                ),
                "danger",
            ),
        )

    def _ask(self, title: str, sentence: str, answer: Answer) -> None:
        Question(
            self._theme, self._page.window(), title=title, sentence=sentence, answers=(answer,)
        ).open()

    # The team's server.

    def choose_team(self) -> None:
        """The user has just signed in, to host there."""
        self._memory.keep(place=Place.TEAM)
        self._page.host.select_place(Place.TEAM)

    def _want_account(self) -> None:
        self.account_wanted.emit()

    def _team_changed(self, before: TeamStatus, now: TeamStatus) -> None:
        self._show_team(now)
        if now.is_signed_in and not before.is_signed_in:
            self._page.host.select_place(self._memory.current.place)

    def _show_team(self, status: TeamStatus) -> None:
        self._page.host.show_team(status)
        self._page.recent.offer_copies(to_team=status.is_signed_in)
        banner = self._page.team_banner
        if status.state is TeamState.REFUSED:
            banner.say(status.problem, "danger", "Sign &in…")
        elif status.state is TeamState.UNREACHABLE:
            banner.say(status.problem, "warning", "&Team server…")
        elif status.problem:
            banner.say(status.problem, "warning", "Sign &in…")
        else:
            banner.hide()

    # The server.

    def _server_changed(self, before: ServerStatus, now: ServerStatus) -> None:
        self._show_server(now)
        if before.state is not now.state and now.state in (ServerState.READY, ServerState.FAILED):
            self.refresh()

    def _show_server(self, status: ServerStatus) -> None:
        """Say on Home what the user should know of the server, and take it back when it is over."""
        banner = self._page.banner
        wanted = self._services.settings.current.port
        if status.state is ServerState.FAILED and status.problem is not None:
            banner.say(status.problem, "danger", "&Try again")
        elif status.state is ServerState.READY and wanted not in (0, status.port):
            banner.say(
                f"Port {wanted} is used by another program, so links use port {status.port} this"
                " time.",
                "warning",
                "&Settings…",
            )
        elif status.state in (ServerState.STARTING, ServerState.READY):
            banner.hide()

    def _mend_server(self) -> None:
        if self._services.supervisor.status.state is ServerState.FAILED:
            self._services.supervisor.start()
        else:
            self.settings_wanted.emit("PORT_BUSY")
