"""The command line: `codeinterview serve`. Imports little, so that mistakes are told at once."""

import argparse
import logging
import sys
from collections.abc import Sequence
from enum import IntEnum
from typing import NoReturn

from codeinterview_server.version import __version__


class Exit(IntEnum):
    """The exit statuses; `error CODE sentence` on stdout carries the same names."""

    OK = 0
    INTERNAL = 1
    CONFIG = 2
    PORT_BUSY = 3
    DATA_DIR = 4
    DATABASE = 5
    ALREADY_RUNNING = 6
    SCHEMA_NEWER = 7


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
    try:
        options = vars(_parser().parse_args(argv))
    except _UsageError as error:
        return _fail(Exit.CONFIG, str(error))
    options.pop("command")
    return _serve({name: value for name, value in options.items() if value is not None})


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
        "--allowed-hosts",
        metavar="NAMES",
        help="further names that browsers may reach this server by, separated by commas",
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
    return parser


def _serve(options: dict[str, object]) -> int:
    from codeinterview_server.config import ConfigError, read_settings
    from codeinterview_server.data_dir import AlreadyRunningError, DataDirError
    from codeinterview_server.db.errors import DatabaseStartError, SchemaNewerError
    from codeinterview_server.listener import HostError, PortBusyError
    from codeinterview_server.serving import serve

    try:
        settings = read_settings(options)
        _set_up_logging(settings.log_level)
        serve(settings, on_ready=lambda url: print(f"ready {url}", flush=True))
    except (ConfigError, HostError) as error:
        return _fail(Exit.CONFIG, str(error))
    except PortBusyError as error:
        return _fail(Exit.PORT_BUSY, str(error))
    except DataDirError as error:
        return _fail(Exit.DATA_DIR, str(error))
    except DatabaseStartError as error:
        return _fail(Exit.DATABASE, str(error))
    except AlreadyRunningError as error:
        return _fail(Exit.ALREADY_RUNNING, str(error))
    except SchemaNewerError as error:
        return _fail(Exit.SCHEMA_NEWER, str(error))
    except (Exception, SystemExit):
        logging.getLogger(__name__).exception("The server failed.")
        return _fail(Exit.INTERNAL, "The server failed unexpectedly. Its log on stderr says where.")
    return Exit.OK


def _fail(status: Exit, sentence: str) -> int:
    print(f"error {status.name} {' '.join(sentence.split())}", flush=True)
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
