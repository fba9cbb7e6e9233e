#!/usr/bin/env bash
# Pins the dependencies again, for every system and Python version at once and without download
# addresses, so that any mirror serves. Usage: lock.sh [--upgrade]
set -euo pipefail
cd "$(dirname "$0")/.."

compile() {
    local name=$1
    shift
    .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-config --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
        --output-file "requirements/$name.txt" "$@" pyproject.toml
}

# The whole first; the parts then take their versions from it.
compile dev --extra desktop --group dev "$@"
compile desktop --extra desktop --constraint requirements/dev.txt
compile core --constraint requirements/dev.txt

for group in build packaging; do
    .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-config --no-header --no-annotate --constraint requirements/dev.txt \
        --output-file "requirements/$group.txt" --group "$group"
done

cd web
if [[ ${1:-} == --upgrade ]]; then npm update --silent --save; else npm install --silent --package-lock-only; fi
# Funding notes are the only addresses left in the lock file.
node -e '
    const { readFileSync, writeFileSync } = require("node:fs");
    const lock = JSON.parse(readFileSync("package-lock.json", "utf8"));
    for (const entry of Object.values(lock.packages)) delete entry.funding;
    writeFileSync("package-lock.json", JSON.stringify(lock, null, 2) + "\n");
'

if grep -nE 'https?://|^ *--(extra-)?(index|find)' package-lock.json ../requirements/*.txt; then
    echo "lock: the lines above hold download addresses" >&2
    exit 1
fi
