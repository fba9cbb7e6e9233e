"""Packs the built app for Linux, into `dist/`: a package for Debian's relatives, and a folder.

The package follows Debian's policy; what it depends on is read from the programs and libraries.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import contents
import icons

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT: Final = contents.ROOT
LINUX: Final = Path(__file__).resolve().with_name("linux")
BUNDLE: Final = ROOT / "build" / "codeinterview"
ICONS: Final = ROOT / "build" / "icons"
DIST: Final = ROOT / "dist"
VERSION: Final = contents.version()
# Releases are packed by 19, which takes minutes longer and saves a tenth.
_LEVEL: Final = os.environ.get("CODEINTERVIEW_DEB_LEVEL", "12")
_ELF: Final = b"\x7fELF"
_MB: Final = 1_000_000

_CONTROL: Final = """\
Package: codeinterview
Version: {version}
Architecture: {architecture}
Maintainer: CodeInterview contributors <codeinterview@localhost>
Installed-Size: {size_kb}
Depends: {depends}
Recommends: xdg-utils, xdg-desktop-portal
Section: devel
Priority: optional
Description: host a live coding interview from your own machine
 The interviewer hosts with this app, the candidate opens a link in any browser.
 Both type in the same editor, run JavaScript, Python or a web page, and see
 each other's cursors and output.
 .
 There is no account and no cloud. PostgreSQL, which keeps the interviews, and
 everything that the editor and the languages need come with it.
"""


def main() -> None:
    """Make both packages and say what they weigh."""
    DIST.mkdir(exist_ok=True)
    for path in (make_deb(), make_folder()):
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size / _MB:.1f} MB", flush=True)


def make_deb() -> Path:
    """Make the package and answer where it is."""
    architecture = _run("dpkg", "--print-architecture")
    tree = ROOT / "build" / "deb" / "debian" / "codeinterview"
    shutil.rmtree(tree.parent.parent, ignore_errors=True)
    library = tree / "usr" / "lib" / "codeinterview"
    shutil.copytree(BUNDLE, library, symlinks=True)
    _link(tree / "usr" / "bin" / "codeinterview", "../lib/codeinterview/codeinterview")
    share = tree / "usr" / "share"
    _install(LINUX / "codeinterview.desktop", share / "applications")
    _write(share / "metainfo" / "codeinterview.metainfo.xml", _filled("codeinterview.metainfo.xml"))
    _install(LINUX / "apparmor", share / "codeinterview")
    for side in icons.LINUX_SIDES_PX:
        folder = share / "icons" / "hicolor" / f"{side}x{side}" / "apps"
        _install(ICONS / f"{side}.png", folder, "codeinterview.png")
    scalable = share / "icons" / "hicolor" / "scalable" / "apps"
    _install(icons.MARK, scalable, "codeinterview.svg")
    _compress(share / "man" / "man1" / "codeinterview.1.gz", _filled("codeinterview.1"))
    documents = share / "doc" / "codeinterview"
    _write(documents / "copyright", _copyright())
    _compress(documents / "changelog.gz", (ROOT / "CHANGELOG.md").read_text("utf-8"))
    control = tree / "DEBIAN"
    for name in ("postinst", "postrm"):
        _install(LINUX / name, control).chmod(0o755)
    _settle(tree)
    size_kb = int(_run("du", "--summarize", "--apparent-size", "-k", str(tree)).split()[0])
    _write(
        control / "control",
        _CONTROL.format(
            version=VERSION,
            architecture=architecture,
            size_kb=size_kb,
            depends=_dependencies(tree, library),
        ),
    )
    target = DIST / f"codeinterview_{VERSION}_{architecture}.deb"
    draft = target.with_suffix(".new")
    _run(
        "dpkg-deb", "-Zzstd", f"-z{_LEVEL}", "--root-owner-group", "--build", str(tree), str(draft)
    )
    return draft.replace(target)


def make_folder() -> Path:
    """Make the archive of a folder that runs from where it is unpacked; answer where it is."""
    name = f"codeinterview-{VERSION}-linux-{os.uname().machine}"
    folder = ROOT / "build" / "portable" / name
    shutil.rmtree(folder.parent, ignore_errors=True)
    shutil.copytree(BUNDLE, folder, symlinks=True)
    share = folder / "share"
    _install(LINUX / "codeinterview.desktop", share)
    _install(icons.MARK, share, "codeinterview.svg")
    _install(LINUX / "register.sh", folder)
    _install(ROOT / "LICENSE", folder)
    _settle(folder)
    (folder / "register.sh").chmod(0o755)
    target = DIST / f"{name}.tar.gz"
    draft = target.with_suffix(".new")
    _run("tar", "--create", "--gzip", f"--file={draft}", f"--directory={folder.parent}",
         "--sort=name", "--owner=0", "--group=0", "--numeric-owner", f"--mtime=@{_date_s()}",
         name)  # fmt: skip
    return draft.replace(target)


def _dependencies(tree: Path, library: Path) -> str:
    """What Debian's own tool finds that the programs and libraries need from other packages."""
    _write(
        tree.parent / "control",
        "Source: codeinterview\n\nPackage: codeinterview\nArchitecture: any\n",
    )
    binaries = [str(file) for file in library.rglob("*") if not file.is_symlink() and _is_elf(file)]
    own = {str(Path(file).parent) for file in binaries if ".so" in Path(file).name}
    said = _run(
        "dpkg-shlibdeps", "-O", "--ignore-missing-info", "--warnings=0",
        *(f"-l{folder}" for folder in sorted(own)),
        *(f"-x{package}" for package in _replaced(binaries)),
        *(f"-e{file}" for file in sorted(binaries)),
        cwd=tree.parent.parent,
    )  # fmt: skip
    return said.removeprefix("shlibs:Depends=")


def _replaced(binaries: list[str]) -> list[str]:
    """The packages whose libraries the app brings itself, all that it needs of them."""
    brought = {Path(file).name for file in binaries}
    owners: set[str] = set()
    for line in _run("ldconfig", "--print-cache").splitlines()[1:]:
        name, _arrow, path = line.strip().partition(" => ")
        soname = name.partition(" ")[0]
        if soname in brought:
            for known in (path, str(Path(path).resolve())):
                found = subprocess.run(
                    ["dpkg-query", "--search", known], capture_output=True, text=True, check=False
                )
                if found.returncode == 0:
                    owners.add(found.stdout.partition(":")[0])
                    break
    return sorted(owners)


def _is_elf(file: Path) -> bool:
    if not file.is_file():
        return False
    with file.open("rb") as content:
        return content.read(len(_ELF)) == _ELF


def _copyright() -> str:
    parts = json.loads((ROOT / "build" / "third_party.json").read_text("utf-8"))
    own = (ROOT / "LICENSE").read_text("utf-8").strip()
    lines = [f"CodeInterview is under the MIT licence:\n\n{own}\n\nIt contains:\n"]
    lines += [f"{each['name']} {each['version']}: {each['licence']}" for each in parts]
    lines += ["", "Their licences:", ""]
    texts: dict[str, list[str]] = {}
    for each in parts:
        texts.setdefault(each["text"], []).append(each["name"])
    lines += [f"{', '.join(names)}:\n\n{text}\n" for text, names in texts.items() if text]
    return "\n".join(lines)


def _filled(name: str) -> str:
    day = datetime.fromtimestamp(_date_s(), UTC).date().isoformat()
    text = (LINUX / name).read_text("utf-8")
    return text.replace("@VERSION@", VERSION).replace("@DATE@", day)


def _date_s() -> int:
    """The time that everything in the packages carries: that of the sources."""
    if "SOURCE_DATE_EPOCH" not in os.environ:
        # `dpkg-deb` reads it too.
        os.environ["SOURCE_DATE_EPOCH"] = _run("git", "log", "-1", "--format=%ct")
    return int(os.environ["SOURCE_DATE_EPOCH"])


def _install(source: Path, folder: Path, name: str = "") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copyfile(source, folder / (name or source.name)))


def _link(path: Path, target: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def _compress(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def _settle(tree: Path) -> None:
    """Give files and folders the modes of installed ones; libraries are not programs."""
    for path in _all(tree):
        if path.is_dir():
            path.chmod(0o755)
            continue
        runs = path.stat().st_mode & 0o100 and ".so" not in path.name
        path.chmod(0o755 if runs else 0o644)


def _all(tree: Path) -> Iterable[Path]:
    return (path for path in [tree, *tree.rglob("*")] if not path.is_symlink())


def _run(*command: str, cwd: Path = ROOT) -> str:
    environment = {
        **os.environ,
        "LC_ALL": "C.UTF-8",
        "PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin",
    }
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, cwd=cwd, env=environment
    )
    if done.returncode != 0:
        sys.exit(f"{command[0]}: {done.stderr.strip()[-2000:]}")
    return done.stdout.strip()


if __name__ == "__main__":
    main()
