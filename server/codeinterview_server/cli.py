"""The command line. Imports little, so that mistakes are told at once."""

import argparse
import logging
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import IntEnum
from functools import partial
from types import FrameType
from typing import Any, NoReturn

from codeinterview_server import cli_records
from codeinterview_server.version import __version__


class Exit(IntEnum):
    """The exit statuses; the lines `error CODE sentence` carry the same names."""

    OK = 0
    INTERNAL = 1
    CONFIG = 2
    PORT_BUSY = 3
    DATA_DIR = 4
    DATABASE = 5
    ALREADY_RUNNING = 6
    SCHEMA_NEWER = 7
    BACKUP_DAMAGED = 8
    BACKUP_NEWER = 9
    NOT_EMPTY = 10
    FILE = 11
    SESSION_NOT_FOUND = 12
    SESSION_OPEN = 13
    KEY_EXISTS = 14
    KEY_NOT_FOUND = 15
    INTERRUPTED = 130


class _UsageError(Exception):
    pass


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        sentence = f"{message[:1].upper()}{message[1:]}."
        raise _UsageError(f"{sentence} Run `{self.prog} --help` to see what can be given.")


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit status.

    Args:
        argv: The arguments without the program's name; None takes the process's own.
    """
    given = list(sys.argv[1:] if argv is None else argv)
    # Who starts a server reads its one line; the other commands are for people and their scripts.
    is_on_records = bool(given) and given[0] in cli_records.NAMES
    try:
        options = vars(_parser().parse_args(given))
    except _UsageError as error:
        return _fail(Exit.CONFIG, str(error), on_stderr=is_on_records)
    command = str(options.pop("command"))
    return _on_records(command, options) if is_on_records else _serve(_given(options))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="codeinterview", allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"CodeInterview {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    serve = commands.add_parser(
        "serve",
        allow_abbrev=False,
        help="serve interviews without a window",
        description="Serves interviews. Prints `ready URL` once it accepts connections.",
        epilog="Each option has an environment variable, such as CODEINTERVIEW_PORT for --port. "
        "Prefer those for secrets: other users can see a program's options.",
    )
    serve.add_argument("--host", help="address to listen on (default: 127.0.0.1)")
    serve.add_argument("--port", help="port to listen on, 0 for any free one (default: 8765)")
    serve.add_argument(
        "--database-url",
        metavar="URL",
        help="use this PostgreSQL, version 14 or newer, instead of the embedded one",
    )
    serve.add_argument(
        "--replicas",
        action="store_const",
        const=True,
        help="be one of several servers on this PostgreSQL that serve the same sessions",
    )
    serve.add_argument(
        "--data-dir", metavar="DIR", help="where the host key and the embedded database are"
    )
    serve.add_argument(
        "--host-key",
        metavar="KEY",
        help="the key that owns this server (default: host.key in the data directory)",
    )
    serve.add_argument(
        "--session-hours", metavar="HOURS", help="how long a session lives (default: 24)"
    )
    serve.add_argument(
        "--retention-days",
        metavar="DAYS",
        help="delete sessions that have been over for so long (default: keep all)",
    )
    serve.add_argument(
        "--allowed-hosts",
        metavar="NAMES",
        help="further names that browsers may reach this server by, separated by commas",
    )
    serve.add_argument(
        "--tls-cert",
        metavar="FILE",
        help="serve https with the certificates in this PEM file, this server's own first",
    )
    serve.add_argument(
        "--tls-key",
        metavar="FILE",
        help="the certificate's private key, without a passphrase (default: in the same file)",
    )
    serve.add_argument(
        "--public-url",
        metavar="URL",
        help="where people reach this server by a proxy, such as https://team.example/interviews",
    )
    serve.add_argument(
        "--trusted-proxies",
        metavar="ADDRESSES",
        help="proxies to believe in X-Forwarded-*: addresses and networks, separated by commas",
    )
    serve.add_argument(
        "--log-level", metavar="LEVEL", help="debug, info, warning or error (default: info)"
    )
    serve.add_argument(
        "--watch-stdin",
        action="store_const",
        const=True,
        help="also stop when standard input closes",
    )
    cli_records.add_parsers(commands)
    return parser


def _given(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


def _serve(options: dict[str, Any]) -> int:
    from codeinterview_server.config import read_settings
    from codeinterview_server.serving import serve

    def work() -> None:
        settings = read_settings(options)
        _set_up_logging(settings.log_level)
        serve(settings, on_ready=lambda url: print(f"ready {url}", flush=True))

    return _outcome(work, "The server failed", on_stderr=False)


def _on_records(command: str, options: dict[str, Any]) -> int:
    def work() -> None:
        from codeinterview_server.config import read_settings

        settings = read_settings(_given(options))
        _set_up_logging("warning")
        # Interrupted at the wrong moment it warns that it cannot roll back; closing does so anyway.
        logging.getLogger("psycopg").setLevel(logging.ERROR)
        print(cli_records.run(command, settings, options))

    try:
        with _interruptible():
            return _outcome(work, "The command failed", on_stderr=True)
    except KeyboardInterrupt:
        sentence = "It was interrupted; nothing is half done. Try again."
        return _fail(Exit.INTERRUPTED, sentence, on_stderr=True)


@contextmanager
def _interruptible() -> Iterator[None]:
    """Takes other requests to end as Ctrl+C, so that what was begun is tidied up."""
    numbers = [
        number
        for name, number in signal.Signals.__members__.items()
        # `nohup` stays in force.
        if name in {"SIGTERM", "SIGHUP"} and signal.getsignal(number) is not signal.SIG_IGN
    ]
    former = {number: signal.signal(number, _interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001
    raise KeyboardInterrupt


def _outcome(work: Callable[[], None], failure: str, *, on_stderr: bool) -> int:
    """Does the work and returns the exit status of its end, telling why when it is no success."""
    from codeinterview_server.config import ConfigError
    from codeinterview_server.data_dir import AlreadyRunningError, DataDirError
    from codeinterview_server.db.errors import DatabaseStartError, SchemaNewerError
    from codeinterview_server.domain.errors import DatabaseAway
    from codeinterview_server.listener import HostError, PortBusyError
    from codeinterview_server.records.errors import RecordsError
    from codeinterview_server.tls import CertificateError

    fail = partial(_fail, on_stderr=on_stderr)
    try:
        work()
    except (ConfigError, HostError, CertificateError) as error:
        return fail(Exit.CONFIG, str(error))
    except PortBusyError as error:
        return fail(Exit.PORT_BUSY, str(error))
    except DataDirError as error:
        return fail(Exit.DATA_DIR, str(error))
    except (DatabaseStartError, DatabaseAway) as error:
        return fail(Exit.DATABASE, str(error))
    except AlreadyRunningError as error:
        return fail(Exit.ALREADY_RUNNING, str(error))
    except SchemaNewerError as error:
        return fail(Exit.SCHEMA_NEWER, str(error))
    except RecordsError as error:
        return fail(Exit[error.code], str(error))
    except (Exception, SystemExit):
        logging.getLogger(__name__).exception("%s.", failure)
        return fail(Exit.INTERNAL, f"{failure} unexpectedly. Its log on stderr says where.")
    return Exit.OK


def _fail(status: Exit, sentence: str, *, on_stderr: bool) -> int:
    line = f"error {status.name} {' '.join(sentence.split())}"
    print(line, file=sys.stderr if on_stderr else sys.stdout, flush=True)
    return status


def _set_up_logging(level: str) -> None:
    logging.basicConfig(
        level=level.upper(),
        stream=sys.stderr,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    # At lower levels these write whole request lines, which can hold a token.
    for name in ("uvicorn", "websockets", "asyncio", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)


if __name__ == "__main__":
    sys.exit(main())
