"""The composition root of the desktop app: puts the objects together and ends them in order.

The server child starts first; what the window needs is imported while it comes up.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import secrets
import signal
import sys
import time
from functools import partial
from typing import TYPE_CHECKING

import qasync
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QApplication, QMessageBox

from .core.failure_details import details_of
from .core.failure_words import failure_words
from .core.logs import log_to
from .core.paths import AppPaths, app_paths
from .core.reports import Reports
from .core.server_command import server_command
from .core.settings import SettingsStore
from .core.supervisor import Pace, ServerOptions, ServerSupervisor
from .core.tasks import BackgroundTasks
from .process.crash_log import CrashLog
from .process.failures import FailureCatcher
from .process.garbage import GarbageCollector
from .process.link_events import LinkEvents
from .process.qprocess import QtChildProcess
from .process.single_instance import SingleInstance
from .webview.isolation import isolate_frames

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .core.child import ChildProcess, Command
    from .core.discovery import Discovery
    from .core.network_watch import NetworkWatch
    from .core.own_server import OwnServer
    from .core.services import Services
    from .core.showing import Showing
    from .core.team import TeamServer
    from .core.tunnels.internet import Internet
    from .ui.main_window import MainWindow

_log = logging.getLogger(__name__)

NAME = "CodeInterview"
ROOT_REFUSAL = (
    "CodeInterview's web view keeps its sandbox, which does not work for root."
    " Start the app as an ordinary user, or run `codeinterview serve` for the server alone."
)
ALREADY_OPEN = "CodeInterview is already running; its window comes to the front."
CRASHED_TITLE = "CodeInterview ended unexpectedly last time"
CRASHED = (
    "What was typed and run in your interviews is kept. If it happens again, copy the details and"
    " report them."
)
CANNOT_GO_ON = "CodeInterview had to close. Start it again; if this stays, look into {log}."
_STOP_LIMIT_S = 30.0


class DesktopApp:
    """Everything of one run of the app, from `start()` to `stop()`.

    Needs a QApplication and qasync's loop running.

    Args:
        paths: where its files are.
        reports: what tells the user.
        on_task_failure: told of background tasks that fail.
        interfaces: addresses of the interfaces to discover on; None uses all of them.
        pace: how patient the supervisor is.
    """

    def __init__(
        self,
        paths: AppPaths,
        reports: Reports,
        *,
        on_task_failure: Callable[[str, BaseException], None] | None = None,
        interfaces: Sequence[str] | None = None,
        pace: Pace | None = None,
    ) -> None:
        self.settings = SettingsStore(paths.settings_file)
        self.reports = reports
        self.tasks = BackgroundTasks(on_task_failure)
        self.quit = asyncio.Event()
        self._paths = paths
        self._interfaces = interfaces
        self._run_key = secrets.token_urlsafe(32)
        current = self.settings.current
        self.supervisor = ServerSupervisor(
            options=ServerOptions(current.port, current.allow_network, current.database_url),
            command=server_command(paths, self._run_key),
            spawn=self._spawn,
            reports=reports,
            explain=partial(failure_words, data=paths.data),
            log_path=paths.server_log,
            pace=pace,
        )
        self._discovery: Discovery | None = None
        self._network: NetworkWatch | None = None
        self._showing: Showing | None = None
        self._internet: Internet | None = None
        self._server: OwnServer | None = None
        self._team: TeamServer | None = None
        self._services: Services | None = None
        self._window: MainWindow | None = None

    @property
    def services(self) -> Services:
        """The app's logic, once started."""
        if self._services is None:
            raise RuntimeError("The app was not started.")
        return self._services

    @property
    def window(self) -> MainWindow:
        """The main window, once started."""
        if self._window is None:
            raise RuntimeError("The app was not started.")
        return self._window

    def start(self) -> None:
        """Start the server and the logic, and show the window without waiting for them."""
        self.start_services()
        from .ui.main_window import MainWindow

        self._window = MainWindow(self.services)
        self._window.show()

    def start_services(self) -> None:
        """Start everything but the window; the server first."""
        self.supervisor.start()
        if self.settings.notice is not None:
            self.reports.notice(self.settings.notice)
        services = self._services = self._put_together()
        services.hosting.start()
        if self._network is not None:
            self._network.start()
        services.team.start()
        self.tasks.start(services.discovery.start(), "start discovery")

    def present(self) -> None:
        """Bring the window to the front."""
        if self._window is not None:
            self._window.present()

    def open_link(self, link: str) -> None:
        """Offer to join by a `codeinterview:` link."""
        if self._window is not None:
            self._window.offer_link(link)

    async def stop(self) -> None:
        """Close the window, withdraw what is advertised, stop the server. Safe to call twice."""
        if self._window is not None:
            self._window.close_for_quit()
            self._window = None
        try:
            async with asyncio.timeout(_STOP_LIMIT_S):
                await asyncio.gather(self._leave_network(), self.supervisor.stop())
        except TimeoutError:
            _log.error("Stopping took too long")
        await self.tasks.stop()
        # Last, because tasks ask through their clients.
        for server in (self._team, self._server):
            if server is not None:
                await server.stop()

    async def _leave_network(self) -> None:
        # Before the rooms, so that nobody comes in while they close.
        if self._internet is not None:
            await self._internet.stop()
        if self._services is not None:
            await self._services.hosting.stop()
            await self._services.joining.stop()
        if self._showing is not None:
            await self._showing.stop()
        if self._network is not None:
            await self._network.stop()
        if self._discovery is not None:
            await self._discovery.stop()

    def _put_together(self) -> Services:
        from .core.addresses import advertised_addresses, usable_addresses
        from .core.copying import Copying
        from .core.discovery import Discovery
        from .core.doctor.doctor import Doctor
        from .core.hosting import Hosting
        from .core.joining import Joining
        from .core.key_store import KeyStore
        from .core.link_check import LinkCheck
        from .core.network_watch import NetworkWatch
        from .core.own_server import OwnServer
        from .core.places import Place
        from .core.public_link import PublicLink
        from .core.recent import Recent, RecentFile
        from .core.server_command import listens_on_ipv6
        from .core.services import Services
        from .core.showing import FrontPage, Showing
        from .core.team import TeamServer
        from .core.tunnels.internet import Internet
        from .core.tunnels.link_announcer import LinkAnnouncer
        from .core.tunnels.maker import TunnelMaker

        ipv6 = listens_on_ipv6()
        server = self._server = OwnServer(self.supervisor, self.settings, self._run_key, self.tasks)
        interfaces = self._interfaces
        discovery = self._discovery = Discovery(
            interfaces,
            addresses=lambda: interfaces or advertised_addresses(ipv6=ipv6),
        )
        discovery.failed.connect(self.reports.notice)
        recent_file = RecentFile(self._paths.recent_file)
        network = self._network = NetworkWatch(
            self.tasks,
            look=lambda: (
                usable_addresses(allow_network=True, ipv6=ipv6),
                advertised_addresses(ipv6=ipv6),
            ),
        )
        network.changed.connect(self._rediscover)
        showing = self._showing = Showing(
            settings=self.settings,
            supervisor=self.supervisor,
            discovery=discovery,
            front_page=FrontPage(server, self.supervisor, self.tasks),
            tasks=self.tasks,
        )
        team = self._team = TeamServer(self.settings, KeyStore(), self.tasks)
        recent = Recent(recent_file, server.client, team)
        public = PublicLink()
        hosting = Hosting(
            settings=self.settings,
            supervisor=self.supervisor,
            server=server,
            team=team,
            discovery=discovery,
            recent=recent,
            network=network,
            showing=showing,
            recent_file=recent_file,
            tasks=self.tasks,
            addresses=lambda allowed: usable_addresses(allow_network=allowed, ipv6=ipv6),
            public=public,
        )
        internet = self._internet = Internet(
            hosting=hosting,
            supervisor=self.supervisor,
            settings=self.settings,
            maker=TunnelMaker(self._paths.config, self._spawn_keeper, self.tasks),
            announcer=LinkAnnouncer(server, self.supervisor, self.tasks),
            public=public,
            check=LinkCheck(self.tasks),
            tasks=self.tasks,
        )
        services = Services(
            paths=self._paths,
            settings=self.settings,
            reports=self.reports,
            tasks=self.tasks,
            supervisor=self.supervisor,
            discovery=discovery,
            hosting=hosting,
            internet=internet,
            doctor=Doctor(
                supervisor=self.supervisor,
                settings=self.settings,
                internet=internet,
                addresses=lambda: usable_addresses(allow_network=True, ipv6=ipv6),
                ipv6=ipv6,
            ),
            joining=Joining(discovery, recent, server.client),
            recent=recent,
            team=team,
            copying=Copying({Place.HERE: server, Place.TEAM: team}, self._paths.data, recent),
        )
        services.quit_requested.connect(self.quit.set)
        return services

    def _rediscover(self) -> None:
        if self._discovery is not None:
            self.tasks.start(self._discovery.refresh(), "discover on other networks")

    def _spawn(self, command: Command) -> ChildProcess:
        return QtChildProcess(command, self._paths.server_log)

    def _spawn_keeper(self, command: Command) -> ChildProcess:
        return QtChildProcess(command, self._paths.tunnel_log)


def run(link: str | None = None) -> int:
    """Open the app and return its exit status when the user quits.

    Args:
        link: a `codeinterview:` link to offer once the window is there.
    """
    began_s = time.perf_counter()
    paths = app_paths()
    log_handler = log_to(paths.app_log)
    isolate_frames(os.environ)
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    qt = QApplication(sys.argv[:1])
    qt.setApplicationName(NAME)
    qt.setApplicationDisplayName(NAME)
    qt.setDesktopFileName("codeinterview")
    qt.setQuitOnLastWindowClosed(False)
    refusal = root_refusal(os.environ)
    if refusal is not None:
        _refuse(refusal)
        return 1
    instance = SingleInstance(paths.data)
    if not instance.acquire(link):
        print(ALREADY_OPEN)
        return 0
    reports = Reports()
    crash_log = CrashLog(paths.crash_log)
    left = crash_log.start()
    if left:
        reports.problem(CRASHED_TITLE, CRASHED, paths.app_log, details_of(left))
    links = LinkEvents(qt)
    instance.link.connect(links.link.emit)
    failures = FailureCatcher(reports, paths.app_log)
    failures.install()
    garbage = GarbageCollector()
    garbage.start()
    loop = qasync.QEventLoop(qt)
    loop.set_exception_handler(failures.on_loop_failure)
    try:
        with loop:
            loop.run_until_complete(_live(paths, failures, reports, instance, links, link, began_s))
    except Exception:
        _log.exception("The app cannot go on")
        _refuse(CANNOT_GO_ON.format(log=paths.app_log))
        return 1
    finally:
        garbage.stop()
        failures.remove()
        crash_log.stop()
        instance.release()
        if log_handler is not None:
            logging.getLogger().removeHandler(log_handler)
            log_handler.close()
    return 0


async def _live(
    paths: AppPaths,
    failures: FailureCatcher,
    reports: Reports,
    instance: SingleInstance,
    links: LinkEvents,
    link: str | None,
    began_s: float,
) -> None:
    app = DesktopApp(
        paths,
        reports,
        on_task_failure=failures.on_task_failure,
        interfaces=discovery_interfaces(os.environ),
    )
    _quit_on_signals(app)
    instance.present.connect(app.present)
    links.link.connect(app.open_link)
    try:
        app.start()
        if link is not None:
            app.open_link(link)
        _log.info("Window after %.2f s", time.perf_counter() - began_s)
        await app.quit.wait()
    finally:
        await app.stop()


def _quit_on_signals(app: DesktopApp) -> None:
    loop = asyncio.get_running_loop()
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None:
            # `signal.signal` alone is never heard while Qt idles.
            with contextlib.suppress(NotImplementedError):
                loop.add_signal_handler(number, app.quit.set)


def discovery_interfaces(environ: Mapping[str, str]) -> tuple[str, ...] | None:
    """The interfaces to discover on, from `CODEINTERVIEW_DISCOVERY_INTERFACES`; None for all.

    The variable holds addresses of interfaces, separated by commas.
    """
    text = environ.get("CODEINTERVIEW_DISCOVERY_INTERFACES", "")
    return tuple(part.strip() for part in text.split(",") if part.strip()) or None


def root_refusal(environ: Mapping[str, str]) -> str | None:
    """Why the app cannot open as this user, as a sentence, or None when it can."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return None
    return None if environ.get("QTWEBENGINE_DISABLE_SANDBOX") == "1" else ROOT_REFUSAL


def _refuse(sentence: str) -> None:
    print(sentence, file=sys.stderr)
    if QApplication.platformName() not in ("offscreen", "minimal"):
        QMessageBox.critical(None, NAME, sentence)
