"""`codeinterview keys`: a key for each interviewer of a team's server. Imports little at first."""

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Coroutine

    from codeinterview_server.config import Settings
    from codeinterview_server.db.host_keys import HostKeyStore
    from codeinterview_server.domain.host_keys import HostKey

NAME: Final = "keys"
_SUMMARY: Final = "give interviewers keys of their own to this server, also while it runs"


def add_parser(
    commands: "argparse._SubParsersAction[Any]",
    add: "Callable[..., argparse.ArgumentParser]",
) -> None:
    """Adds the command to the program's.

    Args:
        commands: The program's commands.
        add: Adds a command that works on a database, with the options that say where that is.
    """
    keys = commands.add_parser(
        NAME,
        allow_abbrev=False,
        help=_SUMMARY,
        description=f"{_SUMMARY[:1].upper()}{_SUMMARY[1:]}.",
    )
    acts = keys.add_subparsers(dest="act", required=True, metavar="ACT")
    new = add(acts, "add", "make a key and print it, this one time")
    new.add_argument("name", metavar="NAME", help="whose it is, such as ada or ada@example.org")
    add(acts, "list", "tell which keys there are, and when they were used")
    revoke = add(acts, "revoke", "end a key; whoever it let into sessions is cut off at once")
    revoke.add_argument("name", metavar="NAME", help="whose it is")


def run(settings: "Settings", options: dict[str, Any]) -> str:
    """Does what was asked for, and returns what to print.

    Raises:
        RecordsError: It was refused; nothing was changed.
        ConfigError, AlreadyRunningError, DataDirError, DatabaseStartError, SchemaNewerError,
        DatabaseAway: As their names say.
    """
    act = options["act"]
    if act == "add":
        name = _name(options)
        return _with_keys(settings, lambda keys: _add(keys, name), create=True)
    if act == "list":
        return _with_keys(settings, _list, create=False)
    return _with_keys(settings, lambda keys: _revoke(keys, str(options["name"])), create=False)


async def _add(keys: "HostKeyStore", name: str) -> str:
    from codeinterview_server.domain.clock import now_ms
    from codeinterview_server.domain.errors import Conflict
    from codeinterview_server.domain.host_keys import HostKey
    from codeinterview_server.domain.ids import new_key_id
    from codeinterview_server.domain.secrets import hash_token, new_token
    from codeinterview_server.records.errors import KeyExists

    key = new_token()
    try:
        await keys.add(HostKey(new_key_id(), name, now_ms()), hash_token(key))
    except Conflict:
        raise KeyExists(
            f"There is a key of {name} already. Revoke that one first, or choose another name. "
            "Nothing was changed."
        ) from None
    return f"Made the key of {name}. It is shown this once:\n{key}"


async def _list(keys: "HostKeyStore") -> str:
    rows = [
        (key.name, _day(key.created_at), _minute(key.last_used_at), _state(key))
        for key in await keys.list()
    ]
    if not rows:
        return "There is only the server's own key. Make one with `codeinterview keys add NAME`."
    rows.insert(0, ("NAME", "MADE", "LAST USED", "STATE"))
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return "\n".join(
        "  ".join([*(text.ljust(width) for text, width in zip(row, widths, strict=False)), row[3]])
        for row in rows
    )


async def _revoke(keys: "HostKeyStore", name: str) -> str:
    from codeinterview_server.domain.clock import now_ms
    from codeinterview_server.records.errors import NoSuchKey

    key = await keys.revoke(name, now_ms())
    if key is None:
        raise NoSuchKey(
            f"There is no good key of {' '.join(name.split())}. `codeinterview keys list` tells "
            "which there are. Nothing was changed."
        )
    return f"Revoked the key of {key.name}. Its sessions stay; the server's own key sees them."


def _with_keys(
    settings: "Settings",
    work: "Callable[[HostKeyStore], Coroutine[Any, Any, str]]",
    *,
    create: bool,
) -> str:
    from codeinterview_server.db.engine import Database
    from codeinterview_server.db.host_keys import HostKeyStore
    from codeinterview_server.db.migrate import upgrade
    from codeinterview_server.records.place import loop_factory, open_place

    async def do(url: str) -> str:
        database = Database(url, pool_size=1)
        await database.start()
        try:
            return await work(HostKeyStore(database))
        finally:
            await database.stop()

    with open_place(settings, beside_server=True, create=create) as place:
        upgrade(place.url)
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            return runner.run(do(place.url))


def _name(options: dict[str, Any]) -> str:
    from codeinterview_server.config import ConfigError
    from codeinterview_server.domain.host_keys import parse_key_name

    try:
        return parse_key_name(str(options["name"]))
    except ValueError as error:
        raise ConfigError(str(error)) from None


def _state(key: "HostKey") -> str:
    return "good" if key.revoked_at is None else f"revoked {_day(key.revoked_at)}"


def _day(at_ms: int) -> str:
    return f"{_time(at_ms):%Y-%m-%d}"


def _minute(at_ms: int | None) -> str:
    return "never" if at_ms is None else f"{_time(at_ms):%Y-%m-%d %H:%M} UTC"


def _time(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)
