"""The built app, unpacked for a user who has nothing else."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.packaging.built.user import ROOT, User, outer_uid
from tests.support.display import Display, display

if TYPE_CHECKING:
    from collections.abc import Iterator

DIST = ROOT / "dist"


@pytest.fixture(scope="session", autouse=True)
def alone() -> None:
    """Only loopback: what the app needs from elsewhere would be missed here."""
    interfaces = {name for _number, name in socket.if_nameindex()}
    assert interfaces == {"lo"}, "Run this by packaging/selftest"


@pytest.fixture(scope="session")
def archive() -> Path:
    """The newest portable archive."""
    found = sorted(
        DIST.glob("codeinterview-*-linux-*.tar.gz"), key=lambda path: path.stat().st_mtime
    )
    assert found, "There is no built app: run `make build`"
    return found[-1]


@pytest.fixture(scope="session")
def package() -> Path:
    """The newest package for Debian's relatives."""
    found = sorted(DIST.glob("codeinterview_*.deb"), key=lambda path: path.stat().st_mtime)
    assert found, "There is no package: run `make build`"
    return found[-1]


@pytest.fixture(scope="session")
def unpacked(archive: Path) -> Iterator[Path]:
    """The folder that the archive holds; root's, so that the app cannot write into it."""
    folder = Path(tempfile.mkdtemp(prefix="ci-app-"))
    folder.chmod(0o755)
    subprocess.run(["tar", "-xzf", archive, "-C", folder], check=True, timeout=120)
    yield next(folder.iterdir())
    shutil.rmtree(folder)


@pytest.fixture
def user(unpacked: Path) -> Iterator[User]:
    """A user with an empty home; PostgreSQL's sockets need its path short."""
    uid = int(os.environ["SELFTEST_UID"])
    home = Path(tempfile.mkdtemp(prefix="ci-"))
    (home / "run").mkdir(mode=0o700)
    if outer_uid() == 0:
        for path in (home, home / "run"):
            os.chown(path, uid, uid)
    yield User(uid, home, unpacked / "codeinterview")
    shutil.rmtree(home)


@pytest.fixture
def screen() -> Iterator[Display]:
    with display() as made:
        yield made
