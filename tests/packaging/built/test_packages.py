"""What is in the packages: the same app in both, and all that a desktop expects of one."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from typing import TYPE_CHECKING

import pytest
from tests.packaging.built.user import ROOT

from codeinterview_server.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SIDES_PX = (16, 22, 24, 32, 48, 64, 128, 256, 512)
# What a page of the room and the app may weigh together; more needs a reason in docs/packaging.md.
MOST_MB = 520
MOST_PACKED_MB = 215


@pytest.fixture(scope="module")
def installed(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that the package puts onto a system."""
    folder = tmp_path_factory.mktemp("deb")
    subprocess.run(["dpkg-deb", "--extract", package, folder], check=True, timeout=120)
    return folder


def field(package: Path, name: str) -> str:
    done = subprocess.run(
        ["dpkg-deb", "--field", package, name], check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def contents(folder: Path) -> dict[str, str]:
    """Every file with its mode and a hash of what it holds, every link with its target."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[name] = str(path.readlink())
        elif path.is_file():
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            found[name] = f"{path.stat().st_mode:o} {digest}"
    return found


def test_both_packages_hold_the_same_app(unpacked: Path, installed: Path) -> None:
    program = contents(installed / "usr" / "lib" / "codeinterview")
    portable = contents(unpacked)
    extras = {"LICENSE", "register.sh", "share/codeinterview.desktop", "share/codeinterview.svg"}
    assert set(portable) - set(program) == extras
    assert {name: portable[name] for name in program} == program
    link = installed / "usr" / "bin" / "codeinterview"
    assert link.resolve() == installed / "usr" / "lib" / "codeinterview" / "codeinterview"


def test_the_package_tells_what_it_is_and_needs(package: Path) -> None:
    assert field(package, "Package") == "codeinterview"
    assert field(package, "Version") == __version__
    needs = {each.split()[0] for each in field(package, "Depends").split(",")}
    assert {"libc6", "libstdc++6", "libegl1", "libx11-6"} <= needs
    # What the app brings itself need not be installed.
    assert not {each for each in needs if re.match(r"libpq|libssl|postgres|python", each)}


def test_a_desktop_finds_program_icons_and_link_scheme(installed: Path) -> None:
    share = installed / "usr" / "share"
    entry = (share / "applications" / "codeinterview.desktop").read_text()
    assert "\nExec=codeinterview %u\n" in entry
    assert "\nMimeType=x-scheme-handler/codeinterview;\n" in entry
    for side in SIDES_PX:
        icon = share / "icons" / "hicolor" / f"{side}x{side}" / "apps" / "codeinterview.png"
        head = icon.read_bytes()[:24]
        assert head.startswith(b"\x89PNG")
        assert (int.from_bytes(head[16:20]), int.from_bytes(head[20:24])) == (side, side)
    assert (share / "icons/hicolor/scalable/apps/codeinterview.svg").is_file()
    metainfo = (share / "metainfo" / "codeinterview.metainfo.xml").read_text()
    assert f'<release version="{__version__}"' in metainfo
    assert (share / "doc" / "codeinterview" / "copyright").read_text().startswith("CodeInterview")
    assert (share / "man" / "man1" / "codeinterview.1.gz").is_file()


def test_nothing_belongs_to_whoever_built_it(package: Path) -> None:
    done = subprocess.run(
        ["dpkg-deb", "--contents", package], check=True, capture_output=True, text=True
    )
    lines = done.stdout.splitlines()
    assert {line.split()[1] for line in lines} == {"root/root"}
    assert not [line for line in lines if re.match(r"-....w|-.......w|...s", line)]


def test_every_library_has_what_it_needs(unpacked: Path) -> None:
    missing = {}
    for file in elf_files(unpacked):
        done = subprocess.run(
            ["ldd", file], capture_output=True, text=True, check=False, timeout=60
        )
        lines = [line.strip() for line in done.stdout.splitlines() if "not found" in line]
        if lines:
            missing[file.relative_to(unpacked).as_posix()] = lines
    assert missing == {}


def elf_files(folder: Path) -> Iterator[Path]:
    for file in folder.rglob("*"):
        if file.is_file() and not file.is_symlink():
            with file.open("rb") as content:
                if content.read(4) == b"\x7fELF":
                    yield file


def test_it_lists_whose_work_it_contains(unpacked: Path) -> None:
    listed = unpacked / "_internal" / "codeinterview_desktop" / "third_party.json"
    parts = {each["name"]: each for each in json.loads(listed.read_text())}
    assert {"Qt", "PostgreSQL", "Python", "fastapi", "monaco-editor", "pyodide"} <= set(parts)
    assert all(each["licence"] and each["version"] for each in parts.values())
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in parts["Qt"]["text"]


def test_it_knows_the_systems_keyrings(unpacked: Path) -> None:
    (described,) = (unpacked / "_internal").glob("keyring-*.dist-info/entry_points.txt")
    assert "SecretService" in described.read_text()
    # The program's list of its modules is not packed.
    program = (unpacked / "codeinterview").read_bytes()
    for module in ("keyring.backends.SecretService", "secretstorage", "jeepney.io.blocking"):
        assert module.encode() in program


def test_it_has_no_trace_of_where_it_was_built(unpacked: Path) -> None:
    checkout = str(ROOT).encode()
    own = [*unpacked.rglob("*.py"), *unpacked.rglob("*.json"), unpacked / "codeinterview"]
    assert not [file for file in own if checkout in file.read_bytes()]


def test_it_weighs_no_more_than_it_may(unpacked: Path, package: Path, archive: Path) -> None:
    files = [path for path in unpacked.rglob("*") if path.is_file() and not path.is_symlink()]
    assert sum(file.stat().st_size for file in files) / 1e6 < MOST_MB
    assert max(package.stat().st_size, archive.stat().st_size) / 1e6 < MOST_PACKED_MB
