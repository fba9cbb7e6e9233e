"""`serve` with a certificate: https and wss, a new certificate in use soon, mistakes told."""

from __future__ import annotations

import ssl
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx
import pytest
from tests.support.certificates import DAY, NOW, Pair
from tests.support.eventually import eventually
from tests.support.server import ServerProcess
from websockets.asyncio.client import connect

from codeinterview_server import cli
from codeinterview_server.tls import Certificate, CertificateError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HSTS = "Strict-Transport-Security"


@pytest.fixture
def pair() -> Pair:
    return Pair.made()


def trusting(*pairs: Pair) -> ssl.SSLContext:
    """A client that trusts these certificates, and no others."""
    context = ssl.create_default_context(cadata="".join(p.certificate.decode() for p in pairs))
    context.check_hostname = False
    return context


@pytest.fixture
def server(data_dir: Path, tmp_path: Path, pair: Pair) -> Iterator[ServerProcess]:
    certificate, key = pair.write(tmp_path)
    server = ServerProcess(
        data_dir,
        options=(f"--tls-cert={certificate}", f"--tls-key={key}"),
        env={"CODEINTERVIEW_TLS_CHECK_S": "0.05"},
    ).start()
    yield server
    assert server.stop() == 0


async def serial(server: ServerProcess, *trusted: Pair) -> str:
    """The number of the certificate that the server shows."""
    transport = httpx.AsyncHTTPTransport(verify=trusting(*trusted))
    async with httpx.AsyncClient(transport=transport, timeout=30) as http:
        answer = await http.get(f"{server.origin}/api/v1/health")
    assert answer.status_code == 200
    shown = answer.extensions["network_stream"].get_extra_info("ssl_object").getpeercert()
    return str(shown["serialNumber"])


async def test_pages_rest_and_sockets_go_by_tls(server: ServerProcess, pair: Pair) -> None:
    assert server.origin == f"https://127.0.0.1:{server.port}"
    context = trusting(pair)
    token = f"Bearer {server.host_key}"
    async with httpx.AsyncClient(
        base_url=server.origin, transport=httpx.AsyncHTTPTransport(verify=context), timeout=30
    ) as http:
        for path in ("/", "/api/v1/health", "/nothing"):
            assert (await http.get(path)).headers[HSTS] == "max-age=31536000"
        came = (await http.get("/api/v1/connection")).json()
        assert (came["path"], came["secure"]) == ("this_device", True)
        creator = {"id": "c", "name": "C", "color": ""}
        code = "x" * 300_000
        made = await http.post(
            "/api/v1/sessions",
            headers={"Authorization": token},
            json={"creator": creator, "code": code, "language": "python"},
        )
        assert made.json()["data"]["code"] == code
    url = server.origin.replace("https", "wss")
    session, own = made.json()["data"]["id"], made.json()["token"]
    async with connect(
        f"{url}/ws/sessions/{session}?token={own}", ssl=context, proxy=None, max_size=2**24
    ) as websocket:
        assert await websocket.recv()
    # Whoever speaks plain http there is told nothing.
    async with httpx.AsyncClient(trust_env=False) as http:
        with pytest.raises(httpx.TransportError):
            await http.get(server.origin.replace("https", "http"))
    assert "Traceback" not in server.log_text()


async def test_a_new_certificate_is_used_once_it_is_whole(
    server: ServerProcess, pair: Pair, tmp_path: Path
) -> None:
    first = await serial(server, pair)
    new = Pair.made()
    # One file after the other, as a tool that renews writes them.
    replace(new, key=pair.key).write(tmp_path)

    async def complained() -> bool:
        return "The new certificate is not used: The key in" in server.log_text()

    await eventually(complained, "a complaint about two that do not fit")
    assert await serial(server, pair) == first
    new.write(tmp_path)

    async def is_used() -> bool:
        return "A new certificate is used from now on" in server.log_text()

    await eventually(is_used, "the new certificate")
    assert await serial(server, new) != first
    (tmp_path / "server.key").unlink()

    async def is_missed() -> bool:
        return "server.key cannot be read: there is none" in server.log_text()

    await eventually(is_missed, "a complaint about the missing file")
    assert await serial(server, new) != first


def test_one_file_may_hold_both(tmp_path: Path, pair: Pair) -> None:
    both = tmp_path / "both.pem"
    both.write_bytes(pair.key + pair.certificate)
    assert Certificate(both, None).context.minimum_version == ssl.TLSVersion.TLSv1_2


def test_a_chain_may_follow(tmp_path: Path, pair: Pair) -> None:
    chain = replace(pair, certificate=pair.certificate + Pair.made("issuer.test").certificate)
    Certificate(*chain.write(tmp_path))


MISTAKES = {
    "another key": (lambda: replace(Pair.made(), key=Pair.made().key), "is not that of"),
    "a passphrase": (lambda: Pair.made(passphrase=b"hunter2"), "has a passphrase"),
    "expired": (lambda: Pair.made(valid_from=NOW - 2 * DAY, valid_until=NOW - DAY), "has expired"),
    "too early": (
        lambda: Pair.made(valid_from=NOW + DAY, valid_until=NOW + 2 * DAY),
        "is not valid yet",
    ),
    "no certificate": (lambda: replace(Pair.made(), certificate=b"text"), "holds no certificate"),
    "no key": (lambda: replace(Pair.made(), key=b""), "holds no private key"),
    "a damaged certificate": (
        lambda: replace(
            Pair.made(),
            certificate=b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        ),
        "cannot be used",
    ),
    "a damaged key": (
        lambda: replace(
            Pair.made(), key=b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"
        ),
        "cannot be used",
    ),
    "another's first": (
        lambda: replace(
            pair := Pair.made(), certificate=Pair.made().certificate + pair.certificate
        ),
        "must be the server's own",
    ),
}


@pytest.mark.parametrize(("made", "words"), MISTAKES.values(), ids=MISTAKES.keys())
def test_what_cannot_be_shown_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], made: object, words: str
) -> None:
    assert callable(made)
    certificate, key = made().write(tmp_path)
    options = [f"--data-dir={tmp_path / 'data'}", f"--tls-cert={certificate}", f"--tls-key={key}"]
    assert cli.main(["serve", *options]) == cli.Exit.CONFIG
    said = capsys.readouterr()
    assert said.out.startswith("error CONFIG ")
    assert words in said.out
    assert "hunter2" not in said.out + said.err
    assert not (tmp_path / "data").exists()


def test_files_that_cannot_be_read_are_told(tmp_path: Path, pair: Pair) -> None:
    certificate, key = pair.write(tmp_path)
    for first, second, words in (
        (tmp_path / "none.crt", key, "none.crt cannot be read: there is none"),
        (tmp_path, key, "cannot be read: it is no file"),
        (certificate, tmp_path / "none.key", "none.key cannot be read: there is none"),
        (certificate, None, "server.crt holds no private key in PEM form. Name its file"),
        (certificate / "x", key, "x cannot be read: there is none"),
        (tmp_path / ("x" * 300), key, "cannot be read: file name too long"),
    ):
        with pytest.raises(CertificateError, match=words):
            Certificate(first, second)


def test_a_key_alone_is_no_certificate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["serve", f"--tls-key={tmp_path / 'server.key'}"]) == cli.Exit.CONFIG
    assert "--tls-key needs --tls-cert beside it." in capsys.readouterr().out
