"""The browser profile of the app's web views: its own storage, nothing shared with a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtWebEngineCore import QWebEngineProfile, QWebEngineSettings

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtCore import QObject

_CACHE_BYTES: Final = 96 * 1024 * 1024


def make_profile(storage: Path | None, parent: QObject) -> QWebEngineProfile:
    """Makes the profile.

    Args:
        storage: where pages keep what they remember (a seat in somebody's interview, editor
            preferences); None keeps everything in memory.
        parent: owns the profile and must outlive every page that uses it.
    """
    if storage is None:
        profile = QWebEngineProfile(parent)
    else:
        profile = QWebEngineProfile("codeinterview", parent)
        profile.setPersistentStoragePath(str(storage / "storage"))
        profile.setCachePath(str(storage / "cache"))
        profile.setHttpCacheMaximumSize(_CACHE_BYTES)
    profile.setPersistentCookiesPolicy(
        QWebEngineProfile.PersistentCookiesPolicy.NoPersistentCookies
    )
    profile.setPersistentPermissionsPolicy(
        QWebEngineProfile.PersistentPermissionsPolicy.AskEveryTime
    )
    profile.setSpellCheckEnabled(False)
    settings = profile.settings()
    on, off = True, False
    for attribute, value in (
        (QWebEngineSettings.WebAttribute.JavascriptCanAccessClipboard, on),
        (QWebEngineSettings.WebAttribute.JavascriptCanOpenWindows, off),
        (QWebEngineSettings.WebAttribute.LocalContentCanAccessRemoteUrls, off),
        (QWebEngineSettings.WebAttribute.LocalContentCanAccessFileUrls, off),
        (QWebEngineSettings.WebAttribute.ErrorPageEnabled, off),
        (QWebEngineSettings.WebAttribute.PluginsEnabled, off),
        (QWebEngineSettings.WebAttribute.PdfViewerEnabled, off),
        (QWebEngineSettings.WebAttribute.FullScreenSupportEnabled, off),
        (QWebEngineSettings.WebAttribute.ScreenCaptureEnabled, off),
        (QWebEngineSettings.WebAttribute.WebGLEnabled, off),
        (QWebEngineSettings.WebAttribute.HyperlinkAuditingEnabled, off),
        (QWebEngineSettings.WebAttribute.NavigateOnDropEnabled, off),
        (QWebEngineSettings.WebAttribute.FocusOnNavigationEnabled, on),
    ):
        settings.setAttribute(attribute, value)
    return profile
