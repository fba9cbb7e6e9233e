"""The host key's file: 256 random bits that only this user may read, made at first start."""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Final

FILE_NAME: Final = "host.key"


def read_or_create(data_dir: Path) -> str:
    """Returns the host key of a data directory, making it when there is none.

    A file that others may read is made private again.

    Raises:
        OSError: The file can be neither read nor written.
    """
    path = data_dir / FILE_NAME
    with suppress(FileNotFoundError):
        key = path.read_text("ascii", errors="replace").strip()
        if os.name != "nt" and path.stat().st_mode & 0o077:
            path.chmod(0o600)
        if key:
            return key
    key = new()
    write(data_dir, key)
    return key


def new() -> str:
    """Returns a key that nobody has yet."""
    return secrets.token_urlsafe(32)


def write(data_dir: Path, key: str) -> None:
    """Makes a key the data directory's; one that is there already is replaced.

    Raises:
        OSError: It cannot be written.
    """
    path = data_dir / FILE_NAME
    # Complete or absent: a crash half-way must not leave half a key behind.
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"{key}\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
