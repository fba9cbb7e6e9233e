"""Copies a session to the other place: asks, shows how far it is, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar, QWidget

from codeinterview_desktop.core.copying import CopyProgress, CopyStep, other
from codeinterview_desktop.core.places import Place, SessionRef
from codeinterview_desktop.ui.dialogs.frame import DialogFrame
from codeinterview_desktop.ui.team.words import place_word
from codeinterview_desktop.ui.widgets.banner import Banner
from codeinterview_desktop.ui.widgets.labels import label
from codeinterview_desktop.ui.wording import short

if TYPE_CHECKING:
    import asyncio

    from codeinterview_desktop.core.recent import RecentSession
    from codeinterview_desktop.core.services import Services
    from codeinterview_desktop.theme.controller import ThemeController
    from codeinterview_desktop.ui.background import Background

_STEPS: Final = {
    CopyStep.ASKING: "Writing everything down…",
    CopyStep.FETCHING: "Fetching…",
    CopyStep.SENDING: "Sending…",
    CopyStep.TAKING_OVER: "Checking the copy…",
}
_EVERYTHING: Final = (
    "Everything in it is copied: text, output, and who did what and when. The original stays as it"
    " is. The copy has links of its own: nobody comes in by those of the original."
)
_TO_TEAM: Final = " Whoever runs the team server can read it."
_PARTS: Final = 1000


class CopyDialog(DialogFrame):
    """One copy, from the question to the result; Escape ends what is going on.

    Signals:
        open_requested(SessionRef): the user wants to see the copy.
    """

    open_requested = Signal(object)

    def __init__(
        self,
        theme: ThemeController,
        parent: QWidget | None,
        services: Services,
        background: Background,
        session: RecentSession,
    ) -> None:
        target = other(session.place)
        super().__init__(
            theme,
            parent,
            title=f"Copy “{short(session.title)}” to {place_word(target)}?",
            sentence=_EVERYTHING + (_TO_TEAM if target is Place.TEAM else ""),
            icon="copy",
        )
        self._copying = services.copying
        self._background = background
        self._session = session
        self._target = target
        self._task: asyncio.Task[None] | None = None
        self._copy: SessionRef | None = None
        self.step = label("", "meta")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Progress of the copy")
        self.outcome = Banner(theme, closable=False)
        for widget in (self.step, self.bar, self.outcome):
            self.body.addWidget(widget)
        self.cancel = self.add_button("Cancel")
        self.cancel.clicked.connect(self.reject)
        self.act = self.add_button("&Copy", "primary")
        self.act.clicked.connect(self._act)
        self.act.setDefault(True)
        self.act.setFocus()
        self.finished.connect(lambda _result: self._stop())
        self._show_progress(None)

    def _act(self) -> None:
        if self._copy is not None:
            self.accept()
            self.open_requested.emit(self._copy)
        else:
            self._start()

    def _start(self) -> None:
        self.outcome.hide()
        self.act.setEnabled(False)
        self._task = self._background.run(
            self,
            self._copying.copy(self._session.ref, self._show_progress),
            "copy a session",
            done=self._was_copied,
            failed=self._was_not_copied,
        )

    def _stop(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()

    def _show_progress(self, progress: CopyProgress | None) -> None:
        self.step.setVisible(progress is not None)
        self.bar.setVisible(progress is not None)
        if progress is None:
            return
        self.step.setText(_STEPS[progress.step])
        total_bytes = progress.total_bytes
        if progress.step in (CopyStep.FETCHING, CopyStep.SENDING) and total_bytes:
            self.bar.setRange(0, _PARTS)
            self.bar.setValue(min(_PARTS, progress.done_bytes * _PARTS // total_bytes))
        else:
            # Nobody knows how long this takes.
            self.bar.setRange(0, 0)

    def _was_copied(self, copy: SessionRef) -> None:
        self._task = None
        self._copy = copy
        self._show_progress(None)
        self.sentence.hide()
        self.title.setText(f"Copied to {place_word(self._target)}")
        code = f"{copy.session_id[:4]}-{copy.session_id[4:]}"
        other_code = "" if copy.session_id == self._session.session_id else f" Its code is {code}."
        self.outcome.say(
            f"“{short(self._session.title)}” is on {place_word(self._target)}.{other_code}",
            "success",
        )
        self.cancel.setText("Close")
        self.act.setText("&Open copy")
        self.act.setEnabled(True)
        self.act.setFocus()

    def _was_not_copied(self, sentence: str) -> None:
        self._task = None
        self._show_progress(None)
        self.outcome.say(f"There is no copy. {sentence}", "danger")
        self.act.setText("&Try again")
        self.act.setEnabled(True)
        self.act.setFocus()
