"""Puts the server's parts together into one ASGI app."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI

from codeinterview_server.api import (
    archives,
    errors,
    invites,
    joining,
    links,
    listed,
    participants,
    sessions,
    socket,
    status,
)
from codeinterview_server.api.approach import Approaches
from codeinterview_server.api.base_path import BasePath
from codeinterview_server.api.body_limit import BodyLimit
from codeinterview_server.api.crowd import Crowd
from codeinterview_server.api.guesses import GuessLimit
from codeinterview_server.api.headers import SecurityHeaders
from codeinterview_server.api.listed_sessions import ListedSessions
from codeinterview_server.api.origins import AllowedHosts, OriginGuard
from codeinterview_server.api.pages import Pages
from codeinterview_server.api.rate_limit import RateLimit
from codeinterview_server.api.reach import Reach
from codeinterview_server.api.services import Services
from codeinterview_server.api.web_files import WEB_DIST, WebFiles
from codeinterview_server.config import Settings
from codeinterview_server.db.engine import Database
from codeinterview_server.db.events import EventStore
from codeinterview_server.db.host_keys import HostKeyStore
from codeinterview_server.db.participants import ParticipantStore
from codeinterview_server.db.sessions import SessionStore
from codeinterview_server.domain.limits import Limits
from codeinterview_server.realtime.rooms import Rooms
from codeinterview_server.retention import Retention
from codeinterview_server.revocations import Revocations
from codeinterview_server.version import __version__


def create_app(
    settings: Settings,
    database: Database,
    host_key: str,
    *,
    limits: Limits | None = None,
    web_dist: Path = WEB_DIST,
) -> FastAPI:
    """Returns the app; its lifespan starts and stops the rooms and what deletes old sessions.

    Args:
        settings: What the server runs with.
        database: Started before the app's lifespan and stopped after it.
        host_key: The key that owns this server, also the secret that invites are derived from.
        limits: Bounds other than the usual ones.
        web_dist: The folder of the built web client.
    """
    limits = limits or Limits()
    rooms = Rooms(database, limits, idle_s=settings.room_idle_s, is_replica=settings.replicas)
    retention = Retention(database, settings.retention_days, lambda: rooms.in_use)
    revocations = Revocations(database, rooms)
    reach = Reach(settings.public_url)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await rooms.start()
        retention.start()
        revocations.start()
        try:
            yield
        finally:
            await revocations.stop()
            await retention.stop()
            await rooms.stop()

    base = "" if settings.public_url is None else settings.public_url.path
    app = FastAPI(
        title="CodeInterview",
        summary="Live coding interviews, hosted from the interviewer's own machine.",
        version=__version__,
        license_info={"name": "MIT", "identifier": "MIT"},
        servers=[{"url": base}] if base else None,
        lifespan=lifespan,
        # Pages serves /docs: the usual one fetches its scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    stored, host_keys = SessionStore(database), HostKeyStore(database)
    services = Services(
        settings=settings,
        limits=limits,
        database=database,
        rooms=rooms,
        sessions=stored,
        participants=ParticipantStore(database),
        events=EventStore(database),
        host_keys=host_keys,
        joins=RateLimit(settings.joins_per_minute),
        previews=RateLimit(settings.previews_per_minute),
        knocks=RateLimit(limits.knocks_per_minute),
        arrivals=RateLimit(limits.arrivals_per_minute),
        crowd=Crowd(settings.sockets_per_address),
        reach=reach,
        listed=ListedSessions(rooms, stored, host_keys),
        host_key=host_key,
    )
    app.state.services = services
    app.state.rooms = rooms
    for part in (status, sessions, joining, participants, invites, archives, links, listed, socket):
        app.include_router(part.router)
    app.router.default = Pages(WebFiles(web_dist), reach)
    errors.install(app)
    public_names = () if settings.public_url is None else (settings.public_url.name,)
    hosts = AllowedHosts((settings.host, *settings.allowed_hosts, *public_names))
    # The last one added is the first to see a request.
    app.add_middleware(errors.UnexpectedErrors)
    app.add_middleware(
        BodyLimit, limit_bytes=limits.body_bytes, larger={archives.PATH: limits.archive_bytes}
    )
    # As often as one may join and look, one may be wrong.
    each = settings.joins_per_minute + settings.previews_per_minute
    app.add_middleware(
        GuessLimit,
        each=RateLimit(each),
        together=RateLimit(max(each, limits.guesses_per_minute)),
        vouches=services.vouches,
    )
    if base:
        app.add_middleware(BasePath, base=base)
    app.add_middleware(OriginGuard, hosts=hosts, reach=reach)
    app.add_middleware(SecurityHeaders, always_tls=settings.tls_cert is not None)
    app.add_middleware(Approaches, reach=reach, proxies=settings.trusted_proxies)
    return app
