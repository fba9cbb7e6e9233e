#!/usr/bin/env bash
# Sees that the system has what Qt WebEngine (runtime), the browser tests (dev) and making the
# installers (packaging) need.
# Installs it as root on Debian's relatives, otherwise prints the one command that does.
# Usage: system_packages.sh runtime|dev|packaging
set -euo pipefail

[[ $(uname) == Linux ]] || exit 0
kind=$1

# Shared object and the Debian package that holds it.
libraries=(
    libEGL.so.1:libegl1
    libGL.so.1:libgl1
    libOpenGL.so.0:libopengl0
    libglib-2.0.so.0:libglib2.0-0
    libdbus-1.so.3:libdbus-1-3
    libfontconfig.so.1:libfontconfig1
    libxkbcommon-x11.so.0:libxkbcommon-x11-0
    libxcb-cursor.so.0:libxcb-cursor0
    libxcb-icccm.so.4:libxcb-icccm4
    libxcb-keysyms.so.1:libxcb-keysyms1
    libxcb-shape.so.0:libxcb-shape0
    libXcomposite.so.1:libxcomposite1
    libXdamage.so.1:libxdamage1
    libXrandr.so.2:libxrandr2
    libXtst.so.6:libxtst6
    libxkbfile.so.1:libxkbfile1
    libasound.so.2:libasound2
    libnss3.so:libnss3
    libgssapi_krb5.so.2:libgssapi-krb5-2
    libudev.so.1:libudev1
)
# Program and its Debian package.
programs=(chromium:chromium Xvfb:xvfb xauth:xauth ip:iproute2 xdotool:xdotool xclip:xclip sshd:openssh-server systemd-analyze:systemd nginx:nginx-light)

PATH=$PATH:/usr/sbin:/sbin
present=$(ldconfig -p 2>/dev/null || true)
for_window=()
for entry in "${libraries[@]}"; do
    [[ $present == *"${entry%%:*} "* ]] || for_window+=("${entry##*:}")
done
always=()
if [[ $kind == packaging ]]; then programs=(strip:binutils dpkg-shlibdeps:dpkg-dev); fi
if [[ $kind != runtime ]]; then
    for entry in "${programs[@]}"; do
        command -v "${entry%%:*}" >/dev/null || always+=("${entry##*:}")
    done
fi
if [[ ! -e .venv/.python ]] && ! "${PYTHON:-python3}" -c 'import ensurepip' 2>/dev/null; then
    always+=(python3-venv)
fi
missing=("${always[@]}" "${for_window[@]}")
[[ ${#missing[@]} -gt 0 ]] || exit 0

if ! command -v apt-get >/dev/null; then
    echo "make: these are missing; install what your system calls them (Debian's names): ${missing[*]}" >&2
    exit 1
fi

# Debian 13 and its relatives renamed a few with the 64-bit time type.
resolve_names() {
    names=()
    for name in "${missing[@]}"; do
        if apt-cache show "${name}t64" >/dev/null 2>&1; then name+=t64; fi
        names+=("$name")
    done
}

if [[ $(id -u) -eq 0 ]]; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    resolve_names
    echo "Installing system packages: ${names[*]}"
    apt-get install --yes -qq --no-install-recommends "${names[@]}" >/dev/null
    exit
fi

resolve_names
command="sudo apt-get install --no-install-recommends ${names[*]}"
if [[ $kind == runtime && ${#always[@]} -eq 0 && -z ${DISPLAY:-}${WAYLAND_DISPLAY:-} ]]; then
    echo "Serving headless needs nothing more; before opening a window here, run: $command"
    exit
fi
echo "make: run this once, then make again: $command" >&2
exit 1
