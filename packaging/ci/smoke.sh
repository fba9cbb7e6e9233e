#!/usr/bin/env bash
# Sees that a built program serves: its database starts, the web client and the sandbox's Python are
# answered, and it ends in order. Usage: smoke.sh PROGRAM
set -euo pipefail

program=$1
folder=$(mktemp -d)
"$program" --version
"$program" serve --port 8799 --data-dir "$folder/data" >"$folder/out" 2>"$folder/log" &
server=$!
trap 'kill "$server" 2>/dev/null || true; cat "$folder/log"' EXIT
for _ in $(seq 240); do
    if grep -q '^ready ' "$folder/out"; then break; fi
    kill -0 "$server"
    sleep 0.5
done
grep '^ready ' "$folder/out"
curl --fail --silent --show-error http://127.0.0.1:8799/api/v1/health
page=$(curl --fail --silent --show-error http://127.0.0.1:8799/)
[[ $page == *'id="root"'* ]]
curl --fail --silent --show-error --output /dev/null http://127.0.0.1:8799/sandbox/frame.html
kill -TERM "$server"
wait "$server"
trap - EXIT
rm -rf "$folder"
