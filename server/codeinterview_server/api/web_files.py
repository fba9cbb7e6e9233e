"""The built web client on disk: which file answers a path, in which encoding, as what."""

import hashlib
import json
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

WEB_DIST: Final = Path(__file__).resolve().parent.parent / "web_dist"
"""Where the web build puts the client; inside the package, so that it is installed with it."""

# A table of our own: Windows takes its types from a registry that any program may have changed.
MIME_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".data": "application/octet-stream",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".py": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
    ".zip": "application/zip",
}
_ENCODINGS: Final = (("br", ".br"), ("gzip", ".gz"))
_SEGMENT = re.compile(r"[A-Za-z0-9_@~+-][A-Za-z0-9_@~+.-]*")
_HASHED_FOLDERS: Final = ("assets/", "sandbox/assets/")
_HASHED_NAME = re.compile(r"[.-](?=[a-f]*[0-9])[0-9a-f]{8,64}\.[A-Za-z0-9.]+$")


@dataclass(frozen=True, slots=True)
class WebFile:
    """One file as it is sent: `encoding` is None when it is sent as it is."""

    path: str
    source: Path
    status: os.stat_result
    mime_type: str
    encoding: str | None
    varies: bool
    etag: str

    @property
    def is_immutable(self) -> bool:
        """Whether its name holds a hash of its content."""
        if self.path.startswith(_HASHED_FOLDERS):
            return True
        return _HASHED_NAME.search(self.path) is not None


class WebFiles:
    """Finds files below one folder; reads each one once to learn the hash of its content."""

    def __init__(self, root: Path = WEB_DIST) -> None:
        self._root = root
        self._etags: dict[Path, tuple[tuple[int, int], str]] = {}

    def is_built(self) -> bool:
        """Tells whether there is a web client at all."""
        return (self._root / "index.html").is_file()

    def find(self, path: str, accepts: str) -> WebFile | None:
        """Returns the file of a path, in the best encoding that the other side accepts.

        Args:
            path: Relative, with slashes; anything but plain names is not found.
            accepts: The Accept-Encoding header.
        """
        if not all(_SEGMENT.fullmatch(segment) for segment in path.split("/")):
            return None
        mime_type = MIME_TYPES.get(Path(path).suffix)
        plain = self._root / path
        if mime_type is None or _stat(plain) is None:
            return None
        accepted = _accepted(accepts)
        candidates = [
            (encoding, plain.with_name(plain.name + suffix)) for encoding, suffix in _ENCODINGS
        ]
        varies = any(_stat(source) is not None for _, source in candidates)
        for encoding, source in [*candidates, (None, plain)]:
            status = _stat(source) if encoding is None or encoding in accepted else None
            if status is not None:
                etag = self._etag(source, status)
                return WebFile(path, source, status, mime_type, encoding, varies, etag)
        return None

    def sandbox_policies(self) -> dict[str, str]:
        """Returns the content security policies of the sandbox's pages, by file name."""
        try:
            policies = json.loads((self._root / "sandbox" / "csp.json").read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return {str(name): str(policy) for name, policy in dict(policies).items()}

    def _etag(self, source: Path, status: os.stat_result) -> str:
        version = (status.st_mtime_ns, status.st_size)
        known = self._etags.get(source)
        if known is None or known[0] != version:
            with source.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            known = version, f'"{digest[:32]}"'
            self._etags[source] = known
        return known[1]


def _accepted(header: str) -> set[str]:
    accepted = set()
    for item in header.lower().split(","):
        name, _, parameters = item.partition(";")
        if parameters.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}:
            accepted.add(name.strip())
    return accepted


def _stat(path: Path) -> os.stat_result | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status if stat.S_ISREG(status.st_mode) else None
