"""Questions and problems: what their buttons do, and what Return and Escape do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from codeinterview_desktop.core.reports import Problem
from codeinterview_desktop.ui.dialogs.problem import ProblemDialog
from codeinterview_desktop.ui.dialogs.question import Answer, Question

if TYPE_CHECKING:
    from PySide6.QtCore import QUrl
    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from codeinterview_desktop.theme.controller import ThemeController


@pytest.fixture
def acted() -> list[str]:
    return []


@pytest.fixture
def question(qtbot: QtBot, theme: ThemeController, acted: list[str]) -> Question:
    made = Question(
        theme,
        None,
        title="End “Pairing” for everyone?",
        sentence="Nobody can type any more.",
        answers=(
            Answer("&End", lambda: acted.append("end"), "danger"),
            Answer("&Keep", lambda: acted.append("keep"), "primary"),
        ),
    )
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Escape])
def test_return_and_escape_take_nothing_back(
    qtbot: QtBot, question: Question, acted: list[str], key: Qt.Key
) -> None:
    qtbot.keyClick(question, key)
    assert acted == []
    assert not question.isVisible()


def test_an_answer_acts_once_the_dialog_is_closed(question: Question, acted: list[str]) -> None:
    question.finished.connect(lambda _result: acted.append("closed"))
    question.buttons["End"].click()
    assert acted == ["closed", "end"]


def test_a_long_title_is_wrapped_within_the_dialog(qtbot: QtBot, theme: ThemeController) -> None:
    made = Question(theme, None, title="w" * 30 + " title" * 40, sentence="Why.", answers=())
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    made.show()
    assert made.title.height() >= made.title.heightForWidth(made.title.width())
    assert made.rect().contains(made.cancel.geometry())


def test_a_problem_shows_its_log_and_its_ways_on(
    qtbot: QtBot, theme: ThemeController, acted: list[str], tmp_path: Path
) -> None:
    opened: list[QUrl] = []
    problem = Problem("The port is in use", "Choose another one.", tmp_path / "server.log")
    made = ProblemDialog(
        theme,
        None,
        problem,
        (Answer("&Settings…", lambda: acted.append("settings")), Answer("&Try again", acted.clear)),
        opened.append,
    )
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    made.show()
    made.buttons["Show log"].click()
    assert [Path(url.toLocalFile()) for url in opened] == [tmp_path / "server.log"]
    assert made.isVisible()
    made.buttons["Settings…"].click()
    assert acted == ["settings"]
    made.show()
    qtbot.keyClick(made, Qt.Key.Key_Return)
    assert acted == []


def test_a_problem_without_ways_on_can_be_closed(qtbot: QtBot, theme: ThemeController) -> None:
    made = ProblemDialog(theme, None, Problem("Title", "Sentence."))
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    made.show()
    assert list(made.buttons) == ["Close"]
    qtbot.keyClick(made, Qt.Key.Key_Return)
    assert not made.isVisible()


def test_details_are_copied_and_the_problem_stays(
    qtbot: QtBot, qapp: QApplication, theme: ThemeController
) -> None:
    made = ProblemDialog(theme, None, Problem("Title", "Sentence.", details="Traceback: it"))
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    made.show()
    made.buttons["Copy details"].click()
    assert qapp.clipboard().text() == "Traceback: it"
    assert made.buttons["Copy details"].text() == "Copied"
    assert made.isVisible()
