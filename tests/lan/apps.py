"""Apps on the hosts of a network, driven by a test."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import threading
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support.namespaces import Host

APP_PEER = Path(__file__).with_name("app_peer.py")
PATIENCE_S = 60.0

Entry = list[str]


class App:
    """One running `app_peer.py`, and everything that it said."""

    def __init__(self, host: Host, folder: Path, name: str) -> None:
        self.host = host
        self.said: list[tuple[str, Any]] = []
        self._heard = threading.Condition()
        self._log = (folder / "stderr").open("w")
        self._process = subprocess.Popen(
            [*host.wrapper, sys.executable, str(APP_PEER), str(folder), name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, name=f"app of {name}")
        self._reader.start()
        self.port = int(self._until(lambda: self._all("ready"), "ready")[0])

    @property
    def nearby(self) -> list[Entry]:
        """The sessions that it shows as nearby now: id, title, host's name, address."""
        said = self._all("nearby")
        return said[-1] if said else []

    @property
    def name(self) -> str | None:
        """Its `.local` name now."""
        said = self._all("name")
        return said[-1] if said else None

    def until(self, condition: Callable[[], object], what: str) -> None:
        """Return once something is so that what it says decides."""
        self._until(condition, what)

    def until_nearby(self, *wanted: Entry) -> None:
        """Return once exactly these sessions are shown, in whatever order."""
        self._until(lambda: sorted(self.nearby) == sorted(wanted), f"nearby {wanted}")

    def do(self, word: str, *rest: object) -> Any:
        """Have it do something; return what came of it."""
        done = len(self._all(word))
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([word, *rest]) + "\n")
        self._process.stdin.flush()
        return self._until(lambda: self._all(word)[done:], word)[0]

    def close(self) -> None:
        """End it as a user does, and wait for its end; it may have been killed already."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.wait(PATIENCE_S)
        self._reader.join(PATIENCE_S)
        self._process.stdout.close()
        self._log.close()

    def _all(self, what: str) -> list[Any]:
        return [value for said, value in tuple(self.said) if said == what]

    def _until(self, condition: Callable[[], Any], what: str) -> Any:
        with self._heard:
            found = self._heard.wait_for(condition, PATIENCE_S)
        assert found, (
            f"{what}; it said {self.said[-5:]}; {Path(self._log.name).read_text()[-2000:]}"
        )
        return found

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            what, value = json.loads(line)
            with self._heard:
                self.said.append((what, value))
                self._heard.notify_all()


@contextmanager
def app(host: Host, name: str = "Ines") -> Iterator[App]:
    """The app of somebody of this name, until the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="ci-"))
    running = App(host, folder, name)
    try:
        yield running
    finally:
        running.close()
        shutil.rmtree(folder)
