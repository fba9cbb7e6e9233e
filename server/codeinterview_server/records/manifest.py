"""The list of what a backup holds, by which a restore knows whether everything came through."""

import json
from dataclasses import dataclass
from typing import Any, Final

from codeinterview_server.records.errors import DamagedBackup, NewerBackup

FORMAT: Final = 1
"""Raised when a program that reads the former one would misread the present one."""
MANIFEST: Final = "manifest.json"
HOST_KEY: Final = "host.key"


def member_of(table: str) -> str:
    """Returns the name under which a table's rows are in the file."""
    return f"tables/{table}.copy"


@dataclass(frozen=True, slots=True)
class TableContent:
    """One table's rows in the file."""

    columns: tuple[str, ...]
    rows: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything about a backup but the rows themselves."""

    created_at: str
    program: str
    revision: str
    tables: dict[str, TableContent]
    has_host_key: bool

    @property
    def session_count(self) -> int:
        """How many sessions the backup holds."""
        return self.tables["sessions"].rows

    @property
    def size_bytes(self) -> int:
        """How large all rows are together, uncompressed."""
        return sum(content.size_bytes for content in self.tables.values())

    @property
    def members(self) -> list[str]:
        """The names of all members of the file."""
        names = [MANIFEST, *(member_of(table) for table in self.tables)]
        return [*names, HOST_KEY] if self.has_host_key else names

    def to_json(self) -> str:
        """Returns the manifest as it is written."""
        tables = {
            name: {
                "columns": list(content.columns),
                "rows": content.rows,
                "bytes": content.size_bytes,
            }
            for name, content in self.tables.items()
        }
        document = {
            "format": FORMAT,
            "program": self.program,
            "created_at": self.created_at,
            "schema": self.revision,
            "host_key": self.has_host_key,
            "tables": tables,
        }
        return json.dumps(document, indent=2) + "\n"


def parse_manifest(data: bytes) -> Manifest:
    """Returns what was written by `to_json`.

    Raises:
        NewerBackup: A newer program wrote it in a form that this one does not know.
        DamagedBackup: It is no manifest.
    """
    try:
        document = json.loads(data)
        version = _is(int, document["format"])
        if version > FORMAT:
            raise NewerBackup(
                f"The backup was written by a newer version of CodeInterview, in form {version}. "
                "Install that version. Nothing was changed."
            )
        manifest = Manifest(
            created_at=_is(str, document["created_at"]),
            program=_is(str, document["program"]),
            revision=_is(str, document["schema"]),
            tables={
                name: TableContent(
                    tuple(_is(str, column) for column in _is(list, table["columns"])),
                    _is(int, table["rows"]),
                    _is(int, table["bytes"]),
                )
                for name, table in _is(dict, document["tables"]).items()
            },
            has_host_key=_is(bool, document["host_key"]),
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise DamagedBackup(
            "The backup's manifest cannot be read. Use another backup. Nothing was changed."
        ) from error
    if "sessions" not in manifest.tables:
        raise DamagedBackup("The backup holds no table of sessions. Nothing was changed.")
    return manifest


def _is(kind: type, value: Any) -> Any:
    if type(value) is not kind:
        raise TypeError
    return value
