"""Accounts of a test's own, with passwords, in a mount namespace that only one program sees."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class OwnAccount:
    """A user who exists only behind `wrapper`."""

    name: str
    password: str
    wrapper: tuple[str, ...]
    """What to put before a command so that it knows the user."""


def why_not_permitted() -> str | None:
    """A sentence when mount namespaces cannot be made here, else None."""
    command = ["unshare", "--mount", "mount", "--bind", "/etc/passwd", "/etc/shadow"]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=20)
    except FileNotFoundError:
        return "mount namespaces need the `unshare` program (Debian: util-linux)"
    except subprocess.CalledProcessError as error:
        return f"mount namespaces are not permitted here: {error.stderr.strip()}"
    return None


def own_account(folder: Path, name: str, password: str) -> OwnAccount:
    """A user with a password and root's rights, beside the system's own users."""
    hashed = subprocess.run(
        ["openssl", "passwd", "-6", "-stdin"],
        input=password,
        check=True,
        capture_output=True,
        text=True,
        timeout=20,
    ).stdout.strip()
    entries = {
        "passwd": f"{name}:x:0:0::{folder}:/bin/sh\n",
        "shadow": f"{name}:{hashed}:20000:0:99999:7:::\n",
    }
    for file, entry in entries.items():
        (folder / file).write_text(Path("/etc", file).read_text() + entry)
        (folder / file).chmod(0o644 if file == "passwd" else 0o600)
    mounts = " && ".join(f"mount --bind {folder / each} /etc/{each}" for each in entries)
    wrapper = ("unshare", "--mount", "sh", "-c", f'{mounts} && exec "$@"', "sh")
    return OwnAccount(name, password, wrapper)
