"""As root, PostgreSQL's account gets through, but no home directory is opened for it."""

import os
import shutil
import stat
from pathlib import Path

import pytest

from codeinterview_server.db import postgres_programs
from codeinterview_server.db.embedded import EmbeddedPostgres
from codeinterview_server.db.errors import DatabaseStartError
from codeinterview_server.db.postgres_programs import find_programs

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="this is about root")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def copies_in(data_dir: Path) -> list[Path]:
    return list(data_dir.glob("postgres-programs-*"))


def test_others_may_pass_but_not_look(data_dir: Path) -> None:
    below = data_dir / "a" / "b"
    below.mkdir(parents=True)
    for path in (data_dir, data_dir / "a", below):
        path.chmod(0o700)
    find_programs(below)
    assert [mode(path) for path in (data_dir, data_dir / "a", below)] == [0o701] * 3


def test_a_home_directory_stays_closed(data_dir: Path) -> None:
    home = data_dir / "somebody"
    (home / "data").mkdir(parents=True)
    os.chown(home, 12345, 12345)
    home.chmod(0o700)
    with pytest.raises(DatabaseStartError, match=f"cannot enter {home}.*--data-dir"):
        find_programs(home / "data")
    assert mode(home) == 0o700


async def test_programs_out_of_reach_are_copied(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = find_programs(data_dir).directory.parents[1]
    hidden = data_dir / "hidden" / package.name
    shutil.copytree(package / "pginstall18", hidden / "pginstall18", symlinks=True)
    shutil.copytree(
        package.with_name(f"{package.name}.libs"), data_dir / "hidden" / f"{package.name}.libs"
    )
    (data_dir / "hidden").chmod(0o700)
    monkeypatch.setattr(postgres_programs, "_package", lambda: hidden)
    postgres = EmbeddedPostgres(data_dir)
    try:
        assert await postgres.start()
    finally:
        await postgres.stop()
    assert mode(data_dir / "hidden") == 0o700
    copies = copies_in(data_dir)
    assert len(copies) == 1
    assert find_programs(data_dir).directory.is_relative_to(copies[0])
