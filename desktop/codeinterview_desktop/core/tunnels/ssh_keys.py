"""The user's SSH keys: those that open by themselves, and those that want a passphrase."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import asyncssh

if TYPE_CHECKING:
    from collections.abc import Sequence

_USUAL_NAMES = ("id_ed25519", "id_ecdsa", "id_rsa")
_SIZE_LIMIT_BYTES = 64 * 1024


class SshKeys:
    """Key files for one tunnel. What was unlocked stays in memory; a passphrase is not kept.

    Args:
        files: the key files that the user chose; none means those that `ssh` itself would use.
        folder: where the usual ones are.
    """

    def __init__(self, files: Sequence[Path] = (), *, folder: Path | None = None) -> None:
        self._chosen = bool(files)
        usual = Path("~/.ssh").expanduser() if folder is None else folder
        self._files = tuple(files) or tuple(usual / name for name in _USUAL_NAMES)
        self._open: list[asyncssh.SSHKey] = []
        self._locked: list[Path] = []
        self._is_loaded = False

    @property
    def open(self) -> tuple[asyncssh.SSHKey, ...]:
        """The keys that can be used now."""
        return tuple(self._open)

    @property
    def locked(self) -> Path | None:
        """The next file that wants a passphrase."""
        return self._locked[0] if self._locked else None

    def load(self) -> None:
        """Read the files, once.

        Raises:
            ValueError: a chosen file is no key; the sentence says so.
        """
        if self._is_loaded:
            return
        for path in self._files:
            try:
                self._read(path)
            except (OSError, ValueError):
                if self._chosen:
                    raise ValueError(
                        f"{path} cannot be read as a private SSH key. Choose another file."
                    ) from None
        self._is_loaded = True

    async def unlock(self, path: Path, passphrase: str) -> bool:
        """Open a locked file; False when the passphrase is wrong."""
        try:
            # The passphrase is made slow to try on purpose.
            key = await asyncio.to_thread(_import, path, passphrase)
        except (OSError, ValueError):
            return False
        self._open.append(key)
        self.skip(path)
        return True

    def skip(self, path: Path) -> None:
        """Do without a locked file."""
        self._locked = [each for each in self._locked if each != path]

    def _read(self, path: Path) -> None:
        try:
            self._open.append(_import(path, None))
        except asyncssh.KeyImportError as error:
            if "assphrase" not in str(error):
                raise
            self._locked.append(path)


def _import(path: Path, passphrase: str | None) -> asyncssh.SSHKey:
    if path.stat().st_size > _SIZE_LIMIT_BYTES:
        raise ValueError("too large for a key")
    return asyncssh.import_private_key(path.read_bytes(), passphrase)
