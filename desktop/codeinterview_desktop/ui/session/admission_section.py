"""Who may come in: the session's policy, and whether candidates learn of observers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from codeinterview_desktop.core.values import JoinPolicy
from codeinterview_desktop.ui import wording
from codeinterview_desktop.ui.widgets.fields import CheckBox, Select
from codeinterview_desktop.ui.widgets.labels import label

if TYPE_CHECKING:
    from codeinterview_desktop.core.values import SessionInfo
    from codeinterview_desktop.theme.controller import ThemeController


class AdmissionSection(QWidget):
    """Shows what is so; what is chosen holds once the session says so too.

    Signals:
        policy_requested(JoinPolicy): let people in by another rule.
        observers_requested(bool): show observers to candidates, or do not.
    """

    policy_requested = Signal(object)
    observers_requested = Signal(bool)

    def __init__(self, theme: ThemeController) -> None:
        super().__init__()
        self._session: SessionInfo | None = None
        self.policy = Select(theme)
        self.policy.setAccessibleName("Who may come in")
        for policy in JoinPolicy:
            self.policy.addItem(wording.POLICY_WORDS[policy], policy)
        self.sentence = label("", "meta", wrap=True)
        self.observers = CheckBox(theme, "Show &observers to candidates")
        self.policy.activated.connect(self._choose)
        self.observers.clicked.connect(self.observers_requested)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(label("Who may come in", "heading"))
        layout.addWidget(self.policy)
        layout.addWidget(self.sentence)
        layout.addSpacing(2)
        layout.addWidget(self.observers, 0, Qt.AlignmentFlag.AlignLeft)

    def show_session(self, session: SessionInfo) -> None:
        """Shows the session's own rules."""
        self._session = session
        self.policy.setCurrentIndex(self.policy.findData(session.join_policy))
        self.sentence.setText(wording.POLICY_SENTENCES[session.join_policy])
        self.policy.setAccessibleDescription(self.sentence.text())
        self.observers.setChecked(session.observers_listed)

    def retry(self) -> None:
        """Shows again what is so, after a choice was not taken."""
        if self._session is not None:
            self.show_session(self._session)

    def _choose(self, index: int) -> None:
        policy = JoinPolicy(self.policy.itemData(index))
        if self._session is None or policy is not self._session.join_policy:
            self.policy_requested.emit(policy)
