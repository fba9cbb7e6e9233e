"""One program to a data directory, and a clear word to the second."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from codeinterview_server.data_dir import AlreadyRunningError, DataDir, DataDirError

HOLDER = """
import sys
from pathlib import Path
from codeinterview_server.data_dir import DataDir
directory = DataDir(Path(sys.argv[1]))
directory.open()
print("held", flush=True)
sys.stdin.read()
"""


def test_it_is_made_private(data_dir: Path) -> None:
    directory = DataDir(data_dir / "deep" / "down")
    directory.open()
    assert stat.S_IMODE(directory.path.stat().st_mode) == 0o700
    directory.close()
    directory.close()


def test_the_second_is_told_until_the_first_is_gone(data_dir: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(data_dir)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    second = DataDir(data_dir)
    with pytest.raises(AlreadyRunningError, match=f"{data_dir}.*--data-dir"):
        second.open()
    holder.kill()
    holder.communicate(timeout=10)
    second.open()
    second.close()


def test_a_place_that_cannot_be_written(data_dir: Path) -> None:
    (data_dir / "file").touch()
    with pytest.raises(DataDirError, match=r"cannot be written.*--data-dir"):
        DataDir(data_dir / "file" / "below").open()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_place(data_dir: Path) -> None:
    data_dir.chmod(0o500)
    with pytest.raises(DataDirError, match="Permission denied"):
        DataDir(data_dir).open()
    data_dir.chmod(0o700)
