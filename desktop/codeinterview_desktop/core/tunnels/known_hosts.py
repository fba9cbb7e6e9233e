"""Which hosts are known: the user's own known-hosts file, read alone, and the app's beside it.

The format is OpenSSH's (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"), hashed names, patterns, `@revoked`
and `@cert-authority` included. A host is looked up by its name and port, never by the address that
a name leads to: whoever answers for names must not choose which key is good.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import asyncssh

from .status import HostKey

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .ssh_target import SshTarget

_SIZE_LIMIT_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class KnownKeys:
    """What is known of one host.

    Attributes:
        keys: keys that it may show.
        authorities: keys that may vouch for one of its own.
        revoked: keys that are never good.
    """

    keys: tuple[asyncssh.SSHKey, ...] = ()
    authorities: tuple[asyncssh.SSHKey, ...] = ()
    revoked: tuple[asyncssh.SSHKey, ...] = ()


class KnownHosts:
    """Looks hosts up, and remembers those that the user accepts.

    Args:
        own: the app's file, which is written.
        others: files of the user or the system, which are only read.
    """

    def __init__(self, own: Path, others: Sequence[Path] = ()) -> None:
        self.own = own
        self._others = tuple(others)

    def of(self, target: SshTarget) -> KnownKeys:
        """What the files say of a host now; a file that cannot be read says nothing."""
        found: list[KnownKeys] = []
        for path in (self.own, *self._others):
            for line in _lines(path):
                with contextlib.suppress(ValueError):
                    known = asyncssh.import_known_hosts(line)
                    keys, authorities, revoked, *_ = known.match(target.known_name, "", None)
                    found.append(KnownKeys(tuple(keys), tuple(authorities), tuple(revoked)))
        return KnownKeys(
            tuple(key for each in found for key in each.keys),
            tuple(key for each in found for key in each.authorities),
            tuple(key for each in found for key in each.revoked),
        )

    def accept(self, host_key: HostKey) -> None:
        """Remember a key in the app's own file, readable by its owner alone.

        Raises:
            OSError: it cannot be written.
        """
        self.own.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self.own, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "a", encoding="utf-8") as stream:
            stream.write(f"{host_key.line}\n")
            stream.flush()
            os.fsync(stream.fileno())

    def forget(self, target: SshTarget) -> None:
        """Drop a host from the app's own file, so that its key is asked about again.

        Raises:
            OSError: it cannot be written.
        """
        kept = [line for line in _lines(self.own) if line.split()[:1] != [target.known_name]]
        draft = self.own.with_name(f".{self.own.name}.draft")
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write("".join(f"{line}\n" for line in kept))
        draft.replace(self.own)


def usual_known_hosts(config: Path) -> KnownHosts:
    """The app's own file in its configuration, beside those that OpenSSH reads."""
    home = Path("~/.ssh").expanduser()
    others = (home / "known_hosts", home / "known_hosts2", Path("/etc/ssh/ssh_known_hosts"))
    return KnownHosts(config / "known_hosts", others)


def host_key_of(target: SshTarget, key: asyncssh.SSHKey) -> HostKey:
    """A key as the user is asked about it."""
    public = key.export_public_key("openssh").decode("ascii").split()
    return HostKey(
        name=target.known_name,
        algorithm=key.get_algorithm(),
        fingerprint=key.get_fingerprint("sha256"),
        line=f"{target.known_name} {public[0]} {public[1]}",
    )


def _lines(path: Path) -> list[str]:
    """Line by line, because one that is not understood must not hide the others."""
    try:
        if path.stat().st_size > _SIZE_LIMIT_BYTES:
            return []
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
