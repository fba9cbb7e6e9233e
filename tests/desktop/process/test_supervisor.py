"""The supervisor's policy with real processes under QProcess."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.desktop.support import until

from codeinterview_desktop.core.child import ChildProcess, Command
from codeinterview_desktop.core.reports import Notice, Problem, Reports
from codeinterview_desktop.core.supervisor import (
    Pace,
    ServerAwayError,
    ServerOptions,
    ServerState,
    ServerStatus,
    ServerSupervisor,
)
from codeinterview_desktop.process.qprocess import QtChildProcess

FAKE = Path(__file__).with_name("fake_server.py")
QUICK = Pace(
    backoff_s=(0.01, 0.01, 0.01),
    settled_s=60.0,
    start_limit_s=20.0,
    stop_limit_s=10.0,
    terminate_limit_s=10.0,
    port_tries=3,
    lock_limit_s=10.0,
    lock_retry_s=0.01,
)


class Bench:
    """A supervisor on the fake server, and what it said."""

    def __init__(self, folder: Path, plan: str, port: int = 5000, pace: Pace = QUICK) -> None:
        (folder / "plan").write_text(plan)
        self.folder = folder
        self.problems: list[Problem] = []
        self.notices: list[str] = []
        reports = Reports()
        reports.listen(self.problems.append, self._note)
        self.supervisor = ServerSupervisor(
            options=ServerOptions(port, False, None),
            command=self._command,
            spawn=self._spawn,
            reports=reports,
            log_path=folder / "server.log",
            pace=pace,
        )
        self.states: list[ServerState] = []
        self.supervisor.changed.connect(lambda _, now: self.states.append(now.state))

    @property
    def starts(self) -> list[dict[str, int]]:
        file = self.folder / "starts"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    async def until_state(self, state: ServerState) -> None:
        await until(
            self.supervisor.changed, lambda: self.supervisor.status.state is state, str(state)
        )

    def _note(self, notice: Notice) -> None:
        self.notices.append(notice.sentence)

    def _command(self, options: ServerOptions, port: int) -> Command:
        return Command(sys.executable, (str(FAKE), str(self.folder), str(port)))

    def _spawn(self, command: Command) -> ChildProcess:
        return QtChildProcess(command, self.folder / "server.log")


RunOnQt = Callable[..., Any]


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_start_and_stop(on_qt: RunOnQt, tmp_path: Path) -> None:
    bench = Bench(tmp_path, "ready")

    async def story() -> None:
        bench.supervisor.start()
        bench.supervisor.start()
        assert await bench.supervisor.wait_ready() == "http://127.0.0.1:5000"
        pid = bench.supervisor.pid
        assert pid is not None
        assert is_alive(pid)
        await bench.supervisor.stop()
        await bench.supervisor.stop()
        assert not is_alive(pid)

    on_qt(story())
    assert bench.states == [
        ServerState.STARTING,
        ServerState.READY,
        ServerState.STOPPING,
        ServerState.STOPPED,
    ]
    assert len(bench.starts) == 1
    assert bench.problems == []
    assert "a word to the log" in (tmp_path / "server.log").read_text()


def test_a_killed_server_comes_back_on_the_same_port(on_qt: RunOnQt, tmp_path: Path) -> None:
    bench = Bench(tmp_path, "ready", port=0)

    async def story() -> None:
        bench.supervisor.start()
        await bench.until_state(ServerState.READY)
        pid = bench.supervisor.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        await bench.until_state(ServerState.RESTARTING)
        assert bench.supervisor.status.url is None
        assert await bench.supervisor.wait_ready() == "http://127.0.0.1:40404"
        await bench.supervisor.stop()

    on_qt(story())
    # Port 0 took a free one the first time, and that one is kept.
    assert [each["port"] for each in bench.starts] == [0, 40404]
    assert len(bench.notices) == 2
    assert bench.problems == []


@pytest.mark.parametrize("plan", ["crash", "ready crash"])
def test_repeated_crashes_end_in_a_problem(on_qt: RunOnQt, tmp_path: Path, plan: str) -> None:
    bench = Bench(tmp_path, plan)

    async def story() -> None:
        bench.supervisor.start()
        if plan.startswith("ready"):
            await bench.until_state(ServerState.READY)
            pid = bench.supervisor.pid
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
        await bench.until_state(ServerState.FAILED)
        with pytest.raises(ServerAwayError, match="several times"):
            await bench.supervisor.wait_ready()

    on_qt(story())
    assert len(bench.starts) == 4
    assert bench.supervisor.status.problem_code == "EXITED"
    (problem,) = bench.problems
    assert problem.log_path == tmp_path / "server.log"


def test_after_a_failure_it_can_be_started_again(on_qt: RunOnQt, tmp_path: Path) -> None:
    bench = Bench(tmp_path, "DATABASE ready")

    async def story() -> None:
        bench.supervisor.start()
        await bench.until_state(ServerState.FAILED)
        assert bench.supervisor.status.problem == "A sentence about it."
        bench.supervisor.start()
        await bench.until_state(ServerState.READY)
        await bench.supervisor.stop()

    on_qt(story())
    (problem,) = bench.problems
    assert problem.title == "The database cannot be reached"


def test_a_busy_port_leads_to_the_next_and_is_said(on_qt: RunOnQt, tmp_path: Path) -> None:
    bench = Bench(tmp_path, "PORT_BUSY PORT_BUSY ready")

    async def story() -> None:
        bench.supervisor.start()
        assert await bench.supervisor.wait_ready() == "http://127.0.0.1:5002"
        await bench.supervisor.stop()

    on_qt(story())
    assert [each["port"] for each in bench.starts] == [5000, 5001, 5002]
    (notice,) = bench.notices
    assert "5000" in notice
    assert "5002" in notice
    assert bench.problems == []


def test_only_busy_ports_are_a_problem(on_qt: RunOnQt, tmp_path: Path) -> None:
    bench = Bench(tmp_path, "PORT_BUSY")

    async def story() -> None:
        bench.supervisor.start()
        await bench.until_state(ServerState.FAILED)

    on_qt(story())
    assert [each["port"] for each in bench.starts] == [5000, 5001, 5002, 5003]
    assert bench.supervisor.status.problem_code == "PORT_BUSY"


def test_a_port_that_is_busy_on_return_is_waited_for(on_qt: RunOnQt, tmp_path: Path) -> None:
    bench = Bench(tmp_path, "ready PORT_BUSY ready")

    async def story() -> None:
        bench.supervisor.start()
        await bench.until_state(ServerState.READY)
        pid = bench.supervisor.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        await bench.until_state(ServerState.RESTARTING)
        await bench.until_state(ServerState.READY)
        await bench.supervisor.stop()

    on_qt(story())
    assert [each["port"] for each in bench.starts] == [5000, 5000, 5000]


def test_a_data_directory_in_use_is_waited_for_a_while(on_qt: RunOnQt, tmp_path: Path) -> None:
    bench = Bench(tmp_path, "ALREADY_RUNNING ALREADY_RUNNING ALREADY_RUNNING ready")

    async def story() -> None:
        bench.supervisor.start()
        await bench.until_state(ServerState.READY)
        await bench.supervisor.stop()

    on_qt(story())
    assert len(bench.starts) == 4


@pytest.mark.parametrize(
    ("code", "title"),
    [
        ("DATA_DIR", "The data folder cannot be used"),
        ("SCHEMA_NEWER", "The data belongs to a newer version"),
        ("CONFIG", "A setting is not valid"),
        ("ALREADY_RUNNING", "Another program uses the data folder"),
        ("SOMETHING_NEW", "The server does not run"),
    ],
)
def test_what_cannot_mend_itself_is_told_at_once(
    on_qt: RunOnQt, tmp_path: Path, code: str, title: str
) -> None:
    bench = Bench(tmp_path, code, pace=Pace(lock_limit_s=0.0))

    async def story() -> None:
        bench.supervisor.start()
        await bench.until_state(ServerState.FAILED)
        await bench.supervisor.stop()

    on_qt(story())
    assert len(bench.starts) == 1
    assert [(each.title, each.sentence) for each in bench.problems] == [
        (title, "A sentence about it.")
    ]


def test_a_server_that_says_nothing_is_given_up(on_qt: RunOnQt, tmp_path: Path) -> None:
    bench = Bench(tmp_path, "silent", pace=Pace(start_limit_s=0.5))

    async def story() -> None:
        bench.supervisor.start()
        await bench.until_state(ServerState.FAILED)

    on_qt(story())
    assert bench.supervisor.status.problem_code == "TOO_SLOW"


def test_a_deaf_server_is_killed(on_qt: RunOnQt, tmp_path: Path) -> None:
    bench = Bench(tmp_path, "deaf", pace=Pace(stop_limit_s=0.1, terminate_limit_s=0.1))

    async def story() -> None:
        bench.supervisor.start()
        await bench.until_state(ServerState.READY)
        pid = bench.supervisor.pid
        assert pid is not None
        await bench.supervisor.stop()
        assert not is_alive(pid)

    on_qt(story())
    assert bench.supervisor.status.state is ServerState.STOPPED


def test_stopping_between_two_tries(on_qt: RunOnQt, tmp_path: Path) -> None:
    bench = Bench(tmp_path, "ready", pace=Pace(backoff_s=(3600.0,)))

    async def story() -> None:
        bench.supervisor.start()
        await bench.until_state(ServerState.READY)
        pid = bench.supervisor.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        await bench.until_state(ServerState.RESTARTING)
        await bench.supervisor.stop()

    on_qt(story())
    assert bench.supervisor.status.state is ServerState.STOPPED
    assert len(bench.starts) == 1


def test_stopping_while_it_starts(on_qt: RunOnQt, tmp_path: Path) -> None:
    bench = Bench(tmp_path, "silent")

    async def story() -> None:
        bench.supervisor.start()
        await bench.supervisor.stop()

    on_qt(story())
    assert bench.supervisor.status.state is ServerState.STOPPED
    assert bench.problems == []


def test_restarting_with_other_options(on_qt: RunOnQt, tmp_path: Path) -> None:
    bench = Bench(tmp_path, "ready")

    async def story() -> None:
        bench.supervisor.start()
        await bench.until_state(ServerState.READY)
        await bench.supervisor.restart(ServerOptions(6000, True, None))
        assert await bench.supervisor.wait_ready() == "http://127.0.0.1:6000"
        await bench.supervisor.stop()

    on_qt(story())
    assert [each["port"] for each in bench.starts] == [5000, 6000]


def test_who_waits_during_a_restart_gets_the_new_server(on_qt: RunOnQt, tmp_path: Path) -> None:
    bench = Bench(tmp_path, "ready")

    async def story() -> None:
        supervisor = bench.supervisor
        supervisor.start()
        await bench.until_state(ServerState.READY)
        waiting: list[asyncio.Task[str]] = []

        def wait_too(_before: ServerStatus, now: ServerStatus) -> None:
            if now.state is ServerState.STOPPING and not waiting:
                waiting.append(asyncio.create_task(supervisor.wait_ready()))

        disconnect = supervisor.changed.connect(wait_too)
        await supervisor.restart(ServerOptions(6000, True, None))
        disconnect()
        assert await waiting[0] == "http://127.0.0.1:6000"
        await supervisor.stop()

    on_qt(story())
    assert ServerState.STOPPED in bench.states


def test_waiting_for_a_stopped_server_says_what_to_do(on_qt: RunOnQt, tmp_path: Path) -> None:
    bench = Bench(tmp_path, "ready")
    with pytest.raises(ServerAwayError, match="start it"):
        on_qt(bench.supervisor.wait_ready())


def test_a_program_that_is_not_there(on_qt: RunOnQt, tmp_path: Path) -> None:
    problems: list[Problem] = []
    reports = Reports()
    reports.listen(problems.append, lambda _: None)

    async def story() -> None:
        supervisor = ServerSupervisor(
            options=ServerOptions(5000, False, None),
            command=lambda options, port: Command(str(tmp_path / "absent"), ()),
            spawn=lambda command: QtChildProcess(command, tmp_path / "server.log"),
            reports=reports,
        )
        supervisor.start()
        with pytest.raises(ServerAwayError, match="could not be started"):
            await supervisor.wait_ready()

    on_qt(story())
    assert len(problems) == 1
