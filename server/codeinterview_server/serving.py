"""One run of the server, from the data directory's lock to the last flush.

The order is for speed: PostgreSQL starts while the heavy modules are imported.
"""

import asyncio
import contextlib
import socket
import sys
from collections.abc import Callable
from typing import Final

from codeinterview_server.config import ConfigError, Settings
from codeinterview_server.data_dir import DataDir, DataDirError
from codeinterview_server.db.embedded import EmbeddedPostgres
from codeinterview_server.host_key import read_or_create
from codeinterview_server.listener import listen, url_of
from codeinterview_server.stopping import StopRequest
from codeinterview_server.tls import Certificate

_OPEN_FILES: Final = 16_384


def serve(settings: Settings, on_ready: Callable[[str], None]) -> None:
    """Serves until it is asked to stop; call it on the main thread.

    Args:
        settings: What to run with.
        on_ready: Called with the server's URL once connections are accepted.

    Raises:
        CertificateError: The certificate cannot be shown.
        AlreadyRunningError: Another program uses the data directory.
        DataDirError: The data directory cannot be used.
        PortBusyError, HostError: The address cannot be listened on.
        DatabaseStartError, SchemaNewerError: The database cannot be used.
        ConfigError: It is to be a replica, and has nothing to share.
    """
    if settings.replicas and (settings.database_url is None or settings.host_key is None):
        raise ConfigError(
            "--replicas (or CODEINTERVIEW_REPLICAS) needs --database-url and --host-key, the same "
            "ones for every replica: invites are derived from the key."
        )
    stop = StopRequest()
    stop.watch_signals()
    certificate = _certificate(settings)
    _allow_many_files()
    _forbid_dumps()
    data_dir = DataDir(settings.data_dir)
    data_dir.open()
    try:
        host_key = _host_key(settings)
        with contextlib.closing(listen(settings.host, settings.port)) as listener:
            postgres = None if settings.database_url else EmbeddedPostgres(settings.data_dir)
            if postgres is not None:
                postgres.launch()
            if settings.watch_stdin:
                stop.watch_stdin()
            with asyncio.Runner(loop_factory=_loop_factory()) as runner:
                try:
                    runner.run(
                        _run(settings, host_key, listener, certificate, postgres, stop, on_ready)
                    )
                finally:
                    if postgres is not None:
                        runner.run(postgres.stop())
    finally:
        data_dir.close()


def _allow_many_files() -> None:
    """Raise how many sockets may be open to what the system lets us have."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(_OPEN_FILES, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _forbid_dumps() -> None:
    """Have a crash, also PostgreSQL's, leave no image of memory: it holds keys and interviews."""
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def _certificate(settings: Settings) -> Certificate | None:
    if settings.tls_cert is None:
        return None
    return Certificate(settings.tls_cert, settings.tls_key, settings.tls_check_s)


def _host_key(settings: Settings) -> str:
    if settings.host_key is not None:
        return settings.host_key.get_secret_value()
    try:
        return read_or_create(settings.data_dir)
    except OSError as error:
        raise DataDirError(
            f"The host key in {settings.data_dir} can be neither read nor written: "
            f"{error.strerror}. Check its owner and permissions."
        ) from error


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    if sys.platform == "win32":
        # Async psycopg cannot work on the proactor loop.
        return asyncio.SelectorEventLoop
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop
    return uvloop.new_event_loop


async def _run(
    settings: Settings,
    host_key: str,
    listener: socket.socket,
    certificate: Certificate | None,
    postgres: EmbeddedPostgres | None,
    stop: StopRequest,
    on_ready: Callable[[str], None],
) -> None:
    # These take most of the start; PostgreSQL comes up beside them.
    from codeinterview_server.app import create_app
    from codeinterview_server.db.engine import Database
    from codeinterview_server.db.migrate import upgrade
    from codeinterview_server.http_server import HttpServer
    from codeinterview_server.vitals import Vitals

    if postgres is not None:
        database_url = await postgres.start()
    else:
        assert settings.database_url is not None  # noqa: S101 - `serve` made it so
        database_url = settings.database_url.get_secret_value()
    await asyncio.to_thread(upgrade, database_url)
    database = Database(database_url)
    await database.start()
    try:
        app = create_app(settings, database, host_key)
        vitals = Vitals(settings.vitals_s, app.state.rooms)
        scheme = "http" if certificate is None else "https"
        server = HttpServer(
            app,
            lambda: on_ready(url_of(settings.host, listener, scheme)),
            proxies=settings.trusted_proxies,
            tls=None if certificate is None else certificate.context,
        )

        def stop_server() -> None:
            server.force_exit = stop.count > 1
            server.should_exit = True

        stop.attach(stop_server)
        vitals.start()
        if certificate is not None:
            certificate.start()
        try:
            await server.serve(sockets=[listener])
        finally:
            if certificate is not None:
                await certificate.stop()
            await vitals.stop()
            stop.detach()
    finally:
        await database.stop()
