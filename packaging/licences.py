"""Lists whose work the app contains: `write()` makes the file that its About window reads.

Python's packages and npm's name their licences in their metadata; for libraries that come from the
building system, Debian keeps a file with each package.
"""

from __future__ import annotations

import importlib.metadata
import json
import re
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT: Final = Path(__file__).resolve().parent.parent
_TEXTS: Final = Path(__file__).with_name("licences")
_TEXT_FILE: Final = re.compile(r"(?i)(?:licen[cs]e|copying|copyright|notice)[^/]*$")
# Built into the web client although the room does not need it: the REST interface's description.
_ALSO_IN_WEB: Final = ("swagger-ui-dist",)
_SHORT_CHARS: Final = 60

Component = dict[str, str]


def write(target: Path, binaries: Iterable[str]) -> None:
    """Write the list as JSON.

    Args:
        target: where to.
        binaries: the programs and libraries that go into the app, where they come from.

    Raises:
        LookupError: somebody's licence is not known.
    """
    found = [*_fixed(), *_python_packages(), *_web_packages(), *_system_packages(binaries)]
    nameless = [each["name"] for each in found if not each["licence"]]
    if nameless:
        raise LookupError(f"No licence is known of: {', '.join(nameless)}")
    found.sort(key=lambda each: each["name"].lower())
    target.write_text(json.dumps(found, indent=1, ensure_ascii=False), "utf-8")


def _component(name: str, version: str, licence: str, text: str) -> Component:
    text = text.strip()
    if not text:
        # Some packages leave out the licence that they name.
        known = [file for file in sorted(_TEXTS.glob("*.txt")) if file.stem in licence]
        text = "\n\n".join(file.read_text("utf-8").strip() for file in known)
    return {"name": name, "version": version, "licence": licence, "text": text}


def _fixed() -> Iterator[Component]:
    """What no metadata names."""
    qt = importlib.metadata.version("PySide6-Essentials")
    yield _component("Qt", qt, "LGPL-3.0-only", "")
    yield _component(
        "Qt WebEngine", qt, "LGPL-3.0-only, with Chromium under BSD-3-Clause and others", ""
    )
    yield _component("PostgreSQL", "18", "PostgreSQL", "")
    python = Path(sysconfig.get_path("stdlib")) / "LICENSE.txt"
    version = ".".join(str(number) for number in sys.version_info[:3])
    text = python.read_text("utf-8") if python.exists() else ""
    yield _component("Python", version, "PSF-2.0", text)


def _python_packages() -> Iterator[Component]:
    """The packages that the desktop app requires, and what those require."""
    from packaging.requirements import Requirement

    waiting = [Requirement("codeinterview[desktop]")]
    seen: set[tuple[str, str]] = set()
    named: set[str] = set()
    while waiting:
        wanted = waiting.pop()
        distribution = importlib.metadata.distribution(wanted.name)
        name = distribution.metadata["Name"]
        for extra in {"", *wanted.extras}:
            if (name, extra) in seen:
                continue
            seen.add((name, extra))
            for line in distribution.requires or ():
                requirement = Requirement(line)
                if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
                    waiting.append(requirement)
        if name not in named and name != "codeinterview":
            named.add(name)
            licence, text = _python_licence(distribution)
            yield _component(name, distribution.version, licence, text)


def _python_licence(distribution: importlib.metadata.Distribution) -> tuple[str, str]:
    metadata: Any = distribution.metadata
    classifiers = [
        line.rpartition(" :: ")[2]
        for line in metadata.get_all("Classifier", [])
        if line.startswith("License :: ") and line.count(" :: ") > 1
    ]
    said = metadata.get("License", "").strip()
    licence = metadata.get("License-Expression") or ", ".join(classifiers) or said
    texts = [
        file.read_text("utf-8")
        for file in distribution.files or ()
        if ".dist-info" in str(file) and _TEXT_FILE.search(file.name)
    ]
    if len(licence) > _SHORT_CHARS:
        texts.append(licence)
        licence = licence.splitlines()[0]
    return licence, "\n\n".join(texts)


def _web_packages() -> Iterator[Component]:
    """The npm packages that the web client is built from."""
    lock = json.loads((ROOT / "web" / "package-lock.json").read_text("utf-8"))
    seen = set()
    for path, entry in sorted(lock["packages"].items()):
        name = path.rpartition("node_modules/")[2]
        helps = entry.get("dev") or entry.get("optional") or entry.get("devOptional")
        if not name or name in seen or (helps and name not in _ALSO_IN_WEB):
            continue
        seen.add(name)
        folder = ROOT / "web" / path
        texts = [
            file.read_text("utf-8", errors="replace")
            for file in sorted(folder.glob("*"))
            if file.is_file() and _TEXT_FILE.search(file.name)
        ]
        yield _component(name, entry["version"], entry.get("license", ""), "\n\n".join(texts))


def _system_packages(binaries: Iterable[str]) -> Iterator[Component]:
    """The Debian packages that libraries come from which no Python package brought."""
    foreign = {
        path
        for path in map(Path, binaries)
        if path.is_absolute() and not path.is_relative_to(sys.prefix) and path.exists()
    }
    names = set()
    for path in foreign:
        for known in (path, path.resolve()):
            owner = _ask("dpkg-query", "--search", str(known))
            if owner:
                names.add(owner.partition(":")[0])
                break
    for name in sorted(names):
        version = _ask("dpkg-query", "--show", "--showformat=${Version}", name)
        copyright_file = Path("/usr/share/doc") / name / "copyright"
        if copyright_file.exists():
            text = copyright_file.read_text("utf-8", errors="replace")
            yield _component(name, version, "see its text", text)


def _ask(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    except FileNotFoundError:
        return ""
    return done.stdout.strip()
