"""The script that hands the page its per-run credential, as protocol.md describes it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, Literal

from PySide6.QtCore import QUrl
from PySide6.QtWebEngineCore import QWebEngineScript

from codeinterview_desktop.webview.origins import origin_of

if TYPE_CHECKING:
    from codeinterview_desktop.core.hosting import WebCredential

SCRIPT_NAME: Final = "codeinterview-desktop"

# Three locks: the match pattern keeps the script out of other hosts' pages, the script compares the
# whole origin (a pattern knows no ports) and the path that a team's server may be below, and Qt
# runs it in the main frame alone.
_SOURCE: Final = """\
// ==UserScript==
// @match {pattern}
// ==/UserScript==
(() => {{
  if (window.top !== window || location.origin !== {origin}) return;
  if (!location.pathname.startsWith({base})) return;
  const freeze = (value) => {{
    if (value !== null && typeof value === "object") Object.values(value).forEach(freeze);
    return Object.freeze(value);
  }};
  Object.defineProperty(window, "codeinterviewDesktop", {{ value: freeze({value}) }});
}})();
"""


def credential_script(
    credential: WebCredential, theme: Literal["light", "dark"]
) -> QWebEngineScript:
    """Makes the script for pages of the credential's server."""
    origin = origin_of(QUrl(credential.origin))
    base = QUrl(credential.origin).path().rstrip("/") + "/"
    value = {
        "hostKey": credential.host_key,
        "participant": {
            "sessionId": credential.session_id,
            "id": credential.participant_id,
            "token": credential.token,
        },
        "theme": theme,
    }
    url = QUrl(origin)
    script = QWebEngineScript()
    script.setName(SCRIPT_NAME)
    script.setSourceCode(
        _SOURCE.format(
            pattern=f"{url.scheme()}://{url.host()}/*",
            origin=_literal(origin),
            base=_literal(base),
            value=_literal(value),
        )
    )
    script.setInjectionPoint(QWebEngineScript.InjectionPoint.DocumentCreation)
    script.setWorldId(QWebEngineScript.ScriptWorldId.MainWorld)
    script.setRunsOnSubFrames(False)
    return script


def _literal(value: object) -> str:
    """JSON is a JavaScript expression once it is plain ASCII."""
    return json.dumps(value, ensure_ascii=True)
