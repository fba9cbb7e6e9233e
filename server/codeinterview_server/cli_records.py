"""The commands on what is kept: sessions and the host key. Imports little at first."""

import argparse
import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from codeinterview_server import cli_keys

if TYPE_CHECKING:
    from codeinterview_server.config import Settings

_EPILOG: Final = (
    "CODEINTERVIEW_DATA_DIR and CODEINTERVIEW_DATABASE_URL say the same as the options. Prefer "
    "those for secrets: other users can see a program's options."
)


def add_parsers(commands: "argparse._SubParsersAction[Any]") -> None:
    """Adds the commands to the program's."""
    backup = _add(commands, "backup", "write every session into one file, also while a server runs")
    backup.add_argument("file", metavar="FILE", help="the file to write or replace")
    backup.add_argument(
        "--with-host-key",
        action="store_true",
        help="put the host key into the file as well; who has it owns the server",
    )
    restore = _add(commands, "restore", "check a backup and put it into the database")
    restore.add_argument("file", metavar="FILE", help="the file that `backup` wrote")
    mode = restore.add_mutually_exclusive_group()
    mode.add_argument(
        "--merge",
        dest="mode",
        action="store_const",
        const="merge",
        help="keep the sessions that are there and add the others",
    )
    mode.add_argument(
        "--replace",
        dest="mode",
        action="store_const",
        const="replace",
        help="delete the sessions that are there first",
    )
    restore.add_argument(
        "--with-host-key",
        action="store_true",
        help="also take the host key out of the file, so that its invites work here",
    )
    export = _add(commands, "export", "write everything about one session into a zip file")
    export.add_argument("session", metavar="SESSION", help="the session's code")
    export.add_argument(
        "--output", metavar="FILE", help="the file to write (default: codeinterview-SESSION.zip)"
    )
    delete = _add(commands, "delete", "delete one session with everything that belongs to it")
    delete.add_argument("session", metavar="SESSION", help="the session's code")
    prune = _add(commands, "prune", "delete the sessions that have been over for long enough")
    prune.add_argument(
        "--retention-days",
        metavar="DAYS",
        help="for how long sessions are kept once they are over; also CODEINTERVIEW_RETENTION_DAYS",
    )
    summary = "replace the host key; every invite that was sent before stops working"
    rotate = commands.add_parser(
        "rotate-host-key",
        allow_abbrev=False,
        help=summary,
        description=f"{summary[:1].upper()}{summary[1:]}.",
    )
    rotate.add_argument("--data-dir", metavar="DIR", help="where the host key is")
    cli_keys.add_parser(commands, _add)


def _add(
    commands: "argparse._SubParsersAction[Any]", name: str, summary: str
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        allow_abbrev=False,
        help=summary,
        description=f"{summary[:1].upper()}{summary[1:]}.",
        epilog=_EPILOG,
    )
    parser.add_argument(
        "--data-dir", metavar="DIR", help="where the host key and the embedded database are"
    )
    parser.add_argument(
        "--database-url", metavar="URL", help="a PostgreSQL in place of the embedded one"
    )
    return parser


def run(command: str, settings: "Settings", options: dict[str, Any]) -> str:
    """Runs one command and returns what to print: mostly the sentence that says what it did.

    Raises:
        RecordsError: It was refused or failed; nothing was changed.
        ConfigError, AlreadyRunningError, DataDirError, DatabaseStartError, SchemaNewerError,
        DatabaseAway: As their names say.
    """
    return _COMMANDS[command](settings, options)


def _backup(settings: "Settings", options: dict[str, Any]) -> str:
    from codeinterview_server.records.backup import back_up
    from codeinterview_server.records.place import explained, open_place

    path = Path(options["file"])
    key = _own_host_key(settings) if options["with_host_key"] else None
    with open_place(settings, beside_server=True, create=False) as place, explained(place.url):
        manifest = back_up(place.url, path, key)
    return f"Saved {_sessions(manifest.session_count)} to {path}."


def _restore(settings: "Settings", options: dict[str, Any]) -> str:
    from codeinterview_server import host_key
    from codeinterview_server.data_dir import AlreadyRunningError, DataDirError
    from codeinterview_server.db.migrate import upgrade
    from codeinterview_server.records.errors import NoHostKey
    from codeinterview_server.records.place import explained, open_place
    from codeinterview_server.records.restore import (
        SERVED,
        Mode,
        open_backup,
        require_room,
        restore,
    )

    path = Path(options["file"])
    mode = Mode(options["mode"] or Mode.REFUSE)
    with open_backup(path) as backup:
        key = backup.host_key() if options["with_host_key"] else None
        if options["with_host_key"] and key is None:
            raise NoHostKey(
                f"The backup {path} was made without the host key. Leave --with-host-key out. "
                "Nothing was changed."
            )
        with open_place(settings, beside_server=False, create=True) as place:
            if place.is_embedded:
                require_room(settings.data_dir, backup.manifest)
            upgrade(place.url)
            if place.is_served():
                raise AlreadyRunningError(SERVED)
            with explained(place.url):
                done = restore(backup, place.url, mode)
            if key is not None:
                try:
                    host_key.write(settings.data_dir, key)
                except OSError as error:
                    raise DataDirError(
                        f"The sessions are restored, but the host key cannot be written to "
                        f"{settings.data_dir}: {error.strerror}. Invites of before do not work."
                    ) from error
    kept = f" Kept {_sessions(done.sessions_kept)} as here before." if done.sessions_kept else ""
    return f"Restored {_sessions(done.sessions_added)} from {path}.{kept}"


def _export(settings: "Settings", options: dict[str, Any]) -> str:
    from codeinterview_server.db.migrate import upgrade
    from codeinterview_server.records.export import default_name, export
    from codeinterview_server.records.place import explained, open_place

    session_id = _session_id(options)
    path = Path(options["output"] or default_name(session_id))
    with open_place(settings, beside_server=True, create=False) as place:
        upgrade(place.url)
        with explained(place.url):
            export(place.url, session_id, path)
    return f"Exported session {session_id} to {path}."


def _delete(settings: "Settings", options: dict[str, Any]) -> str:
    from codeinterview_server.db.migrate import upgrade
    from codeinterview_server.records.place import loop_factory, open_place
    from codeinterview_server.records.removal import delete_session

    session_id = _session_id(options)
    with open_place(settings, beside_server=True, create=False) as place:
        upgrade(place.url)
        deletion = delete_session(place.url, session_id, is_served=place.is_served())
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            runner.run(deletion)
    return f"Deleted session {session_id} with everything that belongs to it."


def _prune(settings: "Settings", options: dict[str, Any]) -> str:  # noqa: ARG001 - as the others
    from codeinterview_server.config import ConfigError
    from codeinterview_server.db.migrate import upgrade
    from codeinterview_server.records.place import loop_factory, open_place
    from codeinterview_server.records.removal import prune

    days = settings.retention_days
    if days is None:
        raise ConfigError(
            "Every session is kept: say for how many days with --retention-days or "
            "CODEINTERVIEW_RETENTION_DAYS."
        )
    with open_place(settings, beside_server=True, create=False) as place:
        upgrade(place.url)
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            deleted = runner.run(prune(place.url, days))
    return f"Deleted {_sessions(len(deleted))} that had been over for {days:g} days or longer."


def _rotate_host_key(settings: "Settings", options: dict[str, Any]) -> str:  # noqa: ARG001 - as the others
    from codeinterview_server import host_key
    from codeinterview_server.config import ConfigError
    from codeinterview_server.data_dir import DataDir, DataDirError
    from codeinterview_server.records.errors import NoHostKey

    if settings.host_key is not None:
        raise ConfigError(
            "The host key is given by CODEINTERVIEW_HOST_KEY. Change it there and start the "
            "server again."
        )
    if not (settings.data_dir / host_key.FILE_NAME).is_file():
        raise NoHostKey(
            f"There is no host key in {settings.data_dir}. Name the right directory with "
            "--data-dir. Nothing was changed."
        )
    data_dir = DataDir(settings.data_dir)
    data_dir.open()
    try:
        host_key.write(settings.data_dir, host_key.new())
    except OSError as error:
        raise DataDirError(
            f"The host key in {settings.data_dir} cannot be written: {error.strerror}. "
            "Nothing was changed."
        ) from error
    finally:
        data_dir.close()
    return (
        f"Made a new host key in {settings.data_dir}. Invites that were sent before do not work "
        "any more; whoever is in a session stays in it."
    )


_COMMANDS: Final[dict[str, Callable[["Settings", dict[str, Any]], str]]] = {
    "backup": _backup,
    "restore": _restore,
    "export": _export,
    "delete": _delete,
    "prune": _prune,
    "rotate-host-key": _rotate_host_key,
    cli_keys.NAME: cli_keys.run,
}
NAMES: Final = frozenset(_COMMANDS)


def _session_id(options: dict[str, Any]) -> str:
    from codeinterview_server.config import ConfigError
    from codeinterview_server.domain.ids import is_session_id

    session_id = str(options["session"])
    if not is_session_id(session_id):
        raise ConfigError("SESSION must be a session's code: 8 characters out of 0-9 and a-f.")
    return session_id


def _own_host_key(settings: "Settings") -> str:
    from codeinterview_server.host_key import FILE_NAME
    from codeinterview_server.records.errors import NoHostKey

    if settings.host_key is not None:
        return settings.host_key.get_secret_value()
    try:
        return (settings.data_dir / FILE_NAME).read_text("ascii").strip()
    except (OSError, ValueError):
        raise NoHostKey(
            f"There is no host key in {settings.data_dir}. Name the right directory with "
            "--data-dir, or leave --with-host-key out. Nothing was changed."
        ) from None


def _sessions(count: int) -> str:
    return "1 session" if count == 1 else f"{count} sessions"
