"""Why a command on records did nothing; each text is a sentence, each code an exit status."""

from typing import ClassVar


class RecordsError(Exception):
    """A command was refused or failed, and changed nothing.

    Attributes:
        code: The name of the exit status.
    """

    code: ClassVar[str] = "INTERNAL"


class DamagedBackup(RecordsError):  # noqa: N818 - named as the protocol names it
    """The file is not a whole backup."""

    code = "BACKUP_DAMAGED"


class NewerBackup(RecordsError):  # noqa: N818
    """The backup was written by a newer program."""

    code = "BACKUP_NEWER"


class NotEmpty(RecordsError):  # noqa: N818
    """The database to restore into has sessions."""

    code = "NOT_EMPTY"


class FileFailed(RecordsError):  # noqa: N818
    """A file can be neither read nor written."""

    code = "FILE"


class NoSuchSession(RecordsError):  # noqa: N818
    """No session has this id."""

    code = "SESSION_NOT_FOUND"


class SessionOpen(RecordsError):  # noqa: N818
    """The session is not over, and a server may be holding it."""

    code = "SESSION_OPEN"


class KeyExists(RecordsError):  # noqa: N818
    """A good key has the name already."""

    code = "KEY_EXISTS"


class NoSuchKey(RecordsError):  # noqa: N818
    """No good key has the name."""

    code = "KEY_NOT_FOUND"


class NoHostKey(RecordsError):  # noqa: N818
    """A host key is asked for where there is none."""

    code = "CONFIG"
