"""The web client's files: what they are called, how they are sent, and what is not there."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from codeinterview_server.api.web_files import MIME_TYPES, WebFiles

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "web_dist"
    for name, content in {
        "index.html": "<!doctype html>",
        "assets/index-3f9a2b1c.js": "let x = 1",
        "assets/index-3f9a2b1c.js.br": "brotli",
        "assets/index-3f9a2b1c.js.gz": "gzip",
        "assets/only-gz-00000001.css": "a {}",
        "assets/only-gz-00000001.css.gz": "gzip",
        "sandbox/csp.json": '{"runner.html": "default-src \'none\'"}',
        "sandbox/pyodide.4fa1c2d3e4.wasm": "wasm",
        "favicon.svg": "<svg/>",
        ".hidden/secret.json": "{}",
        ".env.json": "{}",
        "notes.exe": "MZ",
        "README": "no suffix",
    }.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    (root / "folder.js").mkdir()
    (tmp_path / "outside.js").write_text("secret")
    (tmp_path / "web_dist2.js").write_text("secret")
    return root


@pytest.fixture
def files(root: Path) -> WebFiles:
    return WebFiles(root)


SCRIPT = "assets/index-3f9a2b1c.js"


@pytest.mark.parametrize(
    ("accepts", "encoding"),
    [
        ("br, gzip", "br"),
        ("gzip, deflate, br;q=0.5", "br"),
        ("gzip, deflate", "gzip"),
        ("GZIP", "gzip"),
        ("gzip;q=0, br;q=0", None),
        ("br;q=0.0, gzip", "gzip"),
        ("br; q=0, gzip; q=1", "gzip"),
        ("identity", None),
        ("", None),
    ],
)
def test_the_best_encoding_that_is_accepted_is_sent(
    files: WebFiles, accepts: str, encoding: str | None
) -> None:
    file = files.find(SCRIPT, accepts)
    assert file is not None
    assert file.encoding == encoding
    content = {"br": "brotli", "gzip": "gzip", None: "let x = 1"}[encoding]
    assert file.source.read_text() == content
    assert file.status.st_size == len(content)
    assert file.mime_type == "text/javascript; charset=utf-8", "of the file, not of its encoding"
    assert file.varies


def test_a_file_without_compressed_forms_does_not_vary(files: WebFiles) -> None:
    file = files.find("favicon.svg", "br, gzip")
    assert file is not None
    assert (file.encoding, file.varies, file.mime_type) == (None, False, "image/svg+xml")


def test_a_missing_form_falls_back_to_the_next(files: WebFiles) -> None:
    file = files.find("assets/only-gz-00000001.css", "br, gzip")
    assert file is not None
    assert file.encoding == "gzip"
    file = files.find("assets/only-gz-00000001.css", "br")
    assert file is not None
    assert (file.encoding, file.varies) == (None, True)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "..",
        "../outside.js",
        "../web_dist2.js",
        "assets/../../outside.js",
        "assets/../index.html",
        "./index.html",
        "assets//index-3f9a2b1c.js",
        "/index.html",
        "\\index.html",
        "..\\outside.js",
        "assets\\index-3f9a2b1c.js",
        "C:/index.html",
        "index.html\0",
        "index.html\n",
        "index.html%00",
        "%2e%2e/outside.js",
        ".hidden/secret.json",
        ".env.json",
        "folder.js",
        "assets",
        "notes.exe",
        "README",
        "absent.js",
        "assets/index-3f9a2b1c.js.br",
        "assets/index-3f9a2b1c.js.gz",
        "a" * 5_000 + ".js",
        "index.html/x.js",
    ],
)
def test_nothing_else_is_found(files: WebFiles, path: str) -> None:
    assert files.find(path, "br, gzip") is None


def test_a_link_out_of_the_folder_is_as_safe_as_who_made_it(files: WebFiles, root: Path) -> None:
    """Symbolic links are the packager's: they are followed, and only a file is ever sent."""
    (root / "link.js").symlink_to(root / "folder.js")
    assert files.find("link.js", "") is None


@pytest.mark.parametrize(
    ("path", "forever"),
    [
        (SCRIPT, True),
        ("sandbox/pyodide.4fa1c2d3e4.wasm", True),
        ("index.html", False),
        ("favicon.svg", False),
        ("sandbox/csp.json", False),
    ],
)
def test_only_what_has_a_hash_in_its_name_is_kept_for_good(
    files: WebFiles, path: str, forever: bool
) -> None:
    file = files.find(path, "")
    assert file is not None
    assert file.is_immutable is forever


def test_a_word_of_letters_is_no_hash(files: WebFiles, root: Path) -> None:
    (root / "deadbeefface.js").write_text("x")
    (root / "face-deadbeefface.js").write_text("x")
    file = files.find("face-deadbeefface.js", "")
    assert file is not None
    assert not file.is_immutable


def test_an_etag_changes_with_the_content_and_differs_by_encoding(
    files: WebFiles, root: Path
) -> None:
    def etag(accepts: str = "") -> str:
        file = files.find(SCRIPT, accepts)
        assert file is not None
        return file.etag

    first = etag()
    assert first == etag()
    assert len({first, etag("br"), etag("gzip")}) == 3
    assert first.startswith('"')
    assert first.endswith('"')
    (root / SCRIPT).write_text("let x = 2")
    os.utime(root / SCRIPT, ns=(1, 1))
    assert etag() != first


def test_every_type_is_known_without_asking_the_system() -> None:
    for suffix in (".js", ".mjs"):
        assert MIME_TYPES[suffix].startswith("text/javascript")
    assert MIME_TYPES[".wasm"] == "application/wasm"
    assert MIME_TYPES[".css"].startswith("text/css")
    assert MIME_TYPES[".woff2"] == "font/woff2"


def test_policies_of_the_sandbox_come_with_its_files(files: WebFiles, root: Path) -> None:
    assert files.sandbox_policies() == {"runner.html": "default-src 'none'"}
    (root / "sandbox" / "csp.json").write_text("{")
    assert files.sandbox_policies() == {}
    (root / "sandbox" / "csp.json").unlink()
    assert files.sandbox_policies() == {}


def test_a_client_that_was_not_built_is_noticed(files: WebFiles, tmp_path: Path) -> None:
    assert files.is_built()
    assert not WebFiles(tmp_path / "nowhere").is_built()
    assert WebFiles(tmp_path / "nowhere").find("index.html", "") is None
