#!/usr/bin/env bash
# Becomes an ordinary user from whom the checkout and the Python that built the app are hidden, with
# no program on PATH, and runs a program of theirs. Environment: SELFTEST_UID, HIDDEN (folders,
# separated by colons), KEPT (lines NAME=VALUE). Usage: bare_room.sh HOME PROGRAM [ARGUMENT...]
set -euo pipefail
home=$1
shift
IFS=: read -ra hidden <<<"$HIDDEN"
for folder in "${hidden[@]}"; do mount -t tmpfs -o mode=755 none "$folder"; done
cd "$home"
mapfile -t kept <<<"$KEPT"
bare=(/usr/bin/env -i "HOME=$home" "XDG_RUNTIME_DIR=$home/run" "PATH=$home/nothing" "${kept[@]}")
if [[ $SELFTEST_OUTER == 0 ]]; then
    exec /usr/bin/setpriv "--reuid=$SELFTEST_UID" "--regid=$SELFTEST_UID" --clear-groups \
        --inh-caps=-all --bounding-set=-all --no-new-privs "${bare[@]}" "$@"
fi
exec /usr/bin/unshare --user "--map-user=$SELFTEST_UID" "--map-group=$SELFTEST_UID" "${bare[@]}" "$@"
