#!/usr/bin/env bash
# Opens the desktop app, or serves headless where there is no display to open it on.
set -euo pipefail
cd "$(dirname "$0")/.."

if [[ $(uname) == Linux && -z ${DISPLAY:-} && -z ${WAYLAND_DISPLAY:-} ]]; then
    echo "No display (DISPLAY and WAYLAND_DISPLAY are unset): serving headless instead; open the address below in a browser."
    exec .venv/bin/codeinterview serve
fi

if [[ $(id -u) -eq 0 && -z ${QTWEBENGINE_DISABLE_SANDBOX:-} ]]; then
    echo "You are root: the app's web view keeps its sandbox and therefore does not start for root. Use an ordinary account." >&2
fi
exec .venv/bin/codeinterview
