"""Finds a public link in what a stranger's program prints: bounded, and one domain alone."""

from __future__ import annotations

import re

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ESCAPE = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
_LINE_LIMIT = 4096
_READ_LIMIT = 256 * 1024
# A service's own pages, which are no tunnel.
_OWN_NAMES = frozenset({"admin", "api", "console", "dashboard", "docs", "www"})


class LinkReader:
    """Takes output in pieces and keeps the first link to a name beneath `domain`.

    Only `https://<name>.<domain>` alone counts: without a port, a user or a path, as such links
    are to a service's pages. Output past a limit is not looked at any more.
    """

    def __init__(self, domain: str) -> None:
        self.link: str | None = None
        self._domain = domain.lower()
        # What stands before and after keeps parts of longer words and links from being taken.
        self._pattern = re.compile(
            rf"(?<![\w@:/.%+-])https://((?:{_LABEL}\.)+){re.escape(self._domain)}/?"
            r"(?=$|[\s|,;\"'<>)\]])",
            re.IGNORECASE,
        )
        self._rest = ""
        self._seen = 0

    def feed(self, text: str) -> str | None:
        """Look through more output; the link as soon as there is one."""
        if self.link is not None or self._seen > _READ_LIMIT:
            return self.link
        self._seen += len(text)
        *lines, rest = (self._rest + text).replace("\r", "\n").split("\n")
        self._rest = rest[-_LINE_LIMIT:]
        for line in lines:
            self._look(line)
        return self.link

    def _look(self, line: str) -> None:
        if self.link is not None:
            return
        for match in self._pattern.finditer(_ESCAPE.sub("", line[:_LINE_LIMIT])):
            name = f"{match.group(1)}{self._domain}".lower()
            if len(name) <= 253 and name.partition(".")[0] not in _OWN_NAMES:
                self.link = f"https://{name}"
                return
