"""The server's settings: command-line options, else `CODEINTERVIEW_*` variables, else defaults."""

import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any, Final, Self

import platformdirs
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from codeinterview_server.domain.addresses import Network, parse_network
from codeinterview_server.domain.limits import Limits
from codeinterview_server.domain.web_address import WebAddress, parse_web_address

OWN_PATHS: Final = frozenset({"api", "assets", "docs", "i", "openapi.json", "s", "sandbox", "ws"})
"""What the server's own paths begin with; the path that it is below must not look like these."""


def default_data_dir() -> Path:
    """Returns where the server keeps its data unless told otherwise.

    Root's is no home directory: PostgreSQL never runs as root, and the account that it runs as
    must be able to reach the directory.
    """
    if sys.platform != "win32" and os.geteuid() == 0:
        return Path("/var/lib/codeinterview")
    return platformdirs.user_data_path("CodeInterview", appauthor=False)


class ConfigError(Exception):
    """A setting is not valid; the text says which one and what it must be."""


def _absolute(path: Path | None) -> Path | None:
    return None if path is None else path.expanduser().absolute()


def _database_url(url: SecretStr | None) -> SecretStr | None:
    if url is not None and not url.get_secret_value().startswith(("postgresql://", "postgres://")):
        raise ValueError("must look like postgresql://user:password@host:5432/database")
    return url


def _key(key: SecretStr | None) -> SecretStr | None:
    if key is not None:
        text = key.get_secret_value()
        # It travels in a header: printable ASCII without spaces.
        if not text or not all("!" <= character <= "~" for character in text):
            raise ValueError("must be printable ASCII characters without spaces")
    return key


def _names(value: object) -> object:
    if not isinstance(value, str):
        return value
    names = json.loads(value) if value.startswith("[") else value.split(",")
    return [name.strip().lower() for name in names if name.strip()]


def _networks(value: object) -> object:
    names = _names(value)
    if not isinstance(names, list):
        return names
    try:
        return [parse_network(name) for name in names]
    except ValueError:
        raise ValueError(
            "must be addresses or networks such as 127.0.0.1, ::1 or 172.16.0.0/12"
        ) from None


def _public_url(value: object) -> object:
    if not isinstance(value, str):
        return value
    address = parse_web_address(value)
    first = address.path.partition("/")[2].partition("/")[0]
    if first in OWN_PATHS:
        raise ValueError(f"must have another path, as the server has pages of its own at /{first}")
    return address


class Settings(BaseSettings):
    """What one server runs with. Secrets do not show in its `repr`."""

    model_config = SettingsConfigDict(
        env_prefix="CODEINTERVIEW_",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    """The address to listen on; `0.0.0.0` or `::` for all."""
    port: Annotated[int, Field(ge=0, le=65535)] = 8765
    """The port to listen on; 0 takes any free one."""
    database_url: Annotated[SecretStr | None, AfterValidator(_database_url)] = None
    """An existing PostgreSQL, as libpq's URL; None starts the embedded one."""
    replicas: bool = False
    """Whether further servers, with this setting too, have the same sessions open."""
    data_dir: Annotated[Path, AfterValidator(_absolute)] = Field(default_factory=default_data_dir)
    """Where the host key and the embedded PostgreSQL's files are."""
    host_key: Annotated[SecretStr | None, AfterValidator(_key)] = None
    """The host key; None reads it from the data directory, or makes one there."""
    run_key: Annotated[SecretStr | None, AfterValidator(_key)] = None
    """A second key for this run alone, made by the desktop app."""
    watch_stdin: bool = False
    """Whether to stop when standard input closes, so as not to outlive who started us."""
    allowed_hosts: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_names)] = ()
    """Further host names that browsers may reach this server by; a comma-separated list."""
    public_url: Annotated[WebAddress | None, BeforeValidator(_public_url)] = None
    """Where people reach this server when a proxy stands in front of it, maybe below a path."""
    trusted_proxies: Annotated[tuple[Network, ...], NoDecode, BeforeValidator(_networks)] = ()
    """Proxies that are believed about whom they ask for; a list of addresses and networks."""
    tls_cert: Annotated[Path | None, AfterValidator(_absolute)] = None
    """A file of PEM certificates, this server's own first; None serves without TLS."""
    tls_key: Annotated[Path | None, AfterValidator(_absolute)] = None
    """A file with the certificate's private key; None looks for it in the same file."""
    tls_check_s: Annotated[float, Field(gt=0)] = 30
    """How often, in seconds, the certificate's files are looked at for a new one."""
    session_hours: Annotated[float, Field(gt=0, le=24 * 365)] = 24
    """How long a session lives."""
    retention_days: Annotated[float | None, Field(ge=0, le=36_500, allow_inf_nan=False)] = None
    """For how many days a session is kept once it is over; None keeps every session."""
    room_idle_s: Annotated[float, Field(ge=0)] = 60
    """How many seconds a room stays in memory after its last user is gone."""
    joins_per_minute: Annotated[int, Field(ge=1)] = Limits().joins_per_minute
    """How often one address may join or knock without a credential."""
    previews_per_minute: Annotated[int, Field(ge=1)] = Limits().previews_per_minute
    """How often one address may ask for previews."""
    sockets_per_address: Annotated[int, Field(ge=1)] = Limits().sockets_per_address
    """How many sockets one address may have open; behind a tunnel, all come from one."""
    vitals_s: Annotated[float | None, Field(gt=0)] = None
    """How often, in seconds, the log counts tasks, rooms and memory; None never does."""
    log_level: Annotated[str, Field(pattern="^(debug|info|warning|error)$")] = "info"
    """From which level on log lines are written to standard error."""

    @model_validator(mode="after")
    def _key_has_certificate(self) -> Self:
        if self.tls_key is not None and self.tls_cert is None:
            raise ValueError("--tls-key needs --tls-cert beside it")
        return self


def read_settings(options: dict[str, Any]) -> Settings:
    """Returns the settings out of options that were given and the environment.

    Raises:
        ConfigError: A setting is not valid.
    """
    try:
        return Settings(**options)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        reason = problem["msg"].removeprefix("Value error, ")
        if not problem["loc"]:
            raise ConfigError(f"{reason}.") from None
        name = str(problem["loc"][0])
        option, variable = f"--{name.replace('_', '-')}", f"CODEINTERVIEW_{name.upper()}"
        raise ConfigError(f"{option} (or {variable}) is not valid: {reason}.") from None
