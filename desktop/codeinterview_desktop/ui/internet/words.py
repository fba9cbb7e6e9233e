"""What a tunnel's state is called, and how cloudflared is installed."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Final

from codeinterview_desktop.core.tunnels.status import TunnelState
from codeinterview_desktop.ui.widgets.status import Status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codeinterview_desktop.core.tunnels.status import TunnelStatus

# What a narrow panel's line holds of a word that has no place to be broken at.
_LONG: Final = re.compile(r"[A-Za-z0-9+/:]{24}(?=[A-Za-z0-9+/:])")

DOWNLOADS: Final = "https://github.com/cloudflare/cloudflared/releases/latest"

_INSTALL: Final[Mapping[str, str]] = {
    "darwin": "In a terminal: brew install cloudflared. Or download it.",
    "win32": "In a terminal: winget install --id Cloudflare.cloudflared. Or download it.",
}
_INSTALL_ELSEWHERE: Final = (
    "Download the package for your system, install it, and press Look again."
)


def tunnel_word(status: TunnelStatus, *, is_told: bool) -> Status:
    """The state of the way in; `is_told` says whether the server knows of the link."""
    match status.state:
        case TunnelState.OFF:
            return Status("Off", "ring", "muted", "Nobody gets in from the internet this way.")
        case TunnelState.CONNECTING:
            return Status("Connecting…", "progress", "muted")
        case TunnelState.NEEDS_HOST_KEY | TunnelState.NEEDS_SECRET:
            return Status("Waits for your answer", "alert", "warning")
        case TunnelState.UP if not is_told:
            return Status("Almost there…", "progress", "muted", "The server learns of the link.")
        case TunnelState.UP:
            return Status("On", "globe", "success", "Whoever has the link can reach this app.")
        case TunnelState.RECONNECTING:
            return Status("Reconnecting…", "renew", "warning", status.reason or "")
        case TunnelState.FAILED:
            return Status("Failed", "error", "danger", status.reason or "")


def breakable(sentence: str) -> str:
    """The sentence with places, not seen, where a fingerprint may go on in the next line."""
    return _LONG.sub(lambda run: f"{run[0]}\N{ZERO WIDTH SPACE}", sentence)


def how_to_install(platform: str = sys.platform) -> str:
    """How to get cloudflared on this system, in sentences."""
    return _INSTALL.get(platform, _INSTALL_ELSEWHERE)
