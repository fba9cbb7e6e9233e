"""Downloads: each asks where to save, and says when it is done."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QStandardPaths, Signal
from PySide6.QtWebEngineCore import QWebEngineDownloadRequest, QWebEngineProfile
from PySide6.QtWidgets import QApplication, QFileDialog

AskPath = Callable[[Path], Path | None]

_MAX_NAME_LENGTH: Final = 150


class Downloads(QObject):
    """Takes the profile's downloads.

    Signals:
        finished(Path): a file was saved.
        failed(str): a sentence that says why one was not.
    """

    finished = Signal(object)
    failed = Signal(str)

    def __init__(self, profile: QWebEngineProfile, ask_path: AskPath | None = None) -> None:
        super().__init__(profile)
        self._ask_path = ask_path or ask_with_dialog
        profile.downloadRequested.connect(self._requested)

    def _requested(self, download: QWebEngineDownloadRequest) -> None:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation)
        path = self._ask_path(Path(folder) / safe_name(download.suggestedFileName()))
        if path is None:
            download.cancel()
            return
        if not path.parent.is_dir():
            # Qt would try to make it, and say nothing when it cannot.
            download.cancel()
            self._fail(path, "the folder is not there")
            return
        download.setDownloadDirectory(str(path.parent))
        download.setDownloadFileName(path.name)
        download.stateChanged.connect(lambda state: self._changed(download, path, state))
        download.accept()

    def _changed(
        self,
        download: QWebEngineDownloadRequest,
        path: Path,
        state: QWebEngineDownloadRequest.DownloadState,
    ) -> None:
        states = QWebEngineDownloadRequest.DownloadState
        if state is states.DownloadCompleted:
            self.finished.emit(path)
        elif state is states.DownloadInterrupted:
            self._fail(path, download.interruptReasonString().lower())

    def _fail(self, path: Path, reason: str) -> None:
        self.failed.emit(f"{path.name} was not saved: {reason}. Try another folder.")


def safe_name(suggested: str) -> str:
    """A file name without folders, control characters or a leading dot."""
    name = suggested.replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(sign for sign in name if sign.isprintable() and sign not in '<>:"|?*')
    return name.strip().lstrip(".")[:_MAX_NAME_LENGTH] or "download"


def ask_with_dialog(suggested: Path) -> Path | None:
    """Asks with the system's save dialog. Qt needs the answer before the handler returns."""
    chosen, _filter = QFileDialog.getSaveFileName(
        QApplication.activeWindow(), "Save file", str(suggested)
    )
    return Path(chosen) if chosen else None
