"""The data directory: made private, and used by one program at a time."""

from pathlib import Path

from filelock import FileLock, Timeout


class DataDirError(Exception):
    """The data directory cannot be used; the text is a sentence."""


class AlreadyRunningError(Exception):
    """Another program uses the data directory; the text is a sentence."""


class DataDir:
    """Owns the right to use a data directory, from `open` until `close` or the process's end."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = FileLock(path / "lock", mode=0o600)

    def open(self) -> None:
        """Makes the directory if needed and takes its lock, which dies with the process.

        Raises:
            DataDirError: It cannot be made or written to.
            AlreadyRunningError: Another program holds the lock.
        """
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock.acquire(blocking=False)
        except Timeout:
            raise AlreadyRunningError(
                f"Another CodeInterview uses the data directory {self.path}. "
                "Close that one, or choose another directory with --data-dir."
            ) from None
        except (OSError, NotImplementedError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise DataDirError(
                f"The data directory {self.path} cannot be written: {reason}. "
                "Check its owner and permissions, or choose another one with --data-dir."
            ) from error

    def close(self) -> None:
        """Gives the lock back; a second call does nothing."""
        self._lock.release()
