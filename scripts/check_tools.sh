#!/usr/bin/env bash
# Says in one line which tool is missing or too old. Usage: check_tools.sh [PYTHON]
set -euo pipefail

fail() {
    echo "make: $1" >&2
    exit 1
}

if [[ $# -eq 1 ]]; then
    command -v "$1" >/dev/null || fail "$1 is not installed; name another as in 'make setup PYTHON=python3.12'."
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        fail "$("$1" --version) is too old; name Python 3.11 or newer as in 'make setup PYTHON=python3.12'."
    exit
fi

command -v npm >/dev/null || fail "npm is not installed; install Node.js 20.19 or newer with npm."
node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' ||
    fail "Node.js $(node --version) is too old; install 20.19 or newer."
