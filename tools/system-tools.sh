#!/bin/sh
# Best effort: the tests of image copying want skopeo and a registry (Debian: skopeo, docker-registry). Where they are
# missing and we are root with apt-get, install them; else those tests skip and say why. Never fails.
missing=""
command -v skopeo >/dev/null 2>&1 || missing="$missing skopeo"
command -v docker-registry >/dev/null 2>&1 || command -v registry >/dev/null 2>&1 || missing="$missing docker-registry"
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "installing$missing with apt-get"
    export DEBIAN_FRONTEND=noninteractive
    install="timeout 300 apt-get install -y -qq --no-install-recommends $missing"
    $install >/dev/null 2>&1 || { timeout 120 apt-get update -qq >/dev/null 2>&1 && $install >/dev/null 2>&1; } || true
fi
for tool in $missing; do
    command -v "$tool" >/dev/null 2>&1 || echo "not found: $tool; the tests that need it will be skipped"
done
exit 0
