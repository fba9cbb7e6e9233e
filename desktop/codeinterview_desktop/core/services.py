"""Everything the windows need, put together by `app.py`."""

from __future__ import annotations

from dataclasses import dataclass, field

from .copying import Copying
from .discovery import Discovery
from .doctor.doctor import Doctor
from .events import Signal
from .hosting import Hosting
from .joining import Joining
from .paths import AppPaths
from .recent import Recent
from .reports import Reports
from .settings import SettingsStore
from .supervisor import ServerSupervisor
from .tasks import BackgroundTasks
from .team import TeamServer
from .tunnels.internet import Internet


@dataclass(frozen=True, slots=True)
class Services:
    """The app's logic, handed to `ui.main_window.MainWindow(services)`.

    Windows start asynchronous work with `tasks.start(coroutine, name)`. They announce
    `quit_requested` when the user wants the whole app to end; `app.py` then stops everything.
    `app.py` calls the window's `show()`, `present()` (a second start wants it in front) and
    `close_for_quit()` (close without asking).

    Windows call `reports.listen(on_problem, on_notice)` once and show what arrives.
    """

    paths: AppPaths
    settings: SettingsStore
    reports: Reports
    tasks: BackgroundTasks
    supervisor: ServerSupervisor
    discovery: Discovery
    hosting: Hosting
    internet: Internet
    doctor: Doctor
    joining: Joining
    recent: Recent
    team: TeamServer
    copying: Copying
    quit_requested: Signal[[]] = field(default_factory=Signal)
