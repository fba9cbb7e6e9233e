"""Small private JSON files: read with suspicion, written whole or not at all."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_SIZE_LIMIT_BYTES = 4 * 1024 * 1024


class BrokenFileError(ValueError):
    """A file does not hold what it should."""


def read_object(path: Path) -> dict[str, object]:
    """The JSON object in `path`; a missing file is an empty object.

    Raises:
        BrokenFileError: there is something else in it.
        OSError: it cannot be read.
    """
    try:
        size_bytes = path.stat().st_size
        text = path.read_text(encoding="utf-8") if size_bytes <= _SIZE_LIMIT_BYTES else ""
    except FileNotFoundError:
        return {}
    except UnicodeDecodeError as error:
        raise BrokenFileError(f"{path.name} is not text.") from error
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BrokenFileError(f"{path.name} is not valid JSON.") from error
    if not isinstance(value, dict):
        raise BrokenFileError(f"{path.name} does not hold a JSON object.")
    return value


def write_object(path: Path, value: Mapping[str, object]) -> None:
    """Replace `path` in one step; only its owner may read it (mode 0600).

    Raises:
        OSError: it cannot be written; what was there before is still there.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    text = json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise


def set_aside(path: Path) -> Path | None:
    """Rename a broken file so that a good one can take its place; None when that fails too."""
    aside = path.with_name(f"{path.stem}.broken-{time.time_ns() // 1_000_000}{path.suffix}")
    try:
        path.replace(aside)
    except OSError:
        return None
    return aside
