"""The languages of an interview: their files and the text that a new file starts with."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from codeinterview_server.domain import templates


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of a language: `monaco` is the editor's name for what is in it."""

    path: str
    monaco: str
    template: str


@dataclass(frozen=True, slots=True)
class Language:
    """One row of the registry; the first file is the main file."""

    id: str
    label: str
    files: tuple[SourceFile, ...]

    @property
    def main_file(self) -> SourceFile:
        """The file that opens first, that runs, and that REST calls the session's code."""
        return self.files[0]


_REGISTERED: Final = (
    Language(
        "javascript",
        "JavaScript",
        (SourceFile("main.js", "javascript", templates.JAVASCRIPT),),
    ),
    Language(
        "python",
        "Python",
        (SourceFile("main.py", "python", templates.PYTHON),),
    ),
    Language(
        "html",
        "HTML/CSS",
        (
            SourceFile("index.html", "html", templates.HTML),
            SourceFile("style.css", "css", templates.CSS),
            SourceFile("script.js", "javascript", templates.HTML_SCRIPT),
        ),
    ),
)

LANGUAGES: Final[Mapping[str, Language]] = MappingProxyType(
    {language.id: language for language in _REGISTERED}
)
"""Every language by id, in the order in which they are offered."""

DEFAULT_LANGUAGE: Final = "javascript"


def main_file(language_id: str) -> SourceFile:
    """Returns the main file of a registered language.

    Raises:
        KeyError: No such language is registered.
    """
    return LANGUAGES[language_id].main_file


def find_file(path: str) -> tuple[Language, SourceFile] | None:
    """Returns the language and file that a path belongs to, or None for a foreign path."""
    for language in LANGUAGES.values():
        for file in language.files:
            if file.path == path:
                return language, file
    return None
