"""Who may come in, whether candidates learn of observers, and whether the network learns of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from codeinterview_desktop.core.hosted_room import NearbyReach
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
        nearby_requested(bool): show the title to the local network, or do not.
    """

    policy_requested = Signal(object)
    observers_requested = Signal(bool)
    nearby_requested = Signal(bool)

    def __init__(self, theme: ThemeController) -> None:
        super().__init__()
        self._session: SessionInfo | None = None
        self.policy = Select(theme)
        self.policy.setAccessibleName("Who may come in")
        for policy in JoinPolicy:
            self.policy.addItem(wording.POLICY_WORDS[policy], policy)
        self.sentence = label("", "meta", wrap=True)
        self.observers = CheckBox(theme, "Show &observers to candidates")
        self.nearby = CheckBox(theme, "Show on this &network")
        self.nearby_sentence = label("", "meta", wrap=True)
        self.policy.activated.connect(self._choose)
        self.observers.clicked.connect(self.observers_requested)
        self.nearby.clicked.connect(self.nearby_requested)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(label("Who may come in", "heading"))
        layout.addWidget(self.policy)
        layout.addWidget(self.sentence)
        layout.addSpacing(2)
        layout.addWidget(self.observers, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.nearby, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.nearby_sentence)

    def show_session(self, session: SessionInfo) -> None:
        """Shows the session's own rules."""
        self._session = session
        self.policy.setCurrentIndex(self.policy.findData(session.join_policy))
        self.sentence.setText(wording.POLICY_SENTENCES[session.join_policy])
        self.policy.setAccessibleDescription(self.sentence.text())
        self.observers.setChecked(session.observers_listed)

    def show_nearby(self, reach: NearbyReach, *, wanted: bool) -> None:
        """Shows whether the local network learns of the session.

        Args:
            reach: whether it could.
            wanted: whether the interviewer wants it to.
        """
        is_possible = reach is NearbyReach.POSSIBLE
        self.nearby.setVisible(reach is not NearbyReach.ELSEWHERE)
        self.nearby_sentence.setVisible(reach is not NearbyReach.ELSEWHERE)
        self.nearby.setEnabled(is_possible)
        self.nearby.setChecked(wanted and is_possible)
        self.nearby_sentence.setText(wording.nearby_sentence(reach, wanted=wanted))
        self.nearby.setAccessibleDescription(self.nearby_sentence.text())

    def retry(self) -> None:
        """Shows again what is so, after a choice was not taken."""
        if self._session is not None:
            self.show_session(self._session)

    def _choose(self, index: int) -> None:
        policy = JoinPolicy(self.policy.itemData(index))
        if self._session is None or policy is not self._session.join_policy:
            self.policy_requested.emit(policy)
