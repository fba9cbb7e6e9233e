"""The short form of each fault runs with the server's own fixtures."""

from tests.server.conftest import (  # noqa: F401 - fixtures
    data_dir,
    database,
    database_url,
    new_database,
    postgres_url,
    scratch,
    template_database,
)
