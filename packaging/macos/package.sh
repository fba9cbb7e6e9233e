#!/usr/bin/env bash
# Packs the built application bundle for macOS, into dist/: signs it for the hardened runtime, puts it
# into a disk image, and has that notarised when told to.
#
# CODEINTERVIEW_SIGNING_IDENTITY names the certificate; without it the bundle is signed ad hoc, which
# runs on the machine that built it. CODEINTERVIEW_NOTARY_PROFILE names what
# `xcrun notarytool store-credentials` kept.
set -euo pipefail
cd "$(dirname "$0")/../.."

app=build/CodeInterview.app
version=$(build/venv/bin/python -c "import sys; sys.path.insert(0, 'packaging'); import contents; print(contents.version())")
image=dist/codeinterview-$version-macos-$(uname -m).dmg
identity=${CODEINTERVIEW_SIGNING_IDENTITY:--}
entitlements=packaging/macos/entitlements.plist
options=(--force --sign "$identity")
# The hardened runtime loads only what one team signed, which ad hoc signatures do not say; nor can
# they carry the time.
[[ $identity == - ]] || options+=(--options runtime --timestamp)

# From the inside out: a bundle's signature covers those within it.
while IFS= read -r -d '' file; do
    if [[ $(file -b "$file") == Mach-O* ]]; then
        codesign "${options[@]}" --entitlements "$entitlements" "$file"
    fi
done < <(find "$app/Contents" -type f -print0)
while IFS= read -r -d '' inner; do
    codesign "${options[@]}" --entitlements "$entitlements" "$inner"
done < <(find "$app/Contents" -depth -type d \( -name '*.framework' -o -name '*.app' \) -print0)
codesign "${options[@]}" --entitlements "$entitlements" "$app"
codesign --verify --deep --strict "$app"

mkdir -p dist
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
cp -R "$app" "$stage/"
ln -s /Applications "$stage/Applications"
hdiutil create -quiet -ov -fs HFS+ -format ULMO -volname CodeInterview -srcfolder "$stage" "$image"
if [[ $identity != - ]]; then codesign --sign "$identity" --timestamp "$image"; fi
if [[ -n ${CODEINTERVIEW_NOTARY_PROFILE:-} ]]; then
    xcrun notarytool submit "$image" --keychain-profile "$CODEINTERVIEW_NOTARY_PROFILE" --wait
    xcrun stapler staple "$image"
fi
du -h "$image"
