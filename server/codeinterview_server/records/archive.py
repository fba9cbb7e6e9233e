"""Zip files written atomically and privately, with a seal over every byte of a backup.

The seal is the zip's comment: a fixed text and the SHA-256 of everything before it. So any change
and any missing end is noticed before a single row is read, and every zip program reads the file.
"""

import hashlib
import os
import secrets
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final

from codeinterview_server.records.errors import DamagedBackup, FileFailed

SEAL: Final = b"CodeInterview backup; SHA-256 of all bytes before: "
_HEX_BYTES: Final = 64
_COMMENT_BYTES: Final = len(SEAL) + _HEX_BYTES
_END_BYTES: Final = 22
_END: Final = b"PK\x05\x06"
_CHUNK_BYTES: Final = 1024 * 1024


class _ZipFile(zipfile.ZipFile):
    def __del__(self) -> None:
        """Leaves one that was given up alone; the usual one writes its end, be the file closed."""


class ArchiveWriter:
    """Writes a zip file's members one after the other, without holding any of them in memory."""

    def __init__(self, file: IO[bytes], *, sealed: bool) -> None:
        self._file = file
        self._sealed = sealed
        self._zip = _ZipFile(file, "w", zipfile.ZIP_DEFLATED)
        self.at = datetime.now(UTC)
        """The time that the file bears."""

    @contextmanager
    def member(self, name: str) -> Iterator[IO[bytes]]:
        """Yields where one member's bytes are written to."""
        info = zipfile.ZipInfo(name, self.at.timetuple()[:6])
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = 0o600 << 16
        with self._zip.open(info, "w", force_zip64=True) as member:
            yield member

    def write(self, name: str, text: str) -> None:
        """Writes a whole member."""
        with self.member(name) as member:
            member.write(text.encode())

    def close(self) -> None:
        """Finishes the file, and seals it if it is to be sealed."""
        if self._sealed:
            self._zip.comment = SEAL + b"0" * _HEX_BYTES
        self._zip.close()
        if self._sealed:
            self._file.flush()
            size_bytes = self._file.seek(0, os.SEEK_END)
            digest = _digest(self._file, size_bytes - _HEX_BYTES)
            self._file.seek(size_bytes - _HEX_BYTES)
            self._file.write(digest)


@contextmanager
def new_archive(path: Path, *, sealed: bool) -> Iterator[ArchiveWriter]:
    """Yields a writer of a zip file that appears at its path whole, or not at all.

    Only this user may read it. A file that is there already is replaced at the end.

    Raises:
        FileFailed: It cannot be written; nothing is left of it.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        if path.is_dir():
            raise IsADirectoryError(0, "it is a directory")
        descriptor = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w+b") as file:
            writer = ArchiveWriter(file, sealed=sealed)
            yield writer
            writer.close()
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        _sync_directory(path.parent)
    except OSError as error:
        raise FileFailed(
            f"The file {path} cannot be written: {error.strerror or error}. "
            "Make room, or name another file."
        ) from error
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


@contextmanager
def open_sealed(path: Path) -> Iterator[zipfile.ZipFile]:
    """Yields a backup's zip file after its seal was found whole.

    Raises:
        DamagedBackup: It is no backup, or not as it was written.
        FileFailed: It cannot be read.
    """
    try:
        with path.open("rb") as file, read_sealed(file, f"file {path}") as archive:
            yield archive
    except OSError as error:
        raise FileFailed(
            f"The file {path} cannot be read: {error.strerror or error}. "
            "Check its name and permissions."
        ) from error


@contextmanager
def read_sealed(file: IO[bytes], what: str) -> Iterator[zipfile.ZipFile]:
    """Yields the zip file that an open file is, after its seal was found whole.

    Args:
        file: Stays open.
        what: What the sentences call it.

    Raises:
        DamagedBackup: It is no backup, or not as it was written.
    """
    _check_seal(file, what)
    with _open_zip(file, what) as archive:
        yield archive


def _check_seal(file: IO[bytes], what: str) -> None:
    size_bytes = file.seek(0, os.SEEK_END)
    end_bytes = _END_BYTES + _COMMENT_BYTES
    file.seek(max(0, size_bytes - end_bytes))
    end = file.read(end_bytes)
    if not end.startswith(_END) or end[_END_BYTES:-_HEX_BYTES] != SEAL:
        file.seek(0)
        if file.read(2) == _END[:2]:
            raise DamagedBackup(
                f"The {what} is no backup of CodeInterview, or its end is missing. "
                "Copy it again, or use another backup. Nothing was changed."
            )
        raise DamagedBackup(
            f"The {what} is not a backup of CodeInterview. Name one that "
            "`codeinterview backup` wrote. Nothing was changed."
        )
    if _digest(file, size_bytes - _HEX_BYTES) != end[-_HEX_BYTES:]:
        raise DamagedBackup(
            f"The {what} is damaged: its checksum does not match what is in it. "
            "Copy it again, or use another backup. Nothing was changed."
        )


def _open_zip(file: IO[bytes], what: str) -> zipfile.ZipFile:
    file.seek(0)
    try:
        return zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise DamagedBackup(
            f"The {what} cannot be read as a zip file: {error}. "
            "Use another backup. Nothing was changed."
        ) from error


def _digest(file: IO[bytes], size_bytes: int) -> bytes:
    """Returns the SHA-256 of the file's first bytes, in hexadecimal."""
    file.seek(0)
    digest = hashlib.sha256()
    left = size_bytes
    while left > 0 and (chunk := file.read(min(left, _CHUNK_BYTES))):
        digest.update(chunk)
        left -= len(chunk)
    return digest.hexdigest().encode("ascii")


def _sync_directory(directory: Path) -> None:
    """Makes a renaming last; where directories cannot be opened the system does it by itself."""
    if os.name == "nt":
        return
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
