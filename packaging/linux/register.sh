#!/bin/sh
# Adds the portable app to your menu, and opens codeinterview: links with it. Run it again after
# the folder was moved; `register.sh --remove` takes it back.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
data=${XDG_DATA_HOME:-$HOME/.local/share}
entry=$data/applications/codeinterview.desktop
if [ "${1:-}" = --remove ]; then
    rm -f "$entry" "$data/icons/hicolor/scalable/apps/codeinterview.svg"
else
    mkdir -p "$data/applications" "$data/icons/hicolor/scalable/apps"
    cp "$here/share/codeinterview.svg" "$data/icons/hicolor/scalable/apps/codeinterview.svg"
    sed "s|^Exec=codeinterview|Exec=\"$here/codeinterview\"|" "$here/share/codeinterview.desktop" >"$entry"
fi
if command -v update-desktop-database >/dev/null; then update-desktop-database "$data/applications"; fi
