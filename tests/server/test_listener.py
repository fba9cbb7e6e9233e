"""A port that cannot be had is explained before anything else was started."""

import socket

import pytest

from codeinterview_server.listener import HostError, PortBusyError, listen, url_of


@pytest.mark.parametrize(
    ("host", "client", "url"),
    [
        ("127.0.0.1", "127.0.0.1", "http://127.0.0.1:"),
        ("localhost", "127.0.0.1", "http://localhost:"),
        ("0.0.0.0", "127.0.0.1", "http://0.0.0.0:"),
    ],
)
def test_clients_reach_it(host: str, client: str, url: str) -> None:
    with listen(host, 0) as listener:
        port = listener.getsockname()[1]
        assert url_of(host, listener) == f"{url}{port}"
        socket.create_connection((client, port), timeout=5).close()


def test_an_ipv6_url_has_brackets() -> None:
    try:
        listener = listen("::1", 0)
    except HostError:
        pytest.skip("this machine has no IPv6")
    with listener:
        assert url_of("::1", listener) == f"http://[::1]:{listener.getsockname()[1]}"


def test_a_busy_port() -> None:
    with listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(PortBusyError, match=f"Port {port} is in use .* --port"):
            listen("127.0.0.1", port)
    with listen("127.0.0.1", port):
        pass


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid", "a" * 70 + ".test", " "])
def test_a_host_that_is_not_ours(host: str) -> None:
    with pytest.raises(HostError, match="no address of this machine"):
        listen(host, 0)
