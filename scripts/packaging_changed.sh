#!/usr/bin/env bash
# Succeeds when what the installers are made of changed since the commit that was tested last, and
# says which commit it compared with. CI_BASE names that commit; without it a branch is compared
# with where it left the main branch, and the main branch with where it stood a day earlier.
set -euo pipefail
cd "$(dirname "$0")/.."

paths=(
    .ci packaging tests/packaging requirements pyproject.toml Makefile web/package-lock.json
    scripts/packaging_changed.sh scripts/system_packages.sh
    desktop/codeinterview_desktop/app.py
    desktop/codeinterview_desktop/cli.py
    desktop/codeinterview_desktop/core/paths.py
    desktop/codeinterview_desktop/core/server_command.py
    desktop/codeinterview_desktop/core/third_party.py
    desktop/codeinterview_desktop/process
    desktop/codeinterview_desktop/webview
    server/codeinterview_server/cli.py
    server/codeinterview_server/serving.py
    server/codeinterview_server/db
)

base=${CI_BASE:-}
if [[ -z $base ]]; then
    base=$(git merge-base HEAD origin/main 2>/dev/null || true)
    if [[ -z $base || $base == "$(git rev-parse HEAD)" ]]; then
        day_before=$(($(git log -1 --format=%ct) - 24 * 3600))
        base=$(git rev-list -1 --before="$day_before" HEAD)
    fi
fi
if [[ -z $base ]] || ! commit=$(git rev-parse --verify --quiet "$base^{commit}"); then
    echo "packaging: there is no commit to compare with, so it is tested"
    exit 0
fi
changed=$(git diff --name-only "$commit" HEAD -- "${paths[@]}")
if [[ -z $changed ]]; then
    echo "packaging: unchanged since ${commit:0:10}, so it is not tested; set CI_BASE to compare with another commit"
    exit 1
fi
echo "packaging: tested, because these changed since ${commit:0:10}:" $changed
