"""The server's own fixtures, as far as a server between two hosts needs them."""

from tests.server.conftest import data_dir, scratch  # noqa: F401 - fixtures
