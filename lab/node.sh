#!/bin/sh
# Prints the folder of a Node.js that is new enough: the one on the PATH, or one from npm's package `node`, kept in
# the lab's cache.
set -eu
fits() {
    [ -x "$1" ] && "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a === 22 && b >= 18) ? 0 : 1)' 2> /dev/null
}

own="$(command -v node || true)"
if [ -n "$own" ] && fits "$own"; then
    dirname "$own"
    exit
fi
version=22.23.3
cache="${CROSSING_LAB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/crossing-lab}"
folder="$cache/node-$version"
bin="$folder/node_modules/node/bin"
if ! fits "$bin/node"; then
    echo "Node.js 22.18 or newer is needed: getting $version from npm" >&2
    mkdir -p "$folder"
    npm install --prefix "$folder" --no-save --no-audit --no-fund --loglevel=error "node@$version" >&2
fi
echo "$bin"
