"""The team server's image, composition and unit: what they refer to exists, and they run tightly.

Nothing here builds the image: what it runs, as whom and on what file system, is tried without one.
"""

from __future__ import annotations

import fnmatch
import importlib
import os
import pwd
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from tests.support.certificates import Pair
from tests.support.server import ServerProcess
from tests.support.tcp_postgres import created

from codeinterview_server.config import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
CONTAINER = ROOT / "packaging" / "container"
IMAGE_USER = 10_001
# The system must know the user, as it does in the image: the embedded PostgreSQL asks for its name.
STRANGER = pwd.getpwnam("nobody").pw_uid
SETTING = re.compile(r"CODEINTERVIEW_[A-Z_]+")
# What compose itself asks for, and what other parts of the server read.
ELSEWHERE = {"CODEINTERVIEW_DATABASE_PASSWORD"}

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="mounting needs root")

# As the composition has it: all is read-only but the data directory, and /tmp is empty. What the
# program is made of here may be in somebody's home; in the image everybody may read it.
READ_ONLY = f"""
set -e
mount --make-rprivate /
mount -t tmpfs tmpfs /mnt
mkdir /mnt/data /mnt/1 /mnt/2
mount --bind "$1" /mnt/data
mount --bind "$2" /mnt/1
mount --bind "$3" /mnt/2
mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs /tmp
show() {{
    setpriv --reuid {STRANGER} --clear-groups test -x "$2" && return
    top=/$(cut --delimiter=/ --fields=2 <<< "$2")
    mountpoint --quiet "$top" || mount -t tmpfs -o mode=0755 tmpfs "$top"
    mkdir --parents "$2"
    mount --bind "/mnt/$1" "$2"
}}
show 1 "$2"
show 2 "$3"
for place in /mnt/1 /mnt/2; do umount "$place"; done
findmnt --noheadings --raw --output TARGET | while read -r place; do
    case $place in
        /mnt/data | /tmp | /proc | /proc/* | /sys | /sys/* | /dev | /dev/*) ;;
        *) mount -o remount,bind,ro "$(printf '%b' "$place")" 2> /dev/null || true ;;
    esac
done
shift 3
exec setpriv --reuid {STRANGER} --regid {STRANGER} --clear-groups --no-new-privs \\
    --bounding-set=-all --inh-caps=-all -- "$@"
"""
# What is neither the data directory nor /tmp must not be written to: this sees that it cannot be.
CANNOT_WRITE = (
    "import errno, os, sys\n"
    "for place in sys.argv[1:]:\n"
    "    try: os.open(place + '/x', os.O_CREAT | os.O_WRONLY)\n"
    "    except OSError as error: assert error.errno in (errno.EROFS, errno.EACCES), error\n"
    "    else: sys.exit('written: ' + place)\n"
    f"assert os.getuid() == {STRANGER}\n"
    "assert 'CapEff:\\t0000000000000000' in open('/proc/self/status').read()\n"
)


def shut_in(data_dir: Path) -> tuple[str, ...]:
    """What a command is put behind to see the world as in the container; data is in /mnt/data."""
    made_of = (sys.base_prefix, str(ROOT))
    return ("unshare", "--mount", "bash", "-c", READ_ONLY, "shut-in", str(data_dir), *made_of)


def steps(name: str = "Dockerfile") -> list[tuple[str, str]]:
    """Each instruction with its words, lines that go on joined."""
    text = (CONTAINER / name).read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in lines]


def is_sent(path: str) -> bool:
    """Whether the builder is sent a path of the repository, as `.dockerignore` says."""
    sent = True
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        pattern = line.removeprefix("!")
        if not line or line.startswith("#"):
            continue
        parents = [path, *map(str, Path(path).parents)]
        names = [each for each in parents if each != "."]
        hits = [
            fnmatch.fnmatchcase(each, pattern)
            or (pattern.startswith("**/") and fnmatch.fnmatchcase(Path(each).name, pattern[3:]))
            for each in names
        ]
        if any(hits):
            sent = line.startswith("!")
    return sent


def test_what_the_image_is_made_of_is_there_and_sent_to_the_builder() -> None:
    copied = [
        source
        for instruction, words in steps()
        if instruction == "COPY" and "--from=" not in words
        for source in words.split()[:-1]
    ]
    assert {"web", "server", "requirements/core.txt"} <= set(copied)
    for source in copied:
        assert (ROOT / source).exists(), source
        assert is_sent(source), source
    for left_out in (
        ".git/config",
        "tests/conftest.py",
        "web/node_modules/react/index.js",
        "server/codeinterview_server/web_dist/index.html",
        "server/codeinterview_server/__pycache__/cli.cpython-311.pyc",
        "requirements/dev.txt",
    ):
        assert not is_sent(left_out), left_out


def test_packages_are_pinned_by_their_hashes() -> None:
    installs = [
        command
        for instruction, words in steps()
        if instruction == "RUN"
        for command in words.split("&&")
        if "pip install" in command
    ]
    assert len(installs) == 3
    for command in installs:
        assert "--require-hashes" in command or "--no-index" in command, command
    assert any(words.startswith("npm ci ") for _, words in steps())
    bases = [words.split("=", 1)[1] for instruction, words in steps() if instruction == "ARG"]
    assert all(re.search(r":\d+[.\w-]*-", base) for base in bases), bases


def test_the_image_serves_as_nobody_in_particular_and_says_how_it_is() -> None:
    last = dict(steps())
    assert last["USER"] == f"{IMAGE_USER}:{IMAGE_USER}"
    assert last["ENTRYPOINT"] == '["codeinterview"]'
    assert last["CMD"] == '["serve"]'
    assert "/opt/codeinterview/healthcheck.py" in last["HEALTHCHECK"]
    assert (
        f"EXPOSE {Settings.model_fields['port'].default}" in (CONTAINER / "Dockerfile").read_text()
    )


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    # It publishes no types, and comes with what the tests of the interface need.
    yaml = importlib.import_module("yaml")
    composition = yaml.safe_load((CONTAINER / "compose.yaml").read_text())
    assert set(composition["volumes"]) == {"server", "database"}
    found: dict[str, Any] = composition["services"]
    return found


def test_the_composition_is_tight(services: dict[str, Any]) -> None:
    server, database = services["server"], services["database"]
    assert (CONTAINER / server["build"]["context"]).resolve() == ROOT
    assert (ROOT / server["build"]["dockerfile"]).is_file()
    assert server["depends_on"]["database"]["condition"] == "service_healthy"
    assert database["healthcheck"]["test"][1] == "pg_isready"
    assert server["cap_drop"] == ["ALL"]
    for service in (server, database):
        assert service["read_only"] is True
        assert service["security_opt"] == ["no-new-privileges:true"]
    assert all(port.startswith("127.0.0.1:") for port in server["ports"])
    assert "ports" not in database
    assert "privileged" not in repr(services).replace("no-new-privileges", "")


def test_every_setting_that_they_name_is_one() -> None:
    known = {f"CODEINTERVIEW_{name.upper()}" for name in Settings.model_fields}
    for path in CONTAINER.iterdir():
        named = set(SETTING.findall(path.read_text())) - ELSEWHERE
        assert named <= known, path.name


def test_the_unit_is_valid_and_exposes_little(tmp_path: Path) -> None:
    text = (CONTAINER / "codeinterview.service").read_text()
    # What it runs and documents is not installed here.
    text = text.replace("/opt/codeinterview/bin/codeinterview", sys.executable)
    text = text.replace("Documentation=man:codeinterview(1)\n", "")
    unit = tmp_path / "codeinterview.service"
    unit.write_text(text)
    verify = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (verify.returncode, verify.stderr) == (0, "")
    security = subprocess.run(
        ["systemd-analyze", "security", "--no-pager", "--offline=yes", "--threshold=15", str(unit)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert security.returncode == 0, security.stdout[-300:]


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory with a short path that another user can reach."""
    with tempfile.TemporaryDirectory(prefix="ci-container-") as name:
        path = Path(name)
        path.chmod(0o755)
        yield path


@pytest.fixture
def data_dir(place: Path) -> Path:
    path = place / "data"
    path.mkdir(mode=0o700)
    os.chown(path, STRANGER, STRANGER)
    return path


def healthcheck(port: int, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(CONTAINER / "healthcheck.py")],
        env={"CODEINTERVIEW_PORT": str(port), "http_proxy": "http://127.0.0.1:9", **env},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


@AS_ROOT
def test_nothing_else_can_be_written_where_it_is_tried(data_dir: Path) -> None:
    elsewhere = ["/", "/mnt", "/usr", "/var/tmp", sys.base_prefix, str(ROOT / "server")]
    subprocess.run(
        [*shut_in(data_dir), sys.executable, "-c", CANNOT_WRITE, *elsewhere], check=True, timeout=60
    )


def test_the_health_check_speaks_tls_where_the_server_does(tmp_path: Path) -> None:
    certificate, key = Pair.made("team.example").write(tmp_path)
    tls = {"CODEINTERVIEW_TLS_CERT": str(certificate), "CODEINTERVIEW_TLS_KEY": str(key)}
    server = ServerProcess(tmp_path / "data", env=tls).start()
    try:
        assert healthcheck(server.port, **tls).returncode == 0
        assert healthcheck(server.port).returncode == 1
    finally:
        assert server.stop() == 0


@AS_ROOT
@pytest.mark.timeout(180)
@pytest.mark.parametrize("embedded", [False, True], ids=["its own PostgreSQL", "the embedded one"])
def test_it_serves_as_nobody_on_a_read_only_file_system(
    place: Path, data_dir: Path, embedded: bool
) -> None:
    postgres = None if embedded else created(place / "postgres")
    env = {"CODEINTERVIEW_DATABASE_URL": "" if postgres is None else postgres.url()}
    server = ServerProcess(
        data_dir, options=("--data-dir=/mnt/data",), env=env, wrapper=shut_in(data_dir)
    )
    server.start()
    try:
        assert healthcheck(server.port).returncode == 0
        hosted = server.host_session(code="x = 1\n")
        # The archive is the one thing that the server writes beside the database.
        archive = httpx.get(
            f"{server.origin}/api/v1/sessions/{hosted.id}/archive",
            headers={"Authorization": f"Bearer {server.host_key}"},
            trust_env=False,
            timeout=30,
        )
        assert archive.status_code == 200
        copied = server.api("POST", "/archives", content=archive.content)["data"]
        assert copied["code"] == "x = 1\n"
        if postgres is not None:
            postgres.stop()
            assert healthcheck(server.port).returncode == 1
            postgres.start()
        assert server.stop() == 0
    finally:
        server.stop()
        if postgres is not None:
            postgres.stop()
    gone = healthcheck(server.port)
    assert gone.returncode == 1
    assert "does not answer" in gone.stderr
